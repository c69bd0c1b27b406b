"""The protocol on the wire: forms, envelopes, request ids, signatures."""

import datetime
import json
import uuid
from urllib.parse import quote

import pytest

from support.expect import INVALID_TOKEN, MISMATCH
from support.people import Person
from support.signed import Signer, form, now, once

IAM = "https://iam.amazonaws.com/doc/2010-05-08/"
STS = "https://sts.amazonaws.com/doc/2011-06-15/"
FAULT = "http://webservices.amazon.com/AWSFault/2005-15-09"


@pytest.fixture
def root(server):
    return Signer(server.address)


@pytest.fixture
def bob(server, iam):
    """A user's key, which is always verified."""
    person = Person(server, iam, "Bob")
    return Signer(server.address, person.key, person.secret)


def squeezed(text):
    return "".join(text.split())


def test_the_envelope_of_an_error(root):
    answer = root.call("GetUser", UserName="Bob")
    assert answer.status == 404
    assert answer.headers["Content-Type"] == "text/xml"
    assert squeezed(answer.body) == squeezed(
        f"""<ErrorResponse xmlns="{IAM}"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>
        <Message>The user with name Bob cannot be found.</Message></Error>
        <RequestId>{answer.request_id}</RequestId></ErrorResponse>"""
    )
    assert answer.headers["x-amzn-RequestId"] == answer.request_id
    assert "Server" not in answer.headers


def test_the_envelope_of_an_error_of_sts(server):
    answer = Signer(server.address, service="sts").call("GetAccessKeyInfo")
    assert (answer.status, answer.code) == (400, "ValidationError")
    assert answer.body.replace("\n", "").startswith(f'<ErrorResponse xmlns="{STS}"')
    assert answer.message.replace("&#39;", "'") == (
        "1 validation error detected: Value null at 'accessKeyId' failed to satisfy constraint: Member must not be null"
    )


def test_json_for_who_asks_for_it(server, root, bob):
    accepts = {"Accept": "application/json"}
    sts = Signer(server.address, bob.key, bob.secret, service="sts")
    asked = "Action=GetCallerIdentity&Version=2011-06-15"
    for answer in [sts.get(asked, headers=accepts), sts.post(asked, headers=accepts)]:
        assert answer.headers["Content-Type"] == "application/json"
        told = json.loads(answer.body)["GetCallerIdentityResponse"]
        assert set(told) == {"GetCallerIdentityResult", "ResponseMetadata"}
        assert set(told["GetCallerIdentityResult"]) == {"Account", "Arn", "UserId"}
        assert told["GetCallerIdentityResult"]["Arn"] == "arn:aws:iam::000000000000:user/Bob"
        assert told["ResponseMetadata"] == {"RequestId": answer.headers["x-amzn-RequestId"]}
    gone = root.post("Action=GetUser&Version=2010-05-08&UserName=Eve", headers=accepts)
    assert gone.status == 404
    assert json.loads(gone.body) == {
        "Error": {"Code": "NoSuchEntity", "Message": "The user with name Eve cannot be found.", "Type": "Sender"},
        "RequestId": gone.headers["x-amzn-RequestId"],
    }
    status, _, body = server.http("POST", "/", asked, accepts)
    assert (status, json.loads(body)["Error"]["Code"]) == (403, "MissingAuthenticationToken")
    for other in ["*/*", "text/html, */*;q=0.8", "text/xml, application/json", "application/json;q=0"]:
        assert sts.get(asked, headers={"Accept": other}).headers["Content-Type"] == "text/xml"
    for both in ["Application/JSON, text/xml", "text/plain, application/json; charset=utf-8"]:
        assert sts.get(asked, headers={"Accept": both}).headers["Content-Type"] == "application/json"


def test_the_envelope_of_an_error_of_ours(root):
    answer = root.call("UploadServerCertificate")
    assert answer.status == 501
    assert "<Type>Receiver</Type>" in answer.body


