"""Random histories of a payment: what the payer, the customer, the providers' notices and the clock do, in any order.

Whatever it was: money that came pays one order once, all other money goes back, and nothing is paid without money.

A seller whose letter waits until after the payment: bought unproven, proven later, held where it never is.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog.testing

from sandbox.testing.pages import code_in
from tests.desk.databases import desk_on, desks_on, on_each_database
from tests.desk.post_office import Notice, PostOffice, post_office
from tests.desk.replicas import Replicas
from tests.desk.running import Customer, Running
from tests.desk.scripted import WAYS, Person, Scripted, bought, only, until
from tests.desk.test_api_directory import invoice
from tests.kit.log_ins import NEW
from tests.kit.log_ins import new_password as sets_password
from tests.sellers.sellers import profile_with

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
        for seed in range(6):
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


WEEK_S = 7 * 24 * 3600 + 60
LEFT = "usunęliśmy z konta telefon"


@pytest.fixture
async def waiting(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    profile = profile_with(tmp_path / "seller", '\n[sign_up]\nemail = "after_payment"\n')
    file = profile / "profile.toml"
    file.write_text(file.read_text("utf-8").replace("chargeable = []", 'chargeable = ["card"]'), "utf-8")
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
    assert sum(said.count("Potwierdź jeszcze e-mail") for said in buyer.customer.said) == 1
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
async def test_unproven_after_a_week_an_alarm_is_raised_once_and_notices_of_invoices_are_held(waiting: Running) -> None:
    with structlog.testing.capture_logs() as logs:
        buyer, prompt = await bought(waiting), await bought(waiting)
        await waiting.http.post((await letters(waiting, prompt))[0]["links"][0])
        theirs = {n: (await waiting.card(who.person.email))["id"] for n, who in (("late", buyer), ("in time", prompt))}
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


async def bought_by_somebody_else(desk: Running, email: str) -> Scripted:
    """Buys with an address that isn't the buyer's, keeps a card and has the invoices sent elsewhere."""
    thief = await bought(desk, email=email, method="card", ways=(*WAYS, "card:new"))
    await thief.say("zmień e-mail do faktur na zlodziej@example.com")
    await thief.customer.settled()
    card = await desk.card(email)
    assert card["einvoice"]["email"] == "zlodziej@example.com"
    assert [way["label"] for way in card["methods"]] == ["Visa …4242"]
    return thief


async def new_password(desk: Running, chat: Customer, email: str) -> Scripted:
    """Sets a password by the letter that this chat asks for."""
    for said in ("start:forgot_password", email):
        await chat.say(said)
    await sets_password(desk, chat, email)
    resetting = Scripted(desk, Person(email=email, password=NEW))
    resetting.customer = chat
    return resetting


@on_each_database
async def test_whoever_proves_the_mailbox_first_elsewhere_wins_the_account_without_hooks(waiting: Running) -> None:
    email = "wlascicielka@example.com"
    thief = await bought_by_somebody_else(waiting, email)
    owner = await new_password(waiting, waiting.customer(), email)
    assert LEFT in "\n".join(owner.customer.said)
    card = await waiting.card(email)
    found = [(one["kind"], one["value"], one["verified_at"] is not None) for one in card["contacts"]]
    assert found == [("email", email, True)]
    assert (card["einvoice"]["status"], card["einvoice"]["email"]) == ("active", email)
    assert (card["methods"], card["phone"]) == ([], None)
    await waiting.advance(60)
    known = (await waiting.http.get("/sandbox/api/methods")).json()
    assert [way["kept"] for way in known] == [False], "its provider has forgotten it, too"
    await thief.say("zone:my_data")
    assert thief.customer.at != "zone.my_data", "logged out"
    await owner.fill_page()
    assert owner.customer.at == "contact.phone", "a number of one's own"
    again = await new_password(waiting, waiting.customer(), email)
    assert LEFT not in "\n".join(again.customer.said), "proven once, nothing is dropped any more"


async def test_where_one_signed_up_a_new_password_proves_the_mailbox_and_drops_nothing(waiting: Running) -> None:
    buyer = await bought_by_somebody_else(waiting, "kupujaca@example.com")
    await buyer.say("wyloguj")
    assert LEFT not in "\n".join((await new_password(waiting, buyer.customer, buyer.person.email)).customer.said)
    assert await email_of(waiting, buyer) == ("active", True)
    card = await waiting.card(buyer.person.email)
    assert (card["phone"], card["einvoice"]["email"]) == (buyer.person.phone, "zlodziej@example.com")
    assert [way["method"] for way in card["methods"]] == ["card"]


async def test_a_proven_sign_up_keeps_all_at_a_reset_elsewhere(waiting: Running) -> None:
    buyer = await bought_by_somebody_else(waiting, "dawno.potwierdzona@example.com")
    await buyer.say("przyślij maila jeszcze raz")
    await waiting.http.post((await letters(waiting, buyer))[-1]["links"][0])
    assert LEFT not in "\n".join((await new_password(waiting, waiting.customer(), buyer.person.email)).customer.said)
    assert (await waiting.card(buyer.person.email))["phone"] == buyer.person.phone
