//! Lists managed policies: the account's own, those of AWS, or both; all or those in use.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Scope` |  | one of `All`, `AWS`, `Local` |
//! | `OnlyAttached` |  | boolean |
//! | `PathPrefix` |  | text of 1 to 512 characters, `((/[A-Za-z0-9\.,\+@=_-]+)*)/` |
//! | `PolicyUsageFilter` |  | one of `PermissionsPolicy`, `PermissionsBoundary` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListPolicies`.
//! Faults: `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, PolicyUses};
use keyward_api::iam::{
    ListPoliciesRequest, ListPoliciesResponse, PolicyScopeType, PolicyUsageType,
};
use keyward_authorization::Managed;
use keyward_authorization::Resource;
use keyward_authorization::managed::Policy;
use keyward_engine::{Call, Outcome};
use keyward_faults::{Fault, fault};
use keyward_names::{FoldedName, PolicyId};

use super::shown_in_list;
use crate::pages::{self, Page};

pub(crate) async fn list_policies(
    call: Call<ListPoliciesRequest>,
) -> Outcome<ListPoliciesResponse> {
    let (input, account) = (call.input(), call.account());
    let prefix = input.path_prefix.as_ref().map(keyward_names::Path::as_str);
    let permit = call.authorize(Resource::all(account.id(), "policy", prefix))?;
    let after = pages::key_of(input.marker.as_deref())?;
    let managed = call.managed();
    // Seen so: `PolicyUsageFilter` has an effect only together with `OnlyAttached`.
    let page = if input.only_attached.unwrap_or_default() {
        used(account, managed, input, after.as_deref())?
    } else {
        all(account, managed, input, after.as_deref())?
    };
    let page = page.map(|policy| shown_in_list(account, policy));
    permit.answer(ListPoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        policies: Some(page.items),
        marker: page.marker,
    })
}

/// A page of all policies: the account's own by name, then those of AWS by name.
fn all<'a>(
    account: &'a Account,
    managed: Managed<'a>,
    input: &ListPoliciesRequest,
    after: Option<&str>,
) -> Result<Page<Policy<'a>>, Fault> {
    let (after_own, after_aws) = match after.map(|key| key.split_once('/')) {
        None => (None, None),
        Some(Some(("own", name))) => (Some(FoldedName::fold(name)), None),
        Some(Some(("aws", name))) => (None, Some(FoldedName::fold(name))),
        Some(_) => return Err(fault::invalid_marker()),
    };
    let wants_own = after_aws.is_none() && wants(input, false);
    let prefix = input.path_prefix.as_ref().map(keyward_names::Path::as_str);
    let is_under = |path: &str| prefix.is_none_or(|prefix| path.starts_with(prefix));
    let own = wants_own.then(|| account.managed_policies().after(after_own.as_ref()));
    let own = own.into_iter().flatten().map(|(name, path, policy)| {
        let shown = is_under(path.as_str()).then_some(Policy::Own(policy));
        (format!("own/{name}"), shown)
    });
    let after_aws = after_aws.unwrap_or_else(|| FoldedName::fold(""));
    let aws = wants(input, true).then(|| managed.aws().after(&after_aws));
    // There are so few policies of AWS that one page may look at all of them.
    let aws = aws.into_iter().flatten();
    let aws = aws
        .filter(|policy| is_under(policy.path.as_str()))
        .map(|policy| {
            (
                format!("aws/{}", policy.folded()),
                Some(Policy::Aws(policy)),
            )
        });
    Ok(pages::page(own.chain(aws), input.max_items, |entry| entry))
}

/// A page of the policies that are in use.
fn used<'a>(
    account: &'a Account,
    managed: Managed<'a>,
    input: &ListPoliciesRequest,
    after: Option<&str>,
) -> Result<Page<Policy<'a>>, Fault> {
    let after = after
        .map(|key| {
            key.strip_prefix("used/")
                .and_then(|id| PolicyId::parse(id).ok())
        })
        .map(|id| id.ok_or_else(fault::invalid_marker))
        .transpose()?;
    let prefix = input.path_prefix.as_ref().map(keyward_names::Path::as_str);
    let is_wanted = |uses: PolicyUses, policy: &Policy<'_>| {
        let is_used = match input.policy_usage_filter {
            None => !uses.is_none(),
            Some(PolicyUsageType::PermissionsPolicy) => uses.attached > 0,
            Some(PolicyUsageType::PermissionsBoundary) => uses.boundary > 0,
        };
        is_used
            && wants(input, policy.own_id().is_none())
            && prefix.is_none_or(|prefix| policy.path().starts_with(prefix))
    };
    let entries = account.used_policies(after);
    Ok(pages::page(entries, input.max_items, |(id, uses)| {
        let policy = managed.by_id(account, id);
        let shown = policy.filter(|policy| is_wanted(uses, policy));
        (format!("used/{id}"), shown)
    }))
}

/// Whether the request asks for policies of AWS, or for the account's own.
fn wants(input: &ListPoliciesRequest, of_aws: bool) -> bool {
    match input.scope {
        None | Some(PolicyScopeType::All) => true,
        Some(PolicyScopeType::Aws) => of_aws,
        Some(PolicyScopeType::Local) => !of_aws,
    }
}
