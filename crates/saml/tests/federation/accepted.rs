//! What the service was seen to accept, September 2026, and what is then read.

use keyward_saml::{AssertionError, ContextKey, Metadata, Response, RolePair};

use crate::identity_provider::{
    ISSUED, RSA_KEY, assertion, descriptor, document, judged, judged_at, packed, response,
    signed_response, with,
};

#[track_caller]
fn check(changes: &[(&str, &str)]) {
    let judged = judged(&response(&assertion(changes)));
    assert_eq!(judged.unwrap().subject, "alice", "{changes:?}");
}

#[test]
fn an_assertion_is_read_in_full() {
    let read = judged(&response(&assertion(&[]))).unwrap();
    assert_eq!(read.id, "_assertion");
    assert_eq!(read.issue_instant, ISSUED);
    assert_eq!(read.issuer, "https://idp.example.com/saml");
    assert_eq!(read.subject, "alice");
    assert_eq!(read.subject_type, "persistent");
    assert_eq!(read.recipient, "https://signin.aws.amazon.com/saml");
    assert_eq!(read.not_on_or_after, ISSUED + 240);
    assert_eq!(read.conditions_not_on_or_after, Some(ISSUED + 180));
    assert_eq!(read.session_not_on_or_after, None);
    assert_eq!(read.expires_at, ISSUED + 180);
    let pair = RolePair {
        role_arn: "arn:aws:iam::123456789012:role/dev".to_owned(),
        provider_arn: "arn:aws:iam::123456789012:saml-provider/idp".to_owned(),
    };
    assert_eq!(read.roles, [pair]);
    assert_eq!(read.role_session_name, "alice@example.com");
    assert_eq!(read.session_duration, None);
    assert_eq!(read.source_identity, None);
    assert_eq!(read.principal_tags, []);
    assert_eq!(read.context_keys, []);
}

#[test]
fn only_the_pair_that_is_told_is_granted() {
    let read = judged(&response(&assertion(&[]))).unwrap();
    let (role, provider) = (
        "arn:aws:iam::123456789012:role/dev",
        "arn:aws:iam::123456789012:saml-provider/idp",
    );
    assert_eq!(read.grants(role, provider), Ok(()));
    let refused = Err(AssertionError::RoleNotGranted);
    assert_eq!(read.grants(provider, role), refused);
    assert_eq!(read.grants(&role.to_uppercase(), provider), refused);
    assert_eq!(read.grants(role, &format!("{provider}2")), refused);
}

#[test]
fn the_audience_is_not_looked_at() {
    check(&[("urn:amazon:webservices", "https://elsewhere.example.com")]);
    let restriction = "<saml:AudienceRestriction><saml:Audience>urn:amazon:webservices\
                       </saml:Audience></saml:AudienceRestriction>";
    check(&[(restriction, "")]);
    check(&[(restriction, "<saml:OneTimeUse/>")]);
    check(&[(restriction, "<saml:ProxyRestriction Count=\"0\"/>")]);
}

#[test]
fn any_recipient_will_do() {
    let changed = assertion(&[(
        "Recipient=\"https://signin.aws.amazon.com/saml\"",
        "Recipient=\"not-a-url\"",
    )]);
    assert_eq!(judged(&response(&changed)).unwrap().recipient, "not-a-url");
}

#[test]
fn what_is_not_valid_yet_is_accepted() {
    check(&[("NotBefore=\"2026-11-30", "NotBefore=\"2026-12-02")]);
    check(&[(
        "Data NotOnOrAfter",
        "Data NotBefore=\"2026-12-02T00:00:00Z\" NotOnOrAfter",
    )]);
}

#[test]
fn conditions_need_no_end() {
    check(&[(" NotOnOrAfter=\"2026-12-01T00:03:00Z\"", "")]);
}

#[test]
fn the_same_assertion_is_accepted_twice() {
    let xml = response(&assertion(&[]));
    assert_eq!(judged(&xml), judged(&xml));
    assert!(judged(&xml).is_ok());
}

#[test]
fn the_response_may_have_another_issuer() {
    let xml = response(&assertion(&[]));
    let issuer = "<saml:Issuer>https://idp.example.com/saml</saml:Issuer>";
    let other = "<saml:Issuer>https://other.example.com</saml:Issuer>";
    assert!(judged(&xml.replacen(issuer, other, 1)).is_ok());
    assert!(judged(&xml.replacen(issuer, "", 1)).is_ok());
}

#[test]
fn a_response_may_be_signed_over_its_assertion() {
    let xml = signed_response(RSA_KEY, &assertion(&[]));
    assert_eq!(xml.matches("</ds:Signature>").count(), 2);
    assert!(judged(&xml).is_ok());
}

#[test]
fn an_expired_certificate_has_its_key_still() {
    let expired = include_str!("../fixtures/rsa-expired.crt");
    let metadata = Metadata::parse(&document(&descriptor("", expired))).unwrap();
    let read = Response::read(&packed(&response(&assertion(&[])))).unwrap();
    assert!(read.verify(&metadata, ISSUED).is_ok());
}

