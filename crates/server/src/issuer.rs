//! What accounts publish as issuers of tokens, for everybody who checks such a token.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Response, StatusCode};
use uuid::Uuid;

use crate::answers::plain;
use crate::{Service, received};

/// How long others may keep a document. Keys are for good, so that only an account's end is told late.
const KEPT_BY_OTHERS: &str = "public, max-age=300";

/// Where the issuers of AWS lie, and ours unless the operator gave them another place.
const AWS_SUFFIX: &str = ".tokens.sts.global.api.aws";

/// A document of an issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Document {
    label: Uuid,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Discovery,
    KeySet,
}

impl Document {
    /// Which document a request is for. The issuers lie below `base`, or each has a host of its own as
    /// AWS's do.
    pub(crate) fn asked_for(head: &Parts, base: Option<&str>) -> Option<Self> {
        Self::at(head.uri.path(), received::host(head), base)
    }

    fn at(path: &str, host: Option<&str>, base: Option<&str>) -> Option<Self> {
        let (label, rest) = match base {
            Some(base) => path
                .strip_prefix(path_of(base))?
                .strip_prefix('/')?
                .split_once('/')?,
            None => (label_of_host(host?)?, path.strip_prefix('/')?),
        };
        let kind = match rest {
            ".well-known/openid-configuration" => Kind::Discovery,
            ".well-known/jwks.json" => Kind::KeySet,
            _ => return None,
        };
        let id = Uuid::try_parse(label).ok()?;
        // There are other forms of a UUID, and issuers are spelled in this one.
        (id.hyphenated().to_string() == label).then_some(Self { label: id, kind })
    }
}

/// Whether a host name is that of an issuer as AWS has them.
pub(crate) fn is_issuer(name: &str) -> bool {
    name.strip_suffix(AWS_SUFFIX)
        .is_some_and(|label| Uuid::try_parse(label).is_ok())
}

fn label_of_host(host: &str) -> Option<&str> {
    let name = host.split_once(':').map_or(host, |(name, _)| name);
    name.strip_suffix(AWS_SUFFIX)
}

/// The path of a URL without the slash at its end.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest
        .find('/')
        .and_then(|slash| rest.get(slash..))
        .unwrap_or_default();
    path.trim_end_matches('/')
}

impl Service {
    /// Serves a document of an issuer.
    pub(crate) async fn issuer_document(&self, asked: Document) -> Response<Full<Bytes>> {
        let label = asked.label.hyphenated().to_string();
        let documents = match self.installation.issuer_documents(&label).await {
            Ok(Some(documents)) => documents,
            Ok(None) => return plain(StatusCode::NOT_FOUND, "404 Not Found\n".to_owned()),
            Err(error) => {
                tracing::error!(%error, "a document of an issuer could not be read");
                let text = "503 Service Unavailable\n".to_owned();
                return plain(StatusCode::SERVICE_UNAVAILABLE, text);
            }
        };
        let text = match asked.kind {
            Kind::Discovery => documents.discovery,
            Kind::KeySet => documents.key_set,
        };
        let mut response = plain(StatusCode::OK, text);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(KEPT_BY_OTHERS));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LABEL: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn found(path: &str, host: &str, base: Option<&str>) -> Option<Kind> {
        let document = Document::at(path, Some(host), base)?;
        assert_eq!(document.label.hyphenated().to_string(), LABEL);
        Some(document.kind)
    }

    #[test]
    fn documents_lie_below_the_base() {
        let discovery = ".well-known/openid-configuration";
        for (base, before) in [
            ("https://iam.example", ""),
            ("https://iam.example/", ""),
            ("https://iam.example:8443/a/tokens", "/a/tokens"),
            ("https://iam.example/a/tokens/", "/a/tokens"),
        ] {
            let at = |path: &str| found(path, "other.example", Some(base));
            assert_eq!(
                at(&format!("{before}/{LABEL}/{discovery}")),
                Some(Kind::Discovery)
            );
            assert_eq!(
                at(&format!("{before}/{LABEL}/.well-known/jwks.json")),
                Some(Kind::KeySet)
            );
            let upper = LABEL.to_uppercase();
            for path in [
                format!("/x{before}/{LABEL}/{discovery}"),
                format!("{before}{LABEL}/{discovery}"),
                format!("{before}/{upper}/{discovery}"),
                format!("{before}/{LABEL}/{discovery}/"),
                format!("{before}/{LABEL}/"),
                format!("{before}/{discovery}"),
                format!("{before}/x/{discovery}"),
            ] {
                assert_eq!(at(&path), None, "{path}");
            }
        }
    }

    #[test]
    fn without_a_base_every_issuer_has_its_own_host() {
        let host = format!("{LABEL}.tokens.sts.global.api.aws");
        let path = "/.well-known/jwks.json";
        assert_eq!(found(path, &host, None), Some(Kind::KeySet));
        assert_eq!(
            found(path, &format!("{host}:8080"), None),
            Some(Kind::KeySet)
        );
        assert_eq!(found(path, "iam.amazonaws.com", None), None);
        assert_eq!(found(path, "x.tokens.sts.global.api.aws", None), None);
        assert_eq!(found(&format!("/{LABEL}{path}"), &host, None), None);
        assert!(is_issuer(&host) && !is_issuer("x.tokens.sts.global.api.aws"));
    }
}
