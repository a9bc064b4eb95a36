"""Money that is with its payer again: who hears of it, what ends by it, and when providers are asked."""

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation import codec
from bot.usecases.billing.money_back import PaymentOwner
from dialogs.messages.payment import (
    AskBack,
    BackAsked,
    MoneyBack,
    PaymentBooked,
    RefundBooked,
    TransferNotBooked,
)
from services.jobs.port import Done, GaveUp, StoredJob
from services.payments import money as money_of_orders
from services.payments import questions
from services.payments.money import Overpaid
from services.seller.events_out import SellerEvent
from services.store import timer_rows
from services.subscriptions import subscriptions
from tests.bot.usecases.billing.test_notices import Turn, bought
from tests.bot.usecases.commanding import SELLER
from tests.kit.narrow import present
from tests.services.domain.people import NOW, later
from tests.services.domain.test_payments import GROSS, opened, paid
from values.money import Money

NUMBER = "FS/2026/000001"
OWNER = questions.owner_of("p1")


class Books(Turn):
    """A transaction that keeps what is published and put."""

    def __init__(self, connection: sa.Connection, now: datetime = NOW) -> None:
        super().__init__(connection, now)
        self.published, self.jobs = list[str](), list[StoredJob]()

    def publish(self, event: SellerEvent) -> None:
        self.published.append(event.type)

    def put(self, _connection: sa.Connection, job: StoredJob) -> bool:
        self.jobs.append(job)
        return True


def owner(books: Books) -> PaymentOwner:
    return PaymentOwner(SELLER, books)  # type: ignore[arg-type]


