"""AssumeRoleWithSAML: roles by what a SAML provider signs."""

import base64
import concurrent.futures
import datetime
import hashlib
import json
import random
import re
import subprocess
from pathlib import Path

import pytest

from support import saml_idp
from support.documents import PREFIX, allow, arn, policy
from support.expect import provokes, refused, without_metadata
from support.installed import AWS
from support.program import DEFAULT_ACCOUNT, clean_environment, initialise
from support.saml_idp import (
    RECIPIENT,
    IdentityProvider,
    changed,
    mutated,
    pack,
    truncated,
    unpack,
    with_entities,
    wrapped,
)

PROVIDER = arn("saml-provider", "Corp")
ROLE = arn("role", "Operator")
SECOND = arn("role", "Second")
NAME = "alice@example.com"
SESSION = f"arn:aws:sts::{DEFAULT_ACCOUNT}:assumed-role/Operator/{NAME}"
BEHIND = (
    r" \(Service: AWSOpenIdDiscoveryService; Status Code: 400; Error Code: {}; "
    r"Request ID: [0-9a-f-]{{36}}; Proxy: null\)"
)
RESPONSE = "AuthSamlInvalidSamlResponseException"
UNSIGNED = "Response (with optional signature) must contain an assertion with a mandatory signature"
MALFORMED = "Invalid base64 SAMLResponse"
SIGNATURE = "Response signature invalid"
EXPIRED = "Response has expired"
NOT_GRANTED = "SAML Assertion doesn't contain the requested Role and Metadata in the attributes"
USED = "The SAML assertion has already been used for this role"
MAY_NOT = "Not authorized to perform sts:AssumeRoleWithSAML"
PAIR = (ROLE, PROVIDER)
REPOSITORY = Path(__file__).parents[2]
FIXTURES = REPOSITORY / "crates" / "saml" / "tests" / "fixtures"
SEEDS = REPOSITORY / "fuzz" / "seeds" / "saml"


@pytest.fixture(scope="module")
def corp(tmp_path_factory):
    absent = saml_idp.why_no_signing()
    if absent:
        pytest.fail(absent, pytrace=False)
    return IdentityProvider(tmp_path_factory.mktemp("idp"))


def trust(*more_actions, **more):
    actions = ["sts:AssumeRoleWithSAML", *more_actions]
    return policy({"Effect": "Allow", "Principal": {"Federated": PROVIDER}, "Action": actions, **more})


@pytest.fixture
def iam(server, corp):
    """IAM of an account with the provider and a role that trusts it."""
    iam = server.client()
    iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=corp.metadata())
    iam.create_role(RoleName="Operator", AssumeRolePolicyDocument=trust())
    return iam


@pytest.fixture
def said(corp):
    """A response that grants the role; what it says besides is given."""

    def response(**changes):
        return corp.response(**{"roles": [PAIR], **changes})

    return response


def assume(server, response, **more):
    members = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": response, **more}
    return server.client("sts").assume_role_with_saml(**members)


def refuses(server, response, message, code="InvalidIdentityToken", **more):
    return refused(code, message, assume, server=server, response=response, **more)


def refuses_behind(server, response, beginning, exception=RESPONSE, **more):
    """Refused with the text of a service behind the service, which tells a request's id."""
    told = refuses(server, response, None, **more)["Message"]
    assert re.fullmatch(re.escape(beginning) + BEHIND.format(exception), told), told


def of_session(server, answer, service="sts"):
    given = answer["Credentials"]
    return server.client(service, given["AccessKeyId"], given["SecretAccessKey"], token=given["SessionToken"])


def lasts(answer):
    now = datetime.datetime.now(datetime.UTC)
    return (answer["Credentials"]["Expiration"] - now).total_seconds()


def is_about(seconds, expected):
    return expected - 60 < seconds <= expected + 1


