"""Payment notices twice, late, in another order, after the cancel or the expiry, forged, never: money counts once.

One that proves itself never waits behind others, and repeats only what has the same contents."""

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from starlette.applications import Starlette

from bot.app.routes import notices_floods
from bot.app.settings import Settings
from bot.handlers.payment_webhooks import PaymentWebhooks
from bot.web.network import counts_all
from sandbox.payments.przelewy24 import P24_CRC
from services.errors import Forged
from services.payments.providers.base import Notice
from services.payments.providers.paypal.adapter import MOST_WAITING, NOTICES_AT_ONCE
from services.payments.providers.przelewy24.webhooks import NOTICE, sign
from tests.desk.databases import desks_on, on_each_database
from tests.desk.post_office import post_office
from tests.desk.replicas import Replicas
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, only, until
from tests.desk.test_rest_journeys import assert_finished


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
        people = [await at_the_payment(desks.all, method) for method in ("blik", "paypal")]
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


FORGED = 30
TURNED_AWAY = FORGED - MOST_WAITING


async def test_a_genuine_notice_is_booked_while_forged_ones_wait_for_paypal(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with post_office() as office, desks_on("sqlite", request, tmp_path, office) as desks:
        paying = await at_the_payment(desks.all, "paypal")
        await pays(desks.all, paying)
        genuine, *_more = office.notices()
        await desks.all.fault("paypal", "timeout", NOTICES_AT_ONCE)
        crowd = [asyncio.create_task(office.bring(genuine.forged())) for _ in range(FORGED)]

        async def answered() -> bool:
            return sum(task.done() for task in crowd) >= TURNED_AWAY

        await until(answered)
        assert [task.result() for task in crowd if task.done()] == [[503]] * TURNED_AWAY
        assert await office.bring(genuine) == [200]
        assert sum(task.done() for task in crowd) == TURNED_AWAY, "the others are still waiting for PayPal"
        await finished(desks, paying)
        for task in crowd:
            task.cancel()


class Hearsay:
    """A provider none of whose notices proves itself or is its own."""

    name = "paypal"

    async def proven_notice(self, _headers: Mapping[str, str], body: bytes) -> Notice | None:
        return cast(Notice, "proven") if body == b"proven" else None

    async def read_notice(self, _headers: Mapping[str, str], _body: bytes) -> Notice:
        raise Forged("notice")


class Books:
    """A desk that stores whatever is proven."""

    async def happen(self, _store: Any) -> None:
        return


async def test_a_network_brings_so_many_that_dont_prove_themselves_and_all_that_do() -> None:
    floods = notices_floods(Settings(_env_file=None, sandbox="off", rate_limits="on"))  # type: ignore[call-arg]
    providers = cast(Any, {"paypal": Hearsay()})
    webhooks = PaymentWebhooks(cast(Any, Books()), providers, cast(Any, None), *floods, counts_all)
    app = httpx.ASGITransport(Starlette(routes=webhooks.routes()), client=("203.0.113.7", 1))
    async with httpx.AsyncClient(transport=app, base_url="http://desk.example") as http:

        async def bring(body: bytes) -> int:
            return (await http.post("/webhooks/payments/paypal", content=body)).status_code

        answers = [await bring(b"forged") for _ in range(90)]
        assert set(answers[:60]) == {400}
        assert 429 in answers[60:]
        assert await bring(b"proven") == 200


async def test_a_rightly_signed_notice_of_another_currency_doesnt_keep_the_right_one_from_being_booked(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    async with post_office() as office, desks_on("postgresql", request, tmp_path, office, 3) as desks:
        paying = await at_the_payment(desks.all, "blik")
        await pays(desks.all, paying)
        (right,) = office.notices()
        told = json.loads(right.body) | {"currency": "EUR"}
        other = {**told, "sign": sign(NOTICE, {name: told[name] for name in NOTICE}, P24_CRC)}
        assert await office.bring(replace(right, body=json.dumps(other).encode()), 3) == [200] * 3
        assert await status(desks.all, paying) == ("placed", "pending")
        assert await office.bring(right, 3) == [200] * 3
        await until_paid(desks, paying)
        await paying.customer.settled()
        said = len(paying.customer.said)
        assert await office.bring(right) == [200]
        await paying.customer.settled()
        assert len(paying.customer.said) == said, "the same contents are a repeat"
