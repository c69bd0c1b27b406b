"""ChangePassword: a user gives themselves another password."""

import pytest

from support.expect import PASSWORD_PATTERN, at_most, not_null, only_metadata, pattern, provokes, refused, violations
from support.people import Person, let_users_change_passwords

OLD, NEW = "OldPassword123!", "NewPassword123!"


@pytest.fixture
def bob(make_person):
    return make_person("Bob", OLD, PasswordResetRequired=True)


def test_a_user_changes_the_password_and_the_flag_goes(iam, bob):
    only_metadata(bob.iam.change_password(OldPassword=OLD, NewPassword=NEW))
    assert bob.has_password(NEW)
    assert not bob.has_password(OLD)
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is False


def test_the_date_of_creation_stays(iam, bob, clock):
    before = iam.get_login_profile(UserName="Bob")["LoginProfile"]["CreateDate"]
    clock.advance("3d")
    bob.iam.change_password(OldPassword=OLD, NewPassword=NEW)
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["CreateDate"] == before


def test_the_wrong_old_password(iam, bob):
    refused("AccessDenied", None, bob.iam.change_password, OldPassword=NEW, NewPassword=NEW + "x")
    assert bob.has_password(OLD)
    assert iam.get_login_profile(UserName="Bob")["LoginProfile"]["PasswordResetRequired"] is True


def test_the_old_password_again(bob):
    refused("AccessDenied", None, bob.iam.change_password, OldPassword=OLD, NewPassword=OLD)
    assert bob.has_password(OLD)


@provokes("ChangePassword", "PasswordPolicyViolation")
def test_the_new_password_is_judged_by_the_policy(iam, bob):
    let_users_change_passwords(iam, MinimumPasswordLength=12, RequireNumbers=True)
    refused(
        "PasswordPolicyViolation",
        "Password should have a minimum length of 12",
        bob.iam.change_password,
        OldPassword=OLD,
        NewPassword="Short123!",
    )
    assert bob.has_password(OLD)


def test_a_remembered_password_is_refused(iam, bob):
    let_users_change_passwords(iam, PasswordReusePrevention=2)
    bob.iam.change_password(OldPassword=OLD, NewPassword=NEW)
    refused("PasswordPolicyViolation", None, bob.iam.change_password, OldPassword=NEW, NewPassword=OLD)
    bob.iam.change_password(OldPassword=NEW, NewPassword="Third123!")
    bob.iam.change_password(OldPassword="Third123!", NewPassword=OLD)


@provokes("ChangePassword", "NoSuchEntity")
def test_without_a_login_profile(server, iam, bob):
    del bob
    eve = Person(server, iam, "Eve")
    message = "Login Profile for User Eve cannot be found."
    refused("NoSuchEntity", message, eve.iam.change_password, OldPassword=OLD, NewPassword=NEW)


@provokes("ChangePassword", "InvalidUserType")
def test_only_users_have_a_password_to_change(iam):
    refused("InvalidUserType", None, iam.change_password, OldPassword=OLD, NewPassword=NEW)


def test_users_may_only_where_the_policy_lets_them(iam, bob):
    message = (
        "User: arn:aws:iam::000000000000:user/Bob is not authorized to perform: iam:ChangePassword "
        "on resource: user Bob because no identity-based policy allows the iam:ChangePassword action"
    )
    iam.update_account_password_policy(MinimumPasswordLength=6)
    refused("AccessDenied", message, bob.iam.change_password, OldPassword=OLD, NewPassword=NEW)
    iam.delete_account_password_policy()
    refused("AccessDenied", message, bob.iam.change_password, OldPassword=OLD, NewPassword=NEW)
    let_users_change_passwords(iam)
    bob.iam.change_password(OldPassword=OLD, NewPassword=NEW)


def test_the_policy_may_be_read_by_those_who_must_follow_it(iam, bob):
    assert bob.iam.get_account_password_policy()["PasswordPolicy"]["AllowUsersToChangePassword"] is True
    iam.update_account_password_policy()
    refused("AccessDenied", None, bob.iam.get_account_password_policy)
    iam.delete_account_password_policy()
    message = (
        "User: arn:aws:iam::000000000000:user/Bob is not authorized to perform: "
        "iam:GetAccountPasswordPolicy on resource: * because no identity-based policy allows the "
        "iam:GetAccountPasswordPolicy action"
    )
    refused("AccessDenied", message, bob.iam.get_account_password_policy)


def test_the_policy_lets_users_do_nothing_else(iam, bob):
    for call in [
        lambda: bob.iam.update_account_password_policy(),
        lambda: bob.iam.delete_account_password_policy(),
        lambda: bob.iam.get_user(),
        lambda: bob.iam.list_users(),
        lambda: bob.iam.create_access_key(),
        lambda: bob.iam.list_access_keys(),
        lambda: bob.iam.list_account_aliases(),
        lambda: bob.iam.create_user(UserName="Eve"),
        lambda: bob.iam.tag_user(UserName="Bob", Tags=[{"Key": "a", "Value": "b"}]),
        lambda: bob.iam.update_login_profile(UserName="Bob", PasswordResetRequired=False),
        lambda: bob.sts.get_access_key_info(AccessKeyId=bob.key),
    ]:
        refused("AccessDenied", None, call)
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["Bob"]


@pytest.mark.parametrize("hard", [True, False])
def test_an_expired_password_can_still_be_changed_with_a_key(iam, bob, clock, hard):
    let_users_change_passwords(iam, MaxPasswordAge=90, HardExpiry=hard)
    clock.advance("91d")
    bob.iam.change_password(OldPassword=OLD, NewPassword=NEW)
    assert bob.has_password(NEW)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, violations(not_null("oldPassword"), not_null("newPassword"))),
        ({"OldPassword": OLD}, violations(not_null("newPassword"))),
        ({"NewPassword": NEW}, violations(not_null("oldPassword"))),
        ({"OldPassword": "x" * 129, "NewPassword": NEW}, violations(at_most("oldPassword", 128))),
        ({"OldPassword": OLD, "NewPassword": "x" * 129}, violations(at_most("newPassword", 128))),
        ({"OldPassword": OLD, "NewPassword": "Aa1\u0100"}, violations(pattern("newPassword", PASSWORD_PATTERN))),
    ],
)
def test_what_has_not_the_right_shape(bob, members, message):
    refused("ValidationError", message, bob.iam.change_password, **members)
