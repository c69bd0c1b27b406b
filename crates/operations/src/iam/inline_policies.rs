//! Inline policies: they belong to one user, and go with it. Texts are kept and told to the letter.

pub(crate) mod delete_user_policy;
pub(crate) mod get_user_policy;
pub(crate) mod list_user_policies;
pub(crate) mod put_user_policy;

use keyward_account::InlinePolicy;
use keyward_names::PolicyName;
use keyward_policy::stored_policy_size;

/// The policies with one more, or with another document for one that is there: it keeps its name's
/// first spelling.
fn with(policies: &[InlinePolicy], new: &InlinePolicy) -> Box<[InlinePolicy]> {
    let mut policies = policies.to_vec();
    let place = policies.binary_search_by_key(&new.name.folded(), |policy| policy.name.folded());
    match place {
        Ok(place) => {
            if let Some(old) = policies.get_mut(place) {
                old.document = new.document.clone();
            }
        }
        Err(place) => policies.insert(place, new.clone()),
    }
    policies.into()
}

/// The policies but for one; `None` if it is not among them.
fn without(policies: &[InlinePolicy], name: &PolicyName) -> Option<Box<[InlinePolicy]>> {
    let name = name.folded();
    let is_other = |policy: &&InlinePolicy| policy.name.folded() != name;
    let left: Box<[InlinePolicy]> = policies.iter().filter(is_other).cloned().collect();
    (left.len() < policies.len()).then_some(left)
}

/// How much of the quota the policies take together.
fn size(policies: &[InlinePolicy]) -> usize {
    let documents = policies.iter().map(|policy| policy.document.text());
    documents.map(stored_policy_size).sum()
}
