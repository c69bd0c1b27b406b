//! The door: who comes in, who is held back, and what is due before anything else.

use std::sync::Arc;

use keyward_account::{Account, PasswordStanding};
use keyward_authorization::Principal;
use keyward_credentials::{Digest, HashParameters, Recipe, Salt, Verifier};
use keyward_engine::{AccountHandle, HashError, HashQueue, Installation};
use keyward_names::{Secret, Timestamp};
use keyward_operations::door;

use crate::Unavailable;
use crate::attempt::Attempt;
use crate::attempt_log::AttemptLog;
use crate::audit::Login;
use crate::refusal::Refusal;
use crate::session::{Session, Stage};
use crate::sign_in_throttle::{self, SignInThrottle};
use crate::who::{self, Found};

/// Who may come in, and how often each has tried. One for each process.
pub struct Door {
    installation: Arc<Installation>,
    throttle: SignInThrottle,
}

impl Door {
    /// A door of an installation. Nobody has tried yet.
    #[must_use]
    pub fn new(installation: Arc<Installation>) -> Self {
        Self {
            installation,
            throttle: SignInThrottle::new(),
        }
    }

    /// Signs someone in. Whatever is wrong, one password is hashed, so that the time tells nothing.
    pub async fn sign_in(&self, attempt: Attempt<'_>) -> Result<Session, Refusal> {
        if let Some(wait) = self.throttle.wait_of_source(&attempt, self.now()) {
            // Not even the store is asked for who is held back.
            let outcome = Err(Refusal::HeldBack(wait));
            AttemptLog::of(&Found::Nowhere, attempt.source).tell(&outcome);
            return outcome;
        }
        let (account, name) = (attempt.account.trim(), attempt.name.trim());
        let found = match who::find(&self.installation, account, name).await {
            Ok(found) => found,
            Err(unavailable) => {
                let outcome = Err(Refusal::Unavailable(unavailable));
                AttemptLog::of(&Found::Nowhere, attempt.source).tell(&outcome);
                return outcome;
            }
        };
        let log = AttemptLog::of(&found, attempt.source);
        let login = Login::begin(&self.installation, &found, attempt.request_context);
        let outcome = self.judge(&found, &attempt).await;
        log.tell(&outcome);
        login.tell(&outcome);
        outcome
    }

    /// Forgets all wrong tries.
    pub fn forget_tries(&self) {
        self.throttle.forget_all();
        self.installation.old_password_tries().forget_all();
    }

