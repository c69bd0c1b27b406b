//! Outbound federation: the account as an issuer of tokens by which its users and roles show others who
//! they are.

pub(crate) mod disable_outbound_web_identity_federation;
pub(crate) mod enable_outbound_web_identity_federation;
pub(crate) mod get_outbound_web_identity_federation_info;
