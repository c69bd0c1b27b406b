//! Gives out a token that the account signs, in which it vouches to others for the caller.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Audience` | required | list of 1 to 10 elements of: text of 1 to 1000 characters |
//! | `DurationSeconds` |  | number from 60 to 3600 |
//! | `SigningAlgorithm` | required | text of 5 characters |
//! | `Scope` |  | text of 1 to 256 characters, `[\x21\x23-\x2B\x2D-\x5B\x5D-\x7E]+( [\x21\x23-\x2B\x2D-\x5B\x5D-\x7E]+)*` |
//! | `SubjectMode` |  | one of `AWSIdentity`, `OriginIdentity` |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `sts:GetWebIdentityToken`.
//! Faults: `SessionDurationEscalationException` (403), `OutboundWebIdentityFederationDisabledException` (403), `JWTPayloadSizeExceededException` (400).
//!
//! <!-- end of facts -->

use std::collections::{BTreeMap, HashSet};

use keyward_account::{Account, OutboundFederation};
use keyward_api::sts::WebIdentityTokenSubjectModeType as SubjectMode;
use keyward_api::sts::{GetWebIdentityTokenRequest, GetWebIdentityTokenResponse};
use keyward_authorization::Action;
use keyward_authorization::Caller;
use keyward_authorization::Resource;
use keyward_authorization::sessions::{Holder, Session};
use keyward_engine::uuid;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_names::{Age, FoldedTagKey, Secret};
use keyward_web_identity::{PAYLOAD_LIMIT, SigningAlgorithm};
use serde::Serialize;
use serde_json::{Value, json};

/// How long a token is valid if the request does not say, in seconds.
const TOKEN_LASTS: i32 = 300;

pub(crate) async fn get_web_identity_token(
    call: Call<GetWebIdentityTokenRequest>,
) -> Outcome<GetWebIdentityTokenResponse> {
    let (input, account) = (call.input(), call.account());
    if call.came_to_global_endpoint() {
        return Err(fault::not_at_global_endpoint().into());
    }
    let algorithm = algorithm(&input.signing_algorithm)?;
    let tags = input.tags.as_deref().unwrap_or_default();
    let mut keys = HashSet::new();
    if !tags
        .iter()
        .all(|tag| keys.insert(FoldedTagKey::fold(&tag.key)))
    {
        return Err(fault::duplicate_session_tags().into());
    }
    let session = call.caller().session().map(|session| &**session);
    if session.is_some_and(|session| matches!(session.holder, Holder::Federated(_))) {
        return Err(fault::not_for_federated_users().into());
    }

    let seconds = input.duration_seconds.unwrap_or(TOKEN_LASTS);
    let resource = Resource::by_arn(&format!("arn:aws:sts::{}:self", account.id()))
        .with_list("sts:IdentityTokenAudience", input.audience.clone())
        .with_key("sts:SigningAlgorithm", &input.signing_algorithm)
        .with_key("sts:DurationSeconds", &seconds.to_string())
        .with_key("sts:SubjectMode", subject_mode(input).as_str());
    let mut permit = call.authorize(resource.clone())?;
    if !tags.is_empty() {
        let resource = resource.given_session_tags(tags);
        permit = call.authorize_action(permit, Action::TagGetWebIdentityToken, resource)?;
    }
    check_subject(input)?;
    let now = call.precise_now();
    let expires = now.plus(Age::seconds(i64::from(seconds)));
    if session.is_some_and(|session| expires.whole_seconds() > session.expires) {
        return Err(fault::longer_than_session().into());
    }
    let federation = account.outbound_federation();
    let federation = federation
        .filter(|federation| federation.is_enabled)
        .ok_or_else(fault::web_identity_federation_disabled)?;

    let claims = claims(
        &call,
        federation,
        now.whole_seconds().unix_seconds(),
        expires.whole_seconds().unix_seconds(),
    )?;
    let claims = serde_json::to_string(&claims).map_err(Fault::internal)?;
    if claims.len() > PAYLOAD_LIMIT {
        return Err(fault::web_identity_payload_too_large(PAYLOAD_LIMIT).into());
    }
    let keys = call.token_signing_keys()?;
    // Signing with RSA takes longer than a thread that serves requests may block.
    let signed = tokio::task::spawn_blocking(move || keys.sign(algorithm, &claims));
    let token = signed.await.map_err(Fault::internal)?;
    permit.answer(GetWebIdentityTokenResponse {
        web_identity_token: Some(Secret::new(token.map_err(Fault::internal)?)),
        expiration: Some(expires),
    })
}

