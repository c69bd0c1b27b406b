//! Two evaluators that share no code agree on random policies and requests.
//!
//! `AGREEMENT_CASES` says how many are tried; what they differ on shrinks, is printed as a question,
//! and enters the corpus.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that can't go on must fail with its reason"
)]
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "the second opinion reads the rules one after the other, as they are written"
)]

mod question;
mod reference;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

const PRINCIPALS: &[&str] = &[
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    "arn:aws:sts::111122223333:federated-user/fred",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::111122223333:oidc-provider/idp.example",
    "ec2.amazonaws.com",
];

const NAMED: &[&str] = &[
    "*",
    OWN,
    OTHER,
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::444455556666:root",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sts::111122223333:assumed-role/app/one",
    "arn:aws:sts::111122223333:federated-user/fred",
];

const ACTIONS: &[&str] = &[
    "s3:GetObject",
    "S3:getobject",
    "s3:PutObject",
    "iam:GetUser",
    "sts:AssumeRole",
    "kms:Decrypt",
    "sts:GetCallerIdentity",
];

const ACTION_PATTERNS: &[&str] = &[
    "*",
    "s3:*",
    "S3:GET*",
    "s3:Get?bject",
    "s3:GetObject",
    "iam:*User",
    "sts:AssumeRole",
    "sts:*",
    "kms:*",
    "s*:GetObject",
    "s3:**t",
    "iam:Get",
    "?3:*",
];

const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:s3:::bucket/alice",
    "arn:aws:s3:::bucket/a/b:c",
    "arn:aws:s3:::bucket/*",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::444455556666:user/alice",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:sqs:us-east-1:444455556666:queue",
    "arn:aws:kms:us-east-1:111122223333:key/k1",
    "arn:aws:kms:us-east-1:444455556666:key/k2",
    "arn:aws:kms:us-east-1:111122223333:alias/k1",
    "arn:aws:s3:::bucket/€𝄞",
    "queue",
];

const RESOURCE_PATTERNS: &[&str] = &[
    "*",
    "arn:aws:s3:::bucket/*",
    "arn:aws:s3:::bucket/${aws:username}",
    "arn:aws:s3:::bucket/${aws:Missing, 'alice'}",
    "arn:aws:s3:::bucket/${aws:Missing}",
    "arn:aws:s3:::bucket/${*}",
    "arn:aws:s3:::*/a*c",
    "arn:aws:s3:::bucket/€??",
    "arn:aws:iam::*:user/al?ce",
    "arn:aws:iam::${aws:PrincipalAccount}:user/*",
    "arn:*:*:*:*:*",
    "arn:aws:*",
    "${aws:PrincipalArn}",
    "arn:aws:s3:::bucket/${aws:username 'alice'}",
    "arn:aws:s3:::${aws:TagKeys}",
    "${aws:TagKeys, '*'}",
    "arn:aws:s3:::${s3:prefix}",
    "queue",
    "q*",
];

const OPERATORS: &[&str] = &[
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
];

const KEYS: &[&str] = &[
    "aws:username",
    "AWS:UserName",
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:SourceIp",
    "aws:CurrentTime",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:TagKeys",
    "s3:prefix",
    "custom:bytes",
    "aws:Missing",
];

