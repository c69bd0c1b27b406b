//! One managed policy of AWS.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use keyward_names::{AccountId, FoldedName, Path, PolicyId, PolicyName, Timestamp};
use keyward_policy::{Compiled, Document};
use sha2::{Digest, Sha256};

use crate::DataError;
use crate::blocks::{Blocks, Place};
use crate::change;

/// What the ARN of every one of these policies begins with.
pub(crate) const ARN_PREFIX: &str = "arn:aws:iam::aws:policy";
/// The number of the account that AWS' managed policies belong to, as conditions see it.
pub const AWS_ACCOUNT: u64 = 639_982_225_848;
/// The most bytes of a document.
const MOST_IN_DOCUMENT: usize = 1 << 20;

/// A managed policy of AWS. Nobody can change it, and every account can use it.
#[derive(Debug)]
pub struct ManagedPolicy {
    /// By this, attachments refer to it. The published data has no ids: this one is made from the ARN
    /// alone, so that it is the same in every file (unsure: AWS has others).
    pub id: PolicyId,
    /// The name, which no other has in any case.
    pub name: PolicyName,
    /// Where it lies.
    pub path: Path,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last updated.
    pub updated: Timestamp,
    /// The number of the version that counts, which is the newest.
    pub default_version: u32,
    folded: FoldedName,
    /// Newest first.
    versions: Box<[StoredVersion]>,
    blocks: Arc<Blocks>,
    /// The line of the index, for errors.
    line: usize,
    compiled: OnceLock<Result<Arc<Compiled>, DataError>>,
}

/// What is known of a version of a policy, its document apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyVersion {
    /// Its number, counted from 1: version `v2` has 2.
    pub number: u32,
    /// When it was made. Of most versions since 2023 this is not known: then it is the last known time
    /// before (unsure).
    pub created: Timestamp,
}

/// A version, and where its document or its change lies.
#[derive(Debug)]
pub(crate) struct StoredVersion {
    pub(crate) facts: PolicyVersion,
    pub(crate) place: Place,
}

/// What a file says of a policy.
pub(crate) struct Entry {
    /// The line of the index, counted from 1.
    pub(crate) line: usize,
    pub(crate) path: Path,
    pub(crate) name: PolicyName,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) default_version: u32,
    /// Newest first; one at least.
    pub(crate) versions: Box<[StoredVersion]>,
}

impl ManagedPolicy {
    pub(crate) fn new(entry: Entry, blocks: &Arc<Blocks>) -> Self {
        Self {
            id: id_of_arn(&arn(&entry.path, &entry.name)),
            folded: entry.name.folded(),
            name: entry.name,
            path: entry.path,
            created: entry.created,
            updated: entry.updated,
            default_version: entry.default_version,
            versions: entry.versions,
            blocks: Arc::clone(blocks),
            line: entry.line,
            compiled: OnceLock::new(),
        }
    }

    /// The ARN: `arn:aws:iam::aws:policy/service-role/..`.
    #[must_use]
    pub fn arn(&self) -> String {
        arn(&self.path, &self.name)
    }

    /// The name as the table is ordered by it.
    #[must_use]
    pub fn folded(&self) -> &FoldedName {
        &self.folded
    }

    /// Whether it is for service-linked roles alone.
    #[must_use]
    pub fn is_for_service_linked_roles(&self) -> bool {
        self.path.as_str().starts_with("/aws-service-role/")
    }

    /// Whether it is for sessions of an account's root user alone, which have one task.
    #[must_use]
    pub fn is_for_root_tasks(&self) -> bool {
        self.path.as_str().starts_with("/root-task/")
    }

    /// The versions that the data has, newest first. Numbers may be missing.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = PolicyVersion> {
        self.versions.iter().map(|version| version.facts)
    }

    /// The document of the version that counts. The published data has what documents say, not how AWS
    /// lays them out: this text has no white space (unsure).
    pub fn default_document(&self) -> Result<&str, DataError> {
        let newest = self.versions.first();
        let newest = newest.ok_or(self.damaged(self.default_version))?;
        std::str::from_utf8(self.blocks.get(&newest.place)?)
            .map_err(|_| self.damaged(self.default_version))
    }

    /// The document of any version, if there is such a version. Those that do not count any more are made
    /// anew each time, from the newest back.
    pub fn document(&self, number: u32) -> Result<Option<Cow<'_, str>>, DataError> {
        if number == self.default_version {
            return self.default_document().map(Cow::Borrowed).map(Some);
        }
        let has_it = (self.versions()).any(|version| version.number == number);
        if !has_it {
            return Ok(None);
        }
        let mut found = None;
        self.each_older(|version, text| {
            if version.number == number {
                found = Some(text.to_owned());
            }
            found.is_none()
        })?;
        Ok(found.map(Cow::Owned))
    }

    /// The version that counts, made ready to be judged by at the first use.
    pub fn compiled(&self) -> Result<&Arc<Compiled>, DataError> {
        let compile = || {
            let document = self.parse(self.default_version, self.default_document()?)?;
            Ok(Arc::new(Compiled::new(&document)))
        };
        let compiled = self.compiled.get_or_init(compile);
        compiled.as_ref().map_err(|error| *error)
    }

    /// Reads every document. `room` is how many bytes they may have, from which theirs are taken.
    pub(crate) fn check(&self, room: &mut usize) -> Result<(), DataError> {
        let most = DataError::TooMuch("256 MiB of documents");
        let mut take = |length| {
            *room = room.checked_sub(length).ok_or(most)?;
            Ok(())
        };
        let text = self.default_document()?;
        take(text.len())?;
        self.parse(self.default_version, text)?;
        let mut checked = Ok(());
        self.each_older(|version, text| {
            checked = take(text.len())
                .and_then(|()| self.parse(version.number, text))
                .map(drop);
            checked.is_ok()
        })?;
        checked
    }

    /// Shows the versions older than the newest, newest first, until told to stop.
    fn each_older(
        &self,
        mut wants_more: impl FnMut(PolicyVersion, &str) -> bool,
    ) -> Result<(), DataError> {
        let mut newer = Cow::Borrowed(self.default_document()?);
        for version in self.versions.iter().skip(1) {
            let damaged = self.damaged(version.facts.number);
            let change = self.blocks.get(&version.place)?;
            let bytes = change::apply(newer.as_bytes(), change, MOST_IN_DOCUMENT).ok_or(damaged)?;
            newer = Cow::Owned(String::from_utf8(bytes).map_err(|_| damaged)?);
            if !wants_more(version.facts, &newer) {
                break;
            }
        }
        Ok(())
    }

    fn parse(&self, number: u32, text: &str) -> Result<Document, DataError> {
        let line = self.line;
        Document::parse(text).map_err(|_| DataError::NoPolicy { line, number })
    }

    fn damaged(&self, number: u32) -> DataError {
        let line = self.line;
        DataError::Version { line, number }
    }
}

fn arn(path: &Path, name: &PolicyName) -> String {
    [ARN_PREFIX, path.as_str(), name.as_str()].concat()
}

/// The id of the policy of AWS that has an ARN, whether there is one or not: like one that was made in the
/// account of AWS' policies, ending in what the hash of the ARN ends in.
#[must_use]
pub fn id_of_arn(arn: &str) -> PolicyId {
    let hash = Sha256::digest(arn);
    let random = (hash.iter()).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let account = AccountId::from_number(AWS_ACCOUNT).unwrap_or(AccountId::FIRST);
    PolicyId::mint(account, random)
}
