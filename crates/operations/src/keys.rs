//! The installation's own keys, sealed by the master key and kept in the store.

use keyward_credentials::{MasterKey, Pepper, PepperId, SealError, Sealed, SealingKey};
use keyward_names::{AccountId, Timestamp};
use keyward_store::{Commit, Committed, Record, Store, StoreError, Version, Write};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::random::{RandomError, random};

const PEPPER_KIND: &str = "pepper";
const SIGN_IN_KEY_KIND: &str = "sign_in_key";
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
}

impl InstallationKeys {
    /// Makes the keys of a new installation in an empty store.
    pub async fn create(
        store: &dyn Store,
        master_key: MasterKey,
        now: Timestamp,
    ) -> Result<Self, KeysError> {
        let (pepper, sign_in_key) = (random()?, random()?);
        let writes = vec![
            write_key(&master_key, PEPPER_KIND, &pepper)?,
            write_key(&master_key, SIGN_IN_KEY_KIND, &sign_in_key)?,
        ];
        match commit(store, Version::NONE, now, writes).await? {
            Committed::Done(_) => Ok(Self {
                master_key,
                pepper: Pepper::new(PepperId(FIRST), pepper),
                sign_in_key: SealingKey::new(sign_in_key),
            }),
            Committed::Conflict { .. } | Committed::Taken(_) => Err(KeysError::AlreadyInitialised),
        }
    }

    /// Opens the keys of the installation that the store holds. One made before there was a sign-in
    /// key gets it now.
    pub async fn open(store: &dyn Store, master_key: MasterKey) -> Result<Self, KeysError> {
        // Where several nodes make the key at once, one comes first and the others read it.
        for _ in 0..MAKING_TRIES {
            let loaded = store
                .load(AccountId::INSTALLATION)
                .await?
                .ok_or(KeysError::NotInitialised)?;
            let version = loaded.version;
            let records = loaded.into_records().await?;
            let (id, pepper) =
                read_key(&master_key, &records, PEPPER_KIND)?.ok_or(KeysError::NotInitialised)?;
            if let Some((_, key)) = read_key(&master_key, &records, SIGN_IN_KEY_KIND)? {
                return Ok(Self {
                    master_key,
                    pepper: Pepper::new(PepperId(id), pepper),
                    sign_in_key: SealingKey::new(key),
                });
            }
            let made = write_key(&master_key, SIGN_IN_KEY_KIND, &random()?)?;
            commit(store, version, Clock::real_now(), vec![made]).await?;
        }
        Err(KeysError::Malformed)
    }
}

/// How often a key that is missing is made and looked for.
const MAKING_TRIES: usize = 5;

async fn commit(
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

/// The first key of its kind, sealed, as a record.
fn write_key(
    master_key: &MasterKey,
    kind: &'static str,
    key: &[u8; 32],
) -> Result<Write, KeysError> {
    let sealed = master_key
        .sealing_key()
        .seal(&seal_context(kind, FIRST), key, random()?)
        .map_err(|SealError| KeysError::Malformed)?;
    let record = KeyRecord {
        version: FORM_VERSION,
        record: SealedKey { id: FIRST, sealed },
    };
    let body = serde_json::to_string(&record).map_err(|_| KeysError::Malformed)?;
    Ok(Write::put(kind, FIRST.to_string(), body))
}

/// The key of a kind among the installation's records, with its number.
fn read_key(
    master_key: &MasterKey,
    records: &[Record],
    kind: &str,
) -> Result<Option<(u32, [u8; 32])>, KeysError> {
    let Some(record) = records.iter().find(|record| &*record.kind == kind) else {
        return Ok(None);
    };
    let read: KeyRecord = serde_json::from_str(&record.body).map_err(|_| KeysError::Malformed)?;
    if read.version != FORM_VERSION {
        return Err(KeysError::Malformed);
    }
    let SealedKey { id, sealed } = read.record;
    let bytes = master_key
        .sealing_key()
        .open_key(&seal_context(kind, id), &sealed)
        .map_err(|SealError| KeysError::WrongMasterKey)?;
    Ok(Some((id, bytes)))
}

/// What a sealed key is bound to: `pepper 1`, `sign_in_key 1`.
fn seal_context(kind: &str, id: u32) -> String {
    format!("{kind} {id}")
}
