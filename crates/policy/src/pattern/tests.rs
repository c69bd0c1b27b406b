use proptest::prelude::*;

use super::*;
use crate::request::{Prepared, Value};

fn matches(pattern: &str, text: &str) -> bool {
    let pattern = Pattern::new(pieces(pattern, Reading::PATTERN));
    let prepared = Prepared::new(text);
    pattern.matches(prepared.units(text), &Context::default())
}

/// The meaning, word by word.
fn naive(pattern: &[u16], text: &[u16]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (None, Some(_)) => false,
        (Some((star, pattern_rest)), _) if *star == u16::from(b'*') => {
            naive(pattern_rest, text)
                || text
                    .split_first()
                    .is_some_and(|(_, text_rest)| naive(pattern, text_rest))
        }
        (Some(_), None) => false,
        (Some((unit, pattern_rest)), Some((other, text_rest))) => {
            (*unit == u16::from(b'?') || unit == other) && naive(pattern_rest, text_rest)
        }
    }
}

fn naive_text(pattern: &str, text: &str) -> bool {
    let units = |text: &str| text.encode_utf16().collect::<Vec<_>>();
    naive(&units(pattern), &units(text))
}

#[test]
fn patterns_match_as_described() {
    for (pattern, text, expected) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("*", "any\nthing", true),
        ("**", "", true),
        ("?", "", false),
        ("?", "a", true),
        ("?", "é", true),
        ("?", "𐍈", false),
        ("??", "𐍈", true),
        ("*?", "𐍈", true),
        ("?*?", "𐍈", true),
        ("?*?*?", "𐍈", false),
        ("a?c", "abc", true),
        ("a?c", "ac", false),
        ("Get*", "GetObject", true),
        ("Get*", "getObject", false),
        ("*ab*ab*", "xxabyyabzz", true),
        ("*ab*ab*", "xxabyy", false),
        ("ab*ba", "aba", false),
        ("ab*ba", "abba", true),
        ("a*a", "a", false),
        ("*é", "caf\u{e9}", true),
        ("*é", "cafe", false),
        ("*𐍈*", "a𐍈b", true),
        ("[a-z]\\*", "[a-z]\\x", true),
        ("[a-z]", "a", false),
    ] {
        assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        assert_eq!(naive_text(pattern, text), expected, "{pattern} {text}");
    }
}

#[test]
fn long_texts_match_in_any_place() {
    for length in [60, 63, 64, 65, 127, 128, 129, 200, 1000] {
        for place in [0, 1, 62, 63, 64, 65, 100, 127, 128, length - 4] {
            if place + 4 > length {
                continue;
            }
            let text = format!(
                "{}xayb{}",
                "a".repeat(place),
                "a".repeat(length - place - 4)
            );
            assert!(
                matches("*x?y*", &text) && matches("*xayb*", &text),
                "{length} {place}"
            );
            assert!(
                matches("*x*y?*", &text) && !matches("*xy*", &text),
                "{length} {place}"
            );
            assert!(!matches("*yb?*x*", &text), "{length} {place}");
            let wide = text.replace('b', "é");
            assert!(
                matches("*x?yé*", &wide) && !matches("*x?yb*", &wide),
                "{length} {place}"
            );
        }
    }
}

#[test]
fn variables_are_texts_without_wildcards() {
    let mut context = Context::default();
    context.set("aws:username", "a*b");
    context.set("aws:PrincipalTag/é", "é");
    context.set_several("aws:TagKeys", ["one"]);
    let reading = Reading {
        has_wildcards: true,
        has_variables: true,
    };
    for (pattern, text, expected) in [
        ("${aws:username}", "a*b", true),
        ("${aws:username}", "axb", false),
        ("home/${AWS:UserName}/*", "home/a*b/x", true),
        ("*${aws:username}?c*", "xxa*b-cxx", true),
        ("*${aws:principaltag/é}*", "caf\u{e9}s", true),
        ("*${aws:principaltag/é}*", "cafes", false),
        ("${missing}", "", false),
        ("*${missing}*", "anything", false),
        ("${missing, 'x'}*", "xyz", true),
        ("${aws:username, 'x'}", "x", false),
        ("${aws:TagKeys}", "one", false),
        ("${aws:TagKeys, 'one'}", "one", false),
        ("${*}${?}", "*?", true),
        ("${*}${?}", "ab", false),
    ] {
        let prepared = Prepared::new(text);
        let pattern_read = Pattern::new(pieces(pattern, reading));
        assert_eq!(
            pattern_read.matches(prepared.units(text), &context),
            expected,
            "{pattern} {text}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn the_quick_way_and_the_naive_way_agree(
        pattern in "[ab?*]{0,8}|[aé𐍈?*]{0,6}",
        text in "[ab]{0,12}|[aé𐍈]{0,8}",
    ) {
        prop_assert_eq!(matches(&pattern, &text), naive_text(&pattern, &text));
    }

    #[test]
    fn they_agree_on_long_texts(
        pattern in r"\*?[ab?]{1,5}(\*[ab?]{1,20}){0,2}\*?",
        text in "[ab]{60,150}|a{60,150}b?|[aé]{60,150}",
    ) {
        prop_assert_eq!(matches(&pattern, &text), naive_text(&pattern, &text));
    }

    #[test]
    fn a_value_in_place_of_a_variable_is_its_text(
        before in "[ab?*]{0,4}", value in "[abé]{0,4}", after in "[ab?*]{0,4}", text in "[abé]{0,10}",
    ) {
        let reading = Reading { has_wildcards: true, has_variables: true };
        let mut context = Context::default();
        context.set("k", Value::from(value.as_str()));
        let with_variable = Pattern::new(pieces(&format!("{before}${{k}}{after}"), reading));
        let prepared = Prepared::new(&text);
        let expected = naive_text(&format!("{before}{value}{after}"), &text);
        prop_assert_eq!(with_variable.matches(prepared.units(&text), &context), expected);
    }
}
