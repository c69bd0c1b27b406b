//! Someone who is in, or as good as in, sets another password.

use std::net::IpAddr;
use std::sync::Arc;

use keyward_authorization::{Caller, Principal};
use keyward_credentials::LONGEST_PASSWORD;
use keyward_engine::CallContext;
use keyward_faults::Fault;
use keyward_names::Secret;
use keyward_operations::door::{self, TypedPasswords};

use crate::refusal::Refusal;
use crate::who::principal_of_log;
use crate::{Door, Session, Stage, Unavailable, Visitor, audit};

/// What someone typed who wants another password.
#[derive(Debug)]
pub struct Passwords {
    /// The present one.
    pub old: Secret,
    /// The wanted one.
    pub new: Secret,
    /// The wanted one again.
    pub confirmed: Secret,
}

impl Door {
    /// Sets another password for a visitor who comes from some address: for a user by
    /// `ChangePassword`, with the user's rights.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        passwords: &Passwords,
        source: IpAddr,
    ) -> Result<Session, Refusal> {
        let log = ChangeLog {
            visitor,
            source,
            is_told: false,
        };
        let outcome = self.try_change(visitor, passwords).await;
        log.tell(&outcome);
        outcome
    }

    async fn try_change(
        &self,
        visitor: &Visitor,
        passwords: &Passwords,
    ) -> Result<Session, Refusal> {
        if passwords.new != passwords.confirmed {
            return Err(Refusal::Different);
        }
        if passwords.new.expose().chars().count() > LONGEST_PASSWORD {
            return Err(Refusal::TooLong);
        }
        let typed = TypedPasswords {
            old: &passwords.old,
            new: &passwords.new,
        };
        let changed = match visitor.session.principal {
            Principal::Root => self.change_root_password(visitor, typed).await,
            principal @ Principal::User(_) => {
                let context = CallContext {
                    caller: Caller::without_key(principal),
                    request_context: Arc::clone(&visitor.request_context),
                    handle: Arc::clone(&visitor.handle),
                    installation: Arc::clone(self.installation()),
                    request_id: "",
                };
                door::change_password(&context, typed).await
            }
        };
        changed.map_err(|fault| Refusal::of_password_change(&fault))?;
        self.after_change(visitor).await
    }

    async fn after_change(&self, visitor: &Visitor) -> Result<Session, Refusal> {
        let session = &visitor.session;
        match session.stage {
            Stage::SignedIn => Ok(session.clone()),
            Stage::NewPasswordDue => {
                let account = visitor.handle.account();
                let gone = || {
                    Err(Refusal::Unavailable(Unavailable::because(
                        "the user is gone",
                    )))
                };
                if !session.is_of(&account) {
                    return gone();
                }
                // The session that only opened the page for a new password ends.
                if let Err(unavailable) = self.end(session).await {
                    return Err(Refusal::Unavailable(unavailable));
                }
                let begun = self
                    .begin_session(
                        &visitor.handle,
                        &account,
                        session.principal,
                        Stage::SignedIn,
                    )
                    .await;
                match begun {
                    Ok(Some(session)) => {
                        audit::succeeded(
                            self.installation(),
                            &account,
                            session.principal,
                            &visitor.request_context,
                        );
                        Ok(session)
                    }
                    Ok(None) => gone(),
                    Err(unavailable) => Err(Refusal::Unavailable(unavailable)),
                }
            }
        }
    }

    /// The record of the change is kept with it, and told when it is made.
    async fn change_root_password(
        &self,
        visitor: &Visitor,
        passwords: TypedPasswords<'_>,
    ) -> Result<(), Fault> {
        let (installation, account) = (self.installation(), visitor.handle.account());
        let record = audit::password_updated(installation, &account, &visitor.request_context);
        let kept = installation.audit().of_change(&record);
        door::change_root_password(installation, &visitor.handle, passwords, kept).await?;
        installation.audit().send(&record);
        Ok(())
    }
}

/// Sees to it that every try is told in the log, also one whose browser hangs up before it is
/// answered: the password may be changed all the same.
struct ChangeLog<'v> {
    visitor: &'v Visitor,
    source: IpAddr,
    is_told: bool,
}

impl ChangeLog<'_> {
    fn tell(mut self, outcome: &Result<Session, Refusal>) {
        self.is_told = true;
        if let Err(Refusal::Unavailable(error)) = outcome {
            tracing::error!(%error, "a password change failed");
        }
        self.say(match outcome {
            Ok(_) => "changed",
            Err(refusal) => refusal.logged(),
        });
    }

    fn say(&self, outcome: &str) {
        let session = &self.visitor.session;
        let account = session.account.to_string();
        let principal = principal_of_log(session.principal);
        let source = self.source;
        tracing::info!(account, principal, %source, outcome, "password change");
    }
}

impl Drop for ChangeLog<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.say("abandoned");
        }
    }
}
