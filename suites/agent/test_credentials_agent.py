"""`keyward credentials-agent`: programs without keys of their own get those of a role."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from support.documents import arn, trust
from support.people import Person
from support.program import clean_environment, run

AWS = Path(sys.executable).with_name("aws")
READY = "keyward credentials-agent ready on "
TOKEN = "a-token-that-only-tests-know"
ROLE = arn("role", "Reader")
ASSUMED = re.compile(r"arn:aws:sts::000000000000:assumed-role/Reader/([\w+=,.@-]{2,64})")
WHO = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"


@pytest.fixture
def bob(server, iam):
    """A user whom the role trusts."""
    bob = Person(server, iam, "Bob")
    iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=trust({"AWS": arn("user", "Bob")}))
    return bob


@pytest.fixture
def start_agent(start, server, tmp_path):
    def start_one(person, *options, token=TOKEN, endpoint=server.endpoint, role=ROLE):
        environment = keys_of(person)
        if token:
            environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = token
        arguments = [*options, "--listen", "127.0.0.1:0", "--role-arn", role, "--endpoint", endpoint]
        log = tmp_path / "agent-log"
        return start("credentials-agent", *arguments, environment=environment, ready=READY, log=log)

    return start_one


def keys_of(person):
    return {"AWS_ACCESS_KEY_ID": person.key, "AWS_SECRET_ACCESS_KEY": person.secret}


def ask(agent, token=TOKEN, path="/credentials", method="GET", **headers):
    if token is not None:
        headers["Authorization"] = token
    status, headers, body = agent.http(method, path, headers=headers)
    assert headers["Cache-Control"] == "no-store"
    return status, json.loads(body or "{}")


def as_told(agent, server, *command, **environment):
    """Runs a program that knows what the agent says, and no more. Gives what it prints."""
    environment = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.endpoint,
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **environment,
    }
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", timeout=60, env=clean_environment(environment), check=False
    )
    return done.stdout.strip() if done.returncode == 0 else done.stderr


def with_boto3(agent, server, **environment):
    return as_told(agent, server, sys.executable, "-c", WHO, **environment)


def with_cli(agent, server, **environment):
    words = ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"]
    return as_told(agent, server, AWS, *words, **environment)


def exported(agent):
    """What the agent says is to be set."""
    lines = [line.removeprefix("export ") for line in agent.printed if line.startswith("export ")]
    return dict(line.split("=", 1) for line in lines)


# Who is answered.


@pytest.mark.parametrize("ask_who", [with_boto3, with_cli])
def test_a_program_without_keys_is_the_role(server, bob, start_agent, ask_who):
    agent = start_agent(bob)
    who = ask_who(agent, server, AWS_CONTAINER_AUTHORIZATION_TOKEN=TOKEN)
    assert ASSUMED.fullmatch(who).group(1).startswith("keyward-agent-")


@pytest.mark.parametrize("ask_who", [with_boto3, with_cli])
def test_a_token_may_be_in_a_file(server, bob, start_agent, tmp_path, ask_who):
    file = tmp_path / "the token"
    agent = start_agent(bob, "--token-file", file, token=None)
    assert file.stat().st_mode & 0o777 == 0o600
    assert re.fullmatch("[0-9a-f]{64}", file.read_text())
    assert exported(agent) == {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.endpoint,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": f"'{file}'",
    }
    assert ASSUMED.fullmatch(ask_who(agent, server, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(file)))
    assert file.read_text() not in "\n".join(agent.printed) + agent.log.read_text()


def test_a_token_is_made_and_printed_where_none_is_given(server, bob, start_agent):
    agent = start_agent(bob, "--role-session-name", "web+1@host", token=None)
    told = exported(agent)
    assert told.keys() == {"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN"}
    assert with_boto3(agent, server, **told).endswith("/Reader/web+1@host")


def test_credentials_are_told_as_sdks_read_them(bob, start_agent, server):
    agent = start_agent(bob, "--duration-seconds", 900)
    assert exported(agent) == {"AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.endpoint}
    status, told = ask(agent)
    assert status == 200
    assert told.keys() == {"AccessKeyId", "SecretAccessKey", "Token", "Expiration", "RoleArn"}
    assert told["RoleArn"] == ROLE
    left = datetime.fromisoformat(told["Expiration"]) - datetime.now(UTC)
    assert 800 < left.total_seconds() <= 901
    sts = server.client("sts", told["AccessKeyId"], told["SecretAccessKey"], token=told["Token"])
    assert ASSUMED.fullmatch(sts.get_caller_identity()["Arn"])
    # They are kept until they have to be renewed.
    assert ask(agent) == (200, told)
    log = agent.log.read_text()
    for secret in [told["SecretAccessKey"], told["Token"], bob.secret, TOKEN]:
        assert secret not in log


def test_a_profile_of_a_file_may_have_the_keys(bob, start_agent, server, tmp_path):
    file = tmp_path / "credentials"
    section = "[{}]\naws_access_key_id = {}\naws_secret_access_key = {}\n"
    file.write_text(section.format("default", "AKIDNOBODY", "nothing") + section.format("bob", bob.key, bob.secret))
    agent = start_agent(SimpleNamespace(key="", secret=""), "--credentials-file", file, "--profile", "bob")
    assert ask(agent)[0] == 200


def test_a_session_may_assume_a_role_too(bob, iam, start, server, start_agent):
    """Credentials that are temporary themselves are sent with their token."""
    iam.create_role(RoleName="Second", AssumeRolePolicyDocument=trust({"AWS": ROLE}))
    status, first = ask(start_agent(bob))
    assert status == 200
    environment = {
        "AWS_ACCESS_KEY_ID": first["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": first["SecretAccessKey"],
        "AWS_SESSION_TOKEN": first["Token"],
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": TOKEN,
        "AWS_ENDPOINT_URL": server.endpoint,
    }
    arguments = ["--listen", "127.0.0.1:0", "--role-arn", arn("role", "Second")]
    agent = start("credentials-agent", *arguments, environment=environment, ready=READY)
    who = with_boto3(agent, server, AWS_CONTAINER_AUTHORIZATION_TOKEN=TOKEN)
    assert who.startswith("arn:aws:sts::000000000000:assumed-role/Second/")


# Who is not.


def test_others_get_nothing(bob, start_agent):
    agent = start_agent(bob)
    port = agent.address.split(":")[1]
    refusals = [
        (401, "MissingAuthorizationToken", ask(agent, token=None)),
        (403, "InvalidAuthorizationToken", ask(agent, token="wrong")),
        (403, "InvalidAuthorizationToken", ask(agent, token=f"Bearer {TOKEN}")),
        (403, "InvalidHost", ask(agent, Host=f"evil.example:{port}")),
        (403, "InvalidHost", ask(agent, Host="127.0.0.1:1")),
        (404, "NotFound", ask(agent, path="/")),
        (405, "MethodNotAllowed", ask(agent, method="POST")),
    ]
    for expected, code, (status, told) in refusals:
        assert (status, told["code"]) == (expected, code)
        assert told.keys() == {"code", "message"}
    assert ask(agent, Host=f"localhost:{port}")[0] == 200


def test_an_sdk_with_a_wrong_token_says_why(bob, start_agent, server):
    agent = start_agent(bob)
    said = with_boto3(agent, server, AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong-token-of-16")
    assert "403" in said and "InvalidAuthorizationToken" in said


def test_a_role_that_does_not_trust_is_told(bob, iam, start_agent):
    iam.update_assume_role_policy(RoleName="Reader", PolicyDocument=trust())
    agent = start_agent(bob)
    status, told = ask(agent)
    assert (status, told["code"]) == (502, "AccessDenied")
    assert "sts:AssumeRole" in told["message"] and ROLE in told["message"]
    # It is asked again as soon as somebody wants it.
    iam.update_assume_role_policy(RoleName="Reader", PolicyDocument=trust({"AWS": arn("user", "Bob")}))
    assert ask(agent)[0] == 200


def test_wrong_keys_are_told_without_them(bob, start_agent):
    bob.secret = "not-the-secret-of-bob"
    status, told = ask(start_agent(bob))
    assert (status, told["code"]) == (502, "SignatureDoesNotMatch")
    assert bob.secret not in told["message"]


def test_a_server_may_go_away_and_come_back(start, start_agent, tmp_path):
    def dev(listen):
        return start("dev", "--listen", listen, "--data", tmp_path / "data")

    server = dev("127.0.0.1:0")
    iam = server.client("iam")
    bob = Person(server, iam, "Bob")
    iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=trust({"AWS": arn("user", "Bob")}))
    early, late = (start_agent(bob, endpoint=server.endpoint) for _ in range(2))
    status, kept = ask(early)
    assert status == 200
    server.stop()
    assert ask(early) == (200, kept)
    status, told = ask(late)
    assert (status, told["code"]) == (503, "EndpointUnavailable")
    dev(server.address)
    assert ask(late)[0] == 200


def test_an_endpoint_with_an_authority_of_its_own(start, start_agent, tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-out", certificate, "-keyout", key],
        check=True,
        capture_output=True,
    )
    data = tmp_path / "data"
    assert run("init", "--data", data, "--account-id", "111122223333").returncode == 0
    tls = ["--tls-cert", certificate, "--tls-key", key]
    server = start("serve", "--listen", "127.0.0.1:0", "--data", data, *tls)
    nobody = SimpleNamespace(key="AKIDNOBODY", secret="nothing")
    status, told = ask(start_agent(nobody, endpoint=server.endpoint))
    assert (status, told["code"]) == (503, "EndpointUnavailable")
    assert "no trusted TLS connection" in told["message"]
    status, told = ask(start_agent(nobody, "--ca", certificate, endpoint=server.endpoint))
    assert (status, told["code"]) == (502, "InvalidClientTokenId")


# Starting and stopping.

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
HERE = ["--endpoint", "http://127.0.0.1:1"]


@pytest.mark.parametrize(
    ("options", "environment", "said"),
    [
        ([*HERE, "--listen", "0.0.0.0:0"], KEYS, "0.0.0.0:0"),
        ([*HERE, "--listen", "[::]:0"], KEYS, "[::]:0"),
        ([], KEYS, "--endpoint"),
        (["--endpoint", "http://keyward.example"], KEYS, "plain http"),
        (["--endpoint", "ftp://keyward.example"], KEYS, "not an http or https URL"),
        (["--endpoint", "https://keyward.example", "--ca", os.devnull], KEYS, "no certificates"),
        (HERE, {}, "AWS_SECRET_ACCESS_KEY"),
        (HERE, {"AWS_ACCESS_KEY_ID": "test"}, "AWS_SECRET_ACCESS_KEY"),
        ([*HERE, "--credentials-file", os.devnull], {}, "no profile `default`"),
        ([*HERE, "--profile", "x"], KEYS, "--credentials-file"),
        (HERE, {**KEYS, "AWS_CONTAINER_AUTHORIZATION_TOKEN": "short"}, "16 characters"),
        ([*HERE, "--duration-seconds", "899"], KEYS, "899"),
        ([*HERE, "--role-session-name", "a b"], KEYS, "a b"),
        ([*HERE, "--listen", "127.0.0.1:0", "--token-file", "/none/token"], KEYS, "/none/token"),
    ],
)
def test_what_can_not_work_is_told_at_start(options, environment, said):
    done = run("credentials-agent", "--role-arn", ROLE, *options, environment=environment)
    assert done.returncode != 0
    assert said in done.stderr
    assert READY not in done.stdout


def test_it_stops_in_good_order(bob, start_agent):
    agent = start_agent(bob)
    assert ask(agent)[0] == 200
    agent.stop()
    assert "every request was answered" in agent.log.read_text()
