"""One installation: a seller's desk, constructed of settings and a profile, started and stopped as a whole."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog
from starlette.applications import Starlette

from bot.app import channels, providers
from bot.app.container import Container, Dependencies, container, mail_sender
from bot.app.routes import DeskRoutes
from bot.app.sandbox_people import SandboxAgents, SandboxPeople, move_out
from bot.app.settings import Settings
from bot.app.unsafe_settings import stays_at_home
from bot.app.virtual_clock import VirtualClock
from bot.checking.losses import losses, products
from bot.conversation.delivery import Sender
from bot.conversation.desk import ConversationDesk
from bot.conversation.metrics import Metrics
from bot.profile import Profile
from bot.web.flood import TELL_S, FloodPeers
from bot.web.only_here import A_SANDBOX, GUESSABLE, OnlyHere
from bot.web.policy import Headers
from bot.web.refused import RefusedTries, answer_404, answer_500, answer_503
from services import tasks
from services.accounts import consents
from services.accounts.credentials import Argon2Hasher
from services.clients.http import make_client
from services.clock import SystemClock
from services.jobs.backoff import cancel
from services.refusals import RefusalLog
from services.seller.in_use import names_as_sold
from services.store import announce
from services.store.database import Store, parse_url
from services.store.errors import StoreUnavailable
from values.channel import Channel
from values.seller import Seller

if TYPE_CHECKING:
    from bot.app.agent_desks import ChatwootDesk
    from bot.app.sandboxed import Beside
    from services.store.listener import Listener

LATEST = 20_000
"""Conversations read at a start for what the profile lacks, some 2 s; `okienko check --database` reads all."""

_log = structlog.get_logger(__name__)


class PeerNotifications:
    """Takes what other processes on the database announce to watchers, the clock and the flood counters.

    On SQLite there are none. `sender` is this process, which tells of its own floods.
    """

    def __init__(
        self, store: Store, url: str, desk: ConversationDesk, clock: VirtualClock, sender: str, server_key: bytes
    ) -> None:
        self._store = store
        self._desk = desk
        self._clock = clock
        self._sender = sender
        self.floods = None if store.exclusive else FloodPeers(server_key)
        self._telling: asyncio.Task[None] | None = None
        # By name, since the driver behind it is an extra that a desk on SQLite does without.
        made: Any = None if store.exclusive else import_module("services.store.listener").Listener
        self._listener: Listener | None = made and made(parse_url(url), self._heard, self._missed)
        self._catching_up: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen."""
        if self._listener is not None:
            await self._listener.start()
        if self.floods is not None:
            self._telling = tasks.keep("floods", partial(self._tell, self.floods))

    async def stop(self) -> None:
        """Stop telling and listening."""
        await cancel(self._telling)
        if self._listener is not None:
            await self._listener.stop()

    async def _tell(self, floods: FloodPeers) -> None:
        while True:
            for news in floods.news():
                with suppress(StoreUnavailable):  # what isn't told is reckoned with, as long as it counts
                    await self._store.write(lambda c, n=news: announce.tell(c, announce.FLOODS, self._sender, n))
            await asyncio.sleep(TELL_S)

    def _heard(self, announced: announce.Announcement) -> None:
        if announced.channel == announce.FLOODS:
            if self.floods is not None and announced.sender != self._sender and announced.about:
                self.floods.heard(announced.sender, announced.about[0])
            return
        (self._clock if announced.channel == announce.CLOCK else self._desk).heard(announced)

    def _missed(self) -> None:
        self._desk.missed()
        self._catching_up = tasks.spawn("clock", self._clock.missed())


@dataclass
class Installation:
    """A desk that can be served: `app` answers; `start` begins what is behind it, and `open_installation` ends that."""

    written: Seller  # as the profile has it, without products of former releases of it
    container: Container
    sandbox: "Beside | None"
    receivers: Mapping[Channel, channels.Receiver]
    helpdesk: "ChatwootDesk | None"
    peers: PeerNotifications
    routes: DeskRoutes
    ready: asyncio.Event
    app: Starlette
    warning: "asyncio.Task[None] | None" = field(default=None, init=False)

    @property
    def deps(self) -> Dependencies:
        """The desk's own ways to the world outside."""
        return self.container.deps

    @property
    def profile(self) -> Profile:
        """The seller's profile, with the names of products that only orders have."""
        return self.deps.profile

    @property
    def store(self) -> Store:
        """The desk's database."""
        return self.deps.store

    @property
    def clock(self) -> SystemClock:
        """The desk's clock."""
        return self.deps.clock

    @property
    def base_url(self) -> str:
        """The address at which customers reach the desk."""
        return self.deps.base_url

    @property
    def desk(self) -> ConversationDesk:
        """The desk that runs the turns of all conversations."""
        return self.container.desk

    async def start(self) -> None:
        """Begin to work. The web server must listen already: the sandbox's stand-ins answer through it."""
        await self.container.lease.start()
        await asyncio.to_thread(self.desk.rehearse)  # no customer is to wait for a vocabulary
        await self.peers.start()
        await self._people_move()
        await self._keep_words()
        await self.container.start()
        for worker in workers_of(self.receivers):
            worker.start()
        if self.helpdesk is not None:
            self.helpdesk.mirror.start()
        if self.sandbox is not None:
            self.sandbox.agree(self.clock.now())
        self.ready.set()
        self.warning = tasks.spawn("losses", self._warn_of_losses())
        _log.info("desk_ready", profile=self.profile.seller.id, store=self.store.dialect)

    async def stop_taking(self) -> None:
        """Take nothing new: streams end, channels aren't asked any more."""
        self.ready.clear()
        if self.warning is not None:
            self.warning.cancel()
        self.routes.close()
        for worker in workers_of(self.receivers):
            await worker.stop()

    async def _people_move(self) -> None:
        """Bring in the sandbox's agents and customers while it is on, and move them out when it is off."""
        agents = SandboxAgents(self.store, self.clock)
        if self.sandbox is None:
            await agents.move_out()
            await self.desk.happen(move_out)
            return
        key = self.deps.server_key
        quick = Argon2Hasher(memory_kib=8)  # everybody may read these passwords
        await SandboxPeople(self.store, self.clock, quick, self.profile.seller, key).move_in()
        await agents.move_in(quick)

    async def _keep_words(self) -> None:
        """Give consents from before wordings were kept the words that the profile still has."""
        seller = self.profile.seller
        await self.store.write(lambda c: consents.keep_words(c, (*seller.consents, *seller.documents)))

    async def _warn_of_losses(self) -> None:
        """Log what customers have and the profile lacks, a line each; the desk works all the same."""
        with suppress(StoreUnavailable):
            for lost in await self.store.read(lambda c: losses(c, self.written, latest=LATEST)):
                held = {name.replace(" ", "_"): count for name, count in lost.held.items()}
                _log.warning("profile_lacks", kind=lost.kind, id=lost.id, **held)


