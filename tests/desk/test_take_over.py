"""A person takes the talk over in mid-step, puts an answer right and gives it back. A whole desk on each database.

News of money that come meanwhile are told when they leave: in order, once."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot.usecases.agents.acts import HandoffNotTaken, NotSaid, NotYours, release_all_of
from services.agents import audit
from services.support import handoffs
from tests.desk.agent_http import AgentHttp
from tests.desk.agent_turns import ANNA, MAREK, acts, lines
from tests.desk.databases import desk_on, desks_on, on_each_database
from tests.desk.forum import id_of
from tests.desk.post_office import post_office
from tests.desk.renewing import looks
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.kit.talks import says
from tests.nightly import portion


async def at_the_nip(desk: Running) -> Scripted:
    """A customer who is asked for the tax number."""
    return await Scripted(desk, Person()).run("tax_number")


@pytest.mark.stage("ordered")
@on_each_database
@pytest.mark.replicated
async def test_money_that_comes_meanwhile_is_booked_and_told_at_the_return(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    where, payment = await id_of(desk, customer), customer.link("payment")["id"]
    await acts(desk).take(where, ANNA, "1")
    await customer.look()
    said = len(customer.said)

    await desk.pay(payment)
    await desk.advance(60)
    await customer.look()
    assert len(customer.said) == said
    assert [order["status"] for order in (await desk.card(buyer.person.email))["orders"]] == ["paid"]
    held = [line for line in await lines(desk, where) if line.kind == "held"]
    assert held, "the agent sees what came"
    assert held[0].seq is None

    await acts(desk).give_back(where, ANNA, "2")
    await customer.look()
    assert customer.at == "einvoice.einvoice"
    await buyer.run()


@on_each_database
async def test_of_two_who_take_at_once_always_one_has_it(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    async with post_office() as office, desks_on(database, request, tmp_path, office) as desks:
        first, last = desks.each[0], desks.each[-1]
        where = await id_of(first, await says(first.customer(), "/start"))
        for number in range(100):
            takes = (acts(first).take(where, ANNA, f"a{number}"), acts(last).take(where, MAREK, f"m{number}"))
            done = await asyncio.gather(*takes, return_exceptions=True)
            assert sorted(type(one).__name__ for one in done) == ["HandoffNotTaken", "NoneType"], done
            winner, key = (ANNA, "a") if done[0] is None else (MAREK, "m")
            held = await first.installation.store.read(lambda c: handoffs.find_open_request(c, where))
            assert held is not None
            assert held.agent_id == winner.id
            await acts(first).give_back(where, winner, f"back-{key}{number}")


async def test_what_an_agent_cannot_do(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with desk_on("sqlite", request, tmp_path) as desk:
        customer = await says(desk.customer(), "/start")
        where = await id_of(desk, customer)
        refused: list[tuple[Any, type[Exception]]] = [
            (acts(desk).say(where, ANNA, "x", "1"), NotYours),
            (acts(desk).give_back(where, ANNA, "2"), NotYours),
            (acts(desk).correct(where, ANNA, "account.email", "a@example.com", "3"), NotYours),
            (acts(desk).pass_on(where, ANNA, MAREK, "4"), NotYours),
            (acts(desk).put_back(where, ANNA, "5"), NotYours),
            (acts(desk).take("nobody", ANNA, "6"), LookupError),
        ]
        for act, error in refused:
            with pytest.raises(error):
                await act
        await acts(desk).take(where, ANNA, "7")
        await acts(desk).take(where, ANNA, "8")
        with pytest.raises(HandoffNotTaken):
            await acts(desk).take(where, MAREK, "7")  # another's act of the same key is no repeat
        for words in ("", "  \u200b ", "x" * 4001):
            with pytest.raises(NotSaid):
                await acts(desk).say(where, ANNA, words, "10")
        await acts(desk).say(where, ANNA, "raz", "11")
        await acts(desk).say(where, ANNA, "raz", "11")
        await customer.look()
        assert customer.said.count("raz") == 1, "sent again by a browser, said once"
        await acts(desk).pass_on(where, ANNA, MAREK, "12")
        with pytest.raises(NotYours):
            await acts(desk).say(where, ANNA, "jeszcze ja", "13")
        await acts(desk).put_back(where, MAREK, "14")
        await customer.look()
        assert customer.custom["mode"] == "waiting"
        await acts(desk).take(where, ANNA, "15")


@pytest.mark.stage("signed_up")
async def test_an_agent_who_closes_the_browser_loses_the_talk_to_the_queue(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    where = await id_of(desk, customer)
    await acts(desk).take(where, ANNA, "1")
    for number in range(5):
        await customer.say(f"Halo {number}?")
    await desk.advance(601)
    await customer.look()
    assert customer.custom["mode"] == "waiting"
    assert "znowu w kolejce" in customer.said[-1]
    assert [one.conversation_id for one in await desk.installation.store.read(handoffs.queue)] == [where]
    await buyer.run()
    assert (await desk.card(buyer.person.email))["orders"][0]["status"] == "paid"


async def test_an_agent_switched_off_with_talks_in_hand(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with desk_on("sqlite", request, tmp_path) as desk:
        mine, other = desk.customer(), desk.customer()
        for customer, by in ((mine, ANNA), (other, MAREK)):
            await customer.say("/start")
            await acts(desk).take(await id_of(desk, customer), by, "1")
        now = desk.installation.clock.now()
        for _ in range(2):  # a command may be given again
            assert await desk.installation.store.write(lambda c: release_all_of(c, ANNA.id, now)) == 1
        await desk.installation.desk.dispatcher._tell_left(now)
        await mine.look()
        await other.look()
        assert (mine.custom["mode"], other.custom["mode"]) == ("waiting", "agent")
        assert await desk.installation.store.write(lambda c: release_all_of(c, ANNA.id, now)) == 0


@on_each_database
@pytest.mark.replicated
async def test_requests_that_nobody_ends_end_by_themselves(desk: Running) -> None:
    store = desk.installation.store
    waiting, held = (await at_the_nip(desk)).customer, desk.customer()
    await waiting.say("/agent")
    await held.say("/start")
    where, there = await id_of(desk, waiting), await id_of(desk, held)
    await acts(desk).take(there, ANNA, "1")
    await desk.advance(5 * 24 * 3600)
    await waiting.say("Czy ktoś tam jest?")
    await acts(desk).say(there, ANNA, "Jestem.", "2")
    await desk.advance(5 * 24 * 3600)
    assert len(await store.read(handoffs.all_open)) == 2, "each has written meanwhile"

    await waiting.look()
    await held.look()
    said = [len(customer.said) for customer in (waiting, held)]
    await desk.advance(3 * 24 * 3600)
    await desk.advance(3 * 24 * 3600)
    assert await store.read(handoffs.all_open) == []
    for customer, before, words in ((waiting, said[0], "Przepraszamy"), (held, said[1], "Od dawna nikt")):
        await customer.look()
        assert customer.custom["mode"] == "bot"
        told = [text for text in customer.said[before:] if "konsultanta możesz zawsze poprosić znowu" in text]
        assert len(told) == 1, "once"
        assert words in told[0]
    trail = await store.read(lambda c: audit.page(c, most=50))
    ended = {line.conversation_id: line for line in trail if line.what == "wait_given_up"}
    assert {id: line.agent_id for id, line in ended.items()} == {where: None, there: None}
    assert (ended[where].details, ended[there].details) == ({"days": 12}, {"days": 12, "held_by": ANNA.id})
    for id in (where, there):
        assert sum("EndWait" in line.data.get("acts", ()) for line in await lines(desk, id)) == 1
    with pytest.raises(NotYours):
        await acts(desk).say(there, ANNA, "Już wracam", "3")

    await waiting.say("/agent")
    assert waiting.custom["mode"] == "waiting", "a person can be asked for again"
    await waiting.say("123-456-32-18")
    await waiting.settled()
    assert waiting.at == "company.confirm"


DAY = 86400.0
LEAVES = ("give-back", "done", "put-back")
#: What the provider's panel does with the payment, and what the customer reads of it.
NEWS = (
    ({"outcome": "failed"}, "się nie udała, zamówienie zostaje"),
    ({"outcome": "paid"}, "Opłacone"),
    ({"outcome": "refunded", "amount": 5000}, "zwrot 50,00 zł"),
    ({"outcome": "disputed"}, "reklamację płatności"),
    ({"outcome": "dispute_won"}, "wpłata zostaje u nas"),
    ({"outcome": "refunded"}, "zwrot całej wpłaty"),
)


async def happens(desk: Running, payment: str, **said: object) -> None:
    done = await desk.http.post(f"/sandbox/api/payments/{payment}", json={"notify": "once", **said})
    assert done.status_code == 200, done.text
    await desk.advance(60)


async def taken(desk: Running, walker: Scripted) -> tuple[AgentHttp, str]:
    agent = await AgentHttp.logged_in(desk)
    [conversation] = (await desk.card(walker.person.email))["conversations"]
    assert (await agent.act(conversation["id"], "take")).status_code == 303
    await walker.customer.look()
    return agent, conversation["id"]


def count(walker: Scripted, words: str) -> int:
    return sum(one.replace("\xa0", " ").count(words) for one in walker.customer.said)


@pytest.mark.stage("ordered", method="paypal")
@pytest.mark.parametrize("turn", portion(range(len(LEAVES)), 3))
async def test_each_thing_that_money_did_is_told_once(desk: Running, buyer: Scripted, turn: int) -> None:
    """Each with another way of leaving in each run."""
    payment = buyer.customer.link("payment")["id"]
    for n, (outcome, words) in enumerate(NEWS, start=turn):
        agent, where = await taken(desk, buyer)
        before = count(buyer, words)
        await happens(desk, payment, **outcome)
        assert words not in (await looks(buyer.customer)).replace("\xa0", " "), "a person has the conversation"
        assert (await agent.act(where, LEAVES[n % len(LEAVES)])).status_code == 303
        await buyer.customer.look()
        assert count(buyer, words) == before + 1, (words, buyer.customer.said[-2:])
    agent, where = await taken(desk, buyer)
    assert (await agent.act(where, "give-back")).status_code == 303
    await buyer.customer.look()
    assert [count(buyer, words) for _, words in NEWS[2:]] == [1] * len(NEWS[2:]), "told once"


@pytest.mark.stage("paid", method="paypal")
async def test_who_left_the_page_while_a_person_has_it_is_written_to(desk: Running, buyer: Scripted) -> None:
    [payment] = (await desk.card(buyer.person.email))["payments"]
    _, where = await taken(desk, buyer)
    await desk.advance(3 * DAY)
    await happens(desk, payment["id"], outcome="refunded")
    letters = [one["subject"] for one in await desk.outbox(buyer.person.email)]
    assert sum(subject.startswith("Zwrot wpłaty") for subject in letters) == 1
    assert (await (await AgentHttp.logged_in(desk)).act(where, "done")).status_code == 303
    await buyer.customer.look()
    assert count(buyer, "zwrot całej wpłaty") == 1, "in the chat, too, for whoever comes back"
