//! What holds for the checks of all kinds.

use proptest::prelude::*;

use super::*;

const KINDS: [PolicyKind; 8] = [
    PolicyKind::Identity,
    PolicyKind::Session,
    PolicyKind::Trust,
    PolicyKind::Resource,
    PolicyKind::ServiceControl,
    PolicyKind::ResourceControl,
    PolicyKind::Endpoint,
    PolicyKind::Simulated,
];

/// The message about a text, after a look at where it points.
fn message(kind: PolicyKind, text: &str) -> Option<String> {
    let fault = check(kind, text).err()?;
    assert!(text.get(fault.span.clone()).is_some(), "{kind:?} {text}");
    assert!(!fault.reason.is_empty() && !fault.message.is_empty());
    Some(fault.message.into_owned())
}

/// One of some values, or none, as an element.
fn element(
    name: &'static str,
    values: &'static [&'static str],
) -> impl Strategy<Value = Option<String>> {
    let value = prop::sample::select(values);
    prop::option::weighted(
        0.9,
        value.prop_map(move |value| format!(r#""{name}":{value}"#)),
    )
}

/// Statements of which many are right for some kind.
fn statements() -> impl Strategy<Value = String> {
    let effects = element(
        "Effect",
        &[r#""Allow""#, r#""Deny""#, r#""Deny""#, r#""deny""#],
    );
    let actions = element(
        "Action",
        &[
            r#""s3:*""#,
            r#"["sts:AssumeRole","sts:TagSession"]"#,
            r#""sts:AssumeRoleWithWebIdentity""#,
            r#""*""#,
            r#""bad""#,
            "[]",
        ],
    );
    let principals = element(
        "Principal",
        &[
            r#""*""#,
            r#"{"AWS":"*"}"#,
            r#"{"Service":["ec2.amazonaws.com"]}"#,
            r#"{"Federated":"accounts.google.com"}"#,
            r#"{"AWS":"nobody"}"#,
        ],
    );
    let resources = element(
        "NotResource",
        &[
            r#""*""#,
            r#"["arn:aws:s3:::b/${c:d}","*"]"#,
            r#""arn:aws:s3::b""#,
            r#""é""#,
        ],
    );
    let conditions = element(
        "Condition",
        &[
            "{}",
            r#"{"Bool":{"aws:SecureTransport":true}}"#,
            r#"{"StringEquals":{"accounts.google.com:aud":["a","b"],"c:d":5}}"#,
            r#"{"DateEquals":{"a":"never"}}"#,
        ],
    );
    let sids = element("Sid", &[r#""""#, r#""A""#, r#""a b""#]);
    let principals = prop::option::of(principals).prop_map(Option::flatten);
    let resources = prop::option::of(resources).prop_map(Option::flatten);
    (sids, effects, principals, actions, resources, conditions).prop_map(
        |(sid, effect, principals, actions, resources, conditions)| {
            let elements = [sid, effect, principals, actions, resources, conditions];
            let elements: Vec<String> = elements.into_iter().flatten().collect();
            format!("{{{}}}", elements.join(","))
        },
    )
}

fn documents() -> impl Strategy<Value = String> {
    let version = element(
        "Version",
        &[r#""2012-10-17""#, r#""2012-10-17""#, r#""2008-10-17""#],
    );
    let statements = prop::collection::vec(statements(), 0..3);
    (version, statements).prop_map(|(version, statements)| {
        let version = version.map_or_else(String::new, |version| version + ",");
        format!(r#"{{{version} "Statement":[{}]}}"#, statements.join(" ,\n"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_policy_printed_again_is_judged_alike(text in documents()) {
        for kind in KINDS {
            if let Ok(document) = Document::parse(&text) {
                let printed = document.to_json();
                prop_assert_eq!(message(kind, &text), message(kind, &printed), "{:?}", kind);
            }
        }
    }

    #[test]
    fn what_iam_stores_the_simulator_takes(text in documents()) {
        for kind in KINDS {
            if check(kind, &text).is_ok() {
                prop_assert_eq!(message(PolicyKind::Simulated, &text), None);
            }
        }
    }

    #[test]
    fn any_text_is_judged(text in r#"[\[\]{}",:*$ a-zA-Z0-9é😀\\-]{0,60}"#) {
        for kind in KINDS {
            message(kind, &text);
        }
    }

    #[test]
    fn any_names_are_judged(name: String, key: String) {
        let (name, key) = (serde_json::json!(name), serde_json::json!(key));
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny","Principal":{{"AWS":{name},
                "Federated":{name},"Service":{name}}},"Action":{name},"Resource":{name},
                "Condition":{{"ArnLike":{{{key}:{name}}},"IpAddress":{{{key}:{name}}}}}}}}}"#
        );
        for kind in KINDS {
            message(kind, &text);
        }
        prop_assert!(check(PolicyKind::Simulated, &text).is_ok());
    }
}

#[test]
fn some_policies_suit_each_kind() {
    let allow = |elements: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Deny",{elements}}}}}"#)
    };
    let plain = allow(r#""Action":"s3:*","Resource":"*""#);
    let everyone = allow(r#""Principal":"*","Action":"s3:*","Resource":"*""#);
    let trust = allow(r#""Principal":{"AWS":"*"},"Action":"sts:AssumeRole""#);
    for (text, suits) in [
        (
            plain,
            vec![
                PolicyKind::Identity,
                PolicyKind::Session,
                PolicyKind::ServiceControl,
            ],
        ),
        (
            everyone,
            vec![
                PolicyKind::Resource,
                PolicyKind::ResourceControl,
                PolicyKind::Endpoint,
            ],
        ),
        (trust, vec![PolicyKind::Trust]),
    ] {
        for kind in KINDS {
            let is_suitable = suits.contains(&kind) || kind == PolicyKind::Simulated;
            assert_eq!(
                message(kind, &text).is_none(),
                is_suitable,
                "{kind:?} {text}"
            );
        }
    }
}
