//! The installation's own keys, sealed by the master key and kept in the store.

use keyward_credentials::{MasterKey, Pepper, PepperId, SealError, Sealed};
use keyward_names::{AccountId, Timestamp};
use keyward_store::{Commit, Committed, Store, StoreError, Version, Write};
use serde::{Deserialize, Serialize};

use crate::random::{RandomError, random};

const PEPPER_KIND: &str = "pepper";
const FORM_VERSION: u32 = 1;

/// What every node of an installation holds in memory once the master key opened it.
#[derive(Debug, Clone)]
pub struct InstallationKeys {
    /// Seals the accounts' data keys.
    pub master_key: MasterKey,
    /// Takes part in every password's digest.
    pub pepper: Pepper,
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
struct PepperRecord {
    version: u32,
    record: SealedPepper,
}

#[derive(Serialize, Deserialize)]
struct SealedPepper {
    id: PepperId,
    sealed: Sealed,
}

impl InstallationKeys {
    /// Makes the keys of a new installation in an empty store.
    pub async fn create(
        store: &dyn Store,
        master_key: MasterKey,
        now: Timestamp,
    ) -> Result<Self, KeysError> {
        let id = PepperId(1);
        let bytes = random()?;
        let sealed = master_key
            .sealing_key()
            .seal(&seal_context(id), &bytes, random()?)
            .map_err(|SealError| KeysError::Malformed)?;
        let record = PepperRecord {
            version: FORM_VERSION,
            record: SealedPepper { id, sealed },
        };
        let body = serde_json::to_string(&record).map_err(|_| KeysError::Malformed)?;
        let commit = Commit {
            account: AccountId::INSTALLATION,
            expected: Version::NONE,
            entry_id: crate::random::entry_id()?,
            at: now,
            writes: vec![Write::put(PEPPER_KIND, id.0.to_string(), body)],
            claims: Vec::new(),
            releases: Vec::new(),
        };
        match store.commit(vec![commit]).await?.as_slice() {
            [Committed::Done(_)] => Ok(Self {
                master_key,
                pepper: Pepper::new(id, bytes),
            }),
            _ => Err(KeysError::AlreadyInitialised),
        }
    }

    /// Opens the keys of the installation that the store holds.
    pub async fn open(store: &dyn Store, master_key: MasterKey) -> Result<Self, KeysError> {
        let loaded = store
            .load(AccountId::INSTALLATION)
            .await?
            .ok_or(KeysError::NotInitialised)?;
        let records = loaded.into_records().await?;
        let record = records
            .iter()
            .find(|record| &*record.kind == PEPPER_KIND)
            .ok_or(KeysError::NotInitialised)?;
        let read: PepperRecord =
            serde_json::from_str(&record.body).map_err(|_| KeysError::Malformed)?;
        if read.version != FORM_VERSION {
            return Err(KeysError::Malformed);
        }
        let SealedPepper { id, sealed } = read.record;
        let bytes = master_key
            .sealing_key()
            .open_key(&seal_context(id), &sealed)
            .map_err(|SealError| KeysError::WrongMasterKey)?;
        Ok(Self {
            master_key,
            pepper: Pepper::new(id, bytes),
        })
    }
}

fn seal_context(id: PepperId) -> String {
    format!("pepper {}", id.0)
}
