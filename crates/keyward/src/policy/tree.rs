//! The reasoning behind an answer, as a tree for people.

use std::collections::HashSet;
use std::fmt::Write as _;

use keyward_policy::{Decision, Kind, Outcome, Principal, Statement};

use super::answer::{Place, Places, decide, decision};
use super::excerpt::showable;
use super::probe::{Mismatch, Part, mismatch};
use super::question::{Level, Question, has_levels, key, place};

const NOT_ABOUT_IT: &str = "no statement is about the action";

/// Draws the reasoning, with an empty line behind it.
pub(super) fn tree(question: &Question<'_>) -> String {
    let (explanation, decided_by) = decide(question);
    let matched = explanation.matched.iter();
    let applying: HashSet<_> = matched
        .map(|found| (found.kind, found.level, found.policy, found.statement))
        .collect();
    let mut nodes = Vec::new();
    for (kind, level, outcome) in &explanation.outcomes {
        let found = question.layer(*kind);
        if let Some(found) = found.and_then(|layer| layer.levels.get(*level)) {
            nodes.push(node(question, &applying, *kind, *level, *outcome, found));
        }
    }
    if let Decision::ImplicitDeny(kind) = explanation.decision
        && !explanation
            .outcomes
            .iter()
            .any(|(known, ..)| *known == kind)
    {
        let text = format!(
            "{}: none are given, and they would have to allow",
            key(kind)
        );
        nodes.push(Node {
            text,
            children: Vec::new(),
        });
    }
    if !explanation.missing_keys.is_empty() {
        nodes.push(Node {
            text: "context keys that policies ask for and the request does not have".to_owned(),
            children: explanation
                .missing_keys
                .iter()
                .map(|key| showable(key))
                .collect(),
        });
    }
    let by = decided_by.map_or_else(String::new, |kind| format!(" by {}", key(kind)));
    let mut drawn = format!(
        "{} {} on {}\n{}{by}\n",
        who(question.who.principal()),
        showable(&question.action),
        showable(&question.resource),
        decision(explanation.decision)
    );
    draw(&nodes, &mut drawn);
    drawn
}

struct Node {
    text: String,
    children: Vec<String>,
}

fn draw(nodes: &[Node], out: &mut String) {
    for (index, node) in nodes.iter().enumerate() {
        let (branch, beside) = if index + 1 == nodes.len() {
            ("└─", "  ")
        } else {
            ("├─", "│ ")
        };
        // Writing to a text doesn't fail.
        let _ = writeln!(out, "{branch} {}", node.text);
        for (index, child) in node.children.iter().enumerate() {
            let branch = if index + 1 == node.children.len() {
                "└─"
            } else {
                "├─"
            };
            let _ = writeln!(out, "{beside} {branch} {child}");
        }
    }
}

/// What a set of policies says, and which of its statements about the action apply.
fn node(
    question: &Question<'_>,
    applying: &HashSet<(Kind, usize, usize, usize)>,
    kind: Kind,
    level: usize,
    outcome: Outcome,
    found: &Level<'_>,
) -> Node {
    let mut children = Vec::new();
    let mut places = Places::default();
    let request = question.request();
    for (index, source) in found.policies.iter().enumerate() {
        let name = question.name(kind, index).map(showable);
        let before = children.len();
        for (number, statement) in source.document.statements.iter().enumerate() {
            let state = if applying.contains(&(kind, level, index, number)) {
                Some("applies".to_owned())
            } else {
                told(question, mismatch(&source.document, statement, &request))
            };
            let Some(state) = state else { continue };
            let (at, _) = places.of((kind, level, index), source.text, statement);
            let place = match &name {
                Some(name) => name.clone(),
                None => place(kind, level, index),
            };
            let named = named(statement, number, &at);
            children.push(format!("{place} {named}: {state}"));
        }
        // Whose policies have names wants to know of each.
        if let Some(name) = name
            && children.len() == before
        {
            children.push(format!("{name}: {NOT_ABOUT_IT}"));
        }
    }
    if children.is_empty() {
        children.push(NOT_ABOUT_IT.to_owned());
    }
    let level = if has_levels(kind) {
        format!(" level {level}")
    } else {
        String::new()
    };
    let outcome = match outcome {
        Outcome::Allowed => "allowed",
        Outcome::ImplicitDeny => "implicitDeny",
        Outcome::ExplicitDeny => "explicitDeny",
    };
    Node {
        text: format!("{}{level}: {outcome}", key(kind)),
        children,
    }
}

