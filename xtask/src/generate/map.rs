//! The map of crates on the pages that show it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::files::Files;
use crate::crates::CRATES;

/// The pages that show the map.
const PAGES: [&str; 2] = ["ARCHITECTURE.md", "docs/conventions.md"];

const BEGIN: &str =
    "<!-- map of crates: written by `cargo xtask gen` from `xtask/src/crates.rs` -->\n";
const END: &str = "<!-- end of the map -->\n";

/// Puts the map between the two marks of each page.
pub(crate) fn write(root: &Path, files: &mut Files) -> Result<()> {
    let map = map()?;
    for page in PAGES {
        let text = std::fs::read_to_string(root.join(page))
            .with_context(|| format!("cannot read {page}"))?;
        let text =
            replace(&text, &map).with_context(|| format!("cannot put the map into {page}"))?;
        files.insert(PathBuf::from(page), text);
    }
    Ok(())
}

/// The map as a table.
fn map() -> Result<String> {
    let mut map = String::from(
        "| crate | holds | not in it | uses | pure |\n| --- | --- | --- | --- | --- |\n",
    );
    for row in CRATES {
        let not_in_it = row.not_in_it.unwrap_or_default();
        let uses = if row.uses.is_empty() {
            "-".to_owned()
        } else {
            row.uses.join(", ")
        };
        let pure = if row.is_pure { "pure" } else { "" };
        writeln!(
            map,
            "| `{}` | {} | {not_in_it} | {uses} | {pure} |",
            row.name, row.holds
        )?;
    }
    Ok(map)
}

fn replace(text: &str, map: &str) -> Result<String> {
    let (before, rest) = text.split_once(BEGIN).context("no mark begins the map")?;
    let (_, after) = rest.split_once(END).context("no mark ends the map")?;
    Ok([before, BEGIN, map, END, after].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_is_replaced_and_the_rest_of_the_page_stays() {
        let page = format!("# Page\n\n{BEGIN}old\n{END}\nMore.\n");
        let written = replace(&page, "new\n").unwrap();
        assert_eq!(written, format!("# Page\n\n{BEGIN}new\n{END}\nMore.\n"));
        assert_eq!(replace(&written, "new\n").unwrap(), written);
        assert!(replace("# Page\n", "new\n").is_err());
    }
}
