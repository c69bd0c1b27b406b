"""CreateLoginProfile, GetLoginProfile and DeleteLoginProfile."""

import pytest

from support.expect import (
    NAME_TEXT,
    PASSWORD_PATTERN,
    at_most,
    only_metadata,
    pattern,
    provokes,
    refused,
    violations,
    without_metadata,
)

GOOD = "GoodPassword123!"


def test_a_login_profile_is_made_and_shown(iam):
    iam.create_user(UserName="Bob")
    made = without_metadata(iam.create_login_profile(UserName="Bob", Password=GOOD))
    assert made["LoginProfile"].keys() == {"UserName", "CreateDate", "PasswordResetRequired"}
    assert made["LoginProfile"]["UserName"] == "Bob"
    assert made["LoginProfile"]["PasswordResetRequired"] is False
    assert without_metadata(iam.get_login_profile(UserName="Bob")) == made


def test_a_login_profile_can_ask_for_a_new_password(iam):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="bob", Password=GOOD, PasswordResetRequired=True)
    shown = iam.get_login_profile(UserName="BOB")["LoginProfile"]
    assert (shown["UserName"], shown["PasswordResetRequired"]) == ("Bob", True)


def test_dates_are_those_of_the_told_clock_in_whole_seconds(server, iam, clock):
    clock.set("2031-05-06T07:08:09Z")
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=GOOD)
    _, _, body = server.http("GET", "/healthz")
    assert body == b"ok\n"
    created = iam.get_login_profile(UserName="Bob")["LoginProfile"]["CreateDate"]
    assert created.isoformat()[:16] == "2031-05-06T07:08"
    assert created.microsecond == 0


@provokes("CreateLoginProfile", "EntityAlreadyExists")
def test_there_is_one_login_profile_a_user(iam):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=GOOD)
    for password in ["Another123!", "weak"]:
        refused(
            "EntityAlreadyExists",
            "Login Profile for user Bob already exists.",
            iam.create_login_profile,
            UserName="Bob",
            Password=password,
        )


@provokes("CreateLoginProfile", "PasswordPolicyViolation")
@provokes("GetLoginProfile", "NoSuchEntity")
def test_a_refused_password_makes_no_profile(iam):
    iam.create_user(UserName="Bob")
    refused("PasswordPolicyViolation", None, iam.create_login_profile, UserName="Bob", Password="weak")
    message = "Login Profile for User Bob cannot be found."
    refused("NoSuchEntity", message, iam.get_login_profile, UserName="Bob")


@provokes("CreateLoginProfile", "NoSuchEntity")
@provokes("DeleteLoginProfile", "NoSuchEntity")
def test_nobody_has_no_login_profile(iam):
    message = "The user with name Bob cannot be found."
    refused("NoSuchEntity", message, iam.create_login_profile, UserName="Bob", Password=GOOD)
    refused("NoSuchEntity", message, iam.get_login_profile, UserName="Bob")
    refused("NoSuchEntity", message, iam.delete_login_profile, UserName="Bob")


def test_a_deleted_profile_is_gone_and_the_keys_stay(iam, make_person):
    bob = make_person("Bob", GOOD)
    only_metadata(iam.delete_login_profile(UserName="bob"))
    message = "Login Profile for User Bob cannot be found."
    refused("NoSuchEntity", message, iam.get_login_profile, UserName="Bob")
    refused("NoSuchEntity", message, iam.delete_login_profile, UserName="Bob")
    refused("NoSuchEntity", message, bob.iam.change_password, OldPassword=GOOD, NewPassword="Other123!")
    assert bob.sts.get_caller_identity()["Account"] == "000000000000"


def test_a_profile_made_anew_has_a_new_date_and_no_history(iam, make_person, clock):
    bob = make_person("Bob", GOOD)
    iam.update_account_password_policy(AllowUsersToChangePassword=True, PasswordReusePrevention=24)
    first = iam.get_login_profile(UserName="Bob")["LoginProfile"]["CreateDate"]
    iam.update_login_profile(UserName="Bob", Password="Second123!")
    iam.delete_login_profile(UserName="Bob")
    clock.advance("1h")
    iam.create_login_profile(UserName="Bob", Password=GOOD)
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["CreateDate"] > first
    iam.update_login_profile(UserName="Bob", Password="Second123!")
    assert bob.has_password("Second123!")


def test_the_root_user_has_no_login_profile_that_could_be_named(iam):
    message = "Login Profile for User null cannot be found."
    refused("NoSuchEntity", message, iam.get_login_profile)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"UserName": "n" * 65, "Password": GOOD}, violations(at_most("userName", 64))),
        ({"UserName": "a b", "Password": GOOD}, NAME_TEXT.format("userName")),
        ({"UserName": "Bob", "Password": "x" * 129}, violations(at_most("password", 128))),
        ({"UserName": "Bob", "Password": "Aa1!Aa1!\u0100"}, violations(pattern("password", PASSWORD_PATTERN))),
    ],
)
def test_what_has_not_the_right_shape_to_make_one(iam, members, message):
    refused("ValidationError", message, iam.create_login_profile, **members)


def test_names_are_judged_by_all_three(iam):
    for function in [iam.get_login_profile, iam.delete_login_profile]:
        refused("ValidationError", NAME_TEXT.format("userName"), function, UserName="a b")
        refused("ValidationError", violations(at_most("userName", 64)), function, UserName="n" * 65)


def test_a_user_may_do_none_of_it_without_rights(make_person, iam):
    bob = make_person("Bob", GOOD)
    resource = "arn:aws:iam::000000000000:user/Bob"
    calls = {
        "CreateLoginProfile": lambda: bob.iam.create_login_profile(UserName="Bob", Password=GOOD),
        "GetLoginProfile": lambda: bob.iam.get_login_profile(),
        "DeleteLoginProfile": lambda: bob.iam.delete_login_profile(),
    }
    for operation, call in calls.items():
        message = (
            f"User: {resource} is not authorized to perform: iam:{operation} on resource: user Bob "
            f"because no identity-based policy allows the iam:{operation} action"
        )
        refused("AccessDenied", message, call)
    assert iam.get_login_profile(UserName="Bob")
