"""Comparison: every payment of a window is asked after at its provider, and what differs is told and mended.

Nothing is booked here. What a lost notice would have told is told to the same owner, who asks the provider and books;
all else waits for a person (`docs/how-to/operate.md`).
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Protocol, TypeVar

import structlog
from msgspec import Struct

from bot.conversation.port import UnitOfWork
from bot.usecases.billing.notices import owner_of_attempt, question
from dialogs.messages.payment import PaymentNoticed
from services.clock import Clock
from services.errors import Conflict, Misconfigured, ProviderRefused, ProviderUnavailable
from services.jobs.port import Outbox
from services.payments import comparison
from services.payments.comparison import Difference, OpenBooks
from services.payments.providers.base import Attempt, PaymentProvider, Returned, State
from services.store.database import Store

_log = structlog.get_logger(__name__)
T = TypeVar("T")


class Happen(Protocol):
    """Runs one transaction; what it told runs after the commit, or at the next sweep."""

    async def __call__(self, work: Callable[[UnitOfWork], T]) -> T: ...


class Compared(Struct, frozen=True):
    """Result of a comparison. `asked`: the attempts answered for; `unseen`: by provider how many weren't."""

    asked: int
    unseen: Mapping[str, int]
    rows: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        """Return whether all could be seen and nothing differs."""
        return not self.rows and not self.unseen


class Comparison(Struct, frozen=True):
    """For one desk's books and providers."""

    store: Store
    clock: Clock
    providers: Mapping[str, PaymentProvider]
    happen: Happen
    outbox: Outbox

    async def run(self, since: datetime) -> Compared:
        """Compare all that moved since then, one by one. A run that is cut off is begun again: it repeats nothing."""
        rows: list[Difference] = []
        unseen: dict[str, int] = {}
        asked = 0
        async for books in self._window(since):
            try:
                found = await self._compare(books)
            except (ProviderUnavailable, Misconfigured) as error:
                name = books.attempt.provider
                _log.warning("comparison_unanswered", provider=name, reason=error.reason)
                unseen[name] = unseen.get(name, 0) + 1
                continue
            asked += 1
            rows += found
        return Compared(asked, unseen, tuple(rows))

    async def _window(self, since: datetime) -> AsyncIterator[OpenBooks]:
        after = ("", 0)
        while names := await self.store.read(lambda c, after=after: comparison.names_since(c, since, after)):
            after = names[-1]
            for name in names:
                books = await self.store.read(lambda c, name=name: comparison.open_books(c, *name))
                if books is not None and books.attempt.provider in self.providers:
                    yield books

    async def _compare(self, books: OpenBooks) -> tuple[Difference, ...]:
        """Ask, and have mended what can be. What was booked while the provider was asked is left to the next time."""
        state, back = await self._asked(books)
        name, now = (books.payment.id, books.attempt.n), self.clock.now()
        if await self.store.read(lambda c: comparison.open_books(c, *name)) != books:
            return ()
        found = tuple(comparison.compare(books, state, back, now))
        if any(one.mends_itself for one in found):
            await self.happen(lambda tx: _mend(self.outbox, tx, books, found))
        return found

    async def _asked(self, books: OpenBooks) -> tuple[State | None, Returned]:
        of, known = books.payment, books.attempt
        provider = self.providers[known.provider]
        attempt = Attempt(known.reference, known.provider_ref, of.amount, of.currency)
        try:
            return await provider.ask(attempt, take=False), await provider.returned(attempt)
        except (ProviderRefused, Conflict):
            return None, Returned()


def _mend(outbox: Outbox, tx: UnitOfWork, books: OpenBooks, found: tuple[Difference, ...]) -> None:
    """Tell what a notice would have told; the provider is asked again before anything is booked."""
    known = books.attempt
    whose = owner_of_attempt(tx.connection, known)
    if any(one.kind == "paid_there" for one in found) and whose is not None:
        tx.tell(whose, PaymentNoticed(known.payment_id, known.n, {}))
    if known.status in ("paid", "refunded"):
        outbox.leave(tx.connection, question(known.payment_id, known.n, f"compared {tx.now:%Y-%m-%d %H:%M}", tx))
