//! What a request is about, as authorization sees it: an ARN.

use std::collections::BTreeMap;
use std::fmt;

use keyward_account::{
    Account, Group, InstanceProfile, OidcProvider, PolicyEntity, PrincipalId, Role, SamlProvider,
    User,
};
use keyward_api::{iam, sts};
use keyward_managed_policies::AWS_ACCOUNT;
use keyward_names::{
    AccountId, FoldedTagKey, GroupId, GroupName, InstanceProfileId, InstanceProfileName, Path,
    PolicyId, PolicyName, RoleId, RoleName, Tag, UserId, UserName, account_part, iam_arn, root_arn,
    user_arn,
};
use keyward_policy::{Context, Value};

use crate::managed::Managed;
use crate::policies_in_force::PoliciesInForce;

/// The resource of one authorization question, and what the request says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    arn: String,
    /// What the ARN is of. It is kept because another entity may get the ARN later.
    entity: Entity,
    /// What the request called it, where refusals tell that instead of the ARN.
    asked_for: Option<AskedFor>,
    /// Tags that the request would add. Of a key that appears twice, the last value counts.
    request_tags: Vec<(String, String)>,
    /// Keys of tags that the request adds or removes.
    tag_keys: Vec<String>,
    /// Other context keys that the request fills.
    keys: Vec<(&'static str, String)>,
    /// Context keys that may have several values.
    lists: Vec<(&'static str, Vec<String>)>,
    /// Whether `iam:PermissionsBoundary` is set to the boundary that the entity has.
    tells_boundary: bool,
    /// Whether the entity has another ARN now, and would get this one by the request.
    is_future: bool,
}

/// What a request called a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AskedFor {
    User(UserName),
    Group(GroupName),
    Role(RoleName),
    InstanceProfile(InstanceProfileName),
    /// A managed policy, by its ARN or, where it is about to be made, by its name.
    Policy(Box<str>),
    /// Anything, by this text.
    Text(Box<str>),
}

impl AskedFor {
    /// The ARN of a role of this name under no path.
    pub(crate) fn arn_without_path(&self, account: AccountId) -> Option<String> {
        match self {
            Self::Role(name) => Some(iam_arn(account, "role", &Path::default(), name.as_str())),
            Self::User(_)
            | Self::Group(_)
            | Self::InstanceProfile(_)
            | Self::Policy(_)
            | Self::Text(_) => None,
        }
    }
}

impl fmt::Display for AskedFor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, name) = match self {
            Self::User(name) => ("user ", name.as_str()),
            Self::Group(name) => ("group ", name.as_str()),
            Self::Role(name) => ("role ", name.as_str()),
            Self::InstanceProfile(name) => ("instance profile ", name.as_str()),
            Self::Policy(policy) => ("policy ", &**policy),
            Self::Text(text) => ("", &**text),
        };
        write!(formatter, "{kind}{name}")
    }
}

/// What an ARN is of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Entity {
    /// Nothing that exists, or the account as a whole.
    Nothing,
    User(UserId),
    Group(GroupId),
    Role(RoleId),
    /// A managed policy of the account's own.
    ManagedPolicy(PolicyId),
    InstanceProfile(InstanceProfileId),
    /// An OpenID Connect provider, by its URL.
    OidcProvider(Box<str>),
    /// A SAML provider, by its name.
    SamlProvider(Box<str>),
}

impl Entity {
    /// Its tags, if it exists and can have tags.
    fn tags<'a>(&self, account: &'a Account) -> Option<&'a [Tag]> {
        Some(match self {
            Self::Nothing | Self::Group(_) => return None,
            Self::User(id) => &account.users().get(*id)?.tags,
            Self::Role(id) => &account.roles().get(*id)?.tags,
            Self::ManagedPolicy(id) => &account.managed_policies().get(*id)?.tags,
            Self::InstanceProfile(id) => &account.instance_profiles().get(*id)?.tags,
            Self::OidcProvider(url) => &account.oidc_provider(url)?.tags,
            Self::SamlProvider(name) => &account.saml_provider(name)?.tags,
        })
    }

    /// The user or role, if it is one.
    fn principal(&self) -> Option<PrincipalId> {
        match self {
            Self::User(id) => Some(PrincipalId::User(*id)),
            Self::Role(id) => Some(PrincipalId::Role(*id)),
            Self::Nothing
            | Self::Group(_)
            | Self::ManagedPolicy(_)
            | Self::InstanceProfile(_)
            | Self::OidcProvider(_)
            | Self::SamlProvider(_) => None,
        }
    }
}