/// Why a statement does not apply; nothing where it is about other actions.
fn told(question: &Question<'_>, mismatch: Mismatch) -> Option<String> {
    match mismatch {
        Mismatch::Action => None,
        Mismatch::Parts(parts) if parts.is_empty() => {
            Some("does not apply: it is not whole".to_owned())
        }
        Mismatch::Parts(parts) => {
            let parts: Vec<String> = parts
                .into_iter()
                .map(|part| told_part(question, part))
                .collect();
            Some(format!("does not apply: {}", showable(&parts.join(", "))))
        }
    }
}

/// A part that does not fit; of a condition also what it wants and what is there.
fn told_part(question: &Question<'_>, part: Part) -> String {
    match part {
        Part::Principal => "the principal".to_owned(),
        Part::Resource => "the resource".to_owned(),
        Part::Condition {
            operator,
            key,
            wanted,
        } => {
            let there = match question.values(&key) {
                None => "absent".to_owned(),
                Some(values) => listed(&values),
            };
            let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
            format!("{operator} {key} wants {}, is {there}", listed(&wanted))
        }
    }
}

/// The most values of a condition or of a key that are told.
const MOST_VALUES: usize = 5;

fn listed(values: &[&str]) -> String {
    let mut shown: Vec<String> = values
        .iter()
        .take(MOST_VALUES)
        .map(|value| format!("`{value}`"))
        .collect();
    if values.len() > MOST_VALUES {
        shown.push("…".to_owned());
    }
    if shown.is_empty() {
        return "an empty list".to_owned();
    }
    shown.join(" or ")
}

fn named(statement: &Statement, number: usize, at: &Place) -> String {
    let effect = statement.effect.as_ref().map_or("", |effect| &effect.text);
    let sid = match &statement.sid {
        Some(sid) if !sid.text.is_empty() => format!(" `{}`", showable(&sid.text)),
        Some(_) | None => String::new(),
    };
    format!(
        "{effect} statement {number}{sid} (line {}, column {})",
        at.line, at.column
    )
}

fn who(principal: Principal<'_>) -> String {
    match principal {
        Principal::Anonymous => "anonymous".to_owned(),
        Principal::Root { account } => format!("root of {account}"),
        Principal::User { arn, .. } | Principal::FederatedUser { arn, .. } => showable(arn),
        Principal::RoleSession {
            role_arn,
            session_arn,
            ..
        } if session_arn.ends_with('/') => showable(role_arn),
        Principal::RoleSession { session_arn, .. } => showable(session_arn),
        Principal::Federated { provider } => showable(provider),
        Principal::Service { name } => showable(name),
    }
}

/// A text without what would steer a terminal.
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_says_what_each_kind_of_policy_says_and_why() {
        let line = r#"{"principal": "arn:aws:iam::111122223333:user/alice", "action": "s3:GetObject",
            "resource": "arn:aws:s3:::bucket/key", "context": {"aws:username": "alice"},
            "identityPolicies": [{"Version": "2012-10-17", "Statement": [
                {"Sid": "Read", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"},
                {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "*", "Resource": "arn:aws:s3:::other/*",
                 "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}],
            "permissionsBoundaries": [{"Statement": {"Effect": "Allow", "Action": "iam:*",
                "Resource": "*"}}],
            "serviceControlPolicies": [[{"Statement": {"Effect": "Allow", "Action": "*",
                "Resource": "*"}}]]}"#;
        let question = Question::read(line).unwrap();
        let expected = "\
arn:aws:iam::111122223333:user/alice s3:GetObject on arn:aws:s3:::bucket/key
implicitDeny by permissionsBoundaries
├─ serviceControlPolicies level 0: allowed
│  └─ serviceControlPolicies[0][0] Allow statement 0 (line 1, column 15): applies
├─ permissionsBoundaries: implicitDeny
│  └─ no statement is about the action
└─ identityPolicies: allowed
   ├─ identityPolicies[0] Allow statement 0 `Read` (line 2, column 17): applies
   └─ identityPolicies[0] Deny statement 2 (line 4, column 17): does not apply: the resource, Bool aws:SecureTransport wants `false`, is absent
";
        assert_eq!(tree(&question), expected);
    }

    #[test]
    fn what_is_lacking_altogether_is_said_too() {
        let line =
            r#"{"principal": {"type": "Anonymous"}, "action": "s3:\u001b[1m", "resource": "*"}"#;
        let question = Question::read(line).unwrap();
        let expected = "anonymous s3:\u{fffd}[1m on *\n\
            implicitDeny by resourcePolicy\n\
            └─ resourcePolicy: none are given, and they would have to allow\n";
        assert_eq!(tree(&question), expected);
    }
}
