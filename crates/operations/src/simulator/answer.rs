//! The result of an action in the form of the answer.

use std::collections::BTreeMap;

use keyward_api::iam::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail,
    PolicyEvaluationDecisionType, ResourceSpecificResult, Statement,
};
use keyward_policy::Kind;

use super::{Judged, Judgement, Resources, Simulation};
use crate::simulator::known_actions;

impl Simulation<'_> {
    /// The result of an action on all resources.
    pub(super) fn answer(&self, action: &str, judgements: &[Judgement]) -> EvaluationResult {
        let decision = judgements.iter().map(|judgement| judgement.decision).max();
        let matched = judgements.iter().flat_map(|judgement| &judgement.matched);
        let by_boundary = all(judgements
            .iter()
            .map(|judgement| judgement.allowed_by_boundary));
        let by_organization = all(judgements
            .iter()
            .map(|judgement| judgement.allowed_by_organization));
        let keys_matter = judgements.iter().any(|judgement| judgement.keys_matter);
        let is_any = matches!(self.resources, Resources::Any);
        EvaluationResult {
            eval_action_name: action.to_owned(),
            eval_resource_name: Some(self.name_of_all(action)),
            eval_decision: told(decision.unwrap_or(Judged::ImplicitDeny)),
            matched_statements: Some(self.statements(matched)),
            missing_context_values: Some(self.missing(is_any && keys_matter)),
            organizations_decision_detail: by_organization.map(|is_allowed| {
                OrganizationsDecisionDetail {
                    allowed_by_organizations: Some(is_allowed),
                }
            }),
            permissions_boundary_decision_detail: boundary_detail(by_boundary),
            eval_decision_details: (!is_any)
                .then(|| details(judgements.iter().flat_map(|judgement| &judgement.details))),
            resource_specific_results: (!is_any).then(|| {
                let results = self.resources.iter().zip(judgements);
                results
                    .map(|(resource, judgement)| self.result(resource, judgement))
                    .collect()
            }),
        }
    }

    fn result(&self, resource: &str, judgement: &Judgement) -> ResourceSpecificResult {
        let details = details(&judgement.details);
        let statements = self.statements(&judgement.matched);
        let missing = self.missing(judgement.keys_matter);
        ResourceSpecificResult {
            eval_resource_name: resource.to_owned(),
            eval_resource_decision: told(judgement.decision),
            matched_statements: unless_empty(statements),
            missing_context_values: unless_empty(missing),
            eval_decision_details: unless_empty(details),
            permissions_boundary_decision_detail: boundary_detail(judgement.allowed_by_boundary),
        }
    }

    /// The resource name in the result about all resources.
    fn name_of_all(&self, action: &str) -> String {
        let name = match self.resources {
            Resources::Any => None,
            Resources::These([only]) => Some(only.clone()),
            Resources::These(_) => known_actions::name_for_several(action),
        };
        name.unwrap_or_else(|| "*".to_owned())
    }

    fn missing(&self, keys_matter: bool) -> Vec<String> {
        if keys_matter {
            self.missing_keys.clone()
        } else {
            Vec::new()
        }
    }

    /// Statements, each once: those of identity policies, of resource policies and of boundaries.
    fn statements<'m>(
        &self,
        matched: impl IntoIterator<Item = &'m (Kind, usize, usize)>,
    ) -> Vec<Statement> {
        let mut places: Vec<_> = matched.into_iter().collect();
        places.sort_unstable_by_key(|(kind, policy, statement)| {
            (
                *kind == Kind::Boundary,
                *kind == Kind::Resource,
                *policy,
                *statement,
            )
        });
        places.dedup();
        let told = places.into_iter().map(|(kind, policy, statement)| {
            let sources = match kind {
                Kind::Identity => Some(&self.identity),
                Kind::Boundary => self.boundary.as_ref(),
                Kind::Resource => self.resource.as_ref(),
                Kind::ResourceControl | Kind::ServiceControl | Kind::Endpoint | Kind::Session => {
                    None
                }
            };
            sources?.told(*policy, *statement, kind_name(*kind))
        });
        told.flatten().collect()
    }
}

/// The most bytes that a text has in an answer, where characters may be escaped.
pub(super) fn encoded_size(text: &str) -> usize {
    let size = |byte| match byte {
        b'&' | b'<' | b'>' | b'"' | 0..=0x1f => "&quot;".len(),
        _ => 1,
    };
    text.bytes().map(size).sum()
}

fn told(judged: Judged) -> PolicyEvaluationDecisionType {
    match judged {
        Judged::Allowed => PolicyEvaluationDecisionType::Allowed,
        Judged::ImplicitDeny => PolicyEvaluationDecisionType::ImplicitDeny,
        Judged::ExplicitDeny => PolicyEvaluationDecisionType::ExplicitDeny,
    }
}

/// The name of a kind of policy in answers. The model has other names (seen at AWS).
fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => "IAM Policy",
        Kind::Resource => "Resource Policy",
        Kind::Boundary => "Permissions Boundary Policy",
        Kind::ServiceControl => "Service Control Policy",
        Kind::ResourceControl => "Resource Control Policy",
        Kind::Endpoint => "VPC Endpoint Policy",
        Kind::Session => "Session Policy",
    }
}

/// The decision of each kind of policy by itself: for several resources, the strictest.
fn details<'j>(
    said: impl IntoIterator<Item = &'j (Kind, Judged)>,
) -> Vec<(String, PolicyEvaluationDecisionType)> {
    let mut worst: BTreeMap<&str, Judged> = BTreeMap::new();
    for (kind, judged) in said {
        let entry = worst.entry(kind_name(*kind)).or_insert(*judged);
        *entry = (*entry).max(*judged);
    }
    let entries = worst.into_iter();
    entries
        .map(|(name, judged)| (name.to_owned(), told(judged)))
        .collect()
}

fn boundary_detail(is_allowed: Option<bool>) -> Option<PermissionsBoundaryDecisionDetail> {
    is_allowed.map(|is_allowed| PermissionsBoundaryDecisionDetail {
        allowed_by_permissions_boundary: Some(is_allowed),
    })
}

/// Whether all are true; `None` if all are `None`.
fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    answers.flatten().reduce(|one, other| one && other)
}

fn unless_empty<T>(list: Vec<T>) -> Option<Vec<T>> {
    (!list.is_empty()).then_some(list)
}
