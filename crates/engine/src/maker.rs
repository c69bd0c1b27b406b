//! Who made the store of an installation, so that nobody takes a toy for the real thing or the other way
//! round.

use keyward_store::{Committed, Store, Write};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;
use crate::keys::{self, KeysError};

const KIND: &str = "maker";
const KEY: &str = "1";
const FORM_VERSION: u32 = 1;
/// How often the record is written anew where another node commits first.
const TRIES: usize = 5;

/// Who made the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Maker {
    /// `keyward init`. So counts a store that does not say.
    Init,
    /// `keyward dev --enforce`, and it was never run without.
    DevEnforced,
    /// `keyward dev`: anybody who reached it was root.
    Dev,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    record: MadeBy,
}

#[derive(Serialize, Deserialize)]
struct MadeBy {
    maker: Maker,
}

impl Maker {
    /// Who made the store.
    pub async fn of(store: &dyn Store) -> Result<Self, KeysError> {
        let (_, records) = keys::load(store).await?;
        let Some(record) = records.iter().find(|record| &*record.kind == KIND) else {
            return Ok(Self::Init);
        };
        let kept: Kept = serde_json::from_str(&record.body).map_err(|_| KeysError::Malformed)?;
        Ok(kept.record.maker)
    }

    /// Says in the store, which holds an installation, that it was made by this one.
    pub async fn note(self, store: &dyn Store) -> Result<(), KeysError> {
        let kept = Kept {
            version: FORM_VERSION,
            record: MadeBy { maker: self },
        };
        let body = serde_json::to_string(&kept).map_err(|_| KeysError::Malformed)?;
        for _ in 0..TRIES {
            let (version, _) = keys::load(store).await?;
            let write = Write::put(KIND, KEY, body.clone());
            if let Committed::Done(_) =
                keys::commit(store, version, Clock::real_now(), vec![write]).await?
            {
                return Ok(());
            }
        }
        Err(KeysError::Malformed)
    }
}
