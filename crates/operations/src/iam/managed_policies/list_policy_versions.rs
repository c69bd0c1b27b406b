//! Lists the versions of a managed policy, newest first.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListPolicyVersions`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, ListPolicyVersionsRequest, ListPolicyVersionsResponse};
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;
use keyward_names::Timestamp;

use super::{check_arn, version_id, version_number};
use crate::pages;

pub(crate) async fn list_policy_versions(
    call: Call<ListPolicyVersionsRequest>,
) -> Outcome<ListPolicyVersionsResponse> {
    let input = call.input();
    let (account, managed) = (call.account(), call.managed());
    let arn = input.policy_arn.as_str();
    let permit = call.authorize(Resource::managed_policy(account, managed, arn))?;
    check_arn(arn)?;
    let policy = managed.find(account, arn);
    let policy = policy.ok_or_else(|| fault::no_such_policy(arn))?;
    let before = pages::key_of(input.marker.as_deref())?
        .map(|last| version_number(&last).ok_or_else(fault::invalid_marker))
        .transpose()?;
    let (versions, default_version) = versions(policy);
    let rest = versions
        .into_iter()
        .filter(|(number, _)| before.is_none_or(|before| *number < before));
    let page = pages::page(rest, input.max_items, |(number, created)| {
        let shown = iam::PolicyVersion {
            document: None,
            version_id: Some(version_id(number)),
            is_default_version: Some(number == default_version),
            create_date: Some(created),
        };
        (version_id(number), Some(shown))
    });
    permit.answer(ListPolicyVersionsResponse {
        is_truncated: Some(page.is_truncated()),
        versions: Some(page.items),
        marker: page.marker,
    })
}

/// The versions, newest first, and the number of the default version.
fn versions(policy: Policy<'_>) -> (Vec<(u32, Timestamp)>, u32) {
    match policy {
        Policy::Own(policy) => {
            let versions = policy.versions.iter().rev();
            let versions = versions.map(|version| (version.number, version.created));
            (versions.collect(), policy.default_version)
        }
        Policy::Aws(policy) => {
            let versions = policy.versions();
            let versions = versions.map(|version| (version.number, version.created));
            (versions.collect(), policy.default_version)
        }
    }
}
