"""All routes of one desk: pages, channels, webhooks, the API, the agents' console, the sandbox's."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec.structs import astuple
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from bot.app.console import agents_routes
from bot.app.container import Container, Dependencies, log_in_letters
from bot.app.settings import Settings
from bot.app.unsafe_settings import serves_rest
from bot.app.virtual_clock import VirtualClock
from bot.conversation.outbound import ReachableChannels
from bot.conversation.read_aloud import ReadAloud
from bot.handlers.api import gate as seller_api
from bot.handlers.api.dependencies import SellerApi
from bot.handlers.console.console_pages import DeskStreams
from bot.handlers.pages import documents, order_page, payment_link, secure
from bot.handlers.pages.answer_link import AnswerPages
from bot.handlers.pages.contracts import FLOOD, EndPage, WithdrawPage
from bot.handlers.pages.health import routes as health_routes
from bot.handlers.pages.landing import LandingLink, SampleReceipt, sandbox_routes
from bot.handlers.pages.landing import routes as landing_routes
from bot.handlers.payment_webhooks import PaymentWebhooks
from bot.handlers.rest import channel as rest
from bot.handlers.webchat import channel as webchat
from bot.handlers.webchat.parts import WebChat
from bot.handlers.webchat.stream import Streams
from bot.usecases.accounts.pages import AccountPages
from bot.usecases.accounts.passwords import LogIns
from bot.usecases.accounts.site_customers import SiteCustomers
from bot.usecases.answers.unread import AnswerLinks
from bot.usecases.billing.code_payments import CodePayments
from bot.usecases.billing.notices import ProviderNotices
from bot.usecases.billing.order_pages import OrderPages
from bot.usecases.billing.pages import PaymentPages
from bot.usecases.privacy.erasing import Erasing
from bot.usecases.privacy.pages import OwnPages
from bot.web import assets
from bot.web.flood import Flood, FloodPeers, FloodRules
from bot.web.network import AddressOf, counts_all, counts_no_loopback
from bot.web.pages import Pages, Site
from bot.web.session import SessionKey
from services.accounts.credentials import Argon2Hasher
from services.clock import SystemClock
from values.channel import Channel

if TYPE_CHECKING:
    from bot.app.agent_desks import ChatwootDesk
    from bot.app.sandboxed import Beside

BY_TELEGRAM = LandingLink("telegram", "/sandbox/telegram")
WAYS = (LandingLink("desk", "/desk"), LandingLink("api", "/api/v1/openapi.json"))
"""What the landing page leads to beside the chat."""


@dataclass(eq=False)
class DeskRoutes:
    """`routes` returns them all; `close` ends what streams through them."""

    container: Container
    of_channels: Sequence[Route]
    helpdesk: "ChatwootDesk | None"
    sandbox: "Beside | None"
    virtual_clock: VirtualClock
    is_ready: Callable[[], bool]
    peers: FloodPeers | None = None

    def __post_init__(self) -> None:
        self._streams, self._desk_streams = Streams(clock=self.container.deps.clock), DeskStreams()
        self._deps = self.container.deps
        self._desk = self.container.desk
        self.site = site(self._deps, self.container.reach)
        self.pages = Pages(self.site)
        self.address_of: AddressOf = counts_no_loopback if self._deps.settings.sandboxed else counts_all
        self._slowed = self._deps.settings.slows_floods
        self._payments = PaymentPages(*astuple(self._deps.payments), desk=self._desk)

    def routes(self) -> list[BaseRoute]:
        """Return all routes in the order in which they are matched: what each message asks for first."""
        return [
            *self.of_channels,
            *self._rest(),
            *self._health(),
            *self._customers(),
            *agents_routes(self.container, self.pages, self.address_of, self._desk_streams, self.peers),
            *([self.helpdesk.route] if self.helpdesk is not None else []),
            *self._machines(),
            *self._sandbox(),
            *landing_routes(
                self.pages,
                sandbox=self._deps.settings.sandboxed,
                hears=self._deps.providers.hears,
                ways=(BY_TELEGRAM, *WAYS) if self._plays_telegram else WAYS,
                sells=bool(self._deps.seller.methods),
                receipt=self._sample_receipt,
            ),
            *assets.routes(self.site),
        ]

    def _sample_receipt(self, locale: str) -> SampleReceipt | None:
        """Return what the greeting offers as if it were paid; None where it offers not one thing at one price."""
        greeting = self._desk.opening(Channel.WEB, locale)
        card = greeting.line.card if greeting is not None else None
        if card is None or card.rows or card.total is None:
            return None
        number = f"{self._deps.seller.order_prefix}/{self._deps.clock.now():%Y}/000001"
        return SampleReceipt(number, card.title, card.total)

    def close(self) -> None:
        """End the streams: browsers connect again, to another process or a later one."""
        self._streams.close()
        self._desk_streams.close()

    def _customers(self) -> list[BaseRoute]:
        flood = self._flood("chat", FloodRules())
        door_flood, payment_flood = self._flood("pages", secure.FLOOD), self._flood("payments", payment_link.FLOOD)
        library = documents.Library(self._deps.seller, self._deps.store, self._deps.server_key)
        stated_flood = self._flood("withdraw", FLOOD)
        key, quotas = self._deps.server_key, self._deps.rate_limited
        withdraw = WithdrawPage(self._desk, self.pages, stated_flood, self.address_of, key, quotas=quotas)
        reads = self._flood("reads", webchat.READS)
        keys = SessionKey(self._deps.server_key)
        chat = WebChat(
            *(self._desk, self.pages, flood, self._streams, self.address_of, keys, self._desk.typing, reads),
            hears=self._deps.providers.hears,
            dictation=self._dictation(),
            aloud=ReadAloud(self._deps.renderer),
            codes=CodePayments(self._payments),
            judge=self._desk.judge,
            site=self._site_customers(),
        )
        answer_links = AnswerLinks(self._deps.store, self._deps.clock, self._deps.server_key, self.container.reach)
        door = secure.SecurePageParts(self._account_pages(), self.pages, self.address_of, keys, door_flood)
        return [
            *webchat.routes(chat),
            *secure.routes(door),
            *AnswerPages(answer_links, self.pages).routes(),
            *([*withdraw.routes(), *EndPage(door, stated_flood).routes()] if self._deps.seller.methods else []),
            *payment_link.routes(self._payments, self.pages, payment_flood, self.address_of),
            *order_page.routes(
                OrderPages(self._payments, self._deps.providers.of_method), self.pages, payment_flood, self.address_of
            ),
            *documents.routes(library, self.pages),
        ]

    def _site_customers(self) -> SiteCustomers:
        deps, desk, ours = self._deps, self.site.origin, self.site.embedders
        known = self._desk, deps.store, SystemClock(), deps.server_key, self.container.renewals.quotes
        return SiteCustomers(*known, audiences=(desk, f"{desk}/"), origins=(*ours, desk))

    def _dictation(self) -> dict[str, str]:
        """Return what is told before the browser's own recogniser is used, where the seller lets customers do so."""
        seller, words = self._deps.seller, self._deps.renderer.words
        return {one: words("voice.browser", {}, one) for one in seller.locales if seller.dictates}

    def _rest(self) -> list[BaseRoute]:
        if not serves_rest(settings := self._deps.settings):
            return []
        channel = rest.Rest(
            desk=self._desk,
            locale=self._deps.seller.locales[0],
            tokens=settings.rest_tokens,
            flood=flood.shared("rest", self.peers) if (flood := rest_flood(settings)) is not None else None,
            address_of=self.address_of,
            guessable=settings.sandboxed,
            aloud=ReadAloud(self._deps.renderer),
        )
        return [*channel.routes()]

    def _machines(self) -> list[BaseRoute]:
        """Return the routes of payment providers and the seller's back office."""
        notices = ProviderNotices(self._deps.seller, self.container.outbox)
        providers, floods = self._deps.providers, notices_floods(self._deps.settings)
        for name, flood in zip(("notices", "unproven notices"), floods, strict=True):
            flood.shared(name, self.peers)
        keyed = {name: provider for name, provider in providers.payments.items() if name in providers.keyed}
        return [
            *PaymentWebhooks(self._desk, keyed, notices, *floods, self.address_of).routes(),
            _everything_under("/api/v1", seller_api.Answering(self._seller_api())),
        ]

    def _sandbox(self) -> list[BaseRoute]:
        if self.sandbox is None:
            return []
        bot_name = self.container.reach.bot_name if self._plays_telegram else lambda: None
        made: Any = import_module("bot.app.sandbox_routes")  # by name: a live desk has none of them
        look = made.LookPages(self.pages, self._deps.renderer, self._deps.clock)
        pages = [*look.routes(), *sandbox_routes(self.pages, bot_name)]
        return made.SandboxRoutes(self.sandbox, self.virtual_clock, self._deps.store, self._payments, pages).routes()

    def _flood(self, name: str, rules: FloodRules) -> Flood:
        """Return a counter, lifted in the sandbox on loopback; processes on one database keep it together."""
        return Flood(rules if self._slowed else None).shared(name, self.peers)

    @property
    def _plays_telegram(self) -> bool:
        return self.container.reach.bots_at.endswith(BY_TELEGRAM.href)

    def _health(self) -> list[Route]:
        deps, beside = self._deps, (self.helpdesk.breaker,) if self.helpdesk is not None else ()
        breakers = (*deps.providers.breakers, *beside)
        return health_routes(deps.store, deps.clock, deps.metrics, breakers, self.container.outages, self.is_ready)

    def _seller_api(self) -> SellerApi:
        deps = self._deps
        return SellerApi(
            desk=self._desk,
            store=deps.store,
            clock=deps.clock,
            outbox=self.container.outbox,
            tokens=(*deps.settings.api_tokens, *deps.settings.money_tokens),
            money_tokens=deps.settings.money_tokens,
            reach=self.container.reach,
            server_key=deps.server_key,
            bookings=self.container.bookings,
            flood=self._flood("api", seller_api.FLOOD),
            address_of=self.address_of,
        )

    def _account_pages(self) -> AccountPages:
        deps, desk, outbox, hasher = self._deps, self._desk, self.container.outbox, Argon2Hasher()
        store, clock, seller, key = deps.store, deps.clock, deps.seller, deps.server_key
        log_ins = LogIns(
            store, clock, hasher, key, seller.sign_up.by == "customer_number", deps.rate_limited, deps.refusals.note
        )
        common = (desk, store, clock, seller, key, log_ins)
        return AccountPages(
            *common,
            hasher=hasher,
            renderer=deps.profile.renderer(),
            begun=log_in_letters(deps, outbox),
            own=OwnPages(*common, Erasing(seller, outbox), self.pages),
            outbox=outbox,
            quotes=self.container.renewals.quotes,
        )


