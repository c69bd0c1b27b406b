//! What the operations that give out sessions share.

pub(super) mod given_policies;
pub(super) mod issue;
