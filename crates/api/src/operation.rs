//! What every operation has.

use keyward_wire::XmlWriter;

use crate::input::Input;
use crate::{FaultCode, JsonMembers, OperationId, Recorded};

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

/// What a caller gets from an operation.
pub trait Output: Recorded + JsonMembers + Send + 'static {
    /// Whether the operation has an output at all, be it an empty one.
    const HAS_RESULT: bool;

    /// Writes the members.
    fn encode(&self, xml: &mut XmlWriter);
}

impl Output for () {
    const HAS_RESULT: bool = false;

    fn encode(&self, _: &mut XmlWriter) {}
}
