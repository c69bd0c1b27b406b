//! Judging the claims of a token whose signature is right.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::{ClaimValue, TokenError, WebIdentity, roles, tags, times};

const SOURCE_IDENTITY: &str = "https://aws.amazon.com/source_identity";

/// The claims that have a meaning here, and so are no context keys of their own. `oaud` is none of them:
/// it is the key that tells `aud` where `azp` stands for the audience.
const USED: [&str; 9] = [
    "iss", "sub", "aud", "azp", "amr", "iat", "nbf", "exp", "oaud",
];

/// How AWS's own claims begin.
const RESERVED: &str = "https://aws.amazon.com/";

/// What a token is measured by.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The client ids that are registered with the provider.
    pub client_ids: &'a [&'a str],
    /// The time, in seconds since 1970.
    pub now: i64,
    /// The ARN of the role that is asked for.
    pub role_arn: &'a str,
}

/// Checks times, audience, subject and roles, in this order, and takes out what the session needs.
/// (unsure) whether the service has the same order.
pub(crate) fn judge(
    issuer: &str,
    claims: &Map<String, Value>,
    expected: &Expected<'_>,
) -> Result<WebIdentity, TokenError> {
    times::judge(claims, expected.now)?;
    let audience = audience(claims, expected.client_ids)?;
    let subject = subject(claims)?;
    let is_role_authorized = roles::authorize(claims, expected.role_arn)?;
    let tags = tags::read(claims)?;
    Ok(WebIdentity {
        issuer: issuer.to_owned(),
        subject,
        audience,
        aud_claim: claims.get("aud").and_then(first_text).map(str::to_owned),
        azp: text(claims, "azp").map(str::to_owned),
        amr: claims.get("amr").map(texts).unwrap_or_default(),
        source_identity: source_identity(claims)?,
        principal_tags: tags.principal,
        transitive_tag_keys: tags.transitive,
        is_role_authorized,
        claims: further(claims),
    })
}

/// Who asked for the token. Where `azp` is there, it alone counts, even if `aud` would do [obs].
fn audience(claims: &Map<String, Value>, client_ids: &[&str]) -> Result<String, TokenError> {
    let audience = match (claims.get("azp"), claims.get("aud")) {
        (Some(party), _) => party.as_str(),
        (None, Some(Value::String(audience))) => Some(audience.as_str()),
        (None, Some(Value::Array(audiences))) => match audiences.as_slice() {
            [] => return Err(TokenError::EmptyAudience),
            [audience] => audience.as_str(),
            [_, _, ..] => return Err(TokenError::SeveralAudiences),
        },
        (None, _) => None,
    };
    // An empty client id can't be registered, but an empty audience must not depend on that.
    audience
        .filter(|audience| !audience.is_empty() && client_ids.contains(audience))
        .map(str::to_owned)
        .ok_or(TokenError::NotValidated)
}

fn subject(claims: &Map<String, Value>) -> Result<String, TokenError> {
    match claims.get("sub") {
        Some(Value::String(subject)) => Ok(subject.clone()),
        // A number that is no whole one of 64 bits was rounded when it was read, and two subjects
        // must not become one.
        Some(Value::Number(number)) if !number.is_f64() => Ok(number.to_string()),
        Some(Value::Null) => Err(TokenError::NullSubject),
        Some(Value::Number(_) | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => {
            Err(TokenError::NotValidated)
        }
    }
}

/// The source identity. One that is no text is refused rather than passed over. (unsure)
fn source_identity(claims: &Map<String, Value>) -> Result<Option<String>, TokenError> {
    match claims.get(SOURCE_IDENTITY) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(identity)) => Ok(Some(identity.clone())),
        Some(Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_)) => {
            Err(TokenError::NotValidated)
        }
    }
}

/// Context keys ignore case. A claim such as `SUB`, which an issuer may let its users choose, must not
/// stand for the one that was checked; so of claims that differ in case alone none is told, and none that
/// is not ASCII, of which the case is not always plain.
fn further(claims: &Map<String, Value>) -> BTreeMap<String, ClaimValue> {
    let mut spellings: BTreeMap<String, usize> = BTreeMap::new();
    for name in claims.keys() {
        *spellings.entry(name.to_lowercase()).or_default() += 1;
    }
    let is_plain =
        |name: &str| name.is_ascii() && spellings.get(&name.to_lowercase()).copied() == Some(1);
    claims
        .iter()
        .filter(|(name, _)| is_plain(name))
        .filter(|(name, _)| !USED.contains(&&*name.to_lowercase()) && !name.starts_with(RESERVED))
        .filter_map(|(name, value)| Some((name.clone(), claim_value(value)?)))
        .collect()
}

fn claim_value(value: &Value) -> Option<ClaimValue> {
    match value {
        Value::String(text) => Some(ClaimValue::One(text.clone())),
        Value::Number(number) => Some(ClaimValue::One(number.to_string())),
        Value::Bool(truth) => Some(ClaimValue::One(truth.to_string())),
        Value::Array(values) => {
            let texts = values.iter().map(|value| value.as_str().map(str::to_owned));
            Some(ClaimValue::Several(texts.collect::<Option<_>>()?))
        }
        Value::Null | Value::Object(_) => None,
    }
}

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// A text, or the first text of a list.
fn first_text(value: &Value) -> Option<&str> {
    match value {
        Value::Array(values) => values.iter().find_map(Value::as_str),
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

/// A text, or the texts of a list.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(values) => values
            .iter()
            .filter_map(|value| value.as_str().map(str::to_owned))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
