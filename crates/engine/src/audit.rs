//! What audit records tell of calls, and what becomes of the records.
//!
//! Every call of a caller who is known has one, whatever comes of it. Where it changes something, a
//! record goes into the store with the change itself, and a copy to the sink; all others go to the sink
//! alone. Who failed to say who they are is in the log only, and whoever no identity provider is found
//! to vouch for.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use keyward_account::{Account, Role};
use keyward_api::{FaultCode, OperationId, Service};
use keyward_audit::{
    EventId, EventType, Identity, IdentityType, Record, RecordResource, SessionAttributes,
    SessionContext, SessionIssuer, Sink, TlsDetails, WebIdFederationData,
};
use keyward_authorization::sessions::{Holder, Recorded, RoleSession, Session, Vouched, VouchedBy};
use keyward_authorization::{Caller, Principal};
use keyward_authorization::{Circumstances, Entrance};
use keyward_faults::Fault;
use keyward_names::{AccountId, Age, Timestamp};
use keyward_store::{KeptAudit, Store, StoreError};
use serde_json::{Map, Value};

use crate::random::random_id;

/// The region of IAM, and of the host of STS that has no region in its name.
const GLOBAL_REGION: &str = "us-east-1";
/// What stands for the door where it changes a password (unsure).
const DOOR: &str = "signin.amazonaws.com";
/// The code of a request that nobody is there any more to be answered. It is no code of AWS.
const GIVEN_UP: (&str, Option<&str>) = (
    "Unanswered",
    Some("The request was given up before it was answered."),
);
/// The message of a role that a web identity may not take on (documented).
const UNTOLD: &str = "An unknown error occurred";

/// What becomes of audit records. By default there are none.
#[derive(Default)]
pub struct Audit {
    sink: Option<Sink>,
    keeps_changes: bool,
    /// `None`: for good.
    kept_for: Option<Age>,
}

impl Audit {
    /// Records of changes are kept with them for a time, or for good; all go to the sink, if there is
    /// one.
    #[must_use]
    pub fn new(sink: Option<Sink>, kept_for: Option<Age>) -> Self {
        Self {
            sink,
            keeps_changes: true,
            kept_for,
        }
    }

    /// How many records were lost on their way to files since the start.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.sink.as_ref().map_or(0, Sink::lost)
    }

    /// Whether anyone wants a record of what changes nothing.
    #[must_use]
    pub fn has_sink(&self) -> bool {
        self.sink.is_some()
    }

    /// The record as it is kept with a change, if it is.
    #[must_use]
    pub fn of_change(&self, record: &Record<'_>) -> Option<String> {
        self.keeps_changes.then(|| record.to_json())
    }

    /// Sends a record to the sink. Never waits.
    pub fn send(&self, record: &Record<'_>) {
        if let Some(sink) = &self.sink {
            sink.send(record.to_json());
        }
    }

    /// Sends a record that is written already.
    fn send_json(&self, record: String) {
        if let Some(sink) = &self.sink {
            sink.send(record);
        }
    }

    /// Writes what the sink still has, and ends it. Blocks for a moment.
    pub fn close(&self) {
        if let Some(sink) = &self.sink {
            sink.close();
        }
    }

    /// Has the store forget records that were kept for long enough.
    pub(crate) async fn forget_old(
        &self,
        store: &dyn Store,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(kept_for) = self.kept_for.filter(|_| self.keeps_changes) else {
            return Ok(());
        };
        let age = Age::seconds(kept_for.as_seconds().saturating_neg());
        while store.forget_audit(now.plus(age)).await? == KeptAudit::LIMIT {}
        Ok(())
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Audit")
            .field("has_sink", &self.has_sink())
            .field("keeps_changes", &self.keeps_changes)
            .finish_non_exhaustive()
    }
}

/// A call that will have a record.
pub(crate) struct Recording {
    audit: Arc<Audit>,
    called: Called,
    event_id: EventId,
    expected: Mutex<Expected>,
    vouched: OnceLock<Caller>,
    parameters: OnceLock<String>,
    taken_on: OnceLock<TakenOn>,
    is_told: AtomicBool,
}

/// What is known before a change is made.
#[derive(Default)]
struct Expected {
    /// What the caller will be told if the change is made.
    answer: Option<String>,
    /// The record with that answer, where the sink will want it too.
    record: Option<String>,
}

