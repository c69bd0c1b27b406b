//! Shows the text of one version of a managed policy.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `PolicyArn` | required | text of 20 to 2048 characters |
//! | `VersionId` | required | text, `v[1-9][0-9]*(\.[A-Za-z0-9-]*)?` |
//!
//! Permission: `iam:GetPolicyVersion`.
//! Faults: `NoSuchEntity` (404), `InvalidInput` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{self, GetPolicyVersionRequest, GetPolicyVersionResponse};
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_names::Timestamp;

use super::{check_arn, version_number};

pub(crate) async fn get_policy_version(
    call: Call<GetPolicyVersionRequest>,
) -> Outcome<GetPolicyVersionResponse> {
    let input = call.input();
    let (account, managed) = (call.account(), call.managed());
    let arn = input.policy_arn.as_str();
    let permit = call.authorize(Resource::managed_policy(account, managed, arn))?;
    check_arn(arn)?;
    let missing = || fault::no_such_policy_version(arn, &input.version_id);
    let policy = managed.find(account, arn).ok_or_else(missing)?;
    let number = version_number(&input.version_id).ok_or_else(missing)?;
    let default_version = match policy {
        Policy::Own(own) => own.default_version,
        Policy::Aws(aws) => aws.default_version,
    };
    let (document, created) = version(policy, number)?.ok_or_else(missing)?;
    permit.answer(GetPolicyVersionResponse {
        policy_version: Some(iam::PolicyVersion {
            document: Some(document),
            version_id: Some(input.version_id.clone()),
            is_default_version: Some(number == default_version),
            create_date: Some(created),
        }),
    })
}

/// The text of a version, and when it was made.
fn version(policy: Policy<'_>, number: u32) -> Result<Option<(String, Timestamp)>, Fault> {
    match policy {
        Policy::Own(policy) => {
            let version = policy.version(number);
            Ok(version.map(|version| (version.document.text().to_owned(), version.created)))
        }
        Policy::Aws(policy) => {
            let version = policy.versions().find(|version| version.number == number);
            let document = policy.document(number).map_err(Fault::internal)?;
            Ok(document
                .zip(version)
                .map(|(document, version)| (document.into_owned(), version.created)))
        }
    }
}
