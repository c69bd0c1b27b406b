//! What several targets share.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Bytes that were changed on their way. Each four bytes of `edits` are one change: what is done, where
/// (two bytes), and a byte to do it with.
#[must_use]
pub fn mangled(genuine: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = genuine.to_vec();
    for edit in edits.chunks_exact(4) {
        let at = usize::from(u16::from_be_bytes([edit[1], edit[2]])) % (bytes.len() + 1);
        match edit[0] % 5 {
            0 => bytes.insert(at, edit[3]),
            1 => bytes.truncate(at),
            2 if at < bytes.len() => drop(bytes.remove(at)),
            3 if at < bytes.len() => bytes[at] = edit[3],
            4 if at < bytes.len() => bytes[at] ^= 1 << (edit[3] % 8),
            _ => {}
        }
    }
    bytes
}

/// The bytes between the lines of a PEM text.
#[must_use]
pub fn der(pem: &str) -> Vec<u8> {
    let lines = pem.lines().filter(|line| !line.starts_with('-'));
    let base64: String = lines.collect();
    STANDARD.decode(base64).expect("the text is PEM")
}
