"""`keyward policy evaluate`: questions in, answers out, line by line."""

import json
import subprocess
from pathlib import Path

import pytest

from support.program import PROGRAM, run

CORPUS = Path(__file__).parents[2] / "crates" / "policy" / "corpus"
ALICE = "arn:aws:iam::111122223333:user/alice"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}
LONGEST_LINE = 8 * 1024 * 1024


def ask(*lines, options=()):
    """Puts lines to the program. Gives its exit code and its answers."""
    data = b"".join((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines)
    done = subprocess.run(
        [PROGRAM, "policy", "evaluate", *options], input=data, capture_output=True, timeout=60, check=False
    )
    assert done.stderr == b""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def question(**more):
    return {"principal": ALICE, "action": "s3:GetObject", "resource": "arn:aws:s3:::bucket/key", **more}


def test_every_case_of_the_corpus_is_answered_as_it_was_worked_out():
    cases = [case for file in sorted(CORPUS.glob("*.json")) for case in json.loads(file.read_text("utf-8"))]
    assert len(cases) >= 200
    code, answers = ask(*[case["question"] for case in cases])
    assert code == 0
    wrong = []
    for case, answer in zip(cases, answers, strict=True):
        found = [
            [told["policyType"], *([told["level"]] if "level" in told else []), told["policy"], told["statement"]]
            for told in answer["matchedStatements"]
        ]
        got = answer["decision"], answer["decidedBy"], sorted(found)
        if got != (case["decision"], case["decidedBy"], sorted(case["deciding"])):
            wrong.append((case["why"], got))
    assert not wrong, wrong


def test_an_answer_has_all_its_members():
    code, answers = ask(question(identityPolicies=[ALLOW]))
    assert code == 0
    text = json.dumps(ALLOW)
    start = text.index('{"Sid"') + 1
    matched = {
        "policyType": "identityPolicies",
        "policy": 0,
        "statement": 0,
        "sid": "All",
        "effect": "Allow",
        "start": {"line": 1, "column": start},
        "end": {"line": 1, "column": text.index("}]") + 2},
    }
    assert answers == [
        {
            "decision": "allowed",
            "decidedBy": "identityPolicies",
            "matchedStatements": [matched],
            "missingContextKeys": [],
        }
    ]


def test_keys_that_are_missing_are_told():
    policy = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Action": "s3:*",
            "Resource": "arn:aws:s3:::bucket/${aws:PrincipalTag/team}",
            "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1", "aws:username": "alice"}},
        },
    }
    _, answers = ask(question(identityPolicies=[policy], context={"aws:username": "alice"}))
    assert answers[0]["decision"] == "implicitDeny"
    assert sorted(answers[0]["missingContextKeys"]) == ["aws:PrincipalTag/team", "aws:SourceVpc"]


def test_bad_lines_get_an_error_each_and_the_rest_goes_on():
    good = question(identityPolicies=[ALLOW])
    bad = [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"x"',
        b"\xff",
        b"[" * 100_000,
        {},
        {"principal": ALICE},
        question(principal="nobody"),
        question(principal={"type": "Else"}),
        question(action=5),
        question(more=1),
        question(context={"a": {"b": "c"}}),
        question(context=[]),
        question(resourceAccount="1"),
        question(identityPolicies=ALLOW),
        question(identityPolicies=[json.dumps(ALLOW)]),
        question(identityPolicies=[{"Statement": {"Effect": "Perhaps"}}]),
        question(resourcePolicy=[ALLOW]),
        question(serviceControlPolicies=[ALLOW]),
        json.dumps(good).encode()[:-1] + b', "action": "s3:PutObject"}',
        b'{"a":"' + b"x" * LONGEST_LINE + b'"}',
    ]
    code, answers = ask(good, *[line for pair in zip(bad, [good] * len(bad), strict=True) for line in pair])
    assert code == 1
    assert len(answers) == 1 + 2 * len(bad)
    for answer in answers[0::2]:
        assert answer["decision"] == "allowed"
    for line, answer in zip(bad, answers[1::2], strict=True):
        assert list(answer) == ["error"] and list(answer["error"]) == ["message"], (line[:99], answer)
        assert answer["error"]["message"]


def test_no_line_at_all_is_no_error():
    assert ask() == (0, [])


def test_a_last_line_without_an_end_is_answered():
    done = subprocess.run(
        [PROGRAM, "policy", "evaluate"],
        input=json.dumps(question()).encode(),
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert json.loads(done.stdout)["decision"] == "implicitDeny"


def test_whoever_asks_one_line_and_waits_gets_the_answer():
    with subprocess.Popen(
        [PROGRAM, "policy", "evaluate"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        for policies, decision in [([ALLOW], "allowed"), ([], "implicitDeny")] * 3:
            process.stdin.write(json.dumps(question(identityPolicies=policies)) + "\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["decision"] == decision
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path):
    path = tmp_path / "questions"
    path.write_text((json.dumps(question(identityPolicies=[ALLOW])) + "\n") * 5000)
    with subprocess.Popen(
        [PROGRAM, "policy", "evaluate", path], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(20) == 0
        assert process.stderr.read() == b""


def test_a_file_is_read_and_one_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "questions"
    path.write_text(json.dumps(question(identityPolicies=[ALLOW])) + "\n")
    done = run("policy", "evaluate", path)
    assert (done.returncode, json.loads(done.stdout)["decision"]) == (0, "allowed")
    done = run("policy", "evaluate", tmp_path / "absent")
    assert (done.returncode, done.stdout) == (2, "")
    assert "can't be read" in done.stderr


def test_ten_thousand_questions_are_answered_one_by_one():
    code, answers = ask(*[question(identityPolicies=[ALLOW])] * 10_000)
    assert (code, len(answers)) == (0, 10_000)
    assert all(answer["decision"] == "allowed" for answer in answers)


def test_the_reasoning_is_drawn_for_people():
    boundary = {"Statement": {"Sid": "Own", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::own/*"}}
    line = json.dumps(question(identityPolicies=[ALLOW], permissionsBoundaries=[boundary]))
    done = subprocess.run(
        [PROGRAM, "policy", "evaluate", "--explain"],
        input=line + "\n{\n",
        capture_output=True,
        encoding="utf-8",
        timeout=20,
        check=False,
    )
    assert done.returncode == 1
    drawn, error = done.stdout.split("\n\n")
    assert drawn.splitlines() == [
        f"{ALICE} s3:GetObject on arn:aws:s3:::bucket/key",
        "implicitDeny by permissionsBoundaries",
        "├─ permissionsBoundaries: implicitDeny",
        "│  └─ permissionsBoundaries[0] Allow statement 0 `Own` (line 1, column 15): does not apply: the resource",
        "└─ identityPolicies: allowed",
        "   └─ identityPolicies[0] Allow statement 0 `All` (line 1, column 41): applies",
    ]
    assert "error" in json.loads(error)


@pytest.mark.parametrize("arguments", [["--what"], ["a", "b"]])
def test_a_wrong_command_line_is_told(arguments):
    assert run("policy", "evaluate", *arguments).returncode == 2
