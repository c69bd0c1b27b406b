//! Lists the access keys of a user or of the root user, oldest first, without their secrets.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListAccessKeys`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::AccessKey;
use keyward_api::iam::{self, ListAccessKeysRequest, ListAccessKeysResponse};
use keyward_engine::{Call, Outcome};

use crate::iam::access_keys::{owner_of, shown_status};
use crate::iam::shared::subject::Subject;
use crate::pages;

pub(crate) async fn list_access_keys(
    call: Call<ListAccessKeysRequest>,
) -> Outcome<ListAccessKeysResponse> {
    let input = call.input();
    let account = call.account();
    let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
    let permit = call.authorize(subject.resource(account))?;
    let (owner, user_name) = owner_of(&subject)?;
    let mut keys: Vec<&AccessKey> = account.access_keys_of(owner).collect();
    keys.sort_by_key(|key| (key.created, key.id));
    let shown = |key: &AccessKey| iam::AccessKeyMetadata {
        user_name: user_name.clone(),
        access_key_id: Some(key.id.to_string()),
        status: Some(shown_status(key.status)),
        create_date: Some(key.created),
    };
    let page = pages::page_of_few(keys, input.marker.as_deref(), input.max_items, |key| {
        key.id.as_str()
    })?;
    permit.answer(ListAccessKeysResponse {
        is_truncated: Some(page.is_truncated()),
        access_key_metadata: page.items.into_iter().map(shown).collect(),
        marker: page.marker,
    })
}
