"""A contract that was withdrawn from and wholly paid back is over, whichever came first: everywhere, and once."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desk.databases import on, on_each_database
from tests.desk.running import Json, Running, running_desk
from tests.desk.scripted import Person, Scripted, logs_in_again
from tests.desk.test_charges import looks
from tests.desk.test_money_back import comes_back, events
from tests.desk.test_withdrawals import decides

#: In what order the parts of it happen; a number is a part of the money, in minor units.
WAYS: dict[str, tuple[str | int, ...]] = {
    "accepted, then refunded": ("state", "accept", "refund"),
    "refunded, then accepted": ("state", "refund", "accept"),
    "refunded, then stated": ("refund", "state", "accept"),
    "in parts": ("state", 5000, "accept", 10000, "refund"),
}
YEAR = 366 * 86400.0
KEPT = 29 * 86400.0
"""For so long the desk keeps what it told the seller's system."""


@asynccontextmanager
async def payer(folder: Path, locale: str = "pl", **settings: Any) -> AsyncGenerator[tuple[Running, Scripted]]:
    async with running_desk(folder, **settings) as desk:
        yield desk, await Scripted(desk, Person(method="paypal", locale=locale)).run()


async def happens(desk: Running, walker: Scripted, step: str | int) -> None:
    [payment] = (await desk.card(walker.person.email))["payments"]
    match step:
        case "state":
            await walker.customer.say("odstępuję od umowy")
        case "accept":
            agent = await decides(desk, walker.customer, "accept")
            known = (await desk.card(walker.person.email))["conversations"]
            [conversation] = [one for one in known if one["mode"] == "agent"]
            assert (await agent.act(conversation["id"], "done")).status_code == 303
        case "refund":
            await comes_back(desk, payment["id"])
        case _:
            await comes_back(desk, payment["id"], amount=step)


async def stands(desk: Running, walker: Scripted) -> Json:
    card = await desk.card(walker.person.email)
    return card["subscriptions"][0] | {"einvoice": card["einvoice"]["status"]}


@pytest.mark.parametrize("way", WAYS)
@on_each_database
async def test_it_is_over_everywhere_and_once(
    database: str, way: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with payer(tmp_path, **on(database, request)) as (desk, walker):
        *before, last = WAYS[way]
        for step in before:
            await happens(desk, walker, step)
        assert (await stands(desk, walker))["status"] == "active"
        assert (await stands(desk, walker))["einvoice"] == "active"
        assert not await events(desk, "subscription.ended")
        await happens(desk, walker, last)
        over = await stands(desk, walker)
        assert (over["status"], over["end_reason"], over["auto_renewal"]) == ("ended", "withdrawn", False)
        assert over["ends_at"] <= (await desk.now()).isoformat().replace("+00:00", "Z")
        assert over["einvoice"] == "off"
        told = await looks(walker.customer) + walker.customer.said[-1]
        assert "umowa" in told.lower()
        assert "zakończona" in told
        await walker.customer.say("zone:home")
        assert "nie jest już aktywna" in walker.customer.said[-1]
        await desk.advance(KEPT)
        [ended] = await events(desk, "subscription.ended")
        assert ended["ends_at"] == over["ends_at"]
        assert len(await events(desk, "order.withdrawn")) == 1
        await desk.advance(YEAR)
        assert len((await desk.card(walker.person.email))["orders"]) == 1, "nothing renews it"


async def test_a_whole_refund_alone_lets_the_term_run_and_is_not_called_paid(tmp_path: Path) -> None:
    """Only the seller knows why the money went back."""
    async with payer(tmp_path) as (desk, walker):
        await happens(desk, walker, "refund")
        await looks(walker.customer)
        assert (await stands(desk, walker))["status"] == "active"
        for said in ("zone:home", "zone:my_account", "do kiedy mam opłacone?", "zmień plan", "czy wpłata dotarła?"):
            await walker.customer.say(said)
            shown = "\n".join(walker.customer.said[-1:])
            assert "opłacon" not in shown.lower(), (said, shown)
        await walker.customer.say("zone:my_account")
        assert "Umowa: zwrócono 367,77 zł, całą wpłatę" in walker.customer.said[-1].replace("\xa0", " ")


ROWS = {
    "pl": ("odstępuję od umowy", "Umowa: odstąpienie zgłoszone ", "toku", "zwrócono 50,00 zł", "przyślemy link"),
    "it": (
        "recedo dal contratto",
        "Contratto: recesso dichiarato il ",
        ", in esame",
        "rimborsati 50,00 PLN",
        "mandiamo un link",
    ),
    "en": (
        "I withdraw from the contract",
        "Contract: withdrawal stated on ",
        "looked at",
        "PLN 50.00 refunded",
        "we send a payment link",
    ),
}


@pytest.mark.parametrize("locale", ROWS)
async def test_the_zone_reads_its_rows_when_they_are_shown(tmp_path: Path, locale: str) -> None:
    words, stated, waits, refunded, charge = ROWS[locale]
    async with payer(tmp_path, locale) as (desk, walker):
        await walker.say("zone:my_account")
        assert charge in walker.customer.said[-1]
        await walker.say(words)
        await walker.say("zone:my_account")
        shown = walker.customer.said[-1]
        assert stated in shown
        assert waits in shown
        assert charge not in shown, "nothing is charged while it waits"
        await happens(desk, walker, 5000)
        await looks(walker.customer)
        await walker.say("zone:my_account")
        assert refunded in walker.customer.said[-1].replace("\xa0", " ")


async def test_what_another_chat_changed_is_seen_at_once(tmp_path: Path) -> None:
    async with payer(tmp_path) as (desk, walker):
        other = desk.customer()
        await other.say("/start")
        await other.say("zaloguj")
        await logs_in_again(other, walker.person.email)
        await other.say("zone:my_account")
        assert "przyślemy link" in other.said[-1]
        await walker.say("odstępuję od umowy")
        await other.say("zone:my_account")
        assert "odstąpienie zgłoszone" in other.said[-1]
        assert "przyślemy link" not in other.said[-1]
        await happens(desk, walker, "accept")
        await other.say("do kiedy mam opłacone?")
        assert "opłacon" in other.said[-1], "the money isn't back yet"
        await happens(desk, walker, "refund")
        for said in ("zone:home", "zone:my_account"):
            await other.say(said)
            assert "nie jest już aktywna" in other.said[-1] or "Usługa wygasła" in other.said[-1]
