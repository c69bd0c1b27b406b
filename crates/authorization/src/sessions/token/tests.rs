use keyward_names::{AccessKeyKind, AccountId, RoleId};
use proptest::prelude::*;

use super::*;
use crate::sessions::RoleSession;

fn account() -> AccountId {
    AccountId::parse("123456789012").unwrap()
}

fn access_key(number: u64) -> AccessKeyId {
    AccessKeyId::mint(AccessKeyKind::Temporary, account(), number)
}

/// Seals with random bytes that are always the same, except the nonce.
fn sealed_by(
    keys: &SessionKeys,
    access_key: AccessKeyId,
    content: &SessionContent,
    at_least: usize,
) -> Result<(Secret, String), SealTokenError> {
    static NONCE: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
    let number = NONCE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let bytes = TokenBytes {
        secret: Zeroizing::new([number; SECRET_BYTES]),
        nonce: [number; NONCE_LENGTH],
    };
    seal(keys.newest(), access_key, content, &bytes, at_least)
}

fn content(policy: Option<&str>) -> SessionContent {
    let at = Timestamp::from_unix_seconds(1_795_000_000);
    SessionContent {
        issued: at,
        expires: Timestamp::from_unix_seconds(1_795_003_600),
        account_made: Timestamp::from_unix_seconds(1_700_000_000),
        holder: Holder::Role(RoleSession {
            role: RoleId::mint(account(), 7),
            name: "build".into(),
            source_identity: Some("alice".into()),
            provider: None,
            keys: [("saml:sub".into(), ["a".into(), "b".into()].into())].into(),
        }),
        mfa: Some(at),
        tags: Box::new([SessionTag {
            key: "Team".into(),
            value: "ünits".into(),
            is_transitive: true,
        }]),
        inline_policy: policy.map(Into::into),
        managed_policies: Box::default(),
    }
}

fn long_policy() -> String {
    let statements: Vec<String> = (0..12)
        .map(|number| {
            format!(
                r#"{{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::bucket{number}/*"}}"#
            )
        })
        .collect();
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    )
}

#[test]
fn a_token_opens_to_the_session_it_was_made_of() {
    let keys = SessionKeys::of_one(1, [3; 32]);
    for policy in [None, Some(long_policy())] {
        let content = content(policy.as_deref());
        let (secret, token) = sealed_by(&keys, access_key(1), &content, 0).unwrap();
        let opened = open(&keys, access_key(1), &token).unwrap();
        assert_eq!(opened.secret.expose(), secret.expose());
        assert_eq!(secret.expose().len(), 40);
        let session = opened.session;
        assert_eq!(session.access_key, access_key(1));
        assert_eq!(session.issued, content.issued);
        assert_eq!(session.expires, content.expires);
        assert_eq!(session.account_made, content.account_made);
        assert_eq!(session.holder, content.holder);
        assert_eq!(session.mfa, content.mfa);
        assert_eq!(session.tags, content.tags);
        let again = sealed_by(&keys, access_key(1), &content, 0).unwrap();
        assert_ne!((again.0.expose(), &again.1), (secret.expose(), &token));
    }
}

#[test]
fn a_token_opens_with_its_own_access_key_and_installation_alone() {
    let keys = SessionKeys::of_one(1, [3; 32]);
    let (_, token) = sealed_by(&keys, access_key(1), &content(None), 0).unwrap();
    let refused = |keys: &SessionKeys, id, token: &str| open(keys, id, token).err();
    assert_eq!(
        refused(&keys, access_key(2), &token),
        Some(TokenError::NotOurs)
    );
    let elsewhere = SessionKeys::of_one(1, [4; 32]);
    assert_eq!(
        refused(&elsewhere, access_key(1), &token),
        Some(TokenError::NotOurs)
    );
    let later = SessionKeys::of_one(2, [3; 32]);
    assert_eq!(
        refused(&later, access_key(1), &token),
        Some(TokenError::UnknownKey(1))
    );
}

#[test]
fn no_bit_and_no_end_of_a_token_may_change() {
    let keys = SessionKeys::of_one(1, [3; 32]);
    let (_, token) = sealed_by(&keys, access_key(1), &content(None), 0).unwrap();
    let bytes = STANDARD.decode(&token).unwrap();
    for bit in 0..bytes.len() * 8 {
        let mut changed = bytes.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(
            open(&keys, access_key(1), &STANDARD.encode(changed)).is_err(),
            "{bit}"
        );
    }
    for length in 0..token.len() {
        assert!(
            open(&keys, access_key(1), token.get(..length).unwrap()).is_err(),
            "{length}"
        );
    }
    assert!(open(&keys, access_key(1), &format!("{token}AAAA")).is_err());
}

#[test]
fn a_token_has_the_size_asked_for_and_never_more_than_the_bound() {
    let keys = SessionKeys::of_one(1, [3; 32]);
    for at_least in [0, 1, 700, 2_001, 4_095, 4_096] {
        let (_, token) = sealed_by(&keys, access_key(1), &content(None), at_least).unwrap();
        assert!(token.len() >= at_least, "{at_least}: {}", token.len());
        assert!(token.len() <= TOKEN_CHARACTERS);
        assert!(open(&keys, access_key(1), &token).is_ok());
    }
    // A generator of numbers whose high bits don't repeat, so that deflating gains little.
    let mut state = 1_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(b'#' + u8::try_from(state >> 58).unwrap())
    };
    let incompressible: String = (0..8_000).map(|_| next()).collect();
    let sealed = sealed_by(&keys, access_key(1), &content(Some(&incompressible)), 0);
    assert!(matches!(sealed, Err(SealTokenError::TooLong)));
}

proptest! {
    #[test]
    fn any_text_is_refused(text in ".{0,200}") {
        let keys = SessionKeys::of_one(1, [3; 32]);
        prop_assert!(open(&keys, access_key(1), &text).is_err());
    }
}
