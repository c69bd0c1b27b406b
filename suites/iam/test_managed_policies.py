"""Managed policies and their versions."""

import json
import re

import pytest

from support.documents import PREFIX, allow, arn, policy, sized, tags
from support.expect import (
    NAME_TEXT,
    at_most,
    not_null,
    only_metadata,
    pattern,
    provokes,
    refused,
    violations,
    without_metadata,
)

READ = policy(allow("s3:GetObject"))
WRITE = policy(allow("s3:PutObject"))
ABSENT = f"{PREFIX}:policy/Absent"
OF_AWS = "arn:aws:iam::aws:policy/ReadOnlyAccess"
CORE = {
    "PolicyName",
    "PolicyId",
    "Arn",
    "Path",
    "DefaultVersionId",
    "AttachmentCount",
    "PermissionsBoundaryUsageCount",
    "IsAttachable",
    "CreateDate",
    "UpdateDate",
}


@pytest.fixture
def reading(iam):
    """The ARN of a policy `Reading`."""
    return iam.create_policy(PolicyName="Reading", PolicyDocument=READ)["Policy"]["Arn"]


def versions(iam, of):
    return [(one["VersionId"], one["IsDefaultVersion"]) for one in iam.list_policy_versions(PolicyArn=of)["Versions"]]


def names(iam, **members):
    return [one["PolicyName"] for one in iam.list_policies(**members)["Policies"]]


def test_a_policy_is_made_and_shown(iam):
    tag = tags(("team", "red"))
    made = without_metadata(
        iam.create_policy(PolicyName="Reading", Path="/a/", PolicyDocument=READ, Description="Why", Tags=tag)
    )["Policy"]
    assert made.keys() == CORE | {"Tags"}
    assert re.fullmatch("ANPA[A-Z2-7]{17}", made["PolicyId"])
    told = {name: made[name] for name in CORE - {"PolicyId", "CreateDate", "UpdateDate"}}
    assert told == {
        "PolicyName": "Reading",
        "Arn": arn("policy", "a/Reading"),
        "Path": "/a/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
    }
    assert made["CreateDate"] == made["UpdateDate"]
    assert without_metadata(iam.get_policy(PolicyArn=made["Arn"])) == {"Policy": {**made, "Description": "Why"}}
    listed = without_metadata(iam.list_policies(Scope="Local"))
    assert listed == {"Policies": [{name: made[name] for name in CORE}], "IsTruncated": False}


def test_a_policy_without_tags_has_an_empty_list_of_them(iam, reading):
    shown = iam.get_policy(PolicyArn=reading)["Policy"]
    assert shown.keys() == CORE | {"Tags"}
    assert shown["Tags"] == []


def test_a_document_comes_back_as_it_was_given(iam):
    document = json.dumps(json.loads(policy(allow(["s3:GetObject"], "arn:aws:s3:::b%3A/é/*"))), indent=3)
    made = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"]["Arn"]
    shown = without_metadata(iam.get_policy_version(PolicyArn=made, VersionId="v1"))["PolicyVersion"]
    assert shown.keys() == {"Document", "VersionId", "IsDefaultVersion", "CreateDate"}
    assert (shown["VersionId"], shown["IsDefaultVersion"]) == ("v1", True)
    assert shown["Document"] == json.loads(document)


@pytest.mark.parametrize("spelling", ["Reading", "rEADING"])
@provokes("CreatePolicy", "EntityAlreadyExists")
def test_a_name_is_taken_in_any_case_and_under_any_path(iam, reading, spelling):
    del reading
    message = f"A policy called {spelling} already exists. Duplicate names are not allowed."
    members = {"PolicyName": spelling, "Path": "/other/", "PolicyDocument": READ}
    refused("EntityAlreadyExists", message, iam.create_policy, **members)


@provokes("CreatePolicy", "MalformedPolicyDocument")
@provokes("CreatePolicyVersion", "MalformedPolicyDocument")
def test_what_is_no_policy_is_refused(iam, reading):
    for document, message in {
        "{": "Syntax errors in policy.",
        policy(allow("s3:x", "bucket")): 'Resource bucket must be in ARN format or "*".',
        policy(allow("s3:x", Principal="*")): "Policy document should not specify a principal.",
    }.items():
        create, add = iam.create_policy, iam.create_policy_version
        refused("MalformedPolicyDocument", message, create, PolicyName="p", PolicyDocument=document)
        refused("MalformedPolicyDocument", message, add, PolicyArn=reading, PolicyDocument=document)
    assert names(iam, Scope="Local") == ["Reading"]
    assert versions(iam, reading) == [("v1", True)]


