"""What people do on the pages, in a real browser."""

from support.program import DEFAULT_ACCOUNT
from visitor import PASSWORD

NEW_PASSWORD = "SecondPassword-b2!"
SIGN_IN, NEW_PASSWORD_PAGE, LANDING = "Sign in", "Set a new password", "Security credentials"
CHANGE_PASSWORD = "Change password"
MAY_NOT_CHANGE = "You may not change your password: ask your administrator for iam:ChangePassword."


def sign_in(browser, user_name="Bob", password=PASSWORD, account=DEFAULT_ACCOUNT, path="/signin"):
    """Fills in the form and sends it, whatever comes of it."""
    browser.open(path)
    browser.fill(account=account, user_name=user_name, password=password)
    browser.press(SIGN_IN)


def set_password(browser, new, old=PASSWORD, confirm=None):
    """Fills in the page that sets or changes a password, and sends it."""
    browser.fill(old_password=old, new_password=new, confirm_new_password=new if confirm is None else confirm)
    browser.press("Set new password" if browser.heading == NEW_PASSWORD_PAGE else CHANGE_PASSWORD)


def is_at(browser, heading):
    assert browser.heading == heading, (browser.path, browser.text)
    assert browser.title == f"{heading} - Keyward"
