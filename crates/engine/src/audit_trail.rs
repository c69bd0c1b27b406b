//! The audit trail of a call: what its records say, and when they are written.
//!
//! Every call of an identified caller has a record, whether it succeeds or not. If the call changes
//! something, one record goes into the store with the change, and a copy to the sink; all others go
//! to the sink alone. A caller that could not be identified appears in the log only; so does one
//! for whom no identity provider was found.
//!
//! What a record says that is not in the request, the operation hands back with its answer or its
//! refusal, as [`AuditFacts`].

use std::collections::BTreeMap;
use std::sync::Arc;

use keyward_account::{Account, Role};
use keyward_api::{FaultCode, OperationId, Service};
use keyward_audit::{EventId, EventType, Identity, Record, RecordResource, TlsDetails};
use keyward_authorization::sessions::FederatedIdentity;
use keyward_authorization::{Caller, Entrance, RequestContext};
use keyward_faults::Fault;
use keyward_names::{AccountId, Timestamp};
use serde_json::Value;

use crate::audit::Audit;
use crate::audit_identity::{identity, identity_elsewhere};
use crate::random::random_id;

/// The region of IAM, and of the host of STS that has no region in its name.
const GLOBAL_REGION: &str = "us-east-1";
/// The service that stands for the sign-in page where that changes a password (unsure).
const DOOR: &str = "signin.amazonaws.com";
/// The code in the record of a request whose client hung up before the answer. AWS has no such
/// code.
const GIVEN_UP: (&str, Option<&str>) = (
    "Unanswered",
    Some("The request was given up before it was answered."),
);
/// The message in the record of a web identity that may not assume the role (documented).
const UNTOLD: &str = "An unknown error occurred";

/// What an operation found out and its audit record says in addition to the request.
#[derive(Debug, Clone, Default)]
pub struct AuditFacts {
    /// The identity that a provider vouches for, where nobody signed the request.
    federated: Option<Caller>,
    /// Request parameters to record that are not in the request itself, by name.
    parameters: BTreeMap<&'static str, Value>,
    /// The role that was assumed.
    assumed: Option<AssumedRole>,
}

/// A role that was assumed.
#[derive(Debug, Clone)]
struct AssumedRole {
    account: AccountId,
    /// The ARNs of the role and of the SAML provider that vouched.
    resources: Vec<RecordResource>,
}

impl AuditFacts {
    /// The identity that a provider vouches for, as the operation found it.
    #[must_use]
    pub fn federated(vouched: &Arc<FederatedIdentity>) -> Self {
        Self {
            federated: Some(Caller::Federated(Arc::clone(vouched))),
            parameters: vouched.recorded.parameters.clone(),
            ..Self::default()
        }
    }

    /// A request parameter to record that is not in the request itself.
    #[must_use]
    pub fn parameter(name: &'static str, value: Value) -> Self {
        Self {
            parameters: BTreeMap::from([(name, value)]),
            ..Self::default()
        }
    }

    /// Which role of which account was assumed, and by way of which SAML provider.
    #[must_use]
    pub fn assumed(account: AccountId, role: &Role, saml_provider: Option<&str>) -> Self {
        let resource = |kind, arn| RecordResource {
            account_id: account,
            kind,
            arn,
        };
        let role = resource("AWS::IAM::Role", role.arn(account));
        let provider =
            saml_provider.map(|provider| resource("AWS::IAM::SAMLProvider", provider.to_owned()));
        Self {
            assumed: Some(AssumedRole {
                account,
                resources: [role].into_iter().chain(provider).collect(),
            }),
            ..Self::default()
        }
    }

    /// Both sets of facts; where both name an identity or a role, the first holds.
    #[must_use]
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.parameters.extend(others.parameters);
        Self {
            federated: self.federated.or(others.federated),
            parameters: self.parameters,
            assumed: self.assumed.or(others.assumed),
        }
    }
}

