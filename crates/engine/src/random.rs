//! Random bytes from the operating system. Nothing else in the program makes any.

use std::cell::RefCell;

/// The operating system gave no random bytes.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the operating system gives no random bytes: {0}")]
pub struct RandomError(getrandom::Error);

/// Random bytes, good enough for keys.
pub fn random<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(RandomError)?;
    Ok(bytes)
}

/// A random number.
pub fn random_number() -> Result<u64, RandomError> {
    Ok(u64::from_le_bytes(random()?))
}

/// How many ids' worth of random bytes a thread asks for at once.
const IDS_AT_ONCE: usize = 64;

/// Random bytes for an id that is no secret. A thread asks for many at once, since asking the
/// operating system for 16 bytes costs as much as writing half an audit record.
pub(crate) fn random_id() -> Result<[u8; 16], RandomError> {
    thread_local! {
        static DRAWN: RefCell<Vec<[u8; 16]>> = const { RefCell::new(Vec::new()) };
    }
    DRAWN.with_borrow_mut(|drawn| {
        if drawn.is_empty() {
            let bytes = random::<{ IDS_AT_ONCE * 16 }>()?;
            let (ids, _) = bytes.as_chunks();
            drawn.extend_from_slice(ids);
        }
        drawn.pop().map_or_else(random, Ok)
    })
}

/// A random id for a log entry: 32 hexadecimal digits.
pub(crate) fn entry_id() -> Result<String, RandomError> {
    Ok(base16ct::lower::encode_string(&random_id()?))
}

/// The UUID of version 4 that random bytes make.
#[must_use]
pub fn uuid(random: [u8; 16]) -> String {
    uuid::Builder::from_random_bytes(random)
        .into_uuid()
        .to_string()
}

/// A new id for a request: a random UUID. Where the operating system gives no random bytes it is made of
/// zeros, since the request must be answered even so.
#[must_use]
pub fn request_id() -> String {
    let random = random_id().unwrap_or_else(|error| {
        tracing::error!(%error, "a request gets no id of its own");
        [0; 16]
    });
    uuid(random)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_id_comes_twice_on_any_thread() {
        let draw = || {
            (0..3 * IDS_AT_ONCE)
                .map(|_| random_id().unwrap())
                .collect::<Vec<_>>()
        };
        let other = std::thread::spawn(draw);
        let mut ids = draw();
        ids.extend(other.join().unwrap());
        let distinct: HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), 6 * IDS_AT_ONCE);
        assert!(!distinct.contains(&[0; 16]));
    }

    #[test]
    fn the_id_of_an_entry_is_32_hexadecimal_digits() {
        let id = entry_id().unwrap();
        assert_eq!(id.len(), 32);
        assert!(
            id.bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        );
        assert_ne!(id, entry_id().unwrap());
    }
}
