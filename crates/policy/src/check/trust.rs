//! Trust policies: who may assume a role.

mod shared_issuers;

use std::borrow::Cow;
use std::ops::Range;

use crate::check::elements;
use crate::check::literals::{self, Strictness};
use crate::check::{PolicyFault, principals};
use crate::{Document, NamedPrincipals, Position, Principals, Problem, Statement, Text, position};

const NOT_JSON: &str = "This policy contains invalid Json";
const SYNTAX: &str = "Syntax error in policy.";
const LEADING_SPACES: &str = "JSON strings must not have leading spaces";
const EMPTY: &str = "Could not parse the policy: Statement is empty!";
const VERSION: &str = "The policy must contain a valid version string";
const NO_EFFECT: &str = "Missing required field Effect";
const NO_PRINCIPAL: &str = "Missing required field Principal";
const EMPTY_PRINCIPAL: &str = "Missing required field Principal cannot be empty!";
const BARE_PRINCIPAL: &str = "Principal must be a JSON object.";
const EVERYONE: &str = "AssumeRolepolicy contained an invalid principal: \"STAR\":\"*\".";
const ALLOW_NOT_PRINCIPAL: &str = "Allow with NotPrincipal is not allowed.";
const NOT_PRINCIPAL: &str = "AssumeRole policy must not contain NotPrincipal field.";
const FEDERATED_EVERYONE: &str =
    "Federated principals must be valid domain names or SAML metadata ARNs";
const NO_ACTION: &str = "Missing required field Action";
const RESOURCE: &str = "Has prohibited field Resource";
const NOT_RESOURCE: &str = "AssumeRole policy must not contain resources.";
const OTHER_ACTION: &str = "AssumeRole policy may only specify STS AssumeRole actions.";
const REPEATED_ID: &str = "The Statement Ids in the policy are not unique";

/// What a trust policy can allow or deny, spelled so (seen at AWS; that `sts:AssumeRole*` is refused
/// too is unsure).
const ACTIONS: [&str; 6] = [
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    shared_issuers::ACTION,
    "sts:TagSession",
    "sts:SetSourceIdentity",
    "sts:SetContext",
];

/// Reads a trust policy, of either version, or says why IAM does not store it. The texts were seen at
/// AWS; which of several faults is told is unsure.
///
/// `exists` says whether there is a principal of the kind `AWS`, named as written: an account's id, the
/// ARN of a root user, user, role or session, or the unique id of a user or role. It is not asked about
/// `*`.
pub fn check_trust_policy(
    text: &str,
    exists: &dyn Fn(&str) -> bool,
) -> Result<Document, PolicyFault> {
    if text.starts_with([' ', '\t', '\r', '\n']) {
        let reason = "there is white space before the policy";
        let span = 0..elements::whole(text).start;
        return Err(PolicyFault::new(LEADING_SPACES, &span, reason));
    }
    let document = parse(text)?;
    elements::check_version(&document, VERSION)?;
    // That no `Statement` at all has the same text is unsure.
    if document.statements.is_empty() {
        let reason = "the policy has no statement";
        return Err(PolicyFault::new(EMPTY, &elements::whole(text), reason));
    }
    let statements = &document.statements;
    statements
        .iter()
        .try_for_each(|statement| check_kinds(text, statement))?;
    // Before principals: whoever gives an identity policy by mistake is told of its resources.
    statements.iter().try_for_each(check_no_resources)?;
    statements.iter().try_for_each(check_effect)?;
    statements.iter().try_for_each(check_principal_element)?;
    elements::check_has_actions(&document, NO_ACTION)?;
    statements.iter().try_for_each(check_actions)?;
    if let Some((value, expected)) = literals::first_bad(&document, Strictness::All) {
        // The text is unsure.
        let reason = format!("the value `{}` must be {expected}", value.text);
        return Err(PolicyFault::new(SYNTAX, &value.span, reason));
    }
    elements::check_unique_ids(&document, REPEATED_ID)?;
    for (kind, name) in statements.iter().flat_map(principals::named_principals) {
        check_principal(kind, name, exists)?;
    }
    statements.iter().try_for_each(shared_issuers::check)?;
    Ok(document)
}

fn parse(text: &str) -> Result<Document, PolicyFault> {
    Document::parse(text).map_err(|error| {
        let message = match &error.problem {
            Problem::NotJson(_) => NOT_JSON.into(),
            // Seen beside the statements; inside of one (unsure).
            Problem::UnknownElement(name) => format!("Unknown field {name}").into(),
            // A policy that is no object at all has no member to stumble over.
            Problem::WrongType { .. } if error.span.start > 0 => {
                syntax_error_at(text, &error.span).into()
            }
            Problem::WrongType { .. }
            | Problem::Repeated(_)
            | Problem::BothSides(_)
            | Problem::UnknownOperator(_) => Cow::Borrowed(SYNTAX),
        };
        PolicyFault::new(message, &error.span, error.to_string())
    })
}

/// What is said about a value at a place: its position is the one that a reader has come to once it knows
/// the value's kind. Of a text that is behind the opening quote, of all else the end (seen at AWS for texts).
fn syntax_error_at(text: &str, value: &Range<usize>) -> String {
    let is_text = text
        .get(value.clone())
        .is_some_and(|value| value.starts_with('"'));
    let at = if is_text { value.start + 1 } else { value.end };
    let Position { line, column } = position(text, at);
    format!("Syntax error at position ({line},{column})")
}

