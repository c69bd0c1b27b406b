"""Audit records: in the files, in the store, and found again by `keyward audit`."""

import json
import signal
import subprocess
import threading
import time

import pytest
from botocore.exceptions import ClientError

from support import program
from support.program import initialise

PATIENCE = 20
PASSWORD = "Never-To-Be-Seen-1!"


class Installation:
    """An installation that is served, and what its audit says."""

    def __init__(self, start, folder, configuration=""):
        self.start_one, self.data = start, folder / "data"
        self.log, self.config = folder / "log", folder / "keyward.toml"
        self.config.write_text(configuration)
        self.root = initialise(self.data)
        self.start()

    def start(self):
        arguments = ["serve", "--data", self.data, "--listen", "127.0.0.1:0", "--config", self.config]
        self.server = self.start_one(*arguments, log=self.log)
        self.iam = self.client("iam")

    def client(self, service):
        return self.server.client(service, self.root["key"], self.root["secret"])

    def audit(self, command, *arguments):
        done = program.run("audit", command, "--data", self.data, *arguments)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def search(self, *arguments):
        return self.audit("search", *arguments)

    def found(self, *arguments):
        """The one record there must be, once it is there."""
        return wait_for(lambda: self.search(*arguments), lambda records: len(records) == 1)[0]

    @property
    def files(self):
        return sorted((self.data / "audit").glob("audit-*.jsonl"))


@pytest.fixture
def installation(start, tmp_path):
    return lambda configuration="": Installation(start, tmp_path, configuration)


def wait_for(get, is_right):
    deadline = time.monotonic() + PATIENCE
    while not is_right(value := get()):
        assert time.monotonic() < deadline, value
        time.sleep(0.02)
    return value


def test_a_password_is_in_no_record_and_its_user_is(installation, tmp_path):
    place = installation()
    place.iam.create_user(UserName="Bob")
    secret = place.iam.create_access_key(UserName="Bob")["AccessKey"]["SecretAccessKey"]
    place.iam.create_login_profile(UserName="Bob", Password=PASSWORD, PasswordResetRequired=True)

    # What is kept with the change is found at once, and is without the answer, which nobody knew before; the copy in
    # the files has it and comes a moment later.
    def is_whole(records):
        return len(records) == 1 and records[0]["responseElements"]

    record = wait_for(lambda: place.search("--event-name", "CreateLoginProfile"), is_whole)[0]
    assert record["requestParameters"] == {"userName": "Bob", "passwordResetRequired": True}
    profile = record["responseElements"]["loginProfile"]
    assert profile["userName"] == "Bob" and profile["createDate"].endswith(("AM", "PM"))
    assert record["userIdentity"]["type"] == "Root"
    assert record["userIdentity"]["accessKeyId"] == place.root["key"]
    assert record["sourceIPAddress"] == "127.0.0.1" and "Boto3" in record["userAgent"]
    assert "tlsDetails" not in record
    place.server.stop()
    for hidden in (PASSWORD, secret):
        for file in tmp_path.rglob("*"):
            assert not file.is_file() or hidden.encode() not in file.read_bytes(), file


def test_reads_refusals_and_errors_are_told_apart(installation):
    place = installation()
    place.iam.create_user(UserName="Eve")
    key = place.iam.create_access_key(UserName="Eve")["AccessKey"]
    eve = place.server.client("iam", key["AccessKeyId"], key["SecretAccessKey"])
    place.iam.get_user(UserName="Eve")
    with pytest.raises(ClientError):
        eve.create_user(UserName="Mallory")
    with pytest.raises(ClientError):
        place.iam.get_user(UserName="Nobody")
    with pytest.raises(ClientError):
        place.server.client("iam", key["AccessKeyId"], "wrong").list_users()

    denied = place.found("--error-code", "AccessDenied")
    assert denied["userIdentity"]["userName"] == "Eve" and denied["requestParameters"] is None
    assert denied["userIdentity"]["accessKeyId"] == key["AccessKeyId"]
    assert place.search("--user-name", "Eve") == [denied]
    assert place.search("--access-key-id", key["AccessKeyId"]) == [denied]
    absent = place.found("--error-code", "NoSuchEntityException")
    assert absent["requestParameters"] == {"userName": "Nobody"} and absent["responseElements"] is None
    reads = place.search("--read-only", "true")
    assert [record["eventName"] for record in reads] == ["GetUser", "GetUser"]
    # Who did not say who they are has no record.
    assert place.search("--event-name", "ListUsers") == []
    assert place.search("--event-id", denied["eventID"]) == [denied]
    assert place.search("--until", "2020-01-01T00:00:00Z") == []
    assert place.search("--event-source", "sts.amazonaws.com") == []


