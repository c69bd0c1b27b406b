//! `keyward policy`: policies checked, and questions about them answered.

mod answer;
mod check;
mod evaluate;
mod excerpt;
mod principal;
mod probe;
mod question;
mod tree;
mod verdict;

use std::process::ExitCode;

pub(crate) use self::excerpt::is_showable;
use self::verdict::Verdict;
use crate::arguments::PolicyCommand;
use crate::output;

/// Why a question is answered as it is, as a tree for people.
pub(crate) fn explained(question: &str) -> Result<String, String> {
    Ok(tree::tree(&question::Question::read(question)?))
}

/// Runs a command: exit code 1 says that something that was read is wrong, 2 that something could not
/// be read at all.
pub(crate) fn run(command: &PolicyCommand) -> ExitCode {
    let verdict = match command {
        PolicyCommand::Check { files, kind } => check::run(files, *kind),
        PolicyCommand::Evaluate { file, explain } => evaluate::run(file.as_deref(), *explain)
            .unwrap_or_else(|error| {
                output::complain(&format!("keyward: {error:#}"));
                Verdict::Unreadable
            }),
    };
    match verdict {
        Verdict::Fine => ExitCode::SUCCESS,
        Verdict::Faulty => ExitCode::FAILURE,
        Verdict::Unreadable => ExitCode::from(2),
    }
}
