//! Deletes an access key: requests signed with it are refused from then on.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `AccessKeyId` | required | text of 16 to 128 characters, `[\w]+` |
//!
//! Permission: `iam:DeleteAccessKey`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeleteAccessKeyRequest;
use keyward_engine::{Call, Outcome};

use crate::iam::access_keys::{check_owner, key_of, owner_of};
use crate::iam::shared::subject::Subject;

pub(crate) async fn delete_access_key(call: Call<DeleteAccessKeyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
    let permit = call.authorize(subject.resource(account))?;
    let (owner, user_name) = owner_of(&subject)?;
    let id = input.access_key_id.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        check_owner(account, owner, user_name.as_ref())?;
        let key = key_of(account, owner, &id)?;
        Ok((Changes::delete(RecordKey::AccessKey(key.id)), ()))
    })
    .await
}
