"""A turn that raises is undone alone, apologised for and told to whoever is on call; its conversation goes on.

Whichever dialog is broken, the ways out still work; what a later release has changed waits for it."""

import json
import sqlite3
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from msgspec.structs import force_setattr

from bot.conversation import codec, dispatch, turn
from bot.conversation.identity import conversation_id
from bot.usecases.commands import CommandTable
from dialogs.journey import ALL
from dialogs.kit import Journey
from dialogs.versions import VERSION
from services.store import conversations, events
from services.store.errors import StoreUnavailable
from services.store.tables.core import conversation as table
from tests.desk.full_disk import Disk
from tests.desk.running import Customer, Running, running_desk
from tests.kit.talks import says
from tests.nightly import portion

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
    found = rows(tmp_path, "SELECT json_extract(data, '$.error') FROM journal WHERE kind = 'failed'")
    assert found == [("PoisonedError",)]
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
            await desk.installation.store.write(lambda c, event=event: events.store_event(c, event))
    async with running_desk(tmp_path) as desk:
        assert rows(tmp_path, "SELECT count(*) FROM event WHERE done_at IS NULL") == [(0,)]
        customer.http = desk.http
        await customer.say("/help")
        assert customer.expects == "secure_page"


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


ANEW = "Zaczynamy od nowa, bo coś się u nas zepsuło"


@pytest.fixture(scope="module")
async def one_desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    async with running_desk(tmp_path_factory.mktemp("one_desk")) as found:
        yield found


def poisoned(*_args: Any, **_more: Any) -> Any:
    raise PoisonedError


@contextmanager
def reached(journey: Journey, name: str) -> Generator[None]:
    """The conditions of this dialog raise, and are looked at first."""
    before = journey._asked
    step = next(iter(ALL[name].steps), before[0][1][0][0])
    journey._asked = ((name, ((step, poisoned, poisoned),)), *before)
    try:
        yield
    finally:
        journey._asked = before


@contextmanager
def reacting(journey: Journey, name: str) -> Generator[None]:
    """The reactions of this dialog raise, those of its steps too, as do the words that its steps need."""
    dialog, before = ALL[name], dict(ALL[name].everywhere)
    given = {step.path: (step.params, step.options, dict(step.reactions)) for step in dialog.steps}
    dialog.everywhere.update(dict.fromkeys(before, poisoned))
    for step in dialog.steps:
        force_setattr(step, "params", poisoned)
        force_setattr(step, "options", poisoned)
        step.reactions.update(dict.fromkeys(step.reactions, poisoned))
    try:
        yield
    finally:
        dialog.everywhere.update(before)
        for step in dialog.steps:
            params, options, reactions = given[step.path]
            force_setattr(step, "params", params)
            force_setattr(step, "options", options)
            step.reactions.update(reactions)


async def at_the_email(one_desk: Running) -> Customer:
    customer = await says(one_desk.customer(), "/start", "start:buy", "account:new")
    assert customer.at == "account.email"
    return customer


ELSEWHERE = ("cart", "on_file", "lost_password", "renewal", "reminder", "orderer")
"""Dialogs that this seller's customers never come to."""
BROKEN = portion([name for name in ALL if name not in ELSEWHERE], 3)


