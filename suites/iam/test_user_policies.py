"""Inline policies of users: their four operations, and what they let a user do."""

import json

import pytest

from support.expect import at_most, only_metadata, refused, violations
from support.people import Person

NO_BOB = "The user with name Bob cannot be found."
BOB = "arn:aws:iam::000000000000:user/Bob"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action, resource="*", **more):
    return {**allow(action, resource, **more), "Effect": "Deny"}


def denied(action, resource, reason):
    return f"User: {BOB} is not authorized to perform: {action} on resource: {resource} {reason}"


def no_policy(action, resource):
    return denied(action, resource, f"because no identity-based policy allows the {action} action")


@pytest.fixture
def bob(server, iam):
    return Person(server, iam, "Bob")


@pytest.fixture
def let(iam, bob):
    """Gives Bob one policy of these statements."""
    return lambda *statements: iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(*statements))


def test_a_policy_is_put_told_listed_and_deleted(iam):
    iam.create_user(UserName="Bob")
    document = policy(allow("s3:Get*", "arn:aws:s3:::b%3A/${aws:username}/*"), deny("iam:*", Sid=""))
    only_metadata(iam.put_user_policy(UserName="bob", PolicyName="Read", PolicyDocument=document))
    told = iam.get_user_policy(UserName="BOB", PolicyName="read")
    # The name is told as it was asked for; lists have the first spelling.
    assert (told["UserName"], told["PolicyName"]) == ("Bob", "read")
    assert told["PolicyDocument"] == json.loads(document)
    assert iam.list_user_policies(UserName="Bob")["PolicyNames"] == ["Read"]
    only_metadata(iam.delete_user_policy(UserName="Bob", PolicyName="READ"))
    message = "The user policy with name Read cannot be found."
    refused("NoSuchEntity", message, iam.get_user_policy, UserName="Bob", PolicyName="Read")
    refused("NoSuchEntity", message, iam.delete_user_policy, UserName="Bob", PolicyName="Read")


def test_a_list_comes_in_pages_and_in_the_order_of_names(iam):
    iam.create_user(UserName="Bob")
    for name in ("b", "C", "a", "e", "D"):
        iam.put_user_policy(UserName="Bob", PolicyName=name, PolicyDocument=policy(allow("s3:GetObject")))
    pages = iam.get_paginator("list_user_policies").paginate(UserName="Bob", PaginationConfig={"PageSize": 2})
    assert [page["PolicyNames"] for page in pages] == [["a", "b"], ["C", "D"], ["e"]]


def test_what_is_no_policy_is_refused_and_changes_nothing(iam):
    iam.create_user(UserName="Bob")
    for document, message in {
        "{": "Syntax errors in policy.",
        '{"Statement": []}': "Syntax errors in policy.",
        policy(allow("s3:GetObject", Sid="a"), allow("s3:GetObject", Sid="a")): "Statement IDs (SID) in a single "
        "policy must be unique.",
        policy(allow("GetObject")): "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        policy(allow("s3:*", "bucket")): 'Resource bucket must be in ARN format or "*".',
        policy(allow("s3:*", "arn:b:x")): 'Partition "b" is not valid for resource "arn:b:x:*:*:*".',
        policy(allow("s3:*", Principal="*")): "Policy document should not specify a principal.",
        policy({"Effect": "Allow", "Action": "s3:*"}): "Policy statement must contain resources.",
        policy({"Effect": "Allow", "Resource": "*"}): "Policy statement must contain actions.",
    }.items():
        refused(
            "MalformedPolicyDocument", message, iam.put_user_policy,
            UserName="Bob", PolicyName="p", PolicyDocument=document,
        )  # fmt: skip
    assert iam.list_user_policies(UserName="Bob")["PolicyNames"] == []
    refused("NoSuchEntity", NO_BOB.replace("Bob", "Eve"), iam.put_user_policy,
            UserName="Eve", PolicyName="p", PolicyDocument="{")  # fmt: skip