impl Resource {
    fn new(arn: String, entity: Entity) -> Self {
        Self {
            arn,
            entity,
            asked_for: None,
            request_tags: Vec::new(),
            tag_keys: Vec::new(),
            keys: Vec::new(),
            lists: Vec::new(),
            tells_boundary: false,
            is_future: false,
        }
    }

    fn of_nobody(arn: String) -> Self {
        Self::new(arn, Entity::Nothing)
    }

    fn asked(self, asked_for: AskedFor) -> Self {
        Self {
            asked_for: Some(asked_for),
            ..self
        }
    }

    /// What the request called it.
    pub(crate) fn asked_for(&self) -> Option<&AskedFor> {
        self.asked_for.as_ref()
    }

    /// The resource, which refusals call `text`.
    pub fn told_as(self, text: &str) -> Self {
        self.asked(AskedFor::Text(text.into()))
    }

    /// The resource, which refusals call the policy of this name: one that is about to be made.
    pub fn told_as_policy(self, name: &PolicyName) -> Self {
        self.asked(AskedFor::Policy(name.as_str().into()))
    }

    /// The resource with tags that the request would add to it: `aws:RequestTag/`, `aws:TagKeys`.
    pub fn given_tags(self, tags: &[iam::Tag]) -> Self {
        let pairs = tags.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
        Self {
            request_tags: pairs.collect(),
            tag_keys: tags.iter().map(|tag| tag.key.clone()).collect(),
            ..self
        }
    }

    /// The resource with keys of tags that the request would remove: `aws:TagKeys`.
    pub fn losing_tags(self, keys: &[String]) -> Self {
        Self {
            tag_keys: keys.to_vec(),
            ..self
        }
    }

    /// The resource with a context key that only some operations set.
    pub fn with_key(mut self, key: &'static str, value: &str) -> Self {
        self.keys.push((key, value.to_owned()));
        self
    }

    /// The resource with a context key of several values. If there are none, the key is absent.
    pub fn with_list(mut self, key: &'static str, values: Vec<String>) -> Self {
        if !values.is_empty() {
            self.lists.push((key, values));
        }
        self
    }

    /// The resource with tags that the request would give to a session: `aws:RequestTag/`,
    /// `aws:TagKeys`.
    pub fn given_session_tags(self, tags: &[sts::Tag]) -> Self {
        let pairs = tags.iter().map(|tag| (tag.key.clone(), tag.value.clone()));
        Self {
            request_tags: pairs.collect(),
            tag_keys: tags.iter().map(|tag| tag.key.clone()).collect(),
            ..self
        }
    }

    /// The resource with the ARN of a boundary that the request would set:
    /// `iam:PermissionsBoundary`.
    pub fn given_boundary(self, arn: Option<&str>) -> Self {
        match arn {
            Some(arn) => self.with_key("iam:PermissionsBoundary", arn),
            None => self,
        }
    }

    /// The resource for operations that set `iam:PermissionsBoundary` to the ARN of the boundary
    /// that the user or role has.
    pub fn telling_boundary(self) -> Self {
        Self {
            tells_boundary: true,
            ..self
        }
    }

    /// What the entity `now` would become: this ARN, with the tags that `now` has.
    pub fn becoming_of(self, now: &Self) -> Self {
        Self {
            entity: now.entity.clone(),
            is_future: self.arn != now.arn,
            ..self
        }
    }

    /// The account that it belongs to: `aws:ResourceAccount`. AWS's own policies belong to an
    /// account of AWS (seen at AWS); other ARNs name their account.
    pub fn account(&self, caller: AccountId) -> String {
        match account_part(&self.arn) {
            Some("aws") => AWS_ACCOUNT.to_string(),
            Some(account) if !account.is_empty() => account.to_owned(),
            Some(_) | None => caller.to_string(),
        }
    }

    /// How many readings its tags have. Conditions compare tag keys without case, yet policies and
    /// instance profiles may have two keys that differ in case alone. The request is then judged
    /// with each of their values, and must be allowed with all.
    pub fn readings(&self, account: &Account) -> usize {
        let (own, _) = self.own_tags(account);
        let own = own.iter().map(|tag| (&*tag.key, &*tag.value));
        most_spellings(own)
            .max(most_spellings(self.request_pairs()))
            .max(1)
    }

    fn request_pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let tags = self.request_tags.iter();
        tags.map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// The user, if it is one.
    pub fn user_id(&self) -> Option<UserId> {
        if let Entity::User(id) = self.entity {
            Some(id)
        } else {
            None
        }
    }

