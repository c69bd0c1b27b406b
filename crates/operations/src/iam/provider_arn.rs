//! ARNs of identity providers: `arn:aws:iam::123456789012:oidc-provider/accounts.example.com/x`.

use keyward_names::AccountId;

use crate::fault::{self, Fault};

/// A kind of identity provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProviderKind {
    /// Named by its URL.
    Oidc,
    /// Named by its name.
    Saml,
}

impl ProviderKind {
    /// As ARNs call it.
    fn word(self) -> &'static str {
        match self {
            Self::Oidc => "oidc-provider",
            Self::Saml => "saml-provider",
        }
    }

    /// The ARN of a provider.
    pub(crate) fn arn(self, account: AccountId, name: &str) -> String {
        format!("arn:aws:iam::{account}:{}/{name}", self.word())
    }

    /// What the ARN of a provider of this account says of which one it is.
    pub(crate) fn name_in(self, account: AccountId, arn: &str) -> Option<&str> {
        let (of, name) = self.parts(arn)?;
        (of == account).then_some(name)
    }

    /// Refuses what is not the ARN of a provider of this kind by its form.
    pub(crate) fn check(self, arn: &str) -> Result<(), Fault> {
        match self.parts(arn) {
            Some(_) => Ok(()),
            None => Err(fault::invalid_provider_arn(arn)),
        }
    }

    fn parts(self, arn: &str) -> Option<(AccountId, &str)> {
        let rest = arn.strip_prefix("arn:aws:iam::")?;
        let (account, resource) = rest.split_once(':')?;
        let name = resource.strip_prefix(self.word())?.strip_prefix('/')?;
        let account = AccountId::parse(account).ok()?;
        (!name.is_empty()).then_some((account, name))
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
        assert!(ProviderKind::Oidc.check(&arn).is_ok());
        for bad in [
            "",
            "arn:aws:iam::123456789012:saml-provider/x",
            "arn:aws:iam::123456789012:oidc-provider/",
            "arn:aws:iam::123456789012:oidc-provider",
            "arn:aws:iam::12345678901:oidc-provider/x",
            "arn:aws:iam:us-east-1:123456789012:oidc-provider/x",
            "arn:aws-cn:iam::123456789012:oidc-provider/x",
            "arn:aws:iam::123456789012:oidc-providers/x",
        ] {
            assert!(ProviderKind::Oidc.check(bad).is_err(), "{bad}");
        }
    }
}
