"""ListEntitiesForPolicy and ListPoliciesGrantingServiceAccess."""

import pytest

from support.documents import PREFIX, allow, arn, deny, policy, trust
from support.expect import provokes, refused, without_metadata
from support.kinds import ALL, GROUP, ROLE, USER

LISTS = {"user": "PolicyUsers", "group": "PolicyGroups", "role": "PolicyRoles"}
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


@pytest.fixture
def shared(iam):
    """The ARN of a policy that one of each kind has attached, and a user and a role as a boundary."""
    made = iam.create_policy(PolicyName="Shared", PolicyDocument=policy(allow("s3:GetObject")))["Policy"]["Arn"]
    for kind in ALL:
        kind.make(iam, "Has", Path="/has/")
        kind.call(iam, "attach_{kind}_policy", "Has", PolicyArn=made)
    for kind in (USER, ROLE):
        kind.make(iam, "Bound", PermissionsBoundary=made)
    return made


def told(iam, of, **members):
    answer = iam.list_entities_for_policy(PolicyArn=of, **members)
    return {kind.word: sorted(one[kind.member] for one in answer[LISTS[kind.word]]) for kind in ALL}


def test_everyone_who_has_a_policy_is_listed(iam, shared):
    answer = without_metadata(iam.list_entities_for_policy(PolicyArn=shared))
    assert answer["IsTruncated"] is False
    for kind in ALL:
        identity = kind.call(iam, "get_{kind}", "Has")[kind.word.title()][f"{kind.word.title()}Id"]
        [has] = [one for one in answer[LISTS[kind.word]] if one[kind.member] == "Has"]
        assert has == {kind.member: "Has", f"{kind.word.title()}Id": identity}
    everyone = {"user": ["Bound", "Has"], "group": ["Has"], "role": ["Bound", "Has"]}
    assert told(iam, shared) == everyone


def test_entities_are_filtered_by_kind_path_and_use(iam, shared):
    nobody = {"user": [], "group": [], "role": []}
    for kind in ALL:
        listed = told(iam, shared, EntityFilter=kind.word.title(), PolicyUsageFilter="PermissionsPolicy")
        assert listed == {**nobody, kind.word: ["Has"]}
    for other in ("LocalManagedPolicy", "AWSManagedPolicy"):
        assert told(iam, shared, EntityFilter=other) == nobody
    bound = {"user": ["Bound"], "group": [], "role": ["Bound"]}
    assert told(iam, shared, PolicyUsageFilter="PermissionsBoundary") == bound
    assert told(iam, shared, PathPrefix="/has/") == {"user": ["Has"], "group": ["Has"], "role": ["Has"]}


def test_entities_come_in_pages_and_each_once(iam, shared):
    paginator = iam.get_paginator("list_entities_for_policy")
    pages = list(paginator.paginate(PolicyArn=shared, PaginationConfig={"PageSize": 2}))
    counts = [sum(len(page[name]) for name in LISTS.values()) for page in pages]
    assert counts == [2, 2, 1]
    entities = [(name, *one.items()) for page in pages for name in LISTS.values() for one in page[name]]
    assert len(set(entities)) == 5


def test_a_policy_of_aws_is_had_too(iam):
    USER.make(iam, "Has")
    iam.attach_user_policy(UserName="Has", PolicyArn=READ_ONLY)
    assert told(iam, READ_ONLY) == {"user": ["Has"], "group": [], "role": []}


@provokes("ListEntitiesForPolicy", "NoSuchEntity")
def test_a_policy_that_does_not_exist(iam):
    absent = arn("policy", "Absent")
    message = f"Policy {absent} does not exist or is not attachable."
    refused("NoSuchEntity", message, iam.list_entities_for_policy, PolicyArn=absent)


# ListPoliciesGrantingServiceAccess.


def granting(iam, of, *services, **members):
    answer = iam.list_policies_granting_service_access(Arn=of, ServiceNamespaces=list(services), **members)
    assert answer["IsTruncated"] is False
    return answer["PoliciesGrantingServiceAccess"]


def test_policies_that_grant_a_service_are_told_with_where_they_come_from(iam):
    made = iam.create_policy(PolicyName="Buckets", PolicyDocument=policy(allow("s3:GetObject")))["Policy"]["Arn"]
    iam.create_user(UserName="Bob")
    iam.create_group(GroupName="Crew")
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    iam.attach_user_policy(UserName="Bob", PolicyArn=made)
    iam.put_user_policy(UserName="Bob", PolicyName="own", PolicyDocument=policy(allow("sqs:*")))
    iam.put_group_policy(GroupName="Crew", PolicyName="crews", PolicyDocument=policy(allow("s3:Made*")))
    [queues, buckets, functions] = granting(iam, arn("user", "Bob"), "sqs", "s3", "sqs", "lambda")
    assert queues == {
        "ServiceNamespace": "sqs",
        "Policies": [{"PolicyName": "own", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "Bob"}],
    }
    assert buckets["ServiceNamespace"] == "s3"
    by_name = {one["PolicyName"]: one for one in buckets["Policies"]}
    assert by_name == {
        "Buckets": {"PolicyName": "Buckets", "PolicyType": "MANAGED", "PolicyArn": made},
        "crews": {"PolicyName": "crews", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "Crew"},
    }
    assert functions["ServiceNamespace"] == "lambda" and not functions.get("Policies")


def test_each_document_is_judged_alone(iam):
    role = iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    for name, statements in {
        "whole": [allow("s3:*"), deny("s3:*")],
        "narrow": [allow("s3:*"), deny("s3:GetObject")],
        "elsewhere": [allow("s3:*", f"{PREFIX}:user/*")],
        "deny": [deny("s3:*")],
    }.items():
        iam.put_role_policy(RoleName="Work", PolicyName=name, PolicyDocument=policy(*statements))
    [buckets] = granting(iam, role, "s3")
    assert [one["PolicyName"] for one in buckets["Policies"]] == ["narrow"]


@provokes("ListPoliciesGrantingServiceAccess", "NoSuchEntity", "InvalidInput")
def test_who_and_which_service_does_not_exist(iam):
    ask = iam.list_policies_granting_service_access
    # The texts about ARNs are not known of AWS.
    refused("NoSuchEntity", None, ask, Arn=arn("user", "Bob"), ServiceNamespaces=["s3"])
    iam.create_user(UserName="Bob")
    message = "Invalid service namespace: [nothing]"
    refused("InvalidInput", message, ask, Arn=arn("user", "Bob"), ServiceNamespaces=["s3", "nothing"])
    refused("InvalidInput", None, ask, Arn="this-is-not-an-arn-at-all", ServiceNamespaces=["s3"])


def test_a_group_has_its_own_policies(iam):
    GROUP.make(iam, "Crew")
    iam.attach_group_policy(GroupName="Crew", PolicyArn=READ_ONLY)
    [buckets] = granting(iam, arn("group", "Crew"), "s3")
    assert buckets["Policies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyType": "MANAGED", "PolicyArn": READ_ONLY}]
