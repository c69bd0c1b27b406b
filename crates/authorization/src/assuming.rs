//! Whether somebody may assume a role, which its trust policy decides too.

use std::sync::Arc;

use keyward_account::Role;
use keyward_faults::fault::{Denial, DeniedRequest};
use keyward_faults::{Fault, fault};
use keyward_names::{Timestamp, account_part};
use keyward_policy::{Kind, PolicySet};

use crate::access_request::{AccessRequest, AccessRequests};
use crate::caller::Caller;
use crate::gate::{self, ResourcePolicy, Verdict};
use crate::policies_in_force::PoliciesInForce;
use crate::request_context::RequestContext;
use crate::sessions::FederatedIdentity;

/// Judges whether a caller may do all that assuming a role needs: within an account by its policies
/// and the role's trust policy together, across accounts by each of them.
///
/// The refusal must be the same whether there is such a role or not, so its reason is that of a role
/// of which nothing is known: `as_given` are the same questions about the ARN as given. It gives a reason
/// only where the role is in the caller's account and a policy of the caller denies that.
pub fn judge_caller(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    role: &Role,
    access_requests: &AccessRequests,
    as_given: &AccessRequests,
) -> Result<(), Fault> {
    let trust = Trust::of(role);
    for (access_request, as_given) in access_requests.iter().zip(as_given.iter()) {
        let of_resource = Some(trust.policy());
        match gate::decide(
            in_force,
            caller,
            request_context,
            now,
            access_request,
            of_resource,
        )? {
            Verdict::Allowed => {}
            Verdict::Denied(denied) => {
                let told = Some(*denied);
                return Err(refusal(
                    in_force,
                    caller,
                    request_context,
                    now,
                    as_given,
                    told,
                )?);
            }
        }
    }
    Ok(())
}

/// The refusal to a caller who would assume a role, by what is known without the role. `denied` is what
/// was judged, if there is such a role.
pub fn refusal(
    in_force: PoliciesInForce<'_>,
    caller: &Caller,
    request_context: &RequestContext,
    now: Timestamp,
    as_given: &AccessRequest,
    denied: Option<DeniedRequest>,
) -> Result<Fault, Fault> {
    let nobody_is_allowed = PolicySet::default();
    let of_resource = Some(ResourcePolicy {
        set: &nobody_is_allowed,
        of: None,
    });
    let by_given = PoliciesInForce {
        elsewhere: None,
        ..in_force
    };
    let verdict = gate::decide(
        by_given,
        caller,
        request_context,
        now,
        as_given,
        of_resource,
    )?;
    let (arn, action) = (caller.arn(in_force.account), as_given.action.name());
    let role_arn = as_given.resource.arn();
    let is_elsewhere = account_part(role_arn) != Some(&in_force.account.id().to_string());
    Ok(match verdict {
        Verdict::Denied(given)
            if !is_elsewhere
                && matches!(given.denial, Denial::Denied(kind) if kind != Kind::Resource) =>
        {
            fault::access_denied(role_arn, *given)
        }
        Verdict::Denied(given) => {
            fault::may_not_assume(&arn, action, role_arn, Some(denied.unwrap_or(*given)))
        }
        Verdict::Allowed => fault::may_not_assume(&arn, action, role_arn, denied),
    })
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
    let trust = Trust::of(role);
    for access_request in access_requests.iter() {
        match gate::decide(
            in_force,
            &caller,
            request_context,
            now,
            access_request,
            Some(trust.policy()),
        )? {
            Verdict::Allowed => {}
            Verdict::Denied(denied) => {
                let action = access_request.action.name();
                return Err(fault::federated_may_not_assume(action, Some(*denied)));
            }
        }
    }
    Ok(())
}

/// A role's trust policy. One that can't be read allows nobody.
struct Trust<'a> {
    set: PolicySet,
    role: &'a Role,
}

impl<'a> Trust<'a> {
    fn of(role: &'a Role) -> Self {
        Self {
            set: PolicySet::new(role.trust_policy.document().compiled().cloned()),
            role,
        }
    }

    fn policy(&self) -> ResourcePolicy<'_> {
        ResourcePolicy {
            set: &self.set,
            of: Some(self.role),
        }
    }
}
