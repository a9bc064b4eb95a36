"""Payment links `/p/{token}`: the redirect to the provider and back, or the instructions of an offline payment.

Fulfils `PaymentLinks`. An attempt is stored before it is registered, so that a notice always finds it; the payer's
return itself proves nothing: the provider is asked, in a turn. Must not be known here: HTTP and templates.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeVar, get_args

import sqlalchemy as sa
import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.port import Desk
from bot.conversation.render import Renderer
from bot.usecases.billing.notices import owner_of_order
from bot.usecases.billing.payment_links import (
    ClosedState,
    Opened,
    PaymentClosed,
    PaymentUnavailable,
    PaymentView,
    PayTo,
    Redirect,
    Status,
    UnknownPayment,
)
from dialogs.messages.payment import PaymentReturned
from services.accounts import accounts
from services.clock import Clock
from services.errors import Conflict, Misconfigured, ProviderRefused, ProviderUnavailable
from services.orders import order_record
from services.orders.order_record import OrderRecord
from services.payments import attempts, book, methods, order_pages, record
from services.payments.attempts import PayersWay, ToPay
from services.payments.book import NotPayable
from services.payments.providers.base import Method, PaymentProvider, PaymentRequest, StoringProvider
from services.payments.record import PaymentRecord
from services.store import conversations
from services.store.database import Store
from values.payment import StoredMethod

T = TypeVar("T")
_log = structlog.get_logger(__name__)


# A provider's page is good for so long; afterwards the link leads to a new attempt.
GOOD_FOR = timedelta(minutes=60)
NEXT_ATTEMPTS = 3
_CLOSED: Mapping[str, ClosedState] = {"paid": "paid", "refunded": "paid", "expired": "expired", "charging": "checking"}
_SHOWN: Mapping[record.Status, Status] = {
    "pending": "checking",
    "paid": "paid",
    "refunded": "paid",
    "failed": "failed",
    "cancelled": "cancelled",
    "expired": "expired",
}
_METHODS: Mapping[str, Method] = {method: method for method in get_args(Method)}


def method_of(way: ToPay) -> Method:
    """Return the method of an attempt at a provider. Raises KeyError for an offline one."""
    return _METHODS[way.method]


class PaymentDeps(Struct, frozen=True):
    """One seller's books, texts and payment providers, for pages and jobs."""

    store: Store
    clock: Clock
    renderer: Renderer
    server_key: bytes
    public_url: str
    support_email: str
    pay_to: PayTo
    providers: Mapping[str, PaymentProvider]


