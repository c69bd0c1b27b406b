//! The fields of a request.

use std::borrow::Cow;

use zeroize::{Zeroize as _, Zeroizing};

use crate::percent::{self, Plus, is_well_encoded};

/// How many fields a request may have. It bounds the memory that a body of nothing but separators
/// could claim; the largest requests that clients make have some hundreds.
pub const MAX_PARAMETERS: usize = 131_072;

/// The fields of a request, decoded and found by name.
#[derive(Debug, Clone, PartialEq, Eq)]
// INVARIANT: sorted by name; fields of one name in the order of the request; upheld by `parse` and `of_pairs`.
pub struct Parameters<'a> {
    entries: Vec<(Cow<'a, str>, Value<'a>)>,
}

/// The value of a field. A decoded copy is wiped when it is dropped: it may be a password.
#[derive(Debug, Clone)]
enum Value<'a> {
    Borrowed(&'a str),
    Decoded(Zeroizing<String>),
}

/// Fields that can't be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParametersError {
    /// A percent sign without two hexadecimal digits after it.
    #[error("a percent sign is not followed by two hexadecimal digits")]
    Escape,
    /// Bytes that are not UTF-8.
    #[error("the parameters are not UTF-8")]
    Encoding,
    /// More than [`MAX_PARAMETERS`] fields.
    #[error("the request has more than {MAX_PARAMETERS} parameters")]
    TooMany,
}

impl<'a> Parameters<'a> {
    /// Reads the fields of a form body and of a query string. Of a field given twice the first is
    /// used, and the body stands before the query.
    pub fn parse(query: Option<&'a str>, body: &'a [u8]) -> Result<Self, ParametersError> {
        let mut entries = Vec::with_capacity(8);
        let body = std::str::from_utf8(body).map_err(|_| ParametersError::Encoding)?;
        for pair in body.split('&').chain(query.unwrap_or_default().split('&')) {
            if pair.is_empty() {
                continue;
            }
            if entries.len() == MAX_PARAMETERS {
                return Err(ParametersError::TooMany);
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            entries.push((canonical_name(decode(name)?), Value::of(decode(value)?)));
        }
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        Ok(Self { entries })
    }

    /// The fields of a request that is made in the program, decoded as they are.
    #[must_use]
    pub fn of_pairs(pairs: Vec<(Cow<'a, str>, Cow<'a, str>)>) -> Self {
        let pairs = pairs.into_iter();
        let mut entries: Vec<_> = pairs
            .map(|(name, value)| (name, Value::of(value)))
            .collect();
        entries.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self { entries }
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.from(name)
            .next()
            .filter(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The names that begin with `prefix`, in byte order.
    pub(crate) fn names_under<'s>(&'s self, prefix: &'s str) -> impl Iterator<Item = &'s str> {
        self.from(prefix)
            .map(|(name, _)| name)
            .take_while(move |name| name.starts_with(prefix))
    }

    /// Whether any field's name begins with `prefix`.
    #[must_use]
    pub fn any_under(&self, prefix: &str) -> bool {
        self.names_under(prefix).next().is_some()
    }

    /// How many fields there are, repeated ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the request has no field at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// All fields from `name` on, in byte order of their names.
    fn from(&self, name: &str) -> impl Iterator<Item = (&str, &str)> {
        let start = self
            .entries
            .partition_point(|(found, _)| found.as_ref() < name);
        self.entries
            .iter()
            .skip(start)
            .map(|(name, value)| (name.as_ref(), value.as_str()))
    }
}

impl<'a> Value<'a> {
    fn of(text: Cow<'a, str>) -> Self {
        match text {
            Cow::Borrowed(text) => Self::Borrowed(text),
            Cow::Owned(text) => Self::Decoded(Zeroizing::new(text)),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Decoded(text) => text,
        }
    }
}

impl PartialEq for Value<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Value<'_> {}

/// Undoes form encoding: `+` is a space, `%XX` a byte.
fn decode(text: &str) -> Result<Cow<'_, str>, ParametersError> {
    if !text.bytes().any(|byte| byte == b'%' || byte == b'+') {
        return Ok(Cow::Borrowed(text));
    }
    if !is_well_encoded(text) {
        return Err(ParametersError::Escape);
    }
    // Room for all of it from the start: bytes that grow leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    percent::decode(text.as_bytes(), Plus::Space, &mut bytes);
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Cow::Owned(text)),
        Err(error) => {
            error.into_bytes().zeroize();
            Err(ParametersError::Encoding)
        }
    }
}

/// Writes list indexes without leading zeros: the service takes `Tags.member.01` and `Tags.member.1`
/// for the same element.
fn canonical_name(name: Cow<'_, str>) -> Cow<'_, str> {
    if !name.contains(".member.0") && !name.contains(".entry.0") {
        return name;
    }
    let mut canonical = String::with_capacity(name.len());
    let mut before = "";
    for (position, part) in name.split('.').enumerate() {
        if position > 0 {
            canonical.push('.');
        }
        let is_index = matches!(before, "member" | "entry")
            && part.len() > 1
            && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_index {
            let digits = part.trim_start_matches('0');
            canonical.push_str(if digits.is_empty() { "0" } else { digits });
        } else {
            canonical.push_str(part);
        }
        before = part;
    }
    Cow::Owned(canonical)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, name: &str, value: Option<&str>) {
        let parameters = Parameters::parse(None, body.as_bytes()).unwrap();
        assert_eq!(parameters.get(name), value, "{body}");
    }

    #[test]
    fn form_encoding_is_undone() {
        check("UserName=a%2Bb+c%3d", "UserName", Some("a+b c="));
        check("Na%6De=%C3%A9", "Name", Some("é"));
        check("A=1&&B", "B", Some(""));
        check("A=1=2", "A", Some("1=2"));
        check("A=1", "B", None);
        check("AB=1", "A", None);
        check("", "A", None);
    }

    #[test]
    fn the_body_comes_before_the_query_and_the_first_of_two_is_used() {
        let parameters = Parameters::parse(Some("A=query&B=query"), b"A=one&A=two").unwrap();
        assert_eq!(parameters.get("A"), Some("one"));
        assert_eq!(parameters.get("B"), Some("query"));
    }

    #[test]
    fn what_is_no_form_is_refused() {
        for (body, error) in [
            (&b"A=%4"[..], ParametersError::Escape),
            (b"A=%zz", ParametersError::Escape),
            (b"A=%+1", ParametersError::Escape),
            (b"A=%ff", ParametersError::Encoding),
            (b"A=\xff", ParametersError::Encoding),
            (b"%c3=1", ParametersError::Encoding),
        ] {
            assert_eq!(Parameters::parse(None, body), Err(error), "{body:?}");
        }
        let many = "a&".repeat(MAX_PARAMETERS + 1);
        assert_eq!(
            Parameters::parse(None, many.as_bytes()),
            Err(ParametersError::TooMany)
        );
    }

    #[test]
    fn leading_zeros_of_an_index_do_not_matter() {
        check("T.member.01=a", "T.member.1", Some("a"));
        check("T.member.00=a", "T.member.0", Some("a"));
        check(
            "T.member.1.U.entry.007.key=a",
            "T.member.1.U.entry.7.key",
            Some("a"),
        );
        check("T.member.0x1=a", "T.member.0x1", Some("a"));
        check("Version.01=a", "Version.01", Some("a"));
    }
}
