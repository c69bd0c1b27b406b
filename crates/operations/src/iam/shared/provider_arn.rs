//! ARNs of identity providers, as requests give them.

pub(crate) use keyward_account::ProviderKind;

use keyward_faults::{Fault, fault};

/// Refuses what is not the ARN of a provider of a kind by its form.
pub(crate) fn check_provider_arn(kind: ProviderKind, arn: &str) -> Result<(), Fault> {
    match kind.parts(arn) {
        Some(_) => Ok(()),
        None => Err(fault::invalid_provider_arn(arn)),
    }
}
