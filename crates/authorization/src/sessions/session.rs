//! What a session is.

use std::collections::BTreeMap;

use keyward_account::{Account, PrincipalId, Role};
use keyward_names::{AccessKeyId, FoldedTagKey, RoleId, Timestamp};
use serde::{Deserialize, Serialize};

use super::SessionPolicies;
use crate::principal::Principal;

/// What temporary credentials stand for, until they expire.
#[derive(Debug)]
pub struct Session {
    /// The temporary access key, which also says which account it is in.
    pub access_key: AccessKeyId,
    /// When it began: `aws:TokenIssueTime`.
    pub issued: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
    /// When the account was made: sessions of one that was ended do not begin again in a namesake.
    pub account_made: Timestamp,
    /// Whose it is.
    pub holder: Holder,
    /// When a device took part in making it: `aws:MultiFactorAuthAge` counts from here.
    pub mfa: Option<Timestamp>,
    /// Its tags, which go before those of the role or user.
    pub tags: Box<[SessionTag]>,
    /// What was passed to narrow it.
    pub policies: SessionPolicies,
}

/// Whose a session is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The very user, or root user, that asked for it: `GetSessionToken`.
    Own(Principal),
    /// Someone who assumed a role: `AssumeRole` and its kin.
    Role(RoleSession),
    /// Someone for whom a user, or root user, vouches: `GetFederationToken`.
    Federated(FederatedUser),
}

/// A session of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSession {
    /// The role.
    pub role: RoleId,
    /// The session's name.
    pub name: Box<str>,
    /// Who is behind it, which stays through further roles: `aws:SourceIdentity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<Box<str>>,
    /// The identity provider that vouched: `aws:FederatedProvider`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Box<str>>,
    /// Context keys that tell what the identity provider said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<Box<str>, Box<[Box<str>]>>,
}

/// A federated user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederatedUser {
    /// The name.
    pub name: Box<str>,
    /// Whose rights are narrowed.
    pub by: Principal,
}

/// A tag of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTag {
    /// Unique in the session without regard to case.
    pub key: Box<str>,
    /// May be empty.
    pub value: Box<str>,
    /// Whether sessions that are made by this one inherit it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_transitive: bool,
}

impl Session {
    /// Whether whoever holds it is still there.
    pub fn is_known(&self, account: &Account) -> bool {
        let is_account = account
            .settings()
            .is_some_and(|settings| settings.created == self.account_made);
        let is_there = |principal: &Principal| match principal {
            Principal::Root => true,
            Principal::User(id) => account.user_by_id(*id).is_some(),
        };
        is_account
            && match &self.holder {
                Holder::Own(principal) => is_there(principal),
                Holder::Role(session) => account.roles().get(session.role).is_some(),
                Holder::Federated(user) => is_there(&user.by),
            }
    }

    /// The session's own ARN; for one of a user's own credentials, the user's.
    pub fn arn(&self, account: &Account) -> String {
        let id = account.id();
        match &self.holder {
            Holder::Own(principal) => principal.arn(account),
            Holder::Role(session) => {
                let role = account.roles().get(session.role);
                // Of a role that is gone, the id stands for the name.
                let name = role.map_or(session.role.as_str(), |role| role.name.as_str());
                session_arn(account, name, &session.name)
            }
            Holder::Federated(user) => format!("arn:aws:sts::{id}:federated-user/{}", user.name),
        }
    }

    /// What stands for whoever holds it: `UserId` of `GetCallerIdentity`, `aws:userid`.
    pub fn user_id(&self, account: &Account) -> String {
        match &self.holder {
            Holder::Own(principal) => principal.user_id(account),
            Holder::Role(session) => format!("{}:{}", session.role, session.name),
            Holder::Federated(user) => format!("{}:{}", account.id(), user.name),
        }
    }

    /// What `aws:PrincipalArn` tells: of a role's session the role, else the ARN.
    pub fn principal_arn(&self, account: &Account) -> String {
        let role = match &self.holder {
            Holder::Role(session) => account.roles().get(session.role),
            Holder::Own(_) | Holder::Federated(_) => None,
        };
        role.map_or_else(|| self.arn(account), |role| role.arn(account.id()))
    }

    /// The role, where it is a session of one that is there.
    pub fn role<'a>(&self, account: &'a Account) -> Option<&'a Role> {
        match &self.holder {
            Holder::Role(session) => account.roles().get(session.role),
            Holder::Own(_) | Holder::Federated(_) => None,
        }
    }

    /// The role's session, where it is one.
    #[must_use]
    pub fn role_session(&self) -> Option<&RoleSession> {
        match &self.holder {
            Holder::Role(session) => Some(session),
            Holder::Own(_) | Holder::Federated(_) => None,
        }
    }

    /// Whose policies it has.
    pub fn rights_of(&self) -> Option<PrincipalId> {
        let of = |principal: &Principal| match principal {
            Principal::Root => None,
            Principal::User(id) => Some(PrincipalId::User(*id)),
        };
        match &self.holder {
            Holder::Own(principal) => of(principal),
            Holder::Role(session) => Some(PrincipalId::Role(session.role)),
            Holder::Federated(user) => of(&user.by),
        }
    }

    /// Tags of whoever holds it, as `aws:PrincipalTag/` tells them: those of the session go before
    /// those of the role, and a federated user has those of the session alone (unsure).
    pub fn principal_tags<'a>(&'a self, account: &'a Account) -> Vec<(&'a str, &'a str)> {
        let entity = match &self.holder {
            Holder::Own(Principal::User(id)) => account.user_by_id(*id).map(|user| &user.tags),
            Holder::Role(session) => account.roles().get(session.role).map(|role| &role.tags),
            Holder::Own(Principal::Root) | Holder::Federated(_) => None,
        };
        let own: Vec<_> = self
            .tags
            .iter()
            .map(|tag| FoldedTagKey::fold(&tag.key))
            .collect();
        let of_entity = entity.into_iter().flatten();
        let not_replaced = of_entity.filter(|tag| !own.contains(&FoldedTagKey::fold(&tag.key)));
        let tags = not_replaced.map(|tag| (&*tag.key, &*tag.value));
        tags.chain(self.tags.iter().map(|tag| (&*tag.key, &*tag.value)))
            .collect()
    }
}

/// The ARN of a session of a role, which tells the role's name without its path.
pub fn session_arn(account: &Account, role_name: &str, session_name: &str) -> String {
    let id = account.id();
    format!("arn:aws:sts::{id}:assumed-role/{role_name}/{session_name}")
}
