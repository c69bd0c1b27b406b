"""Sessions with the AWS CLI."""

import json

import pytest

from support.documents import allow, arn, policy
from support.sessions import make_role, session_arn, trusting


@pytest.fixture
def bob(aws, iam):
    """Bob's key, where the role `Build` trusts Bob."""
    aws("iam", "create-user", "--user-name", "Bob")
    key = aws("iam", "create-access-key", "--user-name", "Bob")["AccessKey"]
    make_role(iam, "Build", trusting(), allow("iam:*"))
    return {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}


def holder(given_out):
    credentials = given_out["Credentials"]
    return {
        "key": credentials["AccessKeyId"],
        "secret": credentials["SecretAccessKey"],
        "token": credentials["SessionToken"],
    }


def test_a_role_is_taken_on_with_all_that_may_be_said(aws, bob):
    role = ["--role-arn", arn("role", "Build"), "--role-session-name", "nightly"]
    narrow = policy(allow("iam:ListUsers"))
    more = ["--duration-seconds", "900", "--external-id", "key-7", "--source-identity", "alice"]
    tags = ["--tags", "Key=Team,Value=red", "--transitive-tag-keys", "Team", "--policy", narrow]
    given_out = aws("sts", "assume-role", *role, *more, *tags, **bob)
    assert given_out["AssumedRoleUser"]["Arn"] == session_arn("Build", "nightly")
    assert given_out["SourceIdentity"] == "alice" and given_out["PackedPolicySize"] > 0
    who = holder(given_out)
    assert aws("sts", "get-caller-identity", **who)["Arn"] == session_arn("Build", "nightly")
    assert [user["UserName"] for user in aws("iam", "list-users", **who)["Users"]] == ["Bob"]
    failure = aws("iam", "list-roles", fails=True, **who)
    assert "(AccessDenied)" in failure and "because no session policy allows the iam:ListRoles action" in failure
    failure = aws("sts", "get-caller-identity", fails=True, **{**who, "token": None})
    assert "(InvalidClientTokenId)" in failure


def test_own_sessions(aws, bob):
    who = holder(aws("sts", "get-session-token", "--duration-seconds", "900", **bob))
    assert aws("sts", "get-caller-identity", **who)["Arn"] == arn("user", "Bob")
    assert "(InvalidClientTokenId)" in aws("iam", "get-user", fails=True, **who)
    federate = ["sts", "get-federation-token", "--name", "ann"]
    assert "(AccessDenied)" in aws(*federate, fails=True, **bob)
    given_out = aws(*federate, "--policy", json.dumps(json.loads(policy(allow("iam:ListUsers")))))
    assert given_out["FederatedUser"]["Arn"].endswith(":federated-user/ann")
    assert aws("sts", "get-caller-identity", **holder(given_out))["Arn"].endswith(":federated-user/ann")
    assert "(InvalidClientTokenId)" in aws("iam", "list-users", fails=True, **holder(given_out))
