"""`keyward init`, `serve` and the administration commands, as an operator uses them."""

import base64
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from support.expect import INVALID_TOKEN, refused, without_metadata
from support.people import Person, let_users_change_passwords
from support.program import PROGRAM, clean_environment, client, initialise, labelled, run
from support.signed import Signer, authorization, form, now

LISTEN = ["--listen", "127.0.0.1:0"]


class Installation:
    """An installation in a folder of its own."""

    def __init__(self, folder):
        self.data = folder / "data"
        self.key_file = folder / "data.master-key"
        self.root = initialise(
            self.data, "--account-id", "111122223333", "--account-name", "acme", "--root-email", "root@example.com"
        )

    def serve(self, start, *arguments, **options):
        return start("serve", "--data", self.data, *LISTEN, *arguments, **options)

    def iam(self, server):
        return server.client("iam", self.root["key"], self.root["secret"])


@pytest.fixture
def installation(tmp_path):
    return Installation(tmp_path)


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


# init


def test_init_tells_the_root_credentials_once(installation):
    root = installation.root
    assert root["account"] == "111122223333"
    assert root["email"] == "root@example.com"
    assert len(root["password"]) >= 12 and len(root["secret"]) == 40
    assert root["key"].startswith("AKIA")


def test_init_says_what_losing_the_master_key_means(tmp_path):
    done = run("init", "--data", tmp_path / "data")
    assert done.returncode == 0
    assert str(tmp_path / "data.master-key") in done.stdout
    assert "master key" in done.stdout and "lost" in done.stdout


def test_files_are_their_owners_alone(installation, start):
    assert mode(installation.key_file) == 0o600
    server = installation.serve(start)
    installation.iam(server).create_user(UserName="Bob")
    names = {path.name for path in installation.data.iterdir()}
    assert {"keyward.db", "keyward.db-wal", "admin.sock"} <= names
    for path in installation.data.rglob("*"):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path.name


def test_files_are_their_owners_alone_under_any_umask(tmp_path, start):
    before = os.umask(0)
    try:
        installation = Installation(tmp_path)
        installation.serve(start)
    finally:
        os.umask(before)
    assert mode(installation.data) & 0o077 == 0
    for path in [installation.key_file, *installation.data.iterdir()]:
        assert mode(path) & 0o077 == 0, path.name


def test_init_does_not_touch_an_installation_that_is_there(installation):
    key = installation.key_file.read_bytes()
    done = run("init", "--data", installation.data)
    assert done.returncode != 0
    assert "already" in done.stderr
    assert installation.key_file.read_bytes() == key


def test_init_does_not_overwrite_a_key_file(tmp_path):
    file = tmp_path / "key"
    file.write_text("precious")
    done = run("init", "--data", tmp_path / "data", "--master-key-file", file)
    assert done.returncode != 0
    assert str(file) in done.stderr
    assert file.read_text() == "precious"
    # What failed can be done again.
    assert run("init", "--data", tmp_path / "data").returncode == 0


def test_the_master_key_may_come_from_the_environment(tmp_path, start):
    environment = {"KEYWARD_MASTER_KEY": base64.b64encode(bytes(range(32))).decode()}
    data = tmp_path / "data"
    root = initialise(data, environment=environment)
    assert not list(tmp_path.glob("*master-key*"))
    server = start("serve", "--data", data, *LISTEN, environment=environment)
    assert server.client("sts", root["key"], root["secret"]).get_caller_identity()
    assert run("init", "--data", tmp_path / "other", environment={"KEYWARD_MASTER_KEY": "short"}).returncode != 0


# serve


def test_everything_is_verified_and_authorised(installation, start):
    server = installation.serve(start)
    for key in ["test", "111122223333", "AKIAIOSFODNN7EXAMPLE"]:
        refused("InvalidClientTokenId", INVALID_TOKEN, server.client("sts", key).get_caller_identity)
    root = installation.iam(server)
    bob = Person(server, root, "Bob")
    refused("AccessDenied", None, bob.iam.list_users)
    wrong = server.client("sts", installation.root["key"], "x" * 40)
    refused("SignatureDoesNotMatch", None, wrong.get_caller_identity)


def test_what_is_for_dev_is_not_served(installation, start):
    server = installation.serve(start)
    for method, path in [("POST", "reset"), ("POST", "accounts"), ("GET", "clock"), ("POST", "clock")]:
        assert server.http(method, f"/_keyward/{path}")[0] == 404
    assert server.http("GET", "/healthz")[0] == 200


