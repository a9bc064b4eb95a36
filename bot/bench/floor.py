"""The floor: the same number of rows written by bare sqlite3 with the same durability, in the process or as a bot.

As a bot, `python -m bot.bench.floor BOT_API REPLIES PORT`: it takes the same webhooks, commits before it answers them,
those that came together at once, and says what the desk said (`REPLIES`: a JSON list of what it posted to one chat).
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.bench.lean_http import LoopbackRequest, Posts, serve
from bot.bench.turns import FIRST_CHAT

_SCHEMA = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE inbound(channel TEXT, key TEXT, PRIMARY KEY(channel, key));
CREATE TABLE conversation(id TEXT PRIMARY KEY, revision INTEGER, state TEXT);
CREATE TABLE journal(id INTEGER PRIMARY KEY, conversation_id TEXT, data TEXT);
CREATE TABLE timer(conversation_id TEXT, kind TEXT, due_at TEXT, PRIMARY KEY(conversation_id, kind));
"""
CALLS_AT_ONCE = 8
STATE = '{"v":1,"account":{"entry":"buy","has_one":"new","email":"jan@example.com"}}'
SAID = '{"text":"' + "x" * 240 + '"}'


def write_turns(folder: Path, customers: int, turns: int) -> int:
    """Write what so many turns write, one transaction a turn; return how many."""
    connection = _opened(folder)
    for customer in range(customers):
        for turn in range(turns):
            connection.execute("BEGIN IMMEDIATE")
            _read(connection, f"conversation-{customer}", f"{customer}:{turn}")
            _write(connection, f"conversation-{customer}", STATE, SAID, SAID)
            connection.execute("COMMIT")
    connection.close()
    return customers * turns


def _opened(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    connection.executescript(_SCHEMA)
    return connection


def _read(connection: sqlite3.Connection, conversation: str, key: str) -> int:
    """Mark the message as taken; return how many the conversation had before."""
    connection.execute("INSERT INTO inbound VALUES ('rest', ?)", (key,))
    query = "SELECT revision, state FROM conversation WHERE id = ?"
    row: tuple[int, str] = connection.execute(query, (conversation,)).fetchone() or (0, "")
    return row[0]


def _write(connection: sqlite3.Connection, conversation: str, state: str, heard: str, said: str) -> None:
    connection.execute(
        "INSERT INTO conversation VALUES (?, 1, ?) ON CONFLICT(id) DO UPDATE SET revision = revision + 1, state = ?",
        (conversation, state, state),
    )
    for data in (heard, said):
        connection.execute("INSERT INTO journal(conversation_id, data) VALUES (?, ?)", (conversation, data))
    connection.execute("INSERT OR REPLACE INTO timer VALUES (?, 'silence', '2026-01-01')", (conversation,))


class _FloorBot:
    """The floor behind a webhook."""

    def __init__(self, connection: sqlite3.Connection, replies: list[str], posts: Posts) -> None:
        self._connection = connection
        self._replies = replies
        self._posts = posts
        self._batch: list[tuple[LoopbackRequest, bytes]] = []

    def take(self, request: LoopbackRequest, path: str, body: bytes) -> None:
        """Keep an update for the next commit; a request without one asks whether the bot is ready."""
        if not body:
            request.answer()
            return
        if not self._batch:
            asyncio.get_running_loop().call_soon(self._commit)
        self._batch.append((request, body))

    def _commit(self) -> None:
        batch, self._batch = self._batch, []
        self._connection.execute("BEGIN IMMEDIATE")
        calls = [call for _, body in batch for call in self._turn(body)]
        self._connection.execute("COMMIT")
        for request, _ in batch:
            request.answer()
        for method, body in calls:
            self._posts.send(f"/bot/{method}", body)

    def _turn(self, body: bytes) -> Iterator[tuple[str, bytes]]:
        """Write a turn; yield the calls of the Bot API that it makes."""
        update: dict[str, Any] = json.loads(body)
        press = update.get("callback_query")
        chat = str((press or update)["message"]["chat"]["id"])
        if press:
            yield "answerCallbackQuery", json.dumps({"callback_query_id": press["id"]}).encode()
        turn = _read(self._connection, chat, str(update["update_id"]))
        reply = self._replies[turn].replace(str(FIRST_CHAT), chat)
        heard = body.decode()  # about as long as the desk's state, too
        _write(self._connection, chat, heard, heard, reply)
        yield "sendMessage", reply.encode()


def _main(api: str, replies: str, port: str) -> None:
    def fail(why: str) -> None:
        raise SystemExit(why)

    posts = Posts(api, CALLS_AT_ONCE, fail)
    bot = _FloorBot(_opened(Path()), json.loads(Path(replies).read_bytes()), posts)
    webhook = json.dumps({"url": f"http://127.0.0.1:{port}/webhook"}).encode()
    serve(int(port), bot.take, lambda: posts.send("/bot/setWebhook", webhook))


if __name__ == "__main__":
    _main(*sys.argv[1:])