#[test]
fn formats_of_saml_2_are_shortened_and_others_are_not() {
    let persistent = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent";
    for (format, subject_type) in [
        (
            "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
            "transient",
        ),
        (
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ),
        ("custom-format", "custom-format"),
    ] {
        let read = judged(&response(&assertion(&[(persistent, format)]))).unwrap();
        assert_eq!(read.subject_type, subject_type);
        assert_eq!(read.name_id_format, format);
    }
}

#[test]
fn an_assertion_may_be_used_until_the_first_of_its_ends() {
    let xml = response(&assertion(&[]));
    assert!(judged_at(&xml, ISSUED + 179).is_ok());
    assert_eq!(judged_at(&xml, ISSUED + 180), Err(AssertionError::Expired));
    // Its issuer's clock may be ahead of ours.
    assert!(judged_at(&xml, ISSUED - 3_600).is_ok());
    // Five minutes from its issue, whatever else it says.
    let long = assertion(&[
        ("2026-12-01T00:03", "2026-12-02T00:03"),
        ("00:04:00Z", "09:00:00Z"),
    ]);
    assert!(judged_at(&response(&long), ISSUED + 299).is_ok());
    let expired = judged_at(&response(&long), ISSUED + 300);
    assert_eq!(expired, Err(AssertionError::Expired));
}

#[test]
fn the_end_of_the_session_is_the_earliest_told() {
    let changed = assertion(&[(
        "<saml:AuthnStatement ",
        "<saml:AuthnStatement SessionNotOnOrAfter=\"2026-12-01T08:00:00Z\"/>\
         <saml:AuthnStatement SessionNotOnOrAfter=\"2026-12-01T00:10:00.5+00:00\" ",
    )]);
    let read = judged(&response(&changed)).unwrap();
    assert_eq!(read.session_not_on_or_after, Some(ISSUED + 600));
}

#[test]
fn attributes_of_the_service_are_read() {
    let more = r#"<saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/SessionDuration"><saml:AttributeValue>1800</saml:AttributeValue></saml:Attribute>
        <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/SourceIdentity"><saml:AttributeValue>alice</saml:AttributeValue></saml:Attribute>
        <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/PrincipalTag:Team"><saml:AttributeValue>blue &amp; <![CDATA[<green>]]></saml:AttributeValue></saml:Attribute>
        <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/PrincipalTag:Cost:Center"><saml:AttributeValue/></saml:Attribute>
        <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/TransitiveTagKeys"><saml:AttributeValue>Team</saml:AttributeValue><saml:AttributeValue>Cost:Center</saml:AttributeValue></saml:Attribute>
        <saml:Attribute Name="https://aws.amazon.com/saml/attributes/sourceidentity"><saml:AttributeValue>another name</saml:AttributeValue></saml:Attribute>
        <saml:Attribute Name="urn:oid:1.3.6.1.4.1.5923.1.1.1.10"><saml:AttributeValue><saml:NameID>target</saml:NameID></saml:AttributeValue></saml:Attribute>
        </saml:AttributeStatement><saml:AttributeStatement>
        <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role"><saml:AttributeValue>
            arn:aws:iam::123456789012:saml-provider/idp, arn:aws:iam::123456789012:role/ops
        </saml:AttributeValue><saml:AttributeValue>no pair</saml:AttributeValue></saml:Attribute>
        </saml:AttributeStatement>"#;
    let read = judged(&response(&assertion(&[(
        "</saml:AttributeStatement>",
        more,
    )])))
    .unwrap();
    assert_eq!(read.session_duration, Some(1800));
    assert_eq!(read.source_identity.as_deref(), Some("alice"));
    let tag = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let tags = [tag("Team", "blue & <green>"), tag("Cost:Center", "")];
    assert_eq!(read.principal_tags, tags);
    assert_eq!(read.transitive_tag_keys, ["Team", "Cost:Center"]);
    let key = ContextKey {
        name: "saml:eduPersonTargetedID",
        is_list: true,
        values: vec!["target".to_owned()],
    };
    assert_eq!(read.context_keys, [key]);
    let roles: Vec<_> = read
        .roles
        .iter()
        .map(|pair| pair.role_arn.as_str())
        .collect();
    assert_eq!(
        roles,
        [
            "arn:aws:iam::123456789012:role/dev",
            "arn:aws:iam::123456789012:role/ops"
        ]
    );
}

#[test]
fn the_whole_text_is_read_past_comments() {
    // Canonicalization without comments leaves them out, so that anybody may put one in.
    let xml = response(&assertion(&[(">alice<", ">alice.evil.example<")]));
    let commented = with(&xml, "alice.evil.example", "alice<!-- -->.evil.example");
    let read = judged(&commented).unwrap();
    assert_eq!(read.subject, "alice.evil.example");
    let commented = with(&xml, "alice@example.com", "alice<!---->@example.com");
    assert_eq!(
        judged(&commented).unwrap().role_session_name,
        "alice@example.com"
    );
}

#[test]
fn white_space_in_the_base64_is_passed_over() {
    let base64 = packed(&response(&assertion(&[])));
    let lines: Vec<_> = base64
        .as_bytes()
        .chunks(76)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    let read = Response::read(&lines.join("\r\n")).unwrap();
    assert!(
        read.verify(&crate::identity_provider::provider(), ISSUED)
            .is_ok()
    );
}
