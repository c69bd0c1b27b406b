//! Sessions, and who holds them.

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
    /// When the account was made. A session must not become valid in a new account with the id of
    /// one that was ended.
    pub account_made: Timestamp,
    /// Whose session it is.
    pub holder: Holder,
    /// When MFA was used to get the session: `aws:MultiFactorAuthAge` counts from here.
    pub mfa: Option<Timestamp>,
    /// Its tags, which replace those of the role or user with the same key.
    pub tags: Box<[SessionTag]>,
    /// The session policies.
    pub policies: SessionPolicies,
}

/// Whose session it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The user or root user that asked for it: `GetSessionToken`.
    Own(Principal),
    /// Someone who assumed a role: `AssumeRole`, `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`.
    Role(RoleSession),
    /// A federated user of a user or root user: `GetFederationToken`.
    Federated(FederatedUser),
}

/// A session of a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleSession {
    /// The role.
    pub role: RoleId,
    /// The session's name.
    pub name: Box<str>,
    /// Who is behind it, which does not change when further roles are assumed:
    /// `aws:SourceIdentity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_identity: Option<Box<str>>,
    /// The identity provider that vouched: `aws:FederatedProvider`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Box<str>>,
    /// Context keys set from what the identity provider said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<Box<str>, Box<[Box<str>]>>,
}

/// A federated user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FederatedUser {
    /// The name.
    pub name: Box<str>,
    /// The user or root user whose rights the session has, narrowed.
    pub by: Principal,
}

/// A tag of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTag {
    /// Unique in the session, compared without case.
    pub key: Box<str>,
    /// May be empty.
    pub value: Box<str>,
    /// Whether sessions of roles that are assumed from this session inherit it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_transitive: bool,
}

impl Session {
    /// Whether its account is the same one, and its user or role still exists.
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

    /// The session's ARN; for a session of `GetSessionToken` the user's.
    pub fn arn(&self, account: &Account) -> String {
        let id = account.id();
        match &self.holder {
            Holder::Own(principal) => principal.arn(account),
            Holder::Role(session) => {
                let role = account.roles().get(session.role);
                // The id takes the place of the name of a role that was deleted.
                let name = role.map_or(session.role.as_str(), |role| role.name.as_str());
                session_arn(account, name, &session.name)
            }
            Holder::Federated(user) => format!("arn:aws:sts::{id}:federated-user/{}", user.name),
        }
    }

    /// The holder's unique id: `UserId` of `GetCallerIdentity`, `aws:userid`.
    pub fn user_id(&self, account: &Account) -> String {
        match &self.holder {
            Holder::Own(principal) => principal.user_id(account),
            Holder::Role(session) => format!("{}:{}", session.role, session.name),
            Holder::Federated(user) => format!("{}:{}", account.id(), user.name),
        }
    }

    /// `aws:PrincipalArn`: the role's ARN for a session of a role, else the session's.
    pub fn principal_arn(&self, account: &Account) -> String {
        let role = match &self.holder {
            Holder::Role(session) => account.roles().get(session.role),
            Holder::Own(_) | Holder::Federated(_) => None,
        };
        role.map_or_else(|| self.arn(account), |role| role.arn(account.id()))
    }

    /// The role, if it is a session of a role that still exists.
    pub fn role<'a>(&self, account: &'a Account) -> Option<&'a Role> {
        match &self.holder {
            Holder::Role(session) => account.roles().get(session.role),
            Holder::Own(_) | Holder::Federated(_) => None,
        }
    }

    /// The holder, if it is a session of a role.
    #[must_use]
    pub fn role_session(&self) -> Option<&RoleSession> {
        match &self.holder {
            Holder::Role(session) => Some(session),
            Holder::Own(_) | Holder::Federated(_) => None,
        }
    }

    /// The user or role whose policies apply to it.
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

    /// The holder's tags: `aws:PrincipalTag/`. The session's tags replace those of the user or role
    /// with the same key; a federated user has the session's tags alone (unsure).
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

/// The ARN of a session of a role. It has the role's name without its path.
pub fn session_arn(account: &Account, role_name: &str, session_name: &str) -> String {
    let id = account.id();
    format!("arn:aws:sts::{id}:assumed-role/{role_name}/{session_name}")
}
