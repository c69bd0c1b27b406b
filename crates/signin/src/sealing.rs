//! What browsers keep for us: sealed JSON that nobody else can read, make or change.

use keyward_credentials::Sealed;
use keyward_engine::{Installation, random};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Unavailable;

/// Seals a value for one purpose.
pub(crate) fn seal<T: Serialize>(
    installation: &Installation,
    purpose: &str,
    value: &T,
) -> Result<String, Unavailable> {
    let plain = serde_json::to_vec(value).map_err(Unavailable::because)?;
    let nonce = random().map_err(Unavailable::because)?;
    let sealed = installation
        .sign_in_key()
        .seal(purpose, &plain, nonce)
        .map_err(Unavailable::because)?;
    Ok(sealed.as_str().to_owned())
}

/// Opens what was sealed for the same purpose; `None` for any other text.
pub(crate) fn open<T: DeserializeOwned>(
    installation: &Installation,
    purpose: &str,
    text: &str,
) -> Option<T> {
    let sealed = Sealed::from_text(text);
    let plain = installation.sign_in_key().open(purpose, &sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// A random name that can't be guessed: 32 hexadecimal digits.
pub(crate) fn random_name() -> Result<String, Unavailable> {
    let bytes: [u8; 16] = random().map_err(Unavailable::because)?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
