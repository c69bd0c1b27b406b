//! The policy simulator: what policies say to actions on resources, and why. What is asked about need
//! not exist, and nothing is done.
//!
//! It judges by the same engine as the gate, and differs from it in what was seen of IAM's simulator:
//! a policy of a resource may allow what a permissions boundary doesn't, a known action is denied on
//! what is none of its resource types, and organizations are asked first and alone.

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

/// How many actions a page has where the request does not say.
const DEFAULT_ITEMS: usize = 100;
/// How many bytes all policies of a simulation may have together (unsure).
const POLICY_BYTES: usize = 1024 * 1024;

/// Work is counted in units, of which one is about a nanosecond and a byte of the answer. A question
/// about one resource costs so many, besides what the policies add.
const QUESTION_UNITS: usize = 2_000;
/// A question that is more work is refused: it is answered in one go, in which others wait. The worst
/// of them take a tenth of a second.
const MOST_QUESTION_UNITS: usize = 4 * 1024 * 1024;
/// What a statement of any policy adds to each answer: it may have to be told.
const STATEMENT_BYTES: usize = 300;
/// What a missing key adds to each answer besides its text.
const KEY_BYTES: usize = 64;
/// What an answer about one resource is besides the resource's name and what is told.
const RESULT_BYTES: usize = 300;
/// So much is done before others have a turn.
const TURN_UNITS: usize = 1_000_000;
/// A page that is more work ends early, as pages of AWS may.
const PAGE_UNITS: usize = 32_000_000;
/// An action with so many resources that it is more work is refused (unsure): a page has at least one.
const ACTION_UNITS: usize = 64_000_000;
/// The bytes of an answer, for which the same holds: a longer page ends early, a longer action is refused.
const ANSWER_BYTES: usize = 16 * 1024 * 1024;
/// So many actions are looked up before others have a turn.
const TURN_ACTIONS: usize = 4_096;

/// What is asked of the simulator.
#[derive(Debug, Default)]
pub(crate) struct Scenario<'i> {
    /// The policies that the principal has, each with the id that is told of it.
    pub(crate) own_policies: Vec<(String, &'i str)>,
    /// `PolicyInputList`.
    pub(crate) policies: &'i [String],
    /// The permissions boundary that the principal has.
    pub(crate) own_boundary: Option<(String, &'i str)>,
    /// `PermissionsBoundaryPolicyInputList`, which stands for the principal's own.
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

/// A scenario, checked and made ready.
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
    /// How many times the context entries multiply the work that policies are.
    weight: usize,
    resources: Resources<'i>,
}

/// What the actions are asked about.
#[derive(Debug, Clone, Copy)]
enum Resources<'i> {
    /// `*`, said or not.
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

/// The place of the last action of the page before.
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
        // Statements are told where they decide, and missing keys where none does.
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
