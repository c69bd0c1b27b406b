//! Taking texts with wildcards and policy variables apart.

use crate::request::{Context, Found, Key, Value};

/// A part of a text.
#[derive(Debug)]
pub(crate) enum Piece {
    /// Characters that mean themselves. Never empty.
    Text(String),
    /// `*`: any run of characters, also of none.
    Star,
    /// `?`: one UTF-16 unit.
    One,
    /// `${key}` or `${key, 'default'}`.
    Variable(Variable),
}

/// What of a text means more than itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Whether `*` and `?` are wildcards.
    pub(crate) has_wildcards: bool,
    /// Whether `${key}` is a variable, and `${*}`, `${?}` and `${$}` the characters.
    pub(crate) has_variables: bool,
}

impl Reading {
    /// Wildcards alone.
    pub(crate) const PATTERN: Self = Self {
        has_wildcards: true,
        has_variables: false,
    };
}

/// A place for the value of a context key.
#[derive(Debug)]
pub(crate) struct Variable {
    /// The key, of one value.
    pub(crate) key: Key,
    default: Option<Value>,
}

impl Variable {
    /// The text in its place: the key's value, or the default if there is none. A key of several values
    /// has no text, not even the default (seen at AWS).
    pub(crate) fn value<'c>(&'c self, context: &'c Context) -> Option<&'c Value> {
        match context.find(&self.key) {
            Found::One(value) => Some(value),
            Found::Many(_) => None,
            Found::Absent => self.default.as_ref(),
        }
    }

    /// Whether it needs a key that the request doesn't have.
    pub(crate) fn is_missing(&self, context: &Context) -> bool {
        matches!(context.find(&self.key), Found::Absent)
    }
}

/// Takes a text apart.
pub(crate) fn pieces(text: &str, reading: Reading) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = rest.strip_prefix(next).unwrap_or_default();
        let special = match next {
            '*' if reading.has_wildcards => Some((Piece::Star, after)),
            '?' if reading.has_wildcards => Some((Piece::One, after)),
            '$' if reading.has_variables => braced(rest),
            _ => None,
        };
        rest = match special {
            Some((Piece::Text(text), after)) => {
                literal.push_str(&text);
                after
            }
            Some((piece, after)) => {
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                pieces.push(piece);
                after
            }
            None => {
                literal.push(next);
                after
            }
        };
    }
    if !literal.is_empty() {
        pieces.push(Piece::Text(literal));
    }
    pieces
}

/// What `${…}` at a text's beginning means, and the text behind it. Without its closing brace it means
/// itself.
fn braced(text: &str) -> Option<(Piece, &str)> {
    let inside = text.strip_prefix("${")?;
    let end = inside.find(['}', '\''])?;
    let (name, rest) = inside.split_at_checked(end)?;
    if let Some(after) = rest.strip_prefix('}') {
        let piece = match name {
            "*" | "?" | "$" => Piece::Text(name.to_owned()),
            _ => variable(name, None),
        };
        return Some((piece, after));
    }
    let (default, after) = rest.strip_prefix('\'')?.split_once('\'')?;
    let after = after.trim_start().strip_prefix('}')?;
    // A text in quotes without a comma before it is no default, and the whole no key that exists.
    let whole = inside.len() - after.len() - "}".len();
    let piece = match name.trim_end().strip_suffix(',') {
        Some(name) => variable(name, Some(default)),
        None => variable(inside.get(..whole).unwrap_or_default(), None),
    };
    Some((piece, after))
}

fn variable(name: &str, default: Option<&str>) -> Piece {
    Piece::Variable(Variable {
        key: Key::new(name.trim()),
        default: default.map(Value::from),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Reading = Reading {
        has_wildcards: true,
        has_variables: true,
    };

    fn shown(text: &str, reading: Reading) -> String {
        let show = |piece: &Piece| match piece {
            Piece::Text(text) => format!("{text:?}"),
            Piece::Star => "*".to_owned(),
            Piece::One => "?".to_owned(),
            Piece::Variable(Variable { key, default: None }) => format!("<{}>", key.text()),
            Piece::Variable(Variable {
                key,
                default: Some(default),
            }) => {
                format!("<{}={}>", key.text(), default.text())
            }
        };
        pieces(text, reading)
            .iter()
            .map(show)
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn texts_are_taken_apart() {
        for (text, expected) in [
            ("", ""),
            ("abc", r#""abc""#),
            ("a*b?", r#""a" * "b" ?"#),
            ("home/${aws:username}/*", r#""home/" <aws:username> "/" *"#),
            ("${aws:username, 'nobody'}", "<aws:username=nobody>"),
            ("${aws:username,'a}b'}c", r#"<aws:username=a}b> "c""#),
            ("a${*}b${?}${$}{c", r#""a*b?${c""#),
            ("${open", r#""${open""#),
            ("$", r#""$""#),
            ("$${*}", r#""$*""#),
            ("${aws:username 'x'}", "<aws:username 'x'>"),
        ] {
            assert_eq!(shown(text, ALL), expected, "{text}");
        }
        assert_eq!(shown("${a:b}?", Reading::PATTERN), r#""${a:b}" ?"#);
        let plain = Reading {
            has_wildcards: false,
            has_variables: true,
        };
        assert_eq!(shown("*?${a:b}", plain), r#""*?" <a:b>"#);
    }
}
