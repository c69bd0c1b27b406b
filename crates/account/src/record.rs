//! Records: the entities of an account, each named by its kind and its key.

use keyward_credentials::PasswordPolicy;
use keyward_names::{
    AccessKeyId, AccountAlias, GroupId, InstanceProfileId, PolicyId, RoleId, UserId,
};

use crate::row::{BodyError, read_body, write_body};
use crate::{
    AccessKey, EntityPolicies, Group, InstanceProfile, LoginProfile, ManagedPolicy, Memberships,
    OidcProvider, OutboundFederation, PolicyEntity, RecordError, Role, RoleDeletion, RootUser, Row,
    SamlProvider, Settings, User,
};

/// One entity with its whole content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The account as such.
    Settings(Settings),
    /// The root user.
    RootUser(RootUser),
    /// The account's alias.
    Alias(AccountAlias),
    /// The account's own password policy.
    PasswordPolicy(PasswordPolicy),
    /// A user.
    User(User),
    /// A user's login profile.
    LoginProfile(LoginProfile),
    /// An access key.
    AccessKey(AccessKey),
    /// A group.
    Group(Group),
    /// A role.
    Role(Role),
    /// A managed policy of the account's own, with its versions.
    ManagedPolicy(ManagedPolicy),
    /// An instance profile.
    InstanceProfile(InstanceProfile),
    /// The groups of a user.
    Memberships(Memberships),
    /// The policies of a user, group or role.
    Policies(EntityPolicies),
    /// The end of a service-linked role.
    RoleDeletion(RoleDeletion),
    /// An OpenID Connect provider.
    OidcProvider(OidcProvider),
    /// A SAML provider.
    SamlProvider(SamlProvider),
    /// The account as an issuer of tokens.
    OutboundFederation(OutboundFederation),
}

/// Names one record of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordKey {
    /// The account as such.
    Settings,
    /// The root user.
    RootUser,
    /// The account's alias.
    Alias,
    /// The account's own password policy.
    PasswordPolicy,
    /// A user.
    User(UserId),
    /// A user's login profile.
    LoginProfile(UserId),
    /// An access key.
    AccessKey(AccessKeyId),
    /// A group.
    Group(GroupId),
    /// A role.
    Role(RoleId),
    /// A managed policy of the account's own.
    ManagedPolicy(PolicyId),
    /// An instance profile.
    InstanceProfile(InstanceProfileId),
    /// The groups of a user.
    Memberships(UserId),
    /// The policies of a user, group or role.
    Policies(PolicyEntity),
    /// The end of a service-linked role, by its task.
    RoleDeletion(Box<str>),
    /// An OpenID Connect provider, by its URL.
    OidcProvider(Box<str>),
    /// A SAML provider, by its name.
    SamlProvider(Box<str>),
    /// The account as an issuer of tokens.
    OutboundFederation,
}

impl RecordKey {
    const ALIAS: &'static str = "account_alias";
    const SETTINGS: &'static str = "account";
    const ROOT_USER: &'static str = "root_user";
    const PASSWORD_POLICY: &'static str = "password_policy";
    const USER: &'static str = "user";
    const LOGIN_PROFILE: &'static str = "login_profile";
    const ACCESS_KEY: &'static str = "access_key";
    const GROUP: &'static str = "group";
    const ROLE: &'static str = "role";
    const MANAGED_POLICY: &'static str = "managed_policy";
    const INSTANCE_PROFILE: &'static str = "instance_profile";
    const MEMBERSHIPS: &'static str = "memberships";
    const USER_POLICIES: &'static str = "user_policies";
    const GROUP_POLICIES: &'static str = "group_policies";
    const ROLE_POLICIES: &'static str = "role_policies";
    const ROLE_DELETION: &'static str = "role_deletion";
    const OIDC_PROVIDER: &'static str = "oidc_provider";
    const SAML_PROVIDER: &'static str = "saml_provider";
    const OUTBOUND_FEDERATION: &'static str = "outbound_federation";

