"""People sign in, see who they are, and sign out again."""

import pytest

from steps import LANDING, SIGN_IN, is_at, sign_in
from support.program import DEFAULT_ACCOUNT
from visitor import INCORRECT, PASSWORD


def test_bob_signs_in_and_sees_who_he_is(browser, bob, clock):
    browser.open("/")
    is_at(browser, SIGN_IN)
    browser.picture("sign-in")
    sign_in(browser)
    is_at(browser, LANDING)
    assert browser.path == "/console"
    assert DEFAULT_ACCOUNT in browser.text_of("#account")
    assert browser.text_of("#user") == "Bob"
    assert browser.text_of("#arn") == f"arn:aws:iam::{DEFAULT_ACCOUNT}:user/Bob"
    assert browser.text_of("#last-sign-in") == "This is your first sign-in"
    assert clock.now()[:10] in browser.text_of("#password-age")
    assert browser.text_of("#password-expires") is None and browser.warning is None
    # Whoever is signed in is led past the form.
    browser.open("/signin")
    is_at(browser, LANDING)


def test_the_sign_in_before_is_told(browser, bob, clock):
    clock.set("2026-03-01T10:00:00Z")
    sign_in(browser)
    browser.press("Sign out")
    clock.advance("12d")
    sign_in(browser)
    assert "2026-03-01" in browser.text_of("#last-sign-in")
    browser.press("Sign out")
    clock.advance("1d")
    sign_in(browser)
    assert "2026-03-13" in browser.text_of("#last-sign-in")


def test_the_age_of_the_password_is_told(browser, clock, make_user):
    clock.set("2026-03-01T10:00:00Z")
    make_user(policy={"MaxPasswordAge": 100})
    clock.advance("12d 1h")
    sign_in(browser)
    assert browser.text_of("#password-age") == "set 12 days ago, on 2026-03-01"
    assert "2026-06-09" in browser.text_of("#password-expires")


def test_a_wrong_password_keeps_what_was_typed_but_the_password(browser, bob):
    sign_in(browser, password="wrong")
    is_at(browser, SIGN_IN)
    assert browser.alert == INCORRECT
    assert browser.field("Account").get_attribute("value") == DEFAULT_ACCOUNT
    assert browser.field("User name").get_attribute("value") == "Bob"
    assert browser.field("Password").get_attribute("value") == ""
    browser.picture("sign-in-with-error")
    browser.fill(password=PASSWORD)
    browser.press("Sign in")
    is_at(browser, LANDING)


def test_after_signing_out_the_old_cookie_is_refused(browser, bob):
    sign_in(browser)
    (session,) = [cookie for name, cookie in browser.cookies().items() if "keyward-session" in name]
    assert session["httpOnly"] and session["sameSite"] == "Strict"
    browser.press("Sign out")
    is_at(browser, SIGN_IN)
    assert "You are signed out." in browser.text
    assert session["name"] not in browser.cookies()
    # Neither the way back nor the cookie put back leads in.
    browser.driver.back()
    assert browser.text_of("#arn") is None
    browser.driver.add_cookie(session)
    assert session["name"] in browser.cookies()
    browser.open("/console")
    is_at(browser, SIGN_IN)


def test_a_session_lasts_twelve_hours(browser, bob, clock):
    sign_in(browser)
    clock.advance("11h 58m")
    browser.open("/console")
    is_at(browser, LANDING)
    clock.advance("2m")
    browser.open("/console")
    is_at(browser, SIGN_IN)


def delete_user(iam):
    iam.delete_login_profile(UserName="Bob")
    iam.delete_user(UserName="Bob")


def make_user_anew(iam):
    delete_user(iam)
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=PASSWORD)


def delete_profile(iam):
    iam.delete_login_profile(UserName="Bob")


def make_profile_anew(iam):
    delete_profile(iam)
    iam.create_login_profile(UserName="Bob", Password=PASSWORD)


@pytest.mark.parametrize("end", [delete_user, make_user_anew, delete_profile, make_profile_anew])
def test_a_session_ends_with_the_user_or_the_login_profile(browser, iam, bob, end):
    sign_in(browser)
    is_at(browser, LANDING)
    end(iam)
    browser.open("/console")
    is_at(browser, SIGN_IN)
    if end in (make_user_anew, make_profile_anew):
        sign_in(browser)
        is_at(browser, LANDING)


def test_an_alias_stands_for_its_account(browser, iam, bob):
    iam.create_account_alias(AccountAlias="acme")
    browser.open("/console?account=acme")
    is_at(browser, SIGN_IN)
    assert browser.path == "/signin?account=acme"
    assert browser.field("Account").get_attribute("value") == "acme"
    browser.picture("sign-in-with-alias")
    browser.fill(user_name="Bob", password=PASSWORD)
    browser.press("Sign in")
    is_at(browser, LANDING)
    assert "acme" in browser.text_of("#account") and DEFAULT_ACCOUNT in browser.text_of("#account")


@pytest.mark.parametrize("says_the_account", [True, False])
def test_the_root_user_signs_in_by_e_mail(browser, server, says_the_account):
    made = server.dev("POST", "accounts")
    account = made["account_id"] if says_the_account else ""
    sign_in(browser, made["root_email"], made["root_password"], account)
    is_at(browser, LANDING)
    assert browser.text_of("#user") == "root"
    assert browser.text_of("#arn") == f"arn:aws:iam::{made['account_id']}:root"
    assert made["account_id"] in browser.text_of("#account")
    browser.press("Sign out")
    is_at(browser, SIGN_IN)


def test_an_account_is_filled_in_as_it_stands_and_does_no_harm(browser, bob):
    hostile = '"><script>document.title="done"</script><b>&amp;'
    sign_in(browser, user_name=hostile, account=hostile)
    is_at(browser, SIGN_IN)
    assert browser.field("Account").get_attribute("value") == hostile
    assert browser.field("User name").get_attribute("value") == hostile
    browser.open("/console?account=%22%3E%3Cb%3E%26amp%3B%20%2B")
    assert browser.field("Account").get_attribute("value") == '"><b>&amp; +'
