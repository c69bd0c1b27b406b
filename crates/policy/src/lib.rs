//! The policy language: parse, check, evaluate, explain.
//!
//! Pure and total: no text and no request makes it fail, wait or take memory without bound, and what
//! it can't understand never allows anything. It knows no account and no operation: whoever asks
//! brings the policies, the principal and the context keys.
//!
//! ```
//! use std::sync::Arc;
//!
//! use keyward_policy::{
//!     Compiled, Context, Decision, Policies, PolicyKind, PolicySet, Principal, Request, check, evaluate,
//! };
//!
//! let text = r#"{"Version": "2012-10-17", "Statement": {
//!     "Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/${aws:username}/*"}}"#;
//! let document = check(PolicyKind::Identity, text).unwrap();
//! let identity = PolicySet::new([Arc::new(Compiled::new(&document))]);
//! let policies = Policies { identity: Some(&identity), ..Policies::default() };
//!
//! let mut context = Context::default();
//! context.set("aws:username", "bob");
//! let bob = Principal::User { account: "123456789012", arn: "arn:aws:iam::123456789012:user/bob", id: "" };
//! let may_get = |resource: &str| {
//!     evaluate(&Request::new(bob, "s3:GetObject", resource, &context), &policies) == Decision::Allowed
//! };
//! assert!(may_get("arn:aws:s3:::bucket/bob/diary"));
//! assert!(!may_get("arn:aws:s3:::bucket/alice/diary"));
//! ```

mod check;
mod compiled;
mod context_keys;
mod document;
mod effect;
mod evaluate;
mod explain;
mod json;
mod literal;
mod operator;
mod pattern;
mod request;
mod size;
mod text;
mod typed;

pub use check::{PolicyFault, PolicyKind, check, check_trust_policy};
pub use compiled::{Compiled, PolicySet};
pub use context_keys::context_keys;
pub use document::{
    Condition, Document, NamedPrincipals, Patterns, Position, Principals, Problem, Statement,
    SyntaxError, Text, position,
};
pub use effect::Effect;
pub use evaluate::{Decision, Kind, Policies, evaluate, opens_only_by_its_policy};
pub use explain::{Explanation, Matched, Outcome, explain};
pub use operator::{Operator, Order, Quantifier, Test};
pub use request::{Context, Entry, Principal, Request, Value};
pub use size::{
    GROUP_INLINE_CHARACTERS, MANAGED_POLICY_CHARACTERS, RESOURCE_CONTROL_POLICY_CHARACTERS,
    ROLE_INLINE_CHARACTERS, SERVICE_CONTROL_POLICY_CHARACTERS, SESSION_POLICY_CHARACTERS,
    TRUST_POLICY_CHARACTERS, USER_INLINE_CHARACTERS, session_policy_size, stored_policy_size,
};
pub use typed::ValueType;
