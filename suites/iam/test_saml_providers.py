"""SAML providers."""

import re

import pytest

from support.documents import allow, arn, nothing_allows, policy, tags
from support.expect import at_least, only_metadata, provokes, refused, violations, without_metadata
from support.people import Person

ARN = arn("saml-provider", "Corp")
THIS = {"SAMLProviderArn": ARN}
NOT_FOUND = f"Manifest not found for arn {ARN}"
REQUIRED = {"AssertionEncryptionMode": "Required"}
ALLOWED = {"AssertionEncryptionMode": "Allowed"}
# Of RFC 9500: a key for tests that everybody knows.
KEY = """-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIObLW92AqkWunJXowVR2Z5/+yVPBaFHnEedDk5WJxk/BoAoGCCqGSM49
AwEHoUQDQgAEQiVI+I+3gv+17KN0RFLHKh5Vj71vc75eSOkyMsxFxbFsTNEMTLjV
uKFxOelIgsiZJXKZNCX0FBmrfpCkKklCcg==
-----END EC PRIVATE KEY-----
"""
ADD = {"AddPrivateKey": KEY}
# Of `crates/saml/tests/fixtures`.
CERTIFICATE = (
    "MIIBizCCATGgAwIBAgIUbrK7/VYICXlcBbqEGQkSycQPhWEwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUuY29t"
    "MCAXDTI2MTEyODE4MTE1M1oYDzIxMjYxMTA0MTgxMTUzWjAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIB"
    "BggqhkjOPQMBBwNCAATjibjnNhKD0RGhlnE2ZYk2LnVF1JjToAdwR5Um9R8Egy+hAg1Txp7bZ4jfSX+rCuWu5w20xBBbe0NWLvZN"
    "nHEqo1MwUTAdBgNVHQ4EFgQUrJdxA9tTr6GHzlVpEgNVYq8h05EwHwYDVR0jBBgwFoAUrJdxA9tTr6GHzlVpEgNVYq8h05EwDwYD"
    "VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEA7fC7kGajkqpKN7y9eo/DAGH2Eiu1USubxBiGt8xQiuQCIFg5czY9chMW"
    "Knw78LTNPCaY9D2/uKhwvH/ZqpaMOhkz"
)


def metadata(mark="a", role="IDPSSODescriptor"):
    padding = "x" * 1000
    return f"""<?xml version="1.0"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://id.example/{mark}">
<!-- {padding} -->
<{role} protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
<X509Certificate>{CERTIFICATE}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://id.example/sso"/>
</{role}></EntityDescriptor>"""


def create(iam, name="Corp", **more):
    return iam.create_saml_provider(Name=name, SAMLMetadataDocument=more.pop("document", metadata()), **more)


def shown(iam):
    return without_metadata(iam.get_saml_provider(**THIS))


def test_a_provider_is_made_shown_and_listed(iam):
    given = tags(("b", "1"), ("B", "2"))
    assert without_metadata(create(iam, Tags=given)) == {"SAMLProviderArn": ARN, "Tags": given}
    got = shown(iam)
    created, until = got["CreateDate"], got["ValidUntil"]
    assert until.year == created.year + 100
    [listed] = iam.list_saml_providers()["SAMLProviderList"]
    assert listed == {"Arn": ARN, "CreateDate": created, "ValidUntil": until}
    assert re.fullmatch("SAMLSP[A-Z0-9]{16}", got["SAMLProviderUUID"])
    assert got["SAMLMetadataDocument"] == metadata()
    assert got["Tags"] == tags(("B", "2"), ("b", "1"))
    assert (got["AssertionEncryptionMode"], got["PrivateKeyList"]) == ("Allowed", [])
    assert iam.get_account_summary()["SummaryMap"]["Providers"] == 1


@provokes("CreateSAMLProvider", "EntityAlreadyExists")
def test_a_name_is_taken_with_its_case(iam):
    create(iam)
    create(iam, "corp")
    refused("EntityAlreadyExists", None, create, iam=iam)


