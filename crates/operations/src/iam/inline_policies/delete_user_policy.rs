//! Deletes an inline policy of a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `PolicyName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//!
//! Permission: `iam:DeleteUserPolicy`.
//! Faults: `NoSuchEntity` (404), `LimitExceeded` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::DeleteUserPolicyRequest;
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::delete;
use crate::iam::shared::owner::Owner;

pub(crate) async fn delete_user_policy(call: Call<DeleteUserPolicyRequest>) -> Outcome<()> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user).telling_boundary();
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let owner = Owner::user(user, asked_for);
    delete(&call, permit, owner, &input.policy_name).await
}

#[cfg(test)]
mod tests {
    use keyward_testkit::World;

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_not_there_is_told_and_what_was_there_is_gone() {
        let world = World::new().await;
        let root = world.root();
        assert_eq!(root.ask("CreateUser", "UserName=Bob").await.fault(), "200");
        for action in ["GetUserPolicy", "DeleteUserPolicy"] {
            assert_eq!(
                root.ask(action, "UserName=ghost&PolicyName=p")
                    .await
                    .fault(),
                "404 NoSuchEntity: The user with name ghost cannot be found."
            );
            assert_eq!(
                root.ask(action, "UserName=Bob&PolicyName=p").await.fault(),
                "404 NoSuchEntity: The user policy with name p cannot be found."
            );
        }
        let document = "%7B\"Version\":\"2012-10-17\",\"Statement\":%7B\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"%7D%7D";
        for name in ["p", "q"] {
            let form = format!("UserName=Bob&PolicyName={name}&PolicyDocument={document}");
            assert_eq!(root.ask("PutUserPolicy", &form).await.fault(), "200");
        }
        for (name, left) in [("P", vec!["q"]), ("q", vec![])] {
            let form = format!("UserName=Bob&PolicyName={name}");
            assert_eq!(root.ask("DeleteUserPolicy", &form).await.fault(), "200");
            let listed = root.ask("ListUserPolicies", "UserName=Bob").await;
            assert_eq!(listed.texts("member"), left);
            assert_eq!(root.ask("GetUserPolicy", &form).await.status, 404);
        }
    }
}
