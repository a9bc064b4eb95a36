"""The vault: ways to pay that the providers keep for their payers, and what the next charge of each will come to.

What is kept outlives a reset, as an account at a provider does: the desk that knows its name goes on knowing it.
"""

import json
import sqlite3
from collections.abc import Callable
from typing import Any, Final, Literal, get_args

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from sandbox.database import struct_of
from sandbox.ledger import Ledger

Next = Literal["works", "declined", "needs_payer", "gone"]
NEXT: Final = get_args(Next)


class KeptMethod(Struct, frozen=True):
    """A way to pay. `next` is what a charge without the payer comes to; `details` the provider's own."""

    provider: str
    token: str
    customer: str
    label: str
    at: str
    next: Next = "works"
    kept: bool = True
    details: dict[str, Any] = field(default_factory=dict[str, Any])


class Vault:
    """Reads and writes kept ways to pay in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.gone: dict[str, Callable[[KeptMethod], None]] = {}
        """By provider: what it does when a way to pay is ended by its holder."""

    def keep(self, method: KeptMethod) -> KeptMethod:
        """Keep a way to pay; one kept before is written anew."""
        with self._ledger.write() as connection:
            gone = "DELETE FROM kept_methods WHERE provider = ? AND token = ?"
            connection.execute(gone, (method.provider, method.token))
            self._ledger.insert("kept_methods", **asdict(method))
        return method

    def get(self, provider: str, token: str) -> KeptMethod | None:
        """Return the way to pay of that name, also one that was forgotten."""
        row = self._ledger.row("SELECT * FROM kept_methods WHERE provider = ? AND token = ?", provider, token)
        return None if row is None else _method(row)

    def of_customer(self, provider: str, customer: str) -> list[KeptMethod]:
        """Return what is still kept for a customer, the newest first."""
        return [m for m in reversed(self.all()) if (m.provider, m.customer, m.kept) == (provider, customer, True)]

    def all(self) -> list[KeptMethod]:
        """Everything ever kept, oldest first."""
        return [_method(row) for row in self._ledger.rows("SELECT * FROM kept_methods ORDER BY at, rowid")]

    def forget(self, method: KeptMethod) -> None:
        """Keep it no longer."""
        self.keep(replace(method, kept=False))

    def let_next(self, token: str, comes_to: Next) -> KeptMethod | None:
        """Say what its charges come to from now on; None if there is no such way to pay."""
        found = next((method for method in self.all() if method.token == token), None)
        if found is not None and comes_to == "gone" and (tell := self.gone.get(found.provider)) is not None:
            tell(found)
        return None if found is None else self.keep(replace(found, next=comes_to))


def _method(row: sqlite3.Row) -> KeptMethod:
    return struct_of(KeptMethod, row, kept=bool(row["kept"]), details=json.loads(row["details"]))
