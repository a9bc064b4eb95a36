"""Completing a value that was cut off by what follows within two seconds: "512 000", "321".

Nothing waits for it: the first part has been answered already, with a refusal or as it stood. Whoever writes a street
and then its number corrects what was taken.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from bot.conversation.stored import StoredCause
from dialogs.kit import Journey, Step
from dialogs.state import Ctx
from services.store import journal
from values.incoming_text import clean
from values.kinds import kind_of
from values.meaning import Answer, Correction, Expects

SOON = timedelta(seconds=2)
_MOST_CHARS, _MOST_PARTS = 40, 5
_HOUSE_NUMBER = re.compile(
    r"(?:nr|no\.?|n\.|numer|number|civico)?\s*\d{1,4}(?:\s?[a-zA-Z](?!\w|\.?\s?\d))?(?:\s?[/-]\s?\d{1,4}[a-zA-Z]?)?"
    r"(?:,?\s?(?:m|lok|mieszk\w*|int|interno|scala|flat|apt)\b\.?\s?\w{1,4}){0,2}",
    re.I,
)


def may_complete(text: str, step: Step[Any], ctx: Ctx, last: datetime | None, arrived: datetime) -> bool:
    """Tell whether a message may be the rest of the one before: soon after it, like a part, and no answer by itself."""
    if last is None or arrived - last > SOON or len(text) > _MOST_CHARS:
        return False
    said = text.strip()
    of_street_or_address = _HOUSE_NUMBER.fullmatch(said) is not None or said.startswith(".")
    of_value = step.parse is not None and _like(step).fullmatch(said) is not None
    return (of_street_or_address or of_value) and not step.takes(text, ctx)


def parts_before(lines: Sequence[journal.JournalEntry], arrived: datetime) -> tuple[StoredCause, ...]:
    """Return what the customer has just written, each line within two seconds of the next one, the oldest first."""
    found: list[StoredCause] = []
    until = arrived
    for line in reversed([line for line in lines if line.kind == journal.CUSTOMER]):
        if until - line.at > SOON or len(found) == _MOST_PARTS:
            break
        found.append(StoredCause.from_json(line.data))
        until = line.at
    return tuple(reversed(found))


def complete_value(
    text: str, parts: Sequence[StoredCause], step: Step[Any], ctx: Ctx, journey: Journey
) -> Answer | Correction | None:
    """Return the value that a message makes with the parts before it, for the open step or for that of the first."""
    rest, like = clean(text).text.strip(), _like(step)
    here = [part.text or "" for part in parts if part.step == step.path]
    pieces = [*takewhile(like.fullmatch, reversed(here))][::-1] if like.fullmatch(rest) else []
    for joined in _joined(pieces, rest):
        if step.takes(joined, ctx):
            return Answer(joined)
    last = parts[-1] if parts else None
    taken = journey.known(last.step) if last is not None else None
    if last is None or taken is None or taken.path == step.path or taken.path not in ctx.case.talk.answered:
        return None
    begun = last.text or ""
    if taken.expects is Expects.street and not any(c.isdecimal() for c in begun) and _HOUSE_NUMBER.fullmatch(rest):
        return Correction(taken.name, f"{begun} {rest}")
    if taken.expects is Expects.email and rest.startswith(".") and taken.takes(begun + rest, ctx):
        return Correction(taken.name, begun + rest)
    return None


def _joined(parts: Sequence[str], rest: str) -> Iterator[str]:
    """Yield the parts with the rest, the last few of them first, written as one word or as several."""
    for first in range(len(parts) - 1, -1, -1):
        yield "".join((*parts[first:], rest))
        yield " ".join((*parts[first:], rest))


def _like(step: Step[Any]) -> re.Pattern[str]:
    return kind_of(step.expects).cut_off
