//! An installation: what a node holds while it runs, and the administration of accounts, which no
//! IAM operation does.

use std::sync::Arc;
use std::time::Duration;

use keyward_account::{
    AccessKey, AccessKeyStatus, Account, Change, Changes, Claim, GlobalEndpointTokens, KeyOwner,
    Record, RootUser, Settings,
};
use keyward_api::FaultCode;
use keyward_credentials::{
    HashParameters, Recipe, Salt, SealingKey, Verifier, mint_password, mint_secret_access_key,
};
use keyward_names::{AccessKeyId, AccessKeyKind, AccountId, Age, FoldedName, Secret, Timestamp};
use keyward_store::{Store, StoreError};

use crate::accounts::{ACCOUNT_ID_KIND, Accounts, data_key_context};
use crate::assertions::Assertions;
use crate::audit::Audit;
use crate::caller::Principal;
use crate::clock::Clock;
use crate::fault::{self, Fault};
use crate::hashing::{HashError, HashPool, HashQueue};
use crate::identity_providers::{IdentityProviders, NoIdentityProviders};
use crate::keys::{self, InstallationKeys, KeysError};
use crate::managed::AwsPolicies;
use crate::quotas::AccountQuotas;
use crate::random::{RandomError, random, random_number};
use crate::sessions::{OpenedSession, SessionKeyRing, TokenError};
use crate::tries::{Tries, TryRules};
use crate::uses::Uses;
use crate::writer::Refusal;

/// How often last-used facts are written.
const USES_WRITTEN_EVERY: Duration = Duration::from_secs(3);
/// How often old audit records are forgotten.
const AUDIT_FORGOTTEN_EVERY: Duration = Duration::from_secs(3_600);
/// How often the keys of session tokens are read, and replaced if they are old. Well within the time
/// after which a new one begins to seal.
const SESSION_KEYS_LOOKED_AT_EVERY: Duration = Duration::from_secs(3_600);
/// What the issuers of AWS's accounts end in.
const AWS_TOKEN_ISSUERS: &str = ".tokens.sts.global.api.aws";
/// How many accounts a list reads at once.
const LIST_CHUNK: usize = 1_000;

/// How often people may get their old password wrong. Who gets here has signed in or signed the call,
/// and may make several at once, which all count until they are heard.
const OLD_PASSWORD_TRIES: TryRules = TryRules {
    free: 30,
    longest_wait: Age::seconds(30),
};

/// All that operations work with, one for each process.
pub struct Installation {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// The time that governs stored dates and expiry.
    pub clock: Arc<Clock>,
    /// The accounts held in memory.
    pub accounts: Accounts,
    /// Password hashing.
    pub hashing: HashPool,
    /// When keys were last used.
    pub uses: Uses,
    /// Wrong guesses at the old password by those who change theirs.
    pub old_password_tries: Tries<(AccountId, Principal)>,
    /// What accounts may have.
    pub quotas: AccountQuotas,
    /// The policies that are managed by AWS.
    pub aws_policies: AwsPolicies,
    /// What becomes of audit records.
    pub audit: Arc<Audit>,
    /// The way out to identity providers.
    pub identity_providers: Arc<dyn IdentityProviders>,
    /// Where the issuers of all accounts lie, if not where AWS's do.
    pub token_issuer_base: Option<String>,
    /// What checks the assertions of SAML providers.
    pub(crate) assertions: Assertions,
    /// What seals session tokens.
    pub session_keys: SessionKeyRing,
    keys: InstallationKeys,
}

/// What an operator decides about an installation.
#[derive(Debug, Clone)]
pub struct InstallationOptions {
    /// What accounts may have.
    pub quotas: AccountQuotas,
    /// The policies that are managed by AWS.
    pub aws_policies: AwsPolicies,
    /// What becomes of audit records.
    pub audit: Arc<Audit>,
    /// The way out to identity providers.
    pub identity_providers: Arc<dyn IdentityProviders>,
    /// A URL under which the issuers of all accounts lie, so that their documents can be fetched from
    /// this server. Without it they are called as AWS's are.
    pub token_issuer_base: Option<String>,
}

impl Default for InstallationOptions {
    fn default() -> Self {
        Self {
            quotas: AccountQuotas::default(),
            aws_policies: AwsPolicies::default(),
            audit: Arc::default(),
            identity_providers: Arc::new(NoIdentityProviders),
            token_issuer_base: None,
        }
    }
}

