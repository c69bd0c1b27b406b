//! Tokens by which an account vouches for whoever calls, to others.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyward_authorization::RequestContext;
use keyward_engine::Clock;
use keyward_testkit::{Asker, World, form};
use keyward_web_identity::{Expected, KeySet, Unverified};
use serde_json::{Value, json};

use crate::support::{BOB, not_allowed};

const GET: &str = "GetWebIdentityToken";
const SELF: &str = "arn:aws:sts::123456789012:self";
const RED: [(&str, &str); 2] = [
    ("Tags.member.1.Key", "Team"),
    ("Tags.member.1.Value", "red"),
];

/// An account that vouches, with Bob who may do everything.
async fn world() -> (World, Asker) {
    let world = World::new().await;
    let root = world.root();
    root.must("EnableOutboundWebIdentityFederation", "").await;
    let tag = [("UserName", "Bob"), RED[0], RED[1]];
    root.must("CreateUser", &form(&tag)).await;
    allow(&root, "*", "*").await;
    let bob = world.user("Bob").await;
    (world, bob)
}

async fn allow(root: &Asker, action: &str, resource: &str) {
    let statement = format!(r#"{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}"#);
    root.set_user_policy("Bob", &statement).await;
}

/// A request, with what else it says.
fn request<'a>(algorithm: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut pairs = vec![
        ("SigningAlgorithm", algorithm),
        ("Audience.member.1", "https://example.com"),
    ];
    pairs.extend_from_slice(more);
    pairs
}

fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_says_who_asked_and_is_verified_by_what_the_issuer_publishes() {
    let (world, bob) = world().await;
    let info = world
        .root()
        .must("GetOutboundWebIdentityFederationInfo", "")
        .await;
    let issuer = info.text("IssuerIdentifier");
    let label = issuer.strip_prefix("https://").unwrap();
    let label = label.split_once('.').unwrap().0;
    let published = world.installation.issuer_documents(label).await.unwrap();
    let keys = KeySet::parse(&published.unwrap().key_set).unwrap();
    let bob = bob.who_came(RequestContext {
        region: Some("eu-central-1".to_owned()),
        ..RequestContext::default()
    });
    for algorithm in ["RS256", "ES384"] {
        let heard = bob.must(GET, &form(&request(algorithm, &RED))).await;
        let token = heard.text("WebIdentityToken");
        let unverified = Unverified::read(token).unwrap();
        assert_eq!(unverified.issuer(), issuer);
        let expected = Expected {
            client_ids: &["https://example.com"],
            now: Clock::real_now().unix_seconds(),
            role_arn: "",
        };
        let verified = unverified.verify(&keys, &expected).unwrap();
        let arn = "arn:aws:iam::123456789012:user/Bob";
        assert_eq!(verified.subject, arn);

        let claims = claims(token);
        let (iat, exp) = (
            claims["iat"].as_i64().unwrap(),
            claims["exp"].as_i64().unwrap(),
        );
        assert_eq!(exp - iat, 300);
        assert_eq!(claims["aud"], "https://example.com");
        assert_eq!(claims["jti"].as_str().unwrap().len(), 36);
        assert_eq!(
            claims["https://sts.amazonaws.com/"],
            json!({
                "aws_account": "123456789012",
                "source_region": "eu-central-1",
                "principal_id": arn,
                "principal_tags": {"Team": "red"},
                "request_tags": {"Team": "red"},
            })
        );
        // With milliseconds, unlike the expiry of a session.
        let expiration = heard.text("Expiration");
        assert!(expiration.contains('.'), "{expiration}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_be_for_several_and_for_up_to_an_hour() {
    let (_world, bob) = world().await;
    let more = [
        ("Audience.member.2", "b"),
        ("Audience.member.3", "b"),
        ("DurationSeconds", "3600"),
    ];
    let heard = bob.must(GET, &form(&request("ES384", &more))).await;
    let claims = claims(heard.text("WebIdentityToken"));
    assert_eq!(claims["aud"], json!(["https://example.com", "b", "b"]));
    let lasts = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lasts, 3_600);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_told_with_its_tags_and_its_end_and_a_token_ends_before_it() {
    let (world, bob) = world().await;
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/Bob"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}"#;
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let root = world.root();
    let create = [
        ("RoleName", "R"),
        ("Path", "/p/"),
        ("AssumeRolePolicyDocument", trust),
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "green"),
        ("Tags.member.2.Key", "Stage"),
        ("Tags.member.2.Value", "test"),
    ];
    root.must("CreateRole", &form(&create)).await;
    root.set_role_policy("R", all).await;
    let assume = [
        ("RoleArn", "arn:aws:iam::123456789012:role/p/R"),
        ("RoleSessionName", "session"),
        ("SourceIdentity", "alice"),
        ("DurationSeconds", "900"),
        RED[0],
        RED[1],
    ];
    let given_out = bob.must("AssumeRole", &form(&assume)).await;
    let session = bob.session(&given_out).await;
    let heard = session.must(GET, &form(&request("ES384", &[]))).await;
    let claims = claims(heard.text("WebIdentityToken"));
    let arn = "arn:aws:iam::123456789012:role/p/R";
    assert_eq!(claims["sub"], arn);
    assert_eq!(
        claims["https://sts.amazonaws.com/"],
        json!({
            "aws_account": "123456789012",
            "principal_id": arn,
            "principal_tags": {"Team": "red", "Stage": "test"},
            "original_session_exp": given_out.text("Expiration"),
            "source_identity": "alice",
        })
    );
    let too_long = request("ES384", &[("DurationSeconds", "901")]);
    let escalated = "403 SessionDurationEscalationException: Requested token expiry time must be \
                     before the original session's expiry time.";
    assert_eq!(session.refused(GET, &form(&too_long)).await, escalated);
    // It is told before that nobody is vouched for.
    root.must("DisableOutboundWebIdentityFederation", "").await;
    assert_eq!(session.refused(GET, &form(&too_long)).await, escalated);

    let own = bob.must("GetSessionToken", "").await;
    let off = "403 OutboundWebIdentityFederationDisabledException: OutboundWebIdentityFederation is \
               disabled.";
    let own = bob.session(&own).await;
    assert_eq!(own.refused(GET, &form(&request("ES384", &[]))).await, off);
    root.must("EnableOutboundWebIdentityFederation", "").await;
    own.must(GET, &form(&request("ES384", &[]))).await;
    let federated = bob.must("GetFederationToken", "Name=eve").await;
    let federated = bob.session(&federated).await;
    assert_eq!(
        federated.refused(GET, &form(&request("ES384", &[]))).await,
        "403 AccessDenied: GetWebIdentityToken does not support federated user sessions"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_asked_in_a_wrong_way_is_refused() {
    let (_world, bob) = world().await;
    let unsupported = "400 ValidationError: Requested SigningAlgorithm is not supported. See the \
                       GetWebIdentityToken documentation for supported algorithms";
    for algorithm in ["RS384", "ES256", "HS256", "rs256"] {
        assert_eq!(
            bob.refused(GET, &form(&request(algorithm, &[]))).await,
            unsupported
        );
    }
    let twice = [
        RED[0],
        RED[1],
        ("Tags.member.2.Key", "tEAM"),
        ("Tags.member.2.Value", ""),
    ];
    assert_eq!(
        bob.refused(GET, &form(&request("RS256", &twice))).await,
        "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case \
         insensitive."
    );
    // Keys that are kept for the service elsewhere are none here.
    let reserved = [("Tags.member.1.Key", "aws:x"), ("Tags.member.1.Value", "y")];
    bob.must(GET, &form(&request("ES384", &reserved))).await;
    let globally = bob.who_came(RequestContext {
        host: Some("sts.amazonaws.com".to_owned()),
        ..RequestContext::default()
    });
    assert_eq!(
        globally.refused(GET, &form(&request("RS256", &[]))).await,
        "400 InvalidAction: Operation not supported on STS global endpoint"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_has_a_size_at_most() {
    let (_world, bob) = world().await;
    let values: Vec<(String, String, String, String)> = (1..=50)
        .map(|number| {
            let member = format!("Tags.member.{number}");
            let key = format!("{number:0>60}");
            let value = "v".repeat(232);
            (
                format!("{member}.Key"),
                key,
                format!("{member}.Value"),
                value,
            )
        })
        .collect();
    let tags = |count: usize| {
        let tags = values.iter().take(count);
        let pairs = tags.flat_map(|(key_name, key, value_name, value)| {
            [(&**key_name, &**key), (&**value_name, &**value)]
        });
        pairs.collect::<Vec<_>>()
    };
    bob.must(GET, &form(&request("ES384", &tags(48)))).await;
    assert_eq!(
        bob.refused(GET, &form(&request("ES384", &tags(50)))).await,
        "400 JWTPayloadSizeExceededException: The payload of the token exceeds the limit of 14984 bytes."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_are_to_the_account_itself_and_by_what_is_asked() {
    let (world, bob) = world().await;
    let root = world.root();
    let denied = |action| not_allowed(BOB, action, SELF);
    let tagged = request("ES384", &RED);
    allow(&root, "sts:*", "arn:aws:iam::123456789012:user/Bob").await;
    assert_eq!(
        bob.refused(GET, &form(&tagged)).await,
        denied("sts:GetWebIdentityToken")
    );
    allow(&root, "sts:GetWebIdentityToken", SELF).await;
    assert_eq!(
        bob.refused(GET, &form(&tagged)).await,
        denied("sts:TagGetWebIdentityToken")
    );
    bob.must(GET, &form(&request("ES384", &[]))).await;
    // It is told before that nobody is vouched for.
    root.must("DisableOutboundWebIdentityFederation", "").await;
    assert_eq!(
        bob.refused(GET, &form(&tagged)).await,
        denied("sts:TagGetWebIdentityToken")
    );
    root.must("EnableOutboundWebIdentityFederation", "").await;

    for (condition, is_met) in [
        (r#""StringEquals":{"sts:SigningAlgorithm":"ES384"}"#, true),
        (r#""StringEquals":{"sts:SigningAlgorithm":"RS256"}"#, false),
        (
            r#""NumericLessThanEquals":{"sts:DurationSeconds":"300"}"#,
            true,
        ),
        (r#""NumericLessThan":{"sts:DurationSeconds":"300"}"#, false),
        (
            r#""ForAllValues:StringEquals":{"sts:IdentityTokenAudience":"https://example.com"}"#,
            true,
        ),
        (
            r#""ForAnyValue:StringEquals":{"sts:IdentityTokenAudience":"https://example.org"}"#,
            false,
        ),
    ] {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*","Condition":{{{condition}}}}}"#
        );
        root.set_user_policy("Bob", &statement).await;
        let heard = bob.ask(GET, &form(&request("ES384", &[]))).await.fault();
        assert_eq!(heard == "200", is_met, "{condition} {heard}");
    }
    let by_tag = r#"{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*"},{"Effect":"Allow","Action":"sts:TagGetWebIdentityToken","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/Team":"red"}}}"#;
    root.set_user_policy("Bob", by_tag).await;
    bob.must(GET, &form(&tagged)).await;
    let blue = [
        ("Tags.member.1.Key", "Team"),
        ("Tags.member.1.Value", "blue"),
    ];
    assert_eq!(
        bob.refused(GET, &form(&request("ES384", &blue))).await,
        denied("sts:TagGetWebIdentityToken")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_is_encoded_here_so_none_is_decoded() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    let message = form(&[("EncodedMessage", "x")]);
    assert_eq!(
        bob.refused("DecodeAuthorizationMessage", &message).await,
        not_allowed(BOB, "sts:DecodeAuthorizationMessage", "*")
    );
    assert_eq!(
        root.refused("DecodeAuthorizationMessage", &message).await,
        "400 InvalidAuthorizationMessageException: Message is not valid"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_about_somebody_else_needs_a_session_that_knows_whom() {
    let (world, bob) = world().await;
    let mode = |mode| [("SubjectMode", mode)];
    for (more, answer) in [
        (vec![mode("AWSIdentity")[0]], "200"),
        (
            vec![mode("OriginIdentity")[0]],
            "400 ValidationError: The trusted identity propagation context of the calling session does not contain the required aws:OriginIdentity keys.",
        ),
        (
            vec![("Scope", "read write")],
            "400 ValidationError: Scope can only be specified when SubjectMode is OriginIdentity.",
        ),
        (
            vec![mode("Both")[0]],
            "400 ValidationError: 1 validation error detected: Value 'Both' at 'subjectMode' failed to satisfy constraint: Member must satisfy enum value set: [AWSIdentity, OriginIdentity]",
        ),
    ] {
        let heard = bob.ask(GET, &form(&request("ES384", &more))).await;
        assert_eq!(heard.fault(), answer);
    }
    let only_about_itself = r#"{"Effect":"Allow","Action":"sts:GetWebIdentityToken","Resource":"*","Condition":{"StringEquals":{"sts:SubjectMode":"AWSIdentity"}}}"#;
    world.root().set_user_policy("Bob", only_about_itself).await;
    bob.must(GET, &form(&request("ES384", &[]))).await;
    let about_another = request("ES384", &mode("OriginIdentity"));
    assert_eq!(
        bob.refused(GET, &form(&about_another)).await,
        not_allowed(BOB, "sts:GetWebIdentityToken", SELF)
    );
}
