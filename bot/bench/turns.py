"""The script of measured customers, and a row of what was measured."""

import re
import statistics
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

SCRIPT = Path(__file__).with_name("twelve_turns.json")
"""One customer's conversation: it decides, digresses and corrects, and causes nothing outside."""

FIRST_CHAT = 700_000_001
"""Customer 1's number on Telegram; such a number is also in its customer's address."""

BUSY_CORES = 0.3
"""The share of a core that other processes may take in a round that counts."""


class BenchFailed(Exception):
    """A measurement came to nothing; the message says why, or which reply wasn't as expected or didn't come."""


class ScriptedTurn(msgspec.Struct, frozen=True):
    """Words, or a button by a part of its label (`payload` presses it over REST), and the pattern of the reply."""

    expect: str
    text: str = ""
    press: str = ""
    payload: str = ""

    def words(self, customer: int) -> str:
        """Return the words of this customer."""
        return self.text.replace("{email}", _email(customer))

    def pattern(self, customer: int) -> str:
        """Return the regular expression that the reply to this customer matches."""
        return self.expect.replace("{email}", re.escape(_email(customer)))


class _Script(msgspec.Struct):
    turns: tuple[ScriptedTurn, ...]


@cache
def script(file: Path = SCRIPT) -> tuple[ScriptedTurn, ...]:
    """Return a script's turns. Errors: OSError, msgspec.DecodeError."""
    return msgspec.json.decode(file.read_bytes(), type=_Script).turns


def turns(n: int) -> list[str]:
    """Return the words and payloads of the n-th customer."""
    return [turn.payload or turn.words(n) for turn in script()]


def _email(customer: int) -> str:
    return f"jan.{customer}@example.com"


class BenchRow(Struct, frozen=True):
    """One measurement: times in milliseconds, CPU of the program per turn; None: not known."""

    name: str
    clients: int
    per_second: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float | None
    rss_mib: float | None = None
    other_cores: float | None = None

    @property
    def is_busy(self) -> bool:
        """Return whether other processes took more of the machine than a measurement bears."""
        return self.other_cores is not None and self.other_cores > BUSY_CORES

    @classmethod
    def of(cls, name: str, clients: int, took_ms: list[float], seconds: float, cpu_s: float | None) -> "BenchRow":
        """Return the row of turns that took so long each, and so long together."""
        took, turns = sorted(took_ms), len(took_ms)
        p95, p99 = (took[int(turns * share)] for share in (0.95, 0.99))
        cpu_ms = None if cpu_s is None else cpu_s / turns * 1000
        return cls(name, clients, turns / seconds, statistics.median(took), p95, p99, cpu_ms)
