"""Commands and events of the account's purchases, read anew or ordered again."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Command, Event
from values.account_view import AccountView, OrderView


@dataclass(frozen=True, slots=True)
class SeeAccount(Command):
    """Read the account from the books."""

    account_id: str


@dataclass(frozen=True, slots=True)
class AccountSeen(Event):
    view: AccountView = field(repr=False)


@dataclass(frozen=True, slots=True)
class BeginOrder(Command):
    """Begin another order of an account that has ordered before."""

    account_id: str


@dataclass(frozen=True, slots=True)
class OrderBegun(Event):
    """The account for a new order. An order that still waits for its money comes first."""

    view: AccountView = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderResumed(Event):
    """An order placed before, which is paid first."""

    order: OrderView = field(repr=False)


@dataclass(frozen=True, slots=True)
class MethodWanted(Event):
    """Another way to pay the open order now."""

    method: str
