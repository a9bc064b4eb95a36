"""The words all payment providers share.

An *attempt* is one order at a provider; a payment may have many. It is named by its *payment reference*
"{payment_id}-{attempt}", which is sent along, so that notices and reads find it again. Amounts are integers in minor
units.
"""

import hashlib
import json
from collections.abc import Container, Mapping, Set
from datetime import timedelta
from typing import Literal, Protocol, runtime_checkable

from msgspec import Struct, field
from pydantic import JsonValue

from services.errors import ProviderRefused, Unreadable
from values.payment import ChargeRules, StoredMethod
from values.private import Private, PrivateStruct, Secret

#: "przelewy24" is a bank's pay-by-link, whichever provider takes it.
Method = Literal["card", "blik", "przelewy24", "paypal"]
NoticeKind = Literal[
    "paid",
    "approved",
    "failed",
    "refunded",
    "detached",  # a stored way to pay is gone; `provider_ref` is its token
    "disputed",  # the payer wants the money back over the seller's head
    "settling",  # a refund or a dispute has gone on, or ended
    "other",
]
Status = Literal["pending", "paid", "failed", "expired", "refunded"]
Dispute = Literal["open", "won", "lost"]
Refusal = Literal[
    "declined",  # it may go through another day
    "needs_payer",  # the bank wants its customer to confirm: only a link helps
    "gone",  # the stored way has expired or was withdrawn: it must not be tried again
]
CodeRefusal = Literal[
    "wrong",
    "expired",  # or used
    "declined",  # by the payer in the bank's app, or by the bank
    "limit",  # the account's balance or its limit
    "unconfirmed",  # the payer let the bank's question pass
    "unkept",  # the bank keeps nothing for later: another code pays this once
]


class CodePayer(PrivateStruct):
    """The browser in which a code was typed, which providers ask for with it."""

    address: Private[str] = ""
    browser: Private[str] = ""


class PaymentRequest(PrivateStruct):
    """One attempt to be opened at a provider. `payment_id` is hexadecimal, `expires_in` how long the payer has.

    `store_for` is the account for which the provider is to keep the way to pay, to be charged again without the payer
    (who has agreed to that); None: it keeps nothing. `stored` is a way kept before, which the payer is led to at once.
    An `amount` of zero takes nothing: the payer gives a way to pay, and the attempt is paid once that is kept.
    """

    payment_id: str
    attempt: int
    amount: int
    currency: str
    description: str
    email: Private[str]
    locale: str
    country: str
    method: Method
    return_url: Private[str]
    notify_url: Private[str]
    expires_in: timedelta
    store_for: str | None = None
    stored: StoredMethod | None = None
    payer: CodePayer = CodePayer()

    @property
    def payment_ref(self) -> str:
        """The attempt's name at the provider."""
        return f"{self.payment_id}-{self.attempt}"


class RegisteredAttempt(PrivateStruct):
    """The provider has opened the attempt: its own reference for it, and where the payer goes."""

    provider_ref: Private[str]
    redirect_url: Private[str]


class Attempt(PrivateStruct):
    """An attempt as stored on our side: what we registered, not what anybody tells us.

    `provider_ref` is None when the answer to its registration never came.
    """

    payment_ref: str
    provider_ref: Private[str | None]
    amount: int
    currency: str


class Notice(Struct, frozen=True):
    """A notice proven to be the provider's. It moves nothing by itself: `confirm` asks the provider first.

    `payment_ref` is empty where the notice names no attempt of ours; `amount` and `currency` are None where it names
    no sum; `dedup_key` is the same for every repeat of this notice; `facts` is what `confirm` needs, fit for JSON.
    """

    payment_ref: str
    provider_ref: str
    amount: int | None
    currency: str | None
    kind: NoticeKind
    dedup_key: str
    facts: Mapping[str, JsonValue] = field(default_factory=dict[str, JsonValue])


def others_notice(body: bytes, kind: str, read: Container[str]) -> Notice:
    """Return the notice of a proven body meant for others; raise Unreadable if `kind` names one of `read`, or none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("notice") from None
    named = told.get(kind) if isinstance(told, dict) else None
    if not isinstance(named, str) or named in read:
        raise Unreadable("notice")
    return Notice("", "", None, None, "other", hashlib.sha256(body).hexdigest(), {"kind": "other"})


class State(Struct, frozen=True):
    """The state of an attempt at its provider. Paid or refunded only in the amount and currency that were registered.

    `stored` is the method that the provider has kept for later charges. `refusal`: why it failed, where that is told.
    """

    status: Status
    amount: int
    currency: str
    stored: StoredMethod | None = None
    refusal: Refusal | CodeRefusal | None = None


class Charge(Struct, frozen=True):
    """Money to be taken from a stored way to pay while its payer is away, under the name of an attempt of ours."""

    attempt: Attempt
    description: str
    stored: StoredMethod
    method: str


class Charged(PrivateStruct):
    """The outcome of a charge: its state (paid, pending or failed), and the provider's reference for it."""

    provider_ref: Private[str]
    state: State


