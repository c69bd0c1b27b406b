//! `cargo xtask gen`: writes what follows from the models and from the map of crates, and nothing
//! else.
//!
//! [`Service`] is a model together with its exceptions; each other module writes
//! one kind of file from it.

mod coverage;
mod describe;
mod entities;
mod enumerations;
mod facts;
mod faults;
mod files;
mod map;
mod operations;
mod patterns;
mod samples;
mod service;
mod shapes;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

use self::files::Files;
pub(crate) use self::files::MARK;
use self::service::{Identity, Service};
use crate::model::Model;
use crate::overrides::{Overrides, ServiceName};

/// Writes all files, or only tells which differ.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    let files = generate(root)?;
    let mut stale: Vec<PathBuf> = Vec::new();
    for (path, text) in &files {
        let present = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        if present != *text {
            stale.push(path.clone());
        }
    }
    let surplus = surplus(root, &files)?;
    if check {
        if stale.is_empty() && surplus.is_empty() {
            println!("gen: {} files are as they should be", files.len());
            return Ok(());
        }
        for path in stale.iter().chain(&surplus) {
            println!("gen: {} differs", path.display());
        }
        bail!("generated files differ; run `cargo xtask gen`");
    }
    for path in &surplus {
        std::fs::remove_file(root.join(path))?;
    }
    for path in &stale {
        let text = files.get(path).map(String::as_str).unwrap_or_default();
        let path = root.join(path);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, text)?;
    }
    println!("gen: {} of {} files written", stale.len(), files.len());
    Ok(())
}

/// Everything that should be in the workspace.
fn generate(root: &Path) -> Result<Files> {
    let overrides = Overrides::read(root)?;
    let mut iam = Model::read(root, "iam")?;
    let mut sts = Model::read(root, "sts")?;
    overrides.add_faults(ServiceName::Iam, &mut iam)?;
    overrides.add_faults(ServiceName::Sts, &mut sts)?;
    overrides.check(ServiceName::Iam, &iam)?;
    overrides.check(ServiceName::Sts, &sts)?;
    let services = [
        Service::new(Identity::IAM, &iam, &overrides)?,
        Service::new(Identity::STS, &sts, &overrides)?,
    ];
    let mut code = Files::new();
    let mut patterns = patterns::Patterns::default();
    for service in &services {
        entities::write(service, &mut code)?;
        enumerations::write(service, &mut code)?;
        shapes::write(service, &mut patterns, &mut code)?;
        operations::write_service(service, &mut code)?;
    }
    patterns.write(&mut code)?;
    operations::write_ids(&services, &mut code)?;
    faults::write(&services, &overrides, &mut code)?;
    samples::write(&services, &mut code)?;

    let implemented = table::find(root, &services)?;
    table::write(&services, &implemented, &mut code)?;
    let mut files = Files::new();
    for (path, text) in code {
        let formatted = format_code(root, &format!("{MARK}{text}"))
            .with_context(|| format!("cannot format {}", path.display()))?;
        files.insert(path, formatted);
    }
    coverage::write(root, &services, &implemented, &mut files)?;
    facts::write(root, &services, &implemented, &mut files)?;
    map::write(root, &mut files)?;
    Ok(files)
}

/// Files in folders named `generated` that would not be written any more.
fn surplus(root: &Path, files: &Files) -> Result<Vec<PathBuf>> {
    let mut surplus = Vec::new();
    for folder in [
        "crates/api/src/generated",
        "crates/api/tests/generated",
        "crates/operations/src/generated",
    ] {
        let Ok(entries) = std::fs::read_dir(root.join(folder)) else {
            continue;
        };
        for entry in entries {
            let path = Path::new(folder).join(entry?.file_name());
            if !files.contains_key(&path) {
                surplus.push(path);
            }
        }
    }
    surplus.sort();
    Ok(surplus)
}

/// Formats Rust code as the workspace does.
fn format_code(root: &Path, code: &str) -> Result<String> {
    let mut rustfmt = std::process::Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout"])
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot run rustfmt")?;
    let mut stdin = rustfmt.stdin.take().context("rustfmt takes no input")?;
    let code = code.to_owned();
    // On a thread of its own, since rustfmt may print before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(code.as_bytes()));
    let output = rustfmt.wait_with_output()?;
    if !output.status.success() {
        bail!("rustfmt refuses the code");
    }
    if let Ok(result) = writer.join() {
        result?;
    }
    Ok(String::from_utf8(output.stdout)?)
}
