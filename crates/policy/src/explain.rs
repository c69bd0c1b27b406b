//! The decision with its reasons.

use crate::Effect;
use crate::evaluate::{Decision, Kind, Layer, Policies, Recorder, Visit, decide};
use crate::request::Request;

/// A decision and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The decision, the same as that of [`crate::evaluate`].
    pub decision: Decision,
    /// Every statement that applies, whether it decided or not, by kind, level, document and place.
    pub matched: Vec<Matched>,
    /// The context keys that the request doesn't have and by which a statement about its action might
    /// apply or not, as written, each once.
    pub missing_keys: Vec<Box<str>>,
    /// What each set of policies that has a say says by itself, in the order of their kinds.
    pub outcomes: Vec<(Kind, usize, Outcome)>,
}

/// A statement that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Matched {
    /// The kind of its policy.
    pub kind: Kind,
    /// Of an organization's policies, the level, counted from zero at the root.
    pub level: usize,
    /// Which document of the set, counted from zero.
    pub policy: usize,
    /// Which statement of the document, counted from zero.
    pub statement: usize,
    /// What it does.
    pub effect: Effect,
}

/// What a set of policies says by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A statement allows and none denies.
    Allowed,
    /// No statement applies.
    ImplicitDeny,
    /// A statement denies.
    ExplicitDeny,
}

/// Decides about a request, and tells why.
#[must_use]
pub fn explain(request: &Request<'_>, policies: &Policies<'_>) -> Explanation {
    let mut notes = Notes::default();
    let decision = decide(request, policies, &mut notes);
    // A statement may be found by several of its actions.
    notes.matched.sort_unstable();
    notes.matched.dedup();
    notes.missing.sort_unstable();
    notes.missing.dedup_by(|one, other| one.0 == other.0);
    Explanation {
        decision,
        matched: notes.matched,
        missing_keys: notes.missing.into_iter().map(|(_, text)| text).collect(),
        outcomes: notes.outcomes,
    }
}

impl Explanation {
    /// The statements that decided: of a denial, those that deny; of an allowed request, those that
    /// allow; none where nothing allows.
    pub fn deciding(&self) -> impl Iterator<Item = &Matched> {
        self.matched.iter().filter(|matched| match self.decision {
            Decision::Allowed => matched.effect == Effect::Allow,
            Decision::ExplicitDeny(_) => matched.effect == Effect::Deny,
            Decision::ImplicitDeny(_) => false,
        })
    }
}

#[derive(Default)]
struct Notes {
    matched: Vec<Matched>,
    /// In lower case and as written.
    missing: Vec<(String, Box<str>)>,
    outcomes: Vec<(Kind, usize, Outcome)>,
}

impl Recorder for Notes {
    const IS_SILENT: bool = false;

    fn visited(&mut self, layer: Layer<'_>, visit: Visit<'_>, request: &Request<'_>) {
        if visit.applies {
            self.matched.push(Matched {
                kind: layer.kind,
                level: layer.level,
                policy: visit.place.policy,
                statement: visit.place.statement,
                effect: visit.effect,
            });
        }
        visit.statement.missing_keys(visit.effect, request, |key| {
            self.missing
                .push((key.text().to_lowercase(), key.text().into()));
        });
    }

    fn found(&mut self, layer: Layer<'_>, effect: Effect, applies: bool) {
        let known = |(kind, level, _): &&mut (Kind, usize, Outcome)| {
            (*kind, *level) == (layer.kind, layer.level)
        };
        match (effect, self.outcomes.iter_mut().find(known)) {
            (Effect::Deny, _) => {
                let outcome = match (applies, layer.kind) {
                    (true, _) => Outcome::ExplicitDeny,
                    // Everything besides is allowed at each level.
                    (false, Kind::ResourceControl) => Outcome::Allowed,
                    (false, _) => Outcome::ImplicitDeny,
                };
                self.outcomes.push((layer.kind, layer.level, outcome));
            }
            (Effect::Allow, Some((_, _, outcome))) => {
                if applies && *outcome == Outcome::ImplicitDeny {
                    *outcome = Outcome::Allowed;
                }
            }
            // Whether a layer denies is always found first.
            (Effect::Allow, None) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Compiled, Context, Document, PolicySet, Principal};

    const USER: Principal<'_> = Principal::User {
        account: "111122223333",
        arn: "arn:aws:iam::111122223333:user/alice",
        id: "",
    };

