"""Reads the store's write-ahead log as it grows, the way SQLite would after a crash at that moment.

A commit is known by the rows that it appends to the table `log`, and not by bytes that it wrote: a
row may lie on several pages, and what it says is written once more when the table `record` follows,
in a transaction that nobody is told of.
"""

import sqlite3
import struct
from dataclasses import dataclass

from system_calls import Call

HEADER = 32
FRAME_HEADER = 24
# The first word of the log, by the byte order of its checksums.
BYTE_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}


@dataclass
class Transaction:
    """A transaction that is in the log as a whole."""

    end: Call
    """The write that made it whole."""

    appended: list
    """The column `writes` of each row that it appended to the table `log`."""


def transactions(writes, database, scratch):
    """The transactions of a log, from the writes to its file in their order. `database` holds the
    bytes of the database's file before the first of them; `scratch` is a file to work in."""
    copy, log, found = Copy(database, scratch), Log(), []
    for write in writes:
        for pages, size in log.take(write):
            copy.change(pages, size)
            found.append(Transaction(write, copy.appended()))
    return found


class Log:
    """The log's file, and how far it holds."""

    def __init__(self):
        self.file = bytearray()
        self.begin_anew()

    def begin_anew(self):
        self.salt, self.order, self.page_size = b"", "", 0
        # Up to where it was checked, and the checksum there; likewise at the last commit's end.
        self.checked = self.committed = (0, (0, 0))
        # The pages of the transaction that is being written.
        self.pages = {}

    def take(self, write):
        """Takes in a write. Gives the transactions that are now there as a whole: for each its pages
        by number, and how many pages the database has since."""
        assert write.name == "pwrite64", f"{write.name} to the log"
        if write.offset == 0:
            self.begin_anew()
        elif write.offset < self.checked[0]:
            # What is not committed may be written anew.
            assert write.offset >= self.committed[0], "a commit was written over"
            self.checked, self.pages = self.committed, {}
        end = write.offset + len(write.data)
        self.file.extend(bytes(max(0, end - len(self.file))))
        self.file[write.offset : end] = write.data
        while frame := self.next_frame():
            number, size, page = frame
            self.pages[number] = page
            if size:
                yield self.pages, size
                self.committed, self.pages = self.checked, {}

    def next_frame(self):
        """The next frame's page number, its database size if it ends a commit, and its page."""
        if not self.salt and not self.read_header():
            return None
        at, sums = self.checked
        end = at + FRAME_HEADER + self.page_size
        if len(self.file) < end:
            return None
        header, page = bytes(self.file[at : at + FRAME_HEADER]), bytes(self.file[at + FRAME_HEADER : end])
        if header[8:16] != self.salt:
            return None
        sums = self.sum_up(self.sum_up(sums, header[:8]), page)
        if struct.unpack(">II", header[16:]) != sums:
            return None
        self.checked = (end, sums)
        number, size = struct.unpack(">II", header[:8])
        return number, size, page

    def read_header(self):
        header = bytes(self.file[:HEADER])
        if len(header) < HEADER:
            return False
        magic, _, page_size = struct.unpack(">III", header[:12])
        self.order = BYTE_ORDERS[magic]
        sums = self.sum_up((0, 0), header[:24])
        if struct.unpack(">II", header[24:]) != sums:
            return False
        self.salt, self.page_size = header[16:24], page_size
        self.checked = self.committed = (HEADER, sums)
        return True

    def sum_up(self, sums, data):
        """The log's checksum, carried on."""
        first, second = sums
        for one, two in struct.iter_unpack(f"{self.order}II", data):
            first = (first + one + second) & 0xFFFFFFFF
            second = (second + two + first) & 0xFFFFFFFF
        return first, second


class Copy:
    """The database as it is after each transaction."""

    def __init__(self, database, path):
        self.path = path
        self.path.write_bytes(without_log(database))
        self.last = 0
        if database:
            self.appended()

    def change(self, pages, size):
        with self.path.open("r+b") as file:
            for number, page in pages.items():
                file.seek((number - 1) * len(page))
                file.write(without_log(page) if number == 1 else page)
            file.truncate(size * len(page))

    def appended(self):
        """The rows of the table `log` that are new since the last time: they come after all others."""
        connection = sqlite3.connect(self.path)
        query = "SELECT rowid, writes FROM log WHERE rowid > ? ORDER BY rowid"
        rows = connection.execute(query, [self.last]).fetchall()
        connection.close()
        if rows:
            self.last = rows[-1][0]
        return [writes for _, writes in rows]


def without_log(database):
    """The first page says that there is a log; here there is none, as its pages are in place."""
    return database[:18] + b"\1\1" + database[20:] if database else b""
