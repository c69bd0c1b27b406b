//! Shows all users, groups, roles and policies, and what they may do, in pages.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Filter` |  | list of: one of `User`, `Role`, `Group`, `LocalManagedPolicy`, `AWSManagedPolicy` |
//! | `MaxItems` |  | number from 1 to 1000 |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//!
//! Permission: `iam:GetAccountAuthorizationDetails`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use std::collections::{BTreeSet, HashMap};

use keyward_account::{Account, EntityPolicies, Group, PolicyEntity, Role, User};
use keyward_api::iam::{
    self, EntityType, GetAccountAuthorizationDetailsRequest,
    GetAccountAuthorizationDetailsResponse, GroupDetail, ManagedPolicyDetail, PolicyDetail,
    RoleDetail, UserDetail,
};
use keyward_authorization::Managed;
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::RoleUse;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_names::{FoldedName, PolicyId, RoleId};

use crate::iam::shared::tags;
use crate::iam::{
    attached_policies, instance_profiles, managed_policies, permissions_boundaries, roles,
};
use crate::pages;

/// After so many entries the task yields to other requests.
const TURN: usize = 25;

pub(crate) async fn get_account_authorization_details(
    call: Call<GetAccountAuthorizationDetailsRequest>,
) -> Outcome<GetAccountAuthorizationDetailsResponse> {
    let permit = call.authorize(Resource::any())?;
    let (input, account) = (call.input(), call.account());
    let managed = call.managed();
    let wanted = Kind::wanted(input.filter.as_deref().unwrap_or_default());
    let begin = begin(input.marker.as_deref(), &wanted)?;
    let entries = wanted
        .iter()
        .filter(|kind| begin.as_ref().is_none_or(|(first, _)| *kind >= first))
        .flat_map(|kind| {
            let after = begin.as_ref().filter(|(first, _)| first == kind);
            kind.entries(account, managed, after.map(|(_, key)| key.as_str()))
        });
    let filter = filter_key(&wanted);
    let page = pages::page_by_weight(entries, input.max_items, |(kind, key, entry)| {
        let shown = entry.map(|entry| (entry, entry.weight(account)));
        (format!("{filter}/{}/{key}", kind.letter()), shown)
    });
    let mut response = GetAccountAuthorizationDetailsResponse {
        user_detail_list: Some(Vec::new()),
        group_detail_list: Some(Vec::new()),
        role_detail_list: Some(Vec::new()),
        policies: Some(Vec::new()),
        is_truncated: Some(page.is_truncated()),
        marker: page.marker,
    };
    let roles = page.items.iter().filter_map(|entry| match entry {
        Entry::Role(role) => Some(role.id),
        Entry::User(_) | Entry::Group(_) | Entry::Policy(_) => None,
    });
    let role_ids: Vec<RoleId> = roles.collect();
    let role_uses = call.role_uses(&role_ids).await;
    let role_uses: HashMap<RoleId, RoleUse> = role_ids
        .into_iter()
        .zip(role_uses)
        .filter_map(|(role, last_use)| Some((role, last_use?)))
        .collect();
    for (place, entry) in page.items.into_iter().enumerate() {
        if place % TURN == TURN - 1 {
            tokio::task::yield_now().await;
        }
        match entry {
            Entry::User(user) => add(
                &mut response.user_detail_list,
                shown_user(account, managed, user),
            ),
            Entry::Role(role) => {
                let detail = RoleDetail {
                    role_last_used: Some(roles::shown_use(role_uses.get(&role.id), call.now())),
                    ..shown_role(account, managed, role)
                };
                add(&mut response.role_detail_list, detail);
            }
            Entry::Group(group) => add(
                &mut response.group_detail_list,
                shown_group(account, managed, group),
            ),
            Entry::Policy(policy) => add(&mut response.policies, shown_policy(account, policy)?),
        }
    }
    permit.answer(response)
}

fn add<T>(list: &mut Option<Vec<T>>, entry: T) {
    list.get_or_insert_default().push(entry);
}

/// The kinds of entries, in the order in which they are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    User,
    Role,
    Group,
    OwnPolicy,
    AwsPolicy,
}

