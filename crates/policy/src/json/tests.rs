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
