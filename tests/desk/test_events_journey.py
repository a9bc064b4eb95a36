"""Events to the seller's own system, on a whole desk: what a purchase tells, a receiver that is away, none at all."""

from datetime import timedelta
from typing import Any

import pytest

from services.seller.seller_events import MEANINGS
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Scripted, bought, only, until
from tests.kit.talks import says

TOKEN = {"authorization": "Bearer sandbox"}
OF_A_PURCHASE = [
    *("account.created", "contact.verified", "company.confirmed", "contact.verified", "order.placed"),
    *("payment.paid", "einvoice.activated"),
]


async def told(desk: Running) -> list[Any]:
    """What has arrived, in the order in which it happened."""
    return sorted((await desk.http.get("/sandbox/api/events")).json(), key=lambda event: event["timestamp"])


async def listed(desk: Running, **query: str) -> list[Any]:
    answer = await desk.http.get("/api/v1/events", params=query, headers=TOKEN)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def until_told(desk: Running, n: int) -> list[Any]:
    async def all_arrived() -> bool:
        return len(await told(desk)) >= n

    await until(all_arrived)
    return await told(desk)


@on_each_database
@pytest.mark.replicated
async def test_a_purchase_is_told_step_by_step(desk: Running) -> None:
    scripted, events = await bought(desk), await until_told(desk, len(OF_A_PURCHASE))
    assert sorted(event["type"] for event in events) == sorted(OF_A_PURCHASE)
    assert {event["times"] for event in events} == {1}
    assert {event["type"] for event in events} <= set(MEANINGS)
    card = await desk.card(scripted.person.email)
    assert {event["data"]["customer_id"] for event in events} == {card["id"]}
    by_type = {event["type"]: event["data"] for event in events}
    order, placed = only(card["orders"]), by_type["order.placed"]
    assert (placed["order_number"], placed["gross"]) == (order["number"], order["gross"])
    assert placed["items"] == order["items"]
    assert by_type["payment.paid"]["payment_id"] == only(card["payments"])["id"]
    assert by_type["company.confirmed"]["company_id"] == only(card["companies"])["id"]
    proven = [event["data"] for event in events if event["type"] == "contact.verified"]
    assert sorted((p["kind"], p["account_status"]) for p in proven) == [("email", "active"), ("phone", "pending")]
    for personal in (scripted.person.email, scripted.person.phone, scripted.person.nip):
        assert personal not in str(events)
    own = await listed(desk)
    assert [row["delivery"] for row in own] == ["delivered"] * len(OF_A_PURCHASE)
    assert {row["id"] for row in own} == {event["id"] for event in events}
    assert [row["type"] for row in await listed(desk, type="order.placed")] == ["order.placed"]


@on_each_database
@pytest.mark.replicated
async def test_a_receiver_that_is_away_holds_nobody_up_and_misses_nothing(desk: Running) -> None:
    await desk.http.post("/sandbox/api/faults", json={"provider": "seller", "mode": "down"})
    assert (await bought(desk)).customer.expects == "nothing", "the customer has noticed nothing"
    assert await told(desk) == []
    assert {row["delivery"] for row in await listed(desk)} == {"waiting"}
    await desk.fault("seller", "down", 0)
    for _ in range(4):
        await desk.advance(3600)
    events = await until_told(desk, len(OF_A_PURCHASE))
    assert sorted(event["type"] for event in events) == sorted(OF_A_PURCHASE)
    assert {row["delivery"] for row in await listed(desk)} == {"delivered"}


async def test_what_was_given_up_may_be_looked_up(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.usecases.seller.event_sender.PATIENCE", timedelta(minutes=20))  # of three days
    await desk.http.post("/sandbox/api/faults", json={"provider": "seller", "mode": "error"})
    await Scripted(desk).run("phone")
    await desk.advance(3600)
    assert [(row["type"], row["delivery"]) for row in await listed(desk)] == [("account.created", "given_up")]
    assert 'okienko_events_total{end="given_up",type="account.created"} 1.0' in (await desk.http.get("/metrics")).text


async def test_a_lost_answer_brings_the_same_event_again(desk: Running) -> None:
    await desk.fault("seller", "lost")
    await Scripted(desk).run("phone")
    await until_told(desk, 1)
    await desk.advance(60)
    assert [(event["type"], event["times"]) for event in await told(desk)] == [("account.created", 2)]


async def test_a_wish_for_a_person_and_a_withdrawn_order_are_told(desk: Running) -> None:
    scripted = await Scripted(desk).run("payment")
    await says(scripted.customer, "/cancel", "/agent", "/agent")
    await desk.advance(1)
    types = [event["type"] for event in await told(desk)]
    assert types.count("order.cancelled") == 1
    assert types.count("conversation.handed_over") == 1
    handed = next(event for event in await told(desk) if event["type"] == "conversation.handed_over")
    found = (handed["data"]["channel"], handed["data"]["conversation_id"])
    assert found == ("rest", only((await desk.card(scripted.person.email))["conversations"])["id"])


async def test_a_sign_up_with_anothers_address_tells_nothing(desk: Running) -> None:
    first = await bought(desk)
    await desk.advance(1)
    before = await told(desk)
    await Scripted(desk, type(first.person)(email=first.person.email)).run("email_link")
    await desk.advance(1)
    assert await told(desk) == before, "whoever it is isn't the seller's customer"