@provokes("CreatePolicy", "LimitExceeded")
@provokes("CreatePolicyVersion", "LimitExceeded")
def test_a_document_has_room_for_6144_characters(iam):
    message = "Cannot exceed quota for PolicySize: 6144"
    refused("LimitExceeded", message, iam.create_policy, PolicyName="p", PolicyDocument=sized(6145))
    made = iam.create_policy(PolicyName="p", PolicyDocument=sized(6144))["Policy"]["Arn"]
    refused("LimitExceeded", message, iam.create_policy_version, PolicyArn=made, PolicyDocument=sized(6145))
    iam.create_policy_version(PolicyArn=made, PolicyDocument=sized(6144))


@provokes("CreatePolicy", "InvalidInput")
def test_tags_at_the_making_of_a_policy(iam):
    make = {"PolicyName": "p", "PolicyDocument": READ}
    refused("InvalidInput", "Duplicate tag keys found.", iam.create_policy, **make, Tags=tags(("a", "1"), ("a", "2")))
    reserved = "Tag keys beginning with aws: are reserved for system use."
    refused("InvalidInput", reserved, iam.create_policy, **make, Tags=tags(("AWS:x", "1")))
    assert names(iam, Scope="Local") == []
    iam.create_policy(**make, Tags=tags(("b", "1"), ("B", "2")))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"PolicyName": "p"}, violations(not_null("policyDocument"))),
        ({"PolicyDocument": READ}, violations(not_null("policyName"))),
        ({"PolicyName": "a b", "PolicyDocument": READ}, NAME_TEXT.format("policyName")),
        ({"PolicyName": "p" * 129, "PolicyDocument": READ}, violations(at_most("policyName", 128))),
        (
            {"PolicyName": "p", "PolicyDocument": READ, "Description": "d" * 1001},
            violations(at_most("description", 1000)),
        ),
    ],
)
def test_what_has_not_the_right_shape_to_be_a_policy(iam, members, message):
    refused("ValidationError", message, iam.create_policy, **members)


def test_a_path_of_a_policy_has_fewer_characters_than_others(iam):
    refused("ValidationError", None, iam.create_policy, PolicyName="p", PolicyDocument=READ, Path="/a!/")
    iam.create_user(UserName="Bob", Path="/a!/")
    iam.create_policy(PolicyName="p", PolicyDocument=READ, Path="/a.,+@=_-/")


# What is not there, and what is no ARN.


@provokes("GetPolicy", "NoSuchEntity")
@provokes("DeletePolicy", "NoSuchEntity")
@provokes("CreatePolicyVersion", "NoSuchEntity")
@provokes("ListPolicyVersions", "NoSuchEntity")
@provokes("GetPolicyVersion", "NoSuchEntity")
@provokes("DeletePolicyVersion", "NoSuchEntity")
@provokes("SetDefaultPolicyVersion", "NoSuchEntity")
def test_a_policy_or_version_that_does_not_exist(iam, reading):
    message = f"Policy {ABSENT} was not found."
    refused("NoSuchEntity", message, iam.get_policy, PolicyArn=ABSENT)
    refused("NoSuchEntity", message, iam.delete_policy, PolicyArn=ABSENT)
    refused("NoSuchEntity", message, iam.create_policy_version, PolicyArn=ABSENT, PolicyDocument=READ)
    refused("NoSuchEntity", message, iam.list_policy_versions, PolicyArn=ABSENT)
    for of in (ABSENT, reading):
        message = f"Policy {of} version v9 does not exist or is not attachable."
        for call in (iam.get_policy_version, iam.delete_policy_version, iam.set_default_policy_version):
            refused("NoSuchEntity", message, call, PolicyArn=of, VersionId="v9")


def test_an_arn_is_found_in_any_case_of_its_name_alone(iam, reading):
    for other in (reading.replace("Reading", "reading"), reading.replace("Reading", "READING")):
        assert iam.get_policy(PolicyArn=other)["Policy"]["Arn"] == reading
    for other in (reading.replace("policy/", "policy/x/"), reading + "x"):
        refused("NoSuchEntity", f"Policy {other} was not found.", iam.get_policy, PolicyArn=other)


