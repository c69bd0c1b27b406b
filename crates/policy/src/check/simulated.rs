//! What the simulator and the operations that list context keys accept: documents of any kind that may
//! lack actions, resources, principals and all statements, with any text in them (seen at AWS).

use crate::Document;
use crate::check::PolicyFault;
use crate::check::elements::{self, SYNTAX};

/// Reads such a document. What its elements are must be right, the version must exist, and each
/// statement must have an effect, in its exact spelling (unsure).
pub(super) fn check_simulated_policy(text: &str) -> Result<Document, PolicyFault> {
    let document = elements::parse_unfinished(text, SYNTAX)?;
    elements::check_version(&document, SYNTAX)?;
    elements::check_effects(&document, SYNTAX)?;
    elements::check_effects_exactly(&document, SYNTAX)?;
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_documents_are_accepted() {
        for text in [
            "{}",
            r#"{"Version":"2012-10-17"}"#,
            r#"{"Version":"2008-10-17","Statement":[]}"#,
            r#"{"Statement":{"Effect":"Allow"}}"#,
            r#"{"Statement":{"Effect":"Deny","Action":[],"Resource":"no arn"}}"#,
            r#"{"Statement":{"Effect":"Allow","Action":"::","Resource":"","Principal":"*"}}"#,
            r#"{"Statement":{"Effect":"Allow","Condition":{"DateEquals":{"a":"no date"}}}}"#,
        ] {
            assert!(check_simulated_policy(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "[]",
            r#"{"Version":"2012-10-18"}"#,
            r#"{"Name":"a"}"#,
            r#"{"Statement":{"Action":"s3:*"}}"#,
            r#"{"Statement":{"Effect":"Perhaps"}}"#,
            r#"{"Statement":{"Effect":"allow"}}"#,
            r#"{"Statement":{"Effect":"Allow","What":"a"}}"#,
            r#"{"Statement":{"Effect":"Allow","Condition":{"Equals":{"a":"b"}}}}"#,
        ] {
            let fault = check_simulated_policy(text).unwrap_err();
            assert_eq!(fault.message, SYNTAX, "{text}");
        }
    }
}
