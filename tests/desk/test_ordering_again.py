"""A second order at a real desk: while the first term runs, and after it has ended, in the old chat and a new one."""

from datetime import datetime
from pathlib import Path

import pytest

from tests.desk.databases import on_each_database
from tests.desk.italian import PROFILE, Buyer, Buying, buying
from tests.desk.renewing import comes, comes_to, written
from tests.desk.running import Customer, Running
from tests.desk.scripted import Scripted, logs_in_again, only, until
from tests.kit.talks import says

YEAR = 366 * 86400.0
AGREED = ("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept", "pay:now")


async def logs_in(desk: Running, person: Scripted, *before: str) -> Buying:
    """A new conversation of the same person, up to the log-in."""
    again = buying(desk, email=person.person.email)
    await says(again.customer, "/start", *before)
    page = again.customer.link("secure_page")["href"]
    done = await again.submit(page, login=person.person.email, password=person.person.password)
    assert done.status_code in (200, 303), done.text
    await again.customer.settled()
    return again


async def orders(here: Customer, *payloads: str) -> str:
    """From the company's data to the order; gives the payment's id."""
    for payload in payloads:
        await here.say(payload)
    assert here.expects == "payment", (here.at, here.said[-1])
    return here.link("payment")["id"]


@on_each_database
@pytest.mark.desk(profile=PROFILE)
async def test_bought_again_while_it_runs_it_begins_where_that_ends(desk: Running) -> None:
    first = buying(desk)
    await first.run()
    here = (await logs_in(desk, first, "start:buy", "addons:users", "2", "addons:none", "account:existing")).customer
    assert here.at == "order.terms", (here.at, here.said[-1])
    [method] = [row for row in here.custom["card"]["rows"] if "method:card" in str(row)]
    assert {c["payload"] for c in method["choices"] if c["chosen"]} == {"method:card", "card:saved"}
    await desk.pay(await orders(here, "terms:accept", "pay:now"))
    await comes_to(here, "nothing")

    card = await desk.card(first.person.email)
    base = sorted((s for s in card["subscriptions"] if s["product"] == "base"), key=lambda s: s["starts_at"])
    users = only([s for s in card["subscriptions"] if s["product"] == "users"])
    assert base[1]["starts_at"] == base[0]["ends_at"]
    assert (users["starts_at"], users["ends_at"], users["quantity"]) == (base[1]["starts_at"], base[1]["ends_at"], 2)


@pytest.mark.stage("paid")
@pytest.mark.usefixtures("asked_seldom")
@on_each_database
async def test_after_the_end_it_is_told_and_ordered_again(desk: Running, buyer: Scripted) -> None:
    here = buyer.customer
    await says(here, "einvoice:activate", "zone:renewal", "auto_renewal:no")
    await desk.advance(YEAR + 86400)

    async def ended() -> bool:
        return only((await desk.card(buyer.person.email))["subscriptions"])["status"] == "ended"

    await until(ended)
    await here.say("zone:home")
    await logs_in_again(here, buyer.person.email)
    assert "skończył się" in here.said[-1]
    assert "jest aktywna" not in here.said[-1]
    assert next(iter(here.buttons)) == "start:buy"
    assert all(link["rel"] != "login" for link in here.custom["links"])
    assert (await desk.card(buyer.person.email))["einvoice"]["status"] == "off"

    await here.say("kup teraz")
    payment = await orders(
        here, "confirm:yes", "auto_renewal:no", "method:blik", "terms:accept", "clauses:accept", "pay:now"
    )
    await desk.pay(payment)
    await comes_to(here, "choice")
    card = await desk.card(buyer.person.email)
    assert sorted(s["status"] for s in card["subscriptions"]) == ["active", "ended"]
    running = only([s for s in card["subscriptions"] if s["status"] == "active"])
    assert datetime.fromisoformat(running["ends_at"]).year == datetime.fromisoformat(running["starts_at"]).year + 1


@pytest.mark.stage("paid")
@pytest.mark.usefixtures("asked_seldom")
async def test_a_renewal_given_up_in_grace_leads_to_the_zone_and_what_is_bought_instead_takes_its_place(
    desk: Running, buyer: Scripted
) -> None:
    here, email = buyer.customer, buyer.person.email
    end = datetime.fromisoformat(only((await desk.card(email))["subscriptions"])["ends_at"])
    await comes(desk, end, days=-3)
    await here.look()
    await here.say("/cancel")
    assert (here.at, "start:buy" in here.buttons) == ("zone.zone", True), here.said[-1]
    await here.say("start:buy")
    await logs_in_again(here, email)
    await desk.pay(await orders(here, "confirm:yes", *AGREED))
    await here.settled()
    before = len(here.said)
    await comes(desk, end, days=-20)
    await here.settled()
    assert here.said[before:] == [], "nothing has ended for the customer"
    card = await desk.card(email)
    assert [s["status"] for s in card["subscriptions"]] == ["ended", "active"]
    assert [o["gross"] for o in card["orders"] if o["status"] == "paid"] == [36777, 36777]


@pytest.mark.usefixtures("asked_seldom")
@pytest.mark.desk(profile=Path("profiles/kontorblatt"))
async def test_another_plan_begins_where_the_running_one_ends_and_what_it_leaves_out_is_renewed_alone(
    desk: Running,
) -> None:
    ways = ("start:buy", "account:new", "auto_renewal:yes", "plan:team", "addons:none", "years:1", *AGREED[2:])
    buyer = Buyer(method="transfer", nip="136695976", locale="en", extra=["clients"], ways=ways)
    here, email = (await Buying(desk, buyer).run()).customer, buyer.email
    await transfer_comes(desk, email)
    end = datetime.fromisoformat((await desk.card(email))["subscriptions"][0]["ends_at"])
    await desk.advance(100 * 86400.0)
    await here.say("start:buy")
    await logs_in_again(here, email)
    said = ("confirm:yes", "plan:kanzlei", "addons:none", "auto_renewal:yes", "method:transfer")
    await says(here, *said, "years:1", "terms:accept", "clauses:accept")
    told = here.said[-1].replace("\xa0", " ")
    last = written(end, 0, "en_GB")
    assert f"from {last}, after" in told, told
    assert f"renewed separately ({last})" in told, told
    await here.say("pay:now")
    await transfer_comes(desk, email)
    plan = only([s for s in (await desk.card(email))["subscriptions"] if s["product"] == "kanzlei"])
    assert datetime.fromisoformat(plan["starts_at"]) == end

    await comes(desk, end, days=-2)
    card = await desk.card(email)
    assert [(o["gross"], o["status"]) for o in card["orders"]] == [(41412, "paid"), (69972, "paid"), (14280, "placed")]
    found = {s["product"]: s["status"] for s in card["subscriptions"]}
    assert found == {"team": "ended", "clients": "grace", "kanzlei": "active"}


async def transfer_comes(desk: Running, email: str) -> None:
    """The back office books the money of the order that waits for it."""
    order = only([o for o in (await desk.card(email))["orders"] if o["status"] == "placed"])
    told = {"amount": order["gross"], "currency": order["currency"], "reference": order["number"]}
    bearer = {"authorization": "Bearer sandbox"}
    done = await desk.http.post(f"/api/v1/orders/{order['number']}/payments", json=told, headers=bearer)
    assert done.status_code == 201, done.text
    await desk.advance(1)
