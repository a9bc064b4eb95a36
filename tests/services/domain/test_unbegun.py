"""Money that came back before the term that it paid for began: the term doesn't begin, and nothing else changes.

When providers are asked what came back: nightly for half a year, then weekly, each payment at its hour.
"""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from services.orders.pricing import Item
from services.payments import questions, record, returned
from services.payments.providers.base import Returned
from services.payments.returned import BookedBack
from services.store import timer_rows
from services.store.tables.orders import payment
from services.subscriptions import subscriptions
from services.subscriptions.subscriptions import Subscription, years_later
from tests.kit.narrow import present
from tests.services.domain.people import NOW, buyer, later
from tests.services.domain.people import placed as ordered
from tests.services.domain.test_renewals import placed

GROSS = 36777
YEAR = years_later(NOW, 1)
TWO = years_later(NOW, 2)


def bought(connection: sa.Connection, order_id: str, now: datetime, renews: str | None = None) -> None:
    """A year, paid: of its own, or put on the end of the subscription that it renews."""
    placed(connection, [Item("standard", 1, 1, 29900, 23, renews)], order_id, GROSS, now)


def back(connection: sa.Connection, order_id: str, refunded: int, at: datetime) -> BookedBack | None:
    payment = f"payment of {order_id}"
    return returned.book(connection, payment_id=payment, attempt=1, said=Returned(refunded), asked_at=at, now=at)


def stands(connection: sa.Connection) -> list[tuple[str, datetime | None, bool, str | None]]:
    known = sorted(subscriptions.of_account(connection, "a1"), key=lambda s: s.starts_at or NOW)
    return [(s.status, s.ends_at, s.auto_renewal, s.end_reason) for s in known]


def first(connection: sa.Connection) -> Subscription:
    return min(subscriptions.of_account(connection, "a1"), key=lambda s: s.starts_at or NOW)


@pytest.mark.parametrize("renewed", [True, False])
def test_a_year_bought_ahead_and_wholly_refunded_never_begins(connection: sa.Connection, *, renewed: bool) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    here = first(connection)
    bought(connection, "o2", later(days=9), here.id if renewed else None)
    ahead = stands(connection)
    back(connection, "o2", 100, later(days=10))
    assert stands(connection) == ahead, "a part changes no contract"

    booked = back(connection, "o2", GROSS, later(days=11))

    assert booked is not None
    assert {one.ends_at for one in booked.stopped} == {YEAR}
    running = ("active", YEAR, False, "refunded")
    assert stands(connection) == ([running] if renewed else [running, ("ended", YEAR, False, "refunded")])
    assert not subscriptions.set_auto_renewal(connection, account_id="a1", on=True)
    assert not subscriptions.goes_on(connection, first(connection))
    assert [one.ends_at for one in subscriptions.owned(connection, "a1")] == [YEAR]
    assert back(connection, "o2", GROSS, later(days=12)) is None, "said twice"

    assert back(connection, "o2", 0, later(days=13)) is not None  # the refund has failed: the money stays
    assert [(status, ends) for status, ends, *_ in stands(connection)] == [(s, e) for s, e, *_ in ahead]
    assert all(reason is None for *_, reason in stands(connection))


@pytest.mark.parametrize("renewed", [True, False])
def test_a_refund_of_the_running_term_leaves_a_later_paid_one_its_dates(
    connection: sa.Connection, *, renewed: bool
) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    bought(connection, "o2", later(days=9), first(connection).id if renewed else None)

    back(connection, "o1", GROSS, later(days=10))

    assert max(ends for _, ends, *_ in stands(connection) if ends) == TWO
    assert [status for status, *_ in stands(connection)] == ["active"] * (1 if renewed else 2)
    assert subscriptions.goes_on(connection, first(connection)) or renewed


@pytest.mark.parametrize("renewed", [True, False])
def test_a_term_that_has_begun_and_one_that_another_has_made_go_on_run_to_their_end(
    connection: sa.Connection, *, renewed: bool
) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    bought(connection, "o2", later(days=9), first(connection).id if renewed else None)
    back(connection, "o2", GROSS, YEAR + timedelta(days=1))
    assert stands(connection)[-1] == ("active", TWO, False, "refunded")


def test_what_ran_last_is_no_term_that_never_began_and_no_order_hides_it(connection: sa.Connection) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    bought(connection, "o2", later(days=9))
    back(connection, "o2", GROSS, later(days=11))
    subscriptions.set_ended(connection, first(connection).id)
    ordered(connection, "o3", now=later(days=12))
    [last] = subscriptions.lapsed(subscriptions.of_account(connection, "a1"))
    assert last.id == first(connection).id


PAYMENT = "payment of o1"
DAY = timedelta(days=1)


def asked_after(connection: sa.Connection, now: datetime) -> datetime | None:
    """The next question, planned at this moment."""
    of = present(record.get(connection, PAYMENT))
    questions.plan(connection, of, now)
    owner = questions.owner_of(PAYMENT)
    return timer_rows.due_at(connection, (owner,), questions.KIND).get(owner)


def test_each_night_for_half_a_year_then_weekly_until_the_term_is_over(connection: sa.Connection) -> None:
    buyer(connection)
    bought(connection, "o1", NOW)
    first = present(asked_after(connection, NOW))
    assert DAY * 0.75 <= first - NOW <= DAY, "within a day, at an hour of its own"
    assert asked_after(connection, first) == first + DAY
    assert asked_after(connection, first + DAY / 3) == first + DAY, "done late, the next one isn't later"
    assert asked_after(connection, first + 170 * DAY) == first + 171 * DAY
    old = present(asked_after(connection, later(days=200)))
    assert timedelta() < old - later(days=200) <= 7 * DAY
    assert asked_after(connection, old) == old + 7 * DAY
    with_dispute = sa.update(payment).values(disputed="open")
    connection.execute(with_dispute)
    assert present(asked_after(connection, old)) - old <= DAY, "daily while a dispute is open, whatever its age"
