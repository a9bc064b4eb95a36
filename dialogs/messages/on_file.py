"""Commands, jobs and events of customers on file, and events of their letters and pages."""

from datetime import datetime

from dialogs.kit.effects import Command, Job
from dialogs.kit.messages import Event
from values.private import Private


class FindOnFile(Command):
    """Find the customer with this number among those who may register.

    `asked`: the seller's own system was asked for it just now.
    """

    number: Private[str]
    asked: bool = False


class NumberFound(Event):
    """A number that may register."""


class NumberRefused(Event):
    """A refused number: unknown, registered (there is an account) or no_contact (to prove the customer by)."""

    reason: str


class NumberToLookUp(Event):
    """The number is unknown here; the seller's own system may know it."""


class LookUpOnFile(Job):
    """Ask the seller's own system for the customer with this number, and put them on file."""

    number: Private[str]


class OnFileLookedUp(Event):
    """The customer is on file now, if the seller's system knows one. Not `answered`: it was silent."""

    answered: bool


class NumbersLimited(Event):
    """Too many numbers were tried; `seconds` until it makes sense to try another."""

    seconds: int


class MatchContact(Command):
    """Compare the customer's "phone" or "email" with the one on file, which the dialog never sees."""

    number: Private[str]
    kind: str
    value: Private[str]


class ContactMatches(Event):
    """The contact is the one on file."""


class ContactDiffers(Event):
    """The contact differs, or none of this kind is on file."""


class MatchesLimited(Event):
    """Too many contacts were tried; `seconds` until another may be."""

    seconds: int


class StartProof(Command):
    """Issue a link for the e-mail on file, which proves it and leads to the password."""

    number: Private[str]
    email: Private[str]


class ProofStarted(Event):
    """A link for a letter."""

    letter: str


class ProofFollowed(Event):
    """A used link: the address is proven, and `page` is the page for the password that followed."""

    letter: str
    page: str
    at: datetime


class RegisterCustomer(Command):
    """Make the account of the customer with this number, who has proven the contact of this kind."""

    number: Private[str]
    credential: str
    kind: str


class CustomerRegistered(Event):
    """The account is made, and can be logged into."""


class AlreadyRegistered(Event):
    """The customer has an account already."""


class StartResetOf(Command):
    """Reset the password of this login (customer number, user name, e-mail) by sms or email.

    The outcome looks the same whether or not there is such an account.
    """

    login: Private[str]
    channel: str


class ResetByLetter(Event):
    """A letter to send; to nobody if `to` is empty."""

    letter: str
    to: Private[str]


class ResetByCode(Event):
    """A code to send; to nobody if `phone` is empty."""

    challenge: str
    phone: Private[str]


class CheckLoginCode(Command):
    """Compare the code for this login's forgotten password; the right one opens a page for a new one."""

    challenge: str | None  # None: none could be sent
    typed: Private[str]
    login: Private[str]


class LoginCodeRight(Event):
    """The page where the new password is set."""

    page: str
