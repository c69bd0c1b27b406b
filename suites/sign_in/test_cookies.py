"""Cookies, headers and form tokens: what keeps other sites and thieves out."""

import ssl
import subprocess

import pytest

from steps import NEW_PASSWORD
from support.people import let_users_change_passwords
from support.program import DEFAULT_ACCOUNT, initialise
from support.signed import Signer, form
from visitor import FORM_EXPIRED, PASSWORD, Visitor

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TWELVE_HOURS, HALF_A_YEAR = 12 * 60 * 60, 180 * 24 * 60 * 60
BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def kinds(cookies):
    """Cookies by what they are for: `session`, `browser`, `visit`."""
    found = {}
    for name, cookie in cookies.items():
        (kind,) = [kind for kind in ("session", "browser", "visit") if f"keyward-{kind}" in name]
        assert kind not in found, "one cookie of each kind"
        found[kind] = cookie
    return found


# Attributes.


def is_hardened(cookie):
    assert cookie["httponly"] and cookie["samesite"] == "Strict" and cookie["path"] == "/"
    assert not cookie["domain"]


def test_cookies_of_dev_carry_the_port_and_are_for_no_script(server, bob):
    visitor = Visitor(server)
    port = server.address.split(":")[1]
    before = kinds(visitor.get("/signin").cookies)
    assert before["visit"].key == f"keyward-visit-{port}"
    cookies = kinds(visitor.sign_in().leads_to("/console").cookies)
    assert cookies["session"].key == f"keyward-session-{port}"
    assert cookies["session"]["max-age"] == str(TWELVE_HOURS)
    assert cookies["browser"].key == f"keyward-browser-{port}"
    assert cookies["browser"]["max-age"] == str(HALF_A_YEAR)
    for cookie in [*before.values(), *cookies.values()]:
        is_hardened(cookie)
        assert not cookie["secure"]


@pytest.mark.parametrize(
    "host", ["localhost:4566", "iam.localhost:4566", "127.0.0.1:4566", "127.8.9.1:4566", "[::1]:4566"]
)
def test_loopback_by_any_name_needs_no_tls(server, bob, host):
    visitor = Visitor(server, host=host)
    cookies = kinds(visitor.sign_in().leads_to("/console").cookies)
    assert cookies["session"].key == "keyward-session-4566"
    assert not cookies["session"]["secure"]
    assert visitor.is_signed_in()


@pytest.fixture
def installation(tmp_path):
    root = initialise(tmp_path / "data", "--account-id", "111122223333", "--root-email", "root@example.com")
    return {**root, "data": tmp_path / "data"}


def is_secure(visitor, root):
    """Signs the root user in; the cookies must be for TLS only."""
    before = kinds(visitor.get("/signin").cookies)
    cookies = kinds(visitor.sign_in(root["email"], root["password"], root["account"]).leads_to("/console").cookies)
    for kind, cookie in {**before, **cookies}.items():
        assert cookie.key == f"__Host-keyward-{kind}"
        is_hardened(cookie)
        assert cookie["secure"]
    assert visitor.is_signed_in()


def test_cookies_of_a_server_with_tls_are_for_its_host_alone(installation, start, tmp_path):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-out", certificate, "-keyout", key],
        check=True,
        capture_output=True,
    )
    listen = ["--listen", "127.0.0.1:0", "--tls-cert", certificate, "--tls-key", key]
    server = start("serve", "--data", installation["data"], *listen)
    tls = ssl.create_default_context(cafile=str(certificate))
    is_secure(Visitor(server, tls=tls), installation)


def test_cookies_behind_a_proxy_that_does_tls_are_secure(installation, start):
    server = start("serve", "--data", installation["data"], "--listen", "127.0.0.1:0")
    is_secure(Visitor(server, host="keyward.example"), installation)
    for spoofed in ["localhost.example:4566", "127.0.0.1.example", "1.2.3.4:80"]:
        cookies = kinds(Visitor(server, host=spoofed).get("/signin").cookies)
        assert all(cookie["secure"] for cookie in cookies.values()), spoofed
    plain = Visitor(server)
    plain.sign_in(installation["email"], installation["password"], "").leads_to("/console")
    assert plain.session_cookie == f"keyward-session-{server.address.split(':')[1]}"


