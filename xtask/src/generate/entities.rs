//! Structures: the types of inputs, outputs and what they hold, with reading and writing.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Result, bail};

use super::describe::describe;
use super::files::{Files, place};
use super::service::{Member, Service};
use super::shapes::{list_constant, number_constant, text_constant};
use crate::model::Shape;
use crate::names;

/// What a structure is to an operation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Input,
    Output,
    Part,
}

/// Writes `{service}_inputs.rs`, `{service}_outputs.rs` and `{service}_entities.rs`.
pub(crate) fn write(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let (mut inputs, mut outputs, mut entities) = (String::new(), String::new(), String::new());
    let mut done = BTreeSet::new();
    for (name, operation) in service.operations() {
        match &operation.input {
            Some(shape) if done.insert(shape.as_str()) => {
                structure(
                    service,
                    shape,
                    Role::Input,
                    &format!("The input of `{name}`."),
                )?
                .append_to(&mut inputs);
            }
            Some(_) => {}
            None => inputs.push_str(&empty_input(service, name)),
        }
        if let Some(shape) = &operation.output
            && done.insert(shape)
        {
            structure(
                service,
                shape,
                Role::Output,
                &format!("The output of `{name}`."),
            )?
            .append_to(&mut outputs);
        }
    }
    for (shape, kind) in service.model.shapes.iter() {
        let is_structure = matches!(kind, Shape::Structure { .. });
        let is_used = service.is_input(shape) || service.is_output(shape);
        if is_structure && is_used && !done.contains(shape) {
            structure(
                service,
                shape,
                Role::Part,
                &format!("The model's `{shape}`."),
            )?
            .append_to(&mut entities);
        }
    }
    let module = service.identity.module;
    // Within the file the path to it is superfluous.
    let entities = entities.replace(&format!("super::{module}_entities::"), "");
    for (kind, about, code) in [
        ("inputs", "What callers send to the operations.", inputs),
        ("outputs", "What callers get from the operations.", outputs),
        ("entities", "What inputs and outputs are made of.", entities),
    ] {
        files.insert(
            place(service, kind),
            format!("//! {about}\n\n{}{code}", imports(service, &code)),
        );
    }
    Ok(())
}

/// The imports that `code` needs.
fn imports(service: &Service<'_>, code: &str) -> String {
    let shapes = format!("super::{}_shapes as shapes", service.identity.module);
    let mut imports = String::new();
    for (path, sign) in [
        (shapes.as_str(), "&shapes::"),
        ("crate::element::Element", ".write("),
        ("crate::element::Element", "impl Element"),
        ("crate::fields::AsFields", "impl AsFields"),
        ("crate::fields::Fields", "&mut Fields<"),
        ("crate::json::JsonMembers", "impl JsonMembers"),
        ("crate::json::JsonValue", ".write_member("),
        (
            "crate::json::write_percent_encoded",
            "write_percent_encoded(",
        ),
        ("crate::recorded::Members", "&mut Members<"),
        ("crate::recorded::Recorded", "impl Recorded"),
        ("crate::reader::Name", "Name::new("),
        ("crate::reader::Presence", "Presence::"),
        ("crate::reader::Read", "Read<Self>"),
        ("crate::reader::Reader", "Reader<"),
        ("keyward_wire::JsonObject", "&mut JsonObject<"),
        ("keyward_wire::XmlWriter", "&mut XmlWriter"),
    ] {
        if code.contains(sign) && !imports.contains(&format!("use {path};")) {
            imports.push_str(&format!("use {path};\n"));
        }
    }
    imports
}

/// The parts of a structure's code.
struct Code {
    definition: String,
    reading: String,
    writing: String,
    recording: String,
    json: String,
}

impl Code {
    fn append_to(&self, file: &mut String) {
        for part in [
            &self.definition,
            &self.reading,
            &self.writing,
            &self.recording,
            &self.json,
        ] {
            if !part.is_empty() {
                file.push('\n');
                file.push_str(part);
            }
        }
    }
}

fn structure(service: &Service<'_>, shape: &str, role: Role, about: &str) -> Result<Code> {
    let reads = service.is_input(shape);
    let writes = service.is_output(shape);
    Ok(Code {
        definition: definition(service, shape, about)?,
        reading: if reads {
            reading(service, shape, role)?
        } else {
            String::new()
        },
        writing: if writes {
            writing(service, shape, role)?
        } else {
            String::new()
        },
        recording: recording(service, shape)?,
        json: if writes {
            json(service, shape)?
        } else {
            String::new()
        },
    })
}

fn definition(service: &Service<'_>, shape: &str, about: &str) -> Result<String> {
    let name = names::type_name(shape);
    let mut code =
        format!("/// {about}\n#[derive(Debug, Clone, PartialEq)]\npub struct {name} {{\n");
    for member in service.members(shape)? {
        let kind = service.member_type(member)?;
        let kind = if member.required {
            kind
        } else {
            format!("Option<{kind}>")
        };
        writeln!(
            code,
            "/// `{}`: {}.\npub {}: {kind},",
            member.name,
            describe(service, member.shape)?,
            names::field(member.name)
        )?;
    }
    code.push_str("}\n");
    Ok(code)
}

