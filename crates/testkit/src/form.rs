//! Forms, as clients send them.

use keyward_wire::{Keep, encode};

/// A form of these names and values, encoded.
///
/// ```
/// assert_eq!(keyward_testkit::form(&[("A", "b c"), ("D", "=")]), "A=b%20c&D=%3D");
/// ```
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encode(value.as_bytes(), Keep::Unreserved)));
    pairs.collect::<Vec<_>>().join("&")
}
