//! Shows when, where and with which service an access key of the account was last used.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `AccessKeyId` | required | text of 16 to 128 characters, `[\w]+` |
//!
//! Permission: `iam:GetAccessKeyLastUsed`.
//!
//! <!-- end of facts -->

use keyward_account::KeyOwner;
use keyward_api::iam::{self, GetAccessKeyLastUsedRequest, GetAccessKeyLastUsedResponse};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::AccessKeyId;

use crate::iam::shared::subject::Subject;

/// The service and region of a key that was never used.
const NOT_APPLICABLE: &str = "N/A";

pub(crate) async fn get_access_key_last_used(
    call: Call<GetAccessKeyLastUsedRequest>,
) -> Outcome<GetAccessKeyLastUsedResponse> {
    let account = call.account();
    let asked_for = &call.input().access_key_id;
    let key = AccessKeyId::parse(asked_for)
        .ok()
        .and_then(|id| account.access_key(id));
    // Before the permission: the resource is the owner of the key, and nobody is told anything of a key that is
    // not the account's.
    let unknown = || fault::access_key_of_another(&call.caller().arn(account), asked_for);
    let key = key.ok_or_else(unknown)?;
    let owner = match key.owner {
        KeyOwner::Root => None,
        KeyOwner::User(user) => account.user_by_id(user),
    };
    let subject = match owner {
        None => Subject::Root,
        Some(user) => Subject::User {
            name: user.name.clone(),
            user: Some(user),
        },
    };
    // Whoever may not ask learns not even that it is the account's, let alone whose it is.
    let permit = call
        .authorize(subject.resource(account))
        .map_err(|fault| fault.if_denied_told_as(unknown))?;
    let last = call.access_key_use(key.id).await?;
    let last_used_date = last.as_ref().map(|last| last.at);
    let (service_name, region) = last.map_or_else(
        || (NOT_APPLICABLE.to_owned(), NOT_APPLICABLE.to_owned()),
        |last| (last.service, last.region),
    );
    permit.answer(GetAccessKeyLastUsedResponse {
        user_name: owner.map(|user| user.name.clone()),
        access_key_last_used: Some(iam::AccessKeyLastUsed {
            last_used_date,
            service_name,
            region,
        }),
    })
}
