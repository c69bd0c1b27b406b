"""The account's password policy: its three operations, and what it makes of passwords."""

import itertools

import pytest

from support.expect import at_least, at_most, only_metadata, provokes, refused, violations, without_metadata
from support.signed import Signer

UPPER = "Password should have at least one uppercase letter"
LOWER = "Password should have at least one lowercase letter"
NUMBER = "Password should have at least one number"
SYMBOL = "Password should have at least one symbol"
# In the order in which messages name them: the class, a character of it, its phrase.
CLASSES = {
    "RequireUppercaseCharacters": ("A", UPPER),
    "RequireLowercaseCharacters": ("a", LOWER),
    "RequireNumbers": ("1", NUMBER),
    "RequireSymbols": ("!", SYMBOL),
}
DEFAULTS = {
    "AllowUsersToChangePassword": False,
    "ExpirePasswords": False,
    "MinimumPasswordLength": 6,
    "RequireLowercaseCharacters": False,
    "RequireNumbers": False,
    "RequireSymbols": False,
    "RequireUppercaseCharacters": False,
}
EVERYTHING = {
    "AllowUsersToChangePassword": True,
    "HardExpiry": True,
    "MaxPasswordAge": 90,
    "MinimumPasswordLength": 14,
    "PasswordReusePrevention": 5,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "RequireUppercaseCharacters": True,
}
NO_POLICY = "The Password Policy with domain name 000000000000 cannot be found."


@pytest.fixture
def reasons(iam):
    """What is wrong with a password for Bob; `None` where it is accepted."""
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password="Beginning123!")

    def judge(password):
        try:
            iam.update_login_profile(UserName="Bob", Password=password)
        except iam.exceptions.PasswordPolicyViolationException as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
            return error.response["Error"]["Message"]
        return None

    return judge


# The default policy.


@pytest.mark.parametrize("chosen", [set(c) for n in range(5) for c in itertools.combinations(CLASSES, n)])
def test_the_default_policy_asks_for_three_of_four_classes(reasons, chosen):
    password = "".join(CLASSES[name][0] for name in CLASSES if name in chosen).ljust(8, "é")
    missing = [phrase for name, (_, phrase) in CLASSES.items() if name not in chosen]
    more = 3 - len(chosen)
    wanted = f"Password should meet {more} more of the following requirements: {', '.join(missing)}"
    assert reasons(password) == (wanted if more > 0 else None)


@pytest.mark.parametrize(("length", "is_long_enough"), [(3, False), (7, False), (8, True), (9, True), (128, True)])
def test_the_default_policy_asks_for_eight_characters(reasons, length, is_long_enough):
    wanted = None if is_long_enough else "Password should have a minimum length of 8"
    assert reasons("Aa1".ljust(length, "x")) == wanted
    # Characters count, not bytes.
    assert reasons("Aa1".ljust(length, "ÿ")) == wanted


def test_a_short_password_of_too_few_classes_is_told_both(reasons):
    told = reasons("abc")
    assert "Password should have a minimum length of 8" in told
    assert f"Password should meet 2 more of the following requirements: {UPPER}, {NUMBER}, {SYMBOL}" in told


@pytest.mark.parametrize("symbol", "!@#$%^&*()_+-=[]{}|'")
def test_each_listed_symbol_counts(iam, reasons, symbol):
    iam.update_account_password_policy(RequireSymbols=True)
    assert reasons(f"abcdef{symbol}") is None


@provokes("UpdateLoginProfile", "PasswordPolicyViolation")
def test_the_account_name_and_the_root_address_are_refused(server):
    made = server.dev(
        "POST",
        "accounts",
        {"account_id": "111122223333", "account_name": "Acme-Corp-1", "root_email": "Root.1@example.com"},
    )
    iam = server.client("iam", made["access_key_id"], made["secret_access_key"])
    iam.create_user(UserName="Bob")
    for password in ["Acme-Corp-1", "Root.1@example.com"]:
        refused("PasswordPolicyViolation", None, iam.create_login_profile, UserName="Bob", Password=password)
    iam.create_login_profile(UserName="Bob", Password="Acme-Corp-12")
    for password in ["Acme-Corp-1", "Root.1@example.com"]:
        refused("PasswordPolicyViolation", None, iam.update_login_profile, UserName="Bob", Password=password)
    # A custom policy stands alone.
    iam.update_account_password_policy()
    for password in ["Acme-Corp-1", "Root.1@example.com"]:
        iam.update_login_profile(UserName="Bob", Password=password)


# A policy of the account's own.


@pytest.mark.parametrize("required", [set(c) for n in range(5) for c in itertools.combinations(CLASSES, n)])
def test_a_custom_policy_asks_for_the_classes_it_names(iam, reasons, required):
    iam.update_account_password_policy(**dict.fromkeys(required, True))
    characters = {name: character for name, (character, _) in CLASSES.items()}
    assert reasons("éééééé") == (", ".join(p for n, (_, p) in CLASSES.items() if n in required) or None)
    assert reasons("".join(characters[name] for name in required).ljust(6, "ü")) is None
    for name in required:
        without = "".join(characters[other] for other in CLASSES if other != name)
        assert reasons(without.ljust(6, "ö")) == CLASSES[name][1]


@pytest.mark.parametrize("minimum", [6, 7, 14, 128])
def test_a_custom_policy_asks_for_its_length(iam, reasons, minimum):
    iam.update_account_password_policy(MinimumPasswordLength=minimum)
    assert reasons("x" * (minimum - 1)) == f"Password should have a minimum length of {minimum}"
    assert reasons("x" * minimum) is None


