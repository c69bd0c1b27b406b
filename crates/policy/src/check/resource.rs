//! Policies of resources, and of VPC endpoints, which are read alike.
//!
//! IAM stores none of them and AWS's services differ; the order of these checks is that of identity
//! policies, and all texts that others don't share are unsure.

use crate::check::elements::{self, LEGACY, SYNTAX};
use crate::check::literals::{self, Strictness};
use crate::check::{PolicyFault, principals, resource_names};
use crate::{Document, NamedPrincipals, Principals};

const REPEATED_ID: &str = "Statement IDs (SID) in a single policy must be unique.";
const NO_PRINCIPAL: &str = "Missing required field Principal";
const EMPTY_PRINCIPAL: &str = "Missing required field Principal cannot be empty!";
const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";

/// Reads a resource's policy, of either version, or says why it is none.
pub(super) fn check_resource_policy(text: &str) -> Result<Document, PolicyFault> {
    let document = elements::parse(text, SYNTAX)?;
    elements::check_version(&document, SYNTAX)?;
    elements::check_effects(&document, SYNTAX)?;
    elements::check_effects_exactly(&document, LEGACY)?;
    if let Some((value, expected)) = literals::first_bad(&document, Strictness::All) {
        let reason = format!("the value `{}` must be {expected}", value.text);
        return Err(PolicyFault::new(LEGACY, &value.span, reason));
    }
    resource_names::check_legacy(elements::resources(&document))?;
    elements::check_unique_ids(&document, REPEATED_ID)?;
    for statement in &document.statements {
        let Some(principals) = &statement.principals else {
            let reason = "the statement has no principal";
            return Err(PolicyFault::new(NO_PRINCIPAL, &statement.span, reason));
        };
        check_principals(principals)?;
    }
    elements::check_has_actions(&document, NO_ACTIONS)?;
    elements::resources(&document).try_for_each(resource_names::check_format)?;
    elements::check_has_resources(&document, NO_RESOURCES)?;
    elements::actions(&document).try_for_each(elements::check_action)?;
    Ok(document)
}

fn check_principals(named: &Principals) -> Result<(), PolicyFault> {
    match &named.named {
        NamedPrincipals::Bare(name) if &*name.text == "*" => Ok(()),
        NamedPrincipals::Bare(name) => Err(principals::unknown_kind(name)),
        NamedPrincipals::ByKind(kinds) => {
            if kinds.iter().all(|(_, names)| names.is_empty()) {
                let reason = "the statement names no principal";
                return Err(PolicyFault::new(EMPTY_PRINCIPAL, &named.span, reason));
            }
            kinds.iter().try_for_each(|(kind, names)| {
                names
                    .iter()
                    .try_for_each(|name| principals::check_name(kind, name))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(elements: &str) -> Option<String> {
        let text = format!(r#"{{"Statement":{{"Effect":"Allow",{elements}}}}}"#);
        let fault = check_resource_policy(&text).err()?;
        Some(fault.message.into_owned())
    }

    #[test]
    fn policies_of_resources_name_whom_they_are_about() {
        for principals in [
            r#""Principal":"*""#,
            r#""Principal":{"AWS":["*","111122223333"],"CanonicalUser":"79a5"}"#,
            r#""NotPrincipal":{"Service":"s3.amazonaws.com"}"#,
        ] {
            let elements = format!(r#"{principals},"Action":"s3:*","Resource":"arn:aws:s3:::b/*""#);
            assert_eq!(message(&elements), None, "{principals}");
        }
    }

    #[test]
    fn other_policies_are_refused() {
        for (elements, text) in [
            (r#""Action":"s3:*","Resource":"*""#, NO_PRINCIPAL),
            (
                r#""Principal":{},"Action":"s3:*","Resource":"*""#,
                EMPTY_PRINCIPAL,
            ),
            (
                r#""Principal":"x","Action":"s3:*","Resource":"*""#,
                r#"Invalid principal in policy: "x""#,
            ),
            (
                r#""Principal":{"AWS":"x"},"Action":"s3:*","Resource":"*""#,
                r#"Invalid principal in policy: "AWS":"x""#,
            ),
            (r#""Principal":"*","Resource":"*""#, NO_ACTIONS),
            (r#""Principal":"*","Action":"s3:*""#, NO_RESOURCES),
            (
                r#""Principal":"*","Action":"s3:*","Resource":"b""#,
                r#"Resource b must be in ARN format or "*"."#,
            ),
            (
                r#""Principal":"*","Action":"s3:*","Resource":"*","Condition":{"IpAddress":{"a":"b"}}"#,
                LEGACY,
            ),
        ] {
            assert_eq!(message(elements).as_deref(), Some(text), "{elements}");
        }
    }
}
