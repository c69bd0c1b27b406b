//! Decoded texts and hexadecimal digits, as the signature's rules want them.

use std::borrow::Cow;

use keyward_wire::percent::{self, Plus};

/// Undoes the encoding of a query's name or value; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn decode_query_text(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        let mut out = Vec::with_capacity(text.len());
        percent::decode(text.as_bytes(), Plus::Space, &mut out);
        Cow::Owned(String::from_utf8_lossy(&out).into_owned())
    } else {
        Cow::Borrowed(text)
    }
}

/// 32 bytes as 64 lower-case hexadecimal digits.
pub(crate) fn lower_hex(bytes: &[u8; 32]) -> [u8; 64] {
    let mut text = [0; 64];
    // There is room for all digits.
    let _ = base16ct::lower::encode(bytes, &mut text);
    text
}
