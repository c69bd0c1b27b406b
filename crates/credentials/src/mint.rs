//! New secrets from random bytes.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use keyward_names::Secret;

/// A new secret access key: 40 characters of base64.
#[must_use]
pub fn mint_secret_access_key(random: &[u8; 30]) -> Secret {
    Secret::new(STANDARD.encode(random))
}

/// A new password for someone to be handed: 24 characters of base64 with all four classes in it, so
/// that the default password policy takes it.
#[must_use]
pub fn mint_password(random: &[u8; 15]) -> Secret {
    Secret::new(format!("{}Aa1!", URL_SAFE_NO_PAD.encode(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minted_secrets_have_their_lengths() {
        assert_eq!(mint_secret_access_key(&[255; 30]).expose().len(), 40);
        assert_eq!(mint_password(&[0; 15]).expose().len(), 24);
    }
}
