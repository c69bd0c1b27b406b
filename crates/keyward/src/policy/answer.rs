//! The answer to a question, as one line of JSON.

use keyward_policy::{
    Decision, Effect, Explanation, Kind, Outcome, Policies, Position, Statement, evaluate, explain,
    position,
};
use serde::Serialize;

use super::question::{Question, has_levels, key};

/// What a question is answered with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer<'q> {
    pub(super) decision: &'static str,
    pub(super) decided_by: Option<&'static str>,
    matched_statements: Vec<MatchedStatement<'q>>,
    missing_context_keys: Vec<Box<str>>,
}

/// A statement that decided.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MatchedStatement<'q> {
    policy_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<usize>,
    policy: usize,
    statement: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    sid: Option<&'q str>,
    effect: &'static str,
    start: Place,
    end: Place,
}

/// Lines and columns count from 1.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
}

/// The answer to a line that is no question.
pub(super) fn refusal(message: &str) -> String {
    serde_json::json!({ "error": { "message": message } }).to_string()
}

/// Answers a question.
pub(super) fn answer<'q>(question: &'q Question<'_>) -> Answer<'q> {
    let (explanation, decided_by) = decide(question);
    let mut places = Places::default();
    let matched = explanation.deciding().filter_map(|matched| {
        let source = question.policy(matched.kind, matched.level, matched.policy)?;
        let statement = source.document.statements.get(matched.statement)?;
        let document = (matched.kind, matched.level, matched.policy);
        let (start, end) = places.of(document, source.text, statement);
        Some(MatchedStatement {
            policy_type: key(matched.kind),
            level: has_levels(matched.kind).then_some(matched.level),
            policy: matched.policy,
            statement: matched.statement,
            sid: statement.sid.as_ref().map(|sid| &*sid.text),
            effect: effect(matched.effect),
            start,
            end,
        })
    });
    let matched_statements = matched.collect();
    Answer {
        decision: decision(explanation.decision),
        decided_by: decided_by.map(key),
        matched_statements,
        missing_context_keys: explanation.missing_keys,
    }
}

/// The decision, and by which kind of policy it was made, if by any: a root user is allowed without.
pub(super) fn decide(question: &Question<'_>) -> (Explanation, Option<Kind>) {
    question.ask(|request, policies| {
        let explanation = explain(request, policies);
        let by = match explanation.decision {
            Decision::ImplicitDeny(kind) | Decision::ExplicitDeny(kind) => Some(kind),
            Decision::Allowed => {
                let without_identity = Policies {
                    identity: None,
                    ..*policies
                };
                let allows = (Kind::Resource, 0, Outcome::Allowed);
                if evaluate(request, &without_identity) != Decision::Allowed {
                    Some(Kind::Identity)
                } else if explanation.outcomes.contains(&allows) {
                    Some(Kind::Resource)
                } else {
                    None
                }
            }
        };
        (explanation, by)
    })
}

pub(super) fn decision(decision: Decision) -> &'static str {
    match decision {
        Decision::Allowed => "allowed",
        Decision::ImplicitDeny(_) => "implicitDeny",
        Decision::ExplicitDeny(_) => "explicitDeny",
    }
}

pub(super) fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    }
}

/// Positions of statements. Those of a document come in its order, and its text is walked over once.
#[derive(Default)]
pub(super) struct Places {
    document: Option<(Kind, usize, usize)>,
    offset: usize,
    position: Option<Position>,
}

impl Places {
    /// Where a statement begins and ends in its document: one of a kind, a level and a place there.
    pub(super) fn of(
        &mut self,
        document: (Kind, usize, usize),
        text: &str,
        statement: &Statement,
    ) -> (Place, Place) {
        if self.document != Some(document) || statement.span.start < self.offset {
            *self = Self {
                document: Some(document),
                ..Self::default()
            };
        }
        let start = self.advance(text, statement.span.start);
        (start, self.advance(text, statement.span.end))
    }

