//! Conditions, operator by operator.

use std::cmp::Ordering;
use std::net::IpAddr;

use base64::Engine as _;
use serde_json::Value;

use super::patterns::{matches, matches_arn};
use super::texts;
use super::variables::{expand, expand_literally, is_one_variable, split};

/// Keys that have several values whatever a request says.
const SEVERAL: [&str; 10] = [
    "aws:tagkeys",
    "aws:principalorgpaths",
    "aws:resourceorgpaths",
    "aws:sourceorgpaths",
    "aws:vpceorgpaths",
    "aws:principalservicenameslist",
    "aws:calledvia",
    "sts:transitivetagkeys",
    "sts:identitytokenaudience",
    "sts:requestcontextproviders",
];

/// The keys of a request.
pub(crate) struct Context(Vec<(String, Vec<String>, bool)>);

impl Context {
    pub(crate) fn of(value: &Value) -> Self {
        let mut keys = Vec::new();
        for (key, value) in value.as_object().into_iter().flatten() {
            let key = key.to_ascii_lowercase();
            let has_several = value.is_array() || SEVERAL.contains(&key.as_str());
            keys.push((key, texts(value), has_several));
        }
        Self(keys)
    }

    fn find(&self, key: &str) -> Option<(&[String], bool)> {
        let key = key.to_ascii_lowercase();
        let found = self.0.iter().find(|(name, ..)| *name == key)?;
        Some((&found.1, found.2))
    }

    /// The value of a key that has one; the default where the key is missing.
    pub(crate) fn single(&self, key: &str, default: Option<String>) -> Option<String> {
        match self.find(key) {
            None => default,
            Some((_, true)) => None,
            Some((values, false)) => values.first().cloned(),
        }
    }

    /// Whether all of a condition block holds.
    pub(crate) fn meets(&self, block: &Value, is_2012: bool, is_deny: bool) -> bool {
        let operators = block.as_object().into_iter().flatten();
        operators.into_iter().all(|(operator, lines)| {
            let lines = lines.as_object().into_iter().flatten();
            lines.into_iter().all(|(key, values)| {
                self.meets_line(operator, key, &texts(values), is_2012, is_deny)
            })
        })
    }