fn empty_input(service: &Service<'_>, operation: &str) -> String {
    let name = format!("{operation}Request");
    format!(
        "\n/// The input of `{operation}`, which has no members.\n\
         #[derive(Debug, Clone, PartialEq)]\npub struct {name} {{}}\n\n\
         impl {name} {{\n\
         fn read(_: &mut Reader<'_, '_>) -> Read<Self> {{\nOk(Some(Self {{}}))\n}}\n}}\n\n{}\n\
         impl Recorded for {name} {{\nfn record(&self, _: &mut Members<'_>) {{}}\n}}\n\n\
         impl AsFields for {name} {{\n\
         fn add_to<'a>(&'a self, _: &str, _: &mut Fields<'a>) {{}}\n}}\n",
        decoding(service, &name)
    )
}

/// The function that reads a structure, and for an input its `decode`.
fn reading(service: &Service<'_>, shape: &str, role: Role) -> Result<String> {
    let name = names::type_name(shape);
    let (visibility, decode) = match role {
        Role::Input => ("", decoding(service, &name)),
        Role::Part => ("pub(super) ", String::new()),
        Role::Output => bail!("structure `{shape}` is both an output and part of inputs"),
    };
    let members = service.members(shape)?;
    let reader = if members.is_empty() { "_" } else { "reader" };
    let mut code = format!(
        "impl {name} {{\n{visibility}fn read({reader}: &mut Reader<'_, '_>) -> Read<Self> {{\n"
    );
    for member in service.judged_members(shape)? {
        let field = names::field(member.name);
        writeln!(code, "let {field} = {};", read_member(service, member)?)?;
    }
    for member in members.iter().filter(|member| member.required) {
        let field = names::field(member.name);
        writeln!(
            code,
            "let Some({field}) = {field} else {{ return Ok(None); }};"
        )?;
    }
    let fields: Vec<String> = members.iter().map(|m| names::field(m.name)).collect();
    writeln!(code, "Ok(Some(Self {{ {} }}))\n}}\n}}\n", fields.join(", "))?;
    code.push_str(&as_fields(&name, &members)?);
    code.push_str(&decode);
    Ok(code)
}

