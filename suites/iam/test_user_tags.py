"""TagUser, UntagUser and ListUserTags, and the tags of CreateUser."""

import pytest

from support.expect import (
    TAG_KEY_PATTERN,
    TAG_VALUE_PATTERN,
    at_most,
    not_null,
    only_metadata,
    pattern,
    provokes,
    refused,
    violations,
)
from support.signed import Signer

DUPLICATE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
RESERVED = "Tag keys beginning with aws: are reserved for system use."
NO_BOB = "The user with name Bob cannot be found."


@pytest.fixture
def bob(iam):
    iam.create_user(UserName="Bob")
    return iam


def tags(*pairs):
    return [{"Key": key, "Value": value} for key, value in pairs]


def shown(iam):
    return {tag["Key"]: tag["Value"] for tag in iam.list_user_tags(UserName="Bob")["Tags"]}


def test_tags_are_put_shown_and_taken_away(bob):
    only_metadata(bob.tag_user(UserName="bob", Tags=tags(("team", "blue"), ("stage", ""))))
    assert shown(bob) == {"team": "blue", "stage": ""}
    only_metadata(bob.untag_user(UserName="Bob", TagKeys=["team", "absent"]))
    assert shown(bob) == {"stage": ""}
    assert bob.get_user(UserName="Bob")["User"]["Tags"] == tags(("stage", ""))
    bob.untag_user(UserName="Bob", TagKeys=["stage"])
    assert "Tags" not in bob.get_user(UserName="Bob")["User"]
    assert bob.list_user_tags(UserName="Bob")["Tags"] == []


def test_a_key_in_another_case_replaces_value_and_spelling(bob):
    bob.tag_user(UserName="Bob", Tags=tags(("Team", "blue"), ("other", "1")))
    bob.tag_user(UserName="Bob", Tags=tags(("tEAM", "red")))
    assert shown(bob) == {"tEAM": "red", "other": "1"}
    bob.untag_user(UserName="Bob", TagKeys=["TEAM"])
    assert shown(bob) == {"other": "1"}


def test_a_tag_that_is_there_is_no_change(bob):
    bob.tag_user(UserName="Bob", Tags=tags(("team", "blue")))
    bob.tag_user(UserName="Bob", Tags=tags(("team", "blue")))
    assert shown(bob) == {"team": "blue"}


@pytest.mark.parametrize("second", ["team", "TEAM"])
@provokes("TagUser", "InvalidInput")
def test_a_key_may_be_given_once(bob, second):
    repeated = tags(("team", "a"), (second, "b"))
    refused("InvalidInput", DUPLICATE, bob.tag_user, UserName="Bob", Tags=repeated)
    refused("InvalidInput", DUPLICATE, bob.create_user, UserName="Eve", Tags=repeated)
    assert shown(bob) == {}


@pytest.mark.parametrize("key", ["aws:x", "AWS:x", "aWs:"])
def test_reserved_keys(bob, key):
    refused("InvalidInput", RESERVED, bob.tag_user, UserName="Bob", Tags=tags((key, "v")))
    refused("InvalidInput", RESERVED, bob.create_user, UserName="Eve", Tags=tags((key, "v")))
    only_metadata(bob.untag_user(UserName="Bob", TagKeys=[key]))
    bob.tag_user(UserName="Bob", Tags=tags(("k", "aws:v"), ("awsx", "1")))
    assert shown(bob) == {"k": "aws:v", "awsx": "1"}


def test_empty_lists(bob):
    message = "Error occurred while validating input. "
    refused("InvalidInput", message, bob.tag_user, UserName="Bob", Tags=[])
    only_metadata(bob.untag_user(UserName="Bob", TagKeys=[]))


def test_a_blank_key(bob):
    refused("ValidationError", None, bob.tag_user, UserName="Bob", Tags=tags(("  ", "v")))


@provokes("TagUser", "LimitExceeded")
def test_a_user_has_50_tags_at_most(bob):
    fifty = tags(*((f"key-{number}", "v") for number in range(50)))
    bob.tag_user(UserName="Bob", Tags=fifty)
    message = "The number of tags has reached the maximum limit."
    refused("LimitExceeded", message, bob.tag_user, UserName="Bob", Tags=tags(("key-0", "w"), ("more", "v")))
    assert shown(bob) == {tag["Key"]: "v" for tag in fifty}
    bob.tag_user(UserName="Bob", Tags=tags(("KEY-0", "w")))
    assert shown(bob)["KEY-0"] == "w"
    too_many = [*fifty, *tags(("more", "v"))]
    message = violations(at_most("tags", 50))
    refused("ValidationError", message, bob.tag_user, UserName="Bob", Tags=too_many)
    refused("ValidationError", message, bob.create_user, UserName="Eve", Tags=too_many)
    bob.create_user(UserName="Eve", Tags=fifty)