def test_a_restart_keeps_everything(installation, start):
    server = installation.serve(start)
    root = installation.iam(server)
    let_users_change_passwords(root, PasswordReusePrevention=5)
    bob = Person(server, root, "Bob", "FirstPassword1!", PasswordResetRequired=True)
    root.update_login_profile(UserName="Bob", Password="SecondPassword1!")
    root.tag_user(UserName="Bob", Tags=[{"Key": "team", "Value": "blue"}])
    root.create_account_alias(AccountAlias="acme")
    assert bob.has_password("SecondPassword1!")
    before = everything(root, bob.key)
    assert before[-1]["AccessKeyLastUsed"]["ServiceName"] == "iam"
    server.stop()

    server = installation.serve(start)
    root = installation.iam(server)
    assert everything(root, bob.key) == before
    bob.iam = server.client("iam", bob.key, bob.secret)
    assert bob.has_password("SecondPassword1!")
    refused("PasswordPolicyViolation", None, root.update_login_profile, UserName="Bob", Password="FirstPassword1!")


def everything(iam, key):
    return [
        without_metadata(response)
        for response in [
            iam.get_user(UserName="Bob"),
            iam.get_login_profile(UserName="Bob"),
            iam.list_access_keys(UserName="Bob"),
            iam.get_account_password_policy(),
            iam.list_account_aliases(),
            iam.get_access_key_last_used(AccessKeyId=key),
        ]
    ]


def test_a_second_server_on_the_same_data_is_refused(installation, start):
    server = installation.serve(start)
    for command in [["serve", "--data", installation.data], ["dev", "--data", installation.data]]:
        done = run(*command, *LISTEN)
        assert done.returncode != 0
        assert "in use by another keyward" in done.stderr
        assert str(installation.data) in done.stderr
    assert installation.iam(server).list_users()["Users"] == []


def test_a_wrong_master_key_is_refused(installation, tmp_path, start):
    other = tmp_path / "other-key"
    other.write_text(base64.b64encode(os.urandom(32)).decode())
    for arguments, environment in [
        (["--master-key-file", other], None),
        ([], {"KEYWARD_MASTER_KEY": base64.b64encode(os.urandom(32)).decode()}),
    ]:
        done = run("serve", "--data", installation.data, *LISTEN, *arguments, environment=environment)
        assert done.returncode != 0
        assert "master key" in done.stderr
    other.write_text("no key at all")
    assert run("serve", "--data", installation.data, *LISTEN, "--master-key-file", other).returncode != 0
    installation.serve(start)


def test_without_a_master_key_it_does_not_start(installation):
    moved = installation.key_file.rename(installation.key_file.with_name("elsewhere"))
    done = run("serve", "--data", installation.data, *LISTEN)
    assert done.returncode != 0
    assert "KEYWARD_MASTER_KEY" in done.stderr and str(installation.key_file) in done.stderr
    assert moved.exists() and not installation.key_file.exists()


def test_without_an_installation_it_does_not_start(tmp_path):
    done = run("serve", "--data", tmp_path / "nothing", *LISTEN)
    assert done.returncode != 0
    assert "keyward init" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_plain_http_is_not_offered_to_other_machines(installation, start):
    done = run("serve", "--data", installation.data, "--listen", "0.0.0.0:0")
    assert done.returncode != 0
    assert "--insecure-http" in done.stderr and "--tls-cert" in done.stderr
    start("serve", "--data", installation.data, "--listen", "0.0.0.0:0", "--insecure-http")


# TLS


@pytest.fixture
def certificate(tmp_path):
    """A certificate for this machine that nobody signed, and its key."""
    files = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        + ["-out", files[0], "-keyout", files[1]],
        check=True,
        capture_output=True,
    )
    return files


def test_a_server_speaks_tls(installation, start, certificate):
    server = installation.serve(start, "--tls-cert", certificate[0], "--tls-key", certificate[1])
    assert server.endpoint.startswith("https://")
    root = client(
        server.endpoint, "iam", installation.root["key"], installation.root["secret"], verify=str(certificate[0])
    )
    root.create_user(UserName="Bob")
    assert [user["UserName"] for user in root.list_users()["Users"]] == ["Bob"]
    host, port = server.address.split(":")
    context = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError), socket.create_connection((host, port)) as plain:
        context.wrap_socket(plain, server_hostname="localhost")


