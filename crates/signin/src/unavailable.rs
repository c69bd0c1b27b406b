//! When sign-in can serve nobody.

/// The store is away or random bytes can't be had: nobody can be let in or told to be in now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sign-in is unavailable: {0}")]
pub struct Unavailable(String);

impl Unavailable {
    pub(crate) fn because(cause: impl std::fmt::Display) -> Self {
        Self(cause.to_string())
    }
}
