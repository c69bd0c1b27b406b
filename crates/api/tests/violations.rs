//! What callers are told about wrong requests. The texts marked "seen" appear in published
//! recordings of the real services from 2025 and 2026.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the helpers of a test fail the test by panicking"
)]

use keyward_api::{FaultCode, InputError, OperationId, Service};
use keyward_wire::Parameters;

/// Judges a request given as `Name=value` pairs joined with `&`.
fn judge(service: Service, operation: &str, request: &str) -> Result<(), InputError> {
    let parameters = Parameters::parse(None, request.as_bytes()).unwrap();
    OperationId::find(service, operation)
        .unwrap_or_else(|| panic!("{operation}"))
        .check(&parameters)
}

#[track_caller]
fn accepted(service: Service, operation: &str, request: &str) {
    assert_eq!(
        judge(service, operation, request),
        Ok(()),
        "{operation} {request}"
    );
}

#[track_caller]
fn refused(service: Service, operation: &str, request: &str, message: &str) {
    let error = judge(service, operation, request).unwrap_err();
    assert_eq!(error.message(), message, "{operation} {request}");
    assert_eq!(error.code(), FaultCode::ValidationError);
}

/// Refused with this one entry.
#[track_caller]
fn violates(service: Service, operation: &str, request: &str, entry: &str) {
    let message = format!("1 validation error detected: {entry}");
    refused(service, operation, request, &message);
}

#[track_caller]
fn malformed(service: Service, operation: &str, request: &str, message: Option<&str>) {
    let error = judge(service, operation, request).unwrap_err();
    assert_eq!(
        error.code(),
        FaultCode::MalformedInput,
        "{operation} {request}"
    );
    if let Some(message) = message {
        assert_eq!(error.message(), message, "{operation} {request}");
    }
}

use Service::{Iam, Sts};

const TAG_KEY: &str = r"[\p{L}\p{Z}\p{N}_.:/=+\-@]+";

