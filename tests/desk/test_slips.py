"""Transfers put right: a booking that was a slip is taken back, a sum for several orders is split among them."""

import asyncio
from collections.abc import Awaitable, Callable
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from services.agents import audit
from services.payments import matching
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.databases import on_each_database
from tests.desk.renewing import events
from tests.desk.running import A_MOMENT_S, Json, Running, running_desk
from tests.desk.scripted import Scripted, only, until
from tests.desk.seller_api import tell
from tests.desk.stages import walked
from tests.desk.transfers_told import MONEY, PAGE, TOKEN, order_of, paid_in, told_for_another, transfers
from tests.kit.narrow import present
from tests.kit.starter import sold_by_year
from tests.kit.talks import place_of, plain

Undo = Callable[[Running, str, str, str], Awaitable[None]]
WHY = {"reason": "Nie ten klient"}


async def put_right(desk: Running, id: str, act: str, **said: object) -> httpx.Response:
    return await desk.http.post(f"/api/v1/transfers/{id}/{act}", json={**WHY, **said}, headers=MONEY)


async def undone_by_api(desk: Running, _where: str, id: str, _number: str) -> None:
    answers = await asyncio.gather(*(put_right(desk, id, "unbook") for _ in range(2)))
    assert sorted(one.status_code for one in answers) == [200, 409]
    refused = next(one.json() for one in answers if one.status_code == 409)
    assert refused["reason"] in ("not_booked", "refunded")


async def undone_at_once(desk: Running, at: str, id: str, number: str) -> None:
    """Two supervisors press at once, once they have been asked; one of them has done it."""
    agents, form = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")], {"of": id, **WHY}
    for agent in agents:
        await agent.get(at)
        assert (await agent.post(f"{at}/unbook", None, **form)).status_code == 422
        assert "Cofnąć zaliczenie" in plain(agent.words)
    sure = present(unescape(agents[0].page).split(f'value="{number} ')[1].split('"')[0])
    said = [one.post(f"{at}/unbook", None, **form, sure=f"{number} {sure}") for one in agents]
    assert sorted(one.status_code for one in await asyncio.gather(*said)) == [303, 422]


async def undone_on_page(desk: Running, _where: str, id: str, number: str) -> None:
    await undone_at_once(desk, PAGE, id, number)


async def undone_on_card(desk: Running, where: str, id: str, number: str) -> None:
    await undone_at_once(desk, f"/desk/c/{where}", id, number)


async def booked_by_mistake(desk: Running, buyer: Scripted) -> tuple[Json, Scripted, str]:
    """The buyer's order, paid with another's kept money; that customer; and the booked transfer's id."""
    order, other, id = await told_for_another(desk, buyer)
    assert (await put_right(desk, id, "book", order_number=order["number"])).status_code == 200
    return order, other, only(await transfers(desk, "booked"))["id"]


@on_each_database
@pytest.mark.stage("ordered")
@pytest.mark.parametrize("undo", [undone_by_api, undone_on_page, undone_on_card])
async def test_a_slip_is_taken_back_once_and_its_money_is_booked_where_it_belongs(
    desk: Running, buyer: Scripted, undo: Undo
) -> None:
    await promoted(desk, "anna")
    order, other, id = await booked_by_mistake(desk, buyer)
    await undo(desk, await place_of(desk, buyer.customer), id, order["number"])
    kept, theirs = only(await transfers(desk, "kept")), await order_of(desk, other.person.email)
    assert (kept["order_number"], kept["amount"]) == (theirs["number"], order["gross"]), "as it was told first"
    assert await transfers(desk, "booked") == []
    back = only(await events(desk, "transfer.unbooked"))
    assert (back["order_number"], back["transfer_id"], back["reason"]) == (order["number"], kept["id"], WHY["reason"])
    assert [one["refunded"] for one in await events(desk, "payment.refunded")] == [order["gross"]]
    running = (await desk.card(buyer.person.email))["subscriptions"]
    assert [one["auto_renewal"] for one in running] == [False], "as after a refund in full"
    await desk.advance(A_MOMENT_S)
    await until(lambda: reads(buyer, "omyłkowo"))
    await until(lambda: reads(other, "trafiła na niewłaściwe zamówienie"))
    letters = [plain(letter["text"]) for letter in await desk.outbox(buyer.person.email)]
    assert sum("omyłkowo" in letter for letter in letters) == 1
    trail = [one for one in await desk.installation.store.read(audit.page) if one.what == "transfer_unbooked"]
    assert [order["number"] in str(one.after) for one in trail] == ([] if undo is undone_by_api else [True])
    await owed_again(desk, buyer, order)
    assert (await paid_in(desk, theirs["number"], order["gross"])).json()["reason"] == "booked_before"
    assert (await put_right(desk, id, "book", order_number=theirs["number"])).json()["reason"] == "booked"
    third = await other_awaiting(desk)
    assert (await put_right(desk, kept["id"], "book", order_number=third["number"])).status_code == 200
    assert only(await transfers(desk, "booked"))["order_number"] == third["number"]
    assert await transfers(desk, "kept") == []


