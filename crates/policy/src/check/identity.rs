//! Identity policies: managed and inline ones, and permissions boundaries; and session policies, which
//! are read alike but for what is said here.

#[cfg(test)]
mod tests;

use crate::check::elements::{self, LEGACY, SYNTAX};
use crate::check::literals::{self, Strictness};
use crate::check::{PolicyFault, resource_names};
use crate::{Document, Text};

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
    check_statements(document, Strictness::All)
}

/// Reads a policy given for a session. It may have the older version (unsure), and of its values only
/// those for bytes must be right (seen at AWS). The texts are those of identity policies (unsure).
pub(super) fn check_session_policy(text: &str) -> Result<Document, PolicyFault> {
    check_statements(check_shape(text)?, Strictness::BinaryOnly)
}

fn check_shape(text: &str) -> Result<Document, PolicyFault> {
    let document = elements::parse(text, SYNTAX)?;
    elements::check_version(&document, SYNTAX)?;
    elements::check_effects(&document, SYNTAX)?;
    Ok(document)
}

/// The order of the groups is AWS's of 2026, when a missing resource came before a bad action; that of
/// principals, and of missing resources and bad ones, is unsure.
fn check_statements(document: Document, strictness: Strictness) -> Result<Document, PolicyFault> {
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
