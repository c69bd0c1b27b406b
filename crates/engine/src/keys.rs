//! The installation's own keys, sealed by the master key and kept in the store.

use keyward_authorization::sessions::{SessionKey, SessionKeys};
use keyward_credentials::{MasterKey, Pepper, PepperId, SealError, Sealed, SealingKey};
use keyward_names::{AccountId, Timestamp};
use keyward_store::{Commit, Committed, Record, Store, StoreError, Version, Write};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::random::{RandomError, random};

const PEPPER_KIND: &str = "pepper";
const SIGN_IN_KEY_KIND: &str = "sign_in_key";
const SESSION_KEY_KIND: &str = "session_key";
/// The number of an installation's first key of each kind.
const FIRST: u32 = 1;
const FORM_VERSION: u32 = 1;

/// What every node of an installation holds in memory once the master key opened it.
#[derive(Debug, Clone)]
pub struct InstallationKeys {
    /// Seals the accounts' data keys.
    pub master_key: MasterKey,
    /// Takes part in every password's digest.
    pub pepper: Pepper,
    /// Seals what browsers keep of a sign-in.
    pub sign_in_key: SealingKey,
    /// Seal session tokens.
    pub session_keys: SessionKeys,
}

/// Why the installation's keys can't be had.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The store holds no installation.
    #[error("the store is empty: `keyward init` makes an installation")]
    NotInitialised,
    /// The store holds an installation already.
    #[error("the store holds an installation already")]
    AlreadyInitialised,
    /// The master key is not the one that the installation was made with.
    #[error("the master key is not the one of this installation")]
    WrongMasterKey,
    /// The record of a key can't be understood.
    #[error("the record of the installation's keys is malformed")]
    Malformed,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No random bytes could be had.
    #[error(transparent)]
    Random(#[from] RandomError),
}

#[derive(Serialize, Deserialize)]
struct KeyRecord {
    version: u32,
    record: SealedKey,
}

#[derive(Serialize, Deserialize)]
struct SealedKey {
    id: u32,
    sealed: Sealed,
    /// When it was made, for kinds of keys that are replaced from time to time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    made: Option<Timestamp>,
}

/// A key to be written.
struct NewKey<'a> {
    kind: &'static str,
    id: u32,
    bytes: &'a [u8; 32],
    made: Option<Timestamp>,
}

impl InstallationKeys {
    /// Makes the keys of a new installation in an empty store.
    pub async fn create(
        store: &dyn Store,
        master_key: MasterKey,
        now: Timestamp,
    ) -> Result<Self, KeysError> {
        let (pepper, sign_in_key, session_key) = (random()?, random()?, random()?);
        let writes = vec![
            write_key(&master_key, &NewKey::first(PEPPER_KIND, &pepper))?,
            write_key(&master_key, &NewKey::first(SIGN_IN_KEY_KIND, &sign_in_key))?,
            write_key(&master_key, &NewKey::session(FIRST, &session_key, now))?,
        ];
        let key = SessionKey {
            id: FIRST,
            key: SealingKey::new(session_key),
            made: now,
        };
        let session_keys = SessionKeys::new(vec![key]).ok_or(KeysError::Malformed)?;
        match commit(store, Version::NONE, now, writes).await? {
            Committed::Done(_) => Ok(Self {
                master_key,
                pepper: Pepper::new(PepperId(FIRST), pepper),
                sign_in_key: SealingKey::new(sign_in_key),
                session_keys,
            }),
            Committed::Conflict { .. } | Committed::Taken(_) => Err(KeysError::AlreadyInitialised),
        }
    }

    /// Opens the keys of the installation that the store holds. An older installation that has no
    /// key of some kind yet gets one now.
    pub async fn open(store: &dyn Store, master_key: MasterKey) -> Result<Self, KeysError> {
        // Where several nodes make the key at once, one succeeds and the others read that key.
        for _ in 0..MAKING_TRIES {
            let (version, records) = load(store).await?;
            let (id, pepper) =
                read_key(&master_key, &records, PEPPER_KIND)?.ok_or(KeysError::NotInitialised)?;
            let sign_in_key = read_key(&master_key, &records, SIGN_IN_KEY_KIND)?;
            let session_keys = read_session_keys(&master_key, &records)?;
            let mut missing = Vec::new();
            if sign_in_key.is_none() {
                let made = random()?;
                let key = NewKey::first(SIGN_IN_KEY_KIND, &made);
                missing.push(write_key(&master_key, &key)?);
            }
            let now = Clock::real_now();
            if session_keys.is_none() {
                let made = random()?;
                let key = NewKey::session(FIRST, &made, now);
                missing.push(write_key(&master_key, &key)?);
            }
            if let (Some((_, sign_in_key)), Some(session_keys)) = (sign_in_key, session_keys) {
                return Ok(Self {
                    master_key,
                    pepper: Pepper::new(PepperId(id), pepper),
                    sign_in_key: SealingKey::new(sign_in_key),
                    session_keys,
                });
            }
            commit(store, version, now, missing).await?;
        }
        Err(KeysError::Malformed)
    }
}

/// The keys for session tokens that the store has now.
pub(crate) async fn session_keys(
    store: &dyn Store,
    master_key: &MasterKey,
) -> Result<SessionKeys, KeysError> {
    let (_, records) = load(store).await?;
    read_session_keys(master_key, &records)?.ok_or(KeysError::Malformed)
}