/// How a structure of inputs is told in fields, as a client sends it.
fn as_fields(name: &str, members: &[Member<'_>]) -> Result<String> {
    let mut body = String::new();
    for member in members {
        let (wire, field) = (member.name, names::field(member.name));
        writeln!(body, "fields.member(prefix, \"{wire}\", &self.{field});")?;
    }
    let (prefix, fields) = if body.is_empty() {
        ("_", "_")
    } else {
        ("prefix", "fields")
    };
    Ok(format!(
        "impl AsFields for {name} {{\n\
         fn add_to<'a>(&'a self, {prefix}: &str, {fields}: &mut Fields<'a>) {{\n{body}}}\n}}\n\n"
    ))
}

fn decoding(service: &Service<'_>, name: &str) -> String {
    format!(
        "impl crate::Input for {name} {{\n\
         fn decode(parameters: &keyward_wire::Parameters<'_>) -> Result<Self, crate::InputError> {{\n\
         Reader::decode(parameters, crate::Service::{}, Self::read)\n}}\n}}\n",
        service.identity.variant
    )
}

/// The expression that reads a member.
fn read_member(service: &Service<'_>, member: Member<'_>) -> Result<String> {
    let name = format!(
        "Name::new(\"{}\", \"{}\")",
        member.name,
        names::violation_field(member.name)
    );
    let presence = if member.required {
        "Presence::Required"
    } else if service.empty_is_absent(member.shape, member.name) {
        "Presence::OptionalNonEmpty"
    } else {
        "Presence::Optional"
    };
    read_value(
        service,
        member.shape,
        member.name,
        &format!("{name}, {presence}"),
    )
}

/// The expression that reads a value of a shape; `place` says where from.
fn read_value(service: &Service<'_>, shape: &str, member: &str, place: &str) -> Result<String> {
    let constant = |name: String| format!("&shapes::{name}");
    Ok(match service.model.shape(shape)? {
        Shape::Structure { .. } => {
            format!(
                "reader.structure({place}, {}::read)?",
                service.rust_type(shape)?
            )
        }
        Shape::List {
            member: element, ..
        } => {
            let list = constant(list_constant(shape));
            match input_kind(service, element)? {
                Kind::Structure => format!(
                    "reader.structure_list({place}, {list}, {}::read)?",
                    service.rust_type(element)?
                ),
                Kind::Choice => format!("reader.choice_list({place}, {list})?"),
                Kind::Text => {
                    let text = constant(text_constant(service, element, ""));
                    format!("reader.text_list({place}, {list}, {text})?")
                }
            }
        }
        Shape::Map { key, value, .. } => {
            let map = constant(list_constant(shape));
            let key = constant(text_constant(service, key, ""));
            let value = match input_kind(service, value)? {
                Kind::Structure => {
                    let kind = service.rust_type(value)?;
                    format!("reader.structure(name, Presence::Required, {kind}::read)")
                }
                Kind::Choice => bail!("map `{shape}`: inputs have no maps to choices so far"),
                Kind::Text => {
                    let text = constant(text_constant(service, value, ""));
                    format!("Ok(reader.text(name, Presence::Required, {text}))")
                }
            };
            format!("reader.map({place}, {map}, {key}, |reader, name| {value})?")
        }
        Shape::String { .. } if service.enumeration(shape)?.is_some() => {
            format!("reader.choice({place})")
        }
        Shape::String { .. } => {
            let text = constant(text_constant(service, shape, member));
            format!("reader.text({place}, {text})")
        }
        Shape::Integer { .. } => {
            let number = constant(number_constant(shape));
            format!("reader.integer({place}, {number})?")
        }
        Shape::Boolean { .. } => format!("reader.boolean({place})?"),
        Shape::Timestamp {} | Shape::Blob { .. } => {
            bail!("shape `{shape}`: inputs have no times and no blobs so far")
        }
    })
}

/// What an element of a list or a value of a map is.
enum Kind {
    Structure,
    /// A text of which all values are listed.
    Choice,
    Text,
}

fn input_kind(service: &Service<'_>, shape: &str) -> Result<Kind> {
    let kind = service.model.shape(shape)?;
    if kind.as_structure().is_some() {
        Ok(Kind::Structure)
    } else if service.enumeration(shape)?.is_some() {
        Ok(Kind::Choice)
    } else if matches!(kind, Shape::String { .. }) {
        Ok(Kind::Text)
    } else {
        bail!("inputs have lists and maps of texts and structures only so far, not of `{shape}`")
    }
}

/// How a structure is written into answers.
fn writing(service: &Service<'_>, shape: &str, role: Role) -> Result<String> {
    let name = names::type_name(shape);
    let members = service.members(shape)?;
    let mut body = String::new();
    for member in &members {
        body.push_str(&write_member(service, *member)?);
    }
    let xml = if members.is_empty() { "_" } else { "xml" };
    Ok(match role {
        Role::Output => format!(
            "impl crate::Output for {name} {{\nconst HAS_RESULT: bool = true;\n\n\
             fn encode(&self, {xml}: &mut XmlWriter) {{\n{body}}}\n}}\n"
        ),
        Role::Part => format!(
            "impl Element for {name} {{\n\
             fn write(&self, name: &'static str, xml: &mut XmlWriter) {{\n\
             xml.element(name, |{xml}| {{\n{body}}});\n}}\n}}\n"
        ),
        Role::Input => bail!("structure `{shape}` is both an input and part of outputs"),
    })
}

fn write_member(service: &Service<'_>, member: Member<'_>) -> Result<String> {
    let field = names::field(member.name);
    let name = member.name;
    if !service.is_percent_encoded(member.shape) {
        return Ok(format!("self.{field}.write(\"{name}\", xml);\n"));
    }
    if service.rust_type(member.shape)? != "String" {
        bail!("percent_encoded: `{}` is no plain text", member.shape);
    }
    Ok(if member.required {
        format!("xml.percent_encoded(\"{name}\", &self.{field});\n")
    } else {
        format!(
            "if let Some({field}) = &self.{field} {{\nxml.percent_encoded(\"{name}\", {field});\n}}\n"
        )
    })
}

/// How a structure is written into answers in JSON.
fn json(service: &Service<'_>, shape: &str) -> Result<String> {
    let name = names::type_name(shape);
    let mut body = String::new();
    for member in service.members(shape)? {
        let (name, field) = (member.name, names::field(member.name));
        // As in XML, so that a document is one text in both.
        let line = match (service.is_percent_encoded(member.shape), member.required) {
            (false, _) => format!("self.{field}.write_member(\"{name}\", object);"),
            (true, true) => format!("write_percent_encoded(\"{name}\", &self.{field}, object);"),
            (true, false) => format!(
                "if let Some({field}) = &self.{field} {{\n\
                 write_percent_encoded(\"{name}\", {field}, object);\n}}"
            ),
        };
        writeln!(body, "{line}")?;
    }
    let object = if body.is_empty() { "_" } else { "object" };
    Ok(format!(
        "impl JsonMembers for {name} {{\n\
         fn write_members(&self, {object}: &mut JsonObject<'_>) {{\n{body}}}\n}}\n"
    ))
}

/// How a structure shows in audit records: without its secrets.
fn recording(service: &Service<'_>, shape: &str) -> Result<String> {
    let name = names::type_name(shape);
    let mut body = String::new();
    for member in service.members(shape)? {
        if !service.is_unrecorded(member)? {
            let (shown, field) = (
                names::violation_field(member.name),
                names::field(member.name),
            );
            writeln!(body, "members.add(\"{shown}\", &self.{field});")?;
        }
    }
    let members = if body.is_empty() { "_" } else { "members" };
    Ok(format!(
        "impl Recorded for {name} {{\n\
         fn record(&self, {members}: &mut Members<'_>) {{\n{body}}}\n}}\n"
    ))
}
