"""What the door tells strangers, what it records, and what it does with requests that make no sense."""

import datetime
import re
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from steps import NEW_PASSWORD
from support.people import Person, let_users_change_passwords
from support.program import DEFAULT_ACCOUNT, Clock, initialise
from visitor import FORM, INCORRECT, PASSWORD, Visitor

BUSY = "Too many people are signing in just now. Please try again in a moment."

# One answer for all that is wrong.


def shape(answer, *typed):
    """An answer without what was typed in, tokens, and what differs with every answer."""
    body = answer.text
    for text in sorted(typed, key=len, reverse=True):
        body = body.replace(f'"{text}"', '""') if text else body
    # The field that has the focus is the first one to be filled in.
    body = body.replace(" autofocus", "")
    for form in answer.page.forms.values():
        body = body.replace(form["form_token"], "token")
    differing = ("date", "set-cookie", "content-length")
    headers = sorted((name, value) for name, value in answer.headers.items() if name.lower() not in differing)
    return answer.status, body, tuple(headers), tuple(sorted(answer.cookies))


def test_whatever_is_wrong_gets_one_answer(visit, server, iam, bob):
    iam.create_account_alias(AccountAlias="acme")
    iam.create_user(UserName="Keyless")
    email = server.dev("POST", "accounts")["root_email"]
    tries = [
        {"username": "Bob", "password": "wrong"},
        {"username": "Bob", "password": ""},
        {"username": "Bob", "account": "acme", "password": "wrong"},
        {"username": "Nobody"},
        {"username": "Keyless"},
        {"account": "999999999999"},
        {"account": "nowhere"},
        {"account": "Not An Alias!"},
        {"account": ""},
        {"account": "", "username": ""},
        {"account": "", "username": email},
        {"account": DEFAULT_ACCOUNT, "username": email},
        {"account": "", "username": "someone@example.com"},
        {"username": "x" * 64},
    ]
    answers = []
    for tried in tries:
        who = {"account": DEFAULT_ACCOUNT, "username": "Bob", "password": PASSWORD, **tried}
        answer = visit().submit("/signin", **who).refuses(INCORRECT)
        answers.append(shape(answer, who["account"], who["username"]))
    assert len(set(answers)) == 1, set(answers)


def test_a_user_whose_name_is_an_address_comes_before_the_root_user(visitor, server, iam):
    made = server.dev("POST", "accounts", {"root_email": "one@example.com"})
    root = server.client("iam", made["access_key_id"], made["secret_access_key"])
    root.create_user(UserName="one@example.com")
    root.create_login_profile(UserName="one@example.com", Password=PASSWORD)
    who = {"username": "one@example.com", "account": made["account_id"]}
    visitor.sign_in(password=made["root_password"], **who).refuses(INCORRECT)
    visitor.sign_in(password=PASSWORD, **who).leads_to("/console")
    assert visitor.get("/console").page.by_id["user"] == "one@example.com"
    visitor.sign_out()
    visitor.sign_in("ONE@example.com", made["root_password"], account="").leads_to("/console")
    assert visitor.get("/console").page.by_id["user"] == "root"


# PasswordLastUsed.


def last_used(iam, name="Bob"):
    """As GetUser and ListUsers tell it, which must be alike."""
    one = iam.get_user(UserName=name)["User"].get("PasswordLastUsed")
    (of_list,) = [user.get("PasswordLastUsed") for user in iam.list_users()["Users"] if user["UserName"] == name]
    assert one == of_list
    return one


def test_a_sign_in_is_the_last_use_of_the_password(visit, iam, bob, clock):
    assert last_used(iam) is None
    visit().sign_in(password="wrong").refuses(INCORRECT)
    assert last_used(iam) is None
    clock.set("2026-03-01T10:00:00Z")
    visit().sign_in().leads_to("/console")
    first = last_used(iam)
    assert is_about(first, "2026-03-01T10:00:00")
    # Uses within five minutes count as one.
    clock.set("2026-03-01T10:04:30Z")
    visit().sign_in().leads_to("/console")
    visit().sign_in(password="wrong").refuses(INCORRECT)
    assert last_used(iam) == first
    clock.set("2026-03-01T10:05:30Z")
    visit().sign_in(password="wrong").refuses(INCORRECT)
    assert last_used(iam) == first
    visit().sign_in().leads_to("/console")
    assert is_about(last_used(iam), "2026-03-01T10:05:30")


