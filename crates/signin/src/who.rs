//! Whom someone at the door claims to be.

use std::sync::Arc;

use keyward_account::{Account, LoginProfile};
use keyward_authorization::Principal;
use keyward_credentials::{Salt, Verifier};
use keyward_engine::{AccountHandle, Installation};
use keyward_names::{AccountAlias, AccountId, Timestamp};

use crate::Unavailable;

/// What was found of what was typed in.
pub(crate) enum Found {
    /// Someone, who may or may not have a password.
    Someone {
        /// The account.
        handle: Arc<AccountHandle>,
        /// Who.
        principal: Principal,
    },
    /// The account, but nobody of that name.
    Nobody(AccountId),
    /// No account.
    Nowhere,
}

/// Finds the principal. Names compare without case, and spaces around them are not meant.
///
/// With an account given, its user of that name is meant, or else its root user by e-mail address.
/// Without one, the root user that has the address: so no user of any name can stand in its way.
pub(crate) async fn find(
    installation: &Installation,
    account: &str,
    name: &str,
) -> Result<Found, Unavailable> {
    let id = match (account, AccountId::parse(account)) {
        ("", _) => {
            let found = installation.account_by_root_email(name).await;
            found.map_err(Unavailable::because)?
        }
        (_, Ok(id)) => Some(id),
        (alias, Err(_)) => account_by_alias(installation, alias).await?,
    };
    let Some(id) = id else {
        return Ok(Found::Nowhere);
    };
    let held = installation.account(id).await;
    let Some(handle) = held.map_err(Unavailable::because)? else {
        return Ok(Found::Nowhere);
    };
    let state = handle.account();
    let user = if account.is_empty() {
        None
    } else {
        state.user(name)
    };
    let is_root = || {
        state
            .root_user()
            .is_some_and(|root| root.email.eq_ignore_ascii_case(name))
    };
    let principal = match user {
        Some(user) => Principal::User(user.id),
        None if is_root() => Principal::Root,
        None => return Ok(Found::Nobody(id)),
    };
    Ok(Found::Someone { handle, principal })
}

/// An alias is all lower case, but people and their telephones write what they like.
async fn account_by_alias(
    installation: &Installation,
    typed: &str,
) -> Result<Option<AccountId>, Unavailable> {
    match AccountAlias::parse(&typed.to_ascii_lowercase()) {
        Ok(alias) => {
            let found = installation.account_by_alias(alias.as_str()).await;
            found.map_err(Unavailable::because)
        }
        Err(_) => Ok(None),
    }
}

/// How a principal's password is kept, if it has one.
pub(crate) fn verifier_of(account: &Account, principal: Principal) -> Option<Verifier> {
    match principal {
        Principal::Root => account.root_user()?.password,
        Principal::User(user) => {
            account.user_by_id(user)?;
            profile_of(account, principal).map(|profile| profile.password)
        }
    }
}

/// A principal's login profile. The root user has none.
pub(crate) fn profile_of(account: &Account, principal: Principal) -> Option<&LoginProfile> {
    match principal {
        Principal::Root => None,
        Principal::User(user) => account.login_profile(user),
    }
}

/// The salt, which tells whose password it is: a password keeps the salt of the one that it
/// replaces, and a login profile that is deleted and created again has another.
pub(crate) fn salt_of(account: &Account, principal: Principal) -> Option<Salt> {
    verifier_of(account, principal).map(|verifier| verifier.recipe.salt)
}

/// When a principal's password was set, where that is known.
pub(crate) fn password_changed(account: &Account, principal: Principal) -> Option<Timestamp> {
    match principal {
        Principal::Root => account.root_user()?.password_changed,
        Principal::User(_) => Some(profile_of(account, principal)?.password_changed),
    }
}

/// A principal as the log names it: by what never changes.
pub(crate) fn principal_of_log(principal: Principal) -> String {
    match principal {
        Principal::Root => "root".to_owned(),
        Principal::User(id) => id.to_string(),
    }
}
