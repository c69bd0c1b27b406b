//! The services.

/// One of the two services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Identity and Access Management.
    Iam,
    /// The Security Token Service.
    Sts,
}
