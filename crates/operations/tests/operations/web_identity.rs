//! Roles assumed by tokens of OpenID Connect providers.

use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use keyward_api::{OperationId, Service};
use keyward_audit::{Destination, Files, Query, Search, Sink, SinkOptions};
use keyward_engine::{Audit, IdentityProviders, InstallationOptions, Unreachable};
use keyward_names::{AccountId, Age};
use keyward_operations::no_such_role;
use keyward_testkit::{Answer, Asker, World, form, policy_document};
use keyward_web_identity::{SigningAlgorithm, SigningKeys};
use keyward_wire::Parameters;
use serde_json::{Value, json};

const ASSUME: &str = "AssumeRoleWithWebIdentity";
const ISSUER: &str = "https://id.example/realms/x";
const URL: &str = "id.example/realms/x";
const PROVIDER: &str = "arn:aws:iam::123456789012:oidc-provider/id.example/realms/x";
const ROLE: &str = "arn:aws:iam::123456789012:role/ci/Deploy";
const CLIENT: &str = "keyward";
const SUBJECT: &str = "repo:acme/app:main";
const THUMBPRINT: &str = "990f4193972f2becf12ddeda5237f9c952f20d9e";

const MAY_NOT: &str = "403 AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity";
const NOT_VALIDATED: &str = "400 InvalidIdentityToken: The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for requirements.";
const NO_KEY: &str = "400 InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements";
const NOT_A_TOKEN: &str = "400 InvalidIdentityToken: The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";

/// The issuer's keys, and another's. They are made once, as it takes a while.
static KEYS: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys::generate().unwrap());
static OTHER_KEYS: LazyLock<SigningKeys> = LazyLock::new(|| SigningKeys::generate().unwrap());

/// The issuer as it is seen from the installation: what it publishes, what it publishes on a second
/// look, and who asked for it.
#[derive(Debug, Default)]
struct Outside {
    published: Mutex<Option<Arc<str>>>,
    newer: Mutex<Option<Arc<str>>>,
    asked: Mutex<Vec<(String, Vec<String>)>>,
    asked_again: Mutex<usize>,
}

#[async_trait]
impl IdentityProviders for Outside {
    async fn key_set(
        &self,
        issuer: &str,
        thumbprints: &[Box<str>],
    ) -> Result<Arc<str>, Unreachable> {
        let thumbprints = thumbprints.iter().map(|each| each.to_string()).collect();
        let asked = (issuer.to_owned(), thumbprints);
        self.asked.lock().unwrap().push(asked);
        let published = self.published.lock().unwrap().clone();
        published.ok_or_else(|| Unreachable::new("secret-of-the-network"))
    }

    async fn key_set_again(&self, _: &str, _: &[Box<str>], seen: &Arc<str>) -> Arc<str> {
        *self.asked_again.lock().unwrap() += 1;
        let newer = self.newer.lock().unwrap().clone();
        newer.unwrap_or_else(|| Arc::clone(seen))
    }

    async fn thumbprint(&self, _: &str) -> Result<Option<String>, Unreachable> {
        Ok(None)
    }
}

/// An installation with the provider and the role, and the issuer outside.
struct Scene {
    world: World,
    root: Asker,
    outside: Arc<Outside>,
}

impl Scene {
    async fn new() -> Self {
        Self::with(InstallationOptions::default()).await
    }

    async fn with(options: InstallationOptions) -> Self {
        let outside = Arc::new(Outside::default());
        *outside.published.lock().unwrap() = Some(KEYS.key_set_json().into());
        let world = World::with_options(InstallationOptions {
            identity_providers: Arc::clone(&outside) as _,
            ..options
        })
        .await;
        let scene = Self {
            root: world.root(),
            world,
            outside,
        };
        scene.make_provider(ISSUER).await;
        let trust = policy_document(&admit(""));
        let pairs = [
            ("RoleName", "Deploy"),
            ("Path", "/ci/"),
            ("AssumeRolePolicyDocument", trust.as_str()),
        ];
        scene.root.must("CreateRole", &form(&pairs)).await;
        scene
    }

    async fn make_provider(&self, url: &str) {
        let pairs = [
            ("Url", url),
            ("ClientIDList.member.1", CLIENT),
            ("ClientIDList.member.2", "other-client"),
            ("ThumbprintList.member.1", THUMBPRINT),
        ];
        self.root
            .must("CreateOpenIDConnectProvider", &form(&pairs))
            .await;
    }

    /// Has the role trust as these statements say.
    async fn trusting(&self, statements: &str) {
        let trust = policy_document(statements);
        let pairs = [("RoleName", "Deploy"), ("PolicyDocument", trust.as_str())];
        self.root
            .must("UpdateAssumeRolePolicy", &form(&pairs))
            .await;
    }

    /// Gives the role rights.
    async fn allowing(&self, statement: &str) {
        self.root.set_role_policy("Deploy", statement).await;
    }

    fn now(&self) -> i64 {
        self.world.installation.clock().now().unix_seconds()
    }

    /// The claims of a good token, with others beside or instead; `null` takes one away.
    fn claims(&self, more: Value) -> Value {
        let now = self.now();
        let mut claims = json!({
            "iss": ISSUER, "sub": SUBJECT, "aud": CLIENT, "iat": now, "exp": now + 300,
        });
        let members = claims.as_object_mut().unwrap();
        for (name, value) in more.as_object().unwrap() {
            if value.is_null() {
                members.remove(name);
            } else {
                members.insert(name.clone(), value.clone());
            }
        }
        claims
    }

    fn token(&self, more: Value) -> String {
        sign(&KEYS, &self.claims(more))
    }

    async fn assume(&self, token: &str, more: &[(&str, &str)]) -> Answer {
        assume(&self.world.unsigned(), token, more).await
    }

    /// Takes on the role with a token of these claims; what is answered, in one line.
    async fn try_claims(&self, more: Value) -> String {
        self.assume(&self.token(more), &[]).await.fault()
    }

    /// A session of the role.
    async fn session(&self, more: Value, members: &[(&str, &str)]) -> Asker {
        let heard = self.assume(&self.token(more), members).await;
        assert_eq!(heard.fault(), "200");
        self.world.unsigned().session(&heard).await
    }

