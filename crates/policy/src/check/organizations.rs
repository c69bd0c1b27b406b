//! Policies of an organization: service control and resource control policies.
//!
//! Organizations tells all their faults by one text (unsure), so the order of the checks shows only in
//! where it points.

use crate::check::elements;
use crate::check::literals::{self, Strictness};
use crate::check::{PolicyFault, resource_names};
use crate::{Document, NamedPrincipals, Principals};

const UNSUITABLE: &str =
    "The provided policy document does not meet the requirements of the specified policy type.";

/// The services whose actions resource control policies can be about (unsure: their number grows).
const RESOURCE_CONTROL_SERVICES: [&str; 11] = [
    "s3",
    "sts",
    "sqs",
    "kms",
    "secretsmanager",
    "ecr",
    "aoss",
    "dynamodb",
    "logs",
    "cognito-identity",
    "cognito-idp",
];

/// Reads a service control policy: the whole language but principals, with a version.
pub(super) fn check_service_control_policy(text: &str) -> Result<Document, PolicyFault> {
    let document = check_common(text)?;
    if document.version.is_none() {
        let reason = "the policy has no version";
        return Err(PolicyFault::new(UNSUITABLE, &elements::whole(text), reason));
    }
    elements::check_no_principals(&document, UNSUITABLE)?;
    Ok(document)
}

/// Reads a resource control policy: it can only deny, everyone, named actions of the services that
/// take part; `NotResource` and the older version are fine (seen at AWS).
pub(super) fn check_resource_control_policy(text: &str) -> Result<Document, PolicyFault> {
    let document = check_common(text)?;
    for statement in &document.statements {
        if let Some(effect) = statement
            .effect
            .as_ref()
            .filter(|effect| &*effect.text != "Deny")
        {
            let reason = "a resource control policy can only deny";
            return Err(PolicyFault::new(UNSUITABLE, &effect.span, reason));
        }
        let principals = statement.principals.as_ref();
        if !principals.is_some_and(is_everyone) {
            let span = principals.map_or(&statement.span, |principals| &principals.span);
            let reason = "the principal must be `*`";
            return Err(PolicyFault::new(UNSUITABLE, span, reason));
        }
        if let Some(actions) = statement
            .actions
            .as_ref()
            .filter(|actions| actions.is_negated)
        {
            let reason = "a resource control policy can't have `NotAction`";
            return Err(PolicyFault::new(UNSUITABLE, &actions.span, reason));
        }
    }
    for action in elements::actions(&document) {
        let service = action.text.split_once(':').map(|(service, _)| service);
        let takes_part = service.is_some_and(|service| {
            let mut known = RESOURCE_CONTROL_SERVICES.iter();
            known.any(|known| known.eq_ignore_ascii_case(service))
        });
        if !takes_part {
            let reason = format!("`{}` is of no service that takes part", action.text);
            return Err(PolicyFault::new(UNSUITABLE, &action.span, reason));
        }
    }
    Ok(document)
}

fn check_common(text: &str) -> Result<Document, PolicyFault> {
    let document = elements::parse(text, UNSUITABLE)?;
    elements::check_version(&document, UNSUITABLE)?;
    elements::check_effects(&document, UNSUITABLE)?;
    elements::check_effects_exactly(&document, UNSUITABLE)?;
    elements::check_unique_ids(&document, UNSUITABLE)?;
    elements::check_has_actions(&document, UNSUITABLE)?;
    elements::check_has_resources(&document, UNSUITABLE)?;
    if let Some((value, expected)) = literals::first_bad(&document, Strictness::All) {
        let reason = format!("the value `{}` must be {expected}", value.text);
        return Err(PolicyFault::new(UNSUITABLE, &value.span, reason));
    }
    let unsuitable = |fault: PolicyFault| PolicyFault {
        message: UNSUITABLE.into(),
        ..fault
    };
    elements::resources(&document)
        .try_for_each(|resource| {
            resource_names::check_parts(resource)?;
            resource_names::check_format(resource)
        })
        .map_err(unsuitable)?;
    elements::actions(&document)
        .try_for_each(elements::check_action)
        .map_err(unsuitable)?;
    Ok(document)
}

