"""Payments: one link, many attempts, money booked once."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.companies.companies import Billing
from services.orders import order_record, orders
from services.orders.pricing import Item
from services.payments import attempts, book, methods, money, notices, record, refunds, returned
from services.payments.attempts import Failed, Ignored, ToPay
from services.payments.book import NotPayable, Opened
from services.payments.money import Booked, Duplicate, Mismatch, Overpaid, UnknownPaymentNotice
from services.payments.providers.base import Returned
from services.store.tables.orders import payment, payment_notice, sales_order
from services.subscriptions import subscription_record, subscriptions
from tests.kit.narrow import a, present
from tests.services.domain.people import KEY, NOW, at_once, buyer, company, later, owing, placed, to_pay, try_to_place
from tests.shipped import profile
from values.term import A_YEAR

HOURS = timedelta(hours=8)
GROSS = 36777
RENEWAL_OF_ANOTHER = Item("premium", 1, A_YEAR, 29900, 23, renews="s9")
OTHER_COMPANY = Billing("PL", "5260001246", "Inna sp. z o.o.", "ul. Krótka 1", "80-831", "Gdańsk")


def opened(connection: sa.Connection, id: str = "p1", now: datetime = NOW) -> ToPay:
    """Our payment link opened, and the attempt registered at the provider."""
    to = a(ToPay, attempts.open_attempt(connection, payment_id=id, good_for=HOURS, now=now))
    attempts.register_answer(
        connection,
        payment_id=id,
        n=to.attempt.n,
        provider_ref=f"token-{to.attempt.reference}",
        redirect_url="https://pay.example/x",
        now=now,
    )
    return to


def failed(connection: sa.Connection, id: str = "p1", n: int = 1) -> Failed | Ignored:
    return attempts.fail_attempt(connection, payment_id=id, n=n, now=NOW)


def paid(
    connection: sa.Connection,
    id: str = "p1",
    n: int = 1,
    amount: int = GROSS,
    currency: str = "PLN",
    now: datetime = NOW,
) -> Booked | Duplicate | Overpaid | Mismatch | UnknownPaymentNotice:
    return money.book_paid(connection, payment_id=id, attempt=n, amount=amount, currency=currency, now=now)


def status(connection: sa.Connection, id: str = "p1") -> str:
    return present(record.get(connection, id)).status


def order_status(connection: sa.Connection, id: str = "o1") -> str:
    return present(order_record.get(connection, id)).status


@pytest.fixture
def owed(connection: sa.Connection) -> sa.Connection:
    """An order of 367.77 placed, its payment opened."""
    owing(connection)
    return connection


def test_our_link_is_derived_permanent_and_kept_as_a_hash(owed: sa.Connection) -> None:
    token = book.public_token(KEY, "p1")
    assert len(token) == 43
    found = present(book.find_by_token(owed, token))
    assert (found.id, found.amount, found.currency, found.status) == ("p1", GROSS, "PLN", "pending")
    assert book.find_by_token(owed, "x" * 43) is None
    assert token not in str(owed.execute(sa.select(payment)).mappings().one())


def test_opening_the_link_again_reuses_the_attempt_under_way(owed: sa.Connection) -> None:
    first = a(ToPay, attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=NOW))
    assert (first.attempt.reference, first.attempt.status, first.attempt.redirect_url) == ("p1-1", "created", None)
    assert attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=later(hours=1)) == first
    opened(owed)
    again = a(ToPay, attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=later(hours=7)))
    assert (again.attempt.n, again.attempt.redirect_url) == (1, "https://pay.example/x")
    stale = a(ToPay, attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=later(hours=8)))
    assert (stale.attempt.reference, stale.attempt.status) == ("p1-2", "created")


def test_the_first_answer_of_the_provider_stays(owed: sa.Connection) -> None:
    opened(owed)
    kept = attempts.register_answer(
        owed, payment_id="p1", n=1, provider_ref="another", redirect_url="https://pay.example/y", now=NOW
    )
    assert kept is not None
    assert (kept.provider_ref, kept.redirect_url) == ("token-p1-1", "https://pay.example/x")
    assert attempts.by_reference(owed, "p1-1") == kept
    assert attempts.by_provider_ref(owed, "przelewy24", "token-p1-1") == kept
    for nonsense in ("p1", "p1-", "p1-x", "p1-²", "-1", "p1-9999999", "p2-1", "p1-1\x00"):
        assert attempts.by_reference(owed, nonsense) is None
    assert attempts.register_answer(owed, payment_id="p9", n=1, provider_ref="r", redirect_url="u", now=NOW) is None


def test_an_attempt_that_can_not_be_registered_makes_way_for_the_next(owed: sa.Connection) -> None:
    attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=NOW)
    attempts.drop_attempt(owed, payment_id="p1", n=1, now=NOW)
    assert opened(owed).attempt.n == 2
    attempts.drop_attempt(owed, payment_id="p1", n=2, now=NOW)  # registered: stays
    assert [a.status for a in record.attempts_of(owed, "p1")] == ["dropped", "pending"]
    assert status(owed) == "pending"


def test_a_failed_attempt_fails_the_payment_and_the_same_one_is_tried_again(owed: sa.Connection) -> None:
    opened(owed)
    outcome = a(Failed, failed(owed))
    assert (outcome.payment.status, outcome.order.status) == ("failed", "placed")
    assert failed(owed) == Ignored("repeated")
    again = a(Opened, book.retry(owed, payment_id="p1", now=NOW))
    assert (again.payment.id, again.payment.status) == ("p1", "pending")
    assert opened(owed).attempt.n == 2
    failed(owed, n=2)
    assert status(owed) == "failed"
    assert opened(owed).attempt.n == 3  # opening the link does the same as pay:now
    assert status(owed) == "pending"


def test_an_older_attempts_failure_does_not_touch_the_newer_one(owed: sa.Connection) -> None:
    opened(owed)
    opened(owed, now=later(hours=9))
    assert failed(owed, n=1) == Ignored("overtaken")
    assert status(owed) == "pending"
    assert failed(owed, n=7) == Ignored("unknown")


def test_another_method_cancels_the_payment_and_gives_a_new_one(owed: sa.Connection) -> None:
    second = book.open_payment(
        owed,
        payment_id="p2",
        order_id="o1",
        method="paypal",
        provider="paypal",
        server_key=KEY,
        expires_at=later(days=7),
        now=NOW,
    )
    assert isinstance(second, Opened)
    assert second.replaced == ("p1",)
    assert (status(owed, "p1"), status(owed, "p2")) == ("cancelled", "pending")
    assert present(order_record.get(owed, "o1")).method == "paypal"
    assert book.retry(owed, payment_id="p1", now=NOW) == NotPayable("cancelled")
    assert attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=NOW) == NotPayable("cancelled")


def test_a_failed_payment_is_replaced_too(owed: sa.Connection) -> None:
    opened(owed)
    failed(owed)
    to_pay(owed, "p2", method="card")
    assert (status(owed, "p1"), status(owed, "p2")) == ("cancelled", "pending")


def test_the_same_payment_again_is_the_same(owed: sa.Connection) -> None:
    assert to_pay(owed) == to_pay(owed)
    assert len(record.of_order(owed, "o1")) == 1


def test_a_payment_ends_at_its_time(owed: sa.Connection) -> None:
    end = later(days=7)
    assert not book.expire(owed, payment_id="p1", now=end - timedelta(microseconds=1))
    assert attempts.open_attempt(owed, payment_id="p1", good_for=HOURS, now=end) == NotPayable("expired")
    assert status(owed) == "expired"
    assert not book.expire(owed, payment_id="p1", now=end)
    assert book.retry(owed, payment_id="p1", now=end) == NotPayable("expired")
    to_pay(owed, "p2", now=end, expires_at=later(days=14))
    assert status(owed, "p2") == "pending"


def test_money_is_booked_once_with_all_that_follows(owed: sa.Connection) -> None:
    opened(owed)
    assert paid(owed) == Booked()
    assert paid(owed, now=later(days=1)) == Duplicate()
    order = present(order_record.get(owed, "o1"))
    assert (order.status, order.paid_at, status(owed)) == ("paid", NOW, "paid")
    assert [s.status for s in subscription_record.of_account(owed, "a1")] == ["active"]
    assert present(methods.default_of(owed, "a1")).method == "blik"
    assert book.retry(owed, payment_id="p1", now=NOW) == NotPayable("paid")
    assert failed(owed) == Ignored("overtaken")
    assert not book.expire(owed, payment_id="p1", now=later(days=30))


@pytest.mark.parametrize(("amount", "currency"), [(GROSS - 1, "PLN"), (GROSS + 1, "PLN"), (GROSS, "EUR"), (0, "PLN")])
def test_another_sum_is_kept_and_not_booked(owed: sa.Connection, amount: int, currency: str) -> None:
    opened(owed)
    assert paid(owed, amount=amount, currency=currency) == Mismatch(first_time=True)
    assert paid(owed, amount=amount, currency=currency) == Mismatch(first_time=False)
    assert (status(owed), order_status(owed)) == ("pending", "placed")
    assert opened(owed).attempt.n == 2
    assert isinstance(paid(owed, n=2, currency="pln"), Booked)


def test_late_money_counts_for_a_cancelled_payment_and_ends_the_open_one(owed: sa.Connection) -> None:
    opened(owed)
    to_pay(owed, "p2", method="paypal")
    opened(owed, "p2")
    assert paid(owed) == Booked()
    assert (status(owed, "p1"), status(owed, "p2"), order_status(owed)) == ("paid", "cancelled", "paid")
    assert attempts.open_attempt(owed, payment_id="p2", good_for=HOURS, now=NOW) == NotPayable("paid")


def test_money_for_an_order_in_whose_place_another_was_paid_goes_back(owed: sa.Connection) -> None:
    opened(owed)
    orders.cancel(owed, order_id="o1", now=later(hours=1))
    placed(owed, "o2", now=later(hours=2))
    to_pay(owed, "p2", "o2", now=later(hours=2))
    opened(owed, "p2", now=later(hours=2))
    assert isinstance(paid(owed, "p2", now=later(hours=3)), Booked)
    assert isinstance(paid(owed, "p1", now=later(hours=4)), Overpaid)
    assert (order_status(owed, "o1"), order_status(owed, "o2")) == ("cancelled", "paid")
    money.book_refund(owed, payment_id="p1", attempt=1, now=later(hours=5))
    assert status(owed) == "refunded"


def lapsed(connection: sa.Connection, *, swept: bool = True) -> datetime:
    """Let the first order run out of the time to pay it; return a moment after that."""
    opened(connection)
    known = present(record.get(connection, "p1"))
    assert not swept or book.expire(connection, payment_id="p1", now=known.expires_at)
    return known.expires_at + HOURS


def paid_anew(connection: sa.Connection, now: datetime, company_id: str = "f1") -> None:
    """Order and pay the same plan once more."""
    a(orders.Placed, try_to_place(connection, "o2", company_id=company_id, now=now))
    to_pay(connection, "p2", "o2", now=now, expires_at=now + HOURS)
    opened(connection, "p2", now=now)
    assert paid(connection, "p2", now=now) == Booked()


@pytest.mark.parametrize("swept", [True, False])
def test_late_money_for_a_lapsed_order_goes_back_once_its_company_has_paid_another(
    owed: sa.Connection, swept: bool
) -> None:
    over = lapsed(owed, swept=swept)
    paid_anew(owed, over)

    assert paid(owed, now=over + HOURS) == Overpaid("FS/2026/000001", GROSS, "PLN")
    assert paid(owed, now=over + HOURS) == Duplicate()
    assert (order_status(owed, "o1"), order_status(owed, "o2")) == ("placed", "paid")
    assert len([s for s in subscription_record.of_account(owed, "a1") if s.status == "active"]) == 1, (
        "no second term is sold"
    )
    assert money.book_refund(owed, payment_id="p1", attempt=1, now=over + HOURS) == "FS/2026/000001"


def test_late_money_for_a_lapsed_order_pays_it_where_another_company_bought_since(owed: sa.Connection) -> None:
    over = lapsed(owed)
    company(owed, "a1", "f2", OTHER_COMPANY)
    paid_anew(owed, over, "f2")

    assert paid(owed, now=over + HOURS) == Booked()


def test_late_money_for_a_renewal_pays_it_where_something_else_was_bought_since(owed: sa.Connection) -> None:
    """The desk's renewals stand beside other orders."""
    over = lapsed(owed)
    owed.execute(sa.update(sales_order).values(items=[order_record.item_to_json(RENEWAL_OF_ANOTHER)]))
    paid_anew(owed, over)

    assert paid(owed, now=over + HOURS) == Booked()


