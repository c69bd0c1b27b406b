"""`keyward policy check`: what people see of a policy that is wrong."""

import json
import subprocess

import pytest

from support.program import PROGRAM, run

FINE = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}}
LARGEST_FILE = 8 * 1024 * 1024


@pytest.fixture
def file(tmp_path):
    """Writes a policy and gives its path."""
    count = iter(range(100))

    def write(policy):
        path = tmp_path / f"policy-{next(count)}.json"
        if isinstance(policy, bytes):
            path.write_bytes(policy)
        else:
            path.write_text(policy if isinstance(policy, str) else json.dumps(policy), encoding="utf-8")
        return path

    return write


def test_a_policy_that_is_fine_is_told_with_its_size(file):
    path = file(FINE)
    done = run("policy", "check", path)
    size = len(json.dumps(FINE).replace(" ", ""))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"{path}: ok ({size} characters, at most 6144 managed")


def test_a_fault_is_told_with_its_place_and_underlined(file):
    text = '{"Version": "2012-10-17",\n\t"Statement": {"Effect": "Allow",\n\t\t"Action": "é", "Resource": "bucket"}}'
    path = file(text)
    done = run("policy", "check", path)
    assert done.returncode == 1
    place, line, carets, reason = done.stdout.splitlines()
    assert place == f'{path}:3:30: Resource bucket must be in ARN format or "*".'
    assert "\t" not in line and line.startswith("  3 | ")
    start = line.index('"bucket"')
    assert carets == "    | ".ljust(start) + "^" * len('"bucket"')
    assert "bucket" in reason


@pytest.mark.parametrize("text", ["", "{", "[]", '{"Version":', "\ufeff{}", "nul\0", "[" * 100_000])
def test_what_is_no_policy_is_a_fault_and_no_more(file, text):
    done = run("policy", "check", file(text))
    assert (done.returncode, done.stderr) == (1, "")
    assert ":1:" in done.stdout and "^" in done.stdout


def test_all_files_are_checked_and_the_worst_makes_the_exit_code(file):
    fine, faulty = file(FINE), file("{}")
    done = run("policy", "check", fine, faulty, fine)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stdout.splitlines() if line.startswith("/")] == [
        str(fine),
        str(faulty),
        str(fine),
    ]


@pytest.mark.parametrize("what", ["absent", "folder", "not UTF-8", "huge"])
def test_a_file_that_cannot_be_read_is_told_and_the_others_are_checked(file, tmp_path, what):
    bad = {
        "absent": lambda: tmp_path / "absent.json",
        "folder": lambda: tmp_path,
        "not UTF-8": lambda: file(b'{"Id": "\xff"}'),
        "huge": lambda: file(b" " * (LARGEST_FILE + 1)),
    }[what]()
    fine = file(FINE)
    done = run("policy", "check", bad, file("{}"), fine)
    assert done.returncode == 2
    assert f"`{bad}` can't be read: " in done.stderr
    assert f"{fine}: ok" in done.stdout


def test_standard_input_is_checked_too():
    done = subprocess.run(
        [PROGRAM, "policy", "check", "-"], input=b'{"Id": 5}', capture_output=True, timeout=20, check=False
    )
    assert done.returncode == 1
    assert done.stdout.startswith(b"<stdin>:1:8: Syntax errors in policy.\n")


PRINCIPAL = {"Principal": {"AWS": "111122223333"}}
TRUST = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **PRINCIPAL, "Action": "sts:AssumeRole"}}
DENY_ALL = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}


@pytest.mark.parametrize(
    ("kind", "fine", "faulty"),
    [
        ("identity", FINE, TRUST),
        ("session", FINE, TRUST),
        ("trust", TRUST, FINE),
        ("resource", {"Statement": DENY_ALL}, {"Statement": {**DENY_ALL, "Effect": "Never"}}),
        ("service-control", FINE, TRUST),
        ("resource-control", {"Version": "2012-10-17", "Statement": DENY_ALL}, FINE),
        ("endpoint", {"Statement": DENY_ALL}, {"Statement": {**DENY_ALL, "Effect": "Never"}}),
    ],
)
def test_each_kind_has_rules_of_its_own(file, kind, fine, faulty):
    done = run("policy", "check", "--kind", kind, file(fine))
    assert done.returncode == 0, done.stdout
    done = run("policy", "check", "--kind", kind, file(faulty))
    assert done.returncode == 1, done.stdout


def test_what_is_too_large_for_its_kind_is_faulty(file):
    large = {**TRUST, "Id": "x" * 2048}
    done = run("policy", "check", "--kind", "trust", file(large))
    assert done.returncode == 1
    assert "too large" in done.stdout and "2048" in done.stdout


@pytest.mark.parametrize("arguments", [[], ["--kind", "other", "a.json"], ["--what", "a.json"]])
def test_a_wrong_command_line_is_told(arguments):
    assert run("policy", "check", *arguments).returncode == 2


def test_nothing_in_a_policy_steers_the_terminal(file):
    done = run("policy", "check", file('{"\x1b[31m\u202e": 1}'))
    assert done.returncode == 1
    assert "\x1b" not in done.stdout.splitlines()[1]
