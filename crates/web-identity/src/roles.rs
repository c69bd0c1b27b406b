//! The claim that names the roles a token may be used for.

use keyward_names::AccountId;
use serde_json::{Map, Value};

use crate::TokenError;

const CLAIM: &str = "https://aws.amazon.com/roles";

/// Whether the issuer named the role: `false` where it named none at all. A list that lacks the
/// role is an error.
pub(crate) fn authorize(claims: &Map<String, Value>, role_arn: &str) -> Result<bool, TokenError> {
    let entries: Vec<&str> = match claims.get(CLAIM) {
        None | Some(Value::Null) => return Ok(false),
        Some(Value::String(text)) => text.split(';').collect(),
        Some(Value::Array(entries)) => entries.iter().filter_map(Value::as_str).collect(),
        Some(Value::Bool(_) | Value::Number(_) | Value::Object(_)) => Vec::new(),
    };
    let mut roles = entries
        .into_iter()
        .map(str::trim)
        .filter(|entry| is_role_arn(entry))
        .peekable();
    if roles.peek().is_none() {
        Err(TokenError::NoValidRole)
    } else if roles.any(|role| role == role_arn) {
        Ok(true)
    } else {
        Err(TokenError::RoleNotListed)
    }
}

fn is_role_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, "iam", "", account, resource] = parts.as_slice() else {
        return false;
    };
    let name = resource.strip_prefix("role/");
    !partition.is_empty()
        && AccountId::parse(account).is_ok()
        && name.is_some_and(|name| !name.is_empty() && !name.ends_with('/'))
}
