"""Instance profiles and the role in one."""

import re

import pytest

from support.documents import PREFIX, allow, arn, nothing_allows, policy, tags, trust
from support.expect import (
    NAME_TEXT,
    at_most,
    not_null,
    only_metadata,
    provokes,
    refused,
    violations,
    without_metadata,
)
from support.people import Person

NO_BOX = "Instance Profile Box cannot be found."
NO_WORK = "The role with name Work cannot be found."
CORE = {"Path", "InstanceProfileName", "InstanceProfileId", "Arn", "CreateDate", "Roles"}


@pytest.fixture
def box(iam):
    """An empty instance profile `Box` and a role `Work`."""
    iam.create_instance_profile(InstanceProfileName="Box")
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust(), Description="Why")
    return iam


BOTH = {"InstanceProfileName": "Box", "RoleName": "Work"}


def names(profiles):
    return [profile["InstanceProfileName"] for profile in profiles]


def roles(iam):
    shown = iam.get_instance_profile(InstanceProfileName="Box")["InstanceProfile"]["Roles"]
    return [role["RoleName"] for role in shown]


def test_an_instance_profile_is_made_shown_and_listed(iam):
    tag = tags(("team", "red"))
    answer = iam.create_instance_profile(InstanceProfileName="Box", Path="/a/", Tags=tag)
    made = without_metadata(answer)["InstanceProfile"]
    assert made.keys() == CORE | {"Tags"}
    assert (made["Arn"], made["Roles"], made["Tags"]) == (arn("instance-profile", "a/Box"), [], tag)
    assert re.fullmatch("AIPA[A-Z2-7]{17}", made["InstanceProfileId"])
    assert without_metadata(iam.get_instance_profile(InstanceProfileName="bOX")) == {"InstanceProfile": made}
    listed = without_metadata(iam.list_instance_profiles())
    expected = {name: made[name] for name in CORE}
    assert listed == {"InstanceProfiles": [expected], "IsTruncated": False}


def test_an_instance_profile_without_tags(iam):
    made = iam.create_instance_profile(InstanceProfileName="Box")["InstanceProfile"]
    assert made.keys() == CORE
    shown = iam.get_instance_profile(InstanceProfileName="Box")["InstanceProfile"]
    assert shown == {**made, "Tags": []}


@pytest.mark.parametrize("spelling", ["Box", "bOX"])
@provokes("CreateInstanceProfile", "EntityAlreadyExists")
def test_a_name_is_taken_in_any_case_and_under_any_path(iam, spelling):
    iam.create_instance_profile(InstanceProfileName="Box")
    message = f"Instance Profile {spelling} already exists."
    members = {"InstanceProfileName": spelling, "Path": "/x/"}
    refused("EntityAlreadyExists", message, iam.create_instance_profile, **members)


@provokes("GetInstanceProfile", "NoSuchEntity")
@provokes("DeleteInstanceProfile", "NoSuchEntity")
@provokes("AddRoleToInstanceProfile", "NoSuchEntity")
@provokes("RemoveRoleFromInstanceProfile", "NoSuchEntity")
@provokes("ListInstanceProfilesForRole", "NoSuchEntity")
def test_what_does_not_exist(iam):
    refused("NoSuchEntity", NO_BOX, iam.get_instance_profile, InstanceProfileName="Box")
    refused("NoSuchEntity", NO_BOX, iam.delete_instance_profile, InstanceProfileName="Box")
    refused("NoSuchEntity", NO_WORK, iam.list_instance_profiles_for_role, RoleName="Work")
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    for change in (iam.add_role_to_instance_profile, iam.remove_role_from_instance_profile):
        refused("NoSuchEntity", NO_BOX, change, **BOTH)
    iam.delete_role(RoleName="Work")
    iam.create_instance_profile(InstanceProfileName="Box")
    for change in (iam.add_role_to_instance_profile, iam.remove_role_from_instance_profile):
        refused("NoSuchEntity", NO_WORK, change, **BOTH)
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    message = "Role Work in Instance Profile Box cannot be found."
    refused("NoSuchEntity", message, iam.remove_role_from_instance_profile, **BOTH)


