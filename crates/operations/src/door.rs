//! Changes that only the sign-in page makes, for users and root users whose passwords it has
//! checked.
//!
//! These functions hold an `AccountHandle` and change the account without a `Permit`: that the
//! password is right is what entitles its owner.

use keyward_account::{Account, Changes, LoginProfile, Record, RootUser};
use keyward_api::OperationId;
use keyward_api::iam::{self, ChangePasswordRequest};
use keyward_authorization::{
    AccessRequest, Action, Caller, PoliciesInForce, Principal, RequestContext, Resource, gate,
};
use keyward_credentials::{Recipe, Verifier, judge};
use keyward_engine::{AccountHandle, CallContext, HashQueue, Installation, Refusal};
use keyward_faults::{Fault, fault};
use keyward_names::{Secret, Timestamp, UserId};

use crate::perform;

/// The passwords that somebody types to change the password.
#[derive(Debug, Clone, Copy)]
pub struct TypedPasswords<'a> {
    /// The present password.
    pub old: &'a Secret,
    /// The new password.
    pub new: &'a Secret,
}

/// `ChangePassword` by a signed-in user, with the same rules and rights as when the user signs the
/// call with an access key.
pub async fn change_password(
    context: &CallContext<'_>,
    passwords: TypedPasswords<'_>,
) -> Result<(), Fault> {
    let input = ChangePasswordRequest {
        old_password: passwords.old.clone(),
        new_password: passwords.new.clone(),
    };
    perform::<iam::operations::ChangePassword>(context, &input).await
}

/// Changes the password of an account's root user. IAM has no operation for that. The new password
/// must meet the default password policy; the account's own does not apply to the root user.
/// `record` is the audit record of the change, which the store keeps with it.
pub async fn change_root_password(
    installation: &Installation,
    handle: &AccountHandle,
    passwords: TypedPasswords<'_>,
    record: Option<String>,
) -> Result<(), Fault> {
    let account = handle.account();
    let present = account.root_user().and_then(|root| root.password);
    let present = present.ok_or_else(fault::old_password_incorrect)?;
    check_old_root_password(installation, &account, passwords.old, present).await?;
    if passwords.new == passwords.old {
        return Err(fault::new_password_is_the_old());
    }
    let broken = judge(passwords.new, None, &account.password_owner());
    if !broken.is_empty() {
        return Err(fault::password_breaks_policy(&broken));
    }
    // The salt stays: sign-in sessions are valid for one salt, and must stay valid.
    let recipe = renewed_recipe(installation, present.recipe)?;
    let digest = installation
        .hash(HashQueue::Authenticated, passwords.new.clone(), recipe)
        .await?;
    let (verifier, now) = (Verifier { recipe, digest }, installation.clock().now());
    let change = move |account: &Account| {
        let root = account
            .root_user()
            .filter(|root| root.password == Some(present))
            .ok_or_else(fault::old_password_incorrect)?;
        let root = RootUser {
            password: Some(verifier),
            password_changed: Some(now),
            ..root.clone()
        };
        Ok((Changes::put(Record::RootUser(root)), ()))
    };
    let changed = handle.commit_audited(change, record).await;
    changed.map_err(Refusal::into_fault)
}

/// Checks the old password of a root user. Wrong ones are counted, and after too many of them
/// further ones are refused for a while.
async fn check_old_root_password(
    installation: &Installation,
    account: &Account,
    old: &Secret,
    kept: Verifier,
) -> Result<(), Fault> {
    let tries = installation.old_password_tries();
    let whose = (account.id(), Principal::Root);
    let begun = tries
        .begin(whose, installation.clock().now())
        .map_err(|_| fault::too_many_wrong_old_passwords())?;
    let digest = installation
        .hash(HashQueue::Authenticated, old.clone(), kept.recipe)
        .await
        .inspect_err(|_| tries.was_none(whose, begun))?;
    if digest != kept.digest {
        return Err(fault::old_password_incorrect());
    }
    tries.was_right(whose);
    Ok(())
}

/// Notes in the account that a user has signed in with the password: the store is asked for the
/// last use only then. It changes the account at the first use only.
pub async fn mark_password_used(handle: &AccountHandle, user: UserId) -> Result<(), Fault> {
    let account = handle.account();
    let is_new = |profile: &LoginProfile| !profile.password_used;
    if !account.login_profile(user).is_some_and(is_new) {
        return Ok(());
    }
    let change = move |account: &Account| {
        let profile = account
            .login_profile(user)
            .filter(|profile| is_new(profile));
        let marked = profile.map(|profile| LoginProfile {
            password_used: true,
            ..profile.clone()
        });
        let changes = marked.map(Record::LoginProfile).map(Changes::put);
        Ok((changes.unwrap_or_else(Changes::none), ()))
    };
    let changed = handle.commit(change).await;
    changed.map_err(Refusal::into_fault)
}

/// Hashes a password by the present recipe if it was hashed by an older one. This happens at
/// sign-in, since the password is known only then. Nothing else about the password changes. If it
/// was replaced meanwhile, nothing is done.
pub async fn renew_verifier(
    installation: &Installation,
    handle: &AccountHandle,
    principal: Principal,
    password: Secret,
    old: Verifier,
) -> Result<(), Fault> {
    let recipe = renewed_recipe(installation, old.recipe)?;
    let digest = installation
        .hash(HashQueue::SignIn, password, recipe)
        .await?;
    let renewed = Verifier { recipe, digest };
    let change = move |account: &Account| {
        let record = match principal {
            Principal::Root => account
                .root_user()
                .filter(|root| root.password == Some(old))
                .map(|root| {
                    Record::RootUser(RootUser {
                        password: Some(renewed),
                        ..root.clone()
                    })
                }),
            Principal::User(user) => account
                .login_profile(user)
                .filter(|profile| profile.password == old)
                .map(|profile| {
                    Record::LoginProfile(LoginProfile {
                        password: renewed,
                        ..profile.clone()
                    })
                }),
        };
        Ok((record.map_or_else(Changes::none, Changes::put), ()))
    };
    let changed = handle.commit(change).await;
    changed.map_err(Refusal::into_fault)
}

/// The recipe by which a password would be hashed now. It has the same salt, and is the same recipe
/// if that is up to date.
pub fn renewed_recipe(installation: &Installation, recipe: Recipe) -> Result<Recipe, Fault> {
    Ok(Recipe {
        salt: recipe.salt,
        ..installation.new_recipe()?
    })
}

/// Whether a user may change their own password now.
#[must_use]
pub fn may_change_password(
    installation: &Installation,
    account: &Account,
    user: UserId,
    request_context: &RequestContext,
    now: Timestamp,
) -> bool {
    account.user_by_id(user).is_some_and(|found| {
        let access_request = AccessRequest {
            action: Action::Operation(OperationId::IamChangePassword),
            resource: Resource::user(account, &found.name, Some(found)),
        };
        let caller = Caller::without_key(Principal::User(user));
        let in_force = PoliciesInForce::within(account, installation.managed());
        gate::judge(in_force, &caller, request_context, now, &access_request).is_ok()
    })
}
