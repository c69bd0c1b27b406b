//! Deletes the account's alias, which other accounts can then take.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `AccountAlias` | required | text of 3 to 63 characters, `^[a-z0-9]([a-z0-9]\|-(?!-)){1,61}[a-z0-9]$` |
//!
//! Permission: `iam:DeleteAccountAlias`.
//! Faults: `ConcurrentModification` (409), `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Change, Changes, Claim, RecordKey};
use keyward_api::iam::DeleteAccountAliasRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn delete_account_alias(call: Call<DeleteAccountAliasRequest>) -> Outcome<()> {
    let permit = call.authorize(Resource::any())?;
    let alias = call.input().account_alias.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        if account.alias() != Some(&alias) {
            return Err(fault::no_such_alias(alias.as_str()).into());
        }
        let changes = Changes {
            changes: vec![Change::Delete(RecordKey::Alias)],
            claims: Vec::new(),
            releases: vec![Claim::Alias(alias.clone())],
        };
        Ok((changes, ()))
    })
    .await
}
