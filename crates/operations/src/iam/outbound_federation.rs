//! Outbound federation: the account as an issuer of tokens, with which its users and roles prove to
//! others who they are.

pub(crate) mod disable_outbound_web_identity_federation;
pub(crate) mod enable_outbound_web_identity_federation;
pub(crate) mod get_outbound_web_identity_federation_info;
