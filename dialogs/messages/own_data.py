"""What a person's wish for their data, or for its end, causes; what comes of it, and what the pages tell."""

from dataclasses import dataclass, field
from datetime import datetime

from dialogs.kit.messages import Command, Event, Job


@dataclass(frozen=True, slots=True)
class OwnDataWanted(Event):
    """The zone leads to one of these: export, erase."""

    page: str


@dataclass(frozen=True, slots=True)
class PlanErasure(Command):
    """Look what an erasure would leave standing; nothing is changed."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ErasurePlanned(Event):
    """What will be kept, and what will end by it.

    `unpaid` is the number of an order that will be withdrawn, `runs_until` when the last service that runs ends,
    `renews` whether it would renew itself, `ordered` whether anything was ever ordered, `on_file` whether the seller's
    own record stays, `elsewhere` how many other conversations will be logged out.
    """

    unpaid: str | None = None
    runs_until: datetime | None = None
    renews: bool = False
    ordered: bool = False
    on_file: bool = False
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class OpenOwnPage(Command):
    """Issue the one-time page of this account's holder: export or erase."""

    purpose: str
    account_id: str


@dataclass(frozen=True, slots=True)
class OwnPageOpened(Event):
    """The page's link exists."""

    link_id: str


@dataclass(frozen=True, slots=True)
class DataHandedOut(Event):
    """Somebody who knows the password has got all that is known of the account."""

    account_id: str


@dataclass(frozen=True, slots=True)
class AccountErased(Event):
    """The account of this conversation is gone. `by`: here, elsewhere (in another conversation) or seller."""

    by: str
    on_file: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class SendFarewell(Job):
    """Mail a last letter to the address that the person had: the only place where it is still written, until then."""

    to: str = field(repr=False)
    locale: str
    ordered: bool
    on_file: bool


@dataclass(frozen=True, slots=True)
class Farewelled(Event):
    """The mail server took it, or refused it for good."""


@dataclass(frozen=True, slots=True)
class EndLogIns(Command):
    """Log this conversation out; `everywhere`: all others of the account, too."""

    why: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class LogInOver(Event):
    """This conversation's log-in has ended and nothing else: whoever logs in to the same account goes on where it
    stands. `why`: password, email (changed), everywhere, age, idle; or not told."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class SessionEnded(Event):
    """This conversation was logged out from outside."""
