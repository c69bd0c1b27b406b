//! OpenID Connect providers, whose tokens an account trusts.

pub(crate) mod add_client_id_to_open_id_connect_provider;
pub(crate) mod create_open_id_connect_provider;
pub(crate) mod delete_open_id_connect_provider;
pub(crate) mod get_open_id_connect_provider;
pub(crate) mod list_open_id_connect_provider_tags;
pub(crate) mod list_open_id_connect_providers;
pub(crate) mod remove_client_id_from_open_id_connect_provider;
pub(crate) mod tag_open_id_connect_provider;
pub(crate) mod untag_open_id_connect_provider;
pub(crate) mod update_open_id_connect_provider_thumbprint;

use std::collections::HashSet;

use keyward_account::{Account, Changes, OidcProvider, Record};
use keyward_engine::{Call, Outcome, Permit};
use keyward_faults::{Fault, fault};

use crate::iam::shared::provider_arn::{ProviderKind, check_provider_arn};

/// The provider with an ARN, if it exists.
fn find<'a>(account: &'a Account, arn: &str) -> Option<&'a OidcProvider> {
    account.oidc_provider_by_arn(arn)
}

/// The provider with an ARN, or the fault that it does not exist, for a caller with the right to
/// know.
fn existing<'a>(account: &'a Account, arn: &str) -> Result<&'a OidcProvider, Fault> {
    check_provider_arn(ProviderKind::Oidc, arn)?;
    find(account, arn).ok_or_else(|| fault::no_such_oidc_provider(arn))
}

/// Changes a provider. If nothing changes, nothing is written.
async fn change<I>(
    call: &Call<I>,
    permit: Permit,
    arn: &str,
    updated: impl Fn(&OidcProvider) -> Result<OidcProvider, Fault> + Send + 'static,
) -> Outcome<()> {
    let arn = arn.to_owned();
    call.commit_and_answer(permit, (), move |account: &Account| {
        let provider = existing(account, &arn)?;
        let updated = updated(provider)?;
        let changes = if updated == *provider {
            Changes::none()
        } else {
            Changes::put(Record::OidcProvider(updated))
        };
        Ok((changes, ()))
    })
    .await
}

/// Client ids without repetitions, in the order given.
fn each_once<'a>(client_ids: impl IntoIterator<Item = &'a str>) -> Vec<Box<str>> {
    let mut known = HashSet::new();
    let each = client_ids.into_iter().filter(|id| known.insert(*id));
    each.map(Into::into).collect()
}

/// Refuses more client ids than a provider may have.
fn check_client_ids(count: usize, quota: usize) -> Result<(), Fault> {
    if count > quota {
        return Err(fault::quota_exceeded(
            "ClientIdsPerOpenIdConnectProvider",
            quota,
        ));
    }
    Ok(())
}

/// Thumbprints in the form in which they are kept: in lower case, with repetitions. AWS was seen to
/// accept texts that are not hexadecimal.
fn kept_thumbprints(given: &[String]) -> Result<Box<[Box<str>]>, Fault> {
    if given.len() > OidcProvider::THUMBPRINTS {
        return Err(fault::too_many_thumbprints());
    }
    let kept = given.iter();
    Ok(kept
        .map(|thumbprint| thumbprint.to_ascii_lowercase().into())
        .collect())
}