class PaymentPages(PaymentDeps, frozen=True):
    """The payment links' use cases."""

    desk: Desk

    async def open(self, token: str) -> Opened:
        """Reuses the open attempt at the provider or registers the next one."""
        payment = await self.store.read(lambda c: book.find_by_token(c, token))
        if payment is None:
            return UnknownPayment()
        return await self.open_by_id(payment.id)

    async def open_by_id(self, payment_id: str, *, passed_on: bool = False, chosen: PayersWay | None = None) -> Opened:
        """Open the link by the payment's id, as the sandbox's bank does, or whom the customer `passed_on` a page to.

        `chosen` is the way of those.
        """
        known = await self.store.read(lambda c: record.get(c, payment_id))
        if known is not None and known.provider not in self.providers:
            return await self._by_hand(known)
        for _ in range(NEXT_ATTEMPTS):
            now = self.clock.now()
            way = await self.store.write(
                lambda c, now=now: attempts.open_attempt(
                    c, payment_id=payment_id, good_for=GOOD_FOR, now=now, passed_on=passed_on, way=chosen
                )
            )
            if isinstance(way, NotPayable):
                return await self._closed(payment_id, way.reason)
            if way.attempt.redirect_url is not None:
                return Redirect(way.attempt.redirect_url)
            led = await self._register(way)
            if led is not None:
                return led
        return PaymentUnavailable(self.renderer.seller.locales[0])

    async def _by_hand(self, known: record.PaymentRecord) -> Opened:
        """Return the instructions of an offline payment as long as it is waited for."""
        locale, chat = await self.whose(known.id)
        if known.status != "pending":
            return await self._closed(known.id, known.status)
        if known.expires_at <= self.clock.now():
            return await self._closed(known.id, "expired")
        sold = await self._order(known.id)
        shown = self.pay_to.page(sold.number, known, locale, chat) if sold is not None else None
        return shown or PaymentUnavailable(locale, chat)

    async def returned(self, token: str) -> PaymentView | UnknownPayment:
        """Ask the provider, in a turn, after the payer returned."""
        payment = await self.store.read(lambda c: book.find_by_token(c, token))
        if payment is None:
            return UnknownPayment()
        return await self.payer_returned(payment)

    async def payer_returned(self, payment: PaymentRecord) -> PaymentView:
        """Ask the provider of a payment whose payer returned."""
        if payment.status == "pending":
            await self._payer_is_back(payment.id)
        locale, chat = await self.whose(payment.id)
        fresh = await self.store.read(lambda c: record.get(c, payment.id)) or payment
        shown = _SHOWN[fresh.status]
        return PaymentView("kept" if shown == "paid" and not fresh.amount else shown, locale, chat)

    async def _register(self, way: ToPay) -> Redirect | PaymentUnavailable | None:
        provider = self.providers[way.attempt.provider]
        request = await self.request_for(way)
        try:
            registered = await self.with_email(request, provider.register)
        except Conflict as conflict:
            return await self._after_conflict(way, conflict)
        except ProviderUnavailable:
            return PaymentUnavailable((await self.whose(way.payment.id))[0])
        except (ProviderRefused, Misconfigured) as error:
            told = {"provider": way.attempt.provider, "reason": error.reason, "origin": error.origin}
            _log.error("payment_not_registered", alarm=True, payment=way.payment.id, **told)
            return PaymentUnavailable((await self.whose(way.payment.id))[0])
        stored = await self.store.write(
            lambda c: attempts.register_answer(
                c,
                payment_id=way.payment.id,
                n=way.attempt.n,
                provider_ref=registered.provider_ref,
                redirect_url=registered.redirect_url,
                now=self.clock.now(),
            )
        )
        return Redirect(stored.redirect_url) if stored is not None and stored.redirect_url is not None else None

    async def with_email(self, request: PaymentRequest, send: Callable[[PaymentRequest], Awaitable[T]]) -> T:
        """Send the request, with the support's address where the payer's is too long for the provider, or unknown.

        The provider's own e-mails then go to the seller's support. The desk writes to the customer all the same.
        """
        try:
            return await send(request)
        except ProviderRefused as refusal:
            if refusal.reason != "email_unfit":
                raise
            return await send(replace(request, email=self.support_email))

    async def _after_conflict(self, way: ToPay, conflict: Conflict) -> PaymentUnavailable | None:
        """Take the next attempt, or look for the money of one that an earlier, unanswered try had opened."""
        if conflict.reason == "already_paid":
            await self._payer_is_back(way.payment.id)
            return PaymentUnavailable((await self.whose(way.payment.id))[0])
        await self.store.write(
            lambda c: attempts.drop_attempt(c, payment_id=way.payment.id, n=way.attempt.n, now=self.clock.now())
        )
        return None

    async def _payer_is_back(self, payment_id: str) -> None:
        """Tell the owner of the order's events."""
        sold = await self._order(payment_id)
        whose = owner_of_order(sold) if sold is not None else None
        if whose is not None:
            await self.desk.happen(lambda tx: tx.tell(whose, PaymentReturned(payment_id)))

    async def request_for(self, way: ToPay) -> PaymentRequest:
        """Return what the attempt's provider is told: of the customer nothing, where somebody else pays."""
        way_in = f"p/{book.public_token(self.server_key, way.payment.id)}"
        if way.attempt.passed_on:
            way_in = order_pages.path_of(self.server_key, way.order.id)
        seller = self.renderer.seller
        locale, _ = await self.whose(way.payment.id)
        used = await self._used(way)
        buyer = await self.store.read(lambda c: accounts.get(c, way.order.account_id))
        return PaymentRequest(
            payment_id=way.payment.id,
            attempt=way.attempt.n,
            amount=way.payment.amount,
            currency=way.payment.currency,
            description=f"{seller.name} {way.order.number}",
            email=buyer.email if buyer is not None and not way.attempt.passed_on else "",
            locale=locale,
            country=seller.country,
            method=method_of(way),
            return_url=f"{self.public_url}/{way_in}/return",
            notify_url=f"{self.public_url}/webhooks/payments/{way.attempt.provider}",
            expires_in=GOOD_FOR,
            store_for=await self._store_for(way, used),
            stored=used,
        )

    async def _store_for(self, way: ToPay, used: StoredMethod | None) -> str | None:
        """Kept is what can be charged again and its bank doesn't refuse to keep, where the order renews by itself.

        By a payment of zero it is kept anew: nothing else shows that its payer still has it. Another's is never kept.
        """
        provider, method = self.providers[way.payment.provider], way.payment.method
        keeps = isinstance(provider, StoringProvider) and method in provider.storable
        wanted = way.order.auto_renewal and method in self.renderer.seller.chargeable
        if not (keeps and wanted) or way.attempt.passed_on or (used is not None and way.payment.amount):
            return None
        tried = await self.store.read(lambda c: record.attempts_of(c, way.payment.id))
        return None if any(one.refusal == "unkept" for one in tried) else way.order.account_id

    async def _used(self, way: ToPay) -> StoredMethod | None:
        """Return the stored way to pay that was chosen, as long as it is good; for the customer alone."""
        chosen = None if way.attempt.passed_on else way.payment.stored_id
        known = await self.store.read(lambda c: methods.get(c, chosen)) if chosen is not None else None
        if known is None or known.provider != way.payment.provider or not known.is_good(self.clock.now().date()):
            return None
        return known.stored if isinstance(self.providers[way.payment.provider], StoringProvider) else None

    async def _closed(self, payment_id: str, reason: str) -> PaymentClosed | UnknownPayment:
        if reason == "unknown":
            return UnknownPayment()
        locale, chat = await self.whose(payment_id)
        known, state = await self.store.read(lambda c: record.get(c, payment_id)), _CLOSED.get(reason, "cancelled")
        free = known is not None and not known.amount
        return PaymentClosed("kept" if state == "paid" and free else state, locale, chat)

    async def _order(self, payment_id: str) -> OrderRecord | None:
        def find(connection: sa.Connection) -> OrderRecord | None:
            known = record.get(connection, payment_id)
            return None if known is None else order_record.get(connection, known.order_id)

        return await self.store.read(find)

    async def whose(self, payment_id: str) -> tuple[str, str | None]:
        """Return the customer's language, and the chat in which the order was placed, if it was in one."""
        return await self.whose_order(await self._order(payment_id))

    async def whose_order(self, sold: OrderRecord | None) -> tuple[str, str | None]:
        """Return the same of an order."""
        owner = await self.store.read(lambda c: accounts.get(c, sold.account_id)) if sold is not None else None
        fallback = self.renderer.spoken(owner.locale if owner is not None else ""), None
        whose = sold.conversation_id if sold is not None else None
        if whose is None:
            return fallback
        found = await self.store.read(lambda c: conversations.load(c, whose, lock=False))
        if found is None:
            return fallback
        return found.locale, found.way_back