    /// Whether the role can be taken on under a condition, by a token of these claims.
    async fn check_condition(&self, condition: &str, more: Value, is_admitted: bool) {
        self.trusting(&admit(condition)).await;
        let heard = self.try_claims(more.clone()).await;
        let expected = if is_admitted { "200" } else { MAY_NOT };
        assert_eq!(heard, expected, "{condition} {more}");
    }
}

async fn assume(asker: &Asker, token: &str, more: &[(&str, &str)]) -> Answer {
    let mut pairs = vec![("WebIdentityToken", token)];
    for usual in [("RoleArn", ROLE), ("RoleSessionName", "build-7")] {
        if more.iter().all(|(name, _)| *name != usual.0) {
            pairs.push(usual);
        }
    }
    pairs.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    asker.ask(ASSUME, &form(&pairs)).await
}

fn sign(keys: &SigningKeys, claims: &Value) -> String {
    keys.sign(SigningAlgorithm::Es384, &claims.to_string())
        .unwrap()
}

/// A token whose parts are as given.
fn forge(header: &Value, claims: &Value, signature: &[u8]) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let signature = URL_SAFE_NO_PAD.encode(signature);
    format!("{}.{}.{signature}", encode(header), encode(claims))
}

/// A statement that admits whom the provider vouches for, under a condition if there is one.
fn admit(condition: &str) -> String {
    admit_to(&["AssumeRoleWithWebIdentity"], condition)
}

