"""What tests are given: a `dev` server with nothing in it, its clients, and the AWS CLI."""

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from support import expect, program, provoked
from support.browser import WITHOUT, Browser, why_no_browser
from support.installed import AWS
from support.people import Person, let_users_change_passwords
from support.program import Clock, Server


def pytest_sessionstart(session):
    del session
    if not Path(program.PROGRAM).is_file():
        pytest.exit("KEYWARD must name the program to be tested", returncode=2)


def pytest_collection_modifyitems(session, config, items):
    whole_files = not any("::" in argument for argument in config.args)
    if whole_files:
        provoked.check_marks(items)
    del session


def pytest_sessionfinish(session, exitstatus):
    config = session.config
    suites = Path(__file__).parent
    whole = [Path(argument).resolve() for argument in config.args] == [suites] and not config.option.keyword
    never = provoked.never_done(program.done) if whole and exitstatus == 0 else set()
    if never:
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line(f"\nnever done with boto3, whatever docs/coverage.md says: {sorted(never)}")
        session.exitstatus = 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    expect.refusals.clear()
    answer = yield
    provoked.check_seen(item, expect.refusals)
    return answer


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    del call
    report = yield
    return provoked.never_skipped(item, report)


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory):
    """One `dev` server for all tests that leave it as `reset` can mend it."""
    log = tmp_path_factory.mktemp("dev") / "log"
    server = Server(["dev", "--listen", "127.0.0.1:0"], log=log)
    yield server
    server.stop()


@pytest.fixture
def server(shared_server):
    """The shared `dev` server, with nothing in it."""
    shared_server.reset()
    return shared_server


@pytest.fixture
def iam(server):
    """IAM as the root user of the default account."""
    return server.client("iam")


@pytest.fixture
def sts(server):
    return server.client("sts")


@pytest.fixture
def clock(server):
    return Clock(server)


@pytest.fixture
def start():
    """Starts servers, and stops at the end of the test those that still run."""
    started = []

    def start_one(*arguments, **options):
        server = Server([str(argument) for argument in arguments], **options)
        started.append(server)
        return server

    yield start_one
    still_running = [server for server in started if server.process.poll() is None]
    with contextlib.ExitStack() as stack:
        # Each is stopped, also where another does not stop in good order.
        for server in still_running:
            stack.callback(server.stop)


@pytest.fixture
def make_person(server, iam):
    """Makes a user with a key of their own, and lets users change their passwords."""

    def make(name="Bob", password=None, **profile):
        let_users_change_passwords(iam)
        return Person(server, iam, name, password, **profile)

    return make


@pytest.fixture(scope="session")
def open_browser(tmp_path_factory):
    """Opens browsers; they are closed when all tests are done."""
    opened, absent = [], why_no_browser()

    def open_one(gallery, **options):
        if absent and os.environ.get(WITHOUT):
            pytest.skip(f"{absent}; {WITHOUT} is set")
        if absent:
            pytest.fail(f"{absent}; set {WITHOUT} to do without these tests", pytrace=False)
        opened.append(Browser(tmp_path_factory.mktemp("browser"), gallery, **options))
        return opened[-1]

    yield open_one
    with contextlib.ExitStack() as stack:
        for browser in opened:
            stack.callback(browser.quit)


@pytest.fixture
def aws(server, tmp_path):
    """Runs the AWS CLI against the shared server. Gives what its JSON says, `None` where it says
    nothing; with `fails`, what it says on standard error."""

    def call(*arguments, key="test", secret="test", token=None, fails=False):
        environment = {
            **({"AWS_SESSION_TOKEN": token} if token else {}),
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": server.endpoint,
            "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
            "AWS_MAX_ATTEMPTS": "1",
        }
        done = subprocess.run(
            [AWS, "--output", "json", *arguments],
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            env=program.clean_environment(environment),
            check=False,
        )
        if fails:
            assert done.returncode != 0, done.stdout
            return done.stderr.strip()
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return call
