"""A transfer split among orders of which one stands in the other's way: all of them are paid, or none."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.orders import order_record
from services.payments import book, slips, transfers
from services.payments.slips import TransferSplit
from tests.kit.narrow import a, present
from tests.services.domain.people import KEY, NOW, buyer, later, placed, to_pay

GROSS = 36777


def opening(now: Any) -> Any:
    return lambda number, name: {
        "payment_id": f"t {number}",
        "server_key": KEY,
        "expires_at": later(days=40),
        "now": now,
    }


@pytest.mark.parametrize("first", ["o1", "o2"])
def test_both_orders_are_paid_in_whichever_order_they_are_named(connection: sa.Connection, first: str) -> None:
    buyer(connection)
    placed(connection)
    to_pay(connection, method="transfer")
    told: dict[str, Any] = {"amount": 2 * GROSS, "currency": "PLN", "reference": "W1"}
    given: dict[str, Any] = {"payment_id": "t1", "server_key": KEY, "expires_at": later(days=7), "now": NOW}
    transfers.book_transfer(connection, order_number="FS/2026/000001", **told, **given)
    placed(connection, "o2", now=later(days=29))
    now = later(days=30)
    assert book.expire(connection, payment_id="p1", now=now)
    ids = [first, *({"o1", "o2"} - {first})]
    orders = [present(order_record.get(connection, id)) for id in ids]
    made = slips.split(connection, "p1-1", orders, opening(now), now)
    assert [part.booked.order.id for part in a(TransferSplit, made).parts] == ["o1", "o2"]
