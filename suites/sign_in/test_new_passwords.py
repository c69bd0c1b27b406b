"""A new password: forced, due, refused in words, or of one's own accord."""

import re

import pytest

from steps import (
    CHANGE_PASSWORD,
    LANDING,
    MAY_NOT_CHANGE,
    NEW_PASSWORD,
    NEW_PASSWORD_PAGE,
    SIGN_IN,
    is_at,
    set_password,
    sign_in,
)
from support.people import let_users_change_passwords
from visitor import INCORRECT, PASSWORD

HARD_EXPIRY = (
    "Your password has expired. Only an administrator can set a new one: ask for "
    "iam:UpdateLoginProfile to be called for you."
)
CHANGED = "Your password was changed."
STRICT = {
    "MinimumPasswordLength": 12,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "PasswordReusePrevention": 3,
}
LONG, UPPER, LOWER, DIGIT, SYMBOL = (
    "It needs at least 12 characters.",
    "It needs an upper-case letter (A-Z).",
    "It needs a lower-case letter (a-z).",
    "It needs a digit (0-9).",
    "It needs a symbol (! @ # $ % ^ & * ( ) _ + - = [ ] { } | ').",
)


def flag(iam):
    return iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"]


def test_a_forced_reset_is_met_before_anything_else(browser, iam, make_person):
    bob = make_person("Bob", PASSWORD, PasswordResetRequired=True)
    sign_in(browser)
    is_at(browser, NEW_PASSWORD_PAGE)
    assert browser.path == "/signin/new-password"
    browser.picture("new-password")
    for path in ["/console", "/console/password", "/"]:
        browser.open(path)
        is_at(browser, NEW_PASSWORD_PAGE)
    assert flag(iam) is True
    set_password(browser, NEW_PASSWORD)
    is_at(browser, LANDING)
    assert flag(iam) is False
    assert bob.has_password(NEW_PASSWORD) and not bob.has_password(PASSWORD)
    browser.press("Sign out")
    sign_in(browser)
    assert browser.alert == INCORRECT
    sign_in(browser, password=NEW_PASSWORD)
    is_at(browser, LANDING)


def test_each_broken_rule_is_said_in_words(browser, iam, make_user):
    make_user(password="EarlierPassword-1!", policy=STRICT)
    iam.update_login_profile(UserName="Bob", Password=PASSWORD, PasswordResetRequired=True)
    sign_in(browser)
    # The rules are told before the first try.
    for words in ["12", "upper-case", "lower-case", "digit", "symbol"]:
        assert words in browser.text, words
    for new, broken in [
        ("a", [LONG, UPPER, DIGIT, SYMBOL]),
        ("A1", [LONG, LOWER, SYMBOL]),
        ("abcdefghijkl", [UPPER, DIGIT, SYMBOL]),
        ("AAAAAAAAAAA1!", [LOWER]),
        ("Short-1", [LONG]),
        ("EarlierPassword-1!", ["It must not be one of your last 3 passwords."]),
    ]:
        set_password(browser, new)
        is_at(browser, NEW_PASSWORD_PAGE)
        assert browser.alert.startswith("The new password breaks these rules of your account:"), new
        assert browser.alert.splitlines()[1:] == broken, new
        assert not browser.field("New password").get_attribute("value")
        if new == "a":
            browser.picture("new-password-with-broken-rules")
    assert flag(iam) is True


def test_what_else_is_wrong_is_said(browser, iam, make_person):
    bob = make_person("Bob", PASSWORD, PasswordResetRequired=True)
    sign_in(browser)
    for typed, message in [
        ({"new": NEW_PASSWORD, "old": "wrong"}, "The old password is incorrect."),
        ({"new": PASSWORD}, "The new password must differ from the old one."),
        ({"new": NEW_PASSWORD, "confirm": NEW_PASSWORD + "x"}, "The two new passwords differ."),
        ({"new": "aB1!" * 33}, "It can have at most 128 characters."),
        ({"new": "Пароль-Пароль-1"}, "It can only have characters of Latin-1 that can be typed."),
    ]:
        set_password(browser, **typed)
        is_at(browser, NEW_PASSWORD_PAGE)
        assert message in browser.alert
    assert flag(iam) is True and bob.has_password(PASSWORD)
    set_password(browser, NEW_PASSWORD)
    is_at(browser, LANDING)


def test_an_expired_password_lets_in_for_a_new_one_only(browser, make_person, iam, clock):
    bob = make_person("Bob", PASSWORD)
    let_users_change_passwords(iam, MaxPasswordAge=90)
    clock.advance("90d 1m")
    sign_in(browser)
    is_at(browser, NEW_PASSWORD_PAGE)
    assert "expired" in browser.text
    browser.picture("new-password-expired")
    browser.open("/console")
    is_at(browser, NEW_PASSWORD_PAGE)
    set_password(browser, NEW_PASSWORD)
    is_at(browser, LANDING)
    assert bob.has_password(NEW_PASSWORD)


