"""Providers' notices at `/webhooks/payments/{provider}`: proven, stored with an event for the conversation, answered.

Nothing is booked here: the stored event's turn asks the provider, and the answer's turn books.
"""

from collections.abc import Mapping

import structlog
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.conversation.port import Desk, UnitOfWork
from bot.usecases.billing.notices import ProviderNotices, owner_of_attempt
from bot.web.flood import Flood
from bot.web.guard import RequestTurnedAway, capped_body
from bot.web.network import AddressOf
from dialogs.messages.payment import PaymentNoticed
from services.errors import Forged, Misconfigured, ProviderUnavailable, Unreadable
from services.payments import attempts, notices, record
from services.payments.providers.base import Notice, PaymentProvider, SelfProving
from services.payments.providers.registry import NOTICE_ANSWERS
from services.store.errors import StoreUnavailable

_log = structlog.get_logger(__name__)
LIMIT = 256 * 1024
# What may be money; other kinds are stored and left.
MONEY = ("paid", "approved")


class PaymentWebhooks(Struct, frozen=True):
    """The route of all providers that have keys; each verifies its own notices.

    `flood` limits each network, `unproven` what it brings that doesn't prove itself.
    """

    desk: Desk
    providers: Mapping[str, PaymentProvider]
    news: ProviderNotices
    flood: Flood
    unproven: Flood
    address_of: AddressOf

    def routes(self) -> list[Route]:
        """To be mounted at the root."""
        return [Route("/webhooks/payments/{provider}", self.notice, methods=["POST"])]

    async def notice(self, request: Request) -> Response:
        """200 once stored; 400 for what isn't proven; 503 while it can't be proven or stored: then it comes again."""
        provider = self.providers.get(str(request.path_params["provider"]))
        if provider is None:
            return PlainTextResponse("unknown provider", 404)
        if wait := self.flood.wait("", self.address_of(request)):
            return PlainTextResponse("later", 429, {"retry-after": str(wait)})
        try:
            body = await capped_body(request, LIMIT)
            proven = await self._proven(provider, request, body)
            await self.desk.happen(lambda tx: self._store(tx, provider.name, proven))
        except RequestTurnedAway as turned:
            later = {"retry-after": str(turned.wait)} if turned.wait else None
            return PlainTextResponse("refused", turned.status, later)
        except Forged:  # counted by the server's middleware, as all that is refused
            return PlainTextResponse("refused", 400)
        except Unreadable as unreadable:
            _log.error("notice_unreadable", alarm=True, provider=provider.name, reason=unreadable.reason)
            return PlainTextResponse("refused", 400)
        except (StoreUnavailable, ProviderUnavailable, Misconfigured):
            return PlainTextResponse("later", 503)
        return PlainTextResponse(NOTICE_ANSWERS[provider.name])

    async def _proven(self, provider: PaymentProvider, request: Request, body: bytes) -> Notice:
        """Return the notice; one that proves itself never waits behind others."""
        headers = dict(request.headers)
        if isinstance(provider, SelfProving):
            if (proven := await provider.proven_notice(headers, body)) is not None:
                return proven
            if wait := self.unproven.wait("", self.address_of(request)):
                raise RequestTurnedAway(429, "too_many", wait)
        return await provider.read_notice(headers, body)

    def _store(self, tx: UnitOfWork, provider: str, notice: Notice) -> None:
        reference = notice.payment_ref
        attempt = attempts.by_reference(tx.connection, reference) if reference else None
        attempt = attempt or attempts.by_provider_ref(tx.connection, provider, notice.provider_ref)
        first = notices.store(
            tx.connection,
            provider=provider,
            dedup_key=notice.dedup_key,
            payment_ref=reference or notice.provider_ref,
            facts=notice.facts,
            now=tx.now,
        )
        match notice.kind if first else "other":
            case "detached":
                self.news.detached(tx, provider, notice)
            case "disputed":
                self.news.disputed(tx, provider, notice, attempt)
            case "refunded" | "settling":
                if attempt is not None and attempt.status not in record.MONEY_CAME:
                    self._money(tx, provider, notice, attempt)  # the notice of the money itself was lost, or is late
                self.news.ask_back(tx, provider, notice, attempt)
            case "failed" if attempt is not None and attempt.status == "code_sent":
                self._money(tx, provider, notice, attempt)  # another code may be typed at once
            case kind if kind in MONEY:
                self._money(tx, provider, notice, attempt)
            case _:
                pass

    def _money(self, tx: UnitOfWork, provider: str, notice: Notice, attempt: record.PaymentAttempt | None) -> None:
        whose = owner_of_attempt(tx.connection, attempt) if attempt is not None else None
        if attempt is None or whose is None:
            _log.error("notice_of_nobody", alarm=True, provider=provider)
            return
        tx.tell(whose, PaymentNoticed(attempt.payment_id, attempt.n, dict(notice.facts)))
