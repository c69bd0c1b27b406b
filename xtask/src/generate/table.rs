//! Which operations have a file, and the table that leads a request to its function.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use super::files::Files;
use super::service::Service;
use crate::names;

/// Where operations lie.
const SOURCES: &str = "crates/operations/src";
/// The folder of a service that has no operations, but what several share.
const SHARED: &str = "shared";

/// The operations that have a file, by their variant of `OperationId`.
pub(crate) type Implemented = BTreeMap<String, Implementation>;

/// An operation's file.
pub(crate) struct Implementation {
    /// The file in the workspace.
    pub(crate) file: PathBuf,
    /// The module of the resource it is about: `login_profiles`.
    pub(crate) resource: String,
    /// The function: `update_login_profile`.
    pub(crate) function: String,
}

/// Finds the files of operations: `crates/operations/src/{service}/{resource}/{operation}.rs`.
pub(crate) fn find(root: &Path, services: &[Service<'_>]) -> Result<Implemented> {
    let mut implemented = Implemented::new();
    for service in services {
        let functions: BTreeMap<String, &str> = service
            .operations()
            .map(|(name, _)| (names::snake_case(name), name))
            .collect();
        let folder = Path::new(SOURCES).join(service.identity.module);
        for resource in entries(root, &folder)? {
            if stem(&resource).as_deref() == Some(SHARED) {
                continue;
            }
            for file in entries(root, &resource)? {
                let (Some(resource), Some(function)) = (stem(&resource), stem(&file)) else {
                    continue;
                };
                if file.extension().is_none_or(|extension| extension != "rs") {
                    continue;
                }
                let Some(operation) = functions.get(&function) else {
                    bail!("{}: no operation is called `{function}`", file.display());
                };
                let id = service.operation_id(operation);
                let found = Implementation {
                    file,
                    resource,
                    function,
                };
                if let Some(other) = implemented.insert(id, found) {
                    bail!("{} is not its operation's only file", other.file.display());
                }
            }
        }
    }
    Ok(implemented)
}

/// Writes the table.
pub(crate) fn write(
    services: &[Service<'_>],
    implemented: &Implemented,
    files: &mut Files,
) -> Result<()> {
    let mut modules = Vec::new();
    let mut arms = String::new();
    let mut functions = String::new();
    let mut performed = String::new();
    let mut missing = Vec::new();
    for service in services {
        let module = service.identity.module;
        for (name, _) in service.operations() {
            let id = service.operation_id(name);
            let Some(Implementation {
                resource, function, ..
            }) = implemented.get(&id)
            else {
                missing.push(format!("OperationId::{id}"));
                continue;
            };
            if !modules.contains(&module) {
                modules.push(module);
            }
            writeln!(
                arms,
                "OperationId::{id} => Box::pin(run::<{module}::operations::{name}, _, _>(request, {function})).await,"
            )?;
            write!(
                performed,
                "\nimpl Performed for {module}::operations::{name} {{\n\
                 fn run(call: Call<Self::Input>) -> impl Future<Output = Outcome<Self::Output>> + Send {{\n\
                 {function}(call)\n}}\n}}\n"
            )?;
            writeln!(
                functions,
                "use crate::{module}::{resource}::{function}::{function};"
            )?;
        }
    }
    let mut imports = format!(
        "use keyward_api::{{OperationId, {}}};\n",
        modules.join(", ")
    );
    let mut dispatch = vec!["Call", "Outcome", "Reply", "Request"];
    if !missing.is_empty() {
        writeln!(
            arms,
            "{} => not_implemented(request, operation),",
            missing.join(" | ")
        )?;
        dispatch.push("not_implemented");
    }
    if !modules.is_empty() {
        dispatch.push("run");
    }
    writeln!(imports, "use keyward_engine::{{{}}};", dispatch.join(", "))?;
    files.insert(
        Path::new(SOURCES).join("generated/table.rs"),
        format!(
            "//! Which function answers which operation.\n\n{imports}\nuse crate::performed::Performed;\n{functions}\n\
             /// Runs the function of `operation`. The futures are boxed, since this one is as large as\n\
             /// the largest of them.\n\
             pub(crate) async fn respond(request: Request<'_>, operation: OperationId) -> Reply {{\n\
             match operation {{\n{arms}}}\n}}\n{performed}"
        ),
    );
    Ok(())
}

/// What lies in a folder of the workspace, in order; nothing if there is no such folder.
fn entries(root: &Path, folder: &Path) -> Result<Vec<PathBuf>> {
    if !root.join(folder).is_dir() {
        return Ok(Vec::new());
    }
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(root.join(folder))? {
        entries.push(folder.join(entry?.file_name()));
    }
    entries.sort();
    Ok(entries)
}

fn stem(path: &Path) -> Option<String> {
    path.file_stem()
        .and_then(|stem| stem.to_str())
        .map(str::to_owned)
}
