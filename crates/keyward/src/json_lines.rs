//! Commands that answer a line for each line they read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write as _};
use std::path::Path;

use anyhow::Context as _;

/// Reads a file, or standard input, and writes the answer to each line on standard output. A line
/// that is no UTF-8 is put to `answer` as an empty one: neither is JSON.
pub(crate) fn answer_lines(
    file: Option<&Path>,
    answer: impl Fn(&str) -> String,
) -> anyhow::Result<()> {
    let input: Box<dyn Read> = match file {
        Some(file) => Box::new(
            File::open(file).with_context(|| format!("`{}` can't be read", file.display()))?,
        ),
        None => Box::new(io::stdin()),
    };
    let mut output = BufWriter::new(io::stdout().lock());
    for line in BufReader::new(input).split(b'\n') {
        let line = line.context("the input can't be read")?;
        let text = std::str::from_utf8(&line).unwrap_or_default();
        writeln!(output, "{}", answer(text)).context("the answers can't be written")?;
    }
    output.flush().context("the answers can't be written")
}
