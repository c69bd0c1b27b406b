//! The blocks at the top of operations' files that say what the model says of the operation.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::describe::describe;
use super::files::Files;
use super::service::Service;
use super::table::Implemented;
use crate::model::Operation;

const BEGIN: &str = "//! <!-- facts: written by `cargo xtask gen` -->";
const END: &str = "//! <!-- end of facts -->";

/// Puts the block into every file of an operation.
pub(crate) fn write(
    root: &Path,
    services: &[Service<'_>],
    implemented: &Implemented,
    files: &mut Files,
) -> Result<()> {
    for service in services {
        for (name, operation) in service.operations() {
            let Some(found) = implemented.get(&service.operation_id(name)) else {
                continue;
            };
            let text = std::fs::read_to_string(root.join(&found.file))?;
            let block = block(service, name, operation)?;
            let text =
                replace(&text, &block).with_context(|| format!("{}", found.file.display()))?;
            files.insert(found.file.clone(), text);
        }
    }
    Ok(())
}

/// The block of an operation.
fn block(service: &Service<'_>, name: &str, operation: &Operation) -> Result<String> {
    let mut block = format!("{BEGIN}\n//!\n");
    let members = match &operation.input {
        Some(shape) => service.members(shape)?,
        None => Vec::new(),
    };
    if members.is_empty() {
        block.push_str("//! No inputs.\n");
    } else {
        block.push_str("//! | input | | must be |\n//! | --- | --- | --- |\n");
    }
    for member in members {
        let required = if member.required { "required" } else { "" };
        // A bar would end the cell, also inside of code.
        let limits = describe(service, member.shape)?.replace('|', "\\|");
        writeln!(block, "//! | `{}` | {required} | {limits} |", member.name)?;
    }
    writeln!(
        block,
        "//!\n//! Permission: `{}:{name}`.",
        service.identity.module
    )?;
    let mut faults = Vec::new();
    for error in &operation.errors {
        let (code, status) = service.fault(error)?;
        faults.push(format!("`{code}` ({status})"));
    }
    if !faults.is_empty() {
        writeln!(block, "//! Faults: {}.", faults.join(", "))?;
    }
    writeln!(block, "//!\n{END}")?;
    Ok(block)
}

/// Replaces the block in a file, or adds it below the first paragraph of the module's docs.
fn replace(text: &str, block: &str) -> Result<String> {
    if let Some((before, rest)) = text.split_once(BEGIN) {
        let (_, after) = rest.split_once(END).context("the facts block has no end")?;
        let after = after.strip_prefix('\n').unwrap_or(after);
        return Ok([before, block, after].concat());
    }
    let paragraph: usize = text
        .split_inclusive('\n')
        .take_while(|line| line.starts_with("//!") && line.trim_end() != "//!")
        .map(str::len)
        .sum();
    if paragraph == 0 {
        bail!("the file does not begin with `//!` and a sentence");
    }
    let (before, after) = text.split_at(paragraph);
    Ok([before, "//!\n", block, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_added_once_and_then_replaced() {
        let block = |text: &str| format!("{BEGIN}\n//! {text}\n{END}\n");
        let once = replace("//! Does it.\n\nuse x;\n", &block("one")).unwrap();
        assert_eq!(
            once,
            format!("//! Does it.\n//!\n{}\nuse x;\n", block("one"))
        );
        let twice = replace(&once, &block("two")).unwrap();
        assert_eq!(
            twice,
            format!("//! Does it.\n//!\n{}\nuse x;\n", block("two"))
        );
        assert_eq!(replace(&twice, &block("two")).unwrap(), twice);
        assert!(replace("use x;\n", &block("one")).is_err());
    }
}