def test_tls_to_other_machines_needs_no_leave(installation, start, certificate):
    options = ["--tls-cert", certificate[0], "--tls-key", certificate[1]]
    server = start("serve", "--data", installation.data, "--listen", "0.0.0.0:0", *options)
    assert server.endpoint.startswith("https://0.0.0.0:")


def test_a_certificate_without_its_key_is_refused(installation, certificate, tmp_path):
    done = run("serve", "--data", installation.data, *LISTEN, "--tls-cert", certificate[0])
    assert done.returncode != 0 and "--tls-key" in done.stderr
    missing = tmp_path / "missing.pem"
    done = run("serve", "--data", installation.data, *LISTEN, "--tls-cert", missing, "--tls-key", certificate[1])
    assert done.returncode != 0 and str(missing) in done.stderr


# Stopping


def test_a_request_under_way_is_answered_before_the_end(installation, start):
    server = installation.serve(start)
    signer = Signer(server.address, installation.root["key"], installation.root["secret"])
    body = form("CreateUser", UserName="Bob").encode()
    signature = authorization(signer, "POST", "/", body, now())
    headers = {"Host": server.address, "Content-Length": str(len(body)), **signature}
    head = "POST / HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    with socket.create_connection(tuple(server.address.split(":"))) as connection:
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        connection.sendall(body[10:])
        connection.settimeout(10)
        answer = b""
        while b"</CreateUserResponse>" not in answer:
            part = connection.recv(65536)
            assert part, f"the connection was closed: {answer}"
            answer += part
    assert answer.startswith(b"HTTP/1.1 200")
    server.stop()
    server = installation.serve(start)
    assert installation.iam(server).get_user(UserName="Bob")


def test_idle_connections_do_not_hold_it_up(installation, start):
    server = installation.serve(start)
    signer = Signer(server.address, installation.root["key"], installation.root["secret"])
    assert signer.call("ListUsers").status == 200
    silent = socket.create_connection(tuple(server.address.split(":")))
    began = time.monotonic()
    server.stop()
    assert time.monotonic() - began < 7
    silent.close()
    signer.close()
    assert not (installation.data / "admin.sock").exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(tuple(server.address.split(":")))


def test_interrupt_stops_it_too(installation, start):
    server = installation.serve(start)
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(10) == 0


# Administration


@pytest.mark.parametrize("is_running", [True, False])
def test_accounts_are_made_and_listed(installation, start, is_running):
    place = ["--data", installation.data]
    server = installation.serve(start) if is_running else None
    second = ["--account-id", "444455556666", "--account-name", "second", "--root-email", "two@example.com"]
    done = run("account", "create", *place, *second)
    assert done.returncode == 0, done.stderr
    made = labelled(done.stdout)
    assert (made["account"], made["email"]) == ("444455556666", "two@example.com")
    again = run("account", "create", *place, "--account-id", "444455556666")
    assert again.returncode != 0 and "444455556666" in again.stderr

    server = server or installation.serve(start)
    second = server.client("iam", made["key"], made["secret"])
    second.create_account_alias(AccountAlias="two")
    assert second.get_user()["User"]["Arn"] == "arn:aws:iam::444455556666:root"
    if not is_running:
        server.stop()
    done = run("account", "list", *place)
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert rows == [
        ["111122223333", "-", "acme", "root@example.com"],
        ["444455556666", "two", "second", "two@example.com"],
    ]


@pytest.mark.parametrize("is_running", [True, False])
def test_the_root_password_is_made_anew(installation, start, is_running):
    server = installation.serve(start) if is_running else None
    reset = ["root", "reset-password", "--data", installation.data, "--account-id"]
    done = run(*reset, "111122223333")
    assert done.returncode == 0, done.stderr
    password = labelled(done.stdout)["password"]
    assert len(password) >= 12 and password != installation.root["password"]
    assert run(*reset, "999999999999").returncode != 0
    # The key is as it was.
    server = server or installation.serve(start)
    assert installation.iam(server).list_users()["Users"] == []


def test_administration_without_a_server_needs_the_master_key(installation, start):
    moved = installation.key_file.rename(installation.key_file.with_name("elsewhere"))
    assert run("account", "list", "--data", installation.data).returncode != 0
    assert run("account", "list", "--data", installation.data, "--master-key-file", moved).returncode == 0
    installation.serve(start, "--master-key-file", moved)
    assert run("account", "list", "--data", installation.data).returncode == 0


# What is on the disk


