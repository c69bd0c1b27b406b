//! SAML providers.

use keyward_testkit::{Answer, Asker, Quotas, World, form};

use crate::support::{BOB, not_allowed};

const NONE: Vec<String> = Vec::new();
const ARN: &str = "arn:aws:iam::123456789012:saml-provider/Corp";
const KEY: &str = include_str!("../../../saml/tests/fixtures/p256.key");

/// Metadata that is long enough; `mark` tells one from another.
fn metadata(mark: &str) -> String {
    let padding = "x".repeat(1_000);
    format!(
        r#"<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://id.example/{mark}"><!--{padding}--><IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/></EntityDescriptor>"#
    )
}

/// The members of a request to make `Corp`, and more of them.
async fn create(asker: &Asker, name: &str, more: &[(&str, &str)]) -> Answer {
    let metadata = metadata("a");
    let mut pairs = vec![("Name", name), ("SAMLMetadataDocument", metadata.as_str())];
    pairs.extend(more);
    asker.ask("CreateSAMLProvider", &form(&pairs)).await
}

fn about<'a>(arn: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let this = ("SAMLProviderArn", arn);
    std::iter::once(this).chain(more.iter().copied()).collect()
}

async fn update(asker: &Asker, more: &[(&str, &str)]) -> String {
    let heard = asker
        .ask("UpdateSAMLProvider", &form(&about(ARN, more)))
        .await;
    if heard.status == 200 {
        assert_eq!(heard.text("SAMLProviderArn"), ARN);
    }
    heard.fault()
}

