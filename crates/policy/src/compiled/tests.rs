use proptest::prelude::*;

use super::*;
use crate::Document;
use crate::pattern::{Memo, Pattern};
use crate::request::{Context, Principal};

const USER: Principal<'_> = Principal::User {
    account: "111122223333",
    arn: "arn:aws:iam::111122223333:user/alice",
    id: "",
};

fn compile(text: &str) -> Arc<Compiled> {
    Arc::new(Compiled::new(&Document::parse(text).unwrap()))
}

fn applies(set: &PolicySet, effect: Effect, request: &Request<'_>) -> bool {
    let visit = |_, statement: &CompiledStatement| match statement.applies(effect, request, false) {
        Some(_) => ControlFlow::Break(()),
        None => ControlFlow::Continue(()),
    };
    set.about(effect, request, visit).is_some()
}

/// Whether one statement of version 2012-10-17 applies, for its own effect.
fn one_applies(statement: &str, action: &str, resource: &str) -> bool {
    let set = PolicySet::new([compile(&format!(
        r#"{{"Version": "2012-10-17", "Statement": {{{statement}}}}}"#
    ))]);
    let mut context = Context::default();
    context.set("aws:username", "alice");
    let request = Request::new(USER, action, resource, &context);
    applies(&set, Effect::Allow, &request) || applies(&set, Effect::Deny, &request)
}

