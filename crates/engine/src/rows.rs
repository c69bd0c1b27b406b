//! Accounts and changes as the store keeps them: reading an account, applying its log, and writing
//! changes.

use keyward_account::{Account, Change, Claim, Record, RecordKey};
use keyward_names::AccountId;
use keyward_store::{LogEntry, Store, StoreError, Write};

/// The kind of account ids in the store's directory.
pub(crate) const ACCOUNT_ID_KIND: &str = "account_id";
/// The kind of account aliases in the store's directory.
pub(crate) const ALIAS_KIND: &str = "account_alias";
/// The kind of root users' e-mail addresses in the store's directory.
pub(crate) const ROOT_EMAIL_KIND: &str = "root_email";
/// The kind of issuers' labels in the store's directory.
pub(crate) const TOKEN_ISSUER_KIND: &str = "token_issuer";

/// Reads an account from the store; an empty one if nothing was ever committed.
pub(crate) async fn load(store: &dyn Store, id: AccountId) -> Result<Account, StoreError> {
    let mut account = Account::empty(id);
    if let Some(mut loaded) = store.load(id).await? {
        while let Some(chunk) = loaded.records.recv().await {
            for stored in chunk? {
                let record = Record::from_row(&stored.kind, &stored.key, &stored.body)
                    .map_err(|error| StoreError::Corrupt(error.to_string()))?;
                account.put(record);
            }
        }
        account.set_version(loaded.version.number());
    }
    Ok(account)
}

/// The context that an account's data key is sealed for.
pub(crate) fn data_key_context(id: AccountId) -> String {
    format!("data key of account {id}")
}

/// A claim as the store's directory keeps it.
pub(crate) fn store_claim(claim: &Claim) -> keyward_store::Claim {
    match claim {
        Claim::AccountId(id) => keyward_store::Claim {
            kind: ACCOUNT_ID_KIND,
            name: id.to_string(),
        },
        Claim::Alias(alias) => keyward_store::Claim {
            kind: ALIAS_KIND,
            name: alias.to_string(),
        },
        Claim::RootEmail(email) => keyward_store::Claim {
            kind: ROOT_EMAIL_KIND,
            name: email.to_string(),
        },
        Claim::TokenIssuer(label) => keyward_store::Claim {
            kind: TOKEN_ISSUER_KIND,
            name: label.to_string(),
        },
    }
}

/// A change as the store takes it.
pub(crate) fn write_of(change: &Change) -> Write {
    let row = match change {
        Change::Put(record) => record.to_row(),
        Change::Delete(key) => key.to_row(),
    };
    Write {
        kind: row.kind,
        key: row.key,
        body: row.body,
    }
}

/// Applies to an account the log entries that come after its version.
pub(crate) fn follow(base: &Account, entries: Vec<LogEntry>) -> Result<Account, StoreError> {
    let mut account = base.clone();
    for entry in entries {
        for write in &entry.writes {
            let change = match &write.body {
                Some(body) => Record::from_row(&write.kind, &write.key, body).map(Change::Put),
                None => RecordKey::from_row(&write.kind, &write.key).map(Change::Delete),
            };
            let change = change.map_err(|error| StoreError::Corrupt(error.to_string()))?;
            account.apply(&change);
        }
        account.set_version(entry.version.number());
    }
    Ok(account)
}