def test_a_forced_reset_is_a_use_once_it_is_done(visitor, iam, make_user, clock):
    make_user(PasswordResetRequired=True)
    clock.set("2026-03-01T10:00:00Z")
    visitor.sign_in().leads_to("/signin/new-password")
    assert last_used(iam) is None
    change = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    visitor.submit("/signin/new-password", **change).leads_to("/console")
    assert is_about(last_used(iam), "2026-03-01T10:00:00")


def test_an_api_call_is_no_use_of_the_password(server, iam):
    let_users_change_passwords(iam)
    bob = Person(server, iam, "Bob", PASSWORD)
    bob.iam.change_password(OldPassword=PASSWORD, NewPassword=NEW_PASSWORD)
    assert last_used(iam) is None


def test_the_root_users_last_use_is_told(visitor, server, clock):
    made = server.dev("POST", "accounts")
    root = server.client("iam", made["access_key_id"], made["secret_access_key"])
    assert "PasswordLastUsed" not in root.get_user()["User"]
    clock.set("2026-03-01T10:00:00Z")
    visitor.sign_in(made["root_email"], made["root_password"], "").leads_to("/console")
    assert is_about(root.get_user()["User"]["PasswordLastUsed"], "2026-03-01T10:00:00")


def is_about(time_told, expected):
    difference = time_told.replace(tzinfo=None) - datetime.datetime.fromisoformat(expected)
    return datetime.timedelta(0) <= difference < datetime.timedelta(seconds=20)


# The log.


def test_every_attempt_is_in_the_log_and_no_password_is(start, tmp_path):
    log = tmp_path / "log"
    server = start("dev", "--listen", "127.0.0.1:0", log=log, environment={"KEYWARD_LOG": "trace"})
    root = server.client()
    let_users_change_passwords(root)
    for name in ["Bob", "Eve"]:
        root.create_user(UserName=name)
        root.create_login_profile(UserName=name, Password=PASSWORD, PasswordResetRequired=name == "Eve")
    wrong, as_name, as_account = "WrongPassword-w9!", "TypedAsName-n8!", "TypedAsAccount-a7!"
    visitor = Visitor(server)
    visitor.sign_in(password=wrong).refuses(INCORRECT)
    visitor.sign_in(as_name).refuses(INCORRECT)
    visitor.sign_in(account=as_account).refuses(INCORRECT)
    visitor.sign_in().leads_to("/console")
    visitor.submit("/console/password", old_password=PASSWORD, new_password=NEW_PASSWORD, confirm_password=NEW_PASSWORD)
    cookies = list(visitor.cookies.values())
    visitor.sign_out()
    eve = Visitor(server)
    eve.sign_in("Eve").leads_to("/signin/new-password")
    eve.submit("/signin/new-password", old_password=wrong, new_password="short", confirm_password="short")
    outsider = Visitor(server)
    for _ in range(7):
        last = outsider.sign_in(password=wrong)
        Clock(server).advance("1s")
    outsider.sign_in(password=wrong)
    held_back = outsider.sign_in(password=wrong)
    assert (last.status, held_back.status) == (403, 429)
    server.stop()
    text = log.read_text()
    attempts = [line for line in text.splitlines() if re.search(r"\bsign-in\b", line)]
    outcomes = ["incorrect"] * 3 + ["signed in", "a new password is due"] + ["incorrect"] * 7
    for outcome, line in zip(outcomes, attempts, strict=False):
        assert outcome in line, (outcome, line)
        assert "127.0.0.1" in line
    assert "held back" in attempts[-1]
    assert len(attempts) == len(outcomes) + 2
    changes = [line for line in text.splitlines() if "password change" in line]
    assert len(changes) == 2 and "changed" in changes[0] and "the old password is incorrect" in changes[1]
    secrets = [PASSWORD, NEW_PASSWORD, wrong, as_name, as_account, "short", *cookies]
    for secret in secrets:
        for written in {secret, quote(secret, safe="")}:
            assert written not in text, secret


