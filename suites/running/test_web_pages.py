"""Web pages can't use `dev`: a page in a developer's browser could otherwise act as root."""

import uuid

import pytest

from support.signed import form

EVIL = "https://evil.example"
DONE = (200, 201)


def post(server, headers, path="/"):
    """A request of the kind that a page can send, with these headers."""
    signature = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, "
        "SignedHeaders=host, Signature=00",
        "X-Amz-Date": "20260101T000000Z",
    }
    body = form("CreateUser", UserName=f"Mallory-{uuid.uuid4()}") if path == "/" else None
    return server.http("POST", path, body, {**signature, **headers})[0]


@pytest.fixture
def own(server):
    return f"http://{server.address}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": EVIL},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": ""},
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": "amazonaws.com.evil.example"},
        {"Host": "evil.s3.amazonaws.com"},
        {"Host": "evil-1.us-east-1.elb.amazonaws.com"},
        {"Host": "0.0.0.0:4566"},
        {"Host": "[::]"},
        {"Host": "[::ffff:127.0.0.1]:4566"},
        {"Host": "10.1.2.3:4566", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/_keyward/reset", "/_keyward/accounts"])
def test_a_page_of_another_origin_is_refused(server, iam, headers, path):
    iam.create_user(UserName="Bob")
    assert post(server, headers, path) == 403
    assert [user["UserName"] for user in iam.list_users()["Users"]] == ["Bob"]


@pytest.mark.parametrize("headers", [{"Origin": EVIL}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}])
def test_reading_is_refused_too(server, sts, headers):
    url = sts.generate_presigned_url("get_caller_identity", HttpMethod="GET").removeprefix(server.endpoint)
    assert server.http("GET", url)[0] == 200
    assert server.http("GET", url, headers=headers)[0] == 403
    assert server.http("GET", "/_keyward/clock", headers=headers)[0] == 403
    status, answer_headers, _ = server.http("OPTIONS", "/", headers=headers)
    assert status == 403
    assert "Access-Control-Allow-Origin" not in answer_headers


def test_what_a_page_embeds_is_refused_where_the_browser_says_nothing(server, sts):
    url = sts.generate_presigned_url("get_caller_identity", HttpMethod="GET").removeprefix(server.endpoint)
    browser = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
    assert server.http("GET", url, headers={"Host": "10.1.2.3:4566", **browser})[0] == 403
    assert server.http("GET", url, headers={"Host": "10.1.2.3:4566"})[0] == 200
    assert server.http("GET", url, headers={"Host": "localhost:4566", **browser})[0] == 403
    said = {"Host": "localhost:4566", "Sec-Fetch-Site": "none", **browser}
    assert server.http("GET", url, headers=said)[0] == 200
    assert server.http("GET", "/", headers={"Host": "10.1.2.3:4566", **browser})[0] == 302


def test_a_refused_health_check_is_told_why(server):
    status, _, body = server.http("GET", "/healthz", headers={"Host": "evil.example"})
    assert status == 403
    assert "--host" in (body if isinstance(body, str) else body.decode())


def test_a_server_answers_to_the_address_that_it_prints(start):
    server = start("dev", "--listen", "0.0.0.0:0", "--allow-remote")
    assert server.endpoint.startswith("http://0.0.0.0:")
    assert server.client().list_users()["Users"] == []


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_the_own_pages_are_served(server, own, site):
    assert post(server, {"Origin": own, "Sec-Fetch-Site": site}) == 200


@pytest.mark.parametrize(
    "host",
    ["localhost:4566", "iam.localhost", "127.0.0.1", "[::1]:4566", "iam.amazonaws.com", "sts.eu-west-1.amazonaws.com"],
)
def test_the_names_of_this_machine_and_of_the_service_are_served(server, host):
    assert post(server, {"Host": host}) == 200


def test_a_name_can_be_allowed(start):
    server = start("dev", "--listen", "127.0.0.1:0", "--host", "keyward.test", "--host", "other.test")
    assert post(server, {"Host": "keyward.test:4566"}) == 200
    assert post(server, {"Host": "OTHER.test", "Origin": "http://other.test"}) == 200
    assert post(server, {"Host": "third.test"}) == 403
    assert post(server, {"Host": "keyward.test", "Origin": EVIL}) == 403
    assert server.http("GET", "/healthz")[0] in DONE
