"""What befalls the processes: one is killed soon after a message came in, one sleeps for longer than every lease."""

import asyncio
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.crash import books
from tests.crash.house import House
from tests.crash.plan import Plan
from tests.crash.process import Process

LONGEST_DELAY_S = 0.3
#: What a customer asks for in a journey, about, apart from repeats; and what agents do for one whom they help.
MESSAGES = 20
#: How often the last process at work is spared.
ONE_IS_LEFT = 0.9
#: After a death, until the database has ended what the dead one had begun.
WIRE_S = 0.05


@dataclass
class Strike:
    """Something that befell a process. Times are of the event loop's clock.

    `noted`: the messages of Telegram chats that the desk knew as sent then; none of them may be sent again.
    """

    kind: str
    who: str
    at: float
    noted: frozenset[int] = frozenset()
    back_s: float = 0.0


@dataclass
class Fate:
    """Kills and freezes, spread evenly over the journeys. `told` is called after each."""

    house: House
    plan: Plan
    dice: random.Random
    told: Callable[[Strike], None]
    strikes: list[Strike] = field(default_factory=list[Strike])
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _frozen: set[str] = field(default_factory=set[str])
    _coming_back: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])
    _newest: Process | None = None
    _lost: BaseException | None = None

    def __post_init__(self) -> None:
        self.house.doors.knocked = self.knocked
        self.house.bots.knocked = lambda: self.knocked(None)

    def knocked(self, process: Process | None) -> None:
        """A message came in, at this process if it is known."""
        self._newest = process
        self._came.set()

    @property
    def kills(self) -> int:
        """How many there were."""
        return self._count("kill")

    @property
    def share(self) -> float:
        """How much of what befalls the journeys has happened, 0 to 1."""
        planned = self.plan.kills - self.plan.late_kills
        return min(1.0, self.kills / planned) if planned else 1.0

    def _count(self, kind: str) -> int:
        return sum(strike.kind == kind for strike in self.strikes)

    async def befall(self) -> None:
        """Until all has happened that is planned, and all processes are back."""
        try:
            await asyncio.gather(self._kill_often(), self._freeze_some(), self._kill_the_sandbox())
            await asyncio.gather(*self._coming_back)
        finally:
            for task in self._coming_back:
                task.cancel()

    async def _message(self) -> None:
        """Returns some milliseconds after one of the next messages; so that the kills last for all journeys."""
        mean = MESSAGES * (self.plan.journeys + self.plan.helped) / max(1, self.plan.kills - self.plan.late_kills)
        for _ in range(self.dice.randint(1, max(1, round(2 * mean) - 1))):
            self._came.clear()
            await self._came.wait()
            if self._lost:
                raise self._lost
        await asyncio.sleep(self.dice.uniform(0, LONGEST_DELAY_S))

    async def _kill_often(self) -> None:
        while self.share < 1:
            await self._message()
            awake = [p for p in self.house.desks if p.up and p.name not in self._frozen]
            # Where there are others, one of them is mostly left to take the work up.
            enough = 2 if len(self.house.desks) > 1 and self.dice.random() < ONE_IS_LEFT else 1
            if len(awake) < enough:
                continue
            victim = self._newest if self._newest in awake and self.dice.random() < 0.5 else self.dice.choice(awake)
            assert victim is not None
            await self._kill("kill", victim)

    async def _kill_the_sandbox(self) -> None:
        sandbox = self.house.sandbox
        for n in range(self.plan.sandbox_kills if sandbox is not None else 0):
            await self.share_is((n + 0.5) / self.plan.sandbox_kills)
            await self._message()
            if sandbox is not None and sandbox.up:
                await self._kill("sandbox", sandbox)

    async def kill_one(self) -> None:
        """One more, whichever is up; returns when it is back."""
        while not (awake := [process for process in self.house.desks if process.up]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        await self._kill("kill", self.dice.choice(awake))
        await asyncio.gather(*self._coming_back)

    async def _kill(self, kind: str, victim: Process) -> None:
        strike = Strike(kind, victim.name, _now())
        self.strikes.append(strike)
        await victim.kill()
        await asyncio.sleep(WIRE_S)
        strike.noted = await asyncio.to_thread(books.noted_as_sent, self.house.store)
        task = asyncio.create_task(self._back(victim, strike))
        self._coming_back.add(task)
        task.add_done_callback(self._note_back)

    def _note_back(self, task: "asyncio.Task[None]") -> None:
        """Let a process that doesn't come back end the run, which would wait for it without an end."""
        self._coming_back.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._lost = error
            self._came.set()

    async def _back(self, victim: Process, strike: Strike) -> None:
        await victim.start(self.house.http)
        strike.back_s = _now() - strike.at
        self.told(strike)

    async def _freeze_some(self) -> None:
        for n in range(self.plan.freezes):
            await self.share_is((n + 0.5) / self.plan.freezes)
            await self._message()
            while not (awake := [process for process in self.house.desks if process.up]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)  # between two lives
            await self._freeze(self.dice.choice(awake))

    async def _freeze(self, sleeper: Process) -> None:
        strike = Strike("freeze", sleeper.name, _now())
        self.strikes.append(strike)
        self._frozen.add(sleeper.name)
        sleeper.signal(signal.SIGSTOP)
        await asyncio.sleep(WIRE_S)
        strike.noted = await asyncio.to_thread(books.noted_as_sent, self.house.store)
        await asyncio.sleep(self.plan.frozen_s)
        sleeper.signal(signal.SIGCONT)
        self._frozen.discard(sleeper.name)
        strike.back_s = _now() - strike.at
        self.told(strike)

    async def share_is(self, share: float) -> None:
        """Returns once so much of it has happened."""
        while self.share < share:  # noqa: ASYNC110 - looked at now and then is enough
            await asyncio.sleep(0.05)


def _now() -> float:
    return asyncio.get_running_loop().time()
