//! Groups: users that share policies. A group is not a principal, and has neither tags nor a
//! permissions boundary.

pub(crate) mod add_user_to_group;
pub(crate) mod create_group;
pub(crate) mod delete_group;
pub(crate) mod get_group;
pub(crate) mod list_groups;
pub(crate) mod list_groups_for_user;
pub(crate) mod remove_user_from_group;
pub(crate) mod update_group;

use keyward_account::{Account, Change, Changes, Group, Memberships, Record, RecordKey};
use keyward_api::iam;
use keyward_names::{GroupId, UserId};

/// A group as every answer shows it.
fn shown(account: &Account, group: &Group) -> iam::Group {
    iam::Group {
        path: group.path.clone(),
        group_name: group.name.clone(),
        group_id: group.id.to_string(),
        arn: group.arn(account.id()),
        create_date: group.created,
    }
}

/// The change that makes these the groups of a user. A user without groups has no record.
fn memberships(user: UserId, mut groups: Vec<GroupId>) -> Changes {
    groups.sort_unstable();
    let change = if groups.is_empty() {
        Change::Delete(RecordKey::Memberships(user))
    } else {
        let groups = groups.into();
        Change::Put(Record::Memberships(Memberships { user, groups }))
    };
    Changes {
        changes: vec![change],
        ..Changes::none()
    }
}
