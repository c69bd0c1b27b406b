//! What sign-in asks beside the operations of the API: the few changes that only the sign-in page makes, for
//! people whose passwords it has checked.
//!
//! These functions hold an `AccountHandle` and change the account without a `Permit`: that the password is right
//! is what entitles its owner.

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

/// What somebody types to have another password.
#[derive(Debug, Clone, Copy)]
pub struct TypedPasswords<'a> {
    /// The present one.
    pub old: &'a Secret,
    /// The wanted one.
    pub new: &'a Secret,
}

/// `ChangePassword` by a signed-in user: the same operation, with the same rules and rights, as
/// when the user signs the call with an access key.
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

/// Gives an account's root user another password. No operation does, and the account's policy does not hold
/// for it: it must meet the default one. `record` is the audit record of the change, which is kept with it.
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
    // The salt stays: it stands for the password's owner in sessions, which go on.
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

/// Checks the old password of a root user. Wrong ones are counted, and after too many of them the root user
/// is held back for a while.
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

/// Notes in the account that a user's password was used, at its first use: from then on the store
/// is asked for the last one. Nothing is done where it was noted before.
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

/// Keeps a password by today's recipe, where it is kept by an older one: only at sign-in is the
/// password at hand. Nothing else about it changes. If it was replaced meanwhile, nothing is
/// done.
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

/// The recipe by which a password would be kept today. It is the one given where that is up to
/// date: the salt stays in any case.
pub fn renewed_recipe(installation: &Installation, recipe: Recipe) -> Result<Recipe, Fault> {
    Ok(Recipe {
        salt: recipe.salt,
        ..installation.new_recipe()?
    })
}

/// Whether a user may change their own password, as the account and the time stand.
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
