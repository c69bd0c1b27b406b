"""An acknowledgement follows a sync of the log that began after its commit was written.

`kill -9` can't show that: what a killed program wrote is still in the machine's memory. So the
program is run under `strace`, and every answer is held against the syncs before it. The same is done
with a server that does not sync, which must be found out.

Beside the commits, the store brings its table `record` up to its log in transactions that are not
synced. They must neither pass for commits nor hide one that is not synced, so there are many of them
here.
"""

import concurrent.futures
import dataclasses
import itertools
import os
import shutil
import sqlite3
import struct
import subprocess
import time
from pathlib import Path

import pytest

import system_calls
import write_ahead_log
from support.program import PROGRAM, initialise, labelled
from support.signed import Signer

ROOT = Path(__file__).parents[2]
CLIENTS = 8
# Until when they make users with a pause after each, and then as many as they can, in seconds: 5
# seconds after the first commit, records are written beside the commits.
LEISURELY, STEADY = 4.8, 5.4
PAUSE = 0.1
PASSWORDS = 10
# After a quarter of a second in which nothing is asked, records are written.
QUIET = 0.35


@pytest.fixture(scope="module")
def strace():
    """The tracing command, up to the file that it writes to."""
    found = shutil.which("strace")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "strace"], capture_output=True, check=False)
        found = shutil.which("strace")
    if found is None:
        pytest.skip("strace is not installed and can't be: that answers wait for the disk is NOT shown")
    tried = subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("strace may not trace here: that answers wait for the disk is NOT shown")
    # With -D the program is our child and the tracer is not, so that signals reach the program.
    return [found, "-D", "-f", "-y", "-s", "5000", "-e", f"trace={system_calls.TRACED}", "-o"]


@pytest.fixture(scope="module")
def unsynced_server():
    """A server whose commits do not wait for the disk. UNSYNCED_SERVER names it where it is built
    already; else it is built beside the program, as the tests of the crates are, and often with
    them."""
    if named := os.environ.get("UNSYNCED_SERVER"):
        return Path(named)
    target = Path(PROGRAM).resolve().parents[1]
    subprocess.run(
        ["cargo", "build", "--quiet", "--locked", "--workspace", "--example", "unsynced_server"],
        cwd=ROOT,
        env={**os.environ, "CARGO_TARGET_DIR": str(target)},
        check=True,
    )
    return target / "debug" / "examples" / "unsynced_server"


def test_every_answer_waits_for_the_disk(start, strace, tmp_path):
    data = tmp_path / "data"
    root = initialise(data)
    assert not (data / "keyward.db-wal").exists()
    database = (data / "keyward.db").read_bytes()
    output = tmp_path / "trace"
    arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0"]
    server = start(*arguments, command=[*strace, str(output), PROGRAM])
    acknowledged = work(server, root["key"], root["secret"])
    server.stop()
    traced = read_when_complete(output)
    transactions = write_ahead_log.transactions(traced.log_writes, database, tmp_path / "copy")
    seen, wrong = judge(traced, transactions, acknowledged)
    assert seen == len(acknowledged)
    assert not wrong, wrong
    assert records_between_commits(transactions) >= PASSWORDS

    # Nothing else than the syncs made it pass: without them, nothing does.
    without_syncs = dataclasses.replace(traced, log_syncs=[])
    seen, wrong = judge(without_syncs, transactions, acknowledged)
    assert_all_found_out(seen, wrong, acknowledged)


def test_a_server_that_does_not_wait_is_found_out(start, strace, unsynced_server, tmp_path):
    output = tmp_path / "trace"
    server = start(tmp_path / "data", command=[*strace, str(output), str(unsynced_server)])
    root = labelled("\n".join(server.printed))
    acknowledged = work(server, root["key"], root["secret"])
    server.stop()
    traced = read_when_complete(output)
    transactions = write_ahead_log.transactions(traced.log_writes, b"", tmp_path / "copy")
    seen, wrong = judge(traced, transactions, acknowledged)
    assert_all_found_out(seen, wrong, acknowledged)
    assert records_between_commits(transactions) >= PASSWORDS


def assert_all_found_out(seen, wrong, acknowledged):
    assert seen == len(acknowledged)
    assert wrong.keys() == acknowledged.keys()
    assert all("no sync of the log began after" in reason for reason in wrong.values()), wrong


def records_between_commits(transactions):
    """How many transactions between the first commit and the last were none."""
    commits = [number for number, transaction in enumerate(transactions) if transaction.appended]
    return commits[-1] + 1 - commits[0] - len(commits)


def test_a_sync_that_began_too_early_is_found_out():
    """The judge itself: a sync proves only what was written before it began."""

    def call(name, begin, end, result=0):
        return system_calls.Call(1, name, "-wal", b"", begin, end, result)

    def judged(*syncs):
        traced = system_calls.Trace(log_syncs=list(syncs))
        return system_calls.unsynced(traced, call("pwrite64", 10, 12), call("sendto", 30, 31))

    assert judged(call("fdatasync", 13, 20)) is None
    for early_or_late in [(5, 9), (11, 20), (13, 30), (32, 33)]:
        assert judged(call("fdatasync", *early_or_late)) is not None, early_or_late
    assert judged() is not None
    assert judged(call("fdatasync", 13, 20, result=-1)) is not None


