"""AssumeRoleWithWebIdentity: roles by tokens of an issuer that the tests run."""

import datetime
import json
import os
import subprocess
import time

import boto3
import pytest
from botocore import UNSIGNED

from support.documents import PREFIX, allow, arn, policy
from support.expect import provokes, refused, violations, without_metadata
from support.installed import AWS
from support.oidc_issuer import (
    CLIENT_ID,
    DISCOVERY,
    ELSEWHERE,
    KEY_SET,
    SUBJECT,
    Authority,
    Issuer,
    Key,
    signed,
    signed_with_secret,
    tampered,
)
from support.program import DEFAULT_ACCOUNT, Server, clean_environment

ROLE = arn("role", "Deploy")
SESSION = f"arn:aws:sts::{DEFAULT_ACCOUNT}:assumed-role/Deploy/build-7"
NOT_VALIDATED = (
    "The web identity token provided could not be validated. See the AssumeRoleWithWebIdentity documentation for "
    "requirements."
)
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity "
    "documentation for requirements"
)
NO_TOKEN = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)"
MAY_NOT = "Not authorized to perform sts:AssumeRoleWithWebIdentity"
CLAIM = "https://aws.amazon.com/"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def rsa():
    return Key("rsa")


def configuration(folder, text):
    file = folder / "keyward.toml"
    file.write_text(text)
    return ["dev", "--listen", "127.0.0.1:0", "--config", file]


@pytest.fixture(scope="module")
def calling_server(tmp_path_factory, authority):
    """A server that may call the issuer and trusts its authority."""
    folder = tmp_path_factory.mktemp("dev")
    text = f'[outbound]\nallow = ["localhost", "127.0.0.1"]\ncertificate_authorities = "{authority.certificate}"\n'
    server = Server([str(each) for each in configuration(folder, text)], log=folder / "log")
    yield server
    server.stop()


@pytest.fixture
def server(calling_server):
    calling_server.reset()
    return calling_server


@pytest.fixture
def issuer(authority, rsa):
    """An issuer nobody was told of before: servers remember keys."""
    with Issuer(authority, [rsa]) as issuer:
        yield issuer


def provider_arn(issuer):
    return arn("oidc-provider", issuer.host)


def trust(issuer, *more_actions, **more):
    actions = ["sts:AssumeRoleWithWebIdentity", *more_actions]
    return policy({"Effect": "Allow", "Principal": {"Federated": provider_arn(issuer)}, "Action": actions, **more})


def prepare(server, issuer, **role):
    """A provider and a role that trusts it."""
    iam = server.client()
    iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=[CLIENT_ID], ThumbprintList=["0" * 40])
    document = role.pop("document", None) or trust(issuer)
    return iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=document, **role)["Role"]


@pytest.fixture
def role(server, issuer):
    return prepare(server, issuer)


def unsigned(server):
    return server.client("sts", signature_version=UNSIGNED)


def assume(server, token, **more):
    members = {"RoleArn": ROLE, "RoleSessionName": "build-7", "WebIdentityToken": token, **more}
    return unsigned(server).assume_role_with_web_identity(**members)


def refuses(server, token, message, code="InvalidIdentityToken", **more):
    return refused(code, message, assume, server=server, token=token, **more)


def of_session(server, answer, service="sts"):
    given = answer["Credentials"]
    return server.client(service, given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])


def test_a_token_is_a_way_to_a_session(server, issuer, role):
    before = datetime.datetime.now(datetime.UTC)
    answer = without_metadata(assume(server, issuer.token()))
    given = answer.pop("Credentials")
    assert set(given) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert given["AccessKeyId"].startswith("ASIA")
    lasts = (given["Expiration"] - before).total_seconds()
    assert 3590 < lasts < 3630
    assert answer.pop("PackedPolicySize") >= 0
    assert answer.pop("SessionTokenSize") == len(given["SessionToken"])
    assert 0 < answer.pop("SessionTokenUtilization") <= 100
    role_id = role["RoleId"]
    assert answer == {
        "SubjectFromWebIdentityToken": SUBJECT,
        "AssumedRoleUser": {"AssumedRoleId": f"{role_id}:build-7", "Arn": SESSION},
        "Provider": provider_arn(issuer),
        "Audience": CLIENT_ID,
    }
    identity = without_metadata(of_session(server, {"Credentials": given}).get_caller_identity())
    assert identity == {"UserId": f"{role_id}:build-7", "Account": DEFAULT_ACCOUNT, "Arn": SESSION}
    assert issuer.asked == [DISCOVERY, KEY_SET]
    assume(server, issuer.token())
    assert issuer.asked == [DISCOVERY, KEY_SET]


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("rsa", "RS256"),
        ("rsa", "RS384"),
        ("rsa", "RS512"),
        ("p256", "ES256"),
        ("p384", "ES384"),
        ("p521", "ES512"),
    ],
)
def test_every_algorithm(server, authority, kind, algorithm):
    with Issuer(authority, [Key(kind)]) as issuer:
        prepare(server, issuer)
        assert assume(server, issuer.token(algorithm=algorithm))["SubjectFromWebIdentityToken"] == SUBJECT


