"""News of money that come while a person has the conversation are told when they leave: in order, once."""

import pytest

from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running
from tests.desk.scripted import Scripted
from tests.desk.test_charges import looks
from tests.nightly import portion

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
    agent = await AgentHttp.logged_in(desk)
    assert (await agent.act(where, "done")).status_code == 303
    await buyer.customer.look()
    assert count(buyer, "zwrot całej wpłaty") == 1, "in the chat, too, for whoever comes back"