def test_what_is_no_arn_and_no_version(iam, reading):
    text = "longpolicynamebutnoarn"
    for call in (iam.get_policy, iam.delete_policy, iam.list_policy_versions):
        refused("ValidationError", f"ARN {text} is not valid.", call, PolicyArn=text)
    other = "arn:aws-cn:iam::000000000000:policy/Reading"
    refused("ValidationError", "Invalid ARN partition", iam.get_policy, PolicyArn=other)
    message = violations(pattern("versionId", r"v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"))
    for call in (iam.get_policy_version, iam.delete_policy_version, iam.set_default_policy_version):
        refused("ValidationError", message, call, PolicyArn=reading, VersionId="v0")


# Versions.


def test_versions_come_and_go_and_no_number_comes_again(iam, reading):
    made = without_metadata(iam.create_policy_version(PolicyArn=reading, PolicyDocument=WRITE))["PolicyVersion"]
    assert made.keys() == {"VersionId", "IsDefaultVersion", "CreateDate"}
    assert (made["VersionId"], made["IsDefaultVersion"]) == ("v2", False)
    iam.create_policy_version(PolicyArn=reading, PolicyDocument=WRITE, SetAsDefault=True)
    assert versions(iam, reading) == [("v3", True), ("v2", False), ("v1", False)]
    assert iam.get_policy(PolicyArn=reading)["Policy"]["DefaultVersionId"] == "v3"
    only_metadata(iam.delete_policy_version(PolicyArn=reading, VersionId="v2"))
    assert iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)["PolicyVersion"]["VersionId"] == "v4"
    only_metadata(iam.set_default_policy_version(PolicyArn=reading, VersionId="v1"))
    assert versions(iam, reading) == [("v4", False), ("v3", False), ("v1", True)]
    shown = iam.get_policy_version(PolicyArn=reading, VersionId="v3")["PolicyVersion"]
    assert (shown["Document"], shown["IsDefaultVersion"]) == (json.loads(WRITE), False)
    for version in iam.list_policy_versions(PolicyArn=reading)["Versions"]:
        assert version.keys() == {"VersionId", "IsDefaultVersion", "CreateDate"}


def test_a_version_moves_the_policys_date_also_where_it_is_not_the_default(iam, clock, reading):
    before = iam.get_policy(PolicyArn=reading)["Policy"]
    clock.advance("1h")
    iam.create_policy_version(PolicyArn=reading, PolicyDocument=WRITE)
    after = iam.get_policy(PolicyArn=reading)["Policy"]
    assert (after["UpdateDate"] - before["UpdateDate"]).total_seconds() >= 3600
    assert after["CreateDate"] == before["CreateDate"]


@provokes("CreatePolicyVersion", "LimitExceeded")
@provokes("DeletePolicyVersion", "DeleteConflict")
def test_a_policy_has_five_versions_at_most_and_keeps_its_default(iam, reading):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)
    message = (
        "A managed policy can have up to 5 versions. Before you create a new version, you must delete an "
        "existing version."
    )
    refused("LimitExceeded", message, iam.create_policy_version, PolicyArn=reading, PolicyDocument=READ)
    message = "Cannot delete the default version of a policy."
    refused("DeleteConflict", message, iam.delete_policy_version, PolicyArn=reading, VersionId="v1")
    iam.delete_policy_version(PolicyArn=reading, VersionId="v3")
    iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)
    assert [version for version, _ in versions(iam, reading)] == ["v6", "v5", "v4", "v2", "v1"]


def test_versions_come_in_pages(iam, reading):
    for _ in range(4):
        iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)
    paginator = iam.get_paginator("list_policy_versions")
    pages = paginator.paginate(PolicyArn=reading, PaginationConfig={"PageSize": 2})
    told = [[version["VersionId"] for version in page["Versions"]] for page in pages]
    assert told == [["v5", "v4"], ["v3", "v2"], ["v1"]]


# DeletePolicy.


