//! The authorization gate: whether a caller may do something to a resource.
//!
//! The account's root user may do everything. A user may do what its policies allow, and what the
//! account's password policy grants to every user, unless a policy denies it. A session may do what
//! both its holder's policies and its session policies allow. A policy that can't be read denies
//! everything: the gate fails closed.

use std::sync::{Arc, LazyLock};

use keyward_account::{Account, PrincipalId, Rights};
use keyward_api::OperationId;
use keyward_faults::{Fault, fault};
use keyward_names::{Timestamp, UserId};
use keyward_policy::{Compiled, Decision, Document, Policies, PolicySet, Request, evaluate};

use crate::access_request::{AccessRequest, Action};
use crate::caller::Caller;
use crate::context_keys::context;
use crate::policies_in_force::PoliciesInForce;
use crate::principal::Principal;
use crate::request_context::RequestContext;
use crate::sessions::{Holder, Session};

/// Judges a question; the fault says why it is not allowed.
pub fn judge(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    access_request: &AccessRequest,
) -> Result<(), Fault> {
    let decision = decide(in_force, caller, request_context, now, access_request, None)?;
    let denial = match decision {
        Decision::Allowed => return Ok(()),
        Decision::ImplicitDeny(kind) => fault::Denial::NothingAllows(kind),
        Decision::ExplicitDeny(kind) => fault::Denial::Denied(kind),
    };
    Err(fault::access_denied(
        &caller.arn(in_force.account),
        access_request.action.name(),
        access_request.resource.arn(),
        denial,
    ))
}

/// Decides a question. `of_resource` is the policy of the resource, such as a role's trust policy;
/// if it is given, it must allow too.
pub fn decide(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    access_request: &AccessRequest,
    of_resource: Option<&PolicySet>,
) -> Result<Decision, Fault> {
    let account = in_force.account;
    if !caller.is_known(account) {
        return Err(fault::invalid_client_token_id());
    }
    // A root user may do everything, even where the ARN that it names is of another account: the
    // operation then answers that nothing is there.
    if of_resource.is_none() && caller.principal() == Some(Principal::Root) {
        return Ok(Decision::Allowed);
    }
    let session = caller.session();
    let rights = match caller.principal() {
        Some(Principal::Root) => None,
        Some(Principal::User(id)) => rights(in_force, PrincipalId::User(id))?,
        None => match session.and_then(|session| session.rights_of()) {
            Some(of) => rights(in_force, of)?,
            None => None,
        },
    };
    let evaluation = Evaluation {
        in_force,
        caller,
        request_context,
        now,
        rights: rights.as_deref(),
        session_policies: session
            .and_then(|session| session.policies.set(account, in_force.managed)),
        of_resource,
    };
    let decision = evaluation.decide(access_request);
    Ok(match (decision, caller.principal()) {
        (Decision::ImplicitDeny(_), Some(Principal::User(id)))
            if is_granted_to_every_user(account, access_request, id) =>
        {
            Decision::Allowed
        }
        (decision, _) => decision,
    })
}

fn rights(in_force: PoliciesInForce<'_>, of: PrincipalId) -> Result<Option<Arc<Rights>>, Fault> {
    let aws = |id| in_force.managed.compiled(id);
    in_force.account.rights(of, &aws).map_err(Fault::internal)
}

/// A caller and everything that is evaluated for it.
struct Evaluation<'a> {
    in_force: PoliciesInForce<'a>,
    caller: &'a Caller,
    request_context: &'a RequestContext,
    now: Timestamp,
    rights: Option<&'a Rights>,
    session_policies: Option<Arc<PolicySet>>,
    of_resource: Option<&'a PolicySet>,
}

