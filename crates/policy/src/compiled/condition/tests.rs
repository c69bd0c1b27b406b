use super::*;
use crate::Document;

/// A context of one key `k`.
enum Given {
    Nothing,
    One(&'static str),
    Several(&'static [&'static str]),
}

use Given::{Nothing, One, Several};

fn holds(effect: Effect, operator: &str, literals: &str, given: &Given) -> bool {
    let text = format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Condition": {{"{operator}": {{"K": {literals}}}}}}}}}"#
    );
    let document = Document::parse(&text).unwrap();
    let condition = ConditionTest::new(&document.statements[0].conditions[0], true);
    let mut context = Context::default();
    match given {
        Nothing => {}
        One(value) => context.set("k", *value),
        Several(values) => context.set_several("k", values.iter().copied()),
    }
    context.set("aws:username", "Alice");
    context.set("star", "a*");
    context.set("arn", "arn:aws:iam::111122223333:user/a");
    context.set_several("many", ["Alice"]);
    condition.holds(effect, &context)
}

/// Both effects agree on it.
fn check(cases: &[(&str, &str, Given, bool)]) {
    for (operator, literals, given, expected) in cases {
        let told = match given {
            Nothing => "nothing".to_owned(),
            One(value) => (*value).to_owned(),
            Several(values) => format!("{values:?}"),
        };
        for effect in [Effect::Allow, Effect::Deny] {
            let found = holds(effect, operator, literals, given);
            assert_eq!(
                found, *expected,
                "{operator} {literals} for {told}, {effect:?}"
            );
        }
    }
}

