//! Requests for services that are not here, as `AWS_ENDPOINT_URL` sends them: they are told so in the
//! service's own protocol, since clients make nonsense of any other answer.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use keyward_wire::{JsonObject, XmlWriter};

/// The code of services that have it for operations that they do not know.
const CODE: &str = "UnknownOperationException";
/// That of S3, where clients know no other that fits.
const S3_CODE: &str = "InvalidRequest";
/// What is signed for by requests that are served here.
const OWN: [&str; 2] = ["iam", "sts"];
/// The longest name of a service that is repeated.
const LONGEST_NAME: usize = 40;

/// A request for another service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherService {
    /// The name that is signed for.
    pub(crate) name: String,
    protocol: Protocol,
    /// Whether the answer has no body.
    is_head: bool,
}

/// How a service says that something went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Protocol {
    /// JSON, in the content type of the request.
    Json(String),
    /// JSON, with the code in a header.
    RestJson,
    /// XML, as S3 writes it.
    S3,
    /// XML in an envelope, as Route 53 and `CloudFront` write it.
    RestXml,
    /// CBOR.
    Cbor,
}

impl OtherService {
    /// The other service that a request is for, if its head shows that it is none of ours. Forms are ours
    /// to read: they say the operation and its version in the body.
    pub(crate) fn asked_for(head: &Parts) -> Option<Self> {
        let signed_for = signed_for(head);
        if signed_for.is_some_and(|name| OWN.contains(&name)) {
            return None;
        }
        let name = told(signed_for);
        let is_head = head.method == Method::HEAD;
        let service = |protocol| {
            Some(Self {
                name,
                protocol,
                is_head,
            })
        };
        let content_type = text(&head.headers, CONTENT_TYPE.as_str()).unwrap_or_default();
        if text(&head.headers, "smithy-protocol") == Some("rpc-v2-cbor") {
            return service(Protocol::Cbor);
        }
        if head.headers.contains_key("x-amz-target") {
            let version = if content_type.contains("1.0") {
                "1.0"
            } else {
                "1.1"
            };
            let content_type = format!("application/x-amz-json-{version}");
            return service(Protocol::Json(content_type));
        }
        let signed_for = signed_for?;
        let is_form = content_type.starts_with("application/x-www-form-urlencoded")
            || head
                .uri
                .query()
                .is_some_and(|query| query.contains("Action="));
        if is_form && head.uri.path() == "/" {
            return None;
        }
        service(match signed_for {
            "s3" | "s3express" | "s3-outposts" | "s3-object-lambda" => Protocol::S3,
            "route53" | "cloudfront" => Protocol::RestXml,
            _ => Protocol::RestJson,
        })
    }

    /// The name of the other service that a form is for, which is none that we can read.
    pub(crate) fn of_form(head: &Parts) -> Option<String> {
        let name = signed_for(head).filter(|name| !OWN.contains(name))?;
        Some(told(Some(name)))
    }

    /// The answer.
    pub(crate) fn answer(&self, request_id: &str) -> Response<Full<Bytes>> {
        let message = message(&self.name);
        let (content_type, body) = match &self.protocol {
            Protocol::Json(content_type) => (&**content_type, json(&message).into_bytes()),
            Protocol::RestJson => ("application/json", json(&message).into_bytes()),
            Protocol::S3 => {
                let error = error_element(S3_CODE, &message, Some(request_id));
                ("application/xml", error.into_bytes())
            }
            Protocol::RestXml => {
                let error = error_element(CODE, &message, None);
                let envelope = format!(
                    "<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>"
                );
                ("text/xml", envelope.into_bytes())
            }
            Protocol::Cbor => ("application/cbor", cbor(&message)),
        };
        let body = if self.is_head { Vec::new() } else { body };
        let mut response = Response::new(Full::new(Bytes::from(body)));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        let headers = response.headers_mut();
        for (name, value) in [
            ("content-type", content_type),
            ("x-amzn-errortype", CODE),
            ("x-amzn-requestid", request_id),
        ] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        }
        if self.protocol == Protocol::Cbor {
            headers.insert("smithy-protocol", HeaderValue::from_static("rpc-v2-cbor"));
        }
        response
    }
}

/// What the caller is told.
pub(crate) fn message(name: &str) -> String {
    format!(
        "This is Keyward, which serves IAM and STS; the request is for {name}. Set \
         AWS_ENDPOINT_URL_IAM and AWS_ENDPOINT_URL_STS instead of AWS_ENDPOINT_URL."
    )
}

