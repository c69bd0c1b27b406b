"""Managed policies attached to users, groups and roles."""

import pytest

from support.documents import PREFIX, allow, denied, deny, nothing_allows, policy
from support.expect import only_metadata, provokes, refused, without_metadata
from support.kinds import ALL, GROUP, ROLE, USER
from support.people import Person

ABSENT = f"{PREFIX}:policy/Absent"
READ = policy(allow("s3:GetObject"))
RESERVED = {
    "user": "Cannot attach AWS reserved policy to an IAM user.",
    "role": "Cannot attach a Service Role Policy to a Customer Role.",
    # Not known of AWS.
    "group": None,
}
QUOTA = {"user": ("PoliciesPerUser", 10), "group": ("PoliciesPerGroup", 10), "role": ("PoliciesPerRole", 20)}


@pytest.fixture
def make_policy(iam):
    """Makes a managed policy; gives its ARN."""

    def make(name="Reading", document=READ, path="/"):
        return iam.create_policy(PolicyName=name, PolicyDocument=document, Path=path)["Policy"]["Arn"]

    return make


def attached(kind, iam, **members):
    return kind.call(iam, "list_attached_{kind}_policies", **members)["AttachedPolicies"]


def count(iam, of):
    return iam.get_policy(PolicyArn=of)["Policy"]["AttachmentCount"]


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_a_policy_is_attached_listed_counted_and_detached(iam, make_policy, kind):
    kind.make(iam)
    reading = make_policy()
    only_metadata(kind.call(iam, "attach_{kind}_policy", PolicyArn=reading))
    only_metadata(kind.call(iam, "attach_{kind}_policy", "owner", PolicyArn=reading))
    told = without_metadata(kind.call(iam, "list_attached_{kind}_policies", "OWNER"))
    expected = [{"PolicyName": "Reading", "PolicyArn": reading}]
    assert told == {"AttachedPolicies": expected, "IsTruncated": False}
    assert count(iam, reading) == 1
    only_metadata(kind.call(iam, "detach_{kind}_policy", PolicyArn=reading))
    assert attached(kind, iam) == []
    assert count(iam, reading) == 0


def test_all_who_have_a_policy_are_counted_together(iam, make_policy):
    reading = make_policy()
    for kind in ALL:
        kind.make(iam)
        kind.call(iam, "attach_{kind}_policy", PolicyArn=reading)
    assert count(iam, reading) == 3


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            USER,
            marks=[
                provokes("AttachUserPolicy", "NoSuchEntity"),
                provokes("DetachUserPolicy", "NoSuchEntity"),
                provokes("ListAttachedUserPolicies", "NoSuchEntity"),
            ],
        ),
        pytest.param(
            GROUP,
            marks=[
                provokes("AttachGroupPolicy", "NoSuchEntity"),
                provokes("DetachGroupPolicy", "NoSuchEntity"),
                provokes("ListAttachedGroupPolicies", "NoSuchEntity"),
            ],
        ),
        pytest.param(
            ROLE,
            marks=[
                provokes("AttachRolePolicy", "NoSuchEntity"),
                provokes("DetachRolePolicy", "NoSuchEntity"),
                provokes("ListAttachedRolePolicies", "NoSuchEntity"),
            ],
        ),
    ],
    ids=repr,
)
def test_what_does_not_exist(iam, make_policy, kind):
    reading = make_policy()
    attach, detach = kind.method(iam, "attach_{kind}_policy"), kind.method(iam, "detach_{kind}_policy")
    missing = kind.missing("Owner")
    for call in (attach, detach):
        refused("NoSuchEntity", missing, call, **kind.named(), PolicyArn=reading)
    refused("NoSuchEntity", missing, kind.method(iam, "list_attached_{kind}_policies"), **kind.named())
    kind.make(iam)
    message = f"Policy {ABSENT} does not exist or is not attachable."
    refused("NoSuchEntity", message, attach, **kind.named(), PolicyArn=ABSENT)
    for absent in (ABSENT, reading):
        refused("NoSuchEntity", f"Policy {absent} was not found.", detach, **kind.named(), PolicyArn=absent)


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_what_is_no_arn_of_a_policy(iam, kind):
    kind.make(iam)
    text = "longpolicynamebutnoarn"
    attach, detach = kind.method(iam, "attach_{kind}_policy"), kind.method(iam, "detach_{kind}_policy")
    refused("ValidationError", f"ARN {text} is not valid.", attach, **kind.named(), PolicyArn=text)
    refused("ValidationError", f"ARN {text} is not valid.", detach, **kind.named(), PolicyArn=text)
    other = "arn:aws-cn:iam::000000000000:policy/Reading"
    refused("ValidationError", "Invalid ARN partition", attach, **kind.named(), PolicyArn=other)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(USER, marks=provokes("AttachUserPolicy", "PolicyNotAttachable")),
        pytest.param(GROUP, marks=provokes("AttachGroupPolicy", "PolicyNotAttachable")),
        pytest.param(ROLE, marks=provokes("AttachRolePolicy", "PolicyNotAttachable")),
    ],
    ids=repr,
)
def test_policies_that_aws_keeps_for_its_services(iam, kind):
    kind.make(iam)
    reserved = "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"
    attach = kind.method(iam, "attach_{kind}_policy")
    refused("PolicyNotAttachable", RESERVED[kind.word], attach, **kind.named(), PolicyArn=reserved)
    assert attached(kind, iam) == []
    only_metadata(attach(**kind.named(), PolicyArn="arn:aws:iam::aws:policy/service-role/AWSLambdaRole"))


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(USER, marks=provokes("AttachUserPolicy", "LimitExceeded")),
        pytest.param(GROUP, marks=provokes("AttachGroupPolicy", "LimitExceeded")),
        pytest.param(ROLE, marks=provokes("AttachRolePolicy", "LimitExceeded")),
    ],
    ids=repr,
)
def test_so_many_policies_are_attached_at_most(iam, make_policy, kind):
    kind.make(iam)
    quota, most = QUOTA[kind.word]
    arns = [make_policy(f"p{number:02}") for number in range(most + 1)]
    attach = kind.method(iam, "attach_{kind}_policy")
    for one in arns[:most]:
        attach(**kind.named(), PolicyArn=one)
    message = f"Cannot exceed quota for {quota}: {most}"
    refused("LimitExceeded", message, attach, **kind.named(), PolicyArn=arns[most])
    # One that is attached already is no further one.
    only_metadata(attach(**kind.named(), PolicyArn=arns[0]))
    paginator = iam.get_paginator(f"list_attached_{kind}_policies")
    pages = list(paginator.paginate(**kind.named(), PaginationConfig={"PageSize": 4}))
    assert [len(page["AttachedPolicies"]) for page in pages] == [4] * (most // 4) + [2] * (most % 4 // 2)
    assert {one["PolicyArn"] for page in pages for one in page["AttachedPolicies"]} == set(arns[:most])


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_attached_policies_are_listed_by_their_path(iam, make_policy, kind):
    kind.make(iam)
    for name, path in (("a", "/"), ("b", "/x/"), ("c", "/x/y/")):
        kind.call(iam, "attach_{kind}_policy", PolicyArn=make_policy(name, path=path))
    listed = attached(kind, iam, PathPrefix="/x/")
    assert {one["PolicyName"] for one in listed} == {"b", "c"}


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(USER, marks=provokes("DeleteUser", "DeleteConflict")),
        pytest.param(GROUP, marks=provokes("DeleteGroup", "DeleteConflict")),
        pytest.param(ROLE, marks=provokes("DeleteRole", "DeleteConflict")),
    ],
    ids=repr,
)
def test_who_has_a_policy_is_not_deleted(iam, make_policy, kind):
    kind.make(iam)
    reading = make_policy()
    kind.call(iam, "attach_{kind}_policy", PolicyArn=reading)
    kind.call(iam, "put_{kind}_policy", PolicyName="p", PolicyDocument=READ)
    message = "Cannot delete entity, must detach all policies first."
    refused("DeleteConflict", message, kind.method(iam, "delete_{kind}"), **kind.named())
    kind.call(iam, "detach_{kind}_policy", PolicyArn=reading)
    message = "Cannot delete entity, must delete policies first."
    refused("DeleteConflict", message, kind.method(iam, "delete_{kind}"), **kind.named())
    kind.call(iam, "delete_{kind}_policy", PolicyName="p")
    only_metadata(kind.call(iam, "delete_{kind}"))


