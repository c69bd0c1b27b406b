//! Points in time.

/// A point in time, to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment {
    /// Seconds since 1970 began, rounded down.
    seconds: i64,
    millisecond: u16,
}

impl Moment {
    /// Reads seconds since 1970 began, with or without a sign, or ISO 8601 as a reader of Joda-Time does,
    /// which fits all that was seen at AWS: `2026`, `2026-05`, `2026-05-17`, each with `T` or `t` and a
    /// time behind it, which may be empty: `10`, `10:30`, `10:30:15`, `10:30:15.123456789`, and a zone `Z`,
    /// `+02`, `+02:00` or `+0200`, UTC if it names none. Fields have one or two digits, years up to nine, and
    /// hours of zones two. Four digits alone are a year.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if !is_year && !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self {
                seconds: text.parse().ok()?,
                millisecond: 0,
            });
        }
        let (date, time) = match text.split_once(['T', 't']) {
            Some((date, time)) => (date, Some(time).filter(|time| !time.is_empty())),
            None => (text, None),
        };
        let mut fields = date.split('-');
        let year = number(fields.next()?, 9)?;
        let month = fields.next().map_or(Some(1), |text| number(text, 2))?;
        let day = fields.next().map_or(Some(1), |text| number(text, 2))?;
        if fields.next().is_some() {
            return None;
        }
        let days = days(year, month, day)?;
        let (second_of_day, millisecond) = time.map_or(Some((0, 0)), time_of_day)?;
        Some(Self {
            seconds: days * 86_400 + second_of_day,
            millisecond,
        })
    }

    /// The moment in UTC, with its milliseconds; `None` for one of no year of four digits.
    pub(crate) fn text(self) -> Option<String> {
        let (day, second) = (
            self.seconds.div_euclid(86_400),
            self.seconds.rem_euclid(86_400),
        );
        // The year, nearly; then the year and the month by the same `days` that reads them.
        let near = day
            .checked_mul(400)?
            .div_euclid(146_097)
            .checked_add(1970)?;
        let years = near.checked_sub(1)?..=near.checked_add(1)?;
        let begin = |year: &i64| days(*year, 1, 1).is_some_and(|first| first <= day);
        let year = years
            .rev()
            .find(begin)
            .filter(|year| (0..10_000).contains(year))?;
        let begins = |month: &i64| days(year, *month, 1).is_some_and(|first| first <= day);
        let month = (1..=12).rev().find(begins)?;
        let day = day - days(year, month, 1)? + 1;
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        let millisecond = self.millisecond;
        Some(format!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}Z"
        ))
    }
}

/// The second in UTC's day, which may be one of a neighbouring day, and the millisecond in it.
fn time_of_day(text: &str) -> Option<(i64, u16)> {
    let (clock, offset) = if let Some(clock) = text.strip_suffix('Z') {
        (clock, 0)
    } else if let Some((clock, zone)) = text.rsplit_once('+') {
        (clock, minutes(zone)?)
    } else if let Some((clock, zone)) = text.rsplit_once('-') {
        (clock, -minutes(zone)?)
    } else {
        (text, 0)
    };
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let mut fields = clock.split(':');
    let hour = below(fields.next()?, 24)?;
    let minute = fields.next().map_or(Some(0), |text| below(text, 60))?;
    let second = match fields.next() {
        Some(text) => below(text, 60)?,
        None if fraction.is_none() => 0,
        None => return None,
    };
    if fields.next().is_some() {
        return None;
    }
    let millisecond = fraction.map_or(Some(0), millisecond)?;
    Some((hour * 3600 + (minute - offset) * 60 + second, millisecond))
}

/// What is finer than a millisecond is cut off.
fn millisecond(fraction: &str) -> Option<u16> {
    if fraction.is_empty() || fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = fraction.bytes().chain(std::iter::repeat(b'0')).take(3);
    Some(digits.fold(0, |sum, digit| sum * 10 + u16::from(digit - b'0')))
}

