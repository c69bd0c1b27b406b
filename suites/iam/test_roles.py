"""Roles and whom they trust."""

import json
import re

import pytest

from support.documents import PREFIX, TRUSTED, allow, arn, policy, sized, tags, trust
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

NO_ROLE = "The role with name Work cannot be found."
CORE = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}


@pytest.fixture
def work(iam):
    """A role `Work`, as it was made."""
    return iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())["Role"]


def names(roles):
    return [role["RoleName"] for role in roles]


def test_a_role_is_made_shown_and_listed(iam):
    more = {"Description": "Why", "MaxSessionDuration": 7200, "Path": "/a/", "Tags": tags(("team", "red"))}
    made = without_metadata(iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust(), **more))["Role"]
    assert made.keys() == CORE | {"Tags"}
    assert (made["Arn"], made["Path"], made["RoleName"]) == (arn("role", "a/Work"), "/a/", "Work")
    assert re.fullmatch("AROA[A-Z2-7]{17}", made["RoleId"])
    assert made["AssumeRolePolicyDocument"] == json.loads(trust())
    told = {"Description": "Why", "MaxSessionDuration": 7200}
    shown = without_metadata(iam.get_role(RoleName="wORK"))
    assert shown == {"Role": {**made, **told, "RoleLastUsed": {}}}
    listed = without_metadata(iam.list_roles())
    assert listed == {"Roles": [{**{name: made[name] for name in CORE}, **told}], "IsTruncated": False}


def test_a_role_of_which_nothing_more_is_said(iam, work):
    assert work.keys() == CORE
    assert iam.get_role(RoleName="Work")["Role"] == {**work, "MaxSessionDuration": 3600, "RoleLastUsed": {}}


@pytest.mark.parametrize("spelling", ["Work", "wORK"])
@provokes("CreateRole", "EntityAlreadyExists")
def test_a_name_is_taken_in_any_case_and_under_any_path(iam, work, spelling):
    del work
    message = f"Role with name {spelling} already exists."
    members = {"RoleName": spelling, "Path": "/x/", "AssumeRolePolicyDocument": trust()}
    refused("EntityAlreadyExists", message, iam.create_role, **members)


@provokes("GetRole", "NoSuchEntity")
@provokes("UpdateRole", "NoSuchEntity")
@provokes("UpdateRoleDescription", "NoSuchEntity")
@provokes("UpdateAssumeRolePolicy", "NoSuchEntity")
@provokes("DeleteRole", "NoSuchEntity")
def test_a_role_that_does_not_exist(iam):
    refused("NoSuchEntity", NO_ROLE, iam.get_role, RoleName="Work")
    refused("NoSuchEntity", NO_ROLE, iam.update_role, RoleName="Work", Description="x")
    refused("NoSuchEntity", NO_ROLE, iam.update_role_description, RoleName="Work", Description="x")
    refused("NoSuchEntity", NO_ROLE, iam.update_assume_role_policy, RoleName="Work", PolicyDocument="{")
    refused("NoSuchEntity", NO_ROLE, iam.delete_role, RoleName="Work")


# UpdateRole and UpdateRoleDescription.


def test_an_update_changes_what_is_given_and_nothing_else(iam, work):
    def shown():
        role = iam.get_role(RoleName="Work")["Role"]
        return role.get("Description"), role["MaxSessionDuration"]

    assert without_metadata(iam.update_role(RoleName="work", Description="One", MaxSessionDuration=43200)) == {}
    assert shown() == ("One", 43200)
    iam.update_role(RoleName="Work")
    assert shown() == ("One", 43200)
    iam.update_role(RoleName="Work", Description="Two")
    assert shown() == ("Two", 43200)
    iam.update_role(RoleName="Work", MaxSessionDuration=3600)
    assert shown() == ("Two", 3600)
    iam.update_role(RoleName="Work", Description="é" * 1000)
    assert shown() == ("é" * 1000, 3600)
    answer = without_metadata(iam.update_role_description(RoleName="work", Description="Three"))
    assert answer == {"Role": {**work, "Description": "Three"}}
    assert shown() == ("Three", 3600)


