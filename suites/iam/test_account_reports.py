"""GetAccountSummary, GetAccountAuthorizationDetails and what STS prefers."""

import json

import pytest

from support.documents import allow, arn, policy, tags, trust
from support.expect import only_metadata, refused, violation, violations, without_metadata
from support.kinds import ALL

READ = policy(allow("s3:GetObject"), Id="é")
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
FRESH = {
    "Users": 0,
    "Groups": 0,
    "Roles": 0,
    "Policies": 0,
    "InstanceProfiles": 0,
    "ServerCertificates": 0,
    "Providers": 0,
    "MFADevices": 0,
    "MFADevicesInUse": 0,
    "AccountMFAEnabled": 0,
    "AccountSigningCertificatesPresent": 0,
    "PolicyVersionsInUse": 0,
    "UsersQuota": 5000,
    "GroupsQuota": 300,
    "RolesQuota": 1000,
    "PoliciesQuota": 1500,
    "InstanceProfilesQuota": 1000,
    "ServerCertificatesQuota": 20,
    "UserPolicySizeQuota": 2048,
    "GroupPolicySizeQuota": 5120,
    "RolePolicySizeQuota": 10240,
    "PolicySizeQuota": 6144,
    "AssumeRolePolicySizeQuota": 2048,
    "GroupsPerUserQuota": 10,
    "AccessKeysPerUserQuota": 2,
    "SigningCertificatesPerUserQuota": 2,
    "VersionsPerPolicyQuota": 5,
    "PolicyVersionsInUseQuota": 10000,
    "AttachedPoliciesPerUserQuota": 10,
    "AttachedPoliciesPerGroupQuota": 10,
    "AttachedPoliciesPerRoleQuota": 20,
    "GlobalEndpointTokenVersion": 1,
}
OF_ROOT = {"AccountPasswordPresent", "AccountAccessKeysPresent"}


def summary(iam):
    return iam.get_account_summary()["SummaryMap"]


def test_the_summary_of_an_account_with_nothing_in_it(iam):
    told = summary(iam)
    assert told.keys() == FRESH.keys() | OF_ROOT
    assert {name: told[name] for name in FRESH} == FRESH
    assert {told[name] for name in OF_ROOT} <= {0, 1}


def test_the_summary_counts(iam):
    before = summary(iam)
    made = iam.create_policy(PolicyName="Reading", PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=made, PolicyDocument=READ)
    iam.create_instance_profile(InstanceProfileName="Box")
    for kind in ALL:
        kind.make(iam)
        kind.call(iam, "attach_{kind}_policy", PolicyArn=made)
    iam.attach_user_policy(UserName="Owner", PolicyArn=READ_ONLY)
    iam.put_role_permissions_boundary(RoleName="Owner", PermissionsBoundary=READ_ONLY)
    changed = {name: value for name, value in summary(iam).items() if value != before[name]}
    # Two policies are in use, however often and in however many versions.
    assert changed == {
        "Users": 1, "Groups": 1, "Roles": 1, "Policies": 1, "InstanceProfiles": 1, "PolicyVersionsInUse": 2
    }  # fmt: skip
    iam.detach_user_policy(UserName="Owner", PolicyArn=READ_ONLY)
    iam.delete_role_permissions_boundary(RoleName="Owner")
    assert summary(iam)["PolicyVersionsInUse"] == 1


def test_which_tokens_the_global_endpoint_gives(iam):
    prefer = iam.set_security_token_service_preferences
    only_metadata(prefer(GlobalEndpointTokenVersion="v2Token"))
    assert summary(iam)["GlobalEndpointTokenVersion"] == 2
    message = violations(
        violation("globalEndpointTokenVersion", "Member must satisfy enum value set: [v2Token, v1Token]")
    )
    for wrong in ("V2TOKEN", "v3Token"):
        refused("ValidationError", message, prefer, GlobalEndpointTokenVersion=wrong)
    assert summary(iam)["GlobalEndpointTokenVersion"] == 2
    prefer(GlobalEndpointTokenVersion="v1Token")
    assert summary(iam)["GlobalEndpointTokenVersion"] == 1


# GetAccountAuthorizationDetails.


LISTS = ("UserDetailList", "RoleDetailList", "GroupDetailList", "Policies")


