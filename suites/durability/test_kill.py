"""`kill -9` under clients that set passwords: what was acknowledged is there, and nothing is half."""

import concurrent.futures
import http.client
import random
import sqlite3
import time

from support.people import Person
from support.program import initialise
from support.signed import Signer

KILLS = 20
CLIENTS = 16
# How many passwords are acknowledged before a kill, and how long to wait for them, in seconds.
ACKNOWLEDGED = (1, 24)
PATIENCE = 20


class Client:
    """Sets one user's password again and again, each with the flag that belongs to it."""

    def __init__(self, number, root, person):
        self.root, self.person = root, person
        self.name = f"user-{number}"
        self.acknowledged = 0
        self.sent = 0
        self.done = 0

    def password(self, serial):
        return f"Password-{self.name}-{serial}"

    @staticmethod
    def flag(serial):
        return serial % 3 == 0

    def work(self, address):
        """Goes on until the server is gone."""
        signer = Signer(address, self.root["key"], self.root["secret"])
        while True:
            self.sent += 1
            try:
                answer = signer.call(
                    "UpdateLoginProfile",
                    UserName=self.name,
                    Password=self.password(self.sent),
                    PasswordResetRequired=str(self.flag(self.sent)).lower(),
                )
            except (OSError, http.client.HTTPException):
                return
            assert answer.status == 200, answer.body
            self.acknowledged = self.sent
            self.done += 1

    def verify(self, address):
        """The present password is the last acknowledged one, or the one that was on its way."""
        own = Signer(address, self.person.key, self.person.secret)
        present = [serial for serial in range(self.acknowledged, self.sent + 1) if self.is_present(own, serial)]
        assert len(present) == 1, (self.name, self.acknowledged, self.sent, present)
        shown = Signer(address, self.root["key"], self.root["secret"]).call("GetLoginProfile", UserName=self.name)
        assert f"<PasswordResetRequired>{str(self.flag(present[0])).lower()}</PasswordResetRequired>" in shown.body
        self.acknowledged = self.sent = present[0]

    def is_present(self, own, serial):
        answer = own.call("ChangePassword", OldPassword=self.password(serial), NewPassword="x")
        assert answer.code in ("AccessDenied", "PasswordPolicyViolation"), answer.body
        assert "not authorized" not in answer.message
        return answer.code == "PasswordPolicyViolation"


def test_every_acknowledged_password_survives_twenty_kills(start, tmp_path):
    chance = random.Random(2)
    data = tmp_path / "data"
    root = initialise(data)
    serve = ["serve", "--data", data, "--listen", "127.0.0.1:0"]
    server = start(*serve)
    clients = prepare(server, root)
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(KILLS):
            before = sum(client.done for client in clients)
            at_work = [pool.submit(client.work, server.address) for client in clients]
            wait_until(lambda: sum(client.done for client in clients), before + chance.randint(*ACKNOWLEDGED))
            time.sleep(chance.uniform(0, 0.02))
            server.kill()
            for future in at_work:
                future.result()
            server = start(*serve)
            list(pool.map(lambda client, address=server.address: client.verify(address), clients))
    names = sorted(user["UserName"] for user in server.client("iam", root["key"], root["secret"]).list_users()["Users"])
    assert names == sorted(client.name for client in clients)
    server.kill()
    with sqlite3.connect(data / "keyward.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def wait_until(count, wanted):
    deadline = time.monotonic() + PATIENCE
    while count() < wanted:
        assert time.monotonic() < deadline, f"{count()} passwords were set, not {wanted}"
        time.sleep(0.002)


def prepare(server, root):
    """As many users as clients, each with a key and a first password."""
    iam = server.client("iam", root["key"], root["secret"])
    iam.update_account_password_policy(AllowUsersToChangePassword=True, MinimumPasswordLength=6)
    clients = []
    for number in range(CLIENTS):
        name = f"user-{number}"
        person = Person(server, iam, name)
        client = Client(number, root, person)
        iam.create_login_profile(UserName=name, Password=client.password(0), PasswordResetRequired=client.flag(0))
        clients.append(client)
    return clients
