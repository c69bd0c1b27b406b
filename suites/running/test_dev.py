"""`keyward dev`: who calls, the banner, the told clock, further accounts, reset."""

import datetime
import re

import pytest

from support.expect import INVALID_TOKEN, MISMATCH, refused
from support.people import Person
from support.program import DEFAULT_ACCOUNT, run

ROOT = "arn:aws:iam::{}:root"


def who(client):
    return client.get_caller_identity()["Arn"]


def dev(start, *arguments, **options):
    return start("dev", "--listen", "127.0.0.1:0", *arguments, **options)


# Who calls.


@pytest.mark.parametrize("key", ["123456789012", "000000000001"])
def test_twelve_digits_are_root_of_that_account(server, key):
    assert who(server.client("sts", key, "anything")) == ROOT.format(key)
    server.client("iam", key).create_user(UserName="Bob")
    assert server.client("iam").list_users()["Users"] == []
    arn = server.client("iam", key).get_user(UserName="Bob")["User"]["Arn"]
    assert arn == f"arn:aws:iam::{key}:user/Bob"


@pytest.mark.parametrize(
    "key",
    ["test", "AKIAIOSFODNN7EXAMPLE", "1234567890123", "12345678901", "ASIAY34FZKBOKMUTVV7A", "AKIARZPUZDIKAAAAAAAA"],
)
def test_any_other_unknown_key_is_root_of_the_default_account(server, key):
    assert who(server.client("sts", key, "anything")) == ROOT.format(DEFAULT_ACCOUNT)


def test_an_unknown_key_that_names_an_account_which_exists_is_refused(server, iam):
    unknown = "AKIARZPUZDIKAAAAAAAA"  # of account 123456789012
    assert who(server.client("sts", unknown)) == ROOT.format(DEFAULT_ACCOUNT)
    server.client("sts", "123456789012").get_caller_identity()
    for key in [unknown, unknown.replace("AKIA", "ASIA")]:
        refused("InvalidClientTokenId", INVALID_TOKEN, server.client("sts", key).get_caller_identity)
    bob = Person(server, iam, "Bob")
    iam.delete_access_key(UserName="Bob", AccessKeyId=bob.key)
    refused("InvalidClientTokenId", INVALID_TOKEN, bob.sts.get_caller_identity)


def test_an_issued_key_is_always_verified_and_authorised(server, iam):
    bob = Person(server, iam, "Bob")
    assert who(bob.sts).endswith(":user/Bob")
    refused("AccessDenied", None, bob.iam.list_users)
    refused("SignatureDoesNotMatch", MISMATCH, server.client("iam", bob.key, "test").list_users)
    refused("SignatureDoesNotMatch", MISMATCH, server.client("sts", bob.key, bob.secret[:-1]).get_caller_identity)


# --enforce


def test_unknown_keys_are_refused_where_keys_are_enforced(start):
    environment = {"KEYWARD_ROOT_ACCESS_KEY_ID": "my-root-key", "KEYWARD_ROOT_SECRET_ACCESS_KEY": "my-root-secret"}
    server = dev(start, "--enforce", environment=environment)
    assert who(server.client("sts", "my-root-key", "my-root-secret")) == ROOT.format(DEFAULT_ACCOUNT)
    for key in ["test", "123456789012", "AKIAIOSFODNN7EXAMPLE"]:
        refused("InvalidClientTokenId", INVALID_TOKEN, server.client("sts", key, "my-root-secret").get_caller_identity)
    wrong = server.client("sts", "my-root-key", "wrong")
    refused("SignatureDoesNotMatch", MISMATCH, wrong.get_caller_identity)
    root = server.client("iam", "my-root-key", "my-root-secret")
    bob = Person(server, root, "Bob")
    assert who(bob.sts).endswith(":user/Bob")
    assert any("my-root-key" in line for line in server.printed)


def test_a_root_key_is_made_and_printed_where_none_is_given(start):
    server = dev(start, "--enforce")
    printed = re.search("AWS_ACCESS_KEY_ID=(\\S+) AWS_SECRET_ACCESS_KEY=(\\S+)", "\n".join(server.printed))
    key, secret = printed.groups()
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key)
    assert who(server.client("sts", key, secret)) == ROOT.format(DEFAULT_ACCOUNT)
    server.client("iam", key, secret).create_user(UserName="Bob")
    refused("SignatureDoesNotMatch", MISMATCH, server.client("sts", key, "x" * 40).get_caller_identity)
    refused("InvalidClientTokenId", INVALID_TOKEN, server.client("sts").get_caller_identity)


def test_half_a_root_key_is_refused():
    for name in ["KEYWARD_ROOT_ACCESS_KEY_ID", "KEYWARD_ROOT_SECRET_ACCESS_KEY"]:
        done = run("dev", "--listen", "127.0.0.1:0", "--enforce", environment={name: "x"})
        assert done.returncode != 0
        assert "KEYWARD_ROOT_ACCESS_KEY_ID" in done.stderr


# Starting.


def test_the_banner_says_what_there_is_to_know(start):
    server = dev(start)
    text = "\n".join(server.printed)
    port = server.address.split(":")[1]
    assert server.endpoint == f"http://127.0.0.1:{port}"
    assert port != "0"
    for said in [
        server.endpoint,
        f"http://localhost:{port}/",
        DEFAULT_ACCOUNT,
        "signatures",
        "policies",
        "AWS_ACCESS_KEY_ID=",
    ]:
        assert said in text, text
    assert server.printed[-1] == f"keyward ready on {server.endpoint}"
    assert server.http("GET", "/healthz")[0] == 200