/// The name of a service as it is told: what was signed for, if it looks like a name.
fn told(signed_for: Option<&str>) -> String {
    let is_name = |name: &&str| {
        (1..=LONGEST_NAME).contains(&name.len())
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    signed_for
        .filter(is_name)
        .unwrap_or("another service")
        .to_owned()
}

/// The service in the scope of the credential, which nobody has checked.
fn signed_for(head: &Parts) -> Option<&str> {
    let by_header = text(&head.headers, "authorization")
        .filter(|value| value.starts_with("AWS4-"))
        .and_then(|value| value.split_once("Credential="))
        .and_then(|(_, rest)| rest.split([',', ' ']).next())
        .and_then(|credential| credential.rsplit('/').nth(1));
    by_header.or_else(|| {
        let query = head.uri.query()?;
        let (_, rest) = query.split_once("X-Amz-Credential=")?;
        let credential = rest.split('&').next()?;
        credential
            .split("%2F")
            .flat_map(|part| part.split('/'))
            .nth(3)
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn json(message: &str) -> String {
    let mut json = String::new();
    JsonObject::write(&mut json, |error| {
        error.text("__type", CODE);
        error.text("message", message);
    });
    json
}

fn error_element(code: &str, message: &str, request_id: Option<&str>) -> String {
    let mut xml = XmlWriter::default();
    xml.element("Error", |xml| {
        xml.text("Code", code);
        xml.text("Message", message);
        if let Some(request_id) = request_id {
            xml.text("RequestId", request_id);
        }
    });
    xml.into_string()
}

/// A map of two texts (RFC 8949).
fn cbor(message: &str) -> Vec<u8> {
    let mut bytes = vec![0xa2];
    for text in ["__type", CODE, "message", message] {
        // Each is shorter than 65,536 bytes.
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        bytes.push(0x79);
        bytes.extend(length.to_be_bytes());
        bytes.extend(text.bytes().take(usize::from(length)));
    }
    bytes
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn head(method: Method, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).unwrap().into_parts().0
    }

    fn signed(service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=AKID/20261201/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        )
    }

    #[test]
    fn a_service_is_known_by_what_is_signed_for_or_by_its_protocol() {
        let form = ("content-type", "application/x-www-form-urlencoded");
        let target = ("x-amz-target", "AWSOrganizationsV20161128.ListAccounts");
        let asked = |method, uri, headers: &[(&str, &str)]| {
            OtherService::asked_for(&head(method, uri, headers))
                .map(|other| (other.name, other.protocol))
        };
        let of = |service: &str| signed(service);
        for own in ["iam", "sts"] {
            let auth = of(own);
            assert_eq!(
                asked(Method::POST, "/", &[("authorization", &auth), form]),
                None
            );
            assert_eq!(asked(Method::GET, "/x", &[("authorization", &auth)]), None);
        }
        // The form says the version.
        assert_eq!(
            asked(Method::POST, "/", &[("authorization", &of("ec2")), form]),
            None
        );
        assert_eq!(asked(Method::GET, "/", &[]), None);
        assert_eq!(asked(Method::GET, "/nothing", &[]), None);
        let is = |name: &str, protocol| Some((name.to_owned(), protocol));
        assert_eq!(
            asked(Method::GET, "/", &[("authorization", &of("s3"))]),
            is("s3", Protocol::S3)
        );
        assert_eq!(
            asked(
                Method::GET,
                "/2015-03-31/functions",
                &[("authorization", &of("lambda"))]
            ),
            is("lambda", Protocol::RestJson)
        );
        assert_eq!(
            asked(
                Method::GET,
                "/2013-04-01/hostedzone",
                &[("authorization", &of("route53"))]
            ),
            is("route53", Protocol::RestXml)
        );
        let json = Protocol::Json("application/x-amz-json-1.1".to_owned());
        let headers = [("authorization", &*of("organizations")), target];
        assert_eq!(
            asked(Method::POST, "/", &headers),
            is("organizations", json.clone())
        );
        assert_eq!(
            asked(Method::POST, "/", &[target]),
            is("another service", json)
        );
        let presigned =
            "/bucket/key?X-Amz-Credential=AKID%2F20261201%2Fus-east-1%2Fs3%2Faws4_request";
        assert_eq!(asked(Method::GET, presigned, &[]), is("s3", Protocol::S3));
        let odd = asked(Method::GET, "/x", &[("authorization", &of("a<b>"))]);
        assert_eq!(odd, is("another service", Protocol::RestJson));
    }

    #[test]
    fn texts_of_cbor_have_their_lengths() {
        let bytes = cbor("hello");
        assert_eq!(bytes.first(), Some(&0xa2));
        assert!(bytes.ends_with(b"\x79\x00\x05hello"));
    }
}
