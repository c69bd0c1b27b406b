"""Many clients at once: each change happens whole, one after another."""

import concurrent.futures

import pytest

from support.signed import Signer

CLIENTS = 12


@pytest.fixture
def at_once(server):
    """Runs one call a client, all at the same time. Gives the answers."""

    def run(call):
        with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda number: call(Signer(server.address), number), range(CLIENTS)))

    return run


def test_one_of_many_makers_of_the_same_user_wins(iam, at_once):
    answers = at_once(lambda signer, number: signer.call("CreateUser", UserName="bob" if number % 2 else "BOB"))
    assert sorted(answer.status for answer in answers) == [200] + [409] * (CLIENTS - 1)
    assert len(iam.list_users()["Users"]) == 1


def test_a_quota_holds_against_many(iam, at_once):
    iam.create_user(UserName="Bob")
    answers = at_once(lambda signer, _: signer.call("CreateAccessKey", UserName="Bob"))
    assert sorted(answer.status for answer in answers) == [200, 200] + [409] * (CLIENTS - 2)
    assert {answer.code for answer in answers if answer.status == 409} == {"LimitExceeded"}
    assert len(iam.list_access_keys(UserName="Bob")["AccessKeyMetadata"]) == 2


def test_one_of_many_login_profiles_is_made(iam, at_once, make_person):
    bob = make_person("Bob")
    answers = at_once(
        lambda signer, number: signer.call("CreateLoginProfile", UserName="Bob", Password=f"Password-{number}")
    )
    made = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert len(made) == 1
    assert {answer.code for answer in answers if answer.status != 200} == {"EntityAlreadyExists"}
    assert bob.has_password(f"Password-{made[0]}")


def test_the_last_of_many_passwords_counts_alone(at_once, make_person):
    bob = make_person("Bob", "Password-first")
    answers = at_once(
        lambda signer, number: signer.call("UpdateLoginProfile", UserName="Bob", Password=f"Password-{number}")
    )
    assert [answer.status for answer in answers] == [200] * CLIENTS
    assert [bob.has_password(f"Password-{number}") for number in range(CLIENTS)].count(True) == 1
    assert not bob.has_password("Password-first")


def test_an_old_password_changes_a_password_once(server, at_once, make_person):
    bob = make_person("Bob", "Password-first")
    answers = at_once(
        lambda _, number: Signer(server.address, bob.key, bob.secret).call(
            "ChangePassword", OldPassword="Password-first", NewPassword=f"Password-{number}"
        )
    )
    changed = [number for number, answer in enumerate(answers) if answer.status == 200]
    assert len(changed) == 1
    assert {answer.code for answer in answers if answer.status != 200} == {"AccessDenied"}
    assert bob.has_password(f"Password-{changed[0]}")


def test_a_password_and_a_policy_that_forbids_it_do_not_cross(iam, at_once, make_person):
    bob = make_person("Bob", "Password-first")

    def call(signer, number):
        if number == 0:
            return signer.call(
                "UpdateAccountPasswordPolicy", MinimumPasswordLength="20", AllowUsersToChangePassword="true"
            )
        return signer.call("UpdateLoginProfile", UserName="Bob", Password=f"Password-{number}")

    answers = at_once(call)
    assert answers[0].status == 200
    accepted = [number for number, answer in enumerate(answers) if number and answer.status == 200]
    assert {answer.code for answer in answers if answer.status != 200} <= {"PasswordPolicyViolation"}
    present = [number for number in range(1, CLIENTS) if bob.has_password(f"Password-{number}")]
    assert set(present) <= set(accepted)
    assert len(present) == (1 if accepted else 0)
    assert iam.get_account_password_policy()["PasswordPolicy"]["MinimumPasswordLength"] == 20
