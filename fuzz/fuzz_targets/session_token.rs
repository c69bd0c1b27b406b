//! Session tokens: never a panic whatever comes; what is sealed opens as it was, for its access key alone;
//! and no other text opens.

#![no_main]

use std::sync::LazyLock;

use arbitrary::Arbitrary;
use keyward_authorization::Principal;
use keyward_authorization::sessions::{
    Holder, SessionContent, SessionKey, SessionKeyRing, SessionKeys, SessionTag, TOKEN_CHARACTERS,
    TokenBytes, seal,
};
use keyward_credentials::{NONCE_LENGTH, SealingKey};
use keyward_names::{AccessKeyId, AccessKeyKind, AccountId, Timestamp};
use libfuzzer_sys::fuzz_target;

static RING: LazyLock<SessionKeyRing> =
    LazyLock::new(|| SessionKeyRing::new(SessionKeys::new(vec![key()]).unwrap()));

fn key() -> SessionKey {
    SessionKey {
        id: 1,
        key: SealingKey::new([7; 32]),
        made: Timestamp::from_unix_seconds(0),
    }
}

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    token: &'a str,
    /// The content of a token.
    expires: i32,
    policy: Option<&'a str>,
    tags: Vec<(&'a str, &'a str, bool)>,
    nonce: [u8; NONCE_LENGTH],
    at_least: u16,
    place: u16,
    byte: u8,
}

fuzz_target!(|input: Input<'_>| {
    let account = AccountId::parse("123456789012").unwrap();
    let access_key = AccessKeyId::mint(AccessKeyKind::Temporary, account, 1);
    assert!(
        RING.open(access_key, input.token).is_err(),
        "nobody sealed it"
    );

    let tags = input
        .tags
        .iter()
        .map(|(key, value, is_transitive)| SessionTag {
            key: (*key).into(),
            value: (*value).into(),
            is_transitive: *is_transitive,
        });
    let content = SessionContent {
        issued: Timestamp::from_unix_seconds(0),
        expires: Timestamp::from_unix_seconds(input.expires.into()),
        account_made: Timestamp::from_unix_seconds(0),
        holder: Holder::Own(Principal::Root),
        mfa: None,
        tags: tags.collect(),
        inline_policy: input.policy.map(Into::into),
        managed_policies: Box::default(),
    };
    let bytes = TokenBytes {
        secret: [9; 30].into(),
        nonce: input.nonce,
    };
    let Ok((secret, token)) = seal(&key(), access_key, &content, &bytes, input.at_least.into())
    else {
        return;
    };
    assert!(token.len() <= TOKEN_CHARACTERS);
    // A session policy that can't be read is found when the token is opened.
    if let Ok(opened) = RING.open(access_key, &token) {
        assert!(opened.secret == secret);
        assert_eq!(opened.session.holder, content.holder);
        assert_eq!(opened.session.expires, content.expires);
        assert_eq!(opened.session.tags, content.tags);
    }
    let other = AccessKeyId::mint(AccessKeyKind::Temporary, account, 2);
    assert!(RING.open(other, &token).is_err(), "it is of another key");
    let mut changed = token.clone().into_bytes();
    let place = usize::from(input.place) % changed.len();
    changed[place] = input.byte;
    if let Ok(changed) = String::from_utf8(changed)
        && changed != token
    {
        assert!(
            RING.open(access_key, &changed).is_err(),
            "{changed} is not {token}"
        );
    }
});
