//! Points in time and spans between them.

use std::fmt;

use crate::{ParseError, text_serde};

/// A point in time, in whole seconds since 1970-01-01T00:00:00Z, printed as `2026-11-24T21:14:25Z`.
/// IAM's dates have no fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A point in time to the millisecond, printed as `2026-09-11T10:06:17.701Z`: the dates of identity
/// providers, alone among those of IAM, have a fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PreciseTimestamp(i64);

/// How long ago something was, or how long it lasts, in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(i64);

impl Age {
    /// A span of days of 24 hours.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self(days as i64 * 86_400)
    }

    /// A span of seconds.
    #[must_use]
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The span in seconds.
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0
    }
}

impl Timestamp {
    /// The point `seconds` after 1970 began.
    #[must_use]
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970 began.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339; a fraction of a second is dropped.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let read: jiff::Timestamp = text
            .parse()
            .map_err(|_| ParseError::new("an RFC 3339 time"))?;
        Ok(Self(read.as_second()))
    }

    /// The point an age later, or the last there is.
    #[must_use]
    pub const fn plus(self, age: Age) -> Self {
        Self(self.0.saturating_add(age.0))
    }

    /// How long after `earlier` this is; negative if before.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Age {
        Age(self.0.saturating_sub(earlier.0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (days, second) = (self.0.div_euclid(86_400), self.0.rem_euclid(86_400));
        // Days to a civil date, after the well-known algorithm over 400-year eras that begin in
        // March: list pages print hundreds of dates, and this is far cheaper than a calendar library.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        let time = second / 60;
        let mut text = *b"0000-00-00T00:00:00Z";
        let fields = [
            (2, year / 100),
            (4, year % 100),
            (7, month),
            (10, day),
            (13, time / 60),
            (16, time % 60),
            (19, second % 60),
        ];
        // Lists print hundreds of dates, and two digits at a time beat the formatting machinery.
        for (end, value) in fields {
            if let Some(digits) = text.get_mut(end - 2..end) {
                let value = value.rem_euclid(100) as u8;
                digits.copy_from_slice(&[b'0' + value / 10, b'0' + value % 10]);
            }
        }
        formatter.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

text_serde!(Timestamp);

impl PreciseTimestamp {
    /// The point so many milliseconds after 1970 began.
    #[must_use]
    pub const fn from_unix_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since 1970 began.
    #[must_use]
    pub const fn unix_milliseconds(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339; what is finer than a millisecond is dropped.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        let read: jiff::Timestamp = text
            .parse()
            .map_err(|_| ParseError::new("an RFC 3339 time"))?;
        Ok(Self(read.as_millisecond()))
    }

    /// The second that it lies in.
    #[must_use]
    pub const fn whole_seconds(self) -> Timestamp {
        Timestamp(self.0.div_euclid(1_000))
    }

    /// The point an age later, or the last there is.
    #[must_use]
    pub const fn plus(self, age: Age) -> Self {
        Self(self.0.saturating_add(age.0.saturating_mul(1_000)))
    }

    /// The same day and time a hundred years later. From the 29th of February it is the 28th where
    /// that year has no 29th.
    #[must_use]
    pub fn a_century_later(self) -> Self {
        use jiff::{Span, Timestamp, tz::Offset};
        let later = Timestamp::from_millisecond(self.0).ok().and_then(|time| {
            let century = Span::new().try_years(100).ok()?;
            let later = Offset::UTC.to_datetime(time).checked_add(century).ok()?;
            Offset::UTC.to_timestamp(later).ok()
        });
        let later = later.map(Timestamp::as_millisecond);
        // Beyond the calendar's end there is none to ask: the mean length of a century will do.
        Self(later.unwrap_or(self.plus(Age::seconds(3_155_695_200)).0))
    }
}

impl fmt::Display for PreciseTimestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.whole_seconds().to_string();
        let second = second.strip_suffix('Z').unwrap_or(&second);
        write!(formatter, "{second}.{:03}Z", self.0.rem_euclid(1_000))
    }
}

text_serde!(PreciseTimestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_times_read_back() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2000-02-29T23:59:59Z",
            "2026-11-24T21:14:25Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
        for day in 0..60_000 {
            let time = Timestamp::from_unix_seconds(day * 86_400 + day);
            assert_eq!(Timestamp::parse(&time.to_string()), Ok(time));
        }
        assert_eq!(
            Timestamp::parse("2026-11-24T21:14:25.9+01:00")
                .unwrap()
                .to_string(),
            "2026-11-24T20:14:25Z"
        );
    }
    #[test]
    fn precise_times_keep_three_digits_and_read_back() {
        for text in [
            "2026-09-11T10:06:17.701Z",
            "1970-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.999Z",
        ] {
            assert_eq!(PreciseTimestamp::parse(text).unwrap().to_string(), text);
        }
        let time = PreciseTimestamp::parse("2026-09-11T10:06:17.7019+01:00").unwrap();
        assert_eq!(time.to_string(), "2026-09-11T09:06:17.701Z");
        assert_eq!(time.whole_seconds().to_string(), "2026-09-11T09:06:17Z");
        assert_eq!(
            PreciseTimestamp::parse("1969-12-31T23:59:59.999Z")
                .unwrap()
                .whole_seconds()
                .to_string(),
            "1969-12-31T23:59:59Z"
        );
    }

    #[test]
    fn a_century_later_is_the_same_day_of_the_calendar() {
        for (from, to) in [
            ("2026-09-11T10:06:17.701Z", "2126-09-11T10:06:17.701Z"),
            ("2028-02-29T00:00:00.000Z", "2128-02-29T00:00:00.000Z"),
            ("2000-02-29T23:59:59.999Z", "2100-02-28T23:59:59.999Z"),
        ] {
            let later = PreciseTimestamp::parse(from).unwrap().a_century_later();
            assert_eq!(later.to_string(), to);
        }
        let end = PreciseTimestamp::from_unix_milliseconds(i64::MAX);
        assert_eq!(end.a_century_later(), end);
    }
}
