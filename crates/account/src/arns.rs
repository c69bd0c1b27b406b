//! The ARN of each entity of an account.
//!
//! An entity does not know whose it is, so its account is an argument.

use keyward_names::{AccountId, iam_arn};

use crate::{
    Account, Group, InstanceProfile, ManagedPolicy, OidcProvider, PrincipalId, ProviderKind, Role,
    SamlProvider, User,
};

impl User {
    /// Its ARN: `arn:aws:iam::123456789012:user/division/bob`.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        iam_arn(account, "user", &self.path, self.name.as_str())
    }
}

impl Group {
    /// Its ARN: `arn:aws:iam::123456789012:group/division/developers`.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        iam_arn(account, "group", &self.path, self.name.as_str())
    }
}

impl Role {
    /// Its ARN: `arn:aws:iam::123456789012:role/division/build`. It has the path, which the ARN of a
    /// session of the role has not.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        iam_arn(account, "role", &self.path, self.name.as_str())
    }
}

impl InstanceProfile {
    /// Its ARN: `arn:aws:iam::123456789012:instance-profile/division/build`.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        iam_arn(account, "instance-profile", &self.path, self.name.as_str())
    }
}

impl ManagedPolicy {
    /// Its ARN: `arn:aws:iam::123456789012:policy/division/deploy`.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        iam_arn(account, "policy", &self.path, self.name.as_str())
    }
}

impl OidcProvider {
    /// Its ARN: `arn:aws:iam::123456789012:oidc-provider/accounts.example.com/x`.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        ProviderKind::Oidc.arn(account, &self.url)
    }
}

impl SamlProvider {
    /// Its ARN: `arn:aws:iam::123456789012:saml-provider/Corp`.
    #[must_use]
    pub fn arn(&self, account: AccountId) -> String {
        ProviderKind::Saml.arn(account, &self.name)
    }
}

impl Account {
    /// The ARN that a user or role has now, if it is there.
    #[must_use]
    pub fn principal_arn(&self, id: PrincipalId) -> Option<String> {
        match id {
            PrincipalId::User(id) => Some(self.users().get(id)?.arn(self.id())),
            PrincipalId::Role(id) => Some(self.roles().get(id)?.arn(self.id())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_names::{GroupId, GroupName, Path, Timestamp};

    #[test]
    fn the_arn_of_an_entity_has_its_account_kind_path_and_name() {
        let account = AccountId::parse("123456789012").unwrap();
        let group = Group {
            id: GroupId::mint(account, 1),
            name: GroupName::parse("Developers").unwrap(),
            path: Path::parse("/division/").unwrap(),
            created: Timestamp::from_unix_seconds(0),
        };
        assert_eq!(
            group.arn(account),
            "arn:aws:iam::123456789012:group/division/Developers"
        );
    }
}
