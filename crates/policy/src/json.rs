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
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What serde_json makes of our tree: of members of one name it keeps the last.
    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(text) => serde_json::from_str(text).unwrap(),
            Value::String(text) => (&**text).into(),
            Value::List(items) => items.iter().map(plain).collect(),
            Value::Object(members) => {
                let members = members.iter();
                let plain = members.map(|member| (member.key.to_string(), plain(&member.node)));
                serde_json::Value::Object(plain.collect())
            }
        }
    }

    /// Every value must stand where its span says: read alone, that text gives the value again.
    fn check_spans(text: &str, node: &Node) {
        let alone = read(text.get(node.span.clone()).unwrap()).unwrap();
        let end = node.span.len();
        assert_eq!(alone.span, 0..end);
        match (&node.value, &alone.value) {
            (Value::List(items), _) => items.iter().for_each(|item| check_spans(text, item)),
            (Value::Object(members), _) => {
                for member in members {
                    let key = read(text.get(member.key_span.clone()).unwrap()).unwrap();
                    assert_eq!(key.value, Value::String(member.key.clone()));
                    check_spans(text, &member.node);
                }
            }
            (value, again) => assert_eq!(value, again),
        }
    }

    fn check(text: &str) {
        let ours = read(text);
        match (&ours, serde_json::from_str::<serde_json::Value>(text)) {
            (Ok(node), Ok(value)) => {
                assert_eq!(plain(node), value, "{text}");
                check_spans(text, node);
            }
            (Err(error), Err(_)) => {
                assert!(text.is_char_boundary(error.offset), "{text}");
            }
            // Numbers beyond those of a machine are JSON all the same.
            (Ok(_), Err(error)) if error.to_string().starts_with("number out of range") => {}
            (ours, theirs) => panic!("{text}: {ours:?}, {theirs:?}"),
        }
    }

    #[test]
    fn texts_are_read_as_another_reader_reads_them() {
        for text in [
            "",
            " ",
            "null",
            "nul",
            "nulll",
            "true",
            "false",
            "True",
            "NaN",
            "undefined",
            "0",
            "-0",
            "00",
            "01",
            "-",
            "-01",
            "1.",
            ".1",
            "1.0",
            "1.0.0",
            "+1",
            "1e5",
            "1E+5",
            "1e-5",
            "1e",
            "1e+",
            "1.e1",
            "0x1",
            "1 2",
            "12345678901234567890123",
            "1e999",
            "1_0",
            r#""""#,
            r#"""#,
            r#""a"#,
            r#"'a'"#,
            r#""\"""#,
            r#""\""#,
            r#""\/\b\f\n\r\t\\""#,
            r#""\a""#,
            r#""\u0041""#,
            r#""\u004""#,
            r#""\u00e9é""#,
            r#""\ud83d\ude00""#,
            r#""\ud83d""#,
            r#""\ud83dx""#,
            r#""\ud83d\n""#,
            r#""\ud83d\u0041""#,
            r#""\ude00""#,
            r#""\U0041""#,
            "\"\t\"",
            "\"\u{7f}\"",
            "\"\u{0}\"",
            "\"😀\"",
            "\u{feff}1",
            "1\u{a0}",
            "\u{b}1",
            "\r\n\t 1 ",
            "[]",
            "[ ]",
            "[1]",
            "[1,]",
            "[,1]",
            "[1 2]",
            "[1,2",
            "[",
            "]",
            "[[[]]]",
            "[1]]",
            "{}",
            "{ }",
            r#"{"a":1}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a" 1}"#,
            r#"{a:1}"#,
            r#"{"a":}"#,
            r#"{"a"}"#,
            r#"{"a":1 "b":2}"#,
            r#"{1:2}"#,
            "{",
            "}",
            r#"{"a":{"b":[{}]}}"#,
            r#"{"a":1,"a":2}"#,
            "// a\n1",
            "/* a */1",
            "1;",
        ] {
            check(text);
        }
    }

    #[test]
    fn members_of_one_name_are_all_kept() {
        let node = read(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        let Value::Object(members) = node.value else {
            panic!("not an object");
        };
        let keys: Vec<&str> = members.iter().map(|member| &*member.key).collect();
        assert_eq!(keys, ["a", "b", "a"]);
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(&nested(32)).is_ok());
        let error = read(&nested(33)).unwrap_err();
        assert_eq!((error.offset, error.expected), (32, "less deep nesting"));
        assert!(read(&"[".repeat(1_000_000)).is_err());
        assert!(read(&r#"{"a":"#.repeat(1_000_000)).is_err());
    }

    #[test]
    fn an_error_says_where_and_what() {
        for (text, offset, expected) in [
            ("", 0, "a value"),
            (r#"{"é":1"#, 7, "a comma or a closing brace"),
            ("[1 2]", 3, "a comma or a closing bracket"),
            (r#"{"a" 1}"#, 5, "a colon"),
            ("{a}", 1, "a name in quotes"),
            ("\"a\nb\"", 2, "a closing quote"),
            ("1 1", 2, "the end of the document"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!((error.offset, error.expected), (offset, expected), "{text}");
        }
    }

    fn values() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            (-1e9..1e9).prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(5, 40, 6, |inner| {
            let members = prop::collection::btree_map(any::<String>(), inner.clone(), 0..6);
            prop_oneof![
                prop::collection::vec(inner, 0..6).prop_map(Into::into),
                members.prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_value_is_read_as_it_was_written(value in values(), pretty: bool) {
            let text = if pretty {
                serde_json::to_string_pretty(&value)
            } else {
                serde_json::to_string(&value)
            }
            .unwrap();
            check(&text);
        }

        #[test]
        fn any_text_is_judged_alike(
            text in r#"[\[\]{}",:0-9.eE+\- \\tfnrulasé😀]{0,40}"#,
        ) {
            check(&text);
        }

        #[test]
        fn a_damaged_text_is_judged_alike(
            value in values(),
            place: prop::sample::Index,
            instead in "[\\PC\n]{0,2}",
        ) {
            let mut characters: Vec<char> = value.to_string().chars().collect();
            let place = place.index(characters.len());
            characters.splice(place..=place, instead.chars());
            check(&String::from_iter(characters));
        }
    }
}
