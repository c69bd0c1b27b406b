//! Sets which session tokens the global endpoint of STS gives out from now on.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `GlobalEndpointTokenVersion` | required | one of `v1Token`, `v2Token` |
//!
//! Permission: `iam:SetSecurityTokenServicePreferences`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, GlobalEndpointTokens, Record, Settings};
use keyward_api::iam::{GlobalEndpointTokenVersion, SetSecurityTokenServicePreferencesRequest};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn set_security_token_service_preferences(
    call: Call<SetSecurityTokenServicePreferencesRequest>,
) -> Outcome<()> {
    let permit = call.authorize(Resource::any())?;
    let tokens = match call.input().global_endpoint_token_version {
        GlobalEndpointTokenVersion::V1Token => GlobalEndpointTokens::Version1,
        GlobalEndpointTokenVersion::V2Token => GlobalEndpointTokens::Version2,
    };
    call.commit_and_answer(permit, (), move |account: &Account| {
        let settings = account
            .settings()
            .ok_or_else(fault::invalid_client_token_id)?;
        if settings.global_endpoint_tokens == tokens {
            return Ok((Changes::none(), ()));
        }
        let updated = Settings {
            global_endpoint_tokens: tokens,
            ..settings.clone()
        };
        Ok((Changes::put(Record::Settings(updated)), ()))
    })
    .await
}
