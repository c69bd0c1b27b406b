"""Permissions boundaries of users and roles."""

import pytest

from support.documents import PREFIX, allow, arn, denied, deny, nothing_allows, policy, trust
from support.expect import only_metadata, provokes, refused
from support.kinds import ROLE, USER
from support.people import Person

ABSENT = f"{PREFIX}:policy/Absent"
NO_SCOPE = f"Scope ARN: {ABSENT} does not exist or is not attachable."
RESERVED = "arn:aws:iam::aws:policy/aws-service-role/AWSSupportServiceRolePolicy"
OWNERS = [USER, ROLE]


@pytest.fixture
def limit(iam):
    """The ARN of a policy `Limit`, which allows reading in IAM."""
    document = policy(allow(["iam:Get*", "iam:List*"]))
    return iam.create_policy(PolicyName="Limit", PolicyDocument=document)["Policy"]["Arn"]


def boundary(of):
    return {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": of}


def shown(kind, iam):
    return kind.call(iam, "get_{kind}")[kind.word.title()].get("PermissionsBoundary")


def used(iam, of):
    policy_shown = iam.get_policy(PolicyArn=of)["Policy"]
    return policy_shown["PermissionsBoundaryUsageCount"], policy_shown["AttachmentCount"]


@pytest.mark.parametrize("kind", OWNERS, ids=repr)
def test_a_boundary_is_put_shown_replaced_and_taken_away(iam, limit, kind):
    kind.make(iam)
    only_metadata(kind.call(iam, "put_{kind}_permissions_boundary", "oWNER", PermissionsBoundary=limit))
    assert shown(kind, iam) == boundary(limit)
    kind.call(iam, "put_{kind}_permissions_boundary", PermissionsBoundary=limit)
    assert used(iam, limit) == (1, 0)
    of_aws = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    kind.call(iam, "put_{kind}_permissions_boundary", PermissionsBoundary=of_aws)
    assert shown(kind, iam) == boundary(of_aws)
    assert (used(iam, limit), used(iam, of_aws)) == ((0, 0), (1, 0))
    only_metadata(kind.call(iam, "delete_{kind}_permissions_boundary"))
    assert shown(kind, iam) is None
    assert used(iam, of_aws) == (0, 0)


@pytest.mark.parametrize("kind", OWNERS, ids=repr)
def test_a_boundary_from_the_start(iam, limit, kind):
    made = kind.make(iam, PermissionsBoundary=limit)
    assert made["PermissionsBoundary"] == shown(kind, iam) == boundary(limit)
    [listed] = iam.list_users()["Users"] if kind is USER else iam.list_roles()["Roles"]
    assert "PermissionsBoundary" not in listed
    only_metadata(kind.call(iam, "delete_{kind}"))
    assert used(iam, limit) == (0, 0)


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param(
            USER,
            marks=[
                provokes("PutUserPermissionsBoundary", "NoSuchEntity", "InvalidInput", "PolicyNotAttachable"),
                provokes("DeleteUserPermissionsBoundary", "NoSuchEntity"),
                provokes("CreateUser", "NoSuchEntity", "InvalidInput"),
            ],
        ),
        pytest.param(
            ROLE,
            marks=[
                provokes("PutRolePermissionsBoundary", "NoSuchEntity", "InvalidInput", "PolicyNotAttachable"),
                provokes("DeleteRolePermissionsBoundary", "NoSuchEntity"),
                provokes("CreateRole", "NoSuchEntity", "InvalidInput"),
            ],
        ),
    ],
    ids=repr,
)
def test_what_can_not_be_a_boundary(iam, limit, kind):
    put, delete = (kind.method(iam, f"{verb}_{{kind}}_permissions_boundary") for verb in ("put", "delete"))
    owner = kind.named()
    refused("NoSuchEntity", kind.missing("Owner"), put, **owner, PermissionsBoundary=limit)
    refused("NoSuchEntity", kind.missing("Owner"), delete, **owner)
    make = {**kind.named("Other"), **({"AssumeRolePolicyDocument": trust()} if kind is ROLE else {})}
    kind.make(iam)
    # The text is not known of AWS.
    refused("NoSuchEntity", None, delete, **owner)
    group = arn("group", "Crew")
    for call, members in ((put, owner), (kind.method(iam, "create_{kind}"), make)):
        refused("NoSuchEntity", NO_SCOPE, call, **members, PermissionsBoundary=ABSENT)
        refused("InvalidInput", f"ARN {group} is not valid.", call, **members, PermissionsBoundary=group)
    message = "Cannot attach AWS reserved policy to an IAM user." if kind is USER else None
    refused("PolicyNotAttachable", message, put, **owner, PermissionsBoundary=RESERVED)
    assert shown(kind, iam) is None
    refused("NoSuchEntity", kind.missing("Other"), kind.method(iam, "get_{kind}"), **kind.named("Other"))