/// Kinds of principals are written exactly (seen at AWS for one in another case).
fn check_kinds(text: &str, statement: &Statement) -> Result<(), PolicyFault> {
    let Some(Principals {
        named: NamedPrincipals::ByKind(kinds),
        ..
    }) = &statement.principals
    else {
        return Ok(());
    };
    let known = [
        principals::AWS,
        principals::FEDERATED,
        principals::SERVICE,
        principals::CANONICAL_USER,
    ];
    let misspelt = kinds.iter().find(|(kind, _)| {
        let is_like = |known: &&str| known.eq_ignore_ascii_case(&kind.text);
        !known.contains(&&*kind.text) && known.iter().any(is_like)
    });
    let Some((kind, _)) = misspelt else {
        return Ok(());
    };
    let start = text.get(kind.span.end..).map_or(0, |behind| {
        text.len()
            - behind
                .trim_start_matches([' ', '\t', '\r', '\n', ':'])
                .len()
    });
    // What is no text is a list of texts, which hold no bracket that would end it (unsure where they do).
    let end = text.get(start..).and_then(|value| value.find(']'));
    let message = syntax_error_at(
        text,
        &(start..end.map_or(text.len(), |end| start + end + 1)),
    );
    let reason = format!("there is no kind of principal `{}`", kind.text);
    Err(PolicyFault::new(message, &kind.span, reason))
}

fn check_effect(statement: &Statement) -> Result<(), PolicyFault> {
    let Some(effect) = &statement.effect else {
        let reason = "the statement has no effect";
        return Err(PolicyFault::new(NO_EFFECT, &statement.span, reason));
    };
    if elements::EFFECTS.contains(&&*effect.text) {
        return Ok(());
    }
    let message = format!("Invalid effect: {}", effect.text);
    let reason = format!(
        "the effect must be `Allow` or `Deny`, not `{}`",
        effect.text
    );
    Err(PolicyFault::new(message, &effect.span, reason))
}

fn check_principal_element(statement: &Statement) -> Result<(), PolicyFault> {
    let Some(principals) = &statement.principals else {
        let reason = "the statement has no principal";
        return Err(PolicyFault::new(NO_PRINCIPAL, &statement.span, reason));
    };
    let Principals {
        is_negated,
        named,
        span,
    } = principals;
    if *is_negated {
        let message = if elements::is_allow(statement) {
            ALLOW_NOT_PRINCIPAL
        } else {
            NOT_PRINCIPAL
        };
        let reason = "a trust policy can't have `NotPrincipal`";
        return Err(PolicyFault::new(message, span, reason));
    }
    match named {
        NamedPrincipals::Bare(name) => {
            // `*` has a text of its own; both were seen at AWS.
            let message = if &*name.text == "*" {
                EVERYONE
            } else {
                BARE_PRINCIPAL
            };
            let reason = "the principal must be an object, such as `{\"AWS\": \"*\"}`";
            Err(PolicyFault::new(message, span, reason))
        }
        NamedPrincipals::ByKind(kinds) if kinds.iter().all(|(_, names)| names.is_empty()) => {
            let reason = "the statement names no principal";
            Err(PolicyFault::new(EMPTY_PRINCIPAL, span, reason))
        }
        NamedPrincipals::ByKind(_) => Ok(()),
    }
}

fn check_no_resources(statement: &Statement) -> Result<(), PolicyFault> {
    let Some(resources) = &statement.resources else {
        return Ok(());
    };
    let message = if resources.is_negated {
        NOT_RESOURCE
    } else {
        RESOURCE
    };
    let reason = "a trust policy is about its own role and can't name resources";
    Err(PolicyFault::new(message, &resources.span, reason))
}

fn check_actions(statement: &Statement) -> Result<(), PolicyFault> {
    let Some(actions) = &statement.actions else {
        return Ok(());
    };
    let reason = format!("the actions must be of {}", ACTIONS.join(", "));
    if actions.is_negated {
        return Err(PolicyFault::new(OTHER_ACTION, &actions.span, reason));
    }
    let mut items = actions.items.iter();
    match items.find(|action| !ACTIONS.contains(&&*action.text)) {
        Some(action) => Err(PolicyFault::new(OTHER_ACTION, &action.span, reason)),
        None => Ok(()),
    }
}

fn check_principal(
    kind: &Text,
    name: &Text,
    exists: &dyn Fn(&str) -> bool,
) -> Result<(), PolicyFault> {
    // Users of S3's old kind assume no roles (the text is unsure).
    if &*kind.text == principals::CANONICAL_USER {
        return Err(principals::unknown_kind(kind));
    }
    if &*kind.text == principals::FEDERATED && &*name.text == "*" {
        let reason = "a federated principal must be one provider";
        return Err(PolicyFault::new(FEDERATED_EVERYONE, &name.span, reason));
    }
    principals::check_name(kind, name)?;
    if &*kind.text == principals::AWS && &*name.text != "*" && !exists(&name.text) {
        return Err(principals::invalid(principals::AWS, name));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
