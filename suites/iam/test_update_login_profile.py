"""UpdateLoginProfile, the operation that all began with, in every way it can go."""

import boto3
import pytest

from support.expect import (
    NAME_TEXT,
    PASSWORD_PATTERN,
    at_least,
    at_most,
    not_null,
    only_metadata,
    pattern,
    provokes,
    refused,
    violations,
    without_metadata,
)
from support.people import Person, let_users_change_passwords
from support.signed import Signer

FIRST = "FirstPassword123!"


@pytest.fixture
def bob(make_person):
    """Bob has a password, a key, and the right to change the password."""
    return make_person("Bob", FIRST)


def test_the_seed_example_sets_the_password(iam, bob):
    client = iam
    response = client.update_login_profile(UserName="Bob", Password="SomeKindOfPassword123!@#")
    only_metadata(response)
    assert bob.has_password("SomeKindOfPassword123!@#")
    assert not bob.has_password(FIRST)


def test_the_seed_example_works_with_a_client_as_boto3_makes_it(server, iam, bob):
    del iam
    client = boto3.client(
        "iam",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    response = client.update_login_profile(UserName="Bob", Password="SomeKindOfPassword123!@#")
    only_metadata(response)
    assert response["ResponseMetadata"]["RetryAttempts"] == 0
    assert bob.has_password("SomeKindOfPassword123!@#")


def test_success_has_no_body_but_metadata(server, iam):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=FIRST)
    answer = Signer(server.address).call("UpdateLoginProfile", UserName="Bob", Password="Another123!")
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "text/xml"
    assert "".join(answer.body.split()) == "".join(
        f"""<UpdateLoginProfileResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
        <ResponseMetadata><RequestId>{answer.request_id}</RequestId></ResponseMetadata>
        </UpdateLoginProfileResponse>""".split()
    ), answer.body
    assert answer.headers["x-amzn-RequestId"] == answer.request_id


def test_the_old_password_stops_working_at_once_and_can_not_be_used_to_change(iam, bob):
    iam.update_login_profile(UserName="Bob", Password="Second123!")
    error = refused("AccessDenied", None, bob.iam.change_password, OldPassword=FIRST, NewPassword="Third123!")
    assert FIRST not in error["Message"]
    bob.iam.change_password(OldPassword="Second123!", NewPassword="Third123!")
    assert bob.has_password("Third123!")


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("asked", [True, False, None])
@pytest.mark.parametrize("password", ["Second123!", None])
def test_the_flag_has_three_states(iam, before, asked, password):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=FIRST, PasswordResetRequired=before)
    members = {"Password": password, "PasswordResetRequired": asked}
    only_metadata(
        iam.update_login_profile(
            UserName="Bob", **{name: value for name, value in members.items() if value is not None}
        )
    )
    after = iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"]
    assert after is (before if asked is None else asked)


def test_the_flag_alone_leaves_the_password(iam, bob):
    iam.update_login_profile(UserName="Bob", PasswordResetRequired=True)
    assert bob.has_password(FIRST)


def test_without_optional_members_nothing_changes(iam, bob, clock):
    iam.update_login_profile(UserName="Bob", PasswordResetRequired=True)
    before = everything_about(iam, "Bob")
    clock.advance("1d")
    only_metadata(iam.update_login_profile(UserName="Bob"))
    assert everything_about(iam, "Bob") == before
    assert bob.has_password(FIRST)


def test_nothing_but_the_named_members_changes(server, iam, bob, clock):
    iam.tag_user(UserName="Bob", Tags=[{"Key": "team", "Value": "blue"}])
    other = Person(server, iam, "Eve", FIRST)
    before = everything_about(iam, "Bob"), everything_about(iam, "Eve")
    policy = without_metadata(iam.get_account_password_policy())
    clock.advance("40d")
    iam.update_login_profile(UserName="Bob", Password="Second123!")
    assert (everything_about(iam, "Bob"), everything_about(iam, "Eve")) == before
    assert without_metadata(iam.get_account_password_policy()) == policy
    assert other.has_password(FIRST)
    assert bob.sts.get_caller_identity()["Arn"].endswith(":user/Bob")


