//! Makes an access key. The answer has its secret, which is never shown again.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` |  | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:CreateAccessKey`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{AccessKey, AccessKeyStatus, Account, Changes, Record};
use keyward_api::iam::{self, CreateAccessKeyRequest, CreateAccessKeyResponse};
use keyward_credentials::mint_secret_access_key;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::{AccessKeyId, AccessKeyKind};

use crate::iam::access_keys::{check_owner, owner_of, shown_status};
use crate::iam::shared::subject::Subject;

pub(crate) async fn create_access_key(
    call: Call<CreateAccessKeyRequest>,
) -> Outcome<CreateAccessKeyResponse> {
    let account = call.account();
    let name = call.input().user_name.as_ref();
    let subject = Subject::named_or_caller(account, call.caller(), name)?;
    let permit = call.authorize(subject.resource(account))?;
    let (owner, user_name) = owner_of(&subject)?;
    let id = AccessKeyId::mint(AccessKeyKind::LongTerm, account.id(), call.random_number()?);
    let secret = mint_secret_access_key(&call.random()?);
    let key = AccessKey {
        id,
        owner,
        secret: call.seal(&AccessKey::seal_context(id), &secret)?,
        status: AccessKeyStatus::Active,
        created: call.now(),
    };
    let quota = call.quotas().access_keys_per_user;
    let access_key = iam::AccessKey {
        user_name: user_name.clone(),
        access_key_id: id.to_string(),
        status: shown_status(key.status),
        secret_access_key: secret,
        create_date: Some(key.created),
    };
    let answer = CreateAccessKeyResponse { access_key };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        check_owner(account, owner, user_name.as_ref())?;
        if account.access_keys_of(owner).count() >= quota {
            return Err(fault::quota_exceeded("AccessKeysPerUser", quota).into());
        }
        if account.access_key(id).is_some() {
            // One in many millions: another key has this random id.
            return Err(Refusal::stale());
        }
        Ok((Changes::put(Record::AccessKey(key.clone())), ()))
    })
    .await
}
