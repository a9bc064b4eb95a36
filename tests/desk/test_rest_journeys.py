"""Scripted customers go the whole way over REST: every method, every language, every end of a payment."""

from pathlib import Path
from typing import Any

import pytest
import structlog

from services.orders import orders
from services.orders.pricing import price
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted, only


async def assert_finished(desk: Running, scripted: Scripted) -> None:
    """A paid order, active e-invoices, and each thing once."""
    custom = scripted.customer.custom
    assert (custom["dialog"], custom["expects"]) == ("zone", "nothing")
    assert scripted.customer.link("login")["href"].startswith("http")
    card = await desk.card(scripted.person.email)
    assert card["account"]["status"] == "active"
    order = only(card["orders"])
    assert (order["status"], order["method"]) == ("paid", scripted.person.method)
    assert [p["status"] for p in card["payments"]].count("paid") == 1
    assert card["einvoice"]["status"] == "active"
    assert [m["method"] for m in card["methods"] if m["default"]] == [scripted.person.method]
    assert len(await desk.outbox(scripted.person.phone)) == 1


@pytest.mark.parametrize(
    ("database", "method", "locale"),
    [
        ("sqlite", "card", "pl"),
        ("sqlite", "paypal", "it"),
        ("sqlite", "przelewy24", "en"),
        ("postgresql", "blik", "en"),
    ],
)
async def test_the_straight_way(desk: Running, method: str, locale: str) -> None:
    scripted = await Scripted(desk, Person(method=method, locale=locale)).run()
    await assert_finished(desk, scripted)
    assert scripted.customer.custom["locale"] == locale
    done = scripted.customer.custom["progress"]
    assert done["done"] == done["of"]


@pytest.mark.stage("ordered")
async def test_failed_then_the_link_opened_again(desk: Running, buyer: Scripted) -> None:
    link = buyer.customer.link("payment")
    (unopened,) = (await desk.http.get("/sandbox/api/payments")).json()
    assert (unopened["id"], bool(unopened["at"])) == (link["id"], True), "the page shows when each was begun"
    await desk.pay(link["id"], "failed")
    assert (await desk.http.get(link["href"])).status_code == 303
    assert only((await desk.card(buyer.person.email))["payments"])["status"] == "pending"
    await desk.pay(link["id"])
    await buyer.customer.settled()
    await buyer.run()
    await assert_finished(desk, buyer)


@pytest.mark.stage("ordered", method="blik")
async def test_the_money_of_a_second_payment_goes_back_once(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    first = customer.link("payment")
    assert (await desk.http.get(first["href"])).status_code == 303
    await customer.say("method:card")
    second = customer.link("payment")["id"]
    await desk.pay(second)
    await customer.settled()
    assert customer.at == "einvoice.einvoice"
    told = len(customer.said)
    await desk.pay(first["id"], notify="twice")
    await desk.advance(60)
    await customer.settled()
    for words in ("Odsyłamy ją tą samą drogą", "Zwróciliśmy nadpłatę"):
        assert sum(words in line for line in customer.said[told:]) == 1
    bank = {p["id"]: p for p in (await desk.http.get("/sandbox/api/payments")).json()}
    assert bank[second]["status"] == "paid"
    assert (bank[first["id"]]["status"], bank[first["id"]]["refunded"]) == ("refunded", 36777)
    await buyer.run()
    card = await desk.card(buyer.person.email)
    assert {p["id"]: p["status"] for p in card["payments"]} == {second: "paid", first["id"]: "refunded"}
    assert only(card["orders"])["status"] == "paid"


# --- ordering that can't succeed ---


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
