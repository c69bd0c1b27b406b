"""Sessions that clients get for themselves, as their profiles say."""

import json
import os
import stat
import subprocess
import sys

import boto3
import botocore.session
import pytest

from support import program
from support.documents import allow, arn
from support.installed import AWS
from support.people import Person
from support.sessions import BOB, assume, give, make_role, session_arn, trusting

GET_TOKEN = """\
#!{python}
import json, subprocess
answer = subprocess.run(
    ["{aws}", "--profile", "bob", "--output", "json", "sts", "get-session-token"],
    stdout=subprocess.PIPE, check=True,
)
print(json.dumps({{"Version": 1, **json.loads(answer.stdout)["Credentials"]}}))
"""


@pytest.fixture
def profiles(server, iam, tmp_path, monkeypatch):
    """Profiles: Bob's own, of roles one after the other, and of a program that fetches a session."""
    bob = Person(server, iam, "Bob")
    make_role(iam, "Build", trusting(), allow("iam:ListUsers"))
    make_role(iam, "Deploy", trusting(arn("role", "Build")), allow("iam:ListRoles"))
    give(iam, "Bob", allow("iam:GetUser"))
    script = tmp_path / "get-token"
    script.write_text(GET_TOKEN.format(python=sys.executable, aws=AWS))
    script.chmod(stat.S_IRWXU)
    (tmp_path / "credentials").write_text(
        f"[bob]\naws_access_key_id = {bob.key}\naws_secret_access_key = {bob.secret}\n"
    )
    (tmp_path / "config").write_text(
        f"""\
[profile bob]
[profile build]
role_arn = {arn("role", "Build")}
source_profile = bob
role_session_name = nightly
duration_seconds = 900
[profile deploy]
role_arn = {arn("role", "Deploy")}
source_profile = build
role_session_name = nightly
[profile token]
credential_process = {script}
[profile build-by-token]
role_arn = {arn("role", "Build")}
source_profile = token
role_session_name = by-token
[profile ghost]
role_arn = {arn("role", "Ghost")}
source_profile = bob
"""
    )
    environment = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_MAX_ATTEMPTS": "1",
        "HOME": str(tmp_path),
    }
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment


def cli(environment, profile, *arguments, fails=False):
    done = subprocess.run(
        [AWS, "--profile", profile, "--output", "json", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env=program.clean_environment(environment),
        check=False,
    )
    assert (done.returncode != 0) == fails, done.stderr
    return done.stderr if fails else json.loads(done.stdout)


EXPECTED = [
    ("bob", BOB),
    ("build", session_arn("Build", "nightly")),
    ("deploy", session_arn("Deploy", "nightly")),
    ("token", BOB),
    ("build-by-token", session_arn("Build", "by-token")),
]


@pytest.mark.parametrize(("profile", "who"), EXPECTED)
def test_profiles_with_boto3(profiles, profile, who):
    del profiles
    session = boto3.Session(profile_name=profile)
    assert session.client("sts").get_caller_identity()["Arn"] == who
    credentials = session.get_credentials().get_frozen_credentials()
    assert (credentials.token is None) == (profile == "bob")


@pytest.mark.parametrize(("profile", "who"), EXPECTED)
def test_profiles_with_the_cli(profiles, profile, who):
    assert cli(profiles, profile, "sts", "get-caller-identity")["Arn"] == who


def test_each_role_has_its_own_rights(profiles):
    del profiles
    may = {"build": "list_users", "deploy": "list_roles"}
    for profile, mine in may.items():
        client = boto3.Session(profile_name=profile).client("iam")
        for operation in may.values():
            if operation == mine:
                getattr(client, operation)()
            else:
                with pytest.raises(client.exceptions.ClientError) as raised:
                    getattr(client, operation)()
                assert raised.value.response["Error"]["Code"] == "AccessDenied"


def test_a_role_that_is_not_there(profiles):
    message = cli(profiles, "ghost", "sts", "get-caller-identity", fails=True)
    assert "(AccessDenied)" in message and f"User: {BOB} is not authorized to perform: sts:AssumeRole" in message


def test_a_session_of_three_credentials(server, iam, profiles):
    del iam, profiles
    client = boto3.Session(profile_name="bob").client("sts")
    credentials = assume(client)["Credentials"]
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        botocore_session=botocore.session.Session(),
    )
    assert session.client("sts", endpoint_url=server.endpoint).get_caller_identity()["Arn"] == session_arn("Build")
    session.client("iam", endpoint_url=server.endpoint).list_users()
