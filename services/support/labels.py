"""Doubtful sentences, and the meanings that agents gave them: training data without personal data.

A turn marks a line of the journal that wasn't understood with `missed` (`bot/conversation/funnel_marks.py`), agents
mark others that were wrongly read (`misread_lines.py`). Label and sentence go with
the line: whoever is erased is in no training data that is exported afterwards.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict

from services.store.journal import CUSTOMER
from services.store.statements import PerDialect, columns, member
from services.store.tables.core import conversation, journal
from services.store.tables.support import misread_line
from services.store.tables.support import sentence_label as table
from values.private import Private, PrivateStruct

MOST_CHARS = 1000


class DoubtfulSentence(PrivateStruct):
    """A sentence to label: its step did not understand it, or an agent marked it as wrongly read.

    `words` are as they are stored: redacted, but personal. `step` is where it was said ("dialog.step"), `root` the
    message that it came with; `reason` why it was no answer, None if it was taken for one; `read_as` what it was taken
    for, if that is known.
    """

    line_id: int
    conversation_id: str
    root: str | None
    words: Private[str]
    locale: str
    step: str | None
    reason: str | None
    read_as: str | None
    at: datetime
    misread: bool = False


class Label(PrivateStruct):
    """An agent's label of a sentence.

    `words` are without personal data, as the agent has seen them; `asked` is the entity that was waited for. `intent`
    is what it is an example of, `faq` the entry that it is a way to ask for; neither: no example of anything.
    """

    line_id: int
    words: Private[str]
    locale: str
    asked: str | None
    intent: str | None
    agent_id: str
    at: datetime
    faq: str | None = None


_REASON = member(journal.c.data, sa.literal_column("'missed'"))
_MARKED = misread_line.c.line_id.is_not(None)
_DOUBTFUL = (
    sa.select(
        journal.c.id,
        journal.c.conversation_id,
        journal.c.root,
        journal.c.data,
        conversation.c.locale,
        journal.c.at,
        _MARKED,
    )
    .join(conversation, conversation.c.id == journal.c.conversation_id)
    .outerjoin(misread_line, misread_line.c.line_id == journal.c.id)
    .where(journal.c.kind == CUSTOMER, sa.or_(_REASON.is_not(None), _MARKED))
)
_UNLABELLED = _DOUBTFUL.where(~sa.exists().where(table.c.line_id == journal.c.id))
_COLUMNS = columns(table, Label)
_GIVE = PerDialect(
    table,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["line_id"],
        set_={name: insert.excluded[name] for name in ("words", "asked", "intent", "faq", "agent_id", "at")},
    ),
)


def doubtful(
    connection: sa.Connection, *, before: int | None = None, most: int = 50, locale: str | None = None
) -> list[DoubtfulSentence]:
    """Return up to `most` (at most 200) sentences without a label, the newest first, older than the line `before`.

    Sentences of one word that the step's own parser refused for its form stand among them, too: `reason` tells.
    """
    query = _UNLABELLED if before is None else _UNLABELLED.where(journal.c.id < before)
    if locale is not None:
        query = query.where(conversation.c.locale == locale)
    rows = connection.execute(query.order_by(journal.c.id.desc()).limit(max(1, min(most, 200))))
    return [_sentence(*row) for row in rows]


def sentence(connection: sa.Connection, line_id: int) -> DoubtfulSentence | None:
    """Return one such sentence, labelled or not; None if it is gone, or nobody doubts it."""
    row = connection.execute(_DOUBTFUL.where(journal.c.id == line_id)).first()
    return None if row is None else _sentence(*row)


def _sentence(
    id: int, talk: str, root: str | None, data: Mapping[str, Any], locale: str, at: datetime, misread: bool
) -> DoubtfulSentence:
    words, step, reason, read_as = str(data.get("text", "")), data.get("step"), data.get("missed"), data.get("read_as")
    return DoubtfulSentence(id, talk, root, words, locale, step, reason, read_as, at, bool(misread))


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


def list_labels(connection: sa.Connection, *, examples: bool = False) -> Iterator[Label]:
    """Yield all labels in the order in which they were given; with `examples` only those of an intent or an entry."""
    query = sa.select(*_COLUMNS).order_by(table.c.at, table.c.line_id)
    if examples:
        query = query.where(sa.or_(table.c.intent.is_not(None), table.c.faq.is_not(None)))
    for row in connection.execute(query):
        yield Label(*row)
