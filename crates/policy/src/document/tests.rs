//! Documents: reading, positions, printing.

use proptest::prelude::*;

use super::*;

/// Takes all positions away.
fn without_positions(mut document: Document) -> Document {
    fn clear(text: &mut Text) {
        text.span = 0..0;
    }
    document.version.iter_mut().for_each(clear);
    document.id.iter_mut().for_each(clear);
    for statement in &mut document.statements {
        statement.span = 0..0;
        statement.told_start = 0;
        statement.sid.iter_mut().for_each(clear);
        statement.effect.iter_mut().for_each(clear);
        if let Some(principals) = &mut statement.principals {
            principals.span = 0..0;
            match &mut principals.named {
                NamedPrincipals::Bare(text) => clear(text),
                NamedPrincipals::ByKind(kinds) => {
                    for (kind, names) in kinds {
                        clear(kind);
                        names.iter_mut().for_each(clear);
                    }
                }
            }
        }
        let patterns = [&mut statement.actions, &mut statement.resources];
        for patterns in patterns.into_iter().flatten() {
            patterns.span = 0..0;
            patterns.items.iter_mut().for_each(clear);
        }
        for condition in &mut statement.conditions {
            clear(&mut condition.operator_text);
            clear(&mut condition.key);
            condition.values.iter_mut().for_each(clear);
        }
    }
    document
}

fn parse(text: &str) -> Document {
    Document::parse(text).unwrap()
}

fn told(text: &str) -> Vec<(usize, usize)> {
    let columns = |statement: &Statement| {
        let start = position(text, statement.told_start);
        let end = position(text, statement.span.end);
        assert_eq!((start.line, end.line), (1, 1));
        (start.column, end.column)
    };
    parse(text).statements.iter().map(columns).collect()
}

// Seen at AWS in 2025 and 2026.
#[test]
fn the_simulator_is_told_where_statements_of_a_list_are() {
    let first = r#"{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}"#;
    let second = r#"{"Effect":"Deny","Action":"s3:GetObject","Resource":"*"}"#;
    assert_eq!((first.len(), second.len()), (57, 56));
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{first},{second}]}}"#);
    assert_eq!(told(&text), [(38, 95), (95, 152)]);
    let spaced = format!(r#"{{"Statement": [  {first} , {second} ]}}"#);
    assert_eq!(told(&spaced), [(16, 75), (75, 134)]);
}

// Seen at AWS in 2025.
#[test]
fn the_simulator_is_told_where_a_single_statement_is() {
    let statement = r#"{"Action": "s3:PutObject", "Effect": "Allow", "Resource": "*", "Sid": ""}"#;
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {statement}}}"#);
    assert_eq!(text.find(statement), Some(39));
    assert_eq!(text.rfind("}}"), Some(111));
    assert_eq!(told(&text), [(41, 113)]);
}

