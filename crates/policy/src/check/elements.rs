//! Checks that several kinds of policies have in common. Who calls them says with which text.

use std::collections::HashSet;
use std::ops::Range;

use crate::check::PolicyFault;
use crate::{Document, Patterns, Statement, Text};

/// The effects, as they must be written.
pub(super) const EFFECTS: [&str; 2] = ["Allow", "Deny"];
/// The message for a document of the wrong shape, whatever is wrong with it.
pub(super) const SYNTAX: &str = "Syntax errors in policy.";
pub(super) const LEGACY: &str = "The policy failed legacy parsing";

/// Reads a document that has statements.
pub(super) fn parse(text: &str, message: &'static str) -> Result<Document, PolicyFault> {
    let document = parse_unfinished(text, message)?;
    if document.statements.is_empty() {
        let reason = "the policy has no statement";
        return Err(PolicyFault::new(message, &whole(text), reason));
    }
    Ok(document)
}

/// Reads a document that may lack statements.
pub(super) fn parse_unfinished(text: &str, message: &'static str) -> Result<Document, PolicyFault> {
    Document::parse(text).map_err(|error| PolicyFault::syntax(message, &error))
}

/// The text but for white space around it.
pub(super) fn whole(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    start..start + text.trim().len()
}

/// Refuses a version that does not exist. None at all is the oldest one.
pub(super) fn check_version(document: &Document, message: &'static str) -> Result<(), PolicyFault> {
    match &document.version {
        Some(version) if !matches!(&*version.text, "2012-10-17" | "2008-10-17") => {
            let reason = format!("there is no version `{}`", version.text);
            Err(PolicyFault::new(message, &version.span, reason))
        }
        Some(_) | None => Ok(()),
    }
}

/// Requires effects, in any case.
pub(super) fn check_effects(document: &Document, message: &'static str) -> Result<(), PolicyFault> {
    for statement in &document.statements {
        let Some(effect) = &statement.effect else {
            let reason = "the statement has no effect";
            return Err(PolicyFault::new(message, &statement.span, reason));
        };
        if !EFFECTS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(&effect.text))
        {
            return Err(PolicyFault::new(message, &effect.span, bad_effect(effect)));
        }
    }
    Ok(())
}

/// Refuses effects that are there but not written exactly.
pub(super) fn check_effects_exactly(
    document: &Document,
    message: &'static str,
) -> Result<(), PolicyFault> {
    for effect in document
        .statements
        .iter()
        .flat_map(|statement| &statement.effect)
    {
        if !EFFECTS.contains(&&*effect.text) {
            return Err(PolicyFault::new(message, &effect.span, bad_effect(effect)));
        }
    }
    Ok(())
}

fn bad_effect(effect: &Text) -> String {
    format!(
        "the effect must be `Allow` or `Deny`, not `{}`",
        effect.text
    )
}

/// Whether a statement allows, its effect spelled as the language has it.
pub(super) fn is_allow(statement: &Statement) -> bool {
    let effect = statement.effect.as_ref();
    effect.is_some_and(|effect| &*effect.text == "Allow")
}

/// Refuses an id that two statements have. Empty ones are no ids (unsure).
pub(super) fn check_unique_ids(
    document: &Document,
    message: &'static str,
) -> Result<(), PolicyFault> {
    let mut known = HashSet::new();
    for sid in document
        .statements
        .iter()
        .flat_map(|statement| &statement.sid)
    {
        if !sid.text.is_empty() && !known.insert(&*sid.text) {
            let reason = format!("two statements have the id `{}`", sid.text);
            return Err(PolicyFault::new(message, &sid.span, reason));
        }
    }
    Ok(())
}

/// Refuses `Principal` and `NotPrincipal`.
pub(super) fn check_no_principals(
    document: &Document,
    message: &'static str,
) -> Result<(), PolicyFault> {
    let mut statements = document.statements.iter();
    match statements.find_map(|statement| statement.principals.as_ref()) {
        Some(principals) => {
            let reason = "a policy of this kind can't name principals";
            Err(PolicyFault::new(message, &principals.span, reason))
        }
        None => Ok(()),
    }
}

/// Requires at least one action in each statement.
pub(super) fn check_has_actions(
    document: &Document,
    message: &'static str,
) -> Result<(), PolicyFault> {
    for statement in &document.statements {
        check_has(statement, statement.actions.as_ref(), message, "actions")?;
    }
    Ok(())
}

/// Requires at least one resource in each statement.
pub(super) fn check_has_resources(
    document: &Document,
    message: &'static str,
) -> Result<(), PolicyFault> {
    for statement in &document.statements {
        check_has(
            statement,
            statement.resources.as_ref(),
            message,
            "resources",
        )?;
    }
    Ok(())
}

fn check_has(
    statement: &Statement,
    patterns: Option<&Patterns>,
    message: &'static str,
    what: &str,
) -> Result<(), PolicyFault> {
    let reason = || format!("the statement has no {what}");
    match patterns {
        Some(patterns) if patterns.items.is_empty() => {
            Err(PolicyFault::new(message, &patterns.span, reason()))
        }
        Some(_) => Ok(()),
        None => Err(PolicyFault::new(message, &statement.span, reason())),
    }
}

/// All resources, also those of `NotResource`.
pub(super) fn resources(document: &Document) -> impl Iterator<Item = &Text> {
    let patterns = document
        .statements
        .iter()
        .flat_map(|statement| &statement.resources);
    patterns.flat_map(|patterns| &patterns.items)
}

/// All actions, also those of `NotAction`.
pub(super) fn actions(document: &Document) -> impl Iterator<Item = &Text> {
    let patterns = document
        .statements
        .iter()
        .flat_map(|statement| &statement.actions);
    patterns.flat_map(|patterns| &patterns.items)
}

/// Refuses an action that is neither `*` nor a service's prefix, a colon and a name. Whether such an
/// action exists does not count.
pub(super) fn check_action(action: &Text) -> Result<(), PolicyFault> {
    const NO_VENDOR: &str =
        "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    const WILDCARDS: &str = "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards";
    const COLONS: &str = "Actions/Condition can contain only one colon.";

    if &*action.text == "*" {
        return Ok(());
    }
    let Some((vendor, name)) = action.text.split_once(':') else {
        let reason = format!("the action `{}` has no service before it", action.text);
        return Err(PolicyFault::new(NO_VENDOR, &action.span, reason));
    };
    if name.contains(':') {
        let reason = format!("the action `{}` has more than one colon", action.text);
        return Err(PolicyFault::new(COLONS, &action.span, reason));
    }
    // Seen at AWS in 2026 for `*:Untag*`; that `*:*` is refused too is unsure.
    if vendor.contains(['*', '?']) {
        let reason = format!("the service in `{}` can't have wildcards", action.text);
        return Err(PolicyFault::new(WILDCARDS, &action.span, reason));
    }
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    if vendor.is_empty() || !vendor.bytes().all(is_plain) {
        let message = format!("Vendor {vendor} is not valid");
        let reason = format!("a service's prefix can't be `{vendor}`");
        return Err(PolicyFault::new(message, &action.span, reason));
    }
    Ok(())
}
