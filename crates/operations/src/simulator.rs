//! The policy simulator: what policies decide about actions on resources, and why. The resources
//! need not exist, and nothing is done to them.
//!
//! It evaluates policies as the gate does, except for three differences seen at IAM's simulator: a
//! resource policy may allow what a permissions boundary doesn't; a known action is denied on a
//! resource that is of none of its resource types; and the organization's policies are evaluated
//! first, and alone if they do not allow.

mod answer;
mod context_entries;
mod judge;
pub(crate) mod known_actions;
mod parties;
pub(crate) mod service_access;
mod source;

use keyward_api::iam::{ContextEntry, OrderedOrganizationPolicyType, SimulatePolicyResponse};
use keyward_faults::{Fault, fault};
use keyward_policy::{Context, PolicySet};

use self::judge::{Judged, Judgement};
use self::parties::Parties;
use self::source::Sources;
use crate::pages;

pub(crate) use self::source::{context_keys_of, context_keys_of_own};

/// How many actions a page has if the request does not say.
const DEFAULT_ITEMS: usize = 100;
/// How many bytes all policies of a simulation may have together (unsure).
const POLICY_BYTES: usize = 1024 * 1024;

/// The work of a simulation is counted in units: about a nanosecond, and a byte of the answer. This
/// is the work of a question about one resource, apart from what the policies add.
const QUESTION_UNITS: usize = 2_000;
/// A question that is more work is refused, since other requests wait while it is answered. The
/// largest take a tenth of a second.
const MOST_QUESTION_UNITS: usize = 4 * 1024 * 1024;
/// The bytes that a statement adds to each answer, which may have to show it.
const STATEMENT_BYTES: usize = 300;
/// The bytes that a missing key adds to each answer, apart from its text.
const KEY_BYTES: usize = 64;
/// The bytes of an answer about one resource, apart from the resource's name, statements and keys.
const RESULT_BYTES: usize = 300;
/// After so many units the task yields to other requests.
const TURN_UNITS: usize = 1_000_000;
/// A page ends when it is so much work, as pages of AWS may.
const PAGE_UNITS: usize = 32_000_000;
/// An action with so many resources that it is more work is refused (unsure), since a page has at
/// least one action.
const ACTION_UNITS: usize = 64_000_000;
/// The bytes of a page: a longer page ends early, and a longer action is refused.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// After looking up so many actions the task yields to other requests.
const TURN_ACTIONS: usize = 4_096;