def test_a_boundary_bounds_at_once_and_grants_nothing(server, iam, limit):
    bob = Person(server, iam, "Bob")
    eve = f"{PREFIX}:user/Eve"
    iam.put_user_permissions_boundary(UserName="Bob", PermissionsBoundary=limit)
    refused("AccessDenied", nothing_allows("iam:ListUsers", f"{PREFIX}:user/"), bob.iam.list_users)
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(allow("iam:*")))
    bob.iam.list_users()
    message = nothing_allows("iam:CreateUser", eve, kind="permissions boundary")
    refused("AccessDenied", message, bob.iam.create_user, UserName="Eve")
    iam.delete_user_permissions_boundary(UserName="Bob")
    bob.iam.create_user(UserName="Eve")
    document = policy(allow("*"), deny("iam:DeleteUser"))
    iam.create_policy_version(PolicyArn=limit, PolicyDocument=document, SetAsDefault=True)
    iam.put_user_permissions_boundary(UserName="Bob", PermissionsBoundary=limit)
    message = denied("iam:DeleteUser", "user Eve", kind="a permissions boundary", by=limit)
    refused("AccessDenied", message, bob.iam.delete_user, UserName="Eve")
    iam.set_default_policy_version(PolicyArn=limit, VersionId="v1")
    message = nothing_allows("iam:DeleteUser", "user Eve", kind="permissions boundary")
    refused("AccessDenied", message, bob.iam.delete_user, UserName="Eve")


def test_who_makes_users_can_be_made_to_give_them_a_boundary(server, iam, limit):
    """How power is delegated: whoever may make users gives them no more than has been set."""
    bob = Person(server, iam, "Bob")
    bound = {"StringEquals": {"iam:PermissionsBoundary": limit}}
    document = policy(
        allow(["iam:CreateUser", "iam:PutUserPermissionsBoundary", "iam:PutUserPolicy"], Condition=bound),
    )
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=document)
    message = nothing_allows("iam:CreateUser", f"{PREFIX}:user/Eve")
    refused("AccessDenied", message, bob.iam.create_user, UserName="Eve")
    other = "arn:aws:iam::aws:policy/AdministratorAccess"
    refused("AccessDenied", message, bob.iam.create_user, UserName="Eve", PermissionsBoundary=other)
    bob.iam.create_user(UserName="Eve", PermissionsBoundary=limit)
    message = nothing_allows("iam:PutUserPermissionsBoundary", "user Eve")
    refused("AccessDenied", message, bob.iam.put_user_permissions_boundary, UserName="Eve", PermissionsBoundary=other)
    # What is there counts where the request has none: Eve has the boundary, Bob has not.
    members = {"PolicyName": "q", "PolicyDocument": policy(allow())}
    bob.iam.put_user_policy(UserName="Eve", **members)
    message = nothing_allows("iam:PutUserPolicy", "user Bob")
    refused("AccessDenied", message, bob.iam.put_user_policy, UserName="Bob", **members)
    message = nothing_allows("iam:DeleteUserPermissionsBoundary", "user Eve")
    refused("AccessDenied", message, bob.iam.delete_user_permissions_boundary, UserName="Eve")
