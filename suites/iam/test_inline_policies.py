"""Inline policies of users, groups and roles."""

import json

import pytest

from support import kinds
from support.documents import allow, deny, policy, sized
from support.expect import at_most, only_metadata, provokes, refused, violations, without_metadata
from support.kinds import ALL, GROUP, ROLE, USER

DOCUMENT = policy(allow("s3:Get*", "arn:aws:s3:::b%3A/é/${aws:username}/*"), deny("iam:*", Sid=""))
NO_POLICY = "The {} policy with name {} cannot be found."
ROOM = {"user": 2048, "group": 5120, "role": 10240}


def listed(kind, iam):
    return kind.call(iam, "list_{kind}_policies")["PolicyNames"]


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_a_policy_is_put_told_listed_and_deleted(iam, kind):
    kind.make(iam)
    only_metadata(kind.call(iam, "put_{kind}_policy", "oWNER", PolicyName="Read", PolicyDocument=DOCUMENT))
    told = without_metadata(kind.call(iam, "get_{kind}_policy", "OWNER", PolicyName="Read"))
    assert told == {kind.member: "Owner", "PolicyName": "Read", "PolicyDocument": json.loads(DOCUMENT)}
    shown = without_metadata(kind.call(iam, "list_{kind}_policies"))
    assert shown == {"PolicyNames": ["Read"], "IsTruncated": False}
    only_metadata(kind.call(iam, "delete_{kind}_policy", PolicyName="READ"))
    assert listed(kind, iam) == []


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_a_name_is_found_in_any_case_and_keeps_its_first_spelling(iam, kind):
    kind.make(iam)
    kind.call(iam, "put_{kind}_policy", PolicyName="MixedName", PolicyDocument=policy(allow("s3:x")))
    kind.call(iam, "put_{kind}_policy", PolicyName="mixedname", PolicyDocument=policy(allow("s3:y")))
    assert listed(kind, iam) == ["MixedName"]
    told = kind.call(iam, "get_{kind}_policy", PolicyName="MIXEDNAME")
    assert told["PolicyName"] == "MIXEDNAME"
    assert told["PolicyDocument"]["Statement"][0]["Action"] == "s3:y"


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            USER,
            marks=[
                provokes("GetUserPolicy", "NoSuchEntity"),
                provokes("DeleteUserPolicy", "NoSuchEntity"),
                provokes("PutUserPolicy", "NoSuchEntity"),
                provokes("ListUserPolicies", "NoSuchEntity"),
            ],
        ),
        pytest.param(
            GROUP,
            marks=[
                provokes("GetGroupPolicy", "NoSuchEntity"),
                provokes("DeleteGroupPolicy", "NoSuchEntity"),
                provokes("PutGroupPolicy", "NoSuchEntity"),
                provokes("ListGroupPolicies", "NoSuchEntity"),
            ],
        ),
        pytest.param(
            ROLE,
            marks=[
                provokes("GetRolePolicy", "NoSuchEntity"),
                provokes("DeleteRolePolicy", "NoSuchEntity"),
                provokes("PutRolePolicy", "NoSuchEntity"),
                provokes("ListRolePolicies", "NoSuchEntity"),
            ],
        ),
    ],
    ids=repr,
)
def test_what_does_not_exist(iam, kind):
    def refuses(operation, message, name="Owner", **members):
        refused("NoSuchEntity", message, kind.method(iam, operation), **kind.named(name), **members)

    missing = kind.missing("Nobody")
    # A document is read after its owner was found.
    refuses("put_{kind}_policy", missing, "Nobody", PolicyName="p", PolicyDocument="{")
    refuses("get_{kind}_policy", missing, "Nobody", PolicyName="p")
    refuses("delete_{kind}_policy", missing, "Nobody", PolicyName="p")
    refuses("list_{kind}_policies", missing, "Nobody")
    kind.make(iam)
    refuses("get_{kind}_policy", NO_POLICY.format(kind, "p"), PolicyName="p")
    refuses("delete_{kind}_policy", NO_POLICY.format(kind, "p"), PolicyName="p")


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(USER, marks=provokes("PutUserPolicy", "MalformedPolicyDocument")),
        pytest.param(GROUP, marks=provokes("PutGroupPolicy", "MalformedPolicyDocument")),
        pytest.param(ROLE, marks=provokes("PutRolePolicy", "MalformedPolicyDocument")),
    ],
    ids=repr,
)
def test_what_is_no_policy_is_refused_and_changes_nothing(iam, kind):
    kind.make(iam)
    for document, message in {
        "{": "Syntax errors in policy.",
        policy(allow("GetObject")): "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
        policy(allow("s3:*", Principal="*")): "Policy document should not specify a principal.",
        policy({"Effect": "Allow", "Action": "s3:*"}): "Policy statement must contain resources.",
        policy(allow("s3:*"), Version="2008-10-17"): "Policy document must be version 2012-10-17 or greater.",
    }.items():
        refused(
            "MalformedPolicyDocument",
            message,
            kind.method(iam, "put_{kind}_policy"),
            **kind.named(),
            PolicyName="p",
            PolicyDocument=document,
        )
    assert listed(kind, iam) == []


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(USER, marks=provokes("PutUserPolicy", "LimitExceeded")),
        pytest.param(GROUP, marks=provokes("PutGroupPolicy", "LimitExceeded")),
        pytest.param(ROLE, marks=provokes("PutRolePolicy", "LimitExceeded")),
    ],
    ids=repr,
)
def test_all_policies_of_one_owner_have_so_much_room(iam, kind):
    kind.make(iam)
    room = ROOM[kind.word]
    message = f"Maximum policy size of {room} bytes exceeded for {kind} Owner"

    def put(name, characters):
        kind.call(iam, "put_{kind}_policy", "owner", PolicyName=name, PolicyDocument=sized(characters))

    put("a", room - 1000)
    put("b", 1000)
    for name, characters in (("c", 100), ("b", 1001)):
        refused(
            "LimitExceeded",
            message,
            kind.method(iam, "put_{kind}_policy"),
            **kind.named(),
            PolicyName=name,
            PolicyDocument=sized(characters),
        )
    put("b", 900)
    put("c", 100)
    assert listed(kind, iam) == ["a", "b", "c"]


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_names_come_in_pages_and_in_order(iam, kind):
    kind.make(iam)
    for name in ("b", "C", "a", "e", "D"):
        kind.call(iam, "put_{kind}_policy", PolicyName=name, PolicyDocument=policy(allow("s3:x")))
    paginator = iam.get_paginator(f"list_{kind}_policies")
    pages = paginator.paginate(**kind.named(), PaginationConfig={"PageSize": 2})
    assert [page["PolicyNames"] for page in pages] == [["a", "b"], ["C", "D"], ["e"]]


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_a_name_has_128_characters_at_most(iam, kind):
    message = violations(at_most("policyName", 128))
    members = {**kind.named("Nobody"), "PolicyName": "p" * 129, "PolicyDocument": "{"}
    refused("ValidationError", message, kind.method(iam, "put_{kind}_policy"), **members)


def test_policies_of_a_renamed_owner_stay(iam):
    for kind in (kinds.USER, kinds.GROUP):
        kind.make(iam)
        kind.call(iam, "put_{kind}_policy", PolicyName="p", PolicyDocument=policy(allow("s3:x")))
        kind.call(iam, "update_{kind}", **{f"New{kind.member}": "Other"})
        assert kind.call(iam, "list_{kind}_policies", "Other")["PolicyNames"] == ["p"]
        kind.make(iam)
        assert listed(kind, iam) == []