async fn shown(asker: &Asker) -> Answer {
    asker.must("GetSAMLProvider", &form(&about(ARN, &[]))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_made_shown_listed_and_deleted() {
    let world = World::new().await;
    let root = world.root();
    let tags = [
        ("Tags.member.1.Key", "b"),
        ("Tags.member.1.Value", "1"),
        ("Tags.member.2.Key", "B"),
        ("Tags.member.2.Value", "2"),
    ];
    let made = create(&root, "Corp", &tags).await;
    assert_eq!(made.text("SAMLProviderArn"), ARN);
    assert_eq!(made.texts("Key"), ["b", "B"]);
    let got = shown(&root).await;
    let id = got.text("SAMLProviderUUID").to_owned();
    assert_eq!((id.len(), id.starts_with("SAMLSP")), (22, true));
    assert!(got.body.contains("https://id.example/a"), "{}", got.body);
    assert_eq!(got.texts("Key"), ["B", "b"]);
    assert_eq!(got.text("AssertionEncryptionMode"), "Allowed");
    assert!(got.body.contains("<PrivateKeyList/>"), "{}", got.body);
    let (created, until) = (got.text("CreateDate"), got.text("ValidUntil"));
    assert_eq!(
        (created.len(), created.chars().nth(19)),
        (24, Some('.')),
        "{created}"
    );
    let year = |date: &str| {
        date.split('-')
            .next()
            .and_then(|year| year.parse::<u32>().ok())
            .expect("it is a year")
    };
    assert_eq!(year(until), year(created) + 100);
    let listed = root.must("ListSAMLProviders", "").await;
    assert_eq!(listed.texts("Arn"), [ARN]);
    assert_eq!(listed.text("CreateDate"), created);
    assert_eq!(listed.text("ValidUntil"), until);
    assert!(!listed.body.contains("EntityDescriptor"), "{}", listed.body);
    assert_eq!(
        create(&root, "corp", &[]).await.fault(),
        "200",
        "names count with their case"
    );
    let twice = create(&root, "Corp", &[]).await;
    assert_eq!(
        (twice.status, twice.text("Code")),
        (409, "EntityAlreadyExists")
    );
    let summary = root.must("GetAccountSummary", "").await;
    assert!(
        summary
            .body
            .contains("<key>Providers</key><value>2</value>")
    );
    let elsewhere = world.other_node().await;
    assert!(*elsewhere.account().await == *world.account().await);
    root.must("DeleteSAMLProvider", &form(&about(ARN, &[])))
        .await;
    let again = root
        .refused("DeleteSAMLProvider", &form(&about(ARN, &[])))
        .await;
    assert_eq!(
        again,
        format!("404 NoSuchEntity: Manifest not found for arn {ARN}")
    );
    assert_eq!(create(&root, "Corp", &[]).await.fault(), "200");
    let anew = shown(&root).await;
    assert_ne!(anew.text("SAMLProviderUUID"), id);
    assert!(anew.body.contains("<Tags/>"), "{}", anew.body);
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_must_be_that_of_an_identity_provider() {
    let world = World::new().await;
    let root = world.root();
    let padding = "x".repeat(1_000);
    let namespace = r#"xmlns="urn:oasis:names:tc:SAML:2.0:metadata""#;
    let other = format!("<note><!--{padding}--></note>");
    let service = format!(
        "<EntityDescriptor {namespace}><!--{padding}--><SPSSODescriptor/></EntityDescriptor>"
    );
    let several = format!(
        "<EntitiesDescriptor {namespace}>{}</EntitiesDescriptor>",
        metadata("a")
    );
    let issuer =
        "400 InvalidInput: SAML Providers must reference at least one SAML assertion issuer.";
    let unreadable = "400 InvalidInput: Could not parse metadata";
    for (text, expected) in [(&other, unreadable), (&service, issuer), (&several, "200")] {
        let pairs = [("Name", "Corp"), ("SAMLMetadataDocument", text.as_str())];
        let heard = root.ask("CreateSAMLProvider", &form(&pairs)).await.fault();
        assert_eq!(heard, expected);
    }
    for (text, expected) in [(&other, unreadable), (&service, issuer)] {
        assert_eq!(
            update(&root, &[("SAMLMetadataDocument", text)]).await,
            expected
        );
    }
    let short = [("Name", "Short"), ("SAMLMetadataDocument", "<x/>")];
    let heard = root.ask("CreateSAMLProvider", &form(&short)).await;
    assert_eq!((heard.status, heard.text("Code")), (400, "ValidationError"));
}

#[tokio::test(flavor = "multi_thread")]
async fn new_metadata_prolongs_and_leaves_the_rest() {
    let world = World::new().await;
    let root = world.root();
    create(&root, "Corp", &[]).await;
    let before = shown(&root).await;
    world
        .installation
        .clock()
        .advance(keyward_names::Age::days(1));
    let mode = [("AssertionEncryptionMode", "Allowed")];
    assert_eq!(update(&root, &mode).await, "200");
    assert_eq!(
        shown(&root).await.text("ValidUntil"),
        before.text("ValidUntil")
    );
    let new = metadata("b");
    assert_eq!(
        update(&root, &[("SAMLMetadataDocument", &new)]).await,
        "200"
    );
    let after = shown(&root).await;
    assert!(after.body.contains("https://id.example/b"));
    assert!(after.text("ValidUntil") > before.text("ValidUntil"));
    for same in ["CreateDate", "SAMLProviderUUID"] {
        assert_eq!(after.text(same), before.text(same));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn private_keys_are_two_at_most_and_open_what_must_be_encrypted() {
    let world = World::new().await;
    let root = world.root();
    let required = ("AssertionEncryptionMode", "Required");
    let allowed = ("AssertionEncryptionMode", "Allowed");
    let add = ("AddPrivateKey", KEY);
    let no_key = "400 InvalidInput: Failed to set assertion encryption mode to Required because no private key is present.";
    let kept = "400 InvalidInput: Failed to remove private key.";
    assert_eq!(create(&root, "Corp", &[required]).await.fault(), no_key);
    assert_eq!(create(&root, "Corp", &[]).await.fault(), "200");
    assert_eq!(update(&root, &[required]).await, no_key);
    assert_eq!(update(&root, &[required, add]).await, "200");
    assert_eq!(update(&root, &[add]).await, "200", "the same key again");
    let full = "409 LimitExceeded: Private key limit of 2 is reached.";
    assert_eq!(update(&root, &[add]).await, full);
    let got = shown(&root).await;
    assert_eq!(got.text("AssertionEncryptionMode"), "Required");
    let ids: Vec<String> = got.texts("KeyId").iter().map(ToString::to_string).collect();
    assert_eq!(ids.len(), 2);
    assert!(
        ids.iter()
            .all(|id| id.len() == 22 && id.starts_with("SAMLPK"))
    );
    assert_eq!(got.texts("Timestamp").len(), 2);
    let unknown = "SAMLPK0000000000000000";
    assert_eq!(update(&root, &[("RemovePrivateKey", unknown)]).await, kept);
    assert_eq!(
        update(
            &root,
            &[("RemovePrivateKey", ids.first().expect("there are two"))]
        )
        .await,
        "200"
    );
    let last = (
        "RemovePrivateKey",
        ids.last().expect("there are two").as_str(),
    );
    assert_eq!(update(&root, &[last]).await, kept);
    assert_eq!(
        shown(&root).await.texts("KeyId"),
        [ids.last().expect("there are two")]
    );
    assert_eq!(update(&root, &[last, allowed]).await, "200");
    assert!(shown(&root).await.body.contains("<PrivateKeyList/>"));
    assert_eq!(
        update(&root, &[]).await,
        "400 ValidationError: Unable to update identity provider. No updates are defined for metadata or encryption assertion."
    );
    assert_eq!(
        update(&root, &[add, last]).await,
        "400 ValidationError: Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
    );
    assert_eq!(world.account().await.broken_invariants(), NONE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_key_is_kept_sealed_and_never_told() {
    let world = World::new().await;
    let root = world.root();
    create(&root, "Corp", &[("AddPrivateKey", KEY)]).await;
    let secret = "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg6hamNHF7HYQYkQXL";
    assert!(!shown(&root).await.body.contains(secret));
    let account = world.account().await;
    let provider = account.saml_provider("Corp").expect("it is there");
    assert!(!format!("{provider:?}").contains(secret));
    let row = keyward_account::Record::SamlProvider(provider.clone()).to_row();
    let body = row.body.expect("it is kept");
    assert!(body.contains("\"pem\":\"v1.") && !body.contains(secret));
    let bad = create(&root, "Other", &[("AddPrivateKey", secret)]).await;
    assert_eq!((bad.status, bad.text("Code")), (400, "InvalidInput"));
    assert!(!bad.body.contains(secret));
}

/// The operations on one provider, each with what else it needs.
const ON_ONE: [(&str, &[(&str, &str)]); 6] = [
    ("GetSAMLProvider", &[]),
    ("ListSAMLProviderTags", &[]),
    (
        "UpdateSAMLProvider",
        &[("AssertionEncryptionMode", "Allowed")],
    ),
    (
        "TagSAMLProvider",
        &[("Tags.member.1.Key", "k"), ("Tags.member.1.Value", "v")],
    ),
    ("UntagSAMLProvider", &[("TagKeys.member.1", "k")]),
    ("DeleteSAMLProvider", &[]),
];

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_there_is_told_by_its_arn() {
    let world = World::with_quotas(Quotas {
        saml_providers_per_account: 1,
        ..Quotas::default()
    })
    .await;
    let root = world.root();
    assert_eq!(create(&root, "Other", &[]).await.fault(), "200");
    let full = create(&root, "Corp", &[]).await;
    assert_eq!((full.status, full.text("Code")), (409, "LimitExceeded"));
    for arn in [ARN, "arn:aws:iam::210987654321:saml-provider/Other"] {
        for (action, more) in ON_ONE {
            let heard = root.refused(action, &form(&about(arn, more))).await;
            let expected = format!("404 NoSuchEntity: Manifest not found for arn {arn}");
            assert_eq!(heard, expected, "{action}");
        }
    }
    for arn in [
        "arn:aws:iam::123456789012:oidc-provider/Other",
        "Other-and-much-more-than-it",
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
    create(&root, "Corp", &[]).await;
    let tag = async |tags: &[(&str, &str)]| {
        let names: Vec<(String, String)> = (1..=tags.len())
            .map(|place| {
                let member = format!("Tags.member.{place}");
                (format!("{member}.Key"), format!("{member}.Value"))
            })
            .collect();
        let mut pairs = about(ARN, &[]);
        for ((key_name, value_name), (key, value)) in names.iter().zip(tags) {
            pairs.push((key_name, key));
            pairs.push((value_name, value));
        }
        root.ask("TagSAMLProvider", &form(&pairs)).await.fault()
    };
    assert_eq!(tag(&[("team", "1"), ("Team", "2")]).await, "200");
    assert_eq!(tag(&[("team", "3"), ("a", "")]).await, "200");
    assert_eq!(
        tag(&[("x", "1"), ("x", "2")]).await,
        "400 InvalidInput: Duplicate tag keys found."
    );
    assert_eq!(
        tag(&[("Aws:x", "1")]).await,
        "400 InvalidInput: Tag keys beginning with aws: are reserved for system use."
    );
    let many: Vec<String> = (0..48).map(|number| format!("k{number}")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|key| (key.as_str(), "")).collect();
    assert_eq!(
        tag(&many).await,
        "409 LimitExceeded: The number of tags has reached the maximum limit."
    );
    let list = async |more: &[(&str, &str)]| {
        root.must("ListSAMLProviderTags", &form(&about(ARN, more)))
            .await
    };
    let first = list(&[("MaxItems", "2")]).await;
    assert_eq!(first.texts("Key"), ["a", "Team"]);
    let second = list(&[("Marker", first.text("Marker"))]).await;
    assert_eq!(second.texts("Key"), ["team"]);
    assert_eq!(second.texts("Value"), ["3"]);
    let untag = about(
        ARN,
        &[("TagKeys.member.1", "TEAM"), ("TagKeys.member.2", "a")],
    );
    root.must("UntagSAMLProvider", &form(&untag)).await;
    assert_eq!(list(&[]).await.texts("Key"), ["Team", "team"]);
    for (action, empty) in [
        ("TagSAMLProvider", "Tags"),
        ("UntagSAMLProvider", "TagKeys"),
    ] {
        let heard = root.ask(action, &form(&about(ARN, &[(empty, "")]))).await;
        assert_eq!((heard.status, heard.text("Code")), (400, "InvalidInput"));
    }
}

fn denied(action: &str, resource: &str) -> String {
    not_allowed(BOB, &format!("iam:{action}"), resource)
}

#[tokio::test(flavor = "multi_thread")]
async fn rights_come_first_and_tags_govern_them() {
    let world = World::new().await;
    let root = world.root();
    root.must("CreateUser", "UserName=Bob").await;
    let bob = world.user("Bob").await;
    let red = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "red"),
    ];
    let blue = [
        ("Tags.member.1.Key", "team"),
        ("Tags.member.1.Value", "blue"),
    ];
    create(&root, "Corp", &red).await;
    let unknown = "arn:aws:iam::123456789012:saml-provider/Unknown";
    for arn in [ARN, unknown] {
        for (action, more) in ON_ONE {
            let heard = bob.refused(action, &form(&about(arn, more))).await;
            assert_eq!(heard, denied(action, arn), "{action}");
        }
    }
    let unreadable = [
        ("Name", "Unknown"),
        ("SAMLMetadataDocument", &"x".repeat(1_000)),
    ];
    let heard = bob.refused("CreateSAMLProvider", &form(&unreadable)).await;
    assert_eq!(heard, denied("CreateSAMLProvider", unknown));
    let on_all =
        r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:saml-provider/*"}"#;
    root.set_user_policy("Bob", on_all).await;
    let list = bob.refused("ListSAMLProviders", "").await;
    assert_eq!(list, denied("ListSAMLProviders", "*"));
    let create_only = r#"{"Effect":"Allow","Action":"iam:CreateSAMLProvider","Resource":"*"}"#;
    let red_alone = format!(
        r#"{create_only},{{"Effect":"Allow","Action":"iam:TagSAMLProvider","Resource":"*","Condition":{{"StringEquals":{{"aws:RequestTag/team":"red"}}}}}}"#
    );
    root.set_user_policy("Bob", &red_alone).await;
    let heard = create(&bob, "Unknown", &blue).await.fault();
    assert_eq!(heard, denied("TagSAMLProvider", unknown));
    assert_eq!(create(&bob, "Unknown", &red).await.fault(), "200");
    let of_red = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/team":"red"}}}"#;
    root.set_user_policy("Bob", of_red).await;
    bob.must("TagSAMLProvider", &form(&about(ARN, &blue))).await;
    let heard = bob
        .refused("DeleteSAMLProvider", &form(&about(ARN, &[])))
        .await;
    assert_eq!(heard, denied("DeleteSAMLProvider", ARN));
    bob.must("DeleteSAMLProvider", &form(&about(unknown, &[])))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trusted_identity_propagation_is_refused_and_changes_nothing() {
    let world = World::new().await;
    let root = world.root();
    let key = [("ContextProvider.SubjectSourceKey", "NameID")];
    let instance = [(
        "IdentityCenterInstanceArn",
        "arn:aws:sso:::instance/ssoins-1",
    )];
    let refusal = |operation: &str, member: &str| {
        format!("501 NotImplemented: {operation} with {member} is not implemented yet.")
    };
    let heard = create(&root, "Corp", &key).await;
    assert_eq!(
        heard.fault(),
        refusal("CreateSAMLProvider", "ContextProvider")
    );
    assert!(world.account().await.saml_provider("Corp").is_none());
    root.must(
        "CreateSAMLProvider",
        &form(&[("Name", "Corp"), ("SAMLMetadataDocument", &metadata("a"))]),
    )
    .await;
    for (more, member) in [
        (&key, "ContextProvider"),
        (&instance, "IdentityCenterInstanceArn"),
        (
            &[("RemoveContextProvider", "true")],
            "RemoveContextProvider",
        ),
        (
            &[("RemoveIdentityCenterInstance", "true")],
            "RemoveIdentityCenterInstance",
        ),
    ] {
        assert_eq!(
            update(&root, more).await,
            refusal("UpdateSAMLProvider", member)
        );
    }
    let oidc = form(&[("Url", "https://id.example"), key[0]]);
    assert_eq!(
        root.refused("CreateOpenIDConnectProvider", &oidc).await,
        refusal("CreateOpenIDConnectProvider", "ContextProvider")
    );
}