# What is attached counts at once.


def test_a_policy_counts_as_soon_as_it_is_attached(server, iam, make_policy):
    bob = Person(server, iam, "Bob")
    reading = make_policy(document=policy(allow("iam:GetUser")))
    message = nothing_allows("iam:GetUser", "user Bob")
    refused("AccessDenied", message, bob.iam.get_user)
    iam.attach_user_policy(UserName="Bob", PolicyArn=reading)
    bob.iam.get_user()
    iam.detach_user_policy(UserName="Bob", PolicyArn=reading)
    refused("AccessDenied", message, bob.iam.get_user)
    iam.create_group(GroupName="Crew")
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    iam.attach_group_policy(GroupName="Crew", PolicyArn=reading)
    bob.iam.get_user()
    iam.detach_group_policy(GroupName="Crew", PolicyArn=reading)
    refused("AccessDenied", message, bob.iam.get_user)


def test_another_default_version_counts_at_once_for_all_who_have_the_policy(server, iam, make_policy):
    people = [Person(server, iam, name) for name in ("Bob", "Eve")]
    iam.create_group(GroupName="Crew")
    iam.add_user_to_group(GroupName="Crew", UserName="Eve")
    made = make_policy(document=policy(allow("iam:*")))
    iam.attach_user_policy(UserName="Bob", PolicyArn=made)
    iam.attach_group_policy(GroupName="Crew", PolicyArn=made)
    iam.create_policy_version(PolicyArn=made, PolicyDocument=policy(allow("iam:*"), deny("iam:ListUsers")))
    for person in people:
        person.iam.list_users()
    iam.set_default_policy_version(PolicyArn=made, VersionId="v2")
    for person in people:
        message = denied("iam:ListUsers", f"{PREFIX}:user/", f"user/{person.name}", by=made)
        refused("AccessDenied", message, person.iam.list_users)
    iam.set_default_policy_version(PolicyArn=made, VersionId="v1")
    for person in people:
        person.iam.list_users()
    iam.create_policy_version(PolicyArn=made, PolicyDocument=policy(deny()), SetAsDefault=True)
    for person in people:
        message = denied("iam:ListUsers", f"{PREFIX}:user/", f"user/{person.name}", by=made)
        refused("AccessDenied", message, person.iam.list_users)


def test_which_policy_may_be_attached_can_be_bound(server, iam, make_policy):
    bob = Person(server, iam, "Bob")
    fine, other = make_policy("fine"), make_policy("other")
    condition = {"ArnEquals": {"iam:PolicyARN": fine}}
    statement = allow(["iam:AttachUserPolicy", "iam:DetachUserPolicy"], Condition=condition)
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(statement))
    only_metadata(bob.iam.attach_user_policy(UserName="Bob", PolicyArn=fine))
    message = nothing_allows("iam:AttachUserPolicy", "user Bob")
    refused("AccessDenied", message, bob.iam.attach_user_policy, UserName="Bob", PolicyArn=other)
    only_metadata(bob.iam.detach_user_policy(UserName="Bob", PolicyArn=fine))
