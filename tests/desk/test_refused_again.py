"""Ordering that can't succeed: whoever agrees to the same sum again and is refused again wakes somebody."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from services.orders import orders
from services.orders.pricing import price
from tests.desk.running import running_desk
from tests.desk.scripted import Scripted


async def test_pay_now_answered_twice_by_the_same_card_is_an_alarm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_connection: Any, wanted: orders.WantedOrder, _now: Any) -> orders.PriceChanged:
        return orders.PriceChanged(price(wanted.items, wanted.discount, wanted.price.gross.currency))

    async with running_desk(tmp_path) as desk:
        buyer = await Scripted(desk).run("order.pay")
        alarms: list[int] = []
        with structlog.testing.capture_logs() as lines, monkeypatch.context() as broken:
            broken.setattr(orders, "place", never)
            for _press in range(3):
                await buyer.customer.say("pay:now")
                assert buyer.customer.at == "order.pay"
                alarms.append(len([line for line in lines if line["event"] == "order_refused_again"]))
        assert alarms == [0, 1, 2], "once may be a price that was changed"
        told = next(line for line in lines if line["event"] == "order_refused_again")
        assert (told["alarm"], told["reason"]) == (True, "price_changed")
        with structlog.testing.capture_logs() as lines:
            await buyer.customer.say("pay:now")
        assert buyer.customer.at == "payment.payment"
        assert not [line for line in lines if line.get("alarm")]
