"""Changes that the seller's program orders: charged to the kept method where somebody has ordered it at that sum."""

from pathlib import Path
from typing import Any

import httpx

from services.agents import audit
from services.orders import order_record
from tests.desk.renewing import events, lets, taken
from tests.desk.running import A_MOMENT_S, Running, running_desk
from tests.desk.scripted import Person, Scripted, only, until
from tests.desk.seats_sold import costs, service
from tests.desk.transfers_told import MONEY
from tests.kit.narrow import present
from tests.kit.starter import KEPT, by_seat
from tests.kit.starter import SEAT_WAYS as WAYS
from tests.kit.talks import plain
from values.account_view import OrdererDetails

ORDERER = OrdererDetails("Anna Lis", "+48512000111", "anna@lis.example.com", "faktury@lis.example.com")
BY = {"ordered_by": "Jan Nowak, telefon", "reason": "Dzwonił"}


class Program:
    """The seller's program, which changes a buyer's seats."""

    def __init__(self, desk: Running, buyer: Scripted, id: str) -> None:
        self.desk, self.buyer = desk, buyer
        self.path = f"/api/v1/subscriptions/{id}"

    async def quote(self, seats: int) -> Any:
        wanted = {"quantity": seats, "from": "now"}
        return (await self.desk.http.post(f"{self.path}/quote", json=wanted, headers=MONEY)).json()

    async def order(self, seats: int, **more: Any) -> httpx.Response:
        wanted = {"quantity": seats, "from": "now", **BY, **more}
        return await self.desk.http.patch(self.path, json=wanted, headers=MONEY)

    async def runs(self, seats: int) -> bool:
        return (await service(self.desk, self.buyer.person.email))["seats"] == seats


async def program(desk: Running, method: str) -> Program:
    buyer = await Scripted(desk, Person(method=method, ways=WAYS, facts={"quantity": "3"})).run()
    bought = (await desk.card(buyer.person.email))["orders"][0]["id"]
    store = desk.installation.store
    await store.write(lambda c: order_record.keep_orderer(c, order_id=bought, orderer=ORDERER))
    return Program(desk, buyer, (await service(desk, buyer.person.email))["id"])


async def reads(buyer: Scripted, words: str) -> bool:
    await buyer.customer.look()
    return words in plain("\n".join(buyer.customer.said))


async def test_a_change_ordered_by_the_api_is_charged_to_the_kept_card_once(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller", KEPT)) as desk:
        by = await program(desk, "card")
        before, quoted = await taken(desk), await by.quote(5)
        assert (quoted["gross"], quoted["charge"]) == (costs(2, 365)[1], "kept_method")
        for unfit in ({"gross": None}, {"ordered_by": None}, {"from": "next_term"}, {"charge": "cash"}):
            wanted = {"charge": "kept_method", "gross": quoted["gross"], **unfit}
            assert (await by.order(5, **wanted)).status_code == 422, "nobody has ordered it at a sum"
        other = await by.order(5, charge="kept_method", gross=quoted["gross"] - 1)
        assert (other.status_code, other.json()["reason"]) == (409, "price_changed")
        assert await taken(desk) == before
        ordered = (await by.order(5, charge="kept_method", gross=quoted["gross"])).json()
        assert (ordered["charge"], ordered["seats"]) == ("kept_method", 3)
        again = await by.order(5, charge="kept_method", gross=quoted["gross"])
        assert again.status_code == 409, "said again it isn't charged again"
        await desk.advance(A_MOMENT_S)
        await until(lambda: by.runs(5))
        assert await taken(desk) - before == 1
        await until(lambda: reads(by.buyer, "Od teraz: Plan Standard (5 stanowisk)."))
        assert await reads(by.buyer, "Pobieram"), "told at once"
        number = ordered["order_number"]
        await recorded(desk, number, charged=True)
        paid = [one["amount"] for one in await events(desk, "payment.paid") if one["order_number"] == number]
        assert paid == [quoted["gross"]]


async def recorded(desk: Running, number: str, *, charged: bool) -> None:
    """The order keeps its customer's orderer; the trail has who ordered it, by which token and why, and no token."""
    store = desk.installation.store
    order = present(await store.read(lambda c: order_record.by_number(c, number)))
    assert await store.read(lambda c: order_record.orderer_of(c, order.id)) == ORDERER
    noted = only([one for one in await store.read(audit.page) if one.what == "change_ordered"])
    assert (noted.details["order"], noted.details["charged"]) == (number, charged)
    assert noted.after == "Jan Nowak, telefon: Dzwonił"
    assert len(str(noted.details["mark"])) == 12
    assert "sandbox" not in str(noted.details)


async def test_a_refused_charge_leads_to_the_link(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller", KEPT)) as desk:
        by = await program(desk, "card")
        await lets(desk, "declined")
        gross = (await by.quote(4))["gross"]
        assert (await by.order(4, charge="kept_method", gross=gross)).json()["charge"] == "kept_method"
        await desk.advance(A_MOMENT_S)
        await until(lambda: reads(by.buyer, "Płatność odrzucona"))
        assert await by.runs(3), "nothing before it is paid"
        await by.buyer.run()
        assert await by.runs(4)


async def test_without_a_method_to_charge_the_link_is_sent(tmp_path: Path) -> None:
    async with running_desk(tmp_path / "desk", profile=by_seat(tmp_path / "seller")) as desk:
        by = await program(desk, "blik")
        quoted = await by.quote(4)
        assert quoted["charge"] == "link"
        ordered = (await by.order(4, charge="kept_method", gross=quoted["gross"])).json()
        assert ordered["charge"] == "link"
        await recorded(desk, ordered["order_number"], charged=False)
        await by.buyer.customer.look()
        await by.buyer.run()
        assert await by.runs(4)
