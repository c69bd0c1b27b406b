//! Whether somebody may assume a role: its trust policy has a say in it.

use std::sync::Arc;

use keyward_account::Role;
use keyward_faults::{Fault, fault};
use keyward_names::Timestamp;
use keyward_policy::{Decision, Kind, PolicySet};

use crate::access_request::AccessRequests;
use crate::caller::Caller;
use crate::gate;
use crate::policies_in_force::PoliciesInForce;
use crate::request_context::RequestContext;
use crate::sessions::FederatedIdentity;

/// Judges whether a caller may do all that assuming a role needs: within an account as its policies and the
/// role's trust policy say together, across accounts as both say. Why not is told only where the caller's own
/// policies deny it.
pub fn judge_caller(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    role: &Role,
    questions: &AccessRequests,
) -> Result<(), Fault> {
    let is_elsewhere = in_force.elsewhere.is_some();
    let trust = trust_of(role);
    for question in questions.iter() {
        let decision = gate::decide(
            in_force,
            caller,
            request_context,
            now,
            question,
            Some(&trust),
        )?;
        let (arn, action) = (caller.arn(in_force.account), question.action.name());
        let role_arn = question.resource.arn();
        match decision {
            Decision::Allowed => {}
            Decision::ExplicitDeny(kind) if kind != Kind::Resource && !is_elsewhere => {
                let denial = fault::Denial::Denied(kind);
                return Err(fault::access_denied(&arn, action, role_arn, denial));
            }
            Decision::ImplicitDeny(_) | Decision::ExplicitDeny(_) => {
                return Err(fault::may_not_assume(&arn, action, role_arn));
            }
        }
    }
    Ok(())
}

/// Judges whether someone who is vouched for may do all that assuming a role needs: its trust policy decides
/// alone. Why not is not told.
pub fn judge_federated(
    in_force: PoliciesInForce<'_>,
    vouched: &Arc<FederatedIdentity>,
    request_context: &RequestContext,
    now: Timestamp,
    role: &Role,
    questions: &AccessRequests,
) -> Result<(), Fault> {
    let caller = Caller::Federated(Arc::clone(vouched));
    let trust = trust_of(role);
    for question in questions.iter() {
        match gate::decide(
            in_force,
            &caller,
            request_context,
            now,
            question,
            Some(&trust),
        )? {
            Decision::Allowed => {}
            Decision::ImplicitDeny(_) | Decision::ExplicitDeny(_) => {
                return Err(fault::federated_may_not_assume(question.action.name()));
            }
        }
    }
    Ok(())
}

/// Whom a role admits. A trust policy that can't be read admits nobody.
fn trust_of(role: &Role) -> PolicySet {
    PolicySet::new(role.trust_policy.document().compiled().cloned())
}