#[test]
fn texts_compare_exactly_or_without_case_or_with_wildcards() {
    check(&[
        ("StringEquals", r#""a""#, One("a"), true),
        ("StringEquals", r#""a""#, One("A"), false),
        ("StringEquals", r#""a*""#, One("ab"), false),
        ("StringEquals", r#""a*""#, One("a*"), true),
        ("StringEquals", r#"["a", "b"]"#, One("b"), true),
        ("StringEquals", "5", One("5"), true),
        ("StringEquals", "true", One("true"), true),
        ("StringEquals", "[]", One("a"), false),
        ("StringNotEquals", r#"["a", "b"]"#, One("b"), false),
        ("StringNotEquals", r#"["a", "b"]"#, One("c"), true),
        ("StringNotEquals", "[]", One("a"), true),
        (
            "StringEqualsIgnoreCase",
            r#""STRASSE""#,
            One("strasse"),
            true,
        ),
        ("StringEqualsIgnoreCase", r#""ÄRGER""#, One("ärger"), true),
        (
            "StringEqualsIgnoreCase",
            r#""straße""#,
            One("STRASSE"),
            false,
        ),
        ("StringEqualsIgnoreCase", r#""s""#, One("ſ"), false),
        ("StringEqualsIgnoreCase", r#""ΑΣ""#, One("ας"), true),
        ("StringEqualsIgnoreCase", r#""ΑΣ""#, One("ασ"), false),
        ("StringEqualsIgnoreCase", r#""K""#, One("\u{212a}"), true),
        ("StringNotEqualsIgnoreCase", r#""A""#, One("a"), false),
        ("StringNotEqualsIgnoreCase", r#""A""#, One("b"), true),
        ("StringLike", r#""a*c?""#, One("abcd"), true),
        ("StringLike", r#""a*c?""#, One("Abcd"), false),
        ("StringLike", r#""a*""#, One("a\nb"), true),
        ("StringNotLike", r#""a*""#, One("ab"), false),
        ("StringNotLike", r#""a*""#, One("b"), true),
    ]);
}

#[test]
fn numbers_and_dates_compare_by_value() {
    check(&[
        ("NumericEquals", "5", One("005.0"), true),
        ("NumericEquals", r#""+5""#, One("5"), true),
        ("NumericNotEquals", "5", One("5.0"), false),
        ("NumericNotEquals", "5", One("6"), true),
        ("NumericLessThan", "10", One("9"), true),
        ("NumericLessThan", "10", One("10"), false),
        ("NumericLessThanEquals", "10", One("10"), true),
        (
            "NumericGreaterThan",
            "10",
            One("10.0000000000000000000000001"),
            true,
        ),
        ("NumericGreaterThan", "10", One("10"), false),
        ("NumericGreaterThanEquals", "10", One("10"), true),
        ("NumericEquals", "5", One("five"), false),
        ("NumericLessThan", "5", One(""), false),
        // Seen at AWS.
        ("NumericNotEquals", "5", One("five"), true),
        (
            "DateEquals",
            r#""2026-05-17T10:30:15Z""#,
            One("1779013815"),
            true,
        ),
        (
            "DateNotEquals",
            r#""2026-05-17T10:30:15Z""#,
            One("1779013815"),
            false,
        ),
        (
            "DateLessThan",
            r#""2026""#,
            One("2025-12-31T23:59:59.999Z"),
            true,
        ),
        (
            "DateLessThanEquals",
            r#""2026""#,
            One("2026-01-01T00:00:00.001Z"),
            false,
        ),
        (
            "DateGreaterThan",
            r#""2026""#,
            One("2026-01-01T00:00:00.001Z"),
            true,
        ),
        (
            "DateGreaterThanEquals",
            r#""2026""#,
            One("2026-01-01T01:00:00+01:00"),
            true,
        ),
        ("DateEquals", r#""2026""#, One("soon"), false),
        ("DateLessThan", r#""2026""#, One("soon"), false),
        ("DateNotEquals", r#""2026""#, One("soon"), true),
    ]);
}

#[test]
fn booleans_bytes_and_addresses_compare_by_value() {
    check(&[
        ("Bool", r#""true""#, One("TRUE"), true),
        ("Bool", "true", One("yes"), false),
        ("Bool", "false", One("yes"), true),
        ("Bool", "false", One("true"), false),
        ("BinaryEquals", r#""QUI=""#, One("QUI="), true),
        ("BinaryEquals", r#""QUI=""#, One("QUJD"), false),
        ("BinaryEquals", r#""QUI=""#, One("AB"), false),
        ("IpAddress", r#""10.0.0.0/8""#, One("10.9.8.7"), true),
        ("IpAddress", r#""10.9.9.9/8""#, One("10.1.1.1"), true),
        ("IpAddress", r#""10.0.0.0/8""#, One("::ffff:10.9.8.7"), true),
        ("IpAddress", r#""::/0""#, One("10.9.8.7"), false),
        ("IpAddress", r#""0.0.0.0/0""#, One("::1"), false),
        (
            "IpAddress",
            r#"["10.0.0.0/8", "2001:db8::/32"]"#,
            One("2001:db8::5"),
            true,
        ),
        ("NotIpAddress", r#""10.0.0.0/8""#, One("11.0.0.0"), true),
        ("NotIpAddress", r#""10.0.0.0/8""#, One("10.0.0.0"), false),
        // An address that is none matches nothing, not even this.
        ("NotIpAddress", r#""10.0.0.0/8""#, One("nowhere"), false),
        ("IpAddress", r#""0.0.0.0/0""#, One("nowhere"), false),
    ]);
}

#[test]
fn arns_compare_part_by_part() {
    for (equals, not_equals) in [("ArnEquals", "ArnNotEquals"), ("ArnLike", "ArnNotLike")] {
        for (literal, value, expected) in [
            (
                "arn:aws:sns:*:111122223333:*",
                "arn:aws:sns:eu-west-1:111122223333:a:b",
                true,
            ),
            (
                "arn:aws:iam::*:user/?",
                "arn:aws:iam::111122223333:user/a",
                true,
            ),
            (
                "arn:aws:iam::*:user/?",
                "arn:aws:iam::111122223333:user/ab",
                false,
            ),
            ("${arn}", "arn:aws:iam::111122223333:user/a", true),
            ("${arn}", "arn:aws:iam::111122223333:user/b", false),
            (
                "arn:aws:iam::*:user/${aws:username}",
                "arn:aws:iam::1:user/Alice",
                true,
            ),
        ] {
            let literal = format!("{literal:?}");
            check(&[
                (equals, &literal, One(value), expected),
                (not_equals, &literal, One(value), !expected),
            ]);
        }
        // What is no ARN matches nothing, not even the negation.
        check(&[
            (equals, r#""arn:*:*:*:*:*""#, One("alice"), false),
            (not_equals, r#""arn:*:*:*:*:*""#, One("alice"), false),
        ]);
    }
}

#[test]
fn null_asks_whether_a_key_is_there() {
    check(&[
        ("Null", "true", Nothing, true),
        ("Null", r#""TRUE""#, One("x"), false),
        ("Null", "false", Nothing, false),
        ("Null", "false", One(""), true),
        ("Null", r#""yes""#, One("x"), true),
        ("Null", r#""yes""#, Nothing, false),
        ("Null", "false", Several(&["a"]), true),
        ("Null", "true", Several(&[]), false),
        ("Null", r#"["true", "false"]"#, Nothing, true),
    ]);
}

#[test]
fn a_missing_key_matches_what_is_negated_and_what_says_if_exists() {
    for (operator, literal) in [
        ("StringEquals", r#""a""#),
        ("StringEqualsIgnoreCase", r#""a""#),
        ("StringLike", r#""*""#),
        ("NumericLessThan", "1"),
        ("DateGreaterThan", r#""2026""#),
        ("Bool", "false"),
        ("BinaryEquals", r#""QUI=""#),
        ("IpAddress", r#""0.0.0.0/0""#),
        ("ArnLike", r#""arn:*:*:*:*:*""#),
    ] {
        check(&[
            (operator, literal, Nothing, false),
            (&format!("{operator}IfExists"), literal, Nothing, true),
        ]);
    }
    check(&[
        ("StringNotEquals", r#""a""#, Nothing, true),
        ("StringNotEqualsIgnoreCase", r#""a""#, Nothing, true),
        ("StringNotLike", r#""*""#, Nothing, true),
        ("NumericNotEquals", "1", Nothing, true),
        ("DateNotEquals", r#""2026""#, Nothing, true),
        ("NotIpAddress", r#""0.0.0.0/0""#, Nothing, true),
        ("ArnNotLike", r#""arn:*:*:*:*:*""#, Nothing, true),
        ("StringEqualsIfExists", r#""a""#, One("b"), false),
        ("StringEqualsIfExists", r#""a""#, One("a"), true),
    ]);
}

#[test]
fn a_key_of_several_values_needs_a_set_operator() {
    check(&[
        ("StringEquals", r#""a""#, Several(&["a"]), false),
        ("StringNotEquals", r#""b""#, Several(&["a"]), false),
        ("StringEqualsIfExists", r#""a""#, Several(&["a"]), false),
        ("StringNotEqualsIfExists", r#""b""#, Several(&["a"]), false),
        (
            "ForAllValues:StringEquals",
            r#"["a", "b"]"#,
            Several(&["a", "b", "a"]),
            true,
        ),
        (
            "ForAllValues:StringEquals",
            r#"["a", "b"]"#,
            Several(&["a", "c"]),
            false,
        ),
        ("ForAllValues:StringEquals", r#""a""#, Several(&[]), true),
        ("ForAllValues:StringEquals", r#""a""#, Nothing, true),
        ("ForAllValues:StringEquals", r#""a""#, One("a"), true),
        (
            "ForAllValues:StringNotEquals",
            r#""a""#,
            Several(&["b", "c"]),
            true,
        ),
        (
            "ForAllValues:StringNotEquals",
            r#""a""#,
            Several(&["b", "a"]),
            false,
        ),
        (
            "ForAllValues:StringEqualsIfExists",
            r#""a""#,
            Several(&["b"]),
            false,
        ),
        (
            "ForAnyValue:StringEquals",
            r#""a""#,
            Several(&["b", "a"]),
            true,
        ),
        ("ForAnyValue:StringEquals", r#""a""#, Several(&["b"]), false),
        ("ForAnyValue:StringEquals", r#""a""#, Several(&[]), false),
        ("ForAnyValue:StringEquals", r#""a""#, Nothing, false),
        (
            "ForAnyValue:StringNotEquals",
            r#""a""#,
            Several(&["a", "b"]),
            true,
        ),
        (
            "ForAnyValue:StringNotEquals",
            r#""a""#,
            Several(&["a"]),
            false,
        ),
        ("ForAnyValue:StringNotEquals", r#""a""#, Nothing, false),
        ("ForAnyValue:StringEqualsIfExists", r#""a""#, Nothing, true),
        (
            "ForAnyValue:StringEqualsIfExists",
            r#""a""#,
            Several(&[]),
            false,
        ),
        (
            "ForAnyValue:IpAddress",
            r#""10.0.0.0/8""#,
            Several(&["nowhere", "10.0.0.1"]),
            true,
        ),
    ]);
}

#[test]
fn variables_are_replaced_in_texts_and_arns_alone() {
    check(&[
        ("StringEquals", r#""${aws:UserName}""#, One("Alice"), true),
        (
            "StringEqualsIgnoreCase",
            r#""x-${aws:username}-Y""#,
            One("X-ALICE-y"),
            true,
        ),
        (
            "StringLike",
            r#""*${aws:username}*""#,
            One("to Alice!"),
            true,
        ),
        ("StringLike", r#""${star}""#, One("ab"), false),
        ("StringLike", r#""${star}""#, One("a*"), true),
        ("StringLike", r#""${*}${?}""#, One("*?"), true),
        (
            "StringEquals",
            r#""${missing, 'nobody'}""#,
            One("nobody"),
            true,
        ),
        ("StringEquals", r#""${missing}""#, One(""), false),
        ("StringNotEquals", r#""${missing}""#, One("x"), true),
        ("StringEquals", r#""${many}""#, One("Alice"), false),
        ("StringEquals", r#""${many, 'Alice'}""#, One("Alice"), false),
        ("Bool", r#""${yes, 'true'}""#, One("true"), false),
    ]);
}

#[test]
fn a_literal_that_cannot_be_read_equals_nothing() {
    for (operator, literals, given, allow, deny) in [
        ("NumericEquals", r#""five""#, One("five"), false, false),
        ("NumericEquals", r#"["five", "5"]"#, One("5"), true, true),
        ("NumericNotEquals", r#""five""#, One("5"), true, true),
        ("NumericNotEquals", r#""five""#, Nothing, true, true),
        ("NumericEqualsIfExists", r#""five""#, Nothing, true, true),
        ("DateLessThan", r#""soon""#, One("2026"), false, false),
        (
            "DateNotEquals",
            r#"["soon", "2025"]"#,
            One("2026"),
            true,
            true,
        ),
        (
            "IpAddress",
            r#""2001:db8::1/32""#,
            One("2001:db8::1"),
            false,
            false,
        ),
        (
            "NotIpAddress",
            r#""2001:db8::1/32""#,
            One("2001:db8::1"),
            true,
            true,
        ),
        ("BinaryEquals", r#""QUI""#, One("QUI"), false, false),
        (
            "ForAllValues:NumericEquals",
            r#""five""#,
            Several(&[]),
            true,
            true,
        ),
        (
            "ForAllValues:NumericEquals",
            r#""five""#,
            Nothing,
            true,
            true,
        ),
        // An ARN that is none hits every ARN where it denies (seen at AWS).
        (
            "ArnEquals",
            r#""alice""#,
            One("arn:aws:iam::1:user/a"),
            false,
            true,
        ),
        (
            "ArnNotEquals",
            r#""alice""#,
            One("arn:aws:iam::1:user/a"),
            false,
            true,
        ),
        ("ArnEquals", r#""alice""#, One("alice"), false, false),
        (
            "ArnEquals",
            r#""arn:aws:*:a""#,
            One("arn:aws:sns:eu-west-1:1:a"),
            false,
            true,
        ),
        (
            "ArnEquals",
            r#"["alice", "arn:aws:iam::1:*"]"#,
            One("arn:aws:iam::1:user/a"),
            false,
            true,
        ),
        // But not behind one that matches.
        (
            "ArnEquals",
            r#"["arn:aws:iam::1:*", "alice"]"#,
            One("arn:aws:iam::1:user/a"),
            true,
            true,
        ),
        (
            "ArnNotLike",
            r#"["arn:aws:iam::1:*", "alice"]"#,
            One("arn:aws:iam::1:user/a"),
            false,
            false,
        ),
        (
            "ArnNotLike",
            r#"["arn:aws:iam::2:*", "alice"]"#,
            One("arn:aws:iam::1:user/a"),
            false,
            true,
        ),
        // A variable may be filled with none.
        (
            "ArnLike",
            r#""${aws:username}""#,
            One("arn:aws:iam::1:user/a"),
            false,
            true,
        ),
        (
            "ArnNotLike",
            r#"["arn:aws:iam::1:*", "${aws:username}"]"#,
            One("arn:aws:iam::1:user/a"),
            false,
            false,
        ),
        (
            "ArnNotLike",
            r#""${missing}""#,
            One("arn:aws:iam::1:user/a"),
            true,
            true,
        ),
    ] {
        let found = [Effect::Allow, Effect::Deny].map(|e| holds(e, operator, literals, &given));
        assert_eq!(found, [allow, deny], "{operator} {literals}");
    }
}

#[test]
fn values_that_are_no_numbers_fail_their_negation_in_the_simulator_alone() {
    let text = r#"{"Statement": {"Condition": {"NumericNotEquals": {"k": "1"}}}}"#;
    let document = Document::parse(text).unwrap();
    let condition = ConditionTest::new(&document.statements[0].conditions[0], true);
    let mut context = Context::default();
    context.set("k", "many");
    assert!(condition.holds(Effect::Allow, &context));
    context.judge_as_simulator();
    assert!(!condition.holds(Effect::Allow, &context));
    context.set("k", "2");
    assert!(condition.holds(Effect::Allow, &context));
}

#[test]
fn the_simulator_stops_at_a_network_that_it_cannot_read() {
    for (networks, in_simulator) in [
        (r#"["office", "203.0.113.0/24"]"#, false),
        (r#"["203.0.113.0/24", "office"]"#, true),
    ] {
        for (operator, is_negated) in [("IpAddress", false), ("NotIpAddress", true)] {
            let text = format!(
                r#"{{"Statement": {{"Condition": {{"{operator}": {{"k": {networks}}}}}}}}}"#
            );
            let document = Document::parse(&text).unwrap();
            let condition = ConditionTest::new(&document.statements[0].conditions[0], true);
            let mut context = Context::default();
            context.set("k", "203.0.113.7");
            assert_eq!(condition.holds(Effect::Allow, &context), !is_negated);
            context.judge_as_simulator();
            let expected = in_simulator != is_negated;
            assert_eq!(condition.holds(Effect::Allow, &context), expected, "{text}");
        }
    }
}