    fn meets_line(
        &self,
        operator: &str,
        key: &str,
        wanted: &[String],
        is_2012: bool,
        is_deny: bool,
    ) -> bool {
        let (quantifier, name) = match operator.split_once(':') {
            Some((quantifier, name)) => (Some(quantifier), name),
            None => (None, operator),
        };
        let found = self.find(key);
        if name == "Null" {
            let wants = |text: &String| text.eq_ignore_ascii_case("true") == found.is_none();
            return wanted.iter().any(wants);
        }
        let (name, if_exists) = match name.strip_suffix("IfExists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let is_negated = name.contains("Not");
        let context = is_2012.then_some(self);
        // What is no ARN allows nothing where there is nothing to compare.
        let has_broken = !is_deny
            && name.starts_with("Arn")
            && wanted
                .iter()
                .any(|wanted| is_written_as_no_arn(wanted, context));
        if has_broken && found.is_none() {
            return false;
        }
        let test = |value: &String| holds(name, value, wanted, context, is_deny);
        match (found, quantifier) {
            (None, Some("ForAllValues")) => true,
            (None, Some(_)) => if_exists,
            (None, None) => if_exists || is_negated,
            (Some((values, _)), Some("ForAllValues")) => {
                values.iter().all(test) && !(has_broken && values.is_empty())
            }
            (Some((values, _)), Some(_)) => values.iter().any(test),
            (Some((_, true)), None) => false,
            (Some((values, false)), None) => values.first().is_some_and(test),
        }
    }
}

/// Whether a wanted text is no ARN as it is written, whatever its variables are.
fn is_written_as_no_arn(wanted: &str, context: Option<&Context>) -> bool {
    let is_variable = context.is_some() && is_one_variable(wanted);
    !is_variable && split(wanted, context.is_some()).len() < 6
}

fn is_arn(text: &str) -> bool {
    text.starts_with("arn:") && text.splitn(6, ':').count() == 6
}

/// Whether one value of the request stands to the wanted ones as the operator says.
fn holds(
    name: &str,
    value: &str,
    wanted: &[String],
    context: Option<&Context>,
    is_deny: bool,
) -> bool {
    let any = |test: &dyn Fn(&str) -> bool| wanted.iter().any(|wanted| test(wanted));
    let plain = |wanted: &str| expand_literally(wanted, context);
    match name {
        "StringEquals" => any(&|wanted| plain(wanted).as_deref() == Some(value)),
        "StringNotEquals" => !any(&|wanted| plain(wanted).as_deref() == Some(value)),
        "StringEqualsIgnoreCase" | "StringNotEqualsIgnoreCase" => {
            let lower = value.to_lowercase();
            let is_equal =
                any(&|wanted| plain(wanted).is_some_and(|text| text.to_lowercase() == lower));
            is_equal != name.contains("Not")
        }
        "StringLike" | "StringNotLike" => {
            let is_like = any(&|wanted| {
                expand(wanted, context).is_some_and(|tokens| matches(&tokens, value))
            });
            is_like != name.contains("Not")
        }
        "Bool" => {
            any(&|wanted| wanted.eq_ignore_ascii_case("true") == value.eq_ignore_ascii_case("true"))
        }
        "BinaryEquals" => {
            let bytes = |text: &str| base64::engine::general_purpose::STANDARD.decode(text).ok();
            any(&|wanted| bytes(wanted).is_some_and(|wanted| Some(wanted) == bytes(value)))
        }
        "IpAddress" | "NotIpAddress" => {
            let Some(address) = address(value) else {
                return false;
            };
            let address = address.to_canonical();
            any(&|wanted| is_in_network(wanted, address)) != name.contains("Not")
        }
        "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" => {
            if !is_arn(value) {
                return false;
            }
            // One after the other: the first that matches or is no ARN ends it.
            for wanted in wanted {
                let is_match = if context.is_some() && is_one_variable(wanted) {
                    match expand_literally(wanted, context) {
                        Some(filled) if filled == value => Some(true),
                        Some(filled) if !is_arn(&filled) => None,
                        Some(_) | None => Some(false),
                    }
                } else {
                    matches_arn(wanted, value, context)
                };
                match is_match {
                    Some(true) => return !name.contains("Not"),
                    None => return is_deny,
                    Some(false) => {}
                }
            }
            name.contains("Not")
        }
        _ if name.starts_with("Numeric") => {
            ordered(name, "Numeric", value, wanted, |one, other| {
                Some(compare_decimals(&decimal(one)?, &decimal(other)?))
            })
        }
        _ if name.starts_with("Date") => ordered(name, "Date", value, wanted, |one, other| {
            Some(moment(one)?.cmp(&moment(other)?))
        }),
        _ => false,
    }
}

fn ordered(
    name: &str,
    kind: &str,
    value: &str,
    wanted: &[String],
    compare: impl Fn(&str, &str) -> Option<Ordering>,
) -> bool {
    let relation = name.strip_prefix(kind).unwrap_or_default();
    let is = |test: fn(Ordering) -> bool| {
        wanted
            .iter()
            .any(|wanted| compare(value, wanted).is_some_and(test))
    };
    match relation {
        "Equals" => is(Ordering::is_eq),
        "NotEquals" => !is(Ordering::is_eq),
        "LessThan" => is(Ordering::is_lt),
        "LessThanEquals" => is(Ordering::is_le),
        "GreaterThan" => is(Ordering::is_gt),
        "GreaterThanEquals" => is(Ordering::is_ge),
        _ => false,
    }
}

/// Whether it is below zero, its digits from the first to the last that is no zero, and how many of them
/// stand before the point. Of zero there are none.
fn decimal(text: &str) -> Option<(bool, String, i64)> {
    let lower = text.to_ascii_lowercase();
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => {
            let digits = exponent.trim_start_matches(['+', '-']);
            let signs = exponent.len() - digits.len();
            let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            if signs > 1 || !is_number {
                return None;
            }
            (mantissa, i64::from(exponent.parse::<i32>().ok()?))
        }
        None => (&*lower, 0),
    };
    let unsigned = mantissa.strip_prefix(['+', '-']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = format!("{whole}{fraction}");
    if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let significant = all.trim_start_matches('0');
    let leading = all.len() - significant.len();
    let digits = significant.trim_end_matches('0').to_owned();
    if digits.is_empty() {
        return Some((false, digits, 0));
    }
    let point = whole.len() as i64 - leading as i64 + exponent;
    Some((mantissa.starts_with('-'), digits, point))
}

fn compare_decimals(one: &(bool, String, i64), other: &(bool, String, i64)) -> Ordering {
    let sign =
        |(is_negative, digits, _): &(bool, String, i64)| match (is_negative, digits.is_empty()) {
            (_, true) => 0,
            (true, false) => -1,
            (false, false) => 1,
        };
    let size = |(_, digits, point): &(bool, String, i64)| (*point, digits.clone());
    sign(one).cmp(&sign(other)).then_with(|| match sign(one) {
        1 => size(one).cmp(&size(other)),
        -1 => size(other).cmp(&size(one)),
        _ => Ordering::Equal,
    })
}

/// Milliseconds since 1970. A date is filled up to the form that another library reads.
fn moment(text: &str) -> Option<i128> {
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(all_digits(text) && text.len() == 4)
        && all_digits(text.strip_prefix(['-', '+']).unwrap_or(text))
    {
        let seconds = text.parse::<i64>().ok()?;
        return Some(i128::from(seconds) * 1_000);
    }
    let padded = |text: &str, width: usize, most: usize| {
        let fits = all_digits(text) && text.len() <= most;
        fits.then(|| format!("{text:0>width$}"))
    };
    let (date, time) = text.split_once(['T', 't']).unwrap_or((text, ""));
    let mut date = date.split('-');
    let year = padded(date.next()?, 4, 9)?;
    let month = padded(date.next().unwrap_or("1"), 2, 2)?;
    let day = padded(date.next().unwrap_or("1"), 2, 2)?;
    if date.next().is_some() {
        return None;
    }
    let (clock, zone) = match time.find(['Z', '+', '-']) {
        Some(at) => time.split_at(at),
        None => (time, "Z"),
    };
    let zone = match zone.len() {
        1 if zone == "Z" => "Z".to_owned(),
        3 if all_digits(&zone[1..]) => format!("{zone}:00"),
        5 if all_digits(&zone[1..]) => format!("{}:{}", &zone[..3], &zone[3..]),
        6 if all_digits(&zone[1..3]) && zone.as_bytes()[3] == b':' && all_digits(&zone[4..]) => {
            zone.to_owned()
        }
        _ => return None,
    };
    // No clock is read from further away than a day.
    let far = zone.get(1..3).is_some_and(|hours| hours > "23")
        || zone.get(4..).is_some_and(|minutes| minutes > "59");
    if far || (clock.is_empty() && !time.is_empty()) {
        return None;
    }
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut clock = clock.split(':').filter(|_| !time.is_empty());
    let hour = padded(clock.next().unwrap_or("0"), 2, 2)?;
    let minute = clock.next();
    let second = clock.next();
    if clock.next().is_some() || (time.contains('.') && second.is_none()) {
        return None;
    }
    let minute = padded(minute.unwrap_or("0"), 2, 2)?;
    let second = padded(second.unwrap_or("0"), 2, 2)?;
    if !all_digits(fraction) || fraction.len() > 9 || second.as_str() > "59" {
        return None;
    }
    let whole = format!("{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction}{zone}");
    let timestamp: jiff::Timestamp = whole.parse().ok()?;
    Some(timestamp.as_nanosecond().div_euclid(1_000_000))
}

/// An address, as another library reads it once what is too much is taken away.
fn address(text: &str) -> Option<IpAddr> {
    if !text.contains(':') {
        let octets: Option<Vec<String>> = text
            .split('.')
            .map(|octet| {
                let is_number =
                    !octet.is_empty() && octet.bytes().all(|byte| byte.is_ascii_digit());
                let kept = octet.trim_start_matches('0');
                is_number.then(|| if kept.is_empty() { "0" } else { kept }.to_owned())
            })
            .collect();
        return octets?.join(".").parse().ok();
    }
    if text.len() > 48 {
        return None;
    }
    let runs_of_three = text.matches(":::").count();
    let without_three = if runs_of_three == 1 && !text.contains("::::") {
        text.replace(":::", "::")
    } else {
        text.to_owned()
    };
    let without_end = match without_three.strip_suffix(':') {
        Some(before) if !before.ends_with(':') => before,
        _ => &without_three,
    };
    text.parse().or_else(|_| without_end.parse()).ok()
}

fn prefix_length(text: &str, most: u32) -> Option<u32> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let length: u32 = is_number.then(|| digits.parse().ok()).flatten()?;
    (length <= most).then_some(length)
}

fn is_in_network(network: &str, asked: IpAddr) -> bool {
    let (base, length) = network.split_once('/').unwrap_or((network, ""));
    let has_length = network.contains('/');
    // IAM takes no IPv6 address that ends like one of IPv4.
    if base.contains(':') && base.contains('.') {
        return false;
    }
    match (address(base), asked) {
        (Some(IpAddr::V4(base)), IpAddr::V4(asked)) => {
            let length = if has_length {
                prefix_length(length, 32)
            } else {
                Some(32)
            };
            let keep = |bits: u32, length: u32| u64::from(bits) >> (32 - length);
            length
                .is_some_and(|length| keep(base.to_bits(), length) == keep(asked.to_bits(), length))
        }
        (Some(IpAddr::V6(base)), IpAddr::V6(asked)) => {
            let length = if has_length {
                prefix_length(length, 128)
            } else {
                Some(128)
            };
            let keep = |bits: u128, length: u32| match length {
                0 => 0,
                length => bits >> (128 - length) << (128 - length),
            };
            length.is_some_and(|length| {
                let kept = keep(base.to_bits(), length);
                kept == base.to_bits() && kept == keep(asked.to_bits(), length)
            })
        }
        _ => false,
    }
}
