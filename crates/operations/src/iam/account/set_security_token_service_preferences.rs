//! Chooses which session tokens the global endpoint of STS gives out from now on.
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

#[cfg(test)]
mod tests {
    use keyward_testkit::World;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_summary_tells_which_tokens_are_given_out() {
        let world = World::new().await;
        let root = world.root();
        let told = async || {
            let summary = root.ask("GetAccountSummary", "").await;
            let (_, after) = summary
                .body
                .split_once("<key>GlobalEndpointTokenVersion</key>")
                .unwrap();
            let (_, value) = after.split_once("<value>").unwrap();
            value.chars().next()
        };
        let set = async |version: &str| {
            let form = format!("GlobalEndpointTokenVersion={version}");
            root.ask("SetSecurityTokenServicePreferences", &form)
                .await
                .fault()
        };
        assert_eq!(told().await, Some('1'));
        assert_eq!(set("v2Token").await, "200");
        assert_eq!(told().await, Some('2'));
        for other in ["", "V1Token", "2"] {
            assert_eq!(
                set(other).await,
                "400 ValidationError: 1 validation error detected: Value at \
                 'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum \
                 value set: [v2Token, v1Token]"
            );
        }
        let elsewhere = world.other_node().await.account().await;
        assert!(*elsewhere == *world.account().await);
        assert_eq!(set("v1Token").await, "200");
        assert_eq!(told().await, Some('1'));
    }
}
