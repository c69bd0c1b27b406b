//! Assumes a role by a token of an OpenID Connect provider: gives out a session of it. The role's
//! trust policy must allow the identity that the token vouches for. The request is not signed.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleArn` | required | text of 20 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+` |
//! | `RoleSessionName` | required | text of 2 to 64 characters, `[\w+=,.@-]*` |
//! | `WebIdentityToken` | required | secret text of 4 to 20000 characters |
//! | `ProviderId` |  | text of 4 to 2048 characters |
//! | `PolicyArns` |  | list of: structure of `arn` |
//! | `Policy` |  | text of 1 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `DurationSeconds` |  | number from 900 to 43200 |
//! | `MinimumSessionTokenSize` |  | number from 0 to 4096 |
//!
//! Permission: `sts:AssumeRoleWithWebIdentity`.
//! Faults: `MalformedPolicyDocument` (400), `PackedPolicyTooLarge` (400), `IDPRejectedClaim` (403), `IDPCommunicationError` (400), `InvalidIdentityToken` (400), `ExpiredTokenException` (400), `RegionDisabledException` (403).
//!
//! <!-- end of facts -->

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_account::{OidcProvider, ProviderKind};
use keyward_api::sts::{AssumeRoleWithWebIdentityRequest, AssumeRoleWithWebIdentityResponse};
use keyward_api::{OperationId, sts::PolicyDescriptorType};
use keyward_authorization::Resource;
use keyward_authorization::sessions::{FederatedBy, FederatedIdentity, ProviderKey, Recorded};
use keyward_engine::{AuditFacts, Call, Outcome, noting};
use keyward_faults::{Fault, fault};
use keyward_web_identity::{ClaimValue, Expected, KeySet, TokenError, Unverified, WebIdentity};

use super::{
    NewRoleSession, RoleArn, RoleSessionRequest, arns, check_provider_id, is_source_identity,
    issue_role_session, role_session_lasts, session_tags, tags_of,
};
use crate::sts::shared::given_policies::GivenPolicies;

pub(crate) async fn assume_role_with_web_identity(
    call: Call<AssumeRoleWithWebIdentityRequest>,
) -> Outcome<AssumeRoleWithWebIdentityResponse> {
    let input = call.input();
    let account = call.account();
    let asked = RoleArn::parse(&input.role_arn)?;
    check_provider_id(input.provider_id.as_deref())?;
    let token = Unverified::read(input.web_identity_token.expose());
    let token = token.map_err(|error| fault::token_refused(&error))?;
    let provider = account
        .oidc_provider_of_issuer(token.issuer())
        .ok_or_else(|| fault::no_provider_of_issuer(token.issuer()))?;
    if call.is_token_issuer(token.issuer()) {
        return Err(fault::token_refused(&TokenError::NotValidated).into());
    }
    let identity = verify(&call, provider, &token).await?;
    let vouched = Arc::new(vouched(&call, provider, &identity));
    let facts = AuditFacts::federated(&vouched);
    noting(assume(&call, &asked, identity, &vouched), facts)
}

/// Gives out a session of the role, if its trust policy allows the identity.
fn assume(
    call: &Call<AssumeRoleWithWebIdentityRequest>,
    asked: &RoleArn<'_>,
    identity: WebIdentity,
    vouched: &Arc<FederatedIdentity>,
) -> Outcome<AssumeRoleWithWebIdentityResponse> {
    let (input, account) = (call.input(), call.account());
    let role = asked.role(account);
    let operation = OperationId::StsAssumeRoleWithWebIdentity;
    let role = role.ok_or_else(|| fault::federated_may_not_assume(operation.action(), None))?;
    // The text of this fault is (unsure).
    let tags = tags_of(&identity.principal_tags)
        .ok_or_else(|| fault::token_refused(&TokenError::PrincipalTags))?;
    let source_identity = identity.source_identity.as_deref();
    if source_identity.is_some_and(|name| !is_source_identity(name)) {
        return Err(fault::unfit_source_identity().into());
    }
    let wanted = RoleSessionRequest {
        session_name: &input.role_session_name,
        tags: &tags,
        transitive_keys: &identity.transitive_tag_keys,
        source_identity,
    };
    let is_authorized = identity.is_role_authorized.to_string();
    let resource = wanted.resource(Resource::role(account, &role.name, Some(role)));
    let access_requests = wanted
        .access_requests(operation, &resource, false)
        .with_first(|first| first.with_key("sts:RoleAuthorizedByIdp", &is_authorized));
    let permit = call.authorize_federated(vouched, role, access_requests)?;
    let tags = session_tags(&[], &tags, &identity.transitive_tag_keys)?;
    let lasts = role_session_lasts(input.duration_seconds, role)?;
    let policy_arns: Option<&[PolicyDescriptorType]> = input.policy_arns.as_deref();
    let policies =
        GivenPolicies::check(call, account, input.policy.as_deref(), &arns(policy_arns))?;

    let new = NewRoleSession {
        name: &input.role_session_name,
        source_identity,
        vouched: Some(vouched),
        lasts,
        tags,
        policies,
        token_size: input.minimum_session_token_size,
    };
    let given_out = issue_role_session(call, &permit, account, role, new)?;
    let answer = permit.answer(AssumeRoleWithWebIdentityResponse {
        trusted_identity_propagation_context: None,
        credentials: Some(given_out.issued.credentials),
        subject_from_web_identity_token: Some(identity.subject),
        assumed_role_user: Some(given_out.user),
        packed_policy_size: Some(given_out.issued.packed_size),
        provider: Some(vouched.provider_arn.to_string()),
        audience: Some(identity.audience),
        source_identity: identity.source_identity,
        session_token_utilization: Some(given_out.issued.utilization),
        session_token_size: Some(given_out.issued.token_size),
    });
    noting(answer, given_out.facts)
}

