//! Who is calling: whose access key signed a request, and whether the signature is right.

use std::sync::Arc;

use keyward_account::AccessKeyStatus;
use keyward_api::{FaultCode, Service as ApiService};
use keyward_names::{AccessKeyId, AccessKeyKind, AccountId, Secret};
use keyward_operations::{AccountHandle, Caller, Clock, Fault, Principal, fault};
use keyward_sigv4::{Expected, Presented, Regions, SignatureError, SigningKey};
use subtle::ConstantTimeEq;

use crate::Service;
use crate::dev_account::{DEV_ACCOUNT, make_dev_account};
use crate::options::{ConfiguredKey, Mode};
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
            return self.as_key_owner(presented, service, issued, handle);
        }
        match &self.options.mode {
            Mode::Dev(dev) if !dev.enforce => self.as_dev_root(id).await,
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
            .filter(|key| key.id.kind() == AccessKeyKind::LongTerm)
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
        let now = self.installation.clock.now();
        let used_with = (scope.service, scope.region);
        self.installation
            .uses
            .note_access_key(account.id(), id, used_with, now);
        Ok(Authenticated {
            caller: Caller::of_key(id, key.owner),
            handle,
        })
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
        self.as_root(configured.account).await
    }

    /// In `dev`, 12 digits stand for the root user of that account, and any other key that Keyward
    /// did not issue for the root user of the default account. Their signatures can't be checked.
    async fn as_dev_root(&self, id: &str) -> Result<Authenticated, Fault> {
        let account = AccountId::parse(id).or_else(|_| AccountId::parse(DEV_ACCOUNT));
        self.as_root(account.map_err(Fault::internal)?).await
    }

    async fn as_root(&self, account: AccountId) -> Result<Authenticated, Fault> {
        let caller = Caller {
            principal: Principal::Root,
            access_key: None,
        };
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
            .accounts
            .get(account)
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
mod tests {
    use keyward_testkit::World;

    use super::*;
    use crate::options::{Limits, Options};
    use crate::received::Room;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_signed_wrong_leaves_no_key_behind() {
        let world = World::new().await;
        assert_eq!(
            world.root().ask("CreateUser", "UserName=Bob").await.status,
            200
        );
        let made = world.root().ask("CreateAccessKey", "UserName=Bob").await;
        let id = AccessKeyId::parse(made.text("AccessKeyId")).unwrap();
        let limits = Limits::default();
        let service = Service {
            installation: Arc::clone(&world.installation),
            door: keyward_signin::Door::new(Arc::clone(&world.installation)),
            options: Options {
                mode: Mode::Serve,
                configured_key: None,
                limits,
                trusted_proxies: Vec::new(),
            },
            address: std::net::Ipv4Addr::LOCALHOST.into(),
            is_tls: false,
            room: Room::new(limits.large_bodies_bytes),
            signing_keys: signing_keys::SigningKeys::default(),
        };
        let time = Clock::real_now().to_string().replace(['-', ':'], "");
        let day = time.split_once('T').unwrap().0;
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={id}/{day}/us-east-1/iam/aws4_request, \
             SignedHeaders=host;x-amz-date, Signature={}",
            "0".repeat(64)
        );
        let headers: [(&str, &[u8]); 3] = [
            ("host", b"localhost"),
            ("x-amz-date", time.as_bytes()),
            ("authorization", authorization.as_bytes()),
        ];
        let presented = keyward_sigv4::present(keyward_sigv4::Request {
            method: "POST",
            path: "/",
            query: "",
            headers: &headers,
            body: b"",
        })
        .unwrap();
        let refused = service.authenticate(&presented, ApiService::Iam).await;
        assert_eq!(
            refused.err().unwrap().code().code(),
            "SignatureDoesNotMatch"
        );
        let handle = service.handle(id.embedded_account().unwrap()).await;
        let handle = handle.unwrap().unwrap();
        let account = handle.account();
        let (key, scope) = (account.access_key(id).unwrap(), presented.scope());
        assert!(service.signing_keys.remembered(key, scope).is_none());
        let derived = signing_keys::derive(key, handle.data_key(), scope).unwrap();
        service.signing_keys.remember(key, scope, Arc::new(derived));
        assert!(service.signing_keys.remembered(key, scope).is_some());
    }

    #[test]
    fn a_region_is_of_any_name_that_looks_like_one() {
        for region in ["us-east-1", "eu-central-17", "rack7", &"r".repeat(64)] {
            assert_eq!(check_region(region), Ok(()), "{region}");
        }
        for region in [
            "",
            "US-EAST-1",
            "eu west",
            "a\nb",
            "us_east",
            &"r".repeat(65),
        ] {
            assert_eq!(
                check_region(region),
                Err(SignatureError::WrongRegion),
                "{region}"
            );
        }
    }
}
