//! Commands that answer a line for each line they read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use anyhow::Context as _;

/// The most bytes of a line.
const LONGEST_LINE: usize = 8 * 1024 * 1024;

/// Why a line is no text to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LineFault {
    NotUtf8,
    TooLong,
}

impl LineFault {
    pub(crate) fn message(self) -> String {
        match self {
            Self::NotUtf8 => "the line is not UTF-8".to_owned(),
            Self::TooLong => format!("the line is longer than {LONGEST_LINE} bytes"),
        }
    }
}

/// Reads a file, or standard input, and writes the answer to each line on standard output. Whoever
/// waits for an answer before the next line gets it. A reader that has gone away ends it quietly.
pub(crate) fn answer_lines(
    file: Option<&Path>,
    answer: impl FnMut(Result<&str, LineFault>) -> String,
) -> anyhow::Result<()> {
    let input: Box<dyn Read> = match file {
        Some(file) => Box::new(
            File::open(file).with_context(|| format!("`{}` can't be read", file.display()))?,
        ),
        None => Box::new(io::stdin()),
    };
    let output = BufWriter::new(io::stdout().lock());
    pump(BufReader::with_capacity(64 * 1024, input), output, answer)
}

fn pump<R: Read>(
    mut input: BufReader<R>,
    mut output: impl Write,
    mut answer: impl FnMut(Result<&str, LineFault>) -> String,
) -> anyhow::Result<()> {
    let mut line = Vec::new();
    while let Some(read) =
        next_line(&mut input, &mut line, LONGEST_LINE).context("the input can't be read")?
    {
        let text = read.and_then(|()| std::str::from_utf8(&line).map_err(|_| LineFault::NotUtf8));
        let is_last_at_hand = !input.buffer().contains(&b'\n');
        let mut written = writeln!(output, "{}", answer(text));
        if is_last_at_hand {
            written = written.and_then(|()| output.flush());
        }
        match written {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(()),
            other => other.context("the answers can't be written")?,
        }
    }
    Ok(())
}

/// Reads a line without its end, or tells what is wrong with it; `None` at the end of the input. Of a
/// line that is too long, nothing is kept.
fn next_line<R: Read>(
    input: &mut BufReader<R>,
    line: &mut Vec<u8>,
    longest: usize,
) -> io::Result<Option<Result<(), LineFault>>> {
    line.clear();
    let mut read = Ok(());
    let mut is_there = false;
    loop {
        let found = match input.fill_buf() {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if found.is_empty() {
            return Ok(is_there.then_some(read));
        }
        is_there = true;
        let end = found.iter().position(|byte| *byte == b'\n');
        let part = found.get(..end.unwrap_or(found.len())).unwrap_or_default();
        if line.len() + part.len() > longest {
            read = Err(LineFault::TooLong);
            line.clear();
        }
        if read.is_ok() {
            line.extend_from_slice(part);
        }
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if end.is_some() {
            return Ok(Some(read));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8], capacity: usize, longest: usize) -> Vec<Result<Vec<u8>, LineFault>> {
        let mut input = BufReader::with_capacity(capacity, text);
        let mut line = Vec::new();
        let mut all = Vec::new();
        while let Some(read) = next_line(&mut input, &mut line, longest).unwrap() {
            all.push(read.map(|()| line.clone()));
        }
        all
    }

    #[test]
    fn lines_end_with_line_feeds_or_with_the_input() {
        for capacity in [1, 2, 3, 100] {
            let own = |text: &str| Ok(text.as_bytes().to_vec());
            assert_eq!(lines(b"", capacity, 9), []);
            assert_eq!(lines(b"a\n", capacity, 9), [own("a")]);
            assert_eq!(
                lines(b"a\n\nbcd", capacity, 9),
                [own("a"), own(""), own("bcd")]
            );
        }
    }

    #[test]
    fn a_line_that_is_too_long_costs_nothing_but_itself() {
        for capacity in [1, 2, 3, 100] {
            let expected = [
                Ok(b"abc".to_vec()),
                Err(LineFault::TooLong),
                Ok(b"x".to_vec()),
            ];
            assert_eq!(lines(b"abc\nabcdefgh\nx\n", capacity, 3), expected);
        }
    }

    #[test]
    fn an_answer_is_there_before_the_next_line_is_waited_for() {
        /// Gives a line at a time, and notes how many answers are out when the next is asked for.
        struct Asking<'a> {
            lines: Vec<&'static [u8]>,
            answered: &'a std::cell::RefCell<Vec<u8>>,
            seen: Vec<usize>,
        }
        impl Read for &mut Asking<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.seen.push(self.answered.borrow().len());
                let Some(line) = self.lines.pop() else {
                    return Ok(0);
                };
                buffer[..line.len()].copy_from_slice(line);
                Ok(line.len())
            }
        }
        struct Answers<'a>(&'a std::cell::RefCell<Vec<u8>>);
        impl Write for Answers<'_> {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.0.borrow_mut().extend_from_slice(bytes);
                Ok(bytes.len())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let answered = std::cell::RefCell::default();
        let mut asking = Asking {
            lines: vec![b"d", b"b\nc\n", b"a\n"],
            answered: &answered,
            seen: Vec::new(),
        };
        let output = BufWriter::new(Answers(&answered));
        pump(BufReader::new(&mut asking), output, |line| {
            line.unwrap().to_owned()
        })
        .unwrap();
        assert_eq!(*answered.borrow(), b"a\nb\nc\nd\n");
        // `d` may not be whole until the end is seen; then there is nothing more.
        assert_eq!(asking.seen, [0, 2, 6, 6, 8]);
    }

    #[test]
    fn a_reader_that_has_gone_away_ends_it_quietly() {
        struct Gone;
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(ErrorKind::BrokenPipe.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut answers = 0;
        let input = BufReader::new(&b"a\nb\n"[..]);
        pump(input, Gone, |_| {
            answers += 1;
            String::new()
        })
        .unwrap();
        assert_eq!(answers, 1);
    }
}
