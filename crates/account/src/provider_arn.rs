//! ARNs of identity providers: `arn:aws:iam::123456789012:oidc-provider/accounts.example.com/x`.

use keyward_names::{AccountId, IamArn};

/// A kind of identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// Named by its URL.
    Oidc,
    /// Named by its name.
    Saml,
}

impl ProviderKind {
    /// As ARNs call it.
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

    /// What an ARN says of whose provider it is, and which one. `None` for what is not the ARN of a
    /// provider of this kind by its form.
    #[must_use]
    pub fn parts(self, arn: &str) -> Option<(AccountId, &str)> {
        let arn = IamArn::parse(arn).ok()?;
        let is_provider = arn.kind == self.word() && !arn.whole_name().is_empty();
        is_provider.then(|| (arn.account, arn.whole_name()))
    }

    /// What the ARN of a provider of this account says of which one it is.
    #[must_use]
    pub fn name_in(self, account: AccountId, arn: &str) -> Option<&str> {
        let (of, name) = self.parts(arn)?;
        (of == account).then_some(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