    fn set(documents: &[&str]) -> PolicySet {
        let compile = |text: &&str| {
            let text = format!(r#"{{"Version": "2012-10-17", "Statement": {text}}}"#);
            Arc::new(Compiled::new(&Document::parse(&text).unwrap()))
        };
        PolicySet::new(documents.iter().map(compile))
    }

    fn explain_it(policies: &Policies<'_>) -> Explanation {
        let mut context = Context::default();
        context.set("aws:username", "alice");
        let request = Request::new(USER, "s3:GetObject", "arn:aws:s3:::b/k", &context);
        let explanation = explain(&request, policies);
        assert_eq!(explanation.decision, crate::evaluate(&request, policies));
        explanation
    }

    fn place(matched: &Matched) -> (Kind, usize, usize, usize) {
        (
            matched.kind,
            matched.level,
            matched.policy,
            matched.statement,
        )
    }

    #[test]
    fn every_statement_that_applies_is_told_and_those_that_decided() {
        let identity = set(&[
            r#"[{"Effect": "Allow", "Action": ["s3:*", "s3:Get*", "*"], "Resource": "*"},
                {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}]"#,
            r#"[{"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
                {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::c/*"},
                {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}]"#,
        ]);
        let top = set(&[r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#]);
        let below = set(&[r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#]);
        let policies = Policies {
            identity: Some(&identity),
            ..Policies::default()
        };
        let explanation = explain_it(&policies);
        let own = [(Kind::Identity, 0, 0, 0), (Kind::Identity, 0, 1, 2)];
        assert_eq!(explanation.deciding().map(place).collect::<Vec<_>>(), own);
        assert_eq!(
            explanation.outcomes,
            [(Kind::Identity, 0, Outcome::Allowed)]
        );

        let levels = [&top, &below];
        let explanation = explain_it(&Policies {
            service_control: &levels,
            ..policies
        });
        assert_eq!(
            explanation.decision,
            Decision::ExplicitDeny(Kind::ServiceControl)
        );
        let denying = [(Kind::ServiceControl, 1, 0, 0)];
        assert_eq!(
            explanation.deciding().map(place).collect::<Vec<_>>(),
            denying
        );
        let all = [&[(Kind::ServiceControl, 0, 0, 0)][..], &denying, &own].concat();
        assert_eq!(
            explanation.matched.iter().map(place).collect::<Vec<_>>(),
            all
        );
        assert_eq!(
            explanation.outcomes,
            [
                (Kind::ServiceControl, 0, Outcome::Allowed),
                (Kind::ServiceControl, 1, Outcome::ExplicitDeny),
                (Kind::Identity, 0, Outcome::Allowed),
            ]
        );

        let levels = [&top];
        let policies = Policies {
            service_control: &levels,
            ..Policies::default()
        };
        let explanation = explain_it(&policies);
        assert_eq!(explanation.decision, Decision::ImplicitDeny(Kind::Identity));
        assert_eq!(explanation.deciding().count(), 0);
    }

    #[test]
    fn keys_are_missing_where_they_might_have_decided() {
        let identity = set(&[
            r#"[{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::${other:Name}/k"},
                {"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {
                    "StringEquals": {"aws:UserName": "bob", "aws:PrincipalTag/Team": "${ec2:Region}"},
                    "Bool": {"AWS:PRINCIPALTAG/TEAM": "true"}}},
                {"Effect": "Allow", "Action": "iam:*", "Resource": "*", "Condition": {
                    "Null": {"another:Action": "true"}}},
                {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::c", "Condition": {
                    "Null": {"another:Resource": "true"}}},
                {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {
                    "Bool": {"aws:MultiFactorAuthPresent": "false"}}}]"#,
        ]);
        let explanation = explain_it(&Policies {
            identity: Some(&identity),
            ..Policies::default()
        });
        let missing: Vec<&str> = explanation.missing_keys.iter().map(|key| &**key).collect();
        assert_eq!(missing.len(), 4, "{missing:?}");
        for key in ["other:Name", "ec2:Region", "aws:MultiFactorAuthPresent"] {
            assert!(missing.contains(&key), "{key}");
        }
        let is_team = |key: &&str| key.eq_ignore_ascii_case("aws:PrincipalTag/Team");
        assert_eq!(missing.iter().filter(|key| is_team(key)).count(), 1);
    }
}
