//! The policies of a user, group or role, for the simulator.

use keyward_account::{Account, EntityPolicies, PolicyEntity};
use keyward_api::iam::{
    AttachmentType, InlinePolicyIdentifierType, PolicyIdentifier, PolicyIdentifierPolicyType,
};
use keyward_authorization::Managed;
use keyward_authorization::managed::Policy;
use keyward_faults::Fault;
use keyward_names::PolicyName;

use crate::iam::shared::owner::name_of;

/// The policies of an entity: each text, with the id that the simulator shows.
#[derive(Debug, Default)]
pub(crate) struct PrincipalPolicies<'a> {
    /// Its own and those of its groups.
    pub(crate) own: Vec<(String, &'a str)>,
    /// Its boundary.
    pub(crate) boundary: Option<(String, &'a str)>,
}

/// The policies that a simulation leaves out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exclusions<'i>(pub(crate) &'i [PolicyIdentifier]);

impl<'a> PrincipalPolicies<'a> {
    /// The policies of an entity, without those that are left out.
    pub(crate) fn of(
        account: &'a Account,
        managed: Managed<'a>,
        entity: PolicyEntity,
        exclusions: Exclusions<'_>,
    ) -> Result<Self, Fault> {
        let mut policies = Self::default();
        let groups: Vec<PolicyEntity> = match entity {
            PolicyEntity::User(user) => account.groups_of(user).map(PolicyEntity::Group).collect(),
            PolicyEntity::Group(_) | PolicyEntity::Role(_) => Vec::new(),
        };
        let mut attached = Vec::new();
        for of in [entity].into_iter().chain(groups) {
            let Some(held) = account.policies(of) else {
                continue;
            };
            policies.add_inline(account, held, exclusions);
            // A policy that is attached to several of them is added once.
            for id in &held.attached {
                if !attached.contains(id) {
                    attached.push(*id);
                }
            }
        }
        for id in attached {
            let policy = managed.known(account, id)?;
            if !exclusions.has_managed(policy) {
                let id = policy.name().to_string();
                policies.own.push((id, policy.default_text()?));
            }
        }
        let boundary = account.policies(entity).and_then(|held| held.boundary);
        let boundary = boundary.map(|id| managed.known(account, id)).transpose()?;
        if let Some(policy) = boundary.filter(|_| !exclusions.has_boundaries()) {
            policies.boundary = Some((policy.name().to_string(), policy.default_text()?));
        }
        Ok(policies)
    }

    fn add_inline(
        &mut self,
        account: &'a Account,
        held: &'a EntityPolicies,
        exclusions: Exclusions<'_>,
    ) {
        let (kind, attachment) = match held.entity {
            PolicyEntity::User(_) => ("user", AttachmentType::User),
            PolicyEntity::Group(_) => ("group", AttachmentType::Group),
            PolicyEntity::Role(_) => ("role", AttachmentType::Role),
        };
        let owner = name_of(account, held.entity).unwrap_or_default();
        for policy in &held.inline {
            if !exclusions.has_inline(attachment, owner, &policy.name) {
                let id = format!("{kind}_{owner}_{}", policy.name);
                self.own.push((id, policy.document.text()));
            }
        }
    }
}

impl Exclusions<'_> {
    fn has_type(self, wanted: PolicyIdentifierPolicyType) -> bool {
        self.0.iter().any(|one| one.policy_type == Some(wanted))
    }

    fn has_boundaries(self) -> bool {
        self.has_type(PolicyIdentifierPolicyType::PermissionBoundary)
    }

    /// Seen so: managed policies match by name, whatever their path.
    fn has_managed(self, policy: Policy<'_>) -> bool {
        let kind = match policy {
            Policy::Own(_) => PolicyIdentifierPolicyType::UserManaged,
            Policy::Aws(_) => PolicyIdentifierPolicyType::AwsManaged,
        };
        let is_named = |one: &PolicyIdentifier| {
            let arn = one.policy_arn.as_deref();
            let name = arn
                .and_then(|arn| arn.rsplit_once('/'))
                .map(|(_, name)| name);
            name == Some(policy.name().as_str())
        };
        self.has_type(kind) || self.0.iter().any(is_named)
    }

    fn has_inline(self, kind: AttachmentType, owner: &str, name: &PolicyName) -> bool {
        let is_named = |one: &PolicyIdentifier| {
            one.inline_policy_identifier.as_ref().is_some_and(|inline| {
                let InlinePolicyIdentifierType {
                    policy_name,
                    attachment_type,
                    attachment_name,
                } = inline;
                *attachment_type == kind
                    && policy_name.folded() == name.folded()
                    && is_owner(attachment_name, owner)
            })
        };
        self.has_type(PolicyIdentifierPolicyType::Inline) || self.0.iter().any(is_named)
    }
}

/// Seen so: the name of an owner may begin with `*`, which matches any beginning, or with `?`,
/// which matches one character.
fn is_owner(pattern: &str, owner: &str) -> bool {
    let (pattern, owner) = (pattern.to_ascii_lowercase(), owner.to_ascii_lowercase());
    if let Some(end) = pattern.strip_prefix('*') {
        return owner.ends_with(end);
    }
    if let Some(end) = pattern.strip_prefix('?') {
        return owner.get(1..) == Some(end);
    }
    pattern == owner
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_named_whole_or_by_their_end() {
        for (pattern, owner, is_it) in [
            ("Bob", "bob", true),
            ("*ob", "bob", true),
            ("*", "bob", true),
            ("?ob", "bob", true),
            ("?ob", "ob", false),
            ("?b", "bob", false),
            ("bo*", "bob", false),
        ] {
            assert_eq!(is_owner(pattern, owner), is_it, "{pattern} {owner}");
        }
    }
}
