"""SimulatePrincipalPolicy and GetContextKeysForPrincipalPolicy: what those who are there may do."""

import pytest
from botocore.exceptions import ClientError

from support.documents import PREFIX, allow, arn, deny, policy, trust
from support.expect import provokes, refused, without_metadata
from support.kinds import ALL
from support.people import Person

OBJECT = "arn:aws:s3:::bucket/key"
BOB = arn("user", "Bob")


def decisions(iam, source, *actions, **members):
    answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=list(actions), **members)
    assert answer["IsTruncated"] is False
    return [result["EvalDecision"] for result in answer["EvaluationResults"]]


def matched(iam, source, action, **members):
    answer = iam.simulate_principal_policy(PolicySourceArn=source, ActionNames=[action], **members)
    [result] = answer["EvaluationResults"]
    return {one["SourcePolicyId"] for one in result["MatchedStatements"]}


def test_a_managed_policy_is_told_with_its_name_and_place(iam):
    text = '{"Version": "2012-10-17", "Statement": {"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}}'
    made = iam.create_policy(PolicyName="Writing", Path="/x/", PolicyDocument=text)["Policy"]["Arn"]
    for kind in ALL:
        kind.make(iam)
        kind.call(iam, "attach_{kind}_policy", PolicyArn=made)
        answer = iam.simulate_principal_policy(
            PolicySourceArn=kind.arn(),
            ActionNames=["s3:PutObject", "s3:GetObjectVersion"],
            ResourceArns=[OBJECT],
        )
        statement = {
            "SourcePolicyId": "Writing",
            "SourcePolicyType": "IAM Policy",
            "StartPosition": {"Line": 1, "Column": text.index('{"Effect') + 2},
            "EndPosition": {"Line": 1, "Column": text.rindex("}") + 1},
        }
        assert without_metadata(answer) == {
            "EvaluationResults": [
                result("s3:PutObject", "allowed", [statement]),
                result("s3:GetObjectVersion", "implicitDeny", []),
            ],
            "IsTruncated": False,
        }


def result(action, decision, statements):
    specific = {"EvalResourceName": OBJECT, "EvalResourceDecision": decision}
    if statements:
        specific["MatchedStatements"] = statements
    return {
        "EvalActionName": action,
        "EvalResourceName": OBJECT,
        "EvalDecision": decision,
        "MatchedStatements": statements,
        "MissingContextValues": [],
        "EvalDecisionDetails": {},
        "ResourceSpecificResults": [specific],
    }


