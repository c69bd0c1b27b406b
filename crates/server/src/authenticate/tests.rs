use hmac::{Hmac, KeyInit as _, Mac as _};
use keyward_names::Age;
use keyward_sigv4::{Request, Scope};
use keyward_testkit::{Answer, Asker, World, form};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::body_budget::BodyBudget;
use crate::options::{Limits, Options};
use crate::sessions::Sessions;
use crate::signing_keys::SigningKeys;

const BODY: &[u8] = b"Action=GetCallerIdentity&Version=2011-06-15";
const NO_TOKEN: &str = "InvalidClientTokenId";
const MISMATCH: &str = "SignatureDoesNotMatch";

fn service(world: &World) -> Service {
    let limits = Limits::default();
    Service {
        installation: Arc::clone(&world.installation),
        door: keyward_signin::Door::new(Arc::clone(&world.installation)),
        options: Options {
            mode: Mode::Serve,
            configured_key: None,
            limits,
            trusted_proxies: Vec::new(),
        },
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        is_tls: false,
        body_budget: BodyBudget::new(limits.large_bodies_bytes),
        signing_keys: SigningKeys::default(),
        sessions: Sessions::default(),
        other_services: std::sync::Mutex::default(),
        root_password_is_set: tokio::sync::Mutex::default(),
    }
}

/// A world where Bob may assume the role `Build`.
async fn world() -> (World, Asker) {
    let world = World::new().await;
    let root = world.root();
    assert_eq!(root.ask("CreateUser", "UserName=Bob").await.status, 200);
    let trust = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:user/Bob"}, "Action": "sts:AssumeRole"}}"#;
    let role = form(&[("RoleName", "Build"), ("AssumeRolePolicyDocument", trust)]);
    assert_eq!(root.ask("CreateRole", &role).await.status, 200);
    let bob = world.user("Bob").await;
    (world, bob)
}

async fn assume(asker: &Asker) -> Answer {
    let role = "arn:aws:iam::123456789012:role/Build";
    let asked = form(&[("RoleArn", role), ("RoleSessionName", "build")]);
    let given_out = asker.ask("AssumeRole", &asked).await;
    assert_eq!(given_out.fault(), "200");
    given_out
}

/// What a client signs with.
#[derive(Clone)]
struct Credentials {
    id: String,
    secret: String,
    token: Option<String>,
}

impl Credentials {
    fn of(given_out: &Answer) -> Self {
        let text = |element| given_out.text(element).to_owned();
        let token = text("SessionToken");
        Self {
            id: text("AccessKeyId"),
            secret: text("SecretAccessKey"),
            token: (!token.is_empty()).then_some(token),
        }
    }

    fn with_token(&self, token: Option<&str>) -> Self {
        Self {
            token: token.map(str::to_owned),
            ..self.clone()
        }
    }

    fn key_id(&self) -> AccessKeyId {
        AccessKeyId::parse(&self.id).unwrap()
    }
}

/// Where a request carries its signature.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Header,
    Presigned,
}

const FORMS: [Form; 2] = [Form::Header, Form::Presigned];

/// A request as it is sent.
struct Sent {
    method: &'static str,
    query: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: &'static [u8],
}

fn now() -> (String, String) {
    let time = Clock::real_now().to_string().replace(['-', ':'], "");
    let day = time.split_once('T').unwrap().0.to_owned();
    (time, day)
}

