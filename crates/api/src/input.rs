//! What a caller sends, and what can be wrong with it.

use keyward_wire::Parameters;

use crate::fields::{self, AsFields};
use crate::{FaultCode, Recorded};

/// What a caller sends to an operation.
pub trait Input: Recorded + AsFields + Sized + Clone + Send + Sync + 'static {
    /// Reads and judges a request. All violations of constraints are found and told at once.
    fn decode(parameters: &Parameters<'_>) -> Result<Self, InputError>;

    /// Judges an input that was made in the program as [`Input::decode`] judges a request.
    fn checked(&self) -> Result<Self, InputError> {
        Self::decode(&fields::parameters(self))
    }
}

/// A request that is wrong whatever the state of the account is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A value is not of its type, or a list's elements can't be told.
    #[error("{0}")]
    Malformed(String),
    /// Values do not satisfy the model's constraints.
    #[error("{message}")]
    Constraint {
        /// The whole message.
        message: String,
        /// Where the values stand, as the message says it: `newPassword`, `tags.1.member.key`.
        members: Vec<String>,
    },
}

impl InputError {
    /// The code that the caller gets.
    #[must_use]
    pub fn code(&self) -> FaultCode {
        match self {
            Self::Malformed(_) => FaultCode::MalformedInput,
            Self::Constraint { .. } => FaultCode::ValidationError,
        }
    }

    /// The message that the caller gets.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Malformed(message) | Self::Constraint { message, .. } => message,
        }
    }
}