def test_attempts_are_in_the_log_that_nobody_asked_for(start, tmp_path):
    log = tmp_path / "log"
    server = start("serve", *installed(tmp_path), log=log)
    Visitor(server).sign_in("Nobody", account="111122223333").refuses(INCORRECT)
    server.stop()
    (line,) = [line for line in log.read_text().splitlines() if "sign-in" in line]
    assert "incorrect" in line and "111122223333" in line and "127.0.0.1" in line
    assert "Nobody" not in line


def installed(folder):
    initialise(folder / "data", "--account-id", "111122223333")
    return ["--data", folder / "data", "--listen", "127.0.0.1:0"]


def test_the_proxy_in_front_is_believed_about_the_source(start, tmp_path):
    log = tmp_path / "log"
    server = start("serve", *installed(tmp_path), "--trusted-proxy", "127.0.0.1/32", log=log)
    Visitor(server, headers={"X-Forwarded-For": "192.0.2.7"}).sign_in().refuses(INCORRECT)
    server.stop()
    assert "192.0.2.7" in log.read_text()


# Many at once.


def test_a_storm_at_the_door_leaves_the_api_alone(visit, iam, bob):
    def storm(number):
        stranger = visit(source=f"127.0.1.{number}")
        return [stranger.sign_in(f"someone-{number}-{turn}") for turn in range(5)]

    with ThreadPoolExecutor(20) as pool:
        tries = [pool.submit(storm, number) for number in range(1, 21)]
        calls = 0
        while not all(attempt.done() for attempt in tries) or not calls:
            iam.list_users()
            iam.update_login_profile(UserName="Bob", Password=f"{PASSWORD}-{calls}")
            calls += 1
    answers = [answer for attempt in tries for answer in attempt.result()]
    assert {(answer.status, answer.alert) for answer in answers} <= {(403, INCORRECT), (503, BUSY)}
    # Were each password of the API hashed after those of the 20 strangers who wait, there would be time for 5 calls
    # while 100 tries are answered.
    assert calls > 8
    visit().sign_in(password=f"{PASSWORD}-{calls - 1}").leads_to("/console")


# What makes no sense.


@pytest.mark.parametrize("old", ["", "x" * 129, "Пароль-Пароль-1", "\x01"])
def test_an_old_password_that_can_be_none_is_just_incorrect(visitor, bob, old):
    visitor.sign_in().leads_to("/console")
    change = {"old_password": old, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    answer = visitor.submit("/console/password", **change)
    assert answer.status in (400, 403)
    assert "The old password is incorrect." in answer.alert


def body_with(token, text):
    return f"form_token={quote(token, safe='')}&{text}".encode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "account=000000000000&username=Bob",
        "account=000000000000&username=Bob&username=Eve&password=x",
        "account=000000000000&username=Bob&password=x&password=y",
        "account=000000000000&account=&username=Bob&password=x",
        "account=%FF%FE&username=Bob&password=x",
        "account=000000000000&username=%00%01&password=%00",
        "account=000000000000&username=Bob&password=%C3",
        "account=000000000000&username=Bob&password=%ZZ%",
        "account=000000000000&username=Bob&password=%E2%82%AC%F0%9F%98%80",
        "account=000000000000&username=Bob%0D%0ASet-Cookie:%20a=b&password=x",
        "username[]=Bob&account=1&password=x",
        "&&&===&&",
        "=",
        "account=000000000000;username=Bob;password=x",
    ],
)
def test_odd_forms_get_a_page(server, visitor, bob, text):
    token = visitor.get("/signin").page.forms["/signin"]["form_token"]
    began = time.monotonic()
    answer = visitor.post("/signin", body_with(token, text))
    is_a_clear_refusal(answer, began)
    assert not visitor.is_signed_in()
    visitor.sign_in().leads_to("/console")


