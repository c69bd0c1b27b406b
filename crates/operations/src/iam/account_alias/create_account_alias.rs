//! Gives the account an alias, replacing the one it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `AccountAlias` | required | text of 3 to 63 characters, `^[a-z0-9]([a-z0-9]\|-(?!-)){1,61}[a-z0-9]$` |
//!
//! Permission: `iam:CreateAccountAlias`.
//! Faults: `ConcurrentModification` (409), `EntityAlreadyExists` (409), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Change, Changes, Claim, Record};
use keyward_api::iam::CreateAccountAliasRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn create_account_alias(call: Call<CreateAccountAliasRequest>) -> Outcome<()> {
    let permit = call.authorize(Resource::any())?;
    let alias = call.input().account_alias.clone();
    // Whether another account has it, the store finds at the commit.
    call.commit_and_answer(permit, (), move |account: &Account| {
        let claim = Claim::Alias(alias.clone());
        if account.alias() == Some(&alias) {
            return Err(fault::taken(&claim).into());
        }
        let changes = Changes {
            changes: vec![Change::Put(Record::Alias(alias.clone()))],
            claims: vec![claim],
            releases: account
                .alias()
                .cloned()
                .map(Claim::Alias)
                .into_iter()
                .collect(),
        };
        Ok((changes, ()))
    })
    .await
}