/// What is known of a call when a record of it is written.
#[derive(Clone, Copy)]
struct Known<'a> {
    event_id: EventId,
    caller: &'a Caller,
    parameters: Option<&'a str>,
}

/// A role that is taken on.
struct TakenOn {
    /// The role's account, where that is another than the caller's.
    elsewhere: Option<AccountId>,
    /// The role, and the identity provider that vouched.
    resources: Vec<RecordResource>,
}

/// What is known of a call from its beginning.
pub(crate) struct Called {
    pub(crate) operation: OperationId,
    pub(crate) caller: Caller,
    pub(crate) circumstances: Arc<Circumstances>,
    /// The account as it was found.
    pub(crate) account: Arc<Account>,
    pub(crate) time: Timestamp,
    /// The input, rendered without secrets.
    pub(crate) parameters: Option<String>,
    pub(crate) request_id: String,
}

impl Recording {
    /// Begins to record a call; `None` where nobody wants it. What asks for nothing but changes nothing
    /// is not even rendered then.
    pub(crate) fn begin(audit: &Arc<Audit>, called: impl FnOnce() -> Called) -> Option<Arc<Self>> {
        if !audit.keeps_changes && !audit.has_sink() {
            return None;
        }
        // Without random bytes nothing else works either; a record without an id is better than none.
        let event_id = EventId::from_random(random_id().unwrap_or_default());
        Some(Arc::new(Self {
            audit: Arc::clone(audit),
            called: called(),
            event_id,
            expected: Mutex::default(),
            vouched: OnceLock::new(),
            parameters: OnceLock::new(),
            taken_on: OnceLock::new(),
            is_told: AtomicBool::new(false),
        }))
    }

    /// Notes who was found to be vouched for.
    pub(crate) fn is_vouched(&self, vouched: &Arc<Vouched>) {
        // Where an operation is begun again it finds the same.
        let _ = self.vouched.set(Caller::Vouched(Arc::clone(vouched)));
        self.say_more(&vouched.recorded.parameters);
    }

    /// Notes which role of which account is taken on, and by way of which SAML provider.
    pub(crate) fn takes_on(&self, account: &Account, role: &Role, saml_provider: Option<&str>) {
        let account_id = account.id();
        let resource = |kind, arn| RecordResource {
            account_id,
            kind,
            arn,
        };
        let role = resource("AWS::IAM::Role", role.arn(account_id));
        let provider =
            saml_provider.map(|provider| resource("AWS::IAM::SAMLProvider", provider.to_owned()));
        let is_elsewhere = account_id != self.called.account.id();
        // Where an operation is begun again it takes on the same.
        let _ = self.taken_on.set(TakenOn {
            elsewhere: is_elsewhere.then_some(account_id),
            resources: [role].into_iter().chain(provider).collect(),
        });
    }

    /// Notes what is asked beside what the request says itself, by the names of parameters.
    pub(crate) fn say_more(&self, more: &BTreeMap<&'static str, Value>) {
        if more.is_empty() {
            return;
        }
        let said = self.called.parameters.as_deref();
        let read = said.map(serde_json::from_str::<Map<String, Value>>);
        let mut parameters = read.and_then(Result::ok).unwrap_or_default();
        let more = more.iter();
        parameters.extend(more.map(|(name, value)| ((*name).to_owned(), value.clone())));
        // Where an operation is begun again it finds the same.
        let _ = self.parameters.set(Value::Object(parameters).to_string());
    }

