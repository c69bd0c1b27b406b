//! Each text, each rule, and which of two faults is told. Where AWS was seen is said in the facts that
//! the table of texts comes from; the order of the groups is AWS's of 2026.

use super::*;
use crate::{PolicyKind, check};

/// A document of the newer version around statements.
fn document(statements: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statements}}}"#)
}

/// What is said about a text, and the piece of it that is pointed at.
fn told(kind: PolicyKind, text: &str) -> Option<(String, &str)> {
    let fault = check(kind, text).err()?;
    assert!(!fault.reason.is_empty());
    Some((fault.message.into_owned(), text.get(fault.span).unwrap()))
}

fn message(text: &str) -> Option<String> {
    told(PolicyKind::Identity, text).map(|(message, _)| message)
}

fn message_of(statements: &str) -> Option<String> {
    message(&document(statements))
}

fn message_of_resource(resource: &str) -> Option<String> {
    let resource = serde_json::json!(resource);
    ["Resource", "NotResource"]
        .map(|element| {
            message_of(&format!(
                r#"{{"Effect":"Allow","Action":"s3:*","{element}":["*",{resource}]}}"#
            ))
        })
        .into_iter()
        .reduce(|one, other| {
            assert_eq!(one, other);
            one
        })
        .unwrap()
}

fn message_of_action(action: &str) -> Option<String> {
    let action = serde_json::json!(action);
    message_of(&format!(
        r#"{{"Effect":"Allow","NotAction":["*",{action}],"Resource":"*"}}"#
    ))
}

fn message_of_condition(condition: &str) -> Option<String> {
    message_of(&format!(
        r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#
    ))
}

const GOOD: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

#[test]
fn whole_policies_are_accepted() {
    for statements in [
        GOOD,
        r#"[{"Effect":"Allow","Action":"*","Resource":"*"}]"#,
        r#"{"Sid":"","Effect":"Deny","NotAction":["s3:Get*","unknown-service.x:Any?Thing"],
            "NotResource":["arn:aws:s3:::b/${aws:username}/*","arn:aws:iam::111122223333:user/a"]}"#,
        r#"[{"Sid":"A1","Effect":"Allow","Action":"*","Resource":"*"},
            {"Sid":"a1","Effect":"Allow","Action":"*","Resource":"*","Condition":{}}]"#,
        r#"[{"Sid":"","Effect":"Allow","Action":"*","Resource":"*"},
            {"Sid":"","Effect":"Allow","Action":"*","Resource":"*"}]"#,
    ] {
        assert_eq!(message_of(statements), None, "{statements}");
    }
    let with_id = format!(r#"{{"Statement":[{GOOD}],"Id":"any text","Version":"2012-10-17"}}"#);
    assert_eq!(message(&with_id), None);
}

#[test]
fn whatever_is_wrong_with_the_shape_is_a_syntax_error() {
    for text in [
        "",
        "not json",
        "[]",
        "\"text\"",
        r#"{"Version":"2012-10-17"}"#,
        r#"{"Version":"2012-10-17","Statement":[]}"#,
        r#"{"Version":"2012-10-17","Statement":"x"}"#,
        r#"{"Version":"2012-10-17","Statement":["x"]}"#,
        r#"{"Version":"2012-10-17","Extra":1,"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":"2012-10-18","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Version":[],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
        r#"{"Id":[],"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#,
    ] {
        assert_eq!(message(text).as_deref(), Some(SYNTAX), "{text}");
    }
    for statement in [
        r#"{"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Alow","Action":"*","Resource":"*"}"#,
        r#"{"Effect":["Allow"],"Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Extra":"x"}"#,
        r#"{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","NotResource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Sid":1}"#,
        r#"{"Effect":"Allow","Action":{},"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":[["*"]],"Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":[1]}"#,
        r#"{"Effect":"Allow","Effect":"Allow","Action":"*","Resource":"*"}"#,
    ] {
        assert_eq!(
            message_of(statement).as_deref(),
            Some(SYNTAX),
            "{statement}"
        );
    }
    for condition in [
        r#""x""#,
        "[]",
        r#"{"StringEquals":[]}"#,
        r#"{"StringEquals":{"a":{}}}"#,
        r#"{"StringEquals":{"a":[["b"]]}}"#,
        r#"{"Equals":{"a":"b"}}"#,
        r#"{"ForAnyValue::StringEquals":{"a":"b"}}"#,
    ] {
        assert_eq!(
            message_of_condition(condition).as_deref(),
            Some(SYNTAX),
            "{condition}"
        );
    }
}

