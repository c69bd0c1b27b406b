//! Who is calling: whose access key signed a request, and whether the signature is right.

use std::sync::Arc;

use keyward_account::AccessKeyStatus;
use keyward_api::{FaultCode, OperationId, Service as ApiService};
use keyward_authorization::sessions::OpenedSession;
use keyward_authorization::{Caller, Principal};
use keyward_engine::{AccountHandle, Clock};
use keyward_faults::{Fault, fault};
use keyward_names::{AccessKeyId, AccessKeyKind, AccountId, Secret};
use keyward_operations::{account_of_role, no_such_role};
use keyward_sigv4::{Expected, Presented, PresignedLifetime, Regions, SignatureError, SigningKey};
use keyward_wire::Parameters;
use subtle::ConstantTimeEq;

use crate::Service;
use crate::dev_account::make_dev_account;
use crate::options::{ConfiguredKey, Mode};
use crate::sessions::Remembered;
use crate::signing_keys;

/// A caller and the account it calls in.
pub(crate) struct Authenticated {
    pub(crate) caller: Caller,
    pub(crate) handle: Arc<AccountHandle>,
}

impl Service {
    /// Finds out who signed.
    pub(crate) async fn authenticate(
        &self,
        presented: &Presented<'_>,
        service: ApiService,
    ) -> Result<Authenticated, Fault> {
        let id = presented.access_key_id();
        if let Some(configured) = self.configured_key(id) {
            return self
                .as_configured_root(presented, service, configured)
                .await;
        }
        let issued = AccessKeyId::parse(id).ok();
        if let Some((issued, account)) = issued.and_then(|id| Some((id, id.embedded_account()?)))
            && let Some(handle) = self.handle(account).await?
        {
            return match issued.kind() {
                AccessKeyKind::LongTerm => self.as_key_owner(presented, service, issued, handle),
                AccessKeyKind::Temporary => {
                    self.as_session(presented, service, issued, handle).await
                }
            };
        }
        match &self.options.mode {
            Mode::Dev(dev) if !dev.enforce => self.as_dev_root(id, dev.account).await,
            Mode::Dev(_) | Mode::Serve => Err(fault::invalid_client_token_id()),
        }
    }

    fn as_key_owner(
        &self,
        presented: &Presented<'_>,
        service: ApiService,
        id: AccessKeyId,
        handle: Arc<AccountHandle>,
    ) -> Result<Authenticated, Fault> {
        let account = handle.account();
        let key = account
            .access_key(id)
            .filter(|key| key.status == AccessKeyStatus::Active)
            .ok_or_else(fault::invalid_client_token_id)?;
        if presented.session_token().is_some() {
            return Err(fault::invalid_client_token_id());
        }
        judge(presented, service)?;
        let scope = presented.scope();
        let remembered = self.signing_keys.remembered(key, scope);
        match &remembered {
            Some(signing_key) => check(presented, service, signing_key)?,
            None => {
                let derived = signing_keys::derive(key, handle.data_key(), scope);
                let signing_key = derived.map_err(Fault::internal)?;
                check(presented, service, &signing_key)?;
                self.signing_keys
                    .remember(key, scope, Arc::new(signing_key));
            }
        }
        self.installation
            .note_access_key_use(account.id(), id, scope.service, scope.region);
        Ok(Authenticated {
            caller: Caller::of_key(id, key.owner),
            handle,
        })
    }

    /// Whoever holds a session: the access key and the token stand for it only together, and what it
    /// was signed with is in the token alone.
    async fn as_session(
        &self,
        presented: &Presented<'_>,
        service: ApiService,
        id: AccessKeyId,
        handle: Arc<AccountHandle>,
    ) -> Result<Authenticated, Fault> {
        let token = presented
            .session_token()
            .ok_or_else(fault::invalid_client_token_id)?;
        judge(presented, service)?;
        let (scope, now) = (presented.scope(), self.installation.clock().now());
        let session = match self.sessions.remembered(id, token, scope) {
            Some(Remembered { session, key }) => {
                if session.expires <= now {
                    return Err(fault::expired_token());
                }
                check(presented, service, &key)?;
                session
            }
            None => {
                let opened = self.installation.open_session(id, token).await?;
                let OpenedSession { session, secret } = opened;
                let key = SigningKey::derive(secret.expose(), scope);
                check(presented, service, &key)?;
                self.sessions
                    .remember(&session, token, scope, Arc::new(key));
                session
            }
        };
        let account = handle.account();
        let role = session.role_session().map(|session| session.role);
        let caller = Caller::Session(session);
        if !caller.is_known(&account) {
            return Err(fault::invalid_client_token_id());
        }
        if let Some(role) = role {
            self.installation
                .note_role_use(account.id(), role, scope.region);
        }
        Ok(Authenticated { caller, handle })
    }