def test_the_date_of_creation_stays(iam, bob, clock):
    created = iam.get_login_profile(UserName="Bob")["LoginProfile"]["CreateDate"]
    clock.advance("90d")
    iam.update_login_profile(UserName="Bob", Password="Second123!", PasswordResetRequired=True)
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"] == {
        "UserName": "Bob",
        "CreateDate": created,
        "PasswordResetRequired": True,
    }


@pytest.mark.parametrize("spelling", ["bob", "BOB", "bOb"])
def test_the_user_is_found_without_regard_to_case(iam, bob, spelling):
    iam.update_login_profile(UserName=spelling, Password="Second123!")
    assert bob.has_password("Second123!")
    assert iam.get_login_profile(UserName=spelling)["LoginProfile"]["UserName"] == "Bob"


@provokes("UpdateLoginProfile", "NoSuchEntity")
def test_a_user_that_does_not_exist(iam):
    refused(
        "NoSuchEntity",
        "The user with name Bob cannot be found.",
        iam.update_login_profile,
        UserName="Bob",
        Password="SomeKindOfPassword123!@#",
    )


def test_a_user_without_a_login_profile(iam):
    iam.create_user(UserName="Bob")
    for members in [{"Password": "Second123!"}, {"PasswordResetRequired": True}, {}]:
        message = "Login Profile for User Bob cannot be found."
        refused("NoSuchEntity", message, iam.update_login_profile, UserName="Bob", **members)


def test_a_password_that_the_policy_refuses_changes_nothing(iam, bob):
    let_users_change_passwords(iam, MinimumPasswordLength=10)
    refused(
        "PasswordPolicyViolation",
        "Password should have a minimum length of 10",
        iam.update_login_profile,
        UserName="Bob",
        Password="Short123!",
        PasswordResetRequired=True,
    )
    assert bob.has_password(FIRST)
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is False


def test_a_missing_profile_is_found_before_a_bad_password(iam):
    iam.create_user(UserName="Bob")
    message = "Login Profile for User Bob cannot be found."
    refused("NoSuchEntity", message, iam.update_login_profile, UserName="Bob", Password="weak")


def test_a_user_may_not_set_passwords(iam, bob):
    iam.create_user(UserName="Eve", Path="/team/")
    for name in ("Bob", "Eve", "eve", "Nobody"):
        message = (
            "User: arn:aws:iam::000000000000:user/Bob is not authorized to perform: "
            f"iam:UpdateLoginProfile on resource: user {name} because no "
            "identity-based policy allows the iam:UpdateLoginProfile action"
        )
        refused("AccessDenied", message, bob.iam.update_login_profile, UserName=name, Password="Second123!")
    assert bob.has_password(FIRST)


def test_shape_is_judged_before_rights_and_rights_before_existence(iam, bob):
    refused(
        "ValidationError",
        violations(at_most("password", 128)),
        bob.iam.update_login_profile,
        UserName="Nobody",
        Password="x" * 129,
    )
    refused("AccessDenied", None, bob.iam.update_login_profile, UserName="Nobody", Password="x" * 128)
    message = "The user with name Nobody cannot be found."
    refused("NoSuchEntity", message, iam.update_login_profile, UserName="Nobody", Password="weak")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, violations(not_null("userName"))),
        ({"UserName": "n" * 65}, violations(at_most("userName", 64))),
        ({"UserName": "a b"}, NAME_TEXT.format("userName")),
        ({"UserName": "Bob/"}, NAME_TEXT.format("userName")),
        ({"UserName": "Böb"}, NAME_TEXT.format("userName")),
        ({"UserName": "Bob\n"}, NAME_TEXT.format("userName")),
        ({"UserName": "Bob", "Password": "x" * 129}, violations(at_most("password", 128))),
        ({"UserName": "Bob", "Password": "ÿ" * 129}, violations(at_most("password", 128))),
        ({"UserName": "Bob", "Password": "Passw0rd!\u0100"}, violations(pattern("password", PASSWORD_PATTERN))),
        ({"UserName": "Bob", "Password": "Passw0rd!\u000b"}, violations(pattern("password", PASSWORD_PATTERN))),
        ({"UserName": "Bob", "Password": "Passw0rd!\u0000"}, violations(pattern("password", PASSWORD_PATTERN))),
        ({"UserName": "Bob", "Password": "Passw0rd!\u001f"}, violations(pattern("password", PASSWORD_PATTERN))),
        ({"UserName": "Bob", "Password": "Passw0rd!🔑"}, violations(pattern("password", PASSWORD_PATTERN))),
        ({"Password": "x" * 129}, violations(not_null("userName"), at_most("password", 128))),
        (
            {"UserName": "n" * 65, "Password": "x" * 129},
            violations(at_most("userName", 64), at_most("password", 128)),
        ),
    ],
)
def test_what_has_not_the_right_shape(iam, members, message):
    refused("ValidationError", message, iam.update_login_profile, **members)


