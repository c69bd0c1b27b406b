//! The form of a record, member by member in CloudTrail's order.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::net::IpAddr;

use keyward_names::{AccountId, Timestamp};
use serde::Serialize;

use crate::EventId;

/// The form's version. AWS has written 1.08 to 1.11 over the years.
const EVENT_VERSION: &str = "1.11";

/// The most bytes of a client's name for itself that are kept, since strangers choose its length
/// (unsure).
const USER_AGENT_BYTES: usize = 1_024;

/// How many bytes a record usually has without what is rendered before.
const USUAL_BYTES: usize = 1_024;

const NULL: Option<&str> = Some("null");

/// One event.
#[derive(Debug)]
pub struct Record<'a> {
    /// Who asked.
    pub identity: Identity<'a>,
    /// When.
    pub time: Timestamp,
    /// The service that was asked, such as `iam.amazonaws.com`.
    pub source: &'a str,
    /// What was asked for: the operation's name.
    pub name: &'a str,
    /// The region that answered.
    pub region: &'a str,
    /// Where the request came from, as far as that is known.
    pub source_address: Option<IpAddr>,
    /// The client's name for itself.
    pub user_agent: Option<&'a str>,
    /// What kept it from being done: a code, and a message.
    pub error: Option<(&'a str, Option<&'a str>)>,
    /// A message without a code, which only sign-in has.
    pub failure: Option<&'a str>,
    /// What it was asked with, rendered without secrets: one JSON value on one line, written by our own
    /// code. It is put in as it is.
    pub request_parameters: Option<&'a str>,
    /// What was answered, rendered without secrets, in the same way.
    pub response_elements: Option<&'a str>,
    /// What some services add, in the same way.
    pub additional_data: Option<String>,
    /// The id that the answer carries.
    pub request_id: Option<&'a str>,
    /// The id of this event.
    pub event_id: EventId,
    /// Whether it changes nothing.
    pub is_read_only: bool,
    /// What kind of event it is.
    pub event_type: EventType,
    /// What it was about, where the service tells that.
    pub resources: &'a [RecordResource],
    /// The account whose trail the record belongs to.
    pub recipient: AccountId,
    /// The id that the records of one event in several accounts' trails share.
    pub shared_event_id: Option<EventId>,
    /// The connection, where it was TLS.
    pub tls: Option<TlsDetails<'a>>,
    /// Whether the caller signed in with a browser.
    pub is_from_console: bool,
}

/// What kind of event a record is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum EventType {
    /// A call of the API.
    AwsApiCall,
    /// Something at the door.
    AwsConsoleSignIn,
}

/// Who asked.
#[derive(Debug, Clone)]
pub struct Identity<'a> {
    /// What the caller is.
    pub kind: IdentityType,
    /// The caller's unique id.
    pub principal_id: Option<String>,
    /// The caller's ARN.
    pub arn: Option<String>,
    /// The caller's account. Whom an identity provider vouches for has none.
    pub account_id: Option<AccountId>,
    /// The key that signed.
    pub access_key_id: Option<String>,
    /// A user's name.
    pub user_name: Option<&'a str>,
    /// The session, where the caller's credentials are temporary.
    pub session_context: Option<SessionContext<'a>>,
    /// Who vouches for the caller, where that is all that is known of it.
    pub identity_provider: Option<&'a str>,
    /// The service that asked on the caller's behalf.
    pub invoked_by: Option<&'static str>,
}

/// What a caller is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum IdentityType {
    /// The account's root user.
    Root,
    /// A user.
    #[serde(rename = "IAMUser")]
    IamUser,
    /// A session of a role.
    AssumedRole,
    /// A federated user.
    FederatedUser,
    /// Whom a web identity provider vouches for.
    WebIdentityUser,
    /// Whom a SAML provider vouches for.
    #[serde(rename = "SAMLUser")]
    SamlUser,
    /// A role, as the issuer of a session.
    Role,
    /// Someone of another account.
    #[serde(rename = "AWSAccount")]
    AwsAccount,
}

/// A session.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionContext<'a> {
    /// Whose rights it has, where that is not the caller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_issuer: Option<SessionIssuer<'a>>,
    /// The web identity provider that vouched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_id_federation_data: Option<WebIdFederationData<'a>>,
    /// What is known of it.
    pub attributes: SessionAttributes,
    /// The source identity: the person or program behind the session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<&'a str>,
}

