"""ListUsers: its order, its pages, its filter."""

import pytest

from support.expect import at_least, at_most, refused, violations

PREFIX_TEXT = (
    "The specified value for pathPrefix is invalid. It must begin with the / character and contain "
    "only alphanumeric characters and/or / characters."
)


@pytest.fixture
def names(iam):
    """Seven users in the order in which lists show them."""
    people = {"bob": "/", "Anna": "/a/", "carl": "/a/b/", "Dora": "/ab/", "eve": "/", "Fritz": "/c/", "_": "/"}
    for name, path in people.items():
        iam.create_user(UserName=name, Path=path, Tags=[{"Key": "team", "Value": "blue"}])
    return sorted(people, key=str.lower)


def listed(response):
    return [user["UserName"] for user in response["Users"]]


def test_all_are_listed_by_name_without_regard_to_case(iam, names):
    response = iam.list_users()
    assert sorted(listed(response)) == sorted(names)
    assert [name for name in listed(response) if name != "_"] == [name for name in names if name != "_"]
    assert response["IsTruncated"] is False
    assert "Marker" not in response


def test_lists_show_no_tags(iam, names):
    del names
    for user in iam.list_users()["Users"]:
        assert user.keys() == {"Path", "UserName", "UserId", "Arn", "CreateDate"}


def test_lists_show_no_last_use_of_passwords_that_were_never_signed_in_with(iam, names):
    for name in names[::2]:
        iam.create_login_profile(UserName=name, Password="Password123!")
    shown = iam.list_users()["Users"]
    assert len(shown) == len(names)
    for user in shown:
        assert user.keys() == {"Path", "UserName", "UserId", "Arn", "CreateDate"}


def test_an_empty_list_is_there(iam):
    response = iam.list_users()
    assert (response["Users"], response["IsTruncated"]) == ([], False)


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 1000])
def test_pages_show_everyone_once(iam, names, size):
    pages = list(iam.get_paginator("list_users").paginate(PaginationConfig={"PageSize": size}))
    assert [name for page in pages for name in listed(page)] == listed(iam.list_users())
    assert len(pages) == -(-len(names) // size)
    assert all(len(page["Users"]) <= size for page in pages)
    assert all(page["IsTruncated"] is (page is not pages[-1]) for page in pages)


def test_a_marker_may_be_continued_with_another_size(iam, names):
    first = iam.list_users(MaxItems=2)
    rest = iam.list_users(MaxItems=1000, Marker=first["Marker"])
    assert listed(first) + listed(rest) == listed(iam.list_users())
    assert len(names) == 7


def test_a_marker_outlives_the_user_it_points_at(iam, names):
    everyone = listed(iam.list_users())
    first = iam.list_users(MaxItems=3)
    for name in everyone[2:4]:
        iam.delete_user(UserName=name)
    assert listed(iam.list_users(Marker=first["Marker"])) == everyone[4:]
    assert len(names) == 7


def test_users_made_meanwhile_do_not_repeat_others(iam, names):
    everyone = listed(iam.list_users())
    first = iam.list_users(MaxItems=3)
    iam.create_user(UserName="aaa")
    assert listed(iam.list_users(Marker=first["Marker"])) == everyone[3:]
    assert len(names) == 7


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("/", {"bob", "Anna", "carl", "Dora", "eve", "Fritz", "_"}),
        ("/a", {"Anna", "carl", "Dora"}),
        ("/a/", {"Anna", "carl"}),
        ("/a/b/", {"carl"}),
        ("/A/", set()),
        ("/nothing", set()),
    ],
)
def test_a_path_prefix_is_a_prefix_of_text(iam, names, prefix, expected):
    assert set(listed(iam.list_users(PathPrefix=prefix))) == expected
    pages = iam.get_paginator("list_users").paginate(PathPrefix=prefix, PaginationConfig={"PageSize": 1})
    assert {name for page in pages for name in listed(page)} == expected
    assert len(names) == 7


@pytest.mark.parametrize("marker", ["x", "%%%", "AAAA", "a" * 320, "MTpib2I="])
def test_a_marker_that_no_page_gave(iam, marker):
    refused("ValidationError", "Invalid Marker.", iam.list_users, Marker=marker)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"MaxItems": 0}, violations(at_least("maxItems", 1, "value"))),
        ({"MaxItems": -1}, violations(at_least("maxItems", 1, "value"))),
        ({"MaxItems": 1001}, violations(at_most("maxItems", 1000, "value"))),
        ({"Marker": "m" * 321}, violations(at_most("marker", 320))),
        ({"PathPrefix": "x"}, PREFIX_TEXT),
        ({"PathPrefix": "/a b"}, PREFIX_TEXT),
        ({"PathPrefix": "/" + "p" * 512}, violations(at_most("pathPrefix", 512))),
    ],
)
def test_what_has_not_the_right_shape(iam, members, message):
    refused("ValidationError", message, iam.list_users, **members)


def test_a_page_has_100_users_unless_told_otherwise(iam):
    for number in range(101):
        iam.create_user(UserName=f"user-{number:03}")
    first = iam.list_users()
    assert (len(first["Users"]), first["IsTruncated"]) == (100, True)
    assert listed(iam.list_users(Marker=first["Marker"])) == ["user-100"]
    assert len(listed(iam.list_users(MaxItems=1000))) == 101