/// Refuses what needs a session that tells on whose behalf it acts: no session does, as identity
/// providers can't be asked to propagate identities yet. AWS refuses such sessions too.
fn check_subject(input: &GetWebIdentityTokenRequest) -> Result<(), Fault> {
    match subject_mode(input) {
        SubjectMode::OriginIdentity => Err(fault::no_origin_identity()),
        SubjectMode::AWSIdentity if input.scope.is_some() => {
            Err(fault::scope_without_origin_identity())
        }
        SubjectMode::AWSIdentity => Ok(()),
    }
}

/// Whom the token is to be about: the caller, if the request does not say.
fn subject_mode(input: &GetWebIdentityTokenRequest) -> SubjectMode {
    input.subject_mode.unwrap_or(SubjectMode::AWSIdentity)
}

fn algorithm(name: &str) -> Result<SigningAlgorithm, Fault> {
    match name {
        "RS256" => Ok(SigningAlgorithm::Rs256),
        "ES384" => Ok(SigningAlgorithm::Es384),
        _ => Err(fault::unsupported_signing_algorithm()),
    }
}

/// The claims of the token, in the order in which they are written.
#[derive(Serialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Value,
    iat: i64,
    exp: i64,
    jti: String,
    #[serde(rename = "https://sts.amazonaws.com/")]
    sts: Told,
}

/// The claims about the caller. Those that are not known are left out.
#[derive(Serialize)]
struct Told {
    aws_account: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_region: Option<String>,
    principal_id: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    principal_tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    request_tags: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    original_session_exp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_identity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    federated_provider: Option<String>,
}

fn claims(
    call: &Call<GetWebIdentityTokenRequest>,
    federation: &OutboundFederation,
    issued: i64,
    expires: i64,
) -> Result<Claims, Fault> {
    let (input, account, caller) = (call.input(), call.account(), call.caller());
    let session = caller.session().map(|session| &**session);
    let role_session = session.and_then(Session::role_session);
    let subject = session.map_or_else(
        || caller.arn(account),
        |session| session.principal_arn(account),
    );
    let audience = match &*input.audience {
        [audience] => json!(audience),
        audiences => json!(audiences),
    };
    let tags = input.tags.iter().flatten();
    Ok(Claims {
        iss: call.token_issuer(&federation.issuer_label),
        sub: subject.clone(),
        aud: audience,
        iat: issued,
        exp: expires,
        jti: uuid(call.random()?),
        sts: Told {
            aws_account: account.id().to_string(),
            source_region: call.region().map(str::to_owned),
            principal_id: subject,
            principal_tags: principal_tags(account, caller),
            request_tags: tags
                .map(|tag| (tag.key.clone(), tag.value.clone()))
                .collect(),
            original_session_exp: session.map(|session| session.expires.to_string()),
            source_identity: role_session
                .and_then(|session| session.source_identity.as_deref())
                .map(str::to_owned),
            federated_provider: role_session
                .and_then(|session| session.provider.as_deref())
                .map(str::to_owned),
        },
    })
}

/// The caller's tags. Those of a session replace those of its role or user with the same key.
fn principal_tags(account: &Account, caller: &Caller) -> BTreeMap<String, String> {
    caller
        .tags(account)
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}
