"""Charges of renewals by the desk: jobs, their results, announcements and receipts."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from dialogs.kit.messages import Event, Job
from values.order import Bill


@dataclass(frozen=True, slots=True)
class ChargeStored(Job):
    """Take a renewal's money from the stored way to pay that the attempt names, unless something has changed."""

    background: ClassVar[bool] = True
    subscription_id: str
    payment_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class AskCharge(Job):
    """Ask the provider for the state of a charge without a result."""

    background: ClassVar[bool] = True
    payment_id: str
    attempt: int


@dataclass(frozen=True, slots=True)
class ChargeAnswered(Event):
    """The state of a charge: paid, pending, failed, stopped (not wanted any more) or unknown.

    `refusal` says why it failed, where the provider tells.
    """

    payment_id: str
    attempt: int
    state: str
    amount: int = 0
    currency: str = ""
    refusal: str | None = None
    provider_ref: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ChargeComing(Event):
    """An announced charge: its day and the label of the stored way to pay. `gross` in minor units.

    `bill`: all that is renewed, `plan` first; None in what an earlier release has stored.
    """

    plan: str
    ends_at: datetime
    charge_at: datetime
    label: str = field(repr=False)
    gross: int
    currency: str
    bill: Bill | None = None


@dataclass(frozen=True, slots=True)
class RenewalCharged(Event):
    """A charge by the desk: all that is billed goes on until `until`. `gross` in minor units."""

    plan: str
    account_id: str
    order_id: str
    number: str
    payment_id: str
    label: str = field(repr=False)
    gross: int
    currency: str
    until: datetime
    bill: Bill | None = None


@dataclass(frozen=True, slots=True)
class MailCharge(Job):
    """Write to a customer without a conversation about a charge to come (`charge_at`) or made (None)."""

    background: ClassVar[bool] = True
    subscription_id: str
    plan: str
    way: str = field(repr=False)
    gross: int
    currency: str
    ends_at: datetime
    charge_at: datetime | None = None
    number: str = ""
    bill: Bill | None = None
