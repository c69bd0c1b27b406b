//! Wildcards: the crate's matchers against a naive one, through conditions and resources.

#![no_main]

use std::sync::Arc;

use keyward_policy::{
    Compiled, Context, Decision, Document, Policies, PolicySet, Principal, Request, evaluate,
};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

const KEY: &str = "aws:SourceArn";

fuzz_target!(|input: (&str, &str)| {
    let (pattern, subject) = input;
    // Bounded, so that the naive matcher is done some day.
    if pattern.len() > 64 || subject.len() > 128 {
        return;
    }
    compare(pattern, subject);
    // Colons are rare in what comes; with them, the sixth part is matched.
    let arn = |text: &str| format!("arn:aws:s3:::{text}");
    compare(&arn(pattern), &arn(subject));
});

fn compare(pattern: &str, subject: &str) {
    let is_match = matches(pattern, subject);
    assert_eq!(
        by_condition("StringLike", pattern, subject),
        is_match,
        "{pattern:?} {subject:?}"
    );
    assert_eq!(
        by_condition("StringNotLike", pattern, subject),
        !is_match,
        "{pattern:?} {subject:?}"
    );

    let is_arn = match_by_part(pattern, subject);
    let by_arn = by_condition("ArnLike", pattern, subject);
    assert_eq!(
        by_arn,
        is_arn && subject.starts_with("arn:"),
        "{pattern:?} {subject:?}"
    );
    assert_eq!(
        by_condition("ArnEquals", pattern, subject),
        by_arn,
        "{pattern:?} {subject:?}"
    );

    // In resources, a star at the end stands for the parts that are missing.
    let mut whole = pattern.to_owned();
    while whole.starts_with("arn:") && whole.ends_with('*') && whole.split(':').count() < 6 {
        whole.push_str(":*");
    }
    let is_short = |text: &str| text.split(':').count() < 6;
    let is_resource = pattern == "*"
        || match_by_part(&whole, subject)
        || (is_short(&whole) && is_short(subject) && is_match);
    assert_eq!(
        by_resource(pattern, subject),
        is_resource,
        "{pattern:?} {subject:?}"
    );

    let lower = matches(&pattern.to_ascii_lowercase(), &subject.to_ascii_lowercase());
    assert_eq!(
        by_action(pattern, subject),
        lower,
        "{pattern:?} {subject:?}"
    );
}

/// Whether both have six parts, and each part matches.
fn match_by_part(pattern: &str, subject: &str) -> bool {
    let patterns: Vec<&str> = pattern.splitn(6, ':').collect();
    let parts: Vec<&str> = subject.splitn(6, ':').collect();
    let mut pairs = patterns.iter().zip(&parts);
    patterns.len() == 6 && parts.len() == 6 && pairs.all(|(pattern, part)| matches(pattern, part))
}

fn by_condition(operator: &str, pattern: &str, subject: &str) -> bool {
    let mut block = json!({});
    block[operator] = json!({ KEY: pattern });
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": block});
    let mut context = Context::default();
    context.set(KEY, subject);
    is_allowed(&statement, "s3:GetObject", "*", &context)
}

fn by_resource(pattern: &str, subject: &str) -> bool {
    let statement = json!({"Effect": "Allow", "Action": "*", "Resource": pattern});
    is_allowed(&statement, "s3:GetObject", subject, &Context::default())
}

fn by_action(pattern: &str, subject: &str) -> bool {
    let statement = json!({"Effect": "Allow", "Action": pattern, "Resource": "*"});
    is_allowed(&statement, subject, "*", &Context::default())
}

/// Without a version there are no variables, so every character but the wildcards is itself.
fn is_allowed(statement: &Value, action: &str, resource: &str, context: &Context) -> bool {
    let text = json!({ "Statement": statement }).to_string();
    let document = Document::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let identity = PolicySet::new([Arc::new(Compiled::new(&document))]);
    let policies = Policies {
        identity: Some(&identity),
        ..Policies::default()
    };
    let user = Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/alice",
        id: "",
    };
    let request = Request::new(user, action, resource, context).on_resource_of("111122223333");
    evaluate(&request, &policies) == Decision::Allowed
}

/// A table of all beginnings of pattern and subject, in UTF-16 units.
fn matches(pattern: &str, subject: &str) -> bool {
    let subject: Vec<u16> = subject.encode_utf16().collect();
    let mut reached = vec![false; subject.len() + 1];
    reached[0] = true;
    for unit in pattern.encode_utf16() {
        let mut next = vec![false; subject.len() + 1];
        for at in 0..=subject.len() {
            next[at] = match unit {
                0x2a => reached[at] || (at > 0 && next[at - 1]),
                0x3f => at > 0 && reached[at - 1],
                unit => at > 0 && reached[at - 1] && subject[at - 1] == unit,
            };
        }
        reached = next;
    }
    reached[subject.len()]
}
