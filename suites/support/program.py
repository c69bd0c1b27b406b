"""The program under test: started, waited for, stopped; and its clients.

`KEYWARD` names the program. Nothing here retries: a test sees the first answer.
"""

import contextlib
import functools
import http.client
import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import boto3
import botocore.session
from botocore.config import Config

PROGRAM = os.environ.get("KEYWARD", "")
READY = "keyward ready on "
START_SECONDS = 20
STOP_SECONDS = 10
DEFAULT_ACCOUNT = "000000000000"
# The operations that an SDK's call has done.
done = set()


class Server:
    """A running `keyward dev`, `keyward serve`, or another program that says when it is ready."""

    def __init__(self, arguments, environment=None, command=None, log=None, ready=READY):
        """Starts the program and waits until it is ready. `command` stands for the program where it
        is another or is run by something; `log` is a file for its standard error; `ready` is what it
        says before its URL when it is ready."""
        self.ready = ready
        self.log = Path(log) if log else None
        stderr = self.log.open("ab") if self.log else subprocess.DEVNULL
        self.process = subprocess.Popen(
            [*(command or [PROGRAM]), *arguments],
            stdout=subprocess.PIPE,
            stderr=stderr,
            encoding="utf-8",
            env=clean_environment(environment),
        )
        self.printed = []
        self._ready = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        if not self._ready.wait(START_SECONDS) or not self.is_ready:
            self.process.kill()
            raise AssertionError(f"the program did not get ready: {self.printed} {self._log_text()}")

    @property
    def is_ready(self):
        return any(line.startswith(self.ready) for line in self.printed)

    @property
    def endpoint(self):
        return next(line for line in self.printed if line.startswith(self.ready)).removeprefix(self.ready)

    @property
    def address(self):
        """`host:port`."""
        return self.endpoint.split("/")[2]

    def stop(self):
        """Asks it to stop; it must do so in good order."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError("the program does not stop when told to") from None
        assert code == 0, f"exit code {code}: {self._log_text()}"

    def kill(self):
        """`kill -9`."""
        self.process.kill()
        self.process.wait()

    def client(self, service="iam", key="test", secret="test", **options):
        return client(self.endpoint, service, key, secret, **options)

    def http(self, method, path, body=None, headers=None):
        """One plain request. Gives the status, the headers and the body."""
        with contextlib.closing(http.client.HTTPConnection(self.address, timeout=60)) as connection:
            connection.request(method, path, body=body, headers=headers or {})
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def dev(self, method, path, body=None):
        """A request to `/_keyward/..`, which must be done. Gives what the JSON says."""
        status, answer = self.try_dev(method, path, body)
        assert status in (200, 201), (status, answer)
        return answer

    def try_dev(self, method, path, body=None):
        text = body if isinstance(body, (str, bytes, type(None))) else json.dumps(body)
        status, _, answer = self.http(method, f"/_keyward/{path}", text)
        return status, json.loads(answer)

    def reset(self):
        """Everything back to empty, the clock included."""
        self.dev("POST", "reset")

    def _read(self):
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))
            if line.startswith(self.ready):
                self._ready.set()
        self._ready.set()

    def _log_text(self):
        return self.log.read_text(errors="replace")[-2000:] if self.log and self.log.exists() else ""


class Clock:
    """The told clock of a `dev` server."""

    def __init__(self, server):
        self.server = server

    def now(self):
        return self.server.dev("GET", "clock")["now"]

    def set(self, time):
        return self.server.dev("POST", "clock", {"set": time})["now"]

    def advance(self, span):
        return self.server.dev("POST", "clock", {"advance": span})["now"]


def run(*arguments, environment=None, timeout=20):
    """Runs the program to its end."""
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        timeout=timeout,
        env=clean_environment(environment),
        check=False,
    )


def initialise(folder, *options, environment=None):
    """`keyward init`. Gives what it printed, by label."""
    done = run("init", "--data", folder, *options, environment=environment)
    assert done.returncode == 0, done.stderr
    return labelled(done.stdout)


def labelled(text):
    """The root credentials that `init` and `account create` print."""
    labels = {
        "Account": "account",
        "Root user": "email",
        "Root password": "password",
        "Access key id": "key",
        "Secret access key": "secret",
    }
    found = {}
    for line in text.splitlines():
        for label, name in labels.items():
            if line.startswith(f"{label} "):
                found[name] = line.removeprefix(label).strip()
    return found


def clean_environment(extra=None):
    """The environment without what would steer the program or its clients."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KEYWARD_", "AWS_"))}
    return {**kept, **(extra or {})}


def client(endpoint, service="iam", key="test", secret="test", *, token=None, verify=None, **config):
    """A boto3 client that asks once and checks nothing itself."""
    settings = {"retries": {"total_max_attempts": 1}, "parameter_validation": False, "read_timeout": 20}
    made = _session().client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        verify=verify,
        config=Config(**{**settings, **config}),
    )
    made.meta.events.register("after-call", _note_done)
    return made


def _note_done(http_response, model, **_):
    if http_response.status_code == 200:
        done.add(model.name)


@functools.cache
def _session():
    # One session for all: it keeps the service models that it has read.
    return boto3.Session(botocore_session=botocore.session.Session())
