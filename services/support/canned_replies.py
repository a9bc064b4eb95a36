"""Ready answers: shared by all agents, an agent's own, and the seller's first ones, which stand in the profile.

One shortcut means one answer to an agent: their own before the shared one before the profile's. Whoever wants the
profile's said differently writes a shared one under the same shortcut.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import asdict, replace

from services.store.statements import PerDialect, columns
from services.store.tables.support import canned_reply as table
from values.incoming_text import Filled, fill_placeholders, placeholder_mistakes
from values.private import Private, PrivateStruct

PLACES: tuple[str, ...] = ("customer", "company", "order", "step", "agent", "seller", "desk", "support", "email")
"""What an answer may name: the customer's name, company and last order's number, the open step's title, the agent's
name, the seller's, the desk's and support's as the profile has them, and the address to which an unread answer is
mailed: an answer that names it isn't offered where none is."""
MAILED = "email"

SHARED = ""
PROFILE = "profile:"
"""How the ids of the profile's answers begin."""
MOST_CHARS = 4000
MOST_TITLE = 60
_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")


class CannedReply(PrivateStruct):
    """A ready answer, in one or more languages. `owner` is an agent, or empty where all share it."""

    id: str
    owner: str
    shortcut: str
    title: str
    words: Private[Mapping[str, str]]
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def of_profile(self) -> bool:
        """Return whether it stands in the profile: then it is changed there."""
        return self.id.startswith(PROFILE)


class ReplyRefused(ValueError):
    """An answer that can't be kept.

    `reason`: `shortcut`, `shortcut_taken`, `title`, `words`, `too_long`, `place` (then `detail` is the place that
    isn't known, or a lone brace).
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


_COLUMNS = columns(table, CannedReply)
_ALL = (
    sa.select(*_COLUMNS).where(table.c.owner.in_(("", sa.bindparam("agent")))).order_by(table.c.shortcut, table.c.owner)
)
_ONE = sa.select(*_COLUMNS).where(table.c.id == sa.bindparam("wanted"))
_TAKEN = sa.select(table.c.id).where(
    table.c.owner == sa.bindparam("of"), table.c.shortcut == sa.bindparam("named"), table.c.id != sa.bindparam("but")
)
_SAVE = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["id"],
        set_={name: insert.excluded[name] for name in ("shortcut", "title", "words", "changed_by", "changed_at")},
    ),
)


def find_mistake(shortcut: str, title: str, words: Mapping[str, str]) -> ReplyRefused | None:
    """Return an answer's first mistake, None without one."""
    if _SHORTCUT.fullmatch(shortcut) is None:
        return ReplyRefused("shortcut")
    if not 0 < len(title.strip()) <= MOST_TITLE:
        return ReplyRefused("title")
    said = {locale: text for locale, text in words.items() if text.strip()}
    if not said:
        return ReplyRefused("words")
    for text in said.values():
        if len(text) > MOST_CHARS:
            return ReplyRefused("too_long")
        if wrong := placeholder_mistakes(text, PLACES):
            return ReplyRefused("place", wrong[0])
    return None


def save(connection: sa.Connection, reply: CannedReply) -> CannedReply:
    """Keep a new answer, or a changed one under its id; its owner stays. Raises ReplyRefused."""
    if (wrong := find_mistake(reply.shortcut, reply.title, reply.words)) is not None:
        raise wrong
    if reply.of_profile or reply.changed_at is None:
        raise ValueError("the profile's answers are changed in the profile; others say when they were changed")
    known = get(connection, reply.id)
    owner = reply.owner if known is None else known.owner
    taken = connection.execute(_TAKEN, {"of": owner, "named": reply.shortcut, "but": reply.id}).first()
    if taken is not None:
        raise ReplyRefused("shortcut_taken")
    words = {locale: text.strip() for locale, text in reply.words.items() if text.strip()}
    kept = replace(reply, owner=owner, title=reply.title.strip(), words=words)
    connection.execute(_SAVE.of(connection), asdict(kept))
    return kept


def get(connection: sa.Connection, reply_id: str) -> CannedReply | None:
    row = connection.execute(_ONE, {"wanted": reply_id}).first()
    return None if row is None else CannedReply(*row)


def remove(connection: sa.Connection, reply_id: str) -> bool:
    """Delete a stored answer; False if there is none. Whoever calls knows that the agent may."""
    gone = connection.execute(sa.delete(table).where(table.c.id == reply_id).returning(table.c.id))
    return gone.first() is not None


def available(connection: sa.Connection, *, agent_id: str, first: Sequence[CannedReply]) -> list[CannedReply]:
    """Return all answers that an agent may use, by shortcut; `first` are the profile's.

    Of one shortcut the agent's own counts, then the shared one, then the profile's.
    """
    stored = [CannedReply(*row) for row in connection.execute(_ALL, {"agent": agent_id})]
    return sorted({reply.shortcut: reply for reply in (*first, *stored)}.values(), key=lambda reply: reply.shortcut)


def fill_reply(reply: CannedReply, *, locale: str, fallback: Sequence[str], values: Mapping[str, str]) -> Filled:
    """Return the answer in the customer's language, else in the first of `fallback` that it has, else in any.

    With the values in their places. `missing` names what the agent has to write in by hand.
    """
    known = next((tongue for tongue in (locale, *fallback) if tongue in reply.words), None)
    text = reply.words[known] if known is not None else next(iter(reply.words.values()), "")
    return fill_placeholders(text, {name: value for name, value in values.items() if name in PLACES})
