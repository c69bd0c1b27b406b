"""AWS's own managed policies: there from the start, and for reading only."""

import pytest

from support.documents import PREFIX, allow, nothing_allows, policy, tags
from support.expect import provokes, refused, without_metadata
from support.people import Person

READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
ABSENT = "arn:aws:iam::aws:policy/NeverThere"
UNTAGGED = "Tags not supported for policies in this domain"


def test_a_policy_of_aws_is_shown_with_its_document(iam):
    shown = iam.get_policy(PolicyArn=ADMINISTRATOR)["Policy"]
    assert shown["PolicyId"].startswith("ANPA")
    assert (shown["PolicyName"], shown["Path"], shown["DefaultVersionId"]) == ("AdministratorAccess", "/", "v1")
    assert (shown["AttachmentCount"], shown["PermissionsBoundaryUsageCount"]) == (0, 0)
    assert (shown["IsAttachable"], shown["Tags"]) == (True, [])
    assert shown["CreateDate"].isoformat() == "2015-02-06T18:39:46+00:00"
    version = iam.get_policy_version(PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]
    assert version["Document"]["Statement"] == [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def test_the_versions_of_a_policy_of_aws(iam):
    default = iam.get_policy(PolicyArn=READ_ONLY)["Policy"]["DefaultVersionId"]
    listed = iam.list_policy_versions(PolicyArn=READ_ONLY)["Versions"]
    assert [one["VersionId"] for one in listed if one["IsDefaultVersion"]] == [default]
    numbers = [int(one["VersionId"].removeprefix("v")) for one in listed]
    assert numbers == sorted(numbers, reverse=True)


def test_policies_of_aws_are_listed_by_path(iam):
    listed = iam.list_policies(Scope="AWS", PathPrefix="/job-function/", MaxItems=1000)["Policies"]
    assert {"Billing", "ViewOnlyAccess"} < {one["PolicyName"] for one in listed}
    assert all(one["Path"] == "/job-function/" for one in listed)
    assert all(one["Arn"] == f"arn:aws:iam::aws:policy/job-function/{one['PolicyName']}" for one in listed)


@pytest.mark.parametrize("of", [READ_ONLY, ABSENT])
def test_a_policy_of_aws_can_not_be_changed_there_or_not(iam, of):
    message = "Cannot delete policies outside your own account."
    refused("AccessDenied", message, iam.delete_policy, PolicyArn=of)
    message = "Cannot create versions for policies outside your own account."
    document = policy(allow())
    refused("AccessDenied", message, iam.create_policy_version, PolicyArn=of, PolicyDocument=document)
    message = "Cannot delete policy versions for policies outside your own account."
    refused("AccessDenied", message, iam.delete_policy_version, PolicyArn=of, VersionId="v1")
    message = "Cannot update policies outside your own account."
    refused("AccessDenied", message, iam.set_default_policy_version, PolicyArn=of, VersionId="v1")


@provokes("TagPolicy", "InvalidInput")
@provokes("UntagPolicy", "InvalidInput")
def test_a_policy_of_aws_has_no_tags(iam):
    refused("InvalidInput", UNTAGGED, iam.tag_policy, PolicyArn=READ_ONLY, Tags=tags(("a", "b")))
    refused("InvalidInput", UNTAGGED, iam.untag_policy, PolicyArn=READ_ONLY, TagKeys=["a"])
    assert without_metadata(iam.list_policy_tags(PolicyArn=READ_ONLY)) == {"Tags": [], "IsTruncated": False}


def test_a_policy_of_aws_that_does_not_exist(iam):
    refused("NoSuchEntity", f"Policy {ABSENT} was not found.", iam.get_policy, PolicyArn=ABSENT)
    iam.create_user(UserName="Bob")
    message = f"Policy {ABSENT} does not exist or is not attachable."
    refused("NoSuchEntity", message, iam.attach_user_policy, UserName="Bob", PolicyArn=ABSENT)


def test_a_policy_of_aws_counts_who_has_it_in_this_account_only(server, iam):
    made = server.dev("POST", "accounts")
    other = server.client("iam", made["access_key_id"], made["secret_access_key"])
    iam.create_user(UserName="Bob", PermissionsBoundary=READ_ONLY)
    iam.attach_user_policy(UserName="Bob", PolicyArn=READ_ONLY)
    iam.create_group(GroupName="Crew")
    iam.attach_group_policy(GroupName="Crew", PolicyArn=READ_ONLY)
    for client, counts in ((iam, (2, 1)), (other, (0, 0))):
        shown = client.get_policy(PolicyArn=READ_ONLY)["Policy"]
        assert (shown["AttachmentCount"], shown["PermissionsBoundaryUsageCount"]) == counts


def test_a_policy_of_aws_lets_a_user_do_what_it_says(server, iam):
    bob = Person(server, iam, "Bob")
    iam.attach_user_policy(UserName="Bob", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert [user["UserName"] for user in bob.iam.list_users()["Users"]] == ["Bob"]
    message = nothing_allows("iam:CreateUser", f"{PREFIX}:user/Eve")
    refused("AccessDenied", message, bob.iam.create_user, UserName="Eve")
    iam.detach_user_policy(UserName="Bob", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    refused("AccessDenied", nothing_allows("iam:ListUsers", f"{PREFIX}:user/"), bob.iam.list_users)
