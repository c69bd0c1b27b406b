//! Randomness from the operating system: the one source of it.

use std::fmt::Write as _;

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct RandomError(getrandom::Error);

/// Random bytes, fit for keys.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(RandomError)?;
    Ok(bytes)
}

/// A random number.
pub fn random_number() -> Result<u64, RandomError> {
    Ok(u64::from_le_bytes(random()?))
}

/// A random id for a log entry: 32 hexadecimal digits.
pub(crate) fn entry_id() -> Result<String, RandomError> {
    let mut id = String::with_capacity(32);
    for byte in random::<16>()? {
        // Writing to a string does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    Ok(id)
}
