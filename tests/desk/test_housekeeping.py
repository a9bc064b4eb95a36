"""What has served its time is dropped, what hasn't stays; what each turn leaves for those who look over the desk."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bot.conversation import identity
from bot.usecases.privacy.housekeeping import FACTS, Housekeeping, forget_messages
from services.privacy import retention
from services.store import inbox, journal
from tests.desk.running import Customer, Running, running_desk
from tests.kit.talks import says


async def test_a_message_is_known_for_seven_days(desk: Running) -> None:
    customer = desk.customer()
    await customer.say("/start", message_id="one")
    store, now = desk.installation.store, desk.installation.clock.now()
    key = f"{identity.hashed_address('rest', customer.sender)}:one"
    await store.write(lambda c: forget_messages(c, now + timedelta(days=6)))
    assert await store.read(lambda c: inbox.find_seen(c, "rest", key)) is not None
    await store.write(lambda c: forget_messages(c, now + timedelta(days=8)))
    assert await store.read(lambda c: inbox.find_seen(c, "rest", key)) is None


async def test_who_comes_back_after_a_chat_of_one_message_begins_anew(desk: Running) -> None:
    customer, asked = desk.customer(), desk.customer()
    await customer.say("/start")
    for said in ("/start", "start:sign_up"):
        await asked.say(said)
    where, store = asked.at, desk.installation.store
    empty = retention.without_facts(desk.installation.clock.now() + timedelta(seconds=1), FACTS)
    gone = await store.read(empty.find)
    assert len(gone) == 1, "a choice is a fact"
    await store.write(lambda c: empty.drop(c, gone))

    events = await desk.http.get("/webhooks/rest/events", params={"sender": customer.sender})
    assert events.json()[-1]["custom"]["seq"] == 0
    await customer.say("start:sign_up")
    assert customer.at == where


async def test_a_moved_clock_sweeps_once_for_each_day_it_passes(desk: Running) -> None:
    with patch.object(Housekeeping, "run_once", autospec=True, side_effect=Housekeeping.run_once) as swept:
        await desk.advance(timedelta(hours=23).total_seconds())
        assert swept.call_count == 0
        for _ in range(3):
            await desk.advance(timedelta(days=1, seconds=1).total_seconds())
    assert swept.call_count == 3


async def test_what_is_more_than_one_batch_is_forgotten_at_once(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "MOST", 2)
    customer, installation = desk.customer(), desk.installation
    for number in range(5):
        await customer.say("/start", message_id=str(number))
    installation.clock.offset += timedelta(days=8)
    await installation.container.housekeeping.run_once()
    sender = identity.hashed_address("rest", customer.sender)
    for number in range(5):
        assert await installation.store.read(lambda c, n=number: inbox.find_seen(c, "rest", f"{sender}:{n}")) is None


SEEN = ("moved", "missed", "read_as", "corrected", "closed", "reopened")


async def traces(desk: Running, customer: Customer) -> list[dict[str, Any]]:
    talk = identity.conversation_id("rest", customer.sender)
    lines = await desk.installation.store.read(lambda c: journal.read_all(c, talk))
    found = [{name: line.data[name] for name in SEEN if name in line.data} for line in lines if line.kind != "bot"]
    return [one for one in found if one]


async def test_a_way_with_detours_is_traced(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = desk.customer()
        for said in (
            *("/start", "start:buy", "account:new", "jan@@example", "co to za dziwna sprawa z tym żółwiem"),
            *("jan@example.com", "pomyłka, mój e-mail to anna@example.com"),
            *("pomyłka, mój e-mail to anna@example.com", "ile to kosztuje?"),
        ):
            await customer.say(said)

        found = await traces(desk, customer)

    assert found[:3] == [{"moved": "account.start"}, {"moved": "account.account"}, {"moved": "account.email"}]
    assert found[3] == {"missed": "email.two_ats"}
    assert found[4]["missed"].startswith("email.")
    assert found[5] == {"moved": "account.secure_page"}
    assert found[6:7] == [{"corrected": ["account.email"]}], "the same answer again is no correction"
    assert found[7:] == [{"read_as": "ask_price"}], "what was answered says as what it was read"


async def test_silence_is_traced_where_it_closed(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer(), "/start", "start:buy", "account:new")
        await desk.advance(4 * 24 * 3600)
        await customer.look()
        await customer.say("jan@example.com")

        found = await traces(desk, customer)

    shown = found[3:]
    assert shown == [{"closed": "account.email"}, {"moved": "account.secure_page", "reopened": "account.secure_page"}]


async def test_nothing_that_somebody_said_is_traced(desk: Running) -> None:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new", "marked-words", "jan@example.com")

    assert "marked-words" not in str(await traces(desk, customer))
