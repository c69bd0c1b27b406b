"""Why a request was refused: in the log, at the terminal, over the socket and by `dev`."""

import json
import os
import pty
import subprocess
import threading

from support.documents import allow, policy
from support.expect import refused
from support.people import Person
from support.program import PROGRAM, clean_environment, client, initialise, run


def person(server, root):
    """Bob of team blue, who may get users where the team is red."""
    bob = Person(server, root, "Bob")
    root.tag_user(UserName="Bob", Tags=[{"Key": "team", "Value": "blue"}])
    condition = {"StringEquals": {"aws:PrincipalTag/team": "red"}}
    root.put_user_policy(
        UserName="Bob", PolicyName="Own", PolicyDocument=policy(allow("iam:GetUser", Condition=condition))
    )
    return bob


WANTED = "StringEquals aws:PrincipalTag/team wants `red`, is `blue`"
NAMED = "Own of arn:aws:iam::{}:user/Bob Allow statement 0"


def refusal(bob):
    try:
        bob.iam.get_user(UserName="Bob")
    except bob.iam.exceptions.ClientError as error:
        return error.response["ResponseMetadata"]["RequestId"]
    raise AssertionError("it was allowed")


def test_dev_tells_why(server, iam, tmp_path):
    bob = person(server, iam)
    request_id = refusal(bob)
    newest, *_ = server.dev("GET", "refusals")["refusals"]
    assert newest["request_id"] == request_id
    assert newest["caller"].endswith(":user/Bob")
    assert newest["action"] == "iam:GetUser"
    assert newest["resource"].endswith(":user/Bob")
    assert WANTED in newest["explanation"] and NAMED.format("000000000000") in newest["explanation"]
    assert server.dev("GET", f"refusals?request_id={request_id}")["refusals"] == [newest]
    assert server.dev("GET", "refusals?request_id=other")["refusals"] == []
    assert server.try_dev("GET", "refusals?x=y")[0] == 400
    # What was judged can be asked again without a server.
    question = tmp_path / "question"
    question.write_text(json.dumps(json.loads(newest["question"])))
    answer = json.loads(run("policy", "evaluate", question).stdout)
    assert answer["decision"] == "implicitDeny"


def test_a_reset_forgets_refusals(server, iam):
    refusal(person(server, iam))
    other = server.client("iam", "111122223333")
    refusal(person(server, other))
    server.dev("POST", "reset", {"account_id": "111122223333"})
    assert [one["account_id"] for one in server.dev("GET", "refusals")["refusals"]] == ["000000000000"]
    server.reset()
    assert server.dev("GET", "refusals")["refusals"] == []


def test_a_role_says_which_side_refused(server, iam):
    bob = Person(server, iam, "Bob")
    trust = policy({"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    refused("AccessDenied", None, bob.sts.assume_role, RoleArn=role, RoleSessionName="ci")
    newest, *_ = server.dev("GET", "refusals")["refusals"]
    assert f"trust policy of {role} Allow statement 0 (line 1, column 41): applies" in newest["explanation"]
    assert "identityPolicies: none are given" in newest["explanation"]


def test_what_is_not_there_allows_nothing(server, iam):
    """Neither a role that does not exist nor a session policy that was deleted lets the explanation say `allowed`."""
    bob = Person(server, iam, "Bob")
    iam.put_user_policy(UserName="Bob", PolicyName="Own", PolicyDocument=policy(allow("sts:*")))

    def explained():
        newest, *_ = server.dev("GET", "refusals")["refusals"]
        return newest["explanation"]

    for account in ("000000000000", "111122223333"):
        missing = f"arn:aws:iam::{account}:role/Nobody"
        refused("AccessDenied", None, bob.sts.assume_role, RoleArn=missing, RoleSessionName="ci")
        assert "\nimplicitDeny by resourcePolicy\n" in explained()
        assert "trust policy of a role that is not there or was not looked at: no statement" in explained()
    trust = policy({"Effect": "Allow", "Principal": {"AWS": "000000000000"}, "Action": "sts:AssumeRole"})
    role = iam.create_role(RoleName="Work", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="Work", PolicyName="p", PolicyDocument=policy(allow()))
    narrow = iam.create_policy(PolicyName="Narrow", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    given = bob.sts.assume_role(RoleArn=role, RoleSessionName="ci", PolicyArns=[{"arn": narrow}])["Credentials"]
    session = server.client("iam", given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])
    session.list_users()
    iam.delete_policy(PolicyArn=narrow)
    refused("AccessDenied", None, session.list_users)
    assert "\nimplicitDeny by sessionPolicies\n" in explained()
    assert "a managed policy that was deleted of session: no statement" in explained()


def test_the_server_tells_why_over_its_socket_and_in_its_log(start, tmp_path):
    data, log = tmp_path / "data", tmp_path / "log"
    made = initialise(data, "--account-id", "111122223333")
    server = start("serve", "--data", data, "--listen", "127.0.0.1:0", log=log)
    bob = person(server, server.client("iam", made["key"], made["secret"]))
    request_id = refusal(bob)
    line = next(line for line in log.read_text().splitlines() if request_id in line)
    for said in [
        'account="111122223333"',
        'caller="arn:aws:iam::111122223333:user/Bob"',
        'action="iam:GetUser"',
        'resource="arn:aws:iam::111122223333:user/Bob"',
        'policy_kind="identity-based policy"',
        "because no identity-based policy allows the iam:GetUser action",
    ]:
        assert said in line, line
    listed = run("why", "--data", data).stdout.splitlines()
    assert request_id in listed[0] and "iam:GetUser" in listed[0]
    told = run("why", "--data", data, request_id)
    assert WANTED in told.stdout and NAMED.format("111122223333") in told.stdout
    unknown = run("why", "--data", data, "other")
    assert unknown.returncode != 0 and "other" in unknown.stderr
    server.stop()
    assert "no server runs" in run("why", "--data", data).stderr


def test_dev_tells_why_at_a_terminal(tmp_path):
    """The refusals come to the terminal once each, and equal ones with their number."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, "dev", "--listen", "127.0.0.1:0"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        env=clean_environment(),
        encoding="utf-8",
    )
    os.close(theirs)
    seen, came = [], threading.Event()

    def read():
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                return
            seen.append(piece.decode())
            if "more within a second" in "".join(seen):
                came.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    try:
        line = next(line for line in process.stdout if line.startswith("keyward ready on "))
        server = Endpoint(line.removeprefix("keyward ready on ").strip())
        bob = person(server, server.client())
        for _ in range(3):
            refusal(bob)
        assert came.wait(30), "".join(seen)
        assert "".join(seen).count(WANTED) == 1
    finally:
        process.terminate()
        process.wait()
        os.close(ours)


class Endpoint:
    """A server that was started otherwise."""

    def __init__(self, endpoint):
        self.endpoint = endpoint

    def client(self, service="iam", key="test", secret="test"):
        return client(self.endpoint, service, key, secret)
