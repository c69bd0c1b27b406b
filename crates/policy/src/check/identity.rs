//! Identity policies: managed and inline ones, and permissions boundaries; and session policies, which
//! are read alike but for what is said here.

#[cfg(test)]
mod tests;

use crate::check::elements::{self, LEGACY, SYNTAX};
use crate::check::literals::{self, Strictness};
use crate::check::{PolicyFault, resource_names};
use crate::{Document, Problem, Text};

const OLD_VERSION: &str = "Policy document must be version 2012-10-17 or greater.";
const REPEATED_ID: &str = "Statement IDs (SID) in a single policy must be unique.";
// The rule is documented; its text is unsure.
const BAD_ID: &str = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the \
                      regular expression [0-9A-Za-z]*";
const PRINCIPAL: &str = "Policy document should not specify a principal.";
const NO_ACTIONS: &str = "Policy statement must contain actions.";
const NO_RESOURCES: &str = "Policy statement must contain resources.";

/// Reads a managed or inline policy or a permissions boundary, or says why IAM does not store it.
pub(super) fn check_identity_policy(text: &str) -> Result<Document, PolicyFault> {
    let document = check_shape(text)?;
    if !document.has_variables() {
        let version = document.version.as_ref();
        let span = version.map_or_else(|| elements::whole(text), |version| version.span.clone());
        let reason = "the policy must have the version `2012-10-17`";
        return Err(PolicyFault::new(OLD_VERSION, &span, reason));
    }
    check_layout(text, &document)?;
    check_statements(document, Strictness::All, resource_names::check_stored)
}

/// Reads a policy given for a session. It may have the older version (unsure), and of its values only
/// those for bytes must be right (seen at AWS). The texts are those of identity policies (unsure).
pub(super) fn check_session_policy(text: &str) -> Result<Document, PolicyFault> {
    if let Err(error) = Document::parse(text)
        && matches!(error.problem, Problem::NotJson(_))
    {
        return Err(PolicyFault::not_json(text, &error));
    }
    let document = check_shape(text)?;
    check_statements(document, Strictness::BinaryOnly, |_| Ok(()))
}

/// Refuses what older readers of stored policies can't read although it is JSON: white space before the
/// document, and one statement, not in a list, before the version (seen at AWS; that this comes before all
/// else that older readers refuse is unsure).
fn check_layout(text: &str, document: &Document) -> Result<(), PolicyFault> {
    let start = elements::whole(text).start;
    if start > 0 {
        let reason = "there is white space before the policy";
        return Err(PolicyFault::new(LEGACY, &(0..start), reason));
    }
    let (Some(version), [statement]) = (&document.version, &*document.statements) else {
        return Ok(());
    };
    let before = text.get(..statement.span.start).unwrap_or_default();
    let is_bare = before.trim_end().ends_with(':');
    if is_bare && statement.span.start < version.span.start {
        let reason = "a statement that is not in a list must come after the version";
        return Err(PolicyFault::new(LEGACY, &statement.span, reason));
    }
    Ok(())
}

fn check_shape(text: &str) -> Result<Document, PolicyFault> {
    let document = elements::parse(text, SYNTAX)?;
    elements::check_version(&document, SYNTAX)?;
    elements::check_effects(&document, SYNTAX)?;
    Ok(document)
}

/// The order of the groups is AWS's of 2026, when a missing resource came before a bad action; that of
/// principals, and of missing resources and bad ones, is unsure.
fn check_statements(
    document: Document,
    strictness: Strictness,
    check_resource: impl Fn(&Text) -> Result<(), PolicyFault>,
) -> Result<Document, PolicyFault> {
    elements::check_effects_exactly(&document, LEGACY)?;
    check_literals(&document, strictness)?;
    resource_names::check_legacy(elements::resources(&document))?;
    elements::check_unique_ids(&document, REPEATED_ID)?;
    let ids = document
        .statements
        .iter()
        .flat_map(|statement| &statement.sid);
    ids.into_iter().try_for_each(check_id)?;
    elements::check_no_principals(&document, PRINCIPAL)?;
    elements::check_has_actions(&document, NO_ACTIONS)?;
    elements::resources(&document).try_for_each(resource_names::check_format)?;
    elements::resources(&document).try_for_each(check_resource)?;
    elements::check_has_resources(&document, NO_RESOURCES)?;
    elements::actions(&document).try_for_each(elements::check_action)?;
    Ok(document)
}

/// Seen at AWS for dates and ARNs; that the text is the same for other values is unsure.
fn check_literals(document: &Document, strictness: Strictness) -> Result<(), PolicyFault> {
    match literals::first_bad(document, strictness) {
        Some((value, expected)) => {
            let reason = format!("the value `{}` must be {expected}", value.text);
            Err(PolicyFault::new(LEGACY, &value.span, reason))
        }
        None => Ok(()),
    }
}

fn check_id(sid: &Text) -> Result<(), PolicyFault> {
    if sid.text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(());
    }
    let reason = format!(
        "the id `{}` has characters beside A-Z, a-z and 0-9",
        sid.text
    );
    Err(PolicyFault::new(BAD_ID, &sid.span, reason))
}
