//! Writing JSON.

use std::fmt::{Display, Write as _};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

/// Writes the members of one object, one after another. Members that are absent are left out by not
/// being written.
#[derive(Debug)]
pub struct JsonObject<'json> {
    json: &'json mut String,
    is_empty: bool,
}

impl<'json> JsonObject<'json> {
    /// Writes an object at the end of `json`, and in it the members that `write` writes.
    pub fn write(json: &'json mut String, write: impl FnOnce(&mut JsonObject<'_>)) {
        let mut object = JsonObject::begin(json);
        write(&mut object);
        object.end();
    }

    /// Begins an object at the end of `json`.
    pub fn begin(json: &'json mut String) -> Self {
        json.push('{');
        Self {
            json,
            is_empty: true,
        }
    }

    /// Ends the object.
    pub fn end(self) {
        self.json.push('}');
    }

    /// Writes a member, and with `write` its value. `write` must write one value.
    pub fn member(&mut self, name: &str, write: impl FnOnce(&mut String)) {
        if !self.is_empty {
            self.json.push(',');
        }
        self.is_empty = false;
        write_json_text(self.json, name);
        self.json.push(':');
        write(self.json);
    }

    /// Writes a member that is an object.
    pub fn object(&mut self, name: &str, write: impl FnOnce(&mut JsonObject<'_>)) {
        self.member(name, |json| JsonObject::write(json, write));
    }

    /// Writes a member that is a text.
    pub fn text(&mut self, name: &str, value: &str) {
        self.member(name, |json| write_json_text(json, value));
    }

    /// Whether nothing was written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.is_empty
    }
}

/// Writes a value whose printed form is JSON already, such as a number.
pub fn write_json_plain(json: &mut String, value: impl Display) {
    // Writing to a string does not fail.
    let _ = write!(json, "{value}");
}

/// Writes bytes as a text in base64.
pub fn write_json_base64(json: &mut String, value: &[u8]) {
    // Nothing in base64 needs escaping.
    write_json_plain(
        json,
        format_args!("\"{}\"", Base64Display::new(value, &STANDARD)),
    );
}

/// Writes a text in quotes.
pub fn write_json_text(json: &mut String, text: &str) {
    json.push('"');
    // Most texts are names, and can be copied at once.
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\'))
    {
        json.push_str(text);
        json.push('"');
        return;
    }
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '\r' => json.push_str("\\r"),
            '\t' => json.push_str("\\t"),
            // Also those that some terminals take for commands.
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
                let _ = write!(json, "\\u{:04x}", u32::from(character));
            }
            other => json.push(other),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_reads_back_as_it_was() {
        let text: String = ('\u{0}'..='\u{2ff}')
            .chain(['\u{2028}', '\u{1f511}'])
            .collect();
        let mut json = String::new();
        write_json_text(&mut json, &text);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        assert!(!json.contains(char::is_control));
    }

    #[test]
    fn members_are_parted_by_commas() {
        let mut json = String::new();
        JsonObject::write(&mut json, |object| {
            assert!(object.is_empty());
            object.text("a", "b");
            object.object("c", |_| ());
            object.member("d", |json| write_json_plain(json, -7));
            object.member("e", |json| write_json_base64(json, &[0, 1, 255]));
        });
        assert_eq!(json, r#"{"a":"b","c":{},"d":-7,"e":"AAH/"}"#);
    }
}