def test_an_acknowledged_change_is_found_after_a_kill(installation):
    # Nothing but the store has it.
    place = installation('[audit]\noutput = "none"\n')
    user = place.iam.create_user(UserName="Bob")["User"]
    place.server.kill()
    assert place.files == []
    records = place.search("--event-name", "CreateUser")
    assert [record["responseElements"]["user"]["userId"] for record in records] == [user["UserId"]]
    place.start()
    place.iam.delete_user(UserName="Bob")
    assert [record["eventName"] for record in place.search()] == ["DeleteUser", "CreateUser"]
    assert [record["eventName"] for record in place.audit("tail")] == ["CreateUser", "DeleteUser"]


def test_a_change_in_the_files_and_in_the_store_is_found_once(installation):
    place = installation()
    place.iam.create_user(UserName="Bob")
    wait_for(lambda: place.files[0].read_text(), lambda text: "CreateUser" in text)
    assert len(place.search()) == 1
    place.server.kill()
    place.start()
    assert len(place.search()) == 1


def test_full_files_are_followed_by_others_and_the_oldest_go(installation):
    place = installation("[audit]\nfile_bytes = 2000\nfiles = 3\n")
    for number in range(40):
        place.iam.list_users(MaxItems=number + 1)
        # One helping each, more or less: a file is looked at between them.
        time.sleep(0.03)
    place.server.stop()
    numbers = [int(file.stem.removeprefix("audit-")) for file in place.files]
    assert len(numbers) == 3 and numbers[0] > 1 and numbers == list(range(numbers[0], numbers[0] + 3))
    last = json.loads(place.files[-1].read_text().splitlines()[-1])
    assert last["requestParameters"] == {"maxItems": 40}
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in place.files)


def test_what_finds_no_room_is_counted_and_nobody_waits(tmp_path):
    data, config, log = tmp_path / "data", tmp_path / "keyward.toml", tmp_path / "log"
    root = initialise(data)
    config.write_text('[audit]\noutput = "stdout"\nqueue_records = 5\n')
    command = [program.PROGRAM, "serve", "--data", data, "--listen", "127.0.0.1:0", "--config", config]
    with (
        log.open("wb") as stderr,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, encoding="utf-8", env=program.clean_environment()
        ) as process,
    ):
        try:
            ready = process.stdout.readline().strip()
            iam = program.client(ready.removeprefix(program.READY), "iam", root["key"], root["secret"])
            # Nobody reads: a pipe holds some dozens of records, and the queue five.
            for _ in range(300):
                iam.list_users()
            lines = []
            reader = threading.Thread(target=lambda: lines.extend(process.stdout))
            reader.start()
            wait_for(lambda: list(lines), lambda lines: any("lostAuditRecords" in line for line in lines))
            iam.list_users()
            process.send_signal(signal.SIGTERM)
            assert process.wait(PATIENCE) == 0
            reader.join(PATIENCE)
        finally:
            process.kill()
    records = [json.loads(line) for line in lines]
    lost = sum(record.get("lostAuditRecords", 0) for record in records)
    told = sum("eventID" in record for record in records)
    assert lost > 100 and lost + told == 301, (lost, told)
    assert "audit records were lost" in log.read_text()


def test_following_shows_each_record_as_it_comes(installation):
    place = installation("[audit]\nfile_bytes = 2000\n")
    place.iam.create_user(UserName="Old")
    place.found()
    with subprocess.Popen(
        [program.PROGRAM, "audit", "tail", "--data", place.data, "--follow"],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=program.clean_environment(),
    ) as following:
        try:
            lines = []
            threading.Thread(target=lambda: lines.extend(following.stdout), daemon=True).start()
            wait_for(lambda: list(lines), lambda lines: len(lines) == 1)
            for number in range(10):
                place.iam.create_user(UserName=f"New-{number}")
                place.iam.list_users()
            wait_for(lambda: list(lines), lambda lines: len(lines) >= 21)
            # Copies of changes would come within the next rounds.
            time.sleep(2)
        finally:
            following.kill()
    records = [json.loads(line) for line in lines]
    assert len({record["eventID"] for record in records}) == len(records) == 21
    assert records[0]["requestParameters"] == {"userName": "Old"}
    names = [record["requestParameters"]["userName"] for record in records if not record["readOnly"]]
    assert names == ["Old", *(f"New-{number}" for number in range(10))]


def test_dev_records_nothing_unless_asked(start, tmp_path):
    server = start("dev", "--listen", "127.0.0.1:0", "--data", tmp_path / "data")
    server.client().create_user(UserName="Bob")
    server.stop()
    assert not (tmp_path / "data/audit").exists()
    assert program.run("audit", "search", "--data", tmp_path / "data").stdout == ""

    server = start("dev", "--listen", "127.0.0.1:0", "--data", tmp_path / "data", "--audit", tmp_path / "records")
    server.client().delete_user(UserName="Bob")
    server.stop()
    done = program.run("audit", "search", "--data", tmp_path / "data", "--audit", tmp_path / "records")
    assert [json.loads(line)["eventName"] for line in done.stdout.splitlines()] == ["DeleteUser"]