def is_paid(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert paid(connection)


def heard(connection: sa.Connection, now: datetime = NOW, attempt: int = 1, **back: Any) -> Books:
    """The provider's answer about the money."""
    books = Books(connection, now)
    event = BackAsked("p1", attempt, now, **back)
    result = {"event": codec.name_of(event), "fields": codec.stored_event("e", OWNER, event, now).payload}
    job = codec.stored_job("k", OWNER, AskBack("p1", 1), now)
    for each in owner(books).finished(books, job, Done(result)):  # type: ignore[arg-type]
        assert each in books.jobs
    return books


def money(amount: int) -> Money:
    return Money(amount, "PLN")


def test_a_part_and_then_the_whole_are_told_once_each_and_the_term_renews_no_more(connection: sa.Connection) -> None:
    is_paid(connection)
    part = heard(connection, later(hours=1), refunded=100)
    assert part.told == [("talk-a1", MoneyBack("part", NUMBER, money(100), money(100)))]
    assert part.published == ["payment.refunded"]
    assert heard(connection, later(hours=2), refunded=100).told == [], "nothing new"
    [of] = subscriptions.of_account(connection, "a1")
    assert of.auto_renewal
    whole = heard(connection, later(hours=3), refunded=GROSS)
    [(_, told)] = whole.told
    assert (told.kind, told.back, told.total) == ("whole", money(GROSS - 100), money(GROSS))
    [of] = subscriptions.of_account(connection, "a1")
    assert not of.auto_renewal


@pytest.mark.parametrize(("state", "kind"), [("open", "dispute"), ("won", "dispute_won"), ("lost", "dispute_lost")])
def test_a_dispute_is_told_and_is_the_sellers_to_answer_while_it_is_open(
    connection: sa.Connection, state: str, kind: str
) -> None:
    is_paid(connection)
    refunded = GROSS if state == "lost" else 0
    books = heard(connection, disputed=state, case="D-1", disputed_amount=GROSS, refunded=refunded)
    assert [event.kind for _, event in books.told] == [kind]
    assert len(books.left) == (1 if state in ("open", "lost") else 0)
    if state != "won":
        assert "payment.disputed" in books.published
        after = heard(connection, later(hours=1), disputed="won", case="D-1", disputed_amount=GROSS)
        assert after.left == [], "no second ticket"


def test_money_that_was_gone_before_it_was_booked_pays_nothing_and_is_told(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    books = heard(connection, refunded=GROSS)
    gone = PaymentBooked("p1", "o1", NUMBER, "refunded", money(GROSS), news=True)
    assert (books.told, books.published) == ([("talk-a1", gone)], ["payment.refunded"])


def test_money_that_was_to_go_back_is_told_as_gone(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert opened(connection, now=later(hours=9)).attempt.n == 2
    assert paid(connection)
    assert isinstance(paid(connection, n=2), Overpaid)
    books = heard(connection, attempt=2, refunded=GROSS)
    assert books.told == [("talk-a1", RefundBooked(NUMBER, news=True))]
    again = heard(connection, later(hours=1), attempt=2, refunded=GROSS)
    assert (again.told, again.published) == ([], []), "the order's own money is where it was"
    [of] = subscriptions.of_account(connection, "a1")
    assert of.auto_renewal
    assert present(questions.asked_about(connection, "p1")).n == 1


def test_money_of_an_earlier_try_that_went_back_is_never_asked_about_as_the_orders(connection: sa.Connection) -> None:
    bought(connection)
    opened(connection)
    assert opened(connection, now=later(hours=9)).attempt.n == 2
    assert paid(connection, n=2)
    assert isinstance(paid(connection), Overpaid)
    money_of_orders.book_refund(connection, payment_id="p1", attempt=1, now=NOW)
    assert present(questions.asked_about(connection, "p1")).n == 2
    assert heard(connection, attempt=1, refunded=GROSS).told == []


def test_an_answer_that_is_none_and_one_about_nothing_change_nothing(connection: sa.Connection) -> None:
    is_paid(connection)
    books = Books(connection)
    job = codec.stored_job("k", OWNER, AskBack("p1", 1), NOW)
    assert owner(books).finished(books, job, GaveUp("away")) == ()  # type: ignore[arg-type]
    assert heard(connection, attempt=9, refunded=GROSS).told == []
    assert (books.told, books.published) == ([], [])


def test_providers_are_asked_by_timers_and_after_notices(connection: sa.Connection) -> None:
    is_paid(connection)
    [timer] = [one for one in timer_rows.due(connection, later(days=2)) if one.kind == questions.KIND]
    books = Books(connection, timer.due_at)
    [job] = owner(books).due(books, timer)  # type: ignore[arg-type]
    assert codec.call_from(job.kind, job.payload) == AskBack("p1", 1)
    assert owner(books).due(books, timer) == (), "taken once"  # type: ignore[arg-type]
    [after] = [one for one in timer_rows.due(connection, later(days=9)) if one.kind == questions.KIND]
    assert after.due_at > timer.due_at
    event = codec.stored_event("e1", OWNER, BackAsked("p1", 1), NOW)
    [job] = owner(books).told(books, event)  # type: ignore[arg-type]
    assert (job.key, codec.call_from(job.kind, job.payload)) == ("back:p1-1:e1", AskBack("p1", 1))
    other = codec.stored_event("e2", OWNER, RefundBooked(NUMBER, news=True), NOW)
    assert owner(books).told(books, other) == ()  # type: ignore[arg-type]


@pytest.mark.parametrize("closed", [False, True])
def test_a_transfer_that_pays_nothing_is_told_in_chat_and_by_letter(connection: sa.Connection, *, closed: bool) -> None:
    bought(connection)
    if closed:
        connection.execute(sa.text("update account set status = 'closed'"))
    books = Books(connection)
    kept = TransferNotBooked("o1", NUMBER, money(1), money(GROSS), "wrong_amount")
    jobs = owner(books).told(books, codec.stored_event("e1", OWNER, kept, NOW))  # type: ignore[arg-type]
    assert (len(jobs), books.told) == ((0, []) if closed else (1, [("talk-a1", kept)]))
    nobodys = TransferNotBooked("o9", NUMBER, money(1), money(GROSS), "wrong_amount")
    assert owner(books).told(books, codec.stored_event("e2", OWNER, nobodys, NOW)) == ()  # type: ignore[arg-type]
