//! Sealing: what must be kept but not read.
//!
//! The master key, which the operator holds, seals the installation's own keys; those seal the
//! rest. Everything sealed is bound to a context, so that a sealed text moved to another place does
//! not open there.

use std::fmt;
use std::str::FromStr;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Key, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// How a sealed text begins: the version of its form.
const FORM: &str = "v1.";
/// How many random bytes a seal takes, each time others.
pub const NONCE_LENGTH: usize = 12;

/// A 256-bit AES-GCM key.
#[derive(Clone)]
pub struct SealingKey(Zeroizing<[u8; 32]>);

impl SealingKey {
    /// A key from its bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Seals bytes for one context. The nonce must be random and never used twice with this key.
    pub fn seal(
        &self,
        context: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LENGTH],
    ) -> Result<Sealed, SealError> {
        let bytes = self.seal_bytes(context, plain, nonce)?;
        Ok(Sealed(format!("{FORM}{}", STANDARD.encode(bytes)).into()))
    }

    /// Opens what was sealed with this key for the same context.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let text = sealed.0.strip_prefix(FORM).ok_or(SealError)?;
        let bytes = STANDARD.decode(text).map_err(|_| SealError)?;
        self.open_bytes(context, &bytes)
    }

    /// Seals bytes as [`SealingKey::seal`] does, for a form that is no text: the nonce, then what is
    /// sealed, which is 16 bytes longer than it was.
    pub fn seal_bytes(
        &self,
        context: &str,
        plain: &[u8],
        nonce: [u8; NONCE_LENGTH],
    ) -> Result<Vec<u8>, SealError> {
        let payload = Payload {
            msg: plain,
            aad: context.as_bytes(),
        };
        let sealed = self
            .cipher()
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_| SealError)?;
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Ok(bytes)
    }

    /// Opens what [`SealingKey::seal_bytes`] made for the same context.
    pub fn open_bytes(
        &self,
        context: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, sealed) = sealed
            .split_first_chunk::<NONCE_LENGTH>()
            .ok_or(SealError)?;
        let payload = Payload {
            msg: sealed,
            aad: context.as_bytes(),
        };
        let opened = self.cipher().decrypt(&Nonce::from(*nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| SealError)
    }

    /// Opens a sealed key.
    pub fn open_key(&self, context: &str, sealed: &Sealed) -> Result<[u8; 32], SealError> {
        self.open(context, sealed)?
            .as_slice()
            .try_into()
            .map_err(|_| SealError)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(*self.0))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SealingKey(…)")
    }
}

/// The key that the operator holds, outside the data folder. As text it is base64 of its 32 bytes.
#[derive(Debug, Clone)]
pub struct MasterKey(SealingKey);

impl MasterKey {
    /// A master key from its bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(SealingKey::new(bytes))
    }

    /// The sealing key that it is.
    #[must_use]
    pub fn sealing_key(&self) -> &SealingKey {
        &self.0
    }

    /// The key as the text of a key file.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(*self.0.0))
    }
}

impl FromStr for MasterKey {
    type Err = SealError;

    fn from_str(text: &str) -> Result<Self, SealError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| SealError)?);
        bytes
            .as_slice()
            .try_into()
            .map(Self::new)
            .map_err(|_| SealError)
    }
}

/// A sealed text, safe to be stored and printed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed(Box<str>);

impl Sealed {
    /// The text, of characters that a cookie's value may have.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes a text for a sealed one. Whether it is one shows when it is opened.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        Self(text.into())
    }
}

/// It does not open: another key, another context, or it was changed. More is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed text does not open with this key")]
pub struct SealError;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_in_its_context() {
        let key = SealingKey::new([1; 32]);
        let sealed = key.seal("here", b"secret", [7; 12]).unwrap();
        assert_eq!(key.open("here", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(key.open("there", &sealed), Err(SealError));
        assert_eq!(
            SealingKey::new([2; 32]).open("here", &sealed),
            Err(SealError)
        );
    }

    #[test]
    fn a_changed_text_does_not_open() {
        let key = SealingKey::new([1; 32]);
        let sealed = key.seal("here", b"secret", [7; 12]).unwrap();
        for position in FORM.len()..sealed.0.len() {
            let mut bytes = sealed.0.as_bytes().to_vec();
            bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
            let changed = Sealed(String::from_utf8(bytes).unwrap().into());
            assert_eq!(key.open("here", &changed), Err(SealError), "{position}");
        }
        for text in ["", "v1.", "v1.AAAA", "v2.AAAA", "v1.é"] {
            assert_eq!(
                key.open("here", &Sealed(text.into())),
                Err(SealError),
                "{text}"
            );
        }
    }

    #[test]
    fn a_master_key_reads_back_from_its_text() {
        let key = MasterKey::new([9; 32]);
        let again: MasterKey = format!("{}\n", *key.to_text()).parse().unwrap();
        let sealed = key.sealing_key().seal("c", b"x", [0; 12]).unwrap();
        assert!(again.sealing_key().open("c", &sealed).is_ok());
        for text in ["", "AAAA", "not base64!"] {
            assert_eq!(text.parse::<MasterKey>().err(), Some(SealError), "{text}");
        }
    }
}
