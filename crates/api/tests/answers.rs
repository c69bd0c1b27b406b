//! How answers are written.
#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test fail the test by panicking"
)]

use std::collections::BTreeSet;

use keyward_api::{JsonMembers as _, Operation, OperationId, Output, SecretBlob, iam, sts};
use keyward_names::{
    AccountAlias, GroupName, InstanceProfileName, Path, PolicyName, PreciseTimestamp, RoleName,
    Secret, Timestamp, UserName,
};
use keyward_wire::{XmlWriter, success, success_as_json};

#[path = "generated/samples.rs"]
mod samples;

/// A value with everything in it that could be written wrongly.
trait Sample {
    fn sample() -> Self;
}

/// The whole answer of an operation.
fn answer<O: Operation>(output: &O::Output) -> String {
    success(
        O::ID.name(),
        O::ID.service().namespace(),
        O::Output::HAS_RESULT,
        "r-1",
        |xml| output.encode(xml),
    )
}

/// The whole answer of an operation in both formats.
struct Written {
    xml: String,
    json: String,
}

fn written<O: Operation>(output: &O::Output) -> Written {
    let json = success_as_json(O::ID.name(), O::Output::HAS_RESULT, "r-1", |result| {
        output.write_members(result);
    });
    Written {
        xml: answer::<O>(output),
        json,
    }
}

fn encode(output: &impl Output) -> String {
    let mut xml = XmlWriter::default();
    output.encode(&mut xml);
    xml.into_string()
}

fn time(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn bob() -> iam::User {
    iam::User {
        path: Some(Path::default()),
        user_name: Some(UserName::parse("bob").unwrap()),
        user_id: "AIDACKCEVSQ6C2EXAMPLE".to_owned(),
        arn: "arn:aws:iam::123456789012:user/bob".to_owned(),
        create_date: time("2013-10-02T17:01:44Z"),
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    }
}

#[test]
fn an_answer_is_wrapped_in_response_and_result() {
    assert_eq!(
        answer::<iam::operations::GetUser>(&iam::GetUserResponse { user: bob() }),
        "<GetUserResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><GetUserResult><User>\
         <Path>/</Path><UserName>bob</UserName><UserId>AIDACKCEVSQ6C2EXAMPLE</UserId>\
         <Arn>arn:aws:iam::123456789012:user/bob</Arn><CreateDate>2013-10-02T17:01:44Z</CreateDate>\
         </User></GetUserResult><ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>\
         </GetUserResponse>"
    );
    assert_eq!(
        answer::<iam::operations::UpdateLoginProfile>(&()),
        "<UpdateLoginProfileResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata>\
         </UpdateLoginProfileResponse>"
    );
}

#[test]
fn the_root_user_has_neither_name_nor_path() {
    let root = iam::User {
        path: None,
        user_name: None,
        user_id: "123456789012".to_owned(),
        arn: "arn:aws:iam::123456789012:root".to_owned(),
        ..bob()
    };
    assert_eq!(
        encode(&iam::GetUserResponse { user: root }),
        "<User><UserId>123456789012</UserId><Arn>arn:aws:iam::123456789012:root</Arn>\
         <CreateDate>2013-10-02T17:01:44Z</CreateDate></User>"
    );
}

#[test]
fn an_empty_list_is_an_empty_element_and_an_absent_one_is_none() {
    let page = |marker: Option<&str>| iam::ListUsersResponse {
        users: Vec::new(),
        is_truncated: Some(marker.is_some()),
        marker: marker.map(str::to_owned),
    };
    assert_eq!(
        encode(&page(None)),
        "<Users/><IsTruncated>false</IsTruncated>"
    );
    assert_eq!(
        encode(&page(Some("a<b"))),
        "<Users/><IsTruncated>true</IsTruncated><Marker>a&lt;b</Marker>"
    );
    let tag = iam::Tag {
        key: "k".to_owned(),
        value: "a & \"b\"\r\n".to_owned(),
    };
    assert_eq!(
        encode(&iam::ListUserTagsResponse {
            tags: vec![tag],
            is_truncated: None,
            marker: None
        }),
        "<Tags><member><Key>k</Key><Value>a &amp; &quot;b&quot;&#xD;\n</Value></member></Tags>"
    );
}

#[test]
fn documents_are_percent_encoded() {
    assert_eq!(
        encode(&iam::GetUserPolicyResponse {
            user_name: UserName::parse("bob").unwrap(),
            policy_name: PolicyName::parse("p").unwrap(),
            policy_document: "{\"Resource\": \"arn:aws:s3:::x/*%3A\"}\n".to_owned(),
        }),
        "<UserName>bob</UserName><PolicyName>p</PolicyName><PolicyDocument>\
         %7B%22Resource%22%3A%20%22arn%3Aaws%3As3%3A%3A%3Ax%2F%2A%253A%22%7D%0A</PolicyDocument>"
    );
}

#[test]
fn maps_bytes_and_secrets_have_their_forms() {
    assert_eq!(
        encode(&iam::GetAccountSummaryResponse {
            summary_map: Some(vec![("Users".to_owned(), 5)]),
        }),
        "<SummaryMap><entry><key>Users</key><value>5</value></entry></SummaryMap>"
    );
    let device = iam::VirtualMFADevice {
        serial_number: "arn:aws:iam::123456789012:mfa/x".to_owned(),
        base32_string_seed: Some(SecretBlob::new(b"ABCDEFGH".to_vec())),
        qr_code_png: None,
        user: None,
        enable_date: None,
        tags: None,
    };
    assert!(!format!("{device:?}").contains("65"), "{device:?}");
    assert_eq!(
        encode(&iam::CreateVirtualMFADeviceResponse {
            virtual_mfa_device: device
        }),
        "<VirtualMFADevice><SerialNumber>arn:aws:iam::123456789012:mfa/x</SerialNumber>\
         <Base32StringSeed>QUJDREVGR0g=</Base32StringSeed></VirtualMFADevice>"
    );
    let credentials = sts::Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new("hunter2"),
        session_token: "token".to_owned(),
        expiration: time("2026-11-24T21:14:25Z"),
    };
    assert!(!format!("{credentials:?}").contains("hunter2"));
}

