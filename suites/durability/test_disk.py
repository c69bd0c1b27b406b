"""A log that ends in the middle, and a disk that is full."""

import os
import shutil
import struct
import subprocess
import time

import pytest

from support.expect import refused
from support.program import Server, initialise
from support.signed import Signer

USERS = 12
LOG_HEADER = 32
FRAME_HEADER = 24


# A torn log.


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The files of a server that was killed right after it made users one by one, and root's key."""
    return kill_after_users(tmp_path_factory.mktemp("torn"), pause=0)


@pytest.fixture(scope="module")
def killed_at_rest(tmp_path_factory):
    """The same, killed when it had brought its records up to its log: that came last."""
    return kill_after_users(tmp_path_factory.mktemp("torn-at-rest"), pause=1)


def kill_after_users(folder, pause):
    root = initialise(folder / "data")
    server = Server(["serve", "--data", str(folder / "data"), "--listen", "127.0.0.1:0"])
    signer = Signer(server.address, root["key"], root["secret"])
    for number in range(USERS):
        assert signer.call("CreateUser", UserName=f"user-{number:02}").status == 200
    time.sleep(pause)
    server.kill()
    assert (folder / "data" / "keyward.db-wal").stat().st_size > LOG_HEADER
    return folder, root


def commit_ends(log):
    """Where the commits of the log end, in bytes. Frames of an earlier use of the file, which have
    another salt, do not count."""
    page = struct.unpack(">I", log[8:12])[0]
    ends, at = [], LOG_HEADER
    while at + FRAME_HEADER + page <= len(log) and log[at + 8 : at + 16] == log[16:24]:
        size = struct.unpack(">I", log[at + 4 : at + 8])[0]
        at += FRAME_HEADER + page
        if size:
            ends.append(at)
    return ends


def cut_last_byte(log, ends):
    return log[: ends[-1] - 1]


def cut_in_the_last_commit(log, ends):
    return log[: (ends[-1] + ends[-2]) // 2]


def cut_in_the_last_header(log, ends):
    return log[: ends[-2] + 10]


def zeros_in_the_last_commit(log, ends):
    return log[: ends[-2] + 100] + bytes(len(log) - ends[-2] - 100)


def a_flipped_bit_in_the_last_commit(log, ends):
    at = ends[-1] - 50
    return log[:at] + bytes([log[at] ^ 1]) + log[at + 1 :]


def noise_behind_the_end(log, ends):
    return log[: ends[-1]] + os.urandom(5000)


@pytest.mark.parametrize(
    ("tear", "lost"),
    [
        (cut_last_byte, 1),
        (cut_in_the_last_commit, 1),
        (cut_in_the_last_header, 1),
        (zeros_in_the_last_commit, 1),
        (a_flipped_bit_in_the_last_commit, 1),
        (noise_behind_the_end, 0),
    ],
)
def test_a_torn_log_loses_the_torn_commit_at_most(start, killed, tmp_path, tear, lost):
    check_torn(start, killed, tmp_path, tear, lost)


@pytest.mark.parametrize(
    "tear",
    [
        cut_last_byte,
        cut_in_the_last_commit,
        cut_in_the_last_header,
        zeros_in_the_last_commit,
        a_flipped_bit_in_the_last_commit,
    ],
)
def test_a_log_torn_in_what_comes_after_the_commits_loses_none(start, killed_at_rest, tmp_path, tear):
    check_torn(start, killed_at_rest, tmp_path, tear, lost=0)


def check_torn(start, killed, tmp_path, tear, lost):
    folder, root = killed
    shutil.copytree(folder / "data", tmp_path / "data", ignore=shutil.ignore_patterns("*.sock", "*-shm"))
    path = tmp_path / "data" / "keyward.db-wal"
    log = path.read_bytes()
    path.write_bytes(tear(log, commit_ends(log)))

    serve = [
        "serve",
        "--data",
        tmp_path / "data",
        "--master-key-file",
        folder / "data.master-key",
        "--listen",
        "127.0.0.1:0",
    ]
    server = start(*serve)
    iam = server.client("iam", root["key"], root["secret"])
    there = [user["UserName"] for user in iam.list_users()["Users"]]
    everyone = [f"user-{number:02}" for number in range(USERS)]
    assert there in (everyone, everyone[: USERS - lost])
    iam.create_user(UserName="user-after")
    server.kill()
    iam = start(*serve).client("iam", root["key"], root["secret"])
    assert [user["UserName"] for user in iam.list_users()["Users"]] == sorted([*there, "user-after"])


# A full disk.


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 8 MiB, in memory, which only the root user of the machine can mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk: that a full disk is borne is NOT shown")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", folder],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"a small disk can't be mounted ({mounted.stderr.strip()}): that a full disk is borne is NOT shown")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill(path):
    """Takes all the space that is left."""
    with path.open("wb", buffering=0) as file:
        for size in [65536, 4096, 1]:
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                pass


def test_a_full_disk_refuses_writes_loses_nothing_and_recovers(start, small_disk, tmp_path):
    data, key_file = small_disk / "data", tmp_path / "master-key"
    root = initialise(data, "--master-key-file", key_file)
    serve = ["serve", "--data", data, "--master-key-file", key_file, "--listen", "127.0.0.1:0"]
    server = start(*serve)
    iam = server.client("iam", root["key"], root["secret"])
    acknowledged = []

    def make(name):
        iam.create_user(UserName=name)
        acknowledged.append(name)

    def there():
        return [user["UserName"] for user in iam.list_users(MaxItems=1000)["Users"]]

    for number in range(5):
        make(f"before-{number}")
    filler = small_disk / "filler"
    fill(filler)
    # The log may have room in its file for a few more commits.
    for number in range(3000):
        try:
            make(f"filling-{number:04}")
        except iam.exceptions.ClientError:
            break
    else:
        raise AssertionError("the disk was not full")
    for number in range(3):
        refused("ServiceUnavailable", "Service Unavailable", iam.create_user, UserName=f"refused-{number}")
        assert there() == sorted(acknowledged)
    assert iam.get_user(UserName="before-0")

    filler.unlink()
    for number in range(3):
        make(f"after-{number}")
    assert there() == sorted(acknowledged)
    server.kill()
    server = start(*serve)
    iam = server.client("iam", root["key"], root["secret"])
    assert there() == sorted(acknowledged)
    make("last")
    server.stop()


def test_a_server_starts_on_a_full_disk_and_reads(start, small_disk, tmp_path):
    data, key_file = small_disk / "data", tmp_path / "master-key"
    root = initialise(data, "--master-key-file", key_file)
    serve = ["serve", "--data", data, "--master-key-file", key_file, "--listen", "127.0.0.1:0"]
    server = start(*serve)
    server.client("iam", root["key"], root["secret"]).create_user(UserName="Bob")
    server.stop()
    # The log's index needs a little room.
    (small_disk / "reserve").write_bytes(bytes(256 * 1024))
    fill(small_disk / "filler")
    (small_disk / "reserve").unlink()
    server = start(*serve)
    assert server.client("iam", root["key"], root["secret"]).get_user(UserName="Bob")