/// Verifies a token by the keys that its issuer publishes. If these lack the token's key, newer
/// ones are fetched once.
async fn verify(
    call: &Call<AssumeRoleWithWebIdentityRequest>,
    provider: &OidcProvider,
    token: &Unverified<'_>,
) -> Result<WebIdentity, Fault> {
    let client_ids: Vec<&str> = provider.client_ids.iter().map(|id| &**id).collect();
    let expected = Expected {
        client_ids: &client_ids,
        now: call.now().unix_seconds(),
        role_arn: &call.input().role_arn,
    };
    let verified_by = |key_set: &str| {
        let keys = KeySet::parse(key_set).map_err(|_| TokenError::NoVerificationKey)?;
        token.verify(&keys, &expected)
    };
    let (issuer, providers) = (token.issuer(), call.identity_providers());
    let key_set = call.key_set(provider, issuer).await;
    let key_set = key_set.map_err(|_| fault::token_refused(&TokenError::NoVerificationKey))?;
    let verified = match verified_by(&key_set) {
        Err(TokenError::NoVerificationKey) => {
            let again = providers.key_set_again(issuer, &provider.thumbprints, &key_set);
            verified_by(&again.await)
        }
        verified => verified,
    };
    verified.map_err(|error| fault::token_refused(&error))
}

/// The identity that the token vouches for, for policies and audit records. A condition may name
/// any claim; AWS knows only some of those of some issuers. The session keeps the claims that name
/// the subject, the audience and how the subject was authenticated (unsure).
fn vouched(
    call: &Call<AssumeRoleWithWebIdentityRequest>,
    provider: &OidcProvider,
    identity: &WebIdentity,
) -> FederatedIdentity {
    let url = &provider.url;
    let key = |claim: &str| format!("{url}:{claim}");
    let mut keys = vec![
        ProviderKey::kept(key("aud"), &identity.audience),
        ProviderKey::kept(key("sub"), &identity.subject),
    ];
    if let (Some(_), Some(aud)) = (&identity.azp, &identity.aud_claim) {
        keys.push(ProviderKey::kept(key("oaud"), aud));
    }
    if !identity.amr.is_empty() {
        keys.push(ProviderKey {
            name: key("amr").into(),
            values: identity
                .amr
                .iter()
                .map(|value| value.as_str().into())
                .collect(),
            is_kept: true,
        });
    }
    keys.extend(identity.claims.iter().map(|(claim, value)| ProviderKey {
        name: key(claim).into(),
        values: match value {
            ClaimValue::One(value) => Box::new([value.as_str().into()]),
            ClaimValue::Several(values) => {
                values.iter().map(|value| value.as_str().into()).collect()
            }
        },
        is_kept: false,
    }));
    let provider_arn = ProviderKind::Oidc.arn(call.account().id(), url);
    let (audience, subject) = (&identity.audience, &identity.subject);
    FederatedIdentity {
        recorded: Recorded {
            by: FederatedBy::WebIdentity,
            principal_id: format!("{provider_arn}:{audience}:{subject}").into(),
            subject: subject.as_str().into(),
            provider: provider_arn.as_str().into(),
            parameters: BTreeMap::new(),
        },
        provider_arn: provider_arn.into(),
        keys: keys.into(),
    }
}
