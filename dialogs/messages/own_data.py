"""Commands, jobs and events of export and erasure, and of log-ins that end."""

from datetime import datetime

from dialogs.kit.messages import Command, Event, Job
from values.private import Private


class OwnDataWanted(Event):
    """The zone's way to export or erase."""

    page: str


class PlanErasure(Command):
    """Read the consequences of an erasure; nothing is changed."""

    account_id: str


class ErasurePlanned(Event):
    """The consequences of an erasure.

    `unpaid` is the number of an order that will be cancelled, `runs_until` when the last service that runs ends,
    `renews` whether it would renew itself, `ordered` whether anything was ever ordered, `on_file` whether the
    seller's own record stays, `elsewhere` how many other conversations will be logged out.
    """

    unpaid: str | None = None
    runs_until: datetime | None = None
    renews: bool = False
    ordered: bool = False
    on_file: bool = False
    elsewhere: int = 0


class OpenOwnPage(Command):
    """Issue the one-time page of this account's holder: export or erase."""

    purpose: str
    account_id: str


class OwnPageOpened(Event):
    link_id: str


class DataHandedOut(Event):
    """The account's data were exported with the password."""

    account_id: str


class AccountErased(Event):
    """The account of this conversation is gone. `by`: here, elsewhere (in another conversation) or seller."""

    by: str
    on_file: bool = False
    ordered: bool = False


class Farewelled(Event):
    """The letter's end: taken, or refused for good."""


class SendFarewell(Job):
    """Mail a last letter to the person's address, which is written nowhere else any more."""

    to: Private[str]
    locale: str
    ordered: bool
    on_file: bool
    outcome = Farewelled


class EndLogIns(Command):
    """Log this conversation out; `everywhere`: all others of the account, too."""

    why: str
    everywhere: bool = False


class LogInOver(Event):
    """The end of this conversation's log-in: logged in to the same account it goes on where it stands.

    `why`: password, email (changed), everywhere, age, idle; or not told. `declared`: words of the message that met it,
    which have effect all the same.
    """

    why: str = ""
    declared: Private[str] = ""


class SessionEnded(Event):
    """This conversation was logged out from outside."""
