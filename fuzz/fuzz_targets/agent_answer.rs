//! What the credentials agent reads of STS's answers: never a panic whatever comes; credentials are read
//! as they were written; and an error tells a line, not too long, without the secrets that were sent.

#![no_main]

use keyward_agent::fuzzing::read_answer;
use keyward_agent::{KeyPair, RoleError};
use keyward_names::{Secret, Timestamp};
use libfuzzer_sys::fuzz_target;

const SECRETS: [&str; 2] = ["hidden-secret", "hidden-token"];

fuzz_target!(|bytes: &[u8]| {
    for status in [200, 403] {
        check(status, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        check_written(text);
    }
});

fn keys() -> KeyPair {
    let [secret, token] = SECRETS.map(Secret::new);
    KeyPair {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: secret,
        session_token: Some(token),
    }
}

fn check(status: u16, body: &[u8]) {
    match read_answer(status, body, &keys()) {
        Ok(read) => {
            assert_eq!(status, 200);
            assert!(!read.access_key_id.is_empty());
            assert!(!read.secret_access_key.expose().is_empty());
            assert!(!read.session_token.expose().is_empty());
        }
        Err(error) => {
            let told = error.to_string();
            assert!(
                !SECRETS.iter().any(|secret| told.contains(secret)),
                "{told}"
            );
            assert!(!told.contains(['\n', '\r', '\u{1b}']), "{told}");
            assert!(told.chars().count() < 1_200, "{told}");
            match error {
                RoleError::Refused { .. } => assert_ne!(status, 200),
                error => assert_eq!(error, RoleError::NotUnderstood(status)),
            }
        }
    }
}

/// Credentials of these lines come through an answer as they are.
fn check_written(text: &str) {
    let mut lines = text.splitn(3, '\n').map(|line| {
        let is_xml =
            |letter: &char| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}');
        line.chars().filter(is_xml).collect::<String>()
    });
    let [id, secret, token] = [(); 3].map(|()| lines.next().unwrap_or_default());
    if [&id, &secret, &token].into_iter().any(String::is_empty) {
        return;
    }
    let [id_xml, secret_xml, token_xml] = [&id, &secret, &token].map(|text| escaped(text));
    let body = format!(
        "<AssumeRoleResponse xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><AssumeRoleResult>\
         <Credentials><AccessKeyId>{id_xml}</AccessKeyId><SecretAccessKey>{secret_xml}</SecretAccessKey>\
         <SessionToken>{token_xml}</SessionToken><Expiration>2026-11-24T21:14:25Z</Expiration>\
         </Credentials></AssumeRoleResult></AssumeRoleResponse>"
    );
    let read = read_answer(200, body.as_bytes(), &keys());
    let read = read.unwrap_or_else(|error| panic!("{error}: {body}"));
    assert_eq!(read.access_key_id, id);
    assert_eq!(read.secret_access_key.expose(), secret);
    assert_eq!(read.session_token.expose(), token);
    let expiration = Timestamp::parse("2026-11-24T21:14:25Z").expect("it is a time");
    assert_eq!(read.expiration, expiration);
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;")
}