/// Whose rights a session has.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionIssuer<'a> {
    /// A role, a user or a root user.
    #[serde(rename = "type")]
    pub kind: IdentityType,
    /// Its unique id.
    pub principal_id: String,
    /// Its ARN.
    pub arn: String,
    /// Its account.
    pub account_id: AccountId,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<&'a str>,
}

/// The web identity provider that vouched for a session.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WebIdFederationData<'a> {
    /// The provider.
    pub federated_provider: &'a str,
    /// What it said.
    pub attributes: BTreeMap<&'a str, &'a str>,
}

/// Something that a call was about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordResource {
    /// Whose it is.
    pub account_id: AccountId,
    /// `AWS::IAM::Role`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its ARN.
    #[serde(rename = "ARN")]
    pub arn: String,
}

/// What is known of a session.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionAttributes {
    /// When it began.
    pub creation_date: Timestamp,
    /// Whether a second factor took part.
    #[serde(serialize_with = "as_text")]
    pub mfa_authenticated: bool,
}

/// A connection over TLS.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsDetails<'a> {
    /// `TLSv1.3`
    pub tls_version: &'a str,
    /// `TLS_AES_128_GCM_SHA256`
    pub cipher_suite: &'a str,
    /// What the client calls the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_provided_host_header: Option<&'a str>,
}

impl Record<'_> {
    /// The record as a line of JSON, without its end.
    #[must_use]
    pub fn to_json(&self) -> String {
        let (error_code, error_message) = match self.error {
            Some((code, message)) => (Some(code), message),
            None => (None, self.failure),
        };
        let rendered = [
            self.request_parameters,
            self.response_elements,
            self.additional_data.as_deref(),
        ];
        let rendered_bytes = rendered.into_iter().flatten().map(str::len).sum::<usize>();
        let mut line = Line::with_capacity(USUAL_BYTES + rendered_bytes);
        line.add_text("{\"eventVersion\":", EVENT_VERSION);
        self.identity.write(&mut line);
        line.add_word(",\"eventTime\":", &self.time);
        line.add_text(",\"eventSource\":", self.source);
        line.add_text(",\"eventName\":", self.name);
        line.add_text(",\"awsRegion\":", self.region);
        match &self.source_address {
            Some(address) => line.add_word(",\"sourceIPAddress\":", address),
            None => line.add_json(",\"sourceIPAddress\":", NULL),
        }
        match self.user_agent {
            Some(agent) => line.add_text(",\"userAgent\":", shortened(agent)),
            None => line.add_json(",\"userAgent\":", NULL),
        }
        line.add_some_text(",\"errorCode\":", error_code);
        line.add_some_text(",\"errorMessage\":", error_message);
        line.add_json(",\"requestParameters\":", self.request_parameters.or(NULL));
        line.add_json(",\"responseElements\":", self.response_elements.or(NULL));
        line.add_json(",\"additionalEventData\":", self.additional_data.as_deref());
        line.add_some_text(",\"requestID\":", self.request_id);
        line.add_word(",\"eventID\":", &self.event_id);
        line.add(",\"readOnly\":", &self.is_read_only);
        if !self.resources.is_empty() {
            line.add(",\"resources\":", self.resources);
        }
        line.add(",\"eventType\":", &self.event_type);
        line.add(",\"managementEvent\":", &true);
        line.add_word(",\"recipientAccountId\":", &self.recipient);
        line.add_some(",\"sharedEventID\":", self.shared_event_id.as_ref());
        line.add_text(",\"eventCategory\":", "Management");
        line.add_some(",\"tlsDetails\":", self.tls.as_ref());
        let from_console = self.is_from_console.then_some("true");
        line.add_some_text(",\"sessionCredentialFromConsole\":", from_console);
        line.end()
    }
}

