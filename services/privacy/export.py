"""All that the desk holds about one person, as JSON with promised names (docs/how-to/personal-data.md).

Amounts are integers in minor units, times RFC 3339 in UTC. Keys (to pages, payments, providers) are never in it.
"""

import base64
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.accounts import visits
from services.hearing import for_agents
from services.privacy import desk_rows
from services.privacy.sections import SECTIONS, exported_columns, fields
from services.seller.card import format_moment
from services.store.journal import CUSTOMER
from services.store.tables.core import conversation, journal
from services.store.tables.support import feedback, handoff
from values.channel import Channel

Json = dict[str, Any]
FORMAT = "okienko.export/1"
TOLD = "told_to_seller"
_CONVERSATION = sa.select(*exported_columns(conversation), conversation.c.address).where(
    conversation.c.id == sa.bindparam("wanted")
)
_LINES = (
    sa.select(journal.c.at, journal.c.kind, journal.c.data)
    .where(
        journal.c.conversation_id == sa.bindparam("wanted"),
        journal.c.id > sa.bindparam("after"),
        sa.or_(sa.bindparam("until", type_=sa.BigInteger).is_(None), journal.c.id <= sa.bindparam("until")),
        sa.or_(journal.c.seq.is_not(None), journal.c.kind == CUSTOMER),
    )
    .order_by(journal.c.id)
)
_HANDOFFS = (
    sa.select(*exported_columns(handoff))
    .where(handoff.c.conversation_id == sa.bindparam("wanted"))
    .order_by(handoff.c.id)
)
_OPINIONS = (
    sa.select(*exported_columns(feedback))
    .where(feedback.c.conversation_id == sa.bindparam("wanted"))
    .order_by(feedback.c.at, feedback.c.id)
)


def of_account(
    connection: sa.Connection, account_id: str, *, seller: str, server_key: bytes, now: datetime
) -> Json | None:
    """Return the account's export, None without an account; in one transaction, so that all of it is of one moment."""
    found: Json = {"format": FORMAT, "made_at": format_moment(now), "seller": seller}
    for section in SECTIONS:
        rows = [_plain(dict(row)) for row in connection.execute(section.query, {"of": account_id}).mappings()]
        found[section.name] = next(iter(rows), None) if section.single else rows
    if found["account"] is None:
        return None
    if not _is_proven(found):
        found[TOLD] = []
    found["conversations"] = _conversations(connection, account_id, server_key)
    return found


def _is_proven(found: Json) -> bool:
    """Return whether the account is active, or its e-mail proven.

    Until then a sign-up with somebody else's address has to look like any other. The seller is told of the others
    only, so the events would tell which one it is.
    """
    mine = found["account"]
    return mine["status"] != "pending" or any(
        contact["kind"] == "email" and contact["value"] == mine["email"] and contact["verified_at"] is not None
        for contact in found["contacts"]
    )


def _conversations(connection: sa.Connection, account_id: str, server_key: bytes) -> list[Json]:
    """Return the conversations that the account was logged in to, each with the lines of that time."""
    by_conversation: dict[str, list[visits.AccountVisit]] = {}
    for visit in visits.of_account(connection, account_id):
        by_conversation.setdefault(visit.conversation_id, []).append(visit)
    found = [_conversation(connection, id, stretches, server_key) for id, stretches in by_conversation.items()]
    return sorted(found, key=lambda one: (one["started_at"], one["id"]))


def _conversation(
    connection: sa.Connection, conversation_id: str, stretches: list[visits.AccountVisit], server_key: bytes
) -> Json:
    row = connection.execute(_CONVERSATION, {"wanted": conversation_id}).mappings().one()
    here = _plain({name: row[name] for name in fields(conversation)})
    here["address"] = row["address"] if Channel(row["channel"]).address_is_public else None
    here["log_ins"] = [format_moment(visit.began_at) for visit in stretches if visit.began_at is not None]
    here["messages"] = [message for visit in stretches for message in _messages(connection, visit, server_key)]
    alone = len({visit.account_id for visit in visits.in_conversation(connection, conversation_id)}) == 1
    for name, query in (("people_asked_for", _HANDOFFS), ("opinions", _OPINIONS)):
        rows = connection.execute(query, {"wanted": conversation_id}).mappings() if alone else ()
        here[name] = [_plain(dict(row)) for row in rows]
    here["notes"] = [_plain(note) for note in desk_rows.notes(connection, conversation_id)] if alone else []
    letters = desk_rows.letters(connection, conversation_id) if alone else []
    here["answer_letters"] = [_plain(letter) for letter in letters]
    blocks = desk_rows.blocks(connection, channel=row["channel"], address=row["address"]) if alone else []
    here["blocked"] = [_plain(block) for block in blocks]
    return here


def _messages(connection: sa.Connection, visit: visits.AccountVisit, server_key: bytes) -> list[Json]:
    values = {"wanted": visit.conversation_id, "after": visit.after_line, "until": visit.until_line}
    told: list[Json] = []
    for at, kind, data in connection.execute(_LINES, values).all():
        told.append(_message(at, kind, data))
        if (note := data.get("note")) is not None:
            told[-1] |= _recording(connection, note, visit.conversation_id, server_key)
    return told


def _recording(connection: sa.Connection, note: str, conversation_id: str, server_key: bytes) -> Json:
    """Return a recording that is there still: its bytes in base64, to be played by anything that knows its kind."""
    found = for_agents.load_sound(connection, note, conversation_id, server_key=server_key)
    if found is None:
        return {}
    sound, words = found.recording, {"words": found.words} if found.words else {}
    audio = base64.b64encode(sound.audio).decode()
    return {"recording": {"media_type": sound.kind.media_type, "audio": audio, **words}}


def _message(at: datetime, kind: str, data: Json) -> Json:
    """Return a line; what a card showed stands beside the words below it, and `kind` says what was no text."""
    told: Json = {"at": format_moment(at), "from": kind, "text": data.get("text", ""), "button": data.get("payload")}
    if data.get("kind") is not None and not told["text"]:
        told["kind"] = data["kind"]
    if (card := data.get("card")) is not None:
        rows = [{"label": row["label"], "value": row["value"]} for row in card["rows"] if row["value"]]
        told["card"] = {"title": card["title"], "rows": rows, "total": card.get("total"), "state": card.get("state")}
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_moment(value)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
