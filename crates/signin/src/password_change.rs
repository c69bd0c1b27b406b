//! Someone who is in, or as good as in, sets another password.

use std::net::IpAddr;

use keyward_account::Account;
use keyward_api::FaultCode;
use keyward_authorization::Principal;
use keyward_credentials::{BrokenRule, judge};
use keyward_engine::HashQueue;
use keyward_faults::{Fault, fault};
use keyward_names::Secret;
use keyward_operations::door;

use crate::sessions::principal_of_log;
use crate::{Door, Session, Stage, Unavailable, Visitor, audit, who};

/// The most characters that a password may have.
const LONGEST: usize = 128;

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

/// What comes of it.
#[derive(Debug)]
pub enum PasswordChange {
    /// Done. The session is the present one, or, where a new password was due, one that is in.
    Changed(Session),
    /// The wanted one was not typed twice.
    Different,
    /// The old one is not the password.
    OldIncorrect,
    /// The new one is the old one.
    SameAsOld,
    /// The new one has more than 128 characters.
    TooLong,
    /// The new one has characters that no password may have, or none at all.
    Unfit,
    /// The new one breaks these rules of the account.
    Breaks(Vec<BrokenRule>),
    /// The new one is among the last so many.
    UsedBefore(u8),
    /// The user has no right to `iam:ChangePassword`.
    NotAllowed,
    /// The old one was wrong too often of late.
    HeldBack,
    /// Others are changing the same, or too many passwords wait to be hashed.
    Busy,
    /// It can't be done now.
    Unavailable(Unavailable),
}

impl Door {
    /// Sets another password for a visitor who comes from some address: for a user by
    /// `ChangePassword`, with the user's rights.
    pub async fn change_password(
        &self,
        visitor: &Visitor,
        passwords: &Passwords,
        source: IpAddr,
    ) -> PasswordChange {
        let telling = Telling {
            visitor,
            source,
            is_told: false,
        };
        let outcome = self.try_change(visitor, passwords).await;
        telling.tell(&outcome);
        outcome
    }

    async fn try_change(&self, visitor: &Visitor, passwords: &Passwords) -> PasswordChange {
        if passwords.new != passwords.confirmed {
            return PasswordChange::Different;
        }
        if passwords.new.expose().chars().count() > LONGEST {
            return PasswordChange::TooLong;
        }
        let Passwords { old, new, .. } = passwords;
        let changed = match visitor.session.principal {
            Principal::Root => self.change_root_password(visitor, old, new).await,
            Principal::User(user) => door::change_password(
                self.installation(),
                &visitor.handle,
                (user, &visitor.circumstances),
                (old, new),
            )
            .await
            .map_err(|fault| told(&fault, &visitor.handle.account(), new)),
        };
        match changed {
            Ok(()) => self.after_change(visitor).await,
            Err(refusal) => refusal,
        }
    }

    async fn after_change(&self, visitor: &Visitor) -> PasswordChange {
        let session = &visitor.session;
        match session.stage {
            Stage::SignedIn => PasswordChange::Changed(session.clone()),
            Stage::NewPasswordDue => {
                let account = visitor.handle.account();
                let gone = || PasswordChange::Unavailable(Unavailable::because("the user is gone"));
                if !session.is_of(&account) {
                    return gone();
                }
                // It has done what it was for.
                if let Err(unavailable) = self.end(session).await {
                    return PasswordChange::Unavailable(unavailable);
                }
                let begun = self
                    .begin_session(
                        (&visitor.handle, &account),
                        session.principal,
                        Stage::SignedIn,
                    )
                    .await;
                match begun {
                    Ok(Some(session)) => {
                        let who = (&*account, session.principal);
                        audit::succeeded(self.installation(), who, &visitor.circumstances);
                        PasswordChange::Changed(session)
                    }
                    Ok(None) => gone(),
                    Err(unavailable) => PasswordChange::Unavailable(unavailable),
                }
            }
        }
    }