#[test]
fn every_answer_is_well_formed() {
    let answers = samples::answers();
    assert_eq!(answers.len(), OperationId::ALL.len());
    for (operation, Written { xml, .. }) in answers {
        let name = operation.name();
        assert_eq!(
            elements(&xml).as_deref(),
            Ok(format!("{name}Response").as_str()),
            "{xml}"
        );
        assert!(xml.ends_with(&format!(
            "<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{name}Response>"
        )));
    }
}

#[test]
fn every_document_of_every_answer_is_percent_encoded() {
    let mut found = 0;
    for (operation, Written { xml, .. }) in samples::answers() {
        for name in ["Document", "PolicyDocument", "AssumeRolePolicyDocument"] {
            for part in xml.split(&format!("<{name}>")).skip(1) {
                let (document, _) = part.split_once(&format!("</{name}>")).unwrap();
                let sample = "a%20%26%20%3Cb%3E%20%22c%22%20%5D%5D%3E%20%C3%A9%0D%0A%09%25";
                assert_eq!(document, sample, "{operation:?} {name}");
                found += 1;
            }
        }
    }
    assert!(found > 20, "{found}");
}

#[test]
fn json_tells_what_xml_does() {
    for (operation, Written { xml, json }) in samples::answers() {
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        let mut members = BTreeSet::new();
        collect_members(&read, &mut members);
        let names = xml.split('<').skip(1).map(|tag| {
            let name = tag.split(['>', '/', ' ']).next().unwrap_or_default();
            name.to_owned()
        });
        // Lists and maps have no elements of their own in JSON; the map's key is a member in it.
        let in_xml_alone = ["", "member", "entry", "key", "value"];
        let mut elements: BTreeSet<String> = names
            .filter(|name| !in_xml_alone.contains(&name.as_str()))
            .collect();
        if xml.contains("<entry>") {
            elements.insert(String::sample());
        }
        assert_eq!(members, elements, "{operation:?}\n{json}");
        let result = &read[format!("{}Response", operation.name())];
        assert_eq!(result["ResponseMetadata"]["RequestId"], "r-1");
    }
}

fn collect_members(value: &serde_json::Value, names: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                names.insert(name.clone());
                collect_members(value, names);
            }
        }
        serde_json::Value::Array(elements) => {
            for element in elements {
                collect_members(element, names);
            }
        }
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

