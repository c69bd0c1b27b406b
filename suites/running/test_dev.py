"""`keyward dev`: who calls, the banner, the told clock, further accounts, reset."""

import datetime
import re

import pytest

from support.expect import INVALID_TOKEN, MISMATCH, refused
from support.people import Person
from support.program import DEFAULT_ACCOUNT, initialise, run

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
    assert "--listen 127.0.0.1:0" in done.stderr


def test_a_folder_keeps_what_memory_forgets(start, tmp_path):
    data = tmp_path / "data"
    server = dev(start, "--data", data)
    bob = Person(server, server.client(), "Bob", "Password123!")
    server.stop()
    server = dev(start, "--data", data)
    assert who(server.client("sts", bob.key, bob.secret)).endswith(":user/Bob")
    assert server.client().get_login_profile(UserName="Bob")
    assert dev(start).client().list_users()["Users"] == []


def test_an_installation_is_not_played_with(start, tmp_path):
    data = tmp_path / "data"
    made = initialise(data, "--account-id", "111122223333")
    done = run("dev", "--listen", "127.0.0.1:0", "--data", data)
    assert done.returncode != 0
    assert "keyward init" in done.stderr and str(data) in done.stderr
    server = start("serve", "--data", data, "--listen", "127.0.0.1:0")
    assert who(server.client("sts", made["key"], made["secret"])) == ROOT.format("111122223333")


def test_a_playground_is_served_only_when_told(start, tmp_path):
    open_to_all, enforced = tmp_path / "open", tmp_path / "enforced"
    environment = {"KEYWARD_ROOT_ACCESS_KEY_ID": "root", "KEYWARD_ROOT_SECRET_ACCESS_KEY": "secret"}
    keys = []
    for folder, options in [(open_to_all, []), (enforced, ["--enforce"])]:
        server = dev(start, "--data", folder, *options, environment=environment if options else None)
        root = server.client("iam", "root", "secret") if options else server.client()
        keys.append(Person(server, root, "Bob"))
        server.stop()
    serve = ["serve", "--listen", "127.0.0.1:0", "--data"]
    done = run(*serve, open_to_all)
    assert done.returncode != 0
    assert "--adopt" in done.stderr
    for folder, user, options in [
        (enforced, keys[1], []),
        (open_to_all, keys[0], ["--adopt"]),
        (open_to_all, keys[0], []),
    ]:
        server = start(*serve, folder, *options)
        assert who(server.client("sts", user.key, user.secret)).endswith(":user/Bob")
        server.stop()
    # What was taken over is an installation.
    assert run("dev", "--listen", "127.0.0.1:0", "--data", open_to_all).returncode != 0
    # What was open once is open for good, until it is taken over.
    dev(start, "--data", enforced).stop()
    dev(start, "--data", enforced, "--enforce").stop()
    assert "--adopt" in run(*serve, enforced).stderr


def test_the_default_account_can_be_chosen(start):
    server = dev(start, "--account", "123456789012")
    assert "123456789012" in "\n".join(server.printed)
    for key in ["test", "AKIAIOSFODNN7EXAMPLE"]:
        assert who(server.client("sts", key)) == ROOT.format("123456789012")
    assert who(server.client("sts", "111122223333")) == ROOT.format("111122223333")
    server.reset()
    assert who(server.client("sts")) == ROOT.format("123456789012")
    assert run("dev", "--account", "12345", "--listen", "127.0.0.1:0").returncode != 0


# What is here and what is not.