def test_a_password_that_expired_for_good_says_who_can_help(browser, make_user, iam, clock):
    make_user(policy={"MaxPasswordAge": 90, "HardExpiry": True})
    clock.advance("89d 23h")
    sign_in(browser)
    is_at(browser, LANDING)
    browser.press("Sign out")
    clock.advance("1h 1m")
    sign_in(browser, password="wrong")
    assert browser.alert == INCORRECT
    sign_in(browser)
    is_at(browser, SIGN_IN)
    assert browser.alert == HARD_EXPIRY
    browser.picture("expired-for-good")
    browser.open("/signin/new-password")
    is_at(browser, SIGN_IN)
    iam.update_login_profile(UserName="Bob", Password=NEW_PASSWORD)
    sign_in(browser, password=NEW_PASSWORD)
    is_at(browser, LANDING)


@pytest.mark.parametrize(
    ("passed", "left"),
    [
        ("74d 23h", None),
        ("75d 1m", "15 days"),
        ("79d 1m", "11 days"),
        ("88d 23h 58m", "2 days"),
        ("89d 1m", "(1|less than a) day"),
    ],
)
def test_a_warning_is_given_from_fifteen_days_before(browser, make_user, clock, passed, left):
    make_user(policy={"MaxPasswordAge": 90})
    clock.advance(passed)
    sign_in(browser)
    is_at(browser, LANDING)
    assert browser.text_of("#password-expires")
    if left is None:
        assert browser.warning is None
    else:
        assert re.fullmatch(rf"Your password expires in {left}\.", browser.warning), browser.warning


def test_who_may_not_change_the_password_is_told_whom_to_ask(browser, make_user, iam):
    make_user(PasswordResetRequired=True)
    iam.update_account_password_policy(AllowUsersToChangePassword=False)
    sign_in(browser)
    is_at(browser, NEW_PASSWORD_PAGE)
    assert browser.alert == MAY_NOT_CHANGE
    assert not browser.has_field("New password")
    browser.picture("not-allowed")
    # An administrator takes the flag away: the door opens, and the own page says the same.
    iam.update_login_profile(UserName="Bob", PasswordResetRequired=False)
    browser.forget()
    sign_in(browser)
    is_at(browser, LANDING)
    browser.open("/console/password")
    is_at(browser, CHANGE_PASSWORD)
    assert browser.alert == MAY_NOT_CHANGE
    assert not browser.has_field("New password")


def test_a_user_changes_the_own_password(browser, make_person):
    bob = make_person("Bob", PASSWORD)
    sign_in(browser)
    browser.press(CHANGE_PASSWORD)
    is_at(browser, CHANGE_PASSWORD)
    assert browser.path == "/console/password"
    browser.picture("change-password")
    set_password(browser, "x")
    assert "It needs at least 6 characters." in browser.alert
    set_password(browser, NEW_PASSWORD, old="wrong")
    assert browser.alert == "The old password is incorrect."
    set_password(browser, NEW_PASSWORD)
    is_at(browser, LANDING)
    assert browser.path == "/console?changed" and CHANGED in browser.text
    browser.picture("landing-changed")
    assert bob.has_password(NEW_PASSWORD)
    browser.open("/console")
    is_at(browser, LANDING)
    assert CHANGED not in browser.text


def test_the_root_user_changes_the_own_password(browser, server):
    made = server.dev("POST", "accounts")
    who = {"user_name": made["root_email"], "account": made["account_id"]}
    sign_in(browser, password=made["root_password"], **who)
    browser.press(CHANGE_PASSWORD)
    set_password(browser, "short", old=made["root_password"])
    is_at(browser, CHANGE_PASSWORD)
    assert browser.alert
    set_password(browser, NEW_PASSWORD, old=made["root_password"])
    is_at(browser, LANDING)
    browser.press("Sign out")
    sign_in(browser, password=made["root_password"], **who)
    assert browser.alert == INCORRECT
    sign_in(browser, password=NEW_PASSWORD, **who)
    is_at(browser, LANDING)


def test_a_password_may_have_letters_of_latin_1_and_spaces(browser, make_person):
    old, new = " Ünïcödé & 50% + £5 ", " Größe & ½ + ¥2 "
    bob = make_person("Bob", old)
    sign_in(browser, password=old)
    browser.press(CHANGE_PASSWORD)
    set_password(browser, new, old=old)
    is_at(browser, LANDING)
    assert bob.has_password(new)
    browser.press("Sign out")
    sign_in(browser, password=new)
    is_at(browser, LANDING)
