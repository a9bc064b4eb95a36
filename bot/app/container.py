"""The objects of one desk, constructed once and in one pass from its settings, its profile and its providers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx
from msgspec import Struct
from msgspec.structs import astuple

from bot.app.providers import Providers
from bot.app.settings import Settings
from bot.conversation.conversation_states import ConversationStates
from bot.conversation.delivery import Delivery, Sender
from bot.conversation.desk import ConversationDesk
from bot.conversation.metrics import Metrics
from bot.conversation.outbound import ReachableChannels
from bot.conversation.presenters import Presenters
from bot.conversation.render import Renderer
from bot.conversation.turn import Turn
from bot.conversation.understanding import MessageUnderstanding
from bot.profile import Profile
from bot.usecases.accounts.log_ins import LogInLetters
from bot.usecases.agents.acts import AgentActs
from bot.usecases.answers.letters import AnswerOwner
from bot.usecases.billing.bookings import Bookings
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.billing.money_back import PaymentOwner
from bot.usecases.billing.pages import PaymentDeps
from bot.usecases.command_deps import LETTERS, CommandDeps
from bot.usecases.commands import CommandTable
from bot.usecases.job_deps import Fetch
from bot.usecases.jobs import TRIES, JobTable, outcome_event
from bot.usecases.privacy.erasing import UnownedJobs
from bot.usecases.privacy.housekeeping import Housekeeping
from bot.usecases.renewals.quotes import Quotes, product_names
from bot.usecases.renewals.renewals import Renewals
from bot.usecases.renewals.subscription_owner import SubscriptionOwner
from bot.usecases.seller.event_sender import EventSender
from bot.usecases.seller.events import SellerEvents
from dialogs.journey import journey_of
from dialogs.payment import POLL
from services.clock import SystemClock
from services.jobs.outages import Outages
from services.jobs.port import Engine, Finish, Outbox
from services.jobs.process_lease import ProcessLease
from services.jobs.timers import Fire, TimerLoop
from services.jobs.worker import open_engine, open_outbox
from services.orders.discounts import DiscountTries
from services.refusals import RefusalLog
from services.seller.seller_events import MEANINGS
from services.store import timer_rows
from services.store.database import Store
from values.offer import codes_by_form
from values.patterns import cached_property
from values.seller import Seller

MOST_TRIES = 5
"""Of jobs of which nothing else is said."""


def mail_sender(settings: Settings, profile: Profile) -> str:
    """Return the sender of e-mails."""
    return settings.smtp_from or profile.brand.mail_sender


class Dependencies(Struct, frozen=True, dict=True):
    """The dependencies that all parts of a desk share. `base_url` is the address at which customers reach it.

    `stand_ins` has the addresses and keys of the sandbox's stand-ins, by name; it is empty with the sandbox off.
    """

    settings: Settings
    profile: Profile
    store: Store
    clock: SystemClock
    server_key: bytes
    base_url: str
    client: httpx.AsyncClient
    providers: Providers
    stand_ins: Mapping[str, Mapping[str, Any]]
    metrics: Metrics
    refusals: RefusalLog

    @property
    def seller(self) -> Seller:
        """The profile's seller."""
        return self.profile.seller

    @cached_property
    def renderer(self) -> Renderer:
        """The seller's texts; those that name the sender of e-mails name the one that is set."""
        return self.profile.renderer(mail_sender(self.settings, self.profile), self.panel)

    @property
    def support_email(self) -> str:
        """The address that the seller's support reads."""
        return self.settings.support_email or self.profile.brand.support_email

    @property
    def rate_limited(self) -> bool:
        return self.settings.rate_limits == "on"

    @property
    def panel(self) -> str:
        """The seller's own panel, or the sandbox's page in its place."""
        return f"{self.base_url}/sandbox/panel" if self.settings.sandboxed else self.profile.brand.panel_url

    @property
    def payments(self) -> PaymentDeps:
        """The part of them that payment pages and jobs have."""
        books = (self.store, self.clock, self.renderer, self.server_key, self.base_url, self.support_email)
        return PaymentDeps(*books, self.profile.accounts, self.providers.payments)


