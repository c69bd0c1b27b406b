//! Bytes, written in base64.

/// The bytes of a policy's literal.
#[derive(Debug)]
pub(crate) struct Binary(Box<[u8]>);

impl Binary {
    /// Reads base64 in its standard alphabet, with its padding.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        decode(text).collect::<Option<Box<[u8]>>>().map(Self)
    }

    /// Whether a request's text means the same bytes.
    pub(crate) fn is(&self, text: &str) -> bool {
        decode(text).eq(self.0.iter().copied().map(Some))
    }
}

/// The bytes that a text means, with a `None` where it is no base64.
fn decode(text: &str) -> impl Iterator<Item = Option<u8>> {
    let quads = text.as_bytes().chunks(4);
    let last = quads.len().saturating_sub(1);
    quads
        .enumerate()
        .flat_map(move |(index, quad)| decode_quad(quad, index == last))
}

fn decode_quad(quad: &[u8], is_last: bool) -> impl Iterator<Item = Option<u8>> + use<> {
    let length = match quad {
        [_, _, b'=', b'='] if is_last => 1,
        [_, _, _, b'='] if is_last => 2,
        _ => 3,
    };
    let mut bits = (quad.len() == 4).then_some(0_u32);
    for (place, byte) in quad.iter().enumerate() {
        let six = if place > length {
            Some(0)
        } else {
            six_bits(*byte)
        };
        bits = bits.zip(six).map(|(bits, six)| bits << 6 | six);
    }
    // Bits behind the last byte would make two texts of the same bytes.
    let behind = 8 * (3 - length);
    let bytes = bits
        .filter(|bits| bits & ((1 << behind) - 1) == 0)
        .map(u32::to_be_bytes);
    (0..length).map(move |place| bytes.and_then(|bytes| bytes.get(place + 1).copied()))
}

fn six_bits(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_means_its_bytes() {
        for (text, bytes) in [
            ("", &b""[..]),
            ("QQ==", b"A"),
            ("QUI=", b"AB"),
            ("QUJD", b"ABC"),
            ("QUJDRA==", b"ABCD"),
            ("+/8A", b"\xfb\xff\x00"),
        ] {
            assert_eq!(&*Binary::parse(text).unwrap().0, bytes, "{text}");
            assert!(Binary(bytes.into()).is(text), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_base64_and_equal_nothing() {
        for text in [
            "Q", "QQ", "QQ=", "QQ===", "QQ==QQ==", "=QQQ", "Q===", "QU-D", "QUJD\n", "QR==",
            "QUJ=", "é==",
        ] {
            assert!(Binary::parse(text).is_none(), "{text}");
            assert!(!Binary(b"A"[..].into()).is(text), "{text}");
        }
        assert!(!Binary::parse("QUJD").unwrap().is("QUI="));
        assert!(!Binary::parse("QUI=").unwrap().is("QUJD"));
    }
}
