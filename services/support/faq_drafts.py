"""Entries that agents wrote for the seller's FAQ, until the seller has taken them into the profile.

Nothing of a customer stands in them: they outlive the sentence that they were written for.
"""

from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct, convert, to_builtins

from services.store.statements import PerDialect
from services.store.tables.support import faq_draft as table
from values.parsing import fold_words

MOST_TITLE = 40
"""Characters, as the profile's own titles have."""
MOST_ANSWER = 1000
_MOST_ID = 32
_ROOM_FOR_A_NUMBER = 3


class DraftWords(Struct, frozen=True):
    """An entry in one language."""

    title: str
    answer: str


class FaqDraft(Struct, frozen=True):
    """An entry, in each language of the seller."""

    id: str
    words: Mapping[str, DraftWords]
    agent_id: str
    at: datetime


class DraftRefused(ValueError):
    """Words that make no entry. `reason`: `title`, `answer` or `place`, with its `locale`; `detail` names the place."""

    def __init__(self, reason: str, locale: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.locale, self.detail = reason, locale, detail


_KEEP = PerDialect(table, lambda insert: insert.on_conflict_do_nothing(index_elements=["id"]))


def keep(connection: sa.Connection, draft: FaqDraft) -> None:
    """Keep a new entry. Raises DraftRefused for a title or an answer that is empty or too long."""
    for locale, words in draft.words.items():
        if not 0 < len(words.title) <= MOST_TITLE:
            raise DraftRefused("title", locale)
        if not 0 < len(words.answer) <= MOST_ANSWER:
            raise DraftRefused("answer", locale)
    values = {"id": draft.id, "words": to_builtins(draft.words), "agent_id": draft.agent_id, "at": draft.at}
    connection.execute(_KEEP.of(connection), values)


def list_drafts(connection: sa.Connection) -> tuple[FaqDraft, ...]:
    """Return all drafts in the order in which they were written."""
    rows = connection.execute(sa.select(table).order_by(table.c.at, table.c.id))
    return tuple(FaqDraft(row.id, convert(row.words, dict[str, DraftWords]), row.agent_id, row.at) for row in rows)


def new_id(title: str, taken: Collection[str]) -> str:
    """Return an id for an entry of this title that is none of `taken`."""
    words = "_".join(part for part in fold_words(title).split() if part.isascii() and part.isalnum())
    wanted = (words if words[:1].isalpha() else f"q_{words}".rstrip("_"))[:_MOST_ID].rstrip("_")
    number, id = 1, wanted
    while id in taken:
        number += 1
        id = f"{wanted[: _MOST_ID - _ROOM_FOR_A_NUMBER].rstrip('_')}_{number}"
    return id
