"""Whether a message can be an answer to the open question: only if the question was there to be read when it was
written."""

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from bot.conversation.inbound import Inbound
from services.store.journal import JournalEntry

LOOKED_AT = 50
"""Among so many messages of ours the open question is looked for; one further back is asked again."""


def asked(newest_first: Sequence[JournalEntry], step: str) -> tuple[JournalEntry, ...]:
    """The messages that asked the open question, the newest first; none where nobody was shown it."""
    own = takewhile(lambda entry: entry.data.get("step") in (None, step), newest_first)
    return tuple(entry for entry in own if entry.data.get("step") == step)


def is_older(inbound: Inbound, questions: Sequence[JournalEntry], arrived: datetime) -> bool:
    """Whether a message is older than each of the questions, as its channel tells, or else by when it came here: it may
    have waited behind the one that the question followed from."""
    if inbound.seen is not None:
        return all(question.seq is None or inbound.seen < question.seq for question in questions)
    if inbound.said_at is not None:
        return not any(_is_later(inbound.said_at, question) for question in questions)
    return all(arrived < question.at for question in questions)


def _is_later(said_at: datetime, question: JournalEntry) -> bool:
    """Whether it was said after the question had left. Telegram's clock knows whole seconds: what bears the question's
    own isn't shown to be later, and nobody reads a question within it."""
    return question.delivery == "sent" and question.sent_at is not None and question.sent_at < said_at
