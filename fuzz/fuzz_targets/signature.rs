//! Checking signatures: never a panic whatever comes, and what an independent signer signs is
//! accepted, and refused when its method, path, query or body is changed.

#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use arbitrary::Arbitrary;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        SignableBody, SignableRequest, SignatureLocation, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use keyward_sigv4::{Expected, PresignedLifetime, Regions, Request, SignatureError, SigningKey, present};
use libfuzzer_sys::fuzz_target;

const NOW: u32 = 1_577_836_800;
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

#[derive(Debug, Arbitrary)]
struct Input {
    method: String,
    path: String,
    query: String,
    headers: Vec<(HeaderName, Vec<u8>)>,
    body: Vec<u8>,
    token: Option<String>,
    presigned: bool,
    normalize_path: bool,
    now: i64,
}

/// Names that matter, so that they need not be found letter by letter.
#[derive(Debug, Arbitrary)]
enum HeaderName {
    Authorization,
    Host,
    Date,
    AmzDate,
    Token,
    ContentHash,
    Other(String),
}

impl HeaderName {
    fn text(&self) -> &str {
        match self {
            Self::Authorization => "Authorization",
            Self::Host => "Host",
            Self::Date => "Date",
            Self::AmzDate => "X-Amz-Date",
            Self::Token => "X-Amz-Security-Token",
            Self::ContentHash => "X-Amz-Content-Sha256",
            Self::Other(name) => name,
        }
    }
}

fuzz_target!(|input: Input| {
    never_panics(&input);
    round_trip(&input);
});

fn never_panics(input: &Input) {
    let headers: Vec<_> = input
        .headers
        .iter()
        .map(|(name, value)| (name.text(), value.as_slice()))
        .collect();
    let request = Request {
        method: &input.method,
        path: &input.path,
        query: &input.query,
        headers: &headers,
        body: &input.body,
    };
    if let Err(error) = check(request, input.normalize_path, input.now) {
        assert!(!error.to_string().is_empty());
        assert!(!error.code().is_empty());
    }
}

/// Signs a request made of what can be sent, and checks it.
fn round_trip(input: &Input) {
    let method = legal(&input.method, |byte| byte.is_ascii_uppercase());
    let path = format!("/{}", legal(&input.path, is_path_byte));
    let query = legal(&input.query, |byte| is_path_byte(byte) || byte == b'&');
    // A signer adds these; a request that had one before would have it twice, and is refused.
    if input.presigned && query.contains("X-Amz-") {
        return;
    }
    let mut headers = vec![("Host".to_owned(), "iam.amazonaws.com".to_owned())];
    for (index, (_, value)) in input.headers.iter().enumerate() {
        let value = String::from_utf8_lossy(value);
        let value = legal(&value, |byte| (b' '..0x7f).contains(&byte));
        headers.push((format!("X-{}", index / 2), value));
    }
    let signer = Signer {
        input,
        method: &method,
        path: &path,
    };
    let Some(signed_query) = signer.sign(&query, &mut headers) else {
        return;
    };

    let fields: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_bytes()))
        .collect();
    let right = Request {
        method: &method,
        path: &path,
        query: &signed_query,
        headers: &fields,
        body: &input.body,
    };
    let check = |request| check(request, input.normalize_path, NOW.into());
    assert_eq!(check(right), Ok(()));

    let body = [input.body.as_slice(), b"x"].concat();
    assert_eq!(
        check(Request {
            body: &body,
            ..right
        }),
        Err(SignatureError::Mismatch)
    );
    let method = format!("{method}X");
    assert_eq!(
        check(Request {
            method: &method,
            ..right
        }),
        Err(SignatureError::Mismatch)
    );
    let path = format!("{path}x");
    assert_eq!(
        check(Request {
            path: &path,
            ..right
        }),
        Err(SignatureError::Mismatch)
    );
    let query = format!("{signed_query}&x=y");
    assert_eq!(
        check(Request {
            query: &query,
            ..right
        }),
        Err(SignatureError::Mismatch)
    );
}

fn check(request: Request<'_>, normalize_path: bool, now: i64) -> Result<(), SignatureError> {
    let presented = present(request)?;
    let key = SigningKey::derive(SECRET, presented.scope());
    presented.check(
        &key,
        &Expected {
            service: "iam",
            regions: Regions::Any,
            normalize_path,
            presigned: PresignedLifetime::AsAsked,
        },
        now,
    )
}

struct Signer<'a> {
    input: &'a Input,
    method: &'a str,
    path: &'a str,
}

impl Signer<'_> {
    /// Adds the signature to `headers`, or gives the query with it; `None` when the signer refuses.
    fn sign(&self, query: &str, headers: &mut Vec<(String, String)>) -> Option<String> {
        let token = self.input.token.as_deref().map(|token| {
            legal(token, |byte| {
                byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)
            })
        });
        let identity = Credentials::new("AKIDEXAMPLE", SECRET, token, None, "fuzz").into();
        let mut settings = SigningSettings::default();
        settings.uri_path_normalization_mode =
            UriPathNormalizationMode::from(self.input.normalize_path);
        if self.input.presigned {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(Duration::from_secs(60));
        }
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name("iam")
            .time(UNIX_EPOCH + Duration::from_secs(NOW.into()))
            .settings(settings)
            .build()
            .ok()?
            .into();
        let separator = if query.is_empty() { "" } else { "?" };
        let uri = format!("https://iam.amazonaws.com{}{separator}{query}", self.path);
        let fields = headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let body = SignableBody::Bytes(&self.input.body);
        let signable = SignableRequest::new(self.method, &uri, fields, body).ok()?;
        let (added, parameters) = sign(signable, &params).ok()?.into_parts().0.into_parts();
        headers.extend(
            added
                .iter()
                .map(|header| (header.name().into(), header.value().into())),
        );
        let mut query = query.to_owned();
        for (name, value) in parameters {
            query.push_str(&format!("&{name}="));
            for byte in value.bytes() {
                query.push_str(&format!("%{byte:02x}"));
            }
        }
        Some(query)
    }
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;:@/=".contains(&byte)
}

fn legal(text: &str, keep: impl Fn(u8) -> bool) -> String {
    text.bytes()
        .filter(|byte| keep(*byte))
        .map(char::from)
        .collect()
}
