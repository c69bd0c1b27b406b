use proptest::prelude::*;

use super::*;
use crate::request::Value;
use crate::text::Prepared;

fn matches(pattern: &str, text: &str) -> bool {
    let pattern = Pattern::new(pieces(pattern, Reading::PATTERN));
    let prepared = Prepared::new(text);
    pattern.matches(
        prepared.units(text),
        &Context::default(),
        &mut Memo::default(),
    )
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
            pattern_read.matches(prepared.units(text), &context, &mut Memo::default()),
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
        prop_assert_eq!(with_variable.matches(prepared.units(&text), &context, &mut Memo::default()), expected);
    }
}

proptest! {
    // Each case is long.
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn long_values_are_found_in_long_texts(
        pattern in r"([ab]{0,2}\*)?(\*?[ab?]{0,3}(<v>|<w>|<d>)[ab?]{0,3}){1,7}\*?b?",
        v in "a{1,120}|(aab){30,40}|[ab]{1,3}|b?a{100,140}b?|é?a{96,100}",
        w in "[ab]{1,9}|a{60,70}",
        pieces_of_text in proptest::collection::vec("<v>|<w>|a{0,150}|[ab]{0,70}|é?a{96,100}", 1..7),
    ) {
        let reading = Reading { has_wildcards: true, has_variables: true };
        let mut context = Context::default();
        context.set("v", v.as_str());
        context.set("w", w.as_str());
        let spelt = pattern.replace("<v>", "${v}").replace("<w>", "${w}").replace("<d>", "${x, 'aab'}");
        let filled = |text: &str| {
            text.replace("<v>", &v).replace("<w>", &w).replace("<d>", "aab")
        };
        let text = filled(&pieces_of_text.concat());
        let prepared = Prepared::new(&text);
        // Twice with one memo: what was found before must not change what is found.
        let patterns = [&spelt, "*${w}*${v}?*", &spelt].map(|text| Pattern::new(pieces(text, reading)));
        let mut memo = Memo::default();
        let found: Vec<bool> = (patterns.iter())
            .map(|pattern| pattern.matches(prepared.units(&text), &context, &mut memo))
            .collect();
        let expected = [filled(&pattern), filled("*<w>*<v>?*"), filled(&pattern)]
            .map(|pattern| quadratic(&pattern, &text));
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn long_literals_are_found_in_long_texts(
        pattern in r"\*((a{90,130}|(aab){32,40}|b?a{100,120}b?)\*){1,2}[ab]?",
        text in "(a{80,140}|b?a{90,120}b?|(aab){30,45}|é){1,4}",
    ) {
        prop_assert_eq!(matches(&pattern, &text), quadratic(&pattern, &text));
    }
}

/// The meaning in a table: for long texts, where going through all ways takes too long.
fn quadratic(pattern: &str, text: &str) -> bool {
    let text: Vec<u16> = text.encode_utf16().collect();
    // Which beginnings of the text match what was read of the pattern.
    let mut matched: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for unit in pattern.encode_utf16() {
        let is_star = unit == u16::from(b'*');
        let is_one = unit == u16::from(b'?');
        let before = matched.clone();
        for length in 0..=text.len() {
            matched[length] = if is_star {
                before[..=length].contains(&true)
            } else {
                length > 0 && before[length - 1] && (is_one || text[length - 1] == unit)
            };
        }
    }
    matched[text.len()]
}