fn admit_to(actions: &[&str], condition: &str) -> String {
    let actions: Vec<String> = actions
        .iter()
        .map(|action| format!(r#""sts:{action}""#))
        .collect();
    let mut statement = format!(
        r#"{{"Effect":"Allow","Principal":{{"Federated":"{PROVIDER}"}},"Action":[{}]"#,
        actions.join(",")
    );
    if !condition.is_empty() {
        write!(statement, r#","Condition":{{{condition}}}"#).unwrap();
    }
    statement + "}"
}

fn equals(key: &str, value: &str) -> String {
    format!(r#""StringEquals":{{"{key}":"{value}"}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_a_way_to_a_session_of_a_role() {
    let scene = Scene::new().await;
    let now = scene.now();
    let heard = scene.assume(&scene.token(json!({})), &[]).await;
    assert_eq!(heard.fault(), "200");
    assert_eq!(heard.text("SubjectFromWebIdentityToken"), SUBJECT);
    assert_eq!(heard.text("Audience"), CLIENT);
    assert_eq!(heard.text("Provider"), PROVIDER);
    assert_eq!(
        heard.text("Arn"),
        "arn:aws:sts::123456789012:assumed-role/Deploy/build-7"
    );
    let (role_id, name) = heard.text("AssumedRoleId").split_once(':').unwrap();
    assert_eq!((role_id.get(..4), name), (Some("AROA"), "build-7"));
    assert!(heard.text("AccessKeyId").starts_with("ASIA"));
    assert!(heard.text("PackedPolicySize").parse::<i32>().unwrap() > 0);
    assert!(!heard.body.contains("<SourceIdentity>"), "{}", heard.body);
    let size = heard.text("SessionTokenSize").parse::<usize>().unwrap();
    assert_eq!(size, heard.text("SessionToken").len());
    let session = scene.world.unsigned().session(&heard).await;
    let identity = session.must("GetCallerIdentity", "").await;
    assert_eq!(identity.text("Arn"), heard.text("Arn"));
    assert_eq!(identity.text("UserId"), heard.text("AssumedRoleId"));
    assert_eq!(identity.text("Account"), "123456789012");
    // The issuer is asked for as the token spells it, with the thumbprints of the provider.
    let asked = scene.outside.asked.lock().unwrap().clone();
    assert_eq!(asked, [(ISSUER.to_owned(), vec![THUMBPRINT.to_owned()])]);
    assert!(scene.now() - now < 60, "the machine is too slow to test");
}

#[tokio::test(flavor = "multi_thread")]
async fn subjects_may_be_anything_and_audiences_may_come_in_a_list() {
    let scene = Scene::new().await;
    let long = "s".repeat(300);
    for (subject, told) in [
        (json!(""), ""),
        (json!("x"), "x"),
        (json!(123), "123"),
        (json!(long), long.as_str()),
    ] {
        let heard = scene
            .assume(&scene.token(json!({"sub": subject})), &[])
            .await;
        assert_eq!(heard.fault(), "200", "{subject}");
        assert_eq!(heard.text("SubjectFromWebIdentityToken"), told);
        assert!(heard.body.contains("SubjectFromWebIdentityToken"));
    }
    for (more, audience) in [
        (json!({"aud": [CLIENT]}), CLIENT),
        (
            json!({"aud": ["a", "b"], "azp": "other-client"}),
            "other-client",
        ),
        (json!({"aud": "unknown", "azp": CLIENT}), CLIENT),
    ] {
        let heard = scene.assume(&scene.token(more), &[]).await;
        assert_eq!(heard.text("Audience"), audience);
    }
    let two = "400 InvalidIdentityToken: Token audience contains more than one audience while authorized party is not present";
    let none = "400 InvalidIdentityToken: Claim is not allowed to be empty: aud";
    for (more, expected) in [
        (json!({"aud": "unknown"}), NOT_VALIDATED),
        (json!({"aud": ""}), NOT_VALIDATED),
        (json!({"aud": "KEYWARD"}), NOT_VALIDATED),
        (json!({"azp": "unknown"}), NOT_VALIDATED),
        (json!({"azp": ""}), NOT_VALIDATED),
        (json!({"aud": []}), none),
        (json!({"aud": [CLIENT, "other-client"]}), two),
    ] {
        assert_eq!(scene.try_claims(more.clone()).await, expected, "{more}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_provider_by_its_arn_is_trusted() {
    let scene = Scene::new().await;
    let principal = |principal: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRoleWithWebIdentity"}}"#
        )
    };
    let others = "arn:aws:iam::123456789012:oidc-provider/id.example/realms/y";
    let deny = admit("").replace("Allow", "Deny");
    for (statements, is_admitted) in [
        (principal(r#"{"AWS":"*"}"#), false),
        (principal(r#"{"AWS":"123456789012"}"#), false),
        (
            principal(r#"{"AWS":"arn:aws:iam::123456789012:root"}"#),
            false,
        ),
        (principal(&format!(r#"{{"Federated":"{others}"}}"#)), false),
        (admit_to(&["AssumeRole", "AssumeRoleWithSAML"], ""), false),
        (format!("{},{deny}", admit("")), false),
        (
            principal(&format!(r#"{{"Federated":["{others}","{PROVIDER}"]}}"#)),
            true,
        ),
    ] {
        scene.trusting(&statements).await;
        let expected = if is_admitted { "200" } else { MAY_NOT };
        assert_eq!(scene.try_claims(json!({})).await, expected, "{statements}");
    }
    // A role that is not there is like one that may not be assumed.
    scene.trusting(&admit("")).await;
    for arn in [
        "arn:aws:iam::123456789012:role/Deploy",
        "arn:aws:iam::123456789012:role/ci/deploy",
        "arn:aws:iam::123456789012:role/ci/Absent",
    ] {
        let heard = scene
            .assume(&scene.token(json!({})), &[("RoleArn", arn)])
            .await;
        assert_eq!(heard.fault(), MAY_NOT, "{arn}");
    }
    for arn in [
        "arn:aws:iam::123456789012:user/Deploy",
        "arn:aws:sts::123456789012:role/ci/Deploy",
        "arn:aws-cn:iam::123456789012:role/ci/Deploy",
    ] {
        let heard = scene
            .assume(&scene.token(json!({})), &[("RoleArn", arn)])
            .await;
        assert_eq!(
            heard.fault(),
            format!("400 ValidationError: {arn} is invalid")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_made_anew_is_trusted_again() {
    let scene = Scene::new().await;
    let this = [("OpenIDConnectProviderArn", PROVIDER)];
    scene
        .root
        .must("DeleteOpenIDConnectProvider", &form(&this))
        .await;
    let gone = format!(
        "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for {ISSUER}"
    );
    assert_eq!(scene.try_claims(json!({})).await, gone);
    scene.make_provider(ISSUER).await;
    assert_eq!(scene.try_claims(json!({})).await, "200");
    // A client id that was taken away opens nothing any more.
    let remove = [this[0], ("ClientID", CLIENT)];
    scene
        .root
        .must("RemoveClientIDFromOpenIDConnectProvider", &form(&remove))
        .await;
    assert_eq!(scene.try_claims(json!({})).await, NOT_VALIDATED);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trust_policy_asks_what_the_token_says() {
    let scene = Scene::new().await;
    let key = |claim: &str| format!("{URL}:{claim}");
    let here = [
        (key("sub"), SUBJECT),
        (key("aud"), CLIENT),
        ("ID.Example/Realms/X:SUB".to_owned(), SUBJECT),
        (key("repository"), "acme/app"),
        (key("run"), "17"),
        (key("is_fork"), "false"),
        ("sts:RoleSessionName".to_owned(), "build-7"),
        ("sts:RoleAuthorizedByIdp".to_owned(), "false"),
        ("aws:userid".to_owned(), PROVIDER),
        ("aws:PrincipalType".to_owned(), "User"),
        ("aws:PrincipalAccount".to_owned(), "123456789012"),
        ("aws:ResourceAccount".to_owned(), "123456789012"),
    ];
    let claims = json!({
        "repository": "acme/app", "run": 17, "is_fork": false,
        "amr": ["pwd", "otp"], "groups": ["a", "b"],
    });
    for (name, value) in &here {
        scene
            .check_condition(&equals(name, value), claims.clone(), true)
            .await;
        scene
            .check_condition(&equals(name, "something else"), claims.clone(), false)
            .await;
    }
    for absent in [
        "aws:PrincipalArn".to_owned(),
        "aws:username".to_owned(),
        "aws:TokenIssueTime".to_owned(),
        "aws:FederatedProvider".to_owned(),
        "sts:SourceIdentity".to_owned(),
        key("azp"),
        key("iss"),
        key("oaud"),
        key("absent"),
    ] {
        let is_absent = format!(r#""Null":{{"{absent}":"true"}}"#);
        scene
            .check_condition(&is_absent, claims.clone(), true)
            .await;
    }
    for (name, value, is_admitted) in [
        ("amr", "otp", true),
        ("amr", "sms", false),
        ("groups", "b", true),
        ("groups", "c", false),
    ] {
        let any = format!(r#""ForAnyValue:StringEquals":{{"{URL}:{name}":"{value}"}}"#);
        scene
            .check_condition(&any, claims.clone(), is_admitted)
            .await;
    }
    // As Google's are told: who asked is the audience, and what stood there is kept beside it.
    let with_party = json!({"aud": "api", "azp": CLIENT});
    scene
        .check_condition(&equals(&key("aud"), CLIENT), with_party.clone(), true)
        .await;
    scene
        .check_condition(&equals(&key("oaud"), "api"), with_party, true)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_can_not_stand_for_a_key_of_another_kind() {
    let scene = Scene::new().await;
    // The names of claims are the issuer's, so that they must stay below its own prefix.
    let claims = json!({
        "aws:PrincipalArn": "arn:aws:iam::123456789012:user/Bob",
        "sub:x": "x", "SUB": "other", "Aud": "other", "OAUD": "other", "Amr": "other",
    });
    let condition = r#""Null":{"aws:PrincipalArn":"true"}"#;
    scene.check_condition(condition, claims.clone(), true).await;
    // Keys ignore case, and claims that differ by case alone do not: the claim that was checked wins.
    let of_subject = equals(&format!("{URL}:sub"), SUBJECT);
    scene
        .check_condition(&of_subject, claims.clone(), true)
        .await;
    let of_audience = equals(&format!("{URL}:aud"), "other");
    scene
        .check_condition(&of_audience, claims.clone(), false)
        .await;
    for absent in ["oaud", "amr"] {
        let is_absent = format!(r#""Null":{{"{URL}:{absent}":"true"}}"#);
        scene
            .check_condition(&is_absent, claims.clone(), true)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_gives_tags_in_two_forms_and_says_which_go_on() {
    let scene = Scene::new().await;
    let nested = json!({"https://aws.amazon.com/tags": {
        "principal_tags": {"Team": ["red"], "Stage": ["test"]}, "transitive_tag_keys": ["Team"],
    }});
    let flat = json!({
        "https://aws.amazon.com/tags/principal_tags/Team": "red",
        "https://aws.amazon.com/tags/principal_tags/Stage": "test",
        "https://aws.amazon.com/tags/transitive_tag_keys": ["Team"],
    });
    let may_not_tag = "403 AccessDenied: Not authorized to perform sts:TagSession";
    for claims in [&nested, &flat] {
        scene.trusting(&admit("")).await;
        assert_eq!(scene.try_claims(claims.clone()).await, may_not_tag);
        let both = ["AssumeRoleWithWebIdentity", "TagSession"];
        for (condition, is_admitted) in [
            (equals("aws:RequestTag/team", "red"), true),
            (equals("aws:RequestTag/team", "blue"), false),
            (
                r#""ForAllValues:StringEquals":{"aws:TagKeys":["Team","Stage"]}"#.to_owned(),
                true,
            ),
            (
                r#""ForAllValues:StringEquals":{"aws:TagKeys":["Team"]}"#.to_owned(),
                false,
            ),
            (
                r#""ForAllValues:StringEquals":{"sts:TransitiveTagKeys":["Team"]}"#.to_owned(),
                true,
            ),
            (
                r#""ForAnyValue:StringEquals":{"sts:TransitiveTagKeys":["Stage"]}"#.to_owned(),
                false,
            ),
        ] {
            scene.trusting(&admit_to(&both, &condition)).await;
            let heard = scene.try_claims(claims.clone()).await;
            let expected = if is_admitted { "200" } else { MAY_NOT };
            assert_eq!(heard, expected, "{condition}");
        }
        scene.trusting(&admit_to(&both, "")).await;
        let of_red = r#"{"Effect":"Allow","Action":"iam:GetUser","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"red","aws:PrincipalTag/Stage":"test"}}}"#;
        scene.allowing(of_red).await;
        let session = scene.session(claims.clone(), &[]).await;
        let heard = session.ask("GetUser", "UserName=Absent").await;
        assert_eq!(heard.text("Code"), "NoSuchEntity");
    }
    let duplicate = "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys are case insensitive.";
    let without_tag = "400 InvalidParameterValue: The specified transitive tag key must be included in the requested tags.";
    let form = "400 InvalidIdentityToken: principal_tags passed in claim is not in correct format.";
    for (claims, expected) in [
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"Team": "red"}}}),
            form,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"Team": ["a", "b"]}}}),
            form,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"Team": []}}}),
            form,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"k".repeat(129): ["a"]}}}),
            form,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"k": ["v".repeat(257)]}}}),
            form,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"Team": ["a"], "team": ["b"]}}}),
            duplicate,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"Team": ["a"]}, "transitive_tag_keys": ["Stage"]}}),
            without_tag,
        ),
        (
            json!({"https://aws.amazon.com/tags": {"principal_tags": {"aws:x": ["a"]}}}),
            "400 InvalidParameterValue: Tag keys beginning with aws: are reserved for system use.",
        ),
    ] {
        assert_eq!(scene.try_claims(claims.clone()).await, expected, "{claims}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transitive_tags_and_the_source_identity_go_on_to_further_roles() {
    let scene = Scene::new().await;
    let both = [
        "AssumeRoleWithWebIdentity",
        "TagSession",
        "SetSourceIdentity",
    ];
    scene.trusting(&admit_to(&both, "")).await;
    scene
        .allowing(r#"{"Effect":"Allow","Action":"sts:*","Resource":"*"}"#)
        .await;
    let condition = r#"{"StringEquals":{"aws:PrincipalTag/Team":"red","aws:SourceIdentity":"alice","aws:FederatedProvider":"PROVIDER"}}"#
        .replace("PROVIDER", PROVIDER);
    let trust = policy_document(&format!(
        r#"{{"Effect":"Allow","Principal":{{"AWS":"{ROLE}"}},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Condition":{condition}}}"#
    ));
    let pairs = [
        ("RoleName", "Second"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    scene.root.must("CreateRole", &form(&pairs)).await;
    let claims = json!({
        "https://aws.amazon.com/tags": {
            "principal_tags": {"Team": ["red"], "Stage": ["test"]}, "transitive_tag_keys": ["Team"],
        },
        "https://aws.amazon.com/source_identity": "alice",
    });
    let session = scene.session(claims, &[]).await;
    let second = form(&[
        ("RoleArn", "arn:aws:iam::123456789012:role/Second"),
        ("RoleSessionName", "further"),
    ]);
    let heard = session.must("AssumeRole", &second).await;
    assert_eq!(heard.text("SourceIdentity"), "alice");
    let other = session
        .ask("AssumeRole", &format!("{second}&SourceIdentity=bob"))
        .await;
    assert_eq!(other.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_says_who_is_behind_the_session_where_the_role_lets_it() {
    let scene = Scene::new().await;
    let claims = json!({"https://aws.amazon.com/source_identity": "alice"});
    assert_eq!(
        scene.try_claims(claims.clone()).await,
        "403 AccessDenied: Not authorized to perform sts:SetSourceIdentity"
    );
    let both = ["AssumeRoleWithWebIdentity", "SetSourceIdentity"];
    for (name, is_admitted) in [("alice", true), ("bob", false)] {
        let condition = equals("sts:SourceIdentity", name);
        scene.trusting(&admit_to(&both, &condition)).await;
        let heard = scene.assume(&scene.token(claims.clone()), &[]).await;
        let expected = if is_admitted { "200" } else { MAY_NOT };
        assert_eq!(heard.fault(), expected);
        if is_admitted {
            assert_eq!(heard.text("SourceIdentity"), "alice");
        }
    }
    scene.trusting(&admit_to(&both, "")).await;
    scene
        .allowing(&format!(
            r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{{{}}}}}"#,
            equals("aws:SourceIdentity", "alice")
        ))
        .await;
    let session = scene.session(claims, &[]).await;
    let heard = session.ask("GetUser", "UserName=Absent").await;
    assert_eq!(heard.text("Code"), "NoSuchEntity");
    for unfit in ["a", "not fit", &"x".repeat(257)] {
        let claims = json!({"https://aws.amazon.com/source_identity": unfit});
        let heard = scene.try_claims(claims).await;
        assert!(heard.starts_with("400 InvalidIdentityToken: "), "{heard}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_may_be_for_certain_roles_alone() {
    let scene = Scene::new().await;
    let claim = "https://aws.amazon.com/roles";
    let others = "arn:aws:iam::123456789012:role/Other";
    let not_listed = "400 InvalidIdentityToken: The target role ARN is not present in the roles claim of the identity token";
    let none_valid = "400 InvalidIdentityToken: The roles claim contains no valid role ARNs";
    for (roles, expected) in [
        (json!([ROLE]), "200"),
        (json!([others, format!("  {ROLE} "), 7, "x"]), "200"),
        (json!(format!("{others}; {ROLE}")), "200"),
        (json!([others]), not_listed),
        (json!([ROLE.to_lowercase()]), not_listed),
        (json!(others), not_listed),
        (json!([]), none_valid),
        (json!("x"), none_valid),
        (json!([7]), none_valid),
    ] {
        let heard = scene.try_claims(json!({claim: roles})).await;
        assert_eq!(heard, expected, "{roles}");
    }
    let condition = r#""Bool":{"sts:RoleAuthorizedByIdp":"true"}"#;
    scene
        .check_condition(condition, json!({claim: [ROLE]}), true)
        .await;
    scene.check_condition(condition, json!({}), false).await;
    // The key is told for the operation alone.
    let both = ["AssumeRoleWithWebIdentity", "TagSession"];
    let statements = format!(
        "{},{}",
        admit(condition),
        admit_to(
            &["TagSession"],
            r#""Null":{"sts:RoleAuthorizedByIdp":"true"}"#
        )
    );
    let tagged = json!({
        claim: [ROLE], "https://aws.amazon.com/tags/principal_tags/Team": "red",
    });
    scene.trusting(&statements).await;
    assert_eq!(scene.try_claims(tagged.clone()).await, "200");
    scene.trusting(&admit_to(&both, condition)).await;
    assert_eq!(
        scene.try_claims(tagged).await,
        "403 AccessDenied: Not authorized to perform sts:TagSession"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_has_its_time() {
    let scene = Scene::new().await;
    let clock = scene.world.installation.clock();
    let now = scene.now();
    // A minute to either side, so that no test depends on the second in which it runs.
    for (more, expected) in [
        (json!({"exp": now - 240}), "200"),
        (json!({"nbf": now + 240}), "200"),
        (json!({"iat": now + 240}), "200"),
        (
            json!({"exp": (now + 60).to_string(), "iat": now.to_string()}),
            "200",
        ),
        (
            json!({"exp": now - 360}),
            "400 ExpiredTokenException: Token expired: current date/time ",
        ),
        (
            json!({"nbf": now + 360}),
            "400 InvalidIdentityToken: Token not yet valid: current date/time ",
        ),
        (
            json!({"iat": now + 360}),
            "400 InvalidIdentityToken: Token issued in the future: ",
        ),
        (
            json!({"exp": 1.5}),
            "400 InvalidIdentityToken: Invalid timestamp in token claims.",
        ),
        (
            json!({"iat": "soon"}),
            "400 InvalidIdentityToken: Invalid timestamp in token claims.",
        ),
        (
            json!({"exp": null}),
            "400 InvalidIdentityToken: Missing a required claim: exp",
        ),
        (
            json!({"iat": null}),
            "400 InvalidIdentityToken: Missing a required claim: iat",
        ),
        (
            json!({"sub": null}),
            "400 InvalidIdentityToken: Missing a required claim: sub",
        ),
        (
            json!({"aud": null}),
            "400 InvalidIdentityToken: Missing a required claim: aud",
        ),
        (
            json!({"iss": null}),
            "400 InvalidIdentityToken: Missing a required claim: iss",
        ),
    ] {
        let heard = scene.try_claims(more.clone()).await;
        assert!(heard.starts_with(expected), "{more}: {heard}");
    }
    let heard = scene.try_claims(json!({"exp": now - 400})).await;
    let end = format!(" must be before the expiration date/time {}", now - 400);
    assert!(heard.ends_with(&end), "{heard}");
    let token = scene.token(json!({}));
    assert_eq!(scene.assume(&token, &[]).await.fault(), "200");
    clock.advance(Age::seconds(660));
    let heard = scene.assume(&token, &[]).await;
    assert_eq!(
        (heard.status, heard.text("Code")),
        (400, "ExpiredTokenException")
    );
    let null = scene.claims(json!({})).to_string();
    let null = null.replace(&format!("\"{SUBJECT}\""), "null");
    let token = KEYS.sign(SigningAlgorithm::Es384, &null).unwrap();
    let heard = scene.assume(&token, &[]).await;
    assert_eq!((heard.status, heard.text("Code")), (500, "InternalFailure"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_the_issuer_did_not_sign_is_none() {
    let scene = Scene::new().await;
    let claims = scene.claims(json!({}));
    let good = sign(&KEYS, &claims);
    let (message, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = message.split_once('.').unwrap();
    let other_claims = URL_SAFE_NO_PAD.encode(scene.claims(json!({"sub": "root"})).to_string());
    let of_other = sign(&OTHER_KEYS, &claims);
    let with_header = |header: Value| forge(&header, &claims, b"x".repeat(96).as_slice());
    // With the public key, which anybody has, as the secret of a symmetric signature.
    let symmetric = json!({"alg": "HS256", "kid": "RSA_0", "typ": "JWT"});
    let own_key = json!({"alg": "ES384", "kid": "EC384_0", "jwk": serde_json::from_str::<Value>(&OTHER_KEYS.key_set_json()).unwrap()["keys"][1]});
    let own_place = json!({"alg": "ES384", "kid": "EC384_0", "jku": "https://evil.example/jwks"});
    let none = json!({"alg": "none", "kid": "EC384_0"});
    for (name, token, expected) in [
        ("of another", of_other, NOT_VALIDATED),
        (
            "tampered claims",
            format!("{header}.{other_claims}.{signature}"),
            NOT_VALIDATED,
        ),
        ("without a signature", format!("{message}."), NOT_VALIDATED),
        ("two parts", message.to_owned(), NOT_A_TOKEN),
        ("four parts", format!("{good}.x"), NOT_A_TOKEN),
        ("alg none", forge(&none, &claims, b""), NOT_VALIDATED),
        (
            "alg None",
            with_header(json!({"alg": "None"})),
            NOT_VALIDATED,
        ),
        ("symmetric", with_header(symmetric), NOT_VALIDATED),
        (
            "another family",
            with_header(json!({"alg": "RS384", "kid": "EC384_0"})),
            NOT_VALIDATED,
        ),
        ("brings a key", with_header(own_key), NOT_VALIDATED),
        ("points at a key", with_header(own_place), NOT_VALIDATED),
        (
            "no algorithm",
            with_header(json!({"kid": "EC384_0"})),
            NOT_A_TOKEN,
        ),
        (
            "an extension",
            with_header(json!({"alg": "ES384", "kid": "EC384_0", "crit": ["x"]})),
            NOT_A_TOKEN,
        ),
        ("no key id", with_header(json!({"alg": "ES384"})), NO_KEY),
        (
            "an empty key id",
            with_header(json!({"alg": "ES384", "kid": ""})),
            NO_KEY,
        ),
        ("no token", "abcd".to_owned(), NOT_A_TOKEN),
    ] {
        let heard = scene.assume(&token, &[]).await.fault();
        assert_eq!(heard, expected, "{name}");
    }
    assert_eq!(scene.assume(&good, &[]).await.fault(), "200");
    let rsa = KEYS
        .sign(SigningAlgorithm::Rs256, &claims.to_string())
        .unwrap();
    assert_eq!(scene.assume(&rsa, &[]).await.fault(), "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_key_is_asked_for_once_more() {
    let scene = Scene::new().await;
    let older: Arc<str> = KEYS.key_set_json().replace("EC384_0", "older").into();
    *scene.outside.published.lock().unwrap() = Some(older);
    assert_eq!(scene.try_claims(json!({})).await, NO_KEY);
    assert_eq!(*scene.outside.asked_again.lock().unwrap(), 1);
    *scene.outside.newer.lock().unwrap() = Some(KEYS.key_set_json().into());
    assert_eq!(scene.try_claims(json!({})).await, "200");
    // A wrong signature is no reason to ask again.
    let forged = sign(&OTHER_KEYS, &scene.claims(json!({})));
    *scene.outside.published.lock().unwrap() = Some(KEYS.key_set_json().into());
    let before = *scene.outside.asked_again.lock().unwrap();
    assert_eq!(scene.assume(&forged, &[]).await.fault(), NOT_VALIDATED);
    assert_eq!(*scene.outside.asked_again.lock().unwrap(), before);
    for broken in ["", "[]", "{\"keys\":7}", "<html>"] {
        *scene.outside.published.lock().unwrap() = Some(broken.into());
        *scene.outside.newer.lock().unwrap() = None;
        assert_eq!(scene.try_claims(json!({})).await, NO_KEY, "{broken}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_issuer_that_is_not_reached_vouches_for_nobody() {
    let scene = Scene::new().await;
    *scene.outside.published.lock().unwrap() = None;
    let heard = scene.assume(&scene.token(json!({})), &[]).await;
    assert_eq!(heard.fault(), NO_KEY);
    assert!(!heard.body.contains("secret-of-the-network"));
    assert_eq!(*scene.outside.asked_again.lock().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_issuers_with_a_provider_are_asked() {
    let scene = Scene::new().await;
    for issuer in [
        "https://id.example",
        "https://id.example/realms/x/",
        "https://ID.example/realms/x",
        "http://id.example/realms/x",
        "id.example/realms/x",
        "https://evil.example",
    ] {
        let heard = scene.try_claims(json!({"iss": issuer})).await;
        let none = format!(
            "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for {issuer}"
        );
        assert_eq!(heard, none);
    }
    // Nor where the token can't be one, or the provider is another account's.
    let hs = forge(&json!({"alg": "HS256"}), &scene.claims(json!({})), b"x");
    assert_eq!(scene.assume(&hs, &[]).await.fault(), NOT_VALIDATED);
    assert_eq!(scene.outside.asked.lock().unwrap().len(), 0);
    let other = AccountId::parse("210987654321").unwrap();
    scene.world.create_account(other, "other").await;
    let root = scene.world.root_of(other);
    let trust = policy_document(&admit(""));
    let pairs = [
        ("RoleName", "Deploy"),
        ("AssumeRolePolicyDocument", trust.as_str()),
    ];
    let made = root.must("CreateRole", &form(&pairs)).await;
    let unsigned = scene.world.unsigned_of(other);
    let role = [("RoleArn", made.text("Arn"))];
    let heard = assume(&unsigned, &scene.token(json!({})), &role).await;
    assert_eq!(
        heard.fault(),
        format!(
            "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for {ISSUER}"
        )
    );
    assert_eq!(scene.outside.asked.lock().unwrap().len(), 0);
}

/// What is answered for a role of an account that is not there.
fn of_no_account(action: &str, pairs: &[(&str, &str)]) -> String {
    let operation = OperationId::find(Service::Sts, action).unwrap();
    let form = form(pairs);
    let fault = no_such_role(
        operation,
        &Parameters::parse(None, form.as_bytes()).unwrap(),
    );
    let message = fault.message().unwrap_or_default();
    format!(
        "{} {}: {message}",
        fault.code().status(),
        fault.code().code()
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_not_there_is_like_one_without_providers() {
    let scene = Scene::new().await;
    let token = scene.token(json!({}));
    let none = format!(
        "400 InvalidIdentityToken: No OpenIDConnect provider found in your account for {ISSUER}"
    );
    let absent = "arn:aws:iam::999999999999:role/Deploy";
    for (role, token, provider, expected) in [
        (absent, token.as_str(), "", none.as_str()),
        (absent, "abcd", "", NOT_A_TOKEN),
        (
            absent,
            token.as_str(),
            "www.amazon.com",
            "400 InvalidIdentityToken: Provided Token is not a Login With Amazon token",
        ),
        (
            "no-arn-of-any-role-at-all",
            token.as_str(),
            "",
            "400 ValidationError: no-arn-of-any-role-at-all is invalid",
        ),
    ] {
        let mut pairs = vec![
            ("RoleArn", role),
            ("RoleSessionName", "build-7"),
            ("WebIdentityToken", token),
        ];
        pairs.extend((!provider.is_empty()).then_some(("ProviderId", provider)));
        assert_eq!(of_no_account(ASSUME, &pairs), expected);
    }
    let told = of_no_account(
        "AssumeRoleWithSAML",
        &[
            ("RoleArn", absent),
            (
                "PrincipalArn",
                "arn:aws:iam::999999999999:saml-provider/Corp",
            ),
            ("SAMLAssertion", "AAAA"),
        ],
    );
    let beginning = "400 InvalidIdentityToken: Specified provider doesn't exist (Service: AWSOpenIdDiscoveryService;";
    assert!(told.starts_with(beginning), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_account_vouches_for_its_own_by_tokens() {
    for (base, of_account) in [
        (None, "https://0b1f.tokens.sts.global.api.aws"),
        (
            Some("https://iam.example/tokens"),
            "https://iam.example/tokens/0b1f",
        ),
    ] {
        let scene = Scene::with(InstallationOptions {
            token_issuer_base: base.map(str::to_owned),
            ..InstallationOptions::default()
        })
        .await;
        scene.make_provider(of_account).await;
        let heard = scene.try_claims(json!({"iss": of_account})).await;
        assert_eq!(heard, NOT_VALIDATED);
        assert_eq!(scene.outside.asked.lock().unwrap().len(), 0);
        assert_eq!(scene.try_claims(json!({})).await, "200");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_named_only_for_tokens_of_another_kind() {
    let scene = Scene::new().await;
    let unrecognized = "403 AccessDenied: Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens";
    for (id, expected) in [
        (
            "www.amazon.com",
            "400 InvalidIdentityToken: Provided Token is not a Login With Amazon token",
        ),
        (
            "graph.facebook.com",
            "403 IDPRejectedClaim: graph.facebook.com rejected OAuth token with response \"Bad signature\" and code 190",
        ),
        ("accounts.google.com", unrecognized),
        ("https://www.amazon.com", unrecognized),
        (URL, unrecognized),
    ] {
        let heard = scene
            .assume(&scene.token(json!({})), &[("ProviderId", id)])
            .await;
        assert_eq!(heard.fault(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_have_bounds() {
    let scene = Scene::new().await;
    let detected = "400 ValidationError: 1 validation error detected: ";
    let token = scene.token(json!({}));
    let long = "x".repeat(20_001);
    let heard = scene.assume(&long, &[]).await.fault();
    assert!(
        heard.starts_with(detected) && !heard.contains("xxx"),
        "{heard}"
    );
    let full = scene.token(json!({"filler": "x".repeat(14_000)}));
    assert!((18_000..20_000).contains(&full.len()));
    assert_eq!(scene.assume(&full, &[]).await.fault(), "200");
    for (name, value) in [
        ("DurationSeconds", "899"),
        ("DurationSeconds", "43201"),
        ("RoleSessionName", "x"),
        ("RoleSessionName", "not fit"),
        ("ProviderId", "abc"),
        ("MinimumSessionTokenSize", "4097"),
    ] {
        let heard = scene.assume(&token, &[(name, value)]).await.fault();
        assert!(heard.starts_with(detected), "{name}: {heard}");
    }
    let deep = "[".repeat(5_000);
    let deep = forge(&json!({"alg": "ES384"}), &json!(null), b"x").replace(
        &URL_SAFE_NO_PAD.encode("null"),
        &URL_SAFE_NO_PAD.encode(deep),
    );
    assert_eq!(scene.assume(&deep, &[]).await.fault(), NOT_A_TOKEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_as_the_role_lets_it_and_longer_than_the_token() {
    let scene = Scene::new().await;
    let lasts = async |asked: &str| {
        let before = scene.now();
        let heard = scene
            .assume(
                &scene.token(json!({"exp": scene.now() + 60})),
                &[("DurationSeconds", asked)],
            )
            .await;
        if heard.status != 200 {
            return Err(heard.fault());
        }
        let expires = keyward_names::Timestamp::parse(heard.text("Expiration")).unwrap();
        let lasts = expires.unix_seconds() - before;
        Ok(lasts - lasts % 60)
    };
    let too_long = Err(
        "400 ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            .to_owned(),
    );
    assert_eq!(lasts("").await, Ok(3_600));
    assert_eq!(lasts("900").await, Ok(900));
    assert_eq!(lasts("7200").await, too_long);
    let longer = [("RoleName", "Deploy"), ("MaxSessionDuration", "7200")];
    scene.root.must("UpdateRole", &form(&longer)).await;
    assert_eq!(lasts("").await, Ok(3_600));
    assert_eq!(lasts("7200").await, Ok(7_200));
    assert_eq!(lasts("7201").await, too_long);
    let session = scene
        .session(json!({}), &[("DurationSeconds", "900")])
        .await;
    session.must("GetCallerIdentity", "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_may_do_what_is_left_of_the_role() {
    let scene = Scene::new().await;
    scene.root.must("CreateUser", "UserName=Bob").await;
    scene
        .allowing(r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#)
        .await;
    let get = policy_document(r#"{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}"#);
    let read_only = "arn:aws:iam::aws:policy/IAMReadOnlyAccess";
    for (members, may_get, may_delete) in [
        (vec![], true, true),
        (vec![("Policy", get.as_str())], true, false),
        (vec![("PolicyArns.member.1.arn", read_only)], true, false),
    ] {
        let session = scene.session(json!({}), &members).await;
        let got = session.ask("GetUser", "UserName=Bob").await;
        assert_eq!(got.status == 200, may_get, "{members:?}");
        let deleted = session.ask("DeleteUser", "UserName=Absent").await;
        assert_eq!(deleted.status == 404, may_delete, "{members:?}");
    }
    let malformed = scene
        .assume(&scene.token(json!({})), &[("Policy", "{}")])
        .await;
    assert_eq!(malformed.text("Code"), "MalformedPolicyDocument");
    let absent = scene
        .assume(
            &scene.token(json!({})),
            &[(
                "PolicyArns.member.1.arn",
                "arn:aws:iam::123456789012:policy/Absent",
            )],
        )
        .await;
    assert_eq!(absent.status, 400);
    // Gone with its role.
    let session = scene.session(json!({}), &[]).await;
    let this = ("RoleName", "Deploy");
    scene
        .root
        .must("DeleteRolePolicy", &form(&[this, ("PolicyName", "p")]))
        .await;
    scene.root.must("DeleteRole", &form(&[this])).await;
    let heard = session.ask("GetUser", "UserName=Bob").await;
    assert_eq!(heard.text("Code"), "InvalidClientTokenId");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_keeps_who_it_is_and_not_all_that_was_said() {
    let scene = Scene::new().await;
    let claims = json!({
        "repository": "acme/app", "amr": ["pwd", "otp"], "https://aws.amazon.com/roles": [ROLE],
    });
    let session = scene.session(claims, &[]).await;
    let check = async |condition: &str, is_so: bool| {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{{{condition}}}}}"#
        );
        scene.allowing(&statement).await;
        let heard = session.ask("GetUser", "UserName=Absent").await;
        assert_eq!(heard.status == 404, is_so, "{condition}: {}", heard.fault());
    };
    for (key, value) in [
        ("aws:FederatedProvider", PROVIDER),
        ("id.example/realms/x:sub", SUBJECT),
        ("id.example/realms/x:aud", CLIENT),
        ("aws:PrincipalArn", ROLE),
        ("aws:PrincipalType", "AssumedRole"),
        ("aws:PrincipalAccount", "123456789012"),
    ] {
        check(&equals(key, value), true).await;
        check(&equals(key, "something else"), false).await;
    }
    let otp = r#""ForAnyValue:StringEquals":{"id.example/realms/x:amr":"otp"}"#;
    check(otp, true).await;
    for gone in [
        "id.example/realms/x:repository",
        "sts:RoleAuthorizedByIdp",
        "sts:RoleSessionName",
        "aws:SourceIdentity",
    ] {
        check(&format!(r#""Null":{{"{gone}":"true"}}"#), true).await;
    }
}

/// What the files hold, oldest first, after all was written.
fn recorded(world: &World, folder: &std::path::Path) -> Vec<Value> {
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

#[tokio::test(flavor = "multi_thread")]
async fn records_tell_who_was_vouched_for_and_never_by_what() {
    let folder = tempfile::tempdir().unwrap();
    let sink = Sink::start(SinkOptions::new(Destination::Files(
        folder.path().to_owned(),
    )))
    .unwrap();
    let scene = Scene::with(InstallationOptions {
        audit: Arc::new(Audit::new(Some(sink), None)),
        ..InstallationOptions::default()
    })
    .await;
    let good = scene.token(json!({}));
    let given = scene.assume(&good, &[("DurationSeconds", "900")]).await;
    let session = scene.world.unsigned().session(&given).await;
    session.must("GetCallerIdentity", "").await;
    let absent = "arn:aws:iam::123456789012:role/Absent";
    let refused = scene.assume(&good, &[("RoleArn", absent)]).await;
    assert_eq!(refused.fault(), MAY_NOT);
    let too_long = scene.assume(&good, &[("DurationSeconds", "7200")]).await;
    assert_eq!(too_long.status, 400);
    // Nobody is known to have asked for these.
    let forged = sign(&OTHER_KEYS, &scene.claims(json!({"sub": "forged-subject"})));
    let expired = scene.token(json!({"exp": 1, "sub": "forged-subject"}));
    for token in [forged.as_str(), expired.as_str(), "abcd"] {
        assert_eq!(scene.assume(token, &[]).await.status, 400);
    }
    let all = recorded(&scene.world, folder.path());
    let text = Value::from(all.clone()).to_string();
    for secret in [
        good.as_str(),
        good.rsplit_once('.').unwrap().1,
        forged.as_str(),
        "forged-subject",
        given.text("SecretAccessKey"),
    ] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let of_role: Vec<&Value> = all
        .iter()
        .filter(|record| record["eventName"] == ASSUME)
        .collect();
    let [done, refused, too_long] = of_role.as_slice() else {
        panic!("{of_role:#?}");
    };
    let user = json!({
        "type": "WebIdentityUser",
        "principalId": format!("{PROVIDER}:{CLIENT}:{SUBJECT}"),
        "userName": SUBJECT,
        "identityProvider": PROVIDER,
    });
    for record in &of_role {
        assert_eq!(record["userIdentity"], user);
        assert_eq!(record["eventSource"], "sts.amazonaws.com");
        assert_eq!(record["readOnly"], true);
        assert_eq!(record["recipientAccountId"], "123456789012");
    }
    assert_eq!(
        done["requestParameters"],
        json!({"roleArn": ROLE, "roleSessionName": "build-7", "durationSeconds": 900})
    );
    let mut answer = done["responseElements"].clone();
    let shown = answer["credentials"].as_object_mut().unwrap();
    assert_eq!(
        shown.keys().collect::<Vec<_>>(),
        ["accessKeyId", "expiration"]
    );
    assert_eq!(shown["accessKeyId"], given.text("AccessKeyId"));
    assert_eq!(answer["subjectFromWebIdentityToken"], SUBJECT);
    assert_eq!(answer["provider"], PROVIDER);
    assert_eq!(answer["audience"], CLIENT);
    assert_eq!(answer["assumedRoleUser"]["arn"], given.text("Arn"));
    // As AWS documents it.
    assert_eq!(refused["errorCode"], "AccessDenied");
    assert_eq!(refused["errorMessage"], "An unknown error occurred");
    assert_eq!(
        refused["requestParameters"],
        json!({"roleArn": absent, "roleSessionName": "build-7"})
    );
    assert_eq!(too_long["errorCode"], "ValidationException");
    let of_session = all
        .iter()
        .find(|record| record["eventName"] == "GetCallerIdentity")
        .unwrap();
    let context = &of_session["userIdentity"]["sessionContext"];
    assert_eq!(of_session["userIdentity"]["type"], "AssumedRole");
    assert_eq!(
        context["webIdFederationData"],
        json!({
            "federatedProvider": PROVIDER,
            "attributes": {format!("{URL}:aud"): CLIENT, format!("{URL}:sub"): SUBJECT},
        })
    );
    assert_eq!(context["sessionIssuer"]["arn"], ROLE);
}
