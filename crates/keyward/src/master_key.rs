//! The master key: where it is found and how it is made.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use keyward_operations::{MasterKey, random};

const VARIABLE: &str = "KEYWARD_MASTER_KEY";

/// Where a new master key went.
pub(crate) enum Kept {
    /// It came from the environment and stays the operator's to keep.
    InEnvironment,
    /// It was written to this file.
    InFile(PathBuf),
}

/// The file beside a data folder: `keyward-data.master-key` for `keyward-data`. Not inside it, so
/// that a copy of the folder opens nothing.
pub(crate) fn file_beside(data: &Path) -> PathBuf {
    let absolute = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    absolute.with_added_extension("master-key")
}

/// Finds the key of an installation: the named file, or the environment, or the file beside the
/// data folder.
pub(crate) fn find(data: &Path, file: Option<&Path>) -> anyhow::Result<MasterKey> {
    if file.is_none()
        && let Some(key) = from_environment()?
    {
        return Ok(key);
    }
    let file = file.map_or_else(|| file_beside(data), Path::to_owned);
    let text = std::fs::read_to_string(&file).with_context(|| {
        format!(
            "the master key can't be read from `{}` and {VARIABLE} is not set",
            file.display()
        )
    })?;
    text.parse()
        .with_context(|| format!("`{}` holds no master key", file.display()))
}

/// Makes the key of a new installation, or takes it from the environment. An existing file is
/// never overwritten: it may be the only copy of another installation's key.
pub(crate) fn make(data: &Path, file: Option<&Path>) -> anyhow::Result<(MasterKey, Kept)> {
    if file.is_none()
        && let Some(key) = from_environment()?
    {
        return Ok((key, Kept::InEnvironment));
    }
    let file = file.map_or_else(|| file_beside(data), Path::to_owned);
    let key = MasterKey::new(random()?);
    write(&file, &key).with_context(|| {
        format!(
            "the master key could not be written to `{}`",
            file.display()
        )
    })?;
    Ok((key, Kept::InFile(file)))
}

fn from_environment() -> anyhow::Result<Option<MasterKey>> {
    match std::env::var(VARIABLE) {
        Ok(text) => match text.parse() {
            Ok(key) => Ok(Some(key)),
            Err(_) => bail!("{VARIABLE} is not the base64 of 32 bytes"),
        },
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{VARIABLE} is not text"),
    }
}

fn write(file: &Path, key: &MasterKey) -> std::io::Result<()> {
    let mut opened = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    opened.write_all(key.to_text().as_bytes())?;
    opened.write_all(b"\n")?;
    opened.sync_all()?;
    // The name must be as durable as the content.
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