    /// No operation changes the root user's password, and the account's policy does not hold for it:
    /// it must meet the default one.
    async fn change_root_password(
        &self,
        visitor: &Visitor,
        old: &Secret,
        new: &Secret,
    ) -> Result<(), PasswordChange> {
        let account = visitor.handle.account();
        let kept = who::verifier_of(&account, Principal::Root);
        let kept = kept.ok_or(PasswordChange::OldIncorrect)?;
        let installation = self.installation();
        let tries = installation.old_password_tries();
        let whose = (account.id(), Principal::Root);
        let begun = tries
            .begin(whose, self.now())
            .map_err(|_| PasswordChange::HeldBack)?;
        let digest = installation
            .hash(HashQueue::Authenticated, old.clone(), kept.recipe)
            .await
            .inspect_err(|_| tries.was_none(whose, begun))
            .map_err(|error| told(&error.into(), &account, new))?;
        if digest != kept.digest {
            return Err(PasswordChange::OldIncorrect);
        }
        tries.was_right(whose);
        if new == old {
            return Err(PasswordChange::SameAsOld);
        }
        let broken = judge(new, None, &account.password_owner());
        if !broken.is_empty() {
            return Err(PasswordChange::Breaks(broken));
        }
        let record = audit::password_updated(installation, &account, &visitor.circumstances);
        let kept_record = installation.audit().of_change(&record);
        let new_one = (new.clone(), kept_record);
        door::change_root_password(installation, &visitor.handle, kept, new_one)
            .await
            .map_err(|fault| told(&fault, &account, new))?;
        installation.audit().send(&record);
        Ok(())
    }
}

/// A refusal of the operation, told apart.
fn told(fault: &Fault, account: &Account, new: &Secret) -> PasswordChange {
    let has = |code| fault.code() == code;
    let is = |other: Fault| has(other.code()) && fault.message() == other.message();
    if is(fault::old_password_incorrect()) {
        PasswordChange::OldIncorrect
    } else if is(fault::new_password_is_the_old()) {
        PasswordChange::SameAsOld
    } else if has(FaultCode::AccessDenied) {
        PasswordChange::NotAllowed
    } else if has(FaultCode::PasswordPolicyViolation) {
        let policy = account.password_policy();
        let broken = judge(new, policy, &account.password_owner());
        if broken.is_empty() {
            let remembered = policy.and_then(|policy| policy.password_reuse_prevention);
            PasswordChange::UsedBefore(remembered.unwrap_or(1))
        } else {
            PasswordChange::Breaks(broken)
        }
    } else if has(FaultCode::ValidationError) && is_fit(new) {
        // Then it is the old one that can be no password, so it is not the right one.
        PasswordChange::OldIncorrect
    } else if has(FaultCode::ValidationError) {
        PasswordChange::Unfit
    } else if has(FaultCode::LimitExceeded) {
        PasswordChange::HeldBack
    } else if has(FaultCode::Throttling) || has(FaultCode::EntityTemporarilyUnmodifiable) {
        PasswordChange::Busy
    } else {
        PasswordChange::Unavailable(Unavailable::because(fault))
    }
}

/// Whether a text can be a password at all: the constraint that the operation has on both of its own.
fn is_fit(password: &Secret) -> bool {
    let allowed = |character| matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{ff}');
    let text = password.expose();
    !text.is_empty() && text.chars().count() <= LONGEST && text.chars().all(allowed)
}

/// Sees to it that every try is told in the log, also one whose browser hangs up before it is
/// answered: the password may be changed all the same.
struct Telling<'v> {
    visitor: &'v Visitor,
    source: IpAddr,
    is_told: bool,
}

impl Telling<'_> {
    fn tell(mut self, outcome: &PasswordChange) {
        self.is_told = true;
        self.say(match outcome {
            PasswordChange::Changed(_) => "changed",
            PasswordChange::OldIncorrect => "the old password is incorrect",
            PasswordChange::NotAllowed => "not allowed",
            PasswordChange::HeldBack => "held back",
            PasswordChange::Different
            | PasswordChange::SameAsOld
            | PasswordChange::TooLong
            | PasswordChange::Unfit
            | PasswordChange::Breaks(_)
            | PasswordChange::UsedBefore(_) => "the new password does not fit",
            PasswordChange::Busy => "busy",
            PasswordChange::Unavailable(error) => {
                tracing::error!(%error, "a password change failed");
                "failed"
            }
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

impl Drop for Telling<'_> {
    fn drop(&mut self) {
        if !self.is_told {
            self.say("abandoned");
        }
    }
}
