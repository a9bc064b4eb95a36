"""The journal's lines as the help desk's people read them: who said what, and who did what; the rest is left out."""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredCause
from bot.usecases.agents.line_words import titles_of
from bot.usecases.agents.lines_outside import (
    LineWords,
    OutsideLine,
    desk_lines,
    named_kind,
    sound_of,
    wish_told,
    written_there,
)
from bot.usecases.agents.masking import ContactMasks
from bot.web.page_texts import PageWords, words_in
from services.store.journal import CUSTOMER, JournalEntry

VIA = "chatwoot"
"""What the journal notes of words that came from there."""
AGENTS = "chatwoot:"
"""How the ids of its people begin."""
LONGEST = 20_000
_SIGNS = re.compile(r"([\\`*_\[\]<>#~|!])")
_MENTION = re.compile(r"mention://", re.IGNORECASE)


def words(locale: str) -> PageWords:
    """Return the words that stand in the help desk."""
    return words_in(Path(__file__).parent / "texts", locale)


def lines_of(
    t: PageWords, entries: Sequence[JournalEntry], earlier: Iterable[JournalEntry], reason: str, masks: ContactMasks
) -> list[OutsideLine]:
    """Return a line for each entry, in order. `reason`: why a person is wanted."""
    titles = titles_of((*earlier, *entries))
    from_there = written_there(entries, VIA)
    lines: list[OutsideLine] = []
    for entry in entries:
        cause, own = StoredCause.from_json(entry.data), entry.kind == CUSTOMER
        if own:
            words = cause.text or ""
            text = masks.mask_said(titles.get(words, words), cause.step)
            text = "\n".join((named_kind(t, cause), text)).strip() if cause.under or not text else text
        elif entry.kind == BY_AGENT and (cause.agent or "").startswith(AGENTS):
            text = ""  # done there
        else:
            text = "\n".join(desk_lines(t, entry, from_there, _WORDS, masks))
        lines.append(OutsideLine(entry.id, text[:LONGEST], own, sound_of(cause) if own else None))
        if wanted := "\n".join(wish_told(t, entry, reason)):
            lines.append(OutsideLine(entry.id, wanted, own=False))
    return lines


def transcript(t: PageWords, lines: Iterable[OutsideLine]) -> str:
    """Return the lines as one text, the last of them if it were too long."""
    told = "\n".join(t("line.customer", text=as_text(one.text)) if one.own else one.text for one in lines if one.text)
    return told[-LONGEST:]


def as_text(words: str) -> str:
    """Return text without mark-up and mentions, as a note shows it."""
    return _MENTION.sub("mention:\u200b//", _SIGNS.sub(r"\\\1", words))


_WORDS = LineWords(plain=as_text, bot=as_text, agent=as_text)
