"""Random histories of a payment: what the payer, the customer, the providers' notices and the clock do, in any order.

Whatever it was: money that came pays one order once, all other money goes back, and nothing is paid without money.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.desk.databases import desks_on
from tests.desk.post_office import Notice, PostOffice, post_office
from tests.desk.replicas import Replicas
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, until

SEEDS = range(6)
STEPS = 9
METHODS = ("blik", "card", "przelewy24", "paypal")
WAITS_S = (60, 20 * 60, 70 * 60, 3 * 3600)


@dataclass
class History:
    """One customer at the payment step, and what befalls the payment from there on. `trail` tells it."""

    desk: Running
    office: PostOffice
    scripted: Scripted
    dice: random.Random
    held: list[Notice] = field(default_factory=list[Notice])
    trail: list[str] = field(default_factory=list[str])


async def lived(history: History) -> None:
    """Some steps; then all that is held is brought, and the desk has time to ask after the rest."""
    for _ in range(STEPS):
        name = history.dice.choice(list(_STEPS))
        history.trail.append(name)
        await _STEPS[name](history)
        history.held += [*history.office.notices(), *history.office.returns()]
    history.dice.shuffle(history.held)
    for notice in history.held:
        await history.office.bring(notice)
    for _ in range(2):
        await history.desk.advance(15 * 60 + 1)
    await history.scripted.customer.settled()


async def pays(history: History) -> None:
    await at_the_bank(history, "paid")


async def fails(history: History) -> None:
    await at_the_bank(history, "failed")


async def at_the_bank(history: History, outcome: str) -> None:
    """At the page of any of the payments so far; 404 where that was never opened and can't be any more."""
    card = await history.desk.card(history.scripted.person.email)
    payment = history.dice.choice(card["payments"])["id"]
    body = {"outcome": outcome, "notify": history.dice.choice(["once", "twice"])}
    answer = await history.desk.http.post(f"/sandbox/api/payments/{payment}", json=body)
    assert answer.status_code in (200, 404), answer.text


async def says(history: History) -> None:
    """Another method, the button of obligation, or the cancel."""
    said = history.dice.choice([*(f"method:{method}" for method in METHODS), "pay:now", "pay:now", "/cancel"])
    history.trail[-1] += f" {said}"
    await history.scripted.customer.say(said)


async def is_told(history: History) -> None:
    """One of the notices, up to three times at once."""
    if history.held:
        notice = history.held.pop(history.dice.randrange(len(history.held)))
        await history.office.bring(notice, history.dice.randint(1, 3))
        if history.dice.random() < 0.5:
            history.held.append(notice)  # it comes again later


async def is_not_told(history: History) -> None:
    """One is lost for good."""
    if history.held:
        history.held.pop(history.dice.randrange(len(history.held)))


async def waits(history: History) -> None:
    await history.desk.advance(history.dice.choice(WAITS_S))


_STEPS: dict[str, Callable[[History], Awaitable[None]]] = {
    "pays": pays,
    "fails": fails,
    "says": says,
    "is told": is_told,
    "is not told": is_not_told,
    "waits": waits,
}


async def kept(desk: Running, payments: list[Any]) -> Counter[str]:
    """How many attempts the providers hold money of, by payment."""
    ids = {payment["id"] for payment in payments}
    attempts = (await desk.http.get("/sandbox/api/attempts")).json()
    return Counter(attempt["id"] for attempt in attempts if attempt["id"] in ids and attempt["status"] == "paid")


async def agreed(desk: Running, email: str) -> bool:
    """Whether what is booked is what the providers keep: one payment of one order at most."""
    card = await desk.card(email)
    paid = Counter(payment["id"] for payment in card["payments"] if payment["status"] == "paid")
    orders = [order["status"] for order in card["orders"]].count("paid")
    return paid == await kept(desk, card["payments"]) and orders == len(paid) <= 1


async def test_what_is_booked_is_what_was_paid(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    paid = 0
    async with post_office() as office, desks_on("sqlite", request, tmp_path, office) as desks:
        for seed in SEEDS:
            paid += await _lived(desks, office, seed)
    assert paid, "none of them ended with money"


async def _lived(desks: Replicas, office: PostOffice, seed: int) -> bool:
    """Whether it ended with an order paid."""
    dice = random.Random(seed)
    scripted = await Scripted(desks.all, Person(method=dice.choice(METHODS))).run("payment")
    history = History(desks.all, office, scripted, dice)
    await lived(history)
    email = scripted.person.email
    try:
        await until(lambda: agreed(desks.all, email))
    except TimeoutError:
        card = await desks.all.card(email)
        money = await kept(desks.all, card["payments"])
        raise AssertionError(f"seed {seed}: {history.trail}: {card['payments']}, {card['orders']}, {money}") from None
    if any("pays" in step for step in history.trail):
        return any(order["status"] == "paid" for order in (await desks.all.card(email))["orders"])
    return False
