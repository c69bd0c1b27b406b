//! Environments of Python, with the packages that a file lists.

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::run::Command;

/// The interpreter of an environment, made anew when the requirements change.
pub(crate) fn python(root: &Path, requirements: &Path, environment: &Path) -> Result<PathBuf> {
    let stamp = environment.join("requirements-installed.txt");
    let python = environment.join("bin/python");
    let wanted = std::fs::read_to_string(requirements)?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if environment.exists() {
        std::fs::remove_dir_all(environment)?;
    }
    Command::new("python3")
        .args(["-m", "venv"])
        .arg(environment)
        .run(root)?;
    Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(requirements)
        .run(root)?;
    // Written last, so that an installation that failed half way is done again.
    std::fs::write(&stamp, wanted)?;
    Ok(python)
}