/// An account to be made.
#[derive(Debug)]
pub struct NewAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name, for people.
    pub name: String,
    /// The e-mail address of its root user.
    pub root_email: String,
    /// Whether the root user gets an access key and a password at once.
    pub with_root_credentials: bool,
}

/// What the root user of a new account can sign with and sign in with. It is told once.
#[derive(Debug)]
pub struct RootCredentials {
    /// The root user's access key.
    pub access_key_id: AccessKeyId,
    /// Its secret.
    pub secret_access_key: Secret,
    /// The root user's password.
    pub password: Secret,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// Its id.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// The e-mail address of its root user.
    pub root_email: String,
    /// Its alias.
    pub alias: Option<String>,
}

/// Why an account could not be administered.
#[derive(Debug, thiserror::Error)]
pub enum AdministrationError {
    /// There is an account with this id already.
    #[error("account {0} already exists")]
    AlreadyExists(AccountId),
    /// The e-mail address is that of another account's root user, which signs in by it.
    #[error("the e-mail address `{0}` is that of another account's root user")]
    RootEmailTaken(String),
    /// There is no account with this id.
    #[error("account {0} does not exist")]
    NoSuchAccount(AccountId),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A password could not be hashed.
    #[error(transparent)]
    Hash(#[from] HashError),
    /// No random bytes could be had.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The account's key could not be sealed or opened.
    #[error("a key could not be sealed")]
    Seal,
    /// The change was refused.
    #[error("{0}")]
    Refused(Fault),
    /// The account changed again and again meanwhile.
    #[error("the account is being changed by others: try again")]
    Busy,
}

impl From<Refusal> for AdministrationError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Fault(fault) => Self::Refused(fault),
            Refusal::Stale(_) => Self::Busy,
        }
    }
}

