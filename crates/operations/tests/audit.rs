//! The audit records of calls: in the files, and in the store where something was changed.
#![expect(clippy::unwrap_used, reason = "helpers of tests are test code too")]

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use keyward_audit::{Destination, Files, Question, Search, Sink, SinkOptions};
use keyward_operations::{Audit, Circumstances, InstallationOptions, Tls};
use keyward_store::{AuditPlace, Store as _};
use keyward_testkit::{Asker, Trouble, World};
use serde_json::{Value, json};

/// An installation whose records go to files and into the store.
async fn world(folder: &Path) -> World {
    let sink = Sink::start(SinkOptions::new(Destination::Files(folder.to_owned()))).unwrap();
    World::with_options(InstallationOptions {
        audit: Arc::new(Audit::new(Some(sink), None)),
        ..InstallationOptions::default()
    })
    .await
}

/// What the files hold, oldest first, after all was written.
fn in_files(world: &World, folder: &Path) -> Vec<Value> {
    world.installation.audit.close();
    let question = Question::default();
    let mut search = Search::new(&question);
    search.take_files(&Files::new(folder)).unwrap();
    let found = search.finish();
    let records = found.iter().rev();
    records
        .map(|record| serde_json::from_str(record).unwrap())
        .collect()
}

async fn in_store(world: &World) -> Vec<Value> {
    let kept = world.store.audit(AuditPlace::START).await.unwrap();
    let records = kept.iter();
    records
        .map(|kept| serde_json::from_str(&kept.record).unwrap())
        .collect()
}

