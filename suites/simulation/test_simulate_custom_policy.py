"""`SimulateCustomPolicy`: what policies would allow, asked by an SDK."""

import json

import pytest

from support.expect import provokes, refused

BUCKET = "arn:aws:s3:::bucket"
OBJECT = "arn:aws:s3:::bucket/key"
ALICE = "arn:aws:iam::111122223333:user/alice"
OTHERS = "arn:aws:iam::444455556666:root"


def policy(*statements, version="2012-10-17"):
    return json.dumps({"Version": version, "Statement": list(statements)}, separators=(",", ":"))


def allow(action="*", resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action="*", resource="*", **more):
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


@pytest.fixture
def simulate(iam):
    """Simulates one policy with further members; gives the results."""

    def call(document, *actions, **members):
        response = iam.simulate_custom_policy(PolicyInputList=[document], ActionNames=list(actions), **members)
        assert response["IsTruncated"] is False
        return response["EvaluationResults"]

    return call


def test_the_example_of_positions_is_told_to_the_letter(simulate):
    text = '{"Version": "2012-10-17", "Statement": {"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Sid":"a"}}'
    start, end = text.index('{"Effect') + 2, text.rindex("}") + 1
    assert simulate(text, "dynamodb:CreateBackup") == [
        {
            "EvalActionName": "dynamodb:CreateBackup",
            "EvalResourceName": "*",
            "EvalDecision": "allowed",
            "MatchedStatements": [
                {
                    "SourcePolicyId": "PolicyInputList.1",
                    "SourcePolicyType": "IAM Policy",
                    "StartPosition": {"Line": 1, "Column": start},
                    "EndPosition": {"Line": 1, "Column": end},
                }
            ],
            "MissingContextValues": [],
        }
    ]


def test_positions_count_lines(simulate):
    text = json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:*"), deny("s3:Put*")]}, indent=2)
    [result] = simulate(text, "s3:PutObject")
    [matched] = result["MatchedStatements"]
    # The second begins where the first ends, and ends with its brace.
    assert matched["StartPosition"] == {"Line": 8, "Column": 6}
    assert matched["EndPosition"] == {"Line": 13, "Column": 6}


def test_resources_are_told_one_by_one_and_summed_up(simulate):
    document = policy(allow("s3:*", BUCKET + "*"), deny("s3:*", OBJECT))
    [result] = simulate(document, "s3:GetObject", ResourceArns=[BUCKET, OBJECT, ALICE])
    assert result["EvalResourceName"] == "arn:aws:s3:::${BucketName}/${KeyName}"
    assert (result["EvalDecision"], result["EvalDecisionDetails"]) == ("explicitDeny", {})
    assert len(result["MatchedStatements"]) == 2
    told = result["ResourceSpecificResults"]
    assert [(one["EvalResourceName"], one["EvalResourceDecision"]) for one in told] == [
        (BUCKET, "allowed"),
        (OBJECT, "explicitDeny"),
        (ALICE, "implicitDeny"),
    ]


def test_keys_that_lack_values_are_told_until_they_have_some(simulate):
    document = policy(allow(Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}}))
    [result] = simulate(document, "s3:GetObject")
    assert (result["EvalDecision"], result["MissingContextValues"]) == (
        "implicitDeny",
        ["aws:PrincipalTag/team"],
    )
    entry = {
        "ContextKeyName": "aws:principaltag/Team",
        "ContextKeyValues": ["a"],
        "ContextKeyType": "string",
    }
    [result] = simulate(document, "s3:GetObject", ContextEntries=[entry])
    assert (result["EvalDecision"], result["MissingContextValues"]) == ("allowed", [])


def test_boundaries_organizations_and_owners_have_a_say(simulate):
    grant = policy(allow("s3:*", BUCKET + "/*", Principal={"AWS": ALICE}))
    [result] = simulate(
        policy(allow()),
        "s3:GetObject",
        ResourceArns=[OBJECT],
        PermissionsBoundaryPolicyInputList=[policy(allow("s3:*"))],
        OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": [policy(allow())]}],
        CallerArn=ALICE,
        ResourceOwner=OTHERS,
        ResourcePolicy=grant,
    )
    assert result["EvalDecision"] == "allowed"
    assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": True}
    assert result["EvalDecisionDetails"] == {
        "IAM Policy": "allowed",
        "Resource Policy": "allowed",
        "Permissions Boundary Policy": "allowed",
    }
    matched = [one["SourcePolicyId"] for one in result["MatchedStatements"]]
    assert matched == ["PolicyInputList.1", "ResourcePolicy"]


def test_no_policies_allow_nothing(iam):
    response = iam.simulate_custom_policy(PolicyInputList=[], ActionNames=["s3:GetObject"])
    assert [one["EvalDecision"] for one in response["EvaluationResults"]] == ["implicitDeny"]


def test_the_paginator_gives_every_action_once(iam):
    actions = [f"example:Action{number}" for number in range(250)]
    pages = list(
        iam.get_paginator("simulate_custom_policy").paginate(
            PolicyInputList=[policy(allow())], ActionNames=actions, ResourceArns=[BUCKET, OBJECT]
        )
    )
    assert [len(page["EvaluationResults"]) for page in pages] == [100, 100, 50]
    told = [one["EvalActionName"] for page in pages for one in page["EvaluationResults"]]
    assert told == actions


@provokes("SimulateCustomPolicy", "InvalidInput")
def test_other_inputs_are_refused(iam):
    def refuses(message, **members):
        usual = {"PolicyInputList": [policy(allow())], "ActionNames": ["s3:GetObject"]}
        refused("InvalidInput", message, iam.simulate_custom_policy, **{**usual, **members})

    refuses("Policy input list item 2 has invalid content", PolicyInputList=[policy(allow()), "{"])
    refuses("The action is invalid since it is missing names", ActionNames=["GetObject"])
    refuses(
        "Invalid Input Actions: [s3:GetObject] and [s3:Get*] require different authorization information. ",
        ActionNames=["s3:Get*", "s3:GetObject"],
    )
    refuses("ResourceNames are not in a valid ARN format: bucket.", ResourceArns=["bucket"])
    refuses("Invalid marker for pagination.", Marker="nonsense")
    refuses(
        "Invalid context value for key a:number: expected numeric format.",
        ContextEntries=[{"ContextKeyName": "a:number", "ContextKeyValues": ["x"], "ContextKeyType": "numeric"}],
    )
    refuses(
        "Organization policy at index 1 must contain at least one service control policy",
        OrderedOrganizationPolicyInputList=[{"ServiceControlPolicyInputList": []}],
    )
