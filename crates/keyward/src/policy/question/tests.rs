use super::*;

fn with(rest: &str) -> String {
    format!(
        r#"{{"principal": "arn:aws:iam::111122223333:user/alice", "action": "a:b", "resource": "*"{rest}}}"#
    )
}

fn fault(line: &str) -> String {
    Question::read(line).unwrap_err()
}

fn context(entries: &str) -> Context {
    let line = with(&format!(r#", "context": {entries}"#));
    Question::read(&line).unwrap().context
}

#[test]
fn a_question_may_say_no_more_than_who_what_and_with_what() {
    let line = with("");
    let question = Question::read(&line).unwrap();
    assert_eq!((&*question.action, &*question.resource), ("a:b", "*"));
    assert!(question.layers.iter().all(|layer| layer.levels.is_empty()));
    let line = with(r#", "identityPolicies": [], "resourcePolicy": null, "resourceAccount": null"#);
    assert!(Question::read(&line).is_ok());
}

#[test]
fn a_level_without_documents_is_a_level() {
    let line = with(
        r#", "serviceControlPolicies": [[], [{"Statement": []}, {}]], "endpointPolicies": []"#,
    );
    let question = Question::read(&line).unwrap();
    let levels = &question.layer(Kind::ServiceControl).unwrap().levels;
    let counts: Vec<_> = levels.iter().map(|level| level.policies.len()).collect();
    assert_eq!(counts, [0, 2]);
}

#[test]
fn documents_keep_their_own_text() {
    let line = with(", \"identityPolicies\": [ {\"Statement\"  :\t[]} ]");
    let question = Question::read(&line).unwrap();
    let policy = question.policy(Kind::Identity, 0, 0).unwrap();
    assert_eq!(policy.text, "{\"Statement\"  :\t[]}");
    assert!(question.policy(Kind::Identity, 0, 1).is_none());
    assert!(question.policy(Kind::Session, 0, 0).is_none());
}

#[test]
fn values_are_texts_and_lists_have_several() {
    let mut expected = Context::default();
    expected.set("a", "é\n");
    expected.set("b", "1.50");
    expected.set("c", "-1e400");
    expected.set("d", "true");
    expected.set_several("e", ["1", "false", "x"]);
    expected.set_several("f", Vec::<String>::new());
    expected.set_several("aws:tagkeys", ["one"]);
    let read = context(
        r#"{"a": "é\n", "b": 1.50, "C": -1e400, "d": true, "e": [1, false, "x"], "f": [],
            "aws:TagKeys": "one"}"#,
    );
    assert_eq!(read, expected);
}

#[test]
fn lines_that_are_no_questions_are_refused_with_their_reason() {
    for (line, expected) in [
        (String::new(), "expected a JSON object"),
        ("[]".to_owned(), "expected a JSON object"),
        ("{".to_owned(), "EOF"),
        ("{}".to_owned(), "missing field `principal`"),
        (with("") + "x", "trailing characters"),
        (with(r#", "whatever": 1"#), "unknown field `whatever`"),
        (with(r#", "action": "c:d""#), "duplicate field `action`"),
        (with("").replace(r#""a:b""#, "5"), "expected a string"),
        (
            with(r#", "resourceAccount": "1""#),
            "`resourceAccount` must be",
        ),
        (with(r#", "context": []"#), "an object of context keys"),
        (
            with(r#", "context": {"a": "", "A": ""}"#),
            "context key `A` is there twice",
        ),
        (
            with(r#", "context": {"a": null}"#),
            "context key `a` must have",
        ),
        (
            with(r#", "context": {"a": {}}"#),
            "context key `a` must have",
        ),
        (
            with(r#", "context": {"a": [[]]}"#),
            "context key `a` must have",
        ),
        (with(r#", "identityPolicies": {}"#), "expected a sequence"),
        (
            with(r#", "identityPolicies": ["{}"]"#),
            "identityPolicies[0]: ",
        ),
        (
            with(r#", "identityPolicies": [{}, {"A": 1}]"#),
            "identityPolicies[1]: unknown element `A`",
        ),
        (
            with(r#", "resourcePolicy": {"Version": "2013"}"#),
            "resourcePolicy: ",
        ),
        (
            with(r#", "serviceControlPolicies": [{}]"#),
            "expected a sequence",
        ),
        (
            with(r#", "resourceControlPolicies": [[], [{"Id": 5}]]"#),
            "resourceControlPolicies[1][0]: ",
        ),
        (
            with(&format!(
                r#", "serviceControlPolicies": [{}[]]"#,
                "[],".repeat(100)
            )),
            "more than 100 levels",
        ),
    ] {
        let message = fault(&line);
        assert!(message.contains(expected), "{line}: {message}");
    }
}

#[test]
fn a_faulty_document_is_named_with_the_place_in_its_own_text() {
    let line = with(", \"identityPolicies\": [{\"Statement\": [\r {\"Effect\": \"Maybe\"}]}]");
    let message = fault(&line);
    assert!(
        message.ends_with("(line 2, column 13 of the document)"),
        "{message}"
    );
}

#[test]
fn nesting_without_end_is_refused() {
    for rest in [
        format!(r#", "context": {{"a": {}"#, "[".repeat(1_000_000)),
        format!(r#", "identityPolicies": [{}"#, r#"{"a":"#.repeat(1_000_000)),
        format!(
            r#", "identityPolicies": [{{"Statement": {}{}}}]"#,
            "[".repeat(100_000),
            "]".repeat(100_000)
        ),
    ] {
        assert!(Question::read(&with(&rest)).is_err());
    }
}
