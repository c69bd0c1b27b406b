"""Tags of roles, policies and instance profiles. Those of users have a file of their own."""

import pytest

from support.documents import PREFIX, allow, arn, nothing_allows, policy, tags, trust
from support.expect import at_most, only_metadata, provokes, refused, violations
from support.people import Person

IGNORING_CASE = "Duplicate tag keys found. Please note that Tag keys are case insensitive."
EXACT = "Duplicate tag keys found."
RESERVED = "Tag keys beginning with aws: are reserved for system use."
MOST = "The number of tags has reached the maximum limit."


class Tagged:
    """One resource with tags."""

    def __init__(self, word, names, make, missing, ignores_case):
        self.word, self.names, self.make = word, names, make
        self.missing, self.ignores_case = missing, ignores_case

    def __repr__(self):
        return self.word

    def methods(self, iam):
        return (getattr(iam, name.format(self.word)) for name in ("tag_{}", "untag_{}", "list_{}_tags"))

    def listed(self, iam):
        return getattr(iam, f"list_{self.word}_tags")(**self.names)["Tags"]


ROLE = Tagged(
    "role",
    {"RoleName": "One"},
    lambda iam: iam.create_role(RoleName="One", AssumeRolePolicyDocument=trust()),
    "The role with name One cannot be found.",
    ignores_case=True,
)
POLICY = Tagged(
    "policy",
    {"PolicyArn": arn("policy", "One")},
    lambda iam: iam.create_policy(PolicyName="One", PolicyDocument=policy(allow("s3:x"))),
    f"Policy {PREFIX}:policy/One was not found.",
    ignores_case=False,
)
PROFILE = Tagged(
    "instance_profile",
    {"InstanceProfileName": "One"},
    lambda iam: iam.create_instance_profile(InstanceProfileName="One"),
    "Instance Profile One cannot be found.",
    ignores_case=False,
)
ALL = [ROLE, POLICY, PROFILE]


@pytest.mark.parametrize("of", ALL, ids=repr)
def test_tags_are_put_shown_and_taken_away(iam, of):
    of.make(iam)
    tag, untag, _ = of.methods(iam)
    only_metadata(tag(**of.names, Tags=tags(("team", "blue"), ("stage", ""))))
    only_metadata(tag(**of.names, Tags=tags(("team", "red"))))
    assert sorted((one["Key"], one["Value"]) for one in of.listed(iam)) == [("stage", ""), ("team", "red")]
    only_metadata(untag(**of.names, TagKeys=["team", "team", "absent", "aws:x"]))
    assert of.listed(iam) == tags(("stage", ""))


@pytest.mark.parametrize("of", ALL, ids=repr)
def test_the_case_of_a_key(iam, of):
    of.make(iam)
    tag, untag, _ = of.methods(iam)
    tag(**of.names, Tags=tags(("Team", "blue")))
    tag(**of.names, Tags=tags(("tEAM", "red")))
    both = {"Team": "blue", "tEAM": "red"}
    expected = {"tEAM": "red"} if of.ignores_case else both
    assert {one["Key"]: one["Value"] for one in of.listed(iam)} == expected
    untag(**of.names, TagKeys=["TEAM"])
    assert {one["Key"]: one["Value"] for one in of.listed(iam)} == ({} if of.ignores_case else both)


