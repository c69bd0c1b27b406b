//! An installation: what a node holds while it runs.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use keyward_authorization::sessions::{OpenedSession, SessionKeyRing, TokenError};
use keyward_authorization::{AwsPolicies, Managed, Principal};
use keyward_credentials::{Digest, HashParameters, Recipe, Salt, SealingKey};
use keyward_faults::{Fault, fault};
use keyward_names::{AccessKeyId, AccountId, Age, FoldedName, RoleId, Secret, Timestamp};
use keyward_store::{Store, StoreError};

use crate::accounts::{AccountHandle, Accounts};
use crate::assertions::Assertions;
use crate::audit::Audit;
use crate::clock::Clock;
use crate::hashing::{HashError, HashPool, HashQueue};
use crate::identity_providers::{IdentityProviders, NoIdentityProviders};
use crate::keys::{self, InstallationKeys, KeysError};
use crate::quotas::AccountQuotas;
use crate::random::{RandomError, random};
use crate::refusals::Refusals;
use crate::rows::{ALIAS_KIND, ROOT_EMAIL_KIND};
use crate::tries::{Tries, TryRules};
use crate::uses::Uses;

/// How often last uses are written to the store.
const USES_WRITTEN_EVERY: Duration = Duration::from_secs(3);
/// How often old audit records are forgotten.
const AUDIT_FORGOTTEN_EVERY: Duration = Duration::from_secs(3_600);
/// How often the keys of session tokens are read, and replaced if they are old. Much less than the
/// time that passes before a new key begins to seal.
const SESSION_KEYS_LOOKED_AT_EVERY: Duration = Duration::from_secs(3_600);
/// The end of the issuer URLs of AWS's accounts.
const AWS_TOKEN_ISSUERS: &str = ".tokens.sts.global.api.aws";
/// How often people may type a wrong old password, and how long they wait then. They have signed in
/// or signed the call already, and may send several tries at once: each counts as wrong until it is
/// judged.
const OLD_PASSWORD_TRIES: TryRules = TryRules {
    free: 30,
    longest_wait: Age::seconds(30),
};

/// All that operations work with, one for each process.
pub struct Installation {
    /// Where everything is kept.
    pub(crate) store: Arc<dyn Store>,
    /// The time that governs stored dates and expiry.
    pub(crate) clock: Arc<Clock>,
    /// The accounts held in memory.
    pub(crate) accounts: Accounts,
    /// Password hashing.
    pub(crate) hashing: HashPool,
    /// When keys were last used.
    pub(crate) uses: Uses,
    /// Wrong old passwords of principals that change their password.
    pub(crate) old_password_tries: Tries<(AccountId, Principal)>,
    /// How much accounts may have.
    pub(crate) quotas: AccountQuotas,
    /// The policies that are managed by AWS.
    pub(crate) aws_policies: AwsPolicies,
    /// What becomes of audit records.
    pub(crate) audit: Arc<Audit>,
    /// The way out to identity providers.
    pub(crate) identity_providers: Arc<dyn IdentityProviders>,
    /// The URL under which the issuers of all accounts lie; `None` for URLs like AWS's.
    pub(crate) token_issuer_base: Option<String>,
    /// The account whose root user has a key that is given at start.
    pub(crate) outside_root_key: Option<AccountId>,
    /// What checks the assertions of SAML providers.
    pub(crate) assertions: Assertions,
    /// What seals session tokens.
    pub(crate) session_keys: SessionKeyRing,
    pub(crate) keys: InstallationKeys,
    /// The last requests that policies refused.
    pub(crate) refusals: Refusals,
    /// Warnings that were told already.
    told: Mutex<HashSet<&'static str>>,
}

/// What the operator of an installation decides.
#[derive(Debug, Clone)]
pub struct InstallationOptions {
    /// How much accounts may have.
    pub quotas: AccountQuotas,
    /// The policies that are managed by AWS.
    pub aws_policies: AwsPolicies,
    /// What becomes of audit records.
    pub audit: Arc<Audit>,
    /// The way out to identity providers.
    pub identity_providers: Arc<dyn IdentityProviders>,
    /// A URL under which the issuers of all accounts lie, so that their documents can be fetched
    /// from this server. Without it their URLs are like those of AWS's accounts.
    pub token_issuer_base: Option<String>,
    /// The account whose root user has a key that is given at start and kept nowhere.
    pub outside_root_key: Option<AccountId>,
}

impl Default for InstallationOptions {
    fn default() -> Self {
        Self {
            quotas: AccountQuotas::default(),
            aws_policies: AwsPolicies::default(),
            audit: Arc::default(),
            identity_providers: Arc::new(NoIdentityProviders),
            token_issuer_base: None,
            outside_root_key: None,
        }
    }
}