impl Identity<'_> {
    fn write(&self, line: &mut Line) {
        line.add(",\"userIdentity\":{\"type\":", &self.kind);
        line.add_some_text(",\"principalId\":", self.principal_id.as_deref());
        line.add_some_text(",\"arn\":", self.arn.as_deref());
        if let Some(account_id) = &self.account_id {
            line.add_word(",\"accountId\":", account_id);
        }
        line.add_some_text(",\"accessKeyId\":", self.access_key_id.as_deref());
        line.add_some_text(",\"userName\":", self.user_name);
        line.add_some(",\"sessionContext\":", self.session_context.as_ref());
        line.add_some_text(",\"identityProvider\":", self.identity_provider);
        line.add_some_text(",\"invokedBy\":", self.invoked_by);
        line.0.push(b'}');
    }
}

/// A record that is being written. Its members are written one by one, since JSON that is rendered
/// already would have to be read again to go through a serializer.
struct Line(Vec<u8>);

impl Line {
    fn with_capacity(bytes: usize) -> Self {
        Self(Vec::with_capacity(bytes))
    }

    /// Writes a member that is a text. Most need no escapes, and can be copied at once.
    fn add_text(&mut self, before: &str, text: &str) {
        let is_special = |byte: u8| byte < b' ' || matches!(byte, b'"' | b'\\');
        // No early end: so the compiler looks at many bytes at once.
        let needs_escapes = text
            .bytes()
            .fold(false, |found, byte| found | is_special(byte));
        if needs_escapes {
            self.add(before, text);
        } else {
            self.0.extend_from_slice(before.as_bytes());
            self.0.push(b'"');
            self.0.extend_from_slice(text.as_bytes());
            self.0.push(b'"');
        }
    }

    fn add_some_text(&mut self, before: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.add_text(before, text);
        }
    }

    /// Writes a member that is printed in quotes: an id, a time or an address, which have nothing to
    /// escape.
    fn add_word(&mut self, before: &str, word: &impl fmt::Display) {
        self.0.extend_from_slice(before.as_bytes());
        // Memory does not fail.
        let _ = write!(self.0, "\"{word}\"");
    }

    /// Writes a member: what comes before its value, and the value.
    fn add(&mut self, before: &str, value: &(impl Serialize + ?Sized)) {
        self.0.extend_from_slice(before.as_bytes());
        // A text, a word or a structure of them: nothing in it can fail, and neither does memory.
        let _ = serde_json::to_writer(&mut self.0, value);
    }

    /// Writes a member that is left out where there is nothing.
    fn add_some(&mut self, before: &str, value: Option<&(impl Serialize + ?Sized)>) {
        if let Some(value) = value {
            self.add(before, value);
        }
    }

    /// Writes a member that is JSON already, or leaves it out where there is nothing.
    fn add_json(&mut self, before: &str, json: Option<&str>) {
        if let Some(json) = json {
            debug_assert!(
                serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok(),
                "a record was given a text that is no JSON"
            );
            self.0.extend_from_slice(before.as_bytes());
            self.0.extend_from_slice(json.as_bytes());
        }
    }

    fn end(mut self) -> String {
        self.0.push(b'}');
        // All that was written is texts.
        String::from_utf8(self.0).unwrap_or_default()
    }
}

fn shortened(text: &str) -> &str {
    let end = text.floor_char_boundary(USER_AGENT_BYTES);
    text.get(..end).unwrap_or_default()
}

