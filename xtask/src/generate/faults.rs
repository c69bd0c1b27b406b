//! Faults: every code that an answer can carry, with its status.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::files::Files;
use super::service::Service;
use crate::names;
use crate::overrides::Overrides;

/// Writes `faults.rs` and the part of the services' facts that is not about operations.
pub(crate) fn write(
    services: &[Service<'_>],
    overrides: &Overrides,
    files: &mut Files,
) -> Result<()> {
    let mut faults: BTreeMap<&str, u16> = BTreeMap::new();
    let common = overrides.common_fault.iter();
    let common = common.map(|fault| (fault.code.as_str(), fault.status));
    let mut modelled = Vec::new();
    for service in services {
        for (_, operation) in service.operations() {
            for error in &operation.errors {
                modelled.push(service.fault(error)?);
            }
        }
    }
    for (code, status) in modelled.into_iter().chain(common) {
        if let Some(other) = faults.insert(code, status).filter(|other| *other != status) {
            bail!("the code `{code}` has two statuses, {other} and {status}");
        }
    }
    let mut file = String::from(
        "//! Every code that an error can carry.\n\nuse crate::Service;\n\n\
         /// What went wrong, as clients tell it apart.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]\npub enum FaultCode {\n",
    );
    for (code, status) in &faults {
        writeln!(
            file,
            "/// `{code}`, sent with status {status}.\n{},",
            names::type_name(code)
        )?;
    }
    file.push_str("}\n\nimpl FaultCode {\n/// All codes.\npub const ALL: &'static [Self] = &[");
    for code in faults.keys() {
        write!(file, "Self::{}, ", names::type_name(code))?;
    }
    file.push_str("];\n\n/// The code on the wire.\n#[must_use]\npub const fn code(self) -> &'static str {\nmatch self {\n");
    for code in faults.keys() {
        writeln!(file, "Self::{} => \"{code}\",", names::type_name(code))?;
    }
    file.push_str("}\n}\n\n/// The HTTP status.\n#[must_use]\npub const fn status(self) -> u16 {\nmatch self {\n");
    let mut by_status: BTreeMap<u16, Vec<String>> = BTreeMap::new();
    for (code, status) in &faults {
        let codes = by_status.entry(*status).or_default();
        codes.push(format!("Self::{}", names::type_name(code)));
    }
    for (status, codes) in by_status {
        writeln!(file, "{} => {status},", codes.join(" | "))?;
    }
    file.push_str(
        "}\n}\n\n/// Whether the caller is at fault rather than the service.\n#[must_use]\n\
         pub const fn is_sender(self) -> bool {\nself.status() < 500\n}\n}\n\n",
    );
    file.push_str(&service_facts(services));
    files.insert(PathBuf::from("crates/api/src/generated/faults.rs"), file);
    Ok(())
}

/// What the models say of the services as such.
fn service_facts(services: &[Service<'_>]) -> String {
    let arms = |fact: &dyn Fn(&Service<'_>) -> String| -> String {
        services
            .iter()
            .map(|service| {
                format!(
                    "Self::{} => {:?},\n",
                    service.identity.variant,
                    fact(service)
                )
            })
            .collect()
    };
    format!(
        "impl Service {{\n\
         /// The namespace of the service's XML.\n#[must_use]\npub const fn namespace(self) -> &'static str {{\nmatch self {{\n{}}}\n}}\n\n\
         /// The version that requests name.\n#[must_use]\npub const fn version(self) -> &'static str {{\nmatch self {{\n{}}}\n}}\n\n\
         /// The name in the scope of signatures, which permissions begin with, too.\n#[must_use]\npub const fn signing_name(self) -> &'static str {{\nmatch self {{\n{}}}\n}}\n}}\n",
        arms(&|service| service.model.metadata.xml_namespace.clone()),
        arms(&|service| service.model.metadata.api_version.clone()),
        arms(&|service| service.model.metadata.endpoint_prefix.clone()),
    )
}
