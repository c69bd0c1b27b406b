"""Wrong tries are slowed down; nobody is locked out."""

import re

import pytest

from steps import LANDING, NEW_PASSWORD, SIGN_IN, is_at, sign_in
from visitor import INCORRECT, PASSWORD

FREE, FREE_OF_A_SOURCE, FREE_OF_A_BROWSER, FREE_OF_WHO_IS_IN = 5, 50, 20, 30
LONGEST_WAIT = 30


def held_back(answer):
    """The seconds to wait, which the header and the sentence tell alike."""
    assert answer.status == 429, (answer.status, answer.alert)
    wait = int(answer.headers["Retry-After"])
    assert re.fullmatch(rf"Too many tries\. Wait {wait} seconds?, then try again\.", answer.alert)
    return wait


def try_wrong(visitor, times, **who):
    for number in range(times):
        visitor.sign_in(password=f"wrong {number}", **who).refuses(INCORRECT)


def use_up(visitor, clock, **who):
    """Wrong tries until the longest wait has begun."""
    try_wrong(visitor, FREE, **who)
    for wait in [1, 2, 4, 8, 16]:
        try_wrong(visitor, 1, **who)
        clock.advance(f"{wait}s")
    try_wrong(visitor, 1, **who)


def test_wrong_passwords_are_slowed_down_then_the_right_one_opens(browser, bob, clock):
    tries = 0
    # The first waits may be over before the next try; soon one is not.
    while tries == 0 or browser.alert == INCORRECT:
        tries += 1
        assert tries <= FREE + 6, "never held back"
        sign_in(browser, password="wrong")
    assert tries > FREE + 1
    said = re.fullmatch(r"Too many tries\. Wait (\d+) seconds?, then try again\.", browser.alert)
    assert said and 1 <= int(said.group(1)) <= LONGEST_WAIT
    browser.picture("held-back")
    clock.advance(f"{LONGEST_WAIT}s")
    sign_in(browser)
    is_at(browser, LANDING)


def test_a_browser_that_signed_in_before_does_not_wait_while_another_does(
    use, first_browser, second_browser, bob, visitor, clock
):
    own, other = use(first_browser), use(second_browser)
    sign_in(own)
    own.press("Sign out")
    use_up(visitor, clock)
    sign_in(other)
    assert "Too many tries." in other.alert
    sign_in(own)
    is_at(own, LANDING)
    is_at(other, SIGN_IN)


@pytest.mark.parametrize(
    "who", [{}, {"username": "Nobody"}, {"account": "999999999999"}, {"account": "nowhere", "username": "x"}]
)
def test_waits_double_up_to_half_a_minute_for_whomever(visitor, bob, clock, who):
    try_wrong(visitor, FREE, **who)
    for wait in [1, 2, 4, 8, 16, 30, 30, 30]:
        try_wrong(visitor, 1, **who)
        if wait > 2:
            # The shorter waits may be over by now. What is refused unheard does not count, and the right
            # password is refused too.
            for password in ["wrong", PASSWORD]:
                assert wait / 2 <= held_back(visitor.sign_in(password=password, **who)) <= wait
            assert not visitor.is_signed_in()
        clock.advance(f"{wait}s")


def test_nobody_is_locked_out(visitor, bob, clock):
    use_up(visitor, clock)
    assert held_back(visitor.sign_in()) <= LONGEST_WAIT
    clock.advance(f"{LONGEST_WAIT}s")
    visitor.sign_in().leads_to("/console")


def test_a_right_password_clears_the_count(visit, bob, clock):
    try_wrong(visit(), FREE)
    visit().sign_in().leads_to("/console")
    try_wrong(visit(), FREE + 1)


def test_what_was_quiet_for_a_quarter_of_an_hour_is_forgotten(visitor, bob, clock):
    use_up(visitor, clock)
    assert held_back(visitor.sign_in(password="wrong"))
    clock.advance("15m")
    try_wrong(visitor, FREE + 1)


def test_others_of_the_account_do_not_wait(visit, make_user, iam, clock):
    make_user()
    iam.create_user(UserName="Eve")
    iam.create_login_profile(UserName="Eve", Password=PASSWORD)
    use_up(visit(), clock)
    held_back(visit().sign_in())
    visit().sign_in("Eve").leads_to("/console")


def test_the_name_is_the_same_in_any_spelling(visitor, bob, clock, iam):
    iam.create_account_alias(AccountAlias="acme")
    use_up(visitor, clock)
    for who in [{"username": "bOB"}, {"username": " Bob "}, {"account": "acme"}, {"account": "ACME"}]:
        held_back(visitor.sign_in(**who))


def test_a_source_that_tries_many_names_is_held_back_and_others_are_not(visit, bob):
    tired = visit(source="127.0.0.9")
    for number in range(FREE_OF_A_SOURCE):
        try_wrong(tired, 1, username=f"someone-{number}")
    tired.sign_in(username="one-more").refuses(INCORRECT)
    answers = [tired.sign_in(username=f"another-{number}") for number in range(4)]
    assert any(answer.status == 429 for answer in answers), [answer.status for answer in answers]
    visit(source="127.0.0.10").sign_in().leads_to("/console")


def test_a_browser_that_signed_in_before_has_a_count_of_its_own(visit, bob, clock):
    own = visit()
    own.sign_in().leads_to("/console")
    own.sign_out()
    try_wrong(own, FREE_OF_A_BROWSER)
    for wait in [1, 2]:
        try_wrong(own, 1)
        clock.advance(f"{wait}s")
    try_wrong(own, 1)
    assert held_back(own.sign_in()) <= 4
    # It holds back nobody else, and what it knows of Bob helps with nobody else.
    visit().sign_in().leads_to("/console")
    clock.advance("4s")
    own.sign_in().leads_to("/console")


def test_what_a_browser_knows_of_one_user_helps_with_no_other(visit, bob, iam, clock):
    iam.create_user(UserName="Eve")
    iam.create_login_profile(UserName="Eve", Password=PASSWORD)
    browser = visit()
    browser.sign_in("Eve").leads_to("/console")
    browser.sign_out()
    use_up(visit(), clock)
    held_back(browser.sign_in())


@pytest.mark.parametrize("who", ["user", "root"])
def test_whoever_is_in_can_not_go_on_guessing_the_old_password(visitor, server, bob, clock, who):
    password = PASSWORD
    if who == "user":
        visitor.sign_in().leads_to("/console")
    else:
        made = server.dev("POST", "accounts")
        password = made["root_password"]
        visitor.sign_in(made["root_email"], password, "").leads_to("/console")

    def change(old):
        new = {"new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
        return visitor.submit("/console/password", old_password=old, **new)

    statuses = []
    for number in range(FREE_OF_WHO_IS_IN + 5):
        answer = change(f"wrong {number}")
        statuses.append(answer.status)
        if answer.status == 429:
            break
    assert statuses[:FREE_OF_WHO_IS_IN] == [403] * FREE_OF_WHO_IS_IN and statuses[-1] == 429, statuses
    assert answer.alert.startswith("Too many tries. Wait")
    assert change(password).status == 429
    clock.advance(f"{LONGEST_WAIT}s")
    change(password).leads_to("/console?changed")
