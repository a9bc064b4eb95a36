"""The sandbox's SQLite file: one connection, short synchronous transactions, durable before an answer goes out."""

import asyncio
import errno
import hashlib
import json
import os
import secrets
import sqlite3
import threading
from base64 import b32encode
from collections.abc import Awaitable, Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct

S = TypeVar("S", bound=Struct)
SCHEMA = Path(__file__).with_name("schema.sql")
RESET = """
BEGIN IMMEDIATE;
DELETE FROM messages; DELETE FROM attachments; DELETE FROM attempts; DELETE FROM refunds; DELETE FROM keys;
DELETE FROM faults; DELETE FROM calls; DELETE FROM scheduled; DELETE FROM seller_events;
DELETE FROM chatwoot_attachments; DELETE FROM chatwoot_messages;
DELETE FROM chatwoot_conversations; DELETE FROM chatwoot_contacts;
DELETE FROM telegram_messages; DELETE FROM telegram_presses; DELETE FROM telegram_updates;
DELETE FROM transcription_told; DELETE FROM transcription_recordings;
UPDATE telegram_chats SET keyboard = NULL;
COMMIT;
"""
"""What a reset empties. Counters stay, so that no id is ever given twice; sessions and begun chats stay, so that a desk
that holds an access token, or writes to somebody on Telegram, need not notice."""


class Database:
    """Opens (or makes) the file and hands out transactions. Safe from several threads.

    `salt` seeds the ids made here; given, the same calls yield the same ids (a simulation that can be replayed).
    """

    def __init__(self, path: Path | str, salt: str | None = None) -> None:
        self._lock = threading.RLock()
        self._depth = 0
        if str(path) != ":memory:":
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # what customers typed is in there, too
        self._connection = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(SCHEMA.read_text("utf-8"))
        if self.value("salt") is None:
            self.set_value("salt", salt or secrets.token_hex(16))

    @contextmanager
    def write(self) -> Generator[sqlite3.Connection]:
        """Yield a transaction: committed and on the disk when the block ends, rolled back if it raises.

        Blocks nest (the outermost commits) and must not await: another task would join the transaction.
        """
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield self._connection
            except BaseException:
                if self._depth == 1:
                    self._connection.execute("ROLLBACK")
                raise
            else:
                if self._depth == 1:
                    self._connection.execute("COMMIT")
            finally:
                self._depth -= 1

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run one statement in the transaction that is open, else in one of its own."""
        with self.write() as connection:
            return connection.execute(sql, values)

    def insert(self, table: str, **values: Any) -> int:
        """Insert a row, its values by their columns, dictionaries and lists as JSON; return its number."""
        marks = ", ".join("?" * len(values))
        kept = [json.dumps(value) if isinstance(value, dict | list) else value for value in values.values()]
        made = self.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", kept)  # noqa: S608
        return made.lastrowid or 0

    def rows(self, sql: str, *values: Any) -> list[sqlite3.Row]:
        """Return what a query finds."""
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row a query finds."""
        with self._lock:
            return self._connection.execute(sql, values).fetchone()

    def value(self, name: str) -> str | None:
        """Return a single kept value, by name."""
        row = self.row("SELECT value FROM kept WHERE name = ?", name)
        return None if row is None else row["value"]

    def values(self, prefix: str) -> list[str]:
        """Return all kept values whose names begin so, in the order of their names."""
        rows = self.rows("SELECT value FROM kept WHERE substr(name, 1, ?) = ? ORDER BY name", len(prefix), prefix)
        return [row["value"] for row in rows]

    def set_value(self, name: str, value: str) -> None:
        """Keep a single value by name; a reset doesn't clear it."""
        self.execute("INSERT INTO kept VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?2", (name, value))

    def count(self, name: str) -> int:
        """Return the next number (1, 2, 3 …) of the row of that name; never given twice, not even after a reset."""
        with self.write():
            number = int(self.value(f"count:{name}") or 0) + 1
            self.set_value(f"count:{name}", str(number))
        return number

    def fresh_id(self, kind: str, length: int = 17) -> str:
        """Return a new id of capital letters and digits, as most providers write them."""
        with self.write():
            seed = f"{self.value('salt')}:{kind}:{self.count(kind)}"
        return b32encode(hashlib.sha256(seed.encode()).digest()).decode()[:length]

    def clear(self) -> None:
        """Empty everything a reset empties."""
        with self._lock:
            self._connection.executescript(RESET)

    def close(self) -> None:
        with self._lock:
            self._connection.close()


def struct_of(kind: type[S], row: sqlite3.Row, **made: Any) -> S:
    """Return a row as a struct whose fields are named as its columns; `made` are the fields that aren't."""
    return kind(**{name: row[name] for name in kind.__struct_fields__ if name not in made}, **made)


def stamp(moment: datetime) -> str:
    """Return a moment as it is stored: RFC 3339 in UTC, of one width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


T = TypeVar("T")
ROUNDS = 30
PAUSE_S = 0.1
"""The program that had the port before may just be ending: three seconds in all."""


class KeptPort:
    """The port last used for `what`, kept in the ledger; a reset doesn't clear it."""

    def __init__(
        self, database: Database, what: str, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._database = database
        self._name = f"port:{what}"
        self._sleep = sleep

    def keep(self, port: int) -> None:
        """Remember this port for the next start."""
        self._database.set_value(self._name, str(port))

    async def bound(self, bind: Callable[[int], Awaitable[T]]) -> T:
        """Return what `bind` makes of the port last used.

        Of a free one (0) if another program has taken it meanwhile.
        """
        kept = int(self._database.value(self._name) or 0)
        for _ in range(ROUNDS if kept else 0):
            try:
                return await bind(kept)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    break
            await self._sleep(PAUSE_S)
        return await bind(0)