def test_an_assertion_is_a_way_to_a_session(server, iam, corp, said):
    answer = without_metadata(assume(server, said()))
    given = answer.pop("Credentials")
    assert set(given) == {"AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"}
    assert is_about(lasts({"Credentials": given}), 3600)
    assert answer.pop("PackedPolicySize") >= 0
    assert answer.pop("SessionTokenSize") == len(given["SessionToken"])
    assert 0 < answer.pop("SessionTokenUtilization") <= 100
    role_id = iam.get_role(RoleName="Operator")["Role"]["RoleId"]
    hashed = hashlib.sha1(f"{corp.entity_id}{DEFAULT_ACCOUNT}/Corp".encode()).digest()
    assert answer == {
        "AssumedRoleUser": {"AssumedRoleId": f"{role_id}:{NAME}", "Arn": SESSION},
        "Subject": "alice",
        "SubjectType": "persistent",
        "Issuer": corp.entity_id,
        "Audience": RECIPIENT,
        "NameQualifier": base64.b64encode(hashed).decode(),
    }
    identity = without_metadata(of_session(server, {"Credentials": given}).get_caller_identity())
    assert identity == {"UserId": f"{role_id}:{NAME}", "Account": DEFAULT_ACCOUNT, "Arn": SESSION}


def test_what_is_told_of_the_subject(server, iam, said):
    del iam
    old = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    new = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
    for name_format, told in (
        (new + "transient", "transient"),
        (old, old),
        ("custom-format", "custom-format"),
    ):
        answer = assume(server, said(name_id_format=name_format, subject="Zoë & <co>"))
        assert (answer["SubjectType"], answer["Subject"]) == (told, "Zoë & <co>")


def test_the_command_line_asks_without_credentials(server, iam, said, tmp_path):
    del iam
    file = tmp_path / "response"
    file.write_text(said())
    members = ["--role-arn", ROLE, "--principal-arn", PROVIDER, "--saml-assertion", f"file://{file}"]
    done = subprocess.run(
        [AWS, "--output", "text", "sts", "assume-role-with-saml", *members, "--query", "AssumedRoleUser.Arn"],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        env=clean_environment(
            {
                "HOME": str(tmp_path),
                "AWS_ENDPOINT_URL": server.endpoint,
                "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_EC2_METADATA_DISABLED": "true",
                "AWS_MAX_ATTEMPTS": "1",
            }
        ),
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, SESSION), done.stderr


@pytest.mark.parametrize(
    "accepted",
    [
        {"audience": "urn:another"},
        {"audience": None},
        {"recipient": "not-a-url"},
        {"not_before": 86_400},
        {"confirmation_not_before": 86_400},
        {"not_on_or_after": None},
        {"one_time_use": True},
        {"proxy_restriction": True},
        {"response_issuer": "https://another.example"},
        {"roles": [(PROVIDER, ROLE)]},
        {"roles": [(SECOND, PROVIDER), PAIR]},
        {"signed": "both"},
        {"digest": "sha512", "signature": "sha512"},
        {"issued": -240},
    ],
    ids=str,
)
def test_what_is_taken(server, iam, said, accepted):
    del iam
    answer = assume(server, said(**accepted))
    assert answer["Audience"] == accepted.get("recipient", RECIPIENT)


def test_a_certificate_that_has_expired_still_tells_its_key(server, corp, tmp_path):
    del corp
    idp = IdentityProvider(tmp_path)
    idp.expire()
    iam = server.client()
    iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=idp.metadata())
    iam.create_role(RoleName="Operator", AssumeRolePolicyDocument=trust())
    assume(server, idp.response(roles=[PAIR]))


@pytest.mark.parametrize(
    "malformed",
    [
        {"conditions": False},
        {"authn_statement": False},
        {"confirmation_not_on_or_after": None},
        {"recipient": None},
        {"confirmations": 2},
        {"name_id_format": None},
        {"not_before": "soon"},
        {"confirmation_not_before": "soon"},
        {"assertions": 2},
    ],
    ids=str,
)
def test_what_is_not_whole(server, iam, said, malformed):
    del iam
    refuses_behind(server, said(**malformed), MALFORMED)


