//! The name that makes a subject unique among all providers.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_names::AccountId;

/// The `NameQualifier` of an answer: base64 of SHA-1 over issuer, account id, `/` and the name of
/// the provider. The form is the service's; nothing is kept secret or proven by the hash.
#[must_use]
pub fn name_qualifier(issuer: &str, account: AccountId, provider_name: &str) -> String {
    let text = format!("{issuer}{account}/{provider_name}");
    STANDARD.encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the service's documentation, hashed with `openssl dgst -sha1`.
    #[test]
    fn it_is_the_documented_hash() {
        let account = AccountId::parse("123456789012").unwrap();
        assert_eq!(
            name_qualifier("https://example.com/saml", account, "MySAMLIdP"),
            "1uAJanUnBc2XeUkHURMht+xam2c="
        );
    }
}
