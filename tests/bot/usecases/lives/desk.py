"""One customer at the desk's own use cases: a store, a movable clock, a provider's stand-in, a record of what was said.

Commands, timers and jobs are done by the functions that the desk itself runs, each in its time.
"""

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation import codec
from bot.usecases.billing import refunds
from bot.usecases.billing.collection import RenewalCollection
from bot.usecases.billing.comparison import Compared, Comparison
from bot.usecases.billing.money_back import PaymentOwner
from bot.usecases.billing.notices import make_question
from bot.usecases.command_deps import CommandDeps
from bot.usecases.commands import HANDLERS
from bot.usecases.jobs import TRIES, JobTable, outcome_event
from bot.usecases.renewals import changes
from bot.usecases.renewals.quotes import Quotes
from bot.usecases.renewals.renewals import Renewals
from dialogs.kit import Command, Event
from dialogs.messages import payment as paying
from dialogs.messages import renewal as told
from dialogs.messages import withdrawal as withdrawing
from dialogs.messages.zone import QuantitySet
from services.errors import ProviderRefused, ProviderUnavailable
from services.jobs.port import Done, GaveUp, StoredJob, TryLater
from services.orders import order_record
from services.payments import attempts, questions, record
from services.payments.providers import base
from services.payments.refunds import RefundRecord
from services.store import timer_rows
from services.store.tables.base import canonical
from services.store.tables.schema import metadata
from services.subscriptions import renewal_timer, subscription_record
from tests.bot.usecases.commanding import Words, turn
from tests.kit.narrow import present
from tests.services.domain.people import KEY, company, customer
from values.payment import StoredMethod
from values.renewal import Outlook
from values.seller import Seller

VISA = StoredMethod("pm_1", "cus_1", "Visa …4242", date(2060, 12, 31))
RUN = (told.ChargeStored, told.AskCharge, paying.AskBack, paying.RefundPayment, withdrawing.GiveBack)


class Bank:
    """The provider's stand-in: whose money it has, by the names of attempts, and what its next charges come to."""

    name, methods, storable = "stripe", frozenset({"card"}), frozenset({"card"})

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self.next, self.answers = now, list[str](), list[str]()
        self.taken, self.back, self.unowed = dict[str, int](), dict[str, int](), set[str]()
        self.refunds, self.refund_waits = dict[str, tuple[str, int]](), set[str]()
        self.charges = list[tuple[datetime, str, int, str]]()
        self.refused_at: datetime | None = None
        self.refused = set[str]()

    async def ask(self, of: base.Attempt, *, take: bool = True) -> base.State:
        if of.payment_ref in self.taken:
            all_back = self.back.get(of.payment_ref) and not self.left(of.payment_ref)
            status: base.Status = "refunded" if all_back else "paid"
            return base.State(status, self.taken[of.payment_ref], of.currency)
        return base.State("failed", of.amount, of.currency)

    def left(self, of: str) -> int:
        """What is here of an attempt's money."""
        return self.taken[of] - self.back.get(of, 0)

    async def charge(self, charge: base.Charge) -> base.Charged:
        of, comes = charge.attempt, self.next.pop(0) if self.next else "works"
        if comes in ("works", "lost") and of.payment_ref not in self.taken:
            self.taken[of.payment_ref] = of.amount
            self.charges.append((self.now(), of.payment_ref, of.amount, charge.stored.label))
        if comes != "works":
            self.refused_at = self.now()
        if comes == "lost":
            raise ProviderUnavailable("lost", uncertain=True)
        if comes == "down":
            raise ProviderUnavailable("down")
        if comes == "odd":
            raise ProviderRefused("odd")
        refusal: Any = comes if comes != "works" else None
        self.refused |= {of.payment_ref} if refusal else set()
        return base.Charged(f"ch {of.payment_ref}", replace(await self.ask(of), refusal=refusal))

    async def keeps(self, _stored: base.StoredMethod) -> bool:
        return True

    async def returned(self, of: base.Attempt) -> base.Returned:
        return base.Returned(self.back.get(of.payment_ref, 0))

    async def refund(self, of: base.Attempt, *, amount: int, key: str, **_: Any) -> base.Refund:
        """Refund once by a key: a repeat is told how the first one stands."""
        answer = self.answers.pop(0) if self.answers else "works"
        if answer == "down":
            raise ProviderUnavailable("down")
        if key not in self.refunds:
            if answer == "refused" or amount > self.left(of.payment_ref):
                raise ProviderRefused("refused")
            self.refunds[key] = (of.payment_ref, amount)
            self.refund_waits |= {key} if answer == "pending" else set()
            self._moves(key)
        elif answer != "pending" and key in self.refund_waits:
            self.refund_waits.discard(key)
            self._moves(key)
        if answer == "lost":
            raise ProviderUnavailable("lost", uncertain=True)
        return base.Refund("pending" if key in self.refund_waits else "completed", key)

    def _moves(self, key: str) -> None:
        of, amount = self.refunds[key]
        self.back[of] = self.back.get(of, 0) + (0 if key in self.refund_waits else amount)

    register = read_notice = confirm = forget = forget_payer = ask  # which nobody asks for here


