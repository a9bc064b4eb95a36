"""Full-text search over transcripts, whatever the case and accents of the words.

Lines are folded into a table of their own (docs/decisions/agents-reading.md), not by the turn that writes them:
whoever searches brings the table up first, in batches (`catch_up`).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from services.store.database import Store
from services.store.journal import CUSTOMER
from services.store.statements import PerDialect, stands_in
from services.store.tables.core import conversation, journal
from services.store.tables.support import transcript_line as table
from services.support import conversations_of
from values.private import Private, PrivateStruct
from values.search_terms import SearchTerms, Snippet, fold_search_terms, parse_search, snippet

MOST = 500
"""Lines folded in one transaction: some 20 ms."""
REACH = 2_000_000
"""Numbers of lines looked through for a page: half a second to a second where nobody said the words."""
LATE = 2000
"""Lines below the highest one that are looked through anew: on PostgreSQL a line may be committed after one with a
higher number."""


class Hit(PrivateStruct):
    """A line that was found.

    `who` is the kind of the line: customer, or who else spoke; `words` are all of it, `step` where a customer said
    it; `other` is the channel's name of what was no text.
    """

    line_id: int
    conversation_id: str
    channel: str
    who: str
    at: datetime
    snippet: Private[Snippet]
    words: Private[str]
    step: str | None
    other: str | None = None


class SearchPage(Struct, frozen=True):
    """Hits, the newest first. `before` begins the next page, None at the end.

    `since` is set where the next page begins below a page that isn't full: so far back lines were looked through.
    """

    hits: tuple[Hit, ...]
    before: int | None
    since: datetime | None = None


_TALK = sa.or_(journal.c.seq.is_not(None), journal.c.kind == CUSTOMER)
_SEEN = sa.select(sa.func.coalesce(sa.func.max(table.c.line_id), 0) - LATE).scalar_subquery()
_NEW = (
    sa.select(journal.c.id, journal.c.data)
    .where(journal.c.id > _SEEN, _TALK, ~sa.exists().where(table.c.line_id == journal.c.id))
    .order_by(journal.c.id)
    .limit(sa.bindparam("most"))
)
_ADD = PerDialect(table, lambda insert: insert.on_conflict_do_nothing())  # another search may have added the same lines
_ENDS = sa.select(
    sa.func.coalesce(sa.select(sa.func.min(table.c.line_id)).scalar_subquery(), 0),
    sa.func.coalesce(sa.select(sa.func.max(table.c.line_id)).scalar_subquery(), 0),
)
_AT = sa.select(journal.c.at).where(journal.c.id >= sa.bindparam("number")).order_by(journal.c.id).limit(1)
_LINES = (
    sa.select(journal.c.id, journal.c.conversation_id, conversation.c.channel, journal.c.kind, journal.c.at)
    .add_columns(journal.c.data)
    .join(table, table.c.line_id == journal.c.id)
    .join(conversation, conversation.c.id == journal.c.conversation_id)
)


Named = Callable[[str], str]
"""The words by which a message that is no text is found, from the channel's name of its kind."""


def find_no_words(_kind: str) -> str:
    """Return no words: what is no text isn't found."""
    return ""


def catch_up(connection: sa.Connection, *, most: int = MOST, named: Named = find_no_words) -> int:
    """Make lines findable that aren't yet; return how many. Fewer than `most`: all are."""
    lines = connection.execute(_NEW, {"most": most}).all()
    if lines:
        rows = [{"line_id": id, "words": fold_search_terms(_findable(data, named))} for id, data in lines]
        connection.execute(_ADD.of(connection), rows)
    return len(lines)


def find(
    connection: sa.Connection, text: str, *, before: int | None = None, most: int = 30, reach: int = REACH
) -> SearchPage:
    """Return lines that have words beginning with all those of `text`, or its number.

    At most 100 in one page, from `reach` numbers of lines. Empty where there is nothing in the text to be looked for.
    """
    wanted = parse_search(text)
    if wanted is None:
        return SearchPage((), None)
    most = max(1, min(most, 100))
    lowest, highest = connection.execute(_ENDS).one()
    top = highest + 1 if before is None else before
    query = _LINES.where(
        *(stands_in(table.c.words, needle) for needle in wanted.needles),
        table.c.line_id < top,
        table.c.line_id >= top - reach,
    )
    rows: list[Any] = list(connection.execute(query.order_by(table.c.line_id.desc()).limit(most + 1)))
    hits = tuple(_hit(row, wanted) for row in rows[:most])
    if len(rows) > most:
        return SearchPage(hits, hits[-1].line_id)
    if top - reach <= lowest:
        return SearchPage(hits, None)
    return SearchPage(hits, top - reach, connection.execute(_AT, {"number": top - reach}).scalar())


def _hit(row: Any, wanted: SearchTerms) -> Hit:
    id, talk, channel, who, at, data = row
    words = _words(data)
    return Hit(id, talk, channel, who, at, snippet(words, wanted), words, data.get("step"), _other(data))


def _other(data: Mapping[str, Any]) -> str | None:
    return None if data.get("text") else data.get("kind")


def _findable(data: Mapping[str, Any], named: Named) -> str:
    kind = _other(data)
    return named(kind) if kind is not None else _words(data)


def _words(data: Mapping[str, Any]) -> str:
    """Return what a line says: the rows of its card, which hold a company's name or an order's number, and its text."""
    rows = data.get("card", {}).get("rows", ())
    told = (f"{row['label']}: {row['value']}" for row in rows if row["value"])
    return "\n".join([*told, str(data.get("text", ""))])


MOST_BATCHES = 20
"""So many are made before a search: 10,000 lines, less than a second. Housekeeping makes the rest of a big backlog."""


class Finder(Struct, frozen=True):
    """Over one desk's store."""

    store: Store
    named: Named = find_no_words

    async def words(self, text: str, *, before: int | None = None) -> SearchPage:
        """Return lines with these words or this number, the newest first (`find`). Raises StoreUnavailable."""
        for _ in range(MOST_BATCHES):
            if await self.store.write(lambda c: catch_up(c, named=self.named)) < MOST:
                break
        return await self.store.read(lambda c: find(c, text, before=before))

    async def people(self, text: str) -> Sequence[conversations_of.Theirs]:
        """Return conversations of the person with this e-mail, phone or other number. Raises StoreUnavailable."""
        return await self.store.read(lambda c: conversations_of.find(c, text))