@provokes("AssumeRoleWithSAML", "InvalidIdentityToken")
def test_signatures(server, iam, corp, said, tmp_path):
    del iam
    good = said()
    for signed in ("response", "nothing"):
        refuses_behind(server, said(signed=signed), UNSIGNED)
    refuses(server, changed(good), SIGNATURE)
    refuses(server, changed(said(signed="both"), "Success", "Success "), None, "IDPRejectedClaim")
    refuses(server, changed(said(signed="both"), RECIPIENT, RECIPIENT + "/x"), SIGNATURE)
    # The response's own signature may be left out, but not be wrong.
    both = unpack(said(signed="both"))
    refuses(server, pack(both.replace('Destination="', 'Destination="x')), SIGNATURE)
    # Of a key that the metadata does not have, whatever certificate comes with the signature.
    other = IdentityProvider(tmp_path, corp.entity_id)
    certificate = f"<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{other.certificate_text()}</ds:X509Certificate>"
    own = other.response(roles=[PAIR], key_info=certificate + "</ds:X509Data></ds:KeyInfo>")
    refuses(server, own, SIGNATURE)
    refuses(server, other.response(roles=[PAIR]), SIGNATURE)
    # In the name of another, with the right key.
    refuses_behind(server, said(issuer="https://evil.example"), "Issuer not present in specified provider")
    assume(server, good)


@pytest.mark.parametrize("how", ["before", "after", "inside", "object", "extensions", "same_id"])
def test_a_forged_assertion_beside_the_signed_one(server, iam, said, how):
    del iam
    response = said(subject="alice", roles=[(SECOND, PROVIDER)])
    forged = wrapped(response, how, attribute_changes=[(SECOND, ROLE), (NAME, "admin")])
    refuses_behind(server, forged, MALFORMED)
    refuses_behind(server, wrapped(said(signed="both"), how), MALFORMED)


def test_comments_do_not_cut_a_name(server, iam, said):
    """Canonical XML leaves comments out, so that they may be added to what is signed. What is read must be what was
    signed all the same."""
    del iam
    for between, is_taken in (("<!-- -->", True), ("<?x y?>", False)):
        response = said(subject="admin@example.com.evil.example")
        divided = changed(response, "admin@example.com.evil", f"admin@example.com{between}.evil")
        if is_taken:
            assert assume(server, divided)["Subject"] == "admin@example.com.evil.example"
        else:
            refuses(server, divided, SIGNATURE)


def test_what_is_no_response(server, iam, said):
    del iam
    good = said()
    for broken in (
        truncated(good),
        truncated(good, 400),
        "AAAA",
        "!!!!",
        pack("<a/>"),
        pack("no xml"),
        pack("<a>" * 5000),
        with_entities(good),
        pack(f'<!DOCTYPE a SYSTEM "file:///etc/passwd">{unpack(good).split("?>", 1)[-1]}'),
    ):
        refuses_behind(server, broken, MALFORMED)
    with pytest.raises(server.client("sts").exceptions.ClientError) as raised:
        assume(server, "A" * 100_001)
    error = raised.value.response["Error"]
    assert error["Code"] == "ValidationError" and "100000" in error["Message"], error
    assert "AAAAAAAAAA" not in error["Message"]
    assume(server, good)


@provokes("AssumeRoleWithSAML", "ExpiredTokenException")
def test_times(server, iam, said, clock):
    del iam
    for late in (
        {"not_on_or_after": -1},
        {"confirmation_not_on_or_after": -1},
        {"session_not_on_or_after": -1},
        # Older than five minutes.
        {"issued": -301, "not_on_or_after": 900, "confirmation_not_on_or_after": 900},
    ):
        refuses(server, said(**late), EXPIRED, "ExpiredTokenException")
    response = said(not_on_or_after=3600, confirmation_not_on_or_after=3600)
    clock.advance("310s")
    refuses(server, response, EXPIRED, "ExpiredTokenException")


