//! What a session of a role is given: its time, its tags, whom it stands for, and its policies.

use keyward_names::Timestamp;
use keyward_testkit::{Answer, Asker, World, form, policy_document};

use super::{
    ANYTHING, BOB, ROOT, allowing, assume, create_policy, create_role, in_role, may_not, opened,
    other_root, role_arn, trust, trusting, trusting_for, world,
};

const FIRST: &str = "arn:aws:sts::123456789012:assumed-role/Build/build";

/// A world with the roles `Build`, which trusts Bob, and `Deploy`, which trusts `Build`.
async fn chain() -> (World, Asker) {
    let (world, bob) = world().await;
    let root = world.root();
    create_role(&root, "Build", &trusting(BOB)).await;
    create_role(&root, "Deploy", &trusting(&role_arn("Build"))).await;
    (world, bob)
}

fn tags(tags: &[(&str, &str)], transitive: &[&str]) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (place, (key, value)) in (1..).zip(tags) {
        pairs.push((format!("Tags.member.{place}.Key"), (*key).to_owned()));
        pairs.push((format!("Tags.member.{place}.Value"), (*value).to_owned()));
    }
    for (place, key) in (1..).zip(transitive) {
        pairs.push((
            format!("TransitiveTagKeys.member.{place}"),
            (*key).to_owned(),
        ));
    }
    pairs
}

async fn tagged(asker: &Asker, role: &str, tags: &[(String, String)]) -> Answer {
    let tags: Vec<(&str, &str)> = tags
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    assume(asker, &role_arn(role), &tags).await
}

/// The tags of a session that was given out, and whether it hands them on.
async fn tags_of(world: &World, given_out: &Answer) -> Vec<(String, String, bool)> {
    assert_eq!(given_out.fault(), "200");
    let session = opened(world, given_out).await;
    let tags = session.tags.iter();
    tags.map(|tag| {
        (
            tag.key.to_string(),
            tag.value.to_string(),
            tag.is_transitive,
        )
    })
    .collect()
}

