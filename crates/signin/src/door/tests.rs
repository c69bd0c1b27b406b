use std::net::IpAddr;

use keyward_authorization::RequestContext;
use keyward_names::Age;
use keyward_testkit::World;

use super::*;
use crate::session::SESSION_TIME;
use crate::{Browser, Passwords, Visitor};

const PASSWORD: &str = "Bobs-Password-1";
const SOURCE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// Bob has a password, Alice none; the account's alias is `example`.
async fn world() -> (World, Door) {
    let world = World::new().await;
    for (action, form) in [
        ("CreateUser", "UserName=Bob"),
        ("CreateUser", "UserName=Alice"),
        (
            "CreateLoginProfile",
            "UserName=Bob&Password=Bobs-Password-1",
        ),
        ("CreateAccountAlias", "AccountAlias=example"),
    ] {
        ask(&world, action, form).await;
    }
    let door = Door::new(Arc::clone(&world.installation));
    (world, door)
}

async fn ask(world: &World, action: &str, form: &str) {
    assert_eq!(world.root().ask(action, form).await.fault(), "200");
}

/// Tries from a source of its own and a browser that nobody knows.
async fn try_as(
    door: &Door,
    account: &str,
    name: &str,
    password: &str,
) -> Result<Session, Refusal> {
    try_from(
        door,
        account,
        name,
        password,
        "10.0.0.1",
        &Browser::default(),
    )
    .await
}

async fn try_from(
    door: &Door,
    account: &str,
    name: &str,
    password: &str,
    source: &str,
    browser: &Browser,
) -> Result<Session, Refusal> {
    let attempt = Attempt {
        account,
        name,
        password: Secret::new(password),
        source: source.parse().unwrap(),
        browser,
        request_context: &RequestContext::default(),
    };
    door.sign_in(attempt).await
}

fn told(outcome: &Result<Session, Refusal>) -> String {
    match outcome {
        Ok(session) => format!("{:?}", session.stage),
        Err(Refusal::HeldBack(wait)) => format!("held back for {}", wait.as_seconds()),
        Err(Refusal::Incorrect) => "incorrect".to_owned(),
        Err(Refusal::ExpiredForGood) => "expired for good".to_owned(),
        Err(Refusal::Busy) => "busy".to_owned(),
        Err(Refusal::Unavailable(error)) => error.to_string(),
        Err(refusal) => format!("{refusal:?}"),
    }
}

async fn session(door: &Door, account: &str, name: &str, password: &str) -> Session {
    let outcome = try_as(door, account, name, password).await;
    let Ok(session) = outcome else {
        panic!("{outcome:?}");
    };
    session
}

async fn visitor(door: &Door, session: &Session) -> Option<Visitor> {
    let cookie = door.seal_session(session).unwrap();
    door.visitor(&cookie, &RequestContext::default())
        .await
        .unwrap()
}

/// Tries a wrong password until the waits are as long as they get, which is long enough for a slow
/// machine not to sit them out.
async fn hold_back(world: &World, door: &Door, name: &str) {
    for _ in 0..11 {
        assert_eq!(
            told(&try_as(door, "example", name, "wrong").await),
            "incorrect"
        );
        tell(world, Age::seconds(30));
    }
    assert_eq!(
        told(&try_as(door, "example", name, "wrong").await),
        "incorrect"
    );
}

/// Whether the wait is nearly the longest one of a name.
fn is_held_back(outcome: &Result<Session, Refusal>) -> bool {
    matches!(outcome, Err(Refusal::HeldBack(wait)) if (15..=30).contains(&wait.as_seconds()))
}

