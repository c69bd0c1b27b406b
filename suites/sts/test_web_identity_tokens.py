"""Tokens by which an account vouches for who calls, checked as a stranger checks them; and messages to decode."""

import base64
import hashlib
import json
import time
import urllib.request

import pytest

from support.documents import allow
from support.expect import provokes, refused, violations
from support.people import Person
from support.program import DEFAULT_ACCOUNT
from support.sessions import BOB, assume, give, in_session, make_role, trusting

AUDIENCE = "https://service.example"
# What stands before the hash in an RSA signature with SHA-256 (RFC 8017, 9.2).
SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def number(text):
    return int.from_bytes(unpadded(text), "big")


def is_signed_by(token, key):
    """Whether an RSA key of a key set signed a token."""
    message, _, signature = token.rpartition(".")
    n, e = number(key["n"]), number(key["e"])
    size = (n.bit_length() + 7) // 8
    opened = pow(number(signature), e, n).to_bytes(size, "big")
    rest = SHA256_PREFIX + hashlib.sha256(message.encode()).digest()
    return opened == b"\x00\x01" + b"\xff" * (size - len(rest) - 3) + b"\x00" + rest


def claims(answer):
    return json.loads(unpadded(answer["WebIdentityToken"].split(".")[1]))


def ask(sts, algorithm="ES384", audience=(AUDIENCE,), **more):
    return sts.get_web_identity_token(SigningAlgorithm=algorithm, Audience=list(audience), **more)


@pytest.fixture
def bob(server, iam):
    """Bob, who may do everything, in an account that vouches."""
    iam.enable_outbound_web_identity_federation()
    bob = Person(server, iam, "Bob")
    give(iam, "Bob", allow("*"))
    return bob


def test_a_stranger_verifies_a_token_by_what_the_issuer_publishes(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text('token_issuer_base = "https://iam.example/tokens"\n')
    server = start("dev", "--listen", "127.0.0.1:0", "--config", configuration)
    iam = server.client()
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    bob = Person(server, iam, "Bob")
    give(iam, "Bob", allow("*"))
    answer = ask(bob.sts, "RS256", Tags=[{"Key": "Stage", "Value": "test"}])
    url = server.endpoint + issuer.removeprefix("https://iam.example") + "/.well-known/jwks.json"
    with urllib.request.urlopen(url) as published:
        keys = {key["kid"]: key for key in json.load(published)["keys"]}
    token = answer["WebIdentityToken"]
    header = json.loads(unpadded(token.split(".")[0]))
    assert header == {"kid": "RSA_0", "typ": "JWT", "alg": "RS256"}
    assert is_signed_by(token, keys["RSA_0"])
    head, body, signature = token.split(".")
    other = body[:-1] + ("A" if body[-1] != "A" else "B")
    assert not is_signed_by(f"{head}.{other}.{signature}", keys["RSA_0"])
    told = claims(answer)
    assert (told["iss"], told["sub"], told["aud"]) == (issuer, BOB, AUDIENCE)
    assert told["exp"] - told["iat"] == 300
    assert abs(told["exp"] - answer["Expiration"].timestamp()) < 1
    assert abs(told["iat"] - time.time()) < 60
    assert told["https://sts.amazonaws.com/"] == {
        "aws_account": DEFAULT_ACCOUNT,
        "source_region": "us-east-1",
        "principal_id": BOB,
        "request_tags": {"Stage": "test"},
    }


@provokes("GetWebIdentityToken", "SessionDurationEscalationException", "OutboundWebIdentityFederationDisabledException")
def test_a_token_ends_before_the_session_that_asks_for_it(server, iam, bob):
    make_role(iam, "Build", trusting(), allow("*"))
    given = assume(bob.sts, DurationSeconds=900)
    session = in_session(server, given, "sts")
    told = claims(ask(session))["https://sts.amazonaws.com/"]
    assert told["principal_id"] == f"arn:aws:iam::{DEFAULT_ACCOUNT}:role/Build"
    assert told["original_session_exp"] == given["Credentials"]["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ")
    message = "Requested token expiry time must be before the original session's expiry time."
    refused("SessionDurationEscalationException", message, ask, sts=session, DurationSeconds=3600)
    own = in_session(server, bob.sts.get_session_token(), "sts")
    assert claims(ask(own))["sub"] == BOB
    iam.disable_outbound_web_identity_federation()
    message = "OutboundWebIdentityFederation is disabled."
    refused("OutboundWebIdentityFederationDisabledException", message, ask, sts=bob.sts)


@provokes("GetWebIdentityToken", "JWTPayloadSizeExceededException")
def test_a_token_says_only_so_much(bob):
    tags = [{"Key": f"{number:0>60}", "Value": "v" * 232} for number in range(50)]
    ask(bob.sts, Tags=tags[:48])
    refused("JWTPayloadSizeExceededException", None, ask, sts=bob.sts, Tags=tags)


def test_what_is_asked_in_a_wrong_way_is_told(bob):
    unsupported = (
        "Requested SigningAlgorithm is not supported. "
        "See the GetWebIdentityToken documentation for supported algorithms"
    )
    for algorithm in ("RS384", "HS256", "rs256"):
        refused("ValidationError", unsupported, ask, sts=bob.sts, algorithm=algorithm)
    for members, value, field, bound in (
        ({"algorithm": "none"}, "none", "signingAlgorithm", "length greater than or equal to 5"),
        ({"DurationSeconds": 59}, "59", "durationSeconds", "value greater than or equal to 60"),
        ({"DurationSeconds": 3601}, "3601", "durationSeconds", "value less than or equal to 3600"),
    ):
        wrong = f"Value '{value}' at '{field}' failed to satisfy constraint: Member must have {bound}"
        refused("ValidationError", violations(wrong), ask, sts=bob.sts, **members)
    tags = [{"Key": "Team", "Value": "a"}, {"Key": "tEAM", "Value": "b"}]
    message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    refused("InvalidParameterValue", message, ask, sts=bob.sts, Tags=tags)


@provokes("DecodeAuthorizationMessage", "InvalidAuthorizationMessageException")
def test_no_message_is_encoded_here_so_none_is_decoded(server, iam, bob):
    decode = bob.sts.decode_authorization_message
    refused("InvalidAuthorizationMessageException", "Message is not valid", decode, EncodedMessage="x")
    eve = Person(server, iam, "Eve")
    action = "sts:DecodeAuthorizationMessage"
    message = (
        f"User: {BOB.replace('Bob', 'Eve')} is not authorized to perform: {action} on resource: * because no "
        f"identity-based policy allows the {action} action"
    )
    refused("AccessDenied", message, eve.sts.decode_authorization_message, EncodedMessage="x")