# Headers.


def test_every_page_forbids_framing_scripts_and_keeping(server, visitor, make_user):
    make_user(PasswordResetRequired=True)
    change = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    answers = [
        visitor.get("/signin"),
        visitor.get("/signin?account=x"),
        visitor.get("/console"),
        visitor.post("/signin", {}),
        visitor.sign_in(password="wrong"),
        visitor.sign_in(),
        visitor.get("/signin/new-password"),
        visitor.submit("/signin/new-password", **{**change, "confirm_password": "x"}),
        visitor.submit("/signin/new-password", **change),
        visitor.get("/console"),
        visitor.get("/console/password"),
        visitor.sign_out(),
    ]
    assert [answer.status for answer in answers] == [200, 200, 303, 403, 403, 303, 200, 400, 303, 200, 200, 303]
    for number, answer in enumerate(answers):
        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, number
        if answer.status != 303:
            assert answer.headers["Content-Type"].lower() == "text/html; charset=utf-8"
            assert "<script" not in answer.text and "style=" not in answer.text


def test_the_style_sheet(visitor):
    answer = visitor.get("/signin/keyward.css")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/css")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not answer.cookies
    assert "url(" not in answer.text and "@import" not in answer.text


def test_the_root_leads_to_the_console_and_says_what_else_is_there(visitor):
    answer = visitor.get("/")
    assert (answer.status, answer.location) == (302, "/console")
    assert answer.text.strip() and answer.text.count("\n") <= 1


def test_the_account_in_the_address_is_kept_on_the_way(visitor):
    for typed, kept in [("acme", "acme"), ("a%26b%3Dc",) * 2, ("%22%3E",) * 2, ("%0D%0AX:1", "%0D%0AX%3A1")]:
        visitor.get(f"/console?account={typed}").leads_to(f"/signin?account={kept}")
        assert visitor.get(f"/console/?account={typed}").location == f"/signin?account={kept}"
    visitor.get("/console").leads_to("/signin")


# Form tokens.


@pytest.fixture
def fields():
    return {"account": DEFAULT_ACCOUNT, "username": "Bob", "password": PASSWORD}


def token_of(visitor, path="/signin", action=None):
    return visitor.get(path).page.forms[action or path]["form_token"]


def test_a_form_without_its_token_is_refused(visit, bob, fields):
    visitor, other = visit(), visit()
    token, of_another = token_of(visitor), token_of(other)
    assert token != of_another
    for wrong in [None, "", "x", token[:-1], token + "A", of_another, token.swapcase()]:
        sent = fields if wrong is None else {"form_token": wrong, **fields}
        visitor.post("/signin", sent).refuses(FORM_EXPIRED)
    assert "keyward-session" not in " ".join(visitor.cookies)
    visitor.post("/signin", {"form_token": token, **fields}).leads_to("/console")


def test_a_token_without_its_cookie_is_refused(visitor, bob, fields):
    token = token_of(visitor)
    visitor.cookies.clear()
    answer = visitor.post("/signin", {"form_token": token, **fields})
    answer.refuses(FORM_EXPIRED)
    # What comes back is a form that works.
    assert answer.page.forms["/signin"]["username"] == "Bob"
    again = answer.page.forms["/signin"]["form_token"]
    visitor.post("/signin", {"form_token": again, **fields}).leads_to("/console")


def test_a_form_that_was_open_for_half_a_day_is_given_anew(visitor, bob, fields, clock):
    token = token_of(visitor)
    clock.advance("12h 1m")
    answer = visitor.post("/signin", {"form_token": token, **fields}).refuses(FORM_EXPIRED)
    again = answer.page.forms["/signin"]["form_token"]
    visitor.post("/signin", {"form_token": again, **fields}).leads_to("/console")


