//! JSON with positions: a policy's text as a tree whose parts know where they stand.
//!
//! Numbers keep their text, because a policy means it, and an object keeps all of its members, also
//! of one name, so that whoever reads the tree can refuse them. The reader is total: any text gives
//! a tree or an error, in time and memory linear in its length.

use std::ops::Range;

/// Deeper than any policy: the deepest part of one, a value in a list of a condition, is the seventh.
const DEEPEST: usize = 32;

/// A value and where it stands, in bytes of the text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    /// The number's text.
    Number(Box<str>),
    /// The text that the string stands for.
    String(Box<str>),
    List(Vec<Node>),
    /// In the order of the text.
    Object(Vec<Member>),
}

/// A member of an object.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Member {
    pub(crate) key: Box<str>,
    pub(crate) key_span: Range<usize>,
    pub(crate) node: Node,
}

/// Where a text stops being JSON, and what would go on there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JsonError {
    pub(crate) offset: usize,
    pub(crate) expected: &'static str,
}

/// Reads a text that is one JSON value.
pub(crate) fn read(text: &str) -> Result<Node, JsonError> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        offset: 0,
    };
    reader.skip_space();
    let node = reader.value(0)?;
    reader.skip_space();
    if reader.offset < text.len() {
        return Err(reader.expected("the end of the document"));
    }
    Ok(node)
}

// INVARIANT: `offset` is at a character's beginning or at the end: it moves over ASCII bytes one by
// one, and over others by whole characters.
struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    offset: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.offset).copied()
    }

    fn expected(&self, expected: &'static str) -> JsonError {
        JsonError {
            offset: self.offset,
            expected,
        }
    }

    /// Takes one ASCII byte if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        if is_next {
            self.offset += 1;
        }
        is_next
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.offset += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        if depth == DEEPEST {
            return Err(self.expected("less deep nesting"));
        }
        let start = self.offset;
        let value = match self.peek() {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.list(depth)?,
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            Some(_) | None => return Err(self.expected("a value")),
        };
        let span = start..self.offset;
        Ok(Node { value, span })
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        for byte in word.bytes() {
            if !self.take(byte) {
                return Err(self.expected("a value"));
            }
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.take(b'{');
        self.skip_space();
        let mut members = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            let start = self.offset;
            if self.peek() != Some(b'"') {
                return Err(self.expected("a name in quotes"));
            }
            let key = self.string()?;
            let key_span = start..self.offset;
            self.skip_space();
            if !self.take(b':') {
                return Err(self.expected("a colon"));
            }
            self.skip_space();
            let node = self.value(depth + 1)?;
            members.push(Member {
                key,
                key_span,
                node,
            });
            self.skip_space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.expected("a comma or a closing brace"));
            }
            self.skip_space();
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.take(b'[');
        self.skip_space();
        let mut nodes = Vec::new();
        if self.take(b']') {
            return Ok(Value::List(nodes));
        }
        loop {
            nodes.push(self.value(depth + 1)?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::List(nodes));
            }
            if !self.take(b',') {
                return Err(self.expected("a comma or a closing bracket"));
            }
            self.skip_space();
        }
    }

    fn number(&mut self) -> Result<Box<str>, JsonError> {
        let start = self.offset;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        Ok(self.text.get(start..self.offset).unwrap_or_default().into())
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.offset;
        while let Some(b'0'..=b'9') = self.peek() {
            self.offset += 1;
        }
        if self.offset == start {
            return Err(self.expected("a digit"));
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Box<str>, JsonError> {
        self.take(b'"');
        let mut text = String::new();
        loop {
            let plain = self.plain();
            text.push_str(plain);
            match self.peek() {
                Some(b'"') => {
                    self.offset += 1;
                    return Ok(text.into());
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) | None => return Err(self.expected("a closing quote")),
            }
        }
    }

    /// Takes characters that stand for themselves.
    fn plain(&mut self) -> &str {
        let rest = self.text.get(self.offset..).unwrap_or_default();
        let ends = |byte: u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
        let length = rest.bytes().position(ends).unwrap_or(rest.len());
        self.offset += length;
        rest.get(..length).unwrap_or_default()
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        self.take(b'\\');
        let character = match self.peek() {
            Some(b'u') => {
                self.offset += 1;
                return self.unicode_escape();
            }
            Some(byte @ (b'"' | b'\\' | b'/')) => byte.into(),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(_) | None => return Err(self.expected("an escape")),
        };
        self.offset += 1;
        Ok(character)
    }

    /// The four digits after `\u`, and those of the second half where they are the first one's.
    fn unicode_escape(&mut self) -> Result<char, JsonError> {
        let first = self.four_digits()?;
        let code = match first {
            0xd800..=0xdbff => {
                if !(self.take(b'\\') && self.take(b'u')) {
                    return Err(self.expected("the second half of a character"));
                }
                let second = self.four_digits()?;
                if !(0xdc00..=0xdfff).contains(&second) {
                    return Err(self.expected("the second half of a character"));
                }
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.expected("the first half of a character"))
    }

    fn four_digits(&mut self) -> Result<u32, JsonError> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code * 16 + digit.ok_or_else(|| self.expected("a hexadecimal digit"))?;
            self.offset += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests;