def test_the_shape_of_a_request_is_judged_before_the_right(bob):
    message = violations(at_most("policyName", 128))
    refused("ValidationError", message, bob.iam.put_user_policy,
            UserName="Bob", PolicyName="p" * 129, PolicyDocument="{")  # fmt: skip


def test_all_policies_of_a_user_have_room_for_2048_characters(iam):
    iam.create_user(UserName="Bob")

    def put(name, characters):
        document = policy(allow("s3:x")).replace(" ", "")
        document = document.replace("s3:x", "s3:" + "x" * (characters - len(document) + 1))
        assert len(document) == characters
        iam.put_user_policy(UserName="Bob", PolicyName=name, PolicyDocument=document + "\n" * 500)

    put("a", 1000)
    put("b", 1048)
    message = "Maximum policy size of 2048 bytes exceeded for user Bob"
    refused("LimitExceeded", message, put, name="c", characters=100)
    refused("LimitExceeded", message, put, name="a", characters=1001)
    put("a", 900)


def test_a_user_may_do_what_a_policy_allows(iam, bob, let):
    refused("AccessDenied", no_policy("iam:GetUser", "user Bob"), bob.iam.get_user)
    let(allow("iam:GetUser", "arn:aws:iam::*:user/${aws:username}"))
    assert bob.iam.get_user()["User"]["UserName"] == "Bob"
    iam.create_user(UserName="Eve", Path="/x/")
    refused("AccessDenied", no_policy("iam:GetUser", "user Eve"), bob.iam.get_user, UserName="Eve")
    let(allow("*"), deny("iam:DeleteUser", "arn:aws:iam::*:user/x/*"))
    assert bob.iam.get_user(UserName="Eve")["User"]["UserName"] == "Eve"
    message = denied("iam:DeleteUser", "user Eve", "with an explicit deny in an identity-based policy")
    refused("AccessDenied", message, bob.iam.delete_user, UserName="Eve")
    iam.delete_user_policy(UserName="Bob", PolicyName="p")
    refused("AccessDenied", no_policy("iam:GetUser", "user Bob"), bob.iam.get_user)


def test_circumstances_of_a_real_request_decide(bob, let):
    for condition, holds in (
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, False),
        ({"StringLike": {"aws:UserAgent": "*Boto3/*"}}, True),
        ({"Bool": {"aws:SecureTransport": "true"}}, False),
        ({"DateGreaterThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}, True),
        ({"DateLessThan": {"aws:EpochTime": "2026-01-01T00:00:00Z"}}, False),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, True),
        ({"Null": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}, True),
    ):
        let(allow("iam:ListUsers", Condition=condition))
        if holds:
            bob.iam.list_users()
        else:
            resource = "arn:aws:iam::000000000000:user/"
            refused("AccessDenied", no_policy("iam:ListUsers", resource), bob.iam.list_users)


def test_tags_decide(iam, bob, let):
    for name, team in (("Bob", "red"), ("Eve", "red"), ("Carol", "blue")):
        (iam.tag_user if name == "Bob" else iam.create_user)(UserName=name, Tags=[{"Key": "team", "Value": team}])
    same_team = {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}
    let(allow("iam:GetUser", Condition=same_team))
    bob.iam.get_user(UserName="Eve")
    refused("AccessDenied", no_policy("iam:GetUser", "user Carol"), bob.iam.get_user, UserName="Carol")
    iam.tag_user(UserName="Carol", Tags=[{"Key": "Team", "Value": "red"}])
    bob.iam.get_user(UserName="Carol")


def test_a_user_with_a_policy_is_not_deleted(iam, let, bob):
    let(allow("*"))
    iam.delete_access_key(UserName="Bob", AccessKeyId=bob.key)
    message = "Cannot delete entity, must delete policies first."
    refused("DeleteConflict", message, iam.delete_user, UserName="Bob")
    iam.delete_user_policy(UserName="Bob", PolicyName="p")
    iam.delete_user(UserName="Bob")
