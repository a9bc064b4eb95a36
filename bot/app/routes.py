"""All doors of one desk on the web: pages, channels, webhooks, the API, the agents' console, the sandbox's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute, Mount, Route

from bot.app import agents_console, channels, desk_access
from bot.app.chatwoot import ChatwootDesk
from bot.app.deciding import DecidingParts
from bot.app.dependencies import Dependencies
from bot.app.sandboxed import Beside, DeskInstruments
from bot.app.virtual_clock import VirtualClock
from bot.handlers.api import app as seller_api
from bot.handlers.api import gate
from bot.handlers.console.access import DeskAccess
from bot.handlers.console.console_pages import DeskStreams
from bot.handlers.pages import documents, payment_link, secure
from bot.handlers.pages.health import routes as health_routes
from bot.handlers.pages.landing import LandingLink
from bot.handlers.pages.landing import routes as landing_routes
from bot.handlers.pages.sandbox import routes as sandbox_page_routes
from bot.handlers.payment_webhooks import PaymentWebhooks
from bot.handlers.rest import channel as rest
from bot.handlers.webchat import channel as webchat
from bot.handlers.webchat.stream import Streams
from bot.usecases.accounts.pages import AccountPages
from bot.usecases.accounts.passwords import LogIns
from bot.usecases.billing.notices import ProviderNotices
from bot.usecases.billing.pages import PaymentPages
from bot.usecases.privacy.erasing import Erasing
from bot.usecases.privacy.pages import OwnPages
from bot.web import static_files
from bot.web.flood import Flood, FloodRules
from bot.web.network import AddressOf, counts_all, counts_no_loopback
from bot.web.pages import Pages
from bot.web.site import Site
from services.accounts.passwords import Argon2Hasher
from services.clients.breaker import Breaker

BY_TELEGRAM = LandingLink("telegram", "/sandbox/telegram")
WAYS = (LandingLink("desk", "/desk"), LandingLink("api", "/api/v1/openapi.json"))
"""What the landing page leads to beside the chat."""


@dataclass
class RouteParts:
    """`routes` makes them all; `close` ends what streams through them."""

    ground: Dependencies
    core: DecidingParts
    telegram: channels.Telegram | None
    connected: Sequence[channels.ConnectedChannel]
    outside: ChatwootDesk | None
    beside: Beside | None
    clockwork: VirtualClock
    is_ready: Callable[[], bool]
    _streams: Streams = field(default_factory=Streams)
    _desk_streams: DeskStreams = field(default_factory=DeskStreams)

    def __post_init__(self) -> None:
        self.site = site(self.ground)
        self.pages = Pages(self.site)
        self._address_of: AddressOf = counts_no_loopback if self.ground.settings.sandboxed else counts_all
        self._slowed = channels.slows_floods(self.ground.settings)
        self._payments = self._payment_way()

    def routes(self) -> list[BaseRoute]:
        """In the order in which they are looked through."""
        return [
            *health_routes(self.ground.store, self.ground.figures, self._breakers(), self.is_ready),
            *self._customers(),
            *self._agents(),
            *self._machines(),
            *self._sandbox(),
            *landing_routes(
                self.pages,
                sandbox=self.ground.settings.sandboxed,
                ways=(BY_TELEGRAM, *WAYS) if self._plays_telegram else WAYS,
            ),
            *static_files.routes(self.site),
        ]

    def close(self) -> None:
        """End the streams: whoever watches comes again, to another process or a later one."""
        self._streams.close()
        self._desk_streams.close()

    def _customers(self) -> list[BaseRoute]:
        flood = Flood(FloodRules() if self._slowed else None)
        desk, door_flood = self.core.desk, Flood(secure.FLOOD if self._slowed else None)
        chat = webchat.WebChat(desk, self.pages, flood, self._streams, self._address_of, desk.typing)
        door = secure.SecureDoor(self._secure_links(), self.pages, self._address_of, door_flood)
        return [
            *webchat.routes(chat),
            *secure.routes(door),
            *payment_link.routes(self._payments, self.pages),
            *documents.routes(documents.Library(self.ground.seller, self.ground.store), self.pages),
            *self._rest(),
        ]

    def _rest(self) -> list[BaseRoute]:
        settings = self.ground.settings
        if settings.rest == "off":
            return []
        channel = rest.Rest(
            desk=self.core.desk,
            locale=self.ground.seller.locales[0],
            tokens=settings.rest_tokens,
            flood=channels.rest_flood(settings),
            address_of=self._address_of,
            guessable=settings.sandboxed,
        )
        return [*channel.routes()]

    def _agents(self) -> list[BaseRoute]:
        ground = self.ground
        access = desk_access.guard(
            ground.settings, ground.store, ground.clock, self.pages, ground.server_key, self._address_of
        )
        return [
            *desk_access.routes(ground.settings, access, ground.server_key, ground.client),
            *self._console(access),
            *(self.outside.routes() if self.outside is not None else []),
        ]

    def _console(self, access: DeskAccess) -> list[Route]:
        core, erasing = self.core, Erasing(self.ground.seller, self.core.outbox)
        return agents_console.routes(
            access, core.desk, core.agent_acts, core.turn, self._desk_streams, self.ground.profile, erasing
        )

    def _machines(self) -> list[BaseRoute]:
        """Payment providers, Telegram, the seller's back office."""
        news = ProviderNotices(self.ground.seller, self.core.outbox)
        far, flood = self.ground.providers, channels.notices_flood(self.ground.settings)
        keyed = {name: provider for name, provider in far.payments.items() if name in far.keyed}
        return [
            *PaymentWebhooks(self.core.desk, keyed, news, flood, self._address_of).routes(),
            *(route for channel in self.connected for route in channel.routes()),
            Mount("/api/v1", app=seller_api.Answering(self._seller_api())),
        ]

    def _sandbox(self) -> list[BaseRoute]:
        if self.beside is None:
            return []
        bot_name = self.core.reach.bot_name if self._plays_telegram else lambda: None
        pages = sandbox_page_routes(self.pages, bot_name)
        return DeskInstruments(self.beside, self.clockwork, self.ground.store, self._payments, pages).routes()

    @property
    def _plays_telegram(self) -> bool:
        return self.telegram is not None and self.telegram.at.is_stand_in

    def _breakers(self) -> tuple[Breaker, ...]:
        beside = (self.outside.breaker,) if self.outside is not None else ()
        return (*self.ground.providers.breakers, *beside)

    def _seller_api(self) -> seller_api.SellerApi:
        ground = self.ground
        return seller_api.SellerApi(
            desk=self.core.desk,
            store=ground.store,
            clock=ground.clock,
            tokens=ground.settings.api_tokens,
            reach=self.core.reach,
            server_key=ground.server_key,
            seller=ground.seller,
            flood=Flood(gate.FLOOD if self._slowed else None),
            address_of=self._address_of,
        )

    def _payment_way(self) -> PaymentPages:
        ground = self.ground
        return PaymentPages(
            desk=self.core.desk,
            store=ground.store,
            clock=ground.clock,
            renderer=ground.renderer,
            server_key=ground.server_key,
            public_url=ground.base_url,
            providers=ground.providers.payments,
            support_email=ground.support_email,
            pay_to=ground.profile.accounts,
        )

    def _secure_links(self) -> AccountPages:
        ground, desk, hasher = self.ground, self.core.desk, Argon2Hasher()
        store, clock, seller, key = ground.store, ground.clock, ground.seller, ground.server_key
        log_ins = LogIns(store, clock, hasher, key, seller.sign_up.by == "customer_number", ground.quotas)
        erasing = Erasing(seller, self.core.outbox)
        return AccountPages(
            desk=desk,
            store=store,
            clock=clock,
            hasher=hasher,
            seller=seller,
            renderer=ground.profile.renderer(),
            server_key=key,
            log_ins=log_ins,
            own=OwnPages(desk, store, clock, seller, key, log_ins, erasing, self.pages),
            outbox=self.core.outbox,
        )


def site(ground: Dependencies) -> Site:
    """Return what all pages have in common."""
    seller, brand = ground.seller, ground.profile.brand
    return Site(
        public_url=ground.base_url,
        seller=seller.name,
        desk=brand.desk,
        accent=brand.accent,
        locale=seller.locales[0],
        locales=seller.locales,
        embedders=brand.embedders,
        profile=seller.id,
        time_zone=seller.time_zone,
        words=ground.profile.pages,
        names={locale: ground.profile.seller_names(locale) for locale in seller.locales},
    )
