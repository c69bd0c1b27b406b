"""Every operation asks for its own right on its own resource, and before it tells what is there.

For each: a user without policies is refused by a sentence that names the action and what was asked for; a
policy for another ARN changes nothing; one for this action and ARN is enough.
"""

import pytest

from support.documents import PREFIX, allow, arn, nothing_allows, policy, tags, trust
from support.expect import refused
from support.people import Person

DOCUMENT = policy(allow("s3:GetObject"))
OWN = arn("policy", "x/Own")
EVE, CREW, WORK, BOX = (
    arn("user", "x/Eve"),
    arn("group", "x/Crew"),
    arn("role", "x/Work"),
    arn("instance-profile", "x/Box"),
)
ANYTHING = "*"
USER, GROUP, ROLE, PROFILE, POLICY = (
    {"UserName": "eve"},
    {"GroupName": "crew"},
    {"RoleName": "work"},
    {"InstanceProfileName": "box"},
    {"PolicyArn": OWN},
)
TAGS, KEYS = {"Tags": tags(("a", "b"))}, {"TagKeys": ["a"]}
INLINE = {"PolicyName": "p"}
PUT = {**INLINE, "PolicyDocument": DOCUMENT}
TRUST = {"AssumeRolePolicyDocument": trust()}
BOUND = {"PermissionsBoundary": OWN}
# Operations, the ARN that each asks for, and members that are right.
OPERATIONS = [
    ("CreateGroup", arn("group", "y/New"), {"GroupName": "New", "Path": "/y/"}),
    ("GetGroup", CREW, GROUP),
    ("ListGroups", f"{PREFIX}:group/", {}),
    ("UpdateGroup", CREW, GROUP),
    ("DeleteGroup", CREW, GROUP),
    ("AddUserToGroup", CREW, {**GROUP, **USER}),
    ("RemoveUserFromGroup", CREW, {**GROUP, **USER}),
    ("ListGroupsForUser", EVE, USER),
    ("CreateRole", arn("role", "y/New"), {"RoleName": "New", "Path": "/y/", **TRUST}),
    ("GetRole", WORK, ROLE),
    ("ListRoles", f"{PREFIX}:role/", {}),
    ("UpdateRole", WORK, {**ROLE, "Description": "x"}),
    ("UpdateRoleDescription", WORK, {**ROLE, "Description": "x"}),
    ("UpdateAssumeRolePolicy", WORK, {**ROLE, "PolicyDocument": trust()}),
    ("DeleteRole", WORK, ROLE),
    ("PutRolePermissionsBoundary", WORK, {**ROLE, **BOUND}),
    ("DeleteRolePermissionsBoundary", WORK, ROLE),
    ("PutUserPermissionsBoundary", EVE, {**USER, **BOUND}),
    ("DeleteUserPermissionsBoundary", EVE, USER),
    ("TagRole", WORK, {**ROLE, **TAGS}),
    ("UntagRole", WORK, {**ROLE, **KEYS}),
    ("ListRoleTags", WORK, ROLE),
    (
        "CreateServiceLinkedRole",
        arn("role", "aws-service-role/batch.amazonaws.com/AWSServiceRoleForBatch"),
        {"AWSServiceName": "batch.amazonaws.com"},
    ),
    ("DeleteServiceLinkedRole", WORK, ROLE),
    ("PutGroupPolicy", CREW, {**GROUP, **PUT}),
    ("GetGroupPolicy", CREW, {**GROUP, **INLINE}),
    ("ListGroupPolicies", CREW, GROUP),
    ("DeleteGroupPolicy", CREW, {**GROUP, **INLINE}),
    ("PutRolePolicy", WORK, {**ROLE, **PUT}),
    ("GetRolePolicy", WORK, {**ROLE, **INLINE}),
    ("ListRolePolicies", WORK, ROLE),
    ("DeleteRolePolicy", WORK, {**ROLE, **INLINE}),
    ("CreatePolicy", arn("policy", "y/New"), {"PolicyName": "New", "Path": "/y/", "PolicyDocument": DOCUMENT}),
    ("GetPolicy", OWN, POLICY),
    ("ListPolicies", f"{PREFIX}:policy/", {}),
    ("DeletePolicy", OWN, POLICY),
    ("CreatePolicyVersion", OWN, {**POLICY, "PolicyDocument": DOCUMENT}),
    ("GetPolicyVersion", OWN, {**POLICY, "VersionId": "v1"}),
    ("ListPolicyVersions", OWN, POLICY),
    ("DeletePolicyVersion", OWN, {**POLICY, "VersionId": "v2"}),
    ("SetDefaultPolicyVersion", OWN, {**POLICY, "VersionId": "v1"}),
    ("TagPolicy", OWN, {**POLICY, **TAGS}),
    ("UntagPolicy", OWN, {**POLICY, **KEYS}),
    ("ListPolicyTags", OWN, POLICY),
    ("AttachUserPolicy", EVE, {**USER, **POLICY}),
    ("DetachUserPolicy", EVE, {**USER, **POLICY}),
    ("ListAttachedUserPolicies", EVE, USER),
    ("AttachGroupPolicy", CREW, {**GROUP, **POLICY}),
    ("DetachGroupPolicy", CREW, {**GROUP, **POLICY}),
    ("ListAttachedGroupPolicies", CREW, GROUP),
    ("AttachRolePolicy", WORK, {**ROLE, **POLICY}),
    ("DetachRolePolicy", WORK, {**ROLE, **POLICY}),
    ("ListAttachedRolePolicies", WORK, ROLE),
    ("ListEntitiesForPolicy", OWN, POLICY),
    ("ListPoliciesGrantingServiceAccess", EVE, {"Arn": EVE, "ServiceNamespaces": ["s3"]}),
    ("CreateInstanceProfile", arn("instance-profile", "y/New"), {"InstanceProfileName": "New", "Path": "/y/"}),
    ("GetInstanceProfile", BOX, PROFILE),
    ("ListInstanceProfiles", f"{PREFIX}:instance-profile/", {}),
    ("ListInstanceProfilesForRole", WORK, ROLE),
    ("AddRoleToInstanceProfile", BOX, {**PROFILE, **ROLE}),
    ("RemoveRoleFromInstanceProfile", BOX, {**PROFILE, **ROLE}),
    ("DeleteInstanceProfile", BOX, PROFILE),
    ("TagInstanceProfile", BOX, {**PROFILE, **TAGS}),
    ("UntagInstanceProfile", BOX, {**PROFILE, **KEYS}),
    ("ListInstanceProfileTags", BOX, PROFILE),
    ("GetAccountSummary", ANYTHING, {}),
    ("GetAccountAuthorizationDetails", ANYTHING, {}),
    ("SetSecurityTokenServicePreferences", ANYTHING, {"GlobalEndpointTokenVersion": "v1Token"}),
    ("SimulatePrincipalPolicy", EVE, {"PolicySourceArn": EVE, "ActionNames": ["s3:GetObject"]}),
    ("GetContextKeysForPrincipalPolicy", EVE, {"PolicySourceArn": EVE}),
]
# What asks for rights besides its own.
ALSO = {"AddRoleToInstanceProfile": ("iam:PassRole", WORK)}


