"""Groups and who is in them."""

import re

import pytest

from support.documents import allow, arn, denied, deny, nothing_allows, policy
from support.expect import NAME_TEXT, at_most, not_null, only_metadata, provokes, refused, violations, without_metadata
from support.people import Person

NO_CREW = "The group with name Crew cannot be found."
NO_BOB = "The user with name Bob cannot be found."


def names(groups):
    return [group["GroupName"] for group in groups]


@pytest.fixture
def crew(iam):
    """A group `Crew` with the user `Bob` in it."""
    iam.create_group(GroupName="Crew")
    iam.create_user(UserName="Bob")
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    return iam


def test_a_group_is_made_and_shown(iam):
    made = without_metadata(iam.create_group(GroupName="Crew", Path="/a/"))
    assert made["Group"].keys() == {"Path", "GroupName", "GroupId", "Arn", "CreateDate"}
    assert (made["Group"]["Path"], made["Group"]["GroupName"]) == ("/a/", "Crew")
    assert made["Group"]["Arn"] == arn("group", "a/Crew")
    assert re.fullmatch("AGPA[A-Z2-7]{17}", made["Group"]["GroupId"])
    shown = without_metadata(iam.get_group(GroupName="crew"))
    assert shown == {**made, "Users": [], "IsTruncated": False}
    assert without_metadata(iam.list_groups()) == {"Groups": [made["Group"]], "IsTruncated": False}


@pytest.mark.parametrize("spelling", ["Crew", "cREW"])
@provokes("CreateGroup", "EntityAlreadyExists")
def test_a_name_is_taken_in_any_case_and_under_any_path(iam, spelling):
    iam.create_group(GroupName="Crew", Path="/one/")
    message = f"Group with name {spelling} already exists."
    refused("EntityAlreadyExists", message, iam.create_group, GroupName=spelling, Path="/two/")
    assert names(iam.list_groups()["Groups"]) == ["Crew"]


def test_a_user_and_a_role_may_have_the_name_of_a_group(crew):
    crew.create_user(UserName="Crew")
    assert crew.get_group(GroupName="Crew")["Users"][0]["UserName"] == "Bob"


@provokes("GetGroup", "NoSuchEntity")
@provokes("UpdateGroup", "NoSuchEntity")
@provokes("DeleteGroup", "NoSuchEntity")
@provokes("AddUserToGroup", "NoSuchEntity")
@provokes("RemoveUserFromGroup", "NoSuchEntity")
@provokes("ListGroupsForUser", "NoSuchEntity")
def test_what_does_not_exist(iam):
    refused("NoSuchEntity", NO_CREW, iam.get_group, GroupName="Crew")
    refused("NoSuchEntity", NO_CREW, iam.update_group, GroupName="Crew", NewPath="/x/")
    refused("NoSuchEntity", NO_CREW, iam.delete_group, GroupName="Crew")
    refused("NoSuchEntity", NO_BOB, iam.list_groups_for_user, UserName="Bob")
    for change in (iam.add_user_to_group, iam.remove_user_from_group):
        # Where neither exists, the user is told.
        refused("NoSuchEntity", NO_BOB, change, GroupName="Crew", UserName="Bob")
    iam.create_user(UserName="Bob")
    for change in (iam.add_user_to_group, iam.remove_user_from_group):
        refused("NoSuchEntity", NO_CREW, change, GroupName="Crew", UserName="Bob")


def test_members_come_and_go_and_twice_is_once(crew):
    only_metadata(crew.add_user_to_group(GroupName="CREW", UserName="BOB"))
    bob = crew.list_users()["Users"]
    assert crew.get_group(GroupName="Crew")["Users"] == bob
    groups = without_metadata(crew.list_groups_for_user(UserName="bob"))
    assert groups == {"Groups": crew.list_groups()["Groups"], "IsTruncated": False}
    only_metadata(crew.remove_user_from_group(GroupName="crew", UserName="bob"))
    only_metadata(crew.remove_user_from_group(GroupName="crew", UserName="bob"))
    assert crew.get_group(GroupName="Crew")["Users"] == []
    assert crew.list_groups_for_user(UserName="Bob")["Groups"] == []


def test_members_have_no_tags_in_a_group(crew):
    crew.tag_user(UserName="Bob", Tags=[{"Key": "team", "Value": "red"}])
    [member] = crew.get_group(GroupName="Crew")["Users"]
    assert member.keys() == {"Path", "UserName", "UserId", "Arn", "CreateDate"}


def test_members_come_in_pages_in_the_order_of_names(iam):
    iam.create_group(GroupName="Crew")
    for name in ("b", "C", "a", "e", "D"):
        iam.create_user(UserName=name)
        iam.add_user_to_group(GroupName="Crew", UserName=name)
    pages = iam.get_paginator("get_group").paginate(GroupName="Crew", PaginationConfig={"PageSize": 2})
    assert [[user["UserName"] for user in page["Users"]] for page in pages] == [["a", "b"], ["C", "D"], ["e"]]


@provokes("AddUserToGroup", "LimitExceeded")
def test_a_user_is_in_ten_groups_at_most(iam):
    iam.create_user(UserName="Bob")
    for number in range(11):
        iam.create_group(GroupName=f"group-{number:02}")
    for number in range(10):
        iam.add_user_to_group(GroupName=f"group-{number:02}", UserName="Bob")
    message = "Cannot exceed quota for GroupsPerUser: 10"
    refused("LimitExceeded", message, iam.add_user_to_group, GroupName="group-10", UserName="Bob")
    iam.add_user_to_group(GroupName="group-09", UserName="Bob")
    assert names(iam.list_groups_for_user(UserName="Bob")["Groups"]) == [f"group-{n:02}" for n in range(10)]


