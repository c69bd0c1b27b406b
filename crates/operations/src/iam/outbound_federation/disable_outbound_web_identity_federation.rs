//! Disables giving out tokens. Issuer and keys are kept, so that tokens can still be verified.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:DisableOutboundWebIdentityFederation`.
//! Faults: `FeatureDisabled` (404).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, OutboundFederation, Record};
use keyward_api::iam::DisableOutboundWebIdentityFederationRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn disable_outbound_web_identity_federation(
    call: Call<DisableOutboundWebIdentityFederationRequest>,
) -> Outcome<()> {
    let permit = call.authorize(Resource::any())?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        match account.outbound_federation() {
            Some(federation) if federation.is_enabled => {
                let disabled = OutboundFederation {
                    is_enabled: false,
                    ..federation.clone()
                };
                Ok((Changes::put(Record::OutboundFederation(disabled)), ()))
            }
            Some(_) | None => Err(fault::outbound_federation_already_disabled(account.id()).into()),
        }
    })
    .await
}
