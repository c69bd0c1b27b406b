//! What policies of each kind must be, and what IAM says about one that is not.
//!
//! Checks are made in groups, each over the whole document; the first group that finds something
//! tells the first thing that it finds.

mod elements;
mod fault;
mod identity;
mod literals;
mod organizations;
mod principals;
mod resource;
mod resource_names;
mod simulated;
#[cfg(test)]
mod tests;
mod trust;

pub use fault::PolicyFault;
pub use trust::check_trust_policy;

use crate::Document;

/// What a document is for. Each kind has rules of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyKind {
    /// A managed or inline policy of a user, group or role, or a permissions boundary.
    Identity,
    /// A policy given for a session.
    Session,
    /// Who may assume a role. Here all principals are taken to exist: see [`check_trust_policy`].
    Trust,
    /// A policy of a resource other than a role.
    Resource,
    /// A service control policy of an organization.
    ServiceControl,
    /// A resource control policy of an organization.
    ResourceControl,
    /// A policy of a VPC endpoint.
    Endpoint,
    /// What the simulator and the operations that list context keys take: a policy of any kind, also
    /// an unfinished one.
    Simulated,
}

/// Reads a policy of a kind, or says why it is none.
///
/// ```
/// use keyward_policy::{PolicyKind, check};
///
/// let text = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*"}}"#;
/// let fault = check(PolicyKind::Identity, text).unwrap_err();
/// assert_eq!(fault.message, "Policy statement must contain actions.");
/// assert_eq!(fault.span, 39..75);
/// ```
pub fn check(kind: PolicyKind, text: &str) -> Result<Document, PolicyFault> {
    match kind {
        PolicyKind::Identity => identity::check_identity_policy(text),
        PolicyKind::Session => identity::check_session_policy(text),
        PolicyKind::Trust => check_trust_policy(text, &|_| true),
        PolicyKind::Resource | PolicyKind::Endpoint => resource::check_resource_policy(text),
        PolicyKind::ServiceControl => organizations::check_service_control_policy(text),
        PolicyKind::ResourceControl => organizations::check_resource_control_policy(text),
        PolicyKind::Simulated => simulated::check_simulated_policy(text),
    }
}
