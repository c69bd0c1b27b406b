"""Session tokens that are not what was given out, or not any more."""

import base64

import pytest

from support.documents import allow, policy
from support.expect import INVALID_TOKEN, MISMATCH, refused
from support.people import Person
from support.sessions import assume, in_session, make_role, session_arn, trusting

EXPIRED = "The security token included in the request is expired"


@pytest.fixture
def bob(server, iam):
    return Person(server, iam, "Bob")


@pytest.fixture
def given_out(iam, bob):
    make_role(iam, "Build", trusting(), allow("iam:*"))
    return assume(bob.sts)


def call(server, credentials, **changed):
    """The caller's identity, with other credentials."""
    changed = {"Credentials": {**credentials["Credentials"], **changed}}
    return in_session(server, changed, "sts").get_caller_identity


def test_a_token_is_good_with_its_own_key_alone(server, bob, given_out):
    other = assume(bob.sts)["Credentials"]
    assert call(server, given_out)()["Arn"] == session_arn("Build")
    for token in [other["SessionToken"], None, "token"]:
        refused("InvalidClientTokenId", INVALID_TOKEN, call(server, given_out, SessionToken=token))
    refused("InvalidClientTokenId", INVALID_TOKEN, call(server, given_out, AccessKeyId=other["AccessKeyId"]))
    refused("SignatureDoesNotMatch", MISMATCH, call(server, given_out, SecretAccessKey=other["SecretAccessKey"]))
    own = {"AccessKeyId": bob.key, "SecretAccessKey": bob.secret}
    refused("InvalidClientTokenId", INVALID_TOKEN, call(server, given_out, **own))
    assert call(server, given_out)()["Arn"] == session_arn("Build")


@pytest.mark.parametrize("used", [False, True])
def test_a_token_that_was_cut_or_changed(server, given_out, used):
    if used:
        call(server, given_out)()
    token = given_out["Credentials"]["SessionToken"]
    raw = base64.b64decode(token)
    for length in [1, 4, 40, len(token) // 2, len(token) - 4, len(token) - 1]:
        refused("InvalidClientTokenId", INVALID_TOKEN, call(server, given_out, SessionToken=token[:length]))
    for bit in range(0, len(raw) * 8, len(raw) * 8 // 40):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << (bit % 8)
        changed = base64.b64encode(changed).decode()
        refused("InvalidClientTokenId", INVALID_TOKEN, call(server, given_out, SessionToken=changed))


def test_a_session_expires(server, bob, given_out, clock):
    session = call(server, given_out)
    session()
    clock.advance("59m")
    session()
    clock.advance("1m")
    for _ in range(2):
        refused("ExpiredToken", EXPIRED, session)
    # One that was never used expires as well.
    unused = assume(bob.sts, DurationSeconds=900)
    clock.advance("15m")
    refused("ExpiredToken", EXPIRED, call(server, unused))


def test_a_presigned_url_of_a_session(server, given_out):
    sts = in_session(server, given_out, "sts")
    url = sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    assert "X-Amz-Security-Token=" in url
    path = url.removeprefix(server.endpoint)
    status, _, body = server.http("GET", path)
    assert status == 200 and session_arn("Build").encode() in body
    without = "&".join(part for part in path.split("&") if not part.startswith("X-Amz-Security-Token"))
    status, _, body = server.http("GET", without)
    assert status == 403 and b"<Code>InvalidClientTokenId</Code>" in body


def test_a_token_of_another_installation(start, tmp_path):
    """Both have the same account, user and role: only their keys differ."""
    del tmp_path
    servers = [start("dev", "--enforce", "--listen", "127.0.0.1:0") for _ in range(2)]
    given_out = []
    for server in servers:
        made = server.dev("POST", "accounts", {"account_id": "222233334444"})
        key, secret = made["access_key_id"], made["secret_access_key"]
        sts = server.client("sts", key, secret)
        given_out.append(sts.get_federation_token(Name="ann", Policy=policy(allow())))
    for server, own, other in zip(servers, given_out, reversed(given_out), strict=True):
        assert call(server, own)()["Arn"].endswith(":federated-user/ann")
        refused("InvalidClientTokenId", INVALID_TOKEN, call(server, other))
