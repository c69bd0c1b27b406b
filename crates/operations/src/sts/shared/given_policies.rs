//! The session policies of a request.

use keyward_account::Account;
use keyward_engine::Call;
use keyward_faults::{Fault, fault};
use keyward_names::PolicyId;
use keyward_policy::{PolicyKind, check};

/// How many managed policies a request may pass.
const MANAGED_BOUND: usize = 10;

/// The session policies of a request, after they were checked.
#[derive(Debug, Default)]
pub(crate) struct GivenPolicies {
    pub(crate) inline: Option<Box<str>>,
    pub(crate) managed: Box<[PolicyId]>,
}

impl GivenPolicies {
    /// Checks the session policies of a request. Managed policies must be those of `account`, or
    /// AWS's.
    pub(crate) fn check<I>(
        call: &Call<I>,
        account: &Account,
        inline: Option<&str>,
        arns: &[&str],
    ) -> Result<Self, Fault> {
        if let Some(text) = inline {
            check(PolicyKind::Session, text)
                .map_err(|found| fault::malformed_policy_document(found.message))?;
        }
        if arns.len() > MANAGED_BOUND {
            return Err(fault::too_many_session_policies(MANAGED_BOUND));
        }
        let find = |arn: &&str| {
            if !arn.starts_with("arn:") {
                return Err(fault::invalid_arn(arn));
            }
            let policy = call.managed().find(account, arn);
            let policy = policy.ok_or_else(|| fault::no_such_session_policy(arn))?;
            Ok(policy.id())
        };
        Ok(Self {
            inline: inline.map(Into::into),
            managed: arns.iter().map(find).collect::<Result<_, Fault>>()?,
        })
    }

    /// Whether the request passes none.
    pub(crate) fn is_empty(&self) -> bool {
        self.inline.is_none() && self.managed.is_empty()
    }
}