def test_the_owner_can_read_the_database_meanwhile(installation, start):
    server = installation.serve(start)
    root = installation.iam(server)
    root.create_user(UserName="Bob")
    with sqlite3.connect(f"file:{installation.data / 'keyward.db'}?mode=ro", uri=True) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        texts = [
            value
            for table in tables
            for row in database.execute(f'SELECT * FROM "{table}"')
            for value in row
            if isinstance(value, str)
        ]
        assert any('"Bob"' in text for text in texts), tables
        # A reader does not hold up the writer.
        database.execute("BEGIN")
        database.execute(f'SELECT count(*) FROM "{tables[0]}"').fetchone()
        root.create_user(UserName="Eve")
    database.close()


def test_no_secret_stands_on_the_disk(installation, start):
    server = installation.serve(start)
    root = installation.iam(server)
    let_users_change_passwords(root)
    passwords = ["FirstPassword-a1!", "SecondPassword-b2!", "ThirdPassword-c3!"]
    bob = Person(server, root, "Bob", passwords[0])
    root.update_login_profile(UserName="Bob", Password=passwords[1])
    bob.iam.change_password(OldPassword=passwords[1], NewPassword=passwords[2])
    refused("AccessDenied", None, bob.iam.change_password, OldPassword=passwords[0], NewPassword="FourthPassword-d4!")
    key = installation.key_file.read_text().strip()
    secrets = [
        *passwords,
        "FourthPassword-d4!",
        bob.secret,
        installation.root["secret"],
        installation.root["password"],
        key,
    ]
    forms = [form for secret in secrets for form in (secret.encode(), base64.b64encode(secret.encode()).rstrip(b"="))]
    forms.append(base64.b64decode(key))

    def search():
        for path in installation.data.iterdir():
            if path.is_file():
                content = path.read_bytes()
                found = [form for form in forms if form in content or form.hex().encode() in content]
                assert not found, path.name

    search()
    server.stop()
    search()
    assert b"Bob" in (installation.data / "keyward.db").read_bytes(), "the search would find what is there"


def test_no_secret_is_logged(installation, start, tmp_path):
    log = tmp_path / "log"
    server = installation.serve(start, log=log, environment={"KEYWARD_LOG": "trace"})
    root = installation.iam(server)
    bob = Person(server, root, "Bob", "FirstPassword-a1!")
    root.update_login_profile(UserName="Bob", Password="SecondPassword-b2!")
    refused("ValidationError", None, root.update_login_profile, UserName="Bob", Password="ThirdPassword-c3!\u0100")
    refused("PasswordPolicyViolation", None, root.update_login_profile, UserName="Bob", Password="four4")
    server.stop()
    text = log.read_text()
    assert "UpdateLoginProfile" in text
    passwords = ["FirstPassword-a1!", "SecondPassword-b2!", "ThirdPassword-c3!", "four4"]
    for secret in [*passwords, bob.secret, installation.root["secret"]]:
        assert secret not in text


def test_a_folder_that_others_can_write_to_is_refused(tmp_path):
    data = tmp_path / "data"
    initialise(data)
    for mode in (0o777, 0o770, 0o702):
        data.chmod(mode)
        done = run("serve", "--data", data, "--listen", "127.0.0.1:0")
        assert done.returncode != 0
        assert str(data) in done.stderr and "write" in done.stderr


def test_a_link_in_place_of_the_database_is_not_followed(tmp_path):
    data, victim = tmp_path / "data", tmp_path / "victim"
    victim.write_text("precious")
    victim.chmod(0o644)
    data.mkdir(mode=0o700)
    (data / "keyward.db").symlink_to(victim)
    done = run("init", "--data", data)
    assert done.returncode != 0
    assert victim.read_text() == "precious"
    assert victim.stat().st_mode & 0o777 == 0o644


def test_a_bare_name_is_a_master_key_file_in_the_current_folder(tmp_path):
    command = [Path(PROGRAM).absolute(), "init", "--data", "data", "--master-key-file", "mykey"]
    done = subprocess.run(command, cwd=tmp_path, env=clean_environment(), capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "mykey").read_text().strip()


def test_no_other_process_of_the_user_reads_memory_or_environment():
    """What is not dumpable belongs to root in /proc, whoever runs it."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        program = shutil.copy(PROGRAM, folder)
        user = 65534 if os.geteuid() == 0 else None
        command = [program, "dev", *LISTEN]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=clean_environment(), text=True, user=user) as dev:
            assert any(line.startswith("keyward ready on ") for line in dev.stdout)
            assert os.stat(f"/proc/{dev.pid}/environ").st_uid == 0
            dev.terminate()
