//! Deletes the account's password policy; the default policy applies again.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:DeleteAccountPasswordPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, RecordKey};
use keyward_api::iam::DeleteAccountPasswordPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn delete_account_password_policy(
    call: Call<DeleteAccountPasswordPolicyRequest>,
) -> Outcome<()> {
    let permit = call.authorize(Resource::any())?;
    call.commit_and_answer(permit, (), |account: &Account| {
        if account.password_policy().is_none() {
            return Err(fault::no_password_policy_to_delete().into());
        }
        Ok((Changes::delete(RecordKey::PasswordPolicy), ()))
    })
    .await
}
