//! Session tokens: a session and the secret that signs for it, sealed.
//!
//! A token is base64 of a version, the number of the key that seals it, and sealed bytes: the
//! secret, then the session as JSON, deflated if it is long, then zeros up to the size that the
//! caller of [`seal`] wanted. It is bound to its access key id and opens with no other.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_credentials::{NONCE_LENGTH, mint_secret_access_key};
use keyward_names::{AccessKeyId, PolicyId, Secret, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::keys::{SessionKey, SessionKeys};
use super::policies::SessionPolicies;
use super::session::{Holder, Session, SessionTag};

/// The version of the token's form.
const FORM: u8 = 1;
/// The random bytes that a secret access key is made of.
pub const SECRET_BYTES: usize = 30;
/// A session's JSON is deflated if it has more bytes than this. Most have fewer, and deflating
/// takes longer than all the rest.
const DEFLATED_FROM: usize = 640;
/// The deflate level, of 10: higher ones gain little for texts of this size.
const DEFLATE_LEVEL: u8 = 6;
/// The most bytes of JSON that are inflated. No session has more.
const CONTENT_BOUND: usize = 256 * 1024;

/// The most characters of a token: no token that AWS was seen to give out has more.
pub const TOKEN_CHARACTERS: usize = 4_096;

/// A session, and the secret that requests in it are signed with.
#[derive(Debug)]
pub struct OpenedSession {
    /// The session.
    pub session: Arc<Session>,
    /// The secret access key.
    pub secret: Secret,
}

/// Why a token can't be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It is no token of this installation, or belongs to another access key.
    #[error("the session token can't be opened")]
    NotOurs,
    /// This node does not know its key; another node may.
    #[error("the session token is sealed by the unknown key {0}")]
    UnknownKey(u32),
}

/// Why a token can't be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealTokenError {
    /// The session can't be written or sealed.
    #[error("the session token can't be sealed")]
    Seal,
    /// It would have more characters than [`TOKEN_CHARACTERS`].
    #[error("the session token would be too long")]
    TooLong,
}

/// The random bytes of a new token.
pub struct TokenBytes {
    /// What the secret access key is made of.
    pub secret: Zeroizing<[u8; SECRET_BYTES]>,
    /// The nonce that the token is sealed with, used once.
    pub nonce: [u8; NONCE_LENGTH],
}

/// A session as it is in a token. [`Session`] says what the members mean.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SessionContent {
    /// When it began.
    #[serde(rename = "i")]
    pub issued: Timestamp,
    /// When it ends.
    #[serde(rename = "e")]
    pub expires: Timestamp,
    /// When its account was made.
    #[serde(rename = "a")]
    pub account_made: Timestamp,
    /// Whose it is.
    #[serde(rename = "h")]
    pub holder: Holder,
    /// When MFA was used to get the session.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub mfa: Option<Timestamp>,
    /// Its tags.
    #[serde(rename = "t", default, skip_serializing_if = "<[_]>::is_empty")]
    pub tags: Box<[SessionTag]>,
    /// The session policy that was passed.
    #[serde(rename = "p", default, skip_serializing_if = "Option::is_none")]
    pub inline_policy: Option<Box<str>>,
    /// The managed policies that were passed as session policies.
    #[serde(rename = "n", default, skip_serializing_if = "<[_]>::is_empty")]
    pub managed_policies: Box<[PolicyId]>,
}

/// The context that a token is sealed for.
fn context(access_key: AccessKeyId) -> String {
    format!("session token of {access_key}")
}

/// Seals a session of a new access key, and makes the key's secret. The token has at least
/// `at_least` characters.
pub fn seal(
    sealing: &SessionKey,
    access_key: AccessKeyId,
    content: &SessionContent,
    bytes: &TokenBytes,
    at_least: usize,
) -> Result<(Secret, String), SealTokenError> {
    let json = serde_json::to_vec(content).map_err(|_| SealTokenError::Seal)?;
    let is_deflated = json.len() > DEFLATED_FROM;
    let body = if is_deflated { deflate(&json) } else { json };
    let length = u16::try_from(body.len()).map_err(|_| SealTokenError::TooLong)?;
    let mut plain = Zeroizing::new(Vec::with_capacity(TOKEN_CHARACTERS));
    plain.extend_from_slice(&*bytes.secret);
    plain.push(u8::from(is_deflated));
    plain.extend_from_slice(&length.to_be_bytes());
    plain.extend_from_slice(&body);
    let around = 1 + 4 + 12 + 16;
    let padded = (at_least.div_ceil(4) * 3).saturating_sub(around);
    if plain.len() < padded {
        plain.resize(padded, 0);
    }
    let sealed = sealing
        .key
        .seal_bytes(&context(access_key), &plain, bytes.nonce)
        .map_err(|_| SealTokenError::Seal)?;
    let mut form = vec![FORM];
    form.extend_from_slice(&sealing.id.to_be_bytes());
    form.extend_from_slice(&sealed);
    let token = STANDARD.encode(form);
    if token.len() > TOKEN_CHARACTERS {
        return Err(SealTokenError::TooLong);
    }
    Ok((mint_secret_access_key(&bytes.secret), token))
}

/// Opens a token that came with an access key. It does not check whether the session has expired or
/// its holder still exists.
pub(super) fn open(
    keys: &SessionKeys,
    access_key: AccessKeyId,
    token: &str,
) -> Result<OpenedSession, TokenError> {
    if token.len() > TOKEN_CHARACTERS {
        return Err(TokenError::NotOurs);
    }
    let bytes = STANDARD.decode(token).map_err(|_| TokenError::NotOurs)?;
    let Some((&[FORM, a, b, c, d], sealed)) = bytes.split_first_chunk::<5>() else {
        return Err(TokenError::NotOurs);
    };
    let id = u32::from_be_bytes([a, b, c, d]);
    let key = keys.find(id).ok_or(TokenError::UnknownKey(id))?;
    let plain = key
        .open_bytes(&context(access_key), sealed)
        .map_err(|_| TokenError::NotOurs)?;
    read(access_key, &plain).ok_or(TokenError::NotOurs)
}

fn read(access_key: AccessKeyId, plain: &[u8]) -> Option<OpenedSession> {
    let (random_bytes, rest) = plain.split_first_chunk::<SECRET_BYTES>()?;
    let (&[is_deflated, a, b], rest) = rest.split_first_chunk::<3>()?;
    let body = rest.get(..usize::from(u16::from_be_bytes([a, b])))?;
    let content: SessionContent = if is_deflated == 0 {
        serde_json::from_slice(body).ok()?
    } else {
        let inflated =
            miniz_oxide::inflate::decompress_to_vec_with_limit(body, CONTENT_BOUND).ok()?;
        serde_json::from_slice(&inflated).ok()?
    };
    let policies =
        SessionPolicies::new(content.inline_policy.as_deref(), content.managed_policies)?;
    let session = Session {
        access_key,
        issued: content.issued,
        expires: content.expires,
        account_made: content.account_made,
        holder: content.holder,
        mfa: content.mfa,
        tags: content.tags,
        policies,
    };
    Some(OpenedSession {
        session: Arc::new(session),
        secret: mint_secret_access_key(random_bytes),
    })
}

/// Deflates as [`seal`] does.
pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec(bytes, DEFLATE_LEVEL)
}

#[cfg(test)]
mod tests;
