//! What sign-in asks of an installation beside the operations of the API: who is meant by an alias or
//! an e-mail address, and the few changes that only the door makes.

use std::sync::Arc;

use keyward_account::{Account, Changes, LoginProfile, Record, RootUser};
use keyward_api::OperationId;
use keyward_credentials::{Recipe, Verifier};
use keyward_names::{AccountId, Age, FoldedName, Secret, Timestamp, UserId};
use keyward_store::{OneTimeKey, StoreError};
use keyward_wire::Parameters;
use zeroize::Zeroizing;

use crate::accounts::{ALIAS_KIND, AccountHandle, ROOT_EMAIL_KIND};
use crate::caller::{Caller, Principal};
use crate::circumstances::Circumstances;
use crate::dispatch::{self, Request};
use crate::fault::{self, Fault};
use crate::gate::{self, Action, Law, Question};
use crate::hashing::HashQueue;
use crate::installation::Installation;
use crate::managed::Managed;
use crate::resource::Resource;
use crate::writer::Refusal;

/// A session that was ended is a key of this kind that was used up.
const ENDED_SESSION_KIND: &str = "ended_session";
/// That it was ended is remembered for longer than it could have lasted: a clock that was ahead for a
/// while must not bring it back.
const ENDED_SESSION_REMEMBERED: Age = Age::days(1);

impl Installation {
    /// The account that chose an alias.
    pub async fn account_by_alias(&self, alias: &str) -> Result<Option<AccountId>, StoreError> {
        self.store.directory(ALIAS_KIND, alias).await
    }

    /// The account whose root user has an e-mail address, in any case.
    pub async fn account_by_root_email(
        &self,
        email: &str,
    ) -> Result<Option<AccountId>, StoreError> {
        let email = FoldedName::fold(email);
        self.store.directory(ROOT_EMAIL_KIND, email.as_str()).await
    }

    /// Ends a session that lasts until then at the longest, for good and on every node.
    pub async fn end_session(
        &self,
        account: AccountId,
        session: &str,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        let key = OneTimeKey {
            account,
            kind: ENDED_SESSION_KIND,
            key: session.to_owned(),
            until: until.plus(ENDED_SESSION_REMEMBERED),
        };
        self.store.use_once(key, self.clock.now()).await.map(drop)
    }

    /// Whether a session was ended.
    pub async fn is_session_ended(
        &self,
        account: AccountId,
        session: &str,
    ) -> Result<bool, StoreError> {
        self.store
            .is_used(account, ENDED_SESSION_KIND, session)
            .await
    }

    /// `ChangePassword` by a signed-in user: the same operation, with the same rules and rights, as
    /// when the user signs the call with an access key.
    pub async fn change_password(
        self: &Arc<Self>,
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
            installation: Arc::clone(self),
            request_id: "",
        };
        let reply = dispatch::perform(request, OperationId::IamChangePassword).await;
        reply.fault.map_or(Ok(()), Err)
    }

    /// Gives an account's root user another password. The caller has checked the old one, whose
    /// verifier it names, and has judged the new one. If the old one is no longer the password, the
    /// fault is that it is incorrect. With the new one comes the audit record of the change.
    pub async fn change_root_password(
        &self,
        handle: &AccountHandle,
        old: Verifier,
        (new, audit): (Secret, Option<String>),
    ) -> Result<(), Fault> {
        // The salt stays: it stands for the password's owner in sessions, which go on.
        let recipe = Recipe {
            salt: old.recipe.salt,
            ..self.new_recipe()?
        };
        let digest = self
            .hashing
            .digest(HashQueue::Authenticated, new, recipe)
            .await?;
        let (verifier, now) = (Verifier { recipe, digest }, self.clock.now());
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
        let changed = handle.writer.commit_audited(change, audit).await;
        changed.map_err(Refusal::into_fault)
    }

    /// Notes in the account that a user's password was used, at its first use: from then on the store
    /// is asked for the last one. Nothing is done where it was noted before.
    pub async fn mark_password_used(
        &self,
        handle: &AccountHandle,
        user: UserId,
    ) -> Result<(), Fault> {
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
        let changed = handle.writer.commit(change).await;
        changed.map_err(Refusal::into_fault)
    }

    /// Keeps a password by today's recipe, where it is kept by an older one: only at sign-in is the
    /// password at hand. Nothing else about it changes. If it was replaced meanwhile, nothing is
    /// done.
    pub async fn renew_verifier(
        &self,
        handle: &AccountHandle,
        principal: Principal,
        password: Secret,
        old: Verifier,
    ) -> Result<(), Fault> {
        let recipe = self.renewed_recipe(old.recipe)?;
        let digest = self
            .hashing
            .digest(HashQueue::SignIn, password, recipe)
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
        let changed = handle.writer.commit(change).await;
        changed.map_err(Refusal::into_fault)
    }

    /// The recipe by which a password would be kept today. It is the one given where that is up to
    /// date: the salt stays in any case.
    pub fn renewed_recipe(&self, recipe: Recipe) -> Result<Recipe, Fault> {
        Ok(Recipe {
            salt: recipe.salt,
            ..self.new_recipe()?
        })
    }

    /// Whether a user may change their own password, as the account and the time stand.
    #[must_use]
    pub fn may_change_password(
        &self,
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
            let managed = Managed::new(&self.aws_policies);
            gate::judge(Law::within(account, managed), &caller, how, &question).is_ok()
        })
    }
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