async def owed_again(desk: Running, buyer: Scripted, order: Json) -> None:
    """The order waits for its money, says how it is paid, and is paid by it: what was bought is there as it was."""
    [paid] = [one for one in (await desk.card(buyer.person.email))["payments"] if one["status"] != "cancelled"]
    now = await order_of(desk, buyer.person.email)
    assert (now["status"], now["refunded_amount"], paid["status"]) == ("placed", 0, "failed")
    await buyer.say("czy zamówienie jest opłacone?")
    assert "Do zapłaty jest" in plain(buyer.customer.said[-1])
    assert "method:card" in buyer.customer.buttons
    await buyer.customer.say("pay:now")
    await desk.pay(buyer.customer.link("payment")["id"])
    await until(lambda: reads(buyer, "Dziękujemy"))
    [running] = (await desk.card(buyer.person.email))["subscriptions"]
    assert ((await order_of(desk, buyer.person.email))["status"], running["status"]) == ("paid", "active")
    assert running["end_reason"] is None


async def other_awaiting(desk: Running) -> Json:
    """The order of another customer who has chosen the same, and has paid nothing yet."""
    return await order_of(desk, (await walked(desk, until="payment")).person.email)


async def reads(one: Scripted, words: str) -> bool:
    await one.customer.look()
    return words in plain("\n".join(one.customer.said))


@pytest.mark.stage("ordered")
async def test_a_booking_stays_where_money_went_back_or_an_invoice_stands(desk: Running, buyer: Scripted) -> None:
    order, _, id = await booked_by_mistake(desk, buyer)
    number = order["number"]
    assert (await tell(desk, buyer, number="FV/1", gross=order["gross"])).status_code == 201
    assert (await put_right(desk, id, "unbook")).json()["reason"] == "invoiced"
    for paper, less, why in (("FK/1", 0, "invoiced"), ("FK/2", 100, "invoiced"), ("FK/3", order["gross"] - 100, None)):
        corrects = {"number": paper, "gross": -less, "kind": "correction"}
        assert (await tell(desk, buyer, **corrects)).status_code == 201
        assert why is None or (await put_right(desk, id, "unbook")).json()["reason"] == why, "it mends the name alone"
    path = f"/api/v1/orders/{quote(number, safe='')}/refunds"
    asked = {"reason": "Zwrot", "amount": 100}
    assert (await desk.http.post(path, json=asked, headers=MONEY)).status_code == 201
    assert (await put_right(desk, id, "unbook")).json()["reason"] == "refunded"
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get(PAGE)
    sure = f"{number} {order['gross']}"
    assert (await marek.post(f"{PAGE}/unbook", None, of=id, **WHY, sure=sure)).status_code == 422
    assert "zlecono ich zwrot" in plain(marek.words)
    assert only(await transfers(desk, "booked"))["id"] == id
    anna = await AgentHttp.logged_in(desk)
    for act in ("unbook", "split"):
        assert (await anna.post(f"{PAGE}/{act}", None, of=id, **WHY)).status_code == 403
        assert (await marek.post(f"{PAGE}/{act}", None, of="another-1", typed="1", **WHY)).status_code == 404
        said = {"order_numbers": [number]} if act == "split" else {}
        told = await desk.http.post(f"/api/v1/transfers/{id}/{act}", json={**WHY, **said}, headers=TOKEN)
        assert told.status_code == 403, "the token that reads and books"


