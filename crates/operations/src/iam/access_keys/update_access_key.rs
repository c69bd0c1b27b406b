//! Deactivates an access key or activates it again.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `AccessKeyId` | required | text of 16 to 128 characters, `[\w]+` |
//! | `Status` | required | one of `Active`, `Inactive`, `Expired` |
//!
//! Permission: `iam:UpdateAccessKey`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500), `InvalidInput` (400).
//!
//! <!-- end of facts -->

use keyward_account::{AccessKey, AccessKeyStatus, Account, Changes, Record};
use keyward_api::iam::{StatusType, UpdateAccessKeyRequest};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::access_keys::{check_owner, key_of, owner_of};
use crate::iam::shared::subject::Subject;

pub(crate) async fn update_access_key(call: Call<UpdateAccessKeyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
    let permit = call.authorize(subject.resource(account))?;
    let (owner, user_name) = owner_of(&subject)?;
    let status = match input.status {
        StatusType::Active => AccessKeyStatus::Active,
        StatusType::Inactive => AccessKeyStatus::Inactive,
        StatusType::Expired => return Err(fault::status_cannot_be_set("Expired").into()),
    };
    let id = input.access_key_id.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        check_owner(account, owner, user_name.as_ref())?;
        let key = key_of(account, owner, &id)?;
        if key.status == status {
            return Ok((Changes::none(), ()));
        }
        Ok((
            Changes::put(Record::AccessKey(AccessKey {
                status,
                ..key.clone()
            })),
            (),
        ))
    })
    .await
}
