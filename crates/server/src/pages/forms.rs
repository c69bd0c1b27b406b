//! What browsers send: forms and queries.

use hyper::HeaderMap;
use hyper::header::CONTENT_TYPE;
use keyward_names::Secret;
use keyward_wire::Parameters;
use keyward_wire::percent::{self, Keep};

const FORM: &str = "application/x-www-form-urlencoded";
/// The longest name of an account. Of a longer text in a query no more is shown.
const ACCOUNT_LENGTH: usize = 64;

/// The fields of a form.
pub(super) struct Form<'a>(Parameters<'a>);

impl<'a> Form<'a> {
    /// The form in the body of a request, if it is one.
    pub(super) fn of(headers: &HeaderMap, body: &'a [u8]) -> Option<Self> {
        let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let kind = content_type.split(';').next()?.trim();
        if !kind.eq_ignore_ascii_case(FORM) {
            return None;
        }
        let fields = Parameters::parse(None, body).ok()?;
        Some(Self(fields))
    }

    /// A field as it was typed; empty where it was not sent.
    pub(super) fn text(&self, field: &str) -> &str {
        self.0.get(field).unwrap_or_default()
    }

    /// A field that nobody may see.
    pub(super) fn secret(&self, field: &str) -> Secret {
        Secret::new(self.text(field))
    }
}

/// The account that a query names, as far as it may be shown; empty if it names none.
pub(super) fn account_of(query: Option<&str>) -> String {
    let fields = Parameters::parse(query, b"").ok();
    let account = fields.as_ref().and_then(|fields| fields.get("account"));
    let shown = account.unwrap_or_default().chars().take(ACCOUNT_LENGTH);
    shown.collect()
}

/// Whether a query has a field, of whatever value.
pub(super) fn says(query: Option<&str>, field: &str) -> bool {
    Parameters::parse(query, b"").is_ok_and(|fields| fields.get(field).is_some())
}

/// Where someone signs in to an account.
pub(super) fn sign_in_location(account: &str) -> String {
    let mut location = "/signin".to_owned();
    if !account.is_empty() {
        location.push_str("?account=");
    }
    location.extend(percent::encode(account.as_bytes(), Keep::Unreserved));
    location
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_passed_on_as_it_was_given() {
        for (query, location) in [
            ("account=acme", "/signin?account=acme"),
            ("account=a%26b%3Dc+d", "/signin?account=a%26b%3Dc%20d"),
            ("x=1&account=%22%3E%C3%A9", "/signin?account=%22%3E%C3%A9"),
            ("account=%0D%0AX:1", "/signin?account=%0D%0AX%3A1"),
            ("account=", "/signin"),
            ("account", "/signin"),
            ("", "/signin"),
            ("account=%zz", "/signin"),
            ("account=%ff", "/signin"),
        ] {
            let account = account_of(Some(query));
            assert_eq!(sign_in_location(&account), location, "{query}");
        }
        let long = format!("account={}", "é".repeat(100));
        assert_eq!(account_of(Some(&long)), "é".repeat(64));
        assert_eq!(account_of(None), "");
    }

    #[test]
    fn a_field_of_a_query_needs_no_value() {
        assert!(says(Some("signed-out"), "signed-out"));
        assert!(says(Some("a=b&signed-out=1"), "signed-out"));
        assert!(!says(Some("signed-outs"), "signed-out"));
        assert!(!says(None, "signed-out"));
    }
}
