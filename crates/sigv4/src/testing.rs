//! Requests that own their parts, signed by an independent signer.

use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        SessionTokenMode, SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};

use keyward_wire::percent::{self, Keep};

use crate::{Expected, PresignedLifetime, Regions, Request, SignatureError, SigningKey, present};

pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const SERVICE: &str = "iam";
/// 2020-01-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_577_836_800;

#[derive(Debug, Clone)]
pub(crate) struct OwnedRequest {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// How to sign.
#[derive(Debug, Clone)]
pub(crate) struct Signing {
    pub(crate) time: i64,
    pub(crate) token: Option<String>,
    /// Seconds of validity of a presigned request; `None` signs in the header.
    pub(crate) presigned: Option<u32>,
    pub(crate) normalize_path: bool,
    pub(crate) sign_token: bool,
}

impl Signing {
    pub(crate) fn header() -> Self {
        Self {
            time: NOW,
            token: None,
            presigned: None,
            normalize_path: true,
            sign_token: true,
        }
    }

    pub(crate) fn presigned(seconds: u32) -> Self {
        Self {
            presigned: Some(seconds),
            ..Self::header()
        }
    }
}

impl OwnedRequest {
    /// What the AWS CLI sends for `aws iam get-user`, before signing.
    pub(crate) fn get_user() -> Self {
        let headers = [
            ("Accept-Encoding", "identity"),
            (
                "Content-Type",
                "application/x-www-form-urlencoded; charset=utf-8",
            ),
            (
                "User-Agent",
                "aws-cli/2.30.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64",
            ),
            ("Host", "iam.amazonaws.com"),
            ("Content-Length", "43"),
        ];
        Self {
            method: "POST".into(),
            path: "/".into(),
            query: String::new(),
            headers: headers
                .map(|(name, value)| (name.into(), value.into()))
                .into(),
            body: b"Action=GetUser&Version=2010-05-08&UserName=Bob".into(),
        }
    }

    pub(crate) fn signed(mut self, signing: &Signing) -> Self {
        let token = signing.token.clone();
        let identity = Credentials::new(KEY_ID, SECRET, token, None, "test").into();
        let mut settings = SigningSettings::default();
        settings.uri_path_normalization_mode =
            UriPathNormalizationMode::from(signing.normalize_path);
        if !signing.sign_token {
            settings.session_token_mode = SessionTokenMode::Exclude;
        }
        if let Some(seconds) = signing.presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(seconds.into()));
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(SERVICE)
            .time(UNIX_EPOCH + Duration::from_secs(signing.time.try_into().unwrap()))
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let query = if self.query.is_empty() {
            String::new()
        } else {
            format!("?{}", self.query)
        };
        let uri = format!("https://{}{}{query}", self.text("host"), self.path);
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()));
        let body = SignableBody::Bytes(&self.body);
        let signable = SignableRequest::new(&self.method, &uri, headers, body).unwrap();
        let (headers, params) = sign(signable, &params).unwrap().into_parts().0.into_parts();
        for header in headers {
            self.headers
                .push((header.name().into(), header.value().into()));
        }
        for (name, value) in params {
            self.append_query(name, &value);
        }
        self
    }

    pub(crate) fn append_query(&mut self, name: &str, value: &str) {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query
            .extend(percent::encode(name.as_bytes(), Keep::Unreserved));
        self.query.push('=');
        self.query
            .extend(percent::encode(value.as_bytes(), Keep::Unreserved));
    }

    /// The first header of this name, as text.
    pub(crate) fn text(&self, name: &str) -> &str {
        let (_, value) = self
            .headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .unwrap();
        std::str::from_utf8(value).unwrap()
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.into(), value.into()));
    }

    pub(crate) fn remove(&mut self, name: &str) {
        self.headers
            .retain(|(given, _)| !given.eq_ignore_ascii_case(name));
    }

    /// Replaces text in the Authorization header and in the query.
    pub(crate) fn replace(&mut self, from: &str, to: &str) {
        for (name, value) in &mut self.headers {
            if name.eq_ignore_ascii_case("authorization") {
                let text = std::str::from_utf8(value).unwrap();
                *value = text.replace(from, to).into_bytes();
            }
        }
        self.query = self.query.replace(from, to);
    }

    pub(crate) fn with<T>(&self, look: impl FnOnce(Request<'_>) -> T) -> T {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_slice()))
            .collect();
        look(Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        })
    }

    /// Presents and checks, as a server that has but one key.
    pub(crate) fn check(&self, now: i64) -> Result<(), SignatureError> {
        self.check_with(now, true)
    }

    pub(crate) fn check_with(&self, now: i64, normalize_path: bool) -> Result<(), SignatureError> {
        self.with(|request| {
            let presented = present(request)?;
            let key = SigningKey::derive(SECRET, presented.scope());
            let regions = Regions::Only(&[REGION]);
            let expected = Expected {
                service: SERVICE,
                regions,
                normalize_path,
                presigned: PresignedLifetime::AsAsked,
            };
            presented.check(&key, &expected, now)
        })
    }
}
