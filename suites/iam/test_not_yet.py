"""Operations that are known and not done yet say so, and which they are."""

import re
from pathlib import Path

import botocore.session
import pytest

from support.signed import Signer

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def operations(service):
    return set(botocore.session.Session().get_service_model(service).operation_names)


def done(service):
    """The operations that the coverage page calls done."""
    section = COVERAGE.read_text().split(f"## {service}, version")[1].split("\n## ")[0]
    rows = re.findall(r"^\| \[?`(\w+)`.*\| (done|not yet) \|$", section, re.MULTILINE)
    assert {name for name, _ in rows} == operations(service)
    return {name for name, state in rows if state == "done"}


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_what_is_not_done_yet_is_answered_by_its_name(server, service):
    signer = Signer(server.address, service=service)
    for name in sorted(operations(service) - done(service)):
        answer = signer.call(name)
        assert (answer.status, answer.code) == (501, "NotImplemented"), name
        assert re.search(rf"\b{name}\b", answer.message), answer.message


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_what_is_done_is_never_answered_so(server, service):
    signer = Signer(server.address, service=service)
    for name in sorted(done(service)):
        answer = signer.call(name)
        assert answer.status < 500, (name, answer.body)
        assert answer.code != "InvalidAction", name
