//! Gives a group an inline policy, or another document to one that it has.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GroupName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//!
//! Permission: `iam:PutGroupPolicy`.
//! Faults: `LimitExceeded` (409), `MalformedPolicyDocument` (400), `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::PutGroupPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::put;
use crate::iam::shared::owner::Owner;

pub(crate) async fn put_group_policy(call: Call<PutGroupPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let group = account.groups().find(input.group_name.as_str());
    let resource = Resource::group(account, &input.group_name, group);
    let permit = call.authorize(resource)?;
    let asked_for = input.group_name.as_str();
    let group = group.ok_or_else(|| fault::no_such_group(asked_for))?;
    let owner = Owner::group(group, asked_for);
    put(
        &call,
        permit,
        owner,
        &input.policy_name,
        &input.policy_document,
    )
    .await
}
