//! Policy variables: a text becomes a row of tokens, in which what was substituted is literal.

use super::conditions::Context;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// One UTF-16 unit.
    Unit(u16),
    /// `*`
    Run,
    /// `?`
    One,
}

/// The tokens of a text; `None` where a variable has no value. Without a context there are no
/// variables.
pub(crate) fn expand(text: &str, context: Option<&Context>) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let (Some(context), Some((inside, after))) = (context, variable(rest)) {
            let value = match inside {
                "*" | "?" | "$" => inside.to_owned(),
                _ => value_of(inside, context)?,
            };
            tokens.extend(value.encode_utf16().map(Token::Unit));
            rest = after;
            continue;
        }
        match first {
            '*' => tokens.push(Token::Run),
            '?' => tokens.push(Token::One),
            _ => {
                let mut units = [0; 2];
                tokens.extend(
                    first
                        .encode_utf16(&mut units)
                        .iter()
                        .copied()
                        .map(Token::Unit),
                );
            }
        }
        rest = &rest[first.len_utf8()..];
    }
    Some(tokens)
}

/// What a text comes to in which wildcards mean nothing.
pub(crate) fn expand_literally(text: &str, context: Option<&Context>) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let (Some(context), Some((inside, after))) = (context, variable(rest)) {
            match inside {
                "*" | "?" | "$" => out.push_str(inside),
                _ => out.push_str(&value_of(inside, context)?),
            }
            rest = after;
            continue;
        }
        out.push(first);
        rest = &rest[first.len_utf8()..];
    }
    Some(out)
}

/// Splits a text at colons that stand in no variable, into at most six parts.
pub(crate) fn split(text: &str, has_variables: bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut at) = (0, 0);
    while at < text.len() {
        let rest = &text[at..];
        if has_variables && let Some((_, after)) = variable(rest) {
            at = text.len() - after.len();
            continue;
        }
        if rest.starts_with(':') && parts.len() < 5 {
            parts.push(&text[begin..at]);
            begin = at + 1;
        }
        at += rest.chars().next().map_or(1, char::len_utf8);
    }
    parts.push(&text[begin..]);
    parts
}

/// Whether all variables of a text have a value.
pub(crate) fn has_values(text: &str, context: Option<&Context>) -> bool {
    expand(text, context).is_some()
}

/// Whether a text is one variable and nothing else.
pub(crate) fn is_one_variable(text: &str) -> bool {
    let is_escape = |inside: &str| matches!(inside, "*" | "?" | "$");
    variable(text).is_some_and(|(inside, after)| after.is_empty() && !is_escape(inside))
}

/// What stands in the variable that a text begins with, and what comes after it.
fn variable(text: &str) -> Option<(&str, &str)> {
    text.strip_prefix("${")?.split_once('}')
}

fn value_of(inside: &str, context: &Context) -> Option<String> {
    let (key, default) = match inside.split_once(',') {
        Some((key, default)) => {
            let default = default.trim();
            let quoted = default
                .strip_prefix('\'')
                .and_then(|text| text.strip_suffix('\''));
            (key.trim(), Some(quoted?.to_owned()))
        }
        None => (inside, None),
    };
    context.single(key, default)
}