def test_an_order_that_can_still_be_paid_is_paid_beside_another(owed: sa.Connection) -> None:
    opened(owed)
    failed(owed)
    paid_anew(owed, later(hours=1))

    assert paid(owed, now=later(hours=2)) == Booked()


def back(owed: sa.Connection, refunded: int, n: int = 1, *, hours: int = 1, **said: Any) -> returned.BookedBack | None:
    """What is new of an answer to a question of that hour."""
    asked_at, answer = later(hours=hours), Returned(refunded, **said)
    return returned.book_back(owed, payment_id="p1", attempt=n, said=answer, asked_at=asked_at, now=asked_at)


def test_a_refund_that_has_failed_before_isn_t_the_one_that_fails_now(owed: sa.Connection) -> None:
    opened(owed)
    paid(owed)
    order, shop = present(order_record.get(owed, "o1")), profile("fakturasmart").seller
    for n, failure in ((1, "refund_refused"), (5, None)):
        made = a(refunds.RefundRecord, refunds.request_refund(owed, order, shop, 1000, None, "x", now=later(hours=n)))
        refunds.settle(owed, made.id, failure=failure, now=later(hours=n))
    seen = [refunds.find_settling(owed, "p1", 1000, later(hours=n)) for n in (0, 2)]
    assert [[one.failure for one in found] for found in seen] == [["refund_refused"], []]
    refunds.fail_done_refunds(owed, "p1", 0, later(hours=6))
    assert refunds.find_settling(owed, "p1", 1000, later(hours=2)) == (), "which was told as it came back"


