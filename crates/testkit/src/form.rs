//! Forms, as clients send them, and policy documents to send in them.

use keyward_wire::percent::{self, Keep};

/// A form of these names and values, encoded.
///
/// ```
/// assert_eq!(keyward_testkit::form(&[("A", "b c"), ("D", "=")]), "A=b%20c&D=%3D");
/// ```
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs.iter().map(|(name, value)| {
        format!(
            "{name}={}",
            percent::encode(value.as_bytes(), Keep::Unreserved)
        )
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// A policy document of these statements, which are JSON with commas between them.
///
/// ```
/// assert_eq!(
///     keyward_testkit::policy_document("{}"),
///     r#"{"Version": "2012-10-17", "Statement": [{}]}"#
/// );
/// ```
#[must_use]
pub fn policy_document(statements: &str) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{statements}]}}"#)
}
