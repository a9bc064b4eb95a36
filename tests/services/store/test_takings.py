"""Takings: what was sold, renewed and given back, by the seller's months."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy import event

from services.payments import record
from services.store import takings
from services.store.takings import RunningTakings, Takings, Tally
from services.subscriptions import subscription_record
from tests.services.domain.people import PLAN, buyer, later, paid_order, placed


def test_sales_the_renewals_among_them_and_refunds_are_of_their_own_moments(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    assert takings.sum_takings(connection) == {}
    paid_order(connection, [PLAN], "first", 36777, later(days=1))
    begun = next(of for of in subscription_record.of_account(connection, "a1") if of.order_id == "first")
    paid_order(connection, [replace(PLAN, renews=begun.id)], "second", 36777, later(days=300))
    record.set_back(connection, "payment of first", refunded=10000, disputed=None, at=later(days=310))

    one, both = Tally(1, 36777), Tally(2, 73554)
    assert takings.sum_takings(connection) == {"PLN": Takings(both, one, Tally(1, 10000))}
    assert takings.sum_takings(connection, later(days=1), later(days=300)) == {"PLN": Takings(one)}
    assert takings.sum_takings(connection, later(days=300)) == {"PLN": Takings(one, one, Tally(1, 10000))}
    assert takings.sum_takings(connection, None, later(days=1)) == {}


def test_a_running_total_is_that_of_all_times_whatever_moves(connection: sa.Connection) -> None:
    buyer(connection)
    running = RunningTakings()
    for day in range(4):
        paid_order(connection, [PLAN], f"o{day}", 36777, later(days=day))
        for now in (later(days=day), later(days=day, minutes=30), later(days=day, hours=20), later(days=day)):
            assert running.read(connection, now) == takings.sum_takings(connection), now
    for back, day in ((10000, 5), (36777, 6), (200, 7)):  # one of a payment's refunds has failed
        record.set_back(connection, "payment of o0", refunded=back, disputed=None, at=later(days=day))
        assert running.read(connection, later(days=day)) == takings.sum_takings(connection)
    [booked] = record.attempts_of(connection, "payment of o1")
    record.set_attempt(connection, booked, later(days=8), status="kept", received=36777)  # a slip
    record.set_unpaid(connection, "payment of o1", "pending", later(days=9))
    assert running.read(connection, later(days=8)) == takings.sum_takings(connection)
    begun = next(of for of in subscription_record.of_account(connection, "a1") if of.order_id == "o3")
    paid_order(connection, [replace(PLAN, renews=begun.id)], "again", 36777, later(days=300))
    assert running.read(connection, later(days=300)) == running.read(connection, later(days=400))
    assert running.read(connection, later(days=400)) == takings.sum_takings(connection)


def plans_of(connection: sa.Connection) -> list[tuple[str, Any]]:
    """How the queries from now on are carried out, with what they ask for."""
    plans: list[tuple[str, Any]] = []

    def explain(conn: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append((" ".join(str(row[3]) for row in rows), parameters))

    event.listen(connection, "before_cursor_execute", explain)
    return plans


def test_a_running_total_asks_for_what_is_new_alone(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    running = RunningTakings()
    running.read(connection, later(days=1))
    plans = plans_of(connection)
    running.read(connection, later(days=1, minutes=5))
    slips, *plans = plans
    assert "ix_payment_attempt_status" in slips[0]
    sales, renewals = plans[0::2][:2], plans[1:4:2]
    since = [parameters for _, parameters in (*sales, *renewals)]
    assert all(any(later(hours=23).isoformat()[:13] in str(one) for one in asked) for asked in since), since
    assert all("SEARCH payment USING COVERING INDEX ix_payment_paid_at (paid_at>" in plan for plan, _ in sales), plans
    assert all("ix_subscription_extension_renews (at>" in plan for plan, _ in renewals), plans
    [(refunds, _)] = plans[4:]
    assert "USING COVERING INDEX ix_payment_back" in refunds, "of what went back alone"


def test_all_that_is_asked_for_is_found_by_an_index(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    plans = plans_of(connection)
    takings.sum_takings(connection, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    used = ("ix_payment_paid_at", "ix_subscription_extension_renews", "ix_payment_back")
    assert [name in plan for name, (plan, _) in zip(used, plans, strict=True)] == [True] * 3
    assert not any("SCAN payment" in plan for plan, _ in plans)
