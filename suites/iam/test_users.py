"""CreateUser, GetUser, UpdateUser and DeleteUser."""

import re

import pytest

from support.expect import (
    NAME_TEXT,
    at_least,
    at_most,
    not_null,
    only_metadata,
    provokes,
    refused,
    violations,
    without_metadata,
)
from support.people import Person

PATH_TEXT = (
    "The specified value for {} is invalid. It must begin and end with / and contain only "
    "alphanumeric characters and/or / characters."
)
NO_BOB = "The user with name Bob cannot be found."


def test_a_user_is_made_and_shown(iam):
    made = without_metadata(iam.create_user(UserName="Bob"))
    assert made["User"].keys() == {"Path", "UserName", "UserId", "Arn", "CreateDate"}
    assert made["User"]["Path"] == "/"
    assert made["User"]["Arn"] == "arn:aws:iam::000000000000:user/Bob"
    assert re.fullmatch("AIDA[A-Z2-7]{17}", made["User"]["UserId"])
    assert without_metadata(iam.get_user(UserName="Bob")) == made


def test_a_user_with_path_and_tags(iam):
    tags = [{"Key": "team", "Value": "blue"}]
    made = without_metadata(iam.create_user(UserName="Bob", Path="/a//b/", Tags=tags))
    assert made["User"]["Arn"] == "arn:aws:iam::000000000000:user/a//b/Bob"
    assert made["User"]["Tags"] == tags
    assert without_metadata(iam.get_user(UserName="Bob")) == made


@pytest.mark.parametrize("spelling", ["Bob", "bob", "BOB"])
def test_names_are_taken_in_any_case_and_under_any_path(iam, spelling):
    iam.create_user(UserName="Bob", Path="/one/")
    message = f"User with name {spelling} already exists."
    refused("EntityAlreadyExists", message, iam.create_user, UserName=spelling, Path="/two/")
    assert iam.get_user(UserName=spelling)["User"]["UserName"] == "Bob"


@provokes("DeleteUser", "NoSuchEntity")
@provokes("GetUser", "NoSuchEntity")
@provokes("UpdateUser", "NoSuchEntity")
def test_a_user_that_does_not_exist(iam):
    refused("NoSuchEntity", NO_BOB, iam.get_user, UserName="Bob")
    refused("NoSuchEntity", NO_BOB, iam.update_user, UserName="Bob", NewPath="/x/")
    refused("NoSuchEntity", NO_BOB, iam.delete_user, UserName="Bob")


def test_the_root_user_has_neither_name_nor_path(iam):
    shown = iam.get_user()["User"]
    assert shown.keys() == {"UserId", "Arn", "CreateDate"}
    assert (shown["UserId"], shown["Arn"]) == ("000000000000", "arn:aws:iam::000000000000:root")


def test_a_password_that_was_never_signed_in_with_has_no_last_use(server, make_person, iam):
    bob = make_person("Bob", "Password123!")
    iam.update_login_profile(UserName="Bob", Password="Password234!")
    bob.iam.change_password(OldPassword="Password234!", NewPassword="Password345!")
    assert bob.has_password("Password345!")
    assert "PasswordLastUsed" not in iam.get_user(UserName="Bob")["User"]
    made = server.dev("POST", "accounts")
    root = server.client("iam", made["access_key_id"], made["secret_access_key"])
    assert root.get_user()["User"].keys() == {"UserId", "Arn", "CreateDate"}


def test_a_user_made_anew_is_another_user(server, iam):
    first = Person(server, iam, "Bob")
    first_id = iam.get_user(UserName="Bob")["User"]["UserId"]
    iam.delete_access_key(UserName="Bob", AccessKeyId=first.key)
    iam.delete_user(UserName="Bob")
    assert iam.create_user(UserName="Bob")["User"]["UserId"] != first_id
    assert iam.list_access_keys(UserName="Bob")["AccessKeyMetadata"] == []
    refused("InvalidClientTokenId", None, first.sts.get_caller_identity)


# UpdateUser.


def test_a_user_is_renamed_and_moved_and_keeps_everything(make_person, iam):
    bob = make_person("Bob", "Password123!", PasswordResetRequired=True)
    iam.tag_user(UserName="Bob", Tags=[{"Key": "team", "Value": "blue"}])
    before = iam.get_user(UserName="Bob")["User"]
    profile = iam.get_login_profile(UserName="Bob")["LoginProfile"]
    only_metadata(iam.update_user(UserName="bob", NewUserName="Robert", NewPath="/staff/"))
    arn = "arn:aws:iam::000000000000:user/staff/Robert"
    assert iam.get_user(UserName="Robert")["User"] == {**before, "UserName": "Robert", "Path": "/staff/", "Arn": arn}
    refused("NoSuchEntity", NO_BOB, iam.get_user, UserName="Bob")
    assert iam.get_login_profile(UserName="Robert")["LoginProfile"] == {**profile, "UserName": "Robert"}
    keys = iam.list_access_keys(UserName="Robert")["AccessKeyMetadata"]
    assert [(key["UserName"], key["AccessKeyId"]) for key in keys] == [("Robert", bob.key)]
    assert bob.sts.get_caller_identity() | {"ResponseMetadata": None} == {
        "UserId": before["UserId"],
        "Account": "000000000000",
        "Arn": arn,
        "ResponseMetadata": None,
    }
    assert bob.has_password("Password123!")
    iam.create_user(UserName="Bob")
    refused("NoSuchEntity", "Login Profile for User Bob cannot be found.", iam.get_login_profile, UserName="Bob")


