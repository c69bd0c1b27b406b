//! OpenID Connect providers.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use keyward_engine::{AccountQuotas, IdentityProviders, InstallationOptions, Quotas, Unreachable};
use keyward_testkit::{Answer, Asker, World, form};

use crate::support::{BOB, not_allowed};

const NONE: Vec<String> = Vec::new();
const ARN: &str = "arn:aws:iam::123456789012:oidc-provider/id.example/realms/x";
const URL: &str = "https://id.example/realms/x";
const THUMBPRINT: &str = "990F4193972F2BECF12DDEDA5237F9C952F20D9E";

/// What a test says of the providers outside: who shows which thumbprint, and who was asked.
#[derive(Debug, Default)]
struct Outside {
    shown: Option<String>,
    is_reachable: bool,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl IdentityProviders for Outside {
    async fn key_set(&self, _: &str, _: &[Box<str>]) -> Result<Arc<str>, Unreachable> {
        Err(Unreachable::new("a test asks for no keys"))
    }

    async fn key_set_again(&self, _: &str, _: &[Box<str>], seen: &Arc<str>) -> Arc<str> {
        Arc::clone(seen)
    }

    async fn thumbprint(&self, issuer: &str) -> Result<Option<String>, Unreachable> {
        self.asked.lock().unwrap().push(issuer.to_owned());
        if self.is_reachable {
            Ok(self.shown.clone())
        } else {
            Err(Unreachable::new("secret-of-the-network"))
        }
    }
}

async fn create(asker: &Asker, url: &str) -> Answer {
    let pairs = [("Url", url), ("ThumbprintList.member.1", THUMBPRINT)];
    asker
        .ask("CreateOpenIDConnectProvider", &form(&pairs))
        .await
}

async fn shown(asker: &Asker) -> Answer {
    asker
        .must(
            "GetOpenIDConnectProvider",
            &form(&[("OpenIDConnectProviderArn", ARN)]),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_made_shown_listed_and_deleted() {
    let world = World::new().await;
    let root = world.root();
    let made = root
        .must(
            "CreateOpenIDConnectProvider",
            &form(&[
                ("Url", URL),
                ("ClientIDList.member.1", "b"),
                ("ClientIDList.member.2", "a"),
                ("ClientIDList.member.3", "b"),
                ("ThumbprintList.member.1", THUMBPRINT),
                ("ThumbprintList.member.2", THUMBPRINT),
                ("Tags.member.1.Key", "b"),
                ("Tags.member.1.Value", "1"),
                ("Tags.member.2.Key", "B"),
                ("Tags.member.2.Value", "2"),
            ]),
        )
        .await;
    assert_eq!(made.text("OpenIDConnectProviderArn"), ARN);
    assert_eq!(made.texts("Key"), ["b", "B"]);
    let got = shown(&root).await;
    assert_eq!(got.text("Url"), "id.example/realms/x");
    assert!(
        got.body
            .contains("<ClientIDList><member>b</member><member>a</member></ClientIDList>"),
        "{}",
        got.body
    );
    let lower = THUMBPRINT.to_lowercase();
    let thumbprints = format!(
        "<ThumbprintList><member>{lower}</member><member>{lower}</member></ThumbprintList>"
    );
    assert!(got.body.contains(&thumbprints), "{}", got.body);
    assert_eq!(got.texts("Key"), ["B", "b"]);
    let created = got.text("CreateDate");
    assert_eq!(
        (created.len(), created.chars().nth(19)),
        (24, Some('.')),
        "{created}"
    );
    let bare = create(&root, "https://Bare.example/").await;
    let bare_arn = "arn:aws:iam::123456789012:oidc-provider/Bare.example/";
    assert_eq!(bare.text("OpenIDConnectProviderArn"), bare_arn);
    assert!(!bare.body.contains("<Tags"), "{}", bare.body);
    let got = root
        .must(
            "GetOpenIDConnectProvider",
            &form(&[("OpenIDConnectProviderArn", bare_arn)]),
        )
        .await;
    for empty in ["<ClientIDList/>", "<Tags/>"] {
        assert!(got.body.contains(empty), "{}", got.body);
    }
    let listed = root.must("ListOpenIDConnectProviders", "").await;
    assert_eq!(listed.texts("Arn"), [bare_arn, ARN]);
    let summary = root.must("GetAccountSummary", "").await;
    assert!(
        summary
            .body
            .contains("<key>Providers</key><value>2</value>")
    );
    let elsewhere = world.other_node().await;
    assert!(*elsewhere.account().await == *world.account().await);
    let this = [("OpenIDConnectProviderArn", ARN)];
    let gone = format!("404 NoSuchEntity: OpenId connect Provider {ARN} cannot be found.");
    root.check(&[
        ("DeleteOpenIDConnectProvider", &form(&this), "200"),
        ("DeleteOpenIDConnectProvider", &form(&this), &gone),
    ])
    .await;
    assert_eq!(create(&root, URL).await.fault(), "200");
    assert!(shown(&root).await.body.contains("<Tags/>"));
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_is_kept_as_it_is_and_there_is_one_provider_at_each() {
    let world = World::new().await;
    let root = world.root();
    for (url, expected) in [
        ("https://a.example", "200"),
        ("https://A.example", "200"),
        ("https://a.example/", "200"),
        ("https://a.example:8443", "200"),
        (
            "https://a.example:443",
            "409 EntityAlreadyExists: Provider with url https://a.example:443 already exists.",
        ),
        (
            "https://a.example",
            "409 EntityAlreadyExists: Provider with url https://a.example already exists.",
        ),
        (
            "http://b.example",
            "400 ValidationError: Invalid Open ID Connect Provider URL",
        ),
        (
            "b.example",
            "400 ValidationError: Invalid Open ID Connect Provider URL",
        ),
    ] {
        assert_eq!(create(&root, url).await.fault(), expected, "{url}");
    }
    for url in ["https://b.example?x=1", "https://b.example/#x"] {
        let heard = create(&root, url).await;
        assert_eq!((heard.status, heard.text("Code")), (400, "InvalidInput"));
        assert!(!heard.body.contains("<Message"), "{}", heard.body);
    }
    let listed = root.must("ListOpenIDConnectProviders", "").await;
    assert_eq!(listed.texts("Arn").len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn client_ids_are_added_once_and_taken_away() {
    let world = World::with_quotas(Quotas {
        client_ids_per_oidc_provider: 2,
        ..Quotas::default()
    })
    .await;
    let root = world.root();
    assert_eq!(create(&root, URL).await.fault(), "200");
    let full = "409 LimitExceeded: Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 2";
    let change = |client| [("OpenIDConnectProviderArn", ARN), ("ClientID", client)];
    let (add, remove) = (
        "AddClientIDToOpenIDConnectProvider",
        "RemoveClientIDFromOpenIDConnectProvider",
    );
    root.check(&[
        (add, &form(&change("b")), "200"),
        (add, &form(&change("a")), "200"),
        (add, &form(&change("a")), "200"),
        (add, &form(&change("c")), full),
        (remove, &form(&change("x")), "200"),
        (remove, &form(&change("b")), "200"),
        (add, &form(&change("B")), "200"),
    ])
    .await;
    let got = shown(&root).await;
    assert!(
        got.body.contains("<member>a</member><member>B</member>"),
        "{}",
        got.body
    );
    let three = [
        ("Url", "https://b.example"),
        ("ClientIDList.member.1", "a"),
        ("ClientIDList.member.2", "b"),
        ("ClientIDList.member.3", "c"),
        ("ThumbprintList.member.1", THUMBPRINT),
    ];
    assert_eq!(
        root.refused("CreateOpenIDConnectProvider", &form(&three))
            .await,
        full
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn thumbprints_are_one_to_five() {
    let world = World::new().await;
    let root = world.root();
    assert_eq!(create(&root, URL).await.fault(), "200");
    let names: Vec<String> = (1..=6)
        .map(|number| format!("ThumbprintList.member.{number}"))
        .collect();
    let other = "Z".repeat(40);
    let list = |count: usize| -> Vec<(&str, &str)> {
        let list = names.iter().take(count);
        list.map(|name| (name.as_str(), other.as_str())).collect()
    };
    let with =
        |first, count| -> Vec<(&str, &str)> { std::iter::once(first).chain(list(count)).collect() };
    let this = ("OpenIDConnectProviderArn", ARN);
    let many = "400 InvalidInput: Thumbprint list must contain fewer than 5 entries.";
    let update = "UpdateOpenIDConnectProviderThumbprint";
    root.check(&[
        (update, &form(&with(this, 6)), many),
        (update, &form(&with(this, 5)), "200"),
        (
            update,
            &form(&[this, ("ThumbprintList", "")]),
            "400 InvalidInput: Thumbprint list must contain at least one entry.",
        ),
        (
            "CreateOpenIDConnectProvider",
            &form(&with(("Url", "https://b.example"), 6)),
            many,
        ),
    ])
    .await;
    let kept = format!("<member>{}</member>", other.to_lowercase());
    assert_eq!(shown(&root).await.body.matches(&kept).count(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_without_thumbprints_is_asked_for_one() {
    let pairs = [("Url", "https://id.example:443/realms/x")];
    for (shown_outside, expected) in [
        (
            Some("AB".repeat(20)),
            format!(
                "<ThumbprintList><member>{}</member></ThumbprintList>",
                "ab".repeat(20)
            ),
        ),
        (None, "<ThumbprintList/>".to_owned()),
    ] {
        let outside = Arc::new(Outside {
            shown: shown_outside,
            is_reachable: true,
            ..Outside::default()
        });
        let world = World::with_options(InstallationOptions {
            identity_providers: Arc::clone(&outside) as _,
            ..InstallationOptions::default()
        })
        .await;
        let root = world.root();
        root.must("CreateOpenIDConnectProvider", &form(&pairs))
            .await;
        assert_eq!(*outside.asked.lock().unwrap(), [URL]);
        let got = shown(&root).await;
        assert!(got.body.contains(&expected), "{}", got.body);
        // Nobody is called for what is refused anyway, or where the request says enough.
        let again = root.ask("CreateOpenIDConnectProvider", &form(&pairs)).await;
        assert_eq!(again.status, 409);
        assert_eq!(create(&root, "https://b.example").await.fault(), "200");
        assert_eq!(outside.asked.lock().unwrap().len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_reached_is_not_made() {
    let closed = InstallationOptions::default();
    let unreachable = InstallationOptions {
        identity_providers: Arc::new(Outside::default()),
        ..InstallationOptions::default()
    };
    for options in [closed, unreachable] {
        let world = World::with_options(options).await;
        let root = world.root();
        let heard = root
            .ask("CreateOpenIDConnectProvider", &form(&[("Url", URL)]))
            .await;
        assert_eq!(heard.status, 400);
        assert_eq!(heard.text("Code"), "OpenIdIdpCommunicationError");
        assert!(!heard.body.contains("secret-of-the-network"));
        assert_eq!(world.account().await.oidc_providers().len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_room_for_some_providers() {
    let world = World::with_options(InstallationOptions {
        quotas: AccountQuotas::all(Quotas {
            oidc_providers_per_account: 1,
            ..Quotas::default()
        }),
        ..InstallationOptions::default()
    })
    .await;
    let root = world.root();
    assert_eq!(create(&root, URL).await.fault(), "200");
    let full = create(&root, "https://b.example").await;
    assert_eq!((full.status, full.text("Code")), (409, "LimitExceeded"));
}

/// The operations on one provider, each with what else it needs.
const ON_ONE: [(&str, &[(&str, &str)]); 9] = [
    ("GetOpenIDConnectProvider", &[]),
    ("ListOpenIDConnectProviderTags", &[]),
    ("AddClientIDToOpenIDConnectProvider", &[("ClientID", "c")]),
    (
        "RemoveClientIDFromOpenIDConnectProvider",
        &[("ClientID", "c")],
    ),
    (
        "UpdateOpenIDConnectProviderThumbprint",
        &[("ThumbprintList.member.1", THUMBPRINT)],
    ),
    (
        "TagOpenIDConnectProvider",
        &[("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
    ),
    ("UntagOpenIDConnectProvider", &[("TagKeys.member.1", "k")]),
    ("TagOpenIDConnectProvider", &[("Tags", "")]),
    ("DeleteOpenIDConnectProvider", &[]),
];

fn about<'a>(arn: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let this = ("OpenIDConnectProviderArn", arn);
    std::iter::once(this).chain(more.iter().copied()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_by_its_arn() {
    let world = World::new().await;
    let root = world.root();
    let others = "arn:aws:iam::210987654321:oidc-provider/id.example/realms/x";
    for arn in [ARN, others] {
        for (action, more) in ON_ONE {
            let expected = if action.starts_with("Delete") {
                format!("404 NoSuchEntity: OpenId connect Provider {arn} cannot be found.")
            } else {
                format!("404 NoSuchEntity: OpenIDConnect Provider not found for arn {arn}")
            };
            let heard = root.refused(action, &form(&about(arn, more))).await;
            assert_eq!(heard, expected, "{action}");
        }
    }
    for arn in [
        "arn:aws:iam::123456789012:saml-provider/id.example",
        "arn:aws:iam::123456789012:oidc-provider/",
        "id.example/realms/x-and-more",
    ] {
        for (action, more) in ON_ONE {
            let heard = root.ask(action, &form(&about(arn, more))).await;
            assert_eq!((heard.status, heard.text("Code")), (400, "InvalidInput"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn tag_keys_differ_by_case_and_come_in_order() {
    let world = World::new().await;
    let root = world.root();
    assert_eq!(create(&root, URL).await.fault(), "200");
    let tag = |tags: &[(&str, &str)]| {
        let mut form = form(&[("OpenIDConnectProviderArn", ARN)]);
        for (place, (key, value)) in (1..).zip(tags) {
            let one = format!("&Tags.member.{place}.Key={key}&Tags.member.{place}.Value={value}");
            form.push_str(&one);
        }
        form
    };
    let fifty: Vec<String> = (0..48).map(|number| format!("k{number}")).collect();
    let fifty: Vec<(&str, &str)> = fifty.iter().map(|key| (key.as_str(), "")).collect();
    for (form, expected) in [
        (tag(&[("team", "1"), ("Team", "2")]), "200"),
        (tag(&[("team", "3"), ("a", "")]), "200"),
        (
            tag(&[("x", "1"), ("x", "2")]),
            "400 InvalidInput: Duplicate tag keys found.",
        ),
        (
            tag(&[("AWS:x", "1")]),
            "400 InvalidInput: Tag keys beginning with aws: are reserved for system use.",
        ),
        (
            tag(&fifty),
            "409 LimitExceeded: The number of tags has reached the maximum limit.",
        ),
    ] {
        let heard = root.ask("TagOpenIDConnectProvider", &form).await;
        assert_eq!(heard.fault(), expected, "{form}");
    }
    let list = async |more: &[(&str, &str)]| {
        root.must("ListOpenIDConnectProviderTags", &form(&about(ARN, more)))
            .await
    };
    let all = list(&[]).await;
    assert_eq!(all.texts("Key"), ["a", "Team", "team"]);
    assert_eq!(all.text("IsTruncated"), "false");
    let first = list(&[("MaxItems", "2")]).await;
    assert_eq!(first.texts("Key"), ["a", "Team"]);
    let second = list(&[("Marker", first.text("Marker"))]).await;
    assert_eq!(second.texts("Key"), ["team"]);
    let untag = about(
        ARN,
        &[("TagKeys.member.1", "TEAM"), ("TagKeys.member.2", "a")],
    );
    root.must("UntagOpenIDConnectProvider", &form(&untag)).await;
    assert_eq!(list(&[]).await.texts("Key"), ["Team", "team"]);
    for (action, empty) in [
        ("TagOpenIDConnectProvider", "Tags"),
        ("UntagOpenIDConnectProvider", "TagKeys"),
    ] {
        let heard = root.ask(action, &form(&about(ARN, &[(empty, "")]))).await;
        assert_eq!((heard.status, heard.text("Code")), (400, "InvalidInput"));
    }
}

fn denied(action: &str, resource: &str) -> String {
    not_allowed(BOB, &format!("iam:{action}"), resource)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_right_nobody_learns_what_is_there() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    assert_eq!(create(&root, URL).await.fault(), "200");
    let unknown = "arn:aws:iam::123456789012:oidc-provider/unknown.example";
    for arn in [ARN, unknown] {
        for (action, more) in ON_ONE {
            let heard = bob.refused(action, &form(&about(arn, more))).await;
            assert_eq!(heard, denied(action, arn), "{action}");
        }
    }
    for (url, arn) in [
        (URL, ARN),
        ("https://unknown.example:443", unknown),
        (
            "http://x",
            "arn:aws:iam::123456789012:oidc-provider/http://x",
        ),
    ] {
        let heard = create(&bob, url).await.fault();
        assert_eq!(heard, denied("CreateOpenIDConnectProvider", arn));
    }
    let list = bob.refused("ListOpenIDConnectProviders", "").await;
    assert_eq!(list, denied("ListOpenIDConnectProviders", "*"));
    // A grant on ARNs is none for the list.
    let on_all =
        r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:oidc-provider/*"}"#;
    root.set_user_policy("Bob", on_all).await;
    let list = bob.refused("ListOpenIDConnectProviders", "").await;
    assert_eq!(list, denied("ListOpenIDConnectProviders", "*"));
    assert_eq!(create(&bob, "https://b.example").await.fault(), "200");
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_govern_who_may_do_what() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    let make = |value| {
        [
            ("Url", URL),
            ("ThumbprintList.member.1", THUMBPRINT),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", value),
        ]
    };
    let create_only =
        r#"{"Effect":"Allow","Action":"iam:CreateOpenIDConnectProvider","Resource":"*"}"#;
    root.set_user_policy("Bob", create_only).await;
    let heard = bob
        .refused("CreateOpenIDConnectProvider", &form(&make("red")))
        .await;
    assert_eq!(heard, denied("TagOpenIDConnectProvider", ARN));
    let red_alone = format!(
        r#"{create_only},{{"Effect":"Allow","Action":"iam:TagOpenIDConnectProvider","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestTag/team":"red"}}}}}}"#
    );
    root.set_user_policy("Bob", &red_alone).await;
    let heard = bob
        .refused("CreateOpenIDConnectProvider", &form(&make("blue")))
        .await;
    assert_eq!(heard, denied("TagOpenIDConnectProvider", ARN));
    bob.must("CreateOpenIDConnectProvider", &form(&make("red")))
        .await;
    for (key, is_allowed) in [
        ("aws:ResourceTag/team", true),
        ("iam:ResourceTag/team", false),
    ] {
        let statement = format!(
            r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{{"StringEquals":{{"{key}":"red"}}}}}}"#
        );
        root.set_user_policy("Bob", &statement).await;
        let heard = bob
            .ask("GetOpenIDConnectProvider", &form(&about(ARN, &[])))
            .await;
        assert_eq!(heard.status == 200, is_allowed, "{key}");
    }
    let of_red = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}"#;
    root.set_user_policy("Bob", of_red).await;
    let blue = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    bob.must("TagOpenIDConnectProvider", &form(&about(ARN, &blue)))
        .await;
    let heard = bob
        .refused("DeleteOpenIDConnectProvider", &form(&about(ARN, &[])))
        .await;
    assert_eq!(heard, denied("DeleteOpenIDConnectProvider", ARN));
}