@pytest.mark.parametrize(
    ("members", "entry"),
    [
        ({"UserName": ""}, at_least("userName", 1)),
        ({"UserName": "Bob", "Password": ""}, at_least("password", 1)),
    ],
)
def test_an_empty_text_is_too_short(iam, members, entry):
    error = refused("ValidationError", None, iam.update_login_profile, **members)
    assert entry in error["Message"]


@pytest.mark.parametrize("length", [1, 64])
def test_a_name_of_any_allowed_length_and_character_is_looked_up(iam, length):
    name = "+=,.@-_aZ9"[:length].ljust(length, "n")
    refused("NoSuchEntity", f"The user with name {name} cannot be found.", iam.update_login_profile, UserName=name)


@pytest.mark.parametrize(
    "password",
    [
        "Aa1" + "x" * 125,
        "Aa1" + "ÿ" * 125,
        "Tab\tLine\nReturn\r1",
        " Blanks 1 ",
        "Plus+And%26=1",
        "\u007f\u0080\u00a0Aa1..",
        "<Xml>&amp;\"1'",
    ],
)
def test_every_allowed_character_is_kept_to_the_letter(iam, bob, password):
    iam.update_login_profile(UserName="Bob", Password=password)
    assert bob.has_password(password)
    assert not bob.has_password(password[:-1])
    assert not bob.has_password("x" + password[1:])


def test_a_password_is_never_repeated_in_an_error(iam, bob):
    secret = "secretword"
    let_users_change_passwords(iam, MinimumPasswordLength=20, RequireNumbers=True)
    error = refused("PasswordPolicyViolation", None, iam.update_login_profile, UserName="Bob", Password=secret)
    assert secret not in error["Message"]
    error = refused("ValidationError", None, iam.update_login_profile, UserName="Bob", Password=secret + "\u0100")
    assert secret not in error["Message"]


@pytest.mark.parametrize(("text", "flag"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_the_flag_has_four_spellings(server, iam, text, flag):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=FIRST, PasswordResetRequired=not flag)
    answer = Signer(server.address).call("UpdateLoginProfile", UserName="Bob", PasswordResetRequired=text)
    assert answer.status == 200
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is flag


@pytest.mark.parametrize("text", ["True", "TRUE", "", "null", " true", "yes", "2"])
def test_any_other_spelling_of_the_flag_is_malformed(server, iam, text):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=FIRST)
    answer = Signer(server.address).call("UpdateLoginProfile", UserName="Bob", PasswordResetRequired=text)
    assert (answer.status, answer.code) == (400, "MalformedInput")


def everything_about(iam, name):
    """All that can be read of a user."""
    return [
        without_metadata(iam.get_user(UserName=name)),
        without_metadata(iam.get_login_profile(UserName=name)),
        without_metadata(iam.list_access_keys(UserName=name)),
        without_metadata(iam.list_user_tags(UserName=name)),
    ]
