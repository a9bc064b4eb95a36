"""A turn that raises is undone alone, apologised for and told to whoever is on call; its conversation goes on."""

import json
import sqlite3
from collections.abc import AsyncGenerator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.conversation import codec, dispatch, turn
from bot.usecases.commands import CommandTable
from dialogs.kit import Event, TimerDue
from services.store import events
from services.store.errors import StoreUnavailable
from tests.desk.full_disk import Disk
from tests.desk.running import Customer, Running, running_desk
from tests.kit.talks import says

PASSWORD = "Trzy-zielone-parasole-7"
PHONE = "512 000 999"
SORRY = "Coś się u nas zepsuło"


class PoisonedError(Exception):
    """Its words hold what must not be logged."""

    def __init__(self) -> None:
        super().__init__(f"canary {PHONE}")


async def at_the_page(desk: Running) -> Customer:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new", "anna@example.com")
    assert customer.expects == "secure_page"
    return customer


async def fill(customer: Customer) -> int:
    form = {"password": PASSWORD, "password_repeat": PASSWORD}
    return (await customer.submit(customer.link("secure_page")["href"], **form)).status_code


async def at_the_phone(desk: Running) -> Customer:
    customer = await at_the_page(desk)
    await fill(customer)
    await customer.say("consents:required")
    assert customer.expects == "phone"
    return customer


def breaks(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, when: Callable[..., bool]) -> None:
    """Makes a function raise in some cases."""
    inner = getattr(owner, name)

    def broken(*args: Any, **more: Any) -> Any:
        if when(*args):
            raise PoisonedError
        return inner(*args, **more)

    monkeypatch.setattr(owner, name, broken)


def rows(folder: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "okienko.sqlite")) as database:
        return database.execute(query).fetchall()


def alarms(logs: Any) -> list[Any]:
    return [line for line in logs if line.get("alarm")]


