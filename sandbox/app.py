"""The sandbox as a whole: every stand-in below `/sandbox`, the mail relay, the clock.

A desk mounts the app at its own root (its own `/sandbox/api/clock`, `…/payments/{id}` and `…/reset` before it), starts
the mail relay, keeps `run_timers` running, and calls `tick` when it moves its clock.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Route

from sandbox import credentials
from sandbox.api import control_routes
from sandbox.attempts import PaymentBook, ProviderAttempt, Vault
from sandbox.chatwoot.api import ChatwootAgents, chatwoot_api
from sandbox.chatwoot.store import ChatwootStore, ChatwootWebhooks
from sandbox.clock import SandboxClock, SettableClock, Sleep, Timetable
from sandbox.database import KeptPort
from sandbox.faults import Faults
from sandbox.gus.api import gus
from sandbox.ledger import Ledger
from sandbox.mf import mf
from sandbox.payer import Back, Notify, Outcome, Payer
from sandbox.payments import PAYMENT_SIMULATORS
from sandbox.people import People
from sandbox.seller import seller
from sandbox.smsapi import smsapi
from sandbox.smtp import MailRelay
from sandbox.telegram.api import telegram_api
from sandbox.telegram.client import TelegramClient
from sandbox.telegram.client_api import ClientApi
from sandbox.telegram.store import TelegramStore
from sandbox.telegram.updates import Updates
from sandbox.transcription.api import MODEL, recording_routes, transcription_api
from sandbox.transcription.store import RecordingStore
from sandbox.vies import vies
from sandbox.world import Courier, World


class Sandbox:
    """The stand-ins, ready to serve. `app` is the ASGI app; `world` what they share."""

    def __init__(self, world: World, extra_routes: Sequence[BaseRoute] = ()) -> None:
        self.world = world
        payer = Payer(world.book)
        self._payments = {name: entry.make(world, payer) for name, entry in PAYMENT_SIMULATORS.items()}
        self._relay = MailRelay(world)
        self._mail: tuple[str, int] | None = None
        self.app = Starlette(routes=[*extra_routes, Mount("/sandbox", routes=self._routes())])
        self.app.state.sandbox = self

    def _routes(self) -> list[BaseRoute]:
        world = self.world
        register = gus(world)
        inbox = ChatwootStore(world.ledger)
        webhooks = ChatwootWebhooks(world, inbox)
        chats = TelegramStore(world.ledger, world.clock)
        updates = Updates(world, chats)
        recordings = RecordingStore(world.ledger, world.clock)
        return [
            Mount("/smsapi", app=smsapi(world)),
            Mount("/mf", app=mf(world)),
            Route("/gus", register),
            Mount("/gus", app=register),
            Mount("/vies", app=vies(world)),
            *(Mount(f"/{name}", routes=simulator.routes()) for name, simulator in self._payments.items()),
            Mount("/seller", app=seller(world)),
            Mount("/chatwoot/api/v1", app=chatwoot_api(world, inbox, webhooks)),
            Mount("/chatwoot", routes=ChatwootAgents(world, inbox, webhooks).routes()),
            Mount("/telegram/api", routes=ClientApi(chats, TelegramClient(world, chats, updates, recordings)).routes()),
            Mount("/telegram", app=telegram_api(world, chats, updates)),
            Mount("/transcription/v1", app=transcription_api(world, recordings)),
            Mount("/api", routes=[*control_routes(self), *recording_routes(recordings)]),
        ]

    async def start_mail(self, *, again: bool = False) -> tuple[str, int]:
        """Let the mail relay listen on a free port; returns its address.

        `again`: on the port of the last time, if nobody has taken it, for desks that live on while the sandbox doesn't.
        """

        async def listening(port: int) -> tuple[str, int]:
            return await self._relay.start("127.0.0.1", port)

        kept = KeptPort(self.world.ledger, "smtp", self.world.sleep)
        self._mail = await (kept.bound(listening) if again else listening(0))
        if again:
            kept.keep(self._mail[1])
        return self._mail

    async def stop_mail(self) -> None:
        await self._relay.stop()
        self._mail = None

    async def tick(self, now: datetime) -> None:
        """Run what the providers had scheduled until `now`."""
        await self.world.timetable.tick(now)

    def next_due(self) -> datetime | None:
        """Return when a provider will next do something by itself, for a clock that moves from due time to due time."""
        return self.world.timetable.next_due()

    async def run_timers(self) -> None:
        """Do what falls due while real time passes; runs until cancelled."""
        await self.world.timetable.run()

    @property
    def moves_own_clock(self) -> bool:
        """True if the sandbox may move the clock it was given."""
        return isinstance(self.world.clock, SettableClock)

    async def set_clock(self, moment: datetime) -> datetime:
        """Move ahead to `moment`, stopping at each thing that falls due on the way; returns the time it then is.

        A clock that is the desk's isn't moved; what is due by `moment` is done all the same.
        """
        clock = self.world.clock
        if isinstance(clock, SettableClock):
            while (due := self.next_due()) is not None and due <= moment:
                clock.set_to(due)
                await self.tick(due)
            clock.set_to(moment)
        await self.tick(moment)
        self.world.timetable.wake()
        return clock.now()

    async def play(self, attempt: ProviderAttempt, outcome: Outcome, notify: Notify, card: str = "") -> ProviderAttempt:
        """Let the payer do something with an attempt; returns it as it then stands. `card`: see `stripe.cards`."""
        return await self._payments[attempt.provider].play(attempt, outcome, notify, card)

    async def money_back(
        self, attempt: ProviderAttempt, outcome: Back, amount: int | None, notify: Notify
    ) -> ProviderAttempt:
        """Let money of an attempt go back, or be claimed; returns it as it then stands."""
        return await self._payments[attempt.provider].money_back(attempt, outcome, amount, notify)

    def reset(self) -> None:
        """Clear messages, payments, faults, what is scheduled, and the clock if it is the sandbox's."""
        self.world.ledger.clear()
        if isinstance(self.world.clock, SettableClock):
            self.world.clock.restore()

    def endpoints(self) -> dict[str, Any]:
        """Addresses and keys of the stand-ins; `smtp` is null until the relay listens."""
        base = f"{self.world.public_url}/sandbox"
        mail = None if self._mail is None else {"host": self._mail[0], "port": self._mail[1]}
        login = {"username": credentials.SMTP_USERNAME, "password": credentials.SMTP_PASSWORD}
        return {
            "smsapi": {"url": f"{base}/smsapi/sms.do", "token": credentials.SMSAPI_TOKEN},
            "smtp": None if mail is None else {**mail, **login, "start_tls": False},
            "mf": {"url": f"{base}/mf"},
            "gus": {"url": f"{base}/gus", "key": credentials.GUS_KEY},
            "vies": {"url": f"{base}/vies"},
            **{name: {"url": f"{base}/{name}", **entry.keys} for name, entry in PAYMENT_SIMULATORS.items()},
            "telegram": {"base_url": f"{base}/telegram/bot", "token": credentials.TELEGRAM_TOKEN},
            "chatwoot": {
                "url": f"{base}/chatwoot",
                "account_id": credentials.CHATWOOT_ACCOUNT_ID,
                "inbox_id": credentials.CHATWOOT_INBOX_ID,
                "token": credentials.CHATWOOT_TOKEN,
                "webhook_secret": credentials.CHATWOOT_WEBHOOK_SECRET,
            },
            "transcription": {"url": f"{base}/transcription/v1", "key": credentials.TRANSCRIPTION_KEY, "model": MODEL},
            "seller": {
                "events_url": f"{base}/seller/events",
                "events_secret": credentials.SELLER_EVENTS_SECRET,
                "directory_url": f"{base}/seller/directory",
                "directory_token": credentials.SELLER_DIRECTORY_TOKEN,
            },
        }


def assemble(
    ledger: Ledger,
    people: People,
    *,
    public_url: str,
    clock: SandboxClock,
    sleep: Sleep,
    http_client: httpx.AsyncClient,
    extra_routes: Sequence[BaseRoute] = (),
) -> Sandbox:
    """Put the sandbox together.

    `public_url` is the address of the root that `/sandbox` hangs below. `http_client` carries the notices. A clock with
    `set_to` and `restore` may be moved by the control API; any other is left to its owner.
    """
    world = World(
        ledger=ledger,
        book=PaymentBook(ledger),
        people=people,
        faults=Faults(ledger),
        courier=Courier(http_client, ledger, clock),
        timetable=Timetable(ledger, clock),
        clock=clock,
        sleep=sleep,
        public_url=public_url.rstrip("/"),
        vault=Vault(ledger),
    )
    return Sandbox(world, extra_routes)