def test_credentials_of_whoever_asks_are_not_looked_at(server, issuer, role):
    """Also where they are wrong: the operation takes none."""
    del role
    token = issuer.token()
    form = {"RoleArn": ROLE, "RoleSessionName": "build-7", "WebIdentityToken": token}
    for sts in (server.client("sts"), server.client("sts", "AKIAIOSFODNN7EXAMPLE", "x", token="no-token")):
        assert sts.assume_role_with_web_identity(**form)["Audience"] == CLIENT_ID


def environment(server, tmp_path, **more):
    # The command line remembers the credentials of a role below its home.
    return {
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": server.endpoint,
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
        **more,
    }


@pytest.fixture(params=["profile", "environment"])
def told(request, server, issuer, role, tmp_path):
    """The variables of a process that is told of its token by a profile, or by the variables themselves."""
    del role
    token = tmp_path / "token"
    token.write_text(issuer.token())
    if request.param == "environment":
        more = {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "AWS_ROLE_ARN": ROLE, "AWS_ROLE_SESSION_NAME": "build-7"}
        return environment(server, tmp_path, **more)
    (tmp_path / "config").write_text(
        f"[profile ci]\nrole_arn = {ROLE}\nrole_session_name = build-7\nweb_identity_token_file = {token}\n"
    )
    return environment(server, tmp_path, AWS_PROFILE="ci")


def test_boto3_takes_on_the_role_by_itself(told, monkeypatch):
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert boto3.Session().client("sts").get_caller_identity()["Arn"] == SESSION


