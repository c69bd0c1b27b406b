//! Assumes a role by an assertion of a SAML provider: gives out a session of it. The role's trust
//! policy must allow the identity that the assertion vouches for. The request is not signed.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleArn` | required | text of 20 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+` |
//! | `PrincipalArn` | required | text of 20 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+` |
//! | `SAMLAssertion` | required | secret text of 4 to 100000 characters |
//! | `PolicyArns` |  | list of: structure of `arn` |
//! | `Policy` |  | text of 1 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `DurationSeconds` |  | number from 900 to 43200 |
//! | `MinimumSessionTokenSize` |  | number from 0 to 4096 |
//!
//! Permission: `sts:AssumeRoleWithSAML`.
//! Faults: `MalformedPolicyDocument` (400), `PackedPolicyTooLarge` (400), `IDPRejectedClaim` (403), `InvalidIdentityToken` (400), `ExpiredTokenException` (400), `RegionDisabledException` (403).
//!
//! <!-- end of facts -->

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_account::SamlProvider;
use keyward_api::OperationId;
use keyward_api::sts::{AssumeRoleWithSAMLRequest, AssumeRoleWithSAMLResponse};
use keyward_authorization::Resource;
use keyward_authorization::sessions::{FederatedBy, FederatedIdentity, ProviderKey, Recorded};
use keyward_engine::uuid;
use keyward_engine::{AuditFacts, Call, Outcome, noting};
use keyward_faults::fault;
use keyward_names::Age;
use keyward_saml::{Assertion, AssertionError, name_qualifier};
use serde_json::{Value, json};

use super::{
    NewRoleSession, RoleArn, RoleSessionRequest, arns, issue_role_session, role_session_lasts,
    session_tags, tags_of,
};
use crate::sts::shared::given_policies::GivenPolicies;

pub(crate) async fn assume_role_with_saml(
    call: Call<AssumeRoleWithSAMLRequest>,
) -> Outcome<AssumeRoleWithSAMLResponse> {
    let input = call.input();
    let account = call.account();
    let asked = RoleArn::parse(&input.role_arn)?;
    let provider_arn = input.principal_arn.as_str();
    let provider = account.saml_provider_by_arn(provider_arn);
    let request_id = uuid(call.random()?);
    let provider = provider.ok_or_else(|| fault::no_provider_of_assertion(&request_id))?;
    let refused = |error: AssertionError| fault::assertion_refused(error, &request_id);
    let checked = call
        .check_assertion(provider, &input.saml_assertion)
        .await?;
    let assertion = checked.map_err(refused)?;
    assertion
        .grants(&input.role_arn, provider_arn)
        .map_err(refused)?;
    let name_qualifier = name_qualifier(&assertion.issuer, account.id(), &provider.name);
    let vouched = Arc::new(vouched(&call, provider, &assertion, &name_qualifier));
    let facts = AuditFacts::federated(&vouched);
    let identified = Identified {
        provider,
        assertion,
        name_qualifier,
        vouched: &vouched,
        request_id: &request_id,
    };
    noting(assume(&call, &asked, identified).await, facts)
}

/// A verified assertion, and its provider.
struct Identified<'a> {
    provider: &'a SamlProvider,
    assertion: Assertion,
    name_qualifier: String,
    vouched: &'a Arc<FederatedIdentity>,
    /// The id of the request, which refusals show.
    request_id: &'a str,
}

