"""Comparison: every payment of a window is asked after at its provider, and what differs is told and mended.

Where the provider lists what it took and gave back, the lists are looked through for what the books don't know. Asked
after are the methods, too, that are to be charged soon; and what runs is held against the money that it runs by.

Nothing is booked here. What a lost notice would have told is told to the same owner, who asks the provider and books;
all else waits for a person, who is told once (`docs/how-to/operate.md`).
"""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from msgspec import Struct, structs

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.usecases.billing.notices import make_question, mark_method_gone, open_report, owner_of_attempt
from bot.usecases.job_deps import JobDeps, does
from dialogs.messages.payment import BooksCompared, CompareBooks, PaymentNoticed
from services.clock import Clock
from services.errors import Conflict, Misconfigured, ProviderRefused, ProviderUnavailable
from services.jobs.port import Outbox, StoredJob
from services.orders import order_record
from services.payments import comparison, methods, questions, record
from services.payments.comparison import OpenBooks
from services.payments.listing import LONGEST_WINDOW, ListingProvider, TakenPage, TakenPayment
from services.payments.providers.base import Attempt, PaymentProvider, Returned, State, StoringProvider
from services.seller import seller_events
from services.store.database import Store
from values.payment import Difference
from values.seller import Seller

_log = structlog.get_logger(__name__)
MOST_PAGES = 100
CHARGED_SOON, MOST_METHODS = timedelta(days=14), 500
"""So long before its charge a kept method is asked after each night, the most urgent ones."""
Name = tuple[str, int]
ReadPage = Callable[[datetime, datetime, str | None], Awaitable[TakenPage | None]]


class Compared(Struct, frozen=True):
    """Result of a comparison: attempts answered for, how many of a provider weren't, the `last`; None at its end."""

    asked: int
    unseen: Mapping[str, int]
    rows: tuple[Difference, ...]
    last: Name | None = None

    @property
    def is_clean(self) -> bool:
        """Return whether all could be seen and nothing differs."""
        return not self.rows and not self.unseen


class Comparison(Struct, frozen=True):
    """For one desk's books and providers. `asked_too`: also what the provider was only asked about again.

    `whole_ends`: by the seller's rule a refund of the whole sum ends the service. `addons`: what is sold with a plan.
    """

    store: Store
    server_key: bytes
    clock: Clock
    providers: Mapping[str, PaymentProvider]
    asked_too: bool = False
    whole_ends: bool = False
    addons: Collection[str] = ()

    async def run(self, since: datetime) -> Compared:
        """Compare all that moved since then, one by one. A run that is cut off is begun again: it repeats nothing."""
        asked, unseen, rows = 0, Counter[str](), list[Difference]()
        after: Name | None = ("", 0)
        while after is not None:
            part = await self.run_part(since, after)
            asked, after = asked + part.asked, part.last
            unseen.update(part.unseen)
            rows += part.rows
        return Compared(asked, unseen, tuple(rows))

    async def run_part(self, since: datetime, after: Name) -> Compared:
        """Compare the next of what moved since then, behind an attempt; after the last one, all that is no payment."""
        names = await self.store.read(lambda c: self._names(c, since, after))
        if not names:
            return await self._rest(since)
        part = await self._ask_about(names)
        return structs.replace(part, last=names[-1])

    def _names(self, connection: sa.Connection, since: datetime, after: Name) -> Sequence[Name]:
        return comparison.list_attempts_since(connection, since, after, asked_too=self.asked_too)

    async def _rest(self, since: datetime) -> Compared:
        """Look through the providers' lists, and at methods and services."""
        rows, unseen = list[Difference](), Counter[str]()
        for provider in self.providers.values():
            if isinstance(provider, ListingProvider):
                rows += await self._find_unknown(provider, since, unseen)
                rows += await self._find_unbooked(provider, since, unseen)
        rows += await self._find_gone(unseen)
        rows += await self.store.read(lambda c: [*comparison.find_unfounded(c, since, whole_ends=self.whole_ends)])
        rows += await self.store.read(lambda c: [*comparison.find_left_over(c, self.addons)])
        return Compared(0, unseen, tuple(rows))

    async def _ask_about(self, names: Sequence[Name]) -> Compared:
        rows, unseen, asked = list[Difference](), Counter[str](), 0
        for name in names:
            books = await self.store.read(lambda c, name=name: comparison.open_books(c, *name))
            if books is None or books.attempt.provider not in self.providers:
                continue
            try:
                rows += await self._compare(books)
            except (ProviderUnavailable, Misconfigured) as error:
                _log.warning("comparison_unanswered", provider=books.attempt.provider, reason=error.reason)
                unseen[books.attempt.provider] += 1
            else:
                asked += 1
        return Compared(asked, unseen, tuple(rows))

    async def _find_unknown(self, provider: ListingProvider, since: datetime, unseen: Counter[str]) -> list[Difference]:
        """Return what its lists have that the books don't know; one that isn't read to its end is counted."""
        rows: list[Difference] = []
        try:
            async for page in self._pages(provider, provider.list_taken, since):
                rows += await self.store.read(
                    lambda c, taken=page.payments: [*comparison.find_unknown(c, self.server_key, provider.name, taken)]
                )
        except (ProviderUnavailable, Misconfigured) as error:
            _log.warning("comparison_unanswered", provider=provider.name, reason=error.reason)
            unseen[f"{provider.name}'s list"] += 1
        return rows

    async def _find_unbooked(
        self, provider: ListingProvider, since: datetime, unseen: Counter[str]
    ) -> list[Difference]:
        """Return what its list has of refunds that aren't booked, beside what is asked after anyway."""
        listed: list[TakenPayment] = []
        try:
            async for page in self._pages(provider, provider.list_returned, since):
                listed += page.payments
        except (ProviderUnavailable, Misconfigured) as error:
            _log.warning("comparison_unanswered", provider=provider.name, reason=error.reason)
            unseen[f"{provider.name}'s list of refunds"] += 1

        def find(connection: sa.Connection) -> list[Difference]:
            found = comparison.find_unbooked(connection, provider.name, listed)
            return [one for one in found if not self._is_asked(connection, since, one)]

        return await self.store.read(find)

    def _is_asked(self, connection: sa.Connection, since: datetime, of: Difference) -> bool:
        name = of.payment_id, of.attempt
        return name in self._names(connection, since, (of.payment_id, of.attempt - 1))[:1]

    async def _find_gone(self, unseen: Counter[str]) -> list[Difference]:
        """Return the methods that are to be charged soon, and that their providers keep no more."""
        rows: list[Difference] = []
        until = self.clock.now() + CHARGED_SOON
        for of in await self.store.read(lambda c: methods.list_methods_charged_until(c, until, MOST_METHODS)):
            provider = self.providers.get(of.provider or "")
            if not isinstance(provider, StoringProvider):
                continue
            try:
                if await provider.keeps(of.stored):
                    continue
            except (ProviderUnavailable, Misconfigured) as error:
                _log.warning("comparison_unanswered", provider=provider.name, reason=error.reason)
                unseen[f"{provider.name}'s methods"] += 1
                continue
            named = (provider.name, of.id, of.payment_id or "", 0, "", "")
            rows.append(Difference("method_gone", *named, "kept", "gone", of.created_at))
        return rows

    async def _pages(self, provider: ListingProvider, read: ReadPage, since: datetime) -> AsyncIterator[TakenPage]:
        """Read its list page by page; nothing where the seller's key may not."""
        after, now = None, self.clock.now() + timedelta(seconds=1)  # providers' clocks have no parts of seconds
        for _ in range(MOST_PAGES):
            until = min(since + LONGEST_WINDOW, now)
            page = await read(since, until, after)
            if page is not None:
                yield page
            if page is None or (until == now and page.following is None):
                return
            since, after = (since, page.following) if page.following is not None else (until, None)
        raise ProviderUnavailable("list_too_long", origin=provider.name)

    async def _compare(self, books: OpenBooks) -> tuple[Difference, ...]:
        """Ask. What was booked while the provider was asked is left to the next time."""
        state, back = await self._asked(books)
        name = books.payment.id, books.attempt.n
        if await self.store.read(lambda c: comparison.open_books(c, *name)) != books:
            return ()
        return tuple(comparison.compare(books, state, back, self.clock.now()))

    async def _asked(self, books: OpenBooks) -> tuple[State | None, Returned]:
        of, known = books.payment, books.attempt
        provider = self.providers[known.provider]
        attempt = Attempt(known.reference, known.provider_ref, of.amount, of.currency)
        try:
            return await provider.ask(attempt, take=False), await provider.returned(attempt)
        except (ProviderRefused, Conflict):
            return None, Returned()


