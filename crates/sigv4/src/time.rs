//! Times as requests write them.

use std::fmt;

use jiff::{Timestamp, civil::DateTime, fmt::rfc2822, tz::TimeZone};

/// How far the time of signing may be from the server's, in minutes, both ways.
pub(crate) const SKEW_MINUTES: i64 = 15;

/// A time in seconds since 1970 (UTC). It prints in the basic form of ISO 8601:
/// `20150830T123600Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Reads `YYYYMMDDTHHMMSSZ`, and nothing else.
    pub(crate) fn parse_basic(text: &str) -> Option<Self> {
        let bytes: &[u8; 16] = text.as_bytes().try_into().ok()?;
        let [
            y1,
            y2,
            y3,
            y4,
            mo1,
            mo2,
            d1,
            d2,
            b'T',
            h1,
            h2,
            mi1,
            mi2,
            s1,
            s2,
            b'Z',
        ] = *bytes
        else {
            return None;
        };
        let year = pair(y1, y2)?.checked_mul(100)?.checked_add(pair(y3, y4)?)?;
        let part = |tens, ones| i8::try_from(pair(tens, ones)?).ok();
        let (month, day) = (part(mo1, mo2)?, part(d1, d2)?);
        let (hour, minute, second) = (part(h1, h2)?, part(mi1, mi2)?, part(s1, s2)?);
        let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        Some(Self(TimeZone::UTC.to_timestamp(time).ok()?.as_second()))
    }

    /// Reads the value of a `Date` header: the basic form, or the form of e-mail and HTTP
    /// (`Sun, 30 Aug 2015 12:36:00 GMT`).
    pub(crate) fn parse_date_header(text: &str) -> Option<Self> {
        Self::parse_basic(text).or_else(|| {
            let parser = rfc2822::DateTimeParser::new();
            Some(Self(parser.parse_timestamp(text).ok()?.as_second()))
        })
    }

    pub(crate) fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for UnixTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match Timestamp::from_second(self.0) {
            Ok(time) => {
                let time = TimeZone::UTC.to_datetime(time);
                let (year, month, day) = (time.year(), time.month(), time.day());
                let (hour, minute, second) = (time.hour(), time.minute(), time.second());
                write!(
                    formatter,
                    "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"
                )
            }
            // Beyond the years -9999 to 9999, where the basic form has no digits for it.
            Err(_) => write!(formatter, "{}", self.0),
        }
    }
}

fn pair(tens: u8, ones: u8) -> Option<i16> {
    let digit = |byte: u8| byte.is_ascii_digit().then(|| i16::from(byte - b'0'));
    Some(digit(tens)? * 10 + digit(ones)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_basic_form_is_read_strictly() {
        assert_eq!(
            UnixTime::parse_basic("20150830T123600Z"),
            Some(UnixTime(1_440_938_160))
        );
        let wrong = [
            "",
            "20150830",
            "20150830T123600",
            "20150830t123600Z",
            "2015-08-30T12:36:00Z",
            "20151330T123600Z",
            "20150230T123600Z",
            "20150830T243600Z",
            "20150830T123660Z",
            "+0150830T123600Z",
            "20150830T12360\u{e9}",
            " 0150830T123600Z",
        ];
        for text in wrong {
            assert_eq!(UnixTime::parse_basic(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_header_may_have_the_form_of_http_or_of_mail() {
        let texts = [
            "Sun, 30 Aug 2015 12:36:00 GMT",
            "Sun, 30 Aug 2015 12:36:00 -0000",
            "Sun, 30 Aug 2015 14:36:00 +0200",
            "20150830T123600Z",
        ];
        for text in texts {
            let read = UnixTime::parse_date_header(text);
            assert_eq!(read, Some(UnixTime(1_440_938_160)), "{text}");
        }
        assert_eq!(UnixTime::parse_date_header("yesterday"), None);
    }

    proptest! {
        #[test]
        fn printing_and_reading_agree(seconds in 0_i64..253_402_300_800) {
            let time = UnixTime(seconds);
            prop_assert_eq!(UnixTime::parse_basic(&time.to_string()), Some(time));
        }
    }
}
