"""The funnel of a journey: how many conversations came to each step, answered it, stayed there.

Read from what turns leave in the journal (`bot/conversation/funnel_marks.py`), for a span of time, never for all of it.
A conversation that comes to a step twice counts once.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any, NamedTuple

import sqlalchemy as sa
from msgspec import Struct, field

from services.store import journal_ranges
from services.store.statements import member
from services.store.tables.core import conversation, journal
from services.support import misread_lines

LONGEST = timedelta(days=92)


class FunnelStep(Struct, frozen=True):
    """One step. `entered`, `answered`, `corrected`, `left`: conversations.

    `answered`: the talk went on from it, not back; `corrected`: its answer was changed later; `left`: silence
    closed the talk there, or the customer can't be reached any more. `missed`: sentences that were no answer;
    `misread`: those that an agent marked as wrongly read. `median_s`: seconds from coming to it to going on.
    """

    step: str
    entered: int = 0
    answered: int = 0
    corrected: int = 0
    left: int = 0
    missed: int = 0
    misread: int = 0
    median_s: float | None = None


class FunnelChannel(Struct, frozen=True):
    """Conversations of one channel: begun in the span, and come to the end of the way in it."""

    channel: str
    begun: int
    finished: int


class Funnel(Struct, frozen=True):
    """The steps in the journey's order, those of other releases behind them, and the channels by name.

    `missed` and `misread` are sentences at all steps, the latter also those said at none.
    """

    begin: datetime
    end: datetime
    steps: tuple[FunnelStep, ...]
    channels: tuple[FunnelChannel, ...]
    missed: int = 0
    misread: int = 0


class _Line(NamedTuple):
    talk: str
    at: datetime
    step: str | None  # at which something was said
    moved: str | None
    closed: str | None
    corrected: str | None
    missed: str | None
    reopened: str | None


class _Tally(Struct):
    entered: set[str] = field(default_factory=set[str])
    answered: set[str] = field(default_factory=set[str])
    corrected: set[str] = field(default_factory=set[str])
    left: set[str] = field(default_factory=set[str])
    missed: int = 0
    misread: int = 0
    seconds: list[float] = field(default_factory=list[float])


_NAMES = ("step", "moved", "closed", "corrected", "missed", "reopened")
_MEMBERS = {name: member(journal.c.data, sa.literal_column(f"'{name}'")) for name in _NAMES}
_OF = sa.and_(
    journal.c.id.between(sa.bindparam("low"), sa.bindparam("high")),
    journal.c.at >= sa.bindparam("begin", type_=journal.c.at.type),
    journal.c.at < sa.bindparam("end", type_=journal.c.at.type),
)
_LINES = (
    sa.select(journal.c.conversation_id, journal.c.at, *_MEMBERS.values())
    .where(_OF, journal.c.kind != "bot", sa.or_(*(_MEMBERS[name].is_not(None) for name in _NAMES[1:])))
    .order_by(journal.c.conversation_id, journal.c.id)
)
_BEGUN = (
    sa.select(conversation.c.channel, sa.func.count())
    .where(conversation.c.started_at >= sa.bindparam("begin"), conversation.c.started_at < sa.bindparam("end"))
    .group_by(conversation.c.channel)
)
_SHUT = sa.select(conversation.c.id).where(
    conversation.c.closed_at >= sa.bindparam("begin"), conversation.c.closed_at < sa.bindparam("end")
)
_CHANNELS = sa.select(conversation.c.id, conversation.c.channel).where(
    conversation.c.id.in_(sa.bindparam("wanted", expanding=True))
)
_AT_ONCE = 500


def read_funnel(
    connection: sa.Connection, *, begin: datetime, end: datetime, order: Sequence[str], ends: Sequence[str]
) -> Funnel:
    """Return the funnel of `begin` ≤ time < `end`.

    `order` are the journey's steps ("dialog.step"), `ends` those at which the way is at its end. Raises ValueError
    for a span that is empty or longer than LONGEST.
    """
    if not timedelta(0) < end - begin <= LONGEST:
        raise ValueError(f"a span of at most {LONGEST.days} days is read at once")
    low, high = journal_ranges.ids_between(connection, begin, end)
    times: dict[str, Any] = {"begin": begin, "end": end}
    shut = frozenset(connection.execute(_SHUT, times).scalars())
    places = {step: n for n, step in enumerate(order)}
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    finished: list[str] = []
    rows = connection.execute(_LINES, {**times, "low": low, "high": high})
    for talk, lines in groupby((_Line(*row) for row in rows), key=itemgetter(0)):
        if _follow(talk, lines, tallies, places, shut=talk in shut) & set(ends):
            finished.append(talk)
    misread = misread_lines.by_step(connection, begin, end)
    for step in misread.keys() - {""}:
        tallies[step].misread = misread[step]
    begun = {channel: int(count) for channel, count in connection.execute(_BEGUN, times)}
    known = [*order, *sorted(tallies.keys() - places.keys())]
    steps = tuple(_step(step, tallies[step]) for step in known)
    channels = _channels(begun, _by_channel(connection, finished))
    return Funnel(begin, end, steps, channels, sum(one.missed for one in steps), sum(misread.values()))


def _follow(
    talk: str, lines: Iterator[_Line], tallies: dict[str, _Tally], places: dict[str, int], *, shut: bool
) -> set[str]:
    """Take one conversation's lines in; return the steps that it came to."""
    here: str | None = None
    since: datetime | None = None
    closed: str | None = None
    came: set[str] = set()
    for line in lines:
        for step in json.loads(line.corrected or "[]"):
            tallies[step].corrected.add(talk)
        if line.missed is not None and line.step is not None:
            tallies[line.step].missed += 1
        closed = line.closed or (None if line.reopened else closed)
        if line.moved is not None:
            if here is not None and since is not None and _onwards(places, here, line.moved):
                tallies[here].answered.add(talk)
                tallies[here].seconds.append((line.at - since).total_seconds())
            here, since = line.moved, line.at
            tallies[here].entered.add(talk)
            came.add(here)
    if (gone := closed or (here if shut else None)) is not None:
        tallies[gone].left.add(talk)
    return came


def _onwards(places: dict[str, int], here: str, there: str) -> bool:
    """Return whether the move answers the step: one back, or to a step that is possible anywhere, doesn't."""
    return here not in places or there not in places or places[there] > places[here]


def _step(step: str, tally: _Tally) -> FunnelStep:
    return FunnelStep(
        step,
        len(tally.entered),
        len(tally.answered),
        len(tally.corrected),
        len(tally.left),
        tally.missed,
        tally.misread,
        median(tally.seconds) if tally.seconds else None,
    )


def _by_channel(connection: sa.Connection, talks: Sequence[str]) -> dict[str, int]:
    counted: dict[str, int] = defaultdict(int)
    for n in range(0, len(talks), _AT_ONCE):
        for _, channel in connection.execute(_CHANNELS, {"wanted": talks[n : n + _AT_ONCE]}):
            counted[channel] += 1
    return counted


def _channels(begun: dict[str, int], finished: dict[str, int]) -> tuple[FunnelChannel, ...]:
    names = sorted({*begun, *finished})
    return tuple(FunnelChannel(name, begun.get(name, 0), finished.get(name, 0)) for name in names)
