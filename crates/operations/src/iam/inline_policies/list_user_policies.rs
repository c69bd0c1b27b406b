//! Lists the names of a user's inline policies.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListUserPolicies`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::PolicyEntity;
use keyward_api::iam::{ListUserPoliciesRequest, ListUserPoliciesResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use super::list;

pub(crate) async fn list_user_policies(
    call: Call<ListUserPoliciesRequest>,
) -> Outcome<ListUserPoliciesResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let resource = Resource::user(account, &input.user_name, user);
    let permit = call.authorize(resource)?;
    let asked_for = input.user_name.as_str();
    let user = user.ok_or_else(|| fault::no_such_user(asked_for))?;
    let page = list(
        account,
        PolicyEntity::User(user.id),
        input.marker.as_deref(),
        input.max_items,
    )?;
    permit.answer(ListUserPoliciesResponse {
        is_truncated: Some(page.is_truncated()),
        policy_names: page.items,
        marker: page.marker,
    })
}

#[cfg(test)]
mod tests {
    use keyward_testkit::World;

    #[tokio::test(flavor = "multi_thread")]
    async fn pages_go_on_where_a_deleted_policy_was() {
        let world = World::new().await;
        let root = world.root();
        assert_eq!(root.ask("CreateUser", "UserName=Bob").await.fault(), "200");
        let document = "%7B\"Version\":\"2012-10-17\",\"Statement\":%7B\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"%7D%7D";
        for name in ["c", "B", "a", "D"] {
            let form = format!("UserName=Bob&PolicyName={name}&PolicyDocument={document}");
            assert_eq!(root.ask("PutUserPolicy", &form).await.fault(), "200");
        }
        let first = root
            .ask("ListUserPolicies", "UserName=Bob&MaxItems=2")
            .await;
        assert_eq!(first.texts("member"), ["a", "B"]);
        assert_eq!(first.text("IsTruncated"), "true");
        let gone = root
            .ask("DeleteUserPolicy", "UserName=Bob&PolicyName=b")
            .await;
        assert_eq!(gone.fault(), "200");
        let form = format!("UserName=Bob&Marker={}", first.text("Marker"));
        let rest = root.ask("ListUserPolicies", &form).await;
        assert_eq!(rest.texts("member"), ["c", "D"]);
        assert_eq!(rest.text("IsTruncated"), "false");
        assert_eq!(
            root.ask("ListUserPolicies", "UserName=ghost").await.fault(),
            "404 NoSuchEntity: The user with name ghost cannot be found."
        );
    }
}
