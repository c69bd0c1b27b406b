//! Adds a version to a managed policy, which may become the default version.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `PolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `SetAsDefault` |  | boolean |
//!
//! Permission: `iam:CreatePolicyVersion`.
//! Faults: `NoSuchEntity` (404), `MalformedPolicyDocument` (400), `InvalidInput` (400), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, ManagedPolicy, PolicyVersion, Record};
use keyward_api::iam::{self, CreatePolicyVersionRequest, CreatePolicyVersionResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault::{self, PolicyChange};

use super::{checked_document, own, version_id};

pub(crate) async fn create_policy_version(
    call: Call<CreatePolicyVersionRequest>,
) -> Outcome<CreatePolicyVersionResponse> {
    let input = call.input();
    let arn = input.policy_arn.as_str();
    let resource = Resource::managed_policy(call.account(), call.managed(), arn);
    let permit = call.authorize(resource)?;
    let policy = own(&call, arn, PolicyChange::CreateVersion)?;
    let id = policy.ok_or_else(|| fault::no_such_policy(arn))?.id;
    let document = checked_document(&call, &input.policy_document)?;
    let quota = call.quotas().versions_per_policy;
    let (now, arn) = (call.now(), arn.to_owned());
    let is_default = input.set_as_default.unwrap_or_default();
    let change = move |account: &Account| {
        let policy = account.managed_policies().get(id);
        let policy = policy.ok_or_else(|| fault::no_such_policy(&arn))?;
        if policy.versions.len() >= quota {
            return Err(fault::too_many_policy_versions(quota).into());
        }
        let number = policy.next_version;
        let mut versions = policy.versions.to_vec();
        versions.push(PolicyVersion {
            number,
            created: now,
            document: document.clone(),
        });
        let updated = ManagedPolicy {
            updated: now,
            versions: versions.into(),
            default_version: if is_default {
                number
            } else {
                policy.default_version
            },
            next_version: number + 1,
            ..policy.clone()
        };
        Ok((Changes::put(Record::ManagedPolicy(updated)), number))
    };
    let number = call.commit(&permit, change).await?;
    permit.answer(CreatePolicyVersionResponse {
        policy_version: Some(iam::PolicyVersion {
            document: None,
            version_id: Some(version_id(number)),
            is_default_version: Some(is_default),
            create_date: Some(now),
        }),
    })
}