impl Installation {
    /// Starts an installation on a store whose keys are open. Must be called within a Tokio
    /// runtime, where it also starts the tasks that write last uses, until the installation is
    /// dropped.
    #[must_use]
    pub fn start(
        store: Arc<dyn Store>,
        keys: InstallationKeys,
        options: InstallationOptions,
    ) -> Arc<Self> {
        let clock = Arc::new(Clock::default());
        let accounts = Accounts::new(
            Arc::clone(&store),
            Arc::clone(&clock),
            keys.master_key.clone(),
        );
        let hashing = HashPool::start(keys.pepper.clone());
        let installation = Arc::new(Self {
            store,
            clock,
            accounts,
            hashing,
            uses: Uses::default(),
            old_password_tries: Tries::new(OLD_PASSWORD_TRIES),
            quotas: options.quotas,
            aws_policies: options.aws_policies,
            audit: options.audit,
            identity_providers: options.identity_providers,
            token_issuer_base: options.token_issuer_base,
            outside_root_key: options.outside_root_key,
            assertions: Assertions::default(),
            session_keys: SessionKeyRing::new(keys.session_keys.clone()),
            keys,
            refusals: Refusals::default(),
            told: Mutex::default(),
        });
        forget_audit_now_and_then(&installation);
        look_after_session_keys_now_and_then(&installation);
        let weak = Arc::downgrade(&installation);
        tokio::spawn(async move {
            loop {
                wait(USES_WRITTEN_EVERY).await;
                let Some(installation) = weak.upgrade() else {
                    return;
                };
                if let Err(error) = installation.uses.write(&*installation.store).await {
                    tracing::warn!(%error, "last-used facts could not be written and are kept");
                }
            }
        });
        installation
    }

    /// Writes what is in memory only (last uses, audit records) and closes the store. What was
    /// acknowledged is durable already.
    pub async fn stop(&self) -> Result<(), StoreError> {
        let written = self.uses.write(&*self.store).await;
        let audit = Arc::clone(&self.audit);
        // The log says what could not be written; so it does where `close` panics.
        let _ = tokio::task::spawn_blocking(move || audit.close()).await;
        self.store.close().await.and(written)
    }

    /// What it was started with, to start another node of the same installation.
    #[must_use]
    pub fn options(&self) -> InstallationOptions {
        InstallationOptions {
            quotas: self.quotas.clone(),
            aws_policies: self.aws_policies.clone(),
            audit: Arc::clone(&self.audit),
            identity_providers: Arc::clone(&self.identity_providers),
            token_issuer_base: self.token_issuer_base.clone(),
            outside_root_key: self.outside_root_key,
        }
    }

