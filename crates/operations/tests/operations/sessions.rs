//! Sessions: who gets one, what is given to it, what it may do, and when it ends.

mod assuming;
mod ending;
mod given;
mod last_use;
mod own;
mod rights;

use std::sync::Arc;

use keyward_authorization::sessions::Session;
use keyward_names::{AccessKeyId, AccountId};
use keyward_testkit::{Answer, Asker, World, form, policy_document};

use crate::support::{BOB, denied};

const OTHER: &str = "111122223333";
const ROOT: &str = "arn:aws:iam::123456789012:root";
/// All that a trust policy may speak of here.
const ANYTHING: &str = r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#;
const NO_TOKEN: &str =
    "403 InvalidClientTokenId: The security token included in the request is invalid.";

/// A world where Bob has no rights.
async fn world() -> (World, Asker) {
    let world = World::new().await;
    world.root().must("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    (world, bob)
}

/// The root user of a further account.
async fn other_root(world: &World) -> Asker {
    let id = other_account();
    world.create_account(id, "other").await;
    world.root_of(id)
}

fn other_account() -> AccountId {
    AccountId::parse(OTHER).unwrap()
}

/// A statement of a trust policy that lets someone do all there is.
fn trusting(principal: &str) -> String {
    trusting_for(principal, ANYTHING, "{}")
}

/// A statement of a trust policy: for some actions, under some condition, both JSON.
fn trusting_for(principal: &str, actions: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "Allow", "Principal": {{"AWS": "{principal}"}}, "Action": {actions},
            "Condition": {condition}}}"#
    )
}

/// A statement that allows actions, which are JSON, on everything.
fn allowing(actions: &str) -> String {
    format!(r#"{{"Effect": "Allow", "Action": {actions}, "Resource": "*"}}"#)
}

fn denying(actions: &str) -> String {
    format!(r#"{{"Effect": "Deny", "Action": {actions}, "Resource": "*"}}"#)
}

async fn create_role(root: &Asker, name: &str, trust: &str) -> Answer {
    let role = form(&[
        ("RoleName", name),
        ("AssumeRolePolicyDocument", &policy_document(trust)),
    ]);
    root.must("CreateRole", &role).await
}

async fn trust(root: &Asker, role: &str, statements: &str) {
    let update = form(&[
        ("RoleName", role),
        ("PolicyDocument", &policy_document(statements)),
    ]);
    root.must("UpdateAssumeRolePolicy", &update).await;
}

/// A managed policy of these statements; its ARN.
async fn create_policy(root: &Asker, name: &str, statements: &str) -> String {
    let create = form(&[
        ("PolicyName", name),
        ("PolicyDocument", &policy_document(statements)),
    ]);
    let made = root.must("CreatePolicy", &create).await;
    made.text("Arn").to_owned()
}

fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::123456789012:role/{name}")
}

/// Asks for a session `build` of a role.
async fn assume(asker: &Asker, role_arn: &str, more: &[(&str, &str)]) -> Answer {
    let mut asked = vec![("RoleArn", role_arn), ("RoleSessionName", "build")];
    asked.extend(more);
    asker.ask("AssumeRole", &form(&asked)).await
}

/// Whoever holds a session `build` of a role of the first account.
async fn in_role(asker: &Asker, role: &str, more: &[(&str, &str)]) -> Asker {
    let given_out = assume(asker, &role_arn(role), more).await;
    assert_eq!(given_out.fault(), "200", "{role} {more:?}");
    asker.session(&given_out).await
}

/// The session that was given out.
async fn opened(world: &World, given_out: &Answer) -> Arc<Session> {
    let id = AccessKeyId::parse(given_out.text("AccessKeyId")).unwrap();
    let token = given_out.text("SessionToken");
    let opened = world.installation.open_session(id, token).await;
    opened.unwrap().session
}

/// How the refusal reads of something that a role's trust policy decides too.
fn may_not(caller: &str, action: &str, role_arn: &str) -> String {
    format!(
        "403 AccessDenied: User: {caller} is not authorized to perform: {action} on resource: {role_arn}"
    )
}

/// What `GetCallerIdentity` tells: the user id and the ARN.
async fn identity(asker: &Asker) -> (String, String) {
    let heard = asker.must("GetCallerIdentity", "").await;
    (
        heard.text("UserId").to_owned(),
        heard.text("Arn").to_owned(),
    )
}
