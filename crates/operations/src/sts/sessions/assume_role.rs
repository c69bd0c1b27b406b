//! Assumes a role: gives out a session of it. The role's trust policy must allow the caller, and so
//! must the caller's own policies unless the trust policy names the caller itself.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleArn` | required | text of 20 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+` |
//! | `RoleSessionName` | required | text of 2 to 64 characters, `[\w+=,.@-]*` |
//! | `PolicyArns` |  | list of: structure of `arn` |
//! | `Policy` |  | text of at least 1 character, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `DurationSeconds` |  | number from 900 to 43200 |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//! | `TransitiveTagKeys` |  | list of at most 50 elements of: text of 1 to 128 characters, `[\p{L}\p{Z}\p{N}_.:/=+\-@]+` |
//! | `ExternalId` |  | text of 2 to 1224 characters, `[\w+=,.@:\/-]*` |
//! | `SerialNumber` |  | text of 9 to 256 characters, `[\w+=/:,.@-]*` |
//! | `TokenCode` |  | text of 6 characters, `[\d]*` |
//! | `SourceIdentity` |  | text of 2 to 256 characters, `[\w+=,.@-]*` |
//! | `ProvidedContexts` |  | list of 1 to 5 elements of: structure of `ProviderArn`, `ContextAssertion` |
//! | `MinimumSessionTokenSize` |  | number from 0 to 4096 |
//!
//! Permission: `sts:AssumeRole`.
//! Faults: `MalformedPolicyDocument` (400), `PackedPolicyTooLarge` (400), `RegionDisabledException` (403), `ExpiredTokenException` (400), `InvalidContextAssertion` (400).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Role};
use keyward_api::sts::{AssumeRoleRequest, AssumeRoleResponse};
use keyward_api::{OperationId, sts};
use keyward_authorization::sessions::{Session, SessionTag};
use keyward_authorization::{AccessRequests, Action, Principal, Resource};
use keyward_engine::{AuditFacts, Call, Outcome, Permit, noting};
use keyward_faults::{Fault, fault};
use keyward_names::Age;
use serde_json::Value;

use super::{
    NewRoleSession, RoleArn, RoleSessionRequest, arns, check_mfa, issue_role_session,
    role_session_lasts, session_tags,
};
use crate::sts::shared::given_policies::GivenPolicies;

/// The longest session that can be requested in a session of a role.
const CHAINED_SESSION: Age = Age::seconds(3_600);

pub(crate) async fn assume_role(call: Call<AssumeRoleRequest>) -> Outcome<AssumeRoleResponse> {
    let input = call.input();
    let asked = RoleArn::parse(&input.role_arn)?;
    check_mfa(input.serial_number.as_deref(), input.token_code.as_deref())?;
    check_root(&call)?;
    let other = if asked.account == call.account().id() {
        None
    } else {
        call.other_account(asked.account).await?
    };
    let is_own = asked.account == call.account().id();
    let account = match &other {
        Some(other) => Some(&**other),
        None => is_own.then(|| call.account()),
    };
    let found = account.and_then(|account| Some((account, asked.role(account)?)));
    let before = call.caller().session();
    let chained = before.filter(|session| session.role_session().is_some());
    let chained = chained.map(|session| &**session);
    let inherited = inherited_tags(chained);
    let facts = inherited_facts(&inherited);
    let outcome = match found {
        Some((account, role)) => assume(&call, account, role, chained, &inherited),
        None => {
            let wanted = wanted(input, source_identity(input, chained));
            let as_given = questions(input, &wanted, Resource::by_arn(&input.role_arn), false);
            let first = as_given.iter().next();
            let refusal = first.map(|first| call.refuse_assuming(first));
            Err(refusal.unwrap_or_else(fault::service_unavailable).into())
        }
    };
    noting(outcome, facts)
}

/// Root users assume no roles. Whoever is one only because `dev` takes any key for one may: people come
/// from programs where that works, and such a caller could make itself a user who may.
fn check_root(call: &Call<AssumeRoleRequest>) -> Result<(), Fault> {
    let caller = call.caller();
    if caller.principal() != Some(Principal::Root) {
        return Ok(());
    }
    if !caller.is_stand_in() {
        return Err(fault::root_may_not_assume());
    }
    call.warn_once("AssumeRole by a stand-in for root: AWS would refuse it; --enforce does");
    Ok(())
}

/// Audit facts about the tags that a session inherits.
fn inherited_facts(tags: &[SessionTag]) -> AuditFacts {
    if tags.is_empty() {
        return AuditFacts::default();
    }
    let tags = tags
        .iter()
        .map(|tag| (tag.key.to_string(), tag.value.to_string().into()));
    AuditFacts::parameter("incomingTransitiveTags", Value::Object(tags.collect()))
}

