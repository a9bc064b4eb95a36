"""What the account has bought: read anew, ordered again, and an order that waits for its money."""

from dataclasses import dataclass, field

from dialogs.kit.messages import Command, Event
from values.account_view import AccountView, OrderView


@dataclass(frozen=True, slots=True)
class SeeAccount(Command):
    """Read what the account has bought, as the books have it now."""

    account_id: str


@dataclass(frozen=True, slots=True)
class AccountSeen(Event):
    """The account as it is now."""

    view: AccountView = field(repr=False)


@dataclass(frozen=True, slots=True)
class BeginOrder(Command):
    """Begin another order of an account that has ordered before."""

    account_id: str


@dataclass(frozen=True, slots=True)
class OrderBegun(Event):
    """What the new order can take over from the account. An order that still waits for its money comes first."""

    view: AccountView = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderResumed(Event):
    """The customer goes on with an order that was placed before: it is paid first."""

    order: OrderView = field(repr=False)


@dataclass(frozen=True, slots=True)
class MethodWanted(Event):
    """The open order is to be paid in another way, now."""

    method: str
