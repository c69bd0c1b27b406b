//! The points in time of an assertion.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Reads an `xs:dateTime` into seconds since 1970; a fraction is dropped. Without a zone it is UTC,
/// as SAML has no other.
pub(crate) fn parse(text: &str) -> Option<i64> {
    // The library reads more forms than a schema knows, such as a space before the time.
    let is_form = text.len() >= "2026-11-28T00:00:00".len()
        && text.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            10 => byte == b'T',
            13 | 16 => byte == b':',
            0..19 => byte.is_ascii_digit(),
            _ => byte.is_ascii_digit() || matches!(byte, b'.' | b'Z' | b'+' | b'-' | b':'),
        });
    if !is_form {
        return None;
    }
    if let Ok(read) = text.parse::<jiff::Timestamp>() {
        return Some(read.as_second());
    }
    let local: DateTime = text.parse().ok()?;
    let read = Offset::UTC.to_timestamp(local).ok()?;
    Some(read.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, seconds: Option<i64>) {
        assert_eq!(parse(text), seconds, "{text}");
    }

    #[test]
    fn times_of_the_schema_are_read() {
        check("2026-11-28T12:00:00Z", Some(1_795_867_200));
        check("2026-11-28T12:00:00.123Z", Some(1_795_867_200));
        check("2026-11-28T12:00:00", Some(1_795_867_200));
        check("2026-11-28T13:30:00+01:30", Some(1_795_867_200));
        check("1969-12-31T23:59:59Z", Some(-1));
    }

    #[test]
    fn other_texts_are_not_times() {
        for text in [
            "",
            "soon",
            "1795867200",
            "2026-11-28",
            "2026-11-28 12:00:00Z",
            "2026-11-28t12:00:00z",
            "2026-13-28T12:00:00Z",
            "2026-02-30T12:00:00Z",
            "2026-11-28T12:00:00Z[UTC]",
            "2026-11-28T12:00:00Zjunk",
            "2026-11-28T12:00:00ZZ",
            "２026-11-28T12:00:00Z",
        ] {
            check(text, None);
        }
    }
}
