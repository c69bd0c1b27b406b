use keyward_credentials::{BrokenRule, CharacterClass};
use keyward_names::Age;

use super::*;
use crate::Unavailable;

const HOSTILE: &str = r#""><script>alert('x')</script>&amp;"#;
const ESCAPED: &str = "&#34;&#62;&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;&#38;amp;";

fn password_page(refusal: Option<Refusal>) -> String {
    let page = PasswordPage {
        heading: "Change password",
        reason: "A reason.",
        action: "/console/password",
        button: "Change password",
        form_token: HOSTILE,
        who: Who {
            name: HOSTILE,
            account: HOSTILE.to_owned(),
        },
        may_change: refusal != Some(Refusal::NotAllowed),
        refusal,
        is_due: false,
        rules: vec!["It needs a digit (0-9).".to_owned()],
    };
    page.html()
}

fn credentials_page() -> SecurityCredentialsPage<'static> {
    SecurityCredentialsPage {
        form_token: HOSTILE,
        who: Who {
            name: HOSTILE,
            account: HOSTILE.to_owned(),
        },
        arn: HOSTILE.to_owned(),
        last_sign_in: "2026-11-24 21:14 UTC (1 day ago)".to_owned(),
        session_ends: "2026-11-26 09:14 UTC".to_owned(),
        password_age: "set 12 days ago, on 2026-11-13".to_owned(),
        password_expires: None,
        warning: None,
        is_changed: false,
        refusal: None,
    }
}

fn sign_in_page(refusal: Refusal) -> String {
    let page = SignInPage {
        refusal: Some(refusal),
        ..SignInPage::default()
    };
    page.html()
}

/// The attributes of the field that has this id.
fn field<'a>(page: &'a str, id: &str) -> &'a str {
    let begin = format!("<input id=\"{id}\"");
    let (_, after) = page.split_once(&begin).unwrap();
    after.split_once('>').unwrap().0
}

