"""Access keys: their five operations, and what a key is good for."""

import re

import pytest

from support.expect import (
    INVALID_TOKEN,
    at_least,
    at_most,
    not_null,
    only_metadata,
    pattern,
    provokes,
    refused,
    violation,
    violations,
)
from support.people import Person
from support.signed import Signer

NO_BOB = "The user with name Bob cannot be found."
QUOTA = "Cannot exceed quota for AccessKeysPerUser: 2"


@pytest.fixture
def bob(server, iam):
    return Person(server, iam, "Bob")


def key_states(response):
    return {key["AccessKeyId"]: key["Status"] for key in response["AccessKeyMetadata"]}


def test_a_key_is_made_and_its_secret_told_once(iam):
    iam.create_user(UserName="Bob")
    key = iam.create_access_key(UserName="bob")["AccessKey"]
    assert key.keys() == {"UserName", "AccessKeyId", "Status", "SecretAccessKey", "CreateDate"}
    assert (key["UserName"], key["Status"]) == ("Bob", "Active")
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key["AccessKeyId"])
    assert re.fullmatch("[A-Za-z0-9/+]{40}", key["SecretAccessKey"])
    response = iam.list_access_keys(UserName="Bob")
    assert response["AccessKeyMetadata"] == [{name: key[name] for name in key if name != "SecretAccessKey"}]
    assert response["IsTruncated"] is False


@provokes("CreateAccessKey", "LimitExceeded")
def test_a_user_has_two_keys_at_most(iam, bob):
    second = iam.create_access_key(UserName="Bob")["AccessKey"]["AccessKeyId"]
    refused("LimitExceeded", QUOTA, iam.create_access_key, UserName="Bob")
    iam.update_access_key(UserName="Bob", AccessKeyId=second, Status="Inactive")
    refused("LimitExceeded", QUOTA, iam.create_access_key, UserName="Bob")
    iam.delete_access_key(UserName="Bob", AccessKeyId=second)
    third = iam.create_access_key(UserName="Bob")["AccessKey"]["AccessKeyId"]
    assert key_states(iam.list_access_keys(UserName="Bob")) == {bob.key: "Active", third: "Active"}


def test_the_root_user_has_keys_of_its_own(server, iam):
    iam.create_user(UserName="Bob")
    key = iam.create_access_key()["AccessKey"]
    assert "UserName" not in key or key["UserName"] is None
    root = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    assert root.get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:root"
    iam.create_access_key()
    refused("LimitExceeded", QUOTA, iam.create_access_key)
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 2
    assert iam.list_access_keys(UserName="Bob")["AccessKeyMetadata"] == []
    iam.delete_access_key(AccessKeyId=key["AccessKeyId"])
    refused("InvalidClientTokenId", INVALID_TOKEN, root.get_caller_identity)


def test_an_inactive_key_is_refused_until_it_is_active_again(iam, bob):
    only_metadata(iam.update_access_key(UserName="Bob", AccessKeyId=bob.key, Status="Inactive"))
    assert key_states(iam.list_access_keys(UserName="Bob")) == {bob.key: "Inactive"}
    refused("InvalidClientTokenId", INVALID_TOKEN, bob.sts.get_caller_identity)
    refused("InvalidClientTokenId", INVALID_TOKEN, bob.iam.get_user)
    iam.update_access_key(UserName="Bob", AccessKeyId=bob.key, Status="Inactive")
    iam.update_access_key(UserName="Bob", AccessKeyId=bob.key, Status="Active")
    assert bob.sts.get_caller_identity()["Arn"] == "arn:aws:iam::000000000000:user/Bob"


@provokes("DeleteAccessKey", "NoSuchEntity")
def test_a_deleted_key_is_refused(iam, bob):
    only_metadata(iam.delete_access_key(UserName="Bob", AccessKeyId=bob.key))
    refused("InvalidClientTokenId", INVALID_TOKEN, bob.sts.get_caller_identity)
    message = f"The Access Key with id {bob.key} cannot be found."
    refused("NoSuchEntity", message, iam.delete_access_key, UserName="Bob", AccessKeyId=bob.key)


@provokes("UpdateAccessKey", "InvalidInput")
def test_expired_can_not_be_set(iam, bob):
    refused("InvalidInput", None, iam.update_access_key, UserName="Bob", AccessKeyId=bob.key, Status="Expired")
    assert key_states(iam.list_access_keys(UserName="Bob")) == {bob.key: "Active"}


def test_a_status_must_be_one(iam, bob):
    error = refused("ValidationError", None, iam.update_access_key, UserName="Bob", AccessKeyId=bob.key, Status="On")
    assert error["Message"].startswith(violations(violation("status", "Member must satisfy enum value set: [")))


@provokes("UpdateAccessKey", "NoSuchEntity")
def test_keys_are_looked_up_under_their_owner(server, iam, bob):
    eve = Person(server, iam, "Eve")
    message = f"The Access Key with id {bob.key} cannot be found."
    for call in [
        lambda: iam.update_access_key(UserName="Eve", AccessKeyId=bob.key, Status="Inactive"),
        lambda: iam.delete_access_key(UserName="Eve", AccessKeyId=bob.key),
        lambda: iam.update_access_key(AccessKeyId=bob.key, Status="Inactive"),
        lambda: iam.delete_access_key(AccessKeyId=bob.key),
    ]:
        refused("NoSuchEntity", message, call)
    assert bob.sts.get_caller_identity() and eve.sts.get_caller_identity()


