//! What requests are served with.

use std::net::IpAddr;
use std::sync::Arc;

use keyward_engine::Installation;
use keyward_signin::Door;

use crate::body_budget::BodyBudget;
use crate::options::Options;
use crate::sessions::Sessions;
use crate::signing_keys::SigningKeys;

/// What every request is served with.
pub(crate) struct Service {
    pub(crate) installation: Arc<Installation>,
    pub(crate) door: Door,
    pub(crate) options: Options,
    /// Where the server listens.
    pub(crate) address: IpAddr,
    /// Whether it speaks TLS itself.
    pub(crate) is_tls: bool,
    pub(crate) body_budget: BodyBudget,
    pub(crate) signing_keys: SigningKeys,
    pub(crate) sessions: Sessions,
}