    /// Adds to the context its tags, in one of their readings, and its boundary.
    pub fn add_own_keys(
        &self,
        in_force: PoliciesInForce<'_>,
        reading: usize,
        context: &mut Context,
    ) {
        let (account, managed) = (in_force.of_resource(), in_force.managed);
        let (tags, prefixes) = self.own_tags(account);
        let tags = tags.iter().map(|tag| (&*tag.key, &*tag.value));
        for (key, value) in read(tags, reading) {
            for prefix in prefixes {
                context.set(&format!("{prefix}:ResourceTag/{key}"), value);
            }
        }
        if self.tells_boundary
            && let Some(boundary) = self.boundary(account)
            && let Some(arn) = managed.arn(account, boundary)
        {
            context.set("iam:PermissionsBoundary", arn);
        }
    }

    /// Its tags, and the prefixes of the context keys that they are set as.
    fn own_tags<'a>(&self, account: &'a Account) -> (&'a [Tag], &'static [&'static str]) {
        let tags = self.entity.tags(account).unwrap_or_default();
        match self.entity {
            // Tags of users and roles also have keys of IAM.
            Entity::User(_) | Entity::Role(_) => (tags, &["aws", "iam"]),
            Entity::Nothing
            | Entity::Group(_)
            | Entity::ManagedPolicy(_)
            | Entity::InstanceProfile(_)
            | Entity::OidcProvider(_)
            | Entity::SamlProvider(_) => (tags, &["aws"]),
        }
    }

    fn boundary(&self, account: &Account) -> Option<PolicyId> {
        let principal = self.entity.principal()?;
        account.policies(PolicyEntity::from(principal))?.boundary
    }

    /// Adds to the context the keys that the request sets, its tags in one of their readings.
    /// Without tags in the request, their keys are absent.
    pub fn add_request_keys(&self, reading: usize, context: &mut Context) {
        for (key, value) in read(self.request_pairs(), reading) {
            context.set(&format!("aws:RequestTag/{key}"), value);
        }
        if !self.tag_keys.is_empty() {
            let keys = self.tag_keys.iter().map(|key| Value::from(key.as_str()));
            context.set_several("aws:TagKeys", keys);
        }
        for (key, value) in &self.keys {
            context.set(key, value.as_str());
        }
        for (key, values) in &self.lists {
            context.set_several(key, values.iter().map(String::as_str));
        }
    }

    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether the entity has another ARN now, so that the question must be judged again.
    pub fn is_stale(&self, account: &Account) -> bool {
        if self.is_future {
            return false;
        }
        let now = match &self.entity {
            Entity::User(id) => account.principal_arn(PrincipalId::User(*id)),
            Entity::Role(id) => account.principal_arn(PrincipalId::Role(*id)),
            Entity::Group(id) => {
                let group = account.groups().get(*id);
                group.map(|group| group.arn(account.id()))
            }
            // None of these can be renamed or moved.
            Entity::Nothing
            | Entity::ManagedPolicy(_)
            | Entity::InstanceProfile(_)
            | Entity::OidcProvider(_)
            | Entity::SamlProvider(_) => None,
        };
        now.is_some_and(|arn| arn != self.arn)
    }

    /// `*`, for operations on the account as a whole.
    pub fn any() -> Self {
        Self::of_nobody("*".to_owned())
    }

    /// A user by its stored ARN if it exists. If not, the ARN is built from the name in the
    /// request, so that rights can be judged before the answer shows whether the user exists. The
    /// functions below do the same for other entities.
    pub fn user(account: &Account, name: &UserName, user: Option<&User>) -> Self {
        let resource = match user {
            Some(user) => Self::new(user.arn(account.id()), Entity::User(user.id)),
            None => Self::new_user(account.id(), &Path::default(), name),
        };
        resource.asked(AskedFor::User(name.clone()))
    }

    /// A user that the request would make, or the name that it would give a user.
    pub fn new_user(account: AccountId, path: &Path, name: &UserName) -> Self {
        Self::of_nobody(user_arn(account, path, name.as_str()))
    }

    /// A group.
    pub fn group(account: &Account, name: &GroupName, group: Option<&Group>) -> Self {
        let resource = match group {
            Some(group) => Self::new(group.arn(account.id()), Entity::Group(group.id)),
            None => Self::new_group(account.id(), &Path::default(), name),
        };
        resource.asked(AskedFor::Group(name.clone()))
    }

    /// A group that the request would make, or the name that it would give a group.
    pub fn new_group(account: AccountId, path: &Path, name: &GroupName) -> Self {
        Self::of_nobody(iam_arn(account, "group", path, name.as_str()))
    }

    /// A role.
    pub fn role(account: &Account, name: &RoleName, role: Option<&Role>) -> Self {
        let resource = match role {
            Some(role) => Self::new(role.arn(account.id()), Entity::Role(role.id)),
            None => Self::new_role(account.id(), &Path::default(), name),
        };
        resource.asked(AskedFor::Role(name.clone()))
    }

    /// A role that the request would make.
    pub fn new_role(account: AccountId, path: &Path, name: &RoleName) -> Self {
        Self::of_nobody(iam_arn(account, "role", path, name.as_str()))
    }

    /// An instance profile.
    pub fn instance_profile(
        account: &Account,
        name: &InstanceProfileName,
        profile: Option<&InstanceProfile>,
    ) -> Self {
        let resource = match profile {
            Some(profile) => Self::new(
                profile.arn(account.id()),
                Entity::InstanceProfile(profile.id),
            ),
            None => Self::new_instance_profile(account.id(), &Path::default(), name),
        };
        resource.asked(AskedFor::InstanceProfile(name.clone()))
    }

    /// An instance profile that the request would make.
    pub fn new_instance_profile(
        account: AccountId,
        path: &Path,
        name: &InstanceProfileName,
    ) -> Self {
        Self::of_nobody(iam_arn(account, "instance-profile", path, name.as_str()))
    }

    /// A managed policy by the ARN in the request.
    pub fn managed_policy(account: &Account, managed: Managed<'_>, arn: &str) -> Self {
        let found = managed.find(account, arn);
        let own = found.and_then(|policy| policy.own_id());
        let entity = own.map_or(Entity::Nothing, Entity::ManagedPolicy);
        let stored = found.map_or_else(|| arn.to_owned(), |policy| policy.arn(account.id()));
        Self::new(stored, entity).asked(AskedFor::Policy(arn.into()))
    }

    /// An OpenID Connect provider by the ARN in the request.
    pub fn oidc_provider(arn: &str, provider: Option<&OidcProvider>) -> Self {
        let entity = provider.map(|provider| Entity::OidcProvider(provider.url.clone()));
        Self::new(arn.to_owned(), entity.unwrap_or(Entity::Nothing))
    }

    /// A SAML provider by the ARN in the request.
    pub fn saml_provider(arn: &str, provider: Option<&SamlProvider>) -> Self {
        let entity = provider.map(|provider| Entity::SamlProvider(provider.name.clone()));
        Self::new(arn.to_owned(), entity.unwrap_or(Entity::Nothing))
    }

    /// Anything else by the ARN in the request, without tags.
    pub fn by_arn(arn: &str) -> Self {
        Self::of_nobody(arn.to_owned())
    }

    /// All entities of a kind in an account, or those under a path: the resource of lists. `kind`
    /// is its name in ARNs.
    pub fn all(account: AccountId, kind: &str, path_prefix: Option<&str>) -> Self {
        let prefix = path_prefix.unwrap_or("/");
        Self::of_nobody(format!("arn:aws:iam::{account}:{kind}{prefix}"))
    }

    /// The root user of an account.
    pub fn root(account: AccountId) -> Self {
        Self::of_nobody(root_arn(account))
    }
}

/// The spellings of each key, with the last value of each spelling.
fn spellings<'a>(
    tags: impl Iterator<Item = (&'a str, &'a str)>,
) -> BTreeMap<FoldedTagKey, BTreeMap<&'a str, &'a str>> {
    let mut keys = BTreeMap::new();
    for (key, value) in tags {
        let spellings: &mut BTreeMap<_, _> = keys.entry(FoldedTagKey::fold(key)).or_default();
        spellings.insert(key, value);
    }
    keys
}

fn most_spellings<'a>(tags: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    let counts = spellings(tags)
        .into_values()
        .map(|spellings| spellings.len());
    counts.max().unwrap_or(0)
}

/// One spelling of each key. Readings below the greatest number of spellings cover all.
fn read<'a>(
    tags: impl Iterator<Item = (&'a str, &'a str)>,
    reading: usize,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    let keys = spellings(tags).into_values();
    keys.filter_map(move |spellings| {
        let count = spellings.len();
        spellings.into_iter().nth(reading % count.max(1))
    })
}
