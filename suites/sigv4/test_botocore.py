"""`keyward sigv4 check` against the signers of botocore.

Random requests are signed by botocore in the header form and in the presigned form; each must be
valid. Then one thing of it is changed at a time, and each of those must be refused with the right
code. KEYWARD names the program; SIGV4_CASES how many requests to make (300 unless set) and
SIGV4_SEED from which seed.
"""

import datetime
import json
import os
import random
import string
import subprocess
from unittest import mock
from urllib.parse import quote, urlsplit

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CASES = int(os.environ.get("SIGV4_CASES", "300"))
SEED = int(os.environ.get("SIGV4_SEED", "20260101"))
MISMATCH = "SignatureDoesNotMatch"
OTHER_KEY = "InvalidClientTokenId"
WORDS = ["a", "b", "Bob", "x y", "a+b", "=", "&", "%", "%41", "ü", "名前", "🔑", "~", "*", "/", "", ":", "'"]


def test_answers_agree_with_botocore():
    chance = random.Random(SEED)
    cases = [case for _ in range(CASES) for case in signed_and_tampered(chance)]
    assert sum(1 for case in cases if case["expected"] is None) == CASES
    answers = check([case["line"] for case in cases])
    wrong = [
        {"expected": case["expected"], "got": answer, "what": case["what"], "line": case["line"]}
        for case, answer in zip(cases, answers, strict=True)
        if answer != verdict(case["expected"])
    ]
    assert not wrong, json.dumps(wrong[:3], indent=2, ensure_ascii=False)


@pytest.mark.parametrize("line", ["", "{", "[]", "{}", '{"request": "GET / HTTP/1.1\\n\\n"}'])
def test_a_line_that_cannot_be_read_is_answered_too(line):
    assert check_raw([line]) == [{"valid": False, "error": "InvalidLine"}]


def verdict(error):
    return {"valid": True} if error is None else {"valid": False, "error": error}


def check(lines):
    return check_raw([json.dumps(line) for line in lines])


