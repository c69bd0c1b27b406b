//! What every operation has.

use keyward_wire::{Parameters, XmlWriter};

use crate::{FaultCode, OperationId, Recorded};

/// One of the two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Identity and Access Management.
    Iam,
    /// The Security Token Service.
    Sts,
}

/// An operation of a service, as a type.
pub trait Operation: 'static {
    /// Which one it is.
    const ID: OperationId;
    /// The codes that the model lists for it, besides those common to all operations.
    const FAULTS: &'static [FaultCode];
    /// What a caller sends.
    type Input: Input;
    /// What a caller gets.
    type Output: Output;
}

/// What a caller sends to an operation.
pub trait Input: Recorded + Sized + Clone + Send + Sync + 'static {
    /// Reads and judges a request. All violations of constraints are found and told at once.
    fn decode(parameters: &Parameters<'_>) -> Result<Self, InputError>;
}

/// What a caller gets from an operation.
pub trait Output: Recorded + Send + 'static {
    /// Whether the operation has an output at all, be it an empty one.
    const HAS_RESULT: bool;

    /// Writes the members.
    fn encode(&self, xml: &mut XmlWriter);
}

impl Output for () {
    const HAS_RESULT: bool = false;

    fn encode(&self, _: &mut XmlWriter) {}
}

/// A request that is wrong whatever the state of the account is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// A value is not of its type, or a list's elements can't be told.
    #[error("{0}")]
    Malformed(String),
    /// Values do not satisfy the model's constraints. Holds the whole message.
    #[error("{0}")]
    Constraint(String),
}

impl InputError {
    /// The code that the caller gets.
    #[must_use]
    pub fn code(&self) -> FaultCode {
        match self {
            Self::Malformed(_) => FaultCode::MalformedInput,
            Self::Constraint(_) => FaultCode::ValidationError,
        }
    }

    /// The message that the caller gets.
    #[must_use]
    pub fn message(&self) -> &str {
        match self {
            Self::Malformed(message) | Self::Constraint(message) => message,
        }
    }
}