@provokes("CreateSAMLProvider", "InvalidInput")
@provokes("UpdateSAMLProvider", "InvalidInput")
def test_what_is_no_metadata_of_an_identity_provider(iam):
    other = "<note>" + "x" * 1000 + "</note>"
    service = metadata(role="SPSSODescriptor")
    issuer = "SAML Providers must reference at least one SAML assertion issuer."
    asked = [(other, "Could not parse metadata"), (service, issuer)]
    for document, message in asked:
        refused("InvalidInput", message, create, iam=iam, document=document)
    create(iam)
    for document, message in asked:
        refused("InvalidInput", message, iam.update_saml_provider, **THIS, SAMLMetadataDocument=document)
    message = violations(at_least("sAMLMetadataDocument", 1000))
    refused("ValidationError", message, create, iam=iam, document="<x/>")


def test_new_metadata_prolongs_and_leaves_the_rest(iam, clock):
    create(iam)
    before = shown(iam)
    clock.advance("1d")
    answer = iam.update_saml_provider(**THIS, SAMLMetadataDocument=metadata("b"))
    assert without_metadata(answer) == THIS
    after = shown(iam)
    assert after["ValidUntil"] > before["ValidUntil"]
    assert after["SAMLMetadataDocument"] == metadata("b")
    for same in ("CreateDate", "SAMLProviderUUID"):
        assert after[same] == before[same]


@provokes("UpdateSAMLProvider", "LimitExceeded")
def test_private_keys_are_two_at_most_and_open_what_must_be_encrypted(iam):
    no_key = "Failed to set assertion encryption mode to Required because no private key is present."
    refused("InvalidInput", no_key, create, iam=iam, **REQUIRED)
    create(iam)
    update = iam.update_saml_provider
    refused("InvalidInput", no_key, update, **THIS, **REQUIRED)
    update(**THIS, **REQUIRED, **ADD)
    update(**THIS, **ADD)
    refused("LimitExceeded", "Private key limit of 2 is reached.", update, **THIS, **ADD)
    got = shown(iam)
    assert got["AssertionEncryptionMode"] == "Required"
    first, second = (key["KeyId"] for key in got["PrivateKeyList"])
    assert re.fullmatch("SAMLPK[A-Z0-9]{16}", first) and first != second
    update(**THIS, RemovePrivateKey=first)
    refused("InvalidInput", "Failed to remove private key.", update, **THIS, RemovePrivateKey=second)
    update(**THIS, RemovePrivateKey=second, **ALLOWED)
    assert shown(iam)["PrivateKeyList"] == []
    message = "Unable to update identity provider. No updates are defined for metadata or encryption assertion."
    refused("ValidationError", message, update, **THIS)
    message = (
        "Unable to add and remove private keys in the same request. Set a value for only one of the two parameters."
    )
    refused("ValidationError", message, update, **THIS, **ADD, RemovePrivateKey=second)


@provokes("CreateSAMLProvider", "LimitExceeded")
def test_there_is_room_for_as_many_as_the_configuration_says(start, tmp_path):
    configuration = tmp_path / "keyward.toml"
    configuration.write_text("[quotas]\nsaml_providers_per_account = 1\n")
    iam = start("dev", "--listen", "127.0.0.1:0", "--config", configuration).client()
    create(iam)
    refused("LimitExceeded", None, create, iam=iam, name="Other")
    only_metadata(iam.delete_saml_provider(**THIS))
    create(iam, "Other")