@provokes("AddRoleToInstanceProfile", "LimitExceeded")
def test_a_role_goes_in_and_out_and_there_is_room_for_one(box):
    box.create_role(RoleName="Other", AssumeRolePolicyDocument=trust())
    only_metadata(box.add_role_to_instance_profile(InstanceProfileName="bOX", RoleName="wORK"))
    [role] = box.get_instance_profile(InstanceProfileName="Box")["InstanceProfile"]["Roles"]
    shown = box.get_role(RoleName="Work")["Role"]
    core = {"Path", "RoleName", "RoleId", "Arn", "CreateDate", "AssumeRolePolicyDocument"}
    assert role == {name: shown[name] for name in core}
    message = "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"
    for name in ("Work", "Other"):
        members = {"InstanceProfileName": "Box", "RoleName": name}
        refused("LimitExceeded", message, box.add_role_to_instance_profile, **members)
    [listed] = box.list_instance_profiles_for_role(RoleName="work")["InstanceProfiles"]
    assert listed.keys() == CORE and listed["Roles"] == [role]
    assert box.list_instance_profiles_for_role(RoleName="Other")["InstanceProfiles"] == []
    only_metadata(box.remove_role_from_instance_profile(InstanceProfileName="box", RoleName="work"))
    assert roles(box) == []


@provokes("DeleteInstanceProfile", "DeleteConflict")
def test_an_instance_profile_with_a_role_is_not_deleted(box):
    box.add_role_to_instance_profile(**BOTH)
    message = "Cannot delete entity, must remove roles from instance profile first."
    refused("DeleteConflict", message, box.delete_instance_profile, InstanceProfileName="Box")
    box.remove_role_from_instance_profile(**BOTH)
    only_metadata(box.delete_instance_profile(InstanceProfileName="bOX"))
    assert box.list_instance_profiles()["InstanceProfiles"] == []


def test_a_role_made_anew_is_not_in_the_instance_profile(box):
    box.add_role_to_instance_profile(**BOTH)
    box.remove_role_from_instance_profile(**BOTH)
    box.delete_role(RoleName="Work")
    box.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    assert roles(box) == []
    assert box.list_instance_profiles_for_role(RoleName="Work")["InstanceProfiles"] == []


def test_instance_profiles_are_listed_by_path_and_in_pages(iam):
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    for name, path in (("b", "/x/"), ("C", "/xy/"), ("a", "/"), ("d", "/x/z/")):
        iam.create_instance_profile(InstanceProfileName=name, Path=path)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName="Work")
    assert names(iam.list_instance_profiles(PathPrefix="/x/")["InstanceProfiles"]) == ["b", "d"]
    for paginator, members in (
        ("list_instance_profiles", {}),
        ("list_instance_profiles_for_role", {"RoleName": "Work"}),
    ):
        pages = iam.get_paginator(paginator).paginate(**members, PaginationConfig={"PageSize": 3})
        assert [names(page["InstanceProfiles"]) for page in pages] == [["a", "b", "C"], ["d"]]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, violations(not_null("instanceProfileName"))),
        ({"InstanceProfileName": "i" * 129}, violations(at_most("instanceProfileName", 128))),
        ({"InstanceProfileName": "a b"}, NAME_TEXT.format("instanceProfileName")),
    ],
)
def test_what_has_not_the_right_shape_to_be_an_instance_profile(iam, members, message):
    refused("ValidationError", message, iam.create_instance_profile, **members)


@provokes("CreateInstanceProfile", "InvalidInput")
def test_keys_of_tags_count_with_their_case(iam):
    make = {"InstanceProfileName": "Box"}
    twice = tags(("a", "1"), ("a", "2"))
    refused("InvalidInput", "Duplicate tag keys found.", iam.create_instance_profile, **make, Tags=twice)
    iam.create_instance_profile(**make, Tags=tags(("a", "1"), ("A", "2")))


def test_who_puts_a_role_in_must_be_allowed_to_pass_it(server, box):
    bob = Person(server, box, "Bob")
    add = allow("iam:AddRoleToInstanceProfile", arn("instance-profile", "Box"))
    box.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(add))
    message = nothing_allows("iam:PassRole", arn("role", "Work"))
    refused("AccessDenied", message, bob.iam.add_role_to_instance_profile, **BOTH)
    give = allow(
        "iam:PassRole", f"{PREFIX}:role/W*", Condition={"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    )
    box.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(add, give))
    only_metadata(bob.iam.add_role_to_instance_profile(**BOTH))
    assert roles(box) == ["Work"]