def service(owed: sa.Connection) -> tuple[str, bool, str | None]:
    [of] = subscription_record.of_account(owed, "a1")
    return of.status, of.auto_renewal, of.end_reason


def test_a_whole_sum_that_came_back_in_parts_stops_the_renewal_and_a_part_changes_nothing(owed: sa.Connection) -> None:
    opened(owed)
    paid(owed)
    subscriptions.set_auto_renewal(owed, account_id="a1", on=True)
    part = present(back(owed, 1000))
    assert (part.back, part.whole, part.stopped) == (1000, False, ())
    assert (status(owed), service(owed)) == ("paid", ("active", True, None))
    assert back(owed, 1000, hours=2) is None, "the same again"
    assert back(owed, 0, hours=0) is None, "an answer that was asked for earlier"
    rest = present(back(owed, GROSS, hours=3))
    assert (rest.back, rest.whole, len(rest.stopped)) == (GROSS - 1000, True, 1)
    assert (status(owed), order_status(owed)) == ("refunded", "paid")
    assert service(owed) == ("active", False, "refunded")
    assert record.is_all_money_back(owed, "o1")
    assert not subscriptions.set_auto_renewal(owed, account_id="a1", on=True), "nobody is charged after that"
    assert service(owed) == ("active", False, "refunded")