# What refusals call by the ARN although it is there, and its name in the request.
BY_ARN = {"PutRolePermissionsBoundary": arn("role", "work")}


def told(operation, resource, members):
    """What a refusal calls the resource: as the request called it, where it is one thing that is there."""
    if operation == "CreatePolicy":
        return f"policy {members['PolicyName']}"
    if operation in BY_ARN:
        return BY_ARN[operation]
    is_made = operation in ("CreateGroup", "CreateRole", "CreateInstanceProfile", "CreateServiceLinkedRole")
    kind = resource.removeprefix(f"{PREFIX}:").split("/")[0]
    word, member = {
        "user": ("user", "UserName"),
        "group": ("group", "GroupName"),
        "role": ("role", "RoleName"),
        "instance-profile": ("instance profile", "InstanceProfileName"),
    }.get(kind, ("policy", "PolicyArn"))
    return resource if is_made or member not in members else f"{word} {members[member]}"


@pytest.fixture(scope="module")
def bob(shared_server):
    """Bob, in an account with one of everything, which each test leaves as it was."""
    shared_server.reset()
    root = shared_server.client("iam")
    root.create_user(UserName="Eve", Path="/x/")
    root.create_group(GroupName="Crew", Path="/x/")
    root.create_role(RoleName="Work", Path="/x/", **TRUST)
    root.create_instance_profile(InstanceProfileName="Box", Path="/x/")
    root.create_policy(PolicyName="Own", Path="/x/", PolicyDocument=DOCUMENT)
    person = Person(shared_server, root, "Bob")
    person.root = root
    return person