@provokes("GetSAMLProvider", "NoSuchEntity", "InvalidInput")
@provokes("UpdateSAMLProvider", "NoSuchEntity")
@provokes("TagSAMLProvider", "NoSuchEntity", "InvalidInput")
@provokes("UntagSAMLProvider", "NoSuchEntity", "InvalidInput")
@provokes("ListSAMLProviderTags", "NoSuchEntity", "InvalidInput")
@provokes("DeleteSAMLProvider", "NoSuchEntity", "InvalidInput")
def test_what_does_not_exist(iam):
    for call, members in [
        (iam.get_saml_provider, {}),
        (iam.update_saml_provider, ALLOWED),
        (iam.tag_saml_provider, {"Tags": tags(k="v")}),
        (iam.untag_saml_provider, {"TagKeys": ["k"]}),
        (iam.list_saml_provider_tags, {}),
        (iam.delete_saml_provider, {}),
    ]:
        refused("NoSuchEntity", NOT_FOUND, call, **THIS, **members)
        refused("InvalidInput", None, call, SAMLProviderArn=arn("oidc-provider", "id.example"), **members)


def test_a_provider_is_deleted_and_made_anew(iam):
    create(iam, Tags=tags(k="v"), **ADD)
    before = shown(iam)
    only_metadata(iam.delete_saml_provider(**THIS))
    refused("NoSuchEntity", NOT_FOUND, iam.delete_saml_provider, **THIS)
    create(iam)
    after = shown(iam)
    assert (after["Tags"], after["PrivateKeyList"]) == ([], [])
    assert after["SAMLProviderUUID"] != before["SAMLProviderUUID"]


@provokes("TagSAMLProvider", "LimitExceeded")
def test_tags_are_fifty_at_most_and_come_in_order(iam):
    create(iam)
    only_metadata(iam.tag_saml_provider(**THIS, Tags=tags(("b", "1"), ("a", "2"))))
    only_metadata(iam.tag_saml_provider(**THIS, Tags=tags(("B", "3"), ("b", "4"))))
    in_order = tags(("B", "3"), ("a", "2"), ("b", "4"))
    assert without_metadata(iam.list_saml_provider_tags(**THIS)) == {"Tags": in_order, "IsTruncated": False}
    pages = iam.get_paginator("list_saml_provider_tags").paginate(**THIS, PaginationConfig={"PageSize": 2})
    assert [page["Tags"] for page in pages] == [in_order[:2], in_order[2:]]
    many = tags(*[(f"k{number}", "") for number in range(48)])
    message = "The number of tags has reached the maximum limit."
    refused("LimitExceeded", message, iam.tag_saml_provider, **THIS, Tags=many)
    only_metadata(iam.untag_saml_provider(**THIS, TagKeys=["b", "A", "b"]))
    assert shown(iam)["Tags"] == in_order[:2]


@pytest.mark.parametrize("name", ["a b", "a/b", "", "x" * 129])
def test_what_has_not_the_right_shape_to_be_a_name(iam, name):
    refused("ValidationError", None, create, iam=iam, name=name)


def test_tags_govern_who_may_do_what(server, iam):
    bob = Person(server, iam, "Bob")
    red = tags(team="red")

    def let(*statements):
        iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=policy(*statements))

    refused("AccessDenied", nothing_allows("iam:CreateSAMLProvider", ARN), create, iam=bob.iam)
    may_create = allow("iam:CreateSAMLProvider")
    let(may_create)
    refused("AccessDenied", nothing_allows("iam:TagSAMLProvider", ARN), create, iam=bob.iam, Tags=red)
    may_tag = allow("iam:TagSAMLProvider", Condition={"StringEquals": {"aws:RequestTag/team": "red"}})
    let(may_create, may_tag)
    create(bob.iam, Tags=red)
    let(allow("iam:*", Condition={"StringEquals": {"aws:ResourceTag/team": "red"}}))
    assert shown(bob.iam)["Tags"] == red
    refused("AccessDenied", nothing_allows("iam:ListSAMLProviders", "*"), bob.iam.list_saml_providers)
    only_metadata(bob.iam.tag_saml_provider(**THIS, Tags=tags(team="blue")))
    refused("AccessDenied", nothing_allows("iam:DeleteSAMLProvider", ARN), bob.iam.delete_saml_provider, **THIS)
