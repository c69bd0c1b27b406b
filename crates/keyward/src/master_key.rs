//! The master key: where it is found and how it is made.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use keyward_credentials::MasterKey;
use keyward_engine::random;
use zeroize::Zeroizing;

use crate::output::complain;

const VARIABLE: &str = "KEYWARD_MASTER_KEY";
/// More bytes than any key's file has.
const MAX_LENGTH: usize = 4_096;

/// Where a new master key went.
pub(crate) enum KeyLocation {
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
    let (text, mode) = read(&file).with_context(|| {
        format!(
            "the master key can't be read from `{}` and {VARIABLE} is not set",
            file.display()
        )
    })?;
    if let Some(warning) = warning(&file, mode) {
        complain(&warning);
    }
    text.parse()
        .with_context(|| format!("`{}` holds no master key", file.display()))
}

/// Makes the key of a new installation, or takes it from the environment. An existing file is
/// never overwritten: it may be the only copy of another installation's key.
pub(crate) fn make(data: &Path, file: Option<&Path>) -> anyhow::Result<(MasterKey, KeyLocation)> {
    if file.is_none()
        && let Some(key) = from_environment()?
    {
        return Ok((key, KeyLocation::InEnvironment));
    }
    let file = file.map_or_else(|| file_beside(data), Path::to_owned);
    let key = MasterKey::new(random()?);
    write(&file, &key).with_context(|| {
        format!(
            "the master key could not be written to `{}`",
            file.display()
        )
    })?;
    Ok((key, KeyLocation::InFile(file)))
}

fn from_environment() -> anyhow::Result<Option<MasterKey>> {
    match std::env::var(VARIABLE) {
        Ok(text) => match Zeroizing::new(text).parse() {
            Ok(key) => Ok(Some(key)),
            Err(_) => bail!("{VARIABLE} is not the base64 of 32 bytes"),
        },
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => bail!("{VARIABLE} is not text"),
    }
}

/// Reads a file whole, and its mode. The text is wiped when it is no longer needed.
fn read(file: &Path) -> std::io::Result<(Zeroizing<String>, u32)> {
    let opened = File::open(file)?;
    let mode = opened.metadata()?.mode();
    // Room for all of it from the start: a string that grows leaves copies behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_LENGTH));
    opened.take(MAX_LENGTH as u64).read_to_string(&mut text)?;
    Ok((text, mode))
}

/// The warning about a key's file that others than its owner may use.
fn warning(file: &Path, mode: u32) -> Option<String> {
    (mode & 0o077 != 0).then(|| {
        let file = file.display();
        format!(
            "WARNING: others than its owner can use the master key's file `{file}` (mode {:03o}), \
             and with it open every secret of this installation: chmod 600 '{file}'",
            mode & 0o777
        )
    })
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
    let folder = match file.parent() {
        // A bare name is one in the current folder.
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    };
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_that_others_can_read_is_warned_about() {
        let folder = tempfile::tempdir().unwrap();
        let (_, kept) = make(
            &folder.path().join("data"),
            Some(&folder.path().join("key")),
        )
        .unwrap();
        let KeyLocation::InFile(file) = kept else {
            return assert!(matches!(kept, KeyLocation::InFile(_)));
        };
        let (text, mode) = read(&file).unwrap();
        assert!(text.parse::<MasterKey>().is_ok());
        assert_eq!(warning(&file, mode), None);
        for open in [0o640, 0o604, 0o620, 0o660, 0o644] {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(open)).unwrap();
            let said = warning(&file, read(&file).unwrap().1).unwrap();
            assert!(said.contains(&format!("(mode {open:o})")), "{said}");
            assert!(!said.contains(text.trim()), "{said}");
        }
    }
}
