//! Trusted identity propagation: what identity providers may tell of the people behind a session. It
//! is not here yet, so a request that configures it is refused instead of being half done.

use keyward_api::OperationId;
use keyward_api::iam::ContextProvider;
use keyward_faults::{Fault, fault};

/// The members of a request that configure trusted identity propagation.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Propagation<'r> {
    /// `ContextProvider`.
    pub(crate) context_provider: Option<&'r ContextProvider>,
    /// `IdentityCenterInstanceArn`.
    pub(crate) identity_center_instance: Option<&'r str>,
    /// `RemoveContextProvider`.
    pub(crate) remove_context_provider: Option<bool>,
    /// `RemoveIdentityCenterInstance`.
    pub(crate) remove_identity_center_instance: Option<bool>,
}

impl Propagation<'_> {
    /// Refuses with `NotImplemented` where any of it is asked for.
    pub(crate) fn check_not_asked(self, operation: OperationId) -> Result<(), Fault> {
        let members = [
            ("ContextProvider", self.context_provider.is_some()),
            (
                "IdentityCenterInstanceArn",
                self.identity_center_instance.is_some(),
            ),
            (
                "RemoveContextProvider",
                self.remove_context_provider == Some(true),
            ),
            (
                "RemoveIdentityCenterInstance",
                self.remove_identity_center_instance == Some(true),
            ),
        ];
        match members.into_iter().find(|(_, is_asked)| *is_asked) {
            Some((member, _)) => Err(fault::member_not_implemented(operation, member)),
            None => Ok(()),
        }
    }
}