fn tell(world: &World, age: Age) {
    world.installation.clock().advance(age);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_password_opens_and_everything_else_gets_one_answer() {
    let (_world, door) = world().await;
    for (account, name, password, outcome) in [
        ("123456789012", "Bob", PASSWORD, "SignedIn"),
        ("example", "bob", PASSWORD, "SignedIn"),
        (" Example ", " BOB ", PASSWORD, "SignedIn"),
        ("123456789012", "Bob", "Bobs-Password-2", "incorrect"),
        ("123456789012", "Bob", "", "incorrect"),
        ("123456789012", "Alice", PASSWORD, "incorrect"),
        ("123456789012", "Nobody", PASSWORD, "incorrect"),
        ("999999999999", "Bob", PASSWORD, "incorrect"),
        ("nowhere", "Bob", PASSWORD, "incorrect"),
        ("not an alias", "Bob", PASSWORD, "incorrect"),
        ("", "Bob", PASSWORD, "incorrect"),
        ("", "", "", "incorrect"),
        ("installation", "Bob", PASSWORD, "incorrect"),
        ("123456789012", "root@example.com", PASSWORD, "incorrect"),
    ] {
        let found = told(&try_as(&door, account, name, password).await);
        assert_eq!(found, outcome, "{account} {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn root_signs_in_by_e_mail_and_no_user_of_that_name_stands_in_its_way() {
    let (world, door) = world().await;
    let id = world.account_id;
    let password = world.installation.reset_root_password(id).await.unwrap();
    let (email, password) = ("Root@example.com", password.expose());
    for account in ["", "example", "123456789012"] {
        let session = session(&door, account, email, password).await;
        assert_eq!(session.principal, Principal::Root);
    }
    ask(&world, "CreateUser", "UserName=root%40example.com").await;
    let profile = "UserName=root%40example.com&Password=Bobs-Password-1";
    ask(&world, "CreateLoginProfile", profile).await;
    assert_eq!(
        session(&door, "", email, password).await.principal,
        Principal::Root
    );
    let user = session(&door, "example", email, PASSWORD).await;
    assert!(matches!(user.principal, Principal::User(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_or_age_asks_for_a_new_password_and_hard_expiry_for_an_administrator() {
    let (world, door) = world().await;
    let bob = || try_as(&door, "example", "Bob", PASSWORD);
    ask(
        &world,
        "UpdateLoginProfile",
        "UserName=Bob&PasswordResetRequired=true",
    )
    .await;
    assert_eq!(told(&bob().await), "NewPasswordDue");
    ask(
        &world,
        "UpdateLoginProfile",
        "UserName=Bob&PasswordResetRequired=false",
    )
    .await;
    ask(&world, "UpdateAccountPasswordPolicy", "MaxPasswordAge=90").await;
    tell(&world, Age::seconds(90 * 86_400 - 60));
    assert_eq!(told(&bob().await), "SignedIn");
    tell(&world, Age::seconds(60));
    assert_eq!(told(&bob().await), "NewPasswordDue");
    ask(
        &world,
        "UpdateAccountPasswordPolicy",
        "MaxPasswordAge=90&HardExpiry=true",
    )
    .await;
    assert_eq!(told(&bob().await), "expired for good");
    // Only who knows the password learns that.
    let wrong = try_as(&door, "example", "Bob", "wrong").await;
    assert_eq!(told(&wrong), "incorrect");
    let id = world.account_id;
    let root = world.installation.reset_root_password(id).await.unwrap();
    tell(&world, Age::days(900));
    let root = try_as(&door, "", "root@example.com", root.expose()).await;
    assert_eq!(told(&root), "SignedIn", "root's password does not expire");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_tries_at_a_name_hold_it_back_for_thirty_seconds_at_most() {
    let (world, door) = world().await;
    for name in ["Nobody", "Bob"] {
        hold_back(&world, &door, name).await;
        let outcome = try_as(&door, "example", name, "wrong").await;
        assert!(is_held_back(&outcome), "{name}: {outcome:?}");
    }
    // By any name of the account, in any case, and with the right password too.
    let right = try_as(&door, "123456789012", "BOB", PASSWORD).await;
    assert!(is_held_back(&right), "{right:?}");
    tell(&world, Age::seconds(30));
    assert_eq!(
        told(&try_as(&door, "example", "Bob", PASSWORD).await),
        "SignedIn"
    );
    for _ in 0..5 {
        let wrong = try_as(&door, "example", "Bob", "wrong").await;
        assert_eq!(told(&wrong), "incorrect");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signed_in_from_a_browser_before_is_not_held_back_by_others() {
    let (world, door) = world().await;
    let first = session(&door, "example", "Bob", PASSWORD).await;
    let cookie = door.remember_browser(Browser::default(), &first).await;
    let cookie = cookie.unwrap();
    let known = door.browser(Some(&cookie));
    hold_back(&world, &door, "Bob").await;
    hold_back(&world, &door, "Nobody").await;
    hold_back(&world, &door, "Bob").await;
    assert!(is_held_back(
        &try_as(&door, "example", "Bob", PASSWORD).await
    ));
    let bob = |password| try_from(&door, "example", "Bob", password, "10.0.0.1", &known);
    assert_eq!(told(&bob(PASSWORD).await), "SignedIn");
    // It is known for Bob alone.
    hold_back(&world, &door, "Nobody").await;
    let other = try_from(&door, "example", "Nobody", PASSWORD, "10.0.0.1", &known).await;
    assert!(is_held_back(&other), "{other:?}");
    // Nor is it a way to guess without end.
    for _ in 0..27 {
        assert_eq!(told(&bob("wrong").await), "incorrect");
        tell(&world, Age::seconds(30));
    }
    assert_eq!(told(&bob("wrong").await), "incorrect");
    assert!(is_held_back(&bob(PASSWORD).await));
    let account = world.account().await;
    assert!(known.knows(&account, first.principal, door.now()));
    tell(&world, Age::days(180));
    assert!(!known.knows(&account, first.principal, door.now()));
    // Who knew an earlier password is a stranger to the present one.
    tell(&world, Age::seconds(-180 * 86_400));
    ask(
        &world,
        "UpdateLoginProfile",
        "UserName=Bob&Password=Other-1-Password",
    )
    .await;
    assert!(!known.knows(&*world.account().await, first.principal, door.now()));
    for cookie in [
        None,
        Some(""),
        Some("v1.AAAA"),
        Some(cookie.trim_end_matches('=').split_at(9).1),
    ] {
        assert_eq!(door.browser(cookie), Browser::default());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_tries_many_names_is_held_back_and_its_neighbours_are_not() {
    let (world, door) = world().await;
    let from = |source: &'static str, name: String| {
        let door = &door;
        async move {
            let browser = Browser::default();
            told(&try_from(door, "nowhere", &name, "wrong", source, &browser).await)
        }
    };
    for number in 0..60 {
        let name = format!("user-{number}");
        assert_eq!(from("2001:db8::1", name).await, "incorrect");
        if number >= 50 {
            tell(&world, Age::seconds(300));
        }
    }
    assert_eq!(from("2001:db8::1", "one".to_owned()).await, "incorrect");
    let held_back = from("2001:db8::ffff:2", "other".to_owned()).await;
    assert!(
        ["held back for 2", "held back for 300"]
            .iter()
            .any(|text| held_back.starts_with(text)),
        "{held_back}"
    );
    assert_eq!(
        from("2001:db8:0:1::1", "other".to_owned()).await,
        "incorrect"
    );
    assert_eq!(from("192.0.2.1", "other".to_owned()).await, "incorrect");
    door.forget_tries();
    assert_eq!(from("2001:db8::1", "other".to_owned()).await, "incorrect");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_right_among_many_who_are_wrong_makes_nobody_wait_longer() {
    let (world, door) = world().await;
    for number in 0..60 {
        let name = format!("user-{number}");
        assert_eq!(
            told(&try_as(&door, "nowhere", &name, "wrong").await),
            "incorrect"
        );
        tell(&world, Age::seconds(if number < 50 { 0 } else { 300 }));
    }
    for _ in 0..3 {
        assert_eq!(
            told(&try_as(&door, "example", "Bob", PASSWORD).await),
            "SignedIn"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_tells_by_no_count_whose_root_user_it_is() {
    let (world, door) = world().await;
    for _ in 0..12 {
        let wrong = try_as(&door, "example", "root@example.com", "wrong").await;
        assert_eq!(told(&wrong), "incorrect");
        tell(&world, Age::seconds(30));
    }
    let wrong = try_as(&door, "example", "root@example.com", "wrong").await;
    assert_eq!(wrong.unwrap_err(), Refusal::Incorrect);
    assert!(is_held_back(
        &try_as(&door, "example", "root@example.com", "wrong").await
    ));
    let alone = try_as(&door, "", "root@example.com", "wrong").await;
    assert_eq!(told(&alone), "incorrect");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_as_long_as_the_profile_said_at_sign_in() {
    let (world, door) = world().await;
    let set = async |seconds: i64| {
        let form = format!("UserName=Bob&MaxSigninSessionDuration={seconds}");
        ask(&world, "UpdateLoginProfile", &form).await;
    };
    set(7_776_000).await;
    let long = session(&door, "example", "Bob", PASSWORD).await;
    set(3_600).await;
    let short = session(&door, "example", "Bob", PASSWORD).await;
    let ask_for = "UserName=Bob&ResetMaxSigninSessionDuration=true";
    ask(&world, "UpdateLoginProfile", ask_for).await;
    let usual = session(&door, "example", "Bob", PASSWORD).await;
    for (session, seconds) in [
        (short, 3_600),
        (usual, SESSION_TIME.as_seconds()),
        (long, 7_776_000),
    ] {
        let ends = session.begun.plus(Age::seconds(seconds));
        assert_eq!(session.ends(), ends);
        tell(&world, ends.plus(Age::seconds(-1)).since(door.now()));
        assert!(visitor(&door, &session).await.is_some(), "{seconds}");
        tell(&world, Age::seconds(1));
        assert!(visitor(&door, &session).await.is_none(), "{seconds}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_lasts_for_twelve_hours_and_no_longer_than_its_user_and_profile() {
    for ending in ["time", "profile", "anew", "sign-out", "nothing"] {
        let (world, door) = world().await;
        let session = session(&door, "example", "Bob", PASSWORD).await;
        tell(&world, Age::seconds(SESSION_TIME.as_seconds() - 60));
        let found = visitor(&door, &session).await.unwrap();
        assert_eq!(
            (found.name(), found.session.clone()),
            ("Bob", session.clone())
        );
        match ending {
            "time" => tell(&world, Age::seconds(60)),
            "profile" => ask(&world, "DeleteLoginProfile", "UserName=Bob").await,
            "anew" => {
                ask(&world, "DeleteLoginProfile", "UserName=Bob").await;
                let form = "UserName=Bob&Password=Bobs-Password-1";
                ask(&world, "CreateLoginProfile", form).await;
            }
            "sign-out" => door.sign_out(&session).await.unwrap(),
            _ => {
                // A new password and a new name are no end.
                let form = "UserName=Bob&Password=Other-Password-1";
                ask(&world, "UpdateLoginProfile", form).await;
                ask(&world, "UpdateUser", "UserName=Bob&NewUserName=Robert").await;
            }
        }
        let left = visitor(&door, &session).await;
        assert_eq!(left.is_some(), ending == "nothing", "{ending}");
        let other = Door::new(Arc::clone(&world.other_node().await.installation));
        other.installation().clock().set(door.now());
        let left = visitor(&other, &session).await;
        assert_eq!(
            left.is_some(),
            ending == "nothing",
            "{ending} on another node"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_cookie_is_nobody_elses_to_make_or_change() {
    let (world, door) = world().await;
    let cookie = door
        .seal_session(&session(&door, "example", "Bob", PASSWORD).await)
        .unwrap();
    assert!(
        door.visitor(&cookie, &RequestContext::default())
            .await
            .unwrap()
            .is_some()
    );
    for position in 0..cookie.len() {
        let mut bytes = cookie.clone().into_bytes();
        bytes[position] = if bytes[position] == b'B' { b'C' } else { b'B' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(
            door.visitor(&changed, &RequestContext::default())
                .await
                .unwrap()
                .is_none(),
            "{position}"
        );
    }
    let stranger = World::new().await;
    let elsewhere = Door::new(Arc::clone(&stranger.installation));
    assert!(
        elsewhere
            .visitor(&cookie, &RequestContext::default())
            .await
            .unwrap()
            .is_none()
    );
    // Neither is anything else that is sealed.
    let token = door.form_token("visit").unwrap();
    assert!(
        door.visitor(&token, &RequestContext::default())
            .await
            .unwrap()
            .is_none()
    );
    world.installation.clock().advance(Age::seconds(-10));
    assert!(
        door.visitor(&cookie, &RequestContext::default())
            .await
            .unwrap()
            .is_none(),
        "not begun yet"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn form_tokens_are_good_for_one_browser_and_for_a_while() {
    let (world, door) = world().await;
    let token = door.form_token("visit").unwrap();
    assert!(door.is_form_token("visit", &token));
    for (bound_to, token) in [
        ("other", token.as_str()),
        ("visit", ""),
        ("visit", "v1.AAAA"),
    ] {
        assert!(!door.is_form_token(bound_to, token));
    }
    tell(&world, SESSION_TIME);
    assert!(!door.is_form_token("visit", &token));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_sign_in_is_told_by_the_next_and_by_get_user() {
    let (world, door) = world().await;
    let last_used = || async {
        let user = world.root().ask("GetUser", "UserName=Bob").await;
        user.text("PasswordLastUsed").to_owned()
    };
    assert_eq!(
        told(&try_as(&door, "example", "Bob", "wrong").await),
        "incorrect"
    );
    assert_eq!(last_used().await, "");
    let first = session(&door, "example", "Bob", PASSWORD).await;
    assert_eq!(first.sign_in_before, None);
    assert_eq!(last_used().await, first.begun.to_string());
    tell(&world, Age::days(1));
    let second = session(&door, "example", "Bob", PASSWORD).await;
    assert_eq!(second.sign_in_before, Some(first.begun));
    assert_eq!(last_used().await, second.begun.to_string());
}

fn passwords(old: &str, new: &str) -> Passwords {
    Passwords {
        old: Secret::new(old),
        new: Secret::new(new),
        confirmed: Secret::new(new),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_that_was_due_opens_the_door() {
    let (world, door) = world().await;
    let policy = "AllowUsersToChangePassword=true&MinimumPasswordLength=10\
                  &RequireSymbols=true&PasswordReusePrevention=2";
    ask(&world, "UpdateAccountPasswordPolicy", policy).await;
    ask(
        &world,
        "UpdateLoginProfile",
        "UserName=Bob&PasswordResetRequired=true",
    )
    .await;
    let due = session(&door, "example", "Bob", PASSWORD).await;
    assert_eq!(due.stage, Stage::NewPasswordDue);
    let found = visitor(&door, &due).await.unwrap();
    let outcomes = [
        ("wrong", "New-Password-2", "OldIncorrect"),
        ("", "New-Password-2", "OldIncorrect"),
        ("€", "New-Password-2", "OldIncorrect"),
        (&"x".repeat(129), "New-Password-2", "OldIncorrect"),
        (PASSWORD, PASSWORD, "SameAsOld"),
        (
            PASSWORD,
            "short",
            "Breaks([TooShort { minimum: 10 }, Lacks(Symbol)])",
        ),
        (PASSWORD, "Ein €uro ist zu viel!", "Unfit"),
        (PASSWORD, "", "Unfit"),
        (PASSWORD, &"x".repeat(129), "TooLong"),
    ];
    for (old, new, outcome) in outcomes {
        let change = door
            .change_password(&found, &passwords(old, new), SOURCE)
            .await;
        assert_eq!(format!("{:?}", change.unwrap_err()), outcome);
    }
    let typo = Passwords {
        confirmed: Secret::new("New-Password-3"),
        ..passwords(PASSWORD, "New-Password-2")
    };
    let change = door.change_password(&found, &typo, SOURCE).await;
    assert!(matches!(change, Err(Refusal::Different)));

    let change = passwords(PASSWORD, "New-Password-2");
    let Ok(begun) = door.change_password(&found, &change, SOURCE).await else {
        panic!("it is not changed");
    };
    assert_eq!(
        (begun.stage, begun.principal),
        (Stage::SignedIn, due.principal)
    );
    assert_ne!(begun.id, due.id);
    assert!(visitor(&door, &due).await.is_none(), "it has done its work");
    let profile = world.root().ask("GetLoginProfile", "UserName=Bob").await;
    assert_eq!(profile.text("PasswordResetRequired"), "false");
    let found = visitor(&door, &begun).await.unwrap();
    let change = passwords("New-Password-2", PASSWORD);
    let change = door.change_password(&found, &change, SOURCE).await;
    assert!(matches!(change, Err(Refusal::UsedBefore(2))), "{change:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_change_the_password_is_told_so_and_a_due_one_waits_no_longer_than_needed() {
    let (world, door) = world().await;
    ask(
        &world,
        "UpdateLoginProfile",
        "UserName=Bob&PasswordResetRequired=true",
    )
    .await;
    let due = session(&door, "example", "Bob", PASSWORD).await;
    let found = visitor(&door, &due).await.unwrap();
    assert!(!found.may_change_password(door.now()));
    let change = passwords(PASSWORD, "New-Password-2");
    let change = door.change_password(&found, &change, SOURCE).await;
    assert!(matches!(change, Err(Refusal::NotAllowed)), "{change:?}");
    tell(&world, Age::seconds(15 * 60));
    assert!(visitor(&door, &due).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn root_changes_its_own_password_by_the_default_rules() {
    let (world, door) = world().await;
    ask(
        &world,
        "UpdateAccountPasswordPolicy",
        "MinimumPasswordLength=64",
    )
    .await;
    let id = world.account_id;
    let old = world.installation.reset_root_password(id).await.unwrap();
    let begun = session(&door, "", "root@example.com", old.expose()).await;
    let found = visitor(&door, &begun).await.unwrap();
    assert_eq!((found.name(), found.password_expires()), ("root", None));
    for (old, new, outcome) in [
        ("wrong", "New-Password-2", "OldIncorrect"),
        (old.expose(), old.expose(), "SameAsOld"),
        (old.expose(), "aA1", "Breaks([TooShort { minimum: 8 }])"),
    ] {
        let change = door
            .change_password(&found, &passwords(old, new), SOURCE)
            .await;
        assert_eq!(format!("{:?}", change.unwrap_err()), outcome);
    }
    for _ in 0..36 {
        tell(&world, Age::seconds(30));
        let change = passwords("wrong", "New-Password-2");
        let change = door.change_password(&found, &change, SOURCE).await;
        assert!(matches!(change, Err(Refusal::OldIncorrect)), "{change:?}");
    }
    let change = passwords(old.expose(), "New-Password-2");
    let held_back = door.change_password(&found, &change, SOURCE).await;
    assert!(
        matches!(held_back, Err(Refusal::OldHeldBack)),
        "{held_back:?}"
    );
    tell(&world, Age::seconds(30));
    let change = door.change_password(&found, &change, SOURCE).await;
    assert!(change.is_ok(), "{change:?}");
    let found = visitor(&door, &begun).await.unwrap();
    assert_eq!(found.password_changed(), Some(door.now()));
    session(&door, "", "root@example.com", "New-Password-2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_store_is_away_nobody_is_let_in_on_a_guess() {
    let (world, door) = world().await;
    let begun = session(&door, "example", "Bob", PASSWORD).await;
    let cookie = door.seal_session(&begun).unwrap();
    world.store.set_away(true);
    assert!(
        door.visitor(&cookie, &RequestContext::default())
            .await
            .is_err()
    );
    let unavailable = told(&try_as(&door, "example", "Bob", "wrong").await);
    assert!(
        unavailable.starts_with("sign-in is unavailable"),
        "{unavailable}"
    );
}
