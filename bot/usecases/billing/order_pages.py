"""An order's page `/pay/{token}`, which a customer passes on: what is to be paid, and the ways to pay it.

Whoever has the link sees what the order is for and whom it is invoiced to, and no more of the customer: no address,
no contact, no chat. They pay the customer's own payment, by an attempt of their own and any way online that the seller
takes. Must not be known here: HTTP and templates.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.outbound import Card
from bot.usecases.billing.pages import PaymentPages
from bot.usecases.billing.payment_links import ByHand, Opened, UnknownPayment
from bot.usecases.emails.informational import order_shown
from dialogs.kit import CardContent, rows
from services.orders.order_record import OrderRecord
from services.payments import order_pages
from services.payments.attempts import PayersWay
from services.payments.order_pages import PassedOnOrder
from values.payment import is_offline

TRANSFER = "transfer"


class BilledCompany(Struct, frozen=True):
    """The company that the order is invoiced to."""

    name: str
    tax_number: str
    label: str


class PassedOn(Struct, frozen=True):
    """An order as its page shows it; one that `failed` waits for its money again.

    `online` are the methods, with their names, by which a provider's page takes its money, the customer's own in front;
    `by_hand` is what a bank's form wants where it may be paid so.
    `buyer`: None for a private person, whom nobody else is told of.
    """

    number: str
    state: Literal["waits", "checking", "failed", "paid", "cancelled", "expired"]
    bought: Card
    buyer: BilledCompany | None
    online: tuple[tuple[str, str], ...]
    by_hand: ByHand | None
    placed_at: datetime
    until: datetime
    locale: str
    support: str


class OrderPages(Struct, frozen=True):
    """The use cases behind the page. `taker`: the provider of each method."""

    payments: PaymentPages
    taker: Callable[[str], str]

    async def show(self, token: str) -> PassedOn | UnknownPayment:
        """Return the order as it stands; nothing is opened by that."""
        found = await self._find(token)
        if found is None:
            return UnknownPayment()
        of, order, payment = self.payments, found.order, found.payment
        locale, _ = await of.whose_order(order)
        params = await of.store.read(lambda connection: order_shown(connection, order, of.renderer.seller))
        bought = CardContent("receipt", "", rows("bought", "amounts"), params)
        return PassedOn(
            number=order.number,
            state=found.state(of.clock.now()),
            bought=of.renderer.card(bought, locale),
            buyer=_buyer(order, of.renderer.words("label.tax_number", {}, locale)),
            online=tuple((way, of.renderer.words(f"option.method.{way}", {}, locale)) for way in self._ways(found)),
            by_hand=self._by_hand(found, locale),
            placed_at=order.placed_at,
            until=payment.expires_at,
            locale=locale,
            support=of.support_email,
        )

    async def pay(self, token: str, method: str | None) -> Opened:
        """Lead to the provider's page, of the customer's own method where none is chosen."""
        found = await self._find(token)
        ways = tuple(self._ways(found)) if found is not None else ()
        chosen = method or next(iter(ways), None)
        if found is None or chosen is None or chosen not in ways:
            return UnknownPayment()
        way = PayersWay(chosen, self.taker(chosen))
        return await self.payments.open_by_id(found.payment.id, passed_on=True, chosen=way)

    def _ways(self, found: PassedOnOrder) -> Iterator[str]:
        """Yield the methods online, the customer's own first; none where they pay at a bank."""
        own, of = found.payment, self.payments
        if own.provider in of.providers:
            yield own.method
            others = (one for one in of.renderer.seller.methods if one != own.method and not is_offline(one))
            yield from (one for one in others if self.taker(one) in of.providers)

    async def returned(self, token: str) -> PassedOn | UnknownPayment:
        """Ask the provider after the payer returned, which itself proves nothing."""
        found = await self._find(token)
        if found is None:
            return UnknownPayment()
        told = (await self.payments.payer_returned(found.payment)).status
        view = await self.show(token)
        waits = isinstance(view, PassedOn) and view.state == "waits"
        return replace(view, state=told) if waits and told in ("checking", "failed") else view

    async def _find(self, token: str) -> PassedOnOrder | None:
        of = self.payments
        return await of.store.read(lambda connection: order_pages.find(connection, of.server_key, token))

    def _by_hand(self, found: PassedOnOrder, locale: str) -> ByHand | None:
        """Return the instructions of the customer's own way, or of a transfer where the seller takes one."""
        of, payment = self.payments, found.payment
        if not is_offline(payment.method):
            if TRANSFER not in of.renderer.seller.methods:
                return None
            payment = replace(payment, method=TRANSFER)
        return of.pay_to.page(found.order.number, payment, locale, None)


def _buyer(order: OrderRecord, label: str) -> BilledCompany | None:
    number = order.billing.get("tax_number")
    return BilledCompany(order.billing.get("name") or "", number, label) if number else None