async def test_a_slip_ends_the_service_where_a_full_refund_does(tmp_path: Path) -> None:
    shop = sold_by_year(tmp_path / "shop")
    with (shop / "profile.toml").open("a", encoding="utf-8") as file:
        file.write('\n[refund]\nfull = "end"\n')
    async with running_desk(tmp_path / "data", profile=shop) as desk:
        buyer = await walked(desk, until="payment")
        order = await order_of(desk, buyer.person.email)
        assert (await paid_in(desk, order["number"], order["gross"])).status_code == 201
        id = only(await transfers(desk, "booked"))["id"]
        assert (await put_right(desk, id, "unbook")).json()["id"] == id, "kept with the order that it was told for"
        [ended] = (await desk.card(buyer.person.email))["subscriptions"]
        assert (ended["status"], ended["end_reason"]) == ("ended", "refunded")
        await desk.advance(A_MOMENT_S)
        await until(lambda: reads(buyer, "więc usługa z tego zamówienia się skończyła"))
        assert not await reads(buyer, "trafiła na niewłaściwe"), "told once"
        assert (await put_right(desk, id, "return")).json()["status"] == "refunded"
        assert (await paid_in(desk, order["number"], order["gross"], "W2")).status_code == 201
        [again] = (await desk.card(buyer.person.email))["subscriptions"]
        assert (again["status"], again["end_reason"], again["id"]) == ("active", None, ended["id"])


@on_each_database
@pytest.mark.stage("ordered")
@pytest.mark.parametrize("by", ["api", "page", "card"])
async def test_one_transfer_pays_several_orders_and_the_rest_is_sent_back(
    desk: Running, buyer: Scripted, by: str
) -> None:
    first, second = await order_of(desk, buyer.person.email), await other_awaiting(desk)
    numbers, rest = [first["number"], second["number"]], 123
    whole = first["gross"] + second["gross"] + rest
    assert (await paid_in(desk, first["number"], whole)).status_code == 409
    id = only(await transfers(desk, "kept"))["id"]
    at = f"/desk/c/{await place_of(desk, buyer.customer)}" if by == "card" else PAGE
    await split_at_once(desk, None if by == "api" else at, id, numbers, rest)
    booked, left = await transfers(desk, "booked"), only(await transfers(desk, "kept"))
    assert sum(one["amount"] for one in (*booked, left)) == whole
    assert sorted((one["order_number"], one["amount"]) for one in booked) == sorted(
        (one["number"], one["gross"]) for one in (first, second)
    )
    assert (left["amount"], left["order_number"], left["reference"]) == (rest, first["number"], "W1 (3)")
    assert [one["id"] for one in await transfers(desk, "split")] == [id]
    assert (await order_of(desk, buyer.person.email))["status"] == "paid"
    assert {one["reference"] for one in await events(desk, "transfer.matched")} == {"W1 (1)", "W1 (2)"}
    assert (await paid_in(desk, first["number"], whole)).json()["reason"] == "booked_before", "told again"
    assert (await put_right(desk, id, "return")).status_code == 409
    assert (await put_right(desk, left["id"], "return")).status_code == 200
    await desk.advance(A_MOMENT_S)
    await until(lambda: reads(buyer, "zostało 1,23 zł"))
    await until(lambda: reads(buyer, "Wpłatę 1,23 zł za zamówienie"))
    theirs = next(one for one in booked if one["order_number"] == second["number"])
    assert (await put_right(desk, theirs["id"], "unbook")).status_code == 200
    again = only(await transfers(desk, "kept"))
    assert (again["order_number"], again["amount"]) == (first["number"], second["gross"])


async def split_at_once(desk: Running, at: str | None, id: str, numbers: list[str], rest: int) -> None:
    """Split it twice at once, by the API or on a page: once it is done."""
    if at is None:
        answers = await asyncio.gather(*(put_right(desk, id, "split", order_numbers=numbers) for _ in range(2)))
        assert sorted(one.status_code for one in answers) == [200, 409]
        return
    await promoted(desk, "anna")
    agents, typed = [await AgentHttp.logged_in(desk, login) for login in ("anna", "marek")], ", ".join(numbers)
    form = {"of": id, "typed": typed, **WHY}
    for agent in agents:
        await agent.get(at)
        assert f'action="{at}/split' in agent.page
        assert (await agent.post(f"{at}/split", None, **form)).status_code == 422
        assert "1,23 zł zostanie do odesłania" in plain(agent.words)
    said = [one.post(f"{at}/split", None, **form, sure=f"{typed} {rest}") for one in agents]
    assert sorted(one.status_code for one in await asyncio.gather(*said)) == [303, 422]


