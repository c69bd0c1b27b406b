//! A service's model together with its exceptions: what the writers ask.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};

use crate::model::{Model, Operation, Ordered, Shape};
use crate::names;
use crate::overrides::{Overrides, Refusal, ServiceName, Shapes};

/// A service as code calls it.
#[derive(Clone, Copy)]
pub(crate) struct Identity {
    /// As `overrides.toml` calls it.
    name: ServiceName,
    /// The variant of `Service`, and what variants of `OperationId` begin with.
    pub(crate) variant: &'static str,
    /// The module, what file names begin with, and what permissions begin with.
    pub(crate) module: &'static str,
}

impl Identity {
    pub(crate) const IAM: Self = Self {
        name: ServiceName::Iam,
        variant: "Iam",
        module: "iam",
    };
    pub(crate) const STS: Self = Self {
        name: ServiceName::Sts,
        variant: "Sts",
        module: "sts",
    };
}

/// A service.
pub(crate) struct Service<'a> {
    pub(crate) identity: Identity,
    pub(crate) model: &'a Model,
    overrides: &'a Overrides,
    /// The shapes that inputs reach.
    inputs: BTreeSet<&'a str>,
    /// The shapes that outputs reach.
    outputs: BTreeSet<&'a str>,
}

/// A member of a structure.
#[derive(Clone, Copy)]
pub(crate) struct Member<'a> {
    /// On the wire.
    pub(crate) name: &'a str,
    pub(crate) shape: &'a str,
    /// Whether it is there in every valid structure.
    pub(crate) required: bool,
    /// Whether it is a time to the millisecond.
    pub(crate) is_precise_time: bool,
}

impl<'a> Service<'a> {
    pub(crate) fn new(
        identity: Identity,
        model: &'a Model,
        overrides: &'a Overrides,
    ) -> Result<Self> {
        let mut service = Self {
            identity,
            model,
            overrides,
            inputs: BTreeSet::new(),
            outputs: BTreeSet::new(),
        };
        for (name, operation) in model.operations.iter() {
            let context = || format!("operation `{name}`");
            if let Some(input) = &operation.input {
                reach(model, input, &mut service.inputs).with_context(context)?;
            }
            if let Some(output) = &operation.output {
                if operation.result_wrapper.as_deref() != Some(&format!("{name}Result")) {
                    bail!("operation `{name}` has an unusual result wrapper");
                }
                reach(model, output, &mut service.outputs).with_context(context)?;
            }
        }
        service.check_assumptions()?;
        Ok(service)
    }

    /// What the written code relies on and the model's form does not promise.
    fn check_assumptions(&self) -> Result<()> {
        let mut types: BTreeMap<String, &str> = BTreeMap::new();
        for (name, shape) in self.model.shapes.iter() {
            if !self.is_input(name) && !self.is_output(name) {
                continue;
            }
            let is_type = shape.as_structure().is_some() || self.enumeration(name)?.is_some();
            if is_type && let Some(other) = types.insert(names::type_name(name), name) {
                bail!("shapes `{other}` and `{name}` would be one type");
            }
            if !self.is_input(name) {
                continue;
            }
            if matches!(shape, Shape::Timestamp {} | Shape::Blob { .. }) {
                bail!("shape `{name}`: inputs have no times and no blobs so far");
            }
            if let Some(element) = shape.element()
                && self.is_sensitive(element)?
            {
                bail!("list `{name}` of an input is sensitive, and violations repeat lists");
            }
        }
        Ok(())
    }

    /// Whether inputs reach a shape.
    pub(crate) fn is_input(&self, shape: &str) -> bool {
        self.inputs.contains(shape)
    }

    /// Whether outputs reach a shape.
    pub(crate) fn is_output(&self, shape: &str) -> bool {
        self.outputs.contains(shape)
    }

