//! How requests and answers show in audit records.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail the test by panicking"
)]

use keyward_api::{Input, Service, iam, recorded, sts};
use keyward_names::{Secret, Timestamp, UserName};
use keyward_wire::Parameters;

fn shown<I: Input>(service: Service, form: &str) -> Option<String> {
    let parameters = Parameters::parse(None, form.as_bytes()).unwrap();
    recorded(&I::decode(&parameters).unwrap(), service)
}

#[test]
fn members_are_in_lower_camel_case_and_absent_ones_left_out() {
    assert_eq!(
        shown::<iam::CreateUserRequest>(
            Service::Iam,
            "UserName=bob&Path=/%22a/&Tags.member.1.Key=k&Tags.member.1.Value=v"
        )
        .unwrap(),
        r#"{"path":"/\"a/","userName":"bob","tags":[{"key":"k","value":"v"}]}"#
    );
    assert_eq!(
        shown::<iam::UpdateAccessKeyRequest>(
            Service::Iam,
            "AccessKeyId=AKIAIOSFODNN7EXAMPLE&Status=Inactive"
        )
        .unwrap(),
        r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Inactive"}"#
    );
    assert_eq!(
        shown::<iam::ListUsersRequest>(Service::Iam, "MaxItems=7").unwrap(),
        r#"{"maxItems":7}"#
    );
    assert_eq!(shown::<iam::ListUsersRequest>(Service::Iam, ""), None);
    assert_eq!(
        shown::<iam::GetAccountSummaryRequest>(Service::Iam, ""),
        None
    );
}

#[test]
fn a_document_is_the_text_that_was_given() {
    let document = r#"{ "Version": "2012-10-17" }"#;
    let form =
        "UserName=bob&PolicyName=p&PolicyDocument=%7B%20%22Version%22%3A%20%222012-10-17%22%20%7D";
    let json = shown::<iam::PutUserPolicyRequest>(Service::Iam, form).unwrap();
    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(read["policyDocument"], document);
}

#[test]
fn no_secret_of_a_request_is_shown() {
    let profile = "UserName=bob&Password=Hunter-2&PasswordResetRequired=true";
    for (json, expected) in [
        (
            shown::<iam::UpdateLoginProfileRequest>(Service::Iam, profile),
            Some(r#"{"userName":"bob","passwordResetRequired":true}"#),
        ),
        (
            shown::<iam::ChangePasswordRequest>(
                Service::Iam,
                "OldPassword=Hunter-2&NewPassword=Hunter-3",
            ),
            None,
        ),
        (
            shown::<iam::EnableMFADeviceRequest>(
                Service::Iam,
                "UserName=bob&SerialNumber=arn:aws:iam::1:mfa/b&AuthenticationCode1=123456&AuthenticationCode2=654321",
            ),
            Some(r#"{"userName":"bob","serialNumber":"arn:aws:iam::1:mfa/b"}"#),
        ),
        (
            shown::<sts::GetSessionTokenRequest>(
                Service::Sts,
                "SerialNumber=arn:aws:iam::1:mfa/b&TokenCode=123456",
            ),
            Some(r#"{"serialNumber":"arn:aws:iam::1:mfa/b"}"#),
        ),
        (
            shown::<sts::AssumeRoleWithWebIdentityRequest>(
                Service::Sts,
                "RoleArn=arn:aws:iam::123456789012:role/r&RoleSessionName=me&WebIdentityToken=eyJhbGciOi",
            ),
            Some(r#"{"roleArn":"arn:aws:iam::123456789012:role/r","roleSessionName":"me"}"#),
        ),
    ] {
        assert_eq!(json.as_deref(), expected);
    }
}

#[test]
fn no_secret_of_an_answer_is_shown() {
    let create_date = Timestamp::parse("2024-08-01T13:42:21Z").unwrap();
    let key = iam::CreateAccessKeyResponse {
        access_key: iam::AccessKey {
            user_name: Some(UserName::parse("bob").unwrap()),
            access_key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
            status: iam::StatusType::Active,
            secret_access_key: Secret::new("wJalrXUtnFEMI"),
            create_date: Some(create_date),
        },
    };
    assert_eq!(
        recorded(&key, Service::Iam).unwrap(),
        r#"{"accessKey":{"userName":"bob","accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Active","createDate":"Aug 1, 2024 1:42:21 PM"}}"#
    );
    let session = sts::GetSessionTokenResponse {
        credentials: Some(sts::Credentials {
            access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
            secret_access_key: Secret::new("wJalrXUtnFEMI"),
            session_token: "IQoJb3JpZ2lu".to_owned(),
            expiration: create_date,
        }),
        session_token_size: None,
        session_token_utilization: None,
    };
    assert_eq!(
        recorded(&session, Service::Sts).unwrap(),
        r#"{"credentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE","expiration":"Aug 1, 2024, 1:42:21 PM"}}"#
    );
    assert_eq!(recorded(&(), Service::Iam), None);
}
