//! The administration of accounts, for which IAM has no operation: making, ending and listing them,
//! and giving a root user a new password.

use keyward_account::{
    AccessKey, AccessKeyStatus, Account, Change, Changes, Claim, GlobalEndpointTokens, KeyOwner,
    Record, RootUser, Settings,
};
use keyward_api::FaultCode;
use keyward_credentials::{SealingKey, Verifier, mint_password, mint_secret_access_key};
use keyward_faults::Fault;
use keyward_names::{AccessKeyId, AccessKeyKind, AccountId, FoldedName, Secret, Timestamp};
use keyward_store::StoreError;

use crate::hashing::{HashError, HashQueue};
use crate::installation::Installation;
use crate::random::{RandomError, random, random_number};
use crate::refusal::Refusal;
use crate::rows::{ACCOUNT_ID_KIND, data_key_context};

/// How many accounts a list reads at once.
const LIST_CHUNK: usize = 1_000;

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

/// What the root user of a new account signs requests and signs in with. It is shown once.
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
    /// The operating system gave no random bytes.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The account's key could not be sealed or opened.
    #[error("a key could not be sealed")]
    Seal,
    /// The change was refused.
    #[error("{0}")]
    Refused(Fault),
    /// Other changes of the account kept coming first.
    #[error("the account is being changed by others: try again")]
    Busy,
}

impl From<Refusal> for AdministrationError {
    fn from(refusal: Refusal) -> Self {
        if refusal.is_stale() {
            Self::Busy
        } else {
            Self::Refused(refusal.into_fault())
        }
    }
}

impl Installation {
    /// Makes an account. Returns its root credentials if they were asked for.
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
            .map_err(|refusal| {
                if refusal.fault().code() == FaultCode::EntityAlreadyExists {
                    AdministrationError::RootEmailTaken(email)
                } else {
                    refusal.into()
                }
            })?;
        if !made {
            return Err(AdministrationError::AlreadyExists(id));
        }
        self.accounts.forget(id);
        Ok(credentials)
    }

    /// Ends an account: deletes all its records and frees its names.
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
        self.refusals.forget(id);
        Ok(())
    }

    /// Gives the root user of an account a new password and returns it.
    pub async fn reset_root_password(&self, id: AccountId) -> Result<Secret, AdministrationError> {
        let password = mint_password(&random()?);
        self.set_root_password(id, password.clone()).await?;
        Ok(password)
    }

    /// Gives the root user of an account this password, which is not judged.
    pub async fn set_root_password(
        &self,
        id: AccountId,
        password: Secret,
    ) -> Result<(), AdministrationError> {
        let handle = self
            .accounts
            .get(id)
            .await?
            .ok_or(AdministrationError::NoSuchAccount(id))?;
        let verifier = self.verifier_of(password).await?;
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
        Ok(())
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

/// An id for a new account. It never begins with a zero: such ids are left to operators who choose
/// one themselves.
pub fn random_account_id() -> Result<AccountId, RandomError> {
    const FIRST: u64 = 100_000_000_000;
    const COUNT: u64 = 900_000_000_000;
    let number = FIRST + random_number()? % COUNT;
    Ok(AccountId::from_number(number).unwrap_or(AccountId::FIRST))
}

/// Makes the id and the secret of a new access key of an account. Nothing is stored yet.
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
