"""Takings: what was sold, renewed and given back, by the seller's months."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy import event

from services.payments import record
from services.store import takings
from services.store.takings import Takings, Tally
from services.subscriptions import subscriptions
from tests.services.domain.people import PLAN, buyer, later, paid_order, placed


def test_sales_the_renewals_among_them_and_refunds_are_of_their_own_moments(connection: sa.Connection) -> None:
    buyer(connection)
    placed(connection)
    assert takings.sum_takings(connection) == {}
    paid_order(connection, [PLAN], "first", 36777, later(days=1))
    begun = next(of for of in subscriptions.of_account(connection, "a1") if of.order_id == "first")
    paid_order(connection, [replace(PLAN, renews=begun.id)], "second", 36777, later(days=300))
    record.set_back(connection, "payment of first", refunded=10000, disputed=None, at=later(days=310))

    one, both = Tally(1, 36777), Tally(2, 73554)
    assert takings.sum_takings(connection) == {"PLN": Takings(both, one, Tally(1, 10000))}
    assert takings.sum_takings(connection, later(days=1), later(days=300)) == {"PLN": Takings(one)}
    assert takings.sum_takings(connection, later(days=300)) == {"PLN": Takings(one, one, Tally(1, 10000))}
    assert takings.sum_takings(connection, None, later(days=1)) == {}


def test_all_that_is_asked_for_is_found_by_an_index(connection: sa.Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    plans: list[str] = []

    def explain(conn: object, cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.append(" ".join(str(row[3]) for row in rows))

    event.listen(connection, "before_cursor_execute", explain)
    takings.sum_takings(connection, datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))
    used = ("ix_payment_paid_at", "ix_subscription_extension_renews", "ix_payment_back")
    assert [name in plan for name, plan in zip(used, plans, strict=True)] == [True] * 3
    assert not any("SCAN payment" in plan for plan in plans)
