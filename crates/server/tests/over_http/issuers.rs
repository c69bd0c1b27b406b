//! What accounts publish as issuers of tokens.

use crate::dev_options;
use keyward_engine::InstallationOptions;
use keyward_server::{Limits, Mode};
use keyward_testkit::World;

use crate::{Running, exchange, start_in};

async fn start(base: Option<&str>, mode: Mode) -> Running {
    let world = World::with_options(InstallationOptions {
        token_issuer_base: base.map(str::to_owned),
        ..InstallationOptions::default()
    })
    .await;
    start_in(world, mode, Limits::default()).await
}

/// Switches the account on or off; the answer is its issuer.
async fn switch(running: &Running, to: &str) -> String {
    let root = running.world.root();
    let action = format!("{to}OutboundWebIdentityFederation");
    let heard = root.ask(&action, "").await;
    assert_eq!(heard.fault(), "200");
    heard.body
}

async fn issuer(running: &Running) -> String {
    let body = switch(running, "Enable").await;
    let (_, rest) = body.split_once("<IssuerIdentifier>").unwrap();
    rest.split_once('<').unwrap().0.to_owned()
}

async fn ask(running: &Running, method: &str, host: &str, path: &str) -> String {
    let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    exchange(running.address, request.as_bytes()).await
}

/// Asks for both documents, and gives their bodies.
async fn documents(running: &Running, host: &str, before: &str) -> [String; 2] {
    let mut bodies = Vec::new();
    for document in ["openid-configuration", "jwks.json"] {
        let path = format!("{before}/.well-known/{document}");
        let answer = ask(running, "GET", host, &path).await;
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        let lower = answer.to_lowercase();
        assert!(lower.contains("content-type: application/json"), "{answer}");
        bodies.push(answer.split_once("\r\n\r\n").unwrap().1.to_owned());
    }
    bodies.try_into().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_lie_below_the_base_and_stay_while_it_is_off() {
    let running = start(Some("https://iam.example/tokens"), Mode::Serve).await;
    let issuer = issuer(&running).await;
    let before = issuer
        .strip_prefix("https://iam.example")
        .unwrap()
        .to_owned();
    let [discovery, keys] = documents(&running, "iam.example", &before).await;
    assert!(discovery.contains(&format!(r#""issuer":"{issuer}""#)));
    assert!(discovery.contains(&format!(r#""jwks_uri":"{issuer}/.well-known/jwks.json""#)));
    for part in [r#""kid":"RSA_0""#, r#""kid":"EC384_0""#] {
        assert!(keys.contains(part), "{keys}");
    }
    for private in [r#""d":"#, r#""p":"#, r#""q":"#] {
        assert!(!keys.contains(private), "{keys}");
    }
    switch(&running, "Disable").await;
    let while_off = documents(&running, "iam.example", &before).await;
    assert_eq!(while_off, [discovery, keys]);
    let path = format!("{before}/.well-known/jwks.json");
    let posted = ask(&running, "POST", "iam.example", &path).await;
    assert!(posted.starts_with("HTTP/1.1 405 "), "{posted}");
    let unknown = "/tokens/00000000-0000-4000-8000-000000000000/.well-known/jwks.json";
    let unknown = ask(&running, "GET", "iam.example", unknown).await;
    assert!(unknown.starts_with("HTTP/1.1 404 "), "{unknown}");
    let _ = running.stop.send(());
    running.stopped.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_base_they_are_told_by_host() {
    let running = start(None, Mode::Dev(dev_options())).await;
    let issuer = issuer(&running).await;
    let host = issuer.strip_prefix("https://").unwrap();
    let [discovery, _] = documents(&running, host, "").await;
    assert!(discovery.contains(&format!(r#""issuer":"{issuer}""#)));
    let other = ask(&running, "GET", "localhost", "/.well-known/jwks.json").await;
    assert!(other.starts_with("HTTP/1.1 404 "), "{other}");
    let _ = running.stop.send(());
    running.stopped.await.unwrap();
}
