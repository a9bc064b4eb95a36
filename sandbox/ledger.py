"""The ledger: what reached the outside. It is written before a stand-in answers, and is the judge in every test."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict

from sandbox.database import Database, stamp, struct_of

Kind = Literal["sms", "email"]


class SentMessage(Struct, frozen=True):
    """One SMS or e-mail that arrived. `key` is the sender's own idx or Message-ID: doubles share it.

    `attachments` are the names of the pages that came with it.
    """

    id: str
    kind: Kind
    to: str
    subject: str | None
    text: str
    html: str | None
    at: str
    links: list[str]
    key: str | None
    attachments: list[str]


class LedgerAnswer(Struct, frozen=True):
    """An answer once given to a request with an idempotency key; `request` is a hash of what was asked."""

    status: int
    body: str
    request: str = ""


class ToldEvent(Struct, frozen=True):
    """An event that the seller's own system took; `times` counts how often it came, doubles too."""

    id: str
    type: str
    timestamp: str
    data: dict[str, Any]
    at: str
    times: int


class Due(Struct, frozen=True):
    """Something a provider does later by itself."""

    id: int
    due_at: datetime
    provider: str
    details: dict[str, Any]


def _lists(row: sqlite3.Row) -> dict[str, list[str]]:
    return {name: json.loads(row[name]) for name in ("links", "attachments")}