    /// The kind under which a store keeps the record.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Settings => Self::SETTINGS,
            Self::RootUser => Self::ROOT_USER,
            Self::Alias => Self::ALIAS,
            Self::PasswordPolicy => Self::PASSWORD_POLICY,
            Self::User(_) => Self::USER,
            Self::LoginProfile(_) => Self::LOGIN_PROFILE,
            Self::AccessKey(_) => Self::ACCESS_KEY,
            Self::Group(_) => Self::GROUP,
            Self::Role(_) => Self::ROLE,
            Self::ManagedPolicy(_) => Self::MANAGED_POLICY,
            Self::InstanceProfile(_) => Self::INSTANCE_PROFILE,
            Self::Memberships(_) => Self::MEMBERSHIPS,
            Self::Policies(PolicyEntity::User(_)) => Self::USER_POLICIES,
            Self::Policies(PolicyEntity::Group(_)) => Self::GROUP_POLICIES,
            Self::Policies(PolicyEntity::Role(_)) => Self::ROLE_POLICIES,
            Self::RoleDeletion(_) => Self::ROLE_DELETION,
            Self::OidcProvider(_) => Self::OIDC_PROVIDER,
            Self::SamlProvider(_) => Self::SAML_PROVIDER,
            Self::OutboundFederation => Self::OUTBOUND_FEDERATION,
        }
    }

    /// Reads a kind and a key.
    pub fn from_row(kind: &str, key: &str) -> Result<Self, RecordError> {
        let single = |record: Self| key.is_empty().then_some(record);
        let user = || UserId::parse(key).ok();
        let group = || GroupId::parse(key).ok();
        let role = || RoleId::parse(key).ok();
        let (kind, read) = match kind {
            Self::SETTINGS => (Self::SETTINGS, single(Self::Settings)),
            Self::ROOT_USER => (Self::ROOT_USER, single(Self::RootUser)),
            Self::ALIAS => (Self::ALIAS, single(Self::Alias)),
            Self::PASSWORD_POLICY => (Self::PASSWORD_POLICY, single(Self::PasswordPolicy)),
            Self::USER => (Self::USER, user().map(Self::User)),
            Self::LOGIN_PROFILE => (Self::LOGIN_PROFILE, user().map(Self::LoginProfile)),
            Self::ACCESS_KEY => {
                let id = AccessKeyId::parse(key).ok();
                (Self::ACCESS_KEY, id.map(Self::AccessKey))
            }
            Self::GROUP => (Self::GROUP, group().map(Self::Group)),
            Self::ROLE => (Self::ROLE, role().map(Self::Role)),
            Self::MANAGED_POLICY => {
                let id = PolicyId::parse(key).ok();
                (Self::MANAGED_POLICY, id.map(Self::ManagedPolicy))
            }
            Self::INSTANCE_PROFILE => {
                let id = InstanceProfileId::parse(key).ok();
                (Self::INSTANCE_PROFILE, id.map(Self::InstanceProfile))
            }
            Self::MEMBERSHIPS => (Self::MEMBERSHIPS, user().map(Self::Memberships)),
            Self::USER_POLICIES => {
                let entity = user().map(PolicyEntity::User);
                (Self::USER_POLICIES, entity.map(Self::Policies))
            }
            Self::GROUP_POLICIES => {
                let entity = group().map(PolicyEntity::Group);
                (Self::GROUP_POLICIES, entity.map(Self::Policies))
            }
            Self::ROLE_POLICIES => {
                let entity = role().map(PolicyEntity::Role);
                (Self::ROLE_POLICIES, entity.map(Self::Policies))
            }
            Self::ROLE_DELETION => (Self::ROLE_DELETION, Some(Self::RoleDeletion(key.into()))),
            Self::OIDC_PROVIDER => (Self::OIDC_PROVIDER, Some(Self::OidcProvider(key.into()))),
            Self::SAML_PROVIDER => (Self::SAML_PROVIDER, Some(Self::SamlProvider(key.into()))),
            Self::OUTBOUND_FEDERATION => {
                let single = single(Self::OutboundFederation);
                (Self::OUTBOUND_FEDERATION, single)
            }
            other => {
                return Err(RecordError::UnknownKind {
                    kind: other.to_owned(),
                });
            }
        };
        read.ok_or_else(|| RecordError::Malformed {
            kind,
            key: key.to_owned(),
        })
    }

    /// The row that deletes the record.
    #[must_use]
    pub fn to_row(&self) -> Row {
        let key = match self {
            Self::Settings
            | Self::RootUser
            | Self::Alias
            | Self::PasswordPolicy
            | Self::OutboundFederation => Box::default(),
            Self::User(user) | Self::LoginProfile(user) | Self::Memberships(user) => {
                user.as_str().into()
            }
            Self::AccessKey(id) => id.as_str().into(),
            Self::Group(id) => id.as_str().into(),
            Self::Role(id) => id.as_str().into(),
            Self::ManagedPolicy(id) => id.as_str().into(),
            Self::InstanceProfile(id) => id.as_str().into(),
            Self::Policies(entity) => entity.as_str().into(),
            Self::RoleDeletion(task) => task.clone(),
            Self::OidcProvider(url) => url.clone(),
            Self::SamlProvider(name) => name.clone(),
        };
        Row {
            kind: self.kind(),
            key,
            body: None,
        }
    }
}

