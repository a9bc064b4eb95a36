"""The journal's lines as those of a topic. What was said stands there, and who did what; the rest is left out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredMessage
from bot.handlers.telegram_group.card import plain
from bot.handlers.telegram_group.pieces import TopicLine
from bot.usecases.agents.masking import hidden, said
from bot.usecases.agents.transcript import BLOCKED, act_told, wish_told, written_there
from bot.web.page_texts import PageWords, words_in
from services.store.journal import AGENT, BOT, CUSTOMER, HELD, JournalEntry

VIA = "telegram"
"""What the journal notes of an act that came from the group."""
_LONGEST_OF_BOT = 400


def words(locale: str) -> PageWords:
    """Return the words that stand in the agents' group."""
    return words_in(Path(__file__).parent / "texts", locale)


def lines_of(t: PageWords, entries: Sequence[JournalEntry], reason: str, known: Sequence[str] = ()) -> list[TopicLine]:
    """Return at least one line for each entry, in order; empty where the topic shows nothing of it.

    `reason`: why a person is there. `known`: the customer's contacts, which are masked.
    """
    from_here = written_there(entries, VIA)
    lines: list[TopicLine] = []
    turned_away = False
    for entry in entries:
        if entry.kind == CUSTOMER:
            lines.append(TopicLine(entry.id, _customers(t, entry.data, known), own=True))
        again = turned_away and entry.kind == BLOCKED  # said once, however often they write
        turned_away = entry.kind == BLOCKED
        said = "" if again else "\n".join(_shown(t, entry, reason, from_here, known))
        lines.append(TopicLine(entry.id, said, own=False))
    return lines


def _shown(t: PageWords, entry: JournalEntry, reason: str, from_here: set[int], known: Sequence[str]) -> Iterator[str]:
    stored = StoredMessage.from_json(entry.data)
    text = stored.text
    match entry.kind:
        case k if k == BOT:
            yield t("line.bot", text=_short(hidden(text, known)))
        case k if k == HELD:
            yield t("line.held", text=_short(hidden(text, known)))
        case k if k == AGENT:
            if entry.revision not in from_here:  # what was written in the topic stands there already
                yield t("line.agent", name=plain(stored.by or "?"), text=text)
        case k if k == BY_AGENT:
            yield from act_told(t, entry, plain)
        case k if k == BLOCKED:
            yield t("act.blocked")
        case _:
            pass
    yield from wish_told(t, entry, reason)


def _customers(t: PageWords, data: Mapping[str, Any], known: Sequence[str]) -> str:
    text = str(data.get("text", ""))
    if not text and (kind := data.get("kind")) is not None:
        return t.get(f"line.{kind}", "line.other", {})
    return said(text, known, data.get("step"))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_OF_BOT else text[: _LONGEST_OF_BOT - 1].rstrip() + "…"