def test_durations(server, iam, said):
    iam.update_role(RoleName="Operator", MaxSessionDuration=7200)
    for changes, asked, expected in (
        ({}, {}, 3600),
        ({}, {"DurationSeconds": 7200}, 7200),
        ({"session_duration": 7200}, {}, 3600),
        ({"session_duration": 900}, {}, 900),
        ({"session_duration": 1800}, {"DurationSeconds": 7200}, 1800),
        ({"session_duration": 7200}, {"DurationSeconds": 900}, 900),
        ({"session_not_on_or_after": 600}, {}, 600),
        ({"session_not_on_or_after": 600, "session_duration": 1800}, {"DurationSeconds": 7200}, 600),
        ({"session_not_on_or_after": 86_400}, {}, 3600),
    ):
        seconds = lasts(assume(server, said(**changes), **asked))
        assert is_about(seconds, expected), (changes, asked, seconds)
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    refuses(server, said(), message, "ValidationError", DurationSeconds=7201)
    refuses(server, said(session_duration="long"), None)


def test_the_role_must_be_granted_and_trust(server, iam, said):
    for roles in ([], [(SECOND, PROVIDER)], [(ROLE, arn("saml-provider", "Other"))], [(ROLE.lower(), PROVIDER)]):
        refuses(server, said(roles=roles), NOT_GRANTED)
    refuses(server, said(session_name=None), "RoleSessionName is required in AuthnResponse")
    message = "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}"
    refuses(server, said(session_name="not fit"), message)
    absent = arn("role", "Absent")
    refuses(server, said(roles=[(absent, PROVIDER)]), MAY_NOT, "AccessDenied", RoleArn=absent)
    for principal in ({"AWS": "*"}, {"AWS": DEFAULT_ACCOUNT}, {"Federated": arn("saml-provider", "Other")}):
        document = policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRoleWithSAML"})
        iam.update_assume_role_policy(RoleName="Operator", PolicyDocument=document)
        refuses(server, said(), MAY_NOT, "AccessDenied")
    refuses(server, said(), f"{PREFIX}:user/x is invalid", "ValidationError", RoleArn=f"{PREFIX}:user/x")


def test_providers_that_are_not_there(server, iam, said):
    del iam
    absent = "Specified provider doesn't exist"
    exception = "AuthSamlManifestNotFoundException"
    refuses_behind(server, said(), absent, exception, PrincipalArn=arn("saml-provider", "Absent"))
    elsewhere = ROLE.replace(DEFAULT_ACCOUNT, "999999999999")
    refuses_behind(server, said(), absent, exception, RoleArn=elsewhere)


