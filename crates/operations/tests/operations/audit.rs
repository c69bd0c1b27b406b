//! The audit records of calls: in the files, and in the store where something was changed.

use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::sync::Arc;

use keyward_audit::{Destination, Files, Query, Search, Sink, SinkOptions};
use keyward_authorization::{RequestContext, Tls};
use keyward_engine::{Audit, InstallationOptions};
use keyward_names::AccountId;
use keyward_store::{AuditPlace, Store as _};
use keyward_testkit::{Answer, Asker, Trouble, World, form};
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
    world.installation.audit().close();
    let question = Query::default();
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
    asker.who_came(RequestContext {
        source: Some(IpAddr::V4(Ipv4Addr::new(203, 0, 113, 5))),
        user_agent: Some("aws-cli/2.17".to_owned()),
        ..RequestContext::default()
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
    let held = world.store.hold_next();
    let mut asked = tokio::task::JoinSet::new();
    for form in ["A", "B", "C", "B"].map(|name| format!("UserName={name}")) {
        let root = world.root();
        asked.spawn(async move { root.ask("CreateUser", &form).await.status });
    }
    held.reached().await;
    held.let_go();
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
    let question = Query::default();
    let mut search = Search::new(&question);
    search.take_change(&stored[0].to_string());
    search.take_files(&Files::new(folder.path())).unwrap();
    assert_eq!(search.finish(), [stored[0].to_string()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_of_another_account_is_recorded_in_both() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    let other = AccountId::parse("210987654321").unwrap();
    world.create_account(other, "other").await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"sts:AssumeRole"}]}"#;
    let all =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    for (asker, action, pairs) in [
        (
            world.root_of(other),
            "CreateRole",
            vec![("RoleName", "R"), ("AssumeRolePolicyDocument", trust)],
        ),
        (world.root(), "CreateUser", vec![("UserName", "Bob")]),
    ] {
        asker.must(action, &form(&pairs)).await;
    }
    let bob = world.user("Bob").await;
    let role = "arn:aws:iam::210987654321:role/R";
    let assume = form(&[("RoleArn", role), ("RoleSessionName", "session")]);
    assert_eq!(bob.ask("AssumeRole", &assume).await.status, 403);
    let put = form(&[
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", all),
    ]);
    world.root().must("PutUserPolicy", &put).await;
    let given_out = bob.ask("AssumeRole", &assume).await;
    assert_eq!(given_out.fault(), "200");

    let account = world.account().await;
    let bob_id = account.user("Bob").unwrap().id.to_string();
    let filed = in_files(&world, folder.path());
    let filed: Vec<&Value> = filed
        .iter()
        .filter(|record| record["eventName"] == "AssumeRole")
        .collect();
    let [refused, own, others] = filed.as_slice() else {
        panic!("{filed:?}");
    };
    assert_eq!(refused["errorCode"], "AccessDenied");
    assert_eq!(refused["recipientAccountId"], "123456789012");
    assert!(refused["resources"].is_null(), "{refused}");
    assert!(refused["sharedEventID"].is_null(), "{refused}");

    assert_eq!(own["recipientAccountId"], "123456789012");
    assert_eq!(own["userIdentity"]["type"], "IAMUser");
    assert_eq!(others["recipientAccountId"], "210987654321");
    assert_eq!(
        others["userIdentity"],
        json!({"type": "AWSAccount", "principalId": bob_id, "accountId": "123456789012"})
    );
    assert_eq!(own["sharedEventID"].as_str().unwrap().len(), 36);
    assert_eq!(own["sharedEventID"], others["sharedEventID"]);
    assert_ne!(own["eventID"], others["eventID"]);
    let role = json!([{"accountId": "210987654321", "type": "AWS::IAM::Role", "ARN": role}]);
    for record in [own, others] {
        assert_eq!(record["resources"], role);
        assert_eq!(record["requestParameters"]["roleSessionName"], "session");
        let credentials = &record["responseElements"]["credentials"];
        assert_eq!(credentials["accessKeyId"], given_out.text("AccessKeyId"));
        let text = record.to_string();
        for secret in ["SecretAccessKey", "SessionToken"] {
            assert!(!text.contains(given_out.text(secret)), "{text}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_session_inherits_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["sts:AssumeRole","sts:TagSession"]}]}"#;
    let create = form(&[("RoleName", "R"), ("AssumeRolePolicyDocument", trust)]);
    for (action, form) in [("CreateUser", "UserName=Bob"), ("CreateRole", &*create)] {
        world.root().must(action, form).await;
    }
    let bob = world.user("Bob").await;
    let assume = [
        ("RoleArn", "arn:aws:iam::123456789012:role/R"),
        ("RoleSessionName", "session"),
    ];
    let tagged = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "red"),
        ("Tags.member.2.Key", "Stage"),
        ("Tags.member.2.Value", "test"),
        ("TransitiveTagKeys.member.1", "Team"),
    ];
    let first = bob
        .ask("AssumeRole", &form(&[&assume[..], &tagged].concat()))
        .await;
    assert_eq!(first.fault(), "200");
    let session = bob.session(&first).await;
    let second = session.ask("AssumeRole", &form(&assume)).await;
    assert_eq!(second.fault(), "200");
    let filed = in_files(&world, folder.path());
    let inherited: Vec<&Value> = filed
        .iter()
        .filter(|record| record["eventName"] == "AssumeRole")
        .map(|record| &record["requestParameters"]["incomingTransitiveTags"])
        .collect();
    assert_eq!(inherited, [&Value::Null, &json!({"Team": "red"})]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_hangs_up_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    world.root().ask("CreateUser", "UserName=Bob").await;
    let held = world.store.hold_next();
    let root = world.root();
    let asked = tokio::spawn(async move { root.ask("DeleteUser", "UserName=Bob").await });
    held.reached().await;
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    held.let_go();
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
        let asker = world.root().who_came(RequestContext {
            host: Some(host.to_owned()),
            region: Some("eu-west-1".to_owned()),
            tls: Some(Tls {
                version: "TLSv1.3",
                cipher_suite: Arc::from("TLS_AES_128_GCM_SHA256"),
            }),
            ..RequestContext::default()
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

#[tokio::test(flavor = "multi_thread")]
async fn what_sessions_do_tells_whose_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(folder.path()).await;
    let root = world.root();
    root.ask("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    let everything = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"]}}"#;
    let rights = [
        ("UserName", "Bob"),
        ("PolicyName", "p"),
        ("PolicyDocument", everything),
    ];
    root.ask("PutUserPolicy", &form(&rights)).await;
    let role = [
        ("RoleName", "Build"),
        ("Path", "/a/"),
        ("AssumeRolePolicyDocument", trust),
    ];
    let role = root.ask("CreateRole", &form(&role)).await;
    let everything_allowed = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    root.set_role_policy("Build", everything_allowed).await;
    let assume = [
        ("RoleArn", "arn:aws:iam::123456789012:role/a/Build"),
        ("RoleSessionName", "build"),
        ("SourceIdentity", "alice"),
        ("DurationSeconds", "900"),
    ];
    let assumed = bob.ask("AssumeRole", &form(&assume)).await;
    let own = bob.ask("GetSessionToken", "").await;
    let federate = [("Name", "ann"), ("Policy", everything)];
    let federated = bob.ask("GetFederationToken", &form(&federate)).await;
    let by_root = root.ask("GetFederationToken", &form(&federate)).await;
    let given_out = [&assumed, &own, &federated, &by_root];
    for given_out in given_out {
        bob.session(given_out)
            .await
            .ask("GetCallerIdentity", "")
            .await;
    }
    bob.session(&assumed)
        .await
        .ask("CreateUser", "UserName=Eve")
        .await;
    // Of all of these only what is changed is kept with the change.
    let kept = in_store(&world).await;
    let kept = kept.last().unwrap();
    assert_eq!(kept["eventName"], "CreateUser");
    let filed = in_files(&world, folder.path());
    let text = serde_json::to_string(&filed).unwrap();
    for given_out in given_out {
        assert_eq!(given_out.fault(), "200");
        let secret = serde_json::to_string(given_out.text("SecretAccessKey")).unwrap();
        assert!(!text.contains(&secret), "{text}");
    }
    let of = |name: &str| -> Vec<&Value> {
        let records = filed.iter();
        records
            .filter(|record| record["eventName"] == name)
            .collect()
    };
    let created = |given_out: &Answer| {
        let record = of("GetCallerIdentity")
            .into_iter()
            .find(|record| record["userIdentity"]["accessKeyId"] == given_out.text("AccessKeyId"));
        let identity = record.unwrap()["userIdentity"].clone();
        let created = identity["sessionContext"]["attributes"]["creationDate"].clone();
        (identity, created)
    };
    let user = root.ask("GetUser", "UserName=Bob").await;
    let user_id = user.text("UserId");
    let user_arn = "arn:aws:iam::123456789012:user/Bob";

    let (identity, date) = created(&assumed);
    assert_eq!(kept["userIdentity"], identity);
    assert_eq!(
        identity,
        json!({
            "type": "AssumedRole",
            "principalId": format!("{}:build", role.text("RoleId")),
            "arn": "arn:aws:sts::123456789012:assumed-role/Build/build",
            "accountId": "123456789012",
            "accessKeyId": assumed.text("AccessKeyId"),
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role",
                    "principalId": role.text("RoleId"),
                    "arn": "arn:aws:iam::123456789012:role/a/Build",
                    "accountId": "123456789012",
                    "userName": "Build",
                },
                "attributes": {"creationDate": date, "mfaAuthenticated": "false"},
                "sourceIdentity": "alice",
            },
        })
    );
    assert!(date.as_str().unwrap().ends_with('Z'), "{date}");
    let (identity, date) = created(&own);
    assert_eq!(
        identity,
        json!({
            "type": "IAMUser",
            "principalId": user_id,
            "arn": user_arn,
            "accountId": "123456789012",
            "accessKeyId": own.text("AccessKeyId"),
            "userName": "Bob",
            "sessionContext": {
                "attributes": {"creationDate": date, "mfaAuthenticated": "false"},
            },
        })
    );
    let (identity, date) = created(&federated);
    assert_eq!(
        identity,
        json!({
            "type": "FederatedUser",
            "principalId": "123456789012:ann",
            "arn": "arn:aws:sts::123456789012:federated-user/ann",
            "accountId": "123456789012",
            "accessKeyId": federated.text("AccessKeyId"),
            "sessionContext": {
                "sessionIssuer": {
                    "type": "IAMUser",
                    "principalId": user_id,
                    "arn": user_arn,
                    "accountId": "123456789012",
                    "userName": "Bob",
                },
                "attributes": {"creationDate": date, "mfaAuthenticated": "false"},
            },
        })
    );
    let (identity, _) = created(&by_root);
    assert_eq!(identity["sessionContext"]["sessionIssuer"]["type"], "Root");

    let [record] = of("AssumeRole")[..] else {
        panic!("{filed:?}");
    };
    assert_eq!(record["readOnly"], true);
    assert_eq!(
        record["requestParameters"],
        json!({
            "roleArn": "arn:aws:iam::123456789012:role/a/Build",
            "roleSessionName": "build",
            "sourceIdentity": "alice",
            "durationSeconds": 900,
        })
    );
    let shown = &record["responseElements"];
    assert_eq!(shown["sourceIdentity"], "alice");
    assert_eq!(
        shown["assumedRoleUser"],
        json!({
            "assumedRoleId": format!("{}:build", role.text("RoleId")),
            "arn": "arn:aws:sts::123456789012:assumed-role/Build/build",
        })
    );
    let credentials = &shown["credentials"];
    assert_eq!(credentials["accessKeyId"], assumed.text("AccessKeyId"));
    // AWS was seen to record session tokens; here no record holds a token.
    for hidden in ["sessionToken", "secretAccessKey"] {
        assert!(credentials[hidden].is_null(), "{credentials}");
    }
    assert!(credentials["expiration"].as_str().unwrap().ends_with('M'));
    for name in ["GetSessionToken", "GetFederationToken"] {
        for record in of(name) {
            assert_eq!(record["readOnly"], false, "{name}");
            let shown = &record["responseElements"]["credentials"];
            assert!(shown["accessKeyId"].is_string(), "{name}");
            assert!(shown["secretAccessKey"].is_null(), "{name}");
        }
    }
}
