"""When `expects` says `wait`: only a result that may change what is asked holds the customer up."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.app.sandboxed import OwnSandbox
from tests.desk.running import Running, running_desk
from tests.desk.scripted import PASSWORD, Person, Scripted, until
from tests.kit.talks import says


@pytest.fixture
def answered(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """A stand-in that is slow answers when this is set."""
    event = asyncio.Event()

    async def held(_seconds: float) -> None:
        await event.wait()

    monkeypatch.setattr("bot.app.installation.OwnSandbox", partial(OwnSandbox, sleep=held))
    return event


async def standing(desk: Running, scripted: Scripted) -> Any:
    params = {"sender": scripted.customer.sender, "after": "0"}
    return (await desk.http.get("/webhooks/rest/events", params=params)).json()[-1]["custom"]


async def asked(desk: Running, provider: str) -> bool:
    return bool((await desk.http.get("/sandbox/api/calls", params={"provider": provider})).json())


async def test_a_result_of_the_open_dialog_is_waited_for(tmp_path: Path, answered: asyncio.Event) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk).run("phone")
        await desk.fault("smsapi", "slow", 1)
        asking = asyncio.create_task(scripted.customer.say(scripted.person.phone))
        await until(partial(asked, desk, "smsapi"))
        assert (await standing(desk, scripted))["expects"] == "wait"
        answered.set()
        await asking
        assert scripted.customer.expects == "contact_code"


async def test_a_second_question_about_money_that_has_come_holds_nobody_up(
    tmp_path: Path, answered: asyncio.Event
) -> None:
    async with running_desk(tmp_path) as desk:
        scripted = await Scripted(desk).run("payment")
        link = scripted.customer.link("payment")
        assert (await desk.http.get(link["href"])).status_code == 303
        await desk.fault("przelewy24", "slow", 1)
        paying = asyncio.create_task(desk.pay(link["id"]))

        async def is_paid() -> bool:
            await scripted.customer.look()
            return scripted.customer.at == "einvoice.einvoice"

        await until(is_paid)
        assert scripted.customer.expects == "choice"
        answered.set()
        await paying
        await scripted.run()


async def test_a_sign_up_left_alone_goes_on_after_four_weeks(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        left = await Scripted(desk).run("consents")
        sender, person = left.customer.sender, left.person
        await desk.advance(29 * 86400)
    async with running_desk(tmp_path) as desk:
        again = Scripted(desk, person)
        again.customer.sender = sender
        await again.customer.say("/help")
        assert again.customer.expects == "consents"
        await again.run()
        assert await log_in(desk, person) == 200


async def test_a_sign_up_left_for_longer_than_it_is_kept_begins_anew(tmp_path: Path) -> None:
    async with running_desk(tmp_path) as desk:
        left = await Scripted(desk).run("consents")
        sender, person = left.customer.sender, left.person
        await desk.advance(100 * 86400)
    async with running_desk(tmp_path) as desk:
        again = Scripted(desk, person)
        again.customer.sender = sender

        async def is_forgotten() -> bool:
            return (await again.customer.look())["step"] == "start"

        await until(is_forgotten)
        assert await log_in(desk, person) == 422, "an unused password isn't kept for ever"
        await again.customer.say("/start")
        await again.run()
        assert await log_in(desk, person) == 200


async def log_in(desk: Running, person: Person) -> int:
    """How the page answers to this person's address and password."""
    login = await says(desk.customer(), "/start", "start:log_in")
    return (await login.submit(login.link("secure_page")["href"], login=person.email, password=PASSWORD)).status_code