@provokes("CreateAccessKey", "NoSuchEntity")
@provokes("ListAccessKeys", "NoSuchEntity")
def test_nobody_has_no_keys(iam):
    refused("NoSuchEntity", NO_BOB, iam.create_access_key, UserName="Bob")
    refused("NoSuchEntity", NO_BOB, iam.list_access_keys, UserName="Bob")
    members = {"UserName": "Bob", "AccessKeyId": "AKIAIOSFODNN7EXAMPLE"}
    refused("NoSuchEntity", NO_BOB, iam.update_access_key, **members, Status="Active")
    refused("NoSuchEntity", NO_BOB, iam.delete_access_key, **members)


def test_keys_are_listed_in_pages(iam, bob):
    iam.create_access_key(UserName="Bob")
    everything = iam.list_access_keys(UserName="Bob")["AccessKeyMetadata"]
    pages = list(iam.get_paginator("list_access_keys").paginate(UserName="Bob", PaginationConfig={"PageSize": 1}))
    assert [page["AccessKeyMetadata"] for page in pages] == [[key] for key in everything]
    assert bob.key in [key["AccessKeyId"] for key in everything]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, violations(not_null("accessKeyId"))),
        ({"AccessKeyId": "a" * 15}, violations(at_least("accessKeyId", 16))),
        ({"AccessKeyId": "a" * 129}, violations(at_most("accessKeyId", 128))),
        ({"AccessKeyId": "AKIA-OSFODNN7EXAMPLE"}, violations(pattern("accessKeyId", r"[\w]+"))),
    ],
)
def test_what_has_not_the_right_shape(iam, members, message):
    refused("ValidationError", message, iam.get_access_key_last_used, **members)
    refused("ValidationError", message, iam.delete_access_key, **members)


# GetAccessKeyLastUsed.


def test_a_key_that_was_never_used(iam):
    iam.create_user(UserName="Bob")
    key = iam.create_access_key(UserName="Bob")["AccessKey"]["AccessKeyId"]
    response = iam.get_access_key_last_used(AccessKeyId=key)
    assert response["UserName"] == "Bob"
    assert response["AccessKeyLastUsed"] == {"ServiceName": "N/A", "Region": "N/A"}


def test_the_last_use_of_a_key(iam, bob, clock):
    clock.set("2030-01-01T00:00:00Z")
    bob.sts.get_caller_identity()
    used = iam.get_access_key_last_used(AccessKeyId=bob.key)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("sts", "us-east-1")
    assert used["LastUsedDate"].isoformat()[:16] == "2030-01-01T00:00"
    # Recorded at most every 15 minutes.
    clock.advance("14m")
    refused("AccessDenied", None, bob.iam.get_user)
    assert iam.get_access_key_last_used(AccessKeyId=bob.key)["AccessKeyLastUsed"] == used
    clock.advance("2m")
    refused("AccessDenied", None, bob.iam.get_user)
    used = iam.get_access_key_last_used(AccessKeyId=bob.key)["AccessKeyLastUsed"]
    assert used["ServiceName"] == "iam"
    assert used["LastUsedDate"].isoformat()[:16] == "2030-01-01T00:16"


def test_a_wrong_signature_is_no_use(server, iam, bob):
    wrong = server.client("sts", bob.key, "wrong" * 8)
    refused("SignatureDoesNotMatch", None, wrong.get_caller_identity)
    assert iam.get_access_key_last_used(AccessKeyId=bob.key)["AccessKeyLastUsed"]["ServiceName"] == "N/A"


def test_of_keys_elsewhere_nobody_learns_anything(server, iam):
    made = server.dev("POST", "accounts", {})
    for key in [made["access_key_id"], "AKIAIOSFODNN7EXAMPLE"]:
        message = (
            "User: arn:aws:iam::000000000000:root is not authorized to perform "
            f"iam:GetAccessKeyLastUsed on resource: access key {key}"
        )
        refused("AccessDenied", message, iam.get_access_key_last_used, AccessKeyId=key)


def test_users_may_not_manage_keys(bob):
    arn = "arn:aws:iam::000000000000:user/Bob"
    calls = {
        "CreateAccessKey": lambda: bob.iam.create_access_key(),
        "ListAccessKeys": lambda: bob.iam.list_access_keys(),
        "UpdateAccessKey": lambda: bob.iam.update_access_key(AccessKeyId=bob.key, Status="Inactive"),
        "DeleteAccessKey": lambda: bob.iam.delete_access_key(UserName="bob", AccessKeyId=bob.key),
    }
    for operation, call in calls.items():
        told = "user bob" if operation == "DeleteAccessKey" else "user Bob"
        message = (
            f"User: {arn} is not authorized to perform: iam:{operation} on resource: {told} because no "
            f"identity-based policy allows the iam:{operation} action"
        )
        refused("AccessDenied", message, call)


def test_an_empty_user_name_is_the_caller(server, iam):
    answer = Signer(server.address).call("CreateAccessKey", UserName="")
    assert answer.status == 200
    assert len(iam.list_access_keys()["AccessKeyMetadata"]) == 1
