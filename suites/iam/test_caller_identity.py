"""GetCallerIdentity, by every road, and GetAccessKeyInfo."""

import contextlib
import datetime
import http.client
import unittest.mock
from urllib.parse import urlsplit

import pytest

from support.expect import at_least, pattern, refused, without_metadata
from support.people import Person


@pytest.fixture
def bob(server, iam):
    return Person(server, iam, "Bob")


def fetch(url, headers=None):
    """Plain HTTP, as a service does that is shown the URL."""
    parts = urlsplit(url)
    with contextlib.closing(http.client.HTTPConnection(parts.netloc, timeout=10)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}", headers=headers or {})
        response = connection.getresponse()
        return response.status, response.read().decode()


def test_the_root_user(sts):
    assert without_metadata(sts.get_caller_identity()) == {
        "UserId": "000000000000",
        "Account": "000000000000",
        "Arn": "arn:aws:iam::000000000000:root",
    }


def test_a_user_needs_no_right_to_ask(iam, bob):
    assert without_metadata(bob.sts.get_caller_identity()) == {
        "UserId": iam.get_user(UserName="Bob")["User"]["UserId"],
        "Account": "000000000000",
        "Arn": "arn:aws:iam::000000000000:user/Bob",
    }


def test_a_presigned_url_can_be_fetched_by_anyone(bob):
    status, body = fetch(bob.sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET"))
    assert status == 200
    assert "<Arn>arn:aws:iam::000000000000:user/Bob</Arn>" in body


def test_a_post_can_be_presigned_too(server, bob):
    url = bob.sts.generate_presigned_url("get_caller_identity", HttpMethod="POST").removeprefix(server.endpoint)
    assert server.http("POST", url)[0] == 200
    assert server.http("GET", url)[0] == 403
    assert server.http("POST", url, "x=y")[0] == 403


def test_a_presigned_url_can_not_be_changed(bob):
    url = bob.sts.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
    another_end = "0" if url[-1] != "0" else "1"
    for changed in [f"{url}&x=y", url.replace("X-Amz-Expires=60", "X-Amz-Expires=61"), url[:-1] + another_end]:
        status, body = fetch(changed)
        assert status == 403, body
        assert "<Code>SignatureDoesNotMatch</Code>" in body


def presigned(client, seconds_ago, expires):
    """What the client would have signed so long ago."""
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds_ago)
    with unittest.mock.patch("botocore.auth.get_current_datetime", return_value=then.replace(tzinfo=None)):
        return client.generate_presigned_url("get_caller_identity", ExpiresIn=expires, HttpMethod="GET")


@pytest.mark.parametrize("expires", [1, 60, 604_800])
def test_a_presigned_url_is_good_for_fifteen_minutes_whatever_it_says(bob, expires):
    status, body = fetch(presigned(bob.sts, 13 * 60, expires))
    assert status == 200, body
    status, body = fetch(presigned(bob.sts, 15 * 60 + 5, expires))
    assert status == 403
    assert "<Code>SignatureDoesNotMatch</Code>" in body
    assert "Signature expired: " in body


def test_an_access_key_id_tells_its_account(sts, bob):
    assert sts.get_access_key_info(AccessKeyId=bob.key)["Account"] == "000000000000"
    assert sts.get_access_key_info(AccessKeyId="ASIAY34FZKBOKMUTVV7A")["Account"] == "609629065308"
    assert sts.get_access_key_info(AccessKeyId="ASIAQNZGKIQY56JQ7WML")["Account"] == "029608264753"


def test_what_has_not_the_right_shape(sts):
    error = refused("ValidationError", None, sts.get_access_key_info, AccessKeyId="short")
    assert at_least("accessKeyId", 16).replace("Value at", "Value 'short' at") in error["Message"]
    error = refused("ValidationError", None, sts.get_access_key_info, AccessKeyId="AKIA-OSFODNN7EXAMPLE")
    assert pattern("accessKeyId", r"[\w]*").replace("Value at", "Value 'AKIA-OSFODNN7EXAMPLE' at") in error["Message"]


def test_a_user_must_be_allowed_to_ask_about_keys(bob):
    message = (
        "User: arn:aws:iam::000000000000:user/Bob is not authorized to perform: sts:GetAccessKeyInfo on "
        "resource: * because no identity-based policy allows the sts:GetAccessKeyInfo action"
    )
    refused("AccessDenied", message, bob.sts.get_access_key_info, AccessKeyId=bob.key)