/// An entry of a page.
#[derive(Debug, Clone, Copy)]
enum Entry<'a> {
    User(&'a User),
    Role(&'a Role),
    Group(&'a Group),
    Policy(Policy<'a>),
}

impl Entry<'_> {
    /// About how many bytes it has in the answer: those of its policies.
    fn weight(self, account: &Account) -> usize {
        let inline = |entity| {
            let policies = account.policies(entity);
            let inline = policies.map_or(&[][..], |policies| &policies.inline);
            let texts = inline.iter().map(|policy| policy.document.text().len());
            texts.sum::<usize>()
        };
        match self {
            Self::User(user) => inline(PolicyEntity::User(user.id)),
            Self::Group(group) => inline(PolicyEntity::Group(group.id)),
            Self::Role(role) => {
                let trust = role.trust_policy.document().text().len();
                trust + inline(PolicyEntity::Role(role.id))
            }
            Self::Policy(Policy::Own(policy)) => {
                let texts = policy.versions.iter();
                texts.map(|version| version.document.text().len()).sum()
            }
            Self::Policy(Policy::Aws(policy)) => policy.default_document().map_or(0, str::len),
        }
    }
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::User,
        Self::Role,
        Self::Group,
        Self::OwnPolicy,
        Self::AwsPolicy,
    ];

    fn wanted(filter: &[EntityType]) -> BTreeSet<Self> {
        if filter.is_empty() {
            return Self::ALL.into_iter().collect();
        }
        let kind = |entity: &EntityType| match entity {
            EntityType::User => Self::User,
            EntityType::Role => Self::Role,
            EntityType::Group => Self::Group,
            EntityType::LocalManagedPolicy => Self::OwnPolicy,
            EntityType::AWSManagedPolicy => Self::AwsPolicy,
        };
        filter.iter().map(kind).collect()
    }

    /// The letter of the kind in markers.
    fn letter(self) -> char {
        match self {
            Self::User => 'u',
            Self::Role => 'r',
            Self::Group => 'g',
            Self::OwnPolicy => 'p',
            Self::AwsPolicy => 'a',
        }
    }

    /// All entries of the kind after a key, each with its key. Of the policies of AWS only those in
    /// use.
    fn entries<'a>(
        self,
        account: &'a Account,
        managed: Managed<'a>,
        after: Option<&str>,
    ) -> Box<dyn Iterator<Item = (Self, String, Option<Entry<'a>>)> + Send + 'a> {
        let name = after.map(FoldedName::fold);
        match self {
            Self::User => {
                let users = account.users().after(name.as_ref());
                Box::new(
                    users.map(move |(name, _, user)| {
                        (self, name.to_string(), Some(Entry::User(user)))
                    }),
                )
            }
            Self::Role => {
                let roles = account.roles().after(name.as_ref());
                Box::new(
                    roles.map(move |(name, _, role)| {
                        (self, name.to_string(), Some(Entry::Role(role)))
                    }),
                )
            }
            Self::Group => {
                let groups = account.groups().after(name.as_ref());
                let entry = move |group| (self, group_key(group), Some(Entry::Group(group)));
                Box::new(groups.map(move |(_, _, group)| entry(group)))
            }
            Self::OwnPolicy => {
                let policies = account.managed_policies().after(name.as_ref());
                Box::new(policies.map(move |(name, _, policy)| {
                    (
                        self,
                        name.to_string(),
                        Some(Entry::Policy(Policy::Own(policy))),
                    )
                }))
            }
            Self::AwsPolicy => {
                let after = after.and_then(|id| PolicyId::parse(id).ok());
                let used = account.used_policies(after);
                // The account's own are among the policies in use; they are skipped as `None`.
                Box::new(used.map(move |(id, _)| {
                    let policy = managed.aws().by_id(id).map(Policy::Aws);
                    (self, id.to_string(), policy.map(Entry::Policy))
                }))
            }
        }
    }
}

fn group_key(group: &Group) -> String {
    group.name.folded().to_string()
}

/// The filter as markers have it, which does not depend on the order of its kinds. A marker is
/// valid for one filter only.
fn filter_key(wanted: &BTreeSet<Kind>) -> String {
    wanted.iter().map(|kind| kind.letter()).collect()
}

/// The kind and key of the entry after which the page begins.
fn begin(marker: Option<&str>, wanted: &BTreeSet<Kind>) -> Result<Option<(Kind, String)>, Fault> {
    let Some(marker) = marker else {
        return Ok(None);
    };
    let read = || {
        let key = pages::key_of(Some(marker)).ok().flatten()?;
        let mut parts = key.splitn(3, '/');
        let (filter, letter, key) = (parts.next()?, parts.next()?, parts.next()?);
        let kind = wanted
            .iter()
            .find(|kind| kind.letter().to_string() == letter)?;
        let is_key = *kind != Kind::AwsPolicy || PolicyId::parse(key).is_ok();
        (is_key && filter == filter_key(wanted)).then(|| (*kind, key.to_owned()))
    };
    read().map(Some).ok_or_else(fault::marker_of_another_filter)
}

fn shown_user(account: &Account, managed: Managed<'_>, user: &User) -> UserDetail {
    let entity = PolicyEntity::User(user.id);
    let groups = account.groups_of(user.id);
    let mut groups: Vec<_> = groups
        .filter_map(|id| account.groups().get(id))
        .map(|group| group.name.clone())
        .collect();
    groups.sort_by_key(|name| name.folded());
    let policies = account.policies(entity);
    UserDetail {
        path: Some(user.path.clone()),
        user_name: Some(user.name.clone()),
        user_id: Some(user.id.to_string()),
        arn: Some(user.arn(account.id())),
        create_date: Some(user.created),
        // Seen so: absent if there are none, unlike the lists of groups and roles.
        user_policy_list: policies
            .filter(|policies| !policies.inline.is_empty())
            .map(inline),
        group_list: Some(groups),
        attached_managed_policies: Some(attached(account, managed, policies)),
        permissions_boundary: permissions_boundaries::shown(account, managed, entity),
        tags: Some(tags::shown(&user.tags)),
    }
}

fn shown_group(account: &Account, managed: Managed<'_>, group: &Group) -> GroupDetail {
    let policies = account.policies(PolicyEntity::Group(group.id));
    GroupDetail {
        path: Some(group.path.clone()),
        group_name: Some(group.name.clone()),
        group_id: Some(group.id.to_string()),
        arn: Some(group.arn(account.id())),
        create_date: Some(group.created),
        group_policy_list: Some(policies.map(inline).unwrap_or_default()),
        attached_managed_policies: Some(attached(account, managed, policies)),
    }
}

fn shown_role(account: &Account, managed: Managed<'_>, role: &Role) -> RoleDetail {
    let entity = PolicyEntity::Role(role.id);
    let policies = account.policies(entity);
    let profiles = account.profiles_of(role.id, None);
    RoleDetail {
        path: Some(role.path.clone()),
        role_name: Some(role.name.clone()),
        role_id: Some(role.id.to_string()),
        arn: Some(role.arn(account.id())),
        create_date: Some(role.created),
        assume_role_policy_document: Some(role.trust_policy.shown(&|id| account.principal_arn(id))),
        instance_profile_list: Some(
            profiles
                .map(|(_, profile)| instance_profiles::shown_in_list(account, profile))
                .collect(),
        ),
        role_policy_list: Some(policies.map(inline).unwrap_or_default()),
        attached_managed_policies: Some(attached(account, managed, policies)),
        permissions_boundary: permissions_boundaries::shown(account, managed, entity),
        tags: Some(tags::shown(&role.tags)),
        role_last_used: None,
    }
}

fn inline(policies: &EntityPolicies) -> Vec<PolicyDetail> {
    let policies = policies.inline.iter();
    policies
        .map(|policy| PolicyDetail {
            policy_name: Some(policy.name.clone()),
            policy_document: Some(policy.document.text().to_owned()),
        })
        .collect()
}

fn attached(
    account: &Account,
    managed: Managed<'_>,
    policies: Option<&EntityPolicies>,
) -> Vec<iam::AttachedPolicy> {
    let ids = policies.map_or(&[][..], |policies| &policies.attached);
    ids.iter()
        .filter_map(|id| managed.by_id(account, *id))
        .map(|policy| attached_policies::shown(account, policy))
        .collect()
}

fn shown_policy(account: &Account, policy: Policy<'_>) -> Result<ManagedPolicyDetail, Fault> {
    let shown = managed_policies::shown_in_list(account, policy);
    Ok(ManagedPolicyDetail {
        policy_name: shown.policy_name,
        policy_id: shown.policy_id,
        arn: shown.arn,
        path: shown.path,
        default_version_id: shown.default_version_id,
        attachment_count: shown.attachment_count,
        permissions_boundary_usage_count: shown.permissions_boundary_usage_count,
        is_attachable: shown.is_attachable,
        description: None,
        create_date: shown.create_date,
        update_date: shown.update_date,
        policy_version_list: Some(versions(policy)?),
    })
}

/// All versions, newest first.
fn versions(policy: Policy<'_>) -> Result<Vec<iam::PolicyVersion>, Fault> {
    let shown = |number, created, document, default_version| iam::PolicyVersion {
        document: Some(document),
        version_id: Some(managed_policies::version_id(number)),
        is_default_version: Some(number == default_version),
        create_date: Some(created),
    };
    Ok(match policy {
        Policy::Own(policy) => {
            let versions = policy.versions.iter().rev();
            versions
                .map(|version| {
                    let text = version.document.text().to_owned();
                    shown(
                        version.number,
                        version.created,
                        text,
                        policy.default_version,
                    )
                })
                .collect()
        }
        Policy::Aws(policy) => {
            // That only the default version has its text is (unsure): others may be many and large.
            let number = policy.default_version;
            let text = policy.default_document().map_err(Fault::internal)?;
            let version = policy.versions().find(|version| version.number == number);
            let created = version.map_or(policy.updated, |version| version.created);
            vec![shown(number, created, text.to_owned(), number)]
        }
    })
}
