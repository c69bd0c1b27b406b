//! Replaces the trust policy of a role.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `RoleName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:UpdateAssumeRolePolicy`.
//! Faults: `NoSuchEntity` (404), `MalformedPolicyDocument` (400), `LimitExceeded` (409), `UnmodifiableEntity` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, Role};
use keyward_api::iam::UpdateAssumeRolePolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::check_not_protected;
use crate::iam::shared::trusted_principals::GivenTrust;

pub(crate) async fn update_assume_role_policy(
    call: Call<UpdateAssumeRolePolicyRequest>,
) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let role = account.roles().find(input.role_name.as_str());
    let resource = Resource::role(account, &input.role_name, role).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.role_name.clone();
    let role = role.ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
    check_not_protected(role)?;
    let id = role.id;
    let trust = GivenTrust::read(&call, &input.policy_document).await?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let role = account
            .roles()
            .get(id)
            .ok_or_else(|| fault::no_such_role(asked_for.as_str()))?;
        let updated = Role {
            trust_policy: trust.checked(account)?,
            ..role.clone()
        };
        if updated == *role {
            return Ok((Changes::none(), ()));
        }
        Ok((Changes::put(Record::Role(updated)), ()))
    })
    .await
}
