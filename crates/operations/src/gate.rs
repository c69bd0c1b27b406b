//! The authorization gate: whether a caller may do something to a resource.
//!
//! The account's root user may do everything; a user what its policies allow, and what the account's
//! password policy grants to every user, unless a policy denies it. A policy that can't be read
//! denies everything: the gate fails closed.

use keyward_account::{Account, PrincipalId, User};
use keyward_api::{OperationId, Service};
use keyward_names::{Timestamp, UserId};
use keyward_policy::{Decision, Kind, Policies, Request, evaluate};

use crate::caller::{Caller, Principal};
use crate::circumstances::Circumstances;
use crate::context_keys::context;
use crate::fault::{self, Fault};
use crate::managed::Managed;
use crate::resource::{Resource, arn_of};

/// One thing that a caller wants to do.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) action: Action,
    pub(crate) resource: Resource,
}

/// What a permission is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// An operation.
    Operation(OperationId),
    /// `iam:PassRole`: to give a role to a service. There is no operation of this name.
    PassRole,
}

impl Action {
    /// As policies name it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Operation(operation) => operation.action(),
            Self::PassRole => "iam:PassRole",
        }
    }

    /// Whose it is.
    pub(crate) fn service(self) -> Service {
        match self {
            Self::Operation(operation) => operation.service(),
            Self::PassRole => Service::Iam,
        }
    }
}

/// What is judged by: the account as it stands, and the policies of AWS.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Law<'a> {
    pub(crate) account: &'a Account,
    pub(crate) managed: Managed<'a>,
}

/// Judges a question.
pub(crate) fn judge(
    law: Law<'_>,
    caller: &Caller,
    (circumstances, now): (&Circumstances, Timestamp),
    question: &Question,
) -> Result<(), Fault> {
    let account = law.account;
    if !caller.is_known(account) {
        return Err(fault::invalid_client_token_id());
    }
    let decision = match caller.principal {
        Principal::Root => Decision::Allowed,
        Principal::User(id) => {
            let user = account
                .user_by_id(id)
                .ok_or_else(fault::invalid_client_token_id)?;
            judge_user(law, (caller, user), (circumstances, now), question)?
        }
    };
    let denial = match decision {
        Decision::Allowed => return Ok(()),
        Decision::ImplicitDeny(kind) => fault::Denial::NothingAllows(kind),
        Decision::ExplicitDeny(kind) => fault::Denial::Denied(kind),
    };
    Err(fault::access_denied(
        &caller.arn(account),
        question.action.name(),
        question.resource.arn(),
        denial,
    ))
}

fn judge_user(
    law: Law<'_>,
    (caller, user): (&Caller, &User),
    (circumstances, now): (&Circumstances, Timestamp),
    question: &Question,
) -> Result<Decision, Fault> {
    let Law { account, managed } = law;
    let rights = account
        .rights(PrincipalId::User(user.id), &|id| managed.compiled(id))
        .map_err(Fault::internal)?;
    let decision = match rights {
        None => Decision::ImplicitDeny(Kind::Identity),
        Some(rights) => {
            let (account_id, arn) = (account.id().to_string(), arn_of(account, user));
            let principal = keyward_policy::Principal::User {
                account: &account_id,
                arn: &arn,
                id: user.id.as_str(),
            };
            let policies = Policies {
                identity: rights.identity.as_ref(),
                boundary: rights.boundary.as_ref(),
                ..Policies::default()
            };
            let (action, resource) = (question.action.name(), &question.resource);
            let decide = |reading| {
                let context = context(law, caller, (circumstances, now), (question, reading));
                let request = Request::new(principal, action, resource.arn(), &context);
                evaluate(&request, &policies)
            };
            let mut readings = (0..resource.readings(account)).map(decide);
            let refused = readings.find(|decision| *decision != Decision::Allowed);
            refused.unwrap_or(Decision::Allowed)
        }
    };
    Ok(match decision {
        Decision::ImplicitDeny(_) if is_granted_to_every_user(account, question, user.id) => {
            Decision::Allowed
        }
        Decision::Allowed | Decision::ImplicitDeny(_) | Decision::ExplicitDeny(_) => decision,
    })
}

/// `AllowUsersToChangePassword` lets every user change their own password and read the policy it is
/// judged by.
fn is_granted_to_every_user(account: &Account, question: &Question, user: UserId) -> bool {
    let is_granted = account
        .password_policy()
        .is_some_and(|policy| policy.allow_users_to_change_password);
    let is = |operation| question.action == Action::Operation(operation);
    is_granted
        && (is(OperationId::IamGetAccountPasswordPolicy)
            || (is(OperationId::IamChangePassword) && question.resource.user_id() == Some(user)))
}
