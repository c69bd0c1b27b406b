//! What sign-in asks beside the operations of the API: the few changes that only the door makes, for people
//! whose passwords it has checked.

use std::sync::Arc;

use keyward_account::{Account, Changes, LoginProfile, Record, RootUser};
use keyward_api::OperationId;
use keyward_authorization::{
    Action, Caller, Circumstances, Law, Principal, Question, Resource, gate,
};
use keyward_credentials::{Recipe, Verifier};
use keyward_engine::{AccountHandle, HashQueue, Installation, Refusal, Request};
use keyward_faults::{Fault, fault};
use keyward_names::{Secret, Timestamp, UserId};
use keyward_wire::Parameters;
use zeroize::Zeroizing;

use crate::perform;

/// `ChangePassword` by a signed-in user: the same operation, with the same rules and rights, as
/// when the user signs the call with an access key.
pub async fn change_password(
    installation: &Arc<Installation>,
    handle: &Arc<AccountHandle>,
    (user, circumstances): (UserId, &Arc<Circumstances>),
    (old, new): (&Secret, &Secret),
) -> Result<(), Fault> {
    let form = password_form(old, new);
    let parameters = Parameters::parse(None, form.as_bytes()).map_err(Fault::internal)?;
    let request = Request {
        parameters: &parameters,
        caller: Caller::without_key(Principal::User(user)),
        circumstances: Arc::clone(circumstances),
        handle: Arc::clone(handle),
        installation: Arc::clone(installation),
        request_id: "",
    };
    let reply = perform(request, OperationId::IamChangePassword).await;
    reply.fault.map_or(Ok(()), Err)
}

/// Gives an account's root user another password. The caller has checked the old one, whose
/// verifier it names, and has judged the new one. If the old one is no longer the password, the
/// fault is that it is incorrect. With the new one comes the audit record of the change.
pub async fn change_root_password(
    installation: &Installation,
    handle: &AccountHandle,
    old: Verifier,
    (new, audit): (Secret, Option<String>),
) -> Result<(), Fault> {
    // The salt stays: it stands for the password's owner in sessions, which go on.
    let recipe = Recipe {
        salt: old.recipe.salt,
        ..installation.new_recipe()?
    };
    let digest = installation
        .hash(HashQueue::Authenticated, new, recipe)
        .await?;
    let (verifier, now) = (Verifier { recipe, digest }, installation.clock().now());
    let change = move |account: &Account| {
        let root = account
            .root_user()
            .filter(|root| root.password == Some(old))
            .ok_or_else(fault::old_password_incorrect)?;
        let root = RootUser {
            password: Some(verifier),
            password_changed: Some(now),
            ..root.clone()
        };
        Ok((Changes::put(Record::RootUser(root)), ()))
    };
    let changed = handle.commit_audited(change, audit).await;
    changed.map_err(Refusal::into_fault)
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
    how: (&Circumstances, Timestamp),
) -> bool {
    account.user_by_id(user).is_some_and(|found| {
        let question = Question {
            action: Action::Operation(OperationId::IamChangePassword),
            resource: Resource::user(account, &found.name, Some(found)),
        };
        let caller = Caller::without_key(Principal::User(user));
        let law = Law::within(account, installation.managed());
        gate::judge(law, &caller, how, &question).is_ok()
    })
}

/// The operation's parameters as a client would send them.
fn password_form(old: &Secret, new: &Secret) -> Zeroizing<String> {
    // Room for all of it at once: a text that grows leaves copies behind.
    let length = 32 + 3 * (old.expose().len() + new.expose().len());
    let mut form = Zeroizing::new(String::with_capacity(length));
    for (name, password) in [("OldPassword=", old), ("&NewPassword=", new)] {
        form.push_str(name);
        for byte in password.expose().bytes() {
            form.push('%');
            form.extend([byte >> 4, byte & 15].map(hex_digit));
        }
    }
    form
}

fn hex_digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap_or('0')
}