def method(client, operation):
    return next(getattr(client, name) for name, api in client.meta.method_to_api_mapping.items() if api == operation)


@pytest.mark.parametrize(("operation", "resource", "members"), OPERATIONS, ids=[row[0] for row in OPERATIONS])
def test_an_operation_asks_for_its_right_on_its_resource(bob, operation, resource, members):
    def give(*statements):
        bob.root.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(*statements))

    def refuses():
        message = nothing_allows(action, told(operation, resource, members))
        refused("AccessDenied", message, call, **members)

    action, call = f"iam:{operation}", method(bob.iam, operation)
    elsewhere = "arn:aws:iam::999999999999:*"
    give(allow(action, elsewhere))
    refuses()
    give(allow("iam:NothingLikeIt", resource))
    refuses()
    also = [allow(*ALSO[operation])] if operation in ALSO else []
    give(allow(action, resource), *also)
    try:
        call(**members)
    except bob.iam.exceptions.ClientError as error:
        # What is not there, or in the way: the right was given.
        assert error.response["Error"]["Code"] in ("NoSuchEntity", "DeleteConflict"), error
    finally:
        restore(bob.root)


def restore(root):
    """Makes again what an operation that was allowed has deleted."""
    exceptions = root.exceptions
    again = (
        (root.create_user, {"UserName": "Eve", "Path": "/x/"}),
        (root.create_group, {"GroupName": "Crew", "Path": "/x/"}),
        (root.create_role, {"RoleName": "Work", "Path": "/x/", **TRUST}),
        (root.create_instance_profile, {"InstanceProfileName": "Box", "Path": "/x/"}),
        (root.create_policy, {"PolicyName": "Own", "Path": "/x/", "PolicyDocument": DOCUMENT}),
    )
    for make, members in again:
        try:
            make(**members)
        except exceptions.EntityAlreadyExistsException:
            continue


@pytest.mark.parametrize(
    ("operation", "members", "resource"),
    [
        ("GetGroup", {"GroupName": "Nobody"}, arn("group", "Nobody")),
        ("GetRole", {"RoleName": "Nobody"}, arn("role", "Nobody")),
        ("GetInstanceProfile", {"InstanceProfileName": "Nobody"}, arn("instance-profile", "Nobody")),
        ("GetPolicy", {"PolicyArn": arn("policy", "Nobody")}, arn("policy", "Nobody")),
        ("DeleteRole", {"RoleName": "Nobody"}, arn("role", "Nobody")),
        (
            "DeletePolicy",
            {"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
        ),
    ],
)
def test_who_has_no_right_does_not_learn_what_exists(bob, operation, members, resource):
    bob.root.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(allow("s3:*")))
    message = nothing_allows(f"iam:{operation}", told(operation, resource, members))
    refused("AccessDenied", message, method(bob.iam, operation), **members)


@pytest.mark.parametrize(
    ("operation", "members", "resources"),
    [
        ("UpdateGroup", {**GROUP, "NewGroupName": "Team", "NewPath": "/y/"}, (CREW, arn("group", "y/Team"))),
        ("UpdateUser", {**USER, "NewUserName": "Ann", "NewPath": "/y/"}, (EVE, arn("user", "y/Ann"))),
    ],
)
def test_a_new_name_needs_the_right_on_both(bob, operation, members, resources):
    action, call = f"iam:{operation}", method(bob.iam, operation)
    now, then = resources
    for given, refusal in ((now, then), (then, told(operation, now, members))):
        bob.root.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(allow(action, given)))
        refused("AccessDenied", nothing_allows(action, refusal), call, **members)