    /// Who calls and what is asked, as far as it is known now.
    fn known(&self) -> Known<'_> {
        let parameters = self.parameters.get().or(self.called.parameters.as_ref());
        Known {
            event_id: self.event_id,
            caller: self.vouched.get().unwrap_or(&self.called.caller),
            parameters: parameters.map(String::as_str),
        }
    }

    /// Notes what the caller will be told if the change is made.
    pub(crate) fn expect_answer(&self, answer: Option<String>) {
        *self.expected() = Expected {
            answer,
            record: None,
        };
    }

    /// The record that is kept with the change.
    pub(crate) fn of_change(&self) -> Option<String> {
        let mut expected = self.expected();
        let record = self
            .called
            .record(self.known(), None, expected.answer.as_deref());
        let json = self.audit.of_change(&record);
        expected.record = json.clone().filter(|_| self.audit.has_sink());
        json
    }

    fn expected(&self) -> MutexGuard<'_, Expected> {
        // Whoever panicked with it left it whole.
        self.expected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The call was answered.
    pub(crate) fn done(&self, answer: impl FnOnce() -> Option<String>) {
        let answer = if self.audit.has_sink() && shows_answer(self.called.operation) {
            answer()
        } else {
            None
        };
        let expected = std::mem::take(&mut *self.expected());
        match expected.record {
            // It need not be written again.
            Some(record) if expected.answer == answer => {
                if !self.is_told.swap(true, Ordering::Relaxed) {
                    self.audit.send_json(record);
                }
            }
            Some(_) | None => self.tell(None, answer.as_deref()),
        }
    }

    /// The call was refused.
    pub(crate) fn refused(&self, fault: &Fault) {
        let code = error_code(fault.code());
        let is_denied = fault.code() == FaultCode::AccessDenied;
        let is_of_token = self.called.operation == OperationId::StsAssumeRoleWithWebIdentity;
        let message = if is_denied && is_of_token {
            Some(UNTOLD)
        } else {
            fault.message()
        };
        self.tell(Some((&code, message)), None);
    }

    fn tell(&self, error: Option<(&str, Option<&str>)>, answer: Option<&str>) {
        let known = self.known();
        if matches!(known.caller, Caller::Unsigned) {
            return;
        }
        if self.is_told.swap(true, Ordering::Relaxed) || !self.audit.has_sink() {
            return;
        }
        let taken_on = self.taken_on.get().filter(|_| error.is_none());
        let record = self.called.record(known, error, answer);
        let record = Record {
            resources: taken_on.map_or(&[], |taken_on| &taken_on.resources),
            ..record
        };
        let Some(elsewhere) = taken_on.and_then(|taken_on| taken_on.elsewhere) else {
            self.audit.send(&record);
            return;
        };
        // Both accounts are told, each by an event of its own.
        let shared_event_id = Some(EventId::from_random(random_id().unwrap_or_default()));
        let in_own = Record {
            shared_event_id,
            ..record
        };
        self.audit.send(&in_own);
        let in_other = Record {
            identity: identity_elsewhere(&self.called.account, known.caller),
            event_id: EventId::from_random(random_id().unwrap_or_default()),
            recipient: elsewhere,
            ..in_own
        };
        self.audit.send(&in_other);
    }
}

/// A client that hangs up ends what is done for it, and is recorded all the same.
impl Drop for Recording {
    fn drop(&mut self) {
        self.tell(Some(GIVEN_UP), None);
    }
}

impl Called {
    fn record<'a>(
        &'a self,
        known: Known<'a>,
        error: Option<(&'a str, Option<&'a str>)>,
        answer: Option<&'a str>,
    ) -> Record<'a> {
        let circumstances = &*self.circumstances;
        let service = self.operation.service();
        let is_denied = error.is_some_and(|(code, _)| code == FaultCode::AccessDenied.code());
        // Who is vouched for is told with the role, also where it may not be taken on (documented).
        let is_vouched = matches!(known.caller, Caller::Vouched(_));
        let (user_agent, invoked_by) = match circumstances.entrance {
            Entrance::Api | Entrance::Console => (circumstances.user_agent.as_deref(), None),
            Entrance::Door => (Some(DOOR), Some(DOOR)),
        };
        let identity = Identity {
            invoked_by,
            ..identity(&self.account, known.caller, circumstances.signed_in)
        };
        Record {
            identity,
            time: self.time,
            source: source_of(service),
            name: self.operation.name(),
            region: region(service, circumstances),
            source_address: circumstances.source,
            user_agent,
            error,
            failure: None,
            // Many operations of IAM were seen to leave them out then (unsure).
            request_parameters: known.parameters.filter(|_| is_vouched || !is_denied),
            response_elements: answer,
            additional_data: additional_data(service, circumstances),
            request_id: Some(&*self.request_id).filter(|id| !id.is_empty()),
            event_id: known.event_id,
            is_read_only: is_read_only(self.operation),
            event_type: EventType::AwsApiCall,
            resources: &[],
            recipient: self.account.id(),
            shared_event_id: None,
            tls: tls_details(circumstances),
            is_from_console: circumstances.entrance == Entrance::Console,
        }
    }
}