class Container(Struct, frozen=True):
    """The parts that channels, pages and routes are given; `start` and `stop` run the workers among them."""

    deps: Dependencies
    turn: Turn
    desk: ConversationDesk
    agent_acts: AgentActs
    bookings: Bookings
    renewals: Renewals
    money_back: PaymentOwner
    lease: ProcessLease
    reach: ReachableChannels
    delivery: Delivery
    housekeeping: Housekeeping
    outages: Outages

    @property
    def outbox(self) -> Outbox:
        """The box of jobs that are to be done."""
        return self.renewals.outbox

    @property
    def worker(self) -> Engine:
        """The engine that runs jobs."""
        return self.desk.dispatcher.worker

    @property
    def timers(self) -> TimerLoop:
        """The loop that fires timers."""
        return self.desk.dispatcher.timers

    async def start(self) -> None:
        """Go on where the last process ended; payments that may have come meanwhile are asked after at once."""
        await self.worker.start()
        await self.deps.store.write(lambda c: timer_rows.hasten(c, POLL, self.deps.clock.now()))
        await self.desk.happen(self.renewals.plan_all)
        await self.desk.happen(self.money_back.plan_all)
        await self.timers.start()
        await self.delivery.start()
        self.housekeeping.start()
        self.deps.refusals.start()
        await self.desk.dispatcher.start()

    async def stop(self) -> None:
        """Finish what was begun, or leave it for the next start."""
        await self.desk.dispatcher.stop()
        await self.deps.refusals.stop()
        await self.housekeeping.stop()
        await self.timers.stop()
        await self.worker.stop()
        await self.delivery.stop()


def container(
    deps: Dependencies, senders: Mapping[str, Sender], reach: ReachableChannels, files: Mapping[str, Fetch]
) -> Container:
    """Construct the parts of one desk, which writes to channels by `senders`, and fetches their files by `files`."""
    store, clock, seller, renderer, key = deps.store, deps.clock, deps.seller, deps.renderer, deps.server_key
    dialogs, providers = journey_of(seller), deps.providers
    lease, outbox = ProcessLease(store), open_outbox(store, clock)
    events = SellerEvents(outbox if providers.events is not None else None)
    commands = CommandTable(
        CommandDeps(
            *(seller, renderer, key, deps.rate_limited, log_in_letters(deps, outbox)),
            *(providers.of_method, providers.directory is not None, deps.metrics, providers.charges),
        ),
        events,
    )
    quotes = Quotes(seller, providers.of_method, providers.charges, partial(product_names, renderer, seller))
    bookings = Bookings(quotes, key, outbox)
    states = ConversationStates(dialogs, seller, renderer, reach, quotes.outlooks)
    turn = Turn(states, commands, outbox, lease, key)
    renewals = Renewals(seller, outbox, key, RenewalCollection(quotes, key))
    money_back = PaymentOwner(seller, outbox)
    answers = AnswerOwner(outbox, key, seller.desk.mail_replies_after, deps.rate_limited)
    presenters = Presenters(dialogs, renderer, key, deps.base_url, deps.panel, reach)
    delivery = Delivery(store, clock, presenters, lease, senders)
    outages = Outages(store, clock)
    for breaker in providers.breakers:
        breaker.watch = outages

    def engine(finish: Finish, fire: Fire) -> tuple[Engine, TimerLoop]:
        return open_engine(
            store,
            clock,
            deps.settings.database,
            execute=_jobs(deps, states, files).execute,
            finish=finish,
            fire=fire,
            tries=lambda kind: TRIES.get(kind, MOST_TRIES),
        )

    desk = ConversationDesk(
        store=store,
        clock=clock,
        turn=turn,
        understanding=MessageUnderstanding(
            dialogs, renderer, deps.profile.questions(), deps.profile.known, providers.hears
        ),
        presenters=presenters,
        metrics=deps.metrics,
        tries=DiscountTries(
            frozenset(codes_by_form(tuple(one.code for one in seller.discounts))), key, deps.rate_limited
        ),
        owners=(SubscriptionOwner(renewals), money_back, answers, UnownedJobs()),
        result_event=outcome_event,
        publish=events.publish,
        engine=engine,
        delivery=delivery,
    )
    outages.wake = desk.dispatcher.worker.wake
    deps.metrics.expect(TRIES, MEANINGS if providers.events is not None else (), (rule.scope for rule in LETTERS))
    return Container(
        deps=deps,
        turn=turn,
        desk=desk,
        agent_acts=AgentActs(desk, renderer, bookings, events.publish),
        bookings=bookings,
        renewals=renewals,
        money_back=money_back,
        lease=lease,
        reach=reach,
        delivery=delivery,
        housekeeping=Housekeeping(store, clock, seller.privacy, deps.metrics.retention),
        outages=outages,
    )


def log_in_letters(deps: Dependencies, outbox: Outbox) -> LogInLetters:
    """Return what begins log-ins and tells their owner of them."""
    return LogInLetters(outbox, deps.server_key, deps.seller.zone, deps.rate_limited)


def _jobs(deps: Dependencies, states: ConversationStates, files: Mapping[str, Fetch]) -> JobTable:
    providers = deps.providers
    return JobTable(
        *astuple(deps.payments),
        states=states,
        quotas=deps.rate_limited,
        sms=providers.sms,
        mail=providers.mail,
        registers=providers.registers,
        vies=providers.vies,
        directory=providers.directory,
        events=EventSender(deps.store, deps.clock, providers.events, deps.metrics.events),
        transcriber=providers.transcriber,
        files=files,
    )
