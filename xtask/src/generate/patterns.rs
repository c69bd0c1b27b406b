//! Patterns: nearly all say "any number of these characters" and become tables; the few others
//! become regular expressions.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::iter::Peekable;
use std::path::PathBuf;
use std::str::Chars;

use anyhow::{Context, Result, bail};

use super::files::Files;
use crate::names;

/// The patterns met so far.
#[derive(Default)]
pub(crate) struct Patterns {
    /// Each pattern's text with its constant, which is named after the first shape that has it.
    constants: BTreeMap<String, String>,
}

impl Patterns {
    /// The constant that holds a pattern.
    pub(crate) fn add(&mut self, pattern: &str, shape: &str) -> Result<String> {
        if let Some(constant) = self.constants.get(pattern) {
            return Ok(constant.clone());
        }
        let mut constant = names::constant(shape);
        while self.constants.values().any(|taken| *taken == constant) {
            constant.push_str("_OTHER");
        }
        self.constants.insert(pattern.to_owned(), constant.clone());
        Ok(constant)
    }

    /// Writes `patterns.rs`.
    pub(crate) fn write(&self, files: &mut Files) -> Result<()> {
        let mut file = String::from(
            "//! The patterns of the models.\n\nuse crate::patterns::{Beyond, Expression, Matcher, Pattern, compile};\nuse std::sync::LazyLock;\n\n",
        );
        let mut constants: Vec<_> = self.constants.iter().collect();
        constants.sort_by_key(|(_, constant)| *constant);
        for (text, constant) in &constants {
            let pattern = translate(text).with_context(|| format!("pattern `{text}`"))?;
            write_pattern(&mut file, text, constant, &pattern)?;
        }
        let all: Vec<String> = constants.iter().map(|(_, c)| format!("&{c}")).collect();
        writeln!(
            file,
            "/// All of them, for tests.\n#[cfg(test)]\npub(crate) static ALL: &[&Pattern] = &[{}];",
            all.join(", ")
        )?;
        files.insert(PathBuf::from("crates/api/src/generated/patterns.rs"), file);
        Ok(())
    }
}

/// A pattern as it will be matched.
struct Translated {
    /// The pattern as a regular expression of the crate `regex`, anchored.
    expression: String,
    /// The set of characters, if that is all it says.
    characters: Option<Characters>,
}

struct Characters {
    may_be_empty: bool,
    ascii: u128,
    beyond: Vec<(char, char)>,
    /// Whether the set has Unicode categories.
    has_categories: bool,
}

fn write_pattern(
    file: &mut String,
    text: &str,
    constant: &str,
    pattern: &Translated,
) -> Result<()> {
    let expression = &pattern.expression;
    let compiled = format!(
        "static {constant}_EXPRESSION: Expression = LazyLock::new(|| compile({expression:?}));\n"
    );
    let by_expression = format!("Expression(&{constant}_EXPRESSION)");
    let matcher = match &pattern.characters {
        None => {
            file.push_str(&compiled);
            format!("Matcher::{by_expression}")
        }
        Some(set) => {
            let beyond = if set.has_categories {
                file.push_str(&compiled);
                format!("Beyond::{by_expression}")
            } else {
                let ranges: Vec<String> = set
                    .beyond
                    .iter()
                    .map(|(first, last)| {
                        let (first, last) = (u32::from(*first), u32::from(*last));
                        format!("('\\u{{{first:x}}}', '\\u{{{last:x}}}')")
                    })
                    .collect();
                format!("Beyond::Ranges(&[{}])", ranges.join(", "))
            };
            format!(
                "Matcher::Characters {{ may_be_empty: {}, ascii: {:#034x}, beyond: {beyond} }}",
                set.may_be_empty, set.ascii
            )
        }
    };
    writeln!(
        file,
        "pub(super) static {constant}: Pattern = Pattern {{ text: {text:?}, matcher: {matcher} }};\n"
    )?;
    Ok(())
}

fn translate(pattern: &str) -> Result<Translated> {
    let mut expression = String::from(r"\A(?:");
    let mut rest = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(character) = rest.next() {
        match character {
            '\\' => expression.push_str(&escape(&mut rest)?.as_expression(in_class)),
            '[' if !in_class => {
                in_class = true;
                expression.push('[');
            }
            ']' => {
                in_class = false;
                expression.push(']');
            }
            // The crate gives these a meaning inside a class that the models' language does not.
            '[' | '&' | '~' if in_class => {
                expression.push('\\');
                expression.push(character);
            }
            '(' if rest.peek() == Some(&'?') => {
                bail!("looks around, which tables and `regex` can't")
            }
            _ => expression.push(character),
        }
    }
    expression.push_str(r")\z");
    Ok(Translated {
        expression,
        characters: characters(pattern)?,
    })
}