def is_a_clear_refusal(answer, began):
    assert 400 <= answer.status < 500, (answer.status, answer.text)
    assert answer.text.strip()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie: a" not in str(answer.headers)
    assert time.monotonic() - began < 5


def test_bytes_that_are_no_text_get_a_page(visitor, bob):
    token = visitor.get("/signin").page.forms["/signin"]["form_token"]
    for raw in [b"account=\xff\xfe&username=\x00&password=\x80", bytes(range(256)), b"\x00" * 100]:
        began = time.monotonic()
        is_a_clear_refusal(visitor.post("/signin", body_with(token, "") + raw), began)
    visitor.sign_in().leads_to("/console")


def test_a_body_that_is_too_long_is_refused_in_good_time(visitor, bob):
    token = visitor.get("/signin").page.forms["/signin"]["form_token"]
    for field in ["account", "username", "password"]:
        for length in [3000, 60_000, 1_000_000, 5_000_000]:
            fields = {"account": DEFAULT_ACCOUNT, "username": "Bob", "password": "x", field: "x" * length}
            began = time.monotonic()
            body = body_with(token, "&".join(f"{name}={value}" for name, value in fields.items()))
            try:
                is_a_clear_refusal(visitor.post("/signin", body), began)
            except (BrokenPipeError, ConnectionResetError):
                # What was too long by far is not listened to until its end.
                assert length >= 1_000_000
    visitor.sign_in().leads_to("/console")


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "application/json", ""])
def test_a_form_of_another_kind_signs_nobody_in(visitor, bob, kind):
    token = visitor.get("/signin").page.forms["/signin"]["form_token"]
    fields = f"account={DEFAULT_ACCOUNT}&username=Bob&password={quote(PASSWORD)}"
    answer = visitor.post("/signin", body_with(token, fields), headers={"Content-Type": kind})
    assert 400 <= answer.status < 500 or kind == ""
    body = {"application/json": "{}", "text/plain": "a=b"}.get(kind, "--x--")
    assert 400 <= visitor.post("/signin", body, headers={"Content-Type": kind}).status < 500


def test_a_form_with_its_character_set_named_is_a_form(visitor, bob):
    token = visitor.get("/signin").page.forms["/signin"]["form_token"]
    fields = f"account={DEFAULT_ACCOUNT}&username=Bob&password={quote(PASSWORD)}"
    headers = {"Content-Type": f"{FORM}; charset=UTF-8"}
    visitor.post("/signin", body_with(token, fields), headers=headers).leads_to("/console")


def test_other_methods_do_nothing(visitor, bob):
    visitor.sign_in().leads_to("/console")
    for path in ["/signin", "/console", "/signout", "/signin/new-password", "/console/password"]:
        for method in ["PUT", "DELETE", "PATCH", "OPTIONS"]:
            assert 400 <= visitor.send(method, path).status < 500, (method, path)
    assert visitor.is_signed_in()


@pytest.mark.parametrize(
    "path", ["/signin/nothing", "/console/nothing", "/signout/x", "/signin/../console", "/signin//", "/SIGNIN"]
)
def test_pages_that_do_not_exist(visitor, path):
    answer = visitor.get(path)
    assert 400 <= answer.status < 500
    assert answer.text.strip()


@pytest.mark.parametrize("path", ["/console/password", "/signin/new-password"])
def test_without_a_session_there_is_nothing_behind_the_door(visitor, path):
    assert visitor.get(path).status == 303
    assert visitor.get(path).location.startswith("/signin")
    answer = visitor.post(path, {"form_token": "x", "old_password": "x", "new_password": "y", "confirm_password": "y"})
    assert answer.status in (303, 400, 403)
    assert visitor.post("/signout", {}).status in (303, 400, 403)