@pytest.mark.parametrize(
    ("seconds", "entry"),
    [
        (3599, at_least("maxSessionDuration", 3600, "value")),
        (43201, at_most("maxSessionDuration", 43200, "value")),
    ],
)
def test_sessions_last_from_one_to_twelve_hours(iam, work, seconds, entry):
    del work
    message = violations(entry)
    refused("ValidationError", message, iam.update_role, RoleName="Work", MaxSessionDuration=seconds)
    members = {"RoleName": "Other", "AssumeRolePolicyDocument": trust(), "MaxSessionDuration": seconds}
    refused("ValidationError", message, iam.create_role, **members)
    assert iam.get_role(RoleName="Work")["Role"]["MaxSessionDuration"] == 3600


# Trust policies.


def test_a_trust_policy_is_replaced(iam, work):
    del work
    document = trust({"Service": ["lambda.amazonaws.com", TRUSTED]}, Sid="x")
    only_metadata(iam.update_assume_role_policy(RoleName="work", PolicyDocument=document))
    assert iam.get_role(RoleName="Work")["Role"]["AssumeRolePolicyDocument"] == json.loads(document)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "This policy contains invalid Json"),
        (trust(Action="s3:GetObject"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust(Action="sts:*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (trust(Effect="Perhaps"), "Invalid effect: Perhaps"),
        (trust("111122223333"), "Principal must be a JSON object."),
        (trust("*"), 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'),
        (trust({"Foo": "bar"}), 'Invalid principal in policy: "Foo"'),
        (
            trust({"AWS": arn("user", "ghost")}),
            f'Invalid principal in policy: "AWS":"{PREFIX}:user/ghost"',
        ),
        (trust({"AWS": arn("user", "*")}), f'Invalid principal in policy: "AWS":"{PREFIX}:user/*"'),
        (policy({"Effect": "Allow", "Action": "sts:AssumeRole"}), "Missing required field Principal"),
        (policy({"Effect": "Allow", "Principal": {"AWS": "*"}}), "Missing required field Action"),
        (policy(), "Could not parse the policy: Statement is empty!"),
        (json.dumps({**json.loads(trust()), "Version": "1"}), "The policy must contain a valid version string"),
    ],
)
@provokes("CreateRole", "MalformedPolicyDocument")
@provokes("UpdateAssumeRolePolicy", "MalformedPolicyDocument")
def test_what_is_no_trust_policy(iam, work, document, message):
    create, update = iam.create_role, iam.update_assume_role_policy
    refused("MalformedPolicyDocument", message, create, RoleName="Other", AssumeRolePolicyDocument=document)
    refused("MalformedPolicyDocument", message, update, RoleName="Work", PolicyDocument=document)
    shown = iam.get_role(RoleName="Work")["Role"]["AssumeRolePolicyDocument"]
    assert shown == work["AssumeRolePolicyDocument"]
    assert names(iam.list_roles()["Roles"]) == ["Work"]


def test_a_trust_policy_may_have_the_old_version(iam):
    document = json.dumps({**json.loads(trust()), "Version": "2008-10-17"})
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=document)
    assert iam.get_role(RoleName="Work")["Role"]["AssumeRolePolicyDocument"] == json.loads(document)


@provokes("CreateRole", "LimitExceeded")
@provokes("UpdateAssumeRolePolicy", "LimitExceeded")
def test_a_trust_policy_has_room_for_2048_characters(iam, work):
    del work
    empty = len(trust(Sid="").replace(" ", ""))
    most, more = (trust(Sid="a" * (size - empty)) for size in (2048, 2049))
    message = "Cannot exceed quota for ACLSizePerRole: 2048"
    refused("LimitExceeded", message, iam.create_role, RoleName="Other", AssumeRolePolicyDocument=more)
    refused("LimitExceeded", message, iam.update_assume_role_policy, RoleName="Work", PolicyDocument=more)
    iam.create_role(RoleName="Other", AssumeRolePolicyDocument=most)
    iam.update_assume_role_policy(RoleName="Work", PolicyDocument=most)


def test_a_trusted_user_is_known_by_id(iam):
    """A user made anew under the same name is not the one that is trusted."""

    def trusted():
        return iam.get_role(RoleName="Work")["Role"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["AWS"]

    made = iam.create_user(UserName="Bob", Path="/x/")["User"]
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust({"AWS": made["Arn"]}))
    assert trusted() == made["Arn"]
    iam.update_user(UserName="Bob", NewUserName="Robert", NewPath="/")
    assert trusted() == arn("user", "Robert")
    iam.delete_user(UserName="Robert")
    assert trusted() == made["UserId"]
    iam.create_user(UserName="Robert")
    assert trusted() == made["UserId"]


def test_an_account_is_trusted_as_it_was_written(iam):
    for principal in ("000000000000", f"{PREFIX}:root", "*"):
        iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust({"AWS": principal}))
        document = iam.get_role(RoleName="Work")["Role"]["AssumeRolePolicyDocument"]
        assert document["Statement"][0]["Principal"] == {"AWS": principal}
        iam.delete_role(RoleName="Work")