def test_conditions_of_the_trust_policy_and_what_the_session_keeps(server, iam, corp, said):
    hashed = hashlib.sha1(f"{corp.entity_id}{DEFAULT_ACCOUNT}/Corp".encode()).digest()
    attributes = {
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ["staff", "member"],
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.3": ["o=example"],
    }
    kept = {
        "saml:sub": "alice",
        "saml:sub_type": "persistent",
        "saml:namequalifier": base64.b64encode(hashed).decode(),
    }
    gone = {
        "saml:aud": RECIPIENT,
        "saml:iss": corp.entity_id,
        "saml:doc": f"{DEFAULT_ACCOUNT}/Corp",
        "saml:eduPersonOrgDN": "o=example",
        "sts:RoleSessionName": NAME,
    }
    around = {"aws:userid": PROVIDER, "aws:PrincipalType": "User", "aws:PrincipalAccount": DEFAULT_ACCOUNT}
    everything = {"StringEquals": {**kept, **gone, **around}, "Null": {"aws:PrincipalArn": "true"}}
    everything["ForAnyValue:StringEquals"] = {"saml:eduPersonAffiliation": "staff"}
    iam.update_assume_role_policy(RoleName="Operator", PolicyDocument=trust(Condition=everything))
    answer = assume(server, said(attributes=attributes))
    for key in {**kept, **gone, **around}:
        other = {"StringEquals": {key: "something else"}}
        iam.update_assume_role_policy(RoleName="Operator", PolicyDocument=trust(Condition=other))
        refuses(server, said(attributes=attributes), MAY_NOT, "AccessDenied")
    none = {"ForAnyValue:StringEquals": {"saml:eduPersonAffiliation": "student"}}
    iam.update_assume_role_policy(RoleName="Operator", PolicyDocument=trust(Condition=none))
    refuses(server, said(attributes=attributes), MAY_NOT, "AccessDenied")

    of_role = of_session(server, answer, "iam")
    kept["aws:FederatedProvider"] = PROVIDER
    absent = dict.fromkeys([*gone, "saml:eduPersonAffiliation"], "true")
    conditions = {"StringEquals": kept, "Null": absent}
    document = policy(allow("iam:ListUsers", Condition=conditions))
    iam.put_role_policy(RoleName="Operator", PolicyName="p", PolicyDocument=document)
    assert of_role.list_users()["Users"] == []
    for key in kept:
        document = policy(allow("iam:ListUsers", Condition={"StringEquals": {key: "something else"}}))
        iam.put_role_policy(RoleName="Operator", PolicyName="p", PolicyDocument=document)
        refused("AccessDenied", None, of_role.list_users)


