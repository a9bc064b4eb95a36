"""Commands about payments and ways to pay: what each answers, and what stands in the books afterwards."""

from datetime import date

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.usecases.billing import commands
from dialogs.messages.payment import (
    BookPayment,
    BookRefund,
    DefaultMethodSet,
    ExpirePayment,
    ForgetMethod,
    MethodForgotten,
    OpenPayment,
    PaymentBooked,
    PaymentNotChanged,
    PaymentOpened,
    RefundBooked,
    RefundDue,
    ReopenPayment,
    SetDefaultMethod,
)
from services.orders import orders
from services.payments import methods, record
from services.store.tables.core import conversation as talks
from services.subscriptions import subscriptions
from tests.bot.usecases.commanding import SELLER, deps, turn
from tests.kit.narrow import a, present
from tests.kit.rows import each_row
from tests.services.domain.people import NOW, buyer, conversation, later, placed, to_pay
from tests.services.domain.test_payments import GROSS, opened
from values.money import Money
from values.payment import StoredMethod
from values.seller import Seller

NUMBER = "FS/2026/000001"
VISA = StoredMethod("pm_1", "cus_1", "Visa …4242", date(2030, 1, 31))


def owed(connection: sa.Connection) -> None:
    """A payment under way, and another conversation of its customer's."""
    buyer(connection)
    placed(connection)
    to_pay(connection)
    opened(connection)
    other = conversation(connection, "other")
    connection.execute(sa.update(talks).where(talks.c.id == other).values(account_id="a1"))


def booked(status: str, *, news: bool, replaced: str | None = None) -> PaymentBooked:
    return PaymentBooked("p1", "o1", NUMBER, status, Money(GROSS, "PLN"), news, replaced)


def test_money_is_booked_once_told_everywhere_and_too_much_is_to_go_back(connection: sa.Connection) -> None:
    owed(connection)
    report = BookPayment("p1", 1, "paid", GROSS, "PLN")
    context = turn(connection)
    assert commands.book_payment(deps(), report, context) == booked("paid", news=True)
    assert [event.conversation_id for event in context.told] == ["other"]
    again = turn(connection)
    assert commands.book_payment(deps(), report, again) == booked("paid", news=False)
    assert again.told == []


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (BookPayment("p1", 1, "failed", 0, ""), booked("failed", news=True)),
        (BookPayment("p1", 7, "failed", 0, ""), booked("pending", news=False)),
        (BookPayment("p1", 1, "paid", GROSS - 1, "PLN"), booked("pending", news=False)),
    ],
    ids=["failed", "of no attempt", "another sum"],
)
def test_what_is_no_money_leaves_the_order_unpaid(
    connection: sa.Connection, report: BookPayment, told: PaymentBooked
) -> None:
    owed(connection)
    assert commands.book_payment(deps(), report, turn(connection)) == told


def test_money_for_what_is_paid_in_another_way_is_to_go_back(connection: sa.Connection) -> None:
    owed(connection)
    to_pay(connection, "p3", method="card")
    opened(connection, "p3")
    commands.book_payment(deps(), BookPayment("p3", 1, "paid", GROSS, "PLN"), turn(connection))
    told = commands.book_payment(deps(), BookPayment("p1", 1, "paid", GROSS, "PLN"), turn(connection))
    assert told == RefundDue("p1", NUMBER, 1, GROSS, "PLN")
    refund = BookRefund("p1", 1)
    assert commands.book_refund(deps(), refund, turn(connection)) == RefundBooked(NUMBER, news=True)
    assert commands.book_refund(deps(), refund, turn(connection)) == RefundBooked(NUMBER, news=False)
    assert commands.book_refund(deps(), BookRefund("p9", 1), turn(connection)) == RefundBooked("", news=False)


def test_a_way_that_was_kept_with_the_money_is_on_file(connection: sa.Connection) -> None:
    owed(connection)
    report = BookPayment("p1", 1, "paid", GROSS, "PLN", VISA)
    told = a(PaymentBooked, commands.book_payment(deps(), report, turn(connection)))
    assert told.replaced is None
    [way] = methods.of_account(connection, "a1")
    assert (way.label, way.is_default) == (VISA.label, True)