@provokes("DeletePolicy", "DeleteConflict")
def test_what_is_in_the_way_of_a_deletion(iam, reading):
    iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)
    iam.create_user(UserName="Bob")
    iam.attach_user_policy(UserName="Bob", PolicyArn=reading)
    attached = "Cannot delete a policy attached to entities."
    refused("DeleteConflict", attached, iam.delete_policy, PolicyArn=reading)
    iam.put_user_permissions_boundary(UserName="Bob", PermissionsBoundary=reading)
    iam.detach_user_policy(UserName="Bob", PolicyArn=reading)
    refused("DeleteConflict", None, iam.delete_policy, PolicyArn=reading)
    iam.delete_user_permissions_boundary(UserName="Bob")
    message = (
        "This policy has more than one version. Before you delete a policy, you must delete the policy's "
        "versions. The default version is deleted with the policy."
    )
    refused("DeleteConflict", message, iam.delete_policy, PolicyArn=reading)
    iam.delete_policy_version(PolicyArn=reading, VersionId="v2")
    only_metadata(iam.delete_policy(PolicyArn=reading))
    assert names(iam, Scope="Local") == []


def test_a_policy_made_anew_is_another_policy(iam, reading):
    first = iam.get_policy(PolicyArn=reading)["Policy"]["PolicyId"]
    iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)
    iam.delete_policy_version(PolicyArn=reading, VersionId="v2")
    iam.delete_policy(PolicyArn=reading)
    made = iam.create_policy(PolicyName="Reading", PolicyDocument=WRITE)["Policy"]
    assert made["Arn"] == reading and made["PolicyId"] != first
    assert versions(iam, reading) == [("v1", True)]
    made = iam.create_policy_version(PolicyArn=reading, PolicyDocument=READ)["PolicyVersion"]
    assert made["VersionId"] == "v2"


# ListPolicies.


def test_policies_are_listed_by_scope_path_and_use(iam, reading):
    made = iam.create_policy(PolicyName="Limit", Path="/limits/", PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_policy(PolicyName="Idle", Path="/limits/x/", PolicyDocument=READ)
    iam.create_user(UserName="Bob", PermissionsBoundary=made)
    iam.attach_user_policy(UserName="Bob", PolicyArn=reading)
    iam.attach_user_policy(UserName="Bob", PolicyArn=OF_AWS)
    assert set(names(iam, Scope="Local")) == {"Reading", "Limit", "Idle"}
    assert set(names(iam, Scope="Local", PathPrefix="/limits/")) == {"Limit", "Idle"}
    assert set(names(iam, Scope="Local", OnlyAttached=True)) == {"Reading", "Limit"}
    assert names(iam, Scope="AWS", OnlyAttached=True) == ["ReadOnlyAccess"]
    attached = {"Scope": "All", "OnlyAttached": True}
    assert set(names(iam, **attached)) == {"Reading", "Limit", "ReadOnlyAccess"}
    assert set(names(iam, **attached, PolicyUsageFilter="PermissionsPolicy")) == {"Reading", "ReadOnlyAccess"}
    assert names(iam, **attached, PolicyUsageFilter="PermissionsBoundary") == ["Limit"]
    # Alone, the filter by use has no effect.
    usage = {"Scope": "Local", "PolicyUsageFilter": "PermissionsBoundary"}
    assert set(names(iam, **usage)) == {"Reading", "Limit", "Idle"}


def test_policies_come_in_pages_and_each_once(iam):
    for number in range(7):
        iam.create_policy(PolicyName=f"own-{number}", PolicyDocument=READ)
    paginator = iam.get_paginator("list_policies")
    pages = list(paginator.paginate(Scope="Local", PaginationConfig={"PageSize": 3}))
    assert [len(page["Policies"]) for page in pages] == [3, 3, 1]
    assert len({one["Arn"] for page in pages for one in page["Policies"]}) == 7
    pages = list(paginator.paginate(PaginationConfig={"PageSize": 1000}))
    arns = [one["Arn"] for page in pages for one in page["Policies"]]
    assert len(set(arns)) == len(arns) > 1000
    assert sum(one.startswith(PREFIX) for one in arns) == 7
    refused("ValidationError", "Invalid Marker.", iam.list_policies, Marker="x")


def test_a_scope_that_does_not_exist(iam):
    error = refused("ValidationError", None, iam.list_policies, Scope="Mine")
    assert "Value at 'scope' failed to satisfy constraint: Member must satisfy enum value set" in error["Message"]