    /// All operations in the model's order.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (&'a str, &'a Operation)> {
        self.model.operations.iter()
    }

    /// The variant of `OperationId`.
    pub(crate) fn operation_id(&self, operation: &str) -> String {
        format!("{}{operation}", self.identity.variant)
    }

    /// The type of an operation's input.
    pub(crate) fn input_type(&self, name: &str, operation: &Operation) -> String {
        match &operation.input {
            Some(shape) => names::type_name(shape),
            None => format!("{name}Request"),
        }
    }

    /// The members of a structure in the model's order. In outputs, members may be optional that the
    /// model requires.
    pub(crate) fn members(&self, structure: &str) -> Result<Vec<Member<'a>>> {
        let (members, required) = self.structure(structure)?;
        for name in required {
            if members.get(name).is_none() {
                bail!("structure `{structure}` requires `{name}`, which it does not have");
            }
        }
        let listed = self.overrides.optional_output.iter();
        let optional: Vec<&String> = listed
            .filter(|entry| self.is_entry(entry.service) && entry.structure == structure)
            .flat_map(|entry| &entry.members)
            .collect();
        if !optional.is_empty() && self.is_input(structure) {
            bail!("optional_output: `{structure}` is part of inputs");
        }
        let listed = self.overrides.precise_time.iter();
        let precise: Vec<&String> = listed
            .filter(|entry| self.is_entry(entry.service) && entry.structure == structure)
            .flat_map(|entry| &entry.members)
            .collect();
        Ok(members
            .iter()
            .map(|(name, shape)| Member {
                name,
                shape,
                required: required.iter().any(|required| required == name)
                    && !optional.iter().any(|optional| *optional == name),
                is_precise_time: precise.iter().any(|precise| *precise == name),
            })
            .collect())
    }

    /// The type of a member, without regard to whether it must be there.
    pub(crate) fn member_type(&self, member: Member<'_>) -> Result<String> {
        if !member.is_precise_time {
            return self.rust_type(member.shape);
        }
        if let Shape::Timestamp {} = self.model.shape(member.shape)? {
            return Ok("keyward_names::PreciseTimestamp".to_owned());
        }
        bail!("precise_time: `{}` is no time", member.name)
    }

    /// The members of an input's structure in the order in which they are judged.
    pub(crate) fn judged_members(&self, structure: &str) -> Result<Vec<Member<'a>>> {
        let mut members = self.members(structure)?;
        // The service judges the elements of lists from their last member to their first.
        let mut shapes = self.model.shapes.iter();
        let is_element = shapes.any(|(_, shape)| shape.element() == Some(structure));
        if is_element {
            members.reverse();
        }
        let order = self.overrides.violation_order.iter();
        let order = order.filter(|e| self.is_entry(e.service) && e.structure == structure);
        for entry in order {
            let place = |member: &Member<'_>| {
                let place = entry.members.iter().position(|name| name == member.name);
                place.unwrap_or(usize::MAX)
            };
            members.sort_by_key(place);
        }
        Ok(members)
    }

    fn structure(&self, name: &str) -> Result<(&'a Ordered<String>, &'a [String])> {
        let structure = self.model.shape(name)?.as_structure();
        structure.with_context(|| format!("shape `{name}` should be a structure"))
    }

    /// The values of an enumeration in the order that the service lists them.
    pub(crate) fn enumeration(&self, shape: &str) -> Result<Option<&'a [String]>> {
        let Shape::String { values, .. } = self.model.shape(shape)? else {
            return Ok(None);
        };
        if values.is_empty() || self.covers(&self.overrides.text_enumeration, shape, "") {
            return Ok(None);
        }
        let order = self.overrides.enumeration_order.iter();
        let order = order
            .filter(|entry| self.is_entry(entry.service) && entry.shape == shape)
            .map(|entry| entry.values.as_slice())
            .next();
        Ok(Some(order.unwrap_or(values)))
    }

    /// The word of `keyward_names` that a shape becomes.
    pub(crate) fn word(&self, shape: &str) -> Option<&'a str> {
        let mut words = self.overrides.word.iter();
        words
            .find(|entry| self.is_entry(entry.service) && entry.shapes.iter().any(|s| s == shape))
            .map(|entry| entry.word.as_str())
    }

    /// The pattern that the service demands, or prints, of a text.
    pub(crate) fn pattern(&self, shape: &str) -> Result<Option<&'a str>> {
        let mut live = self.overrides.live_pattern.iter();
        let live = live.find(|entry| self.is_entry(entry.service) && entry.shape == shape);
        if let Some(live) = live {
            return Ok(Some(&live.pattern));
        }
        let Shape::String { pattern, .. } = self.model.shape(shape)? else {
            return Ok(None);
        };
        Ok(pattern.as_deref())
    }

    /// The sentence of its own that a member is refused by.
    pub(crate) fn refusal(&self, shape: &str, member: &str) -> Option<&'a Refusal> {
        self.overrides.refusal.iter().find(|entry| {
            self.is_entry(entry.service)
                && entry.shapes.iter().any(|s| s == shape)
                && (entry.members.is_empty() || entry.members.iter().any(|m| m == member))
        })
    }

    /// Whether an empty text means an absent one.
    pub(crate) fn empty_is_absent(&self, shape: &str, member: &str) -> bool {
        self.covers(&self.overrides.empty_is_absent, shape, member)
    }

    /// Whether outputs hold a text percent-encoded.
    pub(crate) fn is_percent_encoded(&self, shape: &str) -> bool {
        self.covers(&self.overrides.percent_encoded, shape, "")
    }

    /// Whether an operation lists what nobody can have yet.
    pub(crate) fn lists_nothing(&self, operation: &str) -> bool {
        self.overrides.empty_list.iter().any(|list| {
            list.service == self.identity.name
                && list.operations.iter().any(|name| name == operation)
        })
    }

    /// Whether a value of a member is left out of audit records: because it is secret, or made of what
    /// is, or bytes, or because an exception says so.
    pub(crate) fn is_unrecorded(&self, member: Member<'_>) -> Result<bool> {
        Ok(
            self.covers(&self.overrides.unrecorded, member.shape, member.name)
                || self.is_unfit_for_records(member.shape)?,
        )
    }

    /// Whether a value, or each part of a list or map, must not be seen, or is bytes. The members of structures are
    /// judged one by one.
    fn is_unfit_for_records(&self, shape: &str) -> Result<bool> {
        Ok(match self.model.shape(shape)? {
            Shape::List { member, .. } => self.is_unfit_for_records(member)?,
            Shape::Map { key, value, .. } => {
                self.is_unfit_for_records(key)? || self.is_unfit_for_records(value)?
            }
            Shape::Blob { .. } => true,
            Shape::Structure { .. }
            | Shape::String { .. }
            | Shape::Integer { .. }
            | Shape::Boolean { .. }
            | Shape::Timestamp {} => self.is_sensitive(shape)?,
        })
    }

    /// Whether the sentence about a list's wrong element ends in that none may be missing.
    pub(crate) fn names_null(&self, shape: &str) -> bool {
        self.covers(&self.overrides.names_null, shape, "")
    }

    /// Whether a value must not be seen.
    pub(crate) fn is_sensitive(&self, shape: &str) -> Result<bool> {
        Ok(match self.model.shape(shape)? {
            Shape::String { sensitive, .. } | Shape::Blob { sensitive } => *sensitive,
            Shape::Structure { .. }
            | Shape::List { .. }
            | Shape::Map { .. }
            | Shape::Integer { .. }
            | Shape::Boolean { .. }
            | Shape::Timestamp {} => false,
        })
    }

    /// The Rust type of a shape, as generated files name it.
    pub(crate) fn rust_type(&self, shape: &str) -> Result<String> {
        let module = self.identity.module;
        if let Some(word) = self.word(shape) {
            return Ok(format!("keyward_names::{word}"));
        }
        if self.enumeration(shape)?.is_some() {
            return Ok(format!(
                "super::{module}_enums::{}",
                names::type_name(shape)
            ));
        }
        Ok(match self.model.shape(shape)? {
            Shape::Structure { .. } => {
                format!("super::{module}_entities::{}", names::type_name(shape))
            }
            Shape::List { member, .. } => format!("Vec<{}>", self.rust_type(member)?),
            Shape::Map { value, .. } => format!("Vec<(String, {})>", self.rust_type(value)?),
            Shape::String {
                sensitive: true, ..
            } => "keyward_names::Secret".to_owned(),
            Shape::String { .. } => "String".to_owned(),
            Shape::Integer { .. } => "i32".to_owned(),
            Shape::Boolean { .. } => "bool".to_owned(),
            Shape::Timestamp {} => "keyward_names::Timestamp".to_owned(),
            Shape::Blob { sensitive: true } => "crate::SecretBlob".to_owned(),
            Shape::Blob { sensitive: false } => "Vec<u8>".to_owned(),
        })
    }

    /// Code and status of an error.
    pub(crate) fn fault(&self, shape: &'a str) -> Result<(&'a str, u16)> {
        let Shape::Structure {
            exception: true,
            error,
            ..
        } = self.model.shape(shape)?
        else {
            bail!("shape `{shape}` should be an error");
        };
        let Some(error) = error else {
            return Ok((shape, self.overrides.uncoded_errors.status));
        };
        if error.sender_fault != (error.http_status_code < 500) {
            bail!("error `{shape}`: fault and status say different things");
        }
        Ok((&error.code, error.http_status_code))
    }

    fn covers(&self, entries: &[Shapes], shape: &str, member: &str) -> bool {
        entries.iter().any(|entry| {
            self.is_entry(entry.service)
                && entry.shapes.iter().any(|s| s == shape)
                && (entry.members.is_empty() || entry.members.iter().any(|m| m == member))
        })
    }

    /// Whether an exception is about this service.
    fn is_entry(&self, service: ServiceName) -> bool {
        service == self.identity.name
    }
}

/// Adds `shape` and all that it is made of.
fn reach<'a>(model: &'a Model, shape: &'a str, reached: &mut BTreeSet<&'a str>) -> Result<()> {
    if !reached.insert(shape) {
        return Ok(());
    }
    match model.shape(shape)? {
        Shape::Structure { members, .. } => {
            for (_, member) in members.iter() {
                reach(model, member, reached)?;
            }
        }
        Shape::List { member, .. } => reach(model, member, reached)?,
        Shape::Map { key, value, .. } => {
            reach(model, key, reached)?;
            reach(model, value, reached)?;
        }
        Shape::String { .. }
        | Shape::Integer { .. }
        | Shape::Boolean { .. }
        | Shape::Timestamp {}
        | Shape::Blob { .. } => {}
    }
    Ok(())
}
