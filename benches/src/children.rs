//! Processes that a bench starts, and ends.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// A server process. It is killed when this is dropped.
pub(crate) struct Running {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Running {
    /// Starts a process and waits for the line that says where it serves.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("can't be started")?;
        let stdout = child.stdout.take().context("no standard output")?;
        for line in BufReader::new(stdout).lines() {
            if let Some((_, address)) = line?.split_once("ready on http://") {
                let address = address.parse()?;
                return Ok(Self { child, address });
            }
        }
        let _ = child.kill();
        bail!("the server ended before it was ready")
    }

    /// The process's resident memory in bytes.
    pub(crate) fn resident_bytes(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line
            .and_then(|rest| rest.split_whitespace().next())
            .context("no VmRSS")?;
        Ok(kib.parse::<u64>()? * 1024)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Where benches keep their data: on the disk that the build is on, not in memory.
pub(crate) fn fresh_folder(name: &str) -> anyhow::Result<PathBuf> {
    let folder = bench_folder()?.join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

pub(crate) fn bench_folder() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program
        .parent()
        .and_then(Path::parent)
        .context("no target folder")?;
    Ok(target.join("benches"))
}

/// The `keyward` program built beside this one.
pub(crate) fn keyward() -> anyhow::Result<Command> {
    let program = std::env::current_exe()?.with_file_name("keyward");
    if !program.exists() {
        bail!(
            "`{}` is not built: use `cargo xtask bench`",
            program.display()
        );
    }
    let mut command = Command::new(program);
    command
        .env("KEYWARD_LOG", "warn")
        .env_remove("KEYWARD_MASTER_KEY");
    Ok(command)
}

/// This program in another role.
pub(crate) fn this_program() -> anyhow::Result<Command> {
    Ok(Command::new(std::env::current_exe()?))
}
