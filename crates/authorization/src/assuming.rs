//! Whether somebody may assume a role, which its trust policy decides too.

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

/// Judges whether a caller may do all that assuming a role needs: within an account by its policies
/// and the role's trust policy together, across accounts by each of them. The refusal gives a
/// reason only where the role is in the caller's account and a policy of the caller denies it.
pub fn judge_caller(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    role: &Role,
    access_requests: &AccessRequests,
) -> Result<(), Fault> {
    let is_elsewhere = in_force.elsewhere.is_some();
    let trust = trust_of(role);
    for access_request in access_requests.iter() {
        let decision = gate::decide(
            in_force,
            caller,
            request_context,
            now,
            access_request,
            Some(&trust),
        )?;
        let (arn, action) = (caller.arn(in_force.account), access_request.action.name());
        let role_arn = access_request.resource.arn();
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

/// Judges whether an identity that is vouched for may do all that assuming a role needs. The role's
/// trust policy decides alone. The refusal gives no reason.
pub fn judge_federated(
    in_force: PoliciesInForce<'_>,
    vouched: &Arc<FederatedIdentity>,
    request_context: &RequestContext,
    now: Timestamp,
    role: &Role,
    access_requests: &AccessRequests,
) -> Result<(), Fault> {
    let caller = Caller::Federated(Arc::clone(vouched));
    let trust = trust_of(role);
    for access_request in access_requests.iter() {
        match gate::decide(
            in_force,
            &caller,
            request_context,
            now,
            access_request,
            Some(&trust),
        )? {
            Decision::Allowed => {}
            Decision::ImplicitDeny(_) | Decision::ExplicitDeny(_) => {
                return Err(fault::federated_may_not_assume(
                    access_request.action.name(),
                ));
            }
        }
    }
    Ok(())
}

/// The role's trust policy. One that can't be read allows nobody.
fn trust_of(role: &Role) -> PolicySet {
    PolicySet::new(role.trust_policy.document().compiled().cloned())
}
