//! The door: who comes in, who is held back, and what is due before anything else.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use keyward_account::PasswordStanding;
use keyward_credentials::{Digest, HashParameters, Recipe, Salt, Verifier};
use keyward_names::{Age, Secret, Timestamp};
use keyward_operations::{
    AccountHandle, HashError, HashQueue, Installation, Principal, Tries, TryRules,
};
use sha2::{Digest as _, Sha256};

use crate::sessions::principal_of_log;
use crate::who::{self, Found};
use crate::{Browser, Session, Stage, Unavailable};

/// For one name at one account: never a wait above 30 seconds, so nobody is locked out.
const NAME_TRIES: TryRules = TryRules {
    free: 5,
    longest_wait: Age::seconds(30),
};
/// For one source, whatever names it tries. An office behind one address has some wrong tries in it.
/// The wait becomes much longer than that of a name: so a single source that keeps trying one name
/// leaves the door open for its owner most of the time.
const SOURCE_TRIES: TryRules = TryRules {
    free: 50,
    longest_wait: Age::seconds(300),
};
/// For a browser that its user signed in from before.
const BROWSER_TRIES: TryRules = TryRules {
    free: 20,
    longest_wait: Age::seconds(30),
};

/// Who may come in, and how often each has tried. One for each process.
pub struct Door {
    installation: Arc<Installation>,
    by_name: Tries<Fingerprint>,
    by_source: Tries<Fingerprint>,
    by_browser: Tries<Fingerprint>,
}

/// Stands for a subject of tries, in little memory.
type Fingerprint = [u8; 16];

/// Someone tries to sign in.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The account's id or alias, as typed; empty for a root user by e-mail address.
    pub account: &'a str,
    /// The user's name or the root user's e-mail address, as typed.
    pub name: &'a str,
    /// The password, as typed.
    pub password: Secret,
    /// Where the request comes from.
    pub source: IpAddr,
    /// The browser, as far as it is known.
    pub browser: &'a Browser,
}

/// What comes of an attempt.
#[derive(Debug)]
pub enum SignIn {
    /// The password is right. The session says whether a new one is due first.
    Admitted(Session),
    /// Wrong in any way, which is not told.
    Incorrect,
    /// The password was right, but it expired, and only an administrator can set another.
    ExpiredForGood,
    /// Not heard: there were too many tries. So long the wait is.
    HeldBack(Age),
    /// Not heard: too many people are signing in.
    Busy,
    /// Nobody can be let in now.
    Unavailable(Unavailable),
}

impl Door {
    /// A door of an installation. Nobody has tried yet.
    #[must_use]
    pub fn new(installation: Arc<Installation>) -> Self {
        Self {
            installation,
            by_name: Tries::new(NAME_TRIES),
            by_source: Tries::new(SOURCE_TRIES),
            by_browser: Tries::new(BROWSER_TRIES),
        }
    }

    /// Signs someone in. Whatever is wrong, one password is hashed, so that the time tells nothing.
    pub async fn sign_in(&self, attempt: Attempt<'_>) -> SignIn {
        let (account, name) = (attempt.account.trim(), attempt.name.trim());
        let found = match who::find(&self.installation, account, name).await {
            Ok(found) => found,
            Err(unavailable) => return SignIn::Unavailable(unavailable),
        };
        let outcome = self.judge(&found, (account, name), &attempt).await;
        log(&found, &outcome, attempt.source);
        outcome
    }

    /// Forgets all wrong tries.
    pub fn forget_tries(&self) {
        self.by_name.forget_all();
        self.by_source.forget_all();
        self.by_browser.forget_all();
        self.installation.old_password_tries.forget_all();
    }

