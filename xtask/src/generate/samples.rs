//! Sample answers for the tests of `crates/api`: every structure of outputs with all its members.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;

use super::files::Files;
use super::service::Service;
use crate::model::Shape;
use crate::names;

/// Writes `samples.rs`.
pub(crate) fn write(services: &[Service<'_>], files: &mut Files) -> Result<()> {
    let mut file = String::from(
        "//! Sample answers: every structure of outputs with all its members.\n\n\
         use keyward_api::{OperationId, iam, sts};\n\nuse super::{Sample, Written, written};\n\n\
         /// The answer of each operation, in full.\npub(crate) fn answers() -> Vec<(OperationId, Written)> {\nvec![\n",
    );
    for service in services {
        let module = service.identity.module;
        for (name, operation) in service.operations() {
            let id = service.operation_id(name);
            let output = match &operation.output {
                Some(shape) => format!("{module}::{}", names::type_name(shape)),
                None => "()".to_owned(),
            };
            writeln!(
                file,
                "(OperationId::{id}, written::<{module}::operations::{name}>(&<{output}>::sample())),"
            )?;
        }
    }
    file.push_str("]\n}\n");
    for service in services {
        let module = service.identity.module;
        for (shape, kind) in service
            .model
            .shapes
            .iter()
            .filter(|(s, _)| service.is_output(s))
        {
            let name = names::type_name(shape);
            let sample = if matches!(kind, Shape::Structure { .. }) {
                let fields: Vec<String> = service
                    .members(shape)?
                    .iter()
                    .map(|member| format!("{}: Sample::sample()", names::field(member.name)))
                    .collect();
                format!("Self {{ {} }}", fields.join(", "))
            } else if let Some(first) = service.enumeration(shape)?.and_then(<[String]>::first) {
                format!("Self::{}", names::variant(first))
            } else {
                continue;
            };
            write!(
                file,
                "\nimpl Sample for {module}::{name} {{\nfn sample() -> Self {{\n{sample}\n}}\n}}\n"
            )?;
        }
    }
    files.insert(PathBuf::from("crates/api/tests/generated/samples.rs"), file);
    Ok(())
}
