//! ARNs of users, groups and roles in requests: only the kind and the name matter, and a wrong path
//! does not (seen at AWS).

use keyward_account::{Account, PolicyEntity};
use keyward_authorization::Resource;
use keyward_names::Arn;

/// The ARN of a user, group or role, which may not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct EntityArn<'a> {
    account: &'a str,
    kind: EntityKind,
    name: &'a str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EntityKind {
    User,
    Group,
    Role,
}

impl<'a> EntityArn<'a> {
    /// Parses an ARN; `None` if it is not of a user, group or role.
    pub(crate) fn parse(arn: &'a str) -> Option<Self> {
        let parts = Arn::parse(arn).ok()?;
        if parts.partition != "aws" || !parts.is_of_iam() {
            return None;
        }
        let (kind, path_and_name) = parts.kind_and_rest();
        let kind = match kind {
            "user" => EntityKind::User,
            "group" => EntityKind::Group,
            "role" => EntityKind::Role,
            _ => return None,
        };
        let (_, name) = path_and_name
            .rsplit_once('/')
            .unwrap_or(("", path_and_name));
        (!name.is_empty()).then_some(Self {
            account: parts.account,
            kind,
            name,
        })
    }

    /// The entity, if it is in this account.
    pub(crate) fn find(self, account: &Account) -> Option<PolicyEntity> {
        if self.account != account.id().to_string() {
            return None;
        }
        match self.kind {
            EntityKind::User => {
                let user = account.users().find(self.name)?;
                Some(PolicyEntity::User(user.id))
            }
            EntityKind::Group => {
                let group = account.groups().find(self.name)?;
                Some(PolicyEntity::Group(group.id))
            }
            EntityKind::Role => {
                let role = account.roles().find(self.name)?;
                Some(PolicyEntity::Role(role.id))
            }
        }
    }

    /// The resource for judging the caller's rights: the entity's stored ARN, or if there is none
    /// the ARN as given.
    pub(crate) fn resource(self, account: &Account, given: &str) -> Resource {
        let resource = match self.find(account) {
            Some(PolicyEntity::User(id)) => account
                .users()
                .get(id)
                .map(|user| Resource::user(account, &user.name, Some(user))),
            Some(PolicyEntity::Group(id)) => account
                .groups()
                .get(id)
                .map(|group| Resource::group(account, &group.name, Some(group))),
            Some(PolicyEntity::Role(id)) => account
                .roles()
                .get(id)
                .map(|role| Resource::role(account, &role.name, Some(role))),
            None => None,
        };
        // Refusals tell no path that the request did not.
        resource
            .unwrap_or_else(|| Resource::by_arn(given))
            .told_as(given)
    }
}