    /// The time that sessions and waits go by.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.installation.clock.now()
    }

    pub(crate) fn installation(&self) -> &Arc<Installation> {
        &self.installation
    }

    async fn judge(&self, found: &Found, typed: (&str, &str), attempt: &Attempt<'_>) -> SignIn {
        let subjects = self.subjects(found, typed, attempt);
        if let Err(wait) = self.begin(&subjects) {
            return SignIn::HeldBack(wait);
        }
        let kept = match found {
            Found::Someone { handle, principal } => who::verifier_of(&handle.account(), *principal),
            Found::Nobody(_) | Found::Nowhere => None,
        };
        let recipe = kept.map_or_else(|| self.idle_recipe(), |kept| Ok(kept.recipe));
        let digest = match recipe {
            Ok(recipe) => self.hash(attempt.password.clone(), recipe).await,
            Err(unavailable) => Err(SignIn::Unavailable(unavailable)),
        };
        let digest = match digest {
            Ok(digest) => digest,
            Err(outcome) => {
                self.was_none(&subjects);
                return outcome;
            }
        };
        match (found, kept) {
            (Found::Someone { handle, principal }, Some(kept)) if kept.digest == digest => {
                self.was_right(&subjects);
                self.renew(handle, *principal, &attempt.password, kept);
                self.admit(handle, *principal, kept).await
            }
            (Found::Someone { .. } | Found::Nobody(_) | Found::Nowhere, _) => SignIn::Incorrect,
        }
    }

    /// Lets someone in whose password was right, as far as its age and flag allow.
    async fn admit(
        &self,
        handle: &Arc<AccountHandle>,
        principal: Principal,
        kept: Verifier,
    ) -> SignIn {
        let account = handle.account();
        let now = self.now();
        match who::verifier_of(&account, principal) {
            Some(now_kept) if now_kept == kept => {}
            // It was replaced while it was hashed, or is kept by another recipe since.
            Some(_) => return SignIn::Busy,
            None => return SignIn::Incorrect,
        }
        let policy = account.password_policy();
        let profile = who::profile_of(&account, principal);
        let standing = profile.map(|profile| profile.password_standing(policy, now));
        let is_reset_required = profile.is_some_and(|profile| profile.password_reset_required);
        let stage = match standing {
            Some(PasswordStanding::ExpiredForGood) => return SignIn::ExpiredForGood,
            Some(PasswordStanding::Expired) => Stage::NewPasswordDue,
            Some(PasswordStanding::Good) | None if is_reset_required => Stage::NewPasswordDue,
            Some(PasswordStanding::Good) | None => Stage::SignedIn,
        };
        match self.begin_session(handle, principal, stage).await {
            Ok(Some(session)) => SignIn::Admitted(session),
            Ok(None) => SignIn::Incorrect,
            Err(unavailable) => SignIn::Unavailable(unavailable),
        }
    }

    /// A session that begins now. Where someone is in by it, that is the use of the password that
    /// `PasswordLastUsed` tells.
    pub(crate) async fn begin_session(
        &self,
        handle: &AccountHandle,
        principal: Principal,
        stage: Stage,
    ) -> Result<Option<Session>, Unavailable> {
        let (account, now) = (handle.account(), self.now());
        let (uses, store) = (&self.installation.uses, &*self.installation.store);
        let before = match stage {
            Stage::NewPasswordDue => None,
            Stage::SignedIn => {
                uses.note_password(store, account.id(), principal, now)
                    .await
            }
        };
        Session::begin(&account, principal, stage, (now, before))
    }

    async fn hash(&self, password: Secret, recipe: Recipe) -> Result<Digest, SignIn> {
        let hashing = &self.installation.hashing;
        let digest = hashing.digest(HashQueue::SignIn, password, recipe).await;
        digest.map_err(|error| match error {
            HashError::QueueFull => SignIn::Busy,
            HashError::Verifier(_) | HashError::Ended => {
                SignIn::Unavailable(Unavailable::because(error))
            }
        })
    }

    /// What is hashed for those who have no password: it costs what a new password costs.
    fn idle_recipe(&self) -> Result<Recipe, Unavailable> {
        let idle = Recipe {
            salt: Salt([0; 16]),
            parameters: HashParameters::default(),
            pepper: keyward_credentials::PepperId(0),
        };
        let recipe = self.installation.renewed_recipe(idle);
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
        let today = self.installation.renewed_recipe(kept.recipe);
        if today.is_ok_and(|today| today == kept.recipe) {
            return;
        }
        let (installation, handle) = (Arc::clone(&self.installation), Arc::clone(handle));
        let password = password.clone();
        tokio::spawn(async move {
            let renewed = installation.renew_verifier(&handle, principal, password, kept);
            if let Err(error) = renewed.await {
                tracing::warn!(%error, "a password is still kept by an older recipe");
            }
        });
    }
}