/// Who a caller is, as records say it.
fn identity<'a>(
    account: &'a Account,
    caller: &'a Caller,
    signed_in: Option<Timestamp>,
) -> Identity<'a> {
    let session = caller.session();
    let (kind, user_name) = match (caller, caller.principal()) {
        (_, Some(principal)) => kind_and_name(account, principal),
        (Caller::Session(session), None) => match &session.holder {
            Holder::Federated(_) => (IdentityType::FederatedUser, None),
            Holder::Role(_) | Holder::Own(_) => (IdentityType::AssumedRole, None),
        },
        (Caller::Vouched(vouched), None) => return identity_of_vouched(&vouched.recorded),
        (Caller::Own { .. } | Caller::Unsigned, None) => (IdentityType::AwsAccount, None),
    };
    let context = |since, mfa| SessionContext {
        session_issuer: session.and_then(|session| issuer(account, session)),
        web_id_federation_data: session.and_then(|session| web_identity(session.role_session()?)),
        attributes: SessionAttributes {
            creation_date: since,
            mfa_authenticated: mfa,
        },
        source_identity: session
            .and_then(|session| session.role_session()?.source_identity.as_deref()),
    };
    let since = session
        .map(|session| (session.issued, session.mfa.is_some()))
        .or(signed_in.map(|since| (since, false)));
    Identity {
        kind,
        principal_id: Some(caller.user_id(account)),
        arn: Some(caller.arn(account)),
        account_id: Some(account.id()),
        access_key_id: caller.access_key().map(|id| id.to_string()),
        user_name,
        session_context: since.map(|(since, mfa)| context(since, mfa)),
        identity_provider: None,
        invoked_by: None,
    }
}

/// Who a caller is to another account.
fn identity_elsewhere<'a>(account: &Account, caller: &Caller) -> Identity<'a> {
    Identity {
        kind: IdentityType::AwsAccount,
        principal_id: Some(caller.user_id(account)),
        arn: None,
        account_id: Some(account.id()),
        access_key_id: None,
        user_name: None,
        session_context: None,
        identity_provider: None,
        invoked_by: None,
    }
}

/// Who is vouched for. It has no account and no ARN.
fn identity_of_vouched(recorded: &Recorded) -> Identity<'_> {
    Identity {
        kind: match recorded.by {
            VouchedBy::WebIdentity => IdentityType::WebIdentityUser,
            VouchedBy::Saml => IdentityType::SamlUser,
        },
        principal_id: Some(recorded.principal_id.to_string()),
        arn: None,
        account_id: None,
        access_key_id: None,
        user_name: Some(&recorded.subject),
        session_context: None,
        identity_provider: Some(&recorded.provider),
        invoked_by: None,
    }
}

/// Who stands at the door: a user or root user without an access key and, as yet, without a session.
#[must_use]
pub fn identity_at_door(account: &Account, principal: Principal) -> Identity<'_> {
    let (kind, user_name) = kind_and_name(account, principal);
    Identity {
        kind,
        principal_id: Some(principal.user_id(account)),
        arn: Some(principal.arn(account)),
        account_id: Some(account.id()),
        access_key_id: None,
        user_name,
        session_context: None,
        identity_provider: None,
        invoked_by: None,
    }
}

fn kind_and_name(account: &Account, principal: Principal) -> (IdentityType, Option<&str>) {
    match principal {
        Principal::Root => (IdentityType::Root, None),
        Principal::User(id) => {
            let user = account.user_by_id(id);
            (IdentityType::IamUser, user.map(|user| user.name.as_str()))
        }
    }
}

/// Whose rights a session has, where that is not whoever holds it.
fn issuer<'a>(account: &'a Account, session: &Session) -> Option<SessionIssuer<'a>> {
    let account_id = account.id();
    match &session.holder {
        Holder::Own(_) => None,
        Holder::Role(held) => {
            let role = account.roles().get(held.role)?;
            Some(SessionIssuer {
                kind: IdentityType::Role,
                principal_id: held.role.to_string(),
                arn: role.arn(account_id),
                account_id,
                user_name: Some(role.name.as_str()),
            })
        }
        Holder::Federated(user) => {
            let (kind, name) = kind_and_name(account, user.by);
            Some(SessionIssuer {
                kind,
                principal_id: user.by.user_id(account),
                arn: user.by.arn(account),
                account_id,
                user_name: name,
            })
        }
    }
}