class Returned(Struct, frozen=True):
    """Money of an attempt that came back to its payer, in minor units: by refunds and by lost disputes.

    `disputed`: the state of the last dispute about it, with the provider's name of it (`case`) and its sum.
    """

    refunded: int = 0
    disputed: Dispute | None = None
    case: str = ""
    disputed_amount: int = 0


class Refund(Struct, frozen=True):
    """A refund the provider has taken on: done, or under way. Nothing waits for its end; a notice of it is stored."""

    status: Literal["completed", "pending"]
    provider_ref: str


class PaymentProvider(Protocol):
    """A provider's adapter. Besides the errors named, each call may raise Unavailable and Misconfigured."""

    @property
    def name(self) -> str:
        """The provider as stored, and in the address of its notices."""
        ...

    @property
    def methods(self) -> Set[Method]:
        """The ways to pay it offers."""
        ...

    async def register(self, request: PaymentRequest) -> RegisteredAttempt:
        """Open the attempt; a repeat never opens a second one under the same reference.

        Raises Conflict("attempt_used") when an earlier, unanswered try had opened it and its link can't be had again
        (nobody else has the link either: open the next attempt), Conflict("already_paid") when there is money under
        this reference (call `ask`), ProviderRefused when the provider does not take such a payment.
        """
        ...

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Prove and read a notice; `body` as received, byte for byte. Raises Forged, Unreadable."""
        ...

    async def confirm(self, attempt: Attempt, facts: Mapping[str, JsonValue]) -> State:
        """Take the money that a notice with these `facts` told of, and say how the attempt stands.

        Raises ProviderRefused("amount_mismatch") or ProviderRefused("other_payment") when the money is not what was
        registered.
        """
        ...

    async def ask(self, attempt: Attempt, *, take: bool = True) -> State:
        """Return how the attempt stands now, money that waits only for us being taken first. Raises as `confirm`.

        Without `take` nothing is moved: what its payer has approved is pending, what was sent is paid.
        """
        ...

    async def returned(self, attempt: Attempt) -> Returned:
        """Return what came back of the attempt's money. Raises as `confirm`."""
        ...

    async def refund(self, attempt: Attempt, *, amount: int, key: str, reason: str, notify_url: str) -> Refund:
        """Give `amount` back, at most once per `key`. Raises ProviderRefused("refund_refused")."""
        ...


@runtime_checkable
class SelfProving(Protocol):
    """A provider whose notices mostly prove themselves, and that is asked about the others."""

    async def proven_notice(self, headers: Mapping[str, str], body: bytes) -> Notice | None:
        """Read a notice that proves itself; None where `read_notice` would ask. Raises as that does."""
        ...


@runtime_checkable
class StoringProvider(PaymentProvider, Protocol):
    """A provider that keeps ways to pay and charges them while their payer is away."""

    @property
    def storable(self) -> Mapping[Method, ChargeRules]:
        """The methods that the provider can keep for later charges, and what those may be."""
        ...

    async def charge(self, charge: Charge) -> Charged:
        """Take the money; a repeat under the same payment reference never takes it twice and is answered alike.

        A refusal is an answer (`State.refusal`), not an error.
        """
        ...

    async def keeps(self, stored: StoredMethod) -> bool:
        """Return whether it can still be charged, as far as the provider knows."""
        ...

    async def forget(self, stored: StoredMethod) -> None:
        """Keep it no longer. One that isn't kept (any more) is forgotten already."""

    async def forget_payer(self, account: str) -> None:
        """Keep nothing of the person for whom anything was kept under this account's name, not even an address."""


@runtime_checkable
class CodeProvider(PaymentProvider, Protocol):
    """A provider that takes the one-time code of a payer's bank app, without a page of its own."""

    @property
    def by_code(self) -> Set[Method]:
        """The methods that are paid so."""
        ...

    async def open_for_code(self, request: PaymentRequest) -> str:
        """Open the attempt; return its reference, to be stored before any code leaves. Raises as `register`."""
        ...

    async def pay_by_code(self, request: PaymentRequest, provider_ref: str, code: Secret) -> CodeRefusal | None:
        """Hand the opened attempt the code, once: no code is ever sent again under its name.

        Return why it was refused at once; None: the payer confirms in the bank's app, and `ask` tells how it ends.
        Raises Misconfigured and ProviderRefused where this seller's codes aren't taken, ProviderUnavailable, which is
        `uncertain` where the code may have arrived.
        """
        ...

    async def end_code(self, attempt: Attempt) -> State:
        """Let nobody confirm any more what wasn't by now, where the provider can; return how the attempt stands."""
        ...


def demand_registered_amount(attempt: Attempt, amount: int | None, currency: str | None) -> None:
    """Raise Refused("amount_mismatch") unless this is exactly what was registered."""
    if amount != attempt.amount or (currency or "").upper() != attempt.currency.upper():
        raise ProviderRefused("amount_mismatch")
