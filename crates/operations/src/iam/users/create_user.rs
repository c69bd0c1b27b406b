//! Makes a user, who has neither a password nor keys nor rights yet.
//!
//! <!-- facts: written by `cargo xtask gen` -->
//!
//! | input | | must be |
//! | --- | --- | --- |
//! | `Path` |  | text of 1 to 512 characters, `(\u002F)\|(\u002F[\u0021-\u007E]+\u002F)` |
//! | `UserName` | required | text of 1 to 64 characters, `[\w+=,.@-]+` |
//! | `PermissionsBoundary` |  | text of 20 to 2048 characters |
//! | `Tags` |  | list of at most 50 elements of: structure of `Key`, `Value` |
//!
//! Permission: `iam:CreateUser`.
//! Faults: `LimitExceeded` (409), `EntityAlreadyExists` (409), `NoSuchEntity` (404), `InvalidInput` (400), `ConcurrentModification` (409), `ServiceFailure` (500).
//!
//! <!-- end of facts -->

use keyward_account::{Account, Changes, Record, User};
use keyward_api::OperationId;
use keyward_api::iam::{CreateUserRequest, CreateUserResponse};
use keyward_names::UserId;

use crate::call::{Call, Outcome};
use crate::fault;
use crate::iam::tags;
use crate::iam::users::shown_alone;
use crate::resource::Resource;
use crate::writer::Refusal;

pub(crate) async fn create_user(call: Call<CreateUserRequest>) -> Outcome<CreateUserResponse> {
    let input = call.input();
    let path = input.path.clone().unwrap_or_default();
    let account_id = call.account().id();
    let given = input.tags.as_deref().unwrap_or_default();
    let resource = Resource::new_user(account_id, &path, &input.user_name).given_tags(given);
    let mut permit = call.authorize(resource.clone())?;
    if !given.is_empty() {
        // Seen at AWS for roles: who makes one with tags needs the right to give it tags.
        permit = call.authorize_also(permit, OperationId::IamTagUser, resource)?;
    }
    if input.permissions_boundary.is_some() {
        let member = "PermissionsBoundary";
        return Err(fault::member_not_implemented(OperationId::IamCreateUser, member).into());
    }
    let tags = tags::check_ignoring_case(given)?;
    let user = User {
        id: UserId::mint(account_id, call.random_number()?),
        name: input.user_name.clone(),
        path,
        created: call.now(),
        tags: tags.into(),
    };
    let quota = call.quotas().users_per_account;
    let shown = shown_alone(call.account(), &user);
    call.commit(&permit, move |account: &Account| {
        if account.user(user.name.as_str()).is_some() {
            return Err(fault::user_already_exists(user.name.as_str()).into());
        }
        if account.user_count() >= quota {
            return Err(fault::quota_exceeded("UsersPerAccount", quota).into());
        }
        if account.user_by_id(user.id).is_some() {
            // One in many millions: another user has this random id.
            return Err(Refusal::stale());
        }
        Ok((Changes::put(Record::User(user.clone())), ()))
    })
    .await?;
    permit.answer(CreateUserResponse { user: Some(shown) })
}

#[cfg(test)]
mod tests {

    use keyward_testkit::World;

    use crate::quotas::Quotas;

    #[tokio::test(flavor = "multi_thread")]
    async fn the_answer_shows_the_user_and_only_what_was_given() {
        let world = World::new().await;
        let heard = world
            .root()
            .ask("CreateUser", "UserName=Bob&Path=%2Fa%2F")
            .await;
        assert_eq!(heard.text("Arn"), "arn:aws:iam::123456789012:user/a/Bob");
        assert!(
            heard.text("UserId").starts_with("AIDARZPUZDIK"),
            "{}",
            heard.body
        );
        assert!(!heard.body.contains("<Tags"), "{}", heard.body);
        let form = "UserName=Eve&Tags.member.1.Key=k&Tags.member.1.Value=";
        let heard = world.root().ask("CreateUser", form).await;
        assert!(
            heard
                .body
                .contains("<Tags><member><Key>k</Key><Value/></member></Tags>"),
            "{}",
            heard.body
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn names_are_unique_without_regard_to_case_and_the_account_has_room_for_some() {
        let quotas = keyward_testkit::Quotas {
            users_per_account: 2,
            ..keyward_testkit::Quotas::default()
        };
        let world = World::with_quotas(quotas).await;
        let create = async |form: &str| world.root().ask("CreateUser", form).await.fault();
        assert_eq!(create("UserName=Bob").await, "200");
        assert_eq!(
            create("UserName=BOB&Path=%2Felsewhere%2F").await,
            "409 EntityAlreadyExists: User with name BOB already exists."
        );
        assert_eq!(create("UserName=Eve").await, "200");
        assert_eq!(
            create("UserName=Carol").await,
            "409 LimitExceeded: Cannot exceed quota for UsersPerAccount: 2"
        );
        assert_eq!(Quotas::default().users_per_account, 5_000);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_boundary_is_refused_rather_than_ignored() {
        let world = World::new().await;
        let form =
            "UserName=Bob&PermissionsBoundary=arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FReadOnlyAccess";
        assert_eq!(
            world.root().ask("CreateUser", form).await.fault(),
            "501 NotImplemented: CreateUser with PermissionsBoundary is not implemented yet."
        );
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn tag_keys_are_unique_and_not_the_services_own() {
        let world = World::new().await;
        for (keys, fault) in [
            (
                ["team", "Team"],
                "400 InvalidInput: Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ),
            (
                ["team", "AWS:x"],
                "400 InvalidInput: Tag keys beginning with aws: are reserved for system use.",
            ),
        ] {
            let [one, two] = keys;
            let form = format!(
                "UserName=Bob&Tags.member.1.Key={one}&Tags.member.1.Value=&Tags.member.2.Key={two}&Tags.member.2.Value="
            );
            assert_eq!(world.root().ask("CreateUser", &form).await.fault(), fault);
        }
    }
}
