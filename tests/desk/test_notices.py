"""Payment notices twice, late, in another order, after the cancel or the expiry, forged, never: money counts once."""

import asyncio
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.desk.databases import desks_on, on_each_database
from tests.desk.post_office import post_office
from tests.desk.replicas import Replicas
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, only, until
from tests.desk.test_rest_journeys import assert_finished

METHODS = ("blik", "paypal")


async def at_the_payment(desk: Running, method: str, **person: Any) -> Scripted:
    return await Scripted(desk, Person(method=method, **person)).run("payment")


async def pays(desk: Running, scripted: Scripted, notify: str = "once") -> None:
    """Pays at the provider; what it sends lies at the post office."""
    await desk.pay(scripted.customer.link("payment")["id"], "paid", notify)


async def status(desk: Running, scripted: Scripted) -> tuple[str, str]:
    """Of the only order and its only payment."""
    card = await desk.card(scripted.person.email)
    return only(card["orders"])["status"], only(card["payments"])["status"]


async def until_paid(desks: Replicas, scripted: Scripted) -> None:
    """What a notice causes runs after its answer."""

    async def is_paid() -> bool:
        return await status(desks.all, scripted) == ("paid", "paid")

    await until(is_paid)


async def finished(desks: Replicas, scripted: Scripted) -> None:
    """To the end, once the desk knows of the money."""
    await until_paid(desks, scripted)
    await scripted.customer.settled()
    await scripted.run()
    await assert_finished(desks.all, scripted)


@on_each_database
async def test_two_to_five_times_at_once_in_any_order_and_days_later(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    dice = random.Random(11)
    async with post_office() as office, desks_on(database, request, tmp_path, office) as desks:
        people = [await at_the_payment(desks.all, method) for method in METHODS]
        for scripted in people:
            await pays(desks.all, scripted)
        notices, returns = office.notices(), office.returns()
        assert len(notices) >= len(returns) == len(people)
        for notice in notices:
            refused = await office.bring(notice.forged(), 3)
            assert all(400 <= answer < 500 for answer in refused), refused
        for scripted in people:
            assert await status(desks.all, scripted) == ("placed", "pending"), "a forged notice moves nothing"
        copies = [what for what in (*notices, *returns) for _ in range(dice.randint(2, 5))]
        dice.shuffle(copies)
        answers = [only(found) for found in await asyncio.gather(*(office.bring(copy) for copy in copies))]
        assert set(answers) <= {200, 303}, answers
        for scripted in people:
            await finished(desks, scripted)
        said = [len(scripted.customer.said) for scripted in people]
        await desks.all.advance(3 * 86400)
        for notice in (*notices, *returns):
            await office.bring(notice, 2)
        for scripted, before in zip(people, said, strict=True):
            await scripted.customer.settled()
            assert len(scripted.customer.said) == before, "nobody is told of it again"
            await assert_finished(desks.all, scripted)


@pytest.mark.parametrize(("database", "method"), [("sqlite", "paypal"), ("postgresql", "blik")])
async def test_money_told_of_after_the_cancel_counts_once(
    tmp_path: Path, database: str, method: str, request: pytest.FixtureRequest
) -> None:
    async with post_office() as office, desks_on(database, request, tmp_path, office) as desks:
        scripted = await at_the_payment(desks.all, method)
        await pays(desks.all, scripted)
        await scripted.customer.say("/cancel")
        assert await status(desks.all, scripted) == ("cancelled", "cancelled")
        for notice in [*office.notices(), *office.returns()]:
            await office.bring(notice, 3)
        await until_paid(desks, scripted)


async def test_money_told_of_after_the_expiry_counts_once(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    profile = shutil.copytree("profiles/fakturasmart", tmp_path / "profile")
    written = (profile / "profile.toml").read_text()
    (profile / "profile.toml").write_text(written.replace("payment_days = 7", "payment_days = 1"))
    async with post_office() as office, desks_on("sqlite", request, tmp_path, office, profile=profile) as desks:
        scripted = await at_the_payment(desks.all, "blik")
        opened = scripted.customer.link("payment")
        assert (await desks.all.http.get(opened["href"])).status_code == 303
        await desks.all.advance(25 * 3600)
        assert (await status(desks.all, scripted))[1] == "expired"
        await desks.all.pay(opened["id"])
        for notice in [*office.notices(), *office.returns()]:
            await office.bring(notice, 3)
        await until_paid(desks, scripted)


@on_each_database
async def test_lost_ones_are_found_by_asking(tmp_path: Path, database: str, request: pytest.FixtureRequest) -> None:
    async with post_office() as office, desks_on(database, request, tmp_path, office) as desks:
        people = [await at_the_payment(desks.all, method) for method in ("blik", "card", "paypal")]
        for scripted in people:
            await pays(desks.all, scripted)
        assert office.notices()
        assert office.returns()
        for scripted in people:
            assert await status(desks.all, scripted) == ("placed", "pending")
        await desks.all.advance(15 * 60)
        for scripted in people:
            await finished(desks, scripted)
