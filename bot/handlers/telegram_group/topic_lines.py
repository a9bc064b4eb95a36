"""The journal's lines as those of a topic, packed into as few messages as Telegram takes.

What was said stands there, and who did what; the rest is left out. What the desk adds stands in italics, by a message's
entities and not by mark-up: so nothing that a customer writes can look like the desk's or an agent's line.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from msgspec import Struct
from telegram import MessageEntity

from bot.conversation.splitting import split, units
from bot.conversation.stored import StoredCause
from bot.handlers.telegram_group.card import flatten_text
from bot.usecases.agents.lines_outside import (
    BLOCKED,
    LineSound,
    LineWords,
    OutsideLine,
    acts_from_place,
    desk_lines,
    named_kind,
    sound_of,
    tell_handoff_wish,
)
from bot.usecases.agents.masking import ContactMasks
from bot.web.page_texts import PageWords, words_in
from services.store.journal import CUSTOMER, JournalEntry

VIA = "telegram"
"""What the journal notes of an act that came from the group."""
#: Below Telegram's 4096: long texts run into its limits sooner.
LONGEST = 3500
MOST_ENTITIES = 100
_LONGEST_OF_BOT = 400


def words(locale: str) -> PageWords:
    """Return the words that stand in the agents' group."""
    return words_in(Path(__file__).parent / "texts", locale)


class TopicPost(Struct, frozen=True):
    """One message. `through`: the last line of the journal that is whole in the topic with it.

    One with a recording has that line alone, as the caption.
    """

    text: str
    entities: tuple[MessageEntity, ...]
    through: int
    sound: LineSound | None = None


def lines_of(t: PageWords, entries: Sequence[JournalEntry], reason: str, masks: ContactMasks) -> list[OutsideLine]:
    """Return at least one line for each entry, in order; empty where the topic shows nothing of it.

    `reason`: why a person is there.
    """
    shape = LineWords(plain=flatten_text, bot=_short, agent=lambda text: text)
    from_here = acts_from_place(entries, VIA)
    lines: list[OutsideLine] = []
    turned_away = False
    for entry in entries:
        if entry.kind == CUSTOMER:
            cause = StoredCause.from_json(entry.data)
            lines.append(OutsideLine(entry.id, _customers(t, cause, masks), own=True, sound=sound_of(cause)))
        again = turned_away and entry.kind == BLOCKED  # said once, however often they write
        turned_away = entry.kind == BLOCKED
        shown = () if again else (*desk_lines(t, entry, from_here, shape, masks), *tell_handoff_wish(t, entry, reason))
        lines.append(OutsideLine(entry.id, "\n".join(shown), own=False))
    return lines


def first_post(lines: Iterable[OutsideLine]) -> TopicPost | None:
    """Return the first message that the lines make; None without lines.

    Lines of one entry stand in one message; longer ones are cut short, as the desk has them whole.
    """
    post = TopicPost("", (), 0)
    for id, group in groupby(lines, lambda line: line.id):
        here = tuple(group)
        sound = next((line.sound for line in here if line.sound is not None), None)
        longer = TopicPost(post.text, post.entities, id, sound)
        for line in here:
            longer = _with_line(longer, line)
        too_much = units(longer.text) > LONGEST or len(longer.entities) > MOST_ENTITIES
        if post.text and (too_much or sound is not None):
            break
        post = longer
        if sound is not None:
            break
    return post if post.through else None


def _with_line(post: TopicPost, line: OutsideLine) -> TopicPost:
    parts = split(line.text, LONGEST)
    if not parts:
        return post
    whole = parts[0] if len(parts) == 1 else parts[0] + " …"
    text = f"{post.text}\n{whole}" if post.text else whole
    length = units(whole)
    italic = () if line.own else (MessageEntity(MessageEntity.ITALIC, units(text) - length, length),)
    return TopicPost(text, (*post.entities, *italic), post.through, post.sound)


def _customers(t: PageWords, message: StoredCause, masks: ContactMasks) -> str:
    if message.other is not None:
        return named_kind(t, message)
    words = masks.mask_said(message.text or "", message.step)
    return f"{named_kind(t, message)}\n{words}" if message.under is not None else words


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_OF_BOT else text[: _LONGEST_OF_BOT - 1].rstrip() + "…"
