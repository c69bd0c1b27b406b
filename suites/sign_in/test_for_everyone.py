"""The pages work on a small screen, by keyboard alone, without script, and for those who can't see them."""

from selenium.webdriver.common.keys import Keys

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
from support.browser import NARROW
from support.people import let_users_change_passwords
from support.program import DEFAULT_ACCOUNT
from visitor import PASSWORD

# A target for a finger or an unsteady hand has at least so many pixels each way (WCAG 2.5.8).
TARGET_PIXELS = 24
STRICT = {
    "MinimumPasswordLength": 12,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "PasswordReusePrevention": 3,
    "MaxPasswordAge": 90,
}


def every_page(browser, iam, clock, name, path):
    """Goes to every page in turn, and names where it is."""
    let_users_change_passwords(iam, **STRICT)
    iam.create_user(UserName=name, Path=path)
    iam.create_login_profile(UserName=name, Password=PASSWORD, PasswordResetRequired=True)
    browser.open("/signin")
    yield "sign-in"
    sign_in(browser, name, "wrong")
    assert browser.alert
    yield "sign-in-with-error"
    sign_in(browser, name)
    is_at(browser, NEW_PASSWORD_PAGE)
    yield "new-password"
    set_password(browser, "a")
    assert browser.alert
    yield "new-password-with-broken-rules"
    set_password(browser, NEW_PASSWORD)
    is_at(browser, LANDING)
    yield "landing"
    browser.press(CHANGE_PASSWORD)
    yield "change-password"
    set_password(browser, "a", old=NEW_PASSWORD)
    assert browser.alert
    yield "change-password-with-broken-rules"
    set_password(browser, "ThirdPassword-c3!", old=NEW_PASSWORD)
    yield "landing-changed"
    browser.press("Sign out")
    yield "signed-out"
    clock.advance("80d")
    sign_in(browser, name, "ThirdPassword-c3!")
    assert browser.warning
    yield "landing-with-warning"
    iam.update_account_password_policy(AllowUsersToChangePassword=False)
    browser.open("/console/password")
    assert browser.alert == MAY_NOT_CHANGE
    yield "not-allowed"
    clock.advance("1d")
    browser.open("/console/password")
    yield "session-over"


def test_axe_finds_nothing(browser, iam, clock):
    """Nothing at all, of whatever impact; and enough contrast in dark colours too."""
    found = {}
    for page in every_page(browser, iam, clock, "Bob", "/"):
        found[page] = browser.faults()
        browser.picture(f"page-{page}")
        browser.prefer("dark")
        found[f"{page} in the dark"] = browser.faults("color-contrast")
        browser.picture(f"dark-{page}")
        browser.prefer("light")
    assert {page: faults for page, faults in found.items() if faults} == {}


def test_axe_would_find_something(browser):
    browser.open("/signin")
    browser.driver.execute_script(
        "document.querySelectorAll('label').forEach(label => label.remove());"
        "const heading = document.querySelector('h1').style; heading.color = '#eee'; heading.background = '#fff';"
    )
    assert ("critical", "label") in [fault[:2] for fault in browser.faults()]
    assert ["color-contrast"] == [fault[1] for fault in browser.faults("color-contrast")]


def test_a_small_screen_shows_everything(browser, iam, clock):
    browser.narrow()
    # The longest names there are.
    iam.create_account_alias(AccountAlias="a" * 63)
    for page in every_page(browser, iam, clock, "B" * 64, f"/{'p' * 510}/"):
        browser.picture(f"narrow-{page}")
        width, scrolled = browser.driver.execute_script(
            "window.scrollTo(1000, 0); return [document.documentElement.scrollWidth, window.scrollX]"
        )
        assert (width, scrolled) == (NARROW[0], 0), page
        for control in browser.controls():
            is_reachable(browser, control, page)


def is_reachable(browser, control, page):
    what = (page, control.get_attribute("outerHTML")[:200])
    box, is_uncovered = browser.driver.execute_script(
        "const control = arguments[0]; control.scrollIntoView({block: 'center'});"
        "const box = control.getBoundingClientRect();"
        "const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);"
        "return [[box.left, box.right, box.width, box.height], control.contains(there)]",
        control,
    )
    left, right, width, height = box
    assert 0 <= left and right <= NARROW[0], what
    assert width >= TARGET_PIXELS and height >= TARGET_PIXELS, (what, box)
    assert is_uncovered, what


