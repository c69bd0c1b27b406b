//! Lets the account give out tokens, by the issuer that it had before if it ever had one.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:EnableOutboundWebIdentityFederation`.
//! Faults: `FeatureEnabled` (409).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, OutboundFederation, Record};
use keyward_api::iam::{
    EnableOutboundWebIdentityFederationRequest, EnableOutboundWebIdentityFederationResponse,
};

use crate::call::{Call, Outcome};
use crate::fault;
use crate::random::uuid;
use crate::resource::Resource;
use crate::writer::Refusal;

pub(crate) async fn enable_outbound_web_identity_federation(
    call: Call<EnableOutboundWebIdentityFederationRequest>,
) -> Outcome<EnableOutboundWebIdentityFederationResponse> {
    let permit = call.authorize(Resource::any())?;
    let issuer_label: Box<str> = match call.account().outbound_federation() {
        Some(federation) => federation.issuer_label.clone(),
        None => uuid(call.random()?).into(),
    };
    let answer = EnableOutboundWebIdentityFederationResponse {
        issuer_identifier: Some(call.token_issuer(&issuer_label)),
    };
    call.expect_answer(&answer);
    call.commit(&permit, move |account: &Account| {
        let enabled = match account.outbound_federation() {
            Some(federation) if federation.is_enabled => {
                let fault = fault::outbound_federation_already_enabled(account.id());
                return Err(fault.into());
            }
            // Enabled and disabled by others meanwhile, for the first time: theirs is the issuer.
            Some(federation) if federation.issuer_label != issuer_label => {
                return Err(Refusal::stale());
            }
            Some(federation) => OutboundFederation {
                is_enabled: true,
                ..federation.clone()
            },
            None => OutboundFederation {
                issuer_label: issuer_label.clone(),
                is_enabled: true,
                signing_keys: None,
            },
        };
        Ok((Changes::put(Record::OutboundFederation(enabled)), ()))
    })
    .await?;
    permit.answer(answer)
}
