"""Lines of a topic, packed into as few messages as Telegram takes: what the desk adds stands in italics.

By a message's entities, not by mark-up: so nothing that a customer writes can look like the desk's or an agent's line.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from telegram import MessageEntity

from bot.handlers.telegram.texts import split, units

#: Below Telegram's 4096: long texts run into its limits sooner.
LONGEST = 3500
MOST_ENTITIES = 100


@dataclass(frozen=True, slots=True)
class TopicLine:
    """One line of a topic, from the journal's line `id`. `own`: it is the customer's word."""

    id: int
    text: str
    own: bool


@dataclass(frozen=True, slots=True)
class TopicPost:
    """One message. `through`: the last line of the journal that is whole in the topic with it."""

    text: str
    entities: tuple[MessageEntity, ...]
    through: int


def first_post(lines: Iterable[TopicLine]) -> TopicPost | None:
    """Return the first message that the lines make; None without lines.

    Lines of one entry stand in one message; longer ones are cut short, as the desk has them whole.
    """
    made, through = _Message(), 0
    for id, group in groupby(lines, lambda line: line.id):
        tried = made
        for line in group:
            tried = tried.with_line(line)
        if made.text and (units(tried.text) > LONGEST or len(tried.entities) > MOST_ENTITIES):
            break
        made, through = tried, id
    return TopicPost(made.text, made.entities, through) if through else None


@dataclass(frozen=True, slots=True)
class _Message:
    text: str = ""
    entities: tuple[MessageEntity, ...] = ()

    def with_line(self, line: TopicLine) -> "_Message":
        whole = _fitting(line.text)
        if not whole:
            return self
        text = f"{self.text}\n{whole}" if self.text else whole
        length = units(whole)
        own = () if line.own else (MessageEntity(MessageEntity.ITALIC, units(text) - length, length),)
        return _Message(text, (*self.entities, *own))


def _fitting(text: str) -> str:
    parts = split(text, LONGEST)
    return "" if not parts else parts[0] if len(parts) == 1 else parts[0] + " …"
