//! A decision allocates nothing, nor does making a request of ASCII ready.

use std::sync::Arc;

use keyward_policy::{
    Compiled, Context, Decision, Document, Policies, PolicySet, Principal, Request, evaluate,
};

const IDENTITY: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::${aws:username}*?/*é*"},
    {"Effect": "Allow", "Action": ["s3:Get*", "s3:*Object"], "NotResource": "arn:aws:s3:::c/*", "Condition": {
        "StringEquals": {"aws:username": "${aws:username, 'x'}"},
        "StringEqualsIgnoreCase": {"aws:PrincipalTag/Team": "ÄRGER"},
        "StringLike": {"aws:UserAgent": "*a?b*c??d*"},
        "StringNotLike": {"aws:UserAgent": ["*z*", "${aws:username}*"]},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "3600.5"},
        "DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00.5+01:00"},
        "Bool": {"aws:SecureTransport": "true"},
        "BinaryEquals": {"bytes": "QUI="},
        "IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]},
        "ArnLike": {"aws:PrincipalArn": "arn:*:iam::*:user/*"},
        "Null": {"aws:TokenIssueTime": "true"},
        "ForAllValues:StringLike": {"aws:TagKeys": ["a*", "b*"]}}},
    {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
        "StringNotEqualsIfExists": {"aws:username": "alice"}}}]}"#;

const RESOURCE: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"},
    {"Effect": "Deny", "NotPrincipal": {"AWS": [
        "111122223333", "arn:aws:iam::111122223333:user/alice"]}, "Action": "*", "Resource": "*"}]}"#;

const GRANTING: &str = r#"{"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:*", "Resource": "*"}]}"#;

#[test]
fn a_decision_allocates_nothing() {
    let set = |text: &str| {
        let document = Document::parse(text).unwrap();
        PolicySet::new([Arc::new(Compiled::new(&document))])
    };
    let (identity, resource) = (set(IDENTITY), set(RESOURCE));
    let all = set(r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#);
    let levels = [&all, &all];
    let mut context = Context::default();
    for (key, value) in [
        ("aws:username", "alice"),
        ("aws:PrincipalTag/Team", "Ärger"),
        ("aws:UserAgent", "xxa-bxxc--dxx"),
        ("aws:MultiFactorAuthAge", "0017"),
        ("aws:CurrentTime", "2026-05-17T10:30:15.123Z"),
        ("aws:SecureTransport", "true"),
        ("bytes", "QUI="),
        ("aws:SourceIp", "10.0.0.7"),
        ("aws:PrincipalArn", "arn:aws:iam::111122223333:user/alice"),
    ] {
        context.set(key, value);
    }
    context.set_several("aws:TagKeys", ["a1", "b2"]);
    // Who has a boundary is denied by the `NotPrincipal`.
    let policies = Policies {
        identity: Some(&identity),
        boundary: None,
        session: Some(&all),
        resource: Some(&resource),
        resource_must_allow: true,
        service_control: &levels,
        resource_control: &levels,
        endpoint: Some(&all),
    };
    let granting = set(GRANTING);
    let bounded = Policies {
        boundary: Some(&all),
        resource: Some(&granting),
        ..policies
    };
    let alice = Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/alice",
        id: "",
    };
    let long = format!("arn:aws:s3:::alice/{}", "a".repeat(1000));
    for resource in [
        "arn:aws:s3:::bucket/key",
        "arn:aws:s3:::alices/x",
        &long,
        "*",
    ] {
        for policies in [&policies, &bounded] {
            let mut decision = None;
            let counted = allocation_counter::measure(|| {
                let request = Request::new(alice, "s3:GetObject", resource, &context);
                decision = Some(evaluate(&request, policies));
            });
            assert_eq!(decision, Some(Decision::Allowed), "{resource}");
            assert_eq!(counted.count_total, 0, "{resource}");
        }
    }
    // Of characters beyond ASCII the request keeps a copy, and the decision still makes none.
    let request = Request::new(alice, "s3:GetObject", "arn:aws:s3:::bucket/ké𐍈", &context);
    let counted = allocation_counter::measure(|| {
        assert_eq!(evaluate(&request, &policies), Decision::Allowed);
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn long_texts_and_many_statements_allocate_nothing_either() {
    let (text, value) = ("a".repeat(2_000), format!("{}x", "a".repeat(700)));
    let resource = format!("arn:aws:s3:::{text}");
    // Long literals, short ones, gaps and long variables, none of which is there.
    let chunks = [
        format!("*{}x*", "a".repeat(300)),
        "*aaaaax?a*".to_owned(),
        "*a${v:v}*".to_owned(),
        "*${v:w}${v:v}?*".to_owned(),
        "a*a*a*a*x*".to_owned(),
    ];
    let list = |head: &str| -> String {
        let items: Vec<String> = (chunks.iter())
            .map(|chunk| format!(r#""{head}{chunk}""#))
            .collect();
        items.join(",")
    };
    let statement = |number: usize| {
        format!(r#"{{"Effect": "Deny", "Action": "s3:Get*{number}", "Resource": "*"}}"#)
    };
    let further: Vec<String> = (0..1_000).map(statement).collect();
    let document = format!(
        r#"{{"Version": "2012-10-17", "Statement": [
            {{"Effect": "Deny", "Action": "*", "Resource": [{}]}},
            {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{"StringLike": {{"k": [{}]}}}}}},
            {{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {{
                "ForAnyValue:StringLike": {{"several": ["x*", "*${{v:v}}*"]}},
                "ForAllValues:StringEquals": {{"several": ["x", "${{k}}"]}}}}}},
            {{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}},
            {}]}}"#,
        list("arn:*:*:*:*:"),
        list(""),
        further.join(","),
    );
    let document = Document::parse(&document).unwrap();
    let identity = PolicySet::new([Arc::new(Compiled::new(&document))]);
    let mut context = Context::default();
    context.set("k", text.as_str());
    context.set("v:v", value.as_str());
    context.set("v:w", "aaa");
    context.set_several("several", [text.as_str(), "a", "b"]);
    let policies = Policies {
        identity: Some(&identity),
        ..Policies::default()
    };
    let alice = Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/alice",
        id: "",
    };
    let counted = allocation_counter::measure(|| {
        let request = Request::new(alice, "s3:GetObject", &resource, &context);
        assert_eq!(evaluate(&request, &policies), Decision::Allowed);
    });
    assert_eq!(counted.count_total, 0);
}
