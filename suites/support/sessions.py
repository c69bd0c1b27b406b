"""Sessions as clients use them."""

from support.documents import arn, policy
from support.program import DEFAULT_ACCOUNT

ROOT = f"arn:aws:iam::{DEFAULT_ACCOUNT}:root"
BOB = arn("user", "Bob")
ACTIONS = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
NO_SESSION = "Cannot call {} with session credentials"


def trusting(principal=BOB, action=ACTIONS, **more):
    """A trust policy that names someone."""
    return policy({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, **more})


def make_role(iam, name, document, *rights, **members):
    """A role, and what it may do."""
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **members)["Role"]
    if rights:
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(*rights))
    return made


def give(iam, name, *rights):
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy(*rights))


def assume(sts, name="Build", session="build", **members):
    return sts.assume_role(RoleArn=arn("role", name), RoleSessionName=session, **members)


def in_session(server, given_out, service="iam"):
    """A client that has a session."""
    credentials = given_out["Credentials"]
    key, secret = credentials["AccessKeyId"], credentials["SecretAccessKey"]
    return server.client(service, key, secret, token=credentials["SessionToken"])


def session_arn(role, session="build", account=DEFAULT_ACCOUNT):
    return f"arn:aws:sts::{account}:assumed-role/{role}/{session}"


def may_not(action, role, caller=BOB):
    """The refusal of what a role's trust policy decides too."""
    return f"User: {caller} is not authorized to perform: {action} on resource: {role}"


def noise(length):
    """Text that can't be packed."""
    state, text = 1, []
    for _ in range(length):
        state = (state * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        text.append("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[state >> 59])
    return "".join(text)