# UpdateGroup.


def test_a_renamed_group_keeps_everything(crew):
    crew.put_group_policy(GroupName="Crew", PolicyName="p", PolicyDocument=policy(allow()))
    before = crew.get_group(GroupName="Crew")
    only_metadata(crew.update_group(GroupName="crew", NewGroupName="Team", NewPath="/x/"))
    after = {**before["Group"], "GroupName": "Team", "Path": "/x/", "Arn": arn("group", "x/Team")}
    shown = crew.get_group(GroupName="Team")
    assert (shown["Group"], shown["Users"]) == (after, before["Users"])
    assert crew.list_group_policies(GroupName="Team")["PolicyNames"] == ["p"]
    assert crew.list_groups_for_user(UserName="Bob")["Groups"] == [after]
    refused("NoSuchEntity", NO_CREW, crew.get_group, GroupName="Crew")
    crew.create_group(GroupName="Crew")
    assert crew.get_group(GroupName="Crew")["Users"] == []


def test_a_member_that_is_renamed_stays_a_member(crew):
    crew.update_user(UserName="Bob", NewUserName="Robert")
    assert [user["UserName"] for user in crew.get_group(GroupName="Crew")["Users"]] == ["Robert"]


@provokes("UpdateGroup", "EntityAlreadyExists")
def test_a_new_name_must_be_free_but_for_its_case(crew):
    crew.create_group(GroupName="Team")
    message = "Group with name team already exists."
    refused("EntityAlreadyExists", message, crew.update_group, GroupName="Crew", NewGroupName="team")
    only_metadata(crew.update_group(GroupName="crew", NewGroupName="cREW"))
    assert names(crew.list_groups()["Groups"]) == ["cREW", "Team"]


# DeleteGroup.


@provokes("DeleteGroup", "DeleteConflict")
@provokes("DeleteUser", "DeleteConflict")
def test_what_is_in_the_way_of_a_deletion_is_told_one_by_one(crew):
    made = crew.create_policy(PolicyName="p", PolicyDocument=policy(allow()))["Policy"]["Arn"]
    crew.attach_group_policy(GroupName="Crew", PolicyArn=made)
    crew.put_group_policy(GroupName="Crew", PolicyName="p", PolicyDocument=policy(allow()))
    members = "Cannot delete entity, must remove users from group first."
    refused("DeleteConflict", members, crew.delete_group, GroupName="Crew")
    refused("DeleteConflict", members, crew.delete_user, UserName="Bob")
    crew.remove_user_from_group(GroupName="Crew", UserName="Bob")
    message = "Cannot delete entity, must detach all policies first."
    refused("DeleteConflict", message, crew.delete_group, GroupName="Crew")
    crew.detach_group_policy(GroupName="Crew", PolicyArn=made)
    message = "Cannot delete entity, must delete policies first."
    refused("DeleteConflict", message, crew.delete_group, GroupName="Crew")
    crew.delete_group_policy(GroupName="Crew", PolicyName="p")
    only_metadata(crew.delete_group(GroupName="crew"))
    only_metadata(crew.delete_user(UserName="Bob"))
    assert crew.list_groups()["Groups"] == []


# Lists, shapes and rights.


def test_groups_are_listed_by_path_and_in_pages(iam):
    for name, path in (("b", "/x/"), ("C", "/xy/"), ("a", "/"), ("d", "/x/z/")):
        iam.create_group(GroupName=name, Path=path)
    assert names(iam.list_groups()["Groups"]) == ["a", "b", "C", "d"]
    assert names(iam.list_groups(PathPrefix="/x")["Groups"]) == ["b", "C", "d"]
    assert names(iam.list_groups(PathPrefix="/x/")["Groups"]) == ["b", "d"]
    pages = iam.get_paginator("list_groups").paginate(PathPrefix="/x", PaginationConfig={"PageSize": 2})
    assert [names(page["Groups"]) for page in pages] == [["b", "C"], ["d"]]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, violations(not_null("groupName"))),
        ({"GroupName": "g" * 129}, violations(at_most("groupName", 128))),
        ({"GroupName": "a b"}, NAME_TEXT.format("groupName")),
        ({"GroupName": "Crew", "Path": f"/{'p' * 511}/"}, violations(at_most("path", 512))),
    ],
)
def test_what_has_not_the_right_shape_to_be_a_group(iam, members, message):
    refused("ValidationError", message, iam.create_group, **members)
    assert iam.list_groups()["Groups"] == []


def test_policies_of_a_group_count_as_soon_as_one_is_in_it(server, iam):
    bob = Person(server, iam, "Bob")
    iam.create_group(GroupName="Crew")
    iam.put_group_policy(GroupName="Crew", PolicyName="p", PolicyDocument=policy(allow("iam:GetUser")))
    message = nothing_allows("iam:GetUser", "user Bob")
    refused("AccessDenied", message, bob.iam.get_user)
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    assert bob.iam.get_user()["User"]["UserName"] == "Bob"
    iam.put_group_policy(GroupName="Crew", PolicyName="q", PolicyDocument=policy(deny("iam:GetUser")))
    refused("AccessDenied", denied("iam:GetUser", "user Bob"), bob.iam.get_user)
    iam.delete_group_policy(GroupName="Crew", PolicyName="q")
    bob.iam.get_user()
    iam.update_group(GroupName="Crew", NewGroupName="Team", NewPath="/x/")
    bob.iam.get_user()
    iam.remove_user_from_group(GroupName="Team", UserName="Bob")
    refused("AccessDenied", message, bob.iam.get_user)