@provokes("AssumeRoleWithSAML", "PackedPolicyTooLarge", "MalformedPolicyDocument")
def test_tags_and_who_is_behind_it(server, iam, said):
    given = {"tags": {"Team": "red", "Stage": "test"}, "transitive": ["Team"], "source_identity": "alice"}
    refuses(server, said(tags={"Team": "red"}), "Not authorized to perform sts:TagSession", "AccessDenied")
    message = "Not authorized to perform sts:SetSourceIdentity"
    refuses(server, said(source_identity="alice"), message, "AccessDenied")
    equal = {"aws:RequestTag/Team": "red", "sts:SourceIdentity": "alice"}
    conditions = {
        "StringEquals": equal,
        "ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Stage"], "sts:TransitiveTagKeys": ["Team"]},
    }
    document = trust("sts:TagSession", "sts:SetSourceIdentity", Condition=conditions)
    iam.update_assume_role_policy(RoleName="Operator", PolicyDocument=document)
    rights = policy(
        allow("iam:ListUsers", Condition={"StringEquals": {"aws:PrincipalTag/Stage": "test"}}), allow("sts:*")
    )
    iam.put_role_policy(RoleName="Operator", PolicyName="p", PolicyDocument=rights)
    answer = assume(server, said(**given))
    assert answer["SourceIdentity"] == "alice"
    assert of_session(server, answer, "iam").list_users()["Users"] == []
    refuses(server, said(**{**given, "tags": {"Team": "blue"}}), MAY_NOT, "AccessDenied")
    # What goes on goes on.
    needs = {"StringEquals": {"aws:PrincipalTag/Team": "red", "aws:SourceIdentity": "alice"}}
    needs["Null"] = {"aws:PrincipalTag/Stage": "true"}
    statement = {"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    statement["Action"].append("sts:SetSourceIdentity")
    iam.create_role(RoleName="Second", AssumeRolePolicyDocument=policy(statement))
    second = of_session(server, answer).assume_role(RoleArn=SECOND, RoleSessionName="further")
    assert second["SourceIdentity"] == "alice"
    iam.put_role_policy(
        RoleName="Second", PolicyName="p", PolicyDocument=policy(allow("iam:ListUsers", Condition=needs))
    )
    assert of_session(server, second, "iam").list_users()["Users"] == []

    plain = trust("sts:TagSession", "sts:SetSourceIdentity")
    iam.update_assume_role_policy(RoleName="Operator", PolicyDocument=plain)
    refuses(server, said(tags={"Team": ["a", "b"]}), None)
    refuses(server, said(source_identity="not fit"), None)
    message = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
    refuses(server, said(tags={"Team": "a", "team": "b"}), message, "InvalidParameterValue")
    message = "The specified transitive tag key must be included in the requested tags."
    refuses(server, said(tags={"Team": "a"}, transitive=["Stage"]), message, "InvalidParameterValue")
    many = {f"k{number}": hashlib.sha256(bytes([number])).hexdigest() * 3 for number in range(45)}
    refuses(server, said(tags=many), None, "PackedPolicyTooLarge")
    refuses(server, said(), None, "MalformedPolicyDocument", Policy="{}")


def test_session_policies(server, iam, said):
    iam.put_role_policy(RoleName="Operator", PolicyName="p", PolicyDocument=policy(allow("iam:*")))
    answer = assume(server, said(), Policy=policy(allow("iam:ListUsers")))
    of_role = of_session(server, answer, "iam")
    assert of_role.list_users()["Users"] == []
    error = refused("AccessDenied", None, of_role.list_roles)["Message"]
    assert error.endswith("because no session policy allows the iam:ListRoles action")


@provokes("AssumeRoleWithSAML", "IDPRejectedClaim")
def test_a_provider_that_says_no(server, iam, said):
    del iam
    refuses(server, said(status="urn:oasis:names:tc:SAML:2.0:status:Responder"), None, "IDPRejectedClaim")


def test_an_assertion_is_used_once_for_a_role(server, iam, said):
    """AWS was seen to take it again; here whoever saw one pass by can do nothing with it."""
    iam.create_role(RoleName="Second", AssumeRolePolicyDocument=trust())
    response = said(roles=[PAIR, (SECOND, PROVIDER)])
    # What is refused does not use it up.
    refuses(server, response, NOT_GRANTED, RoleArn=arn("role", "Absent"))
    refuses(server, response, None, "ValidationError", DurationSeconds=43200)
    assume(server, response)
    refuses(server, response, USED)
    # The same assertion in another message.
    other = pack(re.sub(r'(<samlp:Response [^>]*\bID=")[^"]*', r"\1_another", unpack(response), count=1))
    assert other != response
    refuses(server, other, USED)
    refuses(server, response + "\n", USED)
    second = assume(server, response, RoleArn=SECOND)
    assert second["AssumedRoleUser"]["Arn"].endswith(f":assumed-role/Second/{NAME}")
    refuses(server, response, USED, RoleArn=SECOND)


def test_of_many_at_once_one_uses_it(server, iam, said):
    del iam
    response = said()

    def attempt(_):
        try:
            return assume(server, response)["Audience"]
        except server.client("sts").exceptions.InvalidIdentityTokenException as error:
            return error.response["Error"]["Message"]

    with concurrent.futures.ThreadPoolExecutor(16) as threads:
        answers = sorted(threads.map(attempt, range(32)))
    assert answers == sorted([RECIPIENT, *[USED] * 31])


def test_what_was_used_stays_used_after_a_kill(start, corp, tmp_path):
    data = tmp_path / "data"
    root = initialise(data)
    account = root["account"]
    role, provider = f"arn:aws:iam::{account}:role/Operator", f"arn:aws:iam::{account}:saml-provider/Corp"
    server = start("serve", "--data", data, "--listen", "127.0.0.1:0")
    iam = server.client("iam", root["key"], root["secret"])
    iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=corp.metadata())
    document = trust().replace(PROVIDER, provider)
    iam.create_role(RoleName="Operator", AssumeRolePolicyDocument=document)
    response = corp.response(roles=[(role, provider)])
    members = {"RoleArn": role, "PrincipalArn": provider}
    answer = assume(server, response, **members)
    server.kill()
    server = start("serve", "--data", data, "--listen", "127.0.0.1:0")
    refuses(server, response, USED, **members)
    assert of_session(server, answer).get_caller_identity()["Account"] == account
    assume(server, corp.response(roles=[(role, provider)]), **members)


