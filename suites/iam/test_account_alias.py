"""The account alias, which no two accounts share."""

import pytest

from support.expect import only_metadata, provokes, refused

TEXT = (
    "The specified value for accountAlias is invalid. It must be a minimum length of 3 characters and "
    "maximum length of 63 characters, contain only digits, lowercase letters, and hyphens (-), but "
    "cannot begin or end with a hyphen."
)


@pytest.fixture
def other(server):
    """Root of a second account."""
    made = server.dev("POST", "accounts", {"account_name": "other"})
    return server.client("iam", made["access_key_id"], made["secret_access_key"])


def aliases(iam):
    return iam.list_account_aliases()["AccountAliases"]


def test_an_alias_is_given_shown_and_taken_away(iam):
    response = iam.list_account_aliases()
    assert (response["AccountAliases"], response["IsTruncated"]) == ([], False)
    only_metadata(iam.create_account_alias(AccountAlias="acme-1"))
    assert aliases(iam) == ["acme-1"]
    only_metadata(iam.delete_account_alias(AccountAlias="acme-1"))
    assert aliases(iam) == []


def test_a_new_alias_replaces_the_old_one_which_is_then_free(iam, other):
    iam.create_account_alias(AccountAlias="acme")
    iam.create_account_alias(AccountAlias="emca")
    assert aliases(iam) == ["emca"]
    other.create_account_alias(AccountAlias="acme")
    assert aliases(other) == ["acme"]


@provokes("CreateAccountAlias", "EntityAlreadyExists")
def test_an_alias_is_taken_once_over_all_accounts(iam, other):
    iam.create_account_alias(AccountAlias="acme")
    message = "The account alias acme already exists."
    refused("EntityAlreadyExists", message, other.create_account_alias, AccountAlias="acme")
    refused("EntityAlreadyExists", message, iam.create_account_alias, AccountAlias="acme")
    assert (aliases(iam), aliases(other)) == (["acme"], [])
    iam.delete_account_alias(AccountAlias="acme")
    other.create_account_alias(AccountAlias="acme")
    assert (aliases(iam), aliases(other)) == ([], ["acme"])


def test_a_refused_alias_leaves_the_present_one(iam, other):
    other.create_account_alias(AccountAlias="taken")
    iam.create_account_alias(AccountAlias="mine")
    refused("EntityAlreadyExists", None, iam.create_account_alias, AccountAlias="taken")
    assert (aliases(iam), aliases(other)) == (["mine"], ["taken"])


@provokes("DeleteAccountAlias", "NoSuchEntity")
def test_only_the_own_alias_can_be_deleted(iam, other):
    other.create_account_alias(AccountAlias="acme")
    message = "The account alias acme cannot be found."
    refused("NoSuchEntity", message, iam.delete_account_alias, AccountAlias="acme")
    assert aliases(other) == ["acme"]


@pytest.mark.parametrize("alias", ["ab", "a" * 64, "-abc", "abc-", "Abc", "a_b", "a--b", "a b", "", "123456789012"])
def test_what_has_not_the_right_shape(iam, alias):
    message = None if alias == "123456789012" else TEXT
    refused("ValidationError", message, iam.create_account_alias, AccountAlias=alias)
    refused("ValidationError", message, iam.delete_account_alias, AccountAlias=alias)


@pytest.mark.parametrize("alias", ["abc", "a" * 63, "1-2-3", "12345678901", "1234567890123"])
def test_every_allowed_alias(iam, alias):
    iam.create_account_alias(AccountAlias=alias)
    assert aliases(iam) == [alias]
