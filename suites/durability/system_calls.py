"""Reads what `strace` wrote, and judges whether each answer waited for the disk.

The claim to be shown: between the last write of a commit to the write-ahead log and the answer that
acknowledges it lies a whole sync of the log, from its beginning to its end. A sync that began before
that last write proves nothing of it.
"""

import re
from dataclasses import dataclass, field

TRACED = "fsync,fdatasync,pwrite64,write,sendto,writev"
# How the name of the log's file ends.
LOG = "-wal"

_WHOLE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)(?: .*)?$", re.DOTALL)
_BEGUN = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$", re.DOTALL)
_ENDED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)(?: .*)?$", re.DOTALL)
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass
class Call:
    """One system call. `begin` and `end` count lines of the trace."""

    thread: int
    name: str
    file: str
    data: bytes
    begin: int
    end: int = 0
    result: int = -1
    offset: int = 0
    """Where in the file, for a `pwrite64`."""


@dataclass
class Trace:
    """What matters of a trace, in the order in which it began."""

    log_writes: list = field(default_factory=list)
    log_syncs: list = field(default_factory=list)
    answers: list = field(default_factory=list)


def read(path):
    """Reads a trace that was made with `-f -y`."""
    trace, open_calls = Trace(), {}
    for position, line in enumerate(path.read_text(encoding="latin-1").splitlines()):
        if whole := _WHOLE.match(line):
            thread, name, arguments, result = whole.groups()
            call = begin(thread, name, arguments, position)
            finish(trace, call, position, result)
        elif begun := _BEGUN.match(line):
            thread, name, arguments = begun.groups()
            open_calls[thread] = begin(thread, name, arguments, position)
        elif ended := _ENDED.match(line):
            thread, name, arguments, result = ended.groups()
            call = open_calls.pop(thread)
            assert call.name == name, line
            call.data += data_of(arguments)
            finish(trace, call, position, result)
    for calls in [trace.log_writes, trace.log_syncs, trace.answers]:
        calls.sort(key=lambda call: call.begin)
    return trace


def begin(thread, name, arguments, position):
    file = re.match(r"\d+<(.*?)>(?:,|$)", arguments)
    call = Call(int(thread), name, file.group(1) if file else "", data_of(arguments), position)
    if name == "pwrite64":
        # All of it is shown when the call begins.
        call.offset = int(arguments.rpartition(", ")[2])
    return call


def data_of(arguments):
    """The bytes that a call was given."""
    parts = [part.encode("latin-1").decode("unicode_escape") for part in _TEXT.findall(arguments)]
    return "".join(parts).encode("latin-1")


def finish(trace, call, position, result):
    call.end, call.result = position, int(result)
    is_log = call.file.endswith(LOG)
    if call.name in ("fsync", "fdatasync"):
        if is_log:
            trace.log_syncs.append(call)
    elif is_log:
        assert call.result in (len(call.data), -1), "the trace does not show all that was written"
        if call.result > 0:
            trace.log_writes.append(call)
    elif call.data.startswith(b"HTTP/1.1 "):
        trace.answers.append(call)


def unsynced(trace, commit_end, answer):
    """Why an answer did not wait for the disk, or `None`."""
    if answer.begin <= commit_end.end:
        return "the answer was sent before the commit was written"
    for sync in trace.log_syncs:
        if sync.begin > commit_end.end and sync.end < answer.begin and sync.result == 0:
            return None
    return "no sync of the log began after the commit's last write and ended before the answer"