#[test]
fn values_in_json_have_their_forms() {
    let credentials = sts::Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new("hunter2"),
        session_token: "a/\"b\"".to_owned(),
        expiration: time("2026-11-24T21:14:25Z"),
    };
    let output = sts::GetSessionTokenResponse {
        credentials: Some(credentials),
        session_token_utilization: None,
        session_token_size: None,
    };
    assert_eq!(
        written::<sts::operations::GetSessionToken>(&output).json,
        r#"{"GetSessionTokenResponse":{"GetSessionTokenResult":{"Credentials":{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"hunter2","SessionToken":"a/\"b\"","Expiration":1795554865}},"ResponseMetadata":{"RequestId":"r-1"}}}"#
    );
    let page = iam::ListUsersResponse {
        users: vec![bob()],
        is_truncated: Some(false),
        marker: None,
    };
    assert_eq!(
        written::<iam::operations::ListUsers>(&page).json,
        r#"{"ListUsersResponse":{"ListUsersResult":{"Users":[{"Path":"/","UserName":"bob","UserId":"AIDACKCEVSQ6C2EXAMPLE","Arn":"arn:aws:iam::123456789012:user/bob","CreateDate":1380733304}],"IsTruncated":false},"ResponseMetadata":{"RequestId":"r-1"}}}"#
    );
    let policy = iam::GetUserPolicyResponse {
        user_name: UserName::parse("bob").unwrap(),
        policy_name: PolicyName::parse("p").unwrap(),
        policy_document: "{}".to_owned(),
    };
    let json = written::<iam::operations::GetUserPolicy>(&policy).json;
    assert!(json.contains(r#""PolicyDocument":"%7B%7D""#), "{json}");
    let summary = iam::GetAccountSummaryResponse {
        summary_map: Some(vec![("Users".to_owned(), 5)]),
    };
    let json = written::<iam::operations::GetAccountSummary>(&summary).json;
    assert!(json.contains(r#""SummaryMap":{"Users":5}"#), "{json}");
}

/// The name of the root element, if the text is well-formed as far as answers go: elements are
/// properly nested, and nothing in between is left unescaped.
fn elements(xml: &str) -> Result<String, String> {
    let mut open: Vec<&str> = Vec::new();
    let mut root = None;
    let mut rest = xml;
    while let Some((text, tag)) = rest.split_once('<') {
        let (tag, after) = tag.split_once('>').ok_or("a tag without end")?;
        rest = after;
        let is_right = !text.contains(['>', '"', '\r', '\0'])
            && text.split('&').skip(1).all(|part| {
                ["amp;", "lt;", "gt;", "quot;", "#xD;"]
                    .iter()
                    .any(|name| part.starts_with(name))
            });
        if !is_right || (open.is_empty() && !text.is_empty()) {
            return Err(format!("text {text:?}"));
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return Err(format!("{name} ends in the wrong place"));
            }
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if open.is_empty() && root.replace(name).is_some() {
            return Err("two roots".to_owned());
        }
        if !tag.ends_with('/') {
            open.push(name);
        }
    }
    match root {
        Some(root) if open.is_empty() && rest.is_empty() => Ok(root.to_owned()),
        _ => Err(format!("{open:?} not ended, or text after the end")),
    }
}

#[test]
fn the_check_for_well_formedness_can_fail() {
    for wrong in [
        "<a><b></a></b>",
        "<a>",
        "<a>&</a>",
        "<a>\"</a>",
        "<a/><a/>",
        "x<a/>",
        "<a/>x",
    ] {
        assert!(elements(wrong).is_err(), "{wrong}");
    }
}

impl Sample for () {
    fn sample() -> Self {}
}

impl Sample for String {
    fn sample() -> Self {
        "a & <b> \"c\" ]]> é\r\n\t%".to_owned()
    }
}

impl Sample for Secret {
    fn sample() -> Self {
        Self::new(String::sample())
    }
}

impl Sample for SecretBlob {
    fn sample() -> Self {
        Self::new(Vec::sample())
    }
}

impl Sample for PreciseTimestamp {
    fn sample() -> Self {
        Self::parse("2026-09-11T10:06:17.701Z").unwrap()
    }
}

impl Sample for UserName {
    fn sample() -> Self {
        Self::parse("bob+=,.@_-").unwrap()
    }
}

impl Sample for GroupName {
    fn sample() -> Self {
        Self::parse("bob+=,.@_-").unwrap()
    }
}

impl Sample for RoleName {
    fn sample() -> Self {
        Self::parse("bob+=,.@_-").unwrap()
    }
}

impl Sample for InstanceProfileName {
    fn sample() -> Self {
        Self::parse("bob+=,.@_-").unwrap()
    }
}

impl Sample for PolicyName {
    fn sample() -> Self {
        Self::parse("bob+=,.@_-").unwrap()
    }
}

impl Sample for Path {
    fn sample() -> Self {
        Self::parse("/<&\">/").unwrap()
    }
}

impl Sample for AccountAlias {
    fn sample() -> Self {
        Self::parse("my-company").unwrap()
    }
}

impl Sample for Timestamp {
    fn sample() -> Self {
        time("2026-11-24T21:14:25Z")
    }
}

impl Sample for bool {
    fn sample() -> Self {
        true
    }
}

impl Sample for i32 {
    fn sample() -> Self {
        -7
    }
}

impl Sample for Vec<u8> {
    fn sample() -> Self {
        vec![0, 255, 62]
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample() -> Self {
        Some(T::sample())
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample() -> Self {
        vec![T::sample(), T::sample()]
    }
}

impl<T: Sample> Sample for Vec<(String, T)> {
    fn sample() -> Self {
        vec![(String::sample(), T::sample())]
    }
}
