//! `models/overrides.toml`: where the services differ from their models.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::model::{Model, Shape};

/// All exceptions. What each kind means is said in the file itself.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Overrides {
    pub(crate) word: Vec<Word>,
    pub(crate) text_enumeration: Vec<Shapes>,
    pub(crate) optional_output: Vec<Members>,
    pub(crate) precise_time: Vec<Members>,
    pub(crate) empty_is_absent: Vec<Shapes>,
    pub(crate) percent_encoded: Vec<Shapes>,
    pub(crate) unrecorded: Vec<Shapes>,
    pub(crate) refusal: Vec<Refusal>,
    pub(crate) live_pattern: Vec<LivePattern>,
    pub(crate) names_null: Vec<Shapes>,
    pub(crate) enumeration_order: Vec<EnumerationOrder>,
    pub(crate) violation_order: Vec<Members>,
    pub(crate) uncoded_errors: UncodedErrors,
    pub(crate) unlisted_fault: Vec<UnlistedFault>,
    pub(crate) common_fault: Vec<CommonFault>,
    pub(crate) empty_list: Vec<EmptyList>,
}

/// Operations that list what nobody can have yet: they answer, and do not count as done.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmptyList {
    pub(crate) service: ServiceName,
    pub(crate) operations: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// The service that an exception is about.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ServiceName {
    Iam,
    Sts,
}

/// Shapes that become a type of `keyward_names`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    pub(crate) service: ServiceName,
    pub(crate) shapes: Vec<String>,
    pub(crate) word: String,
    #[serde(rename = "reason")]
    _reason: String,
}

/// Shapes, or some members that have these shapes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Shapes {
    pub(crate) service: ServiceName,
    pub(crate) shapes: Vec<String>,
    #[serde(default)]
    pub(crate) members: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// Members of a structure.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Members {
    pub(crate) service: ServiceName,
    pub(crate) structure: String,
    pub(crate) members: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// A sentence of its own for a violated pattern.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refusal {
    pub(crate) service: ServiceName,
    pub(crate) name: String,
    pub(crate) shapes: Vec<String>,
    #[serde(default)]
    pub(crate) members: Vec<String>,
    pub(crate) covers: Covers,
    pub(crate) text: String,
    #[serde(rename = "reason")]
    _reason: String,
}

/// What a sentence of its own stands for.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Covers {
    Pattern,
    Any,
}

/// A pattern that is not the model's.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LivePattern {
    pub(crate) service: ServiceName,
    pub(crate) shape: String,
    pub(crate) pattern: String,
    #[serde(rename = "reason")]
    _reason: String,
}

/// The order in which values are listed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnumerationOrder {
    pub(crate) service: ServiceName,
    pub(crate) shape: String,
    pub(crate) values: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// How errors without code are sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UncodedErrors {
    pub(crate) status: u16,
    #[serde(rename = "reason")]
    _reason: String,
}

/// Faults that operations were seen to have and that the model does not list for them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnlistedFault {
    pub(crate) service: ServiceName,
    pub(crate) operations: Vec<String>,
    pub(crate) shapes: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// A fault that any operation may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommonFault {
    pub(crate) code: String,
    pub(crate) status: u16,
    #[serde(rename = "reason")]
    _reason: String,
}

impl Overrides {
    /// Reads `models/overrides.toml`.
    pub(crate) fn read(root: &Path) -> Result<Self> {
        let path = root.join("models/overrides.toml");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{}", path.display()))
    }

    /// Adds the faults that the model does not list.
    pub(crate) fn add_faults(&self, service: ServiceName, model: &mut Model) -> Result<()> {
        for entry in self.unlisted_fault.iter().filter(|e| e.service == service) {
            for shape in &entry.shapes {
                model.shape(shape)?;
            }
            for name in &entry.operations {
                let mut operations = model.operations.0.iter_mut();
                let (_, operation) = operations
                    .find(|(operation, _)| operation == name)
                    .with_context(|| format!("unlisted_fault: no operation `{name}`"))?;
                for shape in &entry.shapes {
                    if operation.errors.contains(shape) {
                        bail!("unlisted_fault: the model lists `{shape}` for `{name}`");
                    }
                    operation.errors.push(shape.clone());
                }
            }
        }
        Ok(())
    }

    /// Stops where an exception names something that `model` does not have.
    pub(crate) fn check(&self, service: ServiceName, model: &Model) -> Result<()> {
        let words = self.word.iter().map(|e| (e.service, &e.shapes, &[][..]));
        let refusals = self
            .refusal
            .iter()
            .map(|e| (e.service, &e.shapes, &*e.members));
        let shapes = [
            &self.text_enumeration,
            &self.empty_is_absent,
            &self.percent_encoded,
            &self.unrecorded,
            &self.names_null,
        ];
        let shapes = shapes.into_iter().flatten();
        let shapes = shapes.map(|e| (e.service, &e.shapes, &*e.members));
        for (of, shapes, members) in words.chain(refusals).chain(shapes) {
            if of == service {
                check_uses(model, shapes, members)?;
            }
        }
        let members = [
            &self.optional_output,
            &self.precise_time,
            &self.violation_order,
        ];
        for entry in members.into_iter().flatten() {
            if entry.service == service {
                check_members(model, &entry.structure, &entry.members)?;
            }
        }
        for entry in self.live_pattern.iter().filter(|e| e.service == service) {
            model.shape(&entry.shape)?;
        }
        for entry in self
            .enumeration_order
            .iter()
            .filter(|e| e.service == service)
        {
            let Shape::String { values, .. } = model.shape(&entry.shape)? else {
                bail!("enumeration_order: `{}` is no text", entry.shape);
            };
            let (mut modelled, mut ordered) = (values.clone(), entry.values.clone());
            modelled.sort();
            ordered.sort();
            if modelled != ordered {
                bail!("enumeration_order: `{}` has other values", entry.shape);
            }
        }
        Ok(())
    }
}

/// Each shape exists, and each member occurs somewhere with one of them.
fn check_uses(model: &Model, shapes: &[String], members: &[String]) -> Result<()> {
    for shape in shapes {
        model.shape(shape).context("overrides.toml")?;
    }
    for member in members {
        let structures = model
            .shapes
            .iter()
            .filter_map(|(_, shape)| shape.as_structure());
        let occurs = structures
            .filter_map(|(members, _)| members.get(member))
            .any(|shape| shapes.contains(shape));
        if !occurs {
            bail!("overrides.toml: no member `{member}` has one of the shapes {shapes:?}");
        }
    }
    Ok(())
}

fn check_members(model: &Model, structure: &str, names: &[String]) -> Result<()> {
    let Shape::Structure { members, .. } = model.shape(structure)? else {
        bail!("overrides.toml: `{structure}` is no structure");
    };
    for name in names {
        if members.get(name).is_none() {
            bail!("overrides.toml: `{structure}` has no member `{name}`");
        }
    }
    Ok(())
}
