//! The ARN of each entity of an account, and reading the ARNs of identity providers.
//!
//! An entity does not know its account, so the account is an argument.

use keyward_names::{AccountId, IamArn, iam_arn};

use crate::{
    Account, Group, InstanceProfile, ManagedPolicy, OidcProvider, PrincipalId, Role, SamlProvider,
    User,
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

/// A kind of identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// Named by its URL.
    Oidc,
    /// Named by its name.
    Saml,
}

impl ProviderKind {
    /// The kind as ARNs write it.
    const fn word(self) -> &'static str {
        match self {
            Self::Oidc => "oidc-provider",
            Self::Saml => "saml-provider",
        }
    }

    /// The ARN of a provider.
    #[must_use]
    pub fn arn(self, account: AccountId, name: &str) -> String {
        format!("arn:aws:iam::{account}:{}/{name}", self.word())
    }

    /// The account and the name or URL of a provider, from its ARN. `None` if this is not the form
    /// of an ARN of this kind.
    #[must_use]
    pub fn parts(self, arn: &str) -> Option<(AccountId, &str)> {
        let arn = IamArn::parse(arn).ok()?;
        let is_provider = arn.kind == self.word() && !arn.whole_name().is_empty();
        is_provider.then(|| (arn.account, arn.whole_name()))
    }

    /// The name or URL in the ARN of a provider, if the provider is of this account.
    #[must_use]
    pub fn name_in(self, account: AccountId, arn: &str) -> Option<&str> {
        let (of, name) = self.parts(arn)?;
        (of == account).then_some(name)
    }
}

impl Account {
    /// The ARN that a user or role has now, if it exists.
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

    #[test]
    fn a_provider_is_named_by_all_that_follows_its_kind() {
        let account = AccountId::parse("123456789012").unwrap();
        let arn = ProviderKind::Oidc.arn(account, "a.example:8443/x/");
        assert_eq!(
            ProviderKind::Oidc.name_in(account, &arn),
            Some("a.example:8443/x/")
        );
        assert_eq!(ProviderKind::Saml.name_in(account, &arn), None);
        let other = AccountId::parse("123456789013").unwrap();
        assert_eq!(ProviderKind::Oidc.name_in(other, &arn), None);
        assert!(ProviderKind::Oidc.parts(&arn).is_some());
        for (arn, name) in [
            ("arn:aws:iam::123456789012:oidc-provider//", "/"),
            ("arn:aws:iam::123456789012:oidc-provider/a:b/c", "a:b/c"),
        ] {
            assert_eq!(ProviderKind::Oidc.name_in(account, arn), Some(name));
        }
        for bad in [
            "",
            "arn:aws:iam::123456789012:saml-provider/x",
            "arn:aws:iam::123456789012:oidc-provider/",
            "arn:aws:iam::123456789012:oidc-provider",
            "arn:aws:iam::12345678901:oidc-provider/x",
            "arn:aws:iam::installation:oidc-provider/x",
            "arn:aws:iam::123456789012:x:oidc-provider/x",
            "arn:aws:iam::123456789012:/oidc-provider/x",
            "arn:aws:sts::123456789012:oidc-provider/x",
            "arn:aws:iam:us-east-1:123456789012:oidc-provider/x",
            "arn:aws-cn:iam::123456789012:oidc-provider/x",
            "arn:aws:iam::123456789012:oidc-providers/x",
        ] {
            assert_eq!(ProviderKind::Oidc.parts(bad), None, "{bad}");
        }
    }
}