fn tag(key: &str, value: &str, is_transitive: bool) -> (String, String, bool) {
    (key.to_owned(), value.to_owned(), is_transitive)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_as_long_as_was_asked_for_and_the_role_allows() {
    let (world, bob) = chain().await;
    let root = world.root();
    let lasts = async |asker: &Asker, role: &str, seconds: Option<&str>| {
        let more = seconds.map(|seconds| ("DurationSeconds", seconds));
        let heard = assume(asker, &role_arn(role), more.as_slice()).await;
        if heard.status != 200 {
            return heard.fault();
        }
        let session = opened(&world, &heard).await;
        assert_eq!(heard.text("Expiration"), session.expires.to_string());
        session
            .expires
            .since(session.issued)
            .as_seconds()
            .to_string()
    };
    let too_long = "400 ValidationError: The requested DurationSeconds exceeds the \
                    MaxSessionDuration set for this role.";
    let chained = "400 ValidationError: The requested DurationSeconds exceeds the 1 hour session \
                   limit for roles assumed by role chaining.";
    for (asked, expected) in [
        (None, "3600"),
        (Some("900"), "900"),
        (Some("3600"), "3600"),
        (Some("3601"), too_long),
    ] {
        assert_eq!(lasts(&bob, "Build", asked).await, expected, "{asked:?}");
    }
    for role in ["Build", "Deploy"] {
        let longer = form(&[("RoleName", role), ("MaxSessionDuration", "43200")]);
        root.must("UpdateRole", &longer).await;
    }
    for (asked, expected) in [(None, "3600"), (Some("43200"), "43200")] {
        assert_eq!(lasts(&bob, "Build", asked).await, expected, "{asked:?}");
    }
    let first = in_role(&bob, "Build", &[]).await;
    for (asked, expected) in [
        (None, "3600"),
        (Some("3600"), "3600"),
        (Some("3601"), chained),
    ] {
        assert_eq!(lasts(&first, "Deploy", asked).await, expected, "{asked:?}");
    }
    // A session of one's own makes no chain.
    let own = bob.session(&bob.ask("GetSessionToken", "").await).await;
    assert_eq!(lasts(&own, "Build", Some("43200")).await, "43200");
    // Who may not have the role learns nothing of it.
    assert!(
        lasts(&bob, "Deploy", Some("43200"))
            .await
            .starts_with("403")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_must_be_different_without_regard_to_case() {
    let (world, bob) = chain().await;
    let duplicate = "400 InvalidParameterValue: Duplicate tag keys found. Please note that Tag keys \
                     are case insensitive.";
    let no_tag = "400 InvalidParameterValue: The specified transitive tag key must be included in \
                  the requested tags.";
    for (asked, expected) in [
        (tags(&[("Team", "a"), ("Team", "a")], &[]), duplicate),
        (tags(&[("Team", "a"), ("team", "b")], &[]), duplicate),
        (tags(&[("Team", "a")], &["Cost"]), no_tag),
        (tags(&[("Team", "a")], &["Team", "Cost"]), no_tag),
        (tags(&[], &["Team"]), no_tag),
    ] {
        assert_eq!(tagged(&bob, "Build", &asked).await.fault(), expected);
    }
    for key in ["aws:Team", "AWS:team"] {
        let refused = tagged(&bob, "Build", &tags(&[(key, "a")], &[])).await;
        assert_eq!(refused.text("Code"), "InvalidParameterValue", "{key}");
    }
    let given_out = tagged(
        &bob,
        "Build",
        &tags(&[("Team", ""), ("Cost", "1")], &["TEAM"]),
    )
    .await;
    let expected = [tag("Team", "", true), tag("Cost", "1", false)];
    assert_eq!(tags_of(&world, &given_out).await, expected);
    assert_ne!(given_out.text("PackedPolicySize"), "");

    let names: Vec<String> = (0..51).map(|number| format!("K{number}")).collect();
    let many: Vec<(&str, &str)> = names.iter().map(|name| (&**name, "v")).collect();
    let given_out = tagged(&bob, "Build", &tags(&many[..50], &[])).await;
    assert_eq!(tags_of(&world, &given_out).await.len(), 50);
    let refused = tagged(&bob, "Build", &tags(&many, &[])).await;
    assert_eq!(refused.text("Code"), "ValidationError");
    assert!(
        refused
            .fault()
            .contains("'tags' failed to satisfy constraint")
    );
    // Those that a session inherits count, too.
    let first = tagged(&bob, "Build", &tags(&[("Team", "red")], &["Team"])).await;
    let first = bob.session(&first).await;
    let refused = tagged(&first, "Deploy", &tags(&many[..50], &[])).await;
    assert_eq!(refused.text("Code"), "InvalidParameterValue");
    let given_out = tagged(&first, "Deploy", &tags(&many[..49], &[])).await;
    assert_eq!(tags_of(&world, &given_out).await.len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn transitive_tags_go_along_and_stay() {
    let (world, bob) = chain().await;
    let root = world.root();
    let given = tags(&[("Team", "red"), ("Cost", "1")], &["Team"]);
    let first = bob.session(&tagged(&bob, "Build", &given).await).await;
    let second = tagged(&first, "Deploy", &[]).await;
    assert_eq!(tags_of(&world, &second).await, [tag("Team", "red", true)]);
    let second = first.session(&second).await;
    create_role(&root, "Run", &trusting(&role_arn("Deploy"))).await;
    let third = tagged(&second, "Run", &tags(&[("Cost", "2")], &[])).await;
    let expected = [tag("Team", "red", true), tag("Cost", "2", false)];
    assert_eq!(tags_of(&world, &third).await, expected);
    let conflict = "400 InvalidParameterValue: One of the specified transitive tag keys can't be set \
                    because it conflicts with a transitive tag key from the calling session.";
    for given in [
        tags(&[("Team", "blue")], &[]),
        tags(&[("Team", "red")], &[]),
        tags(&[("tEAM", "blue")], &["team"]),
    ] {
        assert_eq!(tagged(&second, "Run", &given).await.fault(), conflict);
    }
    // What is inherited must be allowed as if it were given, which is not known of AWS.
    let alone = trusting_for(&role_arn("Deploy"), r#""sts:AssumeRole""#, "{}");
    trust(&root, "Run", &alone).await;
    let caller = "arn:aws:sts::123456789012:assumed-role/Deploy/build";
    let refused = may_not(caller, "sts:TagSession", &role_arn("Run"));
    assert_eq!(tagged(&second, "Run", &[]).await.fault(), refused);

    // The tags that the calling role and its session have are judged by.
    let condition = r#"{"StringEquals": {"aws:PrincipalTag/Team": "red"}}"#;
    trust(
        &root,
        "Run",
        &trusting_for(&role_arn("Deploy"), ANYTHING, condition),
    )
    .await;
    assert_eq!(tagged(&second, "Run", &[]).await.fault(), "200");
    let untagged = in_role(&bob, "Build", &[]).await;
    let untagged = in_role(&untagged, "Deploy", &[]).await;
    assert_eq!(tagged(&untagged, "Run", &[]).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_identity_stays_once_it_was_said() {
    let (world, bob) = chain().await;
    let root = world.root();
    let said = [("SourceIdentity", "alice")];
    let given_out = assume(&bob, &role_arn("Build"), &said).await;
    assert_eq!(given_out.text("SourceIdentity"), "alice");
    let first = bob.session(&given_out).await;
    for more in [&said[..], &[]] {
        let second = assume(&first, &role_arn("Deploy"), more).await;
        assert_eq!(second.fault(), "200", "{more:?}");
        assert_eq!(second.text("SourceIdentity"), "alice", "{more:?}");
    }
    let refused = may_not(FIRST, "sts:SetSourceIdentity", &role_arn("Deploy"));
    for other in ["bob", "Alice"] {
        let more = [("SourceIdentity", other)];
        let heard = assume(&first, &role_arn("Deploy"), &more).await.fault();
        assert_eq!(heard, refused, "{other}");
    }
    let condition =
        r#"{"StringEquals": {"sts:SourceIdentity": "alice", "aws:SourceIdentity": "alice"}}"#;
    trust(
        &root,
        "Deploy",
        &trusting_for(&role_arn("Build"), ANYTHING, condition),
    )
    .await;
    assert_eq!(
        assume(&first, &role_arn("Deploy"), &[]).await.fault(),
        "200"
    );
    // Handing it on must be allowed as saying it.
    let alone = trusting_for(&role_arn("Build"), r#""sts:AssumeRole""#, "{}");
    trust(&root, "Deploy", &alone).await;
    assert_eq!(
        assume(&first, &role_arn("Deploy"), &[]).await.fault(),
        refused
    );
    // A session without one may say one.
    trust(&root, "Deploy", &trusting(&role_arn("Build"))).await;
    let silent = in_role(&bob, "Build", &[]).await;
    let second = assume(&silent, &role_arn("Deploy"), &[("SourceIdentity", "carol")]).await;
    assert_eq!(second.text("SourceIdentity"), "carol");
}

/// Text that deflating gains little on.
fn noise(length: usize) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let place = usize::try_from(state >> 59).unwrap();
        char::from(*b"0123456789ABCDEFGHJKMNPQRSTVWXYZ".get(place).unwrap())
    };
    (0..length).map(|_| next()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn session_policies_are_judged_before_anything_is_given_out() {
    let (world, bob) = chain().await;
    let root = world.root();
    let asked = async |more: &[(&str, &str)]| assume(&bob, &role_arn("Build"), more).await;
    for (policy, text) in [
        (
            "not json",
            "Unexpected character ('n' (code 110)): expected a valid value (JSON String, Number, Array, \
             Object or token 'null', 'true' or 'false')",
        ),
        (r#"{"Version": "2012-10-17"}"#, "Syntax errors in policy."),
        (
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Resource": "*"}}"#,
            "Policy statement must contain actions.",
        ),
        (
            r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:b"}}"#,
            "Policy statement must contain resources.",
        ),
    ] {
        let heard = asked(&[("Policy", policy)]).await.fault();
        assert_eq!(heard, format!("400 MalformedPolicyDocument: {text}"));
    }
    // What never matches may be there all the same.
    let odd = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "a:b",
        "Resource": "*", "Condition": {"DateLessThan": {"aws:CurrentTime": "soon"}}}}"#;
    assert_eq!(asked(&[("Policy", odd)]).await.fault(), "200");

    let own = create_policy(&root, "Own", &allowing(r#""s3:*""#)).await;
    let read_only = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let policy = policy_document(&allowing(r#""s3:*""#));
    for more in [
        &[("PolicyArns.member.1.arn", &*own)][..],
        &[
            ("PolicyArns.member.1.arn", read_only),
            ("PolicyArns.member.2.arn", &own),
        ],
        &[("PolicyArns.member.1.arn", read_only), ("Policy", &policy)],
    ] {
        let heard = asked(more).await;
        assert_eq!(heard.fault(), "200", "{more:?}");
        let size: i32 = heard.text("PackedPolicySize").parse().unwrap();
        assert!((1..=100).contains(&size), "{size}");
    }
    let no_arn = "aaaaaaaaaaaaaaaaaaaa";
    let heard = asked(&[("PolicyArns.member.1.arn", no_arn)]).await.fault();
    assert_eq!(
        heard,
        format!("400 ValidationError: ARN {no_arn} is not valid.")
    );
    let elsewhere = create_policy(&other_root(&world).await, "Own", &allowing(r#""s3:*""#)).await;
    for unknown in [
        "arn:aws:iam::123456789012:policy/Ghost",
        &elsewhere,
        &role_arn("Build"),
    ] {
        let heard = asked(&[("PolicyArns.member.1.arn", unknown)]).await;
        assert_eq!(heard.text("Code"), "ValidationError", "{unknown}");
    }
    let names: Vec<String> = (1..=11)
        .map(|place| format!("PolicyArns.member.{place}.arn"))
        .collect();
    let arns: Vec<(&str, &str)> = names.iter().map(|name| (&**name, read_only)).collect();
    assert_eq!(asked(&arns[..10]).await.fault(), "200");
    assert_eq!(asked(&arns).await.text("Code"), "ValidationError");
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_and_tags_have_only_so_much_room() {
    let (_world, bob) = chain().await;
    let asked = async |resource: &str| {
        let policy = format!(
            r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::{resource}"}}"#
        );
        assume(
            &bob,
            &role_arn("Build"),
            &[("Policy", &policy_document(&policy))],
        )
        .await
    };
    // What repeats itself takes little room.
    let heard = asked(&"a".repeat(6_000)).await;
    assert_eq!(heard.fault(), "200");
    let little: i32 = heard.text("PackedPolicySize").parse().unwrap();
    let heard = asked(&noise(1_500)).await;
    assert_eq!(heard.fault(), "200");
    let much: i32 = heard.text("PackedPolicySize").parse().unwrap();
    assert!(little < much && much <= 100, "{little} {much}");
    let refused = asked(&noise(6_000)).await;
    assert_eq!(refused.text("Code"), "PackedPolicyTooLarge");
    let values: Vec<String> = (0..50).map(|place| noise(200 + place)).collect();
    let keys: Vec<String> = (0..50).map(|place| format!("K{place}")).collect();
    let many: Vec<(&str, &str)> = keys
        .iter()
        .zip(&values)
        .map(|(k, v)| (&**k, &**v))
        .collect();
    // They repeat each other from the second on.
    assert_eq!(
        tagged(&bob, "Build", &tags(&many, &[])).await.fault(),
        "200"
    );
    let shuffled: Vec<String> = noise(50 * 250)
        .as_bytes()
        .chunks(250)
        .map(|chunk| String::from_utf8(chunk.to_vec()).unwrap())
        .collect();
    let many: Vec<(&str, &str)> = keys
        .iter()
        .zip(&shuffled)
        .map(|(k, v)| (&**k, &**v))
        .collect();
    let refused = tagged(&bob, "Build", &tags(&many, &[])).await;
    assert_eq!(refused.text("Code"), "PackedPolicyTooLarge");
    assert_eq!(refused.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_as_long_as_asked_for() {
    let (world, bob) = chain().await;
    let root = world.root();
    root.set_role_policy("Build", &allowing(r#""*""#)).await;
    for size in [0, 700, 2_047, 4_096] {
        let asked = size.to_string();
        let at_least = ("MinimumSessionTokenSize", &*asked);
        let federate = format!("Name=ann&{}", form(&[at_least]));
        for heard in [
            assume(&bob, &role_arn("Build"), &[at_least]).await,
            bob.ask("GetSessionToken", &form(&[at_least])).await,
            root.ask("GetFederationToken", &federate).await,
        ] {
            assert_eq!(heard.fault(), "200");
            let length = heard.text("SessionToken").len();
            assert!((size..=4_096).contains(&length), "{size}: {length}");
            assert_eq!(heard.text("SessionTokenSize"), length.to_string());
            let percent = (length * 100).div_ceil(4_096).to_string();
            assert_eq!(heard.text("SessionTokenUtilization"), percent);
            assert!(
                heard.text("Expiration") > Timestamp::from_unix_seconds(0).to_string().as_str()
            );
            opened(&world, &heard).await;
        }
    }
    trust(&root, "Build", &trusting(ROOT)).await;
}
