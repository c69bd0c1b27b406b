"""`kill -9` under as many quick changes as clients can make, so that the store is killed in the
middle of what it does beside its commits, too."""

import concurrent.futures
import http.client
import random
import re
import sqlite3
import time

from support.program import initialise
from support.signed import Signer

KILLS = 8
CLIENTS = 16
# How long the clients work before a kill, in seconds.
WORK = (0.1, 0.8)


class Client:
    """Makes users, and writes a number that only grows into a tag of its own."""

    def __init__(self, number, root):
        self.number, self.root = number, root
        self.users, self.users_sent = set(), set()
        self.written = self.sent = 0

    @property
    def own_name(self):
        return f"own-{self.number}"

    def signer(self, address):
        return Signer(address, self.root["key"], self.root["secret"])

    def work(self, address):
        """Goes on until the server is gone."""
        signer = self.signer(address)
        try:
            while True:
                self.make_user(signer)
                self.write_tag(signer)
        except (OSError, http.client.HTTPException):
            return

    def make_user(self, signer):
        name = f"made-{self.number}-{len(self.users_sent):05}"
        self.users_sent.add(name)
        assert signer.call("CreateUser", UserName=name).status == 200
        self.users.add(name)

    def write_tag(self, signer):
        self.sent += 1
        tag = {"Tags.member.1.Key": "serial", "Tags.member.1.Value": str(self.sent)}
        assert signer.call("TagUser", UserName=self.own_name, **tag).status == 200
        self.written = self.sent

    def verify(self, address, everyone):
        """Gives the users that are there though nobody was told so."""
        answer = self.signer(address).call("ListUserTags", UserName=self.own_name)
        found = int((re.findall("<Value>([0-9]+)</Value>", answer.body) or ["0"])[0])
        assert self.written <= found <= self.sent, (self.own_name, self.written, found, self.sent)
        self.written = self.sent = found
        mine = {name for name in everyone if name.startswith(f"made-{self.number}-")}
        assert self.users <= mine, sorted(self.users - mine)
        assert mine <= self.users_sent
        self.users = mine


def test_every_acknowledged_change_survives_kills_under_load(start, tmp_path):
    chance = random.Random(3)
    data = tmp_path / "data"
    root = initialise(data)
    configuration = tmp_path / "keyward.toml"
    configuration.write_text("[quotas]\nusers_per_account = 1000000\n")
    serve = ["serve", "--data", data, "--config", configuration, "--listen", "127.0.0.1:0"]
    server = start(*serve)
    clients = [Client(number, root) for number in range(CLIENTS)]
    for client in clients:
        assert client.signer(server.address).call("CreateUser", UserName=client.own_name).status == 200
    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
        for _ in range(KILLS):
            at_work = [pool.submit(client.work, server.address) for client in clients]
            time.sleep(chance.uniform(*WORK))
            server.kill()
            for future in at_work:
                future.result()
            server = start(*serve)
            everyone = list_users(server, root)
            for client in clients:
                client.verify(server.address, everyone)
    assert sum(len(client.users) for client in clients) > KILLS * CLIENTS, "the clients hardly worked"
    # Stopped in good order and started again, it is all the same.
    everyone = list_users(server, root)
    server.stop()
    server = start(*serve)
    assert list_users(server, root) == everyone
    server.stop()
    with sqlite3.connect(data / "keyward.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    database.close()


def list_users(server, root):
    pages = (
        server.client("iam", root["key"], root["secret"])
        .get_paginator("list_users")
        .paginate(PaginationConfig={"PageSize": 1000})
    )
    names = [user["UserName"] for page in pages for user in page["Users"]]
    assert len(names) == len(set(names))
    return names