def test_a_provider_that_is_made_anew_knows_its_new_keys_alone(server, iam, corp, said, tmp_path):
    other = IdentityProvider(tmp_path, corp.entity_id)
    old = said()
    iam.delete_saml_provider(SAMLProviderArn=PROVIDER)
    absent = "Specified provider doesn't exist"
    refuses_behind(server, old, absent, "AuthSamlManifestNotFoundException")
    iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=other.metadata())
    refuses(server, old, SIGNATURE)
    # The role trusts it as before.
    assume(server, other.response(roles=[PAIR]))
    iam.update_saml_provider(SAMLProviderArn=PROVIDER, SAMLMetadataDocument=corp.metadata())
    refuses(server, other.response(roles=[PAIR]), SIGNATURE)
    assume(server, said())


def test_encryption(server, iam, said):
    encrypted = re.sub(
        r"<saml:Assertion .*</saml:Assertion>",
        '<saml:EncryptedAssertion><xenc:EncryptedData xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"/>'
        "</saml:EncryptedAssertion>",
        unpack(said()),
        flags=re.DOTALL,
    )
    refuses(server, pack(encrypted), None, "NotImplemented")
    key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, encoding="utf-8", check=True).stdout
    this = {"SAMLProviderArn": PROVIDER}
    iam.update_saml_provider(**this, AssertionEncryptionMode="Required", AddPrivateKey=key)
    refuses_behind(server, said(), MALFORMED)
    refuses(server, pack(encrypted), None, "NotImplemented")
    iam.update_saml_provider(**this, AssertionEncryptionMode="Allowed")
    assume(server, said())


def test_records_tell_who_was_vouched_for_and_not_by_what(start, corp, tmp_path):
    server = start("dev", "--listen", "127.0.0.1:0", "--audit", tmp_path)
    iam = server.client()
    iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=corp.metadata())
    iam.create_role(RoleName="Operator", AssumeRolePolicyDocument=trust())
    good, absent = corp.response(roles=[PAIR]), arn("role", "Absent")
    answer = assume(server, good)
    refuses(server, good, USED)
    refuses(server, corp.response(roles=[(absent, PROVIDER)]), MAY_NOT, "AccessDenied", RoleArn=absent)
    # Nobody is known to have asked for these.
    refuses(server, changed(corp.response(roles=[PAIR]), "alice", "mallory"), SIGNATURE)
    late = corp.response(roles=[PAIR], subject="mallory", not_on_or_after=-1)
    refuses(server, late, EXPIRED, "ExpiredTokenException")
    of_session(server, answer).get_caller_identity()
    server.stop()
    text = "".join(file.read_text() for file in sorted(tmp_path.glob("audit-*.jsonl")))
    for secret in (good[:60], good[-60:], "mallory", answer["Credentials"]["SecretAccessKey"]):
        assert secret not in text
    records = [json.loads(line) for line in text.splitlines()]
    done, used, denied = [record for record in records if record["eventName"] == "AssumeRoleWithSAML"]
    for record in (done, used, denied):
        assert record["userIdentity"] == {
            "type": "SAMLUser",
            "principalId": f"{answer['NameQualifier']}:alice",
            "userName": "alice",
            "identityProvider": answer["NameQualifier"],
        }
        assert (record["readOnly"], record["recipientAccountId"]) == (True, DEFAULT_ACCOUNT)
        assert record["requestParameters"]["principalArn"] == PROVIDER
    assert done["requestParameters"]["roleArn"] == ROLE
    told = done["responseElements"]
    assert told["credentials"]["accessKeyId"] == answer["Credentials"]["AccessKeyId"]
    for member in ("subject", "subjectType", "issuer", "audience", "nameQualifier"):
        assert told[member] == answer[member[0].upper() + member[1:]]
    assert used["errorMessage"] == USED
    assert (denied["errorCode"], denied["errorMessage"]) == ("AccessDenied", MAY_NOT)
    of_role = next(record for record in records if record["eventName"] == "GetCallerIdentity")["userIdentity"]
    assert (of_role["type"], of_role["arn"]) == ("AssumedRole", SESSION)
    assert "webIdFederationData" not in of_role["sessionContext"]


