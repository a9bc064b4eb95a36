"""Commands, jobs and events of export and erasure, and of log-ins that end."""

from datetime import datetime

from dialogs.kit.effects import Command, Job
from dialogs.kit.messages import Event
from values.private import Private, PrivateStruct


class OwnDataWanted(Event):
    """The way to export, erase, or the end of what runs."""

    page: str


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
    """Log this conversation out, if `here`; `everywhere`: all others of the account, too."""

    why: str
    everywhere: bool = False
    here: bool = True


class LogInOver(Event):
    """The end of this conversation's log-in: logged in to the same account it goes on where it stands.

    `why`: password, email (changed), everywhere, age, idle; or not told. `declared`: words of the message that met it,
    which have effect all the same. `ended`: how many log-ins ended by this conversation's wish, this one included.
    """

    why: str = ""
    declared: Private[str] = ""
    ended: int | None = None


class OtherLogInsEnded(Event):
    """The number of log-ins that ended; this conversation's stands."""

    ended: int


class SessionEnded(Event):
    """This conversation was logged out from outside."""


class LogInLine(PrivateStruct):
    """A conversation that the account is logged in to. `began_at` is None where the time wasn't kept."""

    id: str
    channel: str
    here: bool
    began_at: datetime | None
    used_at: datetime | None


class LogInsListed(Event):
    """The account's log-ins, the one used last first."""

    lines: tuple[LogInLine, ...]


class ListLogIns(Command):
    """Read where the account is logged in."""

    account_id: str


class LogInEnded(Event):
    """The end of one log-in, with those that are left.

    `how`: ended, gone (it had ended before, or never was the account's), or here: this conversation's own, which
    hasn't ended yet.
    """

    how: str
    lines: tuple[LogInLine, ...] = ()


class EndLogIn(Command):
    """End one log-in of the account; another conversation is told before its next message is answered."""

    account_id: str
    log_in_id: str