/// Values of keys and of conditions alike, so that they meet.
const VALUES: &[&str] = &[
    "alice",
    "Alice",
    "al*",
    "al?ce",
    "",
    "ſ",
    "s",
    "${aws:username}",
    "${aws:Missing}",
    "${aws:Missing, 'alice'}",
    "${aws:username 'alice'}",
    "${$}",
    "${*}",
    "*",
    "300",
    "0300",
    "+300.0",
    "299.999",
    "-1",
    "1e3",
    "3e2",
    "0.3E+3",
    "300.",
    "29999.9e-2",
    "1e",
    ".5",
    "3000000000000000000001",
    "2026",
    "2026-11",
    "2026-11-25",
    "2026-11-25T00:00:00Z",
    "2026-11-25T01:00:00+01:00",
    "2026-11-25T00:00:00.0009Z",
    "2026-11-25t1:00:00+01",
    "2026-11-25T",
    "2026-11-25T00:00:00+1",
    "+1795564800",
    "1795564800",
    "soon",
    "true",
    "TRUE",
    "false",
    "yes",
    "203.0.113.7",
    "203.0.113.0/24",
    "203.000.113.007",
    "203.0.113.00/+024",
    "2001:db8:::1",
    "2001:db8::1:",
    "203.0.113.7/8",
    "2001:db8::1",
    "2001:db8::/32",
    "2001:db8::1/32",
    "::ffff:203.0.113.7",
    "300.0.0.1",
    "aGk=",
    "aGk",
    "!",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:iam::*:user/*",
    "arn:aws:iam::111122223333:role/app",
    "arn:aws:iam:user",
    "arn:aws:iam::${aws:PrincipalAccount}:user/alice",
    "${aws:PrincipalArn}",
    "team",
    "cost",
];

fn one_or_more(of: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => select(of).prop_map(Value::from),
        1 => prop::collection::vec(select(of), 0..3).prop_map(Value::from),
    ]
}

fn operator() -> impl Strategy<Value = String> {
    let quantifier = prop_oneof![
        4 => Just(""),
        1 => Just("ForAllValues:"),
        1 => Just("ForAnyValue:"),
    ];
    let plain = (quantifier, select(OPERATORS), prop::bool::weighted(0.2)).prop_map(
        |(quantifier, name, if_exists)| {
            format!(
                "{quantifier}{name}{}",
                if if_exists { "IfExists" } else { "" }
            )
        },
    );
    prop_oneof![9 => plain, 1 => Just("Null".to_owned())]
}

fn condition() -> impl Strategy<Value = Value> {
    let line = (operator(), select(KEYS), one_or_more(VALUES));
    prop::collection::vec(line, 0..3).prop_map(|lines| {
        let mut block = json!({});
        for (operator, key, values) in lines {
            block[operator][key] = values;
        }
        block
    })
}

fn principals() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(json!("*")),
        5 => one_or_more(NAMED).prop_map(|names| json!({"AWS": names})),
        1 => Just(json!({"Service": "ec2.amazonaws.com"})),
        1 => Just(json!({"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example"})),
        1 => one_or_more(NAMED).prop_map(|names| json!({"AWS": names, "Service": ["*"]})),
    ]
}

fn statement(has_principal: bool) -> impl Strategy<Value = Value> {
    let negated = || prop::bool::weighted(0.15);
    let effect = prop_oneof![5 => Just("Allow"), 2 => Just("Deny"), 1 => select(&["allow", "deny", "DENY"][..])];
    (
        effect,
        (negated(), one_or_more(ACTION_PATTERNS)),
        (negated(), one_or_more(RESOURCE_PATTERNS)),
        prop_oneof![2 => Just(json!({})), 3 => condition()],
        (negated(), principals()),
    )
        .prop_map(move |(effect, action, resource, condition, principal)| {
            let mut statement = json!({"Effect": effect, "Condition": condition});
            let mut put = |name: &str, (is_negated, value): (bool, Value)| {
                let name = format!("{}{name}", if is_negated { "Not" } else { "" });
                statement[name] = value;
            };
            put("Action", action);
            put("Resource", resource);
            if has_principal {
                put("Principal", principal);
            }
            statement
        })
}

fn policy(has_principal: bool) -> impl Strategy<Value = Value> {
    let version =
        prop_oneof![6 => Just(Some("2012-10-17")), 1 => Just(Some("2008-10-17")), 1 => Just(None)];
    let statements = prop::collection::vec(statement(has_principal), 1..4);
    (version, statements).prop_map(|(version, statements)| {
        let mut policy = json!({"Statement": statements});
        if let Some(version) = version {
            policy["Version"] = version.into();
        }
        policy
    })
}

fn some(weight: f64, has_principal: bool) -> impl Strategy<Value = Value> {
    let policies = prop::collection::vec(policy(has_principal), 1..3);
    prop::option::weighted(weight, policies).prop_map(|list| json!(list.unwrap_or_default()))
}

fn levels(weight: f64, has_principal: bool) -> impl Strategy<Value = Value> {
    let level = prop::collection::vec(policy(has_principal), 0..3);
    let levels = prop::collection::vec(level, 1..3);
    prop::option::weighted(weight, levels).prop_map(|list| json!(list.unwrap_or_default()))
}

fn context() -> impl Strategy<Value = Value> {
    let single: Vec<&str> = KEYS
        .iter()
        .copied()
        .filter(|key| *key != "aws:TagKeys")
        .collect();
    let keys = prop::collection::vec((select(single), select(VALUES)), 0..6);
    let tags = prop::option::weighted(0.4, prop::collection::vec(select(VALUES), 0..3));
    (keys, tags).prop_map(|(keys, tags)| {
        let mut context = json!({});
        for (key, value) in keys {
            // One spelling: a context has a key once.
            let key = if key == "AWS:UserName" {
                "aws:username"
            } else {
                key
            };
            context[key] = value.into();
        }
        if let Some(tags) = tags {
            context["aws:TagKeys"] = tags.into();
        }
        context
    })
}

fn question() -> impl Strategy<Value = Value> {
    let principal = prop_oneof![
        9 => select(PRINCIPALS).prop_map(Value::from),
        1 => Just(json!({"type": "Anonymous"})),
    ];
    let owner = prop::option::weighted(0.3, select(&[OWN, OTHER][..]));
    (
        (principal, select(ACTIONS), select(RESOURCES), owner, context()),
        (some(0.9, false), some(0.3, false), some(0.3, false)),
        prop::option::weighted(0.5, policy(true)),
        (levels(0.2, false), levels(0.2, true), some(0.15, true)),
    )
        .prop_map(|(asked, (identity, boundary, session), resource, (service, control, endpoint))| {
            let (principal, action, name, owner, context) = asked;
            let mut question = json!({
                "principal": principal, "action": action, "resource": name, "context": context,
                "identityPolicies": identity, "permissionsBoundaries": boundary, "sessionPolicies": session,
                "serviceControlPolicies": service, "resourceControlPolicies": control,
                "endpointPolicies": endpoint,
            });
            if let Some(owner) = owner {
                question["resourceAccount"] = owner.into();
            }
            if let Some(resource) = resource {
                question["resourcePolicy"] = resource;
            }
            question
        })
}

#[test]
fn the_two_evaluators_agree() {
    let cases = std::env::var("AGREEMENT_CASES")
        .ok()
        .and_then(|text| text.parse().ok());
    let config = ProptestConfig {
        cases: cases.unwrap_or(3_000),
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(question in question())| {
        let (by_crate, by_rules) = (question::decide(&question), reference::decide(&question));
        prop_assert_eq!(by_crate, by_rules, "crate against reference: {}", question);
    });
}
