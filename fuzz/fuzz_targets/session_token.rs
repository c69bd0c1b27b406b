//! Session tokens: never a panic whatever comes; a token opens to the session that was sealed, with its
//! own access key and the installation's own key alone; and every session that can be written in JSON
//! comes through a token as it was.
//!
//! The first byte of an input says what the rest is: `t` a token, `b` one before it is base64, `m` changes
//! of one that was sealed, `c` the JSON of a session to be sealed, `p` what is sealed, whatever it is.

#![no_main]

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use keyward_authorization::sessions::{
    OpenedSession, SealTokenError, SessionContent, SessionKey, SessionKeyRing, SessionKeys,
    SessionPolicies, TOKEN_CHARACTERS, TokenBytes, TokenError, seal,
};
use keyward_credentials::SealingKey;
use keyward_fuzz::mangled;
use keyward_names::{AccessKeyId, AccessKeyKind, AccountId, Timestamp};
use libfuzzer_sys::fuzz_target;

const SEALED: &str = r#"{"i":"2026-11-18T11:06:40Z","e":"2026-11-18T12:06:40Z","a":"2023-11-14T22:13:20Z","h":{"own":"root"},"t":[{"key":"Team","value":"blue"}]}"#;

struct Known {
    ring: SessionKeyRing,
    /// The same number, another key.
    elsewhere: SessionKeyRing,
    key: SessionKey,
    access_key: AccessKeyId,
    other_access_key: AccessKeyId,
    content: SessionContent,
    secret: String,
    token: String,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let account = AccountId::parse("123456789012").expect("it is an id");
    let access_key = |number| AccessKeyId::mint(AccessKeyKind::Temporary, account, number);
    let key = |byte| SessionKey {
        id: 7,
        key: SealingKey::new([byte; 32]),
        made: Timestamp::from_unix_seconds(0),
    };
    let ring = |byte| {
        let keys = SessionKeys::new(vec![key(byte)]).expect("there is a key");
        SessionKeyRing::new(keys)
    };
    let content: SessionContent = serde_json::from_str(SEALED).expect("it is a session");
    let sealed = seal(&key(1), access_key(1), &content, &bytes(1), 0);
    let (secret, token) = sealed.expect("it can be sealed");
    Known {
        ring: ring(1),
        elsewhere: ring(2),
        key: key(1),
        access_key: access_key(1),
        other_access_key: access_key(2),
        content,
        secret: secret.expose().to_owned(),
        token,
    }
});

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    match kind {
        b't' => check_forged(&String::from_utf8_lossy(rest)),
        b'b' => check_forged(&STANDARD.encode(rest)),
        b'm' => {
            let sealed = STANDARD.decode(&KNOWN.token).expect("it is base64");
            check_forged(&STANDARD.encode(mangled(&sealed, rest)));
            let text = mangled(KNOWN.token.as_bytes(), rest);
            check_forged(&String::from_utf8_lossy(&text));
        }
        b'c' => check_sealed(rest),
        b'p' => check_plain(rest),
        _ => {}
    }
});

fn bytes(byte: u8) -> TokenBytes {
    TokenBytes {
        secret: [byte; 30].into(),
        nonce: [byte; 12],
    }
}

/// A token that nobody sealed, unless it is the one that was.
fn check_forged(token: &str) {
    let known = &*KNOWN;
    check_foreign(token);
    match known.ring.open(known.access_key, token) {
        Ok(opened) => {
            assert_eq!(token, known.token);
            assert_eq!(opened.secret.expose(), known.secret);
            check_same(&opened, &known.content);
        }
        Err(TokenError::NotOurs) => {}
        Err(TokenError::UnknownKey(id)) => assert_ne!(id, known.key.id),
    }
}

/// No token opens with another access key, or elsewhere.
fn check_foreign(token: &str) {
    let known = &*KNOWN;
    assert!(known.ring.open(known.other_access_key, token).is_err());
    assert!(known.elsewhere.open(known.access_key, token).is_err());
}

fn check_sealed(json: &[u8]) {
    let known = &*KNOWN;
    let Ok(content) = serde_json::from_slice::<SessionContent>(json) else {
        return;
    };
    let at_least = json.len() % 4_000;
    let (secret, token) = match seal(&known.key, known.access_key, &content, &bytes(9), at_least) {
        Ok(sealed) => sealed,
        Err(error) => return assert_eq!(error, SealTokenError::TooLong),
    };
    assert!((at_least..=TOKEN_CHARACTERS).contains(&token.len()));
    check_foreign(&token);
    let policies = SessionPolicies::new(content.inline_policy.as_deref(), Box::default());
    let opened = known.ring.open(known.access_key, &token);
    // A policy that can't be read denies all: there is no session then.
    assert_eq!(opened.is_ok(), policies.is_some(), "{opened:?}");
    if let Ok(opened) = opened {
        assert_eq!(opened.secret.expose(), secret.expose());
        check_same(&opened, &content);
    }
}

/// What the key sealed, though no session is in it.
fn check_plain(plain: &[u8]) {
    let known = &*KNOWN;
    let context = format!("session token of {}", known.access_key);
    let sealed = known.key.key.seal_bytes(&context, plain, [5; 12]);
    let sealed = sealed.expect("all bytes can be sealed");
    let id = known.key.id.to_be_bytes();
    let token = STANDARD.encode([&[1][..], &id, &sealed].concat());
    check_foreign(&token);
    if known.ring.open(known.access_key, &token).is_ok() {
        assert!(token.len() <= TOKEN_CHARACTERS && plain.len() >= 33);
    }
}

fn check_same(opened: &OpenedSession, content: &SessionContent) {
    let session = &opened.session;
    assert_eq!(session.access_key, KNOWN.access_key);
    assert_eq!(session.issued, content.issued);
    assert_eq!(session.expires, content.expires);
    assert_eq!(session.account_made, content.account_made);
    assert_eq!(session.holder, content.holder);
    assert_eq!(session.mfa, content.mfa);
    assert_eq!(session.tags, content.tags);
}