impl Installation {
    /// Takes up work on a store whose keys are open. Must be called within a Tokio runtime, which
    /// then also writes last-used facts until the installation is dropped.
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
            assertions: Assertions::default(),
            session_keys: SessionKeyRing::new(keys.session_keys.clone()),
            keys,
        });
        forget_audit_now_and_then(&installation);
        look_after_session_keys_now_and_then(&installation);
        let weak = Arc::downgrade(&installation);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(USES_WRITTEN_EVERY).await;
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

    /// Writes what is only in memory and closes the store. Nothing acknowledged depends on it.
    pub async fn stop(&self) -> Result<(), StoreError> {
        let written = self.uses.write(&*self.store).await;
        let audit = Arc::clone(&self.audit);
        // It has the log tell what it could not write; a panic in it is told by itself.
        let _ = tokio::task::spawn_blocking(move || audit.close()).await;
        self.store.close().await.and(written)
    }

    /// The recipe of a new password: a new salt, today's cost and pepper.
    pub fn new_recipe(&self) -> Result<Recipe, RandomError> {
        Ok(Recipe {
            salt: Salt(random()?),
            parameters: HashParameters::default(),
            pepper: self.keys.pepper.id,
        })
    }

    /// Seals what browsers keep of a sign-in.
    #[must_use]
    pub fn sign_in_key(&self) -> &SealingKey {
        &self.keys.sign_in_key
    }

    /// The issuer of an account's tokens, of which `label` tells it from other accounts'.
    #[must_use]
    pub fn token_issuer(&self, label: &str) -> String {
        match &self.token_issuer_base {
            Some(base) => format!("{}/{label}", base.trim_end_matches('/')),
            None => format!("https://{label}{AWS_TOKEN_ISSUERS}"),
        }
    }

    /// Whether an issuer is an account that gives out tokens, of this installation or of AWS.
    pub(crate) fn is_token_issuer(&self, issuer: &str) -> bool {
        let base = self.token_issuer_base.as_deref();
        let rest = base.and_then(|base| issuer.strip_prefix(base.trim_end_matches('/')));
        rest.is_some_and(|rest| rest.starts_with('/')) || issuer.ends_with(AWS_TOKEN_ISSUERS)
    }

    /// Opens a session token that came with an access key. It is a fault where it is none of this
    /// installation's, or has expired.
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

    /// Reads the keys of session tokens anew, and makes another where it is time.
    async fn look_after_session_keys(&self) -> Result<(), KeysError> {
        let (store, now) = (&*self.store, Clock::real_now());
        let keys = keys::look_after_session_keys(store, &self.keys.master_key, now).await?;
        self.session_keys.replace(keys);
        Ok(())
    }

    /// Makes an account. Its root credentials are answered only when they were asked for.
    pub async fn create_account(
        &self,
        new: NewAccount,
    ) -> Result<Option<RootCredentials>, AdministrationError> {
        let NewAccount {
            id,
            name,
            root_email,
            with_root_credentials,
        } = new;
        let plain = random::<32>()?;
        let sealed_data_key = self
            .keys
            .master_key
            .sealing_key()
            .seal(&data_key_context(id), &plain, random()?)
            .map_err(|_| AdministrationError::Seal)?;
        let data_key = SealingKey::new(plain);
        let created = self.clock.now();

        let mut records = vec![Record::Settings(Settings {
            name,
            created,
            data_key: sealed_data_key,
            global_endpoint_tokens: GlobalEndpointTokens::default(),
        })];
        let email = root_email.clone();
        let mut root = RootUser {
            email: root_email,
            password: None,
            password_changed: None,
        };
        let mut credentials = None;
        if with_root_credentials {
            let made = mint_root_credentials(id)?;
            root.password = Some(self.verifier_of(made.password.clone()).await?);
            root.password_changed = Some(created);
            records.push(Record::AccessKey(root_key(&made, &data_key, created)?));
            credentials = Some(made);
        }
        records.push(Record::RootUser(root));

        let changes = Changes {
            changes: records.into_iter().map(Change::Put).collect(),
            claims: vec![
                Claim::AccountId(id),
                Claim::RootEmail(FoldedName::fold(&email)),
            ],
            releases: Vec::new(),
        };
        let writer = self.accounts.unmade(id).await?;
        let made = writer
            .commit(move |account: &Account| {
                if account.settings().is_some() {
                    return Ok((Changes::none(), false));
                }
                Ok((changes.clone(), true))
            })
            .await
            .map_err(|refusal| match refusal {
                Refusal::Fault(fault) if fault.code() == FaultCode::EntityAlreadyExists => {
                    AdministrationError::RootEmailTaken(email)
                }
                Refusal::Fault(_) | Refusal::Stale(_) => refusal.into(),
            })?;
        if !made {
            return Err(AdministrationError::AlreadyExists(id));
        }
        self.accounts.forget(id);
        Ok(credentials)
    }

    /// Ends an account: all its records go, and its names become free.
    pub async fn end_account(&self, id: AccountId) -> Result<(), AdministrationError> {
        let handle = self
            .accounts
            .get(id)
            .await?
            .ok_or(AdministrationError::NoSuchAccount(id))?;
        handle
            .writer
            .commit(move |account: &Account| {
                let mut releases = vec![Claim::AccountId(id)];
                releases.extend(account.alias().cloned().map(Claim::Alias));
                let email = account
                    .root_user()
                    .map(|root| FoldedName::fold(&root.email));
                releases.extend(email.map(Claim::RootEmail));
                let issuer = account.outbound_federation();
                let label = issuer.map(|issuer| issuer.issuer_label.clone());
                releases.extend(label.map(Claim::TokenIssuer));
                let changes = account.record_keys().map(Change::Delete).collect();
                Ok((
                    Changes {
                        changes,
                        claims: Vec::new(),
                        releases,
                    },
                    (),
                ))
            })
            .await?;
        self.accounts.forget(id);
        Ok(())
    }

    /// Gives the root user of an account a new password, which is answered.
    pub async fn reset_root_password(&self, id: AccountId) -> Result<Secret, AdministrationError> {
        let handle = self
            .accounts
            .get(id)
            .await?
            .ok_or(AdministrationError::NoSuchAccount(id))?;
        let password = mint_password(&random()?);
        let verifier = self.verifier_of(password.clone()).await?;
        let now = self.clock.now();
        handle
            .writer
            .commit(move |account: &Account| {
                let email = account
                    .root_user()
                    .map_or_else(String::new, |root| root.email.clone());
                let root = RootUser {
                    email,
                    password: Some(verifier),
                    password_changed: Some(now),
                };
                Ok((Changes::put(Record::RootUser(root)), ()))
            })
            .await?;
        Ok(password)
    }

    /// All accounts, in the order of their ids.
    pub async fn list_accounts(&self) -> Result<Vec<AccountSummary>, AdministrationError> {
        let mut summaries = Vec::new();
        for id in self.account_ids().await? {
            if let Some(handle) = self.accounts.get(id).await? {
                let account = handle.account();
                summaries.push(AccountSummary {
                    id,
                    name: account
                        .settings()
                        .map_or_else(String::new, |of| of.name.clone()),
                    root_email: account
                        .root_user()
                        .map_or_else(String::new, |of| of.email.clone()),
                    alias: account.alias().map(ToString::to_string),
                });
            }
        }
        Ok(summaries)
    }

    /// The ids of all accounts, in order.
    pub async fn account_ids(&self) -> Result<Vec<AccountId>, StoreError> {
        let mut ids = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let entries = self
                .store
                .directory_list(ACCOUNT_ID_KIND, after.as_deref(), LIST_CHUNK)
                .await?;
            ids.extend(entries.iter().map(|entry| entry.account));
            match entries.last() {
                Some(last) if entries.len() == LIST_CHUNK => after = Some(last.name.clone()),
                Some(_) | None => return Ok(ids),
            }
        }
    }

    async fn verifier_of(&self, password: Secret) -> Result<Verifier, AdministrationError> {
        let recipe = self.new_recipe()?;
        let digest = self
            .hashing
            .digest(HashQueue::Authenticated, password, recipe)
            .await?;
        Ok(Verifier { recipe, digest })
    }
}

