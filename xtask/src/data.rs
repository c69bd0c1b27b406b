//! `cargo xtask data`: takes facts anew from published packages: the actions that AWS knows, and its
//! managed policies. No prose is taken.

mod actions;
mod change;
mod managed_policies;
mod package;

use std::path::Path;

use anyhow::Result;

/// Takes all data.
pub(crate) fn run(root: &Path) -> Result<()> {
    actions::run(root)?;
    managed_policies::run(root)
}
