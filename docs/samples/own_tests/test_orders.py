"""Tests of your own profile: copy this file to `DIR/tests/`, install pytest, and run `pytest DIR/tests`.

Each opens a desk with the profile beside it, and a sandbox; a customer comes, and the API says what became of that.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.testing import Customer, DeskClient, Person, opened_desk

PROFILE = Path(__file__).parents[1]
pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskClient]:
    async with opened_desk(PROFILE, tmp_path) as opened:
        yield opened


async def test_a_customer_signs_up_orders_and_pays(desk: DeskClient) -> None:
    anna = Customer(desk, Person(method="blik", locale="pl", nip="123-456-32-18"))
    await anna.run("payment")
    [order] = (await desk.card(anna.person.email))["orders"]
    assert (order["status"], order["method"]) == ("placed", "blik")
    await anna.run()
    [order] = (await desk.card(anna.person.email))["orders"]
    assert order["status"] == "paid"


async def test_whose_payment_fails_is_offered_another_way(desk: DeskClient) -> None:
    anna = Customer(desk, Person(outcome="failed"))
    await anna.run("payment")
    await anna.pay()
    assert "method:card" in anna.door.buttons
    [order] = (await desk.card(anna.person.email))["orders"]
    assert order["status"] == "placed"


async def test_the_year_is_announced_before_it_ends(desk: DeskClient) -> None:
    anna = await Customer(desk).run()
    before = len(await desk.outbox(anna.person.email))
    await desk.advance(360 * 86_400)
    assert len(await desk.outbox(anna.person.email)) > before