/// Gives out a session of the role, if the caller may assume it.
fn assume(
    call: &Call<AssumeRoleRequest>,
    account: &Account,
    role: &Role,
    chained: Option<&Session>,
    inherited: &[SessionTag],
) -> Outcome<AssumeRoleResponse> {
    let input = call.input();
    let source_identity = source_identity(input, chained);
    let permit = authorize(call, account, role, inherited, source_identity)?;
    // Only whom the role trusts is told more than that it does not.
    check_source_identity(call, chained)?;

    let tags = given_tags(input);
    let transitive_keys = input.transitive_tag_keys.as_deref().unwrap_or_default();
    let tags = session_tags(inherited, tags, transitive_keys)?;
    let lasts = lasts(input.duration_seconds, role, chained.is_some())?;
    if let Some(context) = input.provided_contexts.iter().flatten().next() {
        let arn = context.provider_arn.as_deref().unwrap_or_default();
        return Err(fault::no_such_context_provider(arn).into());
    }
    let policy_arns = arns(input.policy_arns.as_deref());
    let policies = GivenPolicies::check(call, account, input.policy.as_deref(), &policy_arns)?;
    let is_packed = !tags.is_empty() || !policies.is_empty();

    let new = NewRoleSession {
        name: &input.role_session_name,
        source_identity,
        vouched: None,
        lasts,
        tags,
        policies,
        token_size: input.minimum_session_token_size,
    };
    let given = issue_role_session(call, &permit, account, role, new)?;
    let answer = permit.answer(AssumeRoleResponse {
        assumed_role_user: Some(given.user),
        credentials: Some(given.issued.credentials),
        packed_policy_size: is_packed.then_some(given.issued.packed_size),
        source_identity: source_identity.map(str::to_owned),
        session_token_utilization: Some(given.issued.utilization),
        session_token_size: Some(given.issued.token_size),
    });
    noting(answer, given.facts)
}

fn given_tags(input: &AssumeRoleRequest) -> &[sts::Tag] {
    input.tags.as_deref().unwrap_or_default()
}

/// The tags of the calling session that the new session inherits.
fn inherited_tags(chained: Option<&Session>) -> Vec<SessionTag> {
    let tags = chained.into_iter().flat_map(|session| session.tags.iter());
    tags.filter(|tag| tag.is_transitive).cloned().collect()
}

/// The source identity of the new session.
fn source_identity<'a>(
    input: &'a AssumeRoleRequest,
    chained: Option<&'a Session>,
) -> Option<&'a str> {
    let given = input.source_identity.as_deref();
    given.or_else(|| inherited_source_identity(chained))
}

fn inherited_source_identity(chained: Option<&Session>) -> Option<&str> {
    chained?.role_session()?.source_identity.as_deref()
}

/// A source identity that the calling session has can't be changed.
fn check_source_identity(
    call: &Call<AssumeRoleRequest>,
    chained: Option<&Session>,
) -> Result<(), Fault> {
    let given = call.input().source_identity.as_deref();
    match (given, inherited_source_identity(chained)) {
        (Some(given), Some(inherited)) if given != inherited => {
            let caller = call.caller().arn(call.account());
            let action = Action::SetSourceIdentity.name();
            Err(fault::may_not_assume(
                &caller,
                action,
                &call.input().role_arn,
                None,
            ))
        }
        _ => Ok(()),
    }
}

/// Judges everything that the caller wants for the session. What the session inherits must be
/// allowed as if it were in the request (unsure for tags).
fn authorize(
    call: &Call<AssumeRoleRequest>,
    account: &Account,
    role: &Role,
    inherited: &[SessionTag],
    source_identity: Option<&str>,
) -> Result<Permit, Fault> {
    let input = call.input();
    let wanted = wanted(input, source_identity);
    let inherits_tags = !inherited.is_empty();
    let found = Resource::role(account, &role.name, Some(role));
    let access_requests = questions(input, &wanted, found, inherits_tags);
    let given = Resource::by_arn(&input.role_arn);
    let as_given = questions(input, &wanted, given, inherits_tags);
    call.authorize_assuming(account, role, access_requests, &as_given)
}

fn wanted<'a>(
    input: &'a AssumeRoleRequest,
    source_identity: Option<&'a str>,
) -> RoleSessionRequest<'a> {
    RoleSessionRequest {
        session_name: &input.role_session_name,
        tags: given_tags(input),
        transitive_keys: input.transitive_tag_keys.as_deref().unwrap_or_default(),
        source_identity,
    }
}

fn questions(
    input: &AssumeRoleRequest,
    wanted: &RoleSessionRequest<'_>,
    role: Resource,
    inherits_tags: bool,
) -> AccessRequests {
    let mut resource = wanted.resource(role);
    if let Some(external_id) = &input.external_id {
        resource = resource.with_key("sts:ExternalId", external_id);
    }
    wanted.access_requests(OperationId::StsAssumeRole, &resource, inherits_tags)
}

fn lasts(asked: Option<i32>, role: &Role, is_chained: bool) -> Result<Age, Fault> {
    if is_chained && asked.is_some_and(|asked| Age::seconds(i64::from(asked)) > CHAINED_SESSION) {
        return Err(fault::longer_than_chained_role_allows());
    }
    role_session_lasts(asked, role)
}