#[test]
fn an_operator_that_says_nothing_may_have_any_name() {
    assert_eq!(
        message_of_condition(r#"{"StringEquals":{},"Equals":{}}"#),
        None
    );
}

#[test]
fn the_version_must_be_the_newer_one() {
    for version in ["", r#""Version":"2008-10-17","#] {
        let text = format!(r#"{{{version}"Statement":{GOOD}}}"#);
        assert_eq!(
            message(&text).as_deref(),
            Some("Policy document must be version 2012-10-17 or greater."),
        );
    }
}

#[test]
fn older_readers_want_exact_effects() {
    for effect in ["denY", "allow", "ALLOW"] {
        let statement = format!(r#"{{"Effect":"{effect}","Action":"*","Resource":"*"}}"#);
        assert_eq!(
            message_of(&statement).as_deref(),
            Some("The policy failed legacy parsing")
        );
    }
}

#[test]
fn older_readers_want_values_that_can_be_compared() {
    for (condition, is_good) in [
        (r#"{"DateLessThan":{"a":"2026"}}"#, true),
        (r#"{"DateLessThan":{"a":"2026-11"}}"#, true),
        (
            r#"{"DateLessThan":{"a":["2026-11-25T10:00:00.123456789+01:00","1764064800"]}}"#,
            true,
        ),
        (r#"{"DateLessThan":{"a":1764064800}}"#, true),
        (r#"{"DateLessThan":{"a":"tomorrow"}}"#, false),
        (
            r#"{"DateLessThanIfExists":{"a":["2026","tomorrow"]}}"#,
            false,
        ),
        (r#"{"DateLessThan":{"a":"-292275054"}}"#, true),
        (
            r#"{"DateLessThan":{"a":"2016-12-13T21:20:37.593194+00:00"}}"#,
            true,
        ),
        (
            r#"{"DateLessThan":{"a":"2016-12-13t2:00:00.593194+1"}}"#,
            false,
        ),
        (
            r#"{"DateLessThan":{"a":"2016-12-13t2:00:00.1999999999+10:59"}}"#,
            false,
        ),
        (r#"{"DateLessThan":{"a":"234-13"}}"#, false),
        (r#"{"DateLessThan":{"a":"9223372036854775808"}}"#, false),
        (r#"{"ForAnyValue:DateNotEquals":{"a":""}}"#, false),
        (r#"{"NumericEquals":{"a":["+01.50",7]}}"#, true),
        (r#"{"NumericEquals":{"a":"seven"}}"#, false),
        (r#"{"NumericEquals":{"a":"${b:c}"}}"#, false),
        (
            r#"{"IpAddress":{"a":["192.0.2.1/24","2001:db8::/32"]}}"#,
            true,
        ),
        (r#"{"NotIpAddress":{"a":"2001:db8::1/32"}}"#, false),
        (r#"{"NotIpAddress":{"a":"300.0.0.1"}}"#, false),
        (r#"{"BinaryEquals":{"a":"QmluYXJ5"}}"#, true),
        (r#"{"BinaryEquals":{"a":"?"}}"#, false),
        (
            r#"{"ArnLike":{"a":["arn:aws:iam::*:role/*","${b:c}","*"]}}"#,
            true,
        ),
        (r#"{"ArnEquals":{"a":"arn:${aws:Partition}:s3:::b"}}"#, true),
        (r#"{"ArnEquals":{"a":"arn:aws:s3::b"}}"#, false),
        (r#"{"ArnEquals":{"a":"${b:c}d"}}"#, false),
        (r#"{"ArnNotLike":{"a":"arn:aws:iam::1:${b:c}"}}"#, true),
        (r#"{"ArnNotLike":{"a":"arn:aws:iam:${b:c}"}}"#, false),
        (
            r#"{"Bool":{"a":"perhaps"},"Null":{"a":"no"},"StringLike":{"a":""}}"#,
            true,
        ),
    ] {
        let expected = (!is_good).then_some("The policy failed legacy parsing");
        assert_eq!(
            message_of_condition(condition).as_deref(),
            expected,
            "{condition}"
        );
    }
}

#[test]
fn older_readers_want_whole_arns() {
    for resource in [
        "arn:aws:s3::bucket",
        "arn:aws::fdsasf",
        "arn:aws::us-east-1:111122223333:thing:name",
        "arn:aws::::bucket",
    ] {
        let message = message_of_resource(resource);
        assert_eq!(
            message.as_deref(),
            Some("The policy failed legacy parsing"),
            "{resource}"
        );
    }
}

#[test]
fn ids_of_statements_are_unique_and_plain() {
    let two = |one: &str, other: &str| {
        let rest = r#""Effect":"Allow","Action":"*","Resource":"*""#;
        message_of(&format!(
            r#"[{{"Sid":"{one}",{rest}}},{{"Sid":"{other}",{rest}}}]"#
        ))
    };
    let unique = "Statement IDs (SID) in a single policy must be unique.";
    assert_eq!(two("a", "a").as_deref(), Some(unique));
    assert_eq!(two("a", "b"), None);
    assert_eq!(two("a", "b c").as_deref(), Some(BAD_ID));
}

#[test]
fn identity_policies_name_no_principals() {
    for principal in [r#""Principal":"*""#, r#""NotPrincipal":{"AWS":"*"}"#] {
        let statement = format!(r#"{{"Effect":"Allow",{principal},"Action":"*","Resource":"*"}}"#);
        let message = message_of(&statement);
        assert_eq!(
            message.as_deref(),
            Some("Policy document should not specify a principal.")
        );
    }
}

#[test]
fn statements_have_actions_and_resources() {
    for actions in ["", r#""Action":[],"#, r#""NotAction":[],"#] {
        let statement = format!(r#"{{"Effect":"Allow",{actions}"Resource":"*"}}"#);
        let message = message_of(&statement);
        assert_eq!(
            message.as_deref(),
            Some("Policy statement must contain actions.")
        );
    }
    for resources in ["", r#","Resource":[]"#, r#","NotResource":[]"#] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*"{resources}}}"#);
        let message = message_of(&statement);
        assert_eq!(
            message.as_deref(),
            Some("Policy statement must contain resources.")
        );
    }
}

#[test]
fn resources_are_arns() {
    const PATHS: &str = "IAM resource path must either be \"*\", root, or start with user/, \
        federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, \
        sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.";
    for (resource, message) in [
        ("", "Resource  must be in ARN format or \"*\"."),
        ("bucket", "Resource bucket must be in ARN format or \"*\"."),
        ("**", "Resource ** must be in ARN format or \"*\"."),
        (
            "${a:b}/c",
            "Resource ${a:b}/c must be in ARN format or \"*\".",
        ),
        (
            "a:b:cadfsdf",
            "Partition \"b\" is not valid for resource \"arn:b:cadfsdf:*:*:*\".",
        ),
        (
            "aws:s3:::bucket",
            "Partition \"s3\" is not valid for resource \"arn:s3:::bucket:*\".",
        ),
        (
            "arn:error:s3:::bucket/a:b",
            "Partition \"error\" is not valid for resource \"arn:error:s3:::bucket/a:b\".",
        ),
        (
            "a:b",
            "Partition \"b\" is not valid for resource \"arn:b:*:*:*:*\".",
        ),
        (
            "arn:error:s3::bucket",
            "Partition \"error\" is not valid for resource \"arn:error:s3::bucket:*\".",
        ),
        (
            "arn::::::",
            "Partition \"\" is not valid for resource \"arn::::::\".",
        ),
        (
            "s3::bucket",
            "Partition \"\" is not valid for resource \"arn::bucket:*:*:*\".",
        ),
        (
            "arn:aws",
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            "arn:aws:s*:::bucket",
            "Resource vendor must be fully qualified and cannot contain regexes.",
        ),
        (
            "arn:aws:iam:us-east-1:111122223333:user/a",
            "IAM resource arn:aws:iam:us-east-1:111122223333:user/a cannot contain region information.",
        ),
        (
            "arn:aws:s3:us-east-1::bucket",
            "Resource arn:aws:s3:us-east-1::bucket can not contain region information.",
        ),
        (
            "arn:aws:s3:eu-west-1:111122223333:accesspoint",
            "Resource arn:aws:s3:eu-west-1:111122223333:accesspoint can not contain region information.",
        ),
        ("arn:aws:iam::111122223333:users/a", PATHS),
        ("arn:aws:iam::111122223333:user", PATHS),
        ("arn:aws:iam::111122223333:root/a", PATHS),
        ("arn:aws:iam::111122223333:*/a", PATHS),
        ("arn:aws:iam", PATHS),
    ] {
        assert_eq!(
            message_of_resource(resource).as_deref(),
            Some(message),
            "{resource}"
        );
    }
}

#[test]
fn whatever_can_be_an_arn_is_a_resource() {
    for resource in [
        "*",
        "arn:aws:fdsasf",
        "x:aws:s3:::bucket",
        "arn:aws-cn:s3:::bucket",
        "arn:*:s3:::bucket",
        "arn:aws-us-gov:ec2:*:*:instance/*",
        "arn:aws:unknown:nowhere:nobody:nothing",
        "arn:aws:s3:eu-west-1:111122223333:accesspoint/name",
        "arn:aws:iam::*:root",
        "arn:aws:iam::111122223333:*",
        "arn:aws:iam::111122223333:access-report/*",
        "arn:aws:iam::aws:policy/A",
        "arn:aws:iam::111122223333:${aws:PrincipalTag/path}",
        "${aws:PrincipalTag/arn}",
        "arn:aws:${aws:PrincipalTag/service, 's3:x'}:::bucket",
    ] {
        assert_eq!(message_of_resource(resource), None, "{resource}");
    }
}

#[test]
fn actions_have_a_service_and_a_name() {
    let wildcards = "Action vendors (e.g., aws, ec2, etc.) must not contain wildcards";
    let no_vendor = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    for (action, message) in [
        ("", no_vendor),
        ("s3", no_vendor),
        ("s3*", no_vendor),
        (
            "s3:Get:Object",
            "Actions/Condition can contain only one colon.",
        ),
        ("a a:b:c", "Actions/Condition can contain only one colon."),
        ("a a:ListUsers", "Vendor a a is not valid"),
        ("*:Untag*", wildcards),
        ("s3?:Get", wildcards),
        ("*:*", wildcards),
        (":Get", "Vendor  is not valid"),
    ] {
        assert_eq!(
            message_of_action(action).as_deref(),
            Some(message),
            "{action}"
        );
    }
    for action in [
        "s3:*",
        "s3:Get Object",
        "s3:",
        "A-1.b:*?",
        "nobody:Nothing",
        "s3:é",
    ] {
        assert_eq!(message_of_action(action), None, "{action}");
    }
}

/// Faults in the order in which they are told: of two in one document, also in different statements,
/// the earlier one.
#[test]
fn of_two_faults_the_one_of_the_earlier_group_is_told() {
    let faults = [
        r#"{"Effect":"?","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"denY","Action":"*","Resource":"*"}"#,
        r#"{"Sid":"a b","Effect":"Allow","Action":"*","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"*","Principal":"*"}"#,
        r#"{"Effect":"Allow","Resource":"*"}"#,
        r#"{"Effect":"Allow","Action":"*","Resource":"x"}"#,
        r#"{"Effect":"Allow","Action":"*"}"#,
        r#"{"Effect":"Allow","Action":"x","Resource":"*"}"#,
    ];
    for (index, earlier) in faults.iter().enumerate() {
        let alone = message_of(earlier).unwrap();
        for later in &faults[index + 1..] {
            assert_ne!(message_of(later).unwrap(), alone);
            let both = message_of(&format!("[{later},{earlier}]"));
            assert_eq!(both.as_deref(), Some(&*alone), "{later} {earlier}");
        }
    }
    let old = format!(r#"{{"Version":"2008-10-17","Statement":{}}}"#, faults[1]);
    assert_eq!(message(&old).as_deref(), Some(OLD_VERSION));
    assert_eq!(
        message_of(r#"{"Effect":"Allow","Action":"x","Resource":"y"}"#).as_deref(),
        Some("Resource y must be in ARN format or \"*\"."),
    );
    assert_eq!(
        message_of(r#"{"Effect":"Allow","Action":"x"}"#).as_deref(),
        Some(NO_RESOURCES)
    );
}

/// Seen at AWS: older readers stop at the first resource that has any fault.
#[test]
fn of_two_bad_resources_the_first_is_told() {
    let message = |first: &str, second: &str| {
        message_of(&format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":["{first}","{second}"]}}"#
        ))
    };
    let (legacy, partition) = ("arn:aws:s3::bucket", "arn:error:s3:::bucket");
    assert_eq!(message(legacy, partition).as_deref(), Some(LEGACY));
    assert_eq!(
        message(partition, legacy).as_deref(),
        Some("Partition \"error\" is not valid for resource \"arn:error:s3:::bucket\"."),
    );
}

#[test]
fn a_fault_points_at_what_is_wrong() {
    for (statement, at) in [
        (
            r#"{"Effect":"Allow","Action":["*","x"],"Resource":"*"}"#,
            r#""x""#,
        ),
        (
            r#"{"Effect":"Allow","Action":"*","Resource":["*","x"]}"#,
            r#""x""#,
        ),
        (
            r#"{"Effect":"allow","Action":"*","Resource":"*"}"#,
            r#""allow""#,
        ),
        (r#"{"Effect":"Allow","Action":[],"Resource":"*"}"#, "[]"),
        (
            r#"{"Effect":"Allow","Action":"*"}"#,
            r#"{"Effect":"Allow","Action":"*"}"#,
        ),
        (r#"{"Effect":"Allow","Action":"*","Principal":{}}"#, "{}"),
    ] {
        let text = document(statement);
        let (_, pointed) = told(PolicyKind::Identity, &text).unwrap();
        assert_eq!(pointed, at, "{statement}");
    }
    let text = format!(r#" {{"Version":"2008-10-17","Statement":{GOOD}}}"#);
    let (_, pointed) = told(PolicyKind::Identity, &text).unwrap();
    assert_eq!(pointed, r#""2008-10-17""#);
    let (_, pointed) = told(PolicyKind::Identity, " {} \n").unwrap();
    assert_eq!(pointed, "{}");
}

#[test]
fn session_policies_may_have_values_that_never_match() {
    let with = |condition: &str| {
        let text = document(&format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#
        ));
        told(PolicyKind::Session, &text).map(|(message, _)| message)
    };
    for condition in [
        r#"{"NumericEquals":{"a":"seven"}}"#,
        r#"{"DateEquals":{"a":"tomorrow"}}"#,
        r#"{"IpAddress":{"a":"2001:db8::1/32"}}"#,
        r#"{"ArnLike":{"a":"no arn"}}"#,
        r#"{"BinaryEquals":{"a":"QmluYXJ5"}}"#,
    ] {
        assert_eq!(with(condition), None, "{condition}");
    }
    assert_eq!(
        with(r#"{"BinaryEquals":{"a":"?"}}"#).as_deref(),
        Some(LEGACY)
    );
    assert_eq!(with(r#"{"Equals":{"a":"?"}}"#).as_deref(), Some(SYNTAX));
}

#[test]
fn session_policies_may_have_the_older_version() {
    for version in ["", r#""Version":"2008-10-17","#] {
        let text = format!(r#"{{{version}"Statement":{GOOD}}}"#);
        assert_eq!(told(PolicyKind::Session, &text), None);
    }
    let text = document(r#"{"Effect":"Allow","Action":"*"}"#);
    let (message, _) = told(PolicyKind::Session, &text).unwrap();
    assert_eq!(message, NO_RESOURCES);
}

#[test]
fn older_readers_want_no_white_space_before_a_policy() {
    let policy = document(GOOD);
    for space in [" ", "\n", "\t", "\r\n", "  \n"] {
        let text = format!("{space}{policy}");
        let (message, at) = told(PolicyKind::Identity, &text).unwrap();
        assert_eq!((&*message, at), (LEGACY, space));
        assert_eq!(
            told(PolicyKind::Identity, &format!("{policy}{space}")),
            None
        );
        // Of those for sessions it is not known.
        assert_eq!(told(PolicyKind::Session, &text), None);
    }
}

#[test]
fn one_statement_before_the_version_must_be_in_a_list() {
    for (text, expected) in [
        (
            format!(r#"{{"Statement":{GOOD},"Version":"2012-10-17"}}"#),
            Some(LEGACY),
        ),
        (
            format!(r#"{{"Statement": {GOOD} ,"Id":"a","Version":"2012-10-17"}}"#),
            Some(LEGACY),
        ),
        (
            format!(r#"{{"Statement":[ {GOOD}],"Version":"2012-10-17"}}"#),
            None,
        ),
        (
            format!(r#"{{"Id":"a","Version":"2012-10-17","Statement":{GOOD}}}"#),
            None,
        ),
        (
            format!(r#"{{"Statement":[{GOOD},{GOOD}],"Version":"2012-10-17"}}"#),
            None,
        ),
    ] {
        assert_eq!(message(&text).as_deref(), expected, "{text}");
    }
}

#[test]
fn regions_and_accounts_of_what_is_stored_are_written_out() {
    for (resource, is_good) in [
        ("arn:aws:lambda:eu-north-1:111122223333:function:*", true),
        ("arn:aws:lambda:*:*:function:f", true),
        ("arn:aws:lambda:eu-*:1111????3333:function:f", true),
        ("arn:aws:lambda:region:account-id:function:f", true),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", true),
        ("arn:aws:s3:::ACCOUNT_ID-${aws:username}/<x>", true),
        ("arn:aws:dynamodb:*", true),
        ("arn:aws:sns:us-*", true),
        ("arn:aws:lambda:eu-north-1:<MY-ACCOUNT>:function:*", false),
        ("arn:aws:lambda:eu-north-1:{acct}:function:*", false),
        ("arn:aws:lambda:eu-north-1:MY_ACCOUNT:function:*", false),
        ("arn:aws:lambda:eu-north-1:12345678 9012:function:*", false),
        ("arn:aws:iam::${aws:PrincipalAccount}:user/a", false),
        (
            "arn:aws:lambda:${aws:RequestedRegion}:111122223333:function:f",
            false,
        ),
        ("arn:aws:lambda:eu_north_1:111122223333:function:f", false),
    ] {
        let expected = (!is_good).then_some(LEGACY);
        assert_eq!(
            message_of_resource(resource).as_deref(),
            expected,
            "{resource}"
        );
        // They are still read where they are evaluated.
        let text = document(&format!(
            r#"{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}"#
        ));
        assert_eq!(told(PolicyKind::Session, &text), None, "{resource}");
        assert_eq!(told(PolicyKind::Simulated, &text), None, "{resource}");
    }
    assert_eq!(
        message_of_resource("arn:${Part}:s3:::b").as_deref(),
        Some(r#"Partition "${Part}" is not valid for resource "arn:${Part}:s3:::b"."#)
    );
}

#[test]
fn of_a_session_policy_that_is_no_json_the_character_is_told() {
    let expected = "Unexpected character ('n' (code 110)): expected a valid value (JSON String, Number, \
        Array, Object or token 'null', 'true' or 'false')";
    let (message, _) = told(PolicyKind::Session, "nonsense").unwrap();
    assert_eq!(message, expected);
    let (message, _) = told(PolicyKind::Session, "").unwrap();
    assert_eq!(message, "Unexpected end-of-input");
    let (message, _) = told(PolicyKind::Session, r#"{"Statement":1}"#).unwrap();
    assert_eq!(message, SYNTAX);
}
