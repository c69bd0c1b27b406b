"""`kill -9` ends no session: nothing is kept of it but in its token, and its key is on disk."""

from support.documents import allow, policy
from support.expect import INVALID_TOKEN, refused
from support.people import Person
from support.program import initialise
from support.sessions import in_session


def test_sessions_outlive_the_server(start, tmp_path):
    data = tmp_path / "data"
    root = initialise(data)
    account = root["account"]
    serve = ["serve", "--data", data, "--listen", "127.0.0.1:0"]
    server = start(*serve)
    iam = server.client("iam", root["key"], root["secret"])
    bob = Person(server, iam, "Bob")
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:user/Bob"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="Build", AssumeRolePolicyDocument=policy(trust))["Role"]
    iam.put_role_policy(RoleName="Build", PolicyName="p", PolicyDocument=policy(allow("iam:*")))
    given_out = [
        bob.sts.assume_role(RoleArn=role["Arn"], RoleSessionName="build"),
        bob.sts.get_session_token(),
    ]
    server.kill()
    server = start(*serve)
    arns = [f"arn:aws:sts::{account}:assumed-role/Build/build", f"arn:aws:iam::{account}:user/Bob"]
    for session, expected in zip(given_out, arns, strict=True):
        assert in_session(server, session, "sts").get_caller_identity()["Arn"] == expected
    in_session(server, given_out[0]).create_user(UserName="Eve")
    iam = server.client("iam", root["key"], root["secret"])
    iam.delete_role_policy(RoleName="Build", PolicyName="p")
    iam.delete_role(RoleName="Build")
    server.kill()
    server = start(*serve)
    refused("InvalidClientTokenId", INVALID_TOKEN, in_session(server, given_out[0]).list_users)
    assert in_session(server, given_out[1], "sts").get_caller_identity()["Arn"] == arns[1]