def test_a_user_has_what_groups_and_a_boundary_say(iam):
    made = iam.create_policy(PolicyName="Limit", PolicyDocument=policy(allow(["s3:*", "sqs:*"])))["Policy"]["Arn"]
    iam.create_user(UserName="Bob", Path="/staff/")
    bob = f"{PREFIX}:user/staff/Bob"
    iam.create_group(GroupName="Crew")
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    iam.put_user_policy(UserName="Bob", PolicyName="own", PolicyDocument=policy(allow(["sqs:*", "iam:*"])))
    iam.put_group_policy(GroupName="Crew", PolicyName="crews", PolicyDocument=policy(allow("s3:*")))
    asked = ("s3:GetObject", "sqs:SendMessage", "iam:GetUser", "ec2:RunInstances")
    assert decisions(iam, bob, *asked) == ["allowed", "allowed", "allowed", "implicitDeny"]
    assert matched(iam, bob, "s3:GetObject") == {"group_Crew_crews"}
    assert matched(iam, bob, "sqs:SendMessage") == {"user_Bob_own"}
    iam.put_user_permissions_boundary(UserName="Bob", PermissionsBoundary=made)
    assert decisions(iam, bob, *asked) == ["allowed", "allowed", "implicitDeny", "implicitDeny"]
    [bounded] = iam.simulate_principal_policy(PolicySourceArn=bob, ActionNames=["iam:GetUser"])["EvaluationResults"]
    assert bounded["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    assert decisions(iam, bob, "iam:GetUser", PermissionsBoundaryPolicyInputList=[policy(allow())]) == ["allowed"]
    # Only the name in the ARN counts.
    assert decisions(iam, BOB, "s3:GetObject") == ["allowed"]
    assert decisions(iam, arn("group", "Crew"), *asked[:2]) == ["allowed", "implicitDeny"]


def test_policies_are_added_and_left_out(iam):
    iam.create_user(UserName="Bob")
    iam.put_user_policy(UserName="Bob", PolicyName="own", PolicyDocument=policy(allow("s3:*")))
    denying = [policy(deny("s3:Get*"))]
    assert decisions(iam, BOB, "s3:GetObject", PolicyInputList=denying) == ["explicitDeny"]
    assert matched(iam, BOB, "s3:GetObject", PolicyInputList=denying) == {"PolicyInputList.1"}
    left_out = [
        {
            "PolicyType": "inline",
            "InlinePolicyIdentifier": {"AttachmentType": "user", "AttachmentName": "Bob", "PolicyName": "own"},
        }
    ]
    assert decisions(iam, BOB, "s3:GetObject", PolicyExclusionList=left_out) == ["implicitDeny"]


def test_the_simulator_says_what_the_gate_does(server, iam):
    """Every operation that Bob then calls is simulated first with the same policies."""
    bob = Person(server, iam, "Bob")
    iam.create_user(UserName="Eve", Tags=[{"Key": "team", "Value": "red"}])
    iam.create_group(GroupName="Crew")
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust())
    eve, work, crew = arn("user", "Eve"), arn("role", "Work"), arn("group", "Crew")
    limit = iam.create_policy(PolicyName="Limit", PolicyDocument=policy(allow("iam:Get*")))["Policy"]["Arn"]
    calls = {
        ("iam:GetUser", eve): lambda: bob.iam.get_user(UserName="Eve"),
        ("iam:GetUser", BOB): lambda: bob.iam.get_user(),
        ("iam:ListUserTags", eve): lambda: bob.iam.list_user_tags(UserName="Eve"),
        ("iam:GetRole", work): lambda: bob.iam.get_role(RoleName="Work"),
        ("iam:GetGroup", crew): lambda: bob.iam.get_group(GroupName="Crew"),
        ("iam:ListAttachedRolePolicies", work): lambda: bob.iam.list_attached_role_policies(RoleName="Work"),
        ("iam:GetPolicy", limit): lambda: bob.iam.get_policy(PolicyArn=limit),
    }

    def check():
        seen = set()
        for (action, resource), call in calls.items():
            simulated = decisions(iam, BOB, action, ResourceArns=[resource])[0]
            try:
                call()
                real = "allowed"
            except ClientError as error:
                message = error.response["Error"]["Message"]
                real = "explicitDeny" if "explicit deny" in message else "implicitDeny"
            assert simulated == real, (action, resource)
            seen.add(real)
        return seen

    assert check() == {"implicitDeny"}
    own = policy(allow(["iam:GetUser", "iam:List*"]), deny("iam:*", BOB))
    iam.put_user_policy(UserName="Bob", PolicyName="own", PolicyDocument=own)
    assert check() == {"allowed", "explicitDeny", "implicitDeny"}
    crews = policy(allow("iam:GetRole", f"{PREFIX}:role/${{aws:username}}"), allow("iam:GetGroup"))
    iam.put_group_policy(GroupName="Crew", PolicyName="crews", PolicyDocument=crews)
    assert check() == {"allowed", "explicitDeny", "implicitDeny"}
    iam.put_user_permissions_boundary(UserName="Bob", PermissionsBoundary=limit)
    assert check() == {"allowed", "explicitDeny", "implicitDeny"}
    iam.attach_user_policy(UserName="Bob", PolicyArn="arn:aws:iam::aws:policy/IAMReadOnlyAccess")
    assert check() == {"allowed", "explicitDeny", "implicitDeny"}


def test_results_come_in_pages_of_whole_actions(iam):
    iam.create_user(UserName="Bob")
    actions = [f"example:Action{number}" for number in range(5)]
    paginator = iam.get_paginator("simulate_principal_policy")
    pages = list(paginator.paginate(PolicySourceArn=BOB, ActionNames=actions, PaginationConfig={"PageSize": 2}))
    assert [[one["EvalActionName"] for one in page["EvaluationResults"]] for page in pages] == [
        actions[:2],
        actions[2:4],
        actions[4:],
    ]


