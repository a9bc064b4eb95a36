"""Somebody tries passwords for another's login all day: they get nowhere, and the holder gets in all the same."""

from itertools import cycle

import httpx
import pytest

from bot.usecases.accounts.passwords import ANYWHERE, PER_LOGIN
from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running
from tests.desk.scripted import PASSWORD, Scripted, bought

OWN, NEW = "192.0.2.10", "Zupelnie-nowe-haslo-9"
FEW, MONTH = PER_LOGIN

pytestmark = [pytest.mark.replicated, pytest.mark.desk(rate_limits="on", sandbox="public")]


async def page(desk: Running, wish: str = "start:log_in") -> str:
    customer = desk.customer()
    await customer.say(wish)
    return str(customer.link("secure_page")["href"])


async def sent(desk: Running, href: str, network: str, **fields: str) -> httpx.Response:
    """The page's form, sent from a network address, as a proxy on this machine tells it."""
    return await desk.http.post(href, data=fields, headers={"x-forwarded-for": network})


async def attacked(desk: Running, login: str) -> None:
    """Wrong ones from as many networks as it takes, until no network that is new gets a try."""
    wrong = dict.fromkeys(range(ANYWHERE.n // FEW.n + 1), 0)
    for n in cycle(wrong):
        href = await page(desk)
        for _ in range(FEW.n):
            answer = await sent(desk, href, f"198.51.100.{n}", login=login, password="guessed-it-1")
            if answer.status_code != 422:
                break
            wrong[n] += 1
        if sum(wrong.values()) >= ANYWHERE.n:
            break
    assert sum(wrong.values()) == ANYWHERE.n
    held = await sent(desk, await page(desk), "198.51.100.250", login=login, password="guessed-it-1")
    assert held.status_code == 429


async def reset(desk: Running, email: str, network: str, password: str) -> Customer:
    customer = desk.customer()
    await customer.say("start:forgot_password")
    await customer.say(email)
    link = (await desk.outbox(email))[-1]["links"][0]
    done = await sent(desk, link, network, password=password, password_repeat=password)
    assert done.status_code == 200
    await customer.settled()
    return customer


@on_each_database
async def test_an_attackers_network_does_not_hold_the_holders(desk: Running) -> None:
    email = (await bought(desk)).person.email
    href = await page(desk)
    answers = [
        (await sent(desk, href, "198.51.100.66", login=email, password=f"guess number {n}")).status_code
        for n in range(FEW.n + 2)
    ]
    assert answers == [422] * FEW.n + [429] * 2
    assert (await sent(desk, await page(desk), OWN, login=email, password=PASSWORD)).status_code == 200


@pytest.mark.parametrize("database", ["postgresql"])
async def test_so_many_networks_hold_only_those_that_are_new(desk: Running) -> None:
    scripted: Scripted = await bought(desk)
    email = scripted.person.email
    assert (await sent(desk, await page(desk), OWN, login=email, password=PASSWORD)).status_code == 200
    await attacked(desk, email)
    held = await sent(desk, await page(desk), "192.0.2.77", login=email, password=PASSWORD)
    assert held.status_code == 429
    assert "Ustaw nowe hasło" in held.text
    await scripted.customer.say("zone:export")
    own = scripted.customer.link("secure_page")["href"]
    assert (await sent(desk, own, OWN, login=email, password=PASSWORD)).status_code == 303, "known, so not held"
    assert (await sent(desk, await page(desk), "192.0.2.77", login=email, password=PASSWORD)).status_code == 200, (
        "the right one has ended the count"
    )


async def test_a_new_password_counts_from_nothing(desk: Running) -> None:
    email = (await bought(desk)).person.email
    href = await page(desk)
    for _ in range(FEW.n):
        assert (await sent(desk, href, "192.0.2.1", login=email, password="what-was-it-1")).status_code == 422
    assert (await sent(desk, href, "192.0.2.1", login=email, password=PASSWORD)).status_code == 429
    await reset(desk, email, OWN, NEW)
    assert (await sent(desk, href, "192.0.2.1", login=email, password=NEW)).status_code == 200
    await attacked(desk, email)
    assert (await sent(desk, await page(desk), OWN, login=email, password=NEW)).status_code == 200, (
        "where the password was set the login is known"
    )


async def test_slow_guesses_from_one_network_end(desk: Running) -> None:
    email = (await bought(desk)).person.email
    wrong = 0
    for _ in range(4):
        href = await page(desk)
        for _ in range(FEW.n):
            answer = await sent(desk, href, "198.51.100.66", login=email, password="guessed-it-1")
            wrong += answer.status_code == 422
        await desk.advance(FEW.per.total_seconds() + 1)
    assert wrong == MONTH.n
