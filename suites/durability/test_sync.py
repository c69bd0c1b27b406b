"""An acknowledgement follows a sync of the log that began after its commit was written.

`kill -9` can't show that: what a killed program wrote is still in the machine's memory. So the
program is run under `strace`, and every answer is held against the syncs before it. The same is done
with a server that does not sync, which must be found out.
"""

import concurrent.futures
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

import system_calls
from program import PROGRAM, initialise, labelled
from signed import Signer

ROOT = Path(__file__).parents[2]
CLIENTS = 8
USERS_EACH = 6
PASSWORDS = 10


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
    output = tmp_path / "trace"
    arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0"]
    server = start(*arguments, command=[*strace, str(output), PROGRAM])
    acknowledged = work(server, root["key"], root["secret"])
    server.stop()
    seen, wrong = judge(read_when_complete(output), acknowledged)
    assert seen == len(acknowledged) == CLIENTS * USERS_EACH + 1 + 1 + PASSWORDS
    assert not wrong, wrong


def test_a_server_that_does_not_wait_is_found_out(start, strace, unsynced_server, tmp_path):
    output = tmp_path / "trace"
    server = start(tmp_path / "data", command=[*strace, str(output), str(unsynced_server)])
    root = labelled("\n".join(server.printed))
    acknowledged = work(server, root["key"], root["secret"])
    server.stop()
    seen, wrong = judge(read_when_complete(output), acknowledged)
    assert seen == len(acknowledged)
    assert len(wrong) == len(acknowledged)
    assert all("no sync of the log began after" in reason for reason in wrong.values()), wrong


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


def read_when_complete(output):
    """The tracer writes on for a moment after the program has ended."""
    deadline = time.monotonic() + 20
    while "+++ exited with 0 +++" not in output.read_text(encoding="latin-1")[-1000:]:
        assert time.monotonic() < deadline, "the trace has no end"
        time.sleep(0.05)
    return system_calls.read(output)


def work(server, key, secret):
    """Changes many things, some of them at once. Gives, by the id of each acknowledged request, a
    text that stands in its commit; `None` where its commit is the last before the answer."""

    def make_users(number):
        signer = Signer(server.address, key, secret)
        names = [f"marked-{number}-{serial}-user" for serial in range(USERS_EACH)]
        answers = [signer.call("CreateUser", UserName=name) for name in names]
        assert [answer.status for answer in answers] == [200] * USERS_EACH
        return {answer.request_id: name.encode() for answer, name in zip(answers, names, strict=True)}

    acknowledged = {}
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for made in pool.map(make_users, range(CLIENTS)):
            acknowledged |= made
    signer = Signer(server.address, key, secret)
    alone = [
        signer.call("CreateUser", UserName="Bob"),
        signer.call("CreateLoginProfile", UserName="Bob", Password="Password-first-1"),
        *(signer.call("UpdateLoginProfile", UserName="Bob", Password=f"Password-{n}") for n in range(PASSWORDS)),
    ]
    assert [answer.status for answer in alone] == [200] * len(alone)
    return acknowledged | {answer.request_id: None for answer in alone}


def judge(traced, acknowledged):
    """How many acknowledgements were seen in the trace, and what is wrong with some of them."""
    commits = system_calls.commits(traced)
    seen, wrong, previous = 0, {}, None
    for answer in traced.answers:
        request = next((id for id in acknowledged if id.encode() in answer.data), None)
        if request is None:
            continue
        seen += 1
        marker = acknowledged[request]
        if marker is not None:
            end = next((end for data, end in commits if marker in data), None)
        else:
            # Nobody else asks meanwhile: the commit lies between the previous answer and this one.
            after = previous.end if previous else 0
            between = [end for _, end in commits if after < end.end and end.begin < answer.begin]
            end = between[-1] if between else None
        reason = "no commit was written" if end is None else system_calls.unsynced(traced, end, answer)
        if reason:
            wrong[request] = reason
        previous = answer
    return seen, wrong
