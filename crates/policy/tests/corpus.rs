//! Cases that were worked out by hand from the rules: both evaluators must come to the same.
//!
//! A case of `corpus/*.json` has a sentence `why`, a `question` in the form that `keyward policy
//! evaluate` reads, the `decision`, the key whose policies made it in `decidedBy`, and in `deciding` the
//! statements that made it: key, level (of policies that come in levels), policy and statement, counted
//! from 0.
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

use std::collections::HashSet;
use std::path::Path;

use keyward_policy::{
    Decision, Explanation, Kind, Matched, Outcome, Policies, Request, evaluate, explain,
};
use serde_json::{Value, json};

const FEWEST: usize = 200;

#[test]
fn both_evaluators_decide_every_case_as_it_was_worked_out() {
    let mut wrong = Vec::new();
    for (file, case) in cases() {
        let question = &case["question"];
        let mut complain = |what: &str, found: Value, expected: &Value| {
            if found != *expected {
                let why = &case["why"];
                wrong.push(format!(
                    "{file}: {why}\n  {what}: {found}, not {expected}\n  {question}"
                ));
            }
        };
        let decided = [
            ("the reference's decision", reference::decide(question)),
            ("the crate's decision", question::decide(question)),
        ];
        for (what, decision) in decided {
            complain(what, json!(name(decision)), &case["decision"]);
        }
        let (explanation, by) = question::ask(question, |request, policies| {
            let explanation = explain(request, policies);
            assert_eq!(
                explanation.decision,
                evaluate(request, policies),
                "{question}"
            );
            let by = decided_by(&explanation, request, policies);
            (explanation, by)
        });
        complain("what decided", json!(by), &case["decidedBy"]);
        let mut deciding: Vec<Value> = explanation.deciding().map(place).collect();
        let mut expected = case["deciding"].as_array().unwrap().clone();
        deciding.sort_by_key(Value::to_string);
        expected.sort_by_key(Value::to_string);
        complain("deciding", json!(deciding), &json!(expected));
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_case_asks_something_else_and_says_why() {
    let cases = cases();
    assert!(cases.len() >= FEWEST, "{} cases", cases.len());
    let (mut reasons, mut questions) = (HashSet::new(), HashSet::new());
    for (file, case) in cases {
        let keys: HashSet<&str> = case
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let expected = ["why", "question", "decision", "decidedBy", "deciding"];
        assert_eq!(keys, HashSet::from(expected), "{file}: {case}");
        let why = case["why"].as_str().unwrap().to_owned();
        assert!(
            why.len() > 20 && why.ends_with('.'),
            "{file}: {why:?} is no sentence"
        );
        assert!(reasons.insert(why.clone()), "{file}: twice: {why}");
        assert!(
            questions.insert(case["question"].to_string()),
            "{file}: asked twice: {why}"
        );
    }
}

fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        all.extend(cases.into_iter().map(|case| (name.clone(), case)));
    }
    all
}

fn name(decision: reference::Decision) -> &'static str {
    match decision {
        reference::Decision::Allowed => "allowed",
        reference::Decision::ImplicitDeny => "implicitDeny",
        reference::Decision::ExplicitDeny => "explicitDeny",
    }
}

/// The key of the policies that decided: of those that allow, the principal's where they were needed.
fn decided_by(
    explanation: &Explanation,
    request: &Request<'_>,
    policies: &Policies<'_>,
) -> Option<&'static str> {
    let kind = match explanation.decision {
        Decision::ImplicitDeny(kind) | Decision::ExplicitDeny(kind) => kind,
        Decision::Allowed => {
            let without = Policies {
                identity: None,
                ..*policies
            };
            let resource_allows = (Kind::Resource, 0, Outcome::Allowed);
            if evaluate(request, &without) != Decision::Allowed {
                Kind::Identity
            } else if explanation.outcomes.contains(&resource_allows) {
                Kind::Resource
            } else {
                return None;
            }
        }
    };
    Some(key(kind))
}

fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::ResourceControl => "resourceControlPolicies",
        Kind::ServiceControl => "serviceControlPolicies",
        Kind::Endpoint => "endpointPolicies",
        Kind::Resource => "resourcePolicy",
        Kind::Identity => "identityPolicies",
        Kind::Boundary => "permissionsBoundaries",
        Kind::Session => "sessionPolicies",
    }
}

fn place(matched: &Matched) -> Value {
    let name = key(matched.kind);
    match matched.kind {
        Kind::ResourceControl | Kind::ServiceControl => {
            json!([name, matched.level, matched.policy, matched.statement])
        }
        Kind::Endpoint | Kind::Resource | Kind::Identity | Kind::Boundary | Kind::Session => {
            json!([name, matched.policy, matched.statement])
        }
    }
}