def workers_of(receivers: Mapping[Channel, channels.Receiver]) -> list[channels.ChannelWorker]:
    return [receiver.worker for receiver in receivers.values() if receiver.worker is not None]


@asynccontextmanager
async def open_installation(
    settings: Settings, profile: Profile, store: Store, clock: SystemClock, server_key: bytes, base_url: str
) -> AsyncGenerator[Installation]:
    """Construct an installation; at the end stop what was begun. Raises httpx.HTTPError without a shared sandbox.

    The parts stop in the order opposite to that in which they are entered here.
    """
    async with AsyncExitStack() as stack:
        written, profile = profile.seller, await _with_former_names(profile, store)
        client = make_client()
        stack.push_async_callback(client.aclose)
        sandbox, endpoints = _sandbox(settings, base_url, clock), {}
        if sandbox is not None:  # first of all: its addresses are needed
            stack.push_async_callback(sandbox.stop)
            endpoints = await sandbox.start()
        adapters = providers.make(
            settings,
            client,
            clock,
            endpoints,
            sender=mail_sender(settings, profile),
            chosen=profile.providers,
            vat_number=profile.seller.vat.number,
        )
        metrics = Metrics()
        deps = Dependencies(
            *(settings, profile, store, clock, server_key, base_url, client),
            *(adapters, endpoints, metrics, RefusalLog(clock, server_key, store, metrics.count_try)),
        )
        opened = channels.open_channels(deps)
        senders: dict[str, Sender] = {name: channel.sender for name, channel in opened.items()}
        parts = container(deps, senders, channels.reachable(deps, opened), channels.files(opened))
        receivers = {name: channel.receiver(parts) for name, channel in opened.items()}
        # By name: few desks have one, and it takes 12 ms.
        desks: Any = import_module("bot.app.agent_desks") if settings.chatwoot else None
        helpdesk: ChatwootDesk | None = desks.chatwoot_desk(parts) if desks is not None else None
        for worker in workers_of(receivers):
            stack.push_async_callback(worker.close)
        stack.push_async_callback(parts.lease.stop)
        virtual_clock = VirtualClock(
            *(store, clock, parts.worker, parts.timers, parts.delivery, parts.housekeeping, parts.lease, sandbox),
            wake=helpdesk.mirror.wake if helpdesk is not None else lambda: None,
        )
        await virtual_clock.restore()  # before the first message: time never goes back
        peers = PeerNotifications(store, settings.database, parts.desk, virtual_clock, parts.lease.id, server_key)
        stack.push_async_callback(peers.stop)
        stack.push_async_callback(parts.stop)
        if helpdesk is not None:
            stack.push_async_callback(helpdesk.mirror.stop)
        ready = asyncio.Event()
        of_channels = [route for receiver in receivers.values() for route in receiver.routes]
        routes = DeskRoutes(parts, of_channels, helpdesk, sandbox, virtual_clock, ready.is_set, peers.floods)
        app = _app(routes)
        if stays_at_home(settings):
            latch = sandbox.latch() if sandbox is not None else None
            app.add_middleware(OnlyHere, why=A_SANDBOX if settings.sandboxed else GUESSABLE, latch=latch)
        app.add_middleware(RefusedTries, note=deps.refusals.note, address_of=routes.address_of)
        yield Installation(written, parts, sandbox, receivers, helpdesk, peers, routes, ready, app)


async def _with_former_names(profile: Profile, store: Store) -> Profile:
    """Name products that the profile no longer knows as their orders name them."""
    known = products(profile.seller)
    with suppress(StoreUnavailable):
        return profile.with_former(await store.read(lambda c: names_as_sold(c, known)))
    return profile


def _sandbox(settings: Settings, base_url: str, clock: SystemClock) -> "Beside | None":
    if not settings.sandboxed:
        return None
    beside: Any = import_module("bot.app.sandboxed")  # by name: a live desk loads no stand-in
    if settings.sandbox_url is not None:
        return beside.SharedSandbox(settings.sandbox_url.rstrip("/"))
    return beside.OwnSandbox(settings.data_dir, base_url, clock)


def _app(routes: DeskRoutes) -> Starlette:
    handlers: dict[Any, Any] = {404: answer_404(routes.pages), Exception: answer_500, StoreUnavailable: answer_503}
    app = Starlette(routes=routes.routes(), exception_handlers=handlers)
    # A redirect to the path without its slash would name the host that the request claims, token and all.
    app.router.redirect_slashes = False
    app.add_middleware(Headers, secure=routes.site.secure)
    return app
