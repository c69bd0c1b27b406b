//! Reading on in files that a program writes meanwhile.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom};

use crate::Files;
use crate::files;

/// A place in a folder's files, from which lines are read on.
#[derive(Debug)]
pub struct Follower {
    files: Files,
    /// The file read last, and where it is read on. `None` before there is any.
    reading: Option<(u64, BufReader<File>)>,
    /// The beginning of a line whose end was not there yet.
    begun: Vec<u8>,
}

impl Follower {
    /// Begins behind what is there now.
    pub fn at_the_end(files: &Files) -> io::Result<Self> {
        let reading = match files::numbers(files.folder())?.last() {
            Some(number) => {
                let mut file = File::open(files::path(files.folder(), *number))?;
                file.seek(SeekFrom::End(0))?;
                Some((*number, BufReader::new(file)))
            }
            None => None,
        };
        Ok(Self {
            files: files.clone(),
            reading,
            begun: Vec::new(),
        })
    }

    /// The lines that came since, in whichever file.
    pub fn lines(&mut self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        loop {
            // Looked at before the file is read to its end: nothing is added to it any more once there
            // is a next one.
            let next = self.next_number()?;
            self.read_on(&mut lines)?;
            let Some(next) = next else {
                return Ok(lines);
            };
            match File::open(files::path(self.files.folder(), next)) {
                Ok(file) => self.reading = Some((next, BufReader::new(file))),
                // It was the oldest and went just now; there are later ones.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn next_number(&self) -> io::Result<Option<u64>> {
        let read = self.reading.as_ref().map_or(0, |(number, _)| *number);
        let numbers = files::numbers(self.files.folder())?;
        Ok(numbers.into_iter().find(|number| *number > read))
    }

    fn read_on(&mut self, lines: &mut Vec<String>) -> io::Result<()> {
        let Some((_, reader)) = &mut self.reading else {
            return Ok(());
        };
        while reader.read_until(b'\n', &mut self.begun)? > 0 {
            if !self.begun.ends_with(b"\n") {
                break;
            }
            if let Ok(text) = std::str::from_utf8(&self.begun) {
                lines.push(text.trim_end().to_owned());
            }
            self.begun.clear();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn lines_are_read_on_over_the_ends_of_files_and_only_when_they_are_whole() {
        let folder = tempfile::tempdir().unwrap();
        let write = |number: u64, text: &str| {
            let path = files::path(folder.path(), number);
            let file = File::options().create(true).append(true).open(path);
            file.unwrap().write_all(text.as_bytes()).unwrap();
        };
        let read_from_start = &mut Follower::at_the_end(&Files::new(folder.path())).unwrap();
        write(1, "old\n");
        let follower = &mut Follower::at_the_end(&Files::new(folder.path())).unwrap();
        assert_eq!(follower.lines().unwrap(), Vec::<String>::new());
        write(1, "one\ntw");
        assert_eq!(follower.lines().unwrap(), ["one"]);
        write(1, "o\n");
        write(2, "three\n");
        write(4, "four\n");
        assert_eq!(follower.lines().unwrap(), ["two", "three", "four"]);
        assert_eq!(follower.lines().unwrap(), Vec::<String>::new());
        let all = ["old", "one", "two", "three", "four"];
        assert_eq!(read_from_start.lines().unwrap(), all);
    }
}
