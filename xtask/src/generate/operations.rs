//! Operations: their ids and what ties them to inputs, outputs and faults.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Result;

use super::files::{Files, place};
use super::service::Service;
use crate::names;

/// Writes `{service}_operations.rs`: one type for each operation.
pub(crate) fn write_service(service: &Service<'_>, files: &mut Files) -> Result<()> {
    let module = service.identity.module;
    let mut file = String::from(
        "//! One type for each operation.\n\nuse crate::{FaultCode, Operation, OperationId};\n",
    );
    for (name, operation) in service.operations() {
        let input = service.input_type(name, operation);
        let output = match &operation.output {
            Some(shape) => format!("super::{module}_outputs::{}", names::type_name(shape)),
            None => "()".to_owned(),
        };
        let mut faults = Vec::new();
        for error in &operation.errors {
            let (code, _) = service.fault(error)?;
            faults.push(format!("FaultCode::{}", names::type_name(code)));
        }
        write!(
            file,
            "\n/// `{name}`.\n#[derive(Debug, Clone, Copy)]\npub struct {name};\n\n\
             impl Operation for {name} {{\n\
             const ID: OperationId = OperationId::{};\n\
             const FAULTS: &'static [FaultCode] = &[{}];\n\
             type Input = super::{module}_inputs::{input};\n\
             type Output = {output};\n}}\n",
            service.operation_id(name),
            faults.join(", ")
        )?;
    }
    files.insert(place(service, "operations"), file);
    Ok(())
}

/// Writes `operations.rs`: the enumeration of all operations.
pub(crate) fn write_ids(services: &[Service<'_>], files: &mut Files) -> Result<()> {
    let mut file = String::from(
        "//! All operations of both services.\n\nuse crate::{Input, InputError, Service};\nuse keyward_wire::Parameters;\n\n\
         /// An operation of one of the services.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum OperationId {\n",
    );
    for (service, name) in all(services) {
        let (id, module) = (service.operation_id(name), service.identity.module);
        writeln!(file, "/// `{module}:{name}`\n{id},")?;
    }
    file.push_str("}\n\nimpl OperationId {\n");
    file.push_str(&constants(services));
    file.push_str(
        "/// The operation of `service` called `name`.\n#[must_use]\n\
         pub fn find(service: Service, name: &str) -> Option<Self> {\n\
         let operations = match service {\nService::Iam => Self::IAM_BY_NAME,\nService::Sts => Self::STS_BY_NAME,\n};\n\
         let place = operations.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;\n\
         operations.get(place).map(|(_, operation)| *operation)\n}\n\n",
    );
    file.push_str(&function(
        "/// The name on the wire: `CreateUser`.",
        "name(self) -> &'static str",
        services,
        |_, name| format!("\"{name}\""),
    ));
    file.push_str(&function(
        "/// The permission to call it: `iam:CreateUser`.",
        "action(self) -> &'static str",
        services,
        |service, name| format!("\"{}:{name}\"", service.identity.module),
    ));
    file.push_str(&service_function(services));
    file.push_str(&signature_function(services));
    file.push_str(&check_function(services));
    file.push_str("}\n");
    files.insert(
        PathBuf::from("crates/api/src/generated/operations.rs"),
        file,
    );
    Ok(())
}

/// Every operation with its service.
fn all<'s, 'a>(
    services: &'s [Service<'a>],
) -> impl Iterator<Item = (&'s Service<'a>, &'a str)> + use<'s, 'a> {
    services
        .iter()
        .flat_map(|service| service.operations().map(move |(name, _)| (service, name)))
}

fn constants(services: &[Service<'_>]) -> String {
    let ids: Vec<String> = all(services)
        .map(|(service, name)| format!("Self::{}", service.operation_id(name)))
        .collect();
    let mut constants = format!(
        "/// All operations.\npub const ALL: &'static [Self] = &[{}];\n\n",
        ids.join(", ")
    );
    for service in services {
        let mut names: Vec<&str> = service.operations().map(|(name, _)| name).collect();
        names.sort_unstable();
        let pairs: Vec<String> = names
            .iter()
            .map(|name| format!("(\"{name}\", Self::{})", service.operation_id(name)))
            .collect();
        constants.push_str(&format!(
            "const {}_BY_NAME: &'static [(&'static str, Self)] = &[{}];\n\n",
            service.identity.module.to_uppercase(),
            pairs.join(", ")
        ));
    }
    constants
}

fn function(
    docs: &str,
    signature: &str,
    services: &[Service<'_>],
    value: impl Fn(&Service<'_>, &str) -> String,
) -> String {
    let arms: String = all(services)
        .map(|(service, name)| {
            format!(
                "Self::{} => {},\n",
                service.operation_id(name),
                value(service, name)
            )
        })
        .collect();
    format!("{docs}\n#[must_use]\npub const fn {signature} {{\nmatch self {{\n{arms}}}\n}}\n\n")
}

fn service_function(services: &[Service<'_>]) -> String {
    let arms: String = services
        .iter()
        .map(|service| {
            let ids: Vec<String> = service
                .operations()
                .map(|(name, _)| format!("Self::{}", service.operation_id(name)))
                .collect();
            format!(
                "{} => Service::{},\n",
                ids.join(" | "),
                service.identity.variant
            )
        })
        .collect();
    format!(
        "/// The service it belongs to.\n#[must_use]\npub const fn service(self) -> Service {{\nmatch self {{\n{arms}}}\n}}\n\n"
    )
}

fn signature_function(services: &[Service<'_>]) -> String {
    let unsigned: Vec<String> = services
        .iter()
        .flat_map(|service| {
            service
                .operations()
                .filter(|(_, operation)| operation.unsigned)
                .map(move |(name, _)| format!("Self::{}", service.operation_id(name)))
        })
        .collect();
    format!(
        "/// Whether a caller must sign the request.\n#[must_use]\npub const fn needs_signature(self) -> bool {{\n!matches!(self, {})\n}}\n\n",
        unsigned.join(" | ")
    )
}

fn check_function(services: &[Service<'_>]) -> String {
    let arms: String = services
        .iter()
        .flat_map(|service| {
            service.operations().map(move |(name, operation)| {
                format!(
                    "Self::{} => super::{}::{}::decode(parameters).map(drop),\n",
                    service.operation_id(name),
                    service.identity.module,
                    service.input_type(name, operation)
                )
            })
        })
        .collect();
    format!(
        "/// Reads and judges a request to the operation, and forgets what it says.\n\
         pub fn check(self, parameters: &Parameters<'_>) -> Result<(), InputError> {{\nmatch self {{\n{arms}}}\n}}\n"
    )
}
