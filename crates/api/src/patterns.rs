//! Matching the model's patterns. A pattern is matched against a whole text, and `\w` and `\d` are
//! ASCII.

use std::sync::LazyLock;

use regex::Regex;

/// A pattern of the model.
pub(crate) struct Pattern {
    /// The pattern as the service prints it.
    pub(crate) text: &'static str,
    /// How it is matched.
    pub(crate) matcher: Matcher,
}

/// How a pattern is matched.
pub(crate) enum Matcher {
    /// Any number of characters out of a set, which is what nearly all patterns say.
    Characters {
        /// Whether the empty text matches.
        may_be_empty: bool,
        /// The members of the set below U+0080, one bit each.
        ascii: u128,
        /// The members from U+0080 on.
        beyond: Beyond,
    },
    /// A regular expression.
    Expression(&'static Expression),
}

/// Characters from U+0080 on.
pub(crate) enum Beyond {
    /// Those within these bounds, both included.
    Ranges(&'static [(char, char)]),
    /// Those of Unicode categories: a text that has such characters is matched by the expression.
    Expression(&'static Expression),
}

/// A regular expression, compiled when it is first needed. One that does not compile matches
/// nothing; a test compiles them all.
pub(crate) type Expression = LazyLock<Option<Regex>>;

/// Compiles an expression, which the generator has already anchored.
pub(crate) fn compile(expression: &str) -> Option<Regex> {
    Regex::new(expression).ok()
}

impl Pattern {
    /// Whether the whole of `text` matches.
    pub(crate) fn matches(&self, text: &str) -> bool {
        match &self.matcher {
            Matcher::Characters {
                may_be_empty,
                ascii,
                beyond,
            } => (*may_be_empty || !text.is_empty()) && all_within(text, *ascii, beyond),
            Matcher::Expression(expression) => matches_expression(expression, text),
        }
    }
}

fn all_within(text: &str, ascii: u128, beyond: &Beyond) -> bool {
    let in_ascii = |byte: u8| byte < 0x80 && ascii >> byte & 1 == 1;
    if text.is_ascii() {
        return text.bytes().all(in_ascii);
    }
    match beyond {
        Beyond::Ranges(ranges) => text.chars().all(|character| {
            u8::try_from(character).is_ok_and(in_ascii)
                || ranges
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&character))
        }),
        Beyond::Expression(expression) => matches_expression(expression, text),
    }
}

fn matches_expression(expression: &Expression, text: &str) -> bool {
    expression
        .as_ref()
        .is_some_and(|expression| expression.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generated::patterns::ALL;

    #[test]
    fn every_expression_compiles() {
        for pattern in ALL {
            let expression = match &pattern.matcher {
                Matcher::Expression(expression)
                | Matcher::Characters {
                    beyond: Beyond::Expression(expression),
                    ..
                } => expression,
                Matcher::Characters { .. } => continue,
            };
            assert!(expression.is_some(), "{}", pattern.text);
        }
    }

    #[track_caller]
    fn check(pattern: &str, text: &str, matches: bool) {
        let pattern = ALL.iter().find(|known| known.text == pattern).unwrap();
        assert_eq!(pattern.matches(text), matches, "{} {text:?}", pattern.text);
    }

    #[test]
    fn patterns_cover_whole_texts() {
        let name = r"[\w+=,.@-]+";
        check(name, "a_B9+=,.@-", true);
        for text in ["", "a b", "é", "a\n", "\na", "a/"] {
            check(name, text, false);
        }
        let version = r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?";
        for (text, matches) in [
            ("v1", true),
            ("v12.a-b", true),
            ("v0", false),
            ("xv1", false),
            ("v1\n", false),
        ] {
            check(version, text, matches);
        }
        check(r"\d{12}", "123456789012", true);
        check(r"\d{12}", "١٢٣٤٥٦٧٨٩٠١٢", false);
    }

    #[test]
    fn characters_beyond_ascii_are_in_ranges_or_categories() {
        let password = r"[\u0009\u000A\u000D\u0020-\u00FF]+";
        check(password, "a\t\n\r ~\u{7f}\u{80}ÿ", true);
        check(password, "a\u{100}", false);
        check(password, "a\u{b}", false);
        let tag = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";
        check(tag, "aZ9 _.:/=+-@", true);
        check(tag, "é日本\u{2003}½@", true);
        check(tag, "é!", false);
        check(tag, "é\u{301}", false);
        check(tag, "a\t", false);
    }
}
