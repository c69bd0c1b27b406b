//! `SimulateCustomPolicy`: what given policies would allow.

use keyward_testkit::World;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn without_resources_an_action_is_judged_on_anything() {
    let heard = Asked::of(&["s3:GetObject", "S3:PutObject"])
        .policy(GET)
        .ask()
        .await;
    let matched = statement("PolicyInputList.1", "IAM Policy", 38, 89);
    let expected = format!(
        "<member><EvalActionName>s3:GetObject</EvalActionName><EvalResourceName>*</EvalResourceName>\
         <EvalDecision>allowed</EvalDecision><MatchedStatements>{matched}</MatchedStatements>\
         <MissingContextValues/></member>\
         <member><EvalActionName>S3:PutObject</EvalActionName><EvalResourceName>*</EvalResourceName>\
         <EvalDecision>implicitDeny</EvalDecision><MatchedStatements/><MissingContextValues/></member>"
    );
    assert_eq!(results(&heard), expected);
    assert_eq!(heard.text("IsTruncated"), "false");
    assert_eq!(
        Asked::of(&["s3:GetObject"])
            .policy(GET)
            .resource("*")
            .ask()
            .await
            .texts("member")
            .len(),
        2
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_resource_is_told_by_itself() {
    let heard = Asked::of(&["s3:PutObject"])
        .policy(ALL)
        .resource(BUCKET)
        .ask()
        .await;
    let matched = statement("PolicyInputList.1", "IAM Policy", 38, 83);
    let expected = format!(
        "<member><EvalActionName>s3:PutObject</EvalActionName><EvalResourceName>{BUCKET}</EvalResourceName>\
         <EvalDecision>allowed</EvalDecision><MatchedStatements>{matched}</MatchedStatements>\
         <MissingContextValues/><EvalDecisionDetails/><ResourceSpecificResults><member>\
         <EvalResourceName>{BUCKET}</EvalResourceName><EvalResourceDecision>allowed</EvalResourceDecision>\
         <MatchedStatements>{matched}</MatchedStatements></member></ResourceSpecificResults></member>"
    );
    assert_eq!(results(&heard), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn several_resources_are_summed_up() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::a*"},{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::ab"}]}"#;
    let of = |arns: &[&str]| {
        arns.iter().fold(
            Asked::of(&["s3:ListBucket"]).policy(policy),
            |asked, arn| asked.resource(arn),
        )
    };
    let heard = of(&[
        "arn:aws:s3:::a",
        "arn:aws:s3:::ab",
        "arn:aws:s3:::b",
        "arn:aws:s3:::a",
    ])
    .ask()
    .await;
    assert_eq!(
        heard.text("EvalResourceName"),
        "arn:aws:s3:::${BucketName}/${KeyName}"
    );
    assert_eq!(heard.text("EvalDecision"), "explicitDeny");
    assert_eq!(
        heard.texts("EvalResourceDecision"),
        ["allowed", "explicitDeny", "implicitDeny", "allowed"]
    );
    let allow = statement("PolicyInputList.1", "IAM Policy", 38, 98);
    let deny = statement("PolicyInputList.1", "IAM Policy", 98, 158);
    let lists: Vec<&str> = heard
        .body
        .split("<MatchedStatements>")
        .skip(1)
        .filter_map(|rest| rest.split_once("</MatchedStatements>"))
        .map(|(list, _)| list)
        .collect();
    // The resource that nothing is said about has no list.
    assert_eq!(lists, [&format!("{allow}{deny}"), &allow, &deny, &allow]);
    let decision = of(&["arn:aws:s3:::a", "arn:aws:s3:::b"]).decisions().await;
    assert_eq!(decision, ["implicitDeny"]);
    assert_eq!(
        of(&["arn:aws:s3:::a", "arn:aws:s3:::a"]).decisions().await,
        ["allowed"]
    );
    for (unknown, name) in [
        ("s3:Foo", "arn:aws:s3:::${BucketName}/${KeyName}"),
        ("s3:Get*", "arn:aws:s3:::${BucketName}/${KeyName}"),
        ("foo:Bar", "*"),
    ] {
        let asked = Asked::of(&[unknown]).policy(ALL);
        let asked = asked.resource(BUCKET).resource(OBJECT);
        assert_eq!(asked.ask().await.text("EvalResourceName"), name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn known_actions_fit_their_resource_types_alone() {
    for (action, arn, expected) in [
        ("s3:GetObject", ALICE, "implicitDeny"),
        ("s3:GetObject", BUCKET, "allowed"),
        ("s3:NoSuchAction", ALICE, "allowed"),
        ("s3:*", ALICE, "allowed"),
        ("iam:ListUsers", ALICE, "implicitDeny"),
        ("iam:PassRole", ALICE, "implicitDeny"),
        ("iam:GetUser", ALICE, "allowed"),
    ] {
        let asked = Asked::of(&[action]).policy(ALL).resource(arn);
        assert_eq!(asked.decisions().await, [expected], "{action} {arn}");
    }
    assert_eq!(
        Asked::of(&["iam:ListUsers"]).policy(ALL).decisions().await,
        ["allowed"]
    );
    let misfit = Asked::of(&["iam:PassRole"])
        .policy(ALL)
        .boundary(ALL)
        .resource(ALICE)
        .ask()
        .await;
    assert_eq!(misfit.text("AllowedByPermissionsBoundary"), "false");
    assert!(
        misfit.body.contains("<MatchedStatements/>"),
        "{}",
        misfit.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_policies_allow_nothing_but_what_the_resource_allows() {
    let asked = Asked::of(&["s3:GetObject"]);
    assert_eq!(asked.decisions().await, ["implicitDeny"]);
    let granted = asked.resource(OBJECT).granted(&resource_policy(
        "Allow",
        &format!(r#"{{"AWS":"{ALICE}"}}"#),
    ));
    let heard = granted.ask().await;
    assert_eq!(heard.text("EvalDecision"), "allowed");
    assert!(heard.body.contains(
        "<SourcePolicyId>ResourcePolicy</SourcePolicyId><SourcePolicyType>Resource Policy<"
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn within_an_account_a_resource_allows_beyond_the_boundary() {
    let principals = [
        format!(r#"{{"AWS":"{ALICE}"}}"#),
        r#"{"AWS":"111122223333"}"#.to_owned(),
        r#""*""#.to_owned(),
    ];
    let asked = Asked::of(&["s3:GetObject"])
        .policy(NONE)
        .boundary(NONE)
        .resource(OBJECT);
    for principal in principals {
        let heard = asked
            .clone()
            .granted(&resource_policy("Allow", &principal))
            .ask()
            .await;
        assert_eq!(heard.text("EvalDecision"), "allowed", "{principal}");
        assert_eq!(heard.text("AllowedByPermissionsBoundary"), "false");
        assert!(
            heard.body.contains("<EvalDecisionDetails/>"),
            "{}",
            heard.body
        );
    }
    for (principal, expected) in [
        (r#"{"AWS":"444455556666"}"#, "implicitDeny"),
        (
            r#"{"AWS":"arn:aws:iam::111122223333:user/alice"}"#,
            "implicitDeny",
        ),
    ] {
        let asked = asked.clone().granted(&resource_policy("Allow", principal));
        assert_eq!(asked.decisions().await, [expected]);
    }
    let denied = Asked::of(&["s3:GetObject"])
        .policy(ALL)
        .boundary(DENY)
        .resource(OBJECT);
    let denied = denied
        .granted(&resource_policy("Allow", r#""*""#))
        .ask()
        .await;
    assert_eq!(denied.text("EvalDecision"), "explicitDeny");
    assert_eq!(
        denied.texts("SourcePolicyType"),
        ["Permissions Boundary Policy"; 2]
    );
    let by_resource = Asked::of(&["s3:GetObject"]).policy(ALL).resource(OBJECT);
    let by_resource = by_resource
        .granted(&resource_policy("Deny", r#""*""#))
        .ask()
        .await;
    assert_eq!(by_resource.texts("SourcePolicyId"), ["ResourcePolicy"; 2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn across_accounts_both_sides_must_allow() {
    let allow = resource_policy("Allow", &format!(r#"{{"AWS":"{ALICE}"}}"#));
    let deny = resource_policy("Deny", r#""*""#);
    for (policy, resource_policy, decision, details) in [
        (ALL, &allow, "allowed", ["allowed", "allowed"]),
        (NONE, &allow, "implicitDeny", ["implicitDeny", "allowed"]),
        (ALL, &deny, "explicitDeny", ["allowed", "explicitDeny"]),
    ] {
        let asked = Asked::of(&["s3:GetObject"]).policy(policy).resource(OBJECT);
        let asked = asked.granted(resource_policy);
        let heard = asked.clone().and("ResourceOwner", OTHER_ROOT).ask().await;
        let entry = |kind: &str, said: &str| {
            format!("<entry><key>{kind}</key><value>{said}</value></entry>")
        };
        let [identity, resource] = details;
        let details = format!(
            "<EvalDecisionDetails>{}{}</EvalDecisionDetails>",
            entry("IAM Policy", identity),
            entry("Resource Policy", resource)
        );
        assert_eq!(heard.text("EvalDecision"), decision);
        assert_eq!(heard.body.matches(&details).count(), 2, "{}", heard.body);
        let within = asked
            .and("ResourceOwner", "arn:aws:iam::111122223333:root")
            .ask()
            .await;
        assert!(
            within.body.contains("<EvalDecisionDetails/>"),
            "{}",
            within.body
        );
    }
    let beyond = Asked::of(&["s3:GetObject"])
        .policy(ALL)
        .boundary(NONE)
        .resource(OBJECT);
    let beyond = beyond
        .granted(&allow)
        .and("ResourceOwner", OTHER_ROOT)
        .ask()
        .await;
    assert_eq!(beyond.text("EvalDecision"), "implicitDeny");
    assert!(
        beyond
            .body
            .contains("<key>Permissions Boundary Policy</key><value>implicitDeny</value>")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_assume_a_role_is_not_asked() {
    let role = "arn:aws:iam::111122223333:role/r";
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}}"#;
    let asked = |policy| {
        Asked::of(&["STS:assumeRole"])
            .policy(policy)
            .resource(role)
            .granted(trust)
    };
    assert_eq!(asked(ALL).decisions().await, ["allowed"]);
    assert_eq!(asked(NONE).decisions().await, ["implicitDeny"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_boundary_takes_away() {
    let asked = |policy, boundary| {
        Asked::of(&["s3:GetObject"])
            .policy(policy)
            .boundary(boundary)
            .resource(OBJECT)
    };
    let within = asked(ALL, GET).ask().await;
    assert_eq!(within.text("EvalDecision"), "allowed");
    assert_eq!(
        within.texts("AllowedByPermissionsBoundary"),
        ["true", "true"]
    );
    assert_eq!(within.texts("SourcePolicyId"), ["PolicyInputList.1"; 2]);
    let beyond = asked(ALL, NONE).ask().await;
    assert_eq!(beyond.text("EvalDecision"), "implicitDeny");
    assert_eq!(
        beyond.texts("AllowedByPermissionsBoundary"),
        ["false", "false"]
    );
    assert!(beyond.texts("SourcePolicyId").is_empty());
    let denied = asked(DENY, DENY).ask().await;
    assert_eq!(denied.text("EvalDecision"), "explicitDeny");
    let ids = ["PolicyInputList.1", "PermissionsBoundaryPolicyInputList.1"];
    assert_eq!(denied.texts("SourcePolicyId"), [ids, ids].concat());
    assert_eq!(
        asked(ALL, ALL).boundary(ALL).ask().await.fault(),
        "400 InvalidInput: The list of Permissions Boundary policies cannot exceed 1 items."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn organizations_are_asked_first_and_alone() {
    let asked = |levels: &[&str]| {
        let asked = Asked::of(&["s3:GetObject"]).policy(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}"#,
        );
        levels
            .iter()
            .enumerate()
            .fold(asked, |asked, (index, text)| asked.level(index + 1, text))
    };
    for (levels, decision, allowed, matched) in [
        (&[ALL, ALL][..], "allowed", "true", 1),
        (&[ALL, NONE], "implicitDeny", "false", 0),
        (&[DENY, ALL], "explicitDeny", "false", 0),
        (&[], "allowed", "", 1),
    ] {
        let heard = asked(levels).ask().await;
        assert_eq!(heard.text("EvalDecision"), decision);
        assert_eq!(heard.text("AllowedByOrganizations"), allowed);
        assert_eq!(heard.texts("SourcePolicyId").len(), matched);
        assert!(
            heard.body.contains("<MissingContextValues/>"),
            "{}",
            heard.body
        );
    }
    // They don't bind roles that services own.
    for (role, expected) in [
        ("aws-service-role/a.amazonaws.com/r", "allowed"),
        ("a/aws-service-role/r", "implicitDeny"),
        ("aws-service-role", "implicitDeny"),
    ] {
        let caller = format!("arn:aws:iam::111122223333:role/{role}");
        let bound = asked(&[NONE]).and("CallerArn", &caller);
        assert_eq!(bound.decisions().await, [expected], "{role}");
    }
    // Policies of one level count as one.
    assert_eq!(asked(&[NONE]).level(1, ALL).decisions().await, ["allowed"]);
    let empty = "OrderedOrganizationPolicyInputList.member.1.ServiceControlPolicyInputList";
    assert_eq!(
        asked(&[]).and(empty, "").ask().await.fault(),
        "400 InvalidInput: Organization policy at index 1 must contain at least one service control policy"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_missing_are_told_where_nothing_allows() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::${aws:username}/*","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"${AWS:UserName}"},"Null":{"aws:userid":"false"}}},{"Effect":"Allow","Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}"#;
    let members = "<member>aws:username</member><member>aws:PrincipalTag/Team</member>\
                   <member>aws:userid</member><member>aws:SecureTransport</member>";
    let asked = Asked::of(&["s3:GetObject"]).policy(policy);
    let anything = asked.ask().await;
    let list = format!("<MissingContextValues>{members}</MissingContextValues>");
    assert!(anything.body.contains(&list), "{}", anything.body);
    let one = asked.clone().resource(OBJECT).ask().await;
    assert!(
        one.body.contains(&format!("</EvalResourceDecision>{list}")),
        "{}",
        one.body
    );
    assert!(
        one.body
            .contains("</EvalDecision><MatchedStatements/><MissingContextValues/>")
    );
    let given = asked
        .resource(OBJECT)
        .entry(1, "aws:UserName", "string", &["bucket"]);
    let given = given
        .entry(2, "AWS:PRINCIPALTAG/TEAM", "string", &["bucket"])
        .ask()
        .await;
    assert_eq!(given.text("EvalDecision"), "allowed");
    assert!(
        !given.body.contains("<MissingContextValues>"),
        "{}",
        given.body
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_id_is_the_caller_unless_an_entry_says_otherwise() {
    let is = |id: &str| {
        Asked::of(&["s3:GetObject"]).policy(&format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"StringEquals":{{"aws:userid":"{id}"}}}}}}}}"#
        ))
    };
    for asked in [
        is("STUB_PRINCIPAL_FOR_POLICY_SIMULATOR"),
        is(ALICE).and("CallerArn", ALICE),
        is("AIDA1")
            .and("CallerArn", ALICE)
            .entry(1, "aws:userId", "string", &["AIDA1"]),
    ] {
        assert_eq!(asked.decisions().await, ["allowed"]);
    }
    assert_eq!(is(ALICE).decisions().await, ["implicitDeny"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_have_types_by_which_operators_see_them() {
    for (operator, literal, kind, values, expected) in [
        ("StringEquals", "7.50", "numeric", &["007.50"][..], true),
        ("NumericEquals", "7.5", "numeric", &["007.50"], true),
        (
            "StringEquals",
            "2026-11-18T11:06:40.000Z",
            "date",
            &["1795000000"],
            true,
        ),
        ("DateLessThan", "2027-01-01", "date", &["2026-11-18"], true),
        (
            "StringEquals",
            "::FFFF:1.2.3.4",
            "ip",
            &["::FFFF:1.2.3.4"],
            true,
        ),
        ("IpAddress", "1.2.3.0/24", "ip", &["::FFFF:1.2.3.4"], true),
        ("BinaryEquals", "aGk=", "binary", &["aGk="], true),
        ("Bool", "true", "boolean", &["TRUE"], true),
        ("StringEquals", "false", "boolean", &["anything"], true),
        ("StringEquals", "a", "stringList", &["a"], false),
        (
            "ForAnyValue:StringEquals",
            "b",
            "stringList",
            &["a", "b"],
            true,
        ),
        (
            "ForAllValues:NumericLessThan",
            "3",
            "numericList",
            &["1", "2"],
            true,
        ),
        ("NumericNotEquals", "1", "numeric", &["2"], true),
        // Elsewhere than in the simulator, this matches.
        ("NumericNotEquals", "1", "string", &["many"], false),
        ("NumericEquals", "1", "string", &["01"], true),
        ("DateNotEquals", "2026-01-01", "string", &["someday"], true),
    ] {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{{"{operator}":{{"test:key":"{literal}"}}}}}}}}"#
        );
        let asked = Asked::of(&["s3:GetObject"])
            .policy(&policy)
            .entry(1, "Test:Key", kind, values);
        let expected = if expected { "allowed" } else { "implicitDeny" };
        assert_eq!(
            asked.decisions().await,
            [expected],
            "{operator} {kind} {values:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_that_say_nothing_are_ignored_and_others_must_be_whole() {
    let asked = Asked::of(&["s3:GetObject"]).policy(ALL);
    let name = "ContextEntries.member.1.ContextKeyName";
    let value = "ContextEntries.member.1.ContextKeyValues.member.1";
    for (asked, fault) in [
        (
            asked.clone().and(name, "nocolon").and(value, "v"),
            "Context key nocolon has invalid type null.",
        ),
        (
            asked.clone().entry(1, "a:key", "numeric", &["five"]),
            "Invalid context value for key a:key: expected numeric format.",
        ),
        (
            asked
                .clone()
                .entry(1, "a:key", "dateList", &["2026", "someday"]),
            "Invalid context value for key a:key: expected DateTime format.",
        ),
        (
            asked.clone().entry(1, "a:key", "ip", &["10.0.0.0/8"]),
            "Invalid context value for key a:key: expected IP address.",
        ),
        (
            asked.clone().entry(1, "a:key", "binary", &["?"]),
            "Invalid context value for key a:key: expected base-64 encoded binary format.",
        ),
        (
            asked.clone().entry(1, "a:key", "string", &["a", "b"]),
            "Context key string expected a single value, but received 2.",
        ),
        (
            asked
                .clone()
                .entry(1, "a:key", "string", &["a"])
                .entry(2, "A:Key", "string", &["b"]),
            "Duplicate context key: A:Key.",
        ),
        (
            asked.clone().entry(1, "a:key", "string", &[]),
            "Context values for context key a:key cannot be null or empty.",
        ),
    ] {
        assert_eq!(
            asked.ask().await.fault(),
            format!("400 InvalidInput: {fault}")
        );
    }
    let plain = asked.entry(1, "nocolon", "string", &["v"]);
    assert_eq!(plain.decisions().await, ["allowed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_of_actions_and_may_go_on_with_other_lists() {
    let world = World::new().await;
    let asked = |actions: &[&str]| {
        Asked::of(actions)
            .policy(ALL)
            .resource(BUCKET)
            .resource(OBJECT)
    };
    let all = [
        "s3:GetObject",
        "s3:PutObject",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:DeleteObject",
    ];
    let first = asked(&all).and("MaxItems", "2").ask_in(&world).await;
    assert_eq!(
        first.texts("EvalActionName"),
        ["s3:GetObject", "s3:PutObject"]
    );
    assert_eq!(first.texts("EvalResourceDecision").len(), 4);
    assert_eq!(first.text("IsTruncated"), "true");
    let marker = first.text("Marker");
    let rest = asked(&all).and("Marker", marker).ask_in(&world).await;
    assert_eq!(rest.texts("EvalActionName"), &all[2..]);
    assert_eq!(
        (rest.text("IsTruncated"), rest.text("Marker")),
        ("false", "")
    );
    let others = asked(&["iam:A", "iam:B", "iam:C"])
        .and("Marker", marker)
        .and("MaxItems", "9");
    assert_eq!(
        others.ask_in(&world).await.texts("EvalActionName"),
        ["iam:C"]
    );
    let past = asked(&["iam:A"]).and("Marker", marker).ask_in(&world).await;
    assert!(past.body.contains("<EvaluationResults/>"), "{}", past.body);
    assert_eq!(past.text("IsTruncated"), "false");
    for marker in ["x", "MTph"] {
        assert_eq!(
            asked(&all)
                .and("Marker", marker)
                .ask_in(&world)
                .await
                .fault(),
            "400 InvalidInput: Invalid marker for pagination."
        );
    }
    let many: Vec<String> = (0..101).map(|number| format!("a:{number}")).collect();
    let many = many.iter().fold(Asked::default(), |asked, action| {
        asked.member("ActionNames", action)
    });
    assert_eq!(many.ask_in(&world).await.texts("EvalActionName").len(), 100);
}

#[tokio::test(flavor = "multi_thread")]
async fn inputs_are_checked() {
    let asked = || Asked::of(&["s3:GetObject"]).policy(ALL);
    let star = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}"#;
    let allow = resource_policy("Allow", r#""*""#);
    for (asked, fault) in [
        (
            asked().policy("{").policy("["),
            "Policy input list item 2 has invalid content",
        ),
        (
            asked().policy(r#"{"Version":"2012"}"#),
            "Policy input list item 2 has invalid content",
        ),
        (
            asked().boundary("{"),
            "Permissions boundary policy input list item 1 has invalid content",
        ),
        (
            asked().level(1, ALL).level(2, "{"),
            "Organization policy at index 2 has invalid content",
        ),
        (
            asked().resource(BUCKET).granted("{"),
            "Resource policy has invalid content",
        ),
        (
            asked().resource(BUCKET).resource("arn:aws:s3::bucket"),
            "ResourceNames are not in a valid ARN format: arn:aws:s3::bucket.",
        ),
        (
            asked().resource(BUCKET).resource("*"),
            "ResourceNames are not in a valid ARN format: *.",
        ),
        (
            asked().resource(BUCKET).granted(star),
            "ResourceNames are not in a valid ARN format: *.",
        ),
        (
            asked().granted(&allow),
            "Invalid Entity Arn: * does not clearly define entity type and name.",
        ),
        (
            asked().resource(BUCKET).and("ResourcePolicy", &allow),
            "Invalid caller - Caller cannot be null or empty.",
        ),
        (
            asked().and("CallerArn", "arn:aws:sts::111122223333:assumed-role/r/s"),
            "Invalid caller - Caller must be an IAM user, role or group in this context.",
        ),
        (
            asked().and("ResourceOwner", "111122223333"),
            "'111122223333' is not a valid as a Resource Owner.",
        ),
        (
            asked().member("ActionNames", "ListBucket"),
            "The action is invalid since it is missing names",
        ),
        (
            Asked::of(&["s3:Get*", "s3:GetObject", "foo:Bar", "iam:GetUser"]),
            "Invalid Input Actions: [s3:GetObject,iam:GetUser] and [s3:Get*,foo:Bar] require \
             different authorization information. ",
        ),
    ] {
        assert_eq!(
            asked.ask().await.fault(),
            format!("400 InvalidInput: {fault}")
        );
    }
    for fine in [
        &["s3:"][..],
        &["s3:Get Object"],
        &["s3:GetObject", "iam:ListUsers"],
    ] {
        assert_eq!(Asked::of(fine).policy(ALL).ask().await.status, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_may_be_users_groups_and_roles() {
    for caller in ["group/g", "role/a/r", "user/u"] {
        let arn = format!("arn:aws:iam::111122223333:{caller}");
        let principal = format!(r#"{{"AWS":"{arn}"}}"#);
        let asked = Asked::of(&["s3:GetObject"])
            .resource(OBJECT)
            .and("CallerArn", &arn);
        let asked = asked.and("ResourcePolicy", &resource_policy("Allow", &principal));
        assert_eq!(asked.decisions().await, ["allowed"], "{caller}");
    }
}
