"""Faults: how a stand-in is to fail, and how often yet.

One fault a provider; setting another replaces it. `times` N > 0 counts the provider's calls down, each mode alike
(`down` lasts until its calls are used up); left out, it lasts until cleared; 0 clears. Payers' pages and certificates
are not calls.
"""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from sandbox.ledger import Ledger

Mode = Literal["timeout", "error", "slow", "down", "garbage", "lost", "reset", "too_many"]
MODES: Final = get_args(Mode)
SLOW_S: Final = 5.0
TIMEOUT_S: Final = 60.0
"""Longer than any client waits."""


@dataclass(frozen=True, slots=True)
class InjectedFault:
    """A fault in force; `times` is how often yet, None until cleared."""

    provider: str
    mode: Mode
    times: int | None


class Faults:
    """The faults in force, kept in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def set(self, provider: str, mode: str, times: int | None) -> None:
        """Put a fault in force, or clear it (`times` 0). Raises ValueError for a mode or number that is none."""
        if mode not in MODES:
            raise ValueError(f"mode is one of {', '.join(MODES)}")
        if times is not None and times < 0:
            raise ValueError("times is 0 or more")
        with self._ledger.write() as connection:
            connection.execute("DELETE FROM faults WHERE provider = ?", (provider,))
            if times != 0:
                connection.execute("INSERT INTO faults VALUES (?,?,?)", (provider, mode, times))

    def look(self, provider: str) -> Mode | None:
        """Return the mode that the provider's next call will meet; uses nothing up."""
        row = self._ledger.row("SELECT mode FROM faults WHERE provider = ?", provider)
        return None if row is None else row["mode"]

    def take(self, provider: str) -> Mode | None:
        """Return the mode that this call meets, used up once."""
        if self.look(provider) is None:
            return None
        with self._ledger.write() as connection:
            mode = self.look(provider)
            connection.execute("UPDATE faults SET times = times - 1 WHERE provider = ?", (provider,))
            connection.execute("DELETE FROM faults WHERE provider = ? AND times <= 0", (provider,))
        return mode

    def all(self) -> list[InjectedFault]:
        """Return the faults in force."""
        rows = self._ledger.rows("SELECT * FROM faults ORDER BY provider")
        return [InjectedFault(row["provider"], row["mode"], row["times"]) for row in rows]
