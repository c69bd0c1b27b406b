//! Audit records of sign-in: who signed in or tried to, and a root user's new password.
//!
//! Tries that were held back have no record: they were not judged, and would let strangers fill the
//! files. Tries that name no account have none either, as no account's trail could have it.

use keyward_account::Account;
use keyward_audit::{EventId, EventType, Identity, IdentityType, Record};
use keyward_authorization::{Principal, RequestContext};
use keyward_engine::{Installation, identity_at_door, random, tls_details};
use keyward_names::AccountId;

use crate::refusal::Refusal;
use crate::session::{Session, Stage};
use crate::who::Found;

/// Stands for a typed name that nobody has: it may be a password in the wrong field.
const HIDDEN: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";
const REGION: &str = "us-east-1";
const SOURCE: &str = "signin.amazonaws.com";

/// A try that will have a record, also where its browser hangs up before it is answered.
pub(crate) struct Login<'a> {
    installation: &'a Installation,
    found: &'a Found,
    request_context: &'a RequestContext,
    is_told: bool,
}

impl<'a> Login<'a> {
    pub(crate) fn begin(
        installation: &'a Installation,
        found: &'a Found,
        request_context: &'a RequestContext,
    ) -> Self {
        Self {
            installation,
            found,
            request_context,
            is_told: false,
        }
    }

    pub(crate) fn tell(mut self, outcome: &Result<Session, Refusal>) {
        self.is_told = true;
        match outcome {
            Ok(session) => match (session.stage, self.found) {
                (Stage::SignedIn, Found::Someone { handle, principal }) => {
                    succeeded(
                        self.installation,
                        &handle.account(),
                        *principal,
                        self.request_context,
                    );
                }
                // They are not in before the new password is set.
                (Stage::NewPasswordDue, _) | (Stage::SignedIn, _) => {}
            },
            Err(Refusal::Incorrect | Refusal::ExpiredForGood) => self.failed(),
            // The password was not judged.
            Err(
                Refusal::HeldBack(_)
                | Refusal::FormExpired
                | Refusal::Busy
                | Refusal::Unavailable(_),
            ) => {}
            // These are of a change of password, which has records of its own.
            Err(
                Refusal::OldHeldBack
                | Refusal::NotAllowed
                | Refusal::OldIncorrect
                | Refusal::SameAsOld
                | Refusal::Different
                | Refusal::TooLong
                | Refusal::Unfit
                | Refusal::Breaks(_)
                | Refusal::UsedBefore(_),
            ) => {}
        }
    }

    fn failed(&self) {
        let failure = "Failed authentication";
        match self.found {
            Found::Someone { handle, principal } => {
                let account = handle.account();
                let known = identity_at_door(&account, *principal);
                let identity = Identity {
                    arn: None,
                    access_key_id: Some(String::new()),
                    ..known
                };
                self.send_failure(account.id(), identity, failure);
            }
            Found::Nobody(account_id) => {
                let identity = Identity {
                    kind: IdentityType::IamUser,
                    principal_id: None,
                    arn: None,
                    account_id: Some(*account_id),
                    access_key_id: Some(String::new()),
                    user_name: Some(HIDDEN),
                    session_context: None,
                    identity_provider: None,
                    invoked_by: None,
                };
                self.send_failure(
                    *account_id,
                    identity,
                    "No username found in supplied account",
                );
            }
            Found::Nowhere => {}
        }
    }

    fn send_failure(&self, recipient: AccountId, identity: Identity<'_>, failure: &str) {
        let data = login_data(self.request_context);
        let record = Record {
            failure: Some(failure),
            response_elements: Some(r#"{"ConsoleLogin":"Failure"}"#),
            additional_data: Some(data),
            ..record(
                self.installation,
                "ConsoleLogin",
                recipient,
                identity,
                self.request_context,
            )
        };
        self.installation.audit().send(&record);
    }
}

impl Drop for Login<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.failed();
        }
    }
}

/// Records that someone is in.
pub(crate) fn succeeded(
    installation: &Installation,
    account: &Account,
    principal: Principal,
    request_context: &RequestContext,
) {
    let identity = identity_at_door(account, principal);
    let record = Record {
        response_elements: Some(r#"{"ConsoleLogin":"Success"}"#),
        additional_data: Some(login_data(request_context)),
        ..record(
            installation,
            "ConsoleLogin",
            account.id(),
            identity,
            request_context,
        )
    };
    installation.audit().send(&record);
}

/// The record of a root user's new password.
pub(crate) fn password_updated<'a>(
    installation: &Installation,
    account: &'a Account,
    request_context: &'a RequestContext,
) -> Record<'a> {
    let identity = identity_at_door(account, Principal::Root);
    Record {
        response_elements: Some(r#"{"PasswordUpdated":"Success"}"#),
        ..record(
            installation,
            "PasswordUpdated",
            account.id(),
            identity,
            request_context,
        )
    }
}

fn record<'a>(
    installation: &Installation,
    name: &'a str,
    recipient: AccountId,
    identity: Identity<'a>,
    request_context: &'a RequestContext,
) -> Record<'a> {
    Record {
        identity,
        time: installation.clock().now(),
        source: SOURCE,
        name,
        region: REGION,
        source_address: request_context.source,
        user_agent: request_context.user_agent.as_deref(),
        error: None,
        failure: None,
        request_parameters: None,
        response_elements: None,
        additional_data: None,
        request_id: None,
        event_id: EventId::from_random(random().unwrap_or_default()),
        is_read_only: false,
        event_type: EventType::AwsConsoleSignIn,
        resources: &[],
        recipient,
        shared_event_id: None,
        tls: tls_details(request_context),
        is_from_console: false,
    }
}

/// Where someone signs in to, and how. No second factor is asked for here yet.
fn login_data(request_context: &RequestContext) -> String {
    let scheme = if request_context.is_secure {
        "https"
    } else {
        "http"
    };
    let host = request_context.host.as_deref().unwrap_or("localhost");
    let login_to = serde_json::Value::from(format!("{scheme}://{host}/console"));
    format!(r#"{{"LoginTo":{login_to},"MobileVersion":"No","MFAUsed":"No"}}"#)
}