#[test]
fn iam_does_not_repeat_the_value() {
    // Seen.
    violates(
        Iam,
        "DeleteServiceSpecificCredential",
        "ServiceSpecificCredentialId=ACCA-not-a-word-at-all",
        r"Value at 'serviceSpecificCredentialId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w]+",
    );
    violates(
        Iam,
        "CreateUser",
        &format!("UserName=bob&Path=/{}/", "x".repeat(511)),
        "Value at 'path' failed to satisfy constraint: Member must have length less than or equal to 512",
    );
    violates(
        Iam,
        "ListUsers",
        "MaxItems=1001",
        "Value at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
    );
    violates(
        Iam,
        "GetUser",
        &format!("UserName={}", "x".repeat(129)),
        "Value at 'userName' failed to satisfy constraint: Member must have length less than or equal to 128",
    );
    violates(
        Iam,
        "DeleteUser",
        "",
        "Value at 'userName' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn enumerations_are_listed_in_the_service_s_order() {
    // Seen.
    violates(
        Iam,
        "GetSSHPublicKey",
        "UserName=bob&SSHPublicKeyId=APKAAAAAAAAAAAAAAAAA&Encoding=PDF",
        "Value at 'encoding' failed to satisfy constraint: Member must satisfy enum value set: [SSH, PEM]",
    );
    violates(
        Iam,
        "GetAccountAuthorizationDetails",
        "Filter.member.1=User&Filter.member.2=Nobody",
        "Value at 'filter' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [LocalManagedPolicy, User, AWSManagedPolicy, Role, Group]]",
    );
    violates(
        Iam,
        "SimulateCustomPolicy",
        "PolicyInputList.member.1=x&ActionNames.member.1=iam:GetUser&ContextEntries.member.1.ContextKeyName=aws:x&ContextEntries.member.1.ContextKeyType=text",
        "Value at 'contextEntries.1.member.contextKeyType' failed to satisfy constraint: Member must satisfy enum value set: [binary, ipList, booleanList, ip, boolean, numericList, dateList, numeric, date, stringList, string, binaryList]",
    );
    for version in ["", "v3Token", "V1Token"] {
        violates(
            Iam,
            "SetSecurityTokenServicePreferences",
            &format!("GlobalEndpointTokenVersion={version}"),
            "Value at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum value set: [v2Token, v1Token]",
        );
    }
}

#[test]
fn a_wrong_element_of_a_list_is_told_by_everything_demanded_of_it() {
    // Seen.
    let sentence = "failed to satisfy constraint: Member must satisfy constraint:";
    let policies = r"[Member must have length less than or equal to 131072, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]+]";
    for document in ["", "%7F", "%C2%A0", "%E2%82%AC"] {
        violates(
            Iam,
            "SimulateCustomPolicy",
            &format!("PolicyInputList.member.1={document}&ActionNames.member.1=iam:GetUser"),
            &format!("Value at 'policyInputList' {sentence} {policies}"),
        );
    }
    for keys in [
        "TagKeys.member.1=",
        "TagKeys.member.2=a",
        "TagKeys.member.1=!",
    ] {
        violates(
            Iam,
            "UntagUser",
            &format!("UserName=bob&{keys}"),
            &format!(
                "Value at 'tagKeys' {sentence} [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: {TAG_KEY}, Member must not be null]"
            ),
        );
    }
    violates(
        Iam,
        "CreateOpenIDConnectProvider",
        &format!("Url=https://x&ClientIDList.member.1={}", "x".repeat(256)),
        &format!(
            "Value at 'clientIDList' {sentence} [Member must have length less than or equal to 255, Member must have length greater than or equal to 1]"
        ),
    );
}

#[test]
fn members_of_structures_in_lists_are_judged_from_the_last_to_the_first() {
    // Seen.
    refused(
        Iam,
        "TagUser",
        "UserName=bob&Tags.member.1.Other=x",
        "2 validation errors detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be null; Value at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
    );
    // A word in the place of the number makes an empty first element.
    refused(
        Iam,
        "TagUser",
        "UserName=bob&Tags.member.one.Key=a&Tags.member.one.Value=b",
        "2 validation errors detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must not be null; Value at 'tags.1.member.key' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn tags_have_limits_and_may_have_empty_values() {
    let tag = |key: &str, value: &str| {
        format!("UserName=bob&Tags.member.1.Key={key}&Tags.member.1.Value={value}")
    };
    accepted(Iam, "TagUser", &tag(&"k".repeat(128), ""));
    accepted(Iam, "TagUser", &tag("%C3%A9%E2%80%83-@", &"v".repeat(256)));
    // Seen.
    violates(
        Iam,
        "TagUser",
        &tag(&"k".repeat(129), ""),
        "Value at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    );
    violates(
        Iam,
        "TagUser",
        &tag("k!", ""),
        &format!(
            "Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: {TAG_KEY}"
        ),
    );
    violates(
        Iam,
        "TagUser",
        &tag("k", "%E2%82%AC"),
        r"Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*",
    );
    let tags = |count: usize| {
        let tags = (1..=count).map(|i| format!("&Tags.member.{i}.Key=k{i}&Tags.member.{i}.Value="));
        format!("UserName=bob{}", tags.collect::<String>())
    };
    accepted(Iam, "TagUser", &tags(50));
    violates(
        Iam,
        "TagUser",
        &tags(51),
        "Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50",
    );
}

#[test]
fn the_password_policy_is_judged_in_an_order_of_its_own() {
    // Seen.
    refused(
        Iam,
        "UpdateAccountPasswordPolicy",
        "MinimumPasswordLength=129&MaxPasswordAge=1096&PasswordReusePrevention=25",
        "3 validation errors detected: Value at 'minimumPasswordLength' failed to satisfy constraint: Member must have value less than or equal to 128; Value at 'passwordReusePrevention' failed to satisfy constraint: Member must have value less than or equal to 24; Value at 'maxPasswordAge' failed to satisfy constraint: Member must have value less than or equal to 1095",
    );
}

#[test]
fn at_most_ten_violations_are_counted() {
    let tags: String = (1..=6)
        .map(|i| format!("&Tags.member.{i}.Other=x"))
        .collect();
    let error = judge(Iam, "TagUser", &format!("UserName=bob{tags}")).unwrap_err();
    assert!(
        error
            .message()
            .starts_with("10 validation errors detected: ")
    );
    assert_eq!(error.message().matches("failed to satisfy").count(), 10);
}

#[test]
fn sts_repeats_the_value() {
    // Seen.
    let role = "RoleArn=arn:aws:iam::123456789012:role/x";
    violates(
        Sts,
        "AssumeRole",
        &format!("{role}&RoleSessionName=Session1:2"),
        r"Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*",
    );
    violates(
        Sts,
        "GetWebIdentityToken",
        "Audience.member.1=x",
        "Value null at 'signingAlgorithm' failed to satisfy constraint: Member must not be null",
    );
    violates(
        Sts,
        "AssumeRoot",
        "TargetPrincipal=123456789012",
        "Value null at 'taskPolicyArn' failed to satisfy constraint: Member must not be null",
    );
    let audience: String = (0..11)
        .map(|i| format!("&Audience.member.{}={i}", i + 1))
        .collect();
    violates(
        Sts,
        "GetWebIdentityToken",
        &format!("SigningAlgorithm=RS256{audience}"),
        "Value '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]' at 'audience' failed to satisfy constraint: Member must have length less than or equal to 10",
    );
    violates(
        Sts,
        "GetWebIdentityToken",
        "SigningAlgorithm=RS256&Audience=",
        "Value null at 'audience' failed to satisfy constraint: Member must not be null",
    );
    violates(
        Sts,
        "GetWebIdentityToken",
        "SigningAlgorithm=RS256&Audience.member.1=",
        "Value '[]' at 'audience' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 1000, Member must have length greater than or equal to 1]",
    );
    violates(
        Sts,
        "GetSessionToken",
        "DurationSeconds=0899",
        "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    );
}

#[test]
fn secrets_are_never_repeated() {
    violates(
        Sts,
        "AssumeRoleWithWebIdentity",
        "RoleArn=arn:aws:iam::123456789012:role/x&RoleSessionName=me&WebIdentityToken=abc",
        "Value at 'webIdentityToken' failed to satisfy constraint: Member must have length greater than or equal to 4",
    );
    let error = judge(
        Iam,
        "CreateLoginProfile",
        "UserName=bob&Password=hunter2%00",
    )
    .unwrap_err();
    assert!(!error.message().contains("hunter2"), "{error}");
}

#[test]
fn names_paths_and_documents_are_refused_in_words_of_their_own() {
    // Seen.
    let name = |field: &str| {
        format!(
            "The specified value for {field} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        )
    };
    refused(Iam, "CreateUser", "UserName=a+b", &name("userName"));
    refused(Iam, "GetUser", "UserName=%C3%A9", &name("userName"));
    refused(
        Iam,
        "UpdateUser",
        "UserName=a&NewUserName=a%2F",
        &name("newUserName"),
    );
    refused(Iam, "DeleteGroup", "GroupName=a%0A", &name("groupName"));
    refused(Iam, "DeleteRole", "RoleName=a%0A", &name("roleName"));
    refused(
        Iam,
        "GetUserPolicy",
        "UserName=a&PolicyName=*",
        &name("policyName"),
    );
    let path = |field: &str| {
        format!(
            "The specified value for {field} is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."
        )
    };
    for wrong in ["//", "/x", "x/", "/+/", "/%7F/", "/a%0A/", "/%C3%A9/"] {
        refused(
            Iam,
            "CreateUser",
            &format!("UserName=a&Path={wrong}"),
            &path("path"),
        );
        refused(
            Iam,
            "UpdateUser",
            &format!("UserName=a&NewPath={wrong}"),
            &path("newPath"),
        );
    }
    for right in ["/", "/a/", "/a//b/", "/~!/"] {
        accepted(Iam, "CreateUser", &format!("UserName=a&Path={right}"));
    }
    refused(
        Iam,
        "ListUsers",
        "PathPrefix=x",
        "The specified value for pathPrefix is invalid. It must begin with the / character and contain only alphanumeric characters and/or / characters.",
    );
    accepted(Iam, "ListUsers", "PathPrefix=/x");
    refused(
        Iam,
        "PutUserPolicy",
        "UserName=a&PolicyName=b&PolicyDocument=%E2%82%AC",
        "The specified value for policyDocument is invalid. It must contain only printable ASCII characters.",
    );
    refused(
        Iam,
        "CreateRole",
        "RoleName=a&AssumeRolePolicyDocument=%00",
        "The specified value for assumeRolePolicyDocument is invalid. It must contain only printable ASCII characters.",
    );
    let alias = "The specified value for accountAlias is invalid. It must be a minimum length of 3 characters and maximum length of 63 characters, contain only digits, lowercase letters, and hyphens (-), but cannot begin or end with a hyphen.";
    for wrong in ["ab", "Abc", "-abc", "abc-", "a--b", &"a".repeat(64), ""] {
        refused(
            Iam,
            "CreateAccountAlias",
            &format!("AccountAlias={wrong}"),
            alias,
        );
        refused(
            Iam,
            "DeleteAccountAlias",
            &format!("AccountAlias={wrong}"),
            alias,
        );
    }
}

#[test]
fn words_of_their_own_give_way_to_counted_violations() {
    refused(
        Iam,
        "CreateUser",
        &format!(
            "UserName=a+b&PermissionsBoundary=x&Path={}",
            "x".repeat(513)
        ),
        "2 validation errors detected: Value at 'path' failed to satisfy constraint: Member must have length less than or equal to 512; Value at 'permissionsBoundary' failed to satisfy constraint: Member must have length greater than or equal to 20",
    );
}

#[test]
fn length_and_pattern_of_one_member_are_two_violations() {
    refused(
        Iam,
        "UpdateAccessKey",
        "AccessKeyId=-&Status=Active",
        r"2 validation errors detected: Value at 'accessKeyId' failed to satisfy constraint: Member must have length greater than or equal to 16; Value at 'accessKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w]+",
    );
}

#[test]
fn members_lower_their_first_letter_only() {
    violates(
        Iam,
        "CreateSAMLProvider",
        "Name=x&SAMLMetadataDocument=short",
        "Value at 'sAMLMetadataDocument' failed to satisfy constraint: Member must have length greater than or equal to 1000",
    );
    violates(
        Iam,
        "GetOpenIDConnectProvider",
        "",
        "Value at 'openIDConnectProviderArn' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn lists_are_malformed_in_the_service_s_words() {
    // Seen.
    let keys = |keys: &str| format!("UserName=bob&{keys}");
    for (request, message) in [
        ("TagKeys.member.0=a", "0 is not a valid index"),
        ("TagKeys.member.-1=a", "Key -1 may not have a leading '-'"),
        (
            "TagKeys.member.1.0=a",
            "Two index elements may not occur back to back",
        ),
        (
            "TagKeys.member.12=a",
            "Excessively sparse input would skip 11 list elements",
        ),
        (
            "TagKeys.member.49=a",
            "Excessively sparse input would skip 48 list elements",
        ),
        (
            "TagKeys.member.one=a",
            "Start of list found where not expected",
        ),
        (
            "TagKeys.member.%2B1=a",
            "Start of list found where not expected",
        ),
    ] {
        malformed(Iam, "UntagUser", &keys(request), Some(message));
    }
    accepted(
        Iam,
        "UntagUser",
        &keys("TagKeys.member.2=b&TagKeys.member.01=a"),
    );
    accepted(Iam, "UntagUser", &keys("TagKeys="));
    violates(
        Iam,
        "UntagUser",
        "UserName=bob",
        "Value at 'tagKeys' failed to satisfy constraint: Member must not be null",
    );
}

#[test]
fn numbers_and_booleans_have_exact_forms() {
    for right in ["true", "false", "1", "0"] {
        accepted(
            Iam,
            "UpdateLoginProfile",
            &format!("UserName=a&PasswordResetRequired={right}"),
        );
    }
    for wrong in ["", "True", "TRUE", "+true", "null", "yes"] {
        let request = format!("UserName=a&PasswordResetRequired={wrong}");
        malformed(Iam, "UpdateLoginProfile", &request, None);
    }
    for right in ["1", "01", "%2B1", "1000"] {
        accepted(Iam, "ListUsers", &format!("MaxItems={right}"));
    }
    for wrong in ["", "+1", "1.0", "1e2", "2147483648", "x"] {
        malformed(Iam, "ListUsers", &format!("MaxItems={wrong}"), None);
        malformed(
            Sts,
            "GetSessionToken",
            &format!("DurationSeconds={wrong}"),
            None,
        );
    }
    violates(
        Iam,
        "ListUsers",
        "MaxItems=-1",
        "Value at 'maxItems' failed to satisfy constraint: Member must have value greater than or equal to 1",
    );
}

#[test]
fn an_empty_optional_user_name_counts_as_absent() {
    // Believed, not seen.
    accepted(Iam, "GetUser", "UserName=");
    accepted(Iam, "GetLoginProfile", "UserName=");
    violates(
        Iam,
        "DeleteUser",
        "UserName=",
        "Value at 'userName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
}

#[test]
fn an_empty_map_counts_as_missing() {
    // Seen.
    for request in ["", "Properties="] {
        violates(
            Iam,
            "PutAccountProperties",
            request,
            "Value at 'properties' failed to satisfy constraint: Member must not be null",
        );
    }
    accepted(
        Iam,
        "PutAccountProperties",
        "Properties.entry.1.key=RoleManager/Enabled&Properties.entry.1.value=true",
    );
}

#[test]
fn unknown_members_do_not_matter() {
    accepted(
        Iam,
        "GetUser",
        "Action=GetUser&Version=2010-05-08&UserName=bob&Colour=red",
    );
}

#[test]
fn elements_that_a_list_of_structures_leaves_out_are_told_by_their_members() {
    let null =
        |at: &str| format!("Value at '{at}' failed to satisfy constraint: Member must not be null");
    let of =
        |place: u32| ["value", "key"].map(|member| null(&format!("tags.{place}.member.{member}")));
    let told = |count: usize, places: std::ops::RangeInclusive<u32>| {
        let all: Vec<String> = places.flat_map(of).collect();
        format!("{count} validation errors detected: {}", all.join("; "))
    };
    let gap = "UserName=u&Tags.member.1.Key=a&Tags.member.1.Value=b&Tags.member.4.Key=c&Tags.member.4.Value=d";
    refused(Iam, "TagUser", gap, &told(4, 2..=3));
    // Seven are missing, but ten sentences are all that is told.
    let gap = "RoleName=r&Tags.member.8.Key=a&Tags.member.8.Value=b";
    refused(Iam, "TagRole", gap, &told(10, 1..=5));
}
