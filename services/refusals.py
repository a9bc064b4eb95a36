"""The trace of refused tries: figures, one line a network and quarter of an hour, and an alarm when they prevail.

Neither a login nor an address is kept: a network is a keyed hash, another one each day. Lines are each process's own.
The alarm is one for all processes on the database: ten tries are one row there, so that a flood costs little.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Literal, get_args

import sqlalchemy as sa
import structlog

from services import limits, tasks
from services.clock import Clock
from services.jobs.backoff import cancel
from services.keyed_hash import keyed_hex
from services.store.database import Store
from services.store.errors import StoreUnavailable

LogInBy = Literal["customer", "customer_digits", "agent", "agent_code"]
"""Whose log-in was tried: by a password, by the digits of a page, or by an agent's second factor."""
Door = Literal[
    "api_token",
    "rest_token",
    "actions_token",
    "telegram_secret",
    "helpdesk_signature",
    "payment_notice",
    "identity_token",
    "role",
    "foreign_page",
    "flood",
]
"""What else was refused: a token, a secret, a signature; an agent's role; a foreign page or host; too much at once."""
End = Literal["right", "wrong", "held"]
"""`held`: a limit refused the try before anything was compared."""
Note = Callable[[LogInBy | Door, End, str | None], Awaitable[None]]
"""Takes a try with its network; None: from this machine while one tries the desk."""

LOG_INS: tuple[LogInBy, ...] = get_args(LogInBy)
DOORS: tuple[Door, ...] = tuple(door for door in get_args(Door) if door != "actions_token")
"""Those of the desk: `okienko actions` is a process of its own."""
ENDS: tuple[End, ...] = get_args(End)

QUARTER = timedelta(minutes=15)
MOST_NETWORKS = 1000
"""In a quarter of an hour; all further ones share a line."""
FURTHER = "further"
EACH_S = 30.0

ROW_FOR = 10
FEWEST = 60
"""Refused tries in a quarter of an hour, below which there is no alarm."""
TIMES_THE_RIGHT = 4
"""So many refused ones for each right one make an alarm: four fifths of all."""
ALARM_AGAIN = timedelta(hours=1)
# Slowed down already, and often one busy client; brought by pages that stood open for long.
_UNALARMING: frozenset[str] = frozenset({"flood", "identity_token"})

_ALL = "all"
_log = structlog.get_logger(__name__)


async def note_nothing(what: LogInBy | Door, end: End, network: str | None) -> None:
    """Note nothing: for parts that are used without a desk."""


def _uncounted(_what: str, _end: str) -> None:
    """Count nothing: for a process without figures."""


class RefusalLog:
    """Takes each try by `note`. `count` counts it in the figures; without a `store` the alarm is each process's own."""

    def __init__(
        self,
        clock: Clock,
        server_key: bytes,
        store: Store | None = None,
        count: Callable[[str, str], None] = _uncounted,
    ) -> None:
        self._clock = clock
        self._key = server_key
        self._store = store
        self._count = count
        self._quarter = _begun(clock.now())
        self._networks: OrderedDict[str, Counter[str]] = OrderedDict()
        self._unreported: Counter[tuple[str, bool]] = Counter()
        self._own: Counter[tuple[str, bool]] = Counter()
        self._quiet_until: dict[str, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Write lines in the background, also when nothing more is refused."""
        self._task = tasks.keep("refusals", self._run)

    async def stop(self) -> None:
        """Write what the last quarter of an hour has."""
        await cancel(self._task)
        self._write_lines()

    async def note(self, what: LogInBy | Door, end: End, network: str | None) -> None:
        """Count one try."""
        self._count(what, end)
        now = self._clock.now()
        self._turn(now)
        self._tally(network)[f"{what}_{end}"] += 1
        refused = end != "right"
        self._own[what, refused] += 1
        self._unreported[what, refused] += 1
        if self._unreported[what, refused] < ROW_FOR:
            return
        self._unreported[what, refused] = 0
        if what in _UNALARMING or now < self._quiet_until.get(what, now):
            return
        if await self._prevail(what, now, refused=refused):
            self._quiet_until[what] = now + ALARM_AGAIN

    async def _prevail(self, what: str, now: datetime, *, refused: bool) -> bool:
        """Report ten tries; return whether there was an alarm, here or in another process."""
        if self._store is None:
            wrong, right = self._own[what, True], self._own[what, False]
            return refused and self._alarm(what, wrong, right, first=True)
        try:
            wrong, right, first = await self._store.write(lambda c: self._reported(c, what, now, refused=refused))
        except StoreUnavailable:
            return False
        return refused and self._alarm(what, wrong, right, first=first)

    def _reported(self, connection: sa.Connection, what: str, now: datetime, *, refused: bool) -> tuple[int, int, bool]:
        """Store a row for ten tries; return how many of each there were, and whether an alarm would be the first."""
        kinds = {of: limits.Rule(f"tries {'refused' if of else 'right'} {what}", 1, QUARTER) for of in (True, False)}
        limits.hit(connection, kinds[refused], _ALL, server_key=self._key, now=now)
        wrong, right = (
            ROW_FOR * limits.count(connection, kinds[of], _ALL, server_key=self._key, now=now) for of in (True, False)
        )
        if not (refused and _prevailing(wrong, right)):
            return wrong, right, False
        told = limits.Rule(f"tries alarm {what}", 1, ALARM_AGAIN)
        return wrong, right, limits.allow(connection, told, _ALL, server_key=self._key, now=now)

    def _alarm(self, what: str, wrong: int, right: int, *, first: bool) -> bool:
        if not _prevailing(wrong, right):
            return False
        if first:
            _log.error("many_refused", alarm=True, what=what, refused=wrong, right=right)
        return True

    def _tally(self, network: str | None) -> Counter[str]:
        named = self._named(network)
        if named not in self._networks and len(self._networks) >= MOST_NETWORKS:
            named = FURTHER
        return self._networks.setdefault(named, Counter())

    def _named(self, network: str | None) -> str:
        if network is None:
            return "here"
        return keyed_hex(self._key, "refused network", self._quarter.date().isoformat(), network)[:16]

    def _turn(self, now: datetime) -> None:
        if (quarter := _begun(now)) != self._quarter:
            self._write_lines()
            self._quarter = quarter

    def _write_lines(self) -> None:
        for named, tally in self._networks.items():
            if any(not key.endswith("_right") for key in tally):
                _log.warning("refused", network=named, since=self._quarter.isoformat(), **tally)
        self._networks.clear()
        self._own.clear()

    async def _run(self) -> None:
        while True:
            self._turn(self._clock.now())
            await asyncio.sleep(EACH_S)


def _prevailing(wrong: int, right: int) -> bool:
    return wrong >= FEWEST and wrong >= TIMES_THE_RIGHT * right


def _begun(now: datetime) -> datetime:
    """Return when the quarter of an hour began."""
    return now.replace(minute=now.minute - now.minute % 15, second=0, microsecond=0)
