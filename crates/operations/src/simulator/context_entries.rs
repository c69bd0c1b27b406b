//! `ContextEntries`: the context that a simulation assumes.

use std::collections::{BTreeMap, HashSet};

use keyward_api::iam::{ContextEntry, ContextKeyTypeEnum};
use keyward_faults::{Fault, fault};
use keyward_policy::{Context, ValueType};

/// Entries that were checked: their values, by key in lower case.
pub(super) struct Entries(BTreeMap<String, Values>);

enum Values {
    One(String),
    Several(Vec<String>),
}

/// A value counts once more for each so many bytes.
const LONG_VALUE_BYTES: usize = 512;

impl Values {
    fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Several(values) => values,
        }
    }
}

/// Checks the entries and converts their values to the form in which they are compared.
pub(super) fn read(entries: &[ContextEntry]) -> Result<Entries, Fault> {
    let mut read = BTreeMap::new();
    for entry in entries {
        let values = entry.context_key_values.as_deref().unwrap_or_default();
        let name = entry.context_key_name.as_deref().unwrap_or_default();
        if name.is_empty() {
            if values.is_empty() && entry.context_key_type.is_none() {
                continue;
            }
            return Err(fault::context_entry_without_name());
        }
        let Some(key_type) = entry.context_key_type else {
            return Err(fault::context_entry_without_type(name));
        };
        if values.is_empty() {
            return Err(fault::context_entry_without_values(name));
        }
        let values = read_values(name, key_type, values)?;
        if read.insert(name.to_lowercase(), values).is_some() {
            return Err(fault::context_entry_repeated(name));
        }
    }
    Ok(Entries(read))
}

fn read_values(
    name: &str,
    key_type: ContextKeyTypeEnum,
    values: &[String],
) -> Result<Values, Fault> {
    let (value_type, is_list) = type_of(key_type);
    let read = |value: &String| {
        value_type
            .normalize(value)
            .ok_or_else(|| fault::context_value_of_another_type(name, expected(value_type)))
    };
    match values {
        _ if is_list => Ok(Values::Several(
            values.iter().map(read).collect::<Result<_, _>>()?,
        )),
        [only] => Ok(Values::One(read(only)?)),
        _ => Err(fault::several_context_values(
            key_type.as_str(),
            values.len(),
        )),
    }
}

/// The type of the values, and whether the entry is a list.
fn type_of(key_type: ContextKeyTypeEnum) -> (ValueType, bool) {
    match key_type {
        ContextKeyTypeEnum::String => (ValueType::Text, false),
        ContextKeyTypeEnum::StringList => (ValueType::Text, true),
        ContextKeyTypeEnum::Numeric => (ValueType::Number, false),
        ContextKeyTypeEnum::NumericList => (ValueType::Number, true),
        ContextKeyTypeEnum::Boolean => (ValueType::Bool, false),
        ContextKeyTypeEnum::BooleanList => (ValueType::Bool, true),
        ContextKeyTypeEnum::Ip => (ValueType::Address, false),
        ContextKeyTypeEnum::IpList => (ValueType::Address, true),
        ContextKeyTypeEnum::Binary => (ValueType::Binary, false),
        ContextKeyTypeEnum::BinaryList => (ValueType::Binary, true),
        ContextKeyTypeEnum::Date => (ValueType::Date, false),
        ContextKeyTypeEnum::DateList => (ValueType::Date, true),
    }
}

/// The name of the type in a fault about a value of another type. Any text is valid as a string and
/// as a boolean.
fn expected(value_type: ValueType) -> &'static str {
    match value_type {
        ValueType::Text => "string",
        ValueType::Bool => "boolean",
        ValueType::Number => "numeric format",
        ValueType::Date => "DateTime format",
        ValueType::Address => "IP address",
        ValueType::Binary => "base-64 encoded binary format",
    }
}

impl Entries {
    /// The keys that policies name and the entries lack, each once, as they are written.
    pub(super) fn missing<'k>(&self, keys: impl Iterator<Item = &'k str>) -> Vec<String> {
        let mut seen = HashSet::new();
        // The variables for single characters appear in lists of context keys, but are not keys.
        keys.filter(|key| !matches!(*key, "*" | "?" | "$"))
            .filter(|key| {
                let key = key.to_lowercase();
                !self.0.contains_key(&key) && seen.insert(key)
            })
            .map(str::to_owned)
            .collect()
    }

    /// By what factor the entries multiply the work of conditions: an operator compares each of its
    /// literals with each value of its key, and longer values take longer.
    pub(super) fn weight(&self) -> usize {
        let lists = || self.0.values().map(Values::as_slice);
        let most = lists().map(<[String]>::len).max().unwrap_or_default();
        let longest = lists().flatten().map(String::len).max();
        (1 + most).saturating_mul(1 + longest.unwrap_or_default() / LONG_VALUE_BYTES)
    }

    /// The context of the simulated requests. An entry for `aws:userid` replaces `user_id`.
    pub(super) fn into_context(self, user_id: &str) -> Context {
        let mut context = Context::default();
        context.judge_as_simulator();
        context.set("aws:userid", user_id);
        for (key, values) in self.0 {
            match values {
                Values::One(value) => context.set(&key, value),
                Values::Several(values) => context.set_several(&key, values),
            }
        }
        context
    }
}
