//! An installation to be measured, made as an operator makes one.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::children::{Running, fresh_folder, keyward};
use crate::signing::{Key, ask};

/// An installation in a folder, and its root user's key.
pub(crate) struct Installed {
    pub(crate) folder: PathBuf,
    pub(crate) key: Key,
}

impl Installed {
    /// `keyward init` in a fresh folder.
    pub(crate) fn make(name: &str) -> anyhow::Result<Self> {
        let folder = fresh_folder(name)?;
        std::fs::write(
            folder.join("keyward.toml"),
            "[quotas]\nusers_per_account = 100000000\nroles_per_account = 100000000\n\
             policies_per_account = 100000000\ngroups_per_account = 1000\n",
        )?;
        let output = keyward()?
            .arg("init")
            .args(["--account-id", "123456789012"])
            .arg("--data")
            .arg(data(&folder))
            .output()?;
        let text = String::from_utf8(output.stdout)?;
        let told = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.map(|value| value.trim().to_owned())
                .context("init said no key")
        };
        let key = Key {
            id: told("Access key id")?,
            secret: told("Secret access key")?,
            session_token: None,
        };
        Ok(Self { folder, key })
    }

    /// `keyward serve` on it.
    pub(crate) fn serve(&self) -> anyhow::Result<Running> {
        Running::start(
            keyward()?
                .arg("serve")
                .args(["--listen", "127.0.0.1:0"])
                .arg("--data")
                .arg(data(&self.folder))
                .arg("--config")
                .arg(self.folder.join("keyward.toml")),
        )
    }

    /// Makes users `user-000000` and so on.
    pub(crate) fn make_users(&self, server: &Running, count: usize) -> anyhow::Result<()> {
        for number in 0..count {
            ask(
                &self.key,
                server.address,
                &format!("Action=CreateUser&UserName=user-{number:06}"),
            )?;
        }
        Ok(())
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        data(&self.folder)
    }
}

fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}