/// What is known of a call at its beginning.
pub(crate) struct RecordedCall {
    pub(crate) operation: OperationId,
    pub(crate) caller: Caller,
    pub(crate) request_context: Arc<RequestContext>,
    /// The account as it was when the call began.
    pub(crate) account: Arc<Account>,
    pub(crate) time: Timestamp,
    /// The input, rendered without secrets: a JSON object.
    pub(crate) parameters: Option<String>,
    pub(crate) request_id: String,
    pub(crate) event_id: EventId,
}

/// The record that the store keeps with a change.
#[derive(Debug, Clone)]
pub(crate) struct KeptRecord {
    /// The record as JSON.
    json: String,
    /// The answer that it shows.
    answer: Option<String>,
}

/// A call that will have a record.
pub(crate) struct AuditTrail {
    audit: Arc<Audit>,
    called: Arc<RecordedCall>,
    is_told: bool,
}

impl AuditTrail {
    /// Begins the trail of a call; `None` where nobody wants records. The input is then not even
    /// rendered.
    pub(crate) fn begin(
        audit: &Arc<Audit>,
        called: impl FnOnce(EventId) -> RecordedCall,
    ) -> Option<Self> {
        if !audit.is_wanted() {
            return None;
        }
        // Without random bytes nothing else works either; a record without an id is better than none.
        let event_id = EventId::from_random(random_id().unwrap_or_default());
        Some(Self {
            audit: Arc::clone(audit),
            called: Arc::new(called(event_id)),
            is_told: false,
        })
    }

    /// What is known of the call at its beginning.
    pub(crate) fn called(&self) -> &Arc<RecordedCall> {
        &self.called
    }

    /// The call was answered. `kept` is the record that the store keeps with the change, if there
    /// is one.
    pub(crate) fn answered(
        mut self,
        facts: &AuditFacts,
        kept: Option<KeptRecord>,
        answer: impl FnOnce() -> Option<String>,
    ) {
        let answer = if self.audit.has_sink() && shows_answer(self.called.operation) {
            answer()
        } else {
            None
        };
        match kept {
            // The sink gets the same record.
            Some(kept) if kept.answer == answer => {
                self.is_told = true;
                self.audit.send_json(kept.json);
            }
            Some(_) | None => self.tell(facts, None, answer.as_deref()),
        }
    }

    /// The call was refused.
    pub(crate) fn refused(mut self, facts: &AuditFacts, fault: &Fault) {
        let code = error_code(fault.code());
        let is_denied = fault.code() == FaultCode::AccessDenied;
        let is_of_token = self.called.operation == OperationId::StsAssumeRoleWithWebIdentity;
        let message = if is_denied && is_of_token {
            Some(UNTOLD)
        } else {
            fault.message()
        };
        self.tell(facts, Some((&code, message)), None);
    }

    fn tell(
        &mut self,
        facts: &AuditFacts,
        error: Option<(&str, Option<&str>)>,
        answer: Option<&str>,
    ) {
        self.is_told = true;
        let caller = facts.federated.as_ref().unwrap_or(&self.called.caller);
        if matches!(caller, Caller::Unsigned) || !self.audit.has_sink() {
            return;
        }
        let parameters = with_more(self.called.parameters.as_deref(), &facts.parameters);
        let assumed = facts.assumed.as_ref().filter(|_| error.is_none());
        let record = Record {
            resources: assumed.map_or(&[], |assumed| &assumed.resources),
            ..self
                .called
                .record(caller, parameters.as_deref(), error, answer)
        };
        let own = self.called.account.id();
        let elsewhere = assumed.map(|assumed| assumed.account);
        let Some(elsewhere) = elsewhere.filter(|elsewhere| *elsewhere != own) else {
            self.audit.send(&record);
            return;
        };
        // Both accounts get a record, each with its own event id and the same shared one.
        let shared_event_id = Some(EventId::from_random(random_id().unwrap_or_default()));
        let in_own = Record {
            shared_event_id,
            ..record
        };
        self.audit.send(&in_own);
        let in_other = Record {
            identity: identity_elsewhere(&self.called.account, caller),
            event_id: EventId::from_random(random_id().unwrap_or_default()),
            recipient: elsewhere,
            ..in_own
        };
        self.audit.send(&in_other);
    }
}