def test_every_answer_has_a_request_id_of_its_own(root):
    answers = [
        root.call("ListUsers"),
        root.call("GetUser", UserName="x"),
        root.call("Nonsense"),
        root.call("ListUsers"),
    ]
    ids = {answer.request_id for answer in answers}
    assert len(ids) == 4
    for answer in answers:
        assert answer.headers["x-amzn-RequestId"] == answer.request_id
        uuid.UUID(answer.request_id)


def test_a_success_is_a_result_and_metadata(root):
    answer = root.call("ListUsers")
    assert (
        squeezed(answer.body)
        == squeezed(
            f"""<ListUsersResponse xmlns="{IAM}"><ListUsersResult><Users/><IsTruncated>false</IsTruncated>
        </ListUsersResult><ResponseMetadata><RequestId>{answer.request_id}</RequestId></ResponseMetadata>
        </ListUsersResponse>"""
        )
        or "<Users></Users>" in answer.body
    )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"Action": "Foo", "Version": "2010-05-08"}, "Could not find operation Foo for version 2010-05-08"),
        ({"Action": "Foo"}, "Could not find operation Foo for version NO_VERSION_SPECIFIED"),
        ({"Action": "GetUser"}, "Could not find operation GetUser for version NO_VERSION_SPECIFIED"),
        ({"Action": "getuser", "Version": "2010-05-08"}, "Could not find operation getuser for version 2010-05-08"),
        ({"Action": "GetUser", "Version": "2011-01-01"}, "Could not find operation GetUser for version 2011-01-01"),
    ],
)
def test_an_operation_that_does_not_exist(root, parameters, message):
    answer = root.post("&".join(f"{name}={value}" for name, value in parameters.items()))
    assert (answer.status, answer.code, answer.message) == (400, "InvalidAction", message)
    assert f'xmlns="{FAULT}"' in answer.body


def test_a_request_without_an_action(root):
    answer = root.post("Version=2010-05-08")
    assert (answer.status, answer.code) == (400, "MissingAction")


def test_a_form_may_be_in_the_query(root, iam):
    iam.create_user(UserName="Bob+1")
    assert root.get(form("GetUser", UserName="Bob+1")).status == 200
    answer = root.post("UserName=Bob%2B1", path="/?Action=GetUser&Version=2010-05-08")
    assert answer.status == 200, answer.body


def test_names_and_values_are_percent_encoded_in_forms(root, iam):
    assert (
        root.post(f"Action=CreateUser&Version=2010-05-08&User%4eame={quote('a+b=c,d.e@f-g_h', safe='')}").status == 200
    )
    assert iam.get_user(UserName="a+b=c,d.e@f-g_h")
    # A plus is a blank, which no name has.
    assert root.post("Action=CreateUser&Version=2010-05-08&UserName=x+y").code == "ValidationError"


def test_unknown_members_are_ignored(root):
    assert root.call("CreateUser", UserName="Bob", Colour="green", **{"Tags.Colour": "blue"}).status == 200


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Tags.member.0.Key": "k", "Tags.member.0.Value": "v"}, "0 is not a valid index"),
        ({"Tags.member.-1.Key": "k", "Tags.member.-1.Value": "v"}, "Key -1 may not have a leading '-'"),
        (
            {"Tags.member.12.Key": "k", "Tags.member.12.Value": "v"},
            "Excessively sparse input would skip 11 list elements",
        ),
        (
            {"Tags.member.49.Key": "k", "Tags.member.49.Value": "v"},
            "Excessively sparse input would skip 48 list elements",
        ),
        ({"TagKeys.member.one": "k"}, "Start of list found where not expected"),
    ],
)
def test_list_indexes_that_are_none(root, members, message):
    action = "UntagUser" if "TagKeys.member.one" in members else "TagUser"
    answer = root.call(action, UserName="Bob", **members)
    assert (answer.status, answer.code) == (400, "MalformedInput")
    assert answer.message.replace("&#39;", "'") == message


