//! Makes a managed policy, with its first version.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Path` |  | text of 1 to 512 characters, `((/[A-Za-z0-9\.,\+@=_-]+)*)/` |
//! | `PolicyDocument` | required | text of 1 to 131072 characters, `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+` |
//! | `Description` |  | text of at most 1000 characters |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:CreatePolicy`.
//! Faults: `InvalidInput` (400), `LimitExceeded` (409), `EntityAlreadyExists` (409), `MalformedPolicyDocument` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, ManagedPolicy, PolicyVersion, Record};
use keyward_api::OperationId;
use keyward_api::iam::{self, CreatePolicyRequest, CreatePolicyResponse};
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::{PolicyId, iam_arn};

use super::{checked_document, shown_in_list};
use crate::iam::shared::tags;

pub(crate) async fn create_policy(
    call: Call<CreatePolicyRequest>,
) -> Outcome<CreatePolicyResponse> {
    let input = call.input();
    let path = input.path.clone().unwrap_or_default();
    let account_id = call.account().id();
    let given = input.tags.as_deref().unwrap_or_default();
    let arn = iam_arn(account_id, "policy", &path, input.policy_name.as_str());
    let resource = Resource::by_arn(&arn)
        .told_as_policy(&input.policy_name)
        .given_tags(given);
    let mut permit = call.authorize(resource.clone())?;
    if !given.is_empty() {
        permit = call.authorize_also(permit, OperationId::IamTagPolicy, resource)?;
    }
    let tags = tags::check_exactly(given)?;
    let document = checked_document(&call, &input.policy_document)?;
    let now = call.now();
    let description = input.description.as_deref().filter(|text| !text.is_empty());
    let policy = ManagedPolicy {
        id: PolicyId::mint(account_id, call.random_number()?),
        name: input.policy_name.clone(),
        path,
        created: now,
        updated: now,
        description: description.map(Into::into),
        tags: tags::added_exactly(&[], &tags)?,
        versions: Box::new([PolicyVersion {
            number: 1,
            created: now,
            document,
        }]),
        default_version: 1,
        next_version: 2,
    };
    let shown = iam::Policy {
        tags: (!given.is_empty()).then(|| given.to_vec()),
        ..shown_in_list(call.account(), Policy::Own(&policy))
    };
    let quota = call.quotas().policies_per_account;
    let answer = CreatePolicyResponse {
        policy: Some(shown),
    };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        let policies = account.managed_policies();
        if policies.find(policy.name.as_str()).is_some() {
            return Err(fault::policy_already_exists(policy.name.as_str()).into());
        }
        if policies.len() >= quota {
            return Err(fault::quota_exceeded("PoliciesPerAccount", quota).into());
        }
        if policies.get(policy.id).is_some() {
            // One in many millions: another policy has this random id.
            return Err(Refusal::stale());
        }
        Ok((Changes::put(Record::ManagedPolicy(policy.clone())), ()))
    })
    .await
}
