//! Inline policies: they belong to one user, group or role, and are deleted with it. Their texts
//! are kept and shown unchanged.

pub(crate) mod delete_group_policy;
pub(crate) mod delete_role_policy;
pub(crate) mod delete_user_policy;
pub(crate) mod get_group_policy;
pub(crate) mod get_role_policy;
pub(crate) mod get_user_policy;
pub(crate) mod list_group_policies;
pub(crate) mod list_role_policies;
pub(crate) mod list_user_policies;
pub(crate) mod put_group_policy;
pub(crate) mod put_role_policy;
pub(crate) mod put_user_policy;

use keyward_account::{Account, EntityPolicies, InlinePolicy, PolicyDocument, PolicyEntity};
use keyward_engine::are_too_large;
use keyward_engine::{Call, Outcome, Permit};
use keyward_faults::{Fault, fault};
use keyward_names::{FoldedName, PolicyName};
use keyward_policy::{PolicyKind, check};

use crate::iam::shared::owner::{self, Owner};
use crate::pages::{self, Page};

/// Gives an owner a policy, or replaces the document of a policy that it has.
async fn put<I>(
    call: &Call<I>,
    permit: Permit,
    owner: Owner,
    name: &PolicyName,
    text: &str,
) -> Outcome<()> {
    check(PolicyKind::Identity, text)
        .map_err(|found| fault::malformed_policy_document(found.message))?;
    let new = InlinePolicy {
        name: name.clone(),
        document: PolicyDocument::new(text),
    };
    let quota = owner.quotas(&call.quotas()).inline_characters;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let present = owner.policies(account)?;
        let inline = with(&present.inline, &new);
        let texts = inline.iter().map(|policy| policy.document.text());
        if are_too_large(texts, quota) {
            let name = owner.name(account);
            return Err(fault::inline_policies_too_large(quota, owner.kind(), &name).into());
        }
        let after = EntityPolicies { inline, ..present };
        Ok((owner::changes(account, after), ()))
    })
    .await
}

/// Deletes a policy of its owner.
async fn delete<I>(call: &Call<I>, permit: Permit, owner: Owner, name: &PolicyName) -> Outcome<()> {
    let name = name.clone();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let present = owner.policies(account)?;
        let inline = without(&present.inline, &name)
            .ok_or_else(|| fault::no_such_inline_policy(owner.kind(), name.as_str()))?;
        let after = EntityPolicies { inline, ..present };
        Ok((owner::changes(account, after), ()))
    })
    .await
}

/// The text of a policy of an owner.
fn text<'a>(account: &'a Account, owner: &Owner, name: &PolicyName) -> Result<&'a str, Fault> {
    let policies = account.policies(owner.entity);
    let policy = policies.and_then(|policies| policies.inline_policy(name));
    let policy = policy.ok_or_else(|| fault::no_such_inline_policy(owner.kind(), name.as_str()))?;
    Ok(policy.document.text())
}

/// A page of the names of an entity's inline policies.
fn list(
    account: &Account,
    entity: PolicyEntity,
    marker: Option<&str>,
    max_items: Option<i32>,
) -> Result<Page<PolicyName>, Fault> {
    let after = pages::key_of(marker)?.map(|name| FoldedName::fold(&name));
    let policies = account.policies(entity);
    let policies = policies.map_or(&[][..], |policies| &policies.inline);
    let entries = policies
        .iter()
        .map(|policy| (policy.name.folded(), policy.name.clone()))
        .skip_while(|(name, _)| after.as_ref().is_some_and(|after| name <= after));
    Ok(pages::page(entries, max_items, |(key, name)| {
        (key, Some(name))
    }))
}

/// The policies with one added, or with its document in place of the one of the same name, which
/// keeps its first spelling.
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

/// The policies without one; `None` if it is not among them.
fn without(policies: &[InlinePolicy], name: &PolicyName) -> Option<Box<[InlinePolicy]>> {
    let name = name.folded();
    let is_other = |policy: &&InlinePolicy| policy.name.folded() != name;
    let left: Box<[InlinePolicy]> = policies.iter().filter(is_other).cloned().collect();
    (left.len() < policies.len()).then_some(left)
}