def test_only_the_case_of_a_name_can_be_changed(iam):
    iam.create_user(UserName="Bob")
    iam.update_user(UserName="BOB", NewUserName="bOB")
    assert iam.get_user(UserName="Bob")["User"]["UserName"] == "bOB"


@provokes("UpdateUser", "EntityAlreadyExists")
def test_a_new_name_must_be_free_in_any_case(iam):
    iam.create_user(UserName="Bob")
    iam.create_user(UserName="Eve", Path="/x/")
    message = "User with name eve already exists."
    refused("EntityAlreadyExists", message, iam.update_user, UserName="Bob", NewUserName="eve")
    assert {user["UserName"] for user in iam.list_users()["Users"]} == {"Bob", "Eve"}


def test_an_update_of_nothing_changes_nothing(iam):
    iam.create_user(UserName="Bob", Path="/x/")
    before = without_metadata(iam.get_user(UserName="Bob"))
    only_metadata(iam.update_user(UserName="Bob"))
    assert without_metadata(iam.get_user(UserName="Bob")) == before


# DeleteUser.


def test_a_user_is_deleted_once_nothing_is_in_the_way(make_person, iam):
    bob = make_person("Bob", "Password123!")
    message = "Cannot delete entity, must delete login profile first."
    refused("DeleteConflict", message, iam.delete_user, UserName="Bob")
    iam.delete_login_profile(UserName="Bob")
    message = "Cannot delete entity, must delete access keys first."
    refused("DeleteConflict", message, iam.delete_user, UserName="Bob")
    iam.update_access_key(UserName="Bob", AccessKeyId=bob.key, Status="Inactive")
    refused("DeleteConflict", message, iam.delete_user, UserName="Bob")
    iam.delete_access_key(UserName="Bob", AccessKeyId=bob.key)
    iam.tag_user(UserName="Bob", Tags=[{"Key": "a", "Value": "b"}])
    only_metadata(iam.delete_user(UserName="bob"))
    refused("NoSuchEntity", NO_BOB, iam.get_user, UserName="Bob")
    assert iam.list_users()["Users"] == []


# What has not the right shape, and who may.


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, violations(not_null("userName"))),
        ({"UserName": "n" * 65}, violations(at_most("userName", 64))),
        ({"UserName": "a b"}, NAME_TEXT.format("userName")),
        ({"UserName": "Bob", "Path": "x/"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": "/x"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": "//"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": "/a b/"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": "/\u007f/"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": "/é/"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": "/x/\n"}, PATH_TEXT.format("path")),
        ({"UserName": "Bob", "Path": f"/{'p' * 511}/"}, violations(at_most("path", 512))),
    ],
)
def test_what_has_not_the_right_shape_to_be_a_user(iam, members, message):
    refused("ValidationError", message, iam.create_user, **members)
    assert iam.list_users()["Users"] == []


@pytest.mark.parametrize("path", ["/", "/a/", "/!~/", f"/{'p' * 510}/"])
@pytest.mark.parametrize("name", ["n", "N" * 64, "+=,.@-_09"])
def test_every_allowed_name_and_path(iam, path, name):
    assert iam.create_user(UserName=name, Path=path)["User"]["Arn"] == f"arn:aws:iam::000000000000:user{path}{name}"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"UserName": "Bob", "NewUserName": "a b"}, NAME_TEXT.format("newUserName")),
        ({"UserName": "Bob", "NewUserName": "n" * 65}, violations(at_most("newUserName", 64))),
        ({"UserName": "Bob", "NewPath": "x"}, PATH_TEXT.format("newPath")),
        ({"NewPath": "/x/"}, violations(not_null("userName"))),
        ({"UserName": "n" * 129}, violations(at_most("userName", 128))),
    ],
)
def test_what_has_not_the_right_shape_to_be_changed(iam, members, message):
    refused("ValidationError", message, iam.update_user, **members)


def test_an_empty_path_is_too_short(iam):
    error = refused("ValidationError", None, iam.create_user, UserName="Bob", Path="")
    assert at_least("path", 1) in error["Message"]


def test_a_name_of_65_characters_can_be_asked_for_but_not_given(iam):
    name = "n" * 65
    refused("NoSuchEntity", f"The user with name {name} cannot be found.", iam.get_user, UserName=name)


def test_users_may_not_manage_users(server, iam):
    bob = Person(server, iam, "Bob")
    arn, prefix = "arn:aws:iam::000000000000:user/Bob", "arn:aws:iam::000000000000:user"
    calls = {
        ("CreateUser", f"{prefix}/team/Eve"): lambda: bob.iam.create_user(UserName="Eve", Path="/team/"),
        ("GetUser", "user Bob"): lambda: bob.iam.get_user(),
        ("ListUsers", f"{prefix}/"): lambda: bob.iam.list_users(),
        ("UpdateUser", "user bob"): lambda: bob.iam.update_user(UserName="bob", NewUserName="Eve"),
        ("DeleteUser", "user Nobody"): lambda: bob.iam.delete_user(UserName="Nobody"),
    }
    for (operation, resource), call in calls.items():
        message = (
            f"User: {arn} is not authorized to perform: iam:{operation} on resource: {resource} "
            f"because no identity-based policy allows the iam:{operation} action"
        )
        refused("AccessDenied", message, call)


def test_clients_can_wait_for_a_user(iam):
    iam.create_user(UserName="Bob")
    iam.get_waiter("user_exists").wait(UserName="Bob", WaiterConfig={"Delay": 1, "MaxAttempts": 1})
