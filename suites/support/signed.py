"""Requests signed here, for what clients can't be made to send and for speed."""

import contextlib
import datetime
import hashlib
import hmac
import http.client
import re
from urllib.parse import quote, urlencode

VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


class Answer:
    """What came back for a request."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read().decode()

    @property
    def code(self):
        return self._element("Code")

    @property
    def message(self):
        return self._element("Message")

    @property
    def request_id(self):
        return self._element("RequestId")

    def _element(self, name):
        found = re.search(f"<{name}>(.*?)</{name}>", self.body, re.DOTALL)
        return found.group(1) if found else None


class Signer:
    """One connection, one key."""

    def __init__(self, address, key="test", secret="test", service="iam"):
        self.address, self.key, self.secret, self.service = address, key, secret, service
        self.connection = http.client.HTTPConnection(address, timeout=60)

    def close(self):
        self.connection.close()

    def call(self, action, **members):
        """Sends an operation whose members are all texts."""
        return self.post(urlencode({"Action": action, "Version": VERSIONS[self.service], **members}))

    def post(self, body, *, path="/", headers=None, at=None):
        """Sends a form as it stands, signed for the moment `at` (now if not given)."""
        form = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", **(headers or {})}
        return self.send("POST", path, body.encode(), form, at)

    def get(self, query, *, headers=None, at=None):
        return self.send("GET", f"/?{query}", b"", headers or {}, at)

    def send(self, method, target, body, headers, at=None):
        signature = authorization(self, method, target, body, at or now())
        self.connection.request(method, target, body=body, headers={**headers, **signature})
        return Answer(self.connection.getresponse())


def now():
    return datetime.datetime.now(datetime.UTC)


def authorization(signer, method, target, body, at):
    """The headers that sign a request; `host` and `x-amz-date` are signed."""
    stamp = at.strftime("%Y%m%dT%H%M%SZ")
    path, _, query = target.partition("?")
    parts = (part.partition("=") for part in query.split("&") if part)
    canonical_query = "&".join(sorted(f"{name}={value}" for name, _, value in parts))
    canonical = "\n".join(
        [
            method,
            path,
            canonical_query,
            f"host:{signer.address}",
            f"x-amz-date:{stamp}",
            "",
            "host;x-amz-date",
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{stamp[:8]}/us-east-1/{signer.service}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{signer.secret}".encode()
    for part in [*scope.split("/"), f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return {
        "X-Amz-Date": stamp,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={signer.key}/{scope}, "
        f"SignedHeaders=host;x-amz-date, Signature={key.hex()}",
    }


def form(action, service="iam", **members):
    """A form with names and values percent-encoded."""
    return encode({"Action": action, "Version": VERSIONS[service], **members})


def encode(members):
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in members.items())


def once(address, body, **who):
    """Sends one form over a connection of its own."""
    with contextlib.closing(Signer(address, **who)) as signer:
        return signer.post(body)
