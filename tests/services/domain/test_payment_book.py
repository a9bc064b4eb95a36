"""The payment book against a model: in whatever order news comes, an order is paid once and no grosz is lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import Phase, settings, stateful
from hypothesis import strategies as st

from services.orders import order_record, orders
from services.payments import attempts, book, money, record, returned
from services.payments.money import Booked, Duplicate, Mismatch, Overpaid, UnknownPaymentNotice
from services.payments.providers.base import Returned
from services.subscriptions import subscription_record
from tests.kit.narrow import present
from tests.nightly import each_by_day
from tests.services.domain.people import KEY, NOW, buyer, try_to_place

GROSS = 36777
RANK = {"created": 0, "dropped": 1, "pending": 1, "failed": 2, "mismatch": 3, "paid": 4, "refund_due": 4, "refunded": 5}

METHODS = ["blik", "card", "paypal"]
sums = st.sampled_from([(GROSS, "PLN")] * 7 + [(GROSS - 1, "PLN"), (1, "PLN"), (GROSS, "EUR")])

engines: list[sa.Engine] = []


class PaymentBook(stateful.RuleBasedStateMachine):
    """A customer who opens, cancels and orders again, and a provider whose news are late, doubled and out of order."""

    tried = stateful.Bundle("tried")

    def __init__(self) -> None:
        super().__init__()
        self.connection = engines[-1].connect()
        self.transaction = self.connection.begin()
        buyer(self.connection)
        self.now = NOW
        self.orders: list[str] = []
        self.payments: list[str] = []
        self.taken: dict[tuple[str, int], tuple[int, str]] = {}  # the provider's own ledger
        self.ranks: dict[tuple[str, int], int] = {}

    def teardown(self) -> None:
        self.transaction.rollback()
        self.connection.close()

    @stateful.initialize(target=tried, methods=st.lists(st.sampled_from(METHODS), max_size=3))
    def somebody_has_ordered_and_looked_at_ways_to_pay(self, methods: list[str]) -> object:
        self.order_is_placed()
        opened: list[tuple[str, int]] = []
        for method in methods:
            self.payment_of("o0", method)
            opened.append(self.opened(self.payments[-1]))
        return stateful.multiple(*opened)

    @stateful.rule(hours=st.sampled_from([1, 9, 100, 200]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        for payment_id in self.payments:
            book.expire(self.connection, payment_id=payment_id, now=self.now)

    @stateful.rule()
    def order_is_placed(self) -> None:
        id = f"o{len(self.orders)}"
        outcome = try_to_place(self.connection, id, now=self.now)
        if isinstance(outcome, orders.Placed):
            self.orders.append(id)
        else:
            assert isinstance(outcome, orders.PaymentPending)

    @stateful.precondition(lambda self: self.orders)
    @stateful.rule(data=st.data(), method=st.sampled_from(METHODS))
    def method_is_chosen(self, data: st.DataObject, method: str) -> None:
        self.payment_of(data.draw(st.sampled_from(self.orders)), method)

    def payment_of(self, order_id: str, method: str) -> None:
        id = f"p{len(self.payments)}"
        outcome = book.open_payment(
            self.connection,
            payment_id=id,
            order_id=order_id,
            method=method,
            provider="przelewy24",
            server_key=KEY,
            expires_at=self.now + timedelta(days=7),
            now=self.now,
        )
        if isinstance(outcome, book.Opened):
            self.payments.append(id)
            assert outcome.payment.amount == GROSS

    @stateful.precondition(lambda self: self.orders)
    @stateful.rule(data=st.data())
    def order_is_cancelled(self, data: st.DataObject) -> None:
        order_id = data.draw(st.sampled_from(self.orders))
        was = order_record.get(self.connection, order_id)
        outcome = orders.cancel(self.connection, order_id=order_id, now=self.now)
        assert was is not None
        assert isinstance(outcome, orders.AlreadyPaid) == (was.status == "paid")

    @stateful.precondition(lambda self: self.payments)
    @stateful.rule(data=st.data())
    def pressed_pay_now(self, data: st.DataObject) -> None:
        book.retry(self.connection, payment_id=data.draw(st.sampled_from(self.payments)), now=self.now)

    @stateful.precondition(lambda self: self.payments)
    @stateful.rule(target=tried, data=st.data())
    def link_is_opened(self, data: st.DataObject) -> tuple[str, int]:
        return self.opened(data.draw(st.sampled_from(self.payments)))

    def opened(self, id: str) -> tuple[str, int]:
        to = attempts.open_attempt(self.connection, payment_id=id, good_for=timedelta(hours=8), now=self.now)
        if not isinstance(to, attempts.ToPay):
            return (id, 99)
        attempts.register_answer(
            self.connection,
            payment_id=id,
            n=to.attempt.n,
            provider_ref=to.attempt.reference,
            redirect_url="https://pay.example/x",
            now=self.now,
        )
        return (id, to.attempt.n)

    @stateful.rule(attempt=tried)
    def provider_gives_up(self, attempt: tuple[str, int]) -> None:
        attempts.fail_attempt(self.connection, payment_id=attempt[0], n=attempt[1], now=self.now)

    @stateful.rule(attempt=tried, money_taken=sums)
    def provider_takes_money(self, attempt: tuple[str, int], money_taken: tuple[int, str]) -> None:
        if self.taken.get(attempt) == (GROSS, "PLN"):
            money_taken = (GROSS, "PLN")  # a provider takes the right sum once, and says so again and again
        known = record.attempt(self.connection, *attempt)
        (id, n), (amount, currency) = attempt, money_taken
        outcome = money.book_paid(
            self.connection, payment_id=id, attempt=n, amount=amount, currency=currency, now=self.now
        )
        if known is None:
            assert isinstance(outcome, UnknownPaymentNotice)
            return
        if money_taken != (GROSS, "PLN"):
            assert isinstance(outcome, Mismatch)
        elif known.status in record.MONEY_CAME:
            assert isinstance(outcome, Duplicate)
        else:
            assert isinstance(outcome, Booked | Overpaid)
        self.taken[attempt] = money_taken

    @stateful.rule(attempt=tried)
    def money_goes_back(self, attempt: tuple[str, int]) -> None:
        known = record.attempt(self.connection, *attempt)
        outcome = money.book_refund(self.connection, payment_id=attempt[0], attempt=attempt[1], now=self.now)
        assert (outcome is not None) == (known is not None and known.status == "refund_due")

    @stateful.rule(attempt=tried, refunded=st.sampled_from((0, 1, GROSS - 1, GROSS)), at=st.sampled_from((-1, 0, 1)))
    def provider_says_what_came_back(self, attempt: tuple[str, int], refunded: int, at: int) -> None:
        known, of = record.attempt(self.connection, *attempt), record.get(self.connection, attempt[0])
        if known is None or of is None or refunded < of.refunded_amount:
            return  # a refund that fails is another story: here money only goes back
        (id, n), asked_at = attempt, self.now + timedelta(hours=at)
        back = returned.book_back(
            self.connection, payment_id=id, attempt=n, said=Returned(refunded), asked_at=asked_at, now=self.now
        )
        if back is None:
            return
        if known.status not in record.MONEY_CAME:
            self.taken[attempt] = (GROSS, "PLN")
        assert not back.owed or back.back == refunded - of.refunded_amount
        again = returned.book_back(
            self.connection, payment_id=id, attempt=n, said=Returned(refunded), asked_at=asked_at, now=self.now
        )
        assert again is None, "the same answer is booked once"

    @stateful.invariant()
    def an_order_is_paid_by_exactly_one_attempt(self) -> None:
        for order in order_record.of_account(self.connection, "a1"):
            payments = record.of_order(self.connection, order.id)
            paid = [p for p in payments if p.paid_at is not None]
            assert len(paid) == (1 if order.status == "paid" else 0)
            booked = [a for p in payments for a in record.attempts_of(self.connection, p.id) if a.status == "paid"]
            assert len(booked) == sum(not p.all_back for p in paid)
            assert [p.status for p in payments].count("paid") == len(booked)
            assert all((p.status == "refunded") == (p.refunded_amount == p.amount) for p in payments)

    @stateful.invariant()
    def an_order_has_one_payment_to_pay_at_most(self) -> None:
        for order in order_record.of_account(self.connection, "a1"):
            statuses = [p.status for p in record.of_order(self.connection, order.id)]
            assert statuses.count("pending") + statuses.count("paid") <= 1
            if order.status != "placed":
                assert not {"pending", "failed"} & set(statuses)

    @stateful.invariant()
    def the_service_is_active_exactly_while_paid(self) -> None:
        active = {s.order_id for s in subscription_record.of_account(self.connection, "a1") if s.status == "active"}
        assert active == {o.id for o in order_record.of_account(self.connection, "a1") if o.status == "paid"}

    @stateful.invariant()
    def every_sum_the_provider_took_is_in_the_books(self) -> None:
        for (payment_id, n), sum_taken in self.taken.items():
            kept = present(record.attempt(self.connection, payment_id, n))
            assert (kept.received, kept.received_currency) == sum_taken
        for payment_id in self.payments:
            tried = record.attempts_of(self.connection, payment_id)
            assert {(payment_id, a.n) for a in tried if a.status == "refund_due"} <= set(self.taken)

    @stateful.invariant()
    def an_attempt_only_moves_forward(self) -> None:
        for payment_id in self.payments:
            for attempt in record.attempts_of(self.connection, payment_id):
                key = (payment_id, attempt.n)
                assert RANK[attempt.status] >= self.ranks.get(key, 0)
                self.ranks[key] = RANK[attempt.status]


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """Where the machine's runs are written, and rolled back."""
    chosen: sa.Engine = request.getfixturevalue(f"{request.param}_engine")
    engines.append(chosen)
    yield chosen
    engines.pop()


def test_the_payment_book(engine: sa.Engine) -> None:
    examples = settings().max_examples
    if engine.dialect.name == "sqlite":
        chosen = settings(max_examples=min(2 * examples, 200) // each_by_day(2), stateful_step_count=30)
    else:  # slower, and the same machine: a failure found here isn't made smaller
        chosen = settings(max_examples=examples // 5, stateful_step_count=30, phases=[Phase.reuse, Phase.generate])
    stateful.run_state_machine_as_test(PaymentBook, settings=chosen)
