//! The session tags that a token brings, in one of two forms or both.

use serde_json::{Map, Value};

use crate::TokenError;

const NESTED: &str = "https://aws.amazon.com/tags";
const FLAT: &str = "https://aws.amazon.com/tags/principal_tags/";
const FLAT_TRANSITIVE: &str = "https://aws.amazon.com/tags/transitive_tag_keys";

/// The tags of a session.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SessionTags {
    pub(crate) principal: Vec<(String, String)>,
    pub(crate) transitive: Vec<String>,
}

/// Reads both forms. A key that both have is there twice, for the caller to refuse as any key that
/// is given twice.
pub(crate) fn read(claims: &Map<String, Value>) -> Result<SessionTags, TokenError> {
    let mut tags = SessionTags::default();
    match claims.get(NESTED) {
        None => {}
        Some(Value::Object(nested)) => {
            match nested.get("principal_tags") {
                None => {}
                Some(Value::Object(principal)) => {
                    for (key, values) in principal {
                        tags.principal.push((key.clone(), only_text(values)?));
                    }
                }
                Some(_) => return Err(TokenError::PrincipalTags),
            }
            if let Some(keys) = nested.get("transitive_tag_keys") {
                tags.transitive.extend(texts(keys)?);
            }
        }
        Some(_) => return Err(TokenError::PrincipalTags),
    }
    for (name, value) in claims {
        if let Some(key) = name.strip_prefix(FLAT) {
            let value = value.as_str().ok_or(TokenError::PrincipalTags)?;
            tags.principal.push((key.to_owned(), value.to_owned()));
        }
    }
    if let Some(keys) = claims.get(FLAT_TRANSITIVE) {
        tags.transitive.extend(texts(keys)?);
    }
    Ok(tags)
}

/// The one text of a list of one.
fn only_text(values: &Value) -> Result<String, TokenError> {
    match values.as_array().map(Vec::as_slice) {
        Some([Value::String(text)]) => Ok(text.clone()),
        _ => Err(TokenError::PrincipalTags),
    }
}

fn texts(values: &Value) -> Result<Vec<String>, TokenError> {
    let values = values.as_array().ok_or(TokenError::TransitiveTagKeys)?;
    values
        .iter()
        .map(|value| value.as_str().map(str::to_owned))
        .collect::<Option<_>>()
        .ok_or(TokenError::TransitiveTagKeys)
}
