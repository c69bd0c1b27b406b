//! `keyward sigv4 check`: judges signed requests that come as lines of JSON, one answer a line.

use keyward_sigv4::{Expected, PresignedLifetime, Regions, Request, SigningKey, present};
use serde::Deserialize;

/// The answer to a line that cannot be read.
const INVALID_LINE: &str = "InvalidLine";
/// The answer to a request of another key, or with another session token.
const INVALID_CLIENT_TOKEN_ID: &str = "InvalidClientTokenId";

/// Answers one line: `{"valid":true}`, or `{"valid":false,"error":".."}` with the service's code,
/// or with `InvalidLine` when the line cannot be read.
///
/// The line is an object of `request` (HTTP/1.1 text, lines ended by CRLF or LF), `access_key_id`,
/// `secret_access_key`, `session_token` (absent or null: none), `region`, `service`, `now` (RFC
/// 3339) and `normalize_path` (absent: true). Other members are ignored.
pub(crate) fn check_line(line: &str) -> String {
    match check(line) {
        Ok(()) => r#"{"valid":true}"#.to_owned(),
        // The codes are plain words, so none needs escaping.
        Err(code) => format!(r#"{{"valid":false,"error":"{code}"}}"#),
    }
}

#[derive(Deserialize)]
struct Line {
    request: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    region: String,
    service: String,
    now: String,
    normalize_path: Option<bool>,
}

fn check(line: &str) -> Result<(), &'static str> {
    let line: Line = serde_json::from_str(line).map_err(|_| INVALID_LINE)?;
    let now: jiff::Timestamp = line.now.parse().map_err(|_| INVALID_LINE)?;
    let text = RequestText::parse(&line.request).ok_or(INVALID_LINE)?;
    let headers: Vec<_> = text
        .headers
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let request = Request {
        method: text.method,
        path: text.path,
        query: text.query,
        headers: &headers,
        body: text.body.as_bytes(),
    };
    let expected = Expected {
        service: &line.service,
        regions: Regions::Only(&[&line.region]),
        normalize_path: line.normalize_path.unwrap_or(true),
        presigned: if matches!(&*line.service, "iam" | "sts") {
            PresignedLifetime::LikeHeaders
        } else {
            PresignedLifetime::AsAsked
        },
    };

    let presented = present(request).map_err(|error| error.code())?;
    presented
        .judge(&expected, now.as_second())
        .map_err(|error| error.code())?;
    if presented.access_key_id() != line.access_key_id
        || presented.session_token() != line.session_token.as_deref()
    {
        return Err(INVALID_CLIENT_TOKEN_ID);
    }
    let key = SigningKey::derive(&line.secret_access_key, presented.scope());
    presented
        .check(&key, &expected, now.as_second())
        .map_err(|error| error.code())
}

/// An HTTP/1.1 request taken apart. It may be looser than HTTP is: the target may hold blanks and
/// text that is not encoded, and a header's value may go on in lines that begin with a blank.
#[derive(Debug, PartialEq)]
struct RequestText<'a> {
    method: &'a str,
    path: &'a str,
    query: &'a str,
    headers: Vec<(&'a str, String)>,
    body: &'a str,
}

impl<'a> RequestText<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (first, mut rest) = next_line(text);
        let (method, first) = first.split_once(' ')?;
        let (target, version) = first.rsplit_once(' ')?;
        let is_http = version
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("HTTP/"));
        if method.is_empty() || target.is_empty() || !is_http {
            return None;
        }
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut headers: Vec<(&str, String)> = Vec::new();
        loop {
            let (line, after) = next_line(rest);
            rest = after;
            if line.is_empty() {
                return Some(Self {
                    method,
                    path,
                    query,
                    headers,
                    body: rest,
                });
            }
            if line.starts_with([' ', '\t']) {
                let (_, value) = headers.last_mut()?;
                value.push(' ');
                value.push_str(line.trim_matches([' ', '\t']));
            } else {
                let (name, value) = line.split_once(':')?;
                if name.is_empty() || name.contains(char::is_whitespace) {
                    return None;
                }
                headers.push((name, value.trim_matches([' ', '\t']).to_owned()));
            }
        }
    }
}

