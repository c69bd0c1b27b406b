//! Assuming the role: the one request that the agent sends, and what is read from the answer.

use bytes::Bytes;
use keyward_names::{Secret, Timestamp};
use keyward_outbound::{Answer, Endpoint, FetchError};
use keyward_sigv4::{Request, Signer, sign};
use keyward_wire::percent::{self, Keep};
use uppsala::{Document, NodeId, Parser};

use crate::credentials::TemporaryCredentials;
use crate::{KeyPair, Source, SourceError};

/// How deep an answer may be nested: three levels are needed.
const MOST_DEPTH: u32 = 16;
/// How much of the endpoint's code and of its message is passed on, in characters.
const TOLD_LENGTH: usize = 512;
const CONTENT_TYPE: &str = "application/x-www-form-urlencoded; charset=utf-8";

/// The role, and how to assume it.
#[derive(Debug)]
pub struct Role {
    /// Whom to ask.
    pub endpoint: Endpoint,
    /// The region that requests are signed for.
    pub region: String,
    /// The role's ARN.
    pub arn: String,
    /// The name of the sessions.
    pub session_name: String,
    /// How long a session lasts; as the endpoint has it if not given.
    pub duration_seconds: Option<u32>,
    /// The credentials to assume it with.
    pub source: Source,
}

/// Why the role was not assumed. No secret is in it, neither in its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoleError {
    /// The endpoint refused.
    #[error("the endpoint refused: {code}: {message}")]
    Refused {
        /// The status.
        status: u16,
        /// The error code.
        code: String,
        /// The message.
        message: String,
    },
    /// The endpoint gave no answer.
    #[error("the endpoint gave no answer: {0}")]
    NoAnswer(FetchError),
    /// The endpoint's answer is not one of STS.
    #[error("the endpoint's answer, with status {0}, is not one of STS")]
    NotUnderstood(u16),
    /// The agent has no credentials of its own.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The agent itself failed.
    #[error("the request could not be made")]
    Internal,
}

impl Role {
    /// Assumes the role; `now` is the time to sign for.
    pub(crate) async fn assume(&self, now: Timestamp) -> Result<TemporaryCredentials, RoleError> {
        let keys = self.source.read()?;
        let body = self.form();
        let host = self.endpoint.authority();
        let signed = [("content-type", CONTENT_TYPE), ("host", host)];
        let headers = signed.map(|(name, value)| (name, value.as_bytes()));
        let request = Request {
            method: "POST",
            path: self.endpoint.path(),
            query: "",
            headers: &headers,
            body: body.as_bytes(),
        };
        let signer = Signer {
            access_key_id: &keys.access_key_id,
            secret: keys.secret_access_key.expose(),
            session_token: keys.session_token.as_ref().map(Secret::expose),
            region: &self.region,
            service: "sts",
        };
        let added = sign(&request, &signer, now.unix_seconds()).ok_or(RoleError::Internal)?;
        let headers: Vec<_> = [("content-type", CONTENT_TYPE)]
            .into_iter()
            .chain(added.iter().map(|(name, value)| (*name, value.as_str())))
            .collect();
        let answer = self.endpoint.post(&headers, Bytes::from(body)).await;
        read(&answer.map_err(RoleError::NoAnswer)?, &keys)
    }

    fn form(&self) -> String {
        let mut form = "Action=AssumeRole&Version=2011-06-15".to_owned();
        let duration = self.duration_seconds.map(|seconds| seconds.to_string());
        let members = [
            ("RoleArn", Some(&self.arn)),
            ("RoleSessionName", Some(&self.session_name)),
            ("DurationSeconds", duration.as_ref()),
        ];
        for (name, value) in members {
            let Some(value) = value else { continue };
            form.push('&');
            form.push_str(name);
            form.push('=');
            form.extend(percent::encode(value.as_bytes(), Keep::Unreserved));
        }
        form
    }
}

/// Reads an answer. `keys` are those that signed: what the endpoint says of a signature may repeat the
/// token that it was sent.
pub(crate) fn read(answer: &Answer, keys: &KeyPair) -> Result<TemporaryCredentials, RoleError> {
    let not_understood = || RoleError::NotUnderstood(answer.status);
    let text = std::str::from_utf8(&answer.body).map_err(|_| not_understood())?;
    let parser = Parser::new()
        .with_forbid_dtd(true)
        .with_max_depth(MOST_DEPTH);
    let document = parser.parse(text).map_err(|_| not_understood())?;
    if answer.status == 200 {
        credentials(&document).ok_or_else(not_understood)
    } else {
        let (code, message) = refusal(&document).ok_or_else(not_understood)?;
        Err(RoleError::Refused {
            status: answer.status,
            code: without_secrets(&code, keys),
            message: without_secrets(&message, keys),
        })
    }
}

fn credentials(document: &Document<'_>) -> Option<TemporaryCredentials> {
    let response = within(document, document.root(), "AssumeRoleResponse")?;
    let result = within(document, response, "AssumeRoleResult")?;
    let credentials = within(document, result, "Credentials")?;
    let text = |name| text(document, credentials, name).filter(|text| !text.is_empty());
    Some(TemporaryCredentials {
        access_key_id: text("AccessKeyId")?,
        secret_access_key: Secret::new(text("SecretAccessKey")?),
        session_token: Secret::new(text("SessionToken")?),
        expiration: Timestamp::parse(&text("Expiration")?).ok()?,
    })
}

fn refusal(document: &Document<'_>) -> Option<(String, String)> {
    let response = within(document, document.root(), "ErrorResponse")?;
    let error = within(document, response, "Error")?;
    let code = text(document, error, "Code")?;
    let message = text(document, error, "Message").unwrap_or_default();
    Some((code, message))
}

