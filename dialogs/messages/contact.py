"""Commands, jobs and events of the contact dialog."""

from datetime import datetime

from dialogs.kit.effects import Command, Job
from dialogs.kit.messages import Event
from values.private import Private


class IssueCode(Command):
    """Issue a code for this number, if the limits allow it."""

    phone: Private[str]


class CodeIssued(Event):
    """A new code: derived from the challenge's id when it is sent, stored nowhere in clear.

    Another one is to be had from `again_at` on; None: at once.
    """

    challenge: str
    again_at: datetime | None = None


class CodeLimited(Event):
    """No code now: the limit that holds (`contacts/code_quotas.py`), and `seconds` until asking again makes sense."""

    reason: str
    seconds: int


class SendCode(Job):
    """Send the challenge's code by SMS."""

    challenge: str
    phone: Private[str]


class CodeSent(Event):
    """The operator took the message."""

    at: datetime


class CodeNotSent(Event):
    """The operator's refusal (number_refused), or no answer (unavailable)."""

    reason: str


class CheckCode(Command):
    """Compare the typed code; the dialog never sees the right one."""

    challenge: str
    typed: Private[str]
    account_id: str | None  # None: a customer on file, whose account isn't made yet
    phone: Private[str]


class CheckLetterCode(Command):
    """Compare the code of the account's confirmation letter; the right one does what the letter's link does.

    The outcome is `EmailProven`, or the same as of a wrong code by SMS, also where the letter holds none.
    """

    account_id: str
    typed: Private[str]


class CheckCodes(Command):
    """Compare what was typed while a code by SMS and the account's letter are out, each with what it may be meant for.

    `sms` and `letter` are the candidates, likelier first; what fits one isn't tried for the other.
    """

    challenge: str
    phone: Private[str]
    account_id: str
    sms: Private[tuple[str, ...]]
    letter: Private[tuple[str, ...]]


class CodesChecked(Event):
    """The outcomes, as of `CheckCode` and `CheckLetterCode`; None for one that nothing typed was meant for.

    `either`: it was one code, which fits neither and may have been meant for each.
    """

    sms: Event | None
    letter: Event | None
    either: bool = False


class KeepPhone(Command):
    """Store a number that gets no codes with the account: its e-mail proves the contact instead."""

    account_id: str
    phone: Private[str]


class PhoneKept(Event):
    """The stored number, unproven; the account needs no other proof than its e-mail's.

    `active`: that was given before, so the account is active now.
    """

    phone: Private[str]
    active: bool = False


class TakeVouched(Command):
    """Take the number as proven without a code: the customer's messenger says that it is theirs."""

    account_id: str
    phone: Private[str]


class PhoneVouched(Event):
    """The number is proven by what the messenger said."""

    phone: Private[str]


class CodeRight(Event):
    """The number is the customer's."""

    phone: Private[str]


class CodeWrong(Event):
    """A wrong code; `left` tries remain."""

    left: int


class CodeDead(Event):
    """A dead code: expired, exhausted (too many wrong ones) or too_many_today."""

    reason: str


class EmailProven(Event):
    """The link of the confirmation mail was followed, or its code typed in the chat."""

    email: Private[str]
    at: datetime
