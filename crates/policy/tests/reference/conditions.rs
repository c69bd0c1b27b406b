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
        // What can't be read allows nothing, unless another of the wanted ones matches.
        let has_broken = !is_deny && wanted.iter().any(|wanted| is_broken(name, wanted, context));
        if has_broken && (is_negated || found.is_none()) {
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

/// Whether a wanted text can't be read as what its operator compares.
fn is_broken(name: &str, wanted: &str, context: Option<&Context>) -> bool {
    if name.starts_with("Numeric") {
        decimal(wanted).is_none()
    } else if name.starts_with("Date") {
        moment(wanted).is_none()
    } else if name.contains("IpAddress") {
        !is_network(wanted)
    } else if name.starts_with("Binary") {
        base64::engine::general_purpose::STANDARD
            .decode(wanted)
            .is_err()
    } else if name.starts_with("Arn") {
        let is_variable = context.is_some() && is_one_variable(wanted);
        !is_variable && split(wanted, context.is_some()).len() < 6
    } else {
        false
    }
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
            let Ok(address) = value.parse::<IpAddr>() else {
                return false;
            };
            let address = address.to_canonical();
            any(&|wanted| is_in_network(wanted, address)) != name.contains("Not")
        }
        "ArnEquals" | "ArnLike" | "ArnNotEquals" | "ArnNotLike" => {
            let is_arn = value.starts_with("arn:") && value.splitn(6, ':').count() == 6;
            if !is_arn {
                return false;
            }
            let tries: Vec<Option<bool>> = wanted
                .iter()
                .map(|wanted| {
                    if context.is_some() && is_one_variable(wanted) {
                        let tokens = expand(wanted, context);
                        return Some(tokens.is_some_and(|tokens| matches(&tokens, value)));
                    }
                    matches_arn(wanted, value, context)
                })
                .collect();
            let is_match = tries.contains(&Some(true));
            let is_malformed = tries.contains(&None);
            match (name.contains("Not"), is_malformed) {
                (false, _) => is_match || (is_malformed && is_deny),
                (true, true) => is_deny,
                (true, false) => !is_match,
            }
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

/// Whether it is below zero, its whole digits without leading zeros, its fraction without trailing
/// ones.
fn decimal(text: &str) -> Option<(bool, String, String)> {
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let has_digits = !whole.is_empty() && (!fraction.is_empty() || !digits.contains('.'));
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !has_digits || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0').to_owned();
    let fraction = fraction.trim_end_matches('0').to_owned();
    let is_zero = whole.is_empty() && fraction.is_empty();
    Some((is_negative && !is_zero, whole, fraction))
}

fn compare_decimals(one: &(bool, String, String), other: &(bool, String, String)) -> Ordering {
    let size = |(_, whole, fraction): &(bool, String, String)| {
        (whole.len(), whole.clone(), fraction.clone())
    };
    match (one.0, other.0) {
        (false, true) => Ordering::Greater,
        (true, false) => Ordering::Less,
        (false, false) => size(one).cmp(&size(other)),
        (true, true) => size(other).cmp(&size(one)),
    }
}

/// Milliseconds since 1970.
fn moment(text: &str) -> Option<i128> {
    let all_digits =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits(text) && text.len() == 4 {
        return moment(&format!("{text}-01-01T00:00:00Z"));
    }
    if all_digits(text.strip_prefix('-').unwrap_or(text)) {
        return text
            .parse::<i64>()
            .ok()
            .map(|seconds| i128::from(seconds) * 1_000);
    }
    if text.len() == 7 {
        return moment(&format!("{text}-01T00:00:00Z"));
    }
    if text.len() == 10 {
        return moment(&format!("{text}T00:00:00Z"));
    }
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    Some(timestamp.as_nanosecond().div_euclid(1_000_000))
}

/// An address or a network of either family; one of IPv6 has no host bits.
fn is_network(text: &str) -> bool {
    // IAM takes no IPv6 address that ends like one of IPv4.
    if text.contains(':') && text.contains('.') {
        return false;
    }
    let (base, prefix) = text.split_once('/').unwrap_or((text, "0"));
    let longest = match base.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => 32,
        Ok(IpAddr::V6(_)) => 128,
        Err(_) => return false,
    };
    let is_plain = !text.contains('/');
    let prefix = prefix
        .parse::<u32>()
        .ok()
        .filter(|prefix| *prefix <= longest);
    match base.parse::<IpAddr>() {
        _ if is_plain => true,
        Ok(IpAddr::V6(base)) => prefix.is_some() && is_in_network(text, IpAddr::V6(base)),
        _ => prefix.is_some(),
    }
}

fn is_in_network(network: &str, address: IpAddr) -> bool {
    let (base, prefix) = match network.split_once('/') {
        Some((base, prefix)) => (base, prefix.parse::<u32>().ok()),
        None => (network, Some(u32::MAX)),
    };
    let is_dotted = network.contains(':') && network.contains('.');
    let (Ok(base), Some(prefix), false) = (base.parse::<IpAddr>(), prefix, is_dotted) else {
        return false;
    };
    match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            let prefix = if prefix == u32::MAX { 32 } else { prefix };
            let mask = |bits: u32| u64::from(bits) >> (32 - prefix.min(32));
            prefix <= 32 && mask(base.to_bits()) == mask(address.to_bits())
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => {
            let prefix = if prefix == u32::MAX { 128 } else { prefix };
            if prefix > 128 {
                return false;
            }
            let keep = |bits: u128| {
                if prefix == 0 {
                    0
                } else {
                    bits >> (128 - prefix) << (128 - prefix)
                }
            };
            let has_host_bits = keep(base.to_bits()) != base.to_bits();
            !has_host_bits && keep(base.to_bits()) == keep(address.to_bits())
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}
