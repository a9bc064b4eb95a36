"""The floor: the same number of rows written by bare sqlite3 with the same durability, one transaction a turn."""

import sqlite3
from pathlib import Path

_SCHEMA = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE inbound(channel TEXT, key TEXT, PRIMARY KEY(channel, key));
CREATE TABLE conversation(id TEXT PRIMARY KEY, revision INTEGER, state TEXT);
CREATE TABLE journal(id INTEGER PRIMARY KEY, conversation_id TEXT, data TEXT);
CREATE TABLE timer(conversation_id TEXT, kind TEXT, due_at TEXT, PRIMARY KEY(conversation_id, kind));
"""
_STATE = '{"v":1,"account":{"entry":"buy","has_one":"new","email":"jan@example.com"}}'
_SAID = '{"text":"' + "x" * 240 + '"}'


def write_turns(folder: Path, customers: int, turns: int) -> int:
    """Write what so many turns write; return how many."""
    connection = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
    connection.executescript(_SCHEMA)
    for customer in range(customers):
        for turn in range(turns):
            _one(connection, f"conversation-{customer}", f"{customer}:{turn}")
    connection.close()
    return customers * turns


def _one(connection: sqlite3.Connection, conversation: str, key: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO inbound VALUES ('rest', ?)", (key,))
    connection.execute(
        "INSERT INTO conversation VALUES (?, 1, ?) ON CONFLICT(id) DO UPDATE SET revision = revision + 1, state = ?",
        (conversation, _STATE, _STATE),
    )
    connection.execute("SELECT revision, state FROM conversation WHERE id = ?", (conversation,)).fetchone()
    for _ in range(2):
        connection.execute("INSERT INTO journal(conversation_id, data) VALUES (?, ?)", (conversation, _SAID))
    connection.execute("INSERT OR REPLACE INTO timer VALUES (?, 'silence', '2026-01-01')", (conversation,))
    connection.execute("COMMIT")