    fn advance(&mut self, text: &str, offset: usize) -> Place {
        let rest = text.get(self.offset..).unwrap_or_default();
        let step = position(rest, offset.saturating_sub(self.offset));
        let reached = match self.position {
            Some(from) if step.line == 1 => Position {
                line: from.line,
                column: from.column + step.column - 1,
            },
            Some(from) => Position {
                line: from.line + step.line - 1,
                column: step.column,
            },
            None => step,
        };
        (self.offset, self.position) = (offset, Some(reached));
        Place {
            line: reached.line,
            column: reached.column,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ALICE: &str = "arn:aws:iam::111122223333:user/alice";

    fn ask(question: &Value) -> Value {
        let line = question.to_string();
        let question = Question::read(&line).unwrap();
        serde_json::to_value(answer(&question)).unwrap()
    }

    fn policy(effect: &str, principal: Option<&str>) -> Value {
        let mut statement = json!({"Effect": effect, "Action": "*", "Resource": "*"});
        if let Some(principal) = principal {
            statement["Principal"] = json!({ "AWS": principal });
        }
        json!({ "Statement": statement })
    }

    #[test]
    fn an_answer_tells_the_statements_that_decided_with_their_places() {
        let line = "{\"principal\": \"arn:aws:iam::111122223333:user/alice\", \"action\": \"s3:Get\", \
            \"resource\": \"*\", \"identityPolicies\": [{\"Statement\": []}, \
            {\"Statement\":\r [ {\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"},\r \
            {\"Effect\":\"Deny\",\"Action\":\"iam:*\",\"Resource\":\"*\"},\r \
            {\"Sid\":\"é\",\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\r \
            \"Condition\":{\"StringEqualsIfExists\":{\"a:b\":\"c\"}}}]}]}";
        let question = Question::read(line).unwrap();
        let answer = serde_json::to_value(answer(&question)).unwrap();
        let expected = json!({
            "decision": "allowed",
            "decidedBy": "identityPolicies",
            "matchedStatements": [
                {"policyType": "identityPolicies", "policy": 1, "statement": 0, "effect": "Allow",
                 "start": {"line": 2, "column": 4}, "end": {"line": 2, "column": 50}},
                {"policyType": "identityPolicies", "policy": 1, "statement": 2, "sid": "é",
                 "effect": "Allow", "start": {"line": 4, "column": 2}, "end": {"line": 5, "column": 51}},
            ],
            "missingContextKeys": ["a:b"],
        });
        assert_eq!(answer, expected);
    }

    #[test]
    fn levels_of_organizations_are_told() {
        let answer = ask(&json!({
            "principal": ALICE, "action": "s3:Get", "resource": "*",
            "identityPolicies": [policy("Allow", None)],
            "serviceControlPolicies": [[policy("Allow", None)], [policy("Allow", None), policy("Deny", None)]],
        }));
        assert_eq!(answer["decision"], "explicitDeny");
        assert_eq!(answer["decidedBy"], "serviceControlPolicies");
        let matched = &answer["matchedStatements"];
        assert_eq!(matched.as_array().unwrap().len(), 1);
        assert_eq!(
            (&matched[0]["level"], &matched[0]["policy"]),
            (&json!(1), &json!(1))
        );
    }

    #[test]
    fn what_decided_is_the_policy_that_was_needed() {
        let identity = json!([policy("Allow", None)]);
        let root = "111122223333";
        let other = "444455556666";
        let user = json!(ALICE);
        for (principal, identity, resource, owner, decision, by) in [
            (
                &user,
                &identity,
                Some(ALICE),
                root,
                "allowed",
                json!("resourcePolicy"),
            ),
            (
                &user,
                &identity,
                Some(root),
                root,
                "allowed",
                json!("identityPolicies"),
            ),
            (
                &user,
                &json!([]),
                Some(root),
                root,
                "implicitDeny",
                json!("identityPolicies"),
            ),
            (
                &user,
                &identity,
                Some(ALICE),
                other,
                "allowed",
                json!("identityPolicies"),
            ),
            (
                &user,
                &identity,
                None,
                other,
                "implicitDeny",
                json!("resourcePolicy"),
            ),
            (&json!(root), &json!([]), None, root, "allowed", Value::Null),
            (
                &json!(root),
                &json!([]),
                Some(root),
                other,
                "allowed",
                json!("resourcePolicy"),
            ),
            (
                &json!({"type": "Anonymous"}),
                &json!([]),
                Some("*"),
                root,
                "allowed",
                json!("resourcePolicy"),
            ),
        ] {
            let answer = ask(&json!({
                "principal": principal, "action": "s3:Get", "resource": "*", "resourceAccount": owner,
                "identityPolicies": identity,
                "resourcePolicy": resource.map(|named| policy("Allow", Some(named))),
            }));
            assert_eq!(
                answer["decision"], decision,
                "{principal} {resource:?} {owner}"
            );
            assert_eq!(answer["decidedBy"], by, "{principal} {resource:?} {owner}");
        }
    }
}