def test_the_command_line_takes_on_the_role_by_itself(told):
    done = subprocess.run(
        [AWS, "--output", "json", "sts", "get-caller-identity"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=clean_environment(told),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["Arn"] == SESSION


def test_the_command_line_asks_without_credentials(server, issuer, role, tmp_path):
    del role
    members = ["--role-arn", ROLE, "--role-session-name", "build-7", "--web-identity-token", issuer.token()]
    done = subprocess.run(
        [AWS, "--output", "json", "sts", "assume-role-with-web-identity", *members, "--duration-seconds", "900"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=clean_environment(environment(server, tmp_path)),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["AssumedRoleUser"]["Arn"] == SESSION


def test_what_the_session_may_do(server, iam, issuer, role):
    del role
    iam.create_user(UserName="Bob")
    same = {"StringEquals": {f"{issuer.host}:sub": SUBJECT, "aws:FederatedProvider": provider_arn(issuer)}}
    iam.put_role_policy(RoleName="Deploy", PolicyName="p", PolicyDocument=policy(allow("iam:GetUser", Condition=same)))
    answer = assume(server, issuer.token())
    assert of_session(server, answer, "iam").get_user(UserName="Bob")["User"]["UserName"] == "Bob"
    other = assume(server, issuer.token(sub="someone else"))
    message = (
        f"User: {SESSION} is not authorized to perform: iam:GetUser on resource: user Bob because no "
        "identity-based policy allows the iam:GetUser action"
    )
    refused("AccessDenied", message, of_session(server, other, "iam").get_user, UserName="Bob")


@provokes("AssumeRoleWithWebIdentity", "InvalidIdentityToken", "ExpiredTokenException")
def test_times(server, issuer, role):
    del role
    now = int(time.time())
    expired = refuses(server, issuer.token(iat=now - 9000, exp=now - 400), None, "ExpiredTokenException")
    start, end = expired["Message"].split(" must be ")
    assert abs(int(start.removeprefix("Token expired: current date/time ")) - (now - 300)) < 30
    assert end == f"before the expiration date/time {now - 400}"
    early = refuses(server, issuer.token(nbf=now + 900), None)["Message"]
    assert early.startswith("Token not yet valid: current date/time ")
    assert early.endswith(f" must be after or equal to the not-before date/time {now + 900}")
    refuses(server, issuer.token(iat=now + 900), f"Token issued in the future: {now + 900}")
    refuses(server, issuer.token(exp="never"), "Invalid timestamp in token claims.")
    for name in ("sub", "aud", "iat", "exp"):
        refuses(server, issuer.token(**{name: None}), f"Missing a required claim: {name}")
    # The token's end is not the session's.
    answer = assume(server, issuer.token(exp=now + 60))
    assert answer["Credentials"]["Expiration"].timestamp() > now + 3500


def test_audiences(server, issuer, role):
    del role
    refuses(server, issuer.token(aud="another"), NOT_VALIDATED)
    refuses(server, issuer.token(aud=[]), "Claim is not allowed to be empty: aud")
    two = "Token audience contains more than one audience while authorized party is not present"
    refuses(server, issuer.token(aud=[CLIENT_ID, "another"]), two)
    refuses(server, issuer.token(azp="another"), NOT_VALIDATED)
    answer = assume(server, issuer.token(aud=["one", "another"], azp=CLIENT_ID))
    assert answer["Audience"] == CLIENT_ID


def test_forged_tokens(server, issuer, role, rsa):
    del role
    claims, other = issuer.claims(), Key("rsa", rsa.kid)
    refuses(server, signed(other, claims), NOT_VALIDATED)
    refuses(server, tampered(issuer.token(), sub="admin"), NOT_VALIDATED)
    refuses(server, issuer.token().rsplit(".", 1)[0] + ".", NOT_VALIDATED)
    refuses(server, issuer.token()[:-20], None)
    # The public key is no secret, in whatever form somebody takes it for one.
    public = issuer.keys[0].public
    for secret in (public, public.strip(), json.dumps(rsa.jwk()).encode(), rsa.jwk()["n"].encode(), b""):
        refuses(server, signed_with_secret(secret, claims, kid=rsa.kid), NOT_VALIDATED)
    for algorithm in ("none", "None", "NONE", "", "PS256", "HS512", "EdDSA"):
        message = signed(rsa, claims, "RS256", alg=algorithm).rsplit(".", 1)[0]
        refuses(server, message + ".", NOT_VALIDATED)
        refuses(server, signed(rsa, claims, "RS256", alg=algorithm), NOT_VALIDATED)
    # What is signed as one algorithm is none of another.
    refuses(server, signed(rsa, claims, "RS256", alg="RS512"), NOT_VALIDATED)
    refuses(server, signed(rsa, claims, "RS256", alg="ES256"), None)
    # Keys that a token brings along or points at.
    own = {"jwk": other.jwk(), "jku": issuer.url + "/keys-of-another", "x5u": issuer.url + "/certificate"}
    for name, value in own.items():
        refuses(server, signed(other, claims, **{name: value}), NOT_VALIDATED)
    assert {DISCOVERY, KEY_SET}.issuperset(issuer.asked)
    refuses(server, signed(rsa, claims, crit=["exp"], exp=1), NO_TOKEN)
    for text in ("abcd", "a.b.c", "....", issuer.token() + ".x", "é" * 10):
        refuses(server, text, NO_TOKEN)
    assume(server, issuer.token())


def test_a_token_of_another_issuer_or_for_another_account(server, authority, issuer, role):
    del role
    with Issuer(authority) as other:
        none = f"No OpenIDConnect provider found in your account for {other.url}"
        refuses(server, other.token(), none)
        # Another's keys under this one's name.
        refuses(server, signed(other.keys[0], issuer.claims()), NO_KEY)
        assert other.asked == []
    # Of an account that is not there no more is told than of one that has no such provider.
    elsewhere = ROLE.replace(DEFAULT_ACCOUNT, "999999999999")
    none = f"No OpenIDConnect provider found in your account for {issuer.url}"
    refuses(server, issuer.token(), none, RoleArn=elsewhere)


@provokes("AssumeRoleWithWebIdentity", "IDPRejectedClaim")
def test_a_provider_is_not_named(server, issuer, role):
    del role
    token = issuer.token()
    message = "Provided Token is not a Login With Amazon token"
    refuses(server, token, message, ProviderId="www.amazon.com")
    message = 'graph.facebook.com rejected OAuth token with response "Bad signature" and code 190'
    refuses(server, token, message, "IDPRejectedClaim", ProviderId="graph.facebook.com")
    message = "Unrecognized OAuth provider. Do not include a provider parameter when submitting OpenIDConnect ID tokens"
    refuses(server, token, message, "AccessDenied", ProviderId="accounts.google.com")


def test_what_is_too_large_or_too_long(server, issuer, role):
    del role
    large = issuer.token(filler="x" * 20_000)
    error = refuses(server, large, None, "ValidationError")
    assert "webIdentityToken" in error["Message"] and "20000" in error["Message"]
    assert large[:100] not in error["Message"]
    assume(server, issuer.token(filler="x" * 14_000))
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    refuses(server, issuer.token(), message, "ValidationError", DurationSeconds=3601)
    message = violations(
        "Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal "
        "to 900"
    )
    refuses(server, issuer.token(), message, "ValidationError", DurationSeconds=899)


@provokes("AssumeRoleWithWebIdentity", "MalformedPolicyDocument", "PackedPolicyTooLarge")
def test_session_policies(server, iam, issuer, role):
    del role
    iam.put_role_policy(RoleName="Deploy", PolicyName="p", PolicyDocument=policy(allow("iam:*")))
    answer = assume(server, issuer.token(), Policy=policy(allow("iam:ListUsers")))
    of_role = of_session(server, answer, "iam")
    assert of_role.list_users()["Users"] == []
    message = (
        f"User: {SESSION} is not authorized to perform: iam:ListRoles on resource: {PREFIX}:role/ because no session "
        "policy allows the iam:ListRoles action"
    )
    error = refused("AccessDenied", None, of_role.list_roles)["Message"]
    assert error.split(" on resource: ")[0] == message.split(" on resource: ", maxsplit=1)[0]
    assert error.endswith("because no session policy allows the iam:ListRoles action")
    refuses(server, issuer.token(), None, "MalformedPolicyDocument", Policy="{}")
    large = {f"{CLAIM}tags/principal_tags/k{n}": os.urandom(96).hex() for n in range(30)}
    iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trust(issuer, "sts:TagSession"))
    refuses(server, issuer.token(**large), None, "PackedPolicyTooLarge")


def test_tags_and_who_is_behind_it(server, iam, issuer, role):
    del role
    nested = {f"{CLAIM}tags": {"principal_tags": {"Team": ["red"]}, "transitive_tag_keys": ["Team"]}}
    flat = {f"{CLAIM}tags/principal_tags/Team": "red", f"{CLAIM}tags/transitive_tag_keys": ["Team"]}
    behind = {f"{CLAIM}source_identity": "alice"}
    message = "Not authorized to perform sts:TagSession"
    refuses(server, issuer.token(**flat), message, "AccessDenied")
    message = "Not authorized to perform sts:SetSourceIdentity"
    refuses(server, issuer.token(**behind), message, "AccessDenied")
    condition = {"StringEquals": {"aws:RequestTag/Team": "red", "sts:SourceIdentity": "alice"}}
    document = trust(issuer, "sts:TagSession", "sts:SetSourceIdentity", Condition=condition)
    iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=document)
    needs = {"StringEquals": {"aws:PrincipalTag/Team": "red", "aws:SourceIdentity": "alice"}}
    iam.put_role_policy(
        RoleName="Deploy", PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers", Condition=needs))
    )
    for tags in (nested, flat):
        answer = assume(server, issuer.token(**tags, **behind))
        assert answer["SourceIdentity"] == "alice"
        assert of_session(server, answer, "iam").list_users()["Users"] == []
    message = "principal_tags passed in claim is not in correct format."
    refuses(server, issuer.token(**{f"{CLAIM}tags": {"principal_tags": {"Team": "red"}}}), message)
    refuses(server, issuer.token(**flat), MAY_NOT, "AccessDenied")


def test_the_trust_policy_asks_what_the_token_says(server, iam, issuer, role):
    del role
    claims = {"repository": "acme/app", "amr": ["pwd", "otp"]}
    host = issuer.host
    for condition, is_admitted in (
        ({"StringEquals": {f"{host}:sub": SUBJECT, f"{host}:aud": CLIENT_ID}}, True),
        ({"StringLike": {f"{host}:sub": "repo:acme/*"}}, True),
        ({"StringLike": {f"{host}:sub": "repo:other/*"}}, False),
        ({"StringEquals": {f"{host}:repository": "acme/app"}}, True),
        ({"ForAnyValue:StringEquals": {f"{host}:amr": "otp"}}, True),
        ({"ForAnyValue:StringEquals": {f"{host}:amr": "sms"}}, False),
        ({"StringEquals": {"sts:RoleSessionName": "build-7"}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "build-8"}}, False),
        ({"StringEquals": {"aws:userid": provider_arn(issuer)}}, True),
        ({"Bool": {"sts:RoleAuthorizedByIdp": "true"}}, False),
        ({"Null": {"aws:PrincipalArn": "true"}}, True),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.1"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
    ):
        iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=trust(issuer, Condition=condition))
        if is_admitted:
            assume(server, issuer.token(**claims))
        else:
            refuses(server, issuer.token(**claims), MAY_NOT, "AccessDenied")
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRoleWithWebIdentity"}
    iam.update_assume_role_policy(RoleName="Deploy", PolicyDocument=policy(anybody))
    refuses(server, issuer.token(), MAY_NOT, "AccessDenied")
    refuses(server, issuer.token(), MAY_NOT, "AccessDenied", RoleArn=arn("role", "Absent"))