#[test]
fn actions_match_without_regard_to_case() {
    for (element, action, expected) in [
        (r#""Action": "s3:GetObject""#, "S3:getobject", true),
        (r#""Action": "S3:GETOBJECT""#, "s3:GetObject", true),
        (r#""Action": "s3:GetObject""#, "s3:GetObjectAcl", false),
        (r#""Action": "s3:Get*""#, "s3:GetObject", true),
        (r#""Action": "s3:Get*""#, "s3:Get", true),
        (r#""Action": "s3:Get*""#, "s3:PutObject", false),
        (r#""Action": "s3:Get*Acl""#, "s3:GetObjectAcl", true),
        (r#""Action": "s3:*Acl""#, "s3:GetObject", false),
        (r#""Action": "s3:?etObject""#, "s3:GetObject", true),
        (r#""Action": "s3:?GetObject""#, "s3:GetObject", false),
        (r#""Action": "*""#, "iam:GetUser", true),
        (r#""Action": "*:Get*""#, "iam:GetUser", true),
        (
            r#""Action": ["iam:*", "s3:PutObject"]"#,
            "s3:PutObject",
            true,
        ),
        (r#""Action": "${aws:username}:*""#, "alice:Get", false),
        (r#""NotAction": "s3:*""#, "iam:GetUser", true),
        (r#""NotAction": "s3:*""#, "S3:GetObject", false),
        (r#""NotAction": ["s3:*", "iam:Get*"]"#, "iam:GetUser", false),
        (
            r#""NotAction": ["s3:*", "iam:Get*"]"#,
            "iam:ListUsers",
            true,
        ),
        (r#""Action": []"#, "s3:GetObject", false),
        (r#""NotAction": []"#, "s3:GetObject", false),
        (r#""Sid": "none""#, "s3:GetObject", false),
    ] {
        for effect in ["Allow", "Deny"] {
            let statement = format!(r#""Effect": "{effect}", "Resource": "*", {element}"#);
            assert_eq!(
                one_applies(&statement, action, "*"),
                expected,
                "{statement} {action}"
            );
        }
    }
    let long = "s3:".to_owned() + &"A".repeat(200);
    for pattern in ["s3:A*", &long] {
        let statement = format!(r#""Effect": "Allow", "Resource": "*", "Action": "{pattern}""#);
        assert!(one_applies(&statement, &long, "*"));
        assert!(!one_applies(&statement, "s3:é", "*"));
    }
}

#[test]
fn resources_match_any_listed_or_none_of_those() {
    let bucket = "arn:aws:s3:::bucket/alice/x";
    for (element, resource, expected) in [
        (r#""Resource": "arn:aws:s3:::bucket/*""#, bucket, true),
        (
            r#""Resource": ["arn:aws:s3:::b", "arn:aws:s3:::bucket/*/x"]"#,
            bucket,
            true,
        ),
        (r#""Resource": "arn:aws:s3:::Bucket/*""#, bucket, false),
        (
            r#""Resource": "arn:aws:s3:::*/${aws:username}/*""#,
            bucket,
            true,
        ),
        (
            r#""Resource": "arn:aws:s3:::*/${missing}/*""#,
            bucket,
            false,
        ),
        (r#""NotResource": "arn:aws:s3:::bucket/*""#, bucket, false),
        (
            r#""NotResource": ["arn:aws:s3:::b", "arn:aws:s3:::c"]"#,
            bucket,
            true,
        ),
        (r#""NotResource": "*""#, bucket, false),
        (r#""Resource": "*""#, "*", true),
        (r#""Resource": "arn:aws:s3:::bucket/*""#, "*", false),
        (r#""NotResource": "arn:aws:s3:::bucket/*""#, "*", true),
        (r#""Resource": []"#, bucket, false),
        (r#""NotResource": []"#, bucket, false),
        (r#""Sid": "none""#, bucket, false),
    ] {
        for effect in ["Allow", "Deny"] {
            let statement = format!(r#""Effect": "{effect}", "Action": "s3:*", {element}"#);
            assert_eq!(
                one_applies(&statement, "s3:GetObject", resource),
                expected,
                "{statement}"
            );
        }
    }
    // What a variable without a value would have left out is not allowed, but denied.
    let element = r#""Action": "*", "NotResource": "arn:aws:s3:::${missing}""#;
    assert!(!one_applies(
        &format!(r#""Effect": "Allow", {element}"#),
        "s3:GetObject",
        bucket
    ));
    assert!(one_applies(
        &format!(r#""Effect": "Deny", {element}"#),
        "s3:GetObject",
        bucket
    ));
}

#[test]
fn an_effect_that_is_none_never_applies() {
    let element = r#""Action": "*", "Resource": "*""#;
    for (effect, expected) in [
        (r#""Effect": "Allow", "#, true),
        (r#""Effect": "Deny", "#, true),
        (r#""Effect": "denY", "#, true),
        (r#""Effect": "allow", "#, false),
        (r#""Effect": "Permit", "#, false),
        ("", false),
    ] {
        assert_eq!(
            one_applies(&format!("{effect}{element}"), "a:B", "*"),
            expected,
            "{effect}"
        );
    }
}

#[test]
fn all_lines_of_a_condition_must_hold() {
    let statement = |conditions: &str| {
        format!(r#""Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {conditions}"#)
    };
    for (conditions, expected) in [
        ("{}", true),
        (r#"{"StringEquals": {}}"#, true),
        (r#"{"StringEquals": {"AWS:UserName": "alice"}}"#, true),
        (
            r#"{"StringEquals": {"aws:username": "alice", "other": "x"}}"#,
            false,
        ),
        (
            r#"{"StringEquals": {"aws:username": "alice"}, "Null": {"other": "true"}}"#,
            true,
        ),
        (
            r#"{"StringEquals": {"aws:username": "alice"}, "Null": {"other": "false"}}"#,
            false,
        ),
    ] {
        assert_eq!(
            one_applies(&statement(conditions), "a:B", "*"),
            expected,
            "{conditions}"
        );
    }
}

#[test]
fn documents_before_2012_have_no_variables() {
    let mut context = Context::default();
    context.set("aws:username", "alice");
    for (version, alice, itself) in [
        (r#""Version": "2012-10-17", "#, true, false),
        (r#""Version": "2008-10-17", "#, false, true),
        ("", false, true),
    ] {
        let set = PolicySet::new([compile(&format!(
            r#"{{{version}"Statement": {{"Effect": "Allow", "Action": "*",
                "Resource": "arn:aws:s3:::${{aws:username}}"}}}}"#
        ))]);
        for (resource, expected) in [
            ("arn:aws:s3:::alice", alice),
            ("arn:aws:s3:::${aws:username}", itself),
        ] {
            let request = Request::new(USER, "s3:GetObject", resource, &context);
            assert_eq!(
                applies(&set, Effect::Allow, &request),
                expected,
                "{version} {resource}"
            );
        }
    }
}

/// Actions and resources that share beginnings, so that the index has something to get wrong.
fn patterns(part: &'static str) -> impl Strategy<Value = Vec<String>> {
    let pattern = proptest::string::string_regex(part).unwrap();
    proptest::collection::vec(pattern, 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn the_index_finds_every_statement_that_applies(
        statements in proptest::collection::vec(
            (
                any::<bool>(),
                any::<bool>(),
                patterns(r"(s:[ab]{0,3}\*?)|(s:[ab*?]{0,3})|\*"),
                patterns(r"(arn:p:s:::[ab]{0,3}[*]?)|(arn:p:s:::[ab*?]{0,3})|\*|arn:\*:s:::a"),
            ),
            1..12,
        ),
        action in "s:[ab]{0,4}",
        resource in r"arn:p:s:::[ab]{0,4}|\*",
    ) {
        let context = Context::default();
        let request = Request::new(USER, &action, &resource, &context);
        let texts = statements.iter().map(|(not_action, not_resource, actions, resources)| {
            let not = |is_negated: &bool| if *is_negated { "Not" } else { "" };
            format!(
                r#"{{"Statement": {{"Effect": "Allow", "{}Action": {actions:?}, "{}Resource": {resources:?}}}}}"#,
                not(not_action),
                not(not_resource),
            )
        });
        let compiled: Vec<_> = texts.map(|text| compile(&text)).collect();
        let mut found = Vec::new();
        let set = PolicySet::new(compiled.iter().cloned());
        let _: Option<()> = set.about(Effect::Allow, &request, |place, statement| {
            if statement.applies(Effect::Allow, &request, false).is_some() {
                found.push(place.policy);
            }
            ControlFlow::Continue(())
        });
        found.sort_unstable();
        found.dedup();
        let by_itself = |compiled: &Compiled| {
            let statement = &compiled.statements[0];
            let matches = |pattern: &Pattern| pattern.matches(request.action(), &context, &mut Memo::default());
            let is_listed = statement.actions.patterns.iter().any(matches);
            is_listed != statement.actions.is_negated
                && statement.applies(Effect::Allow, &request, false).is_some()
        };
        let expected: Vec<usize> = (0..compiled.len()).filter(|i| by_itself(&compiled[*i])).collect();
        prop_assert_eq!(found, expected);
    }
}

#[test]
fn a_statement_is_looked_at_a_few_times_however_often_it_names_an_action() {
    let many = |pattern: &str| format!("[{}]", vec![format!("\"{pattern}\""); 500].join(","));
    let mixed = r#"["*", "s3:*", "s3:Get*", "S3:GetObject", "s3:*Object", "s3:G?tObject", "*Object", "?3:*", "sqs:*e"]"#;
    for (actions, most) in [
        (many("*"), 1),
        (many("s3:GetObject"), 1),
        (many("s3:Get*ct"), 1),
        (mixed.to_owned(), 3),
    ] {
        let text = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Action": {actions}, "Resource": "*"}}}}"#
        );
        let document = Document::parse(&text).unwrap();
        let set = PolicySet::new([Arc::new(Compiled::new(&document))]);
        let context = Context::default();
        let request = Request::new(Principal::Anonymous, "s3:GetObject", "*", &context);
        let mut visits = 0;
        let _: Option<()> = set.about(Effect::Deny, &request, |_, _| {
            visits += 1;
            ControlFlow::Continue(())
        });
        assert!((1..=most).contains(&visits), "{visits} {actions}");
    }
}
