"""Audit records of the door."""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "sign_in"))

from support.people import let_users_change_passwords
from visitor import PASSWORD, Visitor

# A browser of today says where a form comes from.
BROWSER = {"User-Agent": "Mozilla/5.0", "Sec-Fetch-Site": "same-origin"}
TYPED = "Was-Typed-Into-The-Wrong-Field-1!"


@pytest.fixture
def audited(start, tmp_path):
    folder = tmp_path / "records"
    server = start("dev", "--listen", "127.0.0.1:0", "--audit", folder)
    iam = server.client()
    let_users_change_passwords(iam)
    iam.create_user(UserName="Bob")
    iam.create_login_profile(UserName="Bob", Password=PASSWORD)

    def records(*names):
        """All records of these events after the server has ended, which writes what waits."""
        if server.process.poll() is None:
            server.stop()
        text = "".join(file.read_text() for file in sorted(folder.glob("*.jsonl")))
        assert TYPED not in text and PASSWORD not in text
        return [record for line in text.splitlines() if (record := json.loads(line))["eventName"] in names]

    return server, iam, records


def test_sign_ins_are_told_by_their_outcome(audited):
    server, _, records = audited
    for username, password in [("Bob", "wrong"), (TYPED, "x"), ("Bob", PASSWORD)]:
        Visitor(server, headers=BROWSER).sign_in(username, password)
    failure, unknown, success = records("ConsoleLogin")
    for record in (failure, unknown, success):
        assert record["eventType"] == "AwsConsoleSignIn" and record["eventSource"] == "signin.amazonaws.com"
        assert record["sourceIPAddress"] == "127.0.0.1" and record["userAgent"] == "Mozilla/5.0"
        assert record["additionalEventData"]["MFAUsed"] == "No" and record["requestParameters"] is None
    assert failure["responseElements"] == unknown["responseElements"] == {"ConsoleLogin": "Failure"}
    assert failure["errorMessage"] == "Failed authentication" and "errorCode" not in failure
    assert failure["userIdentity"]["userName"] == "Bob" and failure["userIdentity"]["accessKeyId"] == ""
    assert "arn" not in failure["userIdentity"]
    assert unknown["errorMessage"] == "No username found in supplied account"
    assert unknown["userIdentity"]["userName"] == "HIDDEN_DUE_TO_SECURITY_REASONS"
    assert success["responseElements"] == {"ConsoleLogin": "Success"}
    assert success["userIdentity"]["arn"] == "arn:aws:iam::000000000000:user/Bob"
    assert "errorMessage" not in success


def test_a_forced_change_of_password_is_the_doors_and_comes_before_the_sign_in(audited):
    server, iam, records = audited
    iam.update_login_profile(UserName="Bob", PasswordResetRequired=True)
    visitor = Visitor(server, headers=BROWSER)
    visitor.sign_in()
    fields = {"new_password": "Second-Password-1!", "confirm_password": "Second-Password-1!"}
    visitor.submit("/signin/new-password", old_password=PASSWORD, **fields)
    fields = {"new_password": "Third-Password-1!", "confirm_password": "Third-Password-1!"}
    visitor.submit("/console/password", old_password="Second-Password-1!", **fields)
    forced, login, own = records("ChangePassword", "ConsoleLogin")
    assert login["eventName"] == "ConsoleLogin"
    for record in (forced, own):
        assert record["eventName"] == "ChangePassword" and record["eventSource"] == "iam.amazonaws.com"
        assert record["requestParameters"] is None and record["responseElements"] is None
        assert record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    assert forced["userAgent"] == forced["userIdentity"]["invokedBy"] == "signin.amazonaws.com"
    assert own["userAgent"] == "Mozilla/5.0" and own["sessionCredentialFromConsole"] == "true"
    assert "invokedBy" not in own["userIdentity"]
