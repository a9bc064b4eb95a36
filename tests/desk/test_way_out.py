"""Whichever dialog is broken: start again, give up and ask for a person still work, and the customer is answered."""

from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import force_setattr

from bot.conversation.identity import conversation_id
from dialogs.journey import ALL
from dialogs.kit import Journey
from services.store import conversations
from services.store.tables.core import conversation as table
from tests.desk.running import Customer, Running, running_desk
from tests.desk.test_turn_failing import SORRY, PoisonedError, rows
from tests.kit.talks import says
from tests.nightly import portion

ANEW = "Zaczynamy od nowa, bo coś się u nas zepsuło"


@pytest.fixture(scope="module")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Running]:
    async with running_desk(tmp_path_factory.mktemp("desk")) as found:
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


async def at_the_email(desk: Running) -> Customer:
    customer = await says(desk.customer(), "/start", "start:buy", "account:new")
    assert customer.at == "account.email"
    return customer


ELSEWHERE = ("cart", "on_file", "lost_password", "renewal", "reminder", "orderer")
"""Dialogs that this seller's customers never come to."""
BROKEN = portion([name for name in ALL if name not in ELSEWHERE], 3)


@pytest.mark.parametrize("command", ["/restart", "/cancel", "/agent", "cmd:restart"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_dialog_that_is_reached_and_raises(desk: Running, name: str, command: str) -> None:
    customer, journey = await at_the_email(desk), desk.installation.container.turn.states.journey
    with reached(journey, name):
        await customer.say("anna@example.com")
        assert SORRY in customer.said[-1]
        await customer.say(command)
        assert SORRY not in customer.said[-1]
        expected = "konsultantowi" if command == "/agent" else ANEW
        assert expected in customer.said[-1]
        assert customer.custom["mode"] == ("waiting" if command == "/agent" else "bot")
        assert await customer.look()
    await customer.say("/help")
    assert SORRY not in customer.said[-1]
    if command != "/agent":
        assert customer.at == "account.start"


@pytest.mark.parametrize("command", ["/restart", "/cancel", "/agent"])
@pytest.mark.parametrize("name", BROKEN)
async def test_a_dialog_whose_reactions_and_words_raise(desk: Running, name: str, command: str) -> None:
    customer, journey = await at_the_email(desk), desk.installation.container.turn.states.journey
    with reacting(journey, name):
        before, told = len(customer.said), len(await desk.outbox("pomoc@fakturasmart.example"))
        await customer.say(command)
        assert len(customer.said) > before
        assert SORRY not in customer.said[-1]
        assert customer.custom["mode"] == ("waiting" if command == "/agent" else "bot")
    if command == "/agent":
        await desk.advance(7200)  # a timer whose turn raised comes again after an hour
        assert len(await desk.outbox("pomoc@fakturasmart.example")) == told + 1, "support is told, too"


async def test_a_state_that_nobody_can_read_is_left_by_starting_again(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        customer = await at_the_email(desk)
        desk.installation.desk._loader._remembered.pop(rows(tmp_path, "SELECT id FROM conversation")[0][0])
        unread = "UPDATE conversation SET state = '{\"account\": 7}'"
        await desk.installation.store.write(lambda c: c.exec_driver_sql(unread))
        await customer.say("halo")
        assert SORRY in customer.said[-1]
        await customer.say("/restart")
        assert ANEW in customer.said[-1]
        await customer.say("start:buy")
        assert customer.at == "account.account"


async def test_a_way_out_of_a_state_that_cant_be_read_ends_its_log_in(desk: Running) -> None:
    store, customer = desk.installation.store, await at_the_email(desk)
    conversation = conversation_id("rest", customer.sender)
    names_an_account = {"account": {"login": {"id": "acc"}, "accepted": 7}}

    broken = {"state": names_an_account, "account_id": "acc", "revision": table.c.revision + 1}
    await store.write(lambda c: c.execute(sa.update(table).where(table.c.id == conversation).values(broken)))
    await customer.say("/restart")
    found = await store.read(lambda c: conversations.load(c, conversation, lock=False))
    assert found is not None
    assert found.account_id is None