fn minutes(zone: &str) -> Option<i64> {
    let (hours, minutes) = match zone.split_once(':') {
        Some(parts) => parts,
        None if zone.len() == 4 => zone.split_at_checked(2)?,
        None => (zone, "00"),
    };
    let of_two = |text: &str, limit| below(text, limit).filter(|_| text.len() == 2);
    Some(of_two(hours, 24)? * 60 + of_two(minutes, 60)?)
}

fn below(text: &str, limit: i64) -> Option<i64> {
    number(text, 2).filter(|number| *number < limit)
}

fn number(text: &str, most: usize) -> Option<i64> {
    if text.is_empty() || text.len() > most || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Days since 1970 began; `None` for a day that the calendar doesn't have.
fn days(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if day < 1 || day > length {
        return None;
    }
    // Years that begin with March have their leap day at the end.
    let (shifted_year, shifted_month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let before_year = shifted_year * 365 + shifted_year.div_euclid(4)
        - shifted_year.div_euclid(100)
        + shifted_year.div_euclid(400);
    let before_month = (153 * shifted_month + 2) / 5;
    // 1970-01-01 is day 719,468 of the calendar that begins with March of the year 0.
    Some(before_year + before_month + day - 1 - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_all_their_forms() {
        for (text, seconds, millisecond) in [
            ("1970", 0, 0),
            ("2026", 1_767_225_600, 0),
            ("2026-05", 1_777_593_600, 0),
            ("2024-02-29", 1_709_164_800, 0),
            ("2026-05-17T10:30Z", 1_779_013_800, 0),
            ("2026-05-17T10:30:15Z", 1_779_013_815, 0),
            ("2026-05-17T10:30:15", 1_779_013_815, 0),
            ("2026-05-17T12:30:15+02:00", 1_779_013_815, 0),
            ("2026-05-17T08:00:15-02:30", 1_779_013_815, 0),
            ("2026-05-17T10:30:15.5Z", 1_779_013_815, 500),
            ("2026-05-17T10:30:15.123456789Z", 1_779_013_815, 123),
            ("1969-12-31T23:59:59.999Z", -1, 999),
            ("1600-03-01", -11_670_912_000, 0),
            ("1779013815", 1_779_013_815, 0),
            ("-1", -1, 0),
            ("0", 0, 0),
            ("+1779013815", 1_779_013_815, 0),
            ("-292275054", -292_275_054, 0),
            ("2026T", 1_767_225_600, 0),
            ("2026-5t", 1_777_593_600, 0),
            ("2026-05-17T10", 1_779_012_000, 0),
            ("2026-05-17t10:30:15.5+02", 1_779_006_615, 500),
            ("2026-05-17T8:0:15-0230", 1_779_013_815, 0),
            ("2026T00:00Z", 1_767_225_600, 0),
            ("9223372036854775807", i64::MAX, 0),
        ] {
            let moment = Moment {
                seconds,
                millisecond,
            };
            assert_eq!(Moment::parse(text), Some(moment), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "-",
            "today",
            "2026-13",
            "2026-00",
            "2026-02-29",
            "1900-02-29",
            "2026-05-17T24:00Z",
            "2026-05-17T10:60Z",
            "2026-05-17T10:30:60Z",
            "2026-05-17T10:30.5Z",
            "2026-05-17T10:30:15.Z",
            "2026-05-17T10:30:15.1234567890Z",
            "2026-05-17T10:30:15z",
            "2026-05-17 10:30:15Z",
            "2026-05-17T10:30:15+2",
            "2026-05-17T10:30:15+02:0",
            "2026-05-17T10:30:15+020",
            "2026-05-17T10:30:15+24",
            "2026-05-17TZT",
            "2026-005",
            "1234567890T",
            "T",
            "+2026-01",
            "9223372036854775808",
            "+",
            "+-1",
            "1.5",
            "2026-05-17-01",
        ] {
            assert_eq!(Moment::parse(text), None, "{text}");
        }
    }

    #[test]
    fn moments_compare_to_the_millisecond() {
        let parse = |text| Moment::parse(text).unwrap();
        assert!(parse("2026-01-01T00:00:00.001Z") > parse("2026"));
        assert_eq!(parse("2026-01-01T00:00:00.0009Z"), parse("2026"));
        assert!(parse("1969-12-31T23:59:59.999Z") < parse("0"));
    }
}
