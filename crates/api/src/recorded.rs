//! How inputs and outputs look in audit records: JSON with members in lower camel case, and without
//! any secret.
//!
//! Which members are secret is known where this is called from, in generated code: it leaves them out.
//! [`Shown`] is not there for secrets, so that leaving none out by mistake does not compile.

use std::fmt::Write as _;

use keyward_names::{
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, PreciseTimestamp, RoleName,
    Timestamp, UserName,
};
use keyward_wire::{JsonObject, write_json_text};

use crate::Service;

/// A structure that an audit record shows.
pub trait Recorded {
    /// Adds the members that are there and not secret.
    fn record(&self, members: &mut Members<'_>);
}

/// Nothing.
impl Recorded for () {
    fn record(&self, _: &mut Members<'_>) {}
}

/// How many bytes a rendering usually has at most.
const USUAL_BYTES: usize = 256;

/// A structure as a JSON object; `None` where it has no member to show.
#[must_use]
pub fn recorded(structure: &(impl Recorded + ?Sized), service: Service) -> Option<String> {
    let mut json = String::with_capacity(USUAL_BYTES);
    let mut members = Members::new(&mut json, service);
    structure.record(&mut members);
    let is_empty = members.object.is_empty();
    members.end();
    (!is_empty).then_some(json)
}

/// An object that is being written.
#[derive(Debug)]
pub struct Members<'json> {
    object: JsonObject<'json>,
    service: Service,
}

impl<'json> Members<'json> {
    fn new(json: &'json mut String, service: Service) -> Self {
        Self {
            object: JsonObject::begin(json),
            service,
        }
    }

    /// Adds a member, unless it is absent.
    pub(crate) fn add(&mut self, name: &str, value: &impl Shown) {
        if !value.is_absent() {
            let service = self.service;
            self.object.member(name, |json| value.show(json, service));
        }
    }

    fn end(self) {
        self.object.end();
    }
}

/// A value that an audit record can show.
pub(crate) trait Shown {
    /// Writes the value.
    fn show(&self, json: &mut String, service: Service);

    /// Whether there is nothing to write.
    fn is_absent(&self) -> bool {
        false
    }
}

impl<T: Recorded> Shown for T {
    fn show(&self, json: &mut String, service: Service) {
        let mut members = Members::new(json, service);
        self.record(&mut members);
        members.end();
    }
}

impl Shown for String {
    fn show(&self, json: &mut String, _: Service) {
        write_json_text(json, self);
    }
}

impl Shown for &'static str {
    fn show(&self, json: &mut String, _: Service) {
        write_json_text(json, self);
    }
}

/// Words show as their texts.
///
/// ```text
/// words! { UserName, Path }
/// ```
macro_rules! words {
    ($($word:ty),*) => {
        $(impl Shown for $word {
            fn show(&self, json: &mut String, _: Service) {
                write_json_text(json, self.as_str());
            }
        })*
    };
}

words! {
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, RoleName, UserName
}

impl Shown for bool {
    fn show(&self, json: &mut String, _: Service) {
        json.push_str(if *self { "true" } else { "false" });
    }
}

impl Shown for i32 {
    fn show(&self, json: &mut String, _: Service) {
        // Writing to a string does not fail.
        let _ = write!(json, "{self}");
    }
}

impl Shown for Timestamp {
    fn show(&self, json: &mut String, service: Service) {
        json.push('"');
        write_date(json, *self, service);
        json.push('"');
    }
}

impl Shown for PreciseTimestamp {
    fn show(&self, json: &mut String, service: Service) {
        self.whole_seconds().show(json, service);
    }
}

/// A list.
impl<T: Shown> Shown for Vec<T> {
    fn show(&self, json: &mut String, service: Service) {
        json.push('[');
        for (place, element) in self.iter().enumerate() {
            if place > 0 {
                json.push(',');
            }
            element.show(json, service);
        }
        json.push(']');
    }
}

/// A map.
impl<T: Shown> Shown for Vec<(String, T)> {
    fn show(&self, json: &mut String, service: Service) {
        let mut members = Members::new(json, service);
        for (key, value) in self {
            members.add(key, value);
        }
        members.end();
    }
}

impl<T: Shown> Shown for Option<T> {
    fn show(&self, json: &mut String, service: Service) {
        if let Some(value) = self {
            value.show(json, service);
        }
    }

    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Writes `Aug 1, 2024 1:42:21 PM`, as records of IAM had it in 2024. Those of STS were seen with a
/// comma after the year, in July 2026.
fn write_date(json: &mut String, time: Timestamp, service: Service) {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let printed = time.to_string();
    let number = |from: usize, to: usize| -> usize {
        let digits = printed.get(from..to);
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
    };
    let (year, day, hour) = (number(0, 4), number(8, 10), number(11, 13));
    let month = MONTHS.get(number(5, 7).wrapping_sub(1)).unwrap_or(&"");
    let comma = match service {
        Service::Iam => "",
        Service::Sts => ",",
    };
    let half = if hour < 12 { "AM" } else { "PM" };
    let hour = (hour + 11) % 12 + 1;
    let minute_and_second = printed.get(14..19).unwrap_or_default();
    // Writing to a string does not fail.
    let _ = write!(
        json,
        "{month} {day}, {year}{comma} {hour}:{minute_and_second} {half}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_as_each_service_does() {
        for (time, iam, sts) in [
            (
                "2024-08-01T13:42:21Z",
                "Aug 1, 2024 1:42:21 PM",
                "Aug 1, 2024, 1:42:21 PM",
            ),
            (
                "2026-07-01T12:08:19Z",
                "Jul 1, 2026 12:08:19 PM",
                "Jul 1, 2026, 12:08:19 PM",
            ),
            (
                "2026-12-31T00:00:09Z",
                "Dec 31, 2026 12:00:09 AM",
                "Dec 31, 2026, 12:00:09 AM",
            ),
        ] {
            for (service, expected) in [(Service::Iam, iam), (Service::Sts, sts)] {
                let mut written = String::new();
                write_date(&mut written, Timestamp::parse(time).unwrap(), service);
                assert_eq!(written, expected);
            }
        }
    }
}
