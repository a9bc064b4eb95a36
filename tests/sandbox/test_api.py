"""The control API: messages, clock, payments, reset, people, endpoints."""

from datetime import datetime, timedelta

import pytest

from sandbox.app import assemble
from sandbox.people import load_people
from tests.sandbox.payments.przelewy24.test_api import PAYMENT, pay, token
from tests.sandbox.room import URL, Room, noon
from tests.sandbox.test_smsapi import send


class DesksClock:
    """A clock that is moved by its owner only."""

    def __init__(self) -> None:
        self.moment = noon()

    def now(self) -> datetime:
        return self.moment


@pytest.mark.parametrize("asked", ["?to=%2B48512000222", "?to=+48512000222", "?to=48512000222"])
async def test_messages_to_one_number_however_the_plus_is_written(room: Room, asked: str) -> None:
    await send(room)
    await send(room, to="+48512000222", message="second")
    found = (await room.client.get(f"/sandbox/api/messages{asked}")).json()
    assert [message["text"] for message in found] == ["second"]
    assert set(found[0]) >= {"id", "kind", "to", "subject", "text", "html", "at", "links"}
    assert [message["to"] for message in await room.get_api("messages")] == ["+48512000111", "+48512000222"]


async def test_the_clock_moves_ahead_and_never_back(room: Room) -> None:
    assert (await room.post_api("clock", advance_s=0))["now"] == "2026-11-20T12:00:00+00:00"
    assert (await room.post_api("clock", advance_s=90))["now"] == "2026-11-20T12:01:30+00:00"
    assert (await room.post_api("clock", set_to="2026-11-20T14:00:00+01:00"))["now"] == "2026-11-20T13:00:00+00:00"
    assert (await room.post_api("clock", set_to="2026-11-20T12:00:00Z"))["now"] == "2026-11-20T13:00:00+00:00"
    for wrong in (
        {"advance_s": -1},
        {"advance_s": "1"},
        {"advance_s": 1e12},
        {"advance_s": True},
        {"set_to": "2026"},
        [],
    ):
        assert (await room.client.post("/sandbox/api/clock", json=wrong)).status_code == 400
    assert (await room.client.post("/sandbox/api/clock", content=b"{")).status_code == 400
    assert (await room.get_api("clock"))["now"] == "2026-11-20T13:00:00+00:00"


async def test_the_clock_stops_at_each_thing_due(room: Room) -> None:
    await token(room)
    await pay(room, notify="late")
    await room.post_api("clock", advance_s=7200)
    told = [entry["at"] for entry in await room.get_api("calls", provider="przelewy24") if entry["direction"] == "out"]
    minutes = [60, 63, 65, 75, 90, 120]
    assert told == [(noon() + timedelta(minutes=at)).isoformat(timespec="microseconds") for at in minutes]


async def test_a_desks_clock_is_moved_by_the_desk_only(room: Room) -> None:
    clock = DesksClock()
    sandbox = assemble(
        room.ledger, load_people(), public_url=URL, clock=clock, sleep=room.sandbox.world.sleep, http_client=room.client
    )
    assert not sandbox.moves_own_clock
    room.client._transport.app = sandbox.app  # type: ignore[attr-defined]
    assert (await room.client.post("/sandbox/api/clock", json={"advance_s": 1})).status_code == 409
    assert (await room.post_api("clock", advance_s=0))["now"] == noon().isoformat()
    sandbox.world.timetable.schedule("przelewy24", "x", {"do": "notice", "attempt": 0}, timedelta(hours=1))
    assert sandbox.next_due() == noon() + timedelta(hours=1)
    clock.moment += timedelta(hours=1)
    await sandbox.tick(clock.now())
    assert sandbox.next_due() is None


@pytest.mark.parametrize("wish", [{}, {"outcome": "odd"}, {"outcome": "paid", "notify": "odd"}, {"outcome": ["paid"]}])
async def test_a_wish_that_is_none_is_refused(room: Room, wish: dict[str, object]) -> None:
    await token(room)
    assert (await room.client.post(f"/sandbox/api/payments/{PAYMENT}", json=wish)).status_code == 400
    unknown = await room.client.post("/sandbox/api/payments/none", json={"outcome": "paid", "notify": "once"})
    assert unknown.status_code == 404


async def test_a_desk_that_does_not_answer_is_noted_and_told_again(room: Room) -> None:
    await token(room)
    room.desk.falls_over = True
    assert (await pay(room))["status"] == "paid"
    room.desk.falls_over = False
    await room.post_api("clock", advance_s=180)
    outcomes = [entry["outcome"] for entry in await room.get_api("calls", provider="przelewy24")]
    assert outcomes == ["served", "RuntimeError", "RuntimeError", "200"]


async def test_reset_clears_all_but_ids_and_tokens(room: Room) -> None:
    await send(room, idx="call-1", check_idx="1")
    await token(room)
    await pay(room)
    [first] = await room.get_api("payments")
    await room.post_api("faults", provider="mf", mode="down")
    await room.post_api("clock", advance_s=60)
    assert (await room.post_api("reset"))["now"] == "2026-11-20T12:00:00+00:00"
    for name in ("messages", "payments", "faults", "calls"):
        assert await room.get_api(name) == []
    assert (await room.get_api("clock"))["next_due"] is None
    assert (await send(room, idx="call-1", check_idx="1"))["count"] == 1
    await token(room)
    assert (await room.get_api("payments"))[0]["order_id"] > first["order_id"]


async def test_people_say_whom_one_may_try(room: Room) -> None:
    table = await room.get_api("people")
    amber = next(company for company in table["companies"] if company["number"] == "1234563218")
    assert amber["name"] == "Pracownia Bursztyn sp. z o.o."
    assert all(entry["shows"] for kind in table.values() for entry in kind)
    assert {discount["code"] for discount in table["discounts"]} == {"START20", "STARY"}
    found = {customer["customer_number"] for customer in table["customers"] if "customer_number" in customer}
    assert found == {*("10000017", "10000025", "10000033", "10000041", "10000058")}


async def test_endpoints_lead_to_the_stand_ins(room: Room) -> None:
    assert (await room.get_api("endpoints"))["smtp"] is None
    host, port = await room.sandbox.start_mail()
    points = await room.get_api("endpoints")
    await room.sandbox.stop_mail()
    assert (points["smtp"]["host"], points["smtp"]["port"]) == (host, port)
    assert points["smsapi"]["url"] == f"{URL}/sandbox/smsapi/sms.do"
    p24 = points["przelewy24"]
    auth = (str(p24["pos_id"]), p24["api_key"])
    assert (await room.client.get(f"{p24['url']}/api/v1/testAccess", auth=auth)).status_code == 200
    assert (await room.client.get(f"{points['mf']['url']}/api/search/nip/1", params={"date": "x"})).status_code == 400
    assert (await room.client.post(points["gus"]["url"])).status_code == 415
    assert (await room.client.get(f"{points['vies']['url']}/check-status")).json()["vow"] == {"available": True}
    paypal = points["paypal"]
    form = {"grant_type": "client_credentials"}
    auth = (paypal["client_id"], paypal["client_secret"])
    assert (await room.client.post(f"{paypal['url']}/v1/oauth2/token", data=form, auth=auth)).status_code == 200