async def test_a_message_whose_act_breaks(desk: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await at_the_phone(desk)
    with monkeypatch.context() as patch, structlog.testing.capture_logs() as logs:
        breaks(patch, CommandTable, "perform", lambda _acts, act, _done: type(act).__name__ == "IssueCode")
        await customer.say(PHONE, "poisoned")
        assert SORRY in customer.said[-1]
        assert customer.buttons == ["/help", "/agent"]
        assert customer.at == "contact.phone", "nothing of it stays"
        await customer.say("/help")
        assert customer.at == "contact.phone", "the conversation isn't blocked"
        answers = len(customer.said)
        await customer.say(PHONE, "poisoned")
        assert SORRY in customer.said[-1], "a repeat gets the same answer"
        assert len(customer.said) == answers + 1
    assert [line["event"] for line in alarms(logs)] == ["turn_failed"]
    written = json.dumps(logs, default=str).replace(" ", "")
    assert PHONE.replace(" ", "") not in written, "what was written stays out of the log"
    assert rows(tmp_path, "SELECT count(*) FROM inbound WHERE failed = 1") == [(1,)]
    assert rows(tmp_path, "SELECT json_extract(data, '$.error') FROM journal WHERE kind = 'failed'") == [
        ("PoisonedError",)
    ]
    await customer.say(PHONE)
    assert customer.expects == "contact_code"


async def test_a_result_whose_turn_breaks(desk: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await at_the_phone(desk)
    with monkeypatch.context() as patch, structlog.testing.capture_logs() as logs:
        breaks(patch, codec, "event_from", lambda name, _fields: name == "CodeSent")
        await customer.say(PHONE)
        assert SORRY in customer.said[-1]
    assert [line["event"] for line in alarms(logs)] == ["turn_failed"]
    assert rows(tmp_path, "SELECT status FROM call WHERE kind = 'SendCode'") == [("failed",)]
    await customer.say("/help")
    assert customer.expects == "contact_code", "it doesn't wait for a result that will never come"


async def test_an_event_whose_turn_breaks(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await at_the_page(desk)
    with monkeypatch.context() as patch, structlog.testing.capture_logs() as logs:
        breaks(patch, turn, "decide", lambda _journey, _case, event: type(event).__name__ == "PasswordSet")
        assert await fill(customer) in (200, 303)
        await customer.look()
        assert SORRY in customer.said[-1]
    assert [line["event"] for line in alarms(logs)] == ["turn_failed"]
    await customer.say("secure_page:again")
    assert await fill(customer) in (200, 303)
    await customer.look()
    assert customer.expects == "consents"


async def test_an_event_nobody_can_read_does_not_keep_the_desk_from_starting(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await at_the_page(desk)
        known = (await desk.installation.desk.conversation("rest", customer.sender)) or ""
        now = desk.installation.clock.now()
        for number, kind in enumerate(("OfAnotherRelease", "PasswordSet", "PasswordSet")):
            event = events.StoredEvent(f"e{number}", known if number < 2 else "nobody", kind, {}, now)
            await desk.installation.store.write(lambda c, event=event: events.put(c, event))
    async with running_desk(tmp_path) as desk:
        assert rows(tmp_path, "SELECT count(*) FROM event WHERE done_at IS NULL") == [(0,)]
        customer.http = desk.http
        await customer.say("/help")
        assert customer.expects == "secure_page"


async def test_a_timer_whose_turn_breaks_comes_again(
    desk: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await at_the_page(desk)

    def is_silence(_journey: Any, _case: Any, event: Event) -> bool:
        return isinstance(event, TimerDue) and event.kind == "silence"

    with monkeypatch.context() as patch, structlog.testing.capture_logs() as logs:
        breaks(patch, turn, "decide", is_silence)
        await desk.advance(3700)
        await customer.look()
        assert "Czekam jeszcze na odpowiedź" not in customer.said[-1]
    assert "turn_failed" in [line["event"] for line in alarms(logs)]
    assert rows(tmp_path, "SELECT kind FROM timer") == [("silence",)]
    await desk.advance(3700)
    await customer.look()
    assert "Czekam jeszcze na odpowiedź" in customer.said[-1]


async def test_the_full_disk_is_answered_503_and_loses_nothing(desk: Running) -> None:
    customer, disk = await at_the_page(desk), Disk(desk)
    await disk.fill()

    async def say(number: int) -> int:
        metadata = {"message_id": f"m{number}"}
        body = {"sender": customer.sender, "message": f"{number} {'ą' * 3000}", "metadata": metadata}
        answer = await desk.http.post("/webhooks/rest/webhook", json=body)
        assert answer.status_code != 503 or int(answer.headers["retry-after"]) > 0
        return answer.status_code

    taken = 0
    while await say(taken) == 200:
        taken += 1
        assert taken < 500, "the disk is never full"
    page = await fill(customer)
    assert page in (200, 303, 503), "a small page may still find room"
    await disk.clear()
    assert {await say(number) for number in range(taken + 5)} == {200}
    conversation = await desk.installation.desk.conversation("rest", customer.sender)
    lines = await desk.installation.desk.messages(conversation or "", with_customer=True)
    said = [line.text.split()[0] for line in lines if line.author == "customer"]
    assert sorted(said[4:], key=int) == [str(number) for number in range(taken + 5)], "each once"
    assert page != 503 or await fill(customer) in (200, 303)
    await customer.look()
    assert customer.expects == "consents"


@pytest.fixture
async def sweeping_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Running]:
    monkeypatch.setattr(dispatch, "SWEEP_S", 0.05)
    async with running_desk(tmp_path) as found:
        yield found


async def test_an_event_whose_turn_could_not_be_stored_is_taken_up_without_a_restart(
    sweeping_desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = sweeping_desk
    customer, store = await at_the_page(desk), desk.installation.store
    write, refused = store.write, 0

    async def sometimes(work: Any, **how: Any) -> Any:
        nonlocal refused
        if "Dispatcher.tell." in work.__qualname__ and not refused:
            refused += 1
            raise StoreUnavailable("no store")
        return await write(work, **how)

    monkeypatch.setattr(store, "write", sometimes)
    assert await fill(customer) in (200, 303)
    assert refused
    await customer.look()
    assert customer.expects == "secure_page"
    await desk.advance(30)
    while customer.expects == "secure_page":
        await customer.look()
    assert customer.expects == "consents"
