"""AssumeRole, and what its sessions may do."""

import datetime

import pytest

from support.documents import PREFIX, allow, arn, denied, deny, nothing_allows, policy, tags
from support.expect import INVALID_TOKEN, at_least, at_most, provokes, refused, violations, without_metadata
from support.people import Person
from support.program import DEFAULT_ACCOUNT
from support.sessions import ROOT, assume, give, in_session, make_role, may_not, noise, session_arn, trusting

BUILD = arn("role", "Build")
OTHER = "111122223333"


@pytest.fixture
def bob(server, iam):
    return Person(server, iam, "Bob")


@pytest.fixture
def build(iam, bob):
    """The role `Build`, which trusts Bob and may do everything of IAM."""
    del bob
    return make_role(iam, "Build", trusting(), allow("iam:*"))


def test_what_is_given_out(server, iam, bob, build):
    before = datetime.datetime.now(datetime.UTC)
    given_out = without_metadata(assume(bob.sts))
    credentials = given_out.pop("Credentials")
    size = given_out.pop("SessionTokenSize")
    assert size == len(credentials["SessionToken"]) <= 4096
    assert given_out.pop("SessionTokenUtilization") == -(-size * 100 // 4096)
    user_id = f"{build['RoleId']}:build"
    assert given_out == {"AssumedRoleUser": {"AssumedRoleId": user_id, "Arn": session_arn("Build")}}
    assert credentials["AccessKeyId"].startswith("ASIA") and len(credentials["SecretAccessKey"]) == 40
    lasts = credentials["Expiration"] - before
    assert datetime.timedelta(seconds=3590) < lasts < datetime.timedelta(seconds=3700)
    session = {"Credentials": credentials}
    assert without_metadata(in_session(server, session, "sts").get_caller_identity()) == {
        "UserId": user_id,
        "Account": DEFAULT_ACCOUNT,
        "Arn": session_arn("Build"),
    }
    in_session(server, session).create_user(UserName="Eve")
    assert iam.get_user(UserName="Eve")["User"]["UserName"] == "Eve"


def test_where_the_account_is_trusted_its_policies_decide(iam, bob, build):
    del build
    iam.update_assume_role_policy(RoleName="Build", PolicyDocument=trusting(ROOT))
    refused("AccessDenied", may_not("sts:AssumeRole", BUILD), assume, sts=bob.sts)
    give(iam, "Bob", allow("sts:AssumeRole", BUILD))
    assume(bob.sts)
    give(iam, "Bob", allow(), deny("sts:*"))
    refused("AccessDenied", denied("sts:AssumeRole", BUILD), assume, sts=bob.sts)


def test_roles_that_are_not_there_are_as_those_that_do_not_trust(iam, bob):
    make_role(iam, "Build", trusting(ROOT))
    for role in [BUILD, arn("role", "Ghost"), f"arn:aws:iam::{OTHER}:role/Build"]:
        message = may_not("sts:AssumeRole", role)
        refused("AccessDenied", message, bob.sts.assume_role, RoleArn=role, RoleSessionName="build")


NO_ROOT = "Roles may not be assumed by root accounts."


def test_root_users_take_on_no_role(server, iam, build):
    del build
    iam.update_assume_role_policy(RoleName="Build", PolicyDocument=trusting("*"))
    key = iam.create_access_key()["AccessKey"]
    root = server.client("sts", key["AccessKeyId"], key["SecretAccessKey"])
    refused("AccessDenied", NO_ROOT, assume, sts=root)
    made = server.dev("POST", "accounts", {"account_id": OTHER})
    root = server.client("sts", made["access_key_id"], made["secret_access_key"])
    refused("AccessDenied", NO_ROOT, assume, sts=root)


def test_root_users_take_on_no_role_where_keys_are_enforced(start):
    environment = {"KEYWARD_ROOT_ACCESS_KEY_ID": "my-root-key", "KEYWARD_ROOT_SECRET_ACCESS_KEY": "my-root-secret"}
    server = start("dev", "--enforce", "--listen", "127.0.0.1:0", environment=environment)
    make_role(server.client("iam", "my-root-key", "my-root-secret"), "Build", trusting("*"))
    refused("AccessDenied", NO_ROOT, assume, sts=server.client("sts", "my-root-key", "my-root-secret"))


def test_who_stands_in_for_root_assumes_what_trusts_its_account(server, iam, sts, bob):
    role = make_role(iam, "Deploy", trusting(DEFAULT_ACCOUNT), allow("iam:ListUsers"))["Arn"]
    asked = {"RoleArn": role, "RoleSessionName": "ci"}
    given_out = sts.assume_role(**asked)
    assert given_out["AssumedRoleUser"]["Arn"] == session_arn("Deploy", "ci")
    session = in_session(server, given_out)
    session.list_users()
    refused("AccessDenied", None, session.list_roles)
    refusal = may_not("sts:AssumeRole", role, ROOT)
    for trust in [trusting(arn("user", "Bob")), trusting(OTHER)]:
        iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trust)
        refused("AccessDenied", refusal, sts.assume_role, **asked)
    ghost = {**asked, "RoleArn": arn("role", "Ghost")}
    refused("AccessDenied", refusal.replace("role/Deploy", "role/Ghost"), sts.assume_role, **ghost)
    external = trusting("*", Condition={"StringEquals": {"sts:ExternalId": "x9"}})
    iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=external)
    refused("AccessDenied", refusal, sts.assume_role, **asked)
    sts.assume_role(**asked, ExternalId="x9")
    # Across accounts the trust must name the caller's.
    elsewhere = server.client("sts", OTHER)
    iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trusting(OTHER))
    elsewhere.assume_role(**asked)
    iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trusting(DEFAULT_ACCOUNT))
    message = may_not("sts:AssumeRole", role, f"arn:aws:iam::{OTHER}:root")
    refused("AccessDenied", message, elsewhere.assume_role, **asked)


