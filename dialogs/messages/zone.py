"""Commands and events of the customer zone."""

from dataclasses import dataclass

from dialogs.kit.messages import Command, Event
from values.consent import Acceptance


@dataclass(frozen=True, slots=True)
class SetAutoRenewal(Command):
    """Switch auto-renewal of the account's subscription."""

    account_id: str
    on: bool
    accepted: tuple[Acceptance, ...] = ()  # the words agreed to, where the profile has any
    how: str = "button"


@dataclass(frozen=True, slots=True)
class AutoRenewalSet(Event):
    """The new setting; `changed` False if there is no subscription."""

    on: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class OpenFreeVersion(Command):
    """Switch on the seller's free version."""

    account_id: str
    company_id: str


@dataclass(frozen=True, slots=True)
class FreeVersionOpen(Event):
    """A running free version; `new` False if it ran before."""

    new: bool


@dataclass(frozen=True, slots=True)
class FreeVersionRefused(Event):
    """The account isn't active, or has no confirmed company."""