#[test]
fn a_document_says_what_its_text_says_and_where() {
    let text = r#"{"Id": "i", "Statement": {"NotAction": ["a:b", "c:d"], "Principal": {"AWS": "*"},
        "NotResource": "*", "Condition": {"NumericEquals": {"k": [1.50, true, "x"]}, "Any": {}}}}"#;
    let document = parse(text);
    assert_eq!(document.version, None);
    let [statement] = document.statements.as_slice() else {
        panic!("one statement");
    };
    let actions = statement.actions.as_ref().unwrap();
    assert!(actions.is_negated);
    assert_eq!(text.get(actions.span.clone()).unwrap(), r#"["a:b", "c:d"]"#);
    assert_eq!(text.get(actions.items[1].span.clone()).unwrap(), r#""c:d""#);
    assert!(statement.resources.as_ref().unwrap().is_negated);
    let [condition] = statement.conditions.as_slice() else {
        panic!("one condition");
    };
    let values: Vec<&str> = condition.values.iter().map(|value| &*value.text).collect();
    assert_eq!(values, ["1.50", "true", "x"]);
    assert_eq!(text.get(condition.values[0].span.clone()).unwrap(), "1.50");
}

#[test]
fn texts_that_are_no_documents_are_refused_where_they_go_wrong() {
    for (text, problem, at) in [
        ("{", "not JSON: expected a name in quotes", ""),
        ("[]", "`the policy` must be an object", "[]"),
        (
            r#"{"statement":[]}"#,
            "unknown element `statement`",
            r#""statement""#,
        ),
        (r#"{"Version":1}"#, "`Version` must be a text", "1"),
        (r#"{"Id":{}}"#, "`Id` must be a text", "{}"),
        (
            r#"{"Id":"a","Id":"b"}"#,
            "element `Id` is there twice",
            r#""Id""#,
        ),
        (
            r#"{"Statement":"x"}"#,
            "`Statement` must be an object",
            r#""x""#,
        ),
        (
            r#"{"Statement":[[]]}"#,
            "`Statement` must be an object",
            "[]",
        ),
        (
            r#"{"Statement":{"sid":""}}"#,
            "unknown element `sid`",
            r#""sid""#,
        ),
        (r#"{"Statement":{"Sid":[]}}"#, "`Sid` must be a text", "[]"),
        (
            r#"{"Statement":{"Effect":true}}"#,
            "`Effect` must be a text",
            "true",
        ),
        (
            r#"{"Statement":{"Action":"a","NotAction":"a"}}"#,
            "a statement can't have both `Action` and `NotAction`",
            r#""NotAction""#,
        ),
        (
            r#"{"Statement":{"NotResource":"a","Resource":"a"}}"#,
            "a statement can't have both `Resource` and `NotResource`",
            r#""Resource""#,
        ),
        (
            r#"{"Statement":{"Action":{}}}"#,
            "`Action` must be a text or a list of texts",
            "{}",
        ),
        (
            r#"{"Statement":{"Resource":[["a"]]}}"#,
            "`Resource` must be a text or a list of texts",
            r#"["a"]"#,
        ),
        (
            r#"{"Statement":{"Principal":[]}}"#,
            "`Principal` must be an object",
            "[]",
        ),
        (
            r#"{"Statement":{"Condition":[]}}"#,
            "`Condition` must be an object",
            "[]",
        ),
        (
            r#"{"Statement":{"Condition":{"StringEquals":"a"}}}"#,
            "`StringEquals` must be an object",
            r#""a""#,
        ),
        (
            r#"{"Statement":{"Condition":{"ForAnyValue::StringEquals":{"a":"b"}}}}"#,
            "unknown condition operator `ForAnyValue::StringEquals`",
            r#""ForAnyValue::StringEquals""#,
        ),
        (
            r#"{"Statement":{"Condition":{"StringEquals":{"a":{}}}}}"#,
            "`a` must be a text, a number, a boolean or a list of them",
            "{}",
        ),
    ] {
        let error = Document::parse(text).unwrap_err();
        assert_eq!(error.to_string(), problem, "{text}");
        assert_eq!(text.get(error.span).unwrap(), at, "{text}");
    }
}

fn texts() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        any::<String>().prop_map(Into::into),
        prop::collection::vec(any::<String>(), 0..3).prop_map(Into::into),
    ]
}

fn condition_values() -> impl Strategy<Value = serde_json::Value> {
    prop_oneof![
        texts(),
        any::<i32>().prop_map(Into::into),
        any::<bool>().prop_map(Into::into),
    ]
}

fn condition_blocks() -> impl Strategy<Value = serde_json::Value> {
    let operator = prop::sample::select(vec!["StringLike", "Bool", "ForAnyValue:ArnLikeIfExists"]);
    let lines = prop::collection::btree_map(any::<String>(), condition_values(), 0..3);
    prop::collection::btree_map(operator, lines, 0..3).prop_map(|blocks| serde_json::json!(blocks))
}

fn principals() -> impl Strategy<Value = serde_json::Value> {
    let kind = prop::sample::select(vec!["AWS", "Service", "Federated", "Other"]);
    prop_oneof![
        any::<String>().prop_map(Into::into),
        prop::collection::btree_map(kind, texts(), 0..3).prop_map(|kinds| serde_json::json!(kinds)),
    ]
}

/// An element that may be missing and goes by either of two names.
fn element(
    names: [&'static str; 2],
    value: impl Strategy<Value = serde_json::Value>,
) -> impl Strategy<Value = Option<(&'static str, serde_json::Value)>> {
    prop::option::of((prop::sample::select(names.to_vec()), value))
}

fn documents() -> impl Strategy<Value = String> {
    let any_text = || any::<String>().prop_map(serde_json::Value::from);
    let statement = (
        element(["Sid", "Sid"], any_text()),
        element(["Effect", "Effect"], any_text()),
        element(["Principal", "NotPrincipal"], principals()),
        element(["Action", "NotAction"], texts()),
        element(["Resource", "NotResource"], texts()),
        element(["Condition", "Condition"], condition_blocks()),
    )
        .prop_map(
            |(sid, effect, principals, actions, resources, conditions)| {
                let elements = [sid, effect, principals, actions, resources, conditions];
                serde_json::json!(std::collections::BTreeMap::from_iter(
                    elements.into_iter().flatten()
                ))
            },
        )
        .boxed();
    let statements = prop_oneof![
        statement.clone(),
        prop::collection::vec(statement, 0..4).prop_map(Into::into),
    ];
    (
        element(["Version", "Version"], any_text()),
        element(["Id", "Id"], any_text()),
        element(["Statement", "Statement"], statements),
        any::<bool>(),
    )
        .prop_map(|(version, id, statements, pretty)| {
            let elements = [version, id, statements].into_iter().flatten();
            let document = std::collections::BTreeMap::from_iter(elements);
            if pretty {
                serde_json::to_string_pretty(&document)
            } else {
                serde_json::to_string(&document)
            }
            .unwrap()
        })
}

proptest! {
    #[test]
    fn a_printed_document_is_read_as_the_same(text in documents()) {
        let document = parse(&text);
        let printed = document.to_json();
        let again = parse(&printed);
        prop_assert_eq!(again.to_json(), printed);
        prop_assert_eq!(without_positions(again), without_positions(document));
    }

    #[test]
    fn what_stands_at_a_span_is_what_the_document_says(text in documents()) {
        for statement in parse(&text).statements {
            let braces = text.get(statement.span.clone()).unwrap().starts_with('{');
            prop_assert!(braces);
            prop_assert!(statement.told_start <= statement.span.start + 1);
            let patterns = [statement.actions, statement.resources];
            let items = patterns.into_iter().flatten().flat_map(|patterns| patterns.items);
            for item in items.chain(statement.sid).chain(statement.effect) {
                let meant: String = serde_json::from_str(text.get(item.span).unwrap()).unwrap();
                prop_assert_eq!(&*item.text, meant);
            }
        }
    }
}
