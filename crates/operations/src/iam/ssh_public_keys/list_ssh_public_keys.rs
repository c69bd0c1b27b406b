//! Lists the SSH public keys of a user. Nobody can have one here yet, so the list is empty.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListSSHPublicKeys`.
//! Faults: `NoSuchEntity` (404).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListSSHPublicKeysRequest, ListSSHPublicKeysResponse};
use keyward_engine::{Call, Outcome};

use crate::iam::shared::subject::Subject;
use crate::pages;

pub(crate) async fn list_ssh_public_keys(
    call: Call<ListSSHPublicKeysRequest>,
) -> Outcome<ListSSHPublicKeysResponse> {
    let input = call.input();
    let account = call.account();
    let subject = Subject::named_or_caller(account, call.caller(), input.user_name.as_ref())?;
    let permit = call.authorize(subject.resource(account))?;
    subject.exists()?;
    pages::key_of(input.marker.as_deref())?;
    permit.answer(ListSSHPublicKeysResponse {
        ssh_public_keys: Some(Vec::new()),
        is_truncated: Some(false),
        marker: None,
    })
}
