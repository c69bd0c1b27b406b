//! Gives out a session for a federated user of the calling user. It may do what both the user's
//! policies and the session policies allow; without session policies, nothing.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Name` | required | text of 2 to 32 characters, `[\w+=,.@-]*` |
//! | `Policy` |  | text of 1 to 2048 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `PolicyArns` |  | list of: structure of `arn` |
//! | `DurationSeconds` |  | number from 900 to 129600 |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//! | `MinimumSessionTokenSize` |  | number from 0 to 4096 |
//!
//! Permission: `sts:GetFederationToken`.
//! Faults: `MalformedPolicyDocument` (400), `PackedPolicyTooLarge` (400), `RegionDisabledException` (403).
//!
//! <!-- end of facts -->

use keyward_api::OperationId;
use keyward_api::sts::{self, GetFederationTokenRequest, GetFederationTokenResponse};
use keyward_authorization::Action;
use keyward_authorization::Resource;
use keyward_authorization::sessions::{FederatedUser, Holder};
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::{arns, lasts, session_tags, with_own_key};
use crate::sts::shared::given_policies::GivenPolicies;
use crate::sts::shared::issue::{NewSession, issue};

pub(crate) async fn get_federation_token(
    call: Call<GetFederationTokenRequest>,
) -> Outcome<GetFederationTokenResponse> {
    let input = call.input();
    let account = call.account();
    let principal = with_own_key(call.caller())
        .ok_or_else(|| fault::not_with_session_credentials(OperationId::StsGetFederationToken))?;
    let tags = input.tags.as_deref().unwrap_or_default();
    let id = account.id();
    let arn = format!("arn:aws:sts::{id}:federated-user/{}", input.name);
    let resource = Resource::by_arn(&arn).given_session_tags(tags);
    let mut permit = call.authorize(resource.clone())?;
    if !tags.is_empty() {
        permit = call.authorize_action(permit, Action::TagSession, resource)?;
    }
    let tags = session_tags(&[], tags, &[])?;
    let policy_arns = arns(input.policy_arns.as_deref());
    let policies = GivenPolicies::check(&call, account, input.policy.as_deref(), &policy_arns)?;
    let issued = issue(
        &call,
        &permit,
        account,
        NewSession {
            holder: Holder::Federated(FederatedUser {
                name: input.name.as_str().into(),
                by: principal,
            }),
            lasts: lasts(principal, input.duration_seconds),
            mfa: None,
            tags,
            policies,
            token_size: input.minimum_session_token_size,
        },
    )?;
    permit.answer(GetFederationTokenResponse {
        credentials: Some(issued.credentials),
        federated_user: Some(sts::FederatedUser {
            federated_user_id: format!("{id}:{}", input.name),
            arn,
        }),
        packed_policy_size: Some(issued.packed_size),
        session_token_utilization: Some(issued.utilization),
        session_token_size: Some(issued.token_size),
    })
}