impl Evaluation<'_> {
    fn decide(&self, access_request: &AccessRequest) -> Decision {
        let account = self.in_force.account;
        let (account_id, arn) = (account.id().to_string(), self.caller.arn(account));
        let held = SessionPrincipal::of(account, self.caller);
        let own = self.caller.principal();
        let principal = match (&held, &own) {
            (_, Some(Principal::Root)) => keyward_policy::Principal::Root {
                account: &account_id,
            },
            (_, Some(Principal::User(id))) => keyward_policy::Principal::User {
                account: &account_id,
                arn: &arn,
                id: id.as_str(),
            },
            (SessionPrincipal::Role(role_arn, role_id, is_service_linked), None) => {
                keyward_policy::Principal::RoleSession {
                    account: &account_id,
                    role_arn,
                    role_id,
                    session_arn: &arn,
                    is_service_linked: *is_service_linked,
                }
            }
            (SessionPrincipal::FederatedUser { .. }, None) => {
                keyward_policy::Principal::FederatedUser {
                    account: &account_id,
                    arn: &arn,
                }
            }
            (SessionPrincipal::Voucher(provider), None) => {
                keyward_policy::Principal::Federated { provider }
            }
            (SessionPrincipal::Nothing, None) => keyward_policy::Principal::Anonymous,
        };
        let identity = match &held {
            // The root user's rights are everything, and the session policies narrow them.
            SessionPrincipal::FederatedUser { by_root: true } => Some(&**EVERYTHING),
            SessionPrincipal::FederatedUser { by_root: false }
            | SessionPrincipal::Role(..)
            | SessionPrincipal::Voucher(_)
            | SessionPrincipal::Nothing => self.rights.and_then(|rights| rights.identity.as_ref()),
        };
        let policies = Policies {
            identity,
            boundary: self.rights.and_then(|rights| rights.boundary.as_ref()),
            session: self.session_policies.as_deref(),
            resource: self.of_resource,
            resource_must_allow: self.of_resource.is_some(),
            ..Policies::default()
        };
        let (action, resource) = (access_request.action.name(), &access_request.resource);
        let decide = |reading| {
            let context = context(
                self.in_force,
                self.caller,
                self.request_context,
                self.now,
                access_request,
                reading,
            );
            let request = Request::new(principal, action, resource.arn(), &context);
            evaluate(&request, &policies)
        };
        let mut readings = (0..resource.readings(self.in_force.of_resource())).map(decide);
        let refused = readings.find(|decision| *decision != Decision::Allowed);
        refused.unwrap_or(Decision::Allowed)
    }
}

/// Who holds a session, if not a user or root user.
enum SessionPrincipal<'a> {
    /// A role: its ARN, its unique id, and whether it is service-linked.
    Role(String, &'a str, bool),
    FederatedUser {
        by_root: bool,
    },
    /// There is no session yet: a provider, by its ARN, vouches for someone.
    Voucher(&'a str),
    Nothing,
}

impl<'a> SessionPrincipal<'a> {
    fn of(account: &Account, caller: &'a Caller) -> Self {
        let session: &Session = match caller {
            Caller::Session(session) => session,
            Caller::Federated(vouched) => return Self::Voucher(&vouched.provider_arn),
            Caller::Own { .. } | Caller::Unsigned => return Self::Nothing,
        };
        match &session.holder {
            Holder::Own(_) => Self::Nothing,
            Holder::Role(held) => match session.role(account) {
                Some(role) => {
                    let arn = role.arn(account.id());
                    Self::Role(arn, held.role.as_str(), role.is_service_linked())
                }
                None => Self::Nothing,
            },
            Holder::Federated(user) => Self::FederatedUser {
                by_root: user.by == Principal::Root,
            },
        }
    }
}

/// The policy that a root user would have if it had one.
static EVERYTHING: LazyLock<Arc<PolicySet>> = LazyLock::new(|| {
    let text =
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
    let everything = Document::parse(text).map(|document| Arc::new(Compiled::new(&document)));
    Arc::new(PolicySet::new(everything.ok()))
});

/// `AllowUsersToChangePassword` lets every user change their own password and read the account's
/// password policy.
fn is_granted_to_every_user(
    account: &Account,
    access_request: &AccessRequest,
    user: UserId,
) -> bool {
    let is_granted = account
        .password_policy()
        .is_some_and(|policy| policy.allow_users_to_change_password);
    let is = |operation| access_request.action == Action::Operation(operation);
    is_granted
        && (is(OperationId::IamGetAccountPasswordPolicy)
            || (is(OperationId::IamChangePassword)
                && access_request.resource.user_id() == Some(user)))
}
