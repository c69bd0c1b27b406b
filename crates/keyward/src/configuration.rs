//! The configuration file: what an operator may set beside the command line.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use keyward_audit::SinkOptions;
use keyward_authorization::AwsPolicies;
use keyward_engine::{AccountQuotas, IdentityProviders, QuotaChanges, Quotas};
use keyward_managed_policies::ManagedPolicies;
use keyward_names::{AccountId, Age};
use keyward_server::{CallingOut, Limits, OutboundRules};
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
    #[serde(default)]
    outbound: OutboundTable,
    token_issuer_base: Option<String>,
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

/// Whom the server may call, and whom it need not.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboundTable {
    #[serde(default)]
    allow: Vec<String>,
    certificate_authorities: Option<PathBuf>,
    #[serde(default)]
    pinned_keys: Vec<PinnedTable>,
}

/// The keys of an issuer, in a file that the operator keeps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PinnedTable {
    issuer: String,
    file: PathBuf,
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
        Self::parse(&text).with_context(|| format!("`{}` is malformed", file.display()))
    }

    /// Reads the text of a file.
    pub(crate) fn parse(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
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

    /// The way out to identity providers.
    pub(crate) fn identity_providers(&self) -> anyhow::Result<Arc<dyn IdentityProviders>> {
        let table = &self.outbound;
        let certificate_authorities = table.certificate_authorities.as_deref().map(|file| {
            std::fs::read(file).with_context(|| {
                format!(
                    "`outbound.certificate_authorities`: `{}` can't be read",
                    file.display()
                )
            })
        });
        let pinned_keys = table.pinned_keys.iter().map(|pinned| {
            let PinnedTable { issuer, file } = pinned;
            let keys = std::fs::read_to_string(file).with_context(|| {
                format!(
                    "`outbound.pinned_keys`: `{}` for `{issuer}` can't be read",
                    file.display()
                )
            })?;
            Ok((issuer.clone(), keys))
        });
        let rules = OutboundRules {
            allow: table.allow.clone(),
            certificate_authorities: certificate_authorities.transpose()?,
            pinned_keys: pinned_keys.collect::<anyhow::Result<_>>()?,
        };
        Ok(Arc::new(CallingOut::new(rules)?))
    }

    /// The URL below which the issuers of all accounts lie.
    pub(crate) fn token_issuer_base(&self) -> anyhow::Result<Option<String>> {
        let Some(base) = &self.token_issuer_base else {
            return Ok(None);
        };
        if !is_issuer_base(base) {
            bail!(
                "`token_issuer_base`: `{base}` is not an https URL without a query (http will do for \
                 localhost)"
            );
        }
        Ok(Some(base.clone()))
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

/// Whether the issuers of tokens may lie below a URL.
fn is_issuer_base(base: &str) -> bool {
    let (is_plain, rest) = match (base.strip_prefix("https://"), base.strip_prefix("http://")) {
        (Some(rest), _) => (false, rest),
        (None, Some(rest)) => (true, rest),
        (None, None) => return false,
    };
    let authority = rest.split('/').next().unwrap_or_default();
    let host = authority.split(':').next().unwrap_or_default();
    let is_usual = |byte: u8| byte.is_ascii_graphic() && !b"?#@\\\"".contains(&byte);
    !host.is_empty()
        && rest.bytes().all(is_usual)
        && (!is_plain || matches!(host, "localhost" | "127.0.0.1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Configuration {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn issuers_lie_below_a_url() {
        for (base, is_good) in [
            ("https://iam.example", true),
            ("https://iam.example:8443/tokens/", true),
            ("http://localhost:8080/tokens", true),
            ("http://127.0.0.1:8080", true),
            ("http://iam.example", false),
            ("http://localhost.example", false),
            ("iam.example", false),
            ("https://", false),
            ("https:///x", false),
            ("https://iam.example/?x", false),
            ("https://iam.example/#x", false),
            ("https://a@iam.example", false),
            ("https://iam example", false),
        ] {
            let configuration = read(&format!("token_issuer_base = \"{base}\""));
            let read = configuration.token_issuer_base();
            assert_eq!(read.is_ok(), is_good, "{base}");
            let told =
                read.map_or_else(|error| error.to_string(), |_| "`token_issuer_base`".into());
            assert!(told.starts_with("`token_issuer_base`"), "{told}");
        }
        assert_eq!(read("").token_issuer_base().unwrap(), None);
    }

    #[tokio::test]
    async fn pinned_keys_come_from_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.json");
        std::fs::write(&file, r#"{"keys":[]}"#).unwrap();
        let pinned = |file: &Path| {
            let table = "[outbound]\nallow = [\"10.0.0.0/8\"]\n[[outbound.pinned_keys]]";
            let file = file.display();
            read(&format!(
                "{table}\nissuer = \"https://id.example\"\nfile = \"{file}\""
            ))
        };
        let providers = pinned(&file).identity_providers().unwrap();
        let keys = providers.key_set("https://id.example", &[]).await.unwrap();
        assert_eq!(&*keys, r#"{"keys":[]}"#);
        let missing = folder.path().join("missing");
        let error = pinned(&missing)
            .identity_providers()
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`outbound.pinned_keys`: `") && error.contains("https://id.example"),
            "{error}"
        );
        let authorities = read("[outbound]\ncertificate_authorities = \"/missing.pem\"");
        assert_eq!(
            authorities.identity_providers().unwrap_err().to_string(),
            "`outbound.certificate_authorities`: `/missing.pem` can't be read"
        );
        let allow = read("[outbound]\nallow = [\"a b\"]").identity_providers();
        let error = allow.unwrap_err().to_string();
        assert!(
            error.starts_with("`outbound.allow`: `a b` is neither"),
            "{error}"
        );
        assert!(toml::from_str::<Configuration>("[outbound]\nalow = []").is_err());
    }
}
