//! The id of an event: by it the copies of a record are known to be one.

use std::fmt;

/// A random UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventId([u8; 16]);

impl EventId {
    /// The id made of random bytes.
    #[must_use]
    pub fn from_random(mut bytes: [u8; 16]) -> Self {
        // Version 4, and the variant that all such ids have.
        let [_, _, _, _, _, _, version, _, variant, ..] = &mut bytes;
        *version = *version & 0x0f | 0x40;
        *variant = *variant & 0x3f | 0x80;
        Self(bytes)
    }
}

impl EventId {
    /// The id as it is printed. Every record has one, and digits set in place cost a tenth of what the
    /// formatting machinery does.
    fn printed(self) -> [u8; 36] {
        let mut text = [b'-'; 36];
        let mut places = text.iter_mut();
        for (place, byte) in self.0.into_iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                places.next();
            }
            for (digit, to) in [byte >> 4, byte & 0x0f].into_iter().zip(&mut places) {
                *to = if digit < 10 {
                    b'0' + digit
                } else {
                    b'a' + (digit - 10)
                };
            }
        }
        text
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(std::str::from_utf8(&self.printed()).unwrap_or_default())
    }
}

impl serde::Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&self.printed()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_printed_as_a_random_uuid() {
        let id = EventId::from_random([0xff; 16]);
        assert_eq!(id.to_string(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        let id = EventId::from_random([0; 16]);
        assert_eq!(id.to_string(), "00000000-0000-4000-8000-000000000000");
        let id = EventId::from_random(0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes());
        assert_eq!(id.to_string(), "01234567-89ab-4def-bedc-ba9876543210");
    }
}