    /// A caller who signs nothing: the operation judges the token or assertion of an identity
    /// provider. A role of an account that does not exist is answered like a role that does not
    /// exist.
    pub(crate) async fn as_unsigned(
        &self,
        operation: OperationId,
        parameters: &Parameters<'_>,
    ) -> Result<Authenticated, Fault> {
        let account = parameters.get("RoleArn").and_then(account_of_role);
        let handle = match account {
            Some(account) => self.handle(account).await?,
            None => None,
        };
        let caller = Caller::Unsigned;
        match handle {
            Some(handle) => Ok(Authenticated { caller, handle }),
            None => Err(no_such_role(operation, parameters)),
        }
    }

    fn configured_key(&self, id: &str) -> Option<&ConfiguredKey> {
        let configured = self.options.configured_key.as_ref()?;
        let same: bool = configured
            .access_key_id
            .as_bytes()
            .ct_eq(id.as_bytes())
            .into();
        same.then_some(configured)
    }

    async fn as_configured_root(
        &self,
        presented: &Presented<'_>,
        service: ApiService,
        configured: &ConfiguredKey,
    ) -> Result<Authenticated, Fault> {
        if presented.session_token().is_some() {
            return Err(fault::invalid_client_token_id());
        }
        judge(presented, service)?;
        let secret: &Secret = &configured.secret_access_key;
        check(
            presented,
            service,
            &SigningKey::derive(secret.expose(), presented.scope()),
        )?;
        let root = Caller::without_key(Principal::Root);
        self.as_root(configured.account, root).await
    }

    /// In `dev`, 12 digits stand for the root user of that account, and any other key that Keyward
    /// did not issue for the root user of the default account. Their signatures can't be checked.
    async fn as_dev_root(&self, id: &str, default: AccountId) -> Result<Authenticated, Fault> {
        let account = AccountId::parse(id).unwrap_or(default);
        let root = Caller::stand_in_for_root();
        self.as_root(account, root).await
    }

    async fn as_root(&self, account: AccountId, caller: Caller) -> Result<Authenticated, Fault> {
        if let Some(handle) = self.handle(account).await? {
            return Ok(Authenticated { caller, handle });
        }
        make_dev_account(&self.installation, account)
            .await
            .map_err(|error| fault::service_unavailable().caused_by(error))?;
        let handle = self
            .handle(account)
            .await?
            .ok_or_else(fault::service_unavailable)?;
        Ok(Authenticated { caller, handle })
    }

    async fn handle(&self, account: AccountId) -> Result<Option<Arc<AccountHandle>>, Fault> {
        self.installation
            .account(account)
            .await
            .map_err(|error| fault::service_unavailable().caused_by(error))
    }
}

/// Judges all that needs no secret, before a key is derived for a scope that is wrong.
fn judge(presented: &Presented<'_>, service: ApiService) -> Result<(), Fault> {
    presented
        .judge(&expected(service), Clock::real_now().unix_seconds())
        .and_then(|()| check_region(presented.scope().region))
        .map_err(signature_fault)
}

/// Any region will do, as a private cloud has regions of its own, but it must look like one: it is
/// remembered with the keys derived for it, and told as where a key was last used.
fn check_region(region: &str) -> Result<(), SignatureError> {
    let is_region = (1..=64).contains(&region.len())
        && region
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if is_region {
        Ok(())
    } else {
        Err(SignatureError::WrongRegion)
    }
}

/// Checks a signature with the key of its scope, its time and its region with it.
fn check(presented: &Presented<'_>, service: ApiService, key: &SigningKey) -> Result<(), Fault> {
    presented
        .check(key, &expected(service), Clock::real_now().unix_seconds())
        .map_err(signature_fault)
}

fn expected(service: ApiService) -> Expected<'static> {
    Expected {
        service: service.signing_name(),
        regions: Regions::Any,
        normalize_path: true,
        // Seen at STS; for IAM (unsure).
        presigned: PresignedLifetime::LikeHeaders,
    }
}

/// A failed signature as the API tells it.
pub(crate) fn signature_fault(error: SignatureError) -> Fault {
    let code = match error.code() {
        "MissingAuthenticationToken" => FaultCode::MissingAuthenticationToken,
        "IncompleteSignature" => FaultCode::IncompleteSignature,
        "RequestExpired" => FaultCode::RequestExpired,
        _ => FaultCode::SignatureDoesNotMatch,
    };
    fault::signature_refused(code, error.to_string())
}

#[cfg(test)]
mod tests;
