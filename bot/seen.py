"""Whether a message can be an answer to the open question: only if the question was there to be read when it was
written."""

from collections.abc import Sequence
from datetime import datetime

from bot.inbound import Inbound
from services.store.journal import Entry

LOOKED_AT = 50
"""Among so many messages of ours the open question is looked for; one further back is asked again."""


def first_asked(newest_first: Sequence[Entry], step: str) -> Entry | None:
    """The message that asked the open question first; None where nobody was shown it."""
    first: Entry | None = None
    for entry in newest_first:
        asked = entry.data.get("step")
        if asked not in (None, step):
            break
        first = entry if asked == step else first
    return first


def is_older(inbound: Inbound, question: Entry | None, arrived: datetime) -> bool:
    """Whether a message is older than the question, as its channel tells, or else by when it came here: it may have
    waited behind the one that the question followed from."""
    if question is None or question.seq is None:
        return True
    if inbound.seen is not None:
        return inbound.seen < question.seq
    return arrived < question.at
