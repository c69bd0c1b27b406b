"""Ansible keeps users, groups, roles and policies: what is as it should be is not changed again."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from support.installed import once
from support.program import clean_environment

HERE = Path(__file__).parent
ENVIRONMENT = HERE / ".venv"
COLLECTIONS = HERE / ".collections"
WANTED = ("amazon/aws", "community/aws")


def install():
    """An environment of its own: what Ansible needs is no matter of the other suites."""
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True, timeout=120)
    pip("install", "-r", HERE / "requirements.txt")


def unpack():
    """Of the package `ansible`, which is large, only the collections for AWS."""
    COLLECTIONS.mkdir()
    pip("download", "--no-deps", "--only-binary", ":all:", "-d", COLLECTIONS, "-r", HERE / "collections.txt")
    [package] = COLLECTIONS.glob("*.whl")
    with zipfile.ZipFile(package) as archive:
        prefixes = tuple(f"ansible_collections/{name}/" for name in WANTED)
        archive.extractall(COLLECTIONS, [name for name in archive.namelist() if name.startswith(prefixes)])
    package.unlink()


def pip(*arguments):
    command = [ENVIRONMENT / "bin/python", "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, timeout=300)


@pytest.fixture
def play(server, tmp_path):
    """Runs the playbook. Gives the counts of its recap and what it printed."""
    once(ENVIRONMENT, (HERE / "requirements.txt").read_text(), install)
    once(COLLECTIONS, (HERE / "collections.txt").read_text(), unpack)
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path),
        "ANSIBLE_REMOTE_TEMP": str(tmp_path),
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "PATH": f"{ENVIRONMENT / 'bin'}:{os.environ['PATH']}",
    }

    def run(**variables):
        extra = [f"--extra-vars={name}={value}" for name, value in variables.items()]
        interpreter = f"--extra-vars=ansible_python_interpreter={ENVIRONMENT / 'bin/python'}"
        done = subprocess.run(
            [ENVIRONMENT / "bin/ansible-playbook", "-i", "localhost,", HERE / "site.yml", interpreter, *extra],
            env=clean_environment(environment),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        [recap] = re.findall(r"^localhost +: (.*)$", done.stdout, re.MULTILINE)
        return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", recap)}, done.stdout

    return run


def test_a_second_run_changes_nothing_and_what_is_there_can_be_taken_away(play, iam):
    first, printed = play()
    assert (first["changed"], first["failed"]) == (8, 0), printed
    before = state(iam)
    assert before["UserDetailList"][0]["GroupList"] == ["crew"]
    assert iam.get_login_profile(UserName="bob")["LoginProfile"]["PasswordResetRequired"] is True
    assert len(iam.list_access_keys(UserName="bob")["AccessKeyMetadata"]) == 1

    second, printed = play()
    assert (second["changed"], second["failed"]) == (0, 0), printed
    assert state(iam) == before

    # What somebody takes away by hand comes again, and nothing else is touched.
    iam.detach_role_policy(RoleName="work", PolicyArn=iam.list_policies(Scope="Local")["Policies"][0]["Arn"])
    iam.remove_user_from_group(GroupName="crew", UserName="bob")
    third, printed = play()
    assert (third["changed"], third["failed"]) == (2, 0), printed
    assert state(iam) == before

    gone, printed = play(state="absent")
    assert (gone["changed"], gone["failed"]) == (5, 0), printed
    summary = iam.get_account_summary()["SummaryMap"]
    assert {summary[name] for name in ("Groups", "Roles", "Policies", "InstanceProfiles")} == {0}
    assert iam.list_attached_user_policies(UserName="bob")["AttachedPolicies"] == []
    again, printed = play(state="absent")
    assert (again["changed"], again["failed"]) == (0, 0), printed


def state(iam):
    details = iam.get_account_authorization_details()
    return {name: value for name, value in details.items() if name != "ResponseMetadata"}
