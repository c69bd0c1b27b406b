//! The authorization gate: whether a caller may do something to a resource.
//!
//! The account's root user may do everything. A user may do what its policies allow, and what the
//! account's password policy grants to every user, unless a policy denies it. A session may do what
//! both its holder's policies and its session policies allow. A policy that can't be read denies
//! everything: the gate fails closed.
//!
//! Where a request is denied, the gate also tells the operator what it was judged by.

mod denied;

use std::sync::{Arc, LazyLock};

use keyward_account::{Account, PrincipalId, Rights, Role};
use keyward_api::OperationId;
use keyward_faults::fault::DeniedRequest;
use keyward_faults::{Fault, fault};
use keyward_names::{Timestamp, UserId};
use keyward_policy::{
    Compiled, Context, Decision, Document, Policies, PolicySet, Request, evaluate,
};

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
    match decide(in_force, caller, request_context, now, access_request, None)? {
        Verdict::Allowed => Ok(()),
        Verdict::Denied(denied) => Err(fault::access_denied(
            &access_request.told_resource(in_force.account.id()),
            *denied,
        )),
    }
}

/// What the gate says about a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is allowed.
    Allowed,
    /// It is not, and here is why.
    Denied(Box<DeniedRequest>),
}

/// The policy of a resource, which must allow too.
#[derive(Debug, Clone, Copy)]
pub struct ResourcePolicy<'a> {
    /// What is judged.
    pub set: &'a PolicySet,
    /// The role that has it; `None` for a policy that is nobody's.
    pub of: Option<&'a Role>,
}

/// Decides a question. `of_resource` is the policy of the resource, such as a role's trust policy;
/// if it is given, it must allow too.
pub fn decide(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    access_request: &AccessRequest,
    of_resource: Option<ResourcePolicy<'_>>,
) -> Result<Verdict, Fault> {
    let account = in_force.account;
    if !caller.is_known(account) {
        return Err(fault::invalid_client_token_id());
    }
    // A root user may do everything, even where the ARN that it names is of another account: the
    // operation then answers that nothing is there.
    if of_resource.is_none() && caller.principal() == Some(Principal::Root) {
        return Ok(Verdict::Allowed);
    }
    let session = caller.session();
    let rights_of = match caller.principal() {
        Some(Principal::Root) => None,
        Some(Principal::User(id)) => Some(PrincipalId::User(id)),
        None => session.and_then(|session| session.rights_of()),
    };
    let rights = match rights_of {
        Some(of) => rights(in_force, of)?,
        None => None,
    };
    let evaluation = Evaluation {
        in_force,
        caller,
        request_context,
        now,
        rights_of,
        rights: rights.as_deref(),
        session_policies: session
            .and_then(|session| session.policies.set(account, in_force.managed)),
        of_resource,
    };
    let Some((decision, reading)) = evaluation.refusal(access_request) else {
        return Ok(Verdict::Allowed);
    };
    let denial = match (decision, caller.principal()) {
        (Decision::Allowed, _) => return Ok(Verdict::Allowed),
        (Decision::ImplicitDeny(_), Some(Principal::User(id)))
            if is_granted_to_every_user(account, access_request, id) =>
        {
            return Ok(Verdict::Allowed);
        }
        (Decision::ImplicitDeny(kind), _) => fault::Denial::NothingAllows(kind),
        (Decision::ExplicitDeny(kind), _) => fault::Denial::Denied(kind),
    };
    let denied = evaluation.denied(access_request, reading, denial);
    Ok(Verdict::Denied(Box::new(denied)))
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
    /// Whose policies are judged.
    rights_of: Option<PrincipalId>,
    rights: Option<&'a Rights>,
    session_policies: Option<Arc<PolicySet>>,
    of_resource: Option<ResourcePolicy<'a>>,
}

impl Evaluation<'_> {
    /// The decision that is not to allow, and in which of the readings of the tags; `None` where the
    /// request is allowed in all of them.
    fn refusal(&self, access_request: &AccessRequest) -> Option<(Decision, usize)> {
        let readings = access_request
            .resource
            .readings(self.in_force.of_resource());
        (0..readings).find_map(|reading| {
            let decision = self.ask(access_request, reading, |request, policies| {
                evaluate(request, policies)
            });
            (decision != Decision::Allowed).then_some((decision, reading))
        })
    }

    /// Puts the question to the engine.
    fn ask<T>(
        &self,
        access_request: &AccessRequest,
        reading: usize,
        ask: impl FnOnce(&Request<'_>, &Policies<'_>) -> T,
    ) -> T {
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
        let identity = match (&held, own) {
            // The root user's rights are everything: those of one who assumes a role, and those that
            // session policies narrow.
            (SessionPrincipal::FederatedUser { by_root: true }, _) | (_, Some(Principal::Root)) => {
                Some(&**EVERYTHING)
            }
            (
                SessionPrincipal::FederatedUser { by_root: false }
                | SessionPrincipal::Role(..)
                | SessionPrincipal::Voucher(_)
                | SessionPrincipal::Nothing,
                _,
            ) => self.rights.and_then(|rights| rights.identity.as_ref()),
        };
        let policies = Policies {
            identity,
            boundary: self.rights.and_then(|rights| rights.boundary.as_ref()),
            session: self.session_policies.as_deref(),
            resource: self.of_resource.map(|policy| policy.set),
            resource_must_allow: self.of_resource.is_some(),
            ..Policies::default()
        };
        let (action, resource) = (access_request.action.name(), &access_request.resource);
        let context = self.context(access_request, reading);
        ask(
            &Request::new(principal, action, resource.arn(), &context),
            &policies,
        )
    }

    fn context(&self, access_request: &AccessRequest, reading: usize) -> Context {
        context(
            self.in_force,
            self.caller,
            self.request_context,
            self.now,
            access_request,
            reading,
        )
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

const EVERYTHING_TEXT: &str =
    r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;

/// The policy that a root user would have if it had one.
static EVERYTHING: LazyLock<Arc<PolicySet>> = LazyLock::new(|| {
    let everything =
        Document::parse(EVERYTHING_TEXT).map(|document| Arc::new(Compiled::new(&document)));
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
