"""The account as an issuer of tokens, switched on and off."""

import json
import re
import urllib.request

from support.documents import allow, nothing_allows, policy
from support.expect import only_metadata, provokes, refused, without_metadata
from support.people import Person
from support.program import DEFAULT_ACCOUNT

OFF = f"Outbound identity federation is disabled for account {DEFAULT_ACCOUNT}"
OFF_ALREADY = f"Outbound identity federation is already disabled for account {DEFAULT_ACCOUNT}"
ON_ALREADY = f"Outbound identity federation is already enabled for account {DEFAULT_ACCOUNT}"


@provokes("EnableOutboundWebIdentityFederation", "FeatureEnabled")
@provokes("DisableOutboundWebIdentityFederation", "FeatureDisabled")
@provokes("GetOutboundWebIdentityFederationInfo", "FeatureDisabled")
def test_it_is_switched_on_and_off_and_the_issuer_stays(iam):
    enable = iam.enable_outbound_web_identity_federation
    disable = iam.disable_outbound_web_identity_federation
    info = iam.get_outbound_web_identity_federation_info
    refused("FeatureDisabled", OFF, info)
    refused("FeatureDisabled", OFF_ALREADY, disable)
    first = without_metadata(enable())
    assert first.keys() == {"IssuerIdentifier"}
    assert re.fullmatch(r"https://.*\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b.*", first["IssuerIdentifier"])
    refused("FeatureEnabled", ON_ALREADY, enable)
    assert without_metadata(info()) == {**first, "JwtVendingEnabled": True}
    only_metadata(disable())
    refused("FeatureDisabled", OFF, info)
    refused("FeatureDisabled", OFF_ALREADY, disable)
    assert without_metadata(enable()) == first


def test_what_an_issuer_publishes_lies_below_the_base(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text('token_issuer_base = "https://iam.example/tokens"\n')
    server = start("dev", "--listen", "127.0.0.1:0", "--config", configuration)
    iam = server.client()
    issuer = iam.enable_outbound_web_identity_federation()["IssuerIdentifier"]
    iam.disable_outbound_web_identity_federation()

    def published(url):
        with urllib.request.urlopen(server.endpoint + url.removeprefix("https://iam.example")) as answer:
            assert answer.headers["Content-Type"] == "application/json"
            return json.load(answer)

    discovery = published(issuer + "/.well-known/openid-configuration")
    assert discovery["issuer"] == issuer
    assert discovery["id_token_signing_alg_values_supported"] == ["RS256", "ES384"]
    assert discovery["jwks_uri"] == issuer + "/.well-known/jwks.json"
    keys = {key["kid"]: key.keys() for key in published(discovery["jwks_uri"])["keys"]}
    assert keys == {
        "RSA_0": {"alg", "e", "kid", "kty", "n", "use"},
        "EC384_0": {"alg", "crv", "kid", "kty", "use", "x", "y"},
    }


def test_a_grant_on_an_arn_is_none(server, iam):
    bob = Person(server, iam, "Bob")
    calls = [
        ("EnableOutboundWebIdentityFederation", bob.iam.enable_outbound_web_identity_federation),
        ("GetOutboundWebIdentityFederationInfo", bob.iam.get_outbound_web_identity_federation_info),
        ("DisableOutboundWebIdentityFederation", bob.iam.disable_outbound_web_identity_federation),
    ]
    on_arns = policy(allow("iam:*Outbound*", f"arn:aws:iam::{DEFAULT_ACCOUNT}:*"))
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=on_arns)
    for action, call in calls:
        refused("AccessDenied", nothing_allows(f"iam:{action}", "*"), call)
    on_all = policy(allow("iam:*Outbound*"))
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=on_all)
    for _, call in calls:
        call()