/// A line without its end, and what follows it.
fn next_line(text: &str) -> (&str, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    (line.strip_suffix('\r').unwrap_or(line), rest)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// The plainest request of the published examples, with its signature.
    fn line() -> Value {
        json!({
            "request": "GET / HTTP/1.1\r\nHost:example.amazonaws.com\r\n\
                X-Amz-Date:20150830T123600Z\r\n\
                Authorization: AWS4-HMAC-SHA256 \
                Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                SignedHeaders=host;x-amz-date, \
                Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\
                \r\n\r\n",
            "access_key_id": "AKIDEXAMPLE",
            "secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            "session_token": null,
            "region": "us-east-1",
            "service": "service",
            "now": "2015-08-30T12:36:00Z",
            "normalize_path": true,
            "comment": {"ignored": [1]},
        })
    }

    /// Answers the right line with some members replaced; a null stays null.
    fn answer(members: Value) -> String {
        let mut line = line();
        for (name, value) in members.as_object().unwrap() {
            line[name] = value.clone();
        }
        check_line(&line.to_string())
    }

    fn without(member: &str) -> String {
        let mut line = line();
        line.as_object_mut().unwrap().remove(member).unwrap();
        check_line(&line.to_string())
    }

    fn error(code: &str) -> String {
        format!(r#"{{"valid":false,"error":"{code}"}}"#)
    }

    #[test]
    fn a_right_request_is_valid() {
        assert_eq!(answer(json!({})), r#"{"valid":true}"#);
        assert_eq!(
            answer(json!({"now": "2015-08-30T14:50:59.5+02:00"})),
            r#"{"valid":true}"#
        );
        for member in ["session_token", "normalize_path", "comment"] {
            assert_eq!(without(member), r#"{"valid":true}"#, "{member}");
        }
        let request = line()["request"].as_str().unwrap().replace("\r\n", "\n");
        assert_eq!(answer(json!({"request": request})), r#"{"valid":true}"#);
        assert_eq!(
            answer(json!({"request": request.trim_end()})),
            r#"{"valid":true}"#
        );
    }

    #[test]
    fn a_wrong_request_gets_the_code_of_the_service() {
        let cases = [
            (
                json!({"secret_access_key": "another"}),
                "SignatureDoesNotMatch",
            ),
            (json!({"region": "eu-west-1"}), "SignatureDoesNotMatch"),
            (json!({"service": "iam"}), "SignatureDoesNotMatch"),
            (
                json!({"now": "2015-08-30T12:51:01Z"}),
                "SignatureDoesNotMatch",
            ),
            (
                json!({"access_key_id": "AKIDANOTHER"}),
                "InvalidClientTokenId",
            ),
            (json!({"session_token": "token"}), "InvalidClientTokenId"),
            (
                json!({"request": "GET / HTTP/1.1\nHost: a\n\n"}),
                "MissingAuthenticationToken",
            ),
            (
                json!({"request": "GET / HTTP/1.1\nAuthorization: AWS4-HMAC-SHA256\n\n"}),
                "IncompleteSignature",
            ),
        ];
        for (members, code) in cases {
            assert_eq!(answer(members.clone()), error(code), "{members}");
        }
        let request = line()["request"].as_str().unwrap().to_owned() + "body";
        assert_eq!(
            answer(json!({"request": request})),
            error("SignatureDoesNotMatch")
        );
        let request = line()["request"].as_str().unwrap().replacen(':', ": x", 1);
        assert_eq!(
            answer(json!({"request": request})),
            error("SignatureDoesNotMatch")
        );
        let request = line()["request"]
            .as_str()
            .unwrap()
            .replace("Host", "X-Amz-Security-Token:t\nHost");
        assert_eq!(
            answer(json!({"request": request})),
            error("InvalidClientTokenId")
        );
    }

    #[test]
    fn a_line_that_cannot_be_read_is_said_to_be_invalid() {
        for line in ["", "{", "null", "[]", "{}", "1"] {
            assert_eq!(check_line(line), error(INVALID_LINE), "{line}");
        }
        let members = [
            "request",
            "access_key_id",
            "secret_access_key",
            "region",
            "service",
            "now",
        ];
        for member in members {
            assert_eq!(without(member), error(INVALID_LINE), "{member}");
            let null = Value::Object([(member.to_owned(), Value::Null)].into_iter().collect());
            assert_eq!(answer(null), error(INVALID_LINE), "{member}");
        }
        let wrong = [
            json!({"now": "yesterday"}),
            json!({"now": 1}),
            json!({"normalize_path": "yes"}),
            json!({"session_token": 1}),
        ];
        for members in wrong {
            assert_eq!(answer(members.clone()), error(INVALID_LINE), "{members}");
        }
        let requests = [
            "",
            "\n",
            "GET",
            "GET /",
            "GET / ",
            "GET HTTP/1.1",
            "GET  HTTP/1.1",
            " / HTTP/1.1",
            "GET / HTTX/1.1",
            "GET / HTTP/1.1\nHost",
            "GET / HTTP/1.1\n: a",
            "GET / HTTP/1.1\nHost : a",
            "GET / HTTP/1.1\n folded",
        ];
        for request in requests {
            assert_eq!(
                answer(json!({"request": request})),
                error(INVALID_LINE),
                "{request}"
            );
        }
    }

    #[test]
    fn request_text_is_taken_apart_to_the_letter() {
        let text =
            "GET /a b?c d=?e HTTP/1.1\r\nA:  1 \r\n  2\r\n\t3\t\r\nb:\r\nA:4\r\n\r\n x\r\ny\n";
        let headers = vec![
            ("A", "1 2 3".to_owned()),
            ("b", String::new()),
            ("A", "4".to_owned()),
        ];
        let expected = RequestText {
            method: "GET",
            path: "/a b",
            query: "c d=?e",
            headers,
            body: " x\r\ny\n",
        };
        assert_eq!(RequestText::parse(text), Some(expected));
    }
}