/// Gives the installation another key for session tokens if the newest is old enough, and deletes
/// the keys that seal nothing valid any more. Returns the keys that are left.
pub(crate) async fn look_after_session_keys(
    store: &dyn Store,
    master_key: &MasterKey,
    now: Timestamp,
) -> Result<SessionKeys, KeysError> {
    for _ in 0..MAKING_TRIES {
        let (version, records) = load(store).await?;
        let keys = read_session_keys(master_key, &records)?.ok_or(KeysError::Malformed)?;
        let mut writes: Vec<Write> = keys
            .outlived(now)
            .into_iter()
            .map(|id| Write::delete(SESSION_KEY_KIND, id.to_string()))
            .collect();
        if keys.is_due(now) {
            let next = keys
                .newest()
                .id
                .checked_add(1)
                .ok_or(KeysError::Malformed)?;
            let key = random()?;
            let key = NewKey::session(next, &key, now);
            writes.push(write_key(master_key, &key)?);
        }
        if writes.is_empty() {
            return Ok(keys);
        }
        match commit(store, version, now, writes).await? {
            Committed::Done(_) => return session_keys(store, master_key).await,
            // Another node committed first.
            Committed::Conflict { .. } | Committed::Taken(_) => {}
        }
    }
    Err(KeysError::Malformed)
}

pub(crate) async fn load(store: &dyn Store) -> Result<(Version, Vec<Record>), KeysError> {
    let loaded = store
        .load(AccountId::INSTALLATION)
        .await?
        .ok_or(KeysError::NotInitialised)?;
    let version = loaded.version;
    Ok((version, loaded.into_records().await?))
}

/// How often a missing key is made, or looked for after another node came first.
const MAKING_TRIES: usize = 5;

pub(crate) async fn commit(
    store: &dyn Store,
    expected: Version,
    at: Timestamp,
    writes: Vec<Write>,
) -> Result<Committed, KeysError> {
    let commit = Commit {
        account: AccountId::INSTALLATION,
        expected,
        entry_id: crate::random::entry_id()?,
        at,
        writes,
        claims: Vec::new(),
        releases: Vec::new(),
        audit: Vec::new(),
    };
    let answers = store.commit(vec![commit]).await?;
    answers.into_iter().next().ok_or(KeysError::Malformed)
}

impl<'a> NewKey<'a> {
    /// The first key of its kind, which is never replaced.
    fn first(kind: &'static str, bytes: &'a [u8; 32]) -> Self {
        Self {
            kind,
            id: FIRST,
            bytes,
            made: None,
        }
    }

    fn session(id: u32, bytes: &'a [u8; 32], made: Timestamp) -> Self {
        Self {
            kind: SESSION_KEY_KIND,
            id,
            bytes,
            made: Some(made),
        }
    }
}

/// A key, sealed, as a record.
fn write_key(master_key: &MasterKey, key: &NewKey<'_>) -> Result<Write, KeysError> {
    let NewKey {
        kind,
        id,
        bytes,
        made,
    } = *key;
    let sealed = master_key
        .sealing_key()
        .seal(&seal_context(kind, id), bytes, random()?)
        .map_err(|SealError| KeysError::Malformed)?;
    let record = KeyRecord {
        version: FORM_VERSION,
        record: SealedKey { id, sealed, made },
    };
    let body = serde_json::to_string(&record).map_err(|_| KeysError::Malformed)?;
    Ok(Write::put(kind, id.to_string(), body))
}

/// The key of a kind among the installation's records, with its number.
fn read_key(
    master_key: &MasterKey,
    records: &[Record],
    kind: &str,
) -> Result<Option<(u32, [u8; 32])>, KeysError> {
    let record = records.iter().find(|record| &*record.kind == kind);
    let key = record
        .map(|record| open_record(master_key, record))
        .transpose()?;
    Ok(key.map(|(id, bytes, _)| (id, bytes)))
}

fn read_session_keys(
    master_key: &MasterKey,
    records: &[Record],
) -> Result<Option<SessionKeys>, KeysError> {
    let keys = records
        .iter()
        .filter(|record| &*record.kind == SESSION_KEY_KIND)
        .map(|record| {
            let (id, bytes, made) = open_record(master_key, record)?;
            Ok(SessionKey {
                id,
                key: SealingKey::new(bytes),
                made: made.ok_or(KeysError::Malformed)?,
            })
        });
    Ok(SessionKeys::new(keys.collect::<Result<_, KeysError>>()?))
}

/// The key in a record: its number, its bytes, and when it was made.
fn open_record(
    master_key: &MasterKey,
    record: &Record,
) -> Result<(u32, [u8; 32], Option<Timestamp>), KeysError> {
    let read: KeyRecord = serde_json::from_str(&record.body).map_err(|_| KeysError::Malformed)?;
    if read.version != FORM_VERSION {
        return Err(KeysError::Malformed);
    }
    let SealedKey { id, sealed, made } = read.record;
    let bytes = master_key
        .sealing_key()
        .open_key(&seal_context(&record.kind, id), &sealed)
        .map_err(|SealError| KeysError::WrongMasterKey)?;
    Ok((id, bytes, made))
}

/// The context that a key is sealed for: `pepper 1`, `sign_in_key 1`.
fn seal_context(kind: &str, id: u32) -> String {
    format!("{kind} {id}")
}