/// By what an attempt is counted.
enum Subjects {
    /// By name and by source.
    Stranger {
        name: Fingerprint,
        source: Fingerprint,
    },
    /// By the browser alone, from which the principal signed in before.
    Known(Fingerprint),
}

impl Door {
    fn subjects(&self, found: &Found, typed: (&str, &str), attempt: &Attempt<'_>) -> Subjects {
        let (account, name) = typed;
        let account = match found {
            Found::Someone { handle, principal } => {
                let id = handle.account().id();
                if attempt.browser.knows(id, *principal, self.now()) {
                    let principal = principal_of_log(*principal);
                    let parts = [&attempt.browser.id, &id.to_string(), &principal];
                    return Subjects::Known(fingerprint(parts));
                }
                id.to_string()
            }
            Found::Nobody(id) => id.to_string(),
            // Not found, it is held back by what was typed, just as if it were.
            Found::Nowhere => account.to_ascii_lowercase(),
        };
        Subjects::Stranger {
            name: fingerprint([&account, &name.to_ascii_lowercase()]),
            source: fingerprint([&network_of(attempt.source).to_string()]),
        }
    }

    fn begin(&self, subjects: &Subjects) -> Result<(), Age> {
        let now = self.now();
        match subjects {
            Subjects::Stranger { name, source } => {
                self.by_source.begin(*source, now)?;
                let begun = self.by_name.begin(*name, now);
                if begun.is_err() {
                    self.by_source.was_none(*source);
                }
                begun
            }
            Subjects::Known(browser) => self.by_browser.begin(*browser, now),
        }
    }

    fn was_right(&self, subjects: &Subjects) {
        match subjects {
            Subjects::Stranger { name, source } => {
                self.by_name.was_right(*name);
                // Only this try: who has one password of many could else go on for ever.
                self.by_source.was_none(*source);
            }
            Subjects::Known(browser) => self.by_browser.was_right(*browser),
        }
    }

    fn was_none(&self, subjects: &Subjects) {
        match subjects {
            Subjects::Stranger { name, source } => {
                self.by_name.was_none(*name);
                self.by_source.was_none(*source);
            }
            Subjects::Known(browser) => self.by_browser.was_none(*browser),
        }
    }
}

fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a String>) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (first, _) = digest.split_first_chunk().unwrap_or((&[0; 16], &[]));
    *first
}

/// Who has one IPv6 address has its whole network of 64 bits.
fn network_of(source: IpAddr) -> IpAddr {
    match source.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// Every attempt is told. What was typed is not, where it is nobody's name: it may be a password.
fn log(found: &Found, outcome: &SignIn, source: IpAddr) {
    let (account, principal) = match found {
        Found::Someone { handle, principal } => (
            handle.account().id().to_string(),
            principal_of_log(*principal),
        ),
        Found::Nobody(id) => (id.to_string(), "-".to_owned()),
        Found::Nowhere => ("-".to_owned(), "-".to_owned()),
    };
    let outcome = match outcome {
        SignIn::Admitted(session) => match session.stage {
            Stage::SignedIn => "signed in",
            Stage::NewPasswordDue => "a new password is due",
        },
        SignIn::Incorrect => "incorrect",
        SignIn::ExpiredForGood => "expired",
        SignIn::HeldBack(_) => "held back",
        SignIn::Busy => "busy",
        SignIn::Unavailable(error) => {
            tracing::error!(account, principal, %source, %error, "sign-in failed");
            return;
        }
    };
    tracing::info!(account, principal, %source, outcome, "sign-in");
}

#[cfg(test)]
mod tests;
