//! Policies as an account holds them: the text that was given, and what the engine makes of it at its
//! first use.

use std::fmt;
use std::sync::{Arc, OnceLock};

use keyward_names::{PolicyName, UserId};
use keyward_policy::{Compiled, Document, PolicySet};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text of a policy, to the letter as it was given. It is made ready to be judged by once, when
/// that is first asked for; copies share it.
#[derive(Clone)]
pub struct PolicyDocument(Arc<Inner>);

struct Inner {
    text: Box<str>,
    compiled: OnceLock<Option<Arc<Compiled>>>,
}

/// The inline policies of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPolicies {
    /// Whose they are.
    pub user: UserId,
    /// In the order of their folded names, of which each is there once. At least one: where the last
    /// is deleted, the record goes too.
    pub policies: Box<[InlinePolicy]>,
}

/// A policy that belongs to one user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlinePolicy {
    /// The name, as first spelled.
    pub name: PolicyName,
    /// What it says.
    pub document: PolicyDocument,
}

/// A policy is kept that can't be read any more, so that nobody can tell what it denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a policy of {user} can't be read")]
pub struct UnreadablePolicy {
    /// Whose policy.
    pub user: UserId,
}

/// A record and, once it is asked for, the set that it makes.
#[derive(Debug)]
pub(crate) struct HeldPolicies {
    pub(crate) record: UserPolicies,
    set: OnceLock<Option<PolicySet>>,
}

impl PolicyDocument {
    /// A document of this text, which has been checked.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let compiled = OnceLock::new();
        Self(Arc::new(Inner {
            text: text.into(),
            compiled,
        }))
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The document made ready; `None` if it is no policy.
    fn compiled(&self) -> Option<&Arc<Compiled>> {
        let compile = || {
            let document = Document::parse(&self.0.text).ok()?;
            Some(Arc::new(Compiled::new(&document)))
        };
        self.0.compiled.get_or_init(compile).as_ref()
    }
}

impl PartialEq for PolicyDocument {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Eq for PolicyDocument {}

impl fmt::Debug for PolicyDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.text.fmt(formatter)
    }
}

impl Serialize for PolicyDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.text)
    }
}

impl<'de> Deserialize<'de> for PolicyDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

impl UserPolicies {
    /// The policy of a name, in any case.
    #[must_use]
    pub fn find(&self, name: &PolicyName) -> Option<&InlinePolicy> {
        let name = name.folded();
        self.policies
            .iter()
            .find(|policy| policy.name.folded() == name)
    }
}

impl HeldPolicies {
    /// Takes a record in. Documents that were there before, and are the same, need not be made ready
    /// again.
    pub(crate) fn new(mut record: UserPolicies, before: Option<&Self>) -> Self {
        let known = before.map_or(&[][..], |before| &before.record.policies);
        for policy in &mut record.policies {
            let same = known.iter().find(|known| known.document == policy.document);
            if let Some(same) = same {
                policy.document = same.document.clone();
            }
        }
        Self {
            record,
            set: OnceLock::new(),
        }
    }

    /// All policies together.
    pub(crate) fn set(&self) -> Result<&PolicySet, UnreadablePolicy> {
        let make = || {
            let documents = self.record.policies.iter().map(|policy| &policy.document);
            let compiled: Option<Vec<_>> = documents
                .map(|document| document.compiled().cloned())
                .collect();
            compiled.map(PolicySet::new)
        };
        let user = self.record.user;
        self.set
            .get_or_init(make)
            .as_ref()
            .ok_or(UnreadablePolicy { user })
    }
}

impl PartialEq for HeldPolicies {
    fn eq(&self, other: &Self) -> bool {
        self.record == other.record
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Account, Record, RecordKey};
    use keyward_names::AccountId;

    const ALL: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    const NONE: &str = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}"#;

    fn user() -> UserId {
        UserId::mint(AccountId::parse("123456789012").unwrap(), 7)
    }

    fn record(policies: &[(&str, &str)]) -> UserPolicies {
        let policy = |(name, text): &(&str, &str)| InlinePolicy {
            name: PolicyName::parse(name).unwrap(),
            document: PolicyDocument::new(text),
        };
        UserPolicies {
            user: user(),
            policies: policies.iter().map(policy).collect(),
        }
    }

    #[test]
    fn a_document_is_made_ready_once_also_where_its_record_comes_anew() {
        let before = HeldPolicies::new(record(&[("a", ALL), ("b", NONE)]), None);
        before.set().unwrap();
        let after = HeldPolicies::new(record(&[("a", NONE), ("c", ALL)]), Some(&before));
        after.set().unwrap();
        let compiled = |held: &HeldPolicies, place: usize| {
            let policies = &held.record.policies;
            Arc::as_ptr(policies[place].document.compiled().unwrap())
        };
        assert_eq!(compiled(&before, 0), compiled(&after, 1));
        assert_eq!(compiled(&before, 1), compiled(&after, 0));
    }

    #[test]
    fn policies_are_found_without_regard_to_case_and_gone_with_their_record() {
        let mut account = Account::empty(AccountId::parse("123456789012").unwrap());
        account.put(Record::UserPolicies(record(&[("Admin", ALL)])));
        let policies = account.user_policies(user()).unwrap();
        let found = policies.find(&PolicyName::parse("aDMIN").unwrap()).unwrap();
        assert_eq!(found.document.text(), ALL);
        assert!(account.identity_policies(user()).unwrap().is_some());
        account.apply(&crate::Change::Delete(RecordKey::UserPolicies(user())));
        assert!(account.user_policies(user()).is_none());
        assert!(account.identity_policies(user()).unwrap().is_none());
    }

    #[test]
    fn one_unreadable_policy_spoils_the_set() {
        let mut account = Account::empty(AccountId::parse("123456789012").unwrap());
        account.put(Record::UserPolicies(record(&[("a", ALL), ("b", "{")])));
        let error = account.identity_policies(user()).unwrap_err();
        assert_eq!(error, UnreadablePolicy { user: user() });
    }
}