@does(CompareBooks, tries=12, given_up=lambda job: BooksCompared(job.since))
async def compare_books(deps: JobDeps, job: CompareBooks, _stored: StoredJob) -> BooksCompared:
    seller = deps.renderer.seller
    books = Comparison(
        *(deps.store, deps.server_key, deps.clock, deps.providers),
        whole_ends=seller.refund.full == "end",
        addons=seller.renewing_addons,
    )
    part = await books.run_part(job.since, job.after)
    return BooksCompared(job.since, part.last, part.rows)


def next_part(tx: UnitOfWork, since: datetime, after: Name = ("", 0)) -> StoredJob:
    """Return the job that compares the next payments, the same for every process."""
    key = f"compare:{since.isoformat()}:{after[0]}:{after[1]}"
    return codec.stored_job(key, questions.owner_of(""), CompareBooks(since, after), tx.now)


def mend_differences(tx: UnitOfWork, outbox: Outbox, found: tuple[Difference, ...]) -> None:
    """Tell what a notice would have told; the provider is asked again before anything is booked."""
    for one in found:
        known = record.attempt(tx.connection, one.payment_id, one.attempt) if one.mends_itself else None
        if known is None:
            continue
        whose = owner_of_attempt(tx.connection, known)
        if one.kind == "paid_there" and whose is not None:
            tx.tell(whose, PaymentNoticed(known.payment_id, known.n, {}))
        if known.status in ("paid", "refunded"):
            outbox.leave(
                tx.connection, make_question(known.payment_id, known.n, f"compared {tx.now:%Y-%m-%d %H:%M}", tx)
            )


def note_gone_methods(tx: UnitOfWork, found: tuple[Difference, ...]) -> None:
    """Do what the notices of methods that are gone would have done."""
    for one in found:
        gone = methods.get(tx.connection, one.theirs_id) if one.kind == "method_gone" else None
        if gone is not None:
            mark_method_gone(tx, gone)


def report_differences(tx: UnitOfWork, outbox: Outbox, seller: Seller, found: tuple[Difference, ...]) -> None:
    """Tell support and the seller's system what waits for a person, each difference once."""
    for one in found:
        of = record.get(tx.connection, one.payment_id)
        order = order_record.get(tx.connection, of.order_id) if of is not None else None
        if one.mends_itself or (order is None and one.kind != "unknown_here"):
            continue
        about = {"order": one.order, "provider": one.provider, "payment": one.theirs_id, **one.shown}
        if open_report(tx, outbox, seller.order_prefix, order, subject="difference", case=one.case, about=about):
            _log.error("payment_differs", alarm=True, provider=one.provider, order=one.order, kind=one.kind)
            tx.publish(seller_events.payment_differs(order, one, tx.now))