def test_forms_behind_the_door_need_the_token_of_their_session(visit, make_person, iam):
    bob = make_person("Bob", PASSWORD)
    iam.create_user(UserName="Eve")
    iam.create_login_profile(UserName="Eve", Password=PASSWORD)
    visitor, eve = visit(), visit()
    before = token_of(visitor)
    visitor.sign_in().leads_to("/console")
    eve.sign_in("Eve").leads_to("/console")
    change = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    wrong = ["", "x", before, token_of(eve, "/console/password"), token_of(eve, "/console", "/signout")]
    for token in wrong:
        answer = visitor.post("/console/password", {"form_token": token, **change})
        assert answer.status in (400, 403), (token, answer.status)
        assert visitor.post("/signout", {"form_token": token}).status in (400, 403)
    assert visitor.post("/signout", {}).status in (400, 403)
    assert visitor.get("/signout").status in (404, 405)
    assert visitor.is_signed_in() and bob.has_password(PASSWORD)
    visitor.submit("/console/password", **change).leads_to("/console?changed")
    assert bob.has_password(NEW_PASSWORD)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused_with_any_token(visitor, bob, fields, headers):
    token = token_of(visitor)
    assert visitor.post("/signin", {"form_token": token, **fields}, headers=headers).status == 403
    assert not visitor.is_signed_in()


def test_a_server_for_all_refuses_forms_of_other_sites_too(installation, start):
    server = start("serve", "--data", installation["data"], "--listen", "127.0.0.1:0")
    visitor = Visitor(server, host="keyward.example")
    sent = {"account": "", "username": installation["email"], "password": installation["password"]}
    for site in ["cross-site", "same-site"]:
        headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": site}
        answer = visitor.post("/signin", {"form_token": token_of(visitor), **sent}, headers=headers)
        assert answer.status == 403, site
        assert not visitor.is_signed_in()
    own = {"Origin": "https://keyward.example", "Sec-Fetch-Site": "same-origin"}
    visitor.post("/signin", {"form_token": token_of(visitor), **sent}, headers=own).leads_to("/console")


def test_dev_has_no_pages_under_names_of_others(visit):
    for path in ["/signin", "/console", "/"]:
        assert visit(host="evil.example").get(path).status == 403


def test_a_link_on_another_site_leads_to_the_form(visitor):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert visitor.get("/signin", headers=headers).status == 200
    assert visitor.get("/console?account=acme", headers=headers).status == 303
    assert visitor.get("/", headers=headers).status == 302


# Sessions.


def test_a_session_cookie_with_one_character_changed_is_none(visitor, bob):
    visitor.sign_in().leads_to("/console")
    name = visitor.session_cookie
    good = visitor.cookies[name]
    for position, character in enumerate(good):
        other = BASE64URL[BASE64URL.index(character) ^ 1] if character in BASE64URL else "A"
        visitor.cookies[name] = good[:position] + other + good[position + 1 :]
        assert visitor.get("/console").status == 303, position
        visitor.cookies[name] = good
    for wrong in [good[:-1], good + "A", good[::-1], "", "A" * 5000, good * 2]:
        visitor.cookies[name] = wrong
        assert visitor.get("/console").status == 303, wrong
    visitor.cookies[name] = good
    assert visitor.is_signed_in()


def test_one_kind_of_cookie_does_not_stand_for_another(visitor, bob):
    visitor.sign_in().leads_to("/console")
    name = visitor.session_cookie
    session = visitor.cookies[name]
    token = token_of(visitor, "/console", "/signout")
    for other in [*visitor.cookies.values(), token]:
        if other != session:
            visitor.cookies[name] = other
            assert not visitor.is_signed_in()


def test_a_cookie_that_stands_twice_does_no_harm(visitor, bob):
    visitor.sign_in().leads_to("/console")
    name = visitor.session_cookie
    pair = f"{name}={visitor.cookies[name]}"
    for cookies in [f"{pair}; {pair}", f"{name}=x; {pair}", f"{pair}; {name}=x"]:
        assert visitor.get("/console", headers={"Cookie": cookies}).status in (200, 303)


