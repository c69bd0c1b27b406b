"""PasswordReusePrevention: the last N passwords, the present one included, can't be set again."""

import pytest

REMEMBERED = 24


class History:
    """Bob's passwords in the order in which they were set."""

    def __init__(self, iam):
        self.iam = iam
        self.passwords = ["Password-0"]
        iam.create_user(UserName="Bob")
        iam.create_login_profile(UserName="Bob", Password=self.passwords[0])

    def set_new(self, number):
        for _ in range(number):
            assert self.accepts(f"Password-{len(self.passwords)}")

    def accepts(self, password):
        """Tries to set a password, and remembers it where that works."""
        try:
            self.iam.update_login_profile(UserName="Bob", Password=password)
        except self.iam.exceptions.PasswordPolicyViolationException:
            return False
        self.passwords.append(password)
        return True

    def forbid(self, number):
        """Tells the policy how many are forbidden; `None` for none."""
        reuse = {} if number is None else {"PasswordReusePrevention": number}
        self.iam.update_account_password_policy(**reuse)


@pytest.fixture
def history(iam):
    return History(iam)


def test_exactly_the_last_n_are_refused_for_each_n(history):
    history.forbid(None)
    history.set_new(REMEMBERED)
    for number in range(REMEMBERED, 0, -1):
        history.forbid(number)
        before = history.passwords
        oldest_forbidden, newest_allowed = before[-number], before[-number - 1]
        assert newest_allowed not in before[-number:], "the test has lost its way"
        assert not history.accepts(before[-1]), f"the present password, {number}"
        assert not history.accepts(oldest_forbidden), f"the oldest of {number}"
        assert history.accepts(newest_allowed), f"one older than the last {number}"


def test_passwords_set_before_the_rule_count(history):
    history.forbid(None)
    history.set_new(5)
    history.forbid(3)
    assert [history.accepts(f"Password-{n}") for n in (5, 4, 3)] == [False, False, False]
    assert history.accepts("Password-2")


def test_raising_the_number_later_finds_older_passwords(history):
    history.forbid(1)
    history.set_new(6)
    history.forbid(6)
    assert [history.accepts(f"Password-{n}") for n in range(6, 0, -1)] == [False] * 6
    history.forbid(7)
    assert not history.accepts("Password-0")
    history.forbid(6)
    assert history.accepts("Password-0")


def test_no_more_than_24_are_remembered(history):
    history.forbid(None)
    history.set_new(REMEMBERED)
    history.forbid(REMEMBERED)
    assert not history.accepts("Password-1")
    assert history.accepts("Password-0")


def test_without_the_rule_the_present_password_can_be_set_again(history):
    assert history.accepts("Password-0")
    history.forbid(None)
    assert history.accepts("Password-0")


def test_refused_passwords_are_not_remembered(history):
    history.forbid(2)
    assert not history.accepts("short")
    history.set_new(1)
    history.iam.update_account_password_policy()
    assert history.accepts("short2")


def test_an_old_flag_update_is_no_password(history):
    history.forbid(2)
    history.set_new(2)
    for flag in [True, False, True]:
        history.iam.update_login_profile(UserName="Bob", PasswordResetRequired=flag)
    assert not history.accepts("Password-1")
    assert history.accepts("Password-0")


def test_users_have_histories_of_their_own(history):
    history.forbid(24)
    history.iam.create_user(UserName="Eve")
    history.iam.create_login_profile(UserName="Eve", Password="Password-0")
    history.iam.update_login_profile(UserName="Eve", Password="Password-1")
    assert history.accepts("Password-1")


def test_another_case_or_a_blank_makes_another_password(history):
    history.forbid(24)
    assert history.accepts("password-0")
    assert history.accepts("Password-0 ")
