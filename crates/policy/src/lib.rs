//! The policy language: parse, check, evaluate, explain.
//!
//! Pure and total: no text and no request makes it fail, wait or take memory without bound, and what
//! it can't understand never allows anything. It knows no account and no operation: whoever asks
//! brings the policies, the principal and the context keys.

mod check;
mod context_keys;
mod document;
mod json;
mod literal;
mod operator;
mod size;

pub use check::{PolicyFault, PolicyKind, check, check_trust_policy};
pub use context_keys::context_keys;
pub use document::{
    Condition, Document, NamedPrincipals, Patterns, Position, Principals, Problem, Statement,
    SyntaxError, Text, position,
};
pub use operator::{Operator, Order, Quantifier, Test};
pub use size::{
    GROUP_INLINE_CHARACTERS, MANAGED_POLICY_CHARACTERS, RESOURCE_CONTROL_POLICY_CHARACTERS,
    ROLE_INLINE_CHARACTERS, SERVICE_CONTROL_POLICY_CHARACTERS, SESSION_POLICY_CHARACTERS,
    TRUST_POLICY_CHARACTERS, USER_INLINE_CHARACTERS, session_policy_size, stored_policy_size,
};
