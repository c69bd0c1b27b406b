//! The entities of an account. Each type is also the form of its record on disk (see `row`).

use keyward_credentials::{PasswordPolicy, Sealed, Verifier};
use keyward_names::{
    AccessKeyId, GroupId, GroupName, InstanceProfileId, InstanceProfileName, Path, RoleId,
    RoleName, Tag, Timestamp, UserId, UserName,
};
use serde::{Deserialize, Serialize};

use crate::TrustPolicy;

/// The account's own settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The account's name, for people.
    pub name: String,
    /// When the account was made.
    pub created: Timestamp,
    /// The key that seals the account's secrets, itself sealed by the master key.
    pub data_key: Sealed,
    /// Which session tokens the global endpoint gives out.
    #[serde(default)]
    pub global_endpoint_tokens: GlobalEndpointTokens,
}

/// Where sessions from the global endpoint of STS are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GlobalEndpointTokens {
    /// `v1Token`: only the regions that every account has.
    #[default]
    Version1,
    /// `v2Token`: every region.
    Version2,
}

/// The account's root user: it may do everything, and signs in by e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootUser {
    /// The e-mail address it signs in with.
    pub email: String,
    /// Its password, if it has one.
    pub password: Option<Verifier>,
    /// When the password was set. Absent if that was before this member existed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_changed: Option<Timestamp>,
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Never changes.
    pub id: UserId,
    /// The name, as last spelled.
    pub name: UserName,
    /// The user's path.
    pub path: Path,
    /// When the user was made.
    pub created: Timestamp,
    /// Tags in the order they are listed: those of a later call before those of an earlier one.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

/// A group: users get the policies of the groups they are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// Never changes.
    pub id: GroupId,
    /// The name, as last spelled.
    pub name: GroupName,
    /// The group's path.
    pub path: Path,
    /// When the group was made.
    pub created: Timestamp,
}

/// The groups that a user is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memberships {
    /// The user.
    pub user: UserId,
    /// In the order of their ids. At least one: a user who is in no group has no record.
    pub groups: Box<[GroupId]>,
}

/// A role: rights that principals of its trust policy can assume for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Never changes.
    pub id: RoleId,
    /// The name.
    pub name: RoleName,
    /// The role's path.
    pub path: Path,
    /// When the role was made.
    pub created: Timestamp,
    /// Who can assume it.
    pub trust_policy: TrustPolicy,
    /// What it is for, in free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// How long a session of it lasts at most, in seconds: 3,600 to 43,200.
    pub max_session_duration: u32,
    /// How long a sign-in session of people who sign in with it lasts, in seconds: 3,600 to
    /// 7,776,000; `None` where it is not set. Independent of [`Role::max_session_duration`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_signin_session_duration: Option<u32>,
    /// Tags in the order they are listed: those of a later call before those of an earlier one.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

impl Role {
    /// The maximum duration of a session where none is set, in seconds.
    pub const DEFAULT_MAX_SESSION_DURATION: u32 = 3_600;

    /// Whether it is service-linked: only the service it was made for changes it.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.as_str().starts_with("/aws-service-role/")
    }
}

/// An instance profile: passes a role to virtual machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// Never changes.
    pub id: InstanceProfileId,
    /// The name.
    pub name: InstanceProfileName,
    /// Its path.
    pub path: Path,
    /// When it was made.
    pub created: Timestamp,
    /// The role that it passes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    /// Tags, in the order of their keys.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

/// A deleted service-linked role, as the answer about its deletion task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDeletion {
    /// The task's id: `task/aws-service-role/{service}/{role}/{uuid}`.
    pub task: Box<str>,
    /// When it was done.
    pub at: Timestamp,
}

/// A user's password and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginProfile {
    /// The user.
    pub user: UserId,
    /// When the user got a login profile; a new password does not change it.
    pub created: Timestamp,
    /// When the present password was set: its age counts from here.
    pub password_changed: Timestamp,
    /// Whether the next sign-in must set a new password.
    pub password_reset_required: bool,
    /// Whether anyone signed in with a password of this profile. Only then the store has a last
    /// use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub password_used: bool,
    /// How long a sign-in session of the user lasts, in seconds: 3,600 to 7,776,000; `None` where it
    /// is not set. It counts for sign-ins from then on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_signin_session_duration: Option<u32>,
    /// The present password.
    pub password: Verifier,
    /// The passwords before it, newest first, at most [`LoginProfile::REMEMBERED`] less one.
    #[serde(default, skip_serializing_if = "<[Verifier]>::is_empty")]
    pub earlier_passwords: Box<[Verifier]>,
}

impl LoginProfile {
    /// How many passwords are remembered, the present one included: as many as the password policy
    /// can ever ask for, so that a stricter policy applies at once.
    pub const REMEMBERED: usize = 24;

    /// When the present password expires by the policy: `maximum_age` after it was set, or never. A
    /// policy that is set later applies to it too.
    #[must_use]
    pub fn password_expires(&self, policy: Option<&PasswordPolicy>) -> Option<Timestamp> {
        let age = policy?.maximum_age()?;
        Some(self.password_changed.plus(age))
    }

    /// Whether the present password has expired, and who can replace it then.
    #[must_use]
    pub fn password_standing(
        &self,
        policy: Option<&PasswordPolicy>,
        now: Timestamp,
    ) -> PasswordStanding {
        let is_expired = self
            .password_expires(policy)
            .is_some_and(|expires| now >= expires);
        match (is_expired, policy.and_then(|policy| policy.hard_expiry)) {
            (false, _) => PasswordStanding::Good,
            (true, Some(true)) => PasswordStanding::ExpiredForGood,
            (true, Some(false) | None) => PasswordStanding::Expired,
        }
    }

    /// All remembered passwords, newest first.
    pub fn remembered(&self) -> impl Iterator<Item = &Verifier> {
        std::iter::once(&self.password).chain(self.earlier_passwords.iter())
    }
}

/// Whether a password is too old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordStanding {
    /// It has not expired.
    Good,
    /// It expired, and its user may replace it at the next sign-in.
    Expired,
    /// It expired under a policy of hard expiry: only an administrator can replace it.
    ExpiredForGood,
}

/// The owner of an access key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOwner {
    /// The account's root user.
    Root,
    /// A user.
    User(UserId),
}

/// Whether requests may be signed with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessKeyStatus {
    /// Requests may be signed with it.
    Active,
    /// Requests signed with it are refused as if the key did not exist.
    Inactive,
}

/// A long-term access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The key's id.
    pub id: AccessKeyId,
    /// Its owner.
    pub owner: KeyOwner,
    /// The secret access key, sealed by the account's data key.
    pub secret: Sealed,
    /// Whether requests may be signed with it.
    pub status: AccessKeyStatus,
    /// When it was made.
    pub created: Timestamp,
}

impl AccessKey {
    /// The context that the secret is sealed for: it opens for this key only.
    #[must_use]
    pub fn seal_context(id: AccessKeyId) -> String {
        format!("secret access key of {id}")
    }
}