    /// The time that sessions and waits go by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.installation.clock().now()
    }

    pub(crate) fn installation(&self) -> &Arc<Installation> {
        &self.installation
    }

    async fn judge(&self, found: &Found, attempt: &Attempt<'_>) -> Result<Session, Refusal> {
        let now = self.now();
        let (subjects, queue) = sign_in_throttle::subjects(found, attempt, now);
        let counted = match self.throttle.begin(&subjects, now) {
            Ok(counted) => counted,
            Err(wait) => return Err(Refusal::HeldBack(wait)),
        };
        let kept = match found {
            Found::Someone { handle, principal } => who::verifier_of(&handle.account(), *principal),
            Found::Nobody(_) | Found::Nowhere => None,
        };
        let recipe = kept.map_or_else(|| self.idle_recipe(), |kept| Ok(kept.recipe));
        let digest = match recipe {
            Ok(recipe) => self.hash(queue, attempt.password.clone(), recipe).await,
            Err(unavailable) => Err(Refusal::Unavailable(unavailable)),
        };
        let digest = match digest {
            Ok(digest) => digest,
            Err(refusal) => {
                self.throttle.was_none(counted);
                return Err(refusal);
            }
        };
        match (found, kept) {
            (Found::Someone { handle, principal }, Some(kept)) if kept.digest == digest => {
                self.throttle.was_right(counted);
                self.renew(handle, *principal, &attempt.password, kept);
                self.admit(handle, *principal, kept).await
            }
            (Found::Someone { .. } | Found::Nobody(_) | Found::Nowhere, _) => {
                Err(Refusal::Incorrect)
            }
        }
    }

    /// Lets someone in whose password was right, as far as its age and flag allow.
    async fn admit(
        &self,
        handle: &Arc<AccountHandle>,
        principal: Principal,
        kept: Verifier,
    ) -> Result<Session, Refusal> {
        let account = handle.account();
        let now = self.now();
        match who::verifier_of(&account, principal) {
            Some(now_kept) if now_kept == kept => {}
            // It was replaced while it was hashed, or is kept by another recipe since.
            Some(_) => return Err(Refusal::Busy),
            None => return Err(Refusal::Incorrect),
        }
        let policy = account.password_policy();
        let profile = who::profile_of(&account, principal);
        let standing = profile.map(|profile| profile.password_standing(policy, now));
        let is_reset_required = profile.is_some_and(|profile| profile.password_reset_required);
        let stage = match standing {
            Some(PasswordStanding::ExpiredForGood) => return Err(Refusal::ExpiredForGood),
            Some(PasswordStanding::Expired) => Stage::NewPasswordDue,
            Some(PasswordStanding::Good) | None if is_reset_required => Stage::NewPasswordDue,
            Some(PasswordStanding::Good) | None => Stage::SignedIn,
        };
        match self.begin_session(handle, &account, principal, stage).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err(Refusal::Incorrect),
            Err(unavailable) => Err(Refusal::Unavailable(unavailable)),
        }
    }

    /// Begins a session. One that is signed in is a use of the password, as `PasswordLastUsed`
    /// tells it.
    pub(crate) async fn begin_session(
        &self,
        handle: &AccountHandle,
        account: &Account,
        principal: Principal,
        stage: Stage,
    ) -> Result<Option<Session>, Unavailable> {
        let now = self.now();
        let before = match stage {
            Stage::NewPasswordDue => None,
            Stage::SignedIn => {
                self.mark_password_used(handle, principal).await;
                self.installation
                    .note_password_use(account.id(), principal)
                    .await
            }
        };
        Session::begin(account, principal, stage, now, before)
    }

    /// Where the use can't be noted, the sign-in goes on all the same: the next one will note it.
    async fn mark_password_used(&self, handle: &AccountHandle, principal: Principal) {
        if let Principal::User(user) = principal {
            let marked = door::mark_password_used(handle, user).await;
            if let Err(error) = marked {
                tracing::warn!(%error, "the first use of a password could not be noted");
            }
        }
    }

    async fn hash(
        &self,
        queue: HashQueue,
        password: Secret,
        recipe: Recipe,
    ) -> Result<Digest, Refusal> {
        let digest = self.installation.hash(queue, password, recipe).await;
        digest.map_err(|error| match error {
            HashError::QueueFull => Refusal::Busy,
            HashError::Verifier(_) | HashError::Ended => {
                Refusal::Unavailable(Unavailable::because(error))
            }
        })
    }

    /// What is hashed for those who have no password: it costs what a new password costs. Passwords
    /// kept by an older recipe cost something else, until their users have signed in once.
    fn idle_recipe(&self) -> Result<Recipe, Unavailable> {
        let idle = Recipe {
            salt: Salt([0; 16]),
            parameters: HashParameters::default(),
            pepper: keyward_credentials::PepperId(0),
        };
        let recipe = door::renewed_recipe(&self.installation, idle);
        recipe.map_err(Unavailable::because)
    }

    /// Where the password is kept by an older recipe, it will be kept by today's from now on.
    fn renew(
        &self,
        handle: &Arc<AccountHandle>,
        principal: Principal,
        password: &Secret,
        kept: Verifier,
    ) {
        let today = door::renewed_recipe(&self.installation, kept.recipe);
        if today.is_ok_and(|today| today == kept.recipe) {
            return;
        }
        let (installation, handle) = (Arc::clone(&self.installation), Arc::clone(handle));
        let password = password.clone();
        tokio::spawn(async move {
            let renewed = door::renew_verifier(&installation, &handle, principal, password, kept);
            if let Err(error) = renewed.await {
                tracing::warn!(%error, "a password is still kept by an older recipe");
            }
        });
    }
}

#[cfg(test)]
mod tests;
