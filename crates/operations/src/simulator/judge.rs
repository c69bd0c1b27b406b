//! Judging one action on one resource.

use keyward_policy::{Effect, Kind, Outcome, Policies, PolicySet, Request, explain};

use super::Simulation;
use crate::simulator::known_actions::KnownAction;

/// The decision about a question, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Judged {
    Allowed,
    ImplicitDeny,
    ExplicitDeny,
}

/// A decision with its reasons.
#[derive(Debug)]
pub(super) struct Judgement {
    pub(super) decision: Judged,
    /// The statements that decided: the kind of their policy, and the places of policy and
    /// statement.
    pub(super) matched: Vec<(Kind, usize, usize)>,
    /// Whether missing keys may be the reason.
    pub(super) keys_matter: bool,
    /// Whether the permissions boundary allows it, if there is one and it was evaluated.
    pub(super) allowed_by_boundary: Option<bool>,
    /// Whether the organization allows it, if there is one.
    pub(super) allowed_by_organization: Option<bool>,
    /// The decision of each kind of policy by itself, if the resource is another account's.
    pub(super) details: Vec<(Kind, Judged)>,
}

/// The decision of each kind of policy by itself.
struct Opinions {
    organization: Judged,
    identity: Judged,
    /// `Allowed` if there is no boundary.
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
        // The resource policy is ignored for actions that assume a role (seen at AWS).
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
            // A boundary's statements can only deny, never allow.
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

    /// The decisions if the resource is of none of the action's resource types: no policy of the
    /// principal or the resource applies.
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
        // Within an account, the resource's policy alone can allow, even beyond the boundary (seen
        // in the simulator, not elsewhere).
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