fn hmac_of(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn signature(secret: &str, time: &str, day: &str, canonical: &str) -> String {
    let mut key = format!("AWS4{secret}").into_bytes();
    for part in [day, "us-east-1", "sts", "aws4_request"] {
        key = hmac_of(&key, part);
    }
    let hash = hex(&Sha256::digest(canonical.as_bytes()));
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{day}/us-east-1/sts/aws4_request\n{hash}");
    hex(&hmac_of(&key, &text))
}

/// Signs a request, as clients do.
fn sign(credentials: &Credentials, form: Form) -> Sent {
    let (time, day) = now();
    let host = b"localhost".to_vec();
    let id = &credentials.id;
    let token = credentials.token.as_deref();
    let scope = format!("{id}/{day}/us-east-1/sts/aws4_request");
    match form {
        Form::Header => {
            let (names, line) = match token {
                Some(token) => (
                    "host;x-amz-date;x-amz-security-token",
                    format!("x-amz-security-token:{token}\n"),
                ),
                None => ("host;x-amz-date", String::new()),
            };
            let hash = hex(&Sha256::digest(BODY));
            let canonical =
                format!("POST\n/\n\nhost:localhost\nx-amz-date:{time}\n{line}\n{names}\n{hash}");
            let signature = signature(&credentials.secret, &time, &day, &canonical);
            let authorization = format!(
                "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names}, Signature={signature}"
            );
            let mut headers = vec![
                ("host", host),
                ("x-amz-date", time.into_bytes()),
                ("authorization", authorization.into_bytes()),
            ];
            headers.extend(token.map(|token| ("x-amz-security-token", token.into())));
            Sent {
                method: "POST",
                query: String::new(),
                headers,
                body: BODY,
            }
        }
        Form::Presigned => {
            let mut pairs = vec![
                ("Action", "GetCallerIdentity"),
                ("Version", "2011-06-15"),
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                ("X-Amz-Credential", &scope),
                ("X-Amz-Date", &time),
                ("X-Amz-Expires", "60"),
                ("X-Amz-SignedHeaders", "host"),
            ];
            pairs.extend(token.map(|token| ("X-Amz-Security-Token", token)));
            pairs.sort_unstable();
            // The testkit encodes all but letters and digits; signatures leave four more as they are.
            let query = pairs.iter().map(|(name, value)| {
                let value = keyward_testkit::form(&[("", value)]);
                let value = value.replace("%2D", "-").replace("%2E", ".");
                format!("{name}{value}")
            });
            let query = query.collect::<Vec<_>>().join("&");
            let hash = hex(&Sha256::digest(b""));
            let canonical = format!("GET\n/\n{query}\nhost:localhost\n\nhost\n{hash}");
            let signature = signature(&credentials.secret, &time, &day, &canonical);
            Sent {
                method: "GET",
                query: format!("{query}&X-Amz-Signature={signature}"),
                headers: vec![("host", host)],
                body: b"",
            }
        }
    }
}

/// Who a request is found to be from: their ARN, or the code of the refusal.
async fn found(service: &Service, sent: &Sent) -> String {
    let headers = sent.headers.iter();
    let headers: Vec<(&str, &[u8])> = headers.map(|(name, value)| (*name, &**value)).collect();
    let presented = keyward_sigv4::present(Request {
        method: sent.method,
        path: "/",
        query: &sent.query,
        headers: &headers,
        body: sent.body,
    });
    match service
        .authenticate(&presented.unwrap(), ApiService::Sts)
        .await
    {
        Ok(Authenticated { caller, handle }) => caller.arn(&handle.account()),
        Err(fault) => fault.code().code().to_owned(),
    }
}

async fn asked(service: &Service, credentials: &Credentials, form: Form) -> String {
    found(service, &sign(credentials, form)).await
}

/// Whether anything of a session is remembered.
fn is_remembered(service: &Service, credentials: &Credentials) -> bool {
    let (_, day) = now();
    let scope = Scope {
        date: &day,
        region: "us-east-1",
        service: "sts",
    };
    let token = credentials.token.as_deref().unwrap_or_default();
    let sessions = &service.sessions;
    sessions
        .remembered(credentials.key_id(), token, scope)
        .is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_known_by_its_key_and_token_together() {
    let (world, bob) = world().await;
    let key = world.root().ask("CreateAccessKey", "UserName=Bob").await;
    let own_key = Credentials::of(&key);
    let all = [
        (
            assume(&bob).await,
            "arn:aws:sts::123456789012:assumed-role/Build/build",
        ),
        (
            bob.ask("GetSessionToken", "").await,
            "arn:aws:iam::123456789012:user/Bob",
        ),
        (
            world.root().ask("GetFederationToken", "Name=ann").await,
            "arn:aws:sts::123456789012:federated-user/ann",
        ),
    ];
    for form in FORMS {
        let service = service(&world);
        assert_eq!(
            asked(&service, &own_key, form).await,
            "arn:aws:iam::123456789012:user/Bob"
        );
        for (given_out, arn) in &all {
            let credentials = Credentials::of(given_out);
            // Once it is opened, and then it is remembered.
            for _ in 0..2 {
                assert_eq!(asked(&service, &credentials, form).await, *arn, "{form:?}");
                assert!(is_remembered(&service, &credentials));
            }
            let without = credentials.with_token(None);
            assert_eq!(asked(&service, &without, form).await, NO_TOKEN, "{form:?}");
            let (other, _) = all.iter().find(|(_, other)| other != arn).unwrap();
            for token in [other.text("SessionToken"), "", "token", &"A".repeat(5_000)] {
                let wrong = credentials.with_token(Some(token));
                assert_eq!(
                    asked(&service, &wrong, form).await,
                    NO_TOKEN,
                    "{form:?} {token}"
                );
                assert!(!is_remembered(&service, &wrong));
            }
            // A key that lasts takes no token.
            let mixed = own_key.with_token(credentials.token.as_deref());
            assert_eq!(asked(&service, &mixed, form).await, NO_TOKEN, "{form:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_cut_or_changed_is_none() {
    let (world, bob) = world().await;
    let credentials = Credentials::of(&assume(&bob).await);
    let token = credentials.token.clone().unwrap();
    let service = service(&world);
    let refused = async |token: &str| {
        let changed = credentials.with_token(Some(token));
        let code = asked(&service, &changed, Form::Header).await;
        assert_eq!(code, NO_TOKEN, "{token}");
        assert!(!is_remembered(&service, &changed), "{token}");
    };
    for remembered in [false, true] {
        if remembered {
            let arn = "arn:aws:sts::123456789012:assumed-role/Build/build";
            assert_eq!(asked(&service, &credentials, Form::Header).await, arn);
        }
        for length in (1..token.len()).step_by(7) {
            refused(token.get(..length).unwrap()).await;
        }
        for place in (0..token.len()).step_by(5) {
            let mut bytes = token.clone().into_bytes();
            bytes[place] ^= 1;
            let changed = String::from_utf8(bytes).unwrap();
            // A changed bit may make of a character one that no header has.
            if changed.bytes().all(|byte| byte.is_ascii_graphic()) {
                refused(&changed).await;
            }
        }
        refused(&format!("{token}AAAA")).await;
    }
    assert!(is_remembered(&service, &credentials));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_signs_right_is_remembered() {
    let (world, bob) = world().await;
    let credentials = Credentials::of(&assume(&bob).await);
    let other = Credentials::of(&assume(&bob).await);
    let wrong = Credentials {
        secret: other.secret.clone(),
        ..credentials.clone()
    };
    let service = service(&world);
    for form in FORMS {
        assert_eq!(asked(&service, &wrong, form).await, MISMATCH, "{form:?}");
        assert!(!is_remembered(&service, &credentials));
    }
    let arn = "arn:aws:sts::123456789012:assumed-role/Build/build";
    assert_eq!(asked(&service, &credentials, Form::Header).await, arn);
    assert!(is_remembered(&service, &credentials));
    assert!(!is_remembered(&service, &other));
    // It is asked for the signature each time.
    for form in FORMS {
        assert_eq!(asked(&service, &wrong, form).await, MISMATCH, "{form:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_remembered_ends_with_the_session() {
    let (world, bob) = world().await;
    let role = Credentials::of(&assume(&bob).await);
    let own = Credentials::of(&bob.ask("GetSessionToken", "").await);
    let fresh = service(&world);
    let service = service(&world);
    for credentials in [&role, &own] {
        assert!(
            asked(&service, credentials, Form::Header)
                .await
                .starts_with("arn:")
        );
    }
    // The role goes, and what is left of its session is no good.
    let root = world.root();
    assert_eq!(
        root.ask("DeleteRole", "RoleName=Build").await.fault(),
        "200"
    );
    for node in [&service, &fresh] {
        assert_eq!(asked(node, &role, Form::Header).await, NO_TOKEN);
        assert!(asked(node, &own, Form::Header).await.starts_with("arn:"));
    }
    world.installation.clock().advance(Age::seconds(43_200));
    for node in [&service, &fresh] {
        for form in FORMS {
            assert_eq!(asked(node, &own, form).await, "ExpiredToken");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_a_session_is_the_last_use_of_the_role() {
    let (world, bob) = world().await;
    let credentials = Credentials::of(&assume(&bob).await);
    let service = service(&world);
    let last_use = async || {
        let role = world.root().ask("GetRole", "RoleName=Build").await;
        role.text("LastUsedDate").to_owned()
    };
    // To assume the role is no use of it, and neither is a request that is refused.
    assert_eq!(last_use().await, "");
    let unsigned = credentials.with_token(None);
    assert_eq!(asked(&service, &unsigned, Form::Header).await, NO_TOKEN);
    assert_eq!(last_use().await, "");
    assert!(
        asked(&service, &credentials, Form::Header)
            .await
            .starts_with("arn:")
    );
    assert_ne!(last_use().await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_signed_wrong_leaves_no_key_behind() {
    let world = World::new().await;
    assert_eq!(
        world.root().ask("CreateUser", "UserName=Bob").await.status,
        200
    );
    let made = world.root().ask("CreateAccessKey", "UserName=Bob").await;
    let credentials = Credentials::of(&made);
    let service = service(&world);
    let wrong = Credentials {
        secret: "x".repeat(40),
        ..credentials.clone()
    };
    assert_eq!(asked(&service, &wrong, Form::Header).await, MISMATCH);
    let id = credentials.key_id();
    let handle = service.handle(id.embedded_account().unwrap()).await;
    let handle = handle.unwrap().unwrap();
    let account = handle.account();
    let (_, day) = now();
    let scope = Scope {
        date: &day,
        region: "us-east-1",
        service: "sts",
    };
    let key = account.access_key(id).unwrap();
    assert!(service.signing_keys.remembered(key, scope).is_none());
    let arn = "arn:aws:iam::123456789012:user/Bob";
    assert_eq!(asked(&service, &credentials, Form::Header).await, arn);
    assert!(service.signing_keys.remembered(key, scope).is_some());
}

#[test]
fn a_region_is_of_any_name_that_looks_like_one() {
    for region in ["us-east-1", "eu-central-17", "rack7", &"r".repeat(64)] {
        assert_eq!(check_region(region), Ok(()), "{region}");
    }
    for region in [
        "",
        "US-EAST-1",
        "eu west",
        "a\nb",
        "us_east",
        &"r".repeat(65),
    ] {
        assert_eq!(
            check_region(region),
            Err(SignatureError::WrongRegion),
            "{region}"
        );
    }
}