impl Record {
    /// What names the record.
    #[must_use]
    pub fn key(&self) -> RecordKey {
        match self {
            Self::Settings(_) => RecordKey::Settings,
            Self::RootUser(_) => RecordKey::RootUser,
            Self::Alias(_) => RecordKey::Alias,
            Self::PasswordPolicy(_) => RecordKey::PasswordPolicy,
            Self::User(user) => RecordKey::User(user.id),
            Self::LoginProfile(profile) => RecordKey::LoginProfile(profile.user),
            Self::AccessKey(key) => RecordKey::AccessKey(key.id),
            Self::Group(group) => RecordKey::Group(group.id),
            Self::Role(role) => RecordKey::Role(role.id),
            Self::ManagedPolicy(policy) => RecordKey::ManagedPolicy(policy.id),
            Self::InstanceProfile(profile) => RecordKey::InstanceProfile(profile.id),
            Self::Memberships(memberships) => RecordKey::Memberships(memberships.user),
            Self::Policies(policies) => RecordKey::Policies(policies.entity),
            Self::RoleDeletion(deletion) => RecordKey::RoleDeletion(deletion.task.clone()),
            Self::OidcProvider(provider) => RecordKey::OidcProvider(provider.url.clone()),
            Self::SamlProvider(provider) => RecordKey::SamlProvider(provider.name.clone()),
            Self::OutboundFederation(_) => RecordKey::OutboundFederation,
        }
    }

    /// The row that keeps the record.
    #[must_use]
    pub fn to_row(&self) -> Row {
        let body = match self {
            Self::Settings(settings) => write_body(settings),
            Self::RootUser(root) => write_body(root),
            Self::Alias(alias) => write_body(alias),
            Self::PasswordPolicy(policy) => write_body(policy),
            Self::User(user) => write_body(user),
            Self::LoginProfile(profile) => write_body(profile),
            Self::AccessKey(key) => write_body(key),
            Self::Group(group) => write_body(group),
            Self::Role(role) => write_body(role),
            Self::ManagedPolicy(policy) => write_body(policy),
            Self::InstanceProfile(profile) => write_body(profile),
            Self::Memberships(memberships) => write_body(memberships),
            Self::Policies(policies) => write_body(policies),
            Self::RoleDeletion(deletion) => write_body(deletion),
            Self::OidcProvider(provider) => write_body(provider),
            Self::SamlProvider(provider) => write_body(provider),
            Self::OutboundFederation(federation) => write_body(federation),
        };
        Row {
            body: Some(body),
            ..self.key().to_row()
        }
    }

