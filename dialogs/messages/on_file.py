"""What the dialog with customers on file causes, what comes of it, and what their letters and pages tell."""

from dataclasses import dataclass, field
from datetime import datetime

from dialogs.kit.messages import Command, Event, Job


@dataclass(frozen=True, slots=True)
class FindOnFile(Command):
    """Look for the customer with this number among those who may register. `asked`: the seller's own system was asked
    for it just now."""

    number: str = field(repr=False)
    asked: bool = False


@dataclass(frozen=True, slots=True)
class NumberFound(Event):
    """Somebody may register under the number."""


@dataclass(frozen=True, slots=True)
class NumberRefused(Event):
    """Nobody may: unknown, registered (there is an account), no_contact (nothing that could prove who asks)."""

    reason: str


@dataclass(frozen=True, slots=True)
class NumberToLookUp(Event):
    """The desk has nobody of this number; the seller's own system may."""


@dataclass(frozen=True, slots=True)
class LookUpOnFile(Job):
    """Ask the seller's own system for the customer with this number, and put them on file."""

    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OnFileLookedUp(Event):
    """Whoever it knows is on file now. Not `answered`: it said nothing, so nobody knows."""

    answered: bool


@dataclass(frozen=True, slots=True)
class NumbersLimited(Event):
    """Too many numbers were tried; `seconds` until it makes sense to try another."""

    seconds: int


@dataclass(frozen=True, slots=True)
class MatchContact(Command):
    """Compare what the customer gave, "phone" or "email", with the contact on file; the dialog never sees that one."""

    number: str = field(repr=False)
    kind: str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ContactMatches(Event):
    """It is the one on file."""


@dataclass(frozen=True, slots=True)
class ContactDiffers(Event):
    """It isn't, or there is none of this kind."""


@dataclass(frozen=True, slots=True)
class MatchesLimited(Event):
    """Too many were tried; `seconds` until another may be."""

    seconds: int


@dataclass(frozen=True, slots=True)
class StartProof(Command):
    """A link for the e-mail on file, by which the customer proves it and comes to the password."""

    number: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ProofStarted(Event):
    """The link exists; a letter is to carry it."""

    letter: str


@dataclass(frozen=True, slots=True)
class ProofFollowed(Event):
    """The letter's link was used: the address is proven, and `page` is the page for the password that followed."""

    letter: str
    page: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RegisterCustomer(Command):
    """Make the account of the customer with this number, who has proven the contact of this kind."""

    number: str = field(repr=False)
    credential: str
    kind: str


@dataclass(frozen=True, slots=True)
class CustomerRegistered(Event):
    """The account is there: it can be logged into."""


@dataclass(frozen=True, slots=True)
class AlreadyRegistered(Event):
    """The customer has an account already."""


@dataclass(frozen=True, slots=True)
class StartResetOf(Command):
    """A forgotten password of whoever has this login (customer number, user name, e-mail), by this channel: sms or
    email. What comes of it looks the same whether there is such an account or not."""

    login: str = field(repr=False)
    channel: str


@dataclass(frozen=True, slots=True)
class ResetByLetter(Event):
    """A letter is to be sent; nobody to send it to if `to` is empty."""

    letter: str
    to: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ResetByCode(Event):
    """A code is to be sent; nobody to send it to if `phone` is empty."""

    challenge: str
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckLoginCode(Command):
    """Compare the code that stands for the forgotten password of this login; right, it opens a page for a new one."""

    challenge: str
    typed: str = field(repr=False)
    login: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginCodeRight(Event):
    """`page` is the page where the new password is set."""

    page: str