class Receipt(Struct, frozen=True):
    """What the chat says of the terms that a payment was for, as `dialogs/payment.py` has it."""

    outlooks: tuple[Outlook, ...]


class Said(Struct, frozen=True):
    """Something that the customer was told then, in a chat or `by_letter`."""

    at: datetime
    event: Any
    by_letter: bool


class Desk:
    """One store, the use cases on it, and a record of all that was said and taken, with its moment.

    `before` and `after` are called around each step, `rests` where nothing more is due just then; `asks_back` before
    the provider is asked what it has given back of an attempt.
    """

    def __init__(self, connection: sa.Connection, seller: Seller, now: datetime) -> None:
        self.connection, self.seller, self.now = connection, seller, now
        self.said, self.queue, self.keys = list[Said](), list[tuple[datetime, int, StoredJob]](), set[str]()
        self.bank, self.count = Bank(lambda: self.now), 0
        self.before = self.after = self.rests = lambda: None
        self.asks_back: Callable[[str], None] = lambda _: None

    # --- the transaction, as the use cases see it ---

    def tell(self, _owner: str, event: Event | Receipt) -> None:
        self.said.append(Said(self.now, event, by_letter=False))

    def publish(self, event: Any) -> None:
        """Send nothing to anyone."""

    def put(self, connection: sa.Connection, job: StoredJob) -> bool:
        if new := job.key not in self.keys:
            self.keys.add(job.key)
            self.wait(job, max(self.now, job.due_at))
        return new

    def leave(self, connection: sa.Connection, job: StoredJob) -> None:
        self.put(connection, job)

    def wait(self, job: StoredJob, until: datetime) -> None:
        self.count += 1
        heapq.heappush(self.queue, (until, self.count, job))

    # --- what the customer does ---

    @property
    def quotes(self) -> Quotes:
        return Quotes(self.seller, lambda _method: "stripe", lambda _method: True)

    @property
    def renewals(self) -> Renewals:
        return Renewals(self.seller, self, KEY, RenewalCollection(self.quotes, KEY))  # type: ignore[arg-type]

    @property
    def next_id(self) -> str:
        """The id of the next command."""
        return f"c{self.count + 1}"

    def does(self, command: Command, talk: str = "talk-a1") -> Any:
        """Do a command of a customer's chat, a minute later."""
        id_, self.now, self.count = self.next_id, self.now + timedelta(minutes=1), self.count + 1
        deps = CommandDeps(self.seller, Words(), KEY, False, None, lambda _method: "stripe")  # type: ignore[arg-type]
        at = turn(self.connection, self.now, id_, talk)
        done = HANDLERS[type(command)](deps, command, at)
        for sent in at.told:
            if (of := renewal_timer.owned_by(sent.conversation_id)) is not None:
                self.renewals.noticed(self, of, codec.event_from(sent.kind, sent.payload))  # type: ignore[arg-type]
        if isinstance(done, paying.RefundDue):
            of = record.reference(done.payment_id, done.attempt)
            self.bank.back[of] = done.amount
            self.bank.unowed.add(of)  # it was for nothing
            return self.does(paying.BookRefund(done.payment_id, done.attempt))
        if isinstance(done, paying.PaymentBooked) and done.news and done.status == "paid":
            self.tell("", Receipt(self.quotes.outlooks(self.connection, "a1", self.now)))
        self.settle()
        return done

    def opens(self, payment_id: str) -> None:
        """Open the payment's link: an attempt of its payer's own."""
        attempts.open_attempt(self.connection, payment_id=payment_id, good_for=timedelta(0), now=self.now)

    def pays(self, payment_id: str, kept: StoredMethod | None = None) -> bool:
        """Pay by the payment's link, if it leads anywhere or a page of it stands open still."""
        self.opens(payment_id)
        made = [one for one in record.attempts_of(self.connection, payment_id) if one.stored_id is None]
        owed = present(record.get(self.connection, payment_id))
        if not made or made[-1].reference in self.bank.taken:
            return False
        of, n = made[-1].reference, made[-1].n
        self.bank.taken[of] = owed.amount
        self.does(paying.BookPayment(payment_id, n, "paid", owed.amount, owed.currency, kept))
        return True

    def gives_back(self, of: str, amount: int) -> None:
        """The seller gives so much more of an attempt's money back, at the provider; its notice has the desk ask."""
        self.bank.back[of] = self.bank.back.get(of, 0) + amount
        id_, _, n = of.rpartition("-")
        self.count += 1
        self.put(self.connection, make_question(id_, int(n), f"notice {self.count}", self))  # type: ignore[arg-type]
        self.settle()

    # --- what the seller does by the API ---

    @property
    def seats(self) -> changes.Changes:
        return changes.Changes(self.quotes, KEY)

    def changed(self, of: str, wanted: changes.WantedChange) -> QuantitySet | told.RenewalToPay | str:
        """Have another number or plan of it, and its customer told."""
        known = present(subscription_record.get(self.connection, of))
        made = self.seats.make(self, known, wanted)  # type: ignore[arg-type]
        letters = () if isinstance(made, str) else changes.announce(self, known, made, KEY)  # type: ignore[arg-type]
        for letter in letters:
            self.leave(self.connection, letter)
        return made

    def asked_back(self, order_id: str, amount: int | None) -> bool:
        """Ask for money of an order to be given back; return whether that is taken on."""
        order = present(order_record.get(self.connection, order_id))
        about = {"seller": self.seller, "amount": amount, "payment_id": None, "reason": "asked"}
        held = refunds.request(self, self, order, **about)  # type: ignore[arg-type]
        return isinstance(held, RefundRecord)

    # --- what the desk does ---

    def compared(self, since: datetime) -> Compared:
        """Compare the books with the provider, as `okienko reconcile` does."""
        deps = self._deps()
        addons = self.seller.renewing_addons
        return _finish(Comparison(deps.store, KEY, deps.clock, deps.providers, addons=addons).run(since))

    def until(self, moment: datetime) -> None:
        """Do all that is due until then, in its order."""
        while due := self._next(moment):
            self.now = max(self.now, due[0])
            self.before()
            due[1]()
            self.after()
            if self._next(self.now) is None:
                self.rests()
        self.now = max(self.now, moment)

    @property
    def is_busy(self) -> bool:
        """Whether anything is due just now."""
        return self._next(self.now) is not None

    def settle(self) -> None:
        """Do what is due now."""
        self.after()
        self.until(self.now)
        self.rests()

    def _next(self, moment: datetime) -> tuple[datetime, Callable[[], Any]] | None:
        timer = min(timer_rows.list_due(self.connection, moment), key=lambda one: one.due_at, default=None)
        if self.queue and self.queue[0][0] <= moment and (timer is None or self.queue[0][0] <= timer.due_at):
            return self.queue[0][0], lambda: self._run(heapq.heappop(self.queue)[2])
        return None if timer is None else (timer.due_at, lambda: self._fire(timer))

    def _fire(self, timer: timer_rows.Timer) -> None:
        if questions.owned_by(timer.conversation_id) is None:
            self.renewals.fire(self, timer)  # type: ignore[arg-type]
        else:
            timer_rows.take(self.connection, timer)  # what came back is asked when it does

    def _run(self, job: StoredJob) -> None:
        wanted = codec.call_from(job.kind, job.payload)
        if isinstance(wanted, told.MailNotice):
            self.said.append(Said(self.now, codec.event_from(wanted.notice, wanted.facts), by_letter=True))
        if isinstance(wanted, paying.RefundPayment):
            self.bank.unowed.add(record.reference(wanted.payment_id, wanted.attempt))
        if isinstance(wanted, paying.AskBack):
            self.asks_back(record.reference(wanted.payment_id, wanted.attempt))
        if isinstance(wanted, RUN):
            job = replace(job, attempts=job.attempts + 1)
            outcome = _finish(JobTable.execute(self._deps(), job))
            if not isinstance(outcome, TryLater):
                self._answered(job, outcome)
            elif job.attempts < TRIES[job.kind]:
                self.wait(job, self.now + (outcome.after or timedelta(minutes=5)))
            else:
                self._answered(job, GaveUp("tries"))

    def _answered(self, job: StoredJob, outcome: Done | GaveUp) -> None:
        if questions.owned_by(job.conversation_id) is not None:
            PaymentOwner(self.seller, self).finished(self, job, outcome)  # type: ignore[arg-type]
        else:
            of, event = job.conversation_id.partition(":")[2], outcome_event(job, outcome)
            self.renewals.answered(self, of, event)  # type: ignore[arg-type]

    def _deps(self) -> Any:
        async def reads(work: Callable[[sa.Connection], Any]) -> Any:
            return work(self.connection)

        return SimpleNamespace(
            store=SimpleNamespace(read=reads, write=reads),
            clock=SimpleNamespace(now=lambda: self.now),
            renderer=SimpleNamespace(seller=self.seller),
            providers={"stripe": self.bank},
            public_url="",
        )


def _finish(work: Any) -> Any:
    """The result of what never waits."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits for something outside")


@contextmanager
def books() -> Iterator[sa.Engine]:
    """A store in memory, with the schema."""
    engine = sa.create_engine("sqlite://", json_serializer=canonical, poolclass=sa.pool.StaticPool)
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@contextmanager
def customer_of(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A customer with a company, of whom nothing stays."""
    with engine.connect() as connection, connection.begin() as transaction:
        customer(connection)
        company(connection)
        yield connection
        transaction.rollback()
