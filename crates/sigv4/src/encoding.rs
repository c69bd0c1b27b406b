//! Percent-encoding and hexadecimal, as the signature's rules want them.

use std::borrow::Cow;

/// Which bytes [`encode`] leaves as they are, beside `A-Z a-z 0-9 - _ . ~`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// No other byte.
    Unreserved,
    /// The slash too: for paths.
    Slash,
}

/// Appends `bytes` percent-encoded, with upper-case hexadecimal digits.
pub(crate) fn encode(bytes: &[u8], keep: Keep, out: &mut Vec<u8>) {
    for &byte in bytes {
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'.' | b'~')
            || (byte == b'/' && keep == Keep::Slash);
        if plain {
            out.push(byte);
        } else {
            out.extend([b'%', upper_digit(byte >> 4), upper_digit(byte & 0xf)]);
        }
    }
}

/// What a `+` stands for in the text to decode.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plus {
    /// A space, as in queries and forms.
    Space,
    /// Itself, as in paths.
    Plus,
}

/// Undoes percent-encoding. A `%` without two hexadecimal digits stands for itself.
pub(crate) fn decode(text: &[u8], plus: Plus) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return out,
            [b'+', tail @ ..] if plus == Plus::Space => {
                out.push(b' ');
                tail
            }
            [first, tail @ ..] => match (first, tail) {
                (b'%', [high, low, after @ ..]) => match (digit_value(*high), digit_value(*low)) {
                    (Some(high), Some(low)) => {
                        out.push(high << 4 | low);
                        after
                    }
                    (None, _) | (_, None) => {
                        out.push(*first);
                        tail
                    }
                },
                (byte, _) => {
                    out.push(*byte);
                    tail
                }
            },
        };
    }
}

/// Undoes the encoding of a query's name or value; bytes that are not UTF-8 become U+FFFD.
pub(crate) fn decode_query_text(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        Cow::Owned(String::from_utf8_lossy(&decode(text.as_bytes(), Plus::Space)).into_owned())
    } else {
        Cow::Borrowed(text)
    }
}

/// 32 bytes as 64 lower-case hexadecimal digits.
pub(crate) fn lower_hex(bytes: &[u8; 32]) -> [u8; 64] {
    let mut text = [0; 64];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        pair.copy_from_slice(&[lower_digit(byte >> 4), lower_digit(byte & 0xf)]);
    }
    text
}

fn lower_digit(value: u8) -> u8 {
    if value < 10 {
        b'0' + value
    } else {
        b'a' + value - 10
    }
}

fn upper_digit(value: u8) -> u8 {
    lower_digit(value).to_ascii_uppercase()
}

fn digit_value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn encoded(text: &[u8], keep: Keep) -> String {
        let mut out = Vec::new();
        encode(text, keep, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn only_unreserved_bytes_stay() {
        assert_eq!(encoded(b"aZ9-_.~ +/=%\n\xff", Keep::Unreserved), {
            "aZ9-_.~%20%2B%2F%3D%25%0A%FF"
        });
        assert_eq!(encoded(b"/a b/", Keep::Slash), "/a%20b/");
    }

    #[test]
    fn a_percent_sign_without_digits_stands_for_itself() {
        for text in ["%", "%4", "%zz", "%4g", "a%"] {
            assert_eq!(decode(text.as_bytes(), Plus::Plus), text.as_bytes());
        }
        assert_eq!(decode(b"%%41", Plus::Plus), b"%A");
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            let text = encoded(&bytes, Keep::Unreserved);
            prop_assert_eq!(&decode(text.as_bytes(), Plus::Space), &bytes);
            prop_assert_eq!(&decode(text.as_bytes(), Plus::Plus), &bytes);
        }
    }
}