def test_a_keyboard_is_enough(browser, iam, make_user):
    make_user(PasswordResetRequired=True)
    browser.open("/")
    for label, text in [("Account", DEFAULT_ACCOUNT), ("User name", "Bob"), ("Password", PASSWORD)]:
        tab_to(browser, browser.field(label))
        browser.keys(text)
    browser.leave(lambda: browser.keys(Keys.ENTER))
    is_at(browser, NEW_PASSWORD_PAGE)
    for label, text in [("Old password", PASSWORD), ("New password", NEW_PASSWORD), ("Confirm new", NEW_PASSWORD)]:
        tab_to(browser, browser.field(label))
        browser.keys(text)
    tab_to(browser, browser.control("Set new password"))
    browser.picture("focus-on-button")
    browser.leave(lambda: browser.keys(Keys.ENTER))
    is_at(browser, LANDING)
    tab_to(browser, browser.control(CHANGE_PASSWORD))
    browser.picture("focus-on-link")
    browser.leave(lambda: browser.keys(Keys.ENTER))
    is_at(browser, CHANGE_PASSWORD)
    tab_to(browser, browser.control("Sign out"))
    browser.leave(lambda: browser.keys(Keys.ENTER))
    is_at(browser, SIGN_IN)
    assert "You are signed out." in browser.text


def tab_to(browser, wanted):
    """Presses Tab until the focus is there; every stop on the way must show that it has it."""
    for _ in range(12):
        if browser.focused() == wanted:
            shows_focus(browser, wanted)
            return
        browser.keys(Keys.TAB)
        shows_focus(browser, browser.focused())
    raise AssertionError(f"Tab does not lead to {wanted.get_attribute('outerHTML')}")


def shows_focus(browser, element):
    if element.tag_name == "body":
        # After the last stop the focus leaves the page, for what the browser has around it.
        return
    outline, width, shadow = browser.driver.execute_script(
        "const style = getComputedStyle(arguments[0]);"
        "return [style.outlineStyle, parseFloat(style.outlineWidth), style.boxShadow]",
        element,
    )
    assert (outline != "none" and width >= 1) or shadow != "none", element.get_attribute("outerHTML")


def test_no_script_is_needed(use, browser_without_script, make_person):
    browser = use(browser_without_script)
    browser.driver.get("data:text/html,<title>off</title><script>document.title = 'on'</script>")
    assert browser.title == "off", "this browser runs scripts"
    bob = make_person("Bob", PASSWORD, PasswordResetRequired=True)
    sign_in(browser, password="wrong")
    assert browser.alert
    sign_in(browser)
    set_password(browser, "x")
    assert browser.alert
    set_password(browser, NEW_PASSWORD)
    is_at(browser, LANDING)
    browser.press(CHANGE_PASSWORD)
    set_password(browser, "ThirdPassword-c3!", old=NEW_PASSWORD)
    is_at(browser, LANDING)
    browser.press("Sign out")
    is_at(browser, SIGN_IN)
    assert bob.has_password("ThirdPassword-c3!")


def test_pages_load_nothing_from_elsewhere_and_break_no_rule_of_their_own(browser, server, bob):
    browser.complaints()
    for path in ["/signin", "/console"]:
        if path == "/console":
            sign_in(browser)
        browser.open(path)
        resources = "return performance.getEntriesByType('resource').map(entry => entry.name)"
        loaded = browser.driver.execute_script(resources)
        assert all(url.startswith(server.endpoint + "/") for url in loaded), loaded
        assert any(url.startswith(f"{server.endpoint}/signin/keyward.css") for url in loaded), loaded
        assert browser.driver.execute_script("return document.styleSheets[0].cssRules.length") > 0
        # What the policy of contents refused, the browser says in its log.
        assert browser.complaints() == []


def test_fields_tell_password_managers_what_they_are(browser):
    browser.open("/signin")
    for label, kind, autocomplete in [("User name", "text", "username"), ("Password", "password", "current-password")]:
        field = browser.field(label)
        assert (field.get_attribute("type"), field.get_attribute("autocomplete")) == (kind, autocomplete)