def test_a_key_of_root_that_is_kept_nowhere_counts_all_the_same(start, server, iam):
    summary = iam.get_account_summary()["SummaryMap"]
    assert summary["AccountAccessKeysPresent"] == 1
    environment = {"KEYWARD_ROOT_ACCESS_KEY_ID": "root", "KEYWARD_ROOT_SECRET_ACCESS_KEY": "secret"}
    enforced = dev(start, "--enforce", environment=environment)
    root = enforced.client("iam", "root", "secret")
    bob = Person(enforced, root, "Bob")
    root.attach_user_policy(UserName="Bob", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    for client in (root, bob.iam):
        assert client.get_account_summary()["SummaryMap"]["AccountAccessKeysPresent"] == 1
    made = server.dev("POST", "accounts", {"account_id": "111122223333"})
    other = server.client("iam", made["access_key_id"], made["secret_access_key"])
    other.delete_access_key(AccessKeyId=other.create_access_key()["AccessKey"]["AccessKeyId"])
    assert other.get_account_summary()["SummaryMap"]["AccountAccessKeysPresent"] == 1


@pytest.mark.parametrize(
    ("service", "operation", "members", "code"),
    [
        ("s3", "list_buckets", {}, "InvalidRequest"),
        ("s3", "create_bucket", {"Bucket": "my-bucket"}, "InvalidRequest"),
        ("organizations", "list_accounts", {}, "UnknownOperationException"),
        ("dynamodb", "list_tables", {}, "UnknownOperationException"),
        ("kms", "list_keys", {}, "UnknownOperationException"),
        ("secretsmanager", "list_secrets", {}, "UnknownOperationException"),
        ("resourcegroupstaggingapi", "get_resources", {}, "UnknownOperationException"),
        ("service-quotas", "list_services", {}, "UnknownOperationException"),
        ("cloudwatch", "list_metrics", {}, "UnknownOperationException"),
        ("lambda", "list_functions", {}, "UnknownOperationException"),
        ("accessanalyzer", "list_analyzers", {}, "UnknownOperationException"),
        ("route53", "list_hosted_zones", {}, "UnknownOperationException"),
        ("cloudfront", "list_distributions", {}, "UnknownOperationException"),
        ("ec2", "describe_instances", {}, "InvalidAction"),
        ("autoscaling", "describe_auto_scaling_groups", {}, "InvalidAction"),
        ("sns", "list_topics", {}, "InvalidAction"),
        ("sqs", "list_queues", {}, "UnknownOperationException"),
    ],
)
def test_other_services_are_told_so_in_their_own_protocol(server, service, operation, members, code):
    client = server.client(service, retries={"total_max_attempts": 3})
    with pytest.raises(client.exceptions.ClientError) as refusal:
        getattr(client, operation)(**members)
    error = refusal.value.response["Error"]
    assert error["Code"] == code
    assert "serves IAM and STS" in error["Message"] and "AWS_ENDPOINT_URL_IAM" in error["Message"]
    assert f"is for {client.meta.service_model.signing_name}." in error["Message"]
    assert refusal.value.response["ResponseMetadata"]["RetryAttempts"] == 0


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


def test_reset_of_one_account_leaves_the_others(server, clock):
    mine, theirs = server.client("iam", "111122223333"), server.client("iam", "444455556666")
    for client in (mine, theirs, server.client()):
        client.create_user(UserName="Bob")
    told = clock.set("2030-01-01T00:00:00Z")
    status, answer = server.try_dev("POST", "reset", {"account_id": "111122223333"})
    assert (status, answer) == (200, {"reset": True, "account_id": "111122223333"})
    assert mine.list_users()["Users"] == []
    for client in (theirs, server.client()):
        assert [user["UserName"] for user in client.list_users()["Users"]] == ["Bob"]
    assert seconds_between(clock.now(), told) < 60
    server.try_dev("POST", "reset", {"account_id": DEFAULT_ACCOUNT})
    assert server.client().list_users()["Users"] == []
    assert theirs.list_users()["Users"]


@pytest.mark.parametrize(
    "body", ["{}", "[]", "x", {"account_id": "1"}, {"account_id": 111122223333}, {"account": "111122223333"}]
)
def test_a_reset_of_nothing_known_resets_nothing(server, iam, body):
    iam.create_user(UserName="Bob")
    status, answer = server.try_dev("POST", "reset", body)
    assert status == 400
    assert answer["error"]["message"]
    assert iam.list_users()["Users"]


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
