use http_body_util::BodyExt as _;
use keyward_names::Secret;
use keyward_outbound::{Endpoint, FetchError};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::*;
use crate::{KeyPair, Source};

const TOKEN: &str = "0123456789abcdef";
const ASSUMED: &str = "<AssumeRoleResponse><AssumeRoleResult><Credentials>\
    <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>\
    <SessionToken>session</SessionToken><Expiration>2026-11-24T21:14:25Z</Expiration>\
    </Credentials></AssumeRoleResult></AssumeRoleResponse>";

fn options(endpoint: &str) -> AgentOptions {
    AgentOptions {
        role: Role {
            endpoint: Endpoint::new(endpoint, None).unwrap(),
            region: "us-east-1".to_owned(),
            arn: "arn:aws:iam::000000000000:role/r".to_owned(),
            session_name: "agent".to_owned(),
            duration_seconds: None,
            source: Source::Given(KeyPair {
                access_key_id: "AKIDEXAMPLE".to_owned(),
                secret_access_key: Secret::new("hidden-secret"),
                session_token: Some(Secret::new("hidden-token")),
            }),
        },
        token: AuthorizationToken::parse(Secret::new(TOKEN)).unwrap(),
        clock: Box::new(|| Timestamp::parse("2026-11-24T20:14:25Z").unwrap()),
    }
}

/// Asks with these header lines. Gives the whole answer.
async fn ask(agent: &str, headers: &str) -> String {
    let address = agent.strip_prefix("http://").unwrap();
    let address = address.strip_suffix(PATH).unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request =
        format!("GET {PATH} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// An endpoint that answers one request, and gives what it was asked.
async fn endpoint(status: &'static str, body: &'static str) -> (String, oneshot::Receiver<String>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, asked) = oneshot::channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"RoleSessionName=agent") {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0);
        }
        let length = body.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{body}");
        stream.write_all(answer.as_bytes()).await.unwrap();
        let _ = tell.send(String::from_utf8(request).unwrap());
    });
    (url, asked)
}

#[tokio::test]
async fn credentials_are_handed_to_who_has_the_token() {
    let (endpoint, asked) = endpoint("200 OK", ASSUMED).await;
    let address = ([127, 0, 0, 1], 0).into();
    let agent = Agent::bind(address, options(&endpoint)).await.unwrap();
    let url = agent.url();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(agent.run(async {
        let _ = stopped.await;
    }));
    let refused = ask(&url, "").await;
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    assert!(!refused.contains("secret"), "{refused}");
    for _ in 0..2 {
        let answer = ask(&url, &format!("Authorization: {TOKEN}\r\n")).await;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        assert!(head.contains("cache-control: no-store"), "{head}");
        let expected = json!({
            "AccessKeyId": "ASIAEXAMPLE",
            "SecretAccessKey": "secret",
            "Token": "session",
            "Expiration": "2026-11-24T21:14:25Z",
            "RoleArn": "arn:aws:iam::000000000000:role/r",
        });
        assert_eq!(body.parse::<Value>().unwrap(), expected);
    }
    let asked = asked.await.unwrap();
    assert!(asked.starts_with("POST / HTTP/1.1\r\n"), "{asked}");
    assert!(asked.contains("x-amz-security-token: hidden-token\r\n"));
    assert!(asked.contains("Credential=AKIDEXAMPLE/20261124/us-east-1/sts/aws4_request, "));
    assert!(!asked.contains("hidden-secret"));
    stop.send(()).unwrap();
    assert_eq!(running.await.unwrap(), Stopped::Drained);
}

#[tokio::test]
async fn only_loopback_addresses_are_listened_on() {
    for address in ["0.0.0.0:0", "[::]:0", "10.0.0.1:0", "[::ffff:127.0.0.1]:0"] {
        let bound = Agent::bind(address.parse().unwrap(), options("http://127.0.0.1:1")).await;
        let error = bound.err().unwrap();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{address}");
    }
}

#[tokio::test]
async fn failures_are_told_as_sdks_expect() {
    let refused = |status| RoleError::Refused {
        status,
        code: "Code".to_owned(),
        message: "Message".to_owned(),
    };
    let service = Service {
        role_arn: String::new(),
        token: AuthorizationToken::parse(Secret::new(TOKEN)).unwrap(),
        keeper: Keeper::new(
            options("http://127.0.0.1:1").role,
            Box::new(|| Timestamp::from_unix_seconds(0)),
        ),
        port: 1,
    };
    for (failure, status, code) in [
        (refused(403), 502, "Code"),
        (refused(503), 503, "Code"),
        (
            RoleError::NoAnswer(FetchError::Unreachable),
            503,
            "EndpointUnavailable",
        ),
        (RoleError::NotUnderstood(200), 502, "InvalidEndpointAnswer"),
    ] {
        let answer = service.tell(Err(failure.clone()));
        assert_eq!(answer.status().as_u16(), status);
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            json!({ "code": code, "message": failure.to_string() })
        );
    }
}