def test_the_order_of_tags(iam):
    """Of a role the later call comes first; of a policy the keys are sorted, upper case first."""
    for of, expected in ((ROLE, ["a", "C", "b", "D"]), (POLICY, ["C", "D", "a", "b"])):
        of.make(iam)
        tag, _, _ = of.methods(iam)
        tag(**of.names, Tags=tags(("b", "1"), ("D", "1")))
        tag(**of.names, Tags=tags(("a", "1"), ("C", "1")))
        assert [one["Key"] for one in of.listed(iam)] == expected


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(ROLE, marks=provokes("TagRole", "InvalidInput")),
        pytest.param(POLICY, marks=provokes("TagPolicy", "InvalidInput")),
        pytest.param(PROFILE, marks=provokes("TagInstanceProfile", "InvalidInput")),
    ],
    ids=repr,
)
def test_what_can_not_be_a_tag(iam, of):
    of.make(iam)
    tag, _, _ = of.methods(iam)
    duplicate = IGNORING_CASE if of.ignores_case else EXACT
    refused("InvalidInput", duplicate, tag, **of.names, Tags=tags(("a", "1"), ("a", "2")))
    if of.ignores_case:
        refused("InvalidInput", duplicate, tag, **of.names, Tags=tags(("a", "1"), ("A", "2")))
    for key in ("aws:x", "AWS:x"):
        refused("InvalidInput", RESERVED, tag, **of.names, Tags=tags((key, "v")))
    refused("ValidationError", None, tag, **of.names, Tags=tags((" ", "v")))
    refused("InvalidInput", None, tag, **of.names, Tags=[])
    assert of.listed(iam) == []
    only_metadata(tag(**of.names, Tags=tags(("awsx", "aws:v"))))


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(ROLE, marks=provokes("TagRole", "LimitExceeded")),
        pytest.param(POLICY, marks=provokes("TagPolicy", "LimitExceeded")),
        pytest.param(PROFILE, marks=provokes("TagInstanceProfile", "LimitExceeded")),
    ],
    ids=repr,
)
def test_fifty_tags_at_most_and_they_come_in_pages(iam, of):
    of.make(iam)
    tag, _, listing = of.methods(iam)
    fifty = tags(*((f"key-{number:02}", "v") for number in range(50)))
    tag(**of.names, Tags=fifty)
    refused("LimitExceeded", MOST, tag, **of.names, Tags=tags(("key-00", "w"), ("more", "v")))
    everything = of.listed(iam)
    assert {one["Key"]: one["Value"] for one in everything} == {one["Key"]: "v" for one in fifty}
    tag(**of.names, Tags=tags(("key-00", "w")))
    everything = of.listed(iam)
    assert len(everything) == 50
    refused("ValidationError", violations(at_most("tags", 50)), tag, **of.names, Tags=[*fifty, *tags(("m", "v"))])
    paginator = iam.get_paginator(f"list_{of.word}_tags")
    pages = list(paginator.paginate(**of.names, PaginationConfig={"PageSize": 20}))
    assert [len(page["Tags"]) for page in pages] == [20, 20, 10]
    assert [one for page in pages for one in page["Tags"]] == everything
    refused("ValidationError", "Invalid Marker.", listing, **of.names, Marker="x")


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(
            ROLE,
            marks=[
                provokes("TagRole", "NoSuchEntity"),
                provokes("UntagRole", "NoSuchEntity"),
                provokes("ListRoleTags", "NoSuchEntity"),
            ],
        ),
        pytest.param(
            POLICY,
            marks=[
                provokes("TagPolicy", "NoSuchEntity"),
                provokes("UntagPolicy", "NoSuchEntity"),
                provokes("ListPolicyTags", "NoSuchEntity"),
            ],
        ),
        pytest.param(
            PROFILE,
            marks=[
                provokes("TagInstanceProfile", "NoSuchEntity"),
                provokes("UntagInstanceProfile", "NoSuchEntity"),
                provokes("ListInstanceProfileTags", "NoSuchEntity"),
            ],
        ),
    ],
    ids=repr,
)
def test_tags_of_what_does_not_exist(iam, of):
    tag, untag, listing = of.methods(iam)
    # Existence comes before the rules of tags.
    for wrong in (tags(("a", "b")), tags(("aws:a", "b")), tags(("a", "1"), ("a", "2"))):
        refused("NoSuchEntity", of.missing, tag, **of.names, Tags=wrong)
    refused("NoSuchEntity", of.missing, untag, **of.names, TagKeys=["a"])
    refused("NoSuchEntity", of.missing, listing, **of.names)


def test_tags_decide_about_roles_and_policies(server, iam):
    bob = Person(server, iam, "Bob")
    for of, shows in ((ROLE, "get_role"), (POLICY, "get_policy"), (PROFILE, "get_instance_profile")):
        of.make(iam)
        condition = {"StringEquals": {"aws:ResourceTag/team": "red"}}
        document = policy(allow("iam:Get*", Condition=condition))
        iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=document)
        show = getattr(bob.iam, shows)
        names = of.word.replace("_", " "), next(iter(of.names.values()))
        action = "iam:" + shows.title().replace("_", "")
        message = nothing_allows(action, " ".join(names))
        refused("AccessDenied", message, show, **of.names)
        tag, untag, _ = of.methods(iam)
        tag(**of.names, Tags=tags(("team", "red")))
        show(**of.names)
        untag(**of.names, TagKeys=["team"])
        refused("AccessDenied", message, show, **of.names)


def test_which_tags_are_given_can_be_bound(server, iam):
    bob = Person(server, iam, "Bob")
    ROLE.make(iam)
    conditions = {
        "StringEquals": {"aws:RequestTag/team": "red"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team", "stage"]},
    }
    document = policy(allow(["iam:TagRole", "iam:CreateRole"], Condition=conditions))
    iam.put_user_policy(UserName="Bob", PolicyName="p", PolicyDocument=document)
    message = nothing_allows("iam:TagRole", "role One")
    for wrong in (tags(("team", "blue")), tags(("team", "red"), ("other", "x")), tags(("stage", "x"))):
        refused("AccessDenied", message, bob.iam.tag_role, RoleName="One", Tags=wrong)
    bob.iam.tag_role(RoleName="One", Tags=tags(("team", "red"), ("stage", "x")))
    make = {"RoleName": "Two", "AssumeRolePolicyDocument": trust()}
    refused("AccessDenied", nothing_allows("iam:CreateRole", arn("role", "Two")), bob.iam.create_role, **make)
    bob.iam.create_role(**make, Tags=tags(("team", "red")))
