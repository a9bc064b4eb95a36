"""A contract that was withdrawn from and wholly paid back is over, whichever came first: everywhere, and once."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.desk.databases import on, on_each_database
from tests.desk.running import Json, Running, running_desk
from tests.desk.scripted import Person, Scripted
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


@asynccontextmanager
async def payer(folder: Path, **settings: Any) -> AsyncGenerator[tuple[Running, Scripted]]:
    async with running_desk(folder, **settings) as desk:
        yield desk, await Scripted(desk, Person(method="paypal")).run()


async def happens(desk: Running, walker: Scripted, step: str | int) -> None:
    [payment] = (await desk.card(walker.person.email))["payments"]
    match step:
        case "state":
            await walker.customer.say("odstępuję od umowy")
        case "accept":
            agent = await decides(desk, walker.customer, "accept")
            [conversation] = (await desk.card(walker.person.email))["conversations"]
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
        await desk.advance(YEAR)
        [ended] = await events(desk, "subscription.ended")
        assert ended["ends_at"] == over["ends_at"]
        assert len(await events(desk, "order.withdrawn")) == 1
        assert len((await desk.card(walker.person.email))["orders"]) == 1, "nothing renews it"
