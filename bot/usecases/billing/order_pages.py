"""An order's page `/pay/{token}`, which a customer passes on: what is to be paid, and the ways to pay it.

Whoever has the link sees what the order is for and whom it is invoiced to, and no more of the customer: no address,
no contact, no chat. They pay the customer's own payment, by an attempt of their own. Must not be known here: HTTP and
templates.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.outbound import Card
from bot.usecases.billing.pages import ByHand, Opened, PaymentPages, UnknownPayment
from bot.usecases.emails.informational import order_shown
from dialogs.kit import CardContent, rows
from services.orders.order_record import OrderRecord
from services.payments import order_pages
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

    `online` is whether a provider's page takes its money, `by_hand` what a bank's form wants where it may be paid so.
    `buyer`: None for a private person, whom nobody else is told of.
    """

    number: str
    state: Literal["waits", "checking", "failed", "paid", "cancelled", "expired"]
    bought: Card
    buyer: BilledCompany | None
    online: bool
    method: str
    by_hand: ByHand | None
    placed_at: datetime
    until: datetime
    locale: str
    support: str


class OrderPages(Struct, frozen=True):
    """The use cases behind the page."""

    payments: PaymentPages

    async def show(self, token: str) -> PassedOn | UnknownPayment:
        """Return the order as it stands; nothing is opened by that."""
        found = await self._find(token)
        if found is None:
            return UnknownPayment()
        of, order, payment = self.payments, found.order, found.payment
        locale, _ = await of.whose(payment.id)
        params = await of.store.read(lambda connection: order_shown(connection, order, of.renderer.seller))
        bought = CardContent("receipt", "", rows("bought", "amounts"), params)
        return PassedOn(
            number=order.number,
            state=found.state(of.clock.now()),
            bought=of.renderer.card(bought, locale),
            buyer=_buyer(order, of.renderer.words("label.tax_number", {}, locale)),
            online=payment.provider in of.providers,
            method=of.renderer.words(f"option.method.{payment.method}", {}, locale),
            by_hand=self._by_hand(found, locale),
            placed_at=order.placed_at,
            until=payment.expires_at,
            locale=locale,
            support=of.support_email,
        )

    async def pay(self, token: str) -> Opened:
        """Lead to the provider's page."""
        found = await self._find(token)
        if found is None or is_offline(found.payment.method):
            return UnknownPayment()
        return await self.payments.open_by_id(found.payment.id, passed_on=True)

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
