"""Users with a key of their own, and whether a password is theirs."""

from botocore.exceptions import ClientError

# Long enough for nothing: the account's policy refuses it, so trying it changes nothing.
TOO_SHORT = "x"


class Person:
    """A user who signs with a key of their own."""

    def __init__(self, server, root, name, password=None, **profile):
        self.name = name
        root.create_user(UserName=name)
        if password is not None:
            root.create_login_profile(UserName=name, Password=password, **profile)
        key = root.create_access_key(UserName=name)["AccessKey"]
        self.key, self.secret = key["AccessKeyId"], key["SecretAccessKey"]
        self.iam = server.client("iam", self.key, self.secret)
        self.sts = server.client("sts", self.key, self.secret)

    def has_password(self, password):
        """Whether this is the user's present password. Changes nothing. The account's policy must
        let users change their passwords."""
        try:
            self.iam.change_password(OldPassword=password, NewPassword=TOO_SHORT)
        except ClientError as error:
            code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
            if code == "PasswordPolicyViolation":
                return True
            assert code == "AccessDenied" and "not authorized" not in message, error
            return False
        raise AssertionError("a password of one character was accepted")


def let_users_change_passwords(root, **policy):
    """A policy under which `has_password` works and which asks for little else."""
    root.update_account_password_policy(AllowUsersToChangePassword=True, **policy)