/// The set of `[..]+` or `[..]*`, if that is all the pattern says.
fn characters(pattern: &str) -> Result<Option<Characters>> {
    let anchored = pattern
        .strip_prefix('^')
        .and_then(|rest| rest.strip_suffix('$'))
        .unwrap_or(pattern);
    let Some((class, repetition)) = anchored.strip_prefix('[').and_then(|r| r.rsplit_once(']'))
    else {
        return Ok(None);
    };
    let may_be_empty = match repetition {
        "*" => true,
        "+" => false,
        _ => return Ok(None),
    };
    if class.starts_with('^') || class.contains(['[', ']']) {
        return Ok(None);
    }
    let mut set = Characters {
        may_be_empty,
        ascii: 0,
        beyond: Vec::new(),
        has_categories: false,
    };
    let mut rest = class.chars().peekable();
    while let Some(character) = rest.next() {
        let first = match character {
            '\\' => escape(&mut rest)?,
            character => Escape::Character(character),
        };
        let is_range = rest.peek() == Some(&'-') && rest.clone().nth(1).is_some();
        match first {
            Escape::Character(first) if is_range => {
                rest.next();
                let last = match rest.next() {
                    Some('\\') => escape(&mut rest)?,
                    Some(character) => Escape::Character(character),
                    None => bail!("a range without end"),
                };
                let Escape::Character(last) = last else {
                    bail!("a range that ends in a set");
                };
                set.add(first, last);
            }
            Escape::Character(only) => set.add(only, only),
            Escape::Word => {
                for (first, last) in [('A', 'Z'), ('a', 'z'), ('0', '9'), ('_', '_')] {
                    set.add(first, last);
                }
            }
            Escape::Digit => set.add('0', '9'),
            Escape::Category(category) => {
                set.has_categories = true;
                // What the category has below U+0080.
                match category {
                    'L' => {
                        set.add('A', 'Z');
                        set.add('a', 'z');
                    }
                    'N' => set.add('0', '9'),
                    'Z' => set.add(' ', ' '),
                    other => bail!("unknown category `{other}`"),
                }
            }
        }
    }
    Ok(Some(set))
}

impl Characters {
    fn add(&mut self, first: char, last: char) {
        for character in first..=last.min('\u{7f}') {
            self.ascii |= 1 << u32::from(character);
        }
        if last > '\u{7f}' {
            self.beyond.push((first.max('\u{80}'), last));
        }
    }
}

/// What may follow a backslash.
enum Escape {
    Character(char),
    /// `\w`, which is ASCII.
    Word,
    /// `\d`, which is ASCII.
    Digit,
    /// `\p{..}` of one letter.
    Category(char),
}

impl Escape {
    fn as_expression(&self, in_class: bool) -> String {
        match self {
            Self::Character(character) => format!("\\x{{{:x}}}", u32::from(*character)),
            Self::Word if in_class => "0-9A-Za-z_".to_owned(),
            Self::Word => "[0-9A-Za-z_]".to_owned(),
            Self::Digit if in_class => "0-9".to_owned(),
            Self::Digit => "[0-9]".to_owned(),
            Self::Category(category) => format!("\\p{{{category}}}"),
        }
    }
}

/// Reads what follows a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>) -> Result<Escape> {
    Ok(match rest.next() {
        Some('w') => Escape::Word,
        Some('d') => Escape::Digit,
        Some('p') => {
            let category: String = rest.by_ref().take(3).collect();
            match category.chars().collect::<Vec<_>>().as_slice() {
                ['{', category, '}'] => Escape::Category(*category),
                _ => bail!("unknown category `{category}`"),
            }
        }
        Some('u') => Escape::Character(code_point(rest)?),
        Some('x') => {
            let digits: String = rest.by_ref().take(2).collect();
            let byte = u8::from_str_radix(&digits, 16)
                .with_context(|| format!("`\\x{digits}` without two digits"))?;
            Escape::Character(char::from(byte))
        }
        Some(character) if !character.is_ascii_alphanumeric() => Escape::Character(character),
        other => bail!("unknown escape `{other:?}`"),
    })
}

/// Reads the digits of `\u`. There are four, or as many as it takes for a character beyond U+FFFF,
/// which one model writes as `\u10FFFF`.
fn code_point(rest: &mut Peekable<Chars<'_>>) -> Result<char> {
    let digits: String = rest
        .clone()
        .take(6)
        .take_while(char::is_ascii_hexdigit)
        .collect();
    for length in [6, 5, 4] {
        let Some(digits) = digits.get(..length) else {
            continue;
        };
        let number = u32::from_str_radix(digits, 16)?;
        if length == 4 || (0x1_0000..=0x10_ffff).contains(&number) {
            rest.by_ref().take(length).for_each(drop);
            return char::from_u32(number).context("not a character");
        }
    }
    bail!("`\\u` without four digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn expression(pattern: &str) -> String {
        translate(pattern).unwrap().expression
    }

    #[test]
    fn sets_of_characters_become_tables() {
        let set = characters(r"[\w+=,.@-]+").unwrap().unwrap();
        assert!(!set.may_be_empty && set.beyond.is_empty() && !set.has_categories);
        let members: String = (0..128_u8)
            .filter(|byte| set.ascii >> byte & 1 == 1)
            .map(char::from)
            .collect();
        assert_eq!(
            members,
            "+,-.0123456789=@ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
        );
        let set = characters(r"[\u0020-\u00FF]*").unwrap().unwrap();
        assert!(set.may_be_empty);
        assert_eq!(set.beyond, [('\u{80}', '\u{ff}')]);
        let set = characters(r"[\u10000-\u10FFFF]+").unwrap().unwrap();
        assert_eq!(set.beyond, [('\u{10000}', '\u{10ffff}')]);
        assert_eq!(set.ascii, 0);
    }

    #[test]
    fn other_patterns_become_anchored_expressions() {
        assert_eq!(expression(r"\d{12}"), r"\A(?:[0-9]{12})\z");
        assert_eq!(expression(r"(\u002F)|(x)"), r"\A(?:(\x{2f})|(x))\z");
        assert_eq!(expression(r"[\x21-\x7E]"), r"\A(?:[\x{21}-\x{7e}])\z");
        assert!(characters("[a]b+").unwrap().is_none());
        assert!(translate("a(?!b)").is_err());
    }
}
