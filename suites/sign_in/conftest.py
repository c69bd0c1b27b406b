"""What the tests of sign-in are given: Bob with a password, browsers, and visitors without a window."""

import re

import pytest

from support.people import let_users_change_passwords
from visitor import PASSWORD, Visitor

GALLERY = "sign_in"


@pytest.fixture(scope="session")
def first_browser(open_browser):
    return open_browser(GALLERY)


@pytest.fixture(scope="session")
def second_browser(open_browser):
    return open_browser(GALLERY)


@pytest.fixture(scope="session")
def browser_without_script(open_browser):
    return open_browser(GALLERY, script=False)


@pytest.fixture
def use(server, request):
    """Lends out a browser that looks never used. How each test ends is kept as a picture."""
    lent = []

    def use_one(browser):
        browser.forget()
        browser.endpoint = server.endpoint
        lent.append(browser)
        return browser

    yield use_one
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
    for number, browser in enumerate(lent, 1):
        browser.picture(name if len(lent) == 1 else f"{name}-{number}")


@pytest.fixture
def browser(use, first_browser):
    return use(first_browser)


@pytest.fixture
def visit(server):
    """Makes visitors to the shared server."""
    return lambda **options: Visitor(server, **options)


@pytest.fixture
def visitor(visit):
    return visit()


@pytest.fixture
def make_user(iam):
    """Makes a user with a password, who may change it."""

    def make(name="Bob", password=PASSWORD, policy=None, **profile):
        let_users_change_passwords(iam, **(policy or {}))
        iam.create_user(UserName=name)
        iam.create_login_profile(UserName=name, Password=password, **profile)

    return make


@pytest.fixture
def bob(make_user):
    """Bob, whose password is `PASSWORD`."""
    make_user()