def test_roles_that_the_issuer_lists(server, iam, issuer, role):
    del role
    iam.update_assume_role_policy(
        RoleName="Deploy",
        PolicyDocument=trust(issuer, Condition={"Bool": {"sts:RoleAuthorizedByIdp": "true"}}),
    )
    refuses(server, issuer.token(), MAY_NOT, "AccessDenied")
    assume(server, issuer.token(**{f"{CLAIM}roles": [ROLE]}))
    assume(server, issuer.token(**{f"{CLAIM}roles": f"{arn('role', 'Other')};{ROLE}"}))
    message = "The target role ARN is not present in the roles claim of the identity token"
    refuses(server, issuer.token(**{f"{CLAIM}roles": [arn("role", "Other")]}), message)
    refuses(server, issuer.token(**{f"{CLAIM}roles": []}), "The roles claim contains no valid role ARNs")


def test_the_issuer_changes_its_keys(start, server, authority, tmp_path, rsa):
    with Issuer(authority, [rsa]) as issuer:
        prepare(server, issuer)
        assume(server, issuer.token())
        newer = Key("p256")
        issuer.keys = [newer]
        # Strangers can't have the issuer called as often as they like: not before half a minute has passed.
        for _ in range(5):
            refuses(server, issuer.token(), NO_KEY)
            refuses(server, signed(Key("p256"), issuer.claims()), NO_KEY)
        assume(server, issuer.token(key=rsa))
        assert issuer.asked == [DISCOVERY, KEY_SET]
        # Whoever has not asked before finds the new ones.
        text = f'[outbound]\nallow = ["localhost"]\ncertificate_authorities = "{authority.certificate}"\n'
        other = start(*configuration(tmp_path, text))
        prepare(other, issuer)
        assume(other, issuer.token())
        refuses(other, issuer.token(key=rsa), NO_KEY)