def site(deps: Dependencies, reach: ReachableChannels) -> Site:
    """Return what all pages have in common."""
    seller, brand = deps.seller, deps.profile.brand
    return Site(
        public_url=deps.base_url,
        seller=seller.name,
        desk=brand.desk,
        look=deps.profile.look,
        locale=seller.locales[0],
        locales=seller.locales,
        embedders=brand.embedders,
        about=brand.about,
        sandbox=deps.settings.sandboxed,
        profile=seller.id,
        numbers_of="" if seller.company.vatin else seller.country,
        time_zone=seller.time_zone,
        words=deps.profile.pages,
        names={locale: deps.profile.seller_names(locale) for locale in seller.locales},
        required=tuple(consent.id for consent in seller.consents if consent.obligatory),
        questions=tuple(question.id for question in seller.own_questions),
        any_host=deps.settings.sandbox == "public" and deps.settings.public_url is None,
        on_telegram=reach.on_telegram,
    )


def _everything_under(path: str, app: ASGIApp) -> Mount:
    """Return a mount of all paths under this one: Starlette's own leaves out those with a line break."""
    mount = Mount(path, app=app)
    mount.path_regex = re.compile(mount.path_regex.pattern, re.DOTALL)
    return mount


def rest_flood(settings: Settings) -> Flood | None:
    """Limits of the REST channel, lifted with the quotas and in the sandbox on loopback."""
    if not settings.slows_floods:
        return None
    n = settings.rest_per_minute
    return Flood(FloodRules(session=f"{n}/minute", address=f"{10 * n}/minute"))


def notices_floods(settings: Settings) -> tuple[Flood, Flood]:
    """Limits of providers' notices by network, for all of them and for those that don't prove themselves.

    One network may bring many payments' at once, but not without end.
    """
    rules = (FloodRules(session="", address=rate) for rate in ("600/minute", "60/minute"))
    everything, unproven = (Flood(rule if settings.slows_floods else None) for rule in rules)
    return everything, unproven
