"""When providers are asked what came back: nightly for half a year, then weekly, each payment at its hour."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from services.payments import questions, record
from services.store import timer_rows
from services.store.tables.orders import payment
from tests.kit.narrow import present
from tests.services.domain.people import NOW, buyer, later
from tests.services.domain.test_unbegun import bought

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