/// A client that hangs up ends its request; the call is recorded all the same.
impl Drop for AuditTrail {
    fn drop(&mut self) {
        if !self.is_told {
            self.tell(&AuditFacts::default(), Some(GIVEN_UP), None);
        }
    }
}

/// A JSON object with members added to it. It must not have them already. It is extended as text,
/// without being parsed.
fn with_more(object: Option<&str>, more: &BTreeMap<&'static str, Value>) -> Option<String> {
    if more.is_empty() {
        return object.map(str::to_owned);
    }
    let mut longer = object.unwrap_or("{}").to_owned();
    longer.pop();
    for (name, value) in more {
        if longer.len() > 1 {
            longer.push(',');
        }
        longer.push_str(&format!("{}:{value}", Value::from(*name)));
    }
    longer.push('}');
    Some(longer)
}

impl RecordedCall {
    /// The record that the store keeps with a change, if it keeps records. `answer` is what the
    /// caller will get if the change is made, where that is known already.
    pub(crate) fn of_change(&self, audit: &Audit, answer: Option<String>) -> Option<KeptRecord> {
        let record = self.record(
            &self.caller,
            self.parameters.as_deref(),
            None,
            answer.as_deref(),
        );
        let json = audit.of_change(&record)?;
        Some(KeptRecord { json, answer })
    }

    fn record<'a>(
        &'a self,
        caller: &'a Caller,
        parameters: Option<&'a str>,
        error: Option<(&'a str, Option<&'a str>)>,
        answer: Option<&'a str>,
    ) -> Record<'a> {
        let request_context = &*self.request_context;
        let service = self.operation.service();
        let is_denied = error.is_some_and(|(code, _)| code == FaultCode::AccessDenied.code());
        // The identity that is vouched for is recorded with the role, also where it may not assume
        // it (documented).
        let is_vouched = matches!(caller, Caller::Federated(_));
        let (user_agent, invoked_by) = match request_context.entrance {
            Entrance::Api | Entrance::Console => (request_context.user_agent.as_deref(), None),
            Entrance::Door => (Some(DOOR), Some(DOOR)),
        };
        let identity = Identity {
            invoked_by,
            ..identity(&self.account, caller, request_context.signed_in)
        };
        Record {
            identity,
            time: self.time,
            source: source_of(service),
            name: self.operation.name(),
            region: region(service, request_context),
            source_address: request_context.source,
            user_agent,
            error,
            failure: None,
            // Many operations of IAM were seen to leave out the parameters of a denied request;
            // that all do is (unsure).
            request_parameters: parameters.filter(|_| is_vouched || !is_denied),
            response_elements: answer,
            additional_data: additional_data(service, request_context),
            request_id: Some(&*self.request_id).filter(|id| !id.is_empty()),
            event_id: self.event_id,
            is_read_only: is_read_only(self.operation),
            event_type: EventType::AwsApiCall,
            resources: &[],
            recipient: self.account.id(),
            shared_event_id: None,
            tls: tls_details(request_context),
            is_from_console: request_context.entrance == Entrance::Console,
        }
    }
}

impl KeptRecord {
    /// The record as JSON.
    pub(crate) fn into_json(self) -> String {
        self.json
    }
}

/// The TLS connection for records; `None` where the request came without TLS.
#[must_use]
pub fn tls_details(request_context: &RequestContext) -> Option<TlsDetails<'_>> {
    request_context.tls.as_ref().map(|tls| TlsDetails {
        tls_version: tls.version,
        cipher_suite: &tls.cipher_suite,
        client_provided_host_header: request_context.host.as_deref(),
    })
}

fn source_of(service: Service) -> &'static str {
    match service {
        Service::Iam => "iam.amazonaws.com",
        Service::Sts => "sts.amazonaws.com",
    }
}

