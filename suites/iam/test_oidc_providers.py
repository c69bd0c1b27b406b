"""OpenID Connect providers."""

import hashlib
import http.server
import pathlib
import ssl
import threading

import pytest

from support.documents import allow, arn, nothing_allows, policy, tags
from support.expect import at_least, at_most, only_metadata, provokes, refused, violations, without_metadata
from support.people import Person

URL = "https://id.example/realms/x"
ARN = arn("oidc-provider", "id.example/realms/x")
THIS = {"OpenIDConnectProviderArn": ARN}
THUMBPRINT = "990F4193972F2BECF12DDEDA5237F9C952F20D9E"
NOT_FOUND = f"OpenIDConnect Provider not found for arn {ARN}"


def create(iam, url=URL, **more):
    return iam.create_open_id_connect_provider(Url=url, ThumbprintList=[THUMBPRINT], **more)


def shown(iam):
    return without_metadata(iam.get_open_id_connect_provider(**THIS))


def test_a_provider_is_made_shown_and_listed(iam):
    given = tags(("b", "1"), ("B", "2"))
    made = without_metadata(create(iam, ClientIDList=["b", "a", "b"], Tags=given))
    assert made == {"OpenIDConnectProviderArn": ARN, "Tags": given}
    got = shown(iam)
    assert got.pop("CreateDate").microsecond % 1000 == 0
    assert got == {
        "Url": "id.example/realms/x",
        "ClientIDList": ["b", "a"],
        "ThumbprintList": [THUMBPRINT.lower()],
        "Tags": tags(("B", "2"), ("b", "1")),
    }
    listed = without_metadata(iam.list_open_id_connect_providers())
    assert listed == {"OpenIDConnectProviderList": [{"Arn": ARN}]}
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1


def test_a_provider_without_anything(iam):
    assert without_metadata(create(iam)) == {"OpenIDConnectProviderArn": ARN}
    got = shown(iam)
    assert (got["ClientIDList"], got["Tags"]) == ([], [])


@provokes("CreateOpenIDConnectProvider", "EntityAlreadyExists")
def test_a_url_is_taken_as_it_is_spelled(iam):
    create(iam)
    for url in (URL + "/", "https://ID.example/realms/x", "https://id.example:8443/realms/x"):
        create(iam, url)
    for url in (URL, "https://id.example:443/realms/x"):
        refused("EntityAlreadyExists", f"Provider with url {url} already exists.", create, iam=iam, url=url)


@provokes("CreateOpenIDConnectProvider", "InvalidInput")
def test_what_is_no_url_of_a_provider(iam):
    for url in ("http://id.example", "id.example"):
        refused("ValidationError", "Invalid Open ID Connect Provider URL", create, iam=iam, url=url)
    for url in ("https://id.example?x=1", "https://id.example#x"):
        # botocore prints what has no message as `Unknown`.
        assert refused("InvalidInput", None, create, iam=iam, url=url).get("Message") in (None, "", "Unknown")


@provokes("CreateOpenIDConnectProvider", "OpenIdIdpCommunicationError")
def test_a_provider_that_is_not_reached_must_be_given_its_thumbprint(iam):
    members = {"Url": "https://localhost:1"}
    refused("OpenIdIdpCommunicationError", None, iam.create_open_id_connect_provider, **members)
    assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []


@pytest.fixture
def host_with_tls():
    """Speaks TLS and nothing else; gives its port and its certificate's thumbprint."""
    fixtures = pathlib.Path(__file__).parents[2] / "crates/saml/tests/fixtures"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(fixtures / "rsa.crt", fixtures / "rsa.key")
    certificate = ssl.PEM_cert_to_DER_cert((fixtures / "rsa.crt").read_text())
    answers = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    answers.socket = context.wrap_socket(answers.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=answers.serve_forever, daemon=True)
    thread.start()
    yield answers.server_address[1], hashlib.sha1(certificate).hexdigest()
    answers.shutdown()
    answers.server_close()
    thread.join()


