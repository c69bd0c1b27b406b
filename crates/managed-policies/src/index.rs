//! The form of a file of managed policies.
//!
//! It begins with a line of text: `keyward-managed-policies 1` and how many bytes the index has packed
//! and unpacked. The index and, after it, the blocks are packed as zlib does, each for itself. The lines
//! of the index are
//!
//! 1. the source of the data,
//! 2. the blocks of documents, each as `packed:unpacked`, in bytes, with spaces between them,
//! 3. the blocks of changes in the same form,
//! 4. and one for each policy, in the order of their names without regard to case: path and name, when
//!    it was made, when it was updated, and its versions, with tabs between them.
//!
//! Times are seconds since 1970. The versions are told from the newest, which is the one that counts, to
//! the oldest, as number, length and, where it is known, when it was made, with spaces between them. The
//! document of the newest lies in a block of documents, and that of any other is a change of the one
//! before it and lies in a block of changes. All lie one after the other, in the order of the lines, and
//! none in two blocks.

use std::borrow::Cow;
use std::str::{FromStr, Lines};

use keyward_names::{Path, PolicyName, Timestamp};

use crate::DataError;
use crate::blocks::{Blocks, Place, unpack};
use crate::policy::{Entry, PolicyVersion, StoredVersion};

const MAGIC: &str = "keyward-managed-policies 1 ";
/// The line that begins a file is shorter.
const MOST_IN_HEAD: usize = 64;
const MOST_IN_FILE: usize = 64 << 20;
const MOST_IN_INDEX: usize = 8 << 20;
const MOST_BLOCKS: usize = 4_096;
const MOST_POLICIES: usize = 20_000;
const MOST_VERSIONS: usize = 1_000;

/// The last second of the year 9999.
const LAST_SECOND: i64 = 253_402_300_799;

/// What a file says of its documents.
pub(crate) struct Index {
    pub(crate) source: Box<str>,
    pub(crate) blocks: Blocks,
    pub(crate) policies: Vec<Entry>,
}

/// What a file says of a version.
struct Listed {
    number: u32,
    created: Option<Timestamp>,
    place: Place,
}

/// Gives out places in blocks, one after the other.
struct Places<'a> {
    /// Of the blocks that are not used up.
    lengths: &'a [(usize, usize)],
    /// The first of them.
    block: usize,
    /// How much of it is used up.
    at: usize,
}

impl Index {
    /// Reads the index of a file.
    pub(crate) fn read(file: Cow<'static, [u8]>) -> Result<Self, DataError> {
        if file.len() > MOST_IN_FILE {
            return Err(DataError::TooMuch("64 MiB in a file"));
        }
        let (packed, unpacked, start) = head(&file).ok_or(DataError::NotThisForm)?;
        if unpacked > MOST_IN_INDEX {
            return Err(DataError::TooMuch("8 MiB in the index"));
        }
        let end = start.checked_add(packed).ok_or(DataError::Index)?;
        let index = file.get(start..end).ok_or(DataError::Index)?;
        let index = unpack(index, unpacked).ok_or(DataError::Index)?;
        let text = std::str::from_utf8(&index).map_err(|_| DataError::Index)?;

        let mut lines = text.lines();
        let source = lines.next().ok_or(missing(1, "a source"))?.into();
        let documents = read_lengths(&mut lines, 2)?;
        let changes = read_lengths(&mut lines, 3)?;
        let mut in_documents = Places::new(&documents, 0);
        let mut in_changes = Places::new(&changes, documents.len());
        let mut policies = Vec::new();
        for (line, text) in (4..).zip(lines) {
            if policies.len() == MOST_POLICIES {
                return Err(DataError::TooMuch("20,000 policies"));
            }
            policies.push(read_policy(line, text, &mut in_documents, &mut in_changes)?);
        }
        if !in_documents.is_used_up() || !in_changes.is_used_up() {
            return Err(DataError::Blocks);
        }
        let lengths = [documents, changes].concat();
        Ok(Self {
            source,
            blocks: Blocks::new(file, end, &lengths)?,
            policies,
        })
    }
}

/// The lengths of the index, packed and unpacked, and where it starts.
fn head(file: &[u8]) -> Option<(usize, usize, usize)> {
    let length = file
        .iter()
        .take(MOST_IN_HEAD)
        .position(|byte| *byte == b'\n')?;
    let line = std::str::from_utf8(file.get(..length)?).ok()?;
    let (packed, unpacked) = line.strip_prefix(MAGIC)?.split_once(' ')?;
    Some((packed.parse().ok()?, unpacked.parse().ok()?, length + 1))
}