/// What is said in the alert, without tags.
fn alert(page: &str) -> Option<String> {
    let (_, after) = page.split_once(r#"role="alert">"#)?;
    let (inside, _) = after.split_once("</div>").unwrap();
    let texts = inside.split('<').filter_map(|piece| piece.split_once('>'));
    let texts = texts
        .map(|(_, text)| text.trim())
        .filter(|text| !text.is_empty());
    Some(texts.collect::<Vec<_>>().join("|"))
}

#[test]
fn whatever_is_put_into_a_page_is_text() {
    let sign_in = SignInPage {
        form_token: HOSTILE,
        account: HOSTILE,
        user_name: HOSTILE,
        ..SignInPage::default()
    };
    for (page, times) in [
        (sign_in.html(), 3),
        (password_page(None), 4),
        (credentials_page().html(), 4),
    ] {
        assert_eq!(page.matches(ESCAPED).count(), times, "{page}");
        assert!(!page.contains("<script"), "{page}");
        assert!(!page.contains(HOSTILE), "{page}");
    }
}

#[test]
fn no_page_needs_script_or_styles_of_its_own() {
    for page in [
        SignInPage::default().html(),
        password_page(None),
        credentials_page().html(),
        TroublePage::new(Refusal::Unavailable(Unavailable::because("x"))).html(),
    ] {
        for forbidden in ["<script", "style=", "<style", "javascript:", " on", "http:"] {
            let is_there = match forbidden {
                " on" => page.contains(" onclick") || page.contains(" onload"),
                forbidden => page.contains(forbidden),
            };
            assert!(!is_there, "{forbidden}: {page}");
        }
        assert_eq!(page.matches("<h1>").count(), 1, "{page}");
        assert!(page.starts_with("<!doctype html>"), "{page}");
        assert!(page.contains(r#"<html lang="en">"#), "{page}");
        assert!(page.contains(r#"name="viewport""#), "{page}");
    }
}

#[test]
fn every_field_has_a_label() {
    for page in [SignInPage::default().html(), password_page(None)] {
        let ids = page.split("<input id=\"").skip(1);
        let ids: Vec<&str> = ids.map(|after| after.split_once('"').unwrap().0).collect();
        assert_eq!(ids.len(), 3);
        for id in ids {
            assert!(page.contains(&format!("<label for=\"{id}\">")), "{id}");
        }
    }
}

#[test]
fn the_first_field_to_be_filled_in_has_the_focus() {
    for (account, user_name, focus) in [
        ("", "", "account"),
        ("acme", "", "username"),
        ("acme", "Bob", "password"),
        ("", "root@example.com", "password"),
    ] {
        let page = SignInPage {
            account,
            user_name,
            ..SignInPage::default()
        };
        let page = page.html();
        let all = ["account", "username", "password"];
        let focused = all.map(|id| field(&page, id).contains(" autofocus"));
        assert_eq!(focused, all.map(|id| id == focus), "{account} {user_name}");
    }
}

#[test]
fn each_refusal_is_told_in_its_words() {
    for (refusal, told) in [
        (
            Refusal::Incorrect,
            "Your authentication information is incorrect. Please try again.",
        ),
        (
            Refusal::HeldBack(Age::seconds(30)),
            "Too many tries. Wait 30 seconds, then try again.",
        ),
        (
            Refusal::HeldBack(Age::seconds(1)),
            "Too many tries. Wait 1 second, then try again.",
        ),
        (
            Refusal::OldHeldBack,
            "Too many tries. Wait a while, then try again.",
        ),
        (
            Refusal::ExpiredForGood,
            "Your password has expired. Only an administrator can set a new one: ask for \
             iam:UpdateLoginProfile to be called for you.",
        ),
        (
            Refusal::FormExpired,
            "This form was open too long, or cookies are off. Please try again.",
        ),
        (
            Refusal::Busy,
            "Too many people are signing in just now. Please try again in a moment.",
        ),
        (
            Refusal::Unavailable(Unavailable::because("x")),
            "Signing in is not possible just now. Please try again in a moment.",
        ),
    ] {
        assert_eq!(alert(&sign_in_page(refusal)).as_deref(), Some(told));
    }
    let rules = "The new password breaks these rules of your account:";
    for (refusal, told) in [
        (
            Refusal::OldIncorrect,
            "The old password is incorrect.".to_owned(),
        ),
        (
            Refusal::SameAsOld,
            "The new password must differ from the old one.".to_owned(),
        ),
        (
            Refusal::Different,
            "The two new passwords differ.".to_owned(),
        ),
        (
            Refusal::TooLong,
            format!("{rules}|It can have at most 128 characters."),
        ),
        (
            Refusal::Unfit,
            format!("{rules}|It can only have characters of Latin-1 that can be typed."),
        ),
        (
            Refusal::Breaks(vec![
                BrokenRule::TooShort { minimum: 12 },
                BrokenRule::Lacks(CharacterClass::Number),
            ]),
            format!("{rules}|It needs at least 12 characters.|It needs a digit (0-9)."),
        ),
        (
            Refusal::UsedBefore(3),
            format!("{rules}|It must not be one of your last 3 passwords."),
        ),
    ] {
        assert_eq!(alert(&password_page(Some(refusal))), Some(told));
    }
    assert_eq!(alert(&SignInPage::default().html()), None);
    assert_eq!(alert(&password_page(None)), None);
}

#[test]
fn a_field_at_fault_is_marked_and_described_by_the_error() {
    let fields = ["old-password", "new-password", "confirm-password"];
    for (refusal, at_fault) in [
        (None, None),
        (Some(Refusal::FormExpired), None),
        (Some(Refusal::OldIncorrect), Some("old-password")),
        (Some(Refusal::TooLong), Some("new-password")),
        (Some(Refusal::Different), Some("confirm-password")),
    ] {
        let page = password_page(refusal.clone());
        for id in fields {
            let field = field(&page, id);
            let is_at_fault = Some(id) == at_fault;
            let is_marked = field.contains(r#"aria-invalid="true""#);
            assert_eq!(is_marked, is_at_fault, "{refusal:?} {id}");
            assert_eq!(field.contains(r#"describedby="error"#), is_at_fault);
        }
        assert!(field(&page, "new-password").contains("rules\""));
    }
    // Which one is wrong is nobody's business at the door.
    assert!(!sign_in_page(Refusal::Incorrect).contains("aria-invalid"));
}

#[test]
fn who_may_not_change_the_password_sees_no_form_but_a_way_out() {
    let page = password_page(Some(Refusal::NotAllowed));
    assert_eq!(
        alert(&page).as_deref(),
        Some("You may not change your password: ask your administrator for iam:ChangePassword.")
    );
    assert!(!page.contains("new_password"), "{page}");
    assert!(page.contains(r#"action="/signout""#), "{page}");
}

#[test]
fn the_landing_page_tells_what_there_is_to_tell() {
    let plain = credentials_page().html();
    assert!(plain.contains(r#"<dd id="password-age">set 12 days ago, on 2026-11-13</dd>"#));
    assert!(!plain.contains(r#"id="password-expires""#), "{plain}");
    assert!(!plain.contains(r#"role="status""#), "{plain}");
    let page = SecurityCredentialsPage {
        password_expires: Some("2026-12-01 00:00 UTC".to_owned()),
        warning: Some("Your password expires in 3 days.".to_owned()),
        ..credentials_page().with_change_told(true)
    };
    let page = page.html();
    for told in [
        r#"<dd id="password-expires">2026-12-01 00:00 UTC</dd>"#,
        r#"<p class="warning" role="status">Your password expires in 3 days.</p>"#,
        r#"<p class="notice" role="status">Your password was changed.</p>"#,
    ] {
        assert!(page.contains(told), "{told}: {page}");
    }
    let refused = credentials_page().with_refusal(Refusal::FormExpired).html();
    assert!(alert(&refused).is_some());
}

#[test]
fn signing_out_is_told() {
    let page = SignInPage {
        is_signed_out: true,
        ..SignInPage::default()
    };
    assert!(page.html().contains("You are signed out."));
    assert!(!SignInPage::default().html().contains("You are signed out."));
}
