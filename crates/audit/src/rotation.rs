//! Files that follow one another: when one is full the next begins, and the oldest go.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::files;
use crate::output::Output;

/// Held by the program that writes in the folder, never deleted.
const LOCK: &str = "audit.lock";

/// The files of a folder, and the one that is written.
pub(crate) struct Rotation {
    folder: PathBuf,
    file_bytes: u64,
    kept: usize,
    number: u64,
    file: File,
    size: u64,
    /// Whether a line was begun and not ended: the next begins on a line of its own.
    is_broken_off: bool,
    _lock: File,
}

/// Why a folder can't be written in.
#[derive(Debug)]
pub(crate) enum RotationError {
    InUse,
    Io(io::Error),
}

impl From<io::Error> for RotationError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Rotation {
    /// Goes on with the newest file of a folder, or begins the first.
    pub(crate) fn open(folder: &Path, file_bytes: u64, kept: usize) -> Result<Self, RotationError> {
        make_folder(folder)?;
        let lock = private().open(folder.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RotationError::InUse),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        let number = files::numbers(folder)?.last().copied().unwrap_or(1);
        let file = open(folder, number)?;
        let size = file.metadata()?.len();
        let is_broken_off = !ends_a_line(&file, size)?;
        Ok(Self {
            folder: folder.to_owned(),
            file_bytes,
            kept: kept.max(1),
            number,
            file,
            size,
            is_broken_off,
            _lock: lock,
        })
    }

    fn begin_next(&mut self) -> io::Result<()> {
        self.file.sync_data()?;
        let next = self.number.saturating_add(1);
        self.file = open(&self.folder, next)?;
        File::open(&self.folder)?.sync_all()?;
        self.number = next;
        self.size = self.file.metadata()?.len();
        self.is_broken_off = false;
        let numbers = files::numbers(&self.folder)?;
        let surplus = numbers.len().saturating_sub(self.kept);
        for number in numbers.into_iter().take(surplus) {
            fs::remove_file(files::path(&self.folder, number))?;
        }
        Ok(())
    }
}

impl Output for Rotation {
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if self.size >= self.file_bytes {
            self.begin_next()?;
        }
        if self.is_broken_off {
            self.file.write_all(b"\n")?;
            self.size += 1;
            self.is_broken_off = false;
        }
        // How much of it was written where it fails, nobody knows.
        self.is_broken_off = true;
        self.file.write_all(lines)?;
        self.is_broken_off = false;
        self.size = self
            .size
            .saturating_add(lines.len().try_into().unwrap_or(u64::MAX));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// Makes the folder, if need be, for its owner alone.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn open(folder: &Path, number: u64) -> io::Result<File> {
    let mut options = private();
    options.append(true).open(files::path(folder, number))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Whether a file is empty or ends with a line's end. A program that was killed may have left half a
/// line.
fn ends_a_line(mut file: &File, size: u64) -> io::Result<bool> {
    if size == 0 {
        return Ok(true);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn contents(folder: &Path) -> Vec<(u64, String)> {
        let numbers = files::numbers(folder).unwrap();
        let read = |number| fs::read_to_string(files::path(folder, number)).unwrap();
        numbers
            .into_iter()
            .map(|number| (number, read(number)))
            .collect()
    }

    #[test]
    fn a_full_file_is_followed_by_the_next_and_the_oldest_go() {
        let folder = tempfile::tempdir().unwrap();
        let mut rotation = Rotation::open(folder.path(), 8, 2).unwrap();
        for line in ["1234567\n", "2\n", "3456789\n", "4\n", "5\n"] {
            rotation.write(line.as_bytes()).unwrap();
        }
        let expected = [(2, "2\n3456789\n".to_owned()), (3, "4\n5\n".to_owned())];
        assert_eq!(contents(folder.path()), expected);
    }

    #[test]
    fn a_start_goes_on_where_the_last_one_ended_even_within_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let mut rotation = Rotation::open(folder.path(), 100, 2).unwrap();
        rotation.write(b"one\ntw").unwrap();
        drop(rotation);
        let mut rotation = Rotation::open(folder.path(), 100, 2).unwrap();
        rotation.write(b"three\n").unwrap();
        rotation.write(b"four\n").unwrap();
        let expected = [(1, "one\ntw\nthree\nfour\n".to_owned())];
        assert_eq!(contents(folder.path()), expected);
    }

    #[test]
    fn the_folder_is_one_writers_and_its_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("deep/audit");
        let rotation = Rotation::open(&folder, 100, 2).unwrap();
        let second = Rotation::open(&folder, 100, 2);
        assert!(matches!(second, Err(RotationError::InUse)));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&files::path(&folder, 1)), 0o600);
        drop(rotation);
        Rotation::open(&folder, 100, 2).unwrap();
    }
}
