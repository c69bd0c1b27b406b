//! Who makes a request, as far as the signature shows.

use std::sync::Arc;

use keyward_account::{AccessKeyStatus, Account, KeyOwner};
use keyward_api::{OperationId, Service};
use keyward_faults::{Fault, fault};
use keyward_names::AccessKeyId;

use crate::principal::Principal;
use crate::sessions::{FederatedIdentity, Holder, Session};

/// Who makes a request.
#[derive(Debug, Clone)]
pub enum Caller {
    /// A user or root user with long-term credentials, or without a key.
    Own {
        /// The user or root user.
        principal: Principal,
        /// The key that signed. `None` for someone who signed in with a password, and for keys
        /// without a record that could be deactivated: in `dev` one that Keyward did not issue, or
        /// a root key that the environment gives.
        access_key: Option<AccessKeyId>,
        /// Whether the caller is the root user only because `dev` takes any key for one.
        is_stand_in: bool,
    },
    /// Somebody with temporary credentials.
    Session(Arc<Session>),
    /// The request is not signed: the operation itself finds out whether a provider vouches for
    /// someone.
    Unsigned,
    /// An identity that a provider vouches for, while there is no session yet.
    Federated(Arc<FederatedIdentity>),
}

impl Caller {
    /// The caller whose access key this is.
    #[must_use]
    pub fn of_key(id: AccessKeyId, owner: KeyOwner) -> Self {
        let principal = match owner {
            KeyOwner::Root => Principal::Root,
            KeyOwner::User(user) => Principal::User(user),
        };
        Self::Own {
            principal,
            access_key: Some(id),
            is_stand_in: false,
        }
    }

    /// A caller who is known by something else than an access key.
    #[must_use]
    pub fn without_key(principal: Principal) -> Self {
        Self::Own {
            principal,
            access_key: None,
            is_stand_in: false,
        }
    }

    /// The root user, for whom `dev` takes any key that Keyward did not issue.
    #[must_use]
    pub fn stand_in_for_root() -> Self {
        Self::Own {
            principal: Principal::Root,
            access_key: None,
            is_stand_in: true,
        }
    }

    /// Whether the caller is the root user only because `dev` takes any key for one.
    #[must_use]
    pub fn is_stand_in(&self) -> bool {
        matches!(
            self,
            Self::Own {
                is_stand_in: true,
                ..
            }
        )
    }

    /// The user or root user, also one who uses a session of `GetSessionToken`.
    #[must_use]
    pub fn principal(&self) -> Option<Principal> {
        match self {
            Self::Own { principal, .. } => Some(*principal),
            Self::Session(session) => match &session.holder {
                Holder::Own(principal) => Some(*principal),
                Holder::Role(_) | Holder::Federated(_) => None,
            },
            Self::Unsigned | Self::Federated(_) => None,
        }
    }

    /// The session, if the credentials are temporary.
    #[must_use]
    pub fn session(&self) -> Option<&Arc<Session>> {
        match self {
            Self::Session(session) => Some(session),
            Self::Own { .. } | Self::Unsigned | Self::Federated(_) => None,
        }
    }

    /// The key that signed.
    #[must_use]
    pub fn access_key(&self) -> Option<AccessKeyId> {
        match self {
            Self::Own { access_key, .. } => *access_key,
            Self::Session(session) => Some(session.access_key),
            Self::Unsigned | Self::Federated(_) => None,
        }
    }

    /// Whether the credentials are still valid, and the user or role still exists.
    #[must_use]
    pub fn is_known(&self, account: &Account) -> bool {
        let (principal, access_key) = match self {
            Self::Own {
                principal,
                access_key,
                ..
            } => (*principal, *access_key),
            Self::Session(session) => return session.is_known(account),
            Self::Unsigned => return false,
            Self::Federated(_) => return account.settings().is_some(),
        };
        let owner = match principal {
            Principal::Root => KeyOwner::Root,
            Principal::User(user) => KeyOwner::User(user),
        };
        let key_is_good = access_key.is_none_or(|id| {
            account
                .access_key(id)
                .is_some_and(|key| key.owner == owner && key.status == AccessKeyStatus::Active)
        });
        let exists = match principal {
            Principal::Root => true,
            Principal::User(user) => account.user_by_id(user).is_some(),
        };
        // In an account that was ended no caller is known, not even a root user without a key.
        account.settings().is_some() && key_is_good && exists
    }

    /// The caller's ARN; for a user who was deleted the unique id instead; empty where there is no
    /// session yet.
    #[must_use]
    pub fn arn(&self, account: &Account) -> String {
        match self {
            Self::Own { principal, .. } => principal.arn(account),
            Self::Session(session) => session.arn(account),
            Self::Unsigned | Self::Federated(_) => String::new(),
        }
    }

    /// The caller's unique id: `UserId` of `GetCallerIdentity`, `aws:userid`.
    #[must_use]
    pub fn user_id(&self, account: &Account) -> String {
        match self {
            Self::Own { principal, .. } => principal.user_id(account),
            Self::Session(session) => session.user_id(account),
            Self::Unsigned => String::new(),
            Self::Federated(vouched) => vouched.provider_arn.to_string(),
        }
    }

    /// The caller's tags: `aws:PrincipalTag/`.
    pub fn tags<'a>(&'a self, account: &'a Account) -> Vec<(&'a str, &'a str)> {
        let user = match self {
            Self::Session(session) => return session.principal_tags(account),
            Self::Own {
                principal: Principal::User(id),
                ..
            } => account.user_by_id(*id),
            Self::Own {
                principal: Principal::Root,
                ..
            }
            | Self::Unsigned
            | Self::Federated(_) => None,
        };
        let tags = user.into_iter().flat_map(|user| &user.tags);
        tags.map(|tag| (&*tag.key, &*tag.value)).collect()
    }

    /// Refuses operations that the caller's kind of credentials can't call, whatever its policies
    /// say. A session of `GetSessionToken` can call IAM only if MFA was used to get it, and few
    /// operations of STS.
    pub fn check_credentials_for(&self, operation: OperationId) -> Result<(), Fault> {
        let Some(session) = self.session() else {
            return Ok(());
        };
        match (&session.holder, operation.service()) {
            (Holder::Own(_), Service::Iam) if session.mfa.is_none() => {
                Err(fault::invalid_client_token_id())
            }
            // Documented, whatever policies say; the code is (unsure).
            (Holder::Federated(_), Service::Iam) => Err(fault::invalid_client_token_id()),
            (Holder::Own(_), Service::Sts)
                if operation != OperationId::StsAssumeRole && !is_for_everyone(operation) =>
            {
                Err(fault::not_with_session_credentials(operation))
            }
            (Holder::Federated(_), Service::Sts) if !is_for_everyone(operation) => {
                Err(fault::not_with_session_credentials(operation))
            }
            (
                Holder::Own(_) | Holder::Federated(_) | Holder::Role(_),
                Service::Iam | Service::Sts,
            ) => Ok(()),
        }
    }
}

/// The operations of STS that any session can call, or that check the session themselves.
fn is_for_everyone(operation: OperationId) -> bool {
    matches!(
        operation,
        OperationId::StsGetCallerIdentity | OperationId::StsGetWebIdentityToken
    )
}