@provokes("SimulatePrincipalPolicy", "NoSuchEntity", "InvalidInput")
@provokes("GetContextKeysForPrincipalPolicy", "NoSuchEntity", "InvalidInput")
def test_other_inputs_are_refused(iam):
    simulate, keys = iam.simulate_principal_policy, iam.get_context_keys_for_principal_policy
    one = {"ActionNames": ["s3:GetObject"]}
    for kind in ALL:
        # The text is not known of AWS.
        refused("NoSuchEntity", None, simulate, PolicySourceArn=kind.arn("Nobody"), **one)
        refused("NoSuchEntity", None, keys, PolicySourceArn=kind.arn("Nobody"))
    iam.create_user(UserName="Bob")
    message = "Policy input list item 1 has invalid content"
    refused("InvalidInput", message, simulate, PolicySourceArn=BOB, **one, PolicyInputList=["{"])
    refused("InvalidInput", None, keys, PolicySourceArn=BOB, PolicyInputList=["{"])
    message = "The action is invalid since it is missing names"
    refused("InvalidInput", message, simulate, PolicySourceArn=BOB, ActionNames=["GetObject"])
    refused("InvalidInput", "Invalid marker for pagination.", simulate, PolicySourceArn=BOB, **one, Marker="x")
    for call, members in ((simulate, one), (keys, {})):
        refused("InvalidInput", None, call, PolicySourceArn="nothing that is an ARN", **members)


def test_keys_of_all_policies_are_told(iam):
    def asking(key):
        return policy(allow("s3:*", Condition={"StringEquals": {key: "x"}}))

    made = iam.create_policy(PolicyName="Limit", PolicyDocument=asking("aws:Managed"))["Policy"]["Arn"]
    bound = iam.create_policy(PolicyName="Bound", PolicyDocument=asking("aws:Bound"))["Policy"]["Arn"]
    iam.create_user(UserName="Bob", PermissionsBoundary=bound)
    iam.create_group(GroupName="Crew")
    iam.add_user_to_group(GroupName="Crew", UserName="Bob")
    iam.attach_user_policy(UserName="Bob", PolicyArn=made)
    iam.attach_group_policy(GroupName="Crew", PolicyArn=made)
    iam.put_user_policy(UserName="Bob", PolicyName="own", PolicyDocument=asking("aws:Own"))
    iam.put_group_policy(GroupName="Crew", PolicyName="crews", PolicyDocument=asking("aws:Crews"))
    told = iam.get_context_keys_for_principal_policy(PolicySourceArn=BOB, PolicyInputList=[asking("aws:More")])
    # A policy that is attached twice counts once.
    assert sorted(told["ContextKeyNames"]) == ["aws:Bound", "aws:Crews", "aws:Managed", "aws:More", "aws:Own"]
    told = iam.get_context_keys_for_principal_policy(PolicySourceArn=arn("group", "Crew"))
    assert sorted(told["ContextKeyNames"]) == ["aws:Crews", "aws:Managed"]


@pytest.mark.parametrize("kind", ALL, ids=repr)
def test_who_may_simulate_whom_is_bound_by_arn(server, iam, kind):
    bob = Person(server, iam, "Bob")
    kind.make(iam, "One")
    kind.make(iam, "Two")
    actions = ["iam:SimulatePrincipalPolicy", "iam:GetContextKeysForPrincipalPolicy"]
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(allow(actions, kind.arn("One"))))
    bob.iam.get_context_keys_for_principal_policy(PolicySourceArn=kind.arn("One"))
    bob.iam.simulate_principal_policy(PolicySourceArn=kind.arn("One"), ActionNames=["s3:x"])
    two = {"PolicySourceArn": kind.arn("Two")}
    message = (
        f"User: {BOB} is not authorized to perform: {actions[0]} on resource: {kind.arn('Two')} because no "
        f"identity-based policy allows the {actions[0]} action"
    )
    refused("AccessDenied", message, bob.iam.simulate_principal_policy, **two, ActionNames=["s3:x"])
