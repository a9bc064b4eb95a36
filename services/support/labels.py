"""Sentences that weren't understood, and the meanings that agents gave them: training data without personal data.

A turn marks such a line of the journal with `missed` (`bot/conversation/funnel_marks.py`). Label and sentence go with
the line: whoever is erased is in no training data that is exported afterwards.
"""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from msgspec.structs import asdict

from services.store.journal import CUSTOMER
from services.store.statements import PerDialect, columns, member
from services.store.tables.core import conversation, journal
from services.store.tables.support import sentence_label as table
from values.private import Private, PrivateStruct

MOST_CHARS = 1000


class Missed(PrivateStruct):
    """A sentence that its step did not understand.

    `words` are as they are stored: redacted, but personal. `step` is where it was said ("dialog.step"), `reason`
    why it was no answer, `read_as` what it was taken for, if anything.
    """

    line_id: int
    conversation_id: str
    words: Private[str]
    locale: str
    step: str | None
    reason: str
    read_as: str | None
    at: datetime


class Label(PrivateStruct):
    """An agent's label of a sentence.

    `words` are without personal data, as the agent has seen them; `asked` is the entity that was waited for;
    `intent` None: no example of anything.
    """

    line_id: int
    words: Private[str]
    locale: str
    asked: str | None
    intent: str | None
    agent_id: str
    at: datetime


_REASON = member(journal.c.data, sa.literal_column("'missed'"))
_MISSED = (
    sa.select(journal.c.id, journal.c.conversation_id, journal.c.data, conversation.c.locale, journal.c.at)
    .join(conversation, conversation.c.id == journal.c.conversation_id)
    .where(journal.c.kind == CUSTOMER, _REASON.is_not(None), ~sa.exists().where(table.c.line_id == journal.c.id))
)
_COLUMNS = columns(table, Label)
_GIVE = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["line_id"],
        set_={name: insert.excluded[name] for name in ("words", "asked", "intent", "agent_id", "at")},
    ),
)


def missed(
    connection: sa.Connection, *, before: int | None = None, most: int = 50, locale: str | None = None
) -> list[Missed]:
    """Return up to `most` (at most 200) sentences without a label, the newest first, older than the line `before`.

    Sentences of one word that the step's own parser refused for its form stand among them, too: `reason` tells.
    """
    query = _MISSED if before is None else _MISSED.where(journal.c.id < before)
    if locale is not None:
        query = query.where(conversation.c.locale == locale)
    rows = connection.execute(query.order_by(journal.c.id.desc()).limit(max(1, min(most, 200))))
    return [
        Missed(id, talk, str(data.get("text", "")), tongue, data.get("step"), data["missed"], data.get("read_as"), at)
        for id, talk, data, tongue, at in rows
    ]


def sentence(connection: sa.Connection, line_id: int) -> Missed | None:
    """Return one such sentence, labelled or not; None if it is gone or was understood."""
    query = (
        sa.select(journal.c.conversation_id, journal.c.data, conversation.c.locale, journal.c.at)
        .join(conversation, conversation.c.id == journal.c.conversation_id)
        .where(journal.c.id == line_id, journal.c.kind == CUSTOMER, _REASON.is_not(None))
    )
    row = connection.execute(query).first()
    if row is None:
        return None
    talk, data, locale, at = row
    words = str(data.get("text", ""))
    return Missed(line_id, talk, words, locale, data.get("step"), data["missed"], data.get("read_as"), at)


def give(connection: sa.Connection, label: Label) -> bool:
    """Keep a label; the later one counts.

    False if the sentence is gone. Raises ValueError for words that are empty or too long.
    """
    words = label.words.strip()
    if not 0 < len(words) <= MOST_CHARS:
        raise ValueError(f"an example has 1 to {MOST_CHARS} characters")
    there = sa.select(journal.c.id).where(journal.c.id == label.line_id).with_for_update(key_share=True)
    if connection.execute(there).first() is None:
        return False
    values = asdict(label) | {"words": words}
    connection.execute(_GIVE.of(connection), values)
    return True


def given(connection: sa.Connection, *, examples: bool = False) -> Iterator[Label]:
    """Yield all labels in the order in which they were given; with `examples` only those that say an intent."""
    query = sa.select(*_COLUMNS).order_by(table.c.at, table.c.line_id)
    if examples:
        query = query.where(table.c.intent.is_not(None))
    for row in connection.execute(query):
        yield Label(*row)