def test_an_address_that_others_reach_must_be_allowed(start, tmp_path):
    done = run("dev", "--listen", "0.0.0.0:0")
    assert done.returncode != 0
    assert "--allow-remote" in done.stderr
    log = tmp_path / "log"
    server = start("dev", "--listen", "0.0.0.0:0", "--allow-remote", log=log)
    assert "warning" in log.read_text().lower()
    port = server.address.split(":")[1]
    assert server.printed[-1] == f"keyward ready on http://0.0.0.0:{port}"


def test_a_port_that_is_taken_is_told(server):
    done = run("dev", "--listen", server.address)
    assert done.returncode != 0
    assert server.address in done.stderr


def test_a_folder_keeps_what_memory_forgets(start, tmp_path):
    data = tmp_path / "data"
    server = dev(start, "--data", data)
    bob = Person(server, server.client(), "Bob", "Password123!")
    server.stop()
    server = dev(start, "--data", data)
    assert who(server.client("sts", bob.key, bob.secret)).endswith(":user/Bob")
    assert server.client().get_login_profile(UserName="Bob")
    assert dev(start).client().list_users()["Users"] == []


# The told clock.


def seconds_between(one, other):
    return abs((parsed(one) - parsed(other)).total_seconds())


def parsed(text):
    return datetime.datetime.fromisoformat(text)


def test_the_clock_is_read_set_and_advanced(server, iam, clock):
    real = datetime.datetime.now(datetime.UTC).isoformat()
    assert seconds_between(clock.now(), real) < 5
    assert seconds_between(clock.set("2030-02-03T04:05:06Z"), "2030-02-03T04:05:06Z") < 2
    assert seconds_between(clock.advance("90d"), "2030-05-04T04:05:06Z") < 3
    assert seconds_between(clock.advance("1d 2h 3m 4s"), "2030-05-05T06:08:10Z") < 4
    created = iam.create_user(UserName="Bob")["User"]["CreateDate"]
    assert seconds_between(created.isoformat(), clock.now()) < 5
    clock.set("2020-01-01T00:00:00Z")
    assert iam.create_user(UserName="Eve")["User"]["CreateDate"].year == 2020
    server.reset()
    assert seconds_between(clock.now(), real) < 30


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{}",
        "[]",
        "x",
        {"set": "yesterday"},
        {"set": 1},
        {"advance": "soon"},
        {"advance": "90"},
        {"advance": 90},
        {"set": "2030-01-01T00:00:00Z", "advance": "1d"},
        {"later": "1d"},
    ],
)
def test_what_the_clock_does_not_understand(server, clock, body):
    before = clock.now()
    status, answer = server.try_dev("POST", "clock", body)
    assert status == 400
    assert answer["error"]["message"]
    assert seconds_between(clock.now(), before) < 3


@pytest.mark.parametrize(
    "body", [{"advance": "3000000d"}, {"advance": "99999999999999d"}, {"set": "10000-01-01T00:00:00Z"}]
)
def test_the_clock_stays_within_what_dates_can_say(server, clock, body):
    before = clock.set("9000-01-01T00:00:00Z")
    assert server.try_dev("POST", "clock", body)[0] == 400
    assert seconds_between(clock.now(), before) < 5


# Further accounts and reset.


def test_a_further_account_is_made_with_all_its_credentials(server):
    made = server.dev("POST", "accounts")
    assert made.keys() >= {"account_id", "access_key_id", "secret_access_key", "root_email", "root_password"}
    assert re.fullmatch("[0-9]{12}", made["account_id"])
    assert "@" in made["root_email"] and len(made["root_password"]) >= 8
    sts = server.client("sts", made["access_key_id"], made["secret_access_key"])
    assert who(sts) == ROOT.format(made["account_id"])
    assert sts.get_access_key_info(AccessKeyId=made["access_key_id"])["Account"] == made["account_id"]


def test_a_further_account_can_be_described(server):
    wanted = {"account_id": "111122223333", "account_name": "acme", "root_email": "root@example.com"}
    made = server.dev("POST", "accounts", wanted)
    assert (made["account_id"], made["root_email"]) == ("111122223333", "root@example.com")
    assert server.try_dev("POST", "accounts", wanted)[0] == 409


@pytest.mark.parametrize("body", [{"account_id": "12"}, {"colour": "green"}, "x", "[]"])
def test_what_is_no_account(server, body):
    assert server.try_dev("POST", "accounts", body)[0] == 400


def test_reset_leaves_nothing(server, iam):
    bob = Person(server, iam, "Bob", "Password123!")
    iam.update_account_password_policy()
    iam.create_account_alias(AccountAlias="acme")
    made = server.dev("POST", "accounts", {"account_id": "111122223333"})
    server.client("iam", "123456789012").create_user(UserName="Eve")
    server.reset()
    assert iam.list_users()["Users"] == []
    assert iam.list_account_aliases()["AccountAliases"] == []
    refused("NoSuchEntity", None, iam.get_account_password_policy)
    refused("InvalidClientTokenId", INVALID_TOKEN, bob.sts.get_caller_identity)
    assert server.client("iam", "123456789012").list_users()["Users"] == []
    server.dev("POST", "accounts", {"account_id": "111122223333"})
    old = server.client("sts", made["access_key_id"], made["secret_access_key"])
    refused("InvalidClientTokenId", INVALID_TOKEN, old.get_caller_identity)
    iam.create_account_alias(AccountAlias="acme")


def test_paths_of_dev_that_do_not_exist(server):
    for method, path in [("GET", "reset"), ("GET", "accounts"), ("PUT", "clock"), ("POST", "nothing")]:
        assert server.try_dev(method, path)[0] == 404, (method, path)