def test_a_refund_that_failed_lets_the_customer_renew_again(owed: sa.Connection) -> None:
    opened(owed)
    paid(owed)
    back(owed, GROSS)
    assert (present(back(owed, 0, hours=2)).back, status(owed), service(owed)[1:]) == (-GROSS, "paid", (False, None))
    assert subscriptions.set_auto_renewal(owed, account_id="a1", on=True)


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_stops_the_renewal_until_it_is_won_and_the_customer_wants_it(owed: sa.Connection, end: Any) -> None:
    opened(owed)
    paid(owed)
    disputed = present(back(owed, 0, disputed="open", case="du_1", disputed_amount=GROSS))
    assert (disputed.dispute, service(owed)) == ("open", ("active", False, "disputed"))
    assert not subscriptions.set_auto_renewal(owed, account_id="a1", on=True)
    lost = end == "lost"
    closed = present(back(owed, GROSS if lost else 0, hours=2, disputed=end, case="du_1", disputed_amount=GROSS))
    assert (closed.dispute, service(owed)[1], status(owed)) == (end, False, "refunded" if lost else "paid")
    assert subscriptions.set_auto_renewal(owed, account_id="a1", on=True) is not lost


def test_a_dispute_that_is_first_heard_of_when_it_is_won_has_stopped_the_renewal(owed: sa.Connection) -> None:
    opened(owed)
    paid(owed)
    subscriptions.set_auto_renewal(owed, account_id="a1", on=True)
    won = present(back(owed, 0, disputed="won", case="du_1", disputed_amount=GROSS))
    assert (won.dispute, len(won.stopped), service(owed)[:2]) == ("won", 1, ("active", False))
    assert subscriptions.set_auto_renewal(owed, account_id="a1", on=True)


