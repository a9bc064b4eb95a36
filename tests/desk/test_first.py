"""Okienko in half a minute: `make test` begins with this file, in one process, without browser or PostgreSQL.

Each name says one thing that the desk does. The same on other channels, databases and by faults: everywhere else.
"""

import asyncio
from pathlib import Path

import pytest

from bot.usecases.agents.acts import NotRight
from services.agents import audit
from tests.desk.agent_turns import ANNA, acts, lines
from tests.desk.forum import id_of
from tests.desk.killed import killed_desk, said_once
from tests.desk.running import Running
from tests.desk.scripted import Scripted, only
from tests.desk.stubborn import judged, stubborn
from tests.guides.guide import SELLERS, check, guide, scenes, scenes_of
from tests.journeys.telling import tell
from tests.kit.talks import plays, says


@pytest.mark.parametrize("seller", SELLERS)
def test_every_sentence_of_the_sellers_guide_is_kept(seller: str) -> None:
    """By the desk of today: the transcript is told anew."""
    told = scenes_of(tell(seller, guide(seller).locale))
    for promise in guide(seller).sentence:
        check(seller, promise, scenes(promise.transcript) if promise.transcript else told)


async def test_the_code_of_an_sms_is_typed_in_the_chat(desk: Running) -> None:
    for typed in ("{0}{1} {2}", "{0}-{1}-{2}", "kod: {0}{1}{2}", "{0} {1} {2}.", "moj kod to {0}{1}{2}"):
        buyer = await Scripted(desk).run("contact_code")
        code = await buyer.last_code()
        await plays(buyer, (typed.format(code[:2], code[2:4], code[4:]), "tax_number"))
        [phone] = [c for c in (await desk.card(buyer.person.email))["contacts"] if c["kind"] == "phone"]
        assert (phone["value"], bool(phone["verified_at"])) == (buyer.person.phone, True)


@pytest.mark.stage("ordered")
async def test_an_order_is_paid_by_its_link(desk: Running, buyer: Scripted) -> None:
    card = await desk.card(buyer.person.email)
    assert (only(card["orders"])["status"], only(card["payments"])["status"]) == ("placed", "pending")
    await buyer.pay()
    card = await desk.card(buyer.person.email)
    assert (only(card["orders"])["status"], only(card["payments"])["status"]) == ("paid", "paid")
    assert buyer.customer.at == "einvoice.einvoice", "what was bought is next"


@pytest.mark.stage("einvoice.einvoice")
async def test_e_invoices_are_active_in_the_customers_zone(desk: Running, buyer: Scripted) -> None:
    assert (await desk.card(buyer.person.email))["einvoice"]["status"] != "active"
    await buyer.customer.say("einvoice:activate")
    await buyer.customer.settled()
    assert (await desk.card(buyer.person.email))["einvoice"]["status"] == "active"
    assert (buyer.customer.at, buyer.customer.expects) == ("zone.zone", "nothing")
    assert buyer.customer.link("login")["href"].startswith("http")


@pytest.mark.stage("tax_number")
async def test_a_person_takes_the_conversation_and_gives_it_back_at_the_very_step(
    desk: Running, buyer: Scripted
) -> None:
    customer, stood_at = buyer.customer, buyer.customer.at
    await says(customer, "123", "/agent")
    assert customer.custom["mode"] == "waiting"
    where = await id_of(desk, customer)

    await acts(desk).take(where, ANNA, "1")
    await customer.look()
    assert "Anna" in customer.said[-1]
    assert (customer.custom["mode"], customer.expects) == ("agent", "agent")

    said = len(customer.said)
    await customer.say("Nie wiem, jaki mam NIP")
    assert len(customer.said) == said, "the bot is silent"
    await acts(desk).say(where, ANNA, "Już sprawdzam <b>w rejestrze</b>.", "2")
    await customer.look()
    assert customer.said[-1] == "Już sprawdzam <b>w rejestrze</b>."
    await acts(desk).give_back(where, ANNA, "3")
    await customer.settled()
    assert (customer.custom["mode"], customer.at, customer.expects) == ("bot", stood_at, "tax_number")

    await customer.say("/agent")
    await acts(desk).take(where, ANNA, "4")
    with pytest.raises(NotRight) as refused:
        await acts(desk).correct(where, ANNA, "company.tax_number", "123-456-32-1", "5")
    assert "NIP" in refused.value.words or "cyfr" in refused.value.words
    await acts(desk).correct(where, ANNA, "company.tax_number", "123-456-32-18", "6")
    await acts(desk).give_back(where, ANNA, "7")
    await customer.settled()
    assert (customer.custom["mode"], customer.at) == ("bot", "company.confirm")
    await buyer.run()
    assert [order["status"] for order in (await desk.card(buyer.person.email))["orders"]] == ["paid"]
    trail = await desk.installation.store.read(lambda c: audit.page(c, before=None, most=10))
    done = [line.what for line in reversed(trail)]
    assert done == ["taken", "said", "given_back", "taken", "corrected", "given_back"]
    assert {(line.agent_id, line.conversation_id) for line in trail} == {(ANNA.id, where)}
    assert [line.kind for line in await lines(desk, where)].count("agent") == 1


async def test_kill_9_in_the_midst_of_a_purchase_loses_nothing(tmp_path: Path) -> None:
    """A process of its own, killed right after *Pay now* was sent, and again before the payment."""
    async with killed_desk(tmp_path) as desk:
        buyer = await stubborn(desk.http).run("order.pay")
        [talk] = (await desk.running.card(buyer.email))["conversations"]
        before = desk.lines(talk["id"])
        pressed = asyncio.create_task(buyer.run("payment"))
        await asyncio.sleep(0.01)
        await desk.dies()
        await pressed
        await desk.dies()
        await buyer.run()
        await judged(buyer)
        assert [line.data for line in desk.lines(talk["id"])[: len(before)]] == [line.data for line in before]
        said_once(desk.lines(talk["id"]))
