//! What browsers keep: never a panic whatever comes; a cookie that was changed, or is of another kind,
//! opens to nothing; and of a `Cookie` header exactly the cookies of a name are seen.
//!
//! The first byte of an input says what the rest is: `t` a cookie's value, `m` changes of one that was
//! sealed, `s` members of a session in JSON, which is sealed with them in the place of its own, `h` the
//! lines of `Host` and of `Cookie`.

#![no_main]

use std::sync::{Arc, LazyLock};

use keyward_authorization::RequestContext;
use keyward_fuzz::mangled;
use keyward_names::Secret;
use keyward_server::fuzzing::{cookie_name, received_cookies};
use keyward_signin::{Attempt, Browser, Door, Session};
use keyward_testkit::World;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

const PASSWORD: &str = "Bobs-Password-1";
/// Kinds of cookies, in the order in which they are told.
const KINDS: [&str; 3] = ["session", "browser", "visit"];

struct Known {
    runtime: Runtime,
    door: Door,
    session: Session,
    /// The cookies of a session and of a browser, and the token of a form.
    sealed: [String; 3],
    browser: Browser,
    /// What the form's token is bound to.
    visit: String,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut runtime = Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_all().build();
    let runtime = runtime.expect("there are threads");
    let (door, session, sealed, visit) = runtime.block_on(async {
        let world = World::new().await;
        let root = world.root();
        root.must("CreateUser", "UserName=Bob").await;
        let profile = format!("UserName=Bob&Password={PASSWORD}");
        root.must("CreateLoginProfile", &profile).await;
        let door = Door::new(Arc::clone(&world.installation));
        let attempt = Attempt {
            account: "123456789012",
            name: "Bob",
            password: Secret::new(PASSWORD),
            source: [192, 0, 2, 1].into(),
            browser: &Browser::default(),
            request_context: &RequestContext::default(),
        };
        let session = door.sign_in(attempt).await.expect("the password is right");
        let browser = door.remember_browser(Browser::default(), &session).await;
        let visit = door.new_visit().expect("there is randomness");
        let sealed = [
            door.seal_session(&session).expect("it can be sealed"),
            browser.expect("it can be sealed"),
            door.form_token(&visit).expect("it can be sealed"),
        ];
        (door, session, sealed, visit)
    });
    Known {
        browser: door.browser(Some(&sealed[1])),
        runtime,
        door,
        session,
        sealed,
        visit,
    }
});

fuzz_target!(|bytes: &[u8]| {
    let Some((kind, rest)) = bytes.split_first() else {
        return;
    };
    match kind {
        b't' => check_value(&String::from_utf8_lossy(rest)),
        b'm' => {
            let Some((which, edits)) = rest.split_first() else {
                return;
            };
            let sealed = &KNOWN.sealed[usize::from(which % 3)];
            let value = mangled(sealed.as_bytes(), edits);
            check_value(&String::from_utf8_lossy(&value));
        }
        b's' => check_session(rest),
        b'h' => {
            let mut lines = rest.split(|byte| *byte == b'\n');
            let host = lines.next().unwrap_or_default();
            let lines: Vec<&[u8]> = lines.collect();
            for is_tls in [false, true] {
                check_header(host, &lines, is_tls);
            }
        }
        _ => {}
    }
});

/// Who comes with a cookie.
fn visitor(cookie: &str) -> Option<Session> {
    let context = RequestContext::default();
    let visitor = KNOWN.runtime.block_on(KNOWN.door.visitor(cookie, &context));
    visitor
        .expect("the store answers")
        .map(|visitor| visitor.session)
}

/// A value that nobody sealed, unless it is one of those that were.
fn check_value(value: &str) {
    let known = &*KNOWN;
    let is = |which: usize| known.sealed[which] == value;
    let session = visitor(value);
    assert_eq!(session, is(0).then(|| known.session.clone()));
    let browser = known.door.browser(Some(value));
    let expected = is(1).then(|| known.browser.clone());
    assert_eq!(browser, expected.unwrap_or_default());
    assert_eq!(known.door.is_form_token(&known.visit, value), is(2));
    assert!(!known.door.is_form_token("another", value));
    assert!(!known.door.is_form_token(&known.session.id, value));
}

/// A session that is like the real one but for some members: who comes with it is the same one, or nobody.
fn check_session(json: &[u8]) {
    let known = &*KNOWN;
    let mut session = serde_json::to_value(&known.session).expect("it can be written");
    if let Ok(Value::Object(members)) = serde_json::from_slice(json) {
        session
            .as_object_mut()
            .expect("it has members")
            .extend(members);
    }
    let Ok(session) = serde_json::from_value::<Session>(session) else {
        return;
    };
    let cookie = known.door.seal_session(&session);
    let cookie = cookie.expect("it can be sealed");
    assert_eq!(known.door.browser(Some(&cookie)), Browser::default());
    assert!(!known.door.is_form_token(&session.id, &cookie));
    if let Some(found) = visitor(&cookie) {
        assert_eq!(found, session);
        assert_eq!(
            (found.account, found.principal),
            (known.session.account, known.session.principal)
        );
    }
}

/// Against another reader: parts between semicolons, and a name up to the first equals sign.
fn check_header(host: &[u8], lines: &[&[u8]], is_tls: bool) {
    let Some(received) = received_cookies(host, lines, is_tls) else {
        return;
    };
    for (kind, received) in KINDS.into_iter().zip(received) {
        let name = cookie_name(host, is_tls, kind);
        let texts: Vec<_> = lines
            .iter()
            .map(|line| String::from_utf8_lossy(line))
            .collect();
        let parts = texts.iter().flat_map(|text| text.split(';'));
        let pairs = parts.filter_map(|part| part.split_once('='));
        let expected: Vec<&str> = pairs
            .filter(|(found, _)| found.trim() == name)
            .map(|(_, value)| value.trim())
            .collect();
        assert_eq!(received, expected, "{name}");
    }
}
