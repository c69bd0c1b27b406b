"""GetSessionToken and GetFederationToken: sessions that users make of their own rights."""

import datetime

import pytest

from support.documents import PREFIX, allow, arn, deny, nothing_allows, policy, tags
from support.expect import INVALID_TOKEN, provokes, refused, without_metadata
from support.people import Person
from support.program import DEFAULT_ACCOUNT
from support.sessions import BOB, NO_SESSION, assume, give, in_session, make_role, noise, trusting

ANN = f"arn:aws:sts::{DEFAULT_ACCOUNT}:federated-user/ann"
USERS = f"{PREFIX}:user/"


@pytest.fixture
def bob(server, iam):
    return Person(server, iam, "Bob")


def as_ann(sentence):
    return sentence.replace(BOB, ANN, 1)


def left(given_out):
    left = given_out["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
    return round(left / datetime.timedelta(seconds=100)) * 100


def test_a_users_own_session(server, iam, bob):
    give(iam, "Bob", allow(), deny("sts:GetSessionToken"))
    given_out = bob.sts.get_session_token()
    assert given_out["Credentials"]["AccessKeyId"].startswith("ASIA")
    assert left(given_out) == 43_200
    assert left(bob.sts.get_session_token(DurationSeconds=129_600)) == 129_600
    sts, session = in_session(server, given_out, "sts"), in_session(server, given_out)
    assert without_metadata(sts.get_caller_identity()) == without_metadata(bob.sts.get_caller_identity())
    refused("InvalidClientTokenId", INVALID_TOKEN, session.list_users)
    refused("AccessDenied", NO_SESSION.format("GetSessionToken"), sts.get_session_token)
    refused("AccessDenied", NO_SESSION.format("GetFederationToken"), sts.get_federation_token, Name="ann")
    make_role(iam, "Build", trusting(), allow("iam:*"))
    in_session(server, assume(sts)).list_users()


def test_a_root_users_session_is_short(sts, server):
    for given_out in [
        sts.get_session_token(),
        sts.get_session_token(DurationSeconds=43_200),
        sts.get_federation_token(Name="ann", DurationSeconds=43_200),
    ]:
        assert left(given_out) == 3_600
    identity = in_session(server, sts.get_session_token(), "sts").get_caller_identity()
    assert identity["Arn"] == f"{PREFIX}:root"


@pytest.mark.parametrize("size", [1_000, 4_096])
def test_a_token_is_as_long_as_asked_for(server, bob, size):
    given_out = bob.sts.get_session_token(MinimumSessionTokenSize=size)
    length = len(given_out["Credentials"]["SessionToken"])
    assert size <= length == given_out["SessionTokenSize"] <= 4_096
    assert in_session(server, given_out, "sts").get_caller_identity()["Arn"] == BOB


def test_sessions_end_with_the_user(server, iam, bob):
    given_out = bob.sts.get_session_token()
    sts = in_session(server, given_out, "sts")
    iam.delete_access_key(UserName="Bob", AccessKeyId=bob.key)
    assert sts.get_caller_identity()["Arn"] == BOB
    iam.delete_user(UserName="Bob")
    refused("InvalidClientTokenId", INVALID_TOKEN, sts.get_caller_identity)
    iam.create_user(UserName="Bob")
    refused("InvalidClientTokenId", INVALID_TOKEN, sts.get_caller_identity)


def test_a_federated_user(server, iam, bob):
    message = nothing_allows("sts:GetFederationToken", ANN)
    refused("AccessDenied", message, bob.sts.get_federation_token, Name="ann")
    give(iam, "Bob", allow("sts:GetFederationToken", ANN), allow("iam:List*"))
    given_out = bob.sts.get_federation_token(Name="ann")
    assert given_out["FederatedUser"] == {"FederatedUserId": f"{DEFAULT_ACCOUNT}:ann", "Arn": ANN}
    assert given_out["PackedPolicySize"] == 0
    assert left(given_out) == 43_200
    narrowed = bob.sts.get_federation_token(Name="ann", Policy=policy(allow()))
    assert narrowed["PackedPolicySize"] > 0
    sts = in_session(server, narrowed, "sts")
    assert without_metadata(sts.get_caller_identity()) == {
        "UserId": f"{DEFAULT_ACCOUNT}:ann",
        "Account": DEFAULT_ACCOUNT,
        "Arn": ANN,
    }
    for call, members in [
        (sts.assume_role, {"RoleArn": arn("role", "Build"), "RoleSessionName": "build"}),
        (sts.get_session_token, {}),
        (sts.get_federation_token, {"Name": "bea"}),
    ]:
        refused("AccessDenied", None, call, **members)


def test_a_federated_user_calls_nothing_of_iam(server, iam, sts, bob):
    give(iam, "Bob", allow())
    for by in (bob.sts, sts):
        session = in_session(server, by.get_federation_token(Name="ann", Policy=policy(allow())))
        for call, members in [
            (session.list_users, {}),
            (session.create_user, {"UserName": "Stays"}),
            (session.create_access_key, {"UserName": "Bob"}),
        ]:
            refused("InvalidClientTokenId", INVALID_TOKEN, call, **members)
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["Bob"]


def test_tags_of_a_federated_user(server, iam, bob):
    give(iam, "Bob", allow("sts:GetFederationToken"), allow("iam:*"))
    asked = {"Name": "ann", "Tags": tags(Team="red"), "Policy": policy(allow())}
    refused("AccessDenied", nothing_allows("sts:TagSession", ANN), bob.sts.get_federation_token, **asked)
    give(iam, "Bob", allow("sts:*"), allow("iam:*"))
    in_session(server, bob.sts.get_federation_token(**asked), "sts").get_caller_identity()


@provokes("GetFederationToken", "MalformedPolicyDocument", "PackedPolicyTooLarge")
def test_policies_of_a_federated_user_that_are_refused(iam, bob):
    give(iam, "Bob", allow())
    federate = bob.sts.get_federation_token
    refused("MalformedPolicyDocument", "Unexpected end-of-input", federate, Name="ann", Policy="{")
    values = noise(50 * 250)
    many = tags(*((f"K{place}", values[place * 250 : place * 250 + 250]) for place in range(50)))
    refused("PackedPolicyTooLarge", None, federate, Name="ann", Tags=many)


def test_roles_vouch_for_nobody(server, iam, bob):
    make_role(iam, "Build", trusting(), allow())
    sts = in_session(server, assume(bob.sts), "sts")
    refused("AccessDenied", NO_SESSION.format("GetFederationToken"), sts.get_federation_token, Name="ann")
    refused("AccessDenied", NO_SESSION.format("GetSessionToken"), sts.get_session_token)
