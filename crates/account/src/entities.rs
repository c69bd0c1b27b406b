//! What an account holds. Each type is also the form its record has on disk (see `record`).

use keyward_credentials::{PasswordPolicy, Sealed, Verifier};
use keyward_names::{
    AccessKeyId, GroupId, GroupName, InstanceProfileId, InstanceProfileName, Path, RoleId,
    RoleName, Tag, Timestamp, UserId, UserName,
};
use serde::{Deserialize, Serialize};

use crate::TrustPolicy;

/// What is true of the account as such.
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

/// What sessions that the global endpoint of STS gives out are good for.
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
    /// When the password was set. Not known of one that was set before this was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_changed: Option<Timestamp>,
}

/// An IAM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// For good.
    pub id: UserId,
    /// The name, as last spelled.
    pub name: UserName,
    /// Where the user lies.
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
    /// For good.
    pub id: GroupId,
    /// The name, as last spelled.
    pub name: GroupName,
    /// Where the group lies.
    pub path: Path,
    /// When the group was made.
    pub created: Timestamp,
}

/// The groups that a user is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memberships {
    /// Who.
    pub user: UserId,
    /// In the order of their ids. At least one: where the last is left, the record goes too.
    pub groups: Box<[GroupId]>,
}

/// A role: rights that whoever its trust policy names may take on for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// For good.
    pub id: RoleId,
    /// The name.
    pub name: RoleName,
    /// Where the role lies.
    pub path: Path,
    /// When the role was made.
    pub created: Timestamp,
    /// Who may take it on.
    pub trust_policy: TrustPolicy,
    /// What it is for, in its owner's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Box<str>>,
    /// How long a session of it lasts at most, in seconds: 3,600 to 43,200.
    pub max_session_duration: u32,
    /// Tags in the order they are listed: those of a later call before those of an earlier one.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

impl Role {
    /// How long a session lasts at most where nobody says, in seconds.
    pub const DEFAULT_MAX_SESSION_DURATION: u32 = 3_600;

    /// Whether a service made the role for itself: only that service changes it.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.as_str().starts_with("/aws-service-role/")
    }
}

/// An instance profile: hands a role to virtual machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// For good.
    pub id: InstanceProfileId,
    /// The name.
    pub name: InstanceProfileName,
    /// Where it lies.
    pub path: Path,
    /// When it was made.
    pub created: Timestamp,
    /// The role that it hands out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleId>,
    /// Tags, in the order of their keys.
    #[serde(default, skip_serializing_if = "<[Tag]>::is_empty")]
    pub tags: Box<[Tag]>,
}

/// That a service-linked role was deleted: what its deletion task answers from then on.
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
    /// Whose it is.
    pub user: UserId,
    /// When the user got a password; later passwords don't change it.
    pub created: Timestamp,
    /// When the present password was set: its age counts from here.
    pub password_changed: Timestamp,
    /// Whether the next sign-in must set a new password.
    pub password_reset_required: bool,
    /// Whether anyone signed in with a password of this profile: only then is there a last use that
    /// the store could be asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub password_used: bool,
    /// The present password.
    pub password: Verifier,
    /// The passwords before it, newest first, at most [`LoginProfile::REMEMBERED`] less one.
    #[serde(default, skip_serializing_if = "<[Verifier]>::is_empty")]
    pub earlier_passwords: Box<[Verifier]>,
}

impl LoginProfile {
    /// How many passwords are remembered, the present one included: as many as the reuse rule can
    /// ask for, whatever it asks for today, so that raising it works at once.
    pub const REMEMBERED: usize = 24;

    /// When the present password expires: never, or so long after it was set. A policy that is set
    /// later counts at once.
    #[must_use]
    pub fn password_expires(&self, policy: Option<&PasswordPolicy>) -> Option<Timestamp> {
        let age = policy?.maximum_age()?;
        Some(self.password_changed.plus(age))
    }

    /// Whether the present password can't be used as it is, and who can replace it.
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

/// What age has done to a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordStanding {
    /// Nothing.
    Good,
    /// It expired, and its user may replace it at the next sign-in.
    Expired,
    /// It expired under a policy of hard expiry: only an administrator can replace it.
    ExpiredForGood,
}

/// Whose an access key is.
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
    /// They may.
    Active,
    /// They are refused as if the key did not exist.
    Inactive,
}

/// A permanent access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKey {
    /// The key's id.
    pub id: AccessKeyId,
    /// Whose it is.
    pub owner: KeyOwner,
    /// The secret access key, sealed by the account's data key.
    pub secret: Sealed,
    /// Whether it may be used.
    pub status: AccessKeyStatus,
    /// When it was made.
    pub created: Timestamp,
}

impl AccessKey {
    /// What the sealed secret is bound to: it opens for this key only.
    #[must_use]
    pub fn seal_context(id: AccessKeyId) -> String {
        format!("secret access key of {id}")
    }
}
