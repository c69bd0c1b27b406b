//! Login profiles: the passwords of users, and the rules that every new password must meet.

pub(crate) mod change_password;
pub(crate) mod create_login_profile;
pub(crate) mod delete_login_profile;
pub(crate) mod get_login_profile;
pub(crate) mod update_login_profile;

use keyward_account::{Account, LoginProfile, User};
use keyward_api::iam;
use keyward_credentials::{Digest, PasswordPolicy, Recipe, Verifier, judge};
use keyward_engine::Call;
use keyward_engine::Refusal;
use keyward_faults::{Fault, fault};
use keyward_names::{Secret, Timestamp};

/// A password that was judged and hashed for a login profile, ready to become its present one.
///
/// That was done for a snapshot of the account. [`NewPassword::set_in`] checks that policy and
/// profile in the newest account still ask for the same; if not, the refusal is stale and the
/// operation begins again.
struct NewPassword {
    judged_by: Option<PasswordPolicy>,
    verifier: Verifier,
    /// The digest of the password by each recipe among the remembered passwords.
    digests: Vec<(Recipe, Digest)>,
    now: Timestamp,
}

impl NewPassword {
    /// Judges a password by the account's policy and hashes it once for each distinct recipe among
    /// the remembered passwords, which normally have the same one.
    async fn prepare<I>(
        call: &Call<I>,
        profile: &LoginProfile,
        password: &Secret,
    ) -> Result<Self, Fault> {
        check_by_policy(call.account(), password)?;
        let recipe = Recipe {
            salt: profile.password.recipe.salt,
            ..call.new_recipe()?
        };
        let digest = call.hash(password.clone(), recipe).await?;
        let mut digests = vec![(recipe, digest)];
        for remembered in profile.remembered() {
            if digest_by(&digests, &remembered.recipe).is_none() {
                let recipe = remembered.recipe;
                digests.push((recipe, call.hash(password.clone(), recipe).await?));
            }
        }
        Ok(Self {
            judged_by: call.account().password_policy().cloned(),
            verifier: Verifier { recipe, digest },
            digests,
            now: call.now(),
        })
    }

    /// The profile with this password as its present one, unless the account's policy forbids to
    /// reuse it.
    fn set_in(&self, account: &Account, profile: &LoginProfile) -> Result<LoginProfile, Refusal> {
        if account.password_policy() != self.judged_by.as_ref() {
            return Err(being_changed(account, profile));
        }
        let reuse = account
            .password_policy()
            .and_then(|policy| policy.password_reuse_prevention);
        for remembered in profile.remembered().take(reuse.unwrap_or(0).into()) {
            let digest = digest_by(&self.digests, &remembered.recipe)
                .ok_or_else(|| being_changed(account, profile))?;
            if digest == remembered.digest {
                return Err(fault::password_used_before(reuse.unwrap_or(0)).into());
            }
        }
        if self.verifier.recipe.salt != profile.password.recipe.salt {
            return Err(being_changed(account, profile));
        }
        let earlier = profile
            .remembered()
            .take(LoginProfile::REMEMBERED - 1)
            .copied()
            .collect();
        Ok(LoginProfile {
            password: self.verifier,
            password_changed: self.now,
            earlier_passwords: earlier,
            ..profile.clone()
        })
    }
}

/// The refusal when the password was judged or hashed for another state of the profile or the
/// policy.
fn being_changed(account: &Account, profile: &LoginProfile) -> Refusal {
    let name = account
        .user_by_id(profile.user)
        .map_or("", |user| user.name.as_str());
    Refusal::stale_as(fault::login_profile_temporarily_unmodifiable(name))
}

fn digest_by(digests: &[(Recipe, Digest)], recipe: &Recipe) -> Option<Digest> {
    digests
        .iter()
        .find(|(of, _)| of == recipe)
        .map(|(_, digest)| *digest)
}

/// Judges a password by all rules except reuse, for which it must be hashed.
fn check_by_policy(account: &Account, password: &Secret) -> Result<(), Fault> {
    let broken = judge(
        password,
        account.password_policy(),
        &account.password_owner(),
    );
    if broken.is_empty() {
        Ok(())
    } else {
        Err(fault::password_breaks_policy(&broken))
    }
}

/// A login profile as answers show it.
fn shown(user: &User, profile: &LoginProfile) -> iam::LoginProfile {
    iam::LoginProfile {
        user_name: Some(user.name.clone()),
        create_date: profile.created,
        password_reset_required: Some(profile.password_reset_required),
        max_signin_session_duration: profile
            .max_signin_session_duration
            .and_then(|seconds| i32::try_from(seconds).ok()),
    }
}