/// `"*"` or `{"AWS": "*"}`.
fn is_everyone(principals: &Principals) -> bool {
    if principals.is_negated {
        return false;
    }
    match &principals.named {
        NamedPrincipals::Bare(name) => &*name.text == "*",
        NamedPrincipals::ByKind(kinds) => matches!(
            kinds.as_slice(),
            [(kind, names)] if &*kind.text == "AWS"
                && matches!(names.as_slice(), [name] if &*name.text == "*")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reason, with the texts' parts that differ between cases.
    fn reason(fault: Result<Document, PolicyFault>) -> Option<String> {
        let fault = fault.err()?;
        assert_eq!(fault.message, UNSUITABLE);
        Some(fault.reason)
    }

    #[test]
    fn service_control_policies_use_the_whole_language_but_principals() {
        let with =
            |elements: &str| format!(r#"{{"Version":"2012-10-17","Statement":{{{elements}}}}}"#);
        for elements in [
            r#""Effect":"Allow","Action":"*","Resource":"*""#,
            r#""Effect":"Allow","NotAction":["iam:*","s3:*Get*"],"NotResource":"arn:aws:s3:::b"
                ,"Condition":{"Bool":{"aws:SecureTransport":"true"}}"#,
        ] {
            assert_eq!(reason(check_service_control_policy(&with(elements))), None);
        }
        for (elements, expected) in [
            (
                r#""Action":"*","Resource":"*""#,
                "the statement has no effect",
            ),
            (
                r#""Effect":"Deny","Resource":"*""#,
                "the statement has no actions",
            ),
            (
                r#""Effect":"Deny","Action":"*""#,
                "the statement has no resources",
            ),
            (
                r#""Effect":"Deny","Action":"*","Resource":"*","Principal":"*""#,
                "a policy of this kind can't name principals",
            ),
            (
                r#""Effect":"Deny","Action":"x","Resource":"*""#,
                "the action `x` has no service before it",
            ),
        ] {
            let found = reason(check_service_control_policy(&with(elements)));
            assert_eq!(found.as_deref(), Some(expected), "{elements}");
        }
        let text = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
        let found = reason(check_service_control_policy(text));
        assert_eq!(found.as_deref(), Some("the policy has no version"));
    }

    #[test]
    fn resource_control_policies_deny_everyone_named_actions() {
        let with = |elements: &str| format!(r#"{{"Statement":{{{elements}}}}}"#);
        for elements in [
            r#""Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*""#,
            r#""Effect":"Deny","Principal":{"AWS":"*"},"Action":["STS:AssumeRole","kms:Decrypt"],
                "NotResource":"arn:aws:s3:::b""#,
        ] {
            assert_eq!(reason(check_resource_control_policy(&with(elements))), None);
        }
        let only_deny = "a resource control policy can only deny";
        let everyone = "the principal must be `*`";
        for (elements, expected) in [
            (
                r#""Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*""#,
                only_deny,
            ),
            (
                r#""Effect":"Deny","Action":"s3:*","Resource":"*""#,
                everyone,
            ),
            (
                r#""Effect":"Deny","NotPrincipal":"*","Action":"s3:*","Resource":"*""#,
                everyone,
            ),
            (
                r#""Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*""#,
                everyone,
            ),
            (
                r#""Effect":"Deny","Principal":"*","NotAction":"s3:*","Resource":"*""#,
                "a resource control policy can't have `NotAction`",
            ),
            (
                r#""Effect":"Deny","Principal":"*","Action":"*","Resource":"*""#,
                "`*` is of no service that takes part",
            ),
            (
                r#""Effect":"Deny","Principal":"*","Action":"ec2:*","Resource":"*""#,
                "`ec2:*` is of no service that takes part",
            ),
        ] {
            let found = reason(check_resource_control_policy(&with(elements)));
            assert_eq!(found.as_deref(), Some(expected), "{elements}");
        }
    }
}