fn region(service: Service, request_context: &RequestContext) -> &str {
    match service {
        Service::Iam => GLOBAL_REGION,
        Service::Sts if request_context.is_global_sts_host() => GLOBAL_REGION,
        Service::Sts => request_context.region.as_deref().unwrap_or(GLOBAL_REGION),
    }
}

/// Records of STS say which endpoint served the request.
fn additional_data(service: Service, request_context: &RequestContext) -> Option<String> {
    let endpoint_type = match service {
        Service::Iam => return None,
        Service::Sts if request_context.is_global_sts_host() => "global",
        Service::Sts => "regional",
    };
    let region = region(service, request_context);
    let details = serde_json::json!({"awsServingRegion": region, "endpointType": endpoint_type});
    Some(serde_json::json!({ "RequestDetails": details }).to_string())
}

/// The name of the code's exception (unsure for codes that the models of the services do not list).
fn error_code(code: FaultCode) -> String {
    match code.code() {
        plain @ ("AccessDenied" | "InternalFailure" | "ServiceUnavailable") => plain.to_owned(),
        "ValidationError" => "ValidationException".to_owned(),
        whole if whole.ends_with("Exception") => whole.to_owned(),
        stem => format!("{stem}Exception"),
    }
}

/// Whether the record says `readOnly`. Generating a report does not count as reading (unsure).
fn is_read_only(operation: OperationId) -> bool {
    let name = operation.name();
    match operation.service() {
        Service::Iam => ["Get", "List", "Simulate"]
            .iter()
            .any(|beginning| name.starts_with(beginning)),
        // This follows what AWS records, not what the operations do.
        Service::Sts => !matches!(
            name,
            "AssumeRoot" | "GetFederationToken" | "GetSessionToken"
        ),
    }
}

/// Whether a record shows the answer: not that of a read, except where it gives out a role.
fn shows_answer(operation: OperationId) -> bool {
    !is_read_only(operation) || operation.name().starts_with("AssumeRole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_gets_more_members() {
        let more = BTreeMap::from([("b", Value::from("x\"y")), ("c", Value::from(1))]);
        assert_eq!(with_more(None, &BTreeMap::new()), None);
        for (object, longer) in [
            (None, r#"{"b":"x\"y","c":1}"#),
            (Some("{}"), r#"{"b":"x\"y","c":1}"#),
            (Some(r#"{"a":{}}"#), r#"{"a":{},"b":"x\"y","c":1}"#),
        ] {
            assert_eq!(with_more(object, &more).as_deref(), Some(longer));
        }
    }

    #[test]
    fn errors_have_the_names_of_their_exceptions() {
        for (code, name) in [
            (FaultCode::NoSuchEntity, "NoSuchEntityException"),
            (
                FaultCode::PasswordPolicyViolation,
                "PasswordPolicyViolationException",
            ),
            (FaultCode::AccessDenied, "AccessDenied"),
            (FaultCode::ValidationError, "ValidationException"),
            (FaultCode::InternalFailure, "InternalFailure"),
        ] {
            assert_eq!(error_code(code), name);
        }
    }

    #[test]
    fn what_changes_nothing_is_told_by_the_operation() {
        for (operation, read_only, answered) in [
            (OperationId::IamGetUser, true, false),
            (OperationId::IamListUsers, true, false),
            (OperationId::IamSimulateCustomPolicy, true, false),
            (OperationId::IamGetContextKeysForCustomPolicy, true, false),
            (OperationId::IamGenerateCredentialReport, false, true),
            (OperationId::IamCreateUser, false, true),
            (OperationId::StsAssumeRole, true, true),
            (OperationId::StsGetCallerIdentity, true, false),
            (OperationId::StsGetSessionToken, false, true),
            (OperationId::StsAssumeRoot, false, true),
        ] {
            assert_eq!(is_read_only(operation), read_only, "{operation:?}");
            assert_eq!(shows_answer(operation), answered, "{operation:?}");
        }
    }
}