/// The first line of what the endpoint says, or nothing of it where it has a secret in it.
fn without_secrets(said: &str, keys: &KeyPair) -> String {
    let secrets = [Some(&keys.secret_access_key), keys.session_token.as_ref()];
    let mut secrets = secrets.into_iter().flatten();
    let ends_line = |letter: char| letter.is_control() && letter != '\t';
    let line = said.split(ends_line).next().unwrap_or_default();
    if secrets.any(|secret| line.contains(secret.expose())) {
        return String::new();
    }
    line.chars().take(TOLD_LENGTH).collect()
}

/// The first element of this name directly in a node.
fn within(document: &Document<'_>, node: NodeId, name: &str) -> Option<NodeId> {
    let mut children = document.children_iter(node);
    children.find(|child| {
        let element = document.element(*child);
        element.is_some_and(|element| element.name.local_name == name)
    })
}

fn text(document: &Document<'_>, node: NodeId, name: &str) -> Option<String> {
    Some(document.text_content_deep(within(document, node, name)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASSUMED: &str = r#"<?xml version="1.0"?>
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleResult>
    <AssumedRoleUser><Arn>arn:aws:sts::000000000000:assumed-role/r/s</Arn></AssumedRoleUser>
    <Credentials>
      <AccessKeyId>ASIAEXAMPLE</AccessKeyId>
      <SecretAccessKey>a/b+c&amp;</SecretAccessKey>
      <SessionToken>token==</SessionToken>
      <Expiration>2026-11-24T21:14:25Z</Expiration>
    </Credentials>
  </AssumeRoleResult>
  <ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>
</AssumeRoleResponse>"#;

    fn keys() -> KeyPair {
        KeyPair {
            access_key_id: "AKIDEXAMPLE".to_owned(),
            secret_access_key: Secret::new("hidden-secret"),
            session_token: Some(Secret::new("hidden-token")),
        }
    }

    fn read_text(status: u16, body: &str) -> Result<TemporaryCredentials, RoleError> {
        let body = Bytes::from(body.to_owned());
        read(&Answer { status, body }, &keys())
    }

    fn refused(message: &str) -> Result<TemporaryCredentials, RoleError> {
        let body = format!(
            "<ErrorResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><Error>\
             <Type>Sender</Type><Code>AccessDenied</Code><Message>{message}</Message></Error>\
             <RequestId>1</RequestId></ErrorResponse>"
        );
        read_text(403, &body)
    }

    fn refusal(message: &str) -> Result<TemporaryCredentials, RoleError> {
        Err(RoleError::Refused {
            status: 403,
            code: "AccessDenied".to_owned(),
            message: message.to_owned(),
        })
    }

    #[test]
    fn credentials_are_read() {
        let credentials = TemporaryCredentials {
            access_key_id: "ASIAEXAMPLE".to_owned(),
            secret_access_key: Secret::new("a/b+c&"),
            session_token: Secret::new("token=="),
            expiration: Timestamp::parse("2026-11-24T21:14:25Z").unwrap(),
        };
        assert_eq!(read_text(200, ASSUMED), Ok(credentials));
    }

    #[test]
    fn a_refusal_is_read() {
        let message = "User: x is not authorized &amp; more";
        assert_eq!(
            refused(message),
            refusal("User: x is not authorized & more")
        );
        assert_eq!(refused(""), refusal(""));
    }

    #[test]
    fn a_message_is_cut_and_tells_no_secret() {
        assert_eq!(refused("one\ntwo hidden-token"), refusal("one"));
        assert_eq!(refused("x hidden-token"), refusal(""));
        assert_eq!(refused("x hidden-secret"), refusal(""));
        assert_eq!(refused(&"é".repeat(600)), refusal(&"é".repeat(512)));
    }

    #[test]
    fn a_code_is_cut_and_tells_no_secret() {
        let code = |code: &str| {
            let body = format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>");
            match read_text(403, &body) {
                Err(RoleError::Refused { code, .. }) => code,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(code("Denied\ntwice"), "Denied");
        assert_eq!(code("Denied&#13;twice"), "Denied");
        assert_eq!(code("x hidden-token"), "");
        assert_eq!(code("hidden-secret"), "");
        assert_eq!(code(&"x".repeat(600)), "x".repeat(512));
    }

    #[test]
    fn what_is_not_of_sts_is_not_understood() {
        for (status, body) in [
            (200, ""),
            (200, "{}"),
            (200, "<html/>"),
            (200, "<!DOCTYPE a><a/>"),
            (200, &ASSUMED.replace("2026-11-24T21:14:25Z", "soon")),
            (200, &ASSUMED.replace("token==", "")),
            (
                200,
                &ASSUMED.replace("AssumeRoleResult", "GetSessionTokenResult"),
            ),
            (200, &"<a>".repeat(20)),
            (404, "Not found"),
            (500, "<ErrorResponse/>"),
            (302, ASSUMED),
        ] {
            let expected = Err(RoleError::NotUnderstood(status));
            assert_eq!(read_text(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn the_form_is_encoded() {
        let role = Role {
            endpoint: Endpoint::new("http://127.0.0.1:1", None).unwrap(),
            region: "us-east-1".to_owned(),
            arn: "arn:aws:iam::000000000000:role/a+b".to_owned(),
            session_name: "me@here".to_owned(),
            duration_seconds: Some(900),
            source: Source::Given(keys()),
        };
        assert_eq!(
            role.form(),
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000000\
             %3Arole%2Fa%2Bb&RoleSessionName=me%40here&DurationSeconds=900"
        );
    }
}
