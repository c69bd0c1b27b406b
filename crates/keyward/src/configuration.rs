//! The configuration file: what an operator may set beside the command line.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use keyward_audit::SinkOptions;
use keyward_managed_policies::ManagedPolicies;
use keyward_names::{AccountId, Age};
use keyward_operations::{AccountQuotas, AwsPolicies, QuotaChanges, Quotas};
use keyward_server::Limits;
use serde::Deserialize;

/// `keyward.toml`. Everything may be left out; a name that is not known is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    #[serde(default)]
    quotas: QuotaChanges,
    #[serde(default)]
    accounts: HashMap<AccountId, AccountTable>,
    #[serde(default)]
    limits: LimitsTable,
    #[serde(default)]
    audit: AuditTable,
    aws_managed_policies: Option<PathBuf>,
}

/// What is different for one account.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountTable {
    #[serde(default)]
    quotas: QuotaChanges,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsTable {
    connections: Option<usize>,
    large_bodies_bytes: Option<usize>,
}

/// What becomes of audit records.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuditTable {
    /// `stdout`, `none` or a folder.
    pub(crate) output: Option<String>,
    file_bytes: Option<u64>,
    files: Option<usize>,
    queue_records: Option<usize>,
    keep_changes_days: Option<u32>,
}

impl AuditTable {
    /// How many days the records of changes are kept in the store. As long as AWS shows events.
    const KEEP_CHANGES_DAYS: u32 = 90;

    /// The bounds of a sink, where they are set.
    pub(crate) fn sink_options(&self, usual: SinkOptions) -> SinkOptions {
        SinkOptions {
            file_bytes: self.file_bytes.unwrap_or(usual.file_bytes),
            files: self.files.unwrap_or(usual.files),
            queue_records: self.queue_records.unwrap_or(usual.queue_records),
            ..usual
        }
    }

    /// For how long the records of changes are kept in the store; 0 days are for good.
    pub(crate) fn kept_for(&self) -> Option<Age> {
        let days = self.keep_changes_days.unwrap_or(Self::KEEP_CHANGES_DAYS);
        (days > 0).then(|| Age::days(days))
    }
}

impl Configuration {
    /// What becomes of audit records.
    pub(crate) fn audit(&self) -> &AuditTable {
        &self.audit
    }

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
    pub(crate) fn quotas(&self) -> AccountQuotas {
        let usual = Quotas::default().with(&self.quotas);
        let others = self.accounts.iter();
        AccountQuotas {
            usual,
            others: others
                .map(|(account, table)| (*account, usual.with(&table.quotas)))
                .collect(),
        }
    }

    /// The policies of AWS: those of the file that is named, or else those of the program.
    pub(crate) fn aws_policies(&self) -> anyhow::Result<AwsPolicies> {
        let Some(file) = &self.aws_managed_policies else {
            return Ok(AwsPolicies::default());
        };
        let bytes =
            std::fs::read(file).with_context(|| format!("`{}` can't be read", file.display()))?;
        let policies = ManagedPolicies::read(bytes)
            .with_context(|| format!("`{}` is malformed", file.display()))?;
        Ok(AwsPolicies::of_file(policies))
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