@pytest.mark.stage("ordered")
async def test_what_cannot_be_split_changes_nothing(desk: Running, buyer: Scripted) -> None:
    first, second = await order_of(desk, buyer.person.email), await other_awaiting(desk)
    number, other = first["number"], second["number"]
    assert (await paid_in(desk, number, first["gross"] + 1)).status_code == 409
    id = only(await transfers(desk, "kept"))["id"]
    for numbers, status, reason in (
        ([number, other], 409, "too_little"),
        ([number, number], 422, None),
        ([number, "FS/2026/999999"], 404, None),
        ([], 422, None),
    ):
        refused = await put_right(desk, id, "split", order_numbers=numbers)
        assert (refused.status_code, refused.json().get("reason")) == (status, reason)
    assert (await paid_in(desk, other, second["gross"], "W2")).status_code == 201
    assert (await put_right(desk, id, "split", order_numbers=[other])).json()["reason"] == "already_paid"
    assert only(await transfers(desk, "kept"))["id"] == id
    assert (await put_right(desk, id, "split", order_numbers=[number])).status_code == 200
    assert only(await transfers(desk, "kept"))["amount"] == 1


@pytest.mark.stage("ordered")
async def test_where_one_order_takes_another_s_place_meanwhile_none_is_paid(
    desk: Running, buyer: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = await order_of(desk, buyer.person.email), await other_awaiting(desk)
    numbers = [first["number"], second["number"]]
    assert (await paid_in(desk, numbers[1], second["gross"], "W2")).status_code == 201
    assert (await paid_in(desk, numbers[0], first["gross"] + second["gross"])).status_code == 409
    id = only(await transfers(desk, "kept"))["id"]
    monkeypatch.setattr(matching, "why_unpaid", lambda *_asked: None)
    refused = await put_right(desk, id, "split", order_numbers=numbers)
    assert (refused.status_code, refused.json()["reason"]) == (409, "already_paid")
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get(PAGE)
    form = {"of": id, "typed": ", ".join(numbers), **WHY, "sure": f"{', '.join(numbers)} 0"}
    assert (await marek.post(f"{PAGE}/split", None, **form)).status_code == 422
    assert only(await transfers(desk, "kept"))["id"] == id
    assert (await order_of(desk, buyer.person.email))["status"] == "placed"


@on_each_database
@pytest.mark.stage("ordered")
@pytest.mark.parametrize("moved", [True, False])
async def test_what_was_no_slip_after_all_is_booked_for_the_same_order_again(
    desk: Running, buyer: Scripted, *, moved: bool
) -> None:
    if moved:
        order, _, id = await booked_by_mistake(desk, buyer)
    else:
        order = await order_of(desk, buyer.person.email)
        assert (await paid_in(desk, order["number"], order["gross"])).status_code == 201
        id = only(await transfers(desk, "booked"))["id"]
    for _ in range(2):
        assert (await put_right(desk, id, "unbook")).status_code == 200
        kept = only(await transfers(desk, "kept"))
        again = await put_right(desk, kept["id"], "book", order_number=order["number"])
        assert (again.status_code, again.json().get("order_number")) == (200, order["number"]), again.text
        booked = only(await transfers(desk, "booked"))
        assert (booked["order_number"], booked["reference"], await transfers(desk, "kept")) == (
            order["number"],
            "W1",
            [],
        )
        assert (await order_of(desk, buyer.person.email))["status"] == "paid"
        [paid] = [one for one in (await desk.card(buyer.person.email))["payments"] if one["status"] == "paid"]
        assert (paid["method"], paid["provider"]) == ("transfer", "transfer"), "it is given back as it came"
        id = booked["id"]
    [running] = (await desk.card(buyer.person.email))["subscriptions"]
    assert (running["status"], running["end_reason"]) == ("active", None)
    assert (await paid_in(desk, order["number"], order["gross"])).json()["reason"] == "booked_before", "told again"
    assert len(await events(desk, "transfer.matched")) == 2 + moved
    await desk.advance(A_MOMENT_S)
    assert moved or not await reads(buyer, "za inne zamówienie"), "nothing was moved"
