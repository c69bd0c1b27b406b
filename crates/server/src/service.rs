//! What requests are served with.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Names of other services that were asked for, which are told in the log once each.
    pub(crate) other_services: Mutex<HashSet<String>>,
    /// In `dev`, whether the default account's root user has its password yet.
    pub(crate) root_password_is_set: tokio::sync::Mutex<bool>,
}

/// How many names of other services are told in the log at most: names are what strangers write.
const MOST_OTHER_SERVICES: usize = 100;

impl Service {
    /// Tells in the log that somebody asks for another service.
    pub(crate) fn note_other_service(&self, name: &str) {
        let mut told = self
            .other_services
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST_OTHER_SERVICES && told.insert(name.to_owned()) {
            tracing::warn!(
                service = name,
                "requests come that are for another service: set AWS_ENDPOINT_URL_IAM and \
                 AWS_ENDPOINT_URL_STS instead of AWS_ENDPOINT_URL"
            );
        }
    }
}
