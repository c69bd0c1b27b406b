"""The AWS CLI, as people type it."""

import time

from support.people import let_users_change_passwords

FIRST, SECOND, THIRD = "FirstPassword123!", "SomeKindOfPassword123!@#", "ThirdPassword123!"


def test_a_password_from_its_making_to_its_end(aws, iam):
    """Create, set, update, change, verify, delete."""
    assert aws("iam", "create-user", "--user-name", "Bob")["User"]["Arn"].endswith(":user/Bob")
    made = aws("iam", "create-login-profile", "--user-name", "Bob", "--password", FIRST, "--password-reset-required")
    assert made["LoginProfile"]["PasswordResetRequired"] is True
    key = aws("iam", "create-access-key", "--user-name", "Bob")["AccessKey"]
    bob = {"key": key["AccessKeyId"], "secret": key["SecretAccessKey"]}

    assert aws("iam", "update-login-profile", "--user-name", "Bob", "--password", SECOND) is None
    assert aws("iam", "update-login-profile", "--user-name", "Bob", "--no-password-reset-required") is None
    shown = aws("iam", "get-login-profile", "--user-name", "bob")
    assert shown["LoginProfile"]["PasswordResetRequired"] is False

    let_users_change_passwords(iam)
    change = ["iam", "change-password", "--old-password"]
    failure = aws(*change, FIRST, "--new-password", THIRD, **bob, fails=True)
    assert "(AccessDenied)" in failure and "ChangePassword" in failure
    assert aws(*change, SECOND, "--new-password", THIRD, **bob) is None
    assert aws("sts", "get-caller-identity", **bob)["Arn"] == "arn:aws:iam::000000000000:user/Bob"

    failure = aws("iam", "delete-user", "--user-name", "Bob", fails=True)
    assert "(DeleteConflict)" in failure
    assert "Cannot delete entity, must delete login profile first." in failure
    aws("iam", "delete-login-profile", "--user-name", "Bob")
    aws("iam", "delete-access-key", "--user-name", "Bob", "--access-key-id", bob["key"])
    aws("iam", "delete-user", "--user-name", "Bob")
    failure = aws("iam", "get-user", "--user-name", "Bob", fails=True)
    assert "(NoSuchEntity)" in failure and "The user with name Bob cannot be found." in failure


def test_a_password_that_the_policy_refuses(aws, iam):
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=FIRST)
    failure = aws("iam", "update-login-profile", "--user-name", "Bob", "--password", "abc", fails=True)
    assert "(PasswordPolicyViolation)" in failure
    assert "Password should have a minimum length of 8" in failure


def test_the_password_policy(aws):
    update = [
        "--minimum-password-length",
        "12",
        "--require-symbols",
        "--no-require-numbers",
        "--max-password-age",
        "90",
    ]
    assert aws("iam", "update-account-password-policy", *update) is None
    assert aws("iam", "get-account-password-policy")["PasswordPolicy"] == {
        "MinimumPasswordLength": 12,
        "RequireSymbols": True,
        "RequireNumbers": False,
        "RequireUppercaseCharacters": False,
        "RequireLowercaseCharacters": False,
        "AllowUsersToChangePassword": False,
        "ExpirePasswords": True,
        "MaxPasswordAge": 90,
    }
    aws("iam", "delete-account-password-policy")
    failure = aws("iam", "get-account-password-policy", fails=True)
    assert "The Password Policy with domain name 000000000000 cannot be found." in failure


def test_lists_are_followed_over_pages(aws, iam):
    for number in range(5):
        iam.create_user(UserName=f"user-{number}")
    everyone = [f"user-{number}" for number in range(5)]
    listed = aws("iam", "list-users", "--page-size", "2")
    assert [user["UserName"] for user in listed["Users"]] == everyone
    first = aws("iam", "list-users", "--max-items", "3")
    assert [user["UserName"] for user in first["Users"]] == everyone[:3]
    rest = aws("iam", "list-users", "--starting-token", first["NextToken"])
    assert [user["UserName"] for user in rest["Users"]] == everyone[3:]


def test_tags_keys_and_alias(aws):
    aws("iam", "create-user", "--user-name", "Bob", "--tags", "Key=team,Value=blue")
    aws("iam", "tag-user", "--user-name", "Bob", "--tags", "Key=Team,Value=red", "Key=stage,Value=")
    aws("iam", "untag-user", "--user-name", "Bob", "--tag-keys", "stage")
    assert aws("iam", "list-user-tags", "--user-name", "Bob")["Tags"] == [{"Key": "Team", "Value": "red"}]
    key = aws("iam", "create-access-key", "--user-name", "Bob")["AccessKey"]["AccessKeyId"]
    aws("iam", "update-access-key", "--user-name", "Bob", "--access-key-id", key, "--status", "Inactive")
    listed = aws("iam", "list-access-keys", "--user-name", "Bob")["AccessKeyMetadata"]
    assert [(item["AccessKeyId"], item["Status"]) for item in listed] == [(key, "Inactive")]
    assert aws("sts", "get-access-key-info", "--access-key-id", key) == {"Account": "000000000000"}
    aws("iam", "create-account-alias", "--account-alias", "acme")
    assert aws("iam", "list-account-aliases") == {"AccountAliases": ["acme"]}


def test_the_cli_waits_for_a_user(aws, iam):
    iam.create_user(UserName="Bob")
    began = time.monotonic()
    assert aws("iam", "wait", "user-exists", "--user-name", "Bob") is None
    assert time.monotonic() - began < 30
