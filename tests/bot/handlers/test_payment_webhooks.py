"""How a provider's notice is answered, and whose it becomes: the money's, the news', nobody's."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.handlers.payment_webhooks import LIMIT, PaymentWebhooks
from bot.web.flood import Flood, FloodRules
from bot.web.network import counts_all
from dialogs.messages.payment import PaymentNoticed
from services.errors import Forged, Misconfigured, ProviderUnavailable, Unreadable
from services.payments.providers.base import Notice
from services.store.database import Store
from services.store.errors import StoreUnavailable
from tests.kit.rows import each_row
from tests.services.domain.people import buyer, placed, to_pay
from tests.services.domain.test_payments import opened
from tests.services.outside import NOON


@dataclass
class Transaction:
    connection: Any
    told: list[Any] = field(default_factory=list)
    now: Any = NOON

    def tell(self, owner_id: str, event: Any) -> None:
        self.told.append((owner_id, event))


@dataclass
class Books:
    """A desk that keeps what is stored, or is away."""

    store: Store | None
    told: list[Any] = field(default_factory=list)

    async def happen(self, work: Callable[[Transaction], None]) -> None:
        if self.store is None:
            raise StoreUnavailable
        await self.store.write(lambda connection: work(Transaction(connection, self.told)))


@dataclass
class News:
    """Notes what is passed on to it."""

    heard: list[str] = field(default_factory=list)

    def detached(self, *_about: Any) -> None:
        self.heard.append("detached")

    def disputed(self, *_about: Any) -> None:
        self.heard.append("disputed")

    def ask_back(self, *_about: Any) -> None:
        self.heard.append("ask_back")


@dataclass
class Says:
    """Reads this notice in every body, or raises this."""

    notice: Notice | Exception
    name: str = "stripe"

    async def read_notice(self, _headers: Mapping[str, str], _body: bytes) -> Notice:
        if isinstance(self.notice, Exception):
            raise self.notice
        return self.notice


@dataclass
class Proves(Says):
    """Reads a notice without asking its provider only where its body proves itself; keeps what it was asked about."""

    asked: list[bytes] = field(default_factory=list)

    async def proven_notice(self, _headers: Mapping[str, str], body: bytes) -> Notice | None:
        return notice() if body == b"proven" else None

    async def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        self.asked.append(body)
        return await super().read_notice(headers, body)


def notice(kind: Any = "paid") -> Notice:
    return Notice("a1-1", "pi_1", 4900, "PLN", kind, f"evt_{kind}")


@dataclass
class Door:
    http: httpx.AsyncClient
    books: Books
    news: News

    async def bring(self, body: bytes = b"{}", name: str = "stripe") -> httpx.Response:
        return await self.http.post(f"/webhooks/payments/{name}", content=body)


@contextmanager
def door(
    says: Notice | Exception | Says, store: Store | None, flood: Flood | None = None, unproven: Flood | None = None
) -> Iterator[Door]:
    books, news, provider = Books(store), News(), says if isinstance(says, Says) else Says(says)
    floods = flood or Flood(None), unproven or Flood(None)
    webhooks = PaymentWebhooks(cast(Any, books), cast(Any, {"stripe": provider}), cast(Any, news), *floods, counts_all)
    app = httpx.ASGITransport(Starlette(routes=webhooks.routes()), client=("203.0.113.7", 1))
    yield Door(httpx.AsyncClient(transport=app, base_url="http://desk.example"), books, news)


async def test_a_provider_without_keys_is_unknown(store: Store) -> None:
    with door(notice(), store) as way:
        assert (await way.bring(name="paypal")).status_code == 404


@pytest.mark.parametrize(
    ("raised", "status"),
    [
        (Forged("notice"), 400),
        (Unreadable("notice"), 400),
        (ProviderUnavailable("unavailable"), 503),
        (Misconfigured("credentials_refused"), 503),
    ],
)
async def test_what_isnt_proven_is_refused_and_what_cant_be_comes_again(raised: Exception, status: int) -> None:
    with capture_logs() as logs, door(raised, None) as way:
        assert (await way.bring()).status_code == status
    alarmed = [line["event"] for line in logs if line.get("alarm")]
    assert alarmed == (["notice_unreadable"] if isinstance(raised, Unreadable) else []), "Stripe speaks otherwise now"


async def test_what_cant_be_stored_comes_again() -> None:
    with door(notice(), None) as way:
        assert (await way.bring()).status_code == 503


async def test_a_notice_has_a_quarter_of_a_megabyte(store: Store) -> None:
    with door(notice(), store) as way:
        assert LIMIT == 2**18
        assert (await way.bring(b" " * LIMIT)).status_code == 200
        assert (await way.bring(b" " * (LIMIT + 1))).status_code == 413


async def test_a_network_that_brings_too_many_is_told_when_to_come_again(store: Store) -> None:
    with door(notice(), store, Flood(FloodRules("", "2/minute"), now=lambda: 0.0)) as way:
        assert [(await way.bring()).status_code for _ in range(3)] == [200, 200, 429]
        assert int((await way.bring()).headers["retry-after"]) > 0


async def test_a_notice_that_proves_itself_never_waits_behind_those_that_are_asked_about(store: Store) -> None:
    provider = Proves(notice())
    with door(provider, store, unproven=Flood(FloodRules("", "1/minute"), now=lambda: 0.0)) as way:
        assert [(await way.bring(body)).status_code for body in (b"1", b"2", b"proven")] == [200, 429, 200]
        assert int((await way.bring(b"3")).headers["retry-after"]) > 0
    assert provider.asked == [b"1"]


@each_row
async def test_what_is_told_is_passed_on_once(store: Store, kind: str, heard: list[str]) -> None:
    with door(notice(kind), store) as way:
        assert (await way.bring()).status_code == (await way.bring()).status_code == 200
        assert way.news.heard == heard


@pytest.mark.parametrize("kind", ["paid", "approved"])
async def test_money_of_nobody_is_an_alarm_and_books_nothing(store: Store, kind: str) -> None:
    with capture_logs() as logs, door(notice(kind), store) as way:
        assert (await way.bring()).status_code == 200
        assert (way.books.told, way.news.heard) == ([], [])
    assert [(line["event"], line["alarm"]) for line in logs if "alarm" in line] == [("notice_of_nobody", True)]


@pytest.mark.parametrize(("kind", "asked"), [("refunded", ["ask_back"]), ("paid", []), ("disputed", ["disputed"])])
async def test_money_whose_own_notice_was_lost_is_looked_at_with_its_refund(
    store: Store, kind: str, asked: list[str]
) -> None:
    def under_way(connection: Any) -> None:
        buyer(connection)
        placed(connection)
        to_pay(connection, "a1")
        opened(connection, "a1")

    await store.write(under_way)
    with door(notice(kind), store) as way:
        assert (await way.bring()).status_code == 200
    looked = [("talk-a1", PaymentNoticed("a1", 1, {}))] if kind != "disputed" else []
    assert (way.books.told, way.news.heard) == (looked, asked)