@pytest.fixture
def peopled(iam):
    """One of everything, all of it related. Gives the ARN of the account's policy."""
    made = iam.create_policy(PolicyName="Reading", PolicyDocument=READ, Description="Why")["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=made, PolicyDocument=READ)
    iam.create_policy(PolicyName="Idle", PolicyDocument=READ)
    for kind in ALL:
        kind.make(iam)
        kind.call(iam, "put_{kind}_policy", PolicyName="p", PolicyDocument=READ)
        kind.call(iam, "attach_{kind}_policy", PolicyArn=made)
    iam.add_user_to_group(GroupName="Owner", UserName="Owner")
    iam.attach_role_policy(RoleName="Owner", PolicyArn=READ_ONLY)
    iam.tag_user(UserName="Owner", Tags=tags(("team", "red")))
    iam.put_user_permissions_boundary(UserName="Owner", PermissionsBoundary=made)
    iam.create_instance_profile(InstanceProfileName="Box")
    iam.add_role_to_instance_profile(InstanceProfileName="Box", RoleName="Owner")
    return made


def test_everything_of_an_account_is_told(iam, peopled):
    details = without_metadata(iam.get_account_authorization_details())
    assert details.keys() == {*LISTS, "IsTruncated"}
    inline = [{"PolicyName": "p", "PolicyDocument": json.loads(READ)}]
    own = {"PolicyName": "Reading", "PolicyArn": peopled}
    core = ("Path", "CreateDate", "Arn")

    user = iam.get_user(UserName="Owner")["User"]
    assert details["UserDetailList"] == [
        {
            **{name: user[name] for name in (*core, "UserName", "UserId")},
            "UserPolicyList": inline,
            "GroupList": ["Owner"],
            "AttachedManagedPolicies": [own],
            "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": peopled},
            "Tags": tags(("team", "red")),
        }
    ]
    group = iam.get_group(GroupName="Owner")["Group"]
    assert details["GroupDetailList"] == [{**group, "GroupPolicyList": inline, "AttachedManagedPolicies": [own]}]
    role = iam.get_role(RoleName="Owner")["Role"]
    [told] = details["RoleDetailList"]
    attached = told.pop("AttachedManagedPolicies")
    assert {one["PolicyName"] for one in attached} == {"Reading", "ReadOnlyAccess"}
    [profile] = iam.list_instance_profiles()["InstanceProfiles"]
    assert told == {
        **{name: role[name] for name in (*core, "RoleName", "RoleId", "AssumeRolePolicyDocument")},
        "InstanceProfileList": [profile],
        "RolePolicyList": inline,
        "Tags": [],
        "RoleLastUsed": {},
    }
    policies = {one["PolicyName"]: one for one in details["Policies"]}
    assert policies.keys() == {"Reading", "Idle", "ReadOnlyAccess"}
    shown = iam.get_policy(PolicyArn=peopled)["Policy"]
    reading = policies["Reading"]
    versions = reading.pop("PolicyVersionList")
    assert reading == {name: shown[name] for name in shown.keys() - {"Description", "Tags"}}
    assert [(one["VersionId"], one["IsDefaultVersion"]) for one in versions] == [("v2", False), ("v1", True)]
    assert all(one["Document"] == json.loads(READ) for one in versions)
    of_aws = policies["ReadOnlyAccess"]
    assert of_aws["DefaultVersionId"] in {one["VersionId"] for one in of_aws["PolicyVersionList"]}


def test_a_user_with_nothing(iam):
    iam.create_user(UserName="Bob")
    [told] = iam.get_account_authorization_details(Filter=["User"])["UserDetailList"]
    user = iam.get_user(UserName="Bob")["User"]
    assert told == {**user, "GroupList": [], "AttachedManagedPolicies": [], "Tags": []}


@pytest.mark.parametrize(
    ("filters", "counts"),
    [
        (["User"], (1, 0, 0, 0)),
        (["Role"], (0, 1, 0, 0)),
        (["Group"], (0, 0, 1, 0)),
        (["LocalManagedPolicy"], (0, 0, 0, 2)),
        (["AWSManagedPolicy"], (0, 0, 0, 1)),
        (["Group", "User", "User"], (1, 0, 1, 0)),
        ([], (1, 1, 1, 3)),
    ],
)
def test_only_what_is_asked_for_is_told(iam, peopled, filters, counts):
    del peopled
    details = iam.get_account_authorization_details(**({"Filter": filters} if filters else {}))
    assert tuple(len(details[name]) for name in LISTS) == counts


def test_details_come_in_pages_that_share_one_budget(iam, peopled):
    del peopled
    for number in range(4):
        iam.create_user(UserName=f"user-{number}")
    paginator = iam.get_paginator("get_account_authorization_details")
    answers = paginator.paginate(PaginationConfig={"PageSize": 3})
    pages = [tuple(len(page[name]) for name in LISTS) for page in answers]
    # Users, then roles, then groups, then policies.
    assert pages == [(3, 0, 0, 0), (2, 1, 0, 0), (0, 0, 1, 2), (0, 0, 0, 1)]


def test_a_marker_goes_on_with_its_own_filter_only(iam, peopled):
    del peopled
    ask = iam.get_account_authorization_details
    first = ask(Filter=["User", "Role"], MaxItems=1)
    assert first["IsTruncated"] is True
    message = "Marker and Filter do not match"
    refused("ValidationError", message, ask, Filter=["User"], Marker=first["Marker"])
    refused("ValidationError", message, ask, Marker=first["Marker"])
    refused("ValidationError", message, ask, Marker="nonsense")
    rest = ask(Filter=["Role", "User"], MaxItems=10, Marker=first["Marker"])
    assert ([len(rest[name]) for name in LISTS], rest["IsTruncated"]) == ([0, 1, 0, 0], False)
    message = violations(
        violation(
            "filter",
            "Member must satisfy constraint: [Member must satisfy enum value set: "
            "[LocalManagedPolicy, User, AWSManagedPolicy, Role, Group]]",
        )
    )
    refused("ValidationError", message, ask, Filter=["Everything"])


def test_a_renamed_group_is_told_by_its_new_name(iam, peopled):
    del peopled
    iam.update_group(GroupName="Owner", NewGroupName="Team", NewPath="/x/")
    details = iam.get_account_authorization_details()
    assert details["UserDetailList"][0]["GroupList"] == ["Team"]
    assert details["GroupDetailList"][0]["Arn"] == arn("group", "x/Team")


def test_a_trust_policy_is_told_with_the_id_of_a_user_who_is_gone(iam):
    made = iam.create_user(UserName="Bob")["User"]
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust({"AWS": made["Arn"]}))
    iam.delete_user(UserName="Bob")
    [role] = iam.get_account_authorization_details()["RoleDetailList"]
    assert role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == {"AWS": made["UserId"]}
