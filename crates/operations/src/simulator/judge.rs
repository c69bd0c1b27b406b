//! The judgement about one action on one resource.

use keyward_policy::{Effect, Kind, Outcome, Policies, PolicySet, Request, explain};

use super::Simulation;
use crate::simulator::known_actions::KnownAction;

/// How a question is answered, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Judged {
    Allowed,
    ImplicitDeny,
    ExplicitDeny,
}

/// An answer with its reasons.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) decision: Judged,
    /// The statements that decided, by the kind of their policy and their places.
    pub(super) matched: Vec<(Kind, usize, usize)>,
    /// Whether the keys that are missing may be why.
    pub(super) keys_matter: bool,
    /// Whether the permissions boundary allows it, where there is one and it was asked.
    pub(super) allowed_by_boundary: Option<bool>,
    /// Whether the organization allows it, where there is one.
    pub(super) allowed_by_organization: Option<bool>,
    /// Where the resource is another account's: what each kind of policy says by itself.
    pub(super) details: Vec<(Kind, Judged)>,
}

/// What the policies say, each kind by itself.
struct Opinions {
    organization: Judged,
    identity: Judged,
    /// Without a boundary, everything is within it.
    boundary: Judged,
    resource: Judged,
}

impl Simulation<'_> {
    pub(super) fn judge(
        &self,
        action: &str,
        known: Option<&KnownAction>,
        resource: &str,
    ) -> Judgement {
        let levels: Vec<&PolicySet> = self.organization.iter().collect();
        // Who may assume a role is not asked (seen at AWS).
        let assumes = "sts:assume";
        let is_ignored =
            (action.get(..assumes.len())).is_some_and(|begin| begin.eq_ignore_ascii_case(assumes));
        let of_resource = self.resource.as_ref().filter(|_| !is_ignored);
        let policies = Policies {
            identity: Some(self.identity.set()),
            boundary: self.boundary.as_ref().map(|boundary| boundary.set()),
            resource: of_resource.map(|policy| policy.set()),
            service_control: &levels,
            ..Policies::default()
        };
        let request = Request::new(self.parties.principal(), action, resource, &self.context);
        let explanation = explain(&request, &policies);
        let opinions = Opinions::new(&explanation.outcomes);

        let allowed_by_organization =
            (!levels.is_empty()).then_some(opinions.organization == Judged::Allowed);
        if opinions.organization != Judged::Allowed {
            return Judgement {
                allowed_by_organization,
                ..Judgement::without_reasons(opinions.organization)
            };
        }
        let is_misfit = resource != "*" && known.is_some_and(|action| !action.fits(resource));
        let opinions = if is_misfit {
            opinions.of_misfit(self.boundary.is_some())
        } else {
            opinions
        };
        let are_apart = of_resource.is_some() && self.parties.are_apart(resource);
        let decision = opinions.decide(are_apart);
        let effect = match decision {
            Judged::Allowed => Some(Effect::Allow),
            Judged::ImplicitDeny => None,
            Judged::ExplicitDeny => Some(Effect::Deny),
        };
        let matched = explanation.matched.iter().filter(|matched| {
            // A boundary can only take away.
            let is_told = matched.kind != Kind::Boundary || matched.effect == Effect::Deny;
            Some(matched.effect) == effect && is_told
        });
        let has_boundary = self.boundary.is_some();
        Judgement {
            decision,
            matched: matched
                .map(|matched| (matched.kind, matched.policy, matched.statement))
                .collect(),
            keys_matter: decision == Judged::ImplicitDeny,
            allowed_by_boundary: has_boundary.then_some(opinions.boundary == Judged::Allowed),
            allowed_by_organization,
            details: if are_apart {
                opinions.details(has_boundary)
            } else {
                Vec::new()
            },
        }
    }
}

impl Judgement {
    fn without_reasons(decision: Judged) -> Self {
        Self {
            decision,
            matched: Vec::new(),
            keys_matter: false,
            allowed_by_boundary: None,
            allowed_by_organization: None,
            details: Vec::new(),
        }
    }
}

impl Opinions {
    fn new(outcomes: &[(Kind, usize, Outcome)]) -> Self {
        let worst = |wanted: Kind| {
            let of_kind = outcomes.iter().filter(|(kind, _, _)| *kind == wanted);
            let judged = of_kind.map(|(_, _, outcome)| match outcome {
                Outcome::Allowed => Judged::Allowed,
                Outcome::ImplicitDeny => Judged::ImplicitDeny,
                Outcome::ExplicitDeny => Judged::ExplicitDeny,
            });
            judged.max()
        };
        Self {
            organization: worst(Kind::ServiceControl).unwrap_or(Judged::Allowed),
            identity: worst(Kind::Identity).unwrap_or(Judged::ImplicitDeny),
            boundary: worst(Kind::Boundary).unwrap_or(Judged::Allowed),
            resource: worst(Kind::Resource).unwrap_or(Judged::ImplicitDeny),
        }
    }

    /// The same about what is none of the action's resource types: nothing is said about it.
    fn of_misfit(self, has_boundary: bool) -> Self {
        Self {
            identity: Judged::ImplicitDeny,
            boundary: if has_boundary {
                Judged::ImplicitDeny
            } else {
                Judged::Allowed
            },
            resource: Judged::ImplicitDeny,
            ..self
        }
    }

    fn decide(&self, are_apart: bool) -> Judged {
        let by_principal = self.identity.max(self.boundary);
        if are_apart {
            return by_principal.max(self.resource);
        }
        // Within an account, the resource's policy alone may allow, also beyond the boundary (seen in
        // the simulator, not elsewhere).
        match self.resource {
            Judged::Allowed if by_principal != Judged::ExplicitDeny => Judged::Allowed,
            Judged::Allowed | Judged::ImplicitDeny => by_principal,
            Judged::ExplicitDeny => Judged::ExplicitDeny,
        }
    }

    fn details(&self, has_boundary: bool) -> Vec<(Kind, Judged)> {
        let boundary = has_boundary.then_some((Kind::Boundary, self.boundary));
        let sides = [
            (Kind::Identity, self.identity),
            (Kind::Resource, self.resource),
        ];
        sides.into_iter().chain(boundary).collect()
    }
}
