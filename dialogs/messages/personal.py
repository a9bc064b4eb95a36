"""Commands and events of consents, a new password and leaving."""

from dataclasses import dataclass

from dialogs.kit.messages import Command, Event
from values.consent import Acceptance


@dataclass(frozen=True, slots=True)
class PageWanted(Event):
    """The zone's way to contacts, consents, documents, password, log_out, log_out_everywhere or reminders."""

    page: str


@dataclass(frozen=True, slots=True)
class ListConsents(Command):
    """Read the account's consents."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ConsentsListed(Event):
    """The ids of the account's consents."""

    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetConsents(Command):
    """Replace the voluntary consents. `how` says how the change was made."""

    account_id: str
    given: tuple[Acceptance, ...]
    how: str


@dataclass(frozen=True, slots=True)
class ConsentsSet(Event):
    """The number of consents that changed, each on record."""

    changed: int


@dataclass(frozen=True, slots=True)
class LogOut(Command):
    """Log this conversation out."""


@dataclass(frozen=True, slots=True)
class LoggedOut(Event):
    """The conversation has no account any more."""