/// Gives out a session of the role, if its trust policy allows the identity.
async fn assume(
    call: &Call<AssumeRoleWithSAMLRequest>,
    asked: &RoleArn<'_>,
    identified: Identified<'_>,
) -> Outcome<AssumeRoleWithSAMLResponse> {
    let Identified {
        provider,
        assertion,
        name_qualifier,
        vouched,
        request_id,
    } = identified;
    let (input, account) = (call.input(), call.account());
    let role = asked.role(account);
    let operation = OperationId::StsAssumeRoleWithSAML;
    let role = role.ok_or_else(|| fault::federated_may_not_assume(operation.action(), None))?;
    let tags = tags_of(&assertion.principal_tags)
        .ok_or_else(|| fault::assertion_refused(AssertionError::PrincipalTagForm, request_id))?;
    let source_identity = assertion.source_identity.as_deref();
    let wanted = RoleSessionRequest {
        session_name: &assertion.role_session_name,
        tags: &tags,
        transitive_keys: &assertion.transitive_tag_keys,
        source_identity,
    };
    let resource = wanted.resource(Resource::role(account, &role.name, Some(role)));
    let access_requests = wanted.access_requests(operation, &resource, false);
    let permit = call.authorize_federated(vouched, role, access_requests)?;
    let tags = session_tags(&[], &tags, &assertion.transitive_tag_keys)?;
    let lasts = role_session_lasts(input.duration_seconds, role)?;
    let lasts = lasts.min(lasts_at_most(call, &assertion));
    let policy_arns = arns(input.policy_arns.as_deref());
    let policies = GivenPolicies::check(call, account, input.policy.as_deref(), &policy_arns)?;
    // The last check, so that a refused request does not use up the assertion.
    let used_for = format!("{}/{}/{}", provider.id, role.id, assertion.id);
    if !call
        .use_assertion(&permit, used_for, assertion.expires_at)
        .await?
    {
        return Err(fault::assertion_used_before().into());
    }

    let new = NewRoleSession {
        name: &assertion.role_session_name,
        source_identity,
        vouched: Some(vouched),
        lasts,
        tags,
        policies,
        token_size: input.minimum_session_token_size,
    };
    let given_out = issue_role_session(call, &permit, account, role, new)?;
    let answer = permit.answer(AssumeRoleWithSAMLResponse {
        trusted_identity_propagation_context: None,
        credentials: Some(given_out.issued.credentials),
        assumed_role_user: Some(given_out.user),
        packed_policy_size: Some(given_out.issued.packed_size),
        subject: Some(assertion.subject),
        subject_type: Some(assertion.subject_type),
        issuer: Some(assertion.issuer),
        audience: Some(assertion.recipient),
        name_qualifier: Some(name_qualifier),
        source_identity: assertion.source_identity,
        session_token_utilization: Some(given_out.issued.utilization),
        session_token_size: Some(given_out.issued.token_size),
    });
    noting(answer, given_out.facts)
}

/// How long the session may last by the assertion.
fn lasts_at_most(call: &Call<AssumeRoleWithSAMLRequest>, assertion: &Assertion) -> Age {
    let longest = Age::seconds(i64::MAX);
    let said = assertion.session_duration.map_or(longest, Age::seconds);
    let ends = assertion.session_not_on_or_after;
    let rest = ends.map(|ends| ends.saturating_sub(call.now().unix_seconds()));
    said.min(rest.map_or(longest, Age::seconds))
}

/// The identity that the assertion vouches for, for policies and audit records. The session keeps
/// the keys that name the subject (documented).
fn vouched(
    call: &Call<AssumeRoleWithSAMLRequest>,
    provider: &SamlProvider,
    assertion: &Assertion,
    name_qualifier: &str,
) -> FederatedIdentity {
    let for_trust_alone = |name: &'static str, values: Box<[Box<str>]>| ProviderKey {
        name: name.into(),
        values,
        is_kept: false,
    };
    let one = |name, value: &str| for_trust_alone(name, Box::new([value.into()]));
    let document = format!("{}/{}", call.account().id(), provider.name);
    let mut keys = vec![
        ProviderKey::kept("saml:sub", &assertion.subject),
        ProviderKey::kept("saml:sub_type", &assertion.subject_type),
        ProviderKey::kept("saml:namequalifier", name_qualifier),
        one("saml:aud", &assertion.recipient),
        one("saml:iss", &assertion.issuer),
        one("saml:doc", &document),
    ];
    keys.extend(assertion.context_keys.iter().map(|key| {
        let values = key.values.iter().map(|value| value.as_str().into());
        for_trust_alone(key.name, values.collect())
    }));
    let subject = &assertion.subject;
    FederatedIdentity {
        provider_arn: call.input().principal_arn.as_str().into(),
        recorded: Recorded {
            by: FederatedBy::Saml,
            principal_id: format!("{name_qualifier}:{subject}").into(),
            subject: subject.as_str().into(),
            provider: name_qualifier.into(),
            parameters: parameters(assertion),
        },
        keys: keys.into(),
    }
}

/// The request parameters in audit records that come from the assertion.
fn parameters(assertion: &Assertion) -> BTreeMap<&'static str, Value> {
    let mut parameters = BTreeMap::from([
        ("sAMLAssertionID", json!(assertion.id)),
        ("roleSessionName", json!(assertion.role_session_name)),
    ]);
    if !assertion.principal_tags.is_empty() {
        let tags: BTreeMap<&str, &str> = assertion
            .principal_tags
            .iter()
            .map(|(key, value)| (&**key, &**value))
            .collect();
        parameters.insert("principalTags", json!(tags));
    }
    if !assertion.transitive_tag_keys.is_empty() {
        let keys = json!(assertion.transitive_tag_keys);
        parameters.insert("transitiveTagKeys", keys);
    }
    if let Some(source_identity) = &assertion.source_identity {
        parameters.insert("sourceIdentity", json!(source_identity));
    }
    parameters
}
