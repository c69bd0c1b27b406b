//! Ids of SAML providers and of their private keys.

use std::fmt;

use crate::access_key_id::base32_digit;
use crate::{ParseError, text_serde};

const LENGTH: usize = 22;
const PREFIX_LENGTH: usize = 6;

/// Makes the type of a kind of these ids. `saml_id! { /// Of what. SamlProviderId, b"SAMLSP", "a .." }`
/// is a text of the kind's six letters and 16 letters or digits.
macro_rules! saml_id {
    ($(#[$meaning:meta])* $name:ident, $prefix:literal, $expected:literal) => {
        $(#[$meaning])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        // INVARIANT: ASCII with the kind's prefix; upheld by `parse` and `mint`.
        pub struct $name([u8; LENGTH]);

        impl $name {
            /// Reads an issued id.
            pub fn parse(text: &str) -> Result<Self, ParseError> {
                read($prefix, text).map(Self).ok_or(ParseError::new($expected))
            }

            /// Makes the id of something new of 80 random bits.
            #[must_use]
            pub fn mint(random: [u8; 10]) -> Self {
                Self(mint($prefix, random))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                std::str::from_utf8(&self.0).unwrap_or_default()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.as_str())
            }
        }

        text_serde!($name);
    };
}

saml_id! {
    /// What the model calls a SAML provider's UUID: `SAMLSP` and 16 letters or digits. A provider that
    /// is made anew under an old name has another one.
    SamlProviderId, b"SAMLSP", "a SAML provider id (SAMLSP and 16 letters or digits)"
}

saml_id! {
    /// The id of a private key that opens encrypted assertions: `SAMLPK` and 16 letters or digits.
    SamlPrivateKeyId, b"SAMLPK", "a SAML private key id (SAMLPK and 16 letters or digits)"
}

fn read(prefix: &[u8; PREFIX_LENGTH], text: &str) -> Option<[u8; LENGTH]> {
    let bytes: [u8; LENGTH] = text.as_bytes().try_into().ok()?;
    let rest = bytes.strip_prefix(prefix)?;
    let is_usual = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    rest.iter().all(is_usual).then_some(bytes)
}

fn mint(prefix: &[u8; PREFIX_LENGTH], random: [u8; 10]) -> [u8; LENGTH] {
    let bits = random
        .iter()
        .fold(0_u128, |bits, byte| (bits << 8) | u128::from(*byte));
    let mut bytes = [0; LENGTH];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = match prefix.get(index) {
            Some(letter) => *letter,
            None => base32_digit(bits >> ((LENGTH - 1 - index) * 5)),
        };
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minted_id_reads_back_and_uses_all_its_bits() {
        let id = SamlProviderId::mint([0xff; 10]);
        assert_eq!(id.as_str(), "SAMLSP7777777777777777");
        assert_eq!(SamlProviderId::parse(id.as_str()), Ok(id));
        let mut random = [0; 10];
        random[0] = 0x80;
        let key = SamlPrivateKeyId::mint(random);
        assert_eq!(key.as_str(), "SAMLPKQAAAAAAAAAAAAAAA");
        for text in [key.as_str(), "", "SAMLSP", "SAMLSPaaaaaaaaaaaaaaaa"] {
            assert!(SamlProviderId::parse(text).is_err(), "{text}");
        }
    }
}
