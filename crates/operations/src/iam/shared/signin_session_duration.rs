//! How long sign-in sessions last: what a request asks to do with the setting of a user or a role.

use keyward_faults::{Fault, fault};

/// What becomes of `MaxSigninSessionDuration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SigninSessionDuration {
    /// It stays as it is.
    Unchanged,
    /// It is set to so many seconds.
    Set(u32),
    /// It is not set any more.
    Unset,
}

impl SigninSessionDuration {
    /// What the members `MaxSigninSessionDuration` and `ResetMaxSigninSessionDuration` ask for. Both
    /// together are refused with `InvalidInput`.
    pub(crate) fn asked(seconds: Option<i32>, reset: Option<bool>) -> Result<Self, Fault> {
        // The model's bounds make every number of seconds positive.
        let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
        match (seconds, reset.unwrap_or(false)) {
            (Some(_), true) => Err(fault::signin_session_duration_set_and_reset()),
            (Some(seconds), false) => Ok(Self::Set(seconds)),
            (None, true) => Ok(Self::Unset),
            (None, false) => Ok(Self::Unchanged),
        }
    }

    /// The setting, which was `before`.
    pub(crate) fn after(self, before: Option<u32>) -> Option<u32> {
        match self {
            Self::Unchanged => before,
            Self::Set(seconds) => Some(seconds),
            Self::Unset => None,
        }
    }
}
