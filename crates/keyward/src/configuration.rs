//! The configuration file: what an operator may set beside the command line.

use std::path::Path;

use anyhow::Context as _;
use keyward_operations::Quotas;
use keyward_server::Limits;
use serde::Deserialize;

/// `keyward.toml`. Everything may be left out; a name that is not known is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    #[serde(default)]
    quotas: QuotasTable,
    #[serde(default)]
    limits: LimitsTable,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotasTable {
    users_per_account: Option<usize>,
    access_keys_per_user: Option<usize>,
    user_inline_policy_characters: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    connections: Option<usize>,
    large_bodies_bytes: Option<usize>,
}

impl Configuration {
    /// Reads a file; without one, all is as it is by default.
    pub(crate) fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let Some(file) = file else {
            return Ok(Self::default());
        };
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("`{}` can't be read", file.display()))?;
        toml::from_str(&text).with_context(|| format!("`{}` is malformed", file.display()))
    }

    /// What accounts may have.
    pub(crate) fn quotas(&self) -> Quotas {
        let default = Quotas::default();
        Quotas {
            users_per_account: self
                .quotas
                .users_per_account
                .unwrap_or(default.users_per_account),
            access_keys_per_user: self
                .quotas
                .access_keys_per_user
                .unwrap_or(default.access_keys_per_user),
            user_inline_policy_characters: self
                .quotas
                .user_inline_policy_characters
                .unwrap_or(default.user_inline_policy_characters),
        }
    }

    /// What is taken in before anyone is known.
    pub(crate) fn limits(&self) -> Limits {
        let default = Limits::default();
        Limits {
            connections: self.limits.connections.unwrap_or(default.connections),
            large_bodies_bytes: self
                .limits
                .large_bodies_bytes
                .unwrap_or(default.large_bodies_bytes),
            ..default
        }
    }
}