def test_a_refund_of_what_was_paid_twice_changes_no_contract(owed: sa.Connection) -> None:
    opened(owed)
    opened(owed, now=later(hours=9))
    paid(owed, n=2)
    assert isinstance(paid(owed, n=1), Overpaid)
    assert (present(back(owed, GROSS, n=1)).owed, status(owed), service(owed)[0]) == (False, "paid", "active")
    assert money.book_refund(owed, payment_id="p1", attempt=1, now=later(hours=2)) is None, "counted once"
    assert present(record.get(owed, "p1")).refunded_amount == 0


def test_a_notice_is_kept_once(connection: sa.Connection) -> None:
    def store(key: str, provider: str = "paypal") -> bool:
        return notices.store(
            connection, provider=provider, dedup_key=key, payment_ref="p1-1", facts={"orderId": 7}, now=NOW
        )

    assert [store("n1"), store("n1"), store("n2"), store("n1", "przelewy24")] == [True, False, True, True]
    facts = sa.select(payment_notice.c.facts)
    assert list(connection.execute(facts).scalars()) == [{"orderId": 7}] * 3
    old = notices.select_notices_with_facts(later(days=30))
    assert connection.execute(notices.select_notices_with_facts(NOW)).all() == []
    notices.forget_facts(connection, [tuple(row) for row in connection.execute(old)])
    assert connection.execute(old).all() == [], "what is empty isn't written again"
    assert list(connection.execute(facts).scalars()) == [{}] * 3
    assert not store("n1")


def test_the_store_itself_holds_one_live_payment_per_order(owed: sa.Connection) -> None:
    twin = dict(owed.execute(sa.select(payment)).mappings().one()) | {"id": "p2", "token_hash": "other"}
    with pytest.raises(IntegrityError), owed.begin_nested():
        owed.execute(sa.insert(payment).values(**twin))


def test_a_notice_many_times_at_once_books_once(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        owing(connection)
        opened(connection)
    outcomes = at_once(racing, 10, lambda connection, _: paid(connection))
    assert sorted(type(o).__name__ for o in outcomes) == ["Booked"] + ["Duplicate"] * 9


def test_two_payments_of_one_order_at_once_one_goes_back(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        buyer(connection)
        placed(connection)
        for n, method in enumerate(("blik", "paypal", "card", "blik"), start=1):
            to_pay(connection, f"p{n}", method=method)
            opened(connection, f"p{n}")
    outcomes = at_once(racing, 4, lambda connection, n: paid(connection, f"p{n + 1}"))
    assert sorted(type(o).__name__ for o in outcomes) == ["Booked"] + ["Overpaid"] * 3
    with racing.connect() as connection:
        tried = [a.status for p in record.of_order(connection, "o1") for a in record.attempts_of(connection, p.id)]
        assert sorted(tried) == ["paid"] + ["refund_due"] * 3
        assert sorted(p.status for p in record.of_order(connection, "o1")) == ["cancelled"] * 3 + ["paid"]


def test_the_link_opened_at_once_is_one_attempt(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        owing(connection)
    found = at_once(racing, 6, lambda c, _: attempts.open_attempt(c, payment_id="p1", good_for=HOURS, now=NOW))
    assert {to.attempt.reference for to in found if isinstance(to, ToPay)} == {"p1-1"}
