//! Percent-encoding (RFC 3986), as forms, documents and signatures have it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode, percent_encode};

/// Which bytes stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// `A-Z a-z 0-9 - _ . ~`: the unreserved ones.
    Unreserved,
    /// The slash too: for paths.
    Slash,
}

/// What a `+` stands for in a text that is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plus {
    /// A space, as in queries and forms.
    Space,
    /// Itself, as in paths.
    Plus,
}

/// The bytes percent-encoded, with upper-case hexadecimal digits.
///
/// ```
/// use keyward_wire::percent::{Keep, encode};
///
/// assert_eq!(encode(b"/a b", Keep::Unreserved).to_string(), "%2Fa%20b");
/// assert_eq!(encode(b"/a b", Keep::Slash).to_string(), "/a%20b");
/// ```
#[must_use]
pub fn encode(bytes: &[u8], keep: Keep) -> PercentEncode<'_> {
    const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    const SLASH: &AsciiSet = &UNRESERVED.remove(b'/');
    let encoded = match keep {
        Keep::Unreserved => UNRESERVED,
        Keep::Slash => SLASH,
    };
    percent_encode(bytes, encoded)
}

/// Appends what a percent-encoded text stands for. A `%` without two hexadecimal digits stands for
/// itself.
pub fn decode(text: &[u8], plus: Plus, out: &mut Vec<u8>) {
    if plus == Plus::Plus {
        out.extend(percent_decode(text));
        return;
    }
    for (place, piece) in text.split(|byte| *byte == b'+').enumerate() {
        if place > 0 {
            out.push(b' ');
        }
        out.extend(percent_decode(piece));
    }
}

/// Whether each `%` is followed by two hexadecimal digits.
#[must_use]
pub fn is_well_encoded(text: &str) -> bool {
    text.as_bytes()
        .split(|byte| *byte == b'%')
        .skip(1)
        .all(|after| {
            matches!(after, [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &[u8], plus: Plus) -> Vec<u8> {
        let mut out = Vec::new();
        decode(text, plus, &mut out);
        out
    }

    #[test]
    fn only_unreserved_bytes_stay() {
        assert_eq!(
            encode(b"aZ9-_.~ +/=%\n\xff", Keep::Unreserved).to_string(),
            "aZ9-_.~%20%2B%2F%3D%25%0A%FF"
        );
        assert_eq!(encode(b"/a b/", Keep::Slash).to_string(), "/a%20b/");
    }

    #[test]
    fn a_percent_sign_without_digits_stands_for_itself() {
        for text in ["%", "%4", "%zz", "%4g", "a%", "%\u{ff}"] {
            assert_eq!(decoded(text.as_bytes(), Plus::Plus), text.as_bytes());
            assert!(!is_well_encoded(text), "{text}");
        }
        assert_eq!(decoded(b"%%41", Plus::Plus), b"%A");
        assert_eq!(decoded(b"%+41+%41", Plus::Space), b"% 41 A");
        for text in ["", "+", "%41", "a%2fb%2F"] {
            assert!(is_well_encoded(text), "{text}");
        }
        assert!(!is_well_encoded("%%41"));
        assert!(!is_well_encoded("%41%4"));
    }

    #[test]
    fn decoding_undoes_encoding() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = encode(&bytes, Keep::Unreserved).to_string();
        assert_eq!(decoded(text.as_bytes(), Plus::Space), bytes);
        assert_eq!(decoded(text.as_bytes(), Plus::Plus), bytes);
    }
}