@pytest.mark.parametrize("command", ["/restart", "/cancel", "/agent", "cmd:restart"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_dialog_that_is_reached_and_raises(one_desk: Running, name: str, command: str) -> None:
    customer, journey = await at_the_email(one_desk), one_desk.installation.container.turn.states.journey
    with reached(journey, name):
        await customer.say("anna@example.com")
        assert SORRY in customer.said[-1]
        await customer.say(command)
        assert SORRY not in customer.said[-1]
        assert ("konsultantowi" if command == "/agent" else ANEW) in customer.said[-1]
        assert customer.custom["mode"] == ("waiting" if command == "/agent" else "bot")
        assert await customer.look()
    await customer.say("/help")
    assert SORRY not in customer.said[-1]
    if command != "/agent":
        assert customer.at == "account.start"


@pytest.mark.parametrize("command", ["/restart", "/cancel", "/agent"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_dialog_whose_reactions_and_words_raise(one_desk: Running, name: str, command: str) -> None:
    customer, journey = await at_the_email(one_desk), one_desk.installation.container.turn.states.journey
    with reacting(journey, name):
        before, told = len(customer.said), len(await one_desk.outbox("pomoc@fakturasmart.example"))
        await customer.say(command)
        assert len(customer.said) > before
        assert SORRY not in customer.said[-1]
        assert customer.custom["mode"] == ("waiting" if command == "/agent" else "bot")
    if command == "/agent":
        await one_desk.advance(7200)  # a timer whose turn raised comes again after an hour
        assert len(await one_desk.outbox("pomoc@fakturasmart.example")) == told + 1, "support is told, too"


async def test_a_state_that_nobody_can_read_is_left_by_starting_again(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as one_desk:
        customer = await at_the_email(one_desk)
        one_desk.installation.desk._loader._remembered.pop(rows(tmp_path, "SELECT id FROM conversation")[0][0])
        unread = "UPDATE conversation SET state = '{\"account\": 7}'"
        await one_desk.installation.store.write(lambda c: c.exec_driver_sql(unread))
        await customer.say("halo")
        assert SORRY in customer.said[-1]
        await customer.say("/restart")
        assert ANEW in customer.said[-1]
        await customer.say("start:buy")
        assert customer.at == "account.account"


async def test_a_way_out_of_a_state_that_cant_be_read_ends_its_log_in(one_desk: Running) -> None:
    store, customer = one_desk.installation.store, await at_the_email(one_desk)
    conversation = conversation_id("rest", customer.sender)
    names_an_account = {"account": {"login": {"id": "acc"}, "accepted": 7}}

    broken = {"state": names_an_account, "account_id": "acc", "revision": table.c.revision + 1}
    await store.write(lambda c: c.execute(sa.update(table).where(table.c.id == conversation).values(broken)))
    await customer.say("/restart")
    found = await store.read(lambda c: conversations.load(c, conversation, lock=False))
    assert found is not None
    assert found.account_id is None


def change(folder: Path, how: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """What another process does to the one conversation there is."""
    with closing(sqlite3.connect(folder / "okienko.sqlite")) as database, database:
        ((stored,),) = database.execute("SELECT state FROM conversation").fetchall()
        state = json.dumps(how(json.loads(stored)))
        database.execute("UPDATE conversation SET state = ?, revision = revision + 1", (state,))


def taken(folder: Path) -> list[tuple[str, int]]:
    """The messages taken so far, and whether their turn failed."""
    with closing(sqlite3.connect(folder / "okienko.sqlite")) as database:
        return database.execute("SELECT key, failed FROM inbound").fetchall()


async def answers(desk: Running, customer: Customer, text: str) -> int:
    body = {"sender": customer.sender, "message": text, "metadata": {"message_id": "the-message"}}
    return (await desk.http.post("/webhooks/rest/webhook", json=body)).status_code


async def test_its_messages_are_brought_again_until_somebody_can_read_it(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await says(desk.customer(), "/start", "start:buy", "account:new")
        before = taken(tmp_path)

        change(tmp_path, lambda state: state | {"v": 10_000})
        assert await answers(desk, customer, "anna@example.com") == 503
        assert (await desk.http.get("/webhooks/rest/events", params={"sender": customer.sender})).status_code == 503
        assert taken(tmp_path) == before, "it counts as taken, and won't be brought again"

        change(tmp_path, lambda state: state | {"v": VERSION})
        assert await answers(desk, customer, "anna@example.com") == 200
        await customer.look()
        assert customer.at == "account.secure_page"
        assert [failed for _, failed in taken(tmp_path)] == [0] * (len(before) + 1)