fn as_text<S: serde::Serializer>(value: &bool, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(if *value { "true" } else { "false" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record<'a>() -> Record<'a> {
        let account_id = AccountId::parse("123456789012").unwrap();
        Record {
            identity: Identity {
                kind: IdentityType::IamUser,
                principal_id: Some("AIDAEXAMPLE".to_owned()),
                arn: Some("arn:aws:iam::123456789012:user/admin".to_owned()),
                account_id: Some(account_id),
                access_key_id: Some("AKIAEXAMPLE".to_owned()),
                user_name: Some("admin"),
                session_context: None,
                identity_provider: None,
                invoked_by: None,
            },
            time: Timestamp::parse("2026-08-01T13:42:21Z").unwrap(),
            source: "iam.amazonaws.com",
            name: "UpdateLoginProfile",
            region: "us-east-1",
            source_address: Some([203, 0, 113, 5].into()),
            user_agent: Some("aws-cli/2.17"),
            error: None,
            failure: None,
            request_parameters: Some(r#"{"userName":"bob","passwordResetRequired":true}"#),
            response_elements: None,
            additional_data: None,
            request_id: Some("6f1c"),
            event_id: EventId::from_random([1; 16]),
            is_read_only: false,
            event_type: EventType::AwsApiCall,
            resources: &[],
            recipient: account_id,
            shared_event_id: None,
            tls: None,
            is_from_console: false,
        }
    }

    #[test]
    fn a_record_has_the_members_of_cloudtrail_in_its_order() {
        let tls = TlsDetails {
            tls_version: "TLSv1.3",
            cipher_suite: "TLS_AES_128_GCM_SHA256",
            client_provided_host_header: Some("iam.amazonaws.com"),
        };
        let record = Record {
            tls: Some(tls),
            ..record()
        };
        assert_eq!(
            record.to_json(),
            concat!(
                r#"{"eventVersion":"1.11","userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLE","#,
                r#""arn":"arn:aws:iam::123456789012:user/admin","accountId":"123456789012","#,
                r#""accessKeyId":"AKIAEXAMPLE","userName":"admin"},"eventTime":"2026-08-01T13:42:21Z","#,
                r#""eventSource":"iam.amazonaws.com","eventName":"UpdateLoginProfile","#,
                r#""awsRegion":"us-east-1","sourceIPAddress":"203.0.113.5","userAgent":"aws-cli/2.17","#,
                r#""requestParameters":{"userName":"bob","passwordResetRequired":true},"#,
                r#""responseElements":null,"requestID":"6f1c","#,
                r#""eventID":"01010101-0101-4101-8101-010101010101","readOnly":false,"#,
                r#""eventType":"AwsApiCall","managementEvent":true,"#,
                r#""recipientAccountId":"123456789012","eventCategory":"Management","#,
                r#""tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","#,
                r#""clientProvidedHostHeader":"iam.amazonaws.com"}}"#
            )
        );
    }

    #[test]
    fn an_error_comes_before_the_parameters_and_a_session_after_the_name() {
        let mut record = record();
        record.error = Some(("NoSuchEntityException", Some("The user is gone.")));
        record.identity.session_context = Some(SessionContext {
            session_issuer: None,
            web_id_federation_data: None,
            attributes: SessionAttributes {
                creation_date: record.time,
                mfa_authenticated: false,
            },
            source_identity: None,
        });
        record.is_from_console = true;
        let json = record.to_json();
        for part in [
            r#""userName":"admin","sessionContext":{"attributes":{"creationDate":"2026-08-01T13:42:21Z","mfaAuthenticated":"false"}}},"#,
            r#""userAgent":"aws-cli/2.17","errorCode":"NoSuchEntityException","errorMessage":"The user is gone.","requestParameters""#,
            r#""eventCategory":"Management","sessionCredentialFromConsole":"true"}"#,
        ] {
            assert!(json.contains(part), "{json}");
        }
    }

    #[test]
    fn what_is_not_known_is_null_or_left_out() {
        let mut record = record();
        record.source_address = None;
        record.user_agent = None;
        record.request_parameters = None;
        record.request_id = None;
        record.identity.principal_id = None;
        record.identity.arn = None;
        record.identity.access_key_id = Some(String::new());
        record.identity.user_name = Some("a\"b\\c");
        record.identity.invoked_by = Some("signin.amazonaws.com");
        record.additional_data = Some(r#"{"MFAUsed":"No"}"#.to_owned());
        let json = record.to_json();
        for part in [
            r#""userIdentity":{"type":"IAMUser","accountId":"123456789012","accessKeyId":"","userName":"a\"b\\c","invokedBy":"signin.amazonaws.com"},"#,
            r#""sourceIPAddress":null,"userAgent":null,"requestParameters":null,"responseElements":null,"additionalEventData":{"MFAUsed":"No"},"eventID":"#,
        ] {
            assert!(json.contains(part), "{json}");
        }
    }

    #[test]
    fn a_record_is_one_line_whatever_clients_send() {
        let agent = format!("a\n\"b\u{1b}{}", "é".repeat(2_000));
        let record = Record {
            user_agent: Some(&agent),
            ..record()
        };
        let json = record.to_json();
        assert!(!json.contains(['\n', '\u{1b}']), "{json}");
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        let kept = read["userAgent"].as_str().unwrap();
        assert!(agent.starts_with(kept) && (1_020..=1_024).contains(&kept.len()));
    }
}
