//! `keyward policy evaluate`: answers a question a line.

use std::cell::Cell;
use std::path::Path;

use super::answer::{answer, refusal};
use super::question::Question;
use super::tree::tree;
use super::verdict::Verdict;
use crate::json_lines::{LineFault, answer_lines};

/// Answers the questions of a file, or of standard input.
pub(super) fn run(file: Option<&Path>, explain: bool) -> anyhow::Result<Verdict> {
    let verdict = Cell::new(Verdict::Fine);
    answer_lines(file, |line| {
        let answered = line
            .map_err(LineFault::message)
            .and_then(|line| answer_line(line, explain));
        answered.unwrap_or_else(|message| {
            verdict.set(Verdict::Faulty);
            refusal(&message)
        })
    })?;
    Ok(verdict.get())
}

fn answer_line(line: &str, explain: bool) -> Result<String, String> {
    let question = Question::read(line)?;
    if explain {
        return Ok(tree(&question));
    }
    // An answer consists of texts and numbers, which JSON can say.
    serde_json::to_string(&answer(&question)).map_err(|error| error.to_string())
}