class Ledger(Database):
    """Messages, idempotency keys, calls, faults, sessions and what is scheduled; payments are in `PaymentBook`."""

    def store_message(
        self,
        kind: Kind,
        to: str,
        text: str,
        at: datetime,
        *,
        subject: str | None = None,
        html: str | None = None,
        links: list[str] | None = None,
        key: str | None = None,
        attachments: Sequence[tuple[str, str]] = (),
    ) -> str:
        """Keep a message that was accepted, with its attachments (name, HTML); doubles too. Returns its id."""
        letter = {"subject": subject, "html": html, "links": links or [], "key": key}
        id_ = self.insert("messages", kind=kind, recipient=to, text=text, at=stamp(at), **letter)
        for name, page in attachments:
            self.insert("attachments", message=id_, name=name, html=page)
        return str(id_)

    def page(self, message: str, n: int) -> str | None:
        """Return a letter's HTML (0) or that of its nth attachment; None if there is no such page."""
        found = self.row(
            "SELECT html FROM messages WHERE id = ?1 AND ?2 = 0 UNION ALL SELECT html FROM "
            "(SELECT html FROM attachments WHERE message = ?1 AND ?2 > 0 ORDER BY id LIMIT 1 OFFSET ?2 - 1)",
            message,
            n,
        )
        return found["html"] if found is not None else None

    def messages(self, to: str | None = None) -> list[SentMessage]:
        """Return all messages or those to one recipient, oldest first."""
        rows = self.rows(
            "SELECT *, (SELECT json_group_array(name) FROM (SELECT name FROM attachments WHERE message = messages.id "
            "ORDER BY id)) AS attachments FROM messages WHERE ?1 IS NULL OR recipient = ?1 ORDER BY id",
            to,
        )
        return [struct_of(SentMessage, row, id=str(row["id"]), to=row["recipient"], **_lists(row)) for row in rows]

    def take_event(self, event_id: str, type: str, timestamp: str, data: dict[str, Any], at: datetime) -> None:
        """Keep an event that was told; one that is known is counted."""
        self.execute(
            "INSERT INTO seller_events (event_id, type, timestamp, data, at, times) VALUES (?,?,?,?,?,1) "
            "ON CONFLICT (event_id) DO UPDATE SET times = times + 1",
            (event_id, type, timestamp, json.dumps(data), stamp(at)),
        )

    def events(self, type: str | None = None) -> list[ToldEvent]:
        """Return the events told, in the order of their first arrival."""
        rows = self.rows("SELECT * FROM seller_events WHERE ?1 IS NULL OR type = ?1 ORDER BY id", type)
        return [
            ToldEvent(row["event_id"], row["type"], row["timestamp"], json.loads(row["data"]), row["at"], row["times"])
            for row in rows
        ]

    def answered(self, provider: str, key: str) -> LedgerAnswer | None:
        """Return the answer given when this key was first used, if it was."""
        row = self.row("SELECT status, body, request FROM keys WHERE provider = ? AND key = ?", provider, key)
        return None if row is None else LedgerAnswer(row["status"], row["body"], row["request"])

    def remember(self, provider: str, key: str, at: datetime, answer: LedgerAnswer | None = None) -> None:
        """Keep a key as used. Raises sqlite3.IntegrityError if it already was."""
        kept = answer or LedgerAnswer(200, "")
        self.insert("keys", provider=provider, key=key, at=stamp(at), **asdict(kept))

    def forget_keys(self, provider: str, before: datetime) -> None:
        """Drop the keys a provider no longer holds."""
        self.execute("DELETE FROM keys WHERE provider = ? AND at < ?", (provider, stamp(before)))

    def note_call(self, provider: str, direction: Literal["in", "out"], what: str, outcome: str, at: datetime) -> None:
        """Keep that a call came in or a notice went out."""
        self.insert("calls", provider=provider, direction=direction, what=what, outcome=outcome, at=stamp(at))

    def calls(self, provider: str | None = None) -> list[dict[str, str]]:
        """Return the calls seen, oldest first, as `{"provider","direction","what","outcome","at"}`."""
        rows = self.rows("SELECT * FROM calls WHERE ?1 IS NULL OR provider = ?1 ORDER BY id", provider)
        return [{name: row[name] for name in ("provider", "direction", "what", "outcome", "at")} for row in rows]

    def open_session(self, provider: str, session: str, expires_at: datetime) -> None:
        """Keep a log-in or an access token until it expires."""
        self.execute("INSERT INTO sessions VALUES (?,?,?)", (provider, session, stamp(expires_at)))

    def session_is_open(self, provider: str, session: str, now: datetime) -> bool:
        """Return whether that log-in was given out and still holds."""
        found = self.row("SELECT expires_at FROM sessions WHERE provider = ? AND session = ?", provider, session)
        return found is not None and found["expires_at"] > stamp(now)

    def close_session(self, provider: str, session: str) -> None:
        """End a log-in."""
        self.execute("DELETE FROM sessions WHERE provider = ? AND session = ?", (provider, session))

    def schedule(self, due_at: datetime, provider: str, subject: str, details: dict[str, Any]) -> None:
        """Let a provider do something later; `subject` names it for `unschedule`."""
        self.insert("scheduled", due_at=stamp(due_at), provider=provider, subject=subject, details=details)

    def unschedule(self, provider: str, subject: str) -> None:
        """Call off what was scheduled under that subject."""
        self.execute("DELETE FROM scheduled WHERE provider = ? AND subject = ?", (provider, subject))

    def is_scheduled(self, provider: str, subject: str) -> bool:
        """Return whether something waits under that subject."""
        found = self.row("SELECT id FROM scheduled WHERE provider = ? AND subject = ? LIMIT 1", provider, subject)
        return found is not None

    def next_due(self) -> datetime | None:
        """Return when the next scheduled thing is due, if any waits."""
        row = self.row("SELECT min(due_at) AS due FROM scheduled")
        return None if row is None or row["due"] is None else datetime.fromisoformat(row["due"])

    def first_due(self, now: datetime) -> Due | None:
        """Return the first thing due by `now`, left in place until `done`."""
        row = self.row("SELECT * FROM scheduled WHERE due_at <= ? ORDER BY due_at, id LIMIT 1", stamp(now))
        if row is None:
            return None
        return Due(row["id"], datetime.fromisoformat(row["due_at"]), row["provider"], json.loads(row["details"]))

    def done(self, due: Due) -> None:
        """Strike out what was scheduled."""
        self.execute("DELETE FROM scheduled WHERE id = ?", (due.id,))
