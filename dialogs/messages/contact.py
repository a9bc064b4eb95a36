"""What the contact dialog causes, and what comes of it."""

from dataclasses import dataclass, field
from datetime import datetime

from dialogs.kit.messages import Command, Event, Job


@dataclass(frozen=True, slots=True)
class IssueCode(Command):
    """A code for this number, if the limits allow it."""

    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeIssued(Event):
    """The code exists; it is derived from the challenge's id when it is sent and is kept nowhere in clear."""

    challenge: str


@dataclass(frozen=True, slots=True)
class CodeLimited(Event):
    """No code now: which limit holds (`contacts/code_quotas.py`), and `seconds` until asking again makes sense."""

    reason: str
    seconds: int


@dataclass(frozen=True, slots=True)
class SendCode(Job):
    """Send the challenge's code by SMS."""

    challenge: str
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeSent(Event):
    """The operator took the message."""

    at: datetime


@dataclass(frozen=True, slots=True)
class CodeNotSent(Event):
    """The operator refused (number_refused) or can't be reached (unavailable)."""

    reason: str


@dataclass(frozen=True, slots=True)
class CheckCode(Command):
    """Compare what was typed; the dialog never sees the right code."""

    challenge: str
    typed: str = field(repr=False)
    account_id: str
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class KeepPhone(Command):
    """Keep a number that gets no codes with the account: its e-mail proves the contact instead."""

    account_id: str
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PhoneKept(Event):
    """It is kept, unproven; the account needs no other proof than its e-mail's. `active`: that was given before, so the
    account is active now."""

    phone: str = field(repr=False)
    active: bool = False


@dataclass(frozen=True, slots=True)
class CodeRight(Event):
    """The number is the customer's."""


@dataclass(frozen=True, slots=True)
class CodeWrong(Event):
    """Not the code; `left` tries remain."""

    left: int


@dataclass(frozen=True, slots=True)
class CodeDead(Event):
    """The code can't be used any more: expired, exhausted (too many wrong ones) or too_many_today."""

    reason: str


@dataclass(frozen=True, slots=True)
class EmailProven(Event):
    """The link of the confirmation mail was followed."""

    email: str = field(repr=False)
    at: datetime