def test_keys_that_are_of_no_use(server, authority, rsa):
    for keys in (
        [],
        [{**rsa.jwk(), "use": "enc"}],
        [{**rsa.jwk(), "kid": "another"}],
        [{name: value for name, value in rsa.jwk().items() if name != "kid"}],
        [{"kty": "oct", "kid": rsa.kid, "k": "c2VjcmV0"}],
    ):
        server.reset()
        with Issuer(authority, keys) as issuer:
            prepare(server, issuer)
            refuses(server, signed(rsa, issuer.claims()), NO_KEY)
    for key in ({**rsa.jwk(), "key_ops": ["verify"]}, {**Key("p256").jwk(), "kid": rsa.kid}):
        server.reset()
        with Issuer(authority, [key]) as issuer:
            prepare(server, issuer)
            refuses(server, signed(rsa, issuer.claims()), NOT_VALIDATED)


def test_a_token_without_the_name_of_its_key(server, authority, rsa):
    with Issuer(authority, [rsa]) as issuer:
        prepare(server, issuer)
        assume(server, issuer.token(header={"kid": None}))
    server.reset()
    with Issuer(authority, [rsa, Key("rsa")]) as issuer:
        prepare(server, issuer)
        refuses(server, issuer.token(header={"kid": None}), NO_KEY)
        assume(server, issuer.token())


