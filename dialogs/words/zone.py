"""What the customer zone causes, and what comes of it."""

from dataclasses import dataclass

from dialogs.kit.words import Act, Event


@dataclass(frozen=True, slots=True)
class SetAutoRenewal(Act):
    """Switch auto-renewal of the account's subscription."""

    account_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class AutoRenewalSet(Event):
    """It is switched; `changed` False if there is no subscription."""

    on: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class SetDefaultMethod(Act):
    """The method for future renewals."""

    account_id: str
    method: str


@dataclass(frozen=True, slots=True)
class DefaultMethodSet(Event):
    """It is saved."""

    method: str
