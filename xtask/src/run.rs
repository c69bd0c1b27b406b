//! Running other programs.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context, Result, bail};

/// A program to run in the workspace's folder. It inherits the environment.
pub(crate) struct Command {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
}

impl Command {
    /// Runs `program`, looked up like a shell does.
    pub(crate) fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Runs the cargo that runs this.
    pub(crate) fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(self, arguments: impl IntoIterator<Item = A>) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment
            .push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Runs the program with this terminal; fails if it fails.
    pub(crate) fn run(&self, folder: &Path) -> Result<()> {
        println!("+ {}", self.shown());
        let status = self
            .prepared(folder)
            .status()
            .with_context(|| format!("cannot run `{}`", self.shown()))?;
        if !status.success() {
            bail!("`{}` failed ({status})", self.shown());
        }
        Ok(())
    }

    /// Runs the program and gives what it prints; fails if it fails.
    pub(crate) fn output(&self, folder: &Path) -> Result<String> {
        let output = self
            .prepared(folder)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run `{}`", self.shown()))?;
        if !output.status.success() {
            bail!("`{}` failed ({})", self.shown(), output.status);
        }
        String::from_utf8(output.stdout)
            .with_context(|| format!("`{}` printed what is not UTF-8", self.shown()))
    }

    /// Runs the program and gives what it prints, whether it succeeds or not.
    pub(crate) fn printed(&self, folder: &Path) -> Result<String> {
        let output = self
            .prepared(folder)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot run `{}`", self.shown()))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Whether the program can be run and succeeds. Shows nothing.
    pub(crate) fn succeeds(&self, folder: &Path) -> bool {
        self.prepared(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    fn prepared(&self, folder: &Path) -> std::process::Command {
        let mut command = std::process::Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(folder);
        command
    }

    fn shown(&self) -> String {
        let program = Path::new(&self.program).file_name().unwrap_or_default();
        std::iter::once(program)
            .chain(self.arguments.iter().map(OsString::as_os_str))
            .map(|part| part.to_string_lossy().into_owned())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// Where builds go.
pub(crate) fn target_folder(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| root.join("target"), |folder| root.join(folder))
}