def test_a_commit_is_known_by_its_row_wherever_that_lies(tmp_path):
    """The judge itself: a row may go over from one page to the next at any place, and what it says
    is written again by transactions that are not its commit."""
    # SQLite keeps about so much of a row of this length on the first page.
    length, first = 7100, 3008
    markers = {before: f"marked-{before}-user" for before in range(first - 40, first + 10)}
    texts = [("x" * before + f'"{marker}"').ljust(length, "x") for before, marker in markers.items()]
    database = sqlite3.connect(tmp_path / "database", isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    database.execute("CREATE TABLE log (writes TEXT)")
    database.execute("CREATE TABLE record (body TEXT)")
    for text in texts:
        database.execute("INSERT INTO log VALUES (?)", [text])
        database.execute("INSERT INTO record VALUES (?)", [text])
    log = (tmp_path / "database-wal").read_bytes()
    database.close()
    assert not all(marker.encode() in log for marker in markers.values()), "no page ends in a marker"

    writes = list(writes_of(log))
    found = write_ahead_log.transactions(writes, b"", tmp_path / "copy")
    assert [found.appended for found in found[2:]] == [rows for text in texts for rows in ([text], [])]
    assert all(map(appends, found[2::2], markers.values()))
    # The last is there with the last of its bytes, and not before.
    assert found[-1].end is writes[-1]
    cut = write_ahead_log.transactions(writes[:-1], b"", tmp_path / "copy")
    assert len(cut) == len(found) - 1
    # What an earlier use of the file left behind is not there.
    stale = [*writes, dataclasses.replace(writes[0], data=other_salt(log))]
    assert len(write_ahead_log.transactions(stale, b"", tmp_path / "copy")) == len(found)


def writes_of(log):
    """The writes that make such a log."""
    ends = [0, write_ahead_log.HEADER]
    while ends[-1] < len(log):
        ends += [ends[-1] + write_ahead_log.FRAME_HEADER, ends[-1] + write_ahead_log.FRAME_HEADER + 4096]
    for number, (at, end) in enumerate(itertools.pairwise(ends)):
        yield system_calls.Call(1, "pwrite64", "-wal", log[at:end], number, number, end - at, at)


def other_salt(log):
    """The header of a log that begins anew in the same file."""
    header = log[:16] + bytes(byte ^ 1 for byte in log[16:24])
    checksum = write_ahead_log.Log()
    checksum.order = write_ahead_log.BYTE_ORDERS[struct.unpack(">I", log[:4])[0]]
    return header + struct.pack(">II", *checksum.sum_up((0, 0), header))


def read_when_complete(output):
    """The tracer writes on for a moment after the program has ended."""
    deadline = time.monotonic() + 20
    while "+++ exited with 0 +++" not in output.read_text(encoding="latin-1")[-1000:]:
        assert time.monotonic() < deadline, "the trace has no end"
        time.sleep(0.05)
    return system_calls.read(output)


def work(server, key, secret):
    """Changes many things: first many at once, then one after the other, with pauses. Gives, by the
    id of each acknowledged request, a text that stands in its commit; `None` for those that nobody
    else asked beside."""
    begun = time.monotonic()

    def make_users(number):
        signer = Signer(server.address, key, secret)
        made = {}
        while time.monotonic() < begun + STEADY:
            name = f"marked-{number}-{len(made)}-user"
            answer = signer.call("CreateUser", UserName=name)
            assert answer.status == 200, answer.body
            made[answer.request_id] = name
            if time.monotonic() < begun + LEISURELY:
                time.sleep(PAUSE)
        return made

    acknowledged = {}
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for made in pool.map(make_users, range(CLIENTS)):
            assert len(made) > 1, "the clients hardly worked"
            acknowledged |= made
    signer = Signer(server.address, key, secret)

    def change(action, **members):
        answer = signer.call(action, UserName="Bob", **members)
        assert answer.status == 200, answer.body
        acknowledged[answer.request_id] = None

    change("CreateUser")
    change("CreateLoginProfile", Password="Password-first-1")
    for number in range(PASSWORDS):
        # Right after the change before, and after a pause in which the records were written.
        change("UpdateLoginProfile", Password=f"Password-soon-{number}")
        time.sleep(QUIET)
        change("UpdateLoginProfile", Password=f"Password-late-{number}")
    return acknowledged


def judge(traced, transactions, acknowledged):
    """How many acknowledgements were seen in the trace, and what is wrong with some of them."""
    commits = [transaction for transaction in transactions if transaction.appended]
    seen, wrong, previous = 0, {}, None
    for answer in traced.answers:
        request = next((known for known in acknowledged if known.encode() in answer.data), None)
        if request is None:
            continue
        seen += 1
        marker = acknowledged[request]
        if marker is not None:
            own = [commit for commit in commits if appends(commit, marker)]
        else:
            # Nobody else asks meanwhile: it is the one commit since the previous answer.
            own = [commit for commit in commits if previous.end < commit.end.end < answer.begin]
        if len(own) == 1:
            reason = system_calls.unsynced(traced, own[0].end, answer)
        else:
            reason = f"{len(own)} commits were written, not one"
        if reason:
            wrong[request] = reason
        previous = answer
    return seen, wrong


def appends(commit, marker):
    return any(f'"{marker}"' in writes for writes in commit.appended)