@provokes("CreateOpenIDConnectProvider", "OpenIdIdpCommunicationError")
def test_a_provider_without_thumbprints_gets_the_one_it_shows(start, tmp_path, host_with_tls):
    port, thumbprint = host_with_tls
    configuration = tmp_path / "keyward.toml"
    url = f"https://localhost:{port}"
    for allowed, is_allowed in (([], False), (["127.0.0.0/8", "::1"], True), (["localhost"], True)):
        configuration.write_text(f"[outbound]\nallow = {allowed}\n")
        iam = start("dev", "--listen", "127.0.0.1:0", "--config", configuration).client()
        if not is_allowed:
            refused("OpenIdIdpCommunicationError", None, iam.create_open_id_connect_provider, Url=url)
            continue
        made = iam.create_open_id_connect_provider(Url=url)["OpenIDConnectProviderArn"]
        got = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made)
        assert got["ThumbprintList"] == [thumbprint]


def test_an_issuer_whose_keys_are_pinned_has_no_thumbprint_and_is_not_called(start, tmp_path):
    (tmp_path / "keys.json").write_text('{"keys":[]}')
    configuration = tmp_path / "keyward.toml"
    pinned = f'issuer = "https://localhost:1"\nfile = "{tmp_path}/keys.json"\n'
    configuration.write_text(f"[[outbound.pinned_keys]]\n{pinned}")
    iam = start("dev", "--listen", "127.0.0.1:0", "--config", configuration).client()
    made = iam.create_open_id_connect_provider(Url="https://localhost:1")["OpenIDConnectProviderArn"]
    assert iam.get_open_id_connect_provider(OpenIDConnectProviderArn=made)["ThumbprintList"] == []


@provokes("CreateOpenIDConnectProvider", "LimitExceeded")
@provokes("AddClientIDToOpenIDConnectProvider", "LimitExceeded")
def test_client_ids_are_a_hundred_at_most(iam):
    hundred = [f"c{number}" for number in range(100)]
    message = "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"
    refused("LimitExceeded", message, create, iam=iam, ClientIDList=[*hundred, "more"])
    create(iam, ClientIDList=hundred)
    refused("LimitExceeded", message, iam.add_client_id_to_open_id_connect_provider, **THIS, ClientID="more")
    only_metadata(iam.add_client_id_to_open_id_connect_provider(**THIS, ClientID="c7"))
    for client in ("c7", "c7", "never"):
        only_metadata(iam.remove_client_id_from_open_id_connect_provider(**THIS, ClientID=client))
    only_metadata(iam.add_client_id_to_open_id_connect_provider(**THIS, ClientID="more"))
    assert shown(iam)["ClientIDList"] == [client for client in hundred if client != "c7"] + ["more"]


@provokes("UpdateOpenIDConnectProviderThumbprint", "InvalidInput")
def test_thumbprints_are_one_to_five(iam):
    create(iam)
    update = iam.update_open_id_connect_provider_thumbprint
    five = ["Z" * 40] * 5
    only_metadata(update(**THIS, ThumbprintList=five))
    assert shown(iam)["ThumbprintList"] == ["z" * 40] * 5
    message = "Thumbprint list must contain fewer than 5 entries."
    refused("InvalidInput", message, update, **THIS, ThumbprintList=[*five, "Y" * 40])
    message = "Thumbprint list must contain at least one entry."
    refused("InvalidInput", message, update, **THIS, ThumbprintList=[])


@provokes("GetOpenIDConnectProvider", "NoSuchEntity", "InvalidInput")
@provokes("AddClientIDToOpenIDConnectProvider", "NoSuchEntity", "InvalidInput")
@provokes("RemoveClientIDFromOpenIDConnectProvider", "NoSuchEntity", "InvalidInput")
@provokes("UpdateOpenIDConnectProviderThumbprint", "NoSuchEntity")
@provokes("TagOpenIDConnectProvider", "NoSuchEntity", "InvalidInput")
@provokes("UntagOpenIDConnectProvider", "NoSuchEntity", "InvalidInput")
@provokes("ListOpenIDConnectProviderTags", "NoSuchEntity", "InvalidInput")
@provokes("DeleteOpenIDConnectProvider", "NoSuchEntity", "InvalidInput")
def test_what_does_not_exist(iam):
    calls = [
        (iam.get_open_id_connect_provider, {}),
        (iam.add_client_id_to_open_id_connect_provider, {"ClientID": "c"}),
        (iam.remove_client_id_from_open_id_connect_provider, {"ClientID": "c"}),
        (iam.update_open_id_connect_provider_thumbprint, {"ThumbprintList": [THUMBPRINT]}),
        (iam.tag_open_id_connect_provider, {"Tags": tags(k="v")}),
        (iam.untag_open_id_connect_provider, {"TagKeys": ["k"]}),
        (iam.list_open_id_connect_provider_tags, {}),
    ]
    for call, members in calls:
        refused("NoSuchEntity", NOT_FOUND, call, **THIS, **members)
    message = f"OpenId connect Provider {ARN} cannot be found."
    refused("NoSuchEntity", message, iam.delete_open_id_connect_provider, **THIS)
    for call, members in [*calls, (iam.delete_open_id_connect_provider, {})]:
        refused("InvalidInput", None, call, OpenIDConnectProviderArn=arn("saml-provider", "Corp"), **members)


