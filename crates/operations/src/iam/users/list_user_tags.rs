//! Lists the tags of a user.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `UserName` | required | text of 1 to 128 characters, `[\w+=,.@-]+` |
//! | `Marker` |  | text of 1 to 320 characters, `[\u0020-\u00FF]+` |
//! | `MaxItems` |  | number from 1 to 1000 |
//!
//! Permission: `iam:ListUserTags`.
//! Faults: `NoSuchEntity` (404), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_api::iam::{ListUserTagsRequest, ListUserTagsResponse};
use keyward_authorization::Resource;
use keyward_engine::{Call, Outcome};
use keyward_faults::fault;

use crate::iam::shared::tags;
use crate::pages;

pub(crate) async fn list_user_tags(
    call: Call<ListUserTagsRequest>,
) -> Outcome<ListUserTagsResponse> {
    let input = call.input();
    let account = call.account();
    let user = account.user(input.user_name.as_str());
    let permit = call.authorize(Resource::user(account, &input.user_name, user))?;
    let user = user.ok_or_else(|| fault::no_such_user(input.user_name.as_str()))?;
    let page = pages::page_of_few(
        tags::shown(&user.tags),
        input.marker.as_deref(),
        input.max_items,
        |tag| &tag.key,
    )?;
    permit.answer(ListUserTagsResponse {
        is_truncated: Some(page.is_truncated()),
        tags: page.items,
        marker: page.marker,
    })
}

#[cfg(test)]
mod tests {
    use keyward_testkit::World;

    #[tokio::test(flavor = "multi_thread")]
    async fn pages_of_the_longest_keys_follow_each_other() {
        let world = World::new().await;
        let keys: Vec<String> = ["漢", "字", "鍵"]
            .iter()
            .map(|key| key.repeat(128))
            .collect();
        let tags = keys.iter().enumerate().map(|(index, key)| {
            let number = index + 1;
            format!("&Tags.member.{number}.Key={key}&Tags.member.{number}.Value=")
        });
        let form = format!("UserName=Bob{}", tags.collect::<String>());
        assert_eq!(world.root().ask("CreateUser", &form).await.fault(), "200");
        let (mut shown, mut marker) = (Vec::new(), String::new());
        loop {
            let form = format!("UserName=Bob&MaxItems=1{marker}");
            let heard = world.root().ask("ListUserTags", &form).await;
            shown.push(heard.text("Key").to_owned());
            if heard.text("IsTruncated") == "false" {
                break;
            }
            marker = format!("&Marker={}", heard.text("Marker"));
        }
        assert_eq!(shown, keys);
    }
}
