//! Constraints: what inputs' texts, numbers and lists must be.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::files::{Files, place};
use super::patterns::Patterns;
use super::service::Service;
use crate::model::Shape;
use crate::names;
use crate::overrides::Covers;

/// Writes `{service}_shapes.rs`.
pub(crate) fn write(
    service: &Service<'_>,
    patterns: &mut Patterns,
    files: &mut Files,
) -> Result<()> {
    let mut constants = BTreeMap::new();
    for (name, shape) in service.model.shapes.iter() {
        if !service.is_input(name) {
            continue;
        }
        match shape {
            Shape::Structure { members, .. } => {
                for (member, shape) in members.iter() {
                    // A list's elements are refused by the sentence about the list.
                    add_texts(service, patterns, member, shape, &mut constants)?;
                }
            }
            Shape::List { member, min, max } => {
                add_texts(service, patterns, "", member, &mut constants)?;
                let names_null = service.names_null(name);
                constants.insert(list_constant(name), list(*min, *max, names_null));
            }
            Shape::Map { key, value, max } => {
                add_texts(service, patterns, "", key, &mut constants)?;
                add_texts(service, patterns, "", value, &mut constants)?;
                constants.insert(list_constant(name), list(None, *max, false));
            }
            Shape::Integer { min, max, .. } => {
                let number = format!("Number = Number {{ min: {min:?}, max: {max:?} }}");
                constants.insert(number_constant(name), number);
            }
            Shape::String { .. } | Shape::Boolean { .. } => {}
            Shape::Timestamp {} | Shape::Blob { .. } => {
                bail!("shape `{name}`: inputs have no times and no blobs so far")
            }
        }
    }
    let mut file = String::from(
        "//! What inputs' texts, numbers and lists must be.\n\nuse crate::constraints::{List, Number, Refusal, Text};\nuse super::patterns;\n\n",
    );
    for (name, value) in constants {
        file.push_str(&format!("pub(super) static {name}: {value};\n"));
    }
    files.insert(place(service, "shapes"), file);
    Ok(())
}

/// The constant that holds a text's constraints where a member called `member` has them.
pub(crate) fn text_constant(service: &Service<'_>, shape: &str, member: &str) -> String {
    let constant = names::constant(shape);
    match service.refusal(shape, member) {
        Some(refusal) => format!("{constant}_AS_{}", refusal.name.to_uppercase()),
        None => constant,
    }
}

/// The constant that holds a list's or map's constraints.
pub(crate) fn list_constant(shape: &str) -> String {
    names::constant(shape)
}

/// The constant that holds a number's constraints.
pub(crate) fn number_constant(shape: &str) -> String {
    names::constant(shape)
}

fn list(min: Option<usize>, max: Option<usize>, names_null: bool) -> String {
    format!("List = List {{ min: {min:?}, max: {max:?}, names_null: {names_null} }}")
}

/// Adds the constraints of a member, if it is a text that is not an enumeration.
fn add_texts(
    service: &Service<'_>,
    patterns: &mut Patterns,
    member: &str,
    shape: &str,
    constants: &mut BTreeMap<String, String>,
) -> Result<()> {
    let Shape::String {
        min,
        max,
        sensitive,
        ..
    } = service.model.shape(shape)?
    else {
        return Ok(());
    };
    if service.enumeration(shape)?.is_some() {
        return Ok(());
    }
    let refusal = service.refusal(shape, member);
    let pattern = match (
        service.pattern(shape)?,
        refusal.map(|refusal| refusal.covers),
    ) {
        // Such a text is judged by the type it becomes.
        (Some(_), Some(Covers::Any)) if service.word(shape).is_some() => "None".to_owned(),
        (Some(pattern), _) => format!("Some(&patterns::{})", patterns.add(pattern, shape)?),
        (None, _) => "None".to_owned(),
    };
    let refusal = match refusal {
        None => "Refusal::Generic".to_owned(),
        Some(refusal) => match refusal.covers {
            Covers::Pattern => format!("Refusal::Pattern({:?})", refusal.text),
            Covers::Any => format!("Refusal::Any({:?})", refusal.text),
        },
    };
    constants.insert(
        text_constant(service, shape, member),
        format!(
            "Text = Text {{ min: {min:?}, max: {max:?}, pattern: {pattern}, refusal: {refusal}, sensitive: {sensitive} }}"
        ),
    );
    Ok(())
}
