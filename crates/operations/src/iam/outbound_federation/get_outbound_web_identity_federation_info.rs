//! Shows the issuer of the account's tokens.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! No inputs.
//!
//! Permission: `iam:GetOutboundWebIdentityFederationInfo`.
//! Faults: `FeatureDisabled` (404).
//!
//! <!-- end of facts -->

use keyward_api::iam::{
    GetOutboundWebIdentityFederationInfoRequest, GetOutboundWebIdentityFederationInfoResponse,
};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

pub(crate) async fn get_outbound_web_identity_federation_info(
    call: Call<GetOutboundWebIdentityFederationInfoRequest>,
) -> Outcome<GetOutboundWebIdentityFederationInfoResponse> {
    let permit = call.authorize(Resource::any())?;
    let account = call.account();
    let federation = account
        .outbound_federation()
        .filter(|federation| federation.is_enabled)
        .ok_or_else(|| fault::outbound_federation_disabled(account.id()))?;
    permit.answer(GetOutboundWebIdentityFederationInfoResponse {
        issuer_identifier: Some(call.token_issuer(&federation.issuer_label)),
        jwt_vending_enabled: Some(true),
    })
}
