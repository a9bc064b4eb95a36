"""Attempts: the orders that a seller opened at the payment providers; and the ways to pay that these keep."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final, Literal, get_args

from msgspec import Struct, field
from msgspec.structs import asdict, replace

from sandbox.database import stamp, struct_of
from sandbox.ledger import Ledger

Status = Literal["pending", "paid", "failed", "refunded"]


class ProviderAttempt(Struct, frozen=True):
    """One order at a provider.

    `reference` is the seller's own, "PAYMENT-ATTEMPT"; `amount` and `refunded` are minor units; `status` is what the
    payer did (and a full refund), `settled` whether the seller took the money (verified, captured).
    """

    provider: str
    reference: str
    order_id: str
    token: str
    method: str
    amount: int
    currency: str
    at: str
    id: int = 0
    status: Status = "pending"
    settled: bool = False
    refunded: int = 0
    details: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def payment_id(self) -> str:
        """The seller's payment: the reference without its attempt number."""
        return self.reference.rpartition("-")[0] or self.reference

    @property
    def claims(self) -> list["Claim"]:
        """The disputes about it, oldest first."""
        return [Claim(**kept) for kept in self.details.get("claims", ())]

    def with_claim(self, claim: "Claim") -> "ProviderAttempt":
        """Return the same attempt with a new dispute, or one that has gone on."""
        known = {kept.id: kept for kept in self.claims} | {claim.id: claim}
        return self.with_details(claims=[asdict(kept) for kept in known.values()])

    def with_details(self, **details: Any) -> "ProviderAttempt":
        """Return the same attempt with some of the provider's own details set."""
        return replace(self, details={**self.details, **details})


class Claim(Struct, frozen=True):
    """A payer's dispute, as the attempt's details keep it. `status`: open, won or lost, by the seller."""

    id: str
    amount: int
    status: str
    at: str


class PaymentBook:
    """Reads and writes attempts and refunds in the ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """Return a transaction of the ledger; see `Database.write`."""
        return self._ledger.write()

    def open(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Keep a new attempt; returned with its number."""
        values = {name: value for name, value in asdict(attempt).items() if name != "id"}
        return replace(attempt, id=self._ledger.insert("attempts", payment_id=attempt.payment_id, **values))

    def save(self, attempt: ProviderAttempt) -> ProviderAttempt:
        """Write back what may change: status, settled, refunded, details."""
        self._ledger.execute(
            "UPDATE attempts SET status = ?, settled = ?, refunded = ?, details = ? WHERE id = ?",
            (attempt.status, attempt.settled, attempt.refunded, json.dumps(attempt.details), attempt.id),
        )
        return attempt

    def by_id(self, number: int) -> ProviderAttempt | None:
        """Return the attempt of that number (gone after a reset)."""
        return self._newest("id = ?", number)

    def by_reference(self, provider: str, reference: str) -> ProviderAttempt | None:
        """Return the newest attempt under the seller's reference."""
        return self._newest("provider = ? AND reference = ?", provider, reference)

    def by_order(self, provider: str, order_id: str) -> ProviderAttempt | None:
        """Return the attempt under the provider's order id."""
        return self._newest("provider = ? AND order_id = ?", provider, order_id)

    def by_token(self, provider: str, token: str) -> ProviderAttempt | None:
        """Return the attempt whose payer's page bears that token."""
        return self._newest("provider = ? AND token = ?", provider, token)

    def of_reference(self, provider: str, reference: str) -> list[ProviderAttempt]:
        """Return all orders under the seller's reference, oldest first."""
        query = "SELECT * FROM attempts WHERE provider = ? AND reference = ? ORDER BY id"
        return [_attempt(row) for row in self._ledger.rows(query, provider, reference)]

    def newest_of(self, payment_id: str) -> ProviderAttempt | None:
        """Return the newest attempt of a seller's payment."""
        return self._newest("payment_id = ?", payment_id)

    def all(self) -> list[ProviderAttempt]:
        """Return every attempt, oldest first."""
        return [_attempt(row) for row in self._ledger.rows("SELECT * FROM attempts ORDER BY id")]

    def paid_of(self, payment_id: str) -> ProviderAttempt | None:
        """Return the newest attempt of a seller's payment whose money came, whatever became of it."""
        return self._newest("payment_id = ? AND status IN ('paid', 'refunded')", payment_id)

    def newest(self) -> list[ProviderAttempt]:
        """Return one attempt per payment, the newest; payments in the order in which they were first seen."""
        newest: dict[str, ProviderAttempt] = {}
        for attempt in self.all():
            newest[attempt.payment_id] = attempt
        return list(newest.values())

    def add_refund(
        self, attempt: ProviderAttempt, refund_id: str, amount: int, at: datetime, details: dict[str, Any]
    ) -> ProviderAttempt:
        """Give money back: the attempt with what is refunded in all, `refunded` once it is everything."""
        total = attempt.refunded + amount
        changed = replace(attempt, refunded=total, status="refunded" if total >= attempt.amount else attempt.status)
        with self.write():
            refund = {"refund_id": refund_id, "amount": amount, "details": details, "at": stamp(at)}
            self._ledger.insert("refunds", provider=attempt.provider, attempt=attempt.id, **refund)
            return self.save(changed)

    def fail_refund(self, attempt: ProviderAttempt) -> ProviderAttempt | None:
        """Take the last refund back, whose payer's bank wouldn't have it; None without one, or if it has failed."""
        if not attempt.refunded or (last := self.refunds_of(attempt)[-1])["details"].get("failed"):
            return None
        failed = json.dumps({**last["details"], "failed": True})
        with self.write():
            self._ledger.execute("UPDATE refunds SET details = ? WHERE refund_id = ?", (failed, last["refund_id"]))
            return self.save(replace(attempt, refunded=attempt.refunded - last["amount"], status="paid"))

    def refunds_of(self, attempt: ProviderAttempt) -> list[dict[str, Any]]:
        """Return the refunds of an attempt, as `{"refund_id","amount","at","details"}`."""
        rows = self._ledger.rows("SELECT * FROM refunds WHERE attempt = ? ORDER BY id", attempt.id)
        return [
            {"refund_id": r["refund_id"], "amount": r["amount"], "at": r["at"], "details": json.loads(r["details"])}
            for r in rows
        ]

    def _newest(self, condition: str, *values: Any) -> ProviderAttempt | None:
        query = f"SELECT * FROM attempts WHERE {condition} ORDER BY id DESC LIMIT 1"  # noqa: S608
        row = self._ledger.row(query, *values)
        return None if row is None else _attempt(row)


def _attempt(row: sqlite3.Row) -> ProviderAttempt:
    return struct_of(ProviderAttempt, row, settled=bool(row["settled"]), details=json.loads(row["details"]))


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
    """Reads and writes kept ways to pay in the ledger.

    What is kept outlives a reset, as an account at a provider does: the desk that knows its name goes on knowing it.
    """

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
