//! The roles that services make for themselves in an account.
//!
//! The data are facts seen at AWS, in a text that is edited by hand.

use std::sync::OnceLock;

use crate::policy::ARN_PREFIX;

/// The data; its first lines say what its lines are.
const DATA: &str = include_str!("../data/service-linked-roles.tsv");

/// The role of a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceLinkedRole {
    /// The service as a principal: `batch.amazonaws.com`.
    pub service: &'static str,
    /// The name of the role, before a suffix.
    pub role_name: &'static str,
    /// The ARN of its one policy. The managed policies have it for all services but `lex.amazonaws.com`.
    pub policy_arn: Box<str>,
    /// Whether there may be several, each with a suffix to its name.
    pub allows_suffix: bool,
}

/// Finds the role of a service by the principal, of which each letter counts.
#[must_use]
pub fn service_linked_role(service: &str) -> Option<&'static ServiceLinkedRole> {
    let roles = service_linked_roles();
    let found = roles
        .binary_search_by_key(&service, |role| role.service)
        .ok()?;
    roles.get(found)
}

/// All roles, in the order of their services.
#[must_use]
pub fn service_linked_roles() -> &'static [ServiceLinkedRole] {
    static ROLES: OnceLock<Box<[ServiceLinkedRole]>> = OnceLock::new();
    ROLES.get_or_init(|| DATA.lines().filter_map(read).collect())
}

/// Reads a line that is no remark.
fn read(line: &'static str) -> Option<ServiceLinkedRole> {
    if line.starts_with('#') {
        return None;
    }
    let mut parts = line.split('\t');
    let service = parts.next()?;
    let role_name = parts.next()?;
    let policy = parts.next()?;
    Some(ServiceLinkedRole {
        service,
        role_name,
        policy_arn: [ARN_PREFIX, "/aws-service-role/", policy].concat().into(),
        allows_suffix: parts.next() == Some("suffix"),
    })
}