    /// Reads a stored row.
    pub fn from_row(kind: &str, key: &str, body: &str) -> Result<Self, RecordError> {
        let named = RecordKey::from_row(kind, key)?;
        let read = match named {
            RecordKey::Settings => read_body(body).map(Self::Settings),
            RecordKey::RootUser => read_body(body).map(Self::RootUser),
            RecordKey::Alias => read_body(body).map(Self::Alias),
            RecordKey::PasswordPolicy => read_body(body).map(Self::PasswordPolicy),
            RecordKey::User(_) => read_body(body).map(Self::User),
            RecordKey::LoginProfile(_) => read_body(body).map(Self::LoginProfile),
            RecordKey::AccessKey(_) => read_body(body).map(Self::AccessKey),
            RecordKey::Group(_) => read_body(body).map(Self::Group),
            RecordKey::Role(_) => read_body(body).map(Self::Role),
            RecordKey::ManagedPolicy(_) => read_body(body).map(Self::ManagedPolicy),
            RecordKey::InstanceProfile(_) => read_body(body).map(Self::InstanceProfile),
            RecordKey::Memberships(_) => read_body(body).map(Self::Memberships),
            RecordKey::Policies(_) => read_body(body).map(Self::Policies),
            RecordKey::RoleDeletion(_) => read_body(body).map(Self::RoleDeletion),
            RecordKey::OidcProvider(_) => read_body(body).map(Self::OidcProvider),
            RecordKey::SamlProvider(_) => read_body(body).map(Self::SamlProvider),
            RecordKey::OutboundFederation => read_body(body).map(Self::OutboundFederation),
        };
        let (kind, key) = (named.kind(), || key.to_owned());
        match read {
            Ok(record) if record.key() == named => Ok(record),
            Ok(_) | Err(BodyError::Malformed) => Err(RecordError::Malformed { kind, key: key() }),
            Err(BodyError::Newer(version)) => Err(RecordError::NewerVersion {
                kind,
                key: key(),
                version,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use keyward_names::{AccountId, Path, Tag, Timestamp, UserName};

    fn bob() -> User {
        User {
            id: UserId::mint(AccountId::parse("123456789012").unwrap(), 7),
            name: UserName::parse("Bob").unwrap(),
            path: Path::parse("/a/").unwrap(),
            created: Timestamp::from_unix_seconds(1_700_000_000),
            tags: Box::new([Tag {
                key: "k".into(),
                value: "ü\"".into(),
            }]),
        }
    }

    #[test]
    fn a_record_reads_back_from_its_row() {
        let record = Record::User(bob());
        let row = record.to_row();
        let body = row.body.unwrap();
        assert_eq!(Record::from_row(row.kind, &row.key, &body), Ok(record));
    }

    #[test]
    fn a_row_of_version_1_has_this_text_and_stays_readable() {
        let text = r#"{"version":1,"record":{"id":"AIDARZPUZDIKAAAAAAAAH","name":"Bob","path":"/a/","created":"2023-11-14T22:13:20Z","tags":[{"key":"k","value":"ü\""}]}}"#;
        assert_eq!(Record::User(bob()).to_row().body.unwrap(), text);
        assert_eq!(
            Record::from_row("user", "AIDARZPUZDIKAAAAAAAAH", text),
            Ok(Record::User(bob()))
        );
    }

    #[test]
    fn rows_of_identity_providers_have_these_texts_and_stay_readable() {
        for (kind, key, text) in [
            (
                "oidc_provider",
                "a.example/x",
                r#"{"version":1,"record":{"url":"a.example/x","client_ids":["c"],"thumbprints":["00"],"created":"2026-09-11T10:06:17.701Z","tags":[{"key":"k","value":"v"}]}}"#,
            ),
            (
                "oidc_provider",
                "a.example",
                r#"{"version":1,"record":{"url":"a.example","created":"2026-09-11T10:06:17.701Z"}}"#,
            ),
            (
                "saml_provider",
                "Corp",
                r#"{"version":1,"record":{"id":"SAMLSPAAAAAAAAAAAAAAAA","name":"Corp","metadata":"<x/>","created":"2026-09-11T10:06:17.701Z","valid_until":"2126-09-11T10:06:17.701Z","encryption":"required","private_keys":[{"id":"SAMLPKAAAAAAAAAAAAAAAA","added":"2026-09-11T10:06:17.701Z","pem":"v1.AA=="}]}}"#,
            ),
            (
                "outbound_federation",
                "",
                r#"{"version":1,"record":{"issuer_label":"l","is_enabled":true,"signing_keys":"v1.AA==","key_set":"{}"}}"#,
            ),
        ] {
            let record = Record::from_row(kind, key, text).unwrap();
            assert_eq!(record.to_row().body.unwrap(), text);
            assert_eq!((record.to_row().kind, &*record.to_row().key), (kind, key));
        }
        assert!(RecordKey::from_row("outbound_federation", "x").is_err());
    }

    #[test]
    fn rows_that_cannot_be_understood_are_named() {
        let error = |kind, key, body| Record::from_row(kind, key, body).unwrap_err().to_string();
        assert_eq!(
            error("nonsense", "", "{}"),
            "unknown kind of record `nonsense`"
        );
        assert_eq!(error("user", "x", "{}"), "record `user` `x` is malformed");
        assert_eq!(
            error("account_alias", "", "{}"),
            "record `account_alias` `` is malformed"
        );
        assert_eq!(
            error("account_alias", "", r#"{"version":2,"record":{"new":1}}"#),
            "record `account_alias` `` has version 2, which is newer than this program"
        );
        let of_another = Record::User(bob()).to_row().body.unwrap();
        let other = UserId::mint(AccountId::parse("123456789012").unwrap(), 8);
        assert!(error("user", other.as_str(), &of_another).ends_with("is malformed"));
    }
}
