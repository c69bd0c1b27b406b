"""What is stored as a policy and what is not, by every operation that stores one."""

import pytest

from support.documents import allow, policy, trust
from support.expect import refused

LEGACY = "The policy failed legacy parsing"
ACCOUNT = "arn:aws:lambda:eu-north-1:<MY-ACCOUNT>:function:*"
ONE_BEFORE_VERSION = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}, "Version": "2012-10-17"}'


@pytest.fixture
def stores(iam):
    """The operations that store identity policies, each a function of the document."""
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("s3:*")))["Policy"]["Arn"]
    return [
        lambda text: iam.create_policy(PolicyName="new", PolicyDocument=text),
        lambda text: iam.create_policy_version(PolicyArn=arn, PolicyDocument=text),
        lambda text: iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=text),
        lambda text: iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=text),
        lambda text: iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=text),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (" " + policy(allow()), LEGACY),
        ("\r\n" + policy(allow()), LEGACY),
        (ONE_BEFORE_VERSION, LEGACY),
        (policy(allow("lambda:*", ACCOUNT)), LEGACY),
        (policy(allow("iam:*", "arn:aws:iam::${aws:PrincipalAccount}:user/x")), LEGACY),
        (
            policy(allow("s3:*", "arn:${Part}:s3:::b")),
            'Partition "${Part}" is not valid for resource "arn:${Part}:s3:::b".',
        ),
        (policy(allow(Condition={"DateLessThan": {"aws:CurrentTime": "2031-04-05T06:07:08+2"}})), LEGACY),
        (policy(allow(Condition={"DateLessThan": {"aws:CurrentTime": "2031-13"}})), LEGACY),
        (policy(allow(Condition={"DateLessThan": {"aws:CurrentTime": "12345678901234567890"}})), LEGACY),
    ],
)
def test_what_is_not_stored(stores, text, message):
    for store in stores:
        refused("MalformedPolicyDocument", message, store, text=text)


@pytest.mark.parametrize(
    "text",
    [
        policy(allow()) + "\n ",
        ONE_BEFORE_VERSION.replace('{"Effect"', '[{"Effect"').replace("}, ", "}], "),
        policy(allow("lambda:*", "arn:aws:lambda:region:account-id:function:*")),
        policy(allow(Condition={"DateLessThan": {"aws:CurrentTime": "2031T"}})),
        policy(allow(Condition={"DateLessThan": {"aws:CurrentTime": "2031-04-05t6:07:08.5+02"}})),
        policy(allow(Condition={"DateLessThan": {"aws:CurrentTime": "-292275054"}})),
    ],
)
def test_what_is_stored(stores, text):
    for store in stores:
        store(text)


def test_what_is_no_trust_policy(iam):
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())
    good = trust()
    for text, message in [
        ("\t" + good, "JSON strings must not have leading spaces"),
        (good.replace('{"Version"', '{"Note": "x", "Version"'), "Unknown field Note"),
        (
            '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"service":"x"},"Action":"sts:AssumeRole"}]}',
            "Syntax error at position (1,80)",
        ),
    ]:
        refused("MalformedPolicyDocument", message, iam.create_role, RoleName="n", AssumeRolePolicyDocument=text)
        refused("MalformedPolicyDocument", message, iam.update_assume_role_policy, RoleName="r", PolicyDocument=text)
    iam.update_assume_role_policy(RoleName="r", PolicyDocument=good + "\n")
