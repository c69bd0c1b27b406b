//! The files of records in a folder: `audit-000001.jsonl` and so on, the newest with the highest number.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader};
use std::path::{Path, PathBuf};

/// A folder that records are read from, whether or not a program writes there now.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// The files of a folder. One that is not there has none.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Hands over each line, oldest first. A file that goes meanwhile is passed over.
    pub(crate) fn for_each_line(&self, mut take: impl FnMut(&str)) -> io::Result<()> {
        let mut line = Vec::new();
        for number in numbers(&self.folder)? {
            let file = match File::open(path(&self.folder, number)) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let mut reader = BufReader::with_capacity(256 * 1024, file);
            while reader.read_until(b'\n', &mut line)? > 0 {
                // What is no text is no record: half of a line that was cut off, say.
                if let Ok(text) = std::str::from_utf8(&line) {
                    take(text.trim_end());
                }
                line.clear();
            }
        }
        Ok(())
    }
}

/// The file of a number.
pub(crate) fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("audit-{number:06}.jsonl"))
}

/// The numbers of the files that are there, in order.
pub(crate) fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        let number: Option<u64> = name
            .to_str()
            .and_then(|name| name.strip_prefix("audit-")?.strip_suffix(".jsonl"))
            .and_then(|number| number.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}