def test_its_audit_record_tells_the_assertion_by_its_id_and_never_the_assertion(start, tmp_path, corp, said):
    server = start("dev", "--listen", "127.0.0.1:0", "--audit", tmp_path / "records")
    iam = server.client()
    iam.create_saml_provider(Name="Corp", SAMLMetadataDocument=corp.metadata())
    iam.create_role(RoleName="Operator", AssumeRolePolicyDocument=trust("sts:TagSession"))
    response = said(tags={"Team": "red"})
    given = assume(server, response)
    server.stop()
    text = "".join(file.read_text() for file in (tmp_path / "records").glob("*.jsonl"))
    [record] = [record for record in map(json.loads, text.splitlines()) if record["eventName"] == "AssumeRoleWithSAML"]
    assertion = re.search(r'<[^>]*Assertion[^>]* ID="([^"]+)"', unpack(response)).group(1)
    assert record["requestParameters"] == {
        "roleArn": ROLE,
        "principalArn": PROVIDER,
        "sAMLAssertionID": assertion,
        "roleSessionName": NAME,
        "principalTags": {"Team": "red"},
    }
    assert record["resources"] == [
        {"accountId": DEFAULT_ACCOUNT, "type": "AWS::IAM::Role", "ARN": ROLE},
        {"accountId": DEFAULT_ACCOUNT, "type": "AWS::IAM::SAMLProvider", "ARN": PROVIDER},
    ]
    assert record["userIdentity"] == {
        "type": "SAMLUser",
        "principalId": f"{given['NameQualifier']}:{given['Subject']}",
        "userName": given["Subject"],
        "identityProvider": given["NameQualifier"],
    }
    assert record["readOnly"] is True
    for secret in (response, given["Credentials"]["SecretAccessKey"], given["Credentials"]["SessionToken"]):
        assert secret not in text


def test_what_is_accepted_xmlsec1_finds_signed_too(server, iam, corp, said):
    """100 small changes, each to another response. Who is let in must be whom the provider named, by a signature that
    a verifier which shares no code with ours finds good."""
    chance = random.Random(14)
    accepted = 0
    for number in range(100):
        response = mutated(said(subject=f"alice{number}"), chance)
        try:
            answer = assume(server, response)
        except server.client("sts").exceptions.ClientError as refusal:
            assert refusal.response["ResponseMetadata"]["HTTPStatusCode"] in (400, 403), refusal.response
            continue
        accepted += 1
        assert answer["Subject"] == f"alice{number}", unpack(response)
        assert corp.verifies(response), unpack(response)
    assert 5 < accepted < 95, "the changes must go both ways"


def test_xmlsec1_verifies_the_seeds_of_the_fuzzer_that_are_accepted(corp):
    """Responses that fuzzing changed and Keyward accepts (`saml/tests/federation/independent.rs` asserts that), by keys
    of `saml/tests/fixtures`. `corp` sees to it that xmlsec1 is there."""
    certificates = [FIXTURES / f"{kind}.crt" for kind in ("rsa", "p256", "p384", "p521")]
    seeds = {seed: seed.read_bytes().decode() for seed in SEEDS.glob("accepted_*.xml")}
    assert seeds
    for seed, xml in seeds.items():
        assert [saml_idp.verifies(each, xml) for each in certificates].count(True) == 1, seed