def test_a_session_for_a_new_password_opens_nothing_else(visitor, make_user, iam):
    make_user(PasswordResetRequired=True)
    visitor.sign_in().leads_to("/signin/new-password")
    visitor.get("/console").leads_to("/signin/new-password")
    token = token_of(visitor, "/signin/new-password")
    change = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    # The rules of the account hold here too.
    let_users_change_passwords(iam, MinimumPasswordLength=30)
    assert visitor.post("/signin/new-password", {"form_token": token, **change}).status == 400
    let_users_change_passwords(iam)
    before = visitor.cookies[visitor.session_cookie]
    visitor.submit("/signin/new-password", **change).leads_to("/console")
    assert visitor.is_signed_in()
    # The session that only the new password was due in ended with it.
    assert visitor.cookies[visitor.session_cookie] != before


def test_every_sign_in_begins_a_session_of_its_own(visit, bob):
    first, second = visit(), visit()
    first.sign_in().leads_to("/console")
    second.sign_in().leads_to("/console")
    assert first.cookies[first.session_cookie] != second.cookies[second.session_cookie]
    second.sign_out().leads_to("/signin?signed-out")
    assert first.is_signed_in() and not second.is_signed_in()


def test_whoever_signs_in_in_another_tab_takes_the_place(visit, bob, iam, fields):
    iam.create_user(UserName="Eve")
    iam.create_login_profile(UserName="Eve", Password=PASSWORD)
    browser = visit()
    token = token_of(browser)
    browser.sign_in().leads_to("/console")
    name, of_bob = browser.session_cookie, browser.cookies[browser.session_cookie]
    browser.post("/signin", {**fields, "form_token": token, "username": "Eve"}).leads_to("/console")
    assert browser.get("/console").page.by_id["user"] == "Eve"
    browser.cookies[name] = of_bob
    assert not browser.is_signed_in()


def test_a_new_password_may_be_thought_of_for_a_quarter_of_an_hour(visitor, make_user, clock):
    make_user(PasswordResetRequired=True)
    change = {"old_password": PASSWORD, "new_password": NEW_PASSWORD, "confirm_password": NEW_PASSWORD}
    visitor.sign_in().leads_to("/signin/new-password")
    token = token_of(visitor, "/signin/new-password")
    clock.advance("15m")
    visitor.post("/signin/new-password", {"form_token": token, **change}).refuses(FORM_EXPIRED)
    visitor.get("/signin/new-password").leads_to("/signin")
    visitor.sign_in().leads_to("/signin/new-password")
    clock.advance("14m")
    visitor.submit("/signin/new-password", **change).leads_to("/console")


def test_sessions_outlive_a_restart_but_not_their_end(installation, start):
    arguments = ["serve", "--data", installation["data"], "--listen", "127.0.0.1:0"]
    server = start(*arguments)
    who = (installation["email"], installation["password"], "")
    stays, leaves = (Visitor(server, host="keyward.example") for _ in range(2))
    for visitor in (stays, leaves):
        visitor.sign_in(*who).leads_to("/console")
    before = dict(leaves.cookies)
    leaves.sign_out().leads_to("/signin?signed-out")
    server.stop()
    server = start(*arguments)
    stays.address = leaves.address = server.address
    assert stays.is_signed_in()
    leaves.cookies = before
    assert not leaves.is_signed_in()


# The API.


def test_the_api_reads_no_cookie(server, visitor, iam, bob):
    visitor.sign_in().leads_to("/console")
    query = "/?Action=ListUsers&Version=2010-05-08"
    for answer in [visitor.get(query), visitor.post("/", form("ListUsers"))]:
        assert answer.status == 403
        assert "<Code>MissingAuthenticationToken</Code>" in answer.text
        assert not answer.cookies
    without = Visitor(server).get(query)
    assert without.status == 403 and "<Code>MissingAuthenticationToken</Code>" in without.text
    # Who signs a request is who signed it, whatever cookie comes with it.
    body = form("GetUser")
    signer = Signer(server.address)
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    answer = signer.post(body, headers={"Cookie": cookie})
    signer.close()
    assert answer.status == 200 and ":root</Arn>" in answer.body


def test_a_session_belongs_to_its_server(server, visitor, bob, start):
    visitor.sign_in().leads_to("/console")
    other = start("dev", "--listen", "127.0.0.1:0")
    foreign = Visitor(other)
    port = other.address.split(":")[1]
    foreign.cookies[f"keyward-session-{port}"] = visitor.cookies[visitor.session_cookie]
    assert not foreign.is_signed_in()