/// The input of a simulation.
#[derive(Debug, Default)]
pub(crate) struct Scenario<'i> {
    /// The policies that the principal has, each with the id that answers show.
    pub(crate) own_policies: Vec<(String, &'i str)>,
    /// `PolicyInputList`.
    pub(crate) policies: &'i [String],
    /// The permissions boundary that the principal has.
    pub(crate) own_boundary: Option<(String, &'i str)>,
    /// `PermissionsBoundaryPolicyInputList`, which replaces the principal's own.
    pub(crate) boundaries: &'i [String],
    /// `OrderedOrganizationPolicyInputList`.
    pub(crate) organization: &'i [OrderedOrganizationPolicyType],
    /// `ResourcePolicy`.
    pub(crate) resource_policy: Option<&'i str>,
    /// `ResourceOwner`.
    pub(crate) resource_owner: Option<&'i str>,
    /// `CallerArn`.
    pub(crate) caller_arn: Option<&'i str>,
    /// `ContextEntries`.
    pub(crate) context_entries: &'i [ContextEntry],
    /// `ActionNames`.
    pub(crate) actions: &'i [String],
    /// `ResourceArns`.
    pub(crate) resources: &'i [String],
    /// `MaxItems` and `Marker`.
    pub(crate) page: (Option<i32>, Option<&'i str>),
}

/// A scenario that was checked and compiled.
struct Simulation<'i> {
    identity: Sources,
    boundary: Option<Sources>,
    resource: Option<Sources>,
    organization: Vec<PolicySet>,
    organization_bytes: usize,
    parties: Parties<'i>,
    context: Context,
    /// The context keys that the policies name and the request lacks.
    missing_keys: Vec<String>,
    /// By what factor the context entries multiply the work of the policies.
    weight: usize,
    resources: Resources<'i>,
}

/// The resources that all actions are simulated on.
#[derive(Debug, Clone, Copy)]
enum Resources<'i> {
    /// `*`, written or by default.
    Any,
    /// These ARNs.
    These(&'i [String]),
}

/// Simulates the actions of one page.
pub(crate) async fn simulate(scenario: Scenario<'_>) -> Result<SimulatePolicyResponse, Fault> {
    check_actions(scenario.actions).await?;
    let simulation = Simulation::new(&scenario).await?;
    let begin = match scenario.page.1.map(read_marker).transpose()? {
        Some(last) => last.saturating_add(1),
        None => 0,
    };
    let (cost, count) = simulation.size(scenario.page.0)?;
    let rest = (0..scenario.actions.len())
        .zip(scenario.actions)
        .skip(begin);
    let page = pages::page(rest, i32::try_from(count).ok(), |(place, action)| {
        (place, Some(action))
    });
    let mut results = Vec::with_capacity(page.items.len());
    let mut units = 0;
    for action in &page.items {
        let known = known_actions::find(action);
        let mut judgements = Vec::new();
        for resource in simulation.resources.iter() {
            judgements.push(simulation.judge(action, known.as_ref(), resource));
            units += cost;
            if units >= TURN_UNITS {
                units = 0;
                tokio::task::yield_now().await;
            }
        }
        results.push(simulation.answer(action, &judgements));
    }
    Ok(SimulatePolicyResponse {
        is_truncated: Some(page.is_truncated()),
        evaluation_results: Some(results),
        marker: page.marker,
    })
}

/// The position of the last action of the previous page.
fn read_marker(marker: &str) -> Result<usize, Fault> {
    let last = pages::key_of(Some(marker)).ok().flatten();
    let place = last.and_then(|last| last.parse().ok());
    place.ok_or_else(fault::invalid_simulation_marker)
}

async fn check_actions(actions: &[String]) -> Result<(), Fault> {
    if actions.iter().any(|action| !action.contains(':')) {
        return Err(fault::simulated_action_without_colon());
    }
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for some in actions.chunks(TURN_ACTIONS) {
        for action in some {
            if known_actions::is_known(action) {
                known.push(action.as_str());
            } else {
                unknown.push(action.as_str());
            }
        }
        tokio::task::yield_now().await;
    }
    if known.is_empty() || unknown.is_empty() {
        return Ok(());
    }
    Err(fault::mixed_simulated_actions(&known, &unknown))
}

impl<'i> Simulation<'i> {
    async fn new(scenario: &Scenario<'i>) -> Result<Self, Fault> {
        let resources = Resources::new(scenario.resources)?;
        source::check_size(scenario)?;
        let identity = Sources::identity(scenario).await?;
        let boundary = Sources::boundary(scenario)?;
        let organization = source::organization(scenario.organization).await?;
        let parties = Parties::new(scenario.caller_arn, scenario.resource_owner)?;
        let resource = match scenario.resource_policy {
            Some(text) => Some(parties::resource_policy(text, &parties, resources)?),
            None => None,
        };
        let entries = context_entries::read(scenario.context_entries)?;
        let missing_keys = {
            let sources = [Some(&identity), boundary.as_ref(), resource.as_ref()];
            entries.missing(
                sources
                    .into_iter()
                    .flatten()
                    .flat_map(Sources::context_keys),
            )
        };
        Ok(Self {
            identity,
            boundary,
            resource,
            organization,
            organization_bytes: source::organization_size(scenario.organization),
            weight: entries.weight(),
            context: entries.into_context(parties.user_id()),
            parties,
            missing_keys,
            resources,
        })
    }

    /// The units of a question about one resource, and how many actions the page may have.
    fn size(&self, max_items: Option<i32>) -> Result<(usize, usize), Fault> {
        let sets = [
            Some(&self.identity),
            self.boundary.as_ref(),
            self.resource.as_ref(),
        ];
        let sets = || sets.into_iter().flatten();
        let bytes = sets().map(Sources::bytes).sum::<usize>() + self.organization_bytes;
        let question = bytes
            .saturating_mul(self.weight)
            .saturating_add(QUESTION_UNITS);
        // An answer shows statements if some decide, and missing keys if none does; never both.
        let statements = sets().map(Sources::statements).sum::<usize>() * STATEMENT_BYTES;
        let keys = self.missing_keys.iter();
        let keys: usize = keys.map(|key| KEY_BYTES + answer::encoded_size(key)).sum();
        let told = statements.max(keys);

        let cost = question.saturating_add(told);
        let action = cost.saturating_mul(self.resources.count());
        let names: usize = self.resources.iter().map(answer::encoded_size).sum();
        let results = (RESULT_BYTES + told).saturating_mul(self.resources.count());
        let answer = names.saturating_add(results);
        if question > MOST_QUESTION_UNITS || action > ACTION_UNITS || answer > ANSWER_BYTES {
            return Err(fault::simulation_too_large());
        }
        let wanted = max_items
            .and_then(|items| usize::try_from(items).ok())
            .unwrap_or(DEFAULT_ITEMS);
        let page = (PAGE_UNITS / action.max(1)).min(ANSWER_BYTES / answer.max(1));
        Ok((cost, wanted.min(page).max(1)))
    }
}

impl<'i> Resources<'i> {
    fn new(resources: &'i [String]) -> Result<Self, Fault> {
        match resources {
            [] => return Ok(Self::Any),
            [only] if only == "*" => return Ok(Self::Any),
            [_, ..] => {}
        }
        match resources
            .iter()
            .find(|resource| !parties::is_whole_arn(resource))
        {
            Some(resource) => Err(fault::simulated_resource_is_no_arn(resource)),
            None => Ok(Self::These(resources)),
        }
    }

    fn iter(self) -> impl Iterator<Item = &'i str> {
        let (any, these): (Option<&str>, &[String]) = match self {
            Self::Any => (Some("*"), &[]),
            Self::These(these) => (None, these),
        };
        any.into_iter().chain(these.iter().map(String::as_str))
    }

    fn count(self) -> usize {
        match self {
            Self::Any => 1,
            Self::These(these) => these.len(),
        }
    }
}
