"""The root user of `keyward dev` at the sign-in page."""

import re

from support.program import DEFAULT_ACCOUNT
from visitor import Visitor

EMAIL = f"root@{DEFAULT_ACCOUNT}.localhost"


def dev(start, *arguments, **options):
    return start("dev", "--listen", "127.0.0.1:0", *arguments, **options)


def printed_password(server):
    printed = re.search(r"root user\s+(\S+), password (\S+)$", "\n".join(server.printed), re.MULTILINE)
    assert printed.group(1) == EMAIL
    return printed.group(2)


def enters(server, password):
    return Visitor(server).sign_in(EMAIL, password, account="").location == "/console"


def test_the_password_of_the_banner_is_the_right_one(start):
    server = dev(start)
    password = printed_password(server)
    assert printed_password(dev(start)) != password
    assert not enters(server, "Another-Password-1")
    assert enters(server, password)
    server.reset()
    assert enters(server, password)


def test_a_password_that_is_given_is_not_printed(start):
    for options in [[], ["--enforce"]]:
        server = dev(start, *options, environment={"KEYWARD_ROOT_PASSWORD": "Given-Password-1"})
        assert printed_password(server) == "$KEYWARD_ROOT_PASSWORD"
        assert enters(server, "Given-Password-1")


def test_where_keys_are_enforced_no_password_is_made(start):
    assert "can't sign in" in "\n".join(dev(start, "--enforce").printed)
