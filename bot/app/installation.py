"""One installation: a seller's desk, put together of settings and a profile, started and stopped as a whole."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from starlette.applications import Starlette

from bot.app import channels, providers, telegram_group
from bot.app.background import BackgroundWorkers, background_workers
from bot.app.chatwoot import ChatwootDesk, chatwoot_desk
from bot.app.deciding import DecidingParts, deciding_parts
from bot.app.dependencies import Dependencies, mail_sender
from bot.app.peer_notifications import PeerNotifications
from bot.app.routes import RouteParts
from bot.app.sandbox_agents import SandboxAgents
from bot.app.sandbox_people import SandboxPeople, move_out
from bot.app.sandboxed import Beside, OwnSandbox, SharedSandbox
from bot.app.settings import SandboxMode, Settings
from bot.app.virtual_clock import VirtualClock
from bot.checking.losses import losses, products
from bot.conversation.desk import ConversationDesk
from bot.conversation.metrics import Metrics
from bot.profile import Profile
from bot.usecases.agents.acts import AgentActs
from bot.usecases.agents.sight import Sight
from bot.web.errors import away, broken, nowhere
from bot.web.network import OnlyHere
from bot.web.policy import Headers
from services.accounts import consents
from services.accounts.passwords import Argon2Hasher
from services.clients.http import make_client
from services.clock import SystemClock
from services.seller.in_use import names_as_sold
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
    ground: Dependencies = field(init=False)
    core: DecidingParts = field(init=False)
    engine: BackgroundWorkers = field(init=False)
    telegram: channels.Telegram | None = None
    _ready: bool = False
    _counting: "asyncio.Task[None] | None" = None

    @property
    def desk(self) -> ConversationDesk:
        """Takes everything to its turn."""
        return self.core.desk

    @property
    def agent_acts(self) -> AgentActs:
        """What agents do."""
        return self.core.agent_acts

    async def build(self) -> None:
        """Join all parts. The sandbox, if there is one, begins here: its addresses are needed."""
        await self._name_what_was_sold()
        self._beside = self._sandbox()
        endpoints = await self._beside.start() if self._beside else {}
        self.ground = self._ground(endpoints)
        bot = channels.bot_at(self.settings, endpoints)
        self.core = deciding_parts(self.ground, self._bot_name, bot.chats_at if bot is not None else "")
        self.engine = background_workers(self.ground, self.core)
        self.telegram = self._telegram(bot) if bot is not None else None
        self._channels = self._connected()
        self.engine.delivery.attach({channel.name: channel.sender for channel in self._channels})
        self._outside = self._outside_desk()
        self._clockwork = self._moved_clock()
        self._neighbours = PeerNotifications(self.store, self.settings.database, self.desk, self._clockwork)
        await self._clockwork.restore()  # before the first message: time never goes back
        self._doors = RouteParts(
            self.ground,
            self.core,
            self.telegram,
            self._channels,
            self._outside,
            self._beside,
            self._clockwork,
            is_ready=lambda: self._ready,
        )
        self.app = _app(self._doors, only_here=self.settings.sandbox is SandboxMode.ON)

    def _sandbox(self) -> Beside | None:
        if not self.settings.sandboxed:
            return None
        if self.settings.sandbox_url is not None:
            return SharedSandbox(self.settings.sandbox_url.rstrip("/"))
        return OwnSandbox(self.settings.data_dir, self.base_url, self.clock)

    def _ground(self, endpoints: Mapping[str, Mapping[str, Any]]) -> Dependencies:
        client = make_client()
        far_ends = providers.make(
            self.settings,
            client,
            self.clock,
            endpoints,
            sender=mail_sender(self.settings, self.profile),
            chosen=self.profile.providers,
            vat_number=self.profile.seller.vat.number,
        )
        made_first = (self.settings, self.profile, self.store, self.clock, self.server_key, self.base_url)
        return Dependencies(*made_first, client, far_ends, Metrics())

    def _bot_name(self) -> str | None:
        return self.telegram.bot_name if self.telegram is not None else None

    def _telegram(self, bot: channels.BotAt) -> channels.Telegram:
        ground, made = self.ground, self.core
        return channels.telegram(
            bot,
            self.settings,
            made.desk,
            made.holder,
            self.base_url,
            self.server_key,
            renderer=self.profile.renderer(),
            agents=telegram_group.AgentGroup(
                made.agent_acts, Sight(made.turn), ground.providers.mail, ground.support_email
            ),
        )

    def _connected(self) -> list[channels.ConnectedChannel]:
        """Return the channels that are written to, as far as they are set up."""
        return [self.telegram] if self.telegram is not None else []

    def _outside_desk(self) -> ChatwootDesk | None:
        made, seller = self.core, self.profile.seller
        return chatwoot_desk(
            self.settings,
            self.ground.client,
            made.desk,
            made.agent_acts,
            made.holder,
            base_url=self.base_url,
            locale=seller.locales[0],
            seller=seller.name,
        )

    def _moved_clock(self) -> VirtualClock:
        engine = self.engine
        return VirtualClock(
            self.store,
            self.clock,
            engine.worker,
            engine.timers,
            engine.delivery,
            self.core.holder,
            tick=self._tick,
            sandbox_due=self._sandbox_due,
        )

    async def _tick(self, now: datetime) -> None:
        if self._outside is not None:
            self._outside.rounds.wake()
        if self._beside is not None:
            await self._beside.tick(now)

    async def _sandbox_due(self) -> datetime | None:
        return await self._beside.next_due() if self._beside is not None else None

    async def _keep_words(self) -> None:
        """Give consents from before wordings were kept the words that the profile still has."""
        seller = self.profile.seller
        await self.store.write(lambda c: consents.keep_words(c, (*seller.consents, *seller.documents)))

    async def start(self) -> None:
        """Begin to work. The web server must listen already: the sandbox's stand-ins answer through it."""
        await self.core.holder.start()
        await self._neighbours.start()
        await self._people_move()
        await self._keep_words()
        await self.engine.start()
        for channel in self._channels:
            channel.start()
        if self._outside is not None:
            self._outside.rounds.start()
        if self._beside is not None:
            self._beside.agree(self.clock.now())
        self._ready = True
        self._counting = asyncio.create_task(self._warn_of_losses(), name="losses")
        _log.info("desk_ready", profile=self.profile.seller.id, store=self.store.dialect)

    async def _name_what_was_sold(self) -> None:
        """Products that the profile no longer knows are called as their orders call them."""
        self._written = self.profile.seller
        known = products(self._written)
        with suppress(StoreUnavailable):
            self.profile = self.profile.with_former(await self.store.read(lambda c: names_as_sold(c, known)))

    async def _warn_of_losses(self) -> None:
        """Log what customers have and the profile lacks, a line each; the desk works all the same."""
        with suppress(StoreUnavailable):
            for lost in await self.store.read(lambda c: losses(c, self._written)):
                _log.warning("profile_lacks", kind=lost.kind, id=lost.id, **_named(lost.held))

    async def _people_move(self) -> None:
        """Bring in the sandbox's agents and customers while it is on, and move them out when it is off."""
        agents = SandboxAgents(self.store, self.clock)
        if self._beside is None:
            await agents.move_out()
            await self.desk.happen(move_out)
            return
        people = SandboxPeople(self.store, self.clock, Argon2Hasher, self.profile.seller, self.server_key)
        await people.move_in()
        await agents.move_in(Argon2Hasher())

    async def stop_taking(self) -> None:
        """Take nothing new: streams end, Telegram isn't asked any more."""
        self._ready = False
        if self._counting is not None:
            self._counting.cancel()
        self._doors.close()
        for channel in self._channels:
            await channel.stop()

    async def stop(self) -> None:
        """End cleanly: what was begun is finished or left for the next start."""
        if self._outside is not None:
            await self._outside.rounds.stop()
        await self.engine.stop()
        await self._neighbours.stop()
        await self.core.holder.stop()
        for channel in self._channels:
            await channel.close()
        if self._beside is not None:
            with suppress(asyncio.CancelledError):
                await self._beside.stop()
        await self.ground.client.aclose()
        await self.store.close()


def _named(held: Mapping[str, int]) -> dict[str, int]:
    return {of.replace(" ", "_"): number for of, number in held.items()}


def _app(doors: RouteParts, *, only_here: bool) -> Starlette:
    handlers: dict[Any, Any] = {404: nowhere(doors.pages), Exception: broken, StoreUnavailable: away}
    app = Starlette(routes=doors.routes(), exception_handlers=handlers)
    # A redirect to the path without its slash would name the host that the request claims, token and all.
    app.router.redirect_slashes = False
    app.add_middleware(Headers, secure=doors.site.secure)
    if only_here:
        app.add_middleware(OnlyHere)
    return app
