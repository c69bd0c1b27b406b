"""Sees to it that `@provokes(..)` is true, since docs/coverage.md is written from these marks."""

import re
from pathlib import Path

# As `cargo xtask gen` reads it, too: in one line, with plain texts.
MARK = re.compile(r'\bprovokes\("(\w+)"((?:, "\w+")+)\)')

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"

# Nobody here, nor IAM or STS at AWS, encodes a message that it could decode; its refusals are tested.
REFUSED_WHATEVER_IS_ASKED = {"DecodeAuthorizationMessage"}


def marks(item):
    """The operations and codes that a test is marked with."""
    return {(mark.args[0], code) for mark in item.iter_markers("provokes") for code in mark.args[1:]}


def check_seen(item, seen):
    absent = marks(item) - seen
    assert not absent, f"marked as provoked and never refused so: {sorted(absent)}"


def check_marks(items):
    """Every mark in a file belongs to a test that runs, and every mark of a test is in a file."""
    collected = {}
    for item in items:
        collected.setdefault(item.path, set()).update(marks(item))
    for path, of_tests in collected.items():
        written = marks_in(path)
        assert written == of_tests, f"{path}: marks that no test has, or the reverse: {sorted(written ^ of_tests)}"


def marks_in(path):
    found = MARK.findall(Path(path).read_text())
    return {(operation, code) for operation, codes in found for code in re.findall(r"\w+", codes)}


def never_done(done):
    """The operations that the coverage page calls done and that no client's call has done, though one could."""
    rows = re.findall(r"^\| \[`(\w+)`\].* \| done \|$", COVERAGE.read_text(), re.MULTILINE)
    assert rows, "the coverage page has another form"
    return set(rows) - done - REFUSED_WHATEVER_IS_ASKED


def never_skipped(item, report):
    """A test that coverage rests on may not be skipped."""
    if report.skipped and marks(item):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} is marked as provoking and was skipped"
    return report
