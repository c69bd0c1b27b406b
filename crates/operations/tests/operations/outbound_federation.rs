//! The account as an issuer of tokens, switched on and off.

use keyward_engine::InstallationOptions;
use keyward_testkit::{Asker, World};

use crate::support::{BOB, not_allowed};

const ENABLE: &str = "EnableOutboundWebIdentityFederation";
const DISABLE: &str = "DisableOutboundWebIdentityFederation";
const INFO: &str = "GetOutboundWebIdentityFederationInfo";

/// Asks, and gives the issuer or the refusal.
async fn issuer(asker: &Asker, action: &str) -> String {
    let heard = asker.ask(action, "").await;
    match heard.status {
        200 => heard.text("IssuerIdentifier").to_owned(),
        _ => heard.fault(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_switched_on_and_off_and_the_issuer_stays() {
    let world = World::new().await;
    let root = world.root();
    let off =
        "404 FeatureDisabled: Outbound identity federation is disabled for account 123456789012";
    let off_already = "404 FeatureDisabled: Outbound identity federation is already disabled for account 123456789012";
    let on_already = "409 FeatureEnabled: Outbound identity federation is already enabled for account 123456789012";
    assert_eq!(issuer(&root, INFO).await, off);
    assert_eq!(issuer(&root, DISABLE).await, off_already);
    let first = issuer(&root, ENABLE).await;
    let label = first
        .strip_prefix("https://")
        .and_then(|rest| rest.strip_suffix(".tokens.sts.global.api.aws"))
        .expect("the issuer is called as those of AWS");
    assert_eq!(
        (label.len(), label.chars().nth(14)),
        (36, Some('4')),
        "{label}"
    );
    assert_eq!(issuer(&root, ENABLE).await, on_already);
    let info = root.must(INFO, "").await;
    assert_eq!(info.text("IssuerIdentifier"), first);
    assert_eq!(info.text("JwtVendingEnabled"), "true");
    let disabled = root.must(DISABLE, "").await;
    assert!(!disabled.body.contains("Issuer"), "{}", disabled.body);
    assert_eq!(issuer(&root, INFO).await, off);
    assert_eq!(issuer(&root, DISABLE).await, off_already);
    let elsewhere = world.other_node().await;
    assert_eq!(issuer(&elsewhere.root(), ENABLE).await, first);
}

#[tokio::test(flavor = "multi_thread")]
async fn issuers_may_lie_on_the_server_itself_and_each_account_has_its_own() {
    for base in ["https://iam.example/tokens", "https://iam.example/tokens/"] {
        let world = World::with_options(InstallationOptions {
            token_issuer_base: Some(base.to_owned()),
            ..InstallationOptions::default()
        })
        .await;
        let other = keyward_names::AccountId::parse("210987654321").expect("it is an id");
        world.create_account(other, "other").await;
        let one = issuer(&world.root(), ENABLE).await;
        let two = issuer(&world.root_of(other), ENABLE).await;
        assert_ne!(one, two);
        for issuer in [one, two] {
            let label = issuer.strip_prefix("https://iam.example/tokens/");
            assert_eq!(label.map(str::len), Some(36), "{issuer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_on_an_arn_is_none() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    for resource in ["arn:aws:iam::123456789012:*", "*"] {
        let statement =
            format!(r#"{{"Effect":"Allow","Action":"iam:*Outbound*","Resource":"{resource}"}}"#);
        root.set_user_policy("Bob", &statement).await;
        for action in [ENABLE, INFO, DISABLE] {
            let heard = bob.ask(action, "").await.fault();
            let expected = match resource {
                "*" => "200".to_owned(),
                _ => not_allowed(BOB, &format!("iam:{action}"), "*"),
            };
            assert_eq!(heard, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_issuer_publishes_is_found_by_its_label_and_checks_its_tokens() {
    use keyward_web_identity::{Expected, KeySet, SigningAlgorithm, Unverified};

    let world = World::new().await;
    let root = world.root();
    let first = issuer(&root, ENABLE).await;
    let label = first
        .trim_start_matches("https://")
        .split('.')
        .next()
        .expect("it has a label");
    let documents = world.installation.issuer_documents(label).await;
    let documents = documents.expect("the store answers").expect("it is there");
    assert!(
        documents
            .discovery
            .contains(&format!(r#""issuer":"{first}""#)),
        "{}",
        documents.discovery
    );
    let elsewhere = world.other_node().await;
    let held = elsewhere.installation.account(world.account_id).await;
    let held = held.expect("the store answers").expect("it is there");
    let keys = held.token_signing_keys().expect("they open");
    let keys = keys.expect("there are keys");
    assert_eq!(keys.key_set_json(), documents.key_set);
    let claims = format!(r#"{{"iss":"{first}","sub":"s","aud":"a","iat":1,"exp":300}}"#);
    let published = KeySet::parse(&documents.key_set).expect("it is a key set");
    for algorithm in [SigningAlgorithm::Rs256, SigningAlgorithm::Es384] {
        let token = keys.sign(algorithm, &claims).expect("it signs");
        let expected = Expected {
            client_ids: &["a"],
            now: 2,
            role_arn: "arn:aws:iam::123456789012:role/r",
        };
        let unverified = Unverified::read(&token).expect("it is a token");
        assert!(unverified.verify(&published, &expected).is_ok());
    }
    root.must(DISABLE, "").await;
    let off = elsewhere.installation.issuer_documents(label).await;
    assert_eq!(off.expect("the store answers"), Some(documents.clone()));
    assert_eq!(issuer(&root, ENABLE).await, first);
    let again = world.installation.issuer_documents(label).await;
    assert_eq!(again.expect("the store answers"), Some(documents));
    let unknown = "00000000-0000-4000-8000-000000000000";
    let unknown = world.installation.issuer_documents(unknown).await;
    assert_eq!(unknown.expect("the store answers"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_are_kept_sealed_and_end_with_their_account() {
    let world = World::new().await;
    let first = issuer(&world.root(), ENABLE).await;
    let account = world.account().await;
    let federation = account.outbound_federation().expect("it is on").clone();
    assert!(first.contains(&*federation.issuer_label));
    let row = keyward_account::Record::OutboundFederation(federation.clone()).to_row();
    let body = row.body.expect("it is kept");
    assert!(body.contains(r#""signing_keys":"v1."#), "{body}");
    let label = &federation.issuer_label;
    assert!(matches!(
        world.installation.issuer_documents(label).await,
        Ok(Some(_))
    ));
    let ended = world.installation.end_account(world.account_id).await;
    ended.expect("the account can be ended");
    assert!(matches!(
        world.installation.issuer_documents(label).await,
        Ok(None)
    ));
}
