"""A seller whose letter waits until after the payment: bought unproven, proven later, held where it never is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from bot.simulation.pages import code_in
from tests.abroad import profile_with
from tests.desk.databases import desk_on, on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, bought, only
from tests.desk.test_api_directory import invoice

WAITS = '\n[sign_up]\nemail = "after_payment"\n'
WEEK_S = 7 * 24 * 3600 + 60
DUE = "Potwierdź jeszcze e-mail"


@pytest.fixture
def database() -> str:
    """Where a test isn't made on each."""
    return "sqlite"


@pytest.fixture
async def waiting(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    profile = profile_with(tmp_path / "seller", WAITS)
    async with desk_on(database, request, tmp_path / "data", profile=profile) as desk:
        yield desk


async def email_of(desk: Running, who: Scripted) -> tuple[str, bool]:
    """The account's status, and whether its e-mail is proven."""
    card = await desk.card(who.person.email)
    [email] = [one for one in card["contacts"] if one["kind"] == "email"]
    return card["account"]["status"], email["verified_at"] is not None


async def letters(desk: Running, who: Scripted) -> list[Any]:
    return await desk.outbox(who.person.email)


@on_each_database
async def test_whoever_proved_a_phone_buys_and_proves_the_address_later(waiting: Running) -> None:
    buyer = await Scripted(waiting).run("payment")
    assert "order.email_link" not in buyer.trail
    assert await email_of(waiting, buyer) == ("active", False)
    await buyer.run()
    assert sum(said.count(DUE) for said in buyer.customer.said) == 1
    assert only((await waiting.card(buyer.person.email))["orders"])["status"] == "paid"
    await buyer.say("przyślij maila jeszcze raz")
    await buyer.say(code_in((await letters(waiting, buyer))[-1]["text"]))
    assert await email_of(waiting, buyer) == ("active", True)


async def test_the_letters_link_does_as_well(waiting: Running) -> None:
    buyer = await bought(waiting)
    [letter] = [one for one in await letters(waiting, buyer) if "/s/" in "".join(one["links"])]
    assert (await waiting.http.post(letter["links"][0])).status_code == 200
    assert await email_of(waiting, buyer) == ("active", True)


async def test_an_address_of_another_account_is_never_bought_on(waiting: Running) -> None:
    owner = await bought(waiting)
    thief = await Scripted(waiting, Person(email=owner.person.email)).run("email_link")
    assert thief.customer.at == "order.email_link"
    for said in ("000000", "pay:now", "method:blik"):
        await thief.say(said)
    assert thief.customer.at == "order.email_link"
    assert len((await waiting.card(owner.person.email))["orders"]) == 1


@on_each_database
async def test_unproven_after_a_week_an_alarm_is_raised_once_and_notices_of_invoices_are_held(
    waiting: Running,
) -> None:
    with structlog.testing.capture_logs() as logs:
        buyer, prompt = await bought(waiting), await bought(waiting)
        await waiting.http.post((await letters(waiting, prompt))[0]["links"][0])
        theirs = {
            name: (await waiting.card(who.person.email))["id"] for name, who in (("late", buyer), ("in time", prompt))
        }
        await waiting.advance(WEEK_S)
        await waiting.advance(WEEK_S)
        alarms = [entry for entry in logs if entry["event"] == "email_unproven"]
        assert [(one["account"], one["alarm"]) for one in alarms] == [(theirs["late"], True)]

    async def noticed(who: Scripted, number: str) -> bool:
        before = len(await letters(waiting, who))
        of = (await waiting.card(who.person.email))["id"]
        assert (await invoice(waiting, customer_id=of, number=number)).status_code == 201
        await waiting.advance(1)
        return len(await letters(waiting, who)) > before

    assert (await noticed(buyer, "F/1"), await noticed(prompt, "F/2")) == (False, True)
    await buyer.say("zone:invoices")
    assert "Masz tu jedną fakturę" in buyer.customer.said[-1], "it stands in the zone"
    await buyer.say("przyślij maila jeszcze raz")
    await waiting.http.post((await letters(waiting, buyer))[-1]["links"][0])
    assert await noticed(buyer, "F/3")