def check_raw(lines):
    """One run of the program over all lines; one answer a line."""
    done = subprocess.run(
        [os.environ["KEYWARD"], "sigv4", "check"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    return [json.loads(answer) for answer in done.stdout.splitlines()]


def signed_and_tampered(chance):
    """One signed request, and it with one thing changed, for each thing there is."""
    request, line = sign(chance)
    yield {"what": "right", "line": render(request, line, chance), "expected": None}
    for what, expected, change_request, change_line in tamperings(request, line, chance):
        changed = {**request, "headers": [list(header) for header in request["headers"]]}
        changed_line = dict(line)
        change_request(changed)
        change_line(changed_line)
        yield {"what": what, "line": render(changed, changed_line, chance), "expected": expected}


def sign(chance):
    """Signs a random request. Gives its parts as they go over the wire, and the line without it."""
    # Botocore's clock tells UTC and does not say so.
    now = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=chance.randrange(10**8))  # noqa: DTZ001
    age = datetime.timedelta(seconds=chance.randrange(-900, 901))
    token = chance.choice([None, "".join(chance.choices(string.ascii_letters + "+/=", k=80))])
    region, service = chance.choice(["us-east-1", "eu-west-1"]), chance.choice(["iam", "sts", "service"])
    credentials = Credentials("AKIDEXAMPLE", "".join(chance.choices(string.ascii_letters + "+/", k=40)), token)
    presigned = chance.random() < 0.5

    method = "GET" if presigned else chance.choice(["GET", "POST", "PUT", "DELETE"])
    host = chance.choice(["iam.amazonaws.com", "127.0.0.1:4566", "localhost"])
    params = [(word(chance), word(chance)) for _ in range(chance.randrange(4))]
    if params and not presigned:
        params.append((params[0][0], word(chance)))
    # A query in the URL is signed by botocore as it stands: decoded by nobody, a plus is a plus.
    in_url = "" if presigned or params else chance.choice(["", "?b=x+y&a", "?a=b:c&a=%7e&&A=/", "?=&b=2&a=1"])
    body = "" if method == "GET" else chance.choice(["", "Action=GetUser&UserName=B%C3%B6b", "ü\r\n\n x\n"])
    headers = {f"X-{name}": header_value(chance) for name in chance.sample(["A", "b-C", "Amz-Meta"], k=2)}
    if chance.random() < 0.3 and not presigned:
        headers["Date"] = "to be set by the signer"

    aws = AWSRequest(
        method=method,
        url=f"http://{host}{path(chance)}{in_url}",
        headers=headers,
        data=body.encode(),
        params=dict(params) if presigned else params,
    )
    signer = (
        auth.SigV4QueryAuth(credentials, service, region, expires=chance.randrange(901, 604801))
        if presigned
        else auth.SigV4Auth(credentials, service, region)
    )
    with mock.patch.object(auth, "get_current_datetime", return_value=now - age):
        signer.add_auth(aws)

    parts = urlsplit(aws.url)
    query = parts.query if presigned or in_url else encode_query(params)
    request = {
        "method": method,
        "path": parts.path,
        "query": query,
        "headers": [["Host", host], *[[name, value] for name, value in aws.headers.items()]],
        "body": body,
        "presigned": presigned,
        "fields": list(headers),
    }
    line = {
        "access_key_id": credentials.access_key,
        "secret_access_key": credentials.secret_key,
        "session_token": token,
        "region": region,
        "service": service,
        "now": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "normalize_path": True,
    }
    if token is None and chance.random() < 0.5:
        del line["session_token"]
    if chance.random() < 0.5:
        del line["normalize_path"]
    if chance.random() < 0.2:
        line["comment"] = {"unknown": ["members", "are", "ignored"]}
    return request, line


def tamperings(request, line, chance):
    """(what, the expected code, a change of the request, a change of the line)"""

    def same(_):
        pass

    def put(member, value):
        return lambda changed: changed.__setitem__(member, value)

    def everywhere(old, new, safe=""):
        """Replaces text in the Authorization header or, percent-encoded, in the query."""

        def change(changed):
            before = changed["query"], [list(header) for header in changed["headers"]]
            changed["query"] = changed["query"].replace(quote(old, safe), quote(new, safe))
            for header in changed["headers"]:
                if header[0] == "Authorization":
                    header[1] = header[1].replace(old, new)
            assert before != (changed["query"], changed["headers"]), (old, new)

        return change

    def edit(name, edit_value):
        def change(changed):
            header = next(h for h in changed["headers"] if h[0].lower() == name.lower())
            header[1] = edit_value(header[1])

        return change

    def drop(name):
        return lambda changed: changed.__setitem__(
            "headers", [h for h in changed["headers"] if h[0].lower() != name.lower()]
        )

    yield "method", MISMATCH, put("method", "PATCH"), same
    yield "path", MISMATCH, put("path", request["path"] + "x"), same
    more = request["query"] + "&x=y" if request["query"] else "x=y"
    yield "query", MISMATCH, put("query", more), same
    yield "body", MISMATCH, put("body", request["body"] + "x"), same
    for name in ["Host", *[name for name in request["fields"] if name != "Date"]]:
        yield f"header {name}", MISMATCH, edit(name, lambda value: value + "x"), same
        yield f"no header {name}", MISMATCH, drop(name), same

    signature = signature_of(request)
    at = chance.randrange(64)
    flipped = signature[:at] + format(int(signature[at], 16) ^ (1 << chance.randrange(4)), "x") + signature[at + 1 :]
    yield "signature bit", MISMATCH, everywhere(signature, flipped), same
    if signature.upper() != signature:
        yield "signature in capitals", MISMATCH, everywhere(signature, signature.upper()), same
    yield "signature cut", MISMATCH, everywhere(signature, signature[:-1]), same

    yield "key id", OTHER_KEY, everywhere("AKIDEXAMPLE/", "AKIDEXAMPLF/"), same
    yield "another key id", OTHER_KEY, same, put("access_key_id", "AKIDEXAMPLF")
    yield "another secret", MISMATCH, same, put("secret_access_key", line["secret_access_key"] + "x")
    yield "another region", MISMATCH, same, put("region", "us-west-2")
    yield "another service", MISMATCH, same, put("service", "s3x")
    yield "scope region", MISMATCH, everywhere(f"/{line['region']}/", "/us-west-2/"), same
    yield "scope end", MISMATCH, everywhere("/aws4_request", "/aws5_request"), same

    token = line.get("session_token")
    yield "another token", OTHER_KEY, same, put("session_token", "another" if token is None else token + "x")
    if token is not None:
        yield "no token known", OTHER_KEY, same, put("session_token", None)
        if request["presigned"]:
            yield "token sent", OTHER_KEY, everywhere(token, token + "x"), same
            yield "no token sent", OTHER_KEY, everywhere("X-Amz-Security-Token=", "X-Other=", safe="="), same
        else:
            yield "token sent", OTHER_KEY, edit("X-Amz-Security-Token", lambda value: value + "x"), same
            yield "no token sent", OTHER_KEY, drop("X-Amz-Security-Token"), same

    week = datetime.datetime.fromisoformat(line["now"].rstrip("Z")) + datetime.timedelta(days=8)
    # IAM and STS do not hear how long a presigned request wants to live.
    late = "RequestExpired" if request["presigned"] and line["service"] not in ("iam", "sts") else MISMATCH
    yield "too late", late, same, put("now", week.isoformat() + "Z")
    early = week - datetime.timedelta(days=9)
    yield "too early", MISMATCH, same, put("now", early.isoformat() + "Z")
    yield "one more header signed", MISMATCH, everywhere("SignedHeaders=", "SignedHeaders=a;", safe="="), same


def signature_of(request):
    if request["presigned"]:
        return request["query"].split("X-Amz-Signature=")[1]
    return dict(request["headers"])["Authorization"].split("Signature=")[1]


def render(request, line, chance):
    """The line with the request as HTTP text, its lines ended by CRLF or LF."""
    target = request["path"] or "/"
    if request["query"]:
        target += "?" + request["query"]
    end = chance.choice(["\r\n", "\n"])
    head = [f"{request['method']} {target} HTTP/1.1"]
    for name, value in request["headers"]:
        fold = end + " " if " " in value and chance.random() < 0.3 else " "
        gap = chance.choice(["", " ", "  "])
        written = chance.choice([name, name.lower(), name.upper()])
        head.append(f"{written}:{gap}{value.replace(' ', fold, 1)}")
    return {**line, "request": end.join(head) + end + end + request["body"]}


def encode_query(params):
    return "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in params)


def word(chance):
    return "".join(chance.choices(WORDS, k=chance.randrange(1, 4)))


def header_value(chance):
    # Visible characters with single and repeated spaces between them.
    parts = chance.choices(['"q"', "a", "b,c", "=", ";", "é"], k=chance.randrange(1, 4))
    return chance.choice([" ", "   "]).join(parts)


def path(chance):
    segments = chance.choices(
        ["", ".", "..", "a", "b c", "%41", "%2F", "ü", "a+b", "~", "x=y", "..."], k=chance.randrange(5)
    )
    text = "/" + "/".join(segments)
    # Half of the time encoded as clients send it; else as it stands, which is looser than HTTP.
    return chance.choice([text, quote(text, safe="/~%")])
