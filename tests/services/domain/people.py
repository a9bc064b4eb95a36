"""People of the tests: made by the same calls that the desk makes."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import accounts, consents, credentials
from services.companies import companies
from services.companies.companies import Billing, CompanyRecord
from services.contacts import contacts
from services.orders import orders, pricing
from services.orders.discounts import UNLIMITED, Limits
from services.orders.order_record import OrderRecord
from services.orders.pricing import Item, PricingDiscount
from services.payments import attempts, book, money
from services.payments.record import PaymentRecord
from services.store import conversations
from services.store.tables.accounts import company as company_table
from tests.kit.narrow import a
from values.term import A_YEAR

T = TypeVar("T")

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEY = b"a server key of the tests, 32 b."
PLAN = Item("standard", 1, A_YEAR, 29900, 23)
BURSZTYN = Billing("PL", "1234563218", "Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
WANTED = orders.WantedOrder(
    id="o1",
    account_id="a1",
    company_id="f1",
    items=(PLAN,),
    discount=None,
    price=pricing.price((PLAN,), None, "PLN"),
    method="blik",
    auto_renewal=True,
    series="FS/2026",
    conversation_id="talk-a1",
)
"""One plan for a year, for the first account's company."""


def later(**by: float) -> datetime:
    """NOW and so much more."""
    return NOW + timedelta(**by)


def conversation(connection: sa.Connection, id: str, channel: str = "rest") -> str:
    """An open conversation."""
    return conversations.open_talk(connection, channel, f"address-of-{id}", "pl", NOW, id).id


def sign_up(
    connection: sa.Connection,
    id: str = "a1",
    email: str = "anna@example.com",
    demanded: Sequence[contacts.Kind] = ("phone", "email"),
    now: datetime = NOW,
) -> accounts.SignedUp:
    """A pending account with a password, in a conversation of its own."""
    conversation(connection, f"talk-{id}")
    credentials.store(connection, f"password-{id}", f"hash-of-{id}", now)
    return accounts.sign_up(
        connection,
        account_id=id,
        email=email,
        email_key=email,
        credential_id=f"password-{id}",
        locale="pl",
        demanded=demanded,
        conversation_id=f"talk-{id}",
        now=now,
    )


def prove(
    connection: sa.Connection, id: str, kind: contacts.Kind, value: str, now: datetime = NOW
) -> contacts.Proven | contacts.ContactTaken:
    """A contact proven."""
    return contacts.prove(connection, account_id=id, kind=kind, value=value, key=value, now=now)


def customer(connection: sa.Connection, id: str = "a1", email: str = "anna@example.com") -> str:
    """An active account."""
    sign_up(connection, id, email)
    prove(connection, id, "phone", "+48600700800")
    assert prove(connection, id, "email", email) == contacts.Proven(active_now=True)
    return id


def company(
    connection: sa.Connection,
    account_id: str = "a1",
    id: str = "f1",
    billing: Billing = BURSZTYN,
    seen: Billing | None = None,
) -> CompanyRecord:
    """A confirmed company; `seen`: as it was before."""
    saved = companies.confirm(
        connection,
        company_id=id,
        account_id=account_id,
        billing=billing,
        source="mf",
        check="verified",
        now=NOW,
        seen=seen,
    )
    assert isinstance(saved, CompanyRecord)
    return saved


def unconfirmed(connection: sa.Connection, id: str, billing: Billing) -> None:
    """Saved for the first account by an earlier release, before its customer had confirmed the data."""
    company(connection, "a1", id, billing)
    connection.execute(sa.update(company_table).where(company_table.c.id == id).values(confirmed_at=None))


def try_to_place(
    connection: sa.Connection,
    id: str = "o1",
    account_id: str = "a1",
    company_id: str = "f1",
    now: datetime = NOW,
    discount: PricingDiscount | None = None,
    limits: Limits = UNLIMITED,
) -> orders.Placed | orders.NotPlaced:
    """One plan for a year."""
    wanted = replace(
        WANTED,
        id=id,
        account_id=account_id,
        company_id=company_id,
        discount=discount,
        price=pricing.price((PLAN,), discount, "PLN"),
        conversation_id=f"talk-{account_id}",
        limits=limits,
    )
    return orders.place(connection, wanted, now)


def placed(connection: sa.Connection, id: str = "o1", account_id: str = "a1", now: datetime = NOW) -> OrderRecord:
    """A placed order of a customer who has a company."""
    return a(orders.Placed, try_to_place(connection, id, account_id, now=now)).order


def to_pay(
    connection: sa.Connection,
    id: str = "p1",
    order_id: str = "o1",
    method: str = "blik",
    now: datetime = NOW,
    expires_at: datetime = NOW + timedelta(days=7),
    provider: str = "",
    stored_id: str | None = None,
) -> PaymentRecord:
    """A payment just opened."""
    opened = book.open_payment(
        connection,
        payment_id=id,
        order_id=order_id,
        method=method,
        provider=provider or ("paypal" if method == "paypal" else "przelewy24"),
        server_key=KEY,
        expires_at=expires_at,
        now=now,
        stored_id=stored_id,
    )
    assert isinstance(opened, book.Opened)
    return opened.payment


def owing(connection: sa.Connection) -> None:
    """A buyer whose order is placed, and its payment opened."""
    buyer(connection)
    placed(connection)
    to_pay(connection)


def pay(connection: sa.Connection, id: str = "p1", now: datetime = NOW, amount: int = 36777) -> None:
    """Its link is opened, and the provider tells of the money."""
    opened = a(attempts.ToPay, attempts.open_attempt(connection, payment_id=id, good_for=timedelta(hours=1), now=now))
    n = opened.attempt.n
    a(money.Booked, money.book_paid(connection, payment_id=id, attempt=n, amount=amount, currency="PLN", now=now))


def buyer(connection: sa.Connection) -> str:
    """An active account with a confirmed company."""
    customer(connection)
    company(connection)
    return "a1"


def at_once(engine: sa.Engine, times: int, work: Callable[[sa.Connection, int], T]) -> list[T]:
    """Runs the work in so many transactions that begin together, each committed."""
    ready = threading.Barrier(times)

    def one(n: int) -> T:
        with engine.connect() as connection, connection.begin():
            connection.execute(sa.select(1))
            ready.wait(timeout=10)
            return work(connection, n)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(one, range(times)))


def paid_order(connection: sa.Connection, items: list[Item], order_id: str, gross: int, now: datetime = NOW) -> None:
    """The first account's order of these lines, paid."""
    wanted = replace(WANTED, id=order_id, items=tuple(items), price=pricing.price(items, None, "PLN"), series="T/2026")
    a(orders.Placed, orders.place(connection, wanted, now))
    payment = f"payment of {order_id}"
    to_pay(connection, payment, order_id, now=now, expires_at=now + timedelta(days=7))
    pay(connection, payment, now, gross)


def agreed(connection: sa.Connection, version: str = "1", talk: str = "talk-a1") -> None:
    """Record the consent to privacy that was given by a button."""
    consents.record(
        connection,
        account_id="a1",
        conversation_id=talk,
        consent_id="privacy",
        version=version,
        locale="pl",
        words="Zgadzam się.",
        given=True,
        channel="rest",
        how="button",
        now=NOW,
    )
