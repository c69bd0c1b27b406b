"""Operations that are known and not done yet say so, and which they are."""

import re
from pathlib import Path

import botocore.session
import pytest

from support.documents import allow, nothing_allows, policy
from support.expect import refused
from support.people import Person
from support.signed import Signer

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def operations(service):
    return set(botocore.session.Session().get_service_model(service).operation_names)


def answered(service):
    """The operations that the coverage page calls done, or says to list nothing."""
    section = COVERAGE.read_text().split(f"## {service}, version")[1].split("\n## ")[0]
    rows = re.findall(r"^\| \[?`(\w+)`.*\| (done|empty list|not yet) \|$", section, re.MULTILINE)
    assert {name for name, _ in rows} == operations(service)
    return {name for name, state in rows if state != "not yet"}


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_what_is_not_done_yet_is_answered_by_its_name(server, service):
    signer = Signer(server.address, service=service)
    for name in sorted(operations(service) - answered(service)):
        answer = signer.call(name)
        assert (answer.status, answer.code) == (501, "NotImplemented"), name
        assert re.search(rf"\b{name}\b", answer.message), answer.message


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_what_is_done_is_never_answered_so(server, service):
    signer = Signer(server.address, service=service)
    for name in sorted(answered(service)):
        answer = signer.call(name)
        assert answer.status < 500, (name, answer.body)
        assert answer.code != "InvalidAction", name


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("list_mfa_devices", "MFADevices"),
        ("list_ssh_public_keys", "SSHPublicKeys"),
        ("list_signing_certificates", "Certificates"),
        ("list_service_specific_credentials", "ServiceSpecificCredentials"),
    ],
)
def test_lists_of_what_no_user_can_have_are_empty(server, iam, operation, result):
    bob = Person(server, iam, "Bob")
    listed = getattr(iam, operation)
    assert listed(UserName="Bob")[result] == []
    assert listed()[result] == []
    refused("NoSuchEntity", "The user with name Eve cannot be found.", listed, UserName="Eve")
    action = "iam:" + listed_name(iam, operation)
    for user in ("Bob", "Eve"):
        message = nothing_allows(action, f"user {user}")
        refused("AccessDenied", message, getattr(bob.iam, operation), UserName=user)
    allowed = policy(allow(action, "arn:aws:iam::*:user/${aws:username}"))
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=allowed)
    assert getattr(bob.iam, operation)()[result] == []


@pytest.mark.parametrize(
    ("operation", "result"),
    [
        ("list_virtual_mfa_devices", "VirtualMFADevices"),
        ("list_server_certificates", "ServerCertificateMetadataList"),
    ],
)
def test_lists_of_what_no_account_can_have_are_empty(server, iam, operation, result):
    bob = Person(server, iam, "Bob")
    assert getattr(iam, operation)()[result] == []
    message = nothing_allows("iam:" + listed_name(iam, operation), "*")
    refused("AccessDenied", message, getattr(bob.iam, operation))


def listed_name(client, method):
    return client.meta.method_to_api_mapping[method]
