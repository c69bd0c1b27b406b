//! Forms, as clients send them.

/// A form of these names and values, encoded.
///
/// ```
/// assert_eq!(keyward_testkit::form(&[("A", "b c"), ("D", "=")]), "A=b%20c&D=%3D");
/// ```
#[must_use]
pub fn form(pairs: &[(&str, &str)]) -> String {
    let encoded = |text: &str| {
        let byte = |byte: u8| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        text.bytes().map(byte).collect::<String>()
    };
    let pairs = pairs
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}
