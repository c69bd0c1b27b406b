//! ARNs of identity providers in requests.

pub(crate) use keyward_account::ProviderKind;

use keyward_faults::{Fault, fault};

/// Refuses a text that does not have the form of an ARN of this kind of provider.
pub(crate) fn check_provider_arn(kind: ProviderKind, arn: &str) -> Result<(), Fault> {
    match kind.parts(arn) {
        Some(_) => Ok(()),
        None => Err(fault::invalid_provider_arn(arn)),
    }
}