@pytest.mark.parametrize(
    ("pair", "entry"),
    [
        (("k" * 129, "v"), at_most("tags.1.member.key", 128)),
        (("k!", "v"), pattern("tags.1.member.key", TAG_KEY_PATTERN)),
        (("k", "v" * 257), at_most("tags.1.member.value", 256)),
        (("k", "v!"), pattern("tags.1.member.value", TAG_VALUE_PATTERN)),
    ],
)
def test_what_has_not_the_right_shape_to_be_a_tag(bob, pair, entry):
    refused("ValidationError", violations(entry), bob.tag_user, UserName="Bob", Tags=tags(pair))
    refused("ValidationError", violations(entry), bob.create_user, UserName="Eve", Tags=tags(pair))


def test_what_is_missing_of_a_tag_is_told_value_first(server, bob):
    del bob
    answer = Signer(server.address).call("TagUser", UserName="Bob", **{"Tags.member.1.Other": "x"})
    assert (answer.status, answer.code) == (400, "ValidationError")
    both = violations(not_null("tags.1.member.value"), not_null("tags.1.member.key"))
    assert answer.message.replace("&#39;", "'") == both


def test_no_more_than_ten_violations_are_told(bob):
    many = tags(*((f"{number}!", "v!") for number in range(20)))
    error = refused("ValidationError", None, bob.tag_user, UserName="Bob", Tags=many)
    assert error["Message"].startswith("10 validation errors detected: ")
    assert error["Message"].count("failed to satisfy constraint") == 10


def test_letters_of_all_scripts_are_allowed(bob):
    pair = ("Größe 名前_.:/=+-@1", "Wert é日本 _.:/=+-@")
    bob.tag_user(UserName="Bob", Tags=tags(pair, ("k" * 128, "v" * 256)))
    assert shown(bob)[pair[0]] == pair[1]


def test_the_keys_to_take_away_are_judged_together(bob):
    message = violations(
        "Value at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must "
        "have length less than or equal to 128, Member must have length greater than or equal to 1, "
        f"Member must satisfy regular expression pattern: {TAG_KEY_PATTERN}, Member must not be null]"
    )
    refused("ValidationError", message, bob.untag_user, UserName="Bob", TagKeys=["ok", "k" * 129])
    refused("ValidationError", message, bob.untag_user, UserName="Bob", TagKeys=["k!"])
    message = violations(at_most("tagKeys", 50))
    refused("ValidationError", message, bob.untag_user, UserName="Bob", TagKeys=[f"k{n}" for n in range(51)])


@provokes("ListUserTags", "NoSuchEntity")
@provokes("TagUser", "NoSuchEntity")
@provokes("UntagUser", "NoSuchEntity")
def test_shape_comes_before_existence_and_existence_before_the_rules_of_tags(iam):
    refused("ValidationError", None, iam.tag_user, UserName="Bob", Tags=tags(("k!", "v")))
    for wrong in [tags(("aws:x", "v")), tags(("a", "1"), ("A", "2"))]:
        refused("NoSuchEntity", NO_BOB, iam.tag_user, UserName="Bob", Tags=wrong)
    refused("NoSuchEntity", NO_BOB, iam.untag_user, UserName="Bob", TagKeys=["a"])
    refused("NoSuchEntity", NO_BOB, iam.list_user_tags, UserName="Bob")


def test_tags_are_listed_in_pages(bob):
    bob.tag_user(UserName="Bob", Tags=tags(*((f"key-{number}", str(number)) for number in range(7))))
    everything = bob.list_user_tags(UserName="Bob")
    assert everything["IsTruncated"] is False
    pages = list(bob.get_paginator("list_user_tags").paginate(UserName="Bob", PaginationConfig={"PageSize": 3}))
    assert [len(page["Tags"]) for page in pages] == [3, 3, 1]
    assert [tag for page in pages for tag in page["Tags"]] == everything["Tags"]
    refused("ValidationError", "Invalid Marker.", bob.list_user_tags, UserName="Bob", Marker="x")