fn from_afar(asker: &Asker) -> Asker {
    asker.who_came(Circumstances {
        source: Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5))),
        user_agent: Some("aws-cli/2.17".to_owned()),
        ..Circumstances::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_is_recorded_with_itself_and_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    let root = from_afar(&world.root());
    let made = root.ask("CreateUser", "UserName=Bob&Path=/a/").await;
    let stored = in_store(&world).await;
    let [record] = stored.as_slice() else {
        panic!("{stored:?}");
    };
    assert_eq!(in_files(&world, folder.path()), stored);
    let (id, created) = (made.text("UserId"), made.text("CreateDate"));
    let shown = &record["responseElements"]["user"];
    assert_eq!(
        record,
        &json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "Root",
                "principalId": "123456789012",
                "arn": "arn:aws:iam::123456789012:root",
                "accountId": "123456789012",
            },
            "eventTime": created,
            "eventSource": "iam.amazonaws.com",
            "eventName": "CreateUser",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.5",
            "userAgent": "aws-cli/2.17",
            "requestParameters": {"path": "/a/", "userName": "Bob"},
            "responseElements": {"user": {
                "path": "/a/",
                "userName": "Bob",
                "userId": id,
                "arn": "arn:aws:iam::123456789012:user/a/Bob",
                "createDate": shown["createDate"],
            }},
            "requestID": "request-id",
            "eventID": record["eventID"],
            "readOnly": false,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": "123456789012",
            "eventCategory": "Management",
        })
    );
    let date = shown["createDate"].as_str().unwrap();
    assert!(date.ends_with("AM") || date.ends_with("PM"), "{date}");
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_and_refusals_are_in_the_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    world.root().ask("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    let before = in_store(&world).await.len();
    world.root().ask("GetUser", "UserName=Bob").await;
    world.root().ask("GetUser", "UserName=Eve").await;
    bob.ask("CreateUser", "UserName=Eve").await;
    world.root().ask("CreateUser", "UserName=bob").await;
    world.root().ask("CreateUser", "UserName=").await;
    assert_eq!(in_store(&world).await.len(), before);
    let told: Vec<Value> = in_files(&world, folder.path())
        .iter()
        .skip(2)
        .map(|record| {
            json!([
                record["eventName"],
                record["readOnly"],
                record["errorCode"],
                record["requestParameters"],
                record["responseElements"],
                record["userIdentity"]["type"],
            ])
        })
        .collect();
    let validation = "ValidationException";
    assert_eq!(
        told,
        [
            json!(["GetUser", true, null, {"userName": "Bob"}, null, "Root"]),
            json!(["GetUser", true, "NoSuchEntityException", {"userName": "Eve"}, null, "Root"]),
            json!(["CreateUser", false, "AccessDenied", null, null, "IAMUser"]),
            json!(["CreateUser", false, "EntityAlreadyExistsException", {"userName": "bob"}, null, "Root"]),
            json!(["CreateUser", false, validation, null, null, "Root"]),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_any_record() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    let root = world.root();
    root.ask("CreateUser", "UserName=Bob").await;
    let key = root.ask("CreateAccessKey", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    let rights = "AllowUsersToChangePassword=true";
    root.ask("UpdateAccountPasswordPolicy", rights).await;
    for (asker, action, form) in [
        (
            &root,
            "CreateLoginProfile",
            "UserName=Bob&Password=Hunter-22",
        ),
        (
            &root,
            "UpdateLoginProfile",
            "UserName=Bob&Password=Hunter-23",
        ),
        (
            &root,
            "UpdateLoginProfile",
            "UserName=Eve&Password=Hunter-24",
        ),
        (
            &root,
            "UpdateLoginProfile",
            "UserName=Bob&Password=Hunter-€",
        ),
        (
            &bob,
            "ChangePassword",
            "OldPassword=Hunter-23&NewPassword=Hunter-25",
        ),
        (
            &bob,
            "ChangePassword",
            "OldPassword=Hunter-99&NewPassword=Hunter-26",
        ),
    ] {
        asker.ask(action, form).await;
    }
    let (stored, filed) = (in_store(&world).await, in_files(&world, folder.path()));
    for records in [&stored, &filed] {
        let text = serde_json::to_string(records).unwrap();
        assert!(!text.contains("Hunter"), "{text}");
        assert!(!text.contains(key.text("SecretAccessKey")), "{text}");
        assert!(text.contains(key.text("AccessKeyId")), "{text}");
    }
    let of = |name: &str| -> Vec<&Value> {
        let records = filed.iter();
        records
            .filter(|record| record["eventName"] == name)
            .collect()
    };
    let [changed, refused] = of("ChangePassword")[..] else {
        panic!("{filed:?}");
    };
    for part in ["requestParameters", "responseElements"] {
        assert_eq!(
            (&changed[part], &refused[part]),
            (&Value::Null, &Value::Null)
        );
    }
    assert_eq!(changed["userIdentity"]["userName"], "Bob");
    assert_eq!(
        changed["userIdentity"]["accessKeyId"]
            .as_str()
            .map(str::len),
        Some(20)
    );
    assert_eq!(refused["errorMessage"], "The old password was incorrect.");
    assert_eq!(
        of("UpdateLoginProfile")[0]["requestParameters"],
        json!({"userName": "Bob"})
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_become_durable_together_each_keep_their_record() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    let let_go = Arc::new(tokio::sync::Notify::new());
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let commits = world.store.commits().len();
    let mut asked = tokio::task::JoinSet::new();
    for form in ["A", "B", "C", "B"].map(|name| format!("UserName={name}")) {
        let root = world.root();
        asked.spawn(async move { root.ask("CreateUser", &form).await.status });
    }
    while world.store.commits().len() == commits {
        tokio::task::yield_now().await;
    }
    let_go.notify_one();
    let mut statuses = asked.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 409]);
    let mut names: Vec<String> = in_store(&world)
        .await
        .iter()
        .map(|record| record["requestParameters"]["userName"].to_string())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["\"A\"", "\"B\"", "\"C\""]);
    let filed = in_files(&world, folder.path());
    let refused = filed
        .iter()
        .filter(|record| record["errorCode"].is_string());
    assert_eq!((filed.len(), refused.count()), (4, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_whose_caller_was_told_of_a_failure_is_found_as_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    world.store.trouble_next([Trouble::AnswerLost]);
    let heard = world.root().ask("CreateUser", "UserName=Bob").await;
    assert_eq!(heard.status, 503);
    let (stored, filed) = (in_store(&world).await, in_files(&world, folder.path()));
    assert_eq!(filed[0]["errorCode"], "ServiceUnavailable");
    assert_eq!(filed[0]["eventID"], stored[0]["eventID"]);
    let question = Question::default();
    let mut search = Search::new(&question);
    search.take_change(&stored[0].to_string());
    search.take_files(&Files::new(folder.path())).unwrap();
    assert_eq!(search.finish(), [stored[0].to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    world.root().ask("CreateUser", "UserName=Bob").await;
    let let_go = Arc::new(tokio::sync::Notify::new());
    world
        .store
        .trouble_next([Trouble::Held(Arc::clone(&let_go))]);
    let root = world.root();
    let commits = world.store.commits().len();
    let asked = tokio::spawn(async move { root.ask("DeleteUser", "UserName=Bob").await });
    while world.store.commits().len() == commits {
        tokio::task::yield_now().await;
    }
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    let_go.notify_one();
    while in_store(&world).await.len() < 2 {
        tokio::task::yield_now().await;
    }
    let filed = in_files(&world, folder.path());
    assert_eq!(filed[1]["errorCode"], "Unanswered");
    assert_eq!(filed[1]["eventName"], "DeleteUser");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_audit_nothing_is_kept() {
    let world = World::new().await;
    world.root().ask("CreateUser", "UserName=Bob").await;
    assert_eq!(in_store(&world).await, Vec::<Value>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_sts_tell_their_region_and_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    for host in ["sts.amazonaws.com:443", "sts.eu-west-1.amazonaws.com"] {
        let asker = world.root().who_came(Circumstances {
            host: Some(host.to_owned()),
            region: Some("eu-west-1".to_owned()),
            tls: Some(Tls {
                version: "TLSv1.3",
                cipher_suite: Arc::from("TLS_AES_128_GCM_SHA256"),
            }),
            ..Circumstances::default()
        });
        asker.ask("GetCallerIdentity", "").await;
    }
    let filed = in_files(&world, folder.path());
    let details = |record: &Value| {
        json!([
            record["awsRegion"],
            record["additionalEventData"]["RequestDetails"],
            record["readOnly"],
            record["tlsDetails"]["clientProvidedHostHeader"],
        ])
    };
    assert_eq!(
        details(&filed[0]),
        json!([
            "us-east-1",
            {"awsServingRegion": "us-east-1", "endpointType": "global"},
            true,
            "sts.amazonaws.com:443",
        ])
    );
    assert_eq!(
        details(&filed[1]),
        json!([
            "eu-west-1",
            {"awsServingRegion": "eu-west-1", "endpointType": "regional"},
            true,
            "sts.eu-west-1.amazonaws.com",
        ])
    );
}