/// Forgets audit records that were kept for long enough, until the installation is dropped.
fn forget_audit_now_and_then(installation: &Arc<Installation>) {
    let weak = Arc::downgrade(installation);
    tokio::spawn(async move {
        while let Some(installation) = weak.upgrade() {
            let (store, now) = (&*installation.store, installation.clock.now());
            if let Err(error) = installation.audit.forget_old(store, now).await {
                tracing::warn!(%error, "old audit records could not be forgotten");
            }
            drop(installation);
            tokio::time::sleep(AUDIT_FORGOTTEN_EVERY).await;
        }
    });
}

/// Looks after the keys of session tokens, until the installation is dropped.
fn look_after_session_keys_now_and_then(installation: &Arc<Installation>) {
    let weak = Arc::downgrade(installation);
    tokio::spawn(async move {
        while let Some(installation) = weak.upgrade() {
            if let Err(error) = installation.look_after_session_keys().await {
                tracing::warn!(%error, "the key of session tokens could not be looked after");
            }
            drop(installation);
            tokio::time::sleep(SESSION_KEYS_LOOKED_AT_EVERY).await;
        }
    });
}

/// An id for a new account. Ids that begin with a zero are left for those who ask for them.
pub fn random_account_id() -> Result<AccountId, RandomError> {
    const FIRST: u64 = 100_000_000_000;
    const COUNT: u64 = 900_000_000_000;
    let number = FIRST + random_number()? % COUNT;
    Ok(AccountId::from_number(number).unwrap_or(AccountId::FIRST))
}

/// The id and the secret of a new access key of an account, which nothing keeps yet.
pub fn mint_access_key(account: AccountId) -> Result<(AccessKeyId, Secret), RandomError> {
    let id = AccessKeyId::mint(AccessKeyKind::LongTerm, account, random_number()?);
    Ok((id, mint_secret_access_key(&random()?)))
}

fn mint_root_credentials(account: AccountId) -> Result<RootCredentials, RandomError> {
    let (access_key_id, secret_access_key) = mint_access_key(account)?;
    let password = mint_password(&random()?);
    Ok(RootCredentials {
        access_key_id,
        secret_access_key,
        password,
    })
}

fn root_key(
    credentials: &RootCredentials,
    data_key: &SealingKey,
    created: Timestamp,
) -> Result<AccessKey, AdministrationError> {
    let id = credentials.access_key_id;
    let secret = data_key
        .seal(
            &AccessKey::seal_context(id),
            credentials.secret_access_key.expose().as_bytes(),
            random()?,
        )
        .map_err(|_| AdministrationError::Seal)?;
    let status = AccessKeyStatus::Active;
    Ok(AccessKey {
        id,
        owner: KeyOwner::Root,
        secret,
        status,
        created,
    })
}