    /// The time that governs stored dates and expiry.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The last requests that policies refused.
    #[must_use]
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// Tells the operator something in the log, once for each text.
    pub fn warn_once(&self, text: &'static str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.insert(text) {
            tracing::warn!("{text}");
        }
    }

    /// The managed policies of AWS.
    #[must_use]
    pub fn aws_policies(&self) -> &AwsPolicies {
        &self.aws_policies
    }

    /// The account with this id, if there is one.
    pub async fn account(&self, id: AccountId) -> Result<Option<Arc<AccountHandle>>, StoreError> {
        self.accounts.get(id).await
    }

    /// Managed policies: those of AWS, and those of an account when one is given.
    #[must_use]
    pub fn managed(&self) -> Managed<'_> {
        Managed::new(&self.aws_policies)
    }

    /// What becomes of audit records.
    #[must_use]
    pub fn audit(&self) -> &Audit {
        &self.audit
    }

    /// Wrong old passwords of principals that change their password.
    #[must_use]
    pub fn old_password_tries(&self) -> &Tries<(AccountId, Principal)> {
        &self.old_password_tries
    }

    /// The URL under which the issuers of all accounts lie; `None` for URLs like AWS's.
    #[must_use]
    pub fn token_issuer_base(&self) -> Option<&str> {
        self.token_issuer_base.as_deref()
    }

    /// Hashes a password as the recipe says, which takes a while.
    pub async fn hash(
        &self,
        queue: HashQueue,
        password: Secret,
        recipe: Recipe,
    ) -> Result<Digest, HashError> {
        self.hashing.digest(queue, password, recipe).await
    }

    /// Notes that a key signed a request.
    pub fn note_access_key_use(
        &self,
        account: AccountId,
        key: AccessKeyId,
        service: &str,
        region: &str,
    ) {
        let now = self.clock.now();
        self.uses
            .note_access_key(account, key, service, region, now);
    }

    /// Notes that a session of a role signed a request.
    pub fn note_role_use(&self, account: AccountId, role: RoleId, region: &str) {
        self.uses.note_role(account, role, region, self.clock.now());
    }

    /// Notes that someone signed in with a password. Returns when it was used before.
    pub async fn note_password_use(
        &self,
        account: AccountId,
        principal: Principal,
    ) -> Option<Timestamp> {
        let now = self.clock.now();
        self.uses
            .note_password(&*self.store, account, principal, now)
            .await
    }

    /// Writes the noted last uses to the store, which otherwise happens every 3 s.
    pub async fn write_uses(&self) -> Result<(), StoreError> {
        self.uses.write(&*self.store).await
    }

    /// The recipe of a new password: a new salt, the present cost and pepper.
    pub fn new_recipe(&self) -> Result<Recipe, RandomError> {
        Ok(Recipe {
            salt: Salt(random()?),
            parameters: HashParameters::default(),
            pepper: self.keys.pepper.id,
        })
    }

    /// The key that seals what browsers keep of a sign-in.
    #[must_use]
    pub fn sign_in_key(&self) -> &SealingKey {
        &self.keys.sign_in_key
    }

    /// The issuer of an account's tokens. `label` is the part of the URL that differs between
    /// accounts.
    #[must_use]
    pub fn token_issuer(&self, label: &str) -> String {
        match &self.token_issuer_base {
            Some(base) => format!("{}/{label}", base.trim_end_matches('/')),
            None => format!("https://{label}{AWS_TOKEN_ISSUERS}"),
        }
    }

    /// Whether an issuer is an account that gives out web identity tokens, here or at AWS.
    pub(crate) fn is_token_issuer(&self, issuer: &str) -> bool {
        let base = self.token_issuer_base.as_deref();
        let rest = base.and_then(|base| issuer.strip_prefix(base.trim_end_matches('/')));
        rest.is_some_and(|rest| rest.starts_with('/')) || issuer.ends_with(AWS_TOKEN_ISSUERS)
    }

    /// The account that has an alias.
    pub async fn account_by_alias(&self, alias: &str) -> Result<Option<AccountId>, StoreError> {
        self.store.directory(ALIAS_KIND, alias).await
    }

    /// The account whose root user has an e-mail address, compared without case.
    pub async fn account_by_root_email(
        &self,
        email: &str,
    ) -> Result<Option<AccountId>, StoreError> {
        let email = FoldedName::fold(email);
        self.store.directory(ROOT_EMAIL_KIND, email.as_str()).await
    }

    /// Opens a session token that came with an access key. It is a fault if this installation did
    /// not make the token, or if it has expired.
    pub async fn open_session(
        &self,
        access_key: AccessKeyId,
        token: &str,
    ) -> Result<OpenedSession, Fault> {
        let mut opened = self.session_keys.open(access_key, token);
        if let Err(TokenError::UnknownKey(id)) = opened
            && self.session_keys.may_ask(id, Clock::real_now())
        {
            let keys = keys::session_keys(&*self.store, &self.keys.master_key).await;
            let keys = keys.map_err(|error| fault::service_unavailable().caused_by(error))?;
            self.session_keys.replace(keys);
            opened = self.session_keys.open(access_key, token);
        }
        let opened = opened.map_err(|_| fault::invalid_client_token_id())?;
        if opened.session.expires <= self.clock.now() {
            return Err(fault::expired_token());
        }
        Ok(opened)
    }

    /// Reads the keys of session tokens anew, and makes another when the newest is old.
    async fn look_after_session_keys(&self) -> Result<(), KeysError> {
        let (store, now) = (&*self.store, Clock::real_now());
        let keys = keys::look_after_session_keys(store, &self.keys.master_key, now).await?;
        self.session_keys.replace(keys);
        Ok(())
    }
}

/// Starts the task that deletes audit records which were kept for long enough, until the
/// installation is dropped.
fn forget_audit_now_and_then(installation: &Arc<Installation>) {
    let weak = Arc::downgrade(installation);
    tokio::spawn(async move {
        while let Some(installation) = weak.upgrade() {
            let (store, now) = (&*installation.store, installation.clock.now());
            if let Err(error) = installation.audit.forget_old(store, now).await {
                tracing::warn!(%error, "old audit records could not be forgotten");
            }
            drop(installation);
            wait(AUDIT_FORGOTTEN_EVERY).await;
        }
    });
}

/// Starts the task that reads and replaces the keys of session tokens, until the installation is
/// dropped.
fn look_after_session_keys_now_and_then(installation: &Arc<Installation>) {
    let weak = Arc::downgrade(installation);
    tokio::spawn(async move {
        while let Some(installation) = weak.upgrade() {
            if let Err(error) = installation.look_after_session_keys().await {
                tracing::warn!(%error, "the key of session tokens could not be looked after");
            }
            drop(installation);
            wait(SESSION_KEYS_LOOKED_AT_EVERY).await;
        }
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "the background tasks wait between their runs"
)]
async fn wait(for_how_long: Duration) {
    tokio::time::sleep(for_how_long).await;
}
