"""What the customer's own matters cause (consents, password, leaving), and what comes of it."""

from dataclasses import dataclass

from dialogs.kit.messages import Command, Event
from values.consent import Acceptance


@dataclass(frozen=True, slots=True)
class PageWanted(Event):
    """The zone leads to one of these: contacts, consents, documents, password, log_out,
    log_out_everywhere, reminders."""

    page: str


@dataclass(frozen=True, slots=True)
class ListConsents(Command):
    """Read which consents stand."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ConsentsListed(Event):
    """The ids of those that stand."""

    given: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SetConsents(Command):
    """These of the voluntary consents stand from now on, the others don't. `how` says how the change was made."""

    account_id: str
    given: tuple[Acceptance, ...]
    how: str


@dataclass(frozen=True, slots=True)
class ConsentsSet(Event):
    """Each change is on record; `changed` is how many there were."""

    changed: int


@dataclass(frozen=True, slots=True)
class LogOut(Command):
    """The conversation is no longer the account's."""


@dataclass(frozen=True, slots=True)
class LoggedOut(Event):
    """It is nobody's."""