@provokes("CreateRole", "InvalidInput")
def test_what_else_a_role_may_not_have(iam):
    make = {"RoleName": "Work", "AssumeRolePolicyDocument": trust()}
    message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    refused("InvalidInput", message, iam.create_role, **make, Tags=tags(("a", "1"), ("A", "2")))
    # The text is not known of AWS.
    refused("InvalidInput", None, iam.create_role, **make, Path="/aws-service-role/x.amazonaws.com/")
    assert iam.list_roles()["Roles"] == []


# DeleteRole.


@provokes("DeleteRole", "DeleteConflict")
def test_what_is_in_the_way_of_a_deletion_is_told_one_by_one(iam, work):
    del work
    reading = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:x")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="Work", PolicyArn=reading)
    iam.put_role_policy(RoleName="Work", PolicyName="p", PolicyDocument=policy(allow("s3:x")))
    iam.create_instance_profile(InstanceProfileName="Box")
    iam.add_role_to_instance_profile(InstanceProfileName="Box", RoleName="Work")
    message = "Cannot delete entity, must remove roles from instance profile first."
    refused("DeleteConflict", message, iam.delete_role, RoleName="Work")
    iam.remove_role_from_instance_profile(InstanceProfileName="Box", RoleName="Work")
    message = "Cannot delete entity, must detach all policies first."
    refused("DeleteConflict", message, iam.delete_role, RoleName="Work")
    iam.detach_role_policy(RoleName="Work", PolicyArn=reading)
    message = "Cannot delete entity, must delete policies first."
    refused("DeleteConflict", message, iam.delete_role, RoleName="Work")
    iam.delete_role_policy(RoleName="Work", PolicyName="p")
    iam.put_role_permissions_boundary(RoleName="Work", PermissionsBoundary=reading)
    only_metadata(iam.delete_role(RoleName="work"))
    assert iam.list_roles()["Roles"] == []
    iam.delete_policy(PolicyArn=reading)


# Lists, shapes, waiting.


def test_roles_are_listed_by_path_and_in_pages(iam):
    for name, path in (("b", "/x/"), ("C", "/xy/"), ("a", "/"), ("d", "/x/z/")):
        iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=trust())
    assert names(iam.list_roles()["Roles"]) == ["a", "b", "C", "d"]
    assert names(iam.list_roles(PathPrefix="/x/")["Roles"]) == ["b", "d"]
    pages = iam.get_paginator("list_roles").paginate(PathPrefix="/x", PaginationConfig={"PageSize": 2})
    assert [names(page["Roles"]) for page in pages] == [["b", "C"], ["d"]]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"RoleName": "Work"}, violations(not_null("assumeRolePolicyDocument"))),
        ({"AssumeRolePolicyDocument": trust()}, violations(not_null("roleName"))),
        ({"RoleName": "r" * 65, "AssumeRolePolicyDocument": trust()}, violations(at_most("roleName", 64))),
        ({"RoleName": "a b", "AssumeRolePolicyDocument": trust()}, NAME_TEXT.format("roleName")),
        (
            {"RoleName": "Work", "AssumeRolePolicyDocument": trust(), "Description": "d" * 1001},
            violations(at_most("description", 1000)),
        ),
    ],
)
def test_what_has_not_the_right_shape_to_be_a_role(iam, members, message):
    refused("ValidationError", message, iam.create_role, **members)
    assert iam.list_roles()["Roles"] == []


def test_clients_can_wait_for_what_is_there(iam, work):
    del work
    made = iam.create_policy(PolicyName="p", PolicyDocument=sized(200))["Policy"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="Box")
    once = {"WaiterConfig": {"Delay": 1, "MaxAttempts": 1}}
    iam.get_waiter("role_exists").wait(RoleName="Work", **once)
    iam.get_waiter("policy_exists").wait(PolicyArn=made, **once)
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="Box", **once)
