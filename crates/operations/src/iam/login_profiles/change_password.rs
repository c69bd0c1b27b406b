//! Lets a user change their own password, given the old one.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `OldPassword` | required | secret text of 1 to 128 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//! | `NewPassword` | required | secret text of 1 to 128 characters, `[\u0009\u000A\u000D\u0020-\u00FF]+` |
//!
//! Permission: `iam:ChangePassword`.
//! Faults: `NoSuchEntity` (404), `InvalidUserType` (400), `LimitExceeded` (409), `EntityTemporarilyUnmodifiable` (409), `PasswordPolicyViolation` (400), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, LoginProfile, Record};
use keyward_api::iam::ChangePasswordRequest;
use keyward_authorization::Principal;
use keyward_authorization::Resource;
use keyward_engine::Refusal;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::login_profiles::NewPassword;

pub(crate) async fn change_password(call: Call<ChangePasswordRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = match call.caller().principal() {
        Some(Principal::Root) | None => {
            return Err(fault::only_users_change_their_password().into());
        }
        Some(Principal::User(id)) => account
            .user_by_id(id)
            .ok_or_else(fault::invalid_client_token_id)?,
    };
    let permit = call.authorize(Resource::user(account, &user.name, Some(user)))?;
    let (user_id, name) = (user.id, user.name.clone());
    let profile = account
        .login_profile(user_id)
        .ok_or_else(|| fault::no_such_login_profile(name.as_str()))?;
    let old = profile.password;
    let given = input.old_password.clone();
    if !call.is_old_password(user_id, given, old).await? {
        return Err(fault::old_password_incorrect().into());
    }
    if input.new_password == input.old_password {
        return Err(fault::new_password_is_the_old().into());
    }
    let new_password = NewPassword::prepare(&call, profile, &input.new_password).await?;
    call.commit_and_answer(permit, (), move |account: &Account| {
        let profile = account
            .login_profile(user_id)
            .ok_or_else(|| fault::no_such_login_profile(name.as_str()))?;
        if profile.password.recipe != old.recipe {
            return Err(Refusal::stale());
        }
        if profile.password.digest != old.digest {
            return Err(fault::old_password_incorrect().into());
        }
        let updated = LoginProfile {
            password_reset_required: false,
            ..new_password.set_in(account, profile)?
        };
        Ok((Changes::put(Record::LoginProfile(updated)), ()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use keyward_names::Age;
    use keyward_testkit::{Asker, World};

    async fn world() -> (World, Asker) {
        let world = World::new().await;
        for (action, form) in [
            ("CreateUser", "UserName=Bob"),
            (
                "CreateLoginProfile",
                "UserName=Bob&Password=Old-Password-1&PasswordResetRequired=true",
            ),
            (
                "UpdateAccountPasswordPolicy",
                "AllowUsersToChangePassword=true&RequireNumbers=true",
            ),
        ] {
            assert_eq!(world.root().ask(action, form).await.fault(), "200");
        }
        let bob = world.user("Bob").await;
        (world, bob)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_right_old_password_sets_the_new_one_and_ends_the_forced_reset() {
        let (world, bob) = world().await;
        let form = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
        assert_eq!(bob.ask("ChangePassword", form).await.fault(), "200");
        let profile = world.root().ask("GetLoginProfile", "UserName=Bob").await;
        assert_eq!(profile.text("PasswordResetRequired"), "false");
        assert_eq!(
            bob.ask("ChangePassword", form).await.fault(),
            "403 AccessDenied: The old password was incorrect."
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn refusals_leave_the_password() {
        let (world, bob) = world().await;
        for (form, fault) in [
            (
                "OldPassword=wrong&NewPassword=New-Password-2",
                "403 AccessDenied: The old password was incorrect.",
            ),
            (
                "OldPassword=Old-Password-1&NewPassword=Old-Password-1",
                "403 AccessDenied: The new password must differ from the old password.",
            ),
            (
                "OldPassword=Old-Password-1&NewPassword=abcdef",
                "400 PasswordPolicyViolation: Password should have at least one number",
            ),
        ] {
            let before = world.account().await;
            assert_eq!(bob.ask("ChangePassword", form).await.fault(), fault);
            assert!(before == world.account().await);
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_guesses_the_old_password_is_held_back_for_a_while() {
        let (world, bob) = world().await;
        let wrong = "OldPassword=wrong&NewPassword=New-Password-2";
        let held_back = "409 LimitExceeded: Too many attempts with an incorrect old password. Try \
                         again later.";
        let incorrect = "403 AccessDenied: The old password was incorrect.";
        // Until the wait is long enough for a slow machine not to sit it out.
        for _ in 0..36 {
            world.installation.clock().advance(Age::seconds(30));
            assert_eq!(bob.ask("ChangePassword", wrong).await.fault(), incorrect);
        }
        let right = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
        assert_eq!(bob.ask("ChangePassword", right).await.fault(), held_back);
        world.installation.clock().advance(Age::seconds(30));
        assert_eq!(bob.ask("ChangePassword", right).await.fault(), "200");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn it_takes_a_user_with_a_login_profile_and_the_right() {
        let (world, bob) = world().await;
        let form = "OldPassword=Old-Password-1&NewPassword=New-Password-2";
        assert_eq!(
            world.root().ask("ChangePassword", form).await.fault(),
            "400 InvalidUserType: Only IAM Users can change their own password."
        );
        assert_eq!(
            world
                .root()
                .ask("DeleteLoginProfile", "UserName=Bob")
                .await
                .fault(),
            "200"
        );
        assert_eq!(
            bob.ask("ChangePassword", form).await.fault(),
            "404 NoSuchEntity: Login Profile for User Bob cannot be found."
        );
        assert_eq!(
            world
                .root()
                .ask("DeleteAccountPasswordPolicy", "")
                .await
                .fault(),
            "200"
        );
        assert_eq!(
            bob.ask("ChangePassword", form).await.fault(),
            "403 AccessDenied: User: arn:aws:iam::123456789012:user/Bob is not authorized to \
             perform: iam:ChangePassword on resource: arn:aws:iam::123456789012:user/Bob because \
             no identity-based policy allows the iam:ChangePassword action"
        );
    }
}