def test_list_elements_come_in_the_order_of_their_indexes(root, iam):
    iam.create_user(UserName="Bob")
    members = {
        "Tags.member.2.Key": "b",
        "Tags.member.2.Value": "2",
        "Tags.member.01.Key": "a",
        "Tags.member.1.Value": "1",
    }
    assert root.call("TagUser", UserName="Bob", **members).status == 200
    assert iam.list_user_tags(UserName="Bob")["Tags"] == [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]


# Signatures.


def test_a_request_without_a_signature(server):
    status, _, body = server.http("POST", "/", "Action=GetUser&Version=2010-05-08")
    assert status == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in body
    assert b"<Message>Request is missing Authentication Token</Message>" in body


def test_a_right_signature_of_an_issued_key(bob):
    bob.service = "sts"
    assert "user/Bob" in bob.call("GetCallerIdentity").body


@pytest.mark.parametrize("change", ["secret", "body", "service"])
def test_a_wrong_signature_of_an_issued_key(bob, change):
    bob.service = "sts"
    if change == "secret":
        bob.secret = "x" * 40
        answer = bob.call("GetCallerIdentity")
    elif change == "service":
        bob.service = "s3"
        answer = bob.post(form("GetCallerIdentity", "sts"))
    else:
        signed_body = form("GetCallerIdentity", "sts")
        real_send = bob.connection.request
        bob.connection.request = lambda method, target, body, headers: real_send(
            method, target, body=body + b"&x=y", headers=headers
        )
        answer = bob.post(signed_body)
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    if change != "service":
        assert answer.message == MISMATCH
    else:
        assert answer.message.replace("&#39;", "'") == "Credential should be scoped to correct service: 'sts'."


@pytest.mark.parametrize("minutes", [-14, 0, 14])
def test_a_signature_is_good_for_fifteen_minutes(bob, minutes):
    bob.service = "sts"
    at = now() + datetime.timedelta(minutes=minutes)
    assert bob.post(form("GetCallerIdentity", "sts"), at=at).status == 200


@pytest.mark.parametrize(("minutes", "beginning"), [(-16, "Signature expired: "), (16, "Signature not yet current: ")])
def test_a_signature_of_another_time(bob, minutes, beginning):
    bob.service = "sts"
    at = now() + datetime.timedelta(minutes=minutes)
    answer = bob.post(form("GetCallerIdentity", "sts"), at=at)
    assert (answer.status, answer.code) == (403, "SignatureDoesNotMatch")
    assert answer.message.startswith(f"{beginning}{at.strftime('%Y%m%dT%H%M%SZ')} is ")


def test_the_told_clock_does_not_judge_signatures(bob, clock):
    bob.service = "sts"
    told = clock.advance("365d")
    assert bob.call("GetCallerIdentity").status == 200
    at = datetime.datetime.fromisoformat(told)
    assert bob.post(form("GetCallerIdentity", "sts"), at=at).code == "SignatureDoesNotMatch"


def test_a_long_term_key_has_no_session_token(server, bob):
    client = server.client("sts", bob.key, bob.secret, token="token")
    with pytest.raises(client.exceptions.ClientError) as raised:
        client.get_caller_identity()
    assert raised.value.response["Error"]["Code"] == "InvalidClientTokenId"
    assert raised.value.response["Error"]["Message"] == INVALID_TOKEN


def test_an_authorization_that_lacks_a_part(server):
    header = "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host"
    status, _, body = server.http(
        "POST", "/", form("GetUser"), {"Authorization": header, "X-Amz-Date": "20260101T000000Z"}
    )
    assert status == 400
    assert b"<Code>IncompleteSignature</Code>" in body
    assert b"Authorization header requires &#39;Signature&#39; parameter." in body.replace(b"'", b"&#39;")


def test_a_body_that_is_no_form(server):
    answer = once(server.address, "%zz=%")
    assert answer.status == 400


def test_a_path_that_is_not_served(server):
    for path in ["/x", "/healthz/x", "//"]:
        assert server.http("GET", path)[0] in (404, 403), path
    assert server.http("PUT", "/")[0] == 405
    assert server.http("GET", "/healthz")[0] == 200
