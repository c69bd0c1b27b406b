//! The times in a token.

use serde_json::{Map, Value};

use crate::TokenError;

/// How far the issuer's clock may be off, in seconds.
const TOLERANCE: i64 = 300;

/// Checks `exp`, `nbf` and `iat` against the time. `nbf` need not be there.
pub(crate) fn judge(claims: &Map<String, Value>, now: i64) -> Result<(), TokenError> {
    let expiration = time(claims, "exp")?.ok_or(TokenError::MissingClaim("exp"))?;
    let issued = time(claims, "iat")?.ok_or(TokenError::MissingClaim("iat"))?;
    let not_before = time(claims, "nbf")?;
    let earliest = now.saturating_sub(TOLERANCE);
    let latest = now.saturating_add(TOLERANCE);
    // The message says `before`, so the very second is too late. (unsure)
    if expiration <= earliest {
        return Err(TokenError::Expired {
            now: earliest,
            expiration,
        });
    }
    if let Some(not_before) = not_before.filter(|not_before| *not_before > latest) {
        return Err(TokenError::NotYetValid {
            now: latest,
            not_before,
        });
    }
    if issued > latest {
        return Err(TokenError::IssuedInTheFuture(issued));
    }
    Ok(())
}

/// A time as an integer or as its digits.
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, TokenError> {
    let time = match claims.get(name) {
        None => return Ok(None),
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(text)) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().ok()
        }
        Some(
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_),
        ) => None,
    };
    time.map(Some).ok_or(TokenError::Timestamp)
}
