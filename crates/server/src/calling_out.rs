//! The way out to identity providers, as an operator allows it.

use std::sync::Arc;

use async_trait::async_trait;
use keyward_engine::{IdentityProviders, Unreachable};
use keyward_outbound::{Allowed, Outbound, OutboundError, OutboundOptions};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

/// What an operator says about calling out: the table `[outbound]` of the configuration, its files read.
#[derive(Debug, Default)]
pub struct OutboundRules {
    /// Hosts, addresses and networks that may be called though they are not public.
    pub allow: Vec<String>,
    /// Certificates in PEM of authorities that are trusted beside those of the operating system.
    pub certificate_authorities: Option<Vec<u8>>,
    /// Issuers, as tokens have them, each with its key set; they are never called.
    pub pinned_keys: Vec<(String, String)>,
}

/// Rules that can't be used, by the key of the configuration that is wrong.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundRulesError {
    /// Neither a host nor a network.
    #[error(
        "`outbound.allow`: `{0}` is neither a host name nor an IP address nor a network such as `10.0.0.0/8`"
    )]
    Allow(String),
    /// A file without a certificate, or with something else in a certificate's place.
    #[error("`outbound.certificate_authorities`: the file holds no certificates in PEM")]
    NoCertificates,
    /// One of the certificates can't be read; its place in the file, from 1.
    #[error("`outbound.certificate_authorities`: certificate {0} can't be read")]
    Certificate(usize),
    /// The issuer is not a URL.
    #[error("`outbound.pinned_keys`: the issuer `{0}` does not begin with `https://`")]
    Issuer(String),
    /// Two key sets for one issuer.
    #[error("`outbound.pinned_keys`: the issuer `{0}` is named twice")]
    IssuerTwice(String),
    /// The file is not a key set.
    #[error(
        "`outbound.pinned_keys`: the file for `{0}` holds no JSON object with a list of `keys`"
    )]
    KeySet(String),
    /// TLS can't be set up.
    #[error("TLS can't be set up for calling out")]
    Tls,
}

/// Calls out for the operations.
#[derive(Debug)]
pub struct CallingOut(Outbound);

impl CallingOut {
    /// Takes the rules. Without any, public addresses are called and no others.
    pub fn new(rules: OutboundRules) -> Result<Self, OutboundRulesError> {
        let allowed = rules.allow.into_iter().map(|text| {
            let parsed = text.parse::<Allowed>();
            parsed.map_err(|_| OutboundRulesError::Allow(text))
        });
        let authorities = rules.certificate_authorities.as_deref();
        for (place, (issuer, _)) in rules.pinned_keys.iter().enumerate() {
            if !issuer.starts_with("https://") {
                return Err(OutboundRulesError::Issuer(issuer.clone()));
            }
            let before = rules.pinned_keys.iter().take(place);
            if before.into_iter().any(|(other, _)| other == issuer) {
                return Err(OutboundRulesError::IssuerTwice(issuer.clone()));
            }
        }
        let options = OutboundOptions {
            allowed: allowed.collect::<Result<_, _>>()?,
            authorities: authorities.map_or(Ok(Vec::new()), certificates)?,
            pinned: rules.pinned_keys,
            ..OutboundOptions::default()
        };
        let outbound = Outbound::new(options).map_err(|error| match error {
            OutboundError::Authority(place) => OutboundRulesError::Certificate(place),
            OutboundError::Pinned(issuer) => OutboundRulesError::KeySet(issuer),
            OutboundError::Tls => OutboundRulesError::Tls,
        })?;
        Ok(Self(outbound))
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, OutboundRulesError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let read = read.map_err(|_| OutboundRulesError::NoCertificates)?;
    if read.is_empty() {
        return Err(OutboundRulesError::NoCertificates);
    }
    Ok(read)
}

#[async_trait]
impl IdentityProviders for CallingOut {
    async fn key_set(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
    ) -> Result<Arc<str>, Unreachable> {
        let fetched = self.0.key_set(issuer, &borrowed(thumbprints)).await;
        fetched.map_err(|error| Unreachable::new(error.to_string()))
    }

    async fn key_set_again(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
        seen: &Arc<str>,
    ) -> Arc<str> {
        let thumbprints = borrowed(thumbprints);
        self.0.key_set_again(issuer, &thumbprints, seen).await
    }

    async fn thumbprint(&self, issuer: &str) -> Result<Option<String>, Unreachable> {
        let shown = self.0.top_certificate_thumbprint(issuer).await;
        shown.map_err(|error| Unreachable::new(error.to_string()))
    }
}

fn borrowed(thumbprints: &[Box<str>]) -> Vec<&str> {
    thumbprints.iter().map(|thumbprint| &**thumbprint).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rules: OutboundRules, error: &str) {
        let refused = CallingOut::new(rules).unwrap_err();
        assert_eq!(refused.to_string(), error);
    }

    fn pinned(issuers: &[(&str, &str)]) -> OutboundRules {
        let pinned = issuers
            .iter()
            .map(|(issuer, keys)| ((*issuer).to_owned(), (*keys).to_owned()));
        OutboundRules {
            pinned_keys: pinned.collect(),
            ..OutboundRules::default()
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_key() {
        for text in ["10.0.0.0/33", "https://id.example", ""] {
            check(
                OutboundRules {
                    allow: vec!["id.example".into(), text.into()],
                    ..OutboundRules::default()
                },
                &format!(
                    "`outbound.allow`: `{text}` is neither a host name nor an IP address nor a \
                     network such as `10.0.0.0/8`"
                ),
            );
        }
        let authorities = |pem: &str| OutboundRules {
            certificate_authorities: Some(pem.as_bytes().to_vec()),
            ..OutboundRules::default()
        };
        let none = "`outbound.certificate_authorities`: the file holds no certificates in PEM";
        check(authorities(""), none);
        check(authorities("-----BEGIN CERTIFICATE-----\n!\n"), none);
        check(
            authorities("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "`outbound.certificate_authorities`: certificate 1 can't be read",
        );
        let keys = r#"{"keys":[]}"#;
        check(
            pinned(&[("id.example", keys)]),
            "`outbound.pinned_keys`: the issuer `id.example` does not begin with `https://`",
        );
        check(
            pinned(&[("https://id.example", keys), ("https://id.example", keys)]),
            "`outbound.pinned_keys`: the issuer `https://id.example` is named twice",
        );
        check(
            pinned(&[("https://id.example", "[]")]),
            "`outbound.pinned_keys`: the file for `https://id.example` holds no JSON object with a \
             list of `keys`",
        );
    }

    #[tokio::test]
    async fn pinned_keys_are_told_and_other_addresses_are_refused() {
        let keys = r#"{"keys":[]}"#;
        let out = CallingOut::new(pinned(&[("https://id.example", keys)])).unwrap();
        let told = out.key_set("https://id.example", &[]).await.unwrap();
        assert_eq!(&*told, keys);
        let again = out.key_set_again("https://id.example", &[], &told).await;
        assert!(Arc::ptr_eq(&told, &again));
        assert_eq!(out.thumbprint("https://id.example").await, Ok(None));
        let refused = out.thumbprint("https://127.0.0.1").await.unwrap_err();
        assert!(refused.reason.contains("may not be called"), "{refused}");
    }
}