def test_an_offer_runs_out_and_a_failed_one_is_opened_again(connection: sa.Connection) -> None:
    owed(connection)
    reopen, expire = ReopenPayment("p1"), ExpirePayment("p1")
    assert commands.expire_payment(deps(), expire, turn(connection)) == booked("pending", news=False)
    assert commands.reopen_payment(deps(), reopen, turn(connection)) == PaymentOpened("p1", later(days=7))
    assert commands.expire_payment(deps(), expire, turn(connection, later(days=7))) == booked("expired", news=True)
    assert commands.reopen_payment(deps(), reopen, turn(connection, later(days=7))) == PaymentNotChanged("expired")
    with pytest.raises(LookupError, match="no such payment"):
        commands.expire_payment(deps(), ExpirePayment("p9"), turn(connection))


@each_row
def test_another_method_changes_how_an_order_renews(
    connection: sa.Connection, renewal: str, chargeable: tuple[str, ...], method: str, renews: bool | None
) -> None:
    buyer(connection)
    placed(connection)
    seller: Seller = replace(SELLER, auto_renewal=renewal, chargeable=chargeable)
    told = a(PaymentOpened, commands.open_payment(deps(seller), OpenPayment("o1", method), turn(connection)))
    assert (told.renews, told.expires_at) == (renews, NOW + SELLER.manners.payment_ttl)
    [of] = subscriptions.of_order(connection, "o1")
    assert of.auto_renewal is (True if renews is None else renews)


def test_a_transfer_has_its_own_time_and_what_is_cancelled_is_not_paid(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    wanted = OpenPayment("o1", "transfer")
    told = a(PaymentOpened, commands.open_payment(deps(), wanted, turn(connection)))
    assert told.expires_at == NOW + SELLER.manners.transfer_ttl
    orders.cancel(connection, order_id="o1", now=NOW)
    assert isinstance(commands.open_payment(deps(), wanted, turn(connection, id="p3")), PaymentNotChanged)


@pytest.mark.parametrize("whose", ["theirs", "expired", "another method", "another's"])
def test_a_stored_way_is_used_if_it_is_the_buyers_and_good(connection: sa.Connection, whose: str) -> None:
    buyer(connection)
    placed(connection)
    stored = replace(VISA, expires=date(2026, 11, 1)) if whose == "expired" else VISA
    methods.keep(
        connection,
        account_id="a2" if whose == "another's" else "a1",
        method="paypal" if whose == "another method" else "card",
        provider="stripe",
        stored=stored,
        payment_id="p0",
        now=NOW,
    )
    way = present(methods.by_token(connection, "stripe", "pm_1"))
    commands.open_payment(deps(), OpenPayment("o1", "card", way.id), turn(connection))
    assert present(record.get(connection, "p2")).stored_id == (way.id if whose == "theirs" else None)


def test_a_default_is_set_by_its_way_or_its_kind_and_a_way_forgotten_once(connection: sa.Connection) -> None:
    owed(connection)
    for n, label in enumerate(("Visa …4242", "Visa …1111"), 1):
        methods.keep(
            connection,
            account_id="a1",
            method="card",
            provider="stripe",
            stored=StoredMethod(f"pm_{n}", "cus_1", label, date(2030, 1, 31)),
            payment_id="p1",
            now=later(hours=n),
        )
    first = present(methods.by_token(connection, "stripe", "pm_1"))

    def told(*wanted: str) -> tuple[str, str | None]:
        set_ = commands.set_default_method(deps(), SetDefaultMethod("a1", *wanted), turn(connection))
        return a(DefaultMethodSet, set_).method, a(DefaultMethodSet, set_).label

    assert told("card", first.id) == ("card", "Visa …4242")
    assert told("card", "m9") == ("card", "Visa …1111"), "gone meanwhile: the one of its kind that was stored last"
    assert told("blik") == ("blik", None)
    forget = ForgetMethod("a1", first.id)
    gone = a(MethodForgotten, commands.forget_method(deps(), forget, turn(connection)))
    assert (gone.way_id, gone.label, gone.was_default) == (first.id, "Visa …4242", False)
    assert commands.forget_method(deps(), forget, turn(connection)) == MethodForgotten(None)
