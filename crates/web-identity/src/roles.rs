//! The claim that names the roles a token may be used for.

use keyward_names::{Arn, IamArn};
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
    let arn = Arn::parse(text)
        .ok()
        .filter(|arn| !arn.partition.is_empty());
    arn.and_then(IamArn::in_any_partition)
        .is_some_and(|arn| arn.kind == "role" && !arn.name().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_named_by_an_arn_of_any_partition_with_an_account_and_a_name() {
        for arn in [
            "arn:aws:iam::123456789012:role/build",
            "arn:aws-cn:iam::123456789012:role/team/build",
            "arn:aws:iam::123456789012:role//a:b",
            "arn:x:iam::000000000000:role/*",
        ] {
            assert!(is_role_arn(arn), "{arn}");
        }
        for text in [
            "",
            "role/build",
            "arn::iam::123456789012:role/build",
            "urn:aws:iam::123456789012:role/build",
            "arn:aws:iam::aws:role/build",
            "arn:aws:iam::12345678901:role/build",
            "arn:aws:iam:us-east-1:123456789012:role/build",
            "arn:aws:iam::123456789012:role",
            "arn:aws:iam::123456789012:role/",
            "arn:aws:iam::123456789012:role/build/",
            "arn:aws:iam::123456789012:roles/build",
            "arn:aws:iam::123456789012:user/build",
            "arn:aws:sts::123456789012:role/build",
        ] {
            assert!(!is_role_arn(text), "{text}");
        }
    }
}
