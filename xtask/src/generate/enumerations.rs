//! Texts of which the model lists all values.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Result, bail};

use super::files::{Files, place};
use super::service::Service;
use crate::names;

/// Writes `{service}_enums.rs`, if the service has any.
pub(crate) fn write(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let mut code = String::new();
    let (mut has_input, mut has_output) = (false, false);
    for (shape, _) in service.model.shapes.iter() {
        let (is_input, is_output) = (service.is_input(shape), service.is_output(shape));
        if !is_input && !is_output {
            continue;
        }
        if let Some(values) = service.enumeration(shape)? {
            has_input |= is_input;
            has_output |= is_output;
            code.push_str(&enumeration(shape, values)?);
            code.push_str(&shown(shape));
            if is_input {
                code.push_str(&choice(shape, values));
                code.push_str(&field(shape));
            }
            if is_output {
                code.push_str(&element(shape));
            }
        }
    }
    if !code.is_empty() {
        let mut file = String::from(
            "//! Texts of which the model lists all values.\n\nuse crate::Service;\nuse crate::recorded::Shown;\n",
        );
        if has_input {
            file.push_str("use crate::constraints::Choice;\nuse crate::fields::{Field, Fields};\n");
        }
        if has_output {
            file.push_str("use crate::element::Element;\nuse crate::json::JsonValue;\nuse keyward_wire::{XmlWriter, write_json_text};\n");
        }
        file.push_str(&code);
        files.insert(place(service, "enums"), file);
    }
    Ok(())
}

fn enumeration(shape: &str, values: &[String]) -> Result<String> {
    let name = names::type_name(shape);
    let variants: BTreeSet<String> = values.iter().map(|value| names::variant(value)).collect();
    if variants.len() != values.len() {
        bail!("enumeration `{shape}`: two values would be one variant");
    }
    let mut code = format!(
        "\n/// The model's `{shape}`.\n#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum {name} {{\n"
    );
    for value in values {
        writeln!(code, "/// `{value}`\n{},", names::variant(value))?;
    }
    writeln!(
        code,
        "}}\n\nimpl {name} {{\n/// The value on the wire.\n#[must_use]\npub const fn as_str(self) -> &'static str {{\nmatch self {{"
    )?;
    for value in values {
        writeln!(code, "Self::{} => \"{value}\",", names::variant(value))?;
    }
    code.push_str("}\n}\n}\n");
    Ok(code)
}

fn choice(shape: &str, values: &[String]) -> String {
    let name = names::type_name(shape);
    let arms: String = values
        .iter()
        .map(|value| format!("\"{value}\" => Some(Self::{}),\n", names::variant(value)))
        .collect();
    format!(
        "\nimpl Choice for {name} {{\nconst VALUES: &'static str = \"[{}]\";\n\n\
         fn from_text(text: &str) -> Option<Self> {{\nmatch text {{\n{arms}_ => None,\n}}\n}}\n}}\n",
        values.join(", ")
    )
}

fn field(shape: &str) -> String {
    format!(
        "\nimpl Field for {} {{\n\
         fn add<'a>(&'a self, name: &str, fields: &mut Fields<'a>) {{\n\
         fields.text(name, self.as_str());\n}}\n}}\n",
        names::type_name(shape)
    )
}

fn element(shape: &str) -> String {
    let name = names::type_name(shape);
    format!(
        "\nimpl Element for {name} {{\n\
         fn write(&self, name: &'static str, xml: &mut XmlWriter) {{\n\
         xml.text(name, self.as_str());\n}}\n}}\n\n\
         impl JsonValue for {name} {{\n\
         fn write_value(&self, json: &mut String) {{\n\
         write_json_text(json, self.as_str());\n}}\n}}\n"
    )
}

fn shown(shape: &str) -> String {
    format!(
        "\nimpl Shown for {} {{\n\
         fn show(&self, json: &mut String, service: Service) {{\n\
         self.as_str().show(json, service);\n}}\n}}\n",
        names::type_name(shape)
    )
}
