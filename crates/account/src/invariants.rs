//! What is always true of an account. Property tests ask after every change.

use keyward_credentials::PasswordPolicy;

use crate::{Account, KeyOwner, LoginProfile};

impl Account {
    /// The invariants that do not hold, one sentence each; always none.
    #[must_use]
    pub fn broken_invariants(&self) -> Vec<String> {
        let mut broken = Vec::new();
        self.check_users(&mut broken);
        self.check_login_profiles(&mut broken);
        self.check_access_keys(&mut broken);
        self.check_user_policies(&mut broken);
        if let Some(policy) = self.password_policy() {
            check_password_policy(policy, &mut broken);
        }
        broken
    }

    fn check_users(&self, broken: &mut Vec<String>) {
        if self.users.len() != self.users_by_name.len() {
            broken.push("there are not as many names as users".to_owned());
        }
        for (id, user) in &self.users {
            let named = self.users_by_name.get(&user.name.folded());
            let is_named =
                named.is_some_and(|named| named.user == *user && named.path == user.path);
            if *id != user.id || !is_named {
                broken.push(format!("user {id} is not found by its name"));
            }
            let mut keys: Vec<_> = user.tags.iter().map(|tag| tag.key.to_lowercase()).collect();
            keys.sort_unstable();
            keys.dedup();
            if keys.len() != user.tags.len() || keys.len() > 50 {
                broken.push(format!("user {id} has a tag twice or more than 50 tags"));
            }
        }
    }

    fn check_login_profiles(&self, broken: &mut Vec<String>) {
        for (id, profile) in &self.login_profiles {
            if *id != profile.user || !self.users.contains_key(id) {
                broken.push(format!("the login profile of {id} belongs to nobody"));
            }
            if profile.remembered().count() > LoginProfile::REMEMBERED {
                broken.push(format!(
                    "the login profile of {id} remembers too many passwords"
                ));
            }
            if profile.password_changed < profile.created {
                broken.push(format!(
                    "the password of {id} is older than its login profile"
                ));
            }
        }
    }

    fn check_access_keys(&self, broken: &mut Vec<String>) {
        if self.access_keys.len() != self.access_keys_by_owner.len() {
            broken.push("the index of access keys does not fit".to_owned());
        }
        for (id, key) in &self.access_keys {
            if *id != key.id || !self.access_keys_by_owner.contains(&(key.owner, *id)) {
                broken.push(format!("access key {id} is not found by its owner"));
            }
            if id.embedded_account() != Some(self.id()) {
                broken.push(format!("access key {id} carries another account"));
            }
            match key.owner {
                KeyOwner::User(user) if !self.users.contains_key(&user) => {
                    broken.push(format!("access key {id} belongs to nobody"));
                }
                KeyOwner::User(_) | KeyOwner::Root => {}
            }
        }
    }

    fn check_user_policies(&self, broken: &mut Vec<String>) {
        for (id, held) in &self.user_policies {
            let record = &held.record;
            if *id != record.user || !self.users.contains_key(id) {
                broken.push(format!("the policies of {id} belong to nobody"));
            }
            let names: Vec<_> = record
                .policies
                .iter()
                .map(|policy| policy.name.folded())
                .collect();
            if names.is_empty() || !names.is_sorted_by(|one, next| one < next) {
                broken.push(format!("the policies of {id} are none, or out of order"));
            }
        }
    }
}

fn check_password_policy(policy: &PasswordPolicy, broken: &mut Vec<String>) {
    let in_range = (6..=128).contains(&policy.minimum_password_length)
        && policy
            .max_password_age
            .is_none_or(|days| (1..=1_095).contains(&days))
        && policy
            .password_reuse_prevention
            .is_none_or(|count| (1..=24).contains(&count));
    if !in_range {
        broken.push("the password policy is out of range".to_owned());
    }
}
