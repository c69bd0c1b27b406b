//! Writing XML.

use std::fmt::{self, Display, Write};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;

use crate::percent::{self, Keep};

/// Writes elements one after another into one text. Names are taken as they are; values are
/// escaped.
///
/// What writes an element is `#[inline]`: a name is then a constant where it is written, and a page
/// of a hundred users, some thousand short copies, costs half.
#[derive(Debug, Default)]
pub struct XmlWriter {
    text: String,
}

impl XmlWriter {
    /// A writer with room for `capacity` bytes.
    #[must_use]
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            text: String::with_capacity(capacity),
        }
    }

    /// What was written.
    #[must_use]
    pub fn into_string(self) -> String {
        self.text
    }

    /// Writes an element whose content `write` writes; `<Name/>` if it writes nothing.
    #[inline]
    pub fn element(&mut self, name: &str, write: impl FnOnce(&mut Self)) {
        self.open(name);
        let start = self.text.len();
        write(self);
        self.close(name, start);
    }

    /// Writes an element that declares the default namespace.
    pub(crate) fn root(&mut self, name: &str, namespace: &str, write: impl FnOnce(&mut Self)) {
        self.text.push('<');
        self.text.push_str(name);
        self.text.push_str(" xmlns=\"");
        self.escape(namespace);
        self.text.push_str("\">");
        let start = self.text.len();
        write(self);
        self.close(name, start);
    }

    /// Writes an element with a text.
    #[inline]
    pub fn text(&mut self, name: &str, value: &str) {
        self.element(name, |xml| xml.escape(value));
    }

    /// Writes an element with a value whose printed form needs no escaping, such as a number or a
    /// time.
    #[inline]
    pub fn plain(&mut self, name: &str, value: impl Display) {
        self.element(name, |xml| xml.print(format_args!("{value}")));
    }

    /// Writes `true` or `false`.
    #[inline]
    pub fn boolean(&mut self, name: &str, value: bool) {
        self.element(name, |xml| {
            xml.text.push_str(if value { "true" } else { "false" });
        });
    }

    /// Writes a text of which every byte but `A-Z a-z 0-9 - _ . ~` is percent-encoded, as documents
    /// are.
    pub fn percent_encoded(&mut self, name: &str, value: &str) {
        self.element(name, |xml| {
            xml.text
                .extend(percent::encode(value.as_bytes(), Keep::Unreserved));
        });
    }

    /// Writes bytes in base64.
    pub fn base64(&mut self, name: &str, value: &[u8]) {
        self.plain(name, Base64Display::new(value, &STANDARD));
    }

    #[inline]
    fn open(&mut self, name: &str) {
        self.text.push('<');
        self.text.push_str(name);
        self.text.push('>');
    }

    /// Ends an element whose content began at `start`.
    #[inline]
    fn close(&mut self, name: &str, start: usize) {
        if self.text.len() == start {
            self.text.pop();
            self.text.push_str("/>");
            return;
        }
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    fn print(&mut self, value: fmt::Arguments<'_>) {
        // Writing to a string does not fail; a `Display` that fails on its own leaves its part out.
        let _ = self.text.write_fmt(value);
    }

    /// Appends `value`, escaped. A carriage return would not survive an XML parser, so it becomes a
    /// reference; characters that XML 1.0 can't hold in any form become U+FFFD.
    #[inline]
    fn escape(&mut self, value: &str) {
        // Looks at every byte rather than stopping at the first: that the compiler can do for many
        // bytes at once.
        if value
            .bytes()
            .fold(false, |found, byte| found | needs_care(byte))
        {
            self.escape_each(value);
        } else {
            self.text.push_str(value);
        }
    }

    fn escape_each(&mut self, value: &str) {
        for character in value.chars() {
            match character {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\r' => self.text.push_str("&#xD;"),
                '\t' | '\n' => self.text.push(character),
                '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => self.text.push('\u{fffd}'),
                _ => self.text.push(character),
            }
        }
    }
}

/// Whether a byte may begin something that [`XmlWriter::escape`] changes. U+FFFE and U+FFFF begin
/// with 0xEF.
fn needs_care(byte: u8) -> bool {
    matches!(byte, b'&' | b'<' | b'>' | b'"' | 0..=0x1f | 0xef)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(write: impl FnOnce(&mut XmlWriter), expected: &str) {
        let mut xml = XmlWriter::default();
        write(&mut xml);
        assert_eq!(xml.into_string(), expected);
    }

    #[test]
    fn texts_are_escaped() {
        check(
            |xml| xml.text("A", "a&b<c>d\"e'f\r\n\tg"),
            "<A>a&amp;b&lt;c&gt;d&quot;e'f&#xD;\n\tg</A>",
        );
        check(
            |xml| xml.text("A", "é\u{ffff}\u{0}"),
            "<A>é\u{fffd}\u{fffd}</A>",
        );
        check(|xml| xml.text("A", "ﬀ"), "<A>ﬀ</A>");
    }

    #[test]
    fn an_element_without_content_is_empty() {
        check(|xml| xml.text("A", ""), "<A/>");
        check(|xml| xml.element("A", |_| ()), "<A/>");
        check(|xml| xml.base64("A", b""), "<A/>");
    }

    #[test]
    fn values_have_their_forms() {
        check(|xml| xml.boolean("A", false), "<A>false</A>");
        check(|xml| xml.plain("A", -7), "<A>-7</A>");
        check(|xml| xml.base64("A", &[0, 1, 255]), "<A>AAH/</A>");
        check(
            |xml| xml.percent_encoded("A", "{\"a\": \"*/%é\n\"}-_.~"),
            "<A>%7B%22a%22%3A%20%22%2A%2F%25%C3%A9%0A%22%7D-_.~</A>",
        );
    }
}
