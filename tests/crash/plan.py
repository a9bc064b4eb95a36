"""What a run is to be: how many of what, and from which seed."""

from dataclasses import dataclass
from typing import Literal

Database = Literal["sqlite", "postgresql"]
Start = Literal["fork", "exec"]
#: Protections that can be taken out; see `unprotected.py`.
PROTECTIONS = ("dedupe", "key", "commit", "lock", "lease", "holder", "silence", "asking", "stopping")


@dataclass(frozen=True, slots=True)
class Plan:
    """One run. `journeys` counts all, `telegram` those of them on Telegram, `helped` about how many of them ask for a
    person, whom two or three agents race to take; `money_back` are refunded or dispute what they paid, `withdrawn`
    withdraw from the contract; `late_kills` of the kills fall while the next year comes; `lost` is how often a provider
    does what it is asked and its answer is lost; `twice` the share of messages that are sent to two processes at once;
    `telegram_ms` how long the Bot API takes to answer that it has sent a message. In `months` (months.py) the plan is
    sold by the month and the year, behind a trial.

    `start`: every life of a process is forked from one that has loaded the program already ("fork"), which spares
    seconds of loading, or begins as from a shell ("exec").
    """

    database: Database = "sqlite"
    kills: int = 200
    journeys: int = 100
    telegram: int = 20
    helped: int = 20
    money_back: int = 28
    withdrawn: int = 14
    late_kills: int = 20
    replicas: int = 1
    freezes: int = 2
    frozen_s: float = 12.0
    sandbox_kills: int = 5
    lost: int = 20
    twice: float = 0.1
    months: bool = False
    telegram_ms: int = 50
    at_once: int = 6
    seed: int = 20261120
    start: Start = "fork"
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.database == "sqlite" and self.replicas != 1:
            raise ValueError("SQLite is for one process")
        if self.late_kills > self.kills:
            raise ValueError("more kills in the next year than in all")
        if unknown := set(self.without) - set(PROTECTIONS):
            raise ValueError(f"no such protection: {', '.join(sorted(unknown))}")


Kind = Literal["lost", "doubled", "stuck", "order", "held", "books"]


@dataclass(frozen=True, slots=True)
class Broken:
    """What, and whose. "held": two agents had a talk at once, or the bot spoke while one had it; "books": the desk
    has other money, another renewal or another withdrawal than there is."""

    kind: Kind
    who: str
    what: str