def test_conditions_of_a_trust_policy(iam, bob, build):
    del build
    cases = [
        ({"StringEquals": {"sts:ExternalId": "key-7"}}, {"ExternalId": "key-7"}, {"ExternalId": "key-8"}),
        ({"StringLike": {"sts:RoleSessionName": "bu*"}}, {}, {"session": "other"}),
        ({"StringEquals": {"aws:RequestTag/Team": "red"}}, {"Tags": tags(Team="red")}, {"Tags": tags(Team="blue")}),
        ({"StringEquals": {"sts:SourceIdentity": "alice"}}, {"SourceIdentity": "alice"}, {}),
        (
            {"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}},
            {"Tags": tags(Team="red"), "TransitiveTagKeys": ["Team"]},
            {"Tags": tags(Team="red")},
        ),
    ]
    for condition, good, bad in cases:
        iam.update_assume_role_policy(RoleName="Build", PolicyDocument=trusting(Condition=condition))
        assume(bob.sts, **good)
        refused("AccessDenied", may_not("sts:AssumeRole", BUILD), assume, sts=bob.sts, **bad)


def test_tags_and_source_identities_are_asked_for_besides(iam, bob, build):
    del build
    iam.update_assume_role_policy(RoleName="Build", PolicyDocument=trusting(action="sts:AssumeRole"))
    for action, members in [
        ("sts:TagSession", {"Tags": tags(Team="red")}),
        ("sts:SetSourceIdentity", {"SourceIdentity": "alice"}),
    ]:
        refused("AccessDenied", may_not(action, BUILD), assume, sts=bob.sts, **members)


def test_a_role_of_another_account(server, iam, bob):
    made = server.dev("POST", "accounts", {"account_id": OTHER})
    other = server.client("iam", made["access_key_id"], made["secret_access_key"])
    role = make_role(other, "Build", trusting(), allow("iam:ListRoles"))["Arn"]
    asked = {"RoleArn": role, "RoleSessionName": "build"}
    refused("AccessDenied", may_not("sts:AssumeRole", role), bob.sts.assume_role, **asked)
    give(iam, "Bob", allow("sts:AssumeRole"))
    given_out = bob.sts.assume_role(**asked)
    assert given_out["AssumedRoleUser"]["Arn"] == session_arn("Build", account=OTHER)
    assert [one["Arn"] for one in in_session(server, given_out).list_roles()["Roles"]] == [role]
    identity = in_session(server, given_out, "sts").get_caller_identity()
    assert (identity["Account"], identity["Arn"]) == (OTHER, session_arn("Build", account=OTHER))


def test_what_is_no_role(bob):
    for role in ["arn:a:::something/test-role", "arn:aws:iam::000000000000:user/Bob", "x" * 20]:
        asked = {"RoleArn": role, "RoleSessionName": "build"}
        refused("ValidationError", f"{role} is invalid", bob.sts.assume_role, **asked)


def test_what_has_not_the_right_shape(bob, build):
    del build
    constraint = r"failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*"
    sentence = f"1 validation error detected: Value 'Session1:2' at 'roleSessionName' {constraint}"
    refused("ValidationError", sentence, assume, sts=bob.sts, session="Session1:2")
    for seconds, bound in [(899, at_least), (43_201, at_most)]:
        limit = {at_least: 900, at_most: 43_200}[bound]
        said = bound("durationSeconds", limit, "value").replace("Value at", f"Value '{seconds}' at")
        refused("ValidationError", violations(said), assume, sts=bob.sts, DurationSeconds=seconds)


def test_how_long_a_session_lasts(server, iam, bob, build):
    del build
    too_long = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    refused("ValidationError", too_long, assume, sts=bob.sts, DurationSeconds=3601)
    iam.update_role(RoleName="Build", MaxSessionDuration=43_200)
    given_out = assume(bob.sts, DurationSeconds=43_200)
    left = given_out["Credentials"]["Expiration"] - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(hours=11) < left
    make_role(iam, "Deploy", trusting(BUILD), MaxSessionDuration=43_200)
    chained = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
    first = in_session(server, given_out, "sts")
    refused("ValidationError", chained, assume, sts=first, name="Deploy", DurationSeconds=3601)
    assume(first, "Deploy", DurationSeconds=3600)


def test_tags_of_a_session(server, iam, bob, build):
    del build
    duplicate = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    refused("InvalidParameterValue", duplicate, assume, sts=bob.sts, Tags=tags(Team="a", team="b"))
    no_tag = "The specified transitive tag key must be included in the requested tags."
    members = {"Tags": tags(Team="red"), "TransitiveTagKeys": ["Cost"]}
    refused("InvalidParameterValue", no_tag, assume, sts=bob.sts, **members)

    given_out = assume(bob.sts, Tags=tags(Team="red", Cost="1"), TransitiveTagKeys=["TEAM"])
    assert 0 < given_out["PackedPolicySize"] <= 100
    first = in_session(server, given_out, "sts")
    only_red = allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/Team": "red"}})
    no_cost = deny("iam:*", Condition={"Null": {"aws:PrincipalTag/Cost": "false"}})
    make_role(iam, "Deploy", trusting(BUILD), only_red, no_cost, Tags=tags(Team="blue"))
    in_session(server, assume(first, "Deploy")).list_users()
    # Who hands none on leaves the role its own.
    untagged = in_session(server, assume(bob.sts), "sts")
    second = in_session(server, assume(untagged, "Deploy"))
    message = nothing_allows("iam:ListUsers", f"{PREFIX}:user/", "X").replace(f"{PREFIX}:X", session_arn("Deploy"))
    refused("AccessDenied", message, second.list_users)
    conflict = (
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag "
        "key from the calling session."
    )
    refused("InvalidParameterValue", conflict, assume, sts=first, name="Deploy", Tags=tags(team="blue"))


def test_a_source_identity_stays(server, iam, bob, build):
    del build
    make_role(iam, "Deploy", trusting(BUILD))
    given_out = assume(bob.sts, SourceIdentity="alice")
    assert given_out["SourceIdentity"] == "alice"
    first = in_session(server, given_out, "sts")
    assert assume(first, "Deploy")["SourceIdentity"] == "alice"
    message = may_not("sts:SetSourceIdentity", arn("role", "Deploy"), session_arn("Build"))
    refused("AccessDenied", message, assume, sts=first, name="Deploy", SourceIdentity="bob")


@provokes("AssumeRole", "MalformedPolicyDocument", "PackedPolicyTooLarge")
def test_session_policies(server, iam, bob, build):
    del build
    refused("MalformedPolicyDocument", "Unexpected end-of-input", assume, sts=bob.sts, Policy="{")
    unpackable = policy(allow("s3:*", f"arn:aws:s3:::{noise(8_000)}"))
    refused("PackedPolicyTooLarge", None, assume, sts=bob.sts, Policy=unpackable)
    ghost = [{"arn": arn("policy", "Ghost")}]
    refused("ValidationError", None, assume, sts=bob.sts, PolicyArns=ghost)

    own = iam.create_policy(PolicyName="Own", PolicyDocument=policy(allow("iam:ListUsers")))["Policy"]["Arn"]
    for members in [{"Policy": policy(allow("iam:ListUsers"))}, {"PolicyArns": [{"arn": own}]}]:
        given_out = assume(bob.sts, **members)
        assert 0 < given_out["PackedPolicySize"] <= 100
        narrowed = in_session(server, given_out)
        narrowed.list_users()
        message = nothing_allows("iam:ListRoles", f"{PREFIX}:role/", "X", "session policy")
        message = message.replace(f"{PREFIX}:X", session_arn("Build"))
        refused("AccessDenied", message, narrowed.list_roles)


def test_a_session_is_no_user(server, bob, build):
    del build
    session = in_session(server, assume(bob.sts))
    message = "Must specify userName when calling with non-User credentials"
    for call in [session.get_user, session.list_access_keys]:
        refused("ValidationError", message, call)


def test_sessions_are_revoked(server, iam, bob, build, clock):
    del build
    session = in_session(server, assume(bob.sts))
    session.list_users()
    told = clock.advance("60s")
    older = deny(Condition={"DateLessThan": {"aws:TokenIssueTime": told}})
    iam.put_role_policy(RoleName="Build", PolicyName="AWSRevokeOlderSessions", PolicyDocument=policy(older))
    message = denied("iam:ListUsers", f"{PREFIX}:user/", "X").replace(f"{PREFIX}:X", session_arn("Build"))
    refused("AccessDenied", message, session.list_users)
    in_session(server, assume(bob.sts)).list_users()


def test_sessions_end_with_their_role(server, iam, bob, build):
    del build
    given_out = assume(bob.sts)
    iam.delete_role_policy(RoleName="Build", PolicyName="p")
    iam.delete_role(RoleName="Build")
    for again in [False, True]:
        if again:
            make_role(iam, "Build", trusting(), allow())
        for service, operation in [("iam", "list_users"), ("sts", "get_caller_identity")]:
            call = getattr(in_session(server, given_out, service), operation)
            refused("InvalidClientTokenId", INVALID_TOKEN, call)


def test_a_role_tells_when_it_was_last_used(server, iam, bob, build, clock):
    del build

    def last_used():
        return iam.get_role(RoleName="Build")["Role"]["RoleLastUsed"]

    assert last_used() == {}
    session = in_session(server, assume(bob.sts))
    assert last_used() == {}
    refused("NoSuchEntity", None, session.get_user, UserName="Ghost")
    first = last_used()
    assert set(first) == {"LastUsedDate", "Region"} and first["Region"] == "us-east-1"
    clock.advance("10m")
    session.list_users()
    assert last_used() == first
    clock.advance("6m")
    session.list_users()
    second = last_used()
    assert second["LastUsedDate"] - first["LastUsedDate"] >= datetime.timedelta(minutes=15)
    details = iam.get_account_authorization_details(Filter=["Role"])["RoleDetailList"]
    assert [one["RoleLastUsed"] for one in details] == [second]
    clock.advance("401d")
    assert last_used() == {}


def test_a_device_that_is_not_there(bob, build):
    del build
    message = (
        "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number "
        "is valid and associated with this user."
    )
    members = {"SerialNumber": arn("mfa", "Bob"), "TokenCode": "123456"}
    refused("AccessDenied", message, assume, sts=bob.sts, **members)
    refused("AccessDenied", message, bob.sts.get_session_token, **members)


def test_whom_a_role_does_not_trust(server, iam, build):
    del build
    eve = Person(server, iam, "Eve")
    refused("AccessDenied", may_not("sts:AssumeRole", BUILD, arn("user", "Eve")), assume, sts=eve.sts)
