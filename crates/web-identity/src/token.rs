//! Taking a token apart, and checking it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::algorithm::Algorithm;
use crate::claims::{self, Expected};
use crate::{KeySet, TokenError, WebIdentity};

/// How long a token may be, in characters: the limit of the parameter.
const LONGEST: usize = 20_000;

/// The claims that every token must have, in the order in which they are missed. (unsure) whether
/// the service has the same order.
const REQUIRED: [&str; 5] = ["iss", "sub", "aud", "iat", "exp"];

/// A token that has the right form and the required claims. Nothing in it is to be believed yet.
pub struct Unverified<'a> {
    /// Header and claims as they were signed.
    message: &'a str,
    signature: Vec<u8>,
    algorithm: Algorithm,
    key_id: Option<String>,
    // INVARIANT: has the required claims; upheld by `read`.
    claims: Map<String, Value>,
    issuer: String,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart: three parts in base64 without padding, a header that names an algorithm
    /// we know and no extension we don't, and the required claims. Keys that a header brings along
    /// or points at (`jku`, `jwk`, `x5u`, `x5c`) are never looked at.
    ///
    /// An algorithm that is not taken is refused here, so that no keys are fetched for it.
    pub fn read(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > LONGEST {
            return Err(TokenError::NotAToken);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::NotAToken)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::NotAToken)?;
        // A fourth part leaves a full stop in the claims, which base64 does not have.
        let header = object(header)?;
        let claims = object(claims)?;
        let signature = decode(signature)?;
        if header.contains_key("crit") {
            return Err(TokenError::NotAToken);
        }
        let Some(Value::String(algorithm)) = header.get("alg") else {
            return Err(TokenError::NotAToken);
        };
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(TokenError::NotAToken),
        };
        for name in REQUIRED {
            if !claims.contains_key(name) {
                return Err(TokenError::MissingClaim(name));
            }
        }
        let algorithm = Algorithm::parse(algorithm).ok_or(TokenError::NotValidated)?;
        let Some(Value::String(issuer)) = claims.get("iss") else {
            return Err(TokenError::NotValidated);
        };
        let issuer = issuer.clone();
        Ok(Self {
            message,
            signature,
            algorithm,
            key_id,
            claims,
            issuer,
        })
    }

    /// Who the token says has issued it: an URL, mostly.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Checks the signature with the keys of the issuer, and then the claims. The signature comes
    /// first, so that a token that anybody could have written learns nothing about client ids.
    /// (unsure) whether the service has the same order.
    ///
    /// [`TokenError::NoVerificationKey`] may mean that the keys are not the newest.
    pub fn verify(
        &self,
        keys: &KeySet,
        expected: &Expected<'_>,
    ) -> Result<WebIdentity, TokenError> {
        keys.check(
            self.key_id.as_deref(),
            self.algorithm,
            self.message.as_bytes(),
            &self.signature,
        )?;
        claims::judge(&self.issuer, &self.claims, expected)
    }
}

/// A token is what lets its bearer in: nothing of it is shown.
impl fmt::Debug for Unverified<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Unverified(…)")
    }
}

/// A part that is a JSON object. Of a member given twice the last one counts [obs].
fn object(part: &str) -> Result<Map<String, Value>, TokenError> {
    serde_json::from_slice(&decode(part)?).map_err(|_| TokenError::NotAToken)
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::NotAToken)
}

#[cfg(test)]
mod tests;