@pytest.mark.parametrize("behaviour", ["redirect", "silent", "huge", "missing", "no_json", "other_issuer"])
def test_an_issuer_that_does_not_answer_well(server, authority, rsa, behaviour):
    with Issuer(authority, [rsa]) as issuer:
        issuer.behaviour = behaviour
        prepare(server, issuer)
        refuses(server, issuer.token(), NO_KEY)
        # It is called once, goes nowhere else, and is left alone for a while.
        assert issuer.asked == [DISCOVERY]
        issuer.behaviour = None
        refuses(server, issuer.token(), NO_KEY)
        assert issuer.asked == [DISCOVERY]
        assert not any(path.startswith(ELSEWHERE) for path in issuer.asked)


def test_an_issuer_can_not_send_the_server_to_addresses_of_its_choice(server, authority, rsa):
    for where in ("http://127.0.0.1:1/keys", "https://169.254.169.254/keys", "https://10.0.0.1/keys", "file:///etc"):
        server.reset()
        with Issuer(authority, [rsa]) as issuer:
            issuer.behaviour = lambda _, where=where, issuer=issuer: {**issuer.discovery(), "jwks_uri": where}
            prepare(server, issuer)
            refuses(server, issuer.token(), NO_KEY)
            assert issuer.asked == [DISCOVERY]


def test_nobody_is_called_who_may_not_be(start, authority, tmp_path, rsa):
    """Not at loopback, and not where nobody vouches for who answers."""
    trusting = f'[outbound]\ncertificate_authorities = "{authority.certificate}"\n'
    for text in (trusting, '[outbound]\nallow = ["127.0.0.1"]\n', ""):
        server = start(*configuration(tmp_path, text))
        for host in ("localhost", "127.0.0.1"):
            with Issuer(authority, [rsa], host) as issuer:
                server.reset()
                prepare(server, issuer)
                refuses(server, issuer.token(), NO_KEY)
                assert issuer.asked == []


def test_a_thumbprint_vouches_for_the_host(start, authority, tmp_path, rsa):
    server = start(*configuration(tmp_path, '[outbound]\nallow = ["localhost"]\n'))
    with Issuer(authority, [rsa]) as issuer:
        prepare(server, issuer)
        this = {"OpenIDConnectProviderArn": provider_arn(issuer)}
        server.client().update_open_id_connect_provider_thumbprint(**this, ThumbprintList=[authority.thumbprint()])
        assume(server, issuer.token())


def test_pinned_keys_need_no_call(start, authority, tmp_path, rsa):
    with Issuer(authority, [rsa]) as issuer:
        (tmp_path / "keys.json").write_text(json.dumps(issuer.key_set()))
        pinned = f'issuer = "{issuer.url}"\nfile = "{tmp_path}/keys.json"\n'
        server = start(*configuration(tmp_path, f"[[outbound.pinned_keys]]\n{pinned}"))
        prepare(server, issuer)
        assert assume(server, issuer.token())["SubjectFromWebIdentityToken"] == SUBJECT
        refuses(server, issuer.token(key=Key("rsa", rsa.kid)), NOT_VALIDATED)
        refuses(server, issuer.token(key=Key("rsa")), NO_KEY)
        assert issuer.asked == []


def test_a_provider_that_goes_takes_its_way_in_with_it(server, iam, issuer, role):
    del role
    token = issuer.token()
    answer = assume(server, token)
    this = {"OpenIDConnectProviderArn": provider_arn(issuer)}
    iam.delete_open_id_connect_provider(**this)
    refuses(server, token, f"No OpenIDConnect provider found in your account for {issuer.url}")
    # Sessions that were given out go on.
    assert of_session(server, answer).get_caller_identity()["Arn"] == SESSION
    iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=[CLIENT_ID], ThumbprintList=["0" * 40])
    assume(server, token)


def test_an_account_is_no_issuer_for_itself(start, tmp_path, rsa):
    base = "https://localhost:1/tokens"
    server = start(*configuration(tmp_path, f'token_issuer_base = "{base}"\n'))
    iam = server.client()
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    host = issuer.removeprefix("https://")
    iam.create_open_id_connect_provider(Url=issuer, ClientIDList=[CLIENT_ID], ThumbprintList=["0" * 40])
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": arn("oidc-provider", host)},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    iam.create_role(RoleName="Deploy", AssumeRolePolicyDocument=policy(statement))
    now = int(time.time())
    claims = {"iss": issuer, "sub": SUBJECT, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
    refuses(server, signed(rsa, claims), NOT_VALIDATED)
