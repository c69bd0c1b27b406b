"""Groups, roles, policies and instance profiles with the AWS CLI, its paginators and waiters."""

import json

import pytest

from support.documents import allow, arn, policy, trust

READ = policy(allow("s3:GetObject"))


@pytest.fixture
def on_disk(tmp_path):
    """A document as people give it: in a file."""

    def write(document, name="document.json"):
        (tmp_path / name).write_text(document)
        return f"file://{tmp_path / name}"

    return write


def test_a_group_from_its_making_to_its_end(aws):
    made = aws("iam", "create-group", "--group-name", "Crew", "--path", "/x/")["Group"]
    assert made["Arn"] == arn("group", "x/Crew")
    aws("iam", "create-user", "--user-name", "Bob")
    both = ["--group-name", "Crew", "--user-name", "Bob"]
    assert aws("iam", "add-user-to-group", *both) is None
    assert [user["UserName"] for user in aws("iam", "get-group", "--group-name", "crew")["Users"]] == ["Bob"]
    assert aws("iam", "list-groups-for-user", "--user-name", "Bob")["Groups"] == [made]
    failure = aws("iam", "delete-group", "--group-name", "Crew", fails=True)
    assert "(DeleteConflict)" in failure and "must remove users from group first" in failure
    aws("iam", "update-group", "--group-name", "Crew", "--new-group-name", "Team")
    aws("iam", "remove-user-from-group", "--group-name", "Team", "--user-name", "Bob")
    aws("iam", "delete-group", "--group-name", "Team")
    assert aws("iam", "list-groups") == {"Groups": []}


def test_a_role_with_policies_and_an_instance_profile(aws, on_disk):
    role = ["--role-name", "Work"]
    document = on_disk(trust())
    made = aws("iam", "create-role", *role, "--assume-role-policy-document", document, "--tags", "Key=a,Value=b")
    assert made["Role"]["AssumeRolePolicyDocument"] == json.loads(trust())
    policy_made = aws("iam", "create-policy", "--policy-name", "Reading", "--policy-document", on_disk(READ))
    of = ["--policy-arn", policy_made["Policy"]["Arn"]]
    aws("iam", "attach-role-policy", *role, *of)
    aws("iam", "put-role-policy", *role, "--policy-name", "own", "--policy-document", on_disk(READ))
    shown = aws("iam", "get-role-policy", *role, "--policy-name", "own")
    assert shown["PolicyDocument"] == json.loads(READ)
    attached = aws("iam", "list-attached-role-policies", *role)["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["Reading"]
    entities = aws("iam", "list-entities-for-policy", *of)
    assert [one["RoleName"] for one in entities["PolicyRoles"]] == ["Work"]
    box = ["--instance-profile-name", "Box"]
    aws("iam", "create-instance-profile", *box)
    aws("iam", "add-role-to-instance-profile", *box, *role)
    inside = aws("iam", "get-instance-profile", *box)["InstanceProfile"]["Roles"]
    assert [one["RoleName"] for one in inside] == ["Work"]
    aws("iam", "update-role", *role, "--max-session-duration", "7200")
    assert aws("iam", "get-role", *role)["Role"]["MaxSessionDuration"] == 7200
    failure = aws("iam", "delete-role", *role, fails=True)
    assert "(DeleteConflict)" in failure and "must remove roles from instance profile first" in failure
    aws("iam", "remove-role-from-instance-profile", *box, *role)
    aws("iam", "detach-role-policy", *role, *of)
    aws("iam", "delete-role-policy", *role, "--policy-name", "own")
    aws("iam", "delete-role", *role)
    aws("iam", "delete-instance-profile", *box)
    aws("iam", "delete-policy", *of)


def test_versions_of_a_policy(aws, on_disk):
    made = aws("iam", "create-policy", "--policy-name", "Reading", "--policy-document", on_disk(READ))
    of = ["--policy-arn", made["Policy"]["Arn"]]
    document = ["--policy-document", on_disk(policy(allow("s3:PutObject")))]
    aws("iam", "create-policy-version", *of, *document, "--set-as-default")
    listed = aws("iam", "list-policy-versions", *of)["Versions"]
    assert [(one["VersionId"], one["IsDefaultVersion"]) for one in listed] == [("v2", True), ("v1", False)]
    aws("iam", "set-default-policy-version", *of, "--version-id", "v1")
    shown = aws("iam", "get-policy-version", *of, "--version-id", "v1")["PolicyVersion"]
    assert (shown["Document"], shown["IsDefaultVersion"]) == (json.loads(READ), True)


def test_reports_of_the_account_and_what_a_user_may(aws, iam):
    iam.create_user(UserName="Bob")
    iam.put_user_policy(UserName="Bob", PolicyName="own", PolicyDocument=READ)
    assert aws("iam", "get-account-summary")["SummaryMap"]["Users"] == 1
    [user] = aws("iam", "get-account-authorization-details", "--filter", "User")["UserDetailList"]
    assert user["UserPolicyList"] == [{"PolicyName": "own", "PolicyDocument": json.loads(READ)}]
    asked = ["--policy-source-arn", arn("user", "Bob"), "--action-names", "s3:GetObject", "s3:PutObject"]
    results = aws("iam", "simulate-principal-policy", *asked)["EvaluationResults"]
    assert [one["EvalDecision"] for one in results] == ["allowed", "implicitDeny"]


@pytest.mark.parametrize(
    ("command", "field", "name"),
    [
        (["list-groups"], "Groups", "GroupName"),
        (["list-roles"], "Roles", "RoleName"),
        (["list-instance-profiles"], "InstanceProfiles", "InstanceProfileName"),
        (["list-policies", "--scope", "Local"], "Policies", "PolicyName"),
    ],
)
def test_lists_are_followed_over_pages(aws, iam, command, field, name):
    everything = [f"n{number}" for number in range(5)]
    for one in everything:
        if field == "Groups":
            iam.create_group(GroupName=one)
        elif field == "Roles":
            iam.create_role(RoleName=one, AssumeRolePolicyDocument=trust())
        elif field == "InstanceProfiles":
            iam.create_instance_profile(InstanceProfileName=one)
        else:
            iam.create_policy(PolicyName=one, PolicyDocument=READ)
    listed = aws("iam", *command, "--page-size", "2")[field]
    assert [one[name] for one in listed] == everything
    first = aws("iam", *command, "--max-items", "3")
    rest = aws("iam", *command, "--starting-token", first["NextToken"])
    assert [one[name] for one in [*first[field], *rest[field]]] == everything


def test_the_cli_waits_for_what_is_there(aws, iam):
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    made = iam.create_policy(PolicyName="Reading", PolicyDocument=READ)["Policy"]["Arn"]
    iam.create_instance_profile(InstanceProfileName="Box")
    assert aws("iam", "wait", "role-exists", "--role-name", "Work") is None
    assert aws("iam", "wait", "policy-exists", "--policy-arn", made) is None
    assert aws("iam", "wait", "instance-profile-exists", "--instance-profile-name", "Box") is None