/// What an OpenID Connect provider said, where it vouched for a session.
fn web_identity(session: &RoleSession) -> Option<WebIdFederationData<'_>> {
    let provider = session.provider.as_deref()?;
    provider.contains(":oidc-provider/").then(|| {
        let keys = session.keys.iter();
        WebIdFederationData {
            federated_provider: provider,
            attributes: keys
                .filter_map(|(key, values)| Some((&**key, &**values.first()?)))
                .collect(),
        }
    })
}

/// The connection, as records tell it where it was TLS.
#[must_use]
pub fn tls_details(circumstances: &Circumstances) -> Option<TlsDetails<'_>> {
    circumstances.tls.as_ref().map(|tls| TlsDetails {
        tls_version: tls.version,
        cipher_suite: &tls.cipher_suite,
        client_provided_host_header: circumstances.host.as_deref(),
    })
}

fn source_of(service: Service) -> &'static str {
    match service {
        Service::Iam => "iam.amazonaws.com",
        Service::Sts => "sts.amazonaws.com",
    }
}

fn region(service: Service, circumstances: &Circumstances) -> &str {
    match service {
        Service::Iam => GLOBAL_REGION,
        Service::Sts if circumstances.is_global_sts_host() => GLOBAL_REGION,
        Service::Sts => circumstances.region.as_deref().unwrap_or(GLOBAL_REGION),
    }
}

/// Records of STS say which endpoint served.
fn additional_data(service: Service, circumstances: &Circumstances) -> Option<String> {
    let endpoint_type = match service {
        Service::Iam => return None,
        Service::Sts if circumstances.is_global_sts_host() => "global",
        Service::Sts => "regional",
    };
    let region = region(service, circumstances);
    let details = serde_json::json!({"awsServingRegion": region, "endpointType": endpoint_type});
    Some(serde_json::json!({ "RequestDetails": details }).to_string())
}

/// The exception's name (unsure for those that the models of the services do not list).
fn error_code(code: FaultCode) -> String {
    match code.code() {
        plain @ ("AccessDenied" | "InternalFailure" | "ServiceUnavailable") => plain.to_owned(),
        "ValidationError" => "ValidationException".to_owned(),
        whole if whole.ends_with("Exception") => whole.to_owned(),
        stem => format!("{stem}Exception"),
    }
}

/// Whether an operation counts as one that changes nothing. Reports that are generated are not among
/// them (unsure).
fn is_read_only(operation: OperationId) -> bool {
    let name = operation.name();
    match operation.service() {
        Service::Iam => ["Get", "List", "Simulate"]
            .iter()
            .any(|beginning| name.starts_with(beginning)),
        // As AWS says it, which is not by what they do.
        Service::Sts => !matches!(
            name,
            "AssumeRoot" | "GetFederationToken" | "GetSessionToken"
        ),
    }
}

/// Whether a record shows what was answered: not so for reads, but for the giving out of a role.
fn shows_answer(operation: OperationId) -> bool {
    !is_read_only(operation) || operation.name().starts_with("AssumeRole")
}

#[cfg(test)]
mod tests {
    use keyward_names::AccountId;
    use keyward_store::{AuditPlace, Commit, Version};
    use keyward_store_sqlite::SqliteStore;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn records_of_changes_are_forgotten_after_their_time() {
        let store = SqliteStore::in_memory().unwrap();
        let now = Timestamp::from_unix_seconds(1_795_000_000);
        for (version, age) in [(0, 91), (1, 90), (2, 0)] {
            let commit = Commit {
                account: AccountId::from_number(1).unwrap(),
                expected: Version::new(version),
                entry_id: String::new(),
                at: now.plus(Age::seconds(-age * 86_400)),
                writes: Vec::new(),
                claims: Vec::new(),
                releases: Vec::new(),
                audit: vec![String::new(); KeptAudit::LIMIT + 1],
            };
            store.commit(vec![commit]).await.unwrap();
        }
        let oldest = || async { store.audit(AuditPlace::START).await.unwrap()[0].version };
        for (audit, expected) in [
            (Audit::new(None, None), 1),
            (Audit::default(), 1),
            (Audit::new(None, Some(Age::days(90))), 2),
            (Audit::new(None, Some(Age::days(89))), 3),
        ] {
            audit.forget_old(&store, now).await.unwrap();
            assert_eq!(oldest().await, Version::new(expected));
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