def test_a_password_that_breaks_every_rule_is_told_each(iam, reasons):
    iam.update_account_password_policy(**EVERYTHING)
    assert reasons("é") == ", ".join(["Password should have a minimum length of 14", UPPER, LOWER, NUMBER, SYMBOL])


def test_a_custom_policy_replaces_the_default_one(iam, reasons):
    assert reasons("simple") is not None
    iam.update_account_password_policy()
    assert reasons("simple") is None
    iam.delete_account_password_policy()
    assert reasons("simple2") is not None


def test_a_change_of_policy_counts_from_the_next_password(iam, reasons):
    assert reasons("Secret123") is None
    iam.update_account_password_policy(MinimumPasswordLength=20)
    iam.update_login_profile(UserName="Bob", PasswordResetRequired=True)
    assert reasons("Secret1234") == "Password should have a minimum length of 20"
    iam.update_account_password_policy(MinimumPasswordLength=6)
    assert reasons("Secret1234") is None


# The operations.


@provokes("DeleteAccountPasswordPolicy", "NoSuchEntity")
@provokes("GetAccountPasswordPolicy", "NoSuchEntity")
def test_there_is_no_policy_at_first(iam):
    refused("NoSuchEntity", NO_POLICY, iam.get_account_password_policy)
    message = "The account policy with name PasswordPolicy cannot be found."
    refused("NoSuchEntity", message, iam.delete_account_password_policy)


def test_what_is_left_out_of_an_update_goes_back_to_its_default(iam):
    only_metadata(iam.update_account_password_policy())
    assert without_metadata(iam.get_account_password_policy()) == {"PasswordPolicy": DEFAULTS}
    iam.update_account_password_policy(**EVERYTHING)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {**EVERYTHING, "ExpirePasswords": True}
    iam.update_account_password_policy(RequireNumbers=True)
    assert iam.get_account_password_policy()["PasswordPolicy"] == {**DEFAULTS, "RequireNumbers": True}


@pytest.mark.parametrize("member", EVERYTHING)
def test_each_member_is_kept_alone(iam, member):
    iam.update_account_password_policy(**{member: EVERYTHING[member]})
    expires = {"ExpirePasswords": True} if member == "MaxPasswordAge" else {}
    assert iam.get_account_password_policy()["PasswordPolicy"] == {**DEFAULTS, **expires, member: EVERYTHING[member]}


def test_a_deleted_policy_is_gone(iam):
    iam.update_account_password_policy()
    only_metadata(iam.delete_account_password_policy())
    refused("NoSuchEntity", NO_POLICY, iam.get_account_password_policy)


@pytest.mark.parametrize(
    ("field", "member", "least", "most"),
    [
        ("minimumPasswordLength", "MinimumPasswordLength", 6, 128),
        ("passwordReusePrevention", "PasswordReusePrevention", 1, 24),
        ("maxPasswordAge", "MaxPasswordAge", 1, 1095),
    ],
)
def test_numbers_have_bounds(iam, field, member, least, most):
    for value in [least, most]:
        iam.update_account_password_policy(**{member: value})
        assert iam.get_account_password_policy()["PasswordPolicy"][member] == value
    too_low = violations(at_least(field, least, "value"))
    for value in [least - 1, -1, -(2**31)]:
        refused("ValidationError", too_low, iam.update_account_password_policy, **{member: value})
    too_high = violations(at_most(field, most, "value"))
    for value in [most + 1, 2**31 - 1]:
        refused("ValidationError", too_high, iam.update_account_password_policy, **{member: value})
    assert iam.get_account_password_policy()["PasswordPolicy"][member] == most


def test_all_that_is_out_of_bounds_is_told_at_once(iam):
    refused(
        "ValidationError",
        violations(
            at_most("minimumPasswordLength", 128, "value"),
            at_most("passwordReusePrevention", 24, "value"),
            at_most("maxPasswordAge", 1095, "value"),
        ),
        iam.update_account_password_policy,
        MinimumPasswordLength=129,
        PasswordReusePrevention=25,
        MaxPasswordAge=1096,
    )
    refused("NoSuchEntity", NO_POLICY, iam.get_account_password_policy)


@pytest.mark.parametrize("member", ["RequireSymbols", "AllowUsersToChangePassword", "HardExpiry"])
@pytest.mark.parametrize("text", ["True", "", "null", " true", "2"])
def test_a_boolean_that_is_none_is_malformed(server, member, text):
    answer = Signer(server.address).call("UpdateAccountPasswordPolicy", **{member: text})
    assert (answer.status, answer.code) == (400, "MalformedInput")


@pytest.mark.parametrize("member", ["MinimumPasswordLength", "PasswordReusePrevention", "MaxPasswordAge"])
@pytest.mark.parametrize("text", ["", " 8", "8 ", "8.0", "8e0", "0x8", "2147483648", "-2147483649", "eight", "+", "٨"])
def test_an_integer_that_is_none_is_malformed(server, member, text):
    answer = Signer(server.address).call("UpdateAccountPasswordPolicy", **{member: text})
    assert (answer.status, answer.code) == (400, "MalformedInput")


@pytest.mark.parametrize("text", ["8", "+8", "08", "0000000000000000000008"])
def test_an_integer_may_have_a_sign_and_leading_zeros(server, iam, text):
    assert Signer(server.address).call("UpdateAccountPasswordPolicy", MinimumPasswordLength=text).status == 200
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 8


def test_every_account_has_its_own(server, iam):
    other = server.client("iam", "123456789012", "any")
    iam.update_account_password_policy(MinimumPasswordLength=7)
    message = "The Password Policy with domain name 123456789012 cannot be found."
    refused("NoSuchEntity", message, other.get_account_password_policy)
