"""Commands and events of the order dialog, and of purchases, read anew or ordered again."""

from datetime import datetime

from dialogs.kit.effects import Command
from dialogs.kit.messages import Event, News
from dialogs.state import PlacedOrder
from values.account_view import OrdererDetails
from values.consent import Acceptance
from values.order import CartLine, Price
from values.private import Private


class PlaceOrder(Command):
    """Place the order of these lines. Amounts in minor units, as the summary showed them."""

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
    invoices_seen: Private[str | None] = None  # the address for invoices as it was read last
    way: str | None = None  # the stored way to pay that was chosen


class CheckDiscount(Command):
    """Check whether a discount code can be used once more, by this account if there is one."""

    code: str
    account_id: str | None


class DiscountGood(Event):
    """A code that can be used; it isn't reserved until an order is placed with it."""

    code: str


class DiscountSpent(Event):
    """A code that can't be used: used_up, or used_by_customer."""

    code: str
    reason: str


class OrderPlaced(Event):
    """A placed order that is to be paid.

    `first`: the account had none before. `former`: where its invoices went until now, if that was elsewhere. `free`:
    its trial runs until then, and nothing is to be done for it.
    """

    order_id: str
    number: str
    first: bool = False
    former: Private[str] = ""
    free: datetime | None = None


class OrderRefused(Event):
    """A refused order.

    `reason`: account_pending, company_unconfirmed, order_open, price_changed, words_changed or words_unknown (of
    `documents`, which are agreed to anew), or because of its code: discount_used_up, discount_used_by_customer,
    discount_expired; trial_taken. `open`: the order that is to be settled first.
    """

    reason: str
    documents: tuple[str, ...] = ()
    open: PlacedOrder | None = None


class LapsedOrderChanged(Event):
    """A lapsed order can't be ordered anew as it was.

    `reason`: its code or trial isn't to be had any more (as in `OrderRefused`), its price is another one today
    (repriced), something of it isn't sold any more (unsold), or its `documents` have other words (words_changed).
    """

    reason: str
    documents: tuple[str, ...] = ()


class ResendConfirmation(Command):
    """Issue another confirmation letter for the account's e-mail."""

    account_id: str


class ConfirmationRenewed(Event):
    """The new letter's link; the older one is dead. Without a link no letter may be sent now."""

    letter: str


class CancelOrder(Command):
    """Cancel an unpaid order."""

    order_id: str


class OrderCancelled(News):
    """A cancelled order, for which nothing is owed.

    `told`: False where the customer doesn't know yet, so that every chat says it; True where an agent has said it.
    """

    number: str
    told: bool | None = None


class OrderStands(Event):
    """The order is paid, so it can't be cancelled from the chat."""

    number: str


class OrderBegun(Event):
    """Another order of an account that has ordered before. One that still waits for its money comes first."""


class OrderResumed(Event):
    """An order placed before, which is paid first."""

    order_id: str


class PaymentWanted(Event):
    """The zone's way back to the payment that was left for it."""


class MethodWanted(Event):
    """Another way to pay the open order now."""

    method: str