def test_a_provider_is_deleted_and_made_anew(iam):
    create(iam, ClientIDList=["c"], Tags=tags(k="v"))
    only_metadata(iam.delete_open_id_connect_provider(**THIS))
    message = f"OpenId connect Provider {ARN} cannot be found."
    refused("NoSuchEntity", message, iam.delete_open_id_connect_provider, **THIS)
    create(iam)
    got = shown(iam)
    assert (got["ClientIDList"], got["Tags"]) == ([], [])


@provokes("TagOpenIDConnectProvider", "LimitExceeded")
def test_tags_are_fifty_at_most_and_come_in_order(iam):
    create(iam)
    only_metadata(iam.tag_open_id_connect_provider(**THIS, Tags=tags(("b", "1"), ("a", "2"))))
    only_metadata(iam.tag_open_id_connect_provider(**THIS, Tags=tags(("B", "3"), ("b", "4"))))
    in_order = tags(("B", "3"), ("a", "2"), ("b", "4"))
    listed = without_metadata(iam.list_open_id_connect_provider_tags(**THIS))
    assert listed == {"Tags": in_order, "IsTruncated": False}
    pages = iam.get_paginator("list_open_id_connect_provider_tags").paginate(**THIS, PaginationConfig={"PageSize": 2})
    assert [page["Tags"] for page in pages] == [in_order[:2], in_order[2:]]
    many = tags(*[(f"k{number}", "") for number in range(48)])
    message = "The number of tags has reached the maximum limit."
    refused("LimitExceeded", message, iam.tag_open_id_connect_provider, **THIS, Tags=many)
    only_metadata(iam.untag_open_id_connect_provider(**THIS, TagKeys=["b", "A", "b"]))
    assert shown(iam)["Tags"] == in_order[:2]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"Url": ""}, violations(at_least("url", 1))),
        ({"Url": "x" * 256}, violations(at_most("url", 255))),
        ({"Url": URL, "Tags": tags(*[(f"k{n}", "") for n in range(51)])}, violations(at_most("tags", 50))),
    ],
)
def test_what_has_not_the_right_shape(iam, members, message):
    refused("ValidationError", message, iam.create_open_id_connect_provider, **members)


def test_tags_govern_who_may_do_what(server, iam):
    bob = Person(server, iam, "Bob")
    red = tags(team="red")

    def let(*statements):
        iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(*statements))

    message = nothing_allows("iam:CreateOpenIDConnectProvider", ARN)
    refused("AccessDenied", message, create, iam=bob.iam)
    may_create = allow("iam:CreateOpenIDConnectProvider")
    let(may_create)
    refused("AccessDenied", nothing_allows("iam:TagOpenIDConnectProvider", ARN), create, iam=bob.iam, Tags=red)
    may_tag = allow("iam:TagOpenIDConnectProvider", Condition={"StringEquals": {"aws:RequestTag/team": "red"}})
    let(may_create, may_tag)
    create(bob.iam, Tags=red)
    let(allow("iam:*", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    assert shown(bob.iam)["Tags"] == red
    message = nothing_allows("iam:ListOpenIDConnectProviders", "*")
    refused("AccessDenied", message, bob.iam.list_open_id_connect_providers)
    only_metadata(bob.iam.tag_open_id_connect_provider(**THIS, Tags=tags(team="blue")))
    message = nothing_allows("iam:DeleteOpenIDConnectProvider", ARN)
    refused("AccessDenied", message, bob.iam.delete_open_id_connect_provider, **THIS)
