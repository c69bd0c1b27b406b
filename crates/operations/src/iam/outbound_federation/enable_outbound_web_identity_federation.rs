//! Enables the account to give out tokens. Its issuer is the one that it had before, if any.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:EnableOutboundWebIdentityFederation`.
//! Faults: `FeatureEnabled` (409).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Claim, OutboundFederation, Record};
use keyward_api::iam::{
    EnableOutboundWebIdentityFederationRequest, EnableOutboundWebIdentityFederationResponse,
};
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::uuid;
use keyward_engine::{Call, Outcome};
use keyward_engine::{make_keys, write_keys};
use keyward_faults::{Fault, fault};

pub(crate) async fn enable_outbound_web_identity_federation(
    call: Call<EnableOutboundWebIdentityFederationRequest>,
) -> Outcome<EnableOutboundWebIdentityFederationResponse> {
    let permit = call.authorize(Resource::any())?;
    let enabled = match call.account().outbound_federation() {
        Some(federation) => OutboundFederation {
            is_enabled: true,
            ..federation.clone()
        },
        None => new_issuer(&call).await?,
    };
    let answer = EnableOutboundWebIdentityFederationResponse {
        issuer_identifier: Some(call.token_issuer(&enabled.issuer_label)),
    };
    call.commit_and_answer(permit, answer, move |account: &Account| {
        let claims = match account.outbound_federation() {
            Some(known) if known.is_enabled => {
                let fault = fault::outbound_federation_already_enabled(account.id());
                return Err(fault.into());
            }
            // Others enabled and disabled it for the first time meanwhile, so theirs is the issuer.
            Some(known) if known.issuer_label != enabled.issuer_label => {
                return Err(Refusal::stale());
            }
            Some(_) => Vec::new(),
            None => vec![Claim::TokenIssuer(enabled.issuer_label.clone())],
        };
        let changes = Changes {
            claims,
            ..Changes::put(Record::OutboundFederation(enabled.clone()))
        };
        Ok((changes, ()))
    })
    .await
}

/// A new issuer with keys. The account keeps both for ever.
async fn new_issuer<I>(call: &Call<I>) -> Result<OutboundFederation, Fault> {
    let issuer_label: Box<str> = uuid(call.random()?).into();
    let keys = make_keys().await?;
    let context = OutboundFederation::seal_context(&issuer_label);
    Ok(OutboundFederation {
        is_enabled: true,
        signing_keys: call.seal(&context, &write_keys(&keys))?,
        key_set: keys.key_set_json().into(),
        issuer_label,
    })
}
