"""What the order dialog causes, and what comes of it."""

from dataclasses import dataclass

from dialogs.kit.messages import Command, Event
from values.account_view import OrderView
from values.consent import Acceptance
from values.order import CartLine, OrdererDetails, Price


@dataclass(frozen=True, slots=True)
class PlaceOrder(Command):
    """Place the order: of each item so many, for these years. Amounts in minor units, as the summary showed them."""

    account_id: str
    company_id: str
    lines: tuple[CartLine, ...]
    method: str
    auto_renewal: bool
    discount: str | None
    price: Price
    documents: tuple[str, ...]
    accepted: tuple[Acceptance, ...] = ()  # the documents, and perhaps others, as they were given
    orderer: OrdererDetails | None = None


@dataclass(frozen=True, slots=True)
class CheckDiscount(Command):
    """See whether a discount code can be used once more, by this account if there is one."""

    code: str
    account_id: str | None


@dataclass(frozen=True, slots=True)
class DiscountGood(Event):
    """It can, as things stand: it is nobody's until an order is placed with it."""

    code: str


@dataclass(frozen=True, slots=True)
class DiscountSpent(Event):
    """It can't: used_up, or used_by_customer."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderPlaced(Event):
    """The order stands; the customer owes the money. `first`: the account had none before."""

    order_id: str
    number: str
    first: bool = False


@dataclass(frozen=True, slots=True)
class OrderRefused(Event):
    """It could not be placed: account_pending, company_unconfirmed, order_open, price_changed, words_changed or
    words_unknown (of `documents`, which are agreed to anew), or because of its code: discount_used_up,
    discount_used_by_customer, discount_expired. `open`: the order that is to be settled first."""

    reason: str
    documents: tuple[str, ...] = ()
    open: OrderView | None = None


@dataclass(frozen=True, slots=True)
class ResendConfirmation(Command):
    """Another confirmation letter for the account's e-mail."""

    account_id: str


@dataclass(frozen=True, slots=True)
class ConfirmationRenewed(Event):
    """The new letter's link; the older one is dead. Without a link no letter may leave now, and the older one holds."""

    letter: str


@dataclass(frozen=True, slots=True)
class CancelOrder(Command):
    """Withdraw an order that isn't paid."""

    order_id: str


@dataclass(frozen=True, slots=True)
class OrderCancelled(Event):
    """Nothing is owed any more."""

    number: str


@dataclass(frozen=True, slots=True)
class OrderStands(Event):
    """It is paid: it can't be withdrawn from the chat."""

    number: str