fn missing(line: usize, expected: &'static str) -> DataError {
    DataError::Line { line, expected }
}

fn read_lengths(lines: &mut Lines<'_>, line: usize) -> Result<Vec<(usize, usize)>, DataError> {
    let wrong = missing(line, "the lengths of blocks");
    let text = lines.next().ok_or(wrong)?;
    let mut lengths = Vec::new();
    for item in text.split_ascii_whitespace() {
        if lengths.len() == MOST_BLOCKS {
            return Err(DataError::TooMuch("4,096 blocks of a kind"));
        }
        let (packed, unpacked) = item.split_once(':').ok_or(wrong)?;
        let number = |text: &str| text.parse().map_err(|_| wrong);
        lengths.push((number(packed)?, number(unpacked)?));
    }
    Ok(lengths)
}

fn read_policy<'a>(
    line: usize,
    text: &str,
    documents: &mut Places<'a>,
    changes: &mut Places<'a>,
) -> Result<Entry, DataError> {
    let mut parts = text.split('\t');
    let place = parts.next().unwrap_or_default();
    let (path, name) = place
        .rsplit_once('/')
        .and_then(|(_, name)| Some((place.strip_suffix(name)?, name)))
        .ok_or(missing(line, "a path and a name"))?;
    let path = Path::parse(path).map_err(|_| missing(line, "a path"))?;
    let name = PolicyName::parse(name).map_err(|_| missing(line, "a name"))?;
    let created = time(parts.next()).ok_or(missing(line, "when it was made"))?;
    let updated = time(parts.next()).ok_or(missing(line, "when it was updated"))?;

    let mut versions: Vec<Listed> = Vec::new();
    for text in parts {
        let wrong = missing(line, "versions, newest first");
        let mut words = text.split(' ');
        let number: u32 = parse(words.next()).ok_or(wrong)?;
        let length = parse(words.next()).ok_or(wrong)?;
        let created = match words.next() {
            None => None,
            told => Some(time(told).ok_or(wrong)?),
        };
        let newer = versions.last().map_or(u32::MAX, |newer| newer.number);
        if number == 0 || number >= newer || words.next().is_some() {
            return Err(wrong);
        }
        if versions.len() == MOST_VERSIONS {
            return Err(DataError::TooMuch("1,000 versions of a policy"));
        }
        let places = if versions.is_empty() {
            &mut *documents
        } else {
            &mut *changes
        };
        versions.push(Listed {
            number,
            created,
            place: places.take(length).ok_or(DataError::Blocks)?,
        });
    }
    let default_version = versions.first().ok_or(missing(line, "a version"))?.number;
    Ok(Entry {
        line,
        path,
        name,
        created,
        updated,
        default_version,
        versions: date(versions, created, updated),
    })
}

/// Gives every version a time. Where none is known, the newest was made when the policy was updated, and
/// any other at the last known time before it (unsure).
fn date(listed: Vec<Listed>, created: Timestamp, updated: Timestamp) -> Box<[StoredVersion]> {
    let newest = listed.len();
    let mut last = created;
    let mut dated: Box<[StoredVersion]> = (1..)
        .zip(listed.into_iter().rev())
        .map(|(count, version)| {
            let otherwise = if count == newest { updated } else { last };
            last = version.created.unwrap_or(otherwise);
            StoredVersion {
                facts: PolicyVersion {
                    number: version.number,
                    created: last,
                },
                place: version.place,
            }
        })
        .collect();
    dated.reverse();
    dated
}

fn parse<T: FromStr>(text: Option<&str>) -> Option<T> {
    text?.parse().ok()
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    let seconds = parse(text).filter(|seconds| (0..=LAST_SECOND).contains(seconds))?;
    Some(Timestamp::from_unix_seconds(seconds))
}

impl<'a> Places<'a> {
    fn new(lengths: &'a [(usize, usize)], first: usize) -> Self {
        Self {
            lengths,
            block: first,
            at: 0,
        }
    }

    /// The next place of this length, if a block has it. No place is empty.
    fn take(&mut self, length: usize) -> Option<Place> {
        let (_, unpacked) = self.lengths.first()?;
        let end = self.at.checked_add(length)?;
        if length == 0 || end > *unpacked {
            return None;
        }
        let place = Place {
            block: self.block,
            bytes: self.at..end,
        };
        self.at = end;
        if end == *unpacked {
            self.lengths = self.lengths.get(1..)?;
            self.block += 1;
            self.at = 0;
        }
        Some(place)
    }

    fn is_used_up(&self) -> bool {
        self.lengths.is_empty()
    }
}
