"""One installation: a seller's desk, put together of settings and a profile, started and stopped as a whole."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from bot.acts import DeskActs
from bot.acts.tools import Tools
from bot.agents.acts import AgentActs
from bot.agents.sight import Sight
from bot.app import agents_console, channels, desk_access, forum, providers
from bot.app.clockwork import Clockwork
from bot.app.neighbours import Neighbours
from bot.app.outside_desk import outside_desk
from bot.app.sandbox_agents import SandboxAgents
from bot.app.sandbox_people import SandboxPeople
from bot.app.sandboxed import Beside, DeskInstruments, OwnSandbox, SharedSandbox
from bot.calls import TRIES, DeskCalls
from bot.collecting import Collecting
from bot.delivery import Delivery
from bot.desk import TheDesk
from bot.erasing import Erasing
from bot.event_sender import EventSender
from bot.handlers import payment_link, rest, secure_pages, webchat
from bot.handlers.api import app as seller_api
from bot.handlers.desk.door import DeskDoor
from bot.handlers.desk.live import DeskStreams
from bot.handlers.landing import Way
from bot.handlers.landing import routes as landing_routes
from bot.handlers.sandbox_page import routes as sandbox_page_routes
from bot.handlers.webhooks import PaymentWebhooks
from bot.health import Figures
from bot.health import routes as health_routes
from bot.hearing import Hearing
from bot.housekeeping import Housekeeping
from bot.log_in import LogIns
from bot.own_pages import OwnPages
from bot.payment_links import PaymentWay
from bot.profile import Profile
from bot.provider_news import ProviderNews
from bot.reach import Reach
from bot.renewals import Renewals
from bot.secure_links import SecureLinks
from bot.settings import Settings
from bot.show import Show
from bot.telling import Telling
from bot.turn import Turn
from bot.web import static_files
from bot.web.address import counts_all, counts_no_loopback
from bot.web.broken import away, broken
from bot.web.flood import Flood, FloodRules
from bot.web.pages import Pages
from bot.web.policy import Headers
from bot.web.site import Site
from bot.web.stream import Streams
from dialogs.journey import journey
from dialogs.payment import POLL
from services.breaker import Breaker
from services.clock import SystemClock
from services.engine.holder import Holder
from services.engine.opening import open_engine, open_outbox
from services.http import make_client
from services.passwords import Argon2Hasher
from services.store import timers
from services.store.database import Store
from services.store.errors import StoreUnavailable

_log = structlog.get_logger(__name__)


@dataclass
class Installation:
    """A desk that can be served: `app` answers, `start` and `stop` run what is behind it."""

    settings: Settings
    profile: Profile
    store: Store
    clock: SystemClock
    server_key: bytes
    base_url: str
    app: Starlette = field(init=False)
    desk: TheDesk = field(init=False)
    agent_acts: AgentActs = field(init=False)
    figures: Figures = field(default_factory=Figures)
    _ready: bool = False

    async def build(self) -> None:
        """Joins all parts. The sandbox, if there is one, begins here: its addresses are needed."""
        self._client = make_client()
        self._telegram: channels.Telegram | None = None
        self._renderer = self.profile.renderer(self._mail_sender())
        self._beside = self._sandbox()
        self._endpoints: Mapping[str, Mapping[str, Any]] = await self._beside.start() if self._beside else {}
        self._providers = providers.make(
            self.settings,
            self._client,
            self.clock,
            self._endpoints,
            sender=self._mail_sender(),
            chosen=self.profile.providers,
            vat_number=self.profile.seller.vat.number,
        )
        self._build_desk()
        self._build_engine()
        await self._clockwork.restore()  # before the first message: time never goes back
        self.app = Starlette(routes=self._routes(), exception_handlers={Exception: broken, StoreUnavailable: away})
        # A redirect to the path without its slash would name the host that the request claims, token and all.
        self.app.router.redirect_slashes = False
        self.app.add_middleware(Headers, secure=self._site().secure)

    def _sandbox(self) -> Beside | None:
        if not self.settings.sandboxed:
            return None
        if self.settings.sandbox_url is not None:
            return SharedSandbox(self.settings.sandbox_url.rstrip("/"))
        return OwnSandbox(self.settings.data_dir, self.base_url, self.clock)

    def _mail_sender(self) -> str:
        return self.settings.smtp_from or self.profile.brand.mail_sender

    def _support_email(self) -> str:
        return self.settings.support_email or self.profile.brand.support_email

    def _build_desk(self) -> None:
        seller, renderer = self.profile.seller, self._renderer
        way = journey(seller.dialogs)
        self._quotas = self.settings.rate_limits == "on"
        tools = Tools(
            seller,
            renderer,
            self.server_key,
            self._quotas,
            self._providers.of_method,
            self._providers.directory is not None,
        )
        self._holder = Holder(self.store)
        self._outbox = outbox = open_outbox(self.store, self.clock)
        telling = Telling(outbox if self._providers.events is not None else None)
        reach = Reach(self.base_url, self._bot_name)
        acts = DeskActs(tools, telling)
        self._turn = turn = Turn(way, seller, renderer, acts, outbox, self._holder, self.server_key, reach)
        collecting = Collecting(seller, self.server_key, self._providers.of_method, self._providers.charges)
        self._renewals = Renewals(seller, outbox, self.server_key, collecting)
        self._show = Show(way, renderer, self.server_key, self.base_url, self._panel(), reach)
        self.desk = TheDesk(
            store=self.store,
            clock=self.clock,
            turn=turn,
            hearing=Hearing(way, renderer, self.profile.questions(), self.profile.known),
            show=self._show,
            figures=self.figures,
            telling=telling,
        )
        self.agent_acts = AgentActs(self.desk, renderer)
        self._outside = outside_desk(
            self.settings,
            self._client,
            self.desk,
            self.agent_acts,
            self._holder,
            base_url=self.base_url,
            locale=seller.locales[0],
            seller=seller.name,
        )

    def _bot_name(self) -> str | None:
        return self._telegram.bot_name if self._telegram is not None else None

    def _panel(self) -> str:
        return f"{self.base_url}/sandbox/panel" if self.settings.sandboxed else self.profile.brand.panel_url

    def _build_engine(self) -> None:
        self._calls = DeskCalls(
            store=self.store,
            clock=self.clock,
            renderer=self._renderer,
            server_key=self.server_key,
            public_url=self.base_url,
            support_email=self._support_email(),
            pay_to=self.profile.accounts,
            sms=self._providers.sms,
            mail=self._providers.mail,
            registers=self._providers.registers,
            vies=self._providers.vies,
            providers=self._providers.payments,
            directory=self._providers.directory,
            events=EventSender(self.store, self.clock, self._providers.events, self.figures.events),
        )
        self._worker, self._timers = open_engine(
            self.store,
            self.clock,
            self.settings.database,
            execute=self._calls.execute,
            finish=self.desk.finish,
            fire=self.desk.fire,
            tries=lambda kind: TRIES.get(kind, 5),
        )
        self._housekeeping = Housekeeping(self.store, self.clock, self.profile.seller.privacy)
        self._build_channels()
        self._payments = PaymentWay(
            desk=self.desk,
            store=self.store,
            clock=self.clock,
            renderer=self._renderer,
            server_key=self.server_key,
            public_url=self.base_url,
            providers=self._providers.payments,
            support_email=self._support_email(),
            pay_to=self.profile.accounts,
        )
        self._build_clockwork()

    def _build_channels(self) -> None:
        self._delivery = Delivery(self.store, self.clock, self._show, self._holder)
        self.desk.attach(self._worker, self._timers, self._delivery, self._renewals)
        self._telegram = channels.telegram(
            self.settings,
            self.desk,
            self._holder,
            self.base_url,
            self.server_key,
            renderer=self.profile.renderer(),
            agents=forum.Agents(self.agent_acts, Sight(self._turn), self._providers.mail, self._support_email()),
        )
        self._delivery.attach({"telegram": self._telegram.sender} if self._telegram is not None else {})

    def _build_clockwork(self) -> None:
        self._clockwork = Clockwork(
            self.store,
            self.clock,
            self._worker,
            self._timers,
            self._delivery,
            self._holder,
            tick=self._tick,
            sandbox_due=self._sandbox_due,
        )
        self._neighbours = Neighbours(self.store, self.settings.database, self.desk, self._clockwork)

    async def _tick(self, now: Any) -> None:
        if self._outside is not None:
            self._outside.rounds.wake()
        if self._beside is not None:
            await self._beside.tick(now)

    async def _sandbox_due(self) -> Any:
        return await self._beside.next_due() if self._beside is not None else None

    def _site(self) -> Site:
        seller = self.profile.seller
        return Site(
            public_url=self.base_url,
            seller=seller.name,
            desk=self.profile.brand.desk,
            accent=self.profile.brand.accent,
            locale=seller.locales[0],
            locales=seller.locales,
            embedders=self.profile.brand.embedders,
            profile=seller.id,
            time_zone=seller.time_zone,
            words=self.profile.pages,
        )

    def _routes(self) -> list[BaseRoute]:
        site = self._site()
        pages = Pages(site)
        address_of = counts_no_loopback if self.settings.sandboxed else counts_all
        self._streams, self._desk_streams = Streams(), DeskStreams()
        secure = self._secure_links(pages)
        slowed = channels.slows_floods(self.settings)
        flood = Flood(FloodRules() if slowed else None)
        chat = webchat.WebChat(self.desk, pages, flood, self._streams, address_of, self.desk.typing)
        door = secure_pages.SecureDoor(secure, pages, address_of, Flood(secure_pages.FLOOD if slowed else None))
        api = seller_api.SellerApi(
            desk=self.desk,
            store=self.store,
            clock=self.clock,
            public_url=self.base_url,
            token=self.settings.bearer,
            bot_name=self._bot_name,
            server_key=self.server_key,
            seller=self.profile.seller,
        )
        desk_door = desk_access.door(self.settings, self.store, self.clock, pages, self.server_key, address_of)
        return [
            *health_routes(self.store, self.figures, self._breakers(), lambda: self._ready),
            *webchat.routes(chat),
            *secure_pages.routes(door),
            *payment_link.routes(self._payments, pages),
            *desk_access.routes(self.settings, desk_door, self.server_key, self._client),
            *self._console_routes(desk_door),
            *(self._outside.routes() if self._outside is not None else []),
            *PaymentWebhooks(self.desk, self._providers.payments, ProviderNews(api.seller, self._outbox)).routes(),
            *self._rest_routes(address_of),
            *(self._telegram.routes() if self._telegram is not None else []),
            Mount("/api/v1", app=seller_api.build(api)),
            *self._sandbox_routes(pages),
            *landing_routes(pages, sandbox=self.settings.sandboxed, ways=_WAYS),
            *static_files.routes(site),
        ]

    def _breakers(self) -> tuple[Breaker, ...]:
        return (*self._providers.breakers, *((self._outside.breaker,) if self._outside is not None else ()))

    def _console_routes(self, door: DeskDoor) -> list[Route]:
        streams, erasing = self._desk_streams, Erasing(self.profile.seller, self._outbox)
        return agents_console.routes(door, self.desk, self.agent_acts, self._turn, streams, self.profile, erasing)

    def _secure_links(self, pages: Pages) -> SecureLinks:
        seller, key, hasher = self.profile.seller, self.server_key, Argon2Hasher()
        by_number = seller.sign_up.by == "customer_number"
        log_ins = LogIns(self.store, self.clock, hasher, key, by_number, self._quotas)
        erasing = Erasing(seller, self._outbox)
        return SecureLinks(
            desk=self.desk,
            store=self.store,
            clock=self.clock,
            hasher=hasher,
            seller=seller,
            server_key=key,
            log_ins=log_ins,
            own=OwnPages(self.desk, self.store, self.clock, seller, key, log_ins, erasing, pages),
        )

    def _rest_routes(self, address_of: Any) -> list[BaseRoute]:
        if self.settings.rest == "off":
            return []
        channel = rest.Rest(
            desk=self.desk,
            locale=self.profile.seller.locales[0],
            token=self.settings.rest_token,
            flood=channels.rest_flood(self.settings),
            address_of=address_of,
        )
        return [*channel.routes()]

    def _sandbox_routes(self, pages: Pages) -> list[BaseRoute]:
        if self._beside is None:
            return []
        page = sandbox_page_routes(pages)[0]
        return DeskInstruments(self._beside, self._clockwork, self.store, self._payments, page).routes()

    async def start(self) -> None:
        """Begins to work. The web server must listen already: the sandbox's stand-ins answer through it."""
        await self._holder.start()
        await self._neighbours.start()
        agents = SandboxAgents(self.store, self.clock)
        if self._beside is not None:
            people = SandboxPeople(self.store, self.clock, Argon2Hasher, self.profile.seller, self.server_key)
            await people.move_in()
            await agents.move_in(Argon2Hasher())
        else:
            await agents.move_out()
        await self._worker.start()
        await self.store.write(lambda c: timers.hasten(c, POLL, self.clock.now()))
        await self.desk.happen(self._renewals.plan_all)
        await self._timers.start()
        await self._delivery.start()
        self._housekeeping.start()
        await self.desk.start()
        if self._telegram is not None:
            self._telegram.start()
        if self._outside is not None:
            self._outside.rounds.start()
        if self._beside is not None:
            self._beside.agree(self.clock.now())
        self._ready = True
        _log.info("desk_ready", profile=self.profile.seller.id, store=self.store.dialect)

    async def stop_taking(self) -> None:
        """Takes nothing new: streams end, Telegram isn't asked any more."""
        self._ready = False
        self._streams.close()
        self._desk_streams.close()
        if self._telegram is not None:
            await self._telegram.stop()

    async def stop(self) -> None:
        """Ends cleanly: what was begun is finished or left for the next start."""
        if self._outside is not None:
            await self._outside.rounds.stop()
        await self.desk.stop()
        await self._housekeeping.stop()
        await self._timers.stop()
        await self._worker.stop()
        await self._delivery.stop()
        await self._neighbours.stop()
        await self._holder.stop()
        if self._telegram is not None:
            await self._telegram.close()
        if self._beside is not None:
            with suppress(asyncio.CancelledError):
                await self._beside.stop()
        await self._client.aclose()
        await self.store.close()


_WAYS = (
    Way("desk", "/desk"),
    Way("api", "/api/v1/openapi.json"),
)
