"""A withdrawal counts from its hour: kept, acknowledged, put before a person; nothing is charged until they decide."""

import asyncio
import re
from datetime import datetime

import pytest

from services.agents import audit
from services.store import journal
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.renewing import EMAIL, PROFILE, a_month_before, comes, end_of, enters, looks, subscription, taken
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import Scripted, until
from tests.kit.narrow import present
from tests.kit.talks import plain

pytestmark = pytest.mark.usefixtures("asked_seldom")

STATED = {
    "pl": ("odstępuję od umowy", "Mamy Twoje oświadczenie o odstąpieniu od umowy"),
    "it": ("recedo dal contratto", "Abbiamo ricevuto il tuo recesso dal contratto"),
    "en": ("I want to use my 14 day right of withdrawal", "We have your withdrawal from contract"),
}


SUBJECTS = {"pl": "odstąpienie", "it": "recesso", "en": "withdrawal"}


async def order_of(desk: Running, email: str) -> Json:
    """The customer's latest order."""
    return (await desk.card(email))["orders"][-1]


async def letters(desk: Running, email: str, words: str) -> list[Json]:
    """The letters to this address whose subject has the words, once there is one."""

    async def found() -> list[Json]:
        return [one for one in await desk.outbox(email) if words in one["subject"]]

    async def there() -> bool:
        return bool(await found())

    await until(there)
    return await found()


def waiting(agent: AgentHttp) -> tuple[str, str]:
    """The statement that waits on the page, and the contract's number that its form holds."""
    [found, *_] = re.findall(r'id="sum-accept_withdrawal-([^"]+)"[^>]+ value="([^"]*)"', agent.page)
    return found


async def decides(desk: Running, customer: Customer, decision: str, **fields: str) -> AgentHttp:
    """Anna takes the conversation and decides on what waits."""
    agent, where = await AgentHttp.logged_in(desk), await place_of(desk, customer)
    assert (await agent.act(where, "take")).status_code in (200, 303)
    await agent.get(f"/desk/c/{where}")
    stated, number = waiting(agent)
    form = {"of": stated, "typed": number, "reason": "Tak trzeba."} | fields
    done = await agent.means(where, f"{decision}-withdrawal", **form)
    assert done.status_code == 303, agent.words
    return agent


async def states_logged_in(desk: Running, customer: Customer) -> None:
    """A year after the log-in it is over: the customer logs in again first."""
    await customer.say("zone:my_account")
    await enters(desk, customer)
    await customer.say("odstępuję od umowy")
    assert "nic za tę umowę nie pobierzemy" in customer.said[-1], customer.said[-2:]


async def place_of(desk: Running, customer: Customer) -> str:
    """The id of the customer's conversation, from the queue."""
    agent = await AgentHttp.logged_in(desk, "marek")
    return agent.page.partition('href="/desk/c/')[2].partition('"')[0].partition("?")[0]


@pytest.mark.parametrize("locale", [pytest.param(one, marks=pytest.mark.stage("paid", locale=one)) for one in STATED])
async def test_a_statement_is_kept_acknowledged_and_put_before_a_person(
    desk: Running, buyer: Scripted, locale: str
) -> None:
    said, answered = STATED[locale]
    order = await order_of(desk, buyer.person.email)
    await buyer.say(said)
    told = "\n".join(buyer.customer.said[-2:])
    assert answered in told
    assert order["number"] in told
    assert present(buyer.customer.custom)["mode"] == "waiting"
    [letter] = await letters(desk, buyer.person.email, SUBJECTS[locale])
    assert said in letter["text"]
    assert order["number"] in letter["text"]
    assert "odstąpienie od umowy" in (await AgentHttp.logged_in(desk)).words
    assert (await order_of(desk, buyer.person.email))["withdrawn_at"] is None, "nobody has decided"


@on_each_database
@a_month_before
@pytest.mark.desk(profile=PROFILE)
async def test_nothing_is_charged_between_the_statement_and_the_decision(desk: Running, buyer: Scripted) -> None:
    """The card is kept and renewal is on: refused, the second year is charged; accepted, no year ever is."""
    customer, end = buyer.customer, await end_of(desk)
    await comes(desk, end, days=10)
    await states_logged_in(desk, customer)
    for days in (6.5, 4.5, 2.5):
        await comes(desk, end, days=days)
        assert await taken(desk) == 1, "only what the customer paid"
    number = (await order_of(desk, EMAIL))["number"]
    await decides(desk, customer, "refuse", reason="To umowa między firmami.")
    assert "To umowa między firmami." in await looks(customer)
    assert (await letters(desk, EMAIL, "Odstąpienie od umowy"))[-1]["text"].count(number) == 1
    await comes(desk, end, days=0.5)
    assert await taken(desk) == 2, "the contract goes on"


@a_month_before
@pytest.mark.desk(profile=PROFILE)
async def test_an_accepted_statement_ends_renewal_and_is_told_to_sellers_system(desk: Running, buyer: Scripted) -> None:
    customer, end = buyer.customer, await end_of(desk)
    await comes(desk, end, days=12)
    await states_logged_in(desk, customer)
    stated = datetime.fromisoformat((await desk.advance(0))["now"])
    await desk.advance(3600)
    await decides(desk, customer, "accept")
    hour = datetime.fromisoformat((await order_of(desk, EMAIL))["withdrawn_at"])
    assert abs((hour - stated).total_seconds()) < 60, "the hour of the statement, not of the decision"
    assert (await subscription(desk))["auto_renewal"] is False
    assert "Przyjmujemy odstąpienie od umowy" in await looks(customer)
    for year in (0, 1):
        await comes(desk, end.replace(year=end.year + year), days=-2)
    assert await taken(desk) == 0, "neither the second year nor the third, and the first is back"
    assert (await subscription(desk))["end_reason"] == "withdrawn"


@a_month_before
@pytest.mark.desk(profile=PROFILE)
async def test_without_a_log_in_it_is_kept_and_stops_charges_from_the_log_in_on(desk: Running, buyer: Scripted) -> None:
    """The log-in of a year ago is over: the hour is that of the words, the letter tells a stranger nothing."""
    customer, end = buyer.customer, await end_of(desk)
    await comes(desk, end, days=10)
    stated = datetime.fromisoformat((await desk.advance(0))["now"])
    await customer.say("odstępuję od umowy")
    assert "Zaloguj się w tej rozmowie" in "\n".join(customer.said[-2:])
    assert customer.at == "handoff.agent_email"
    await customer.say("ktos.inny@example.com")
    [letter] = await letters(desk, "ktos.inny@example.com", "Oświadczenie o odstąpieniu")
    assert "odstępuję od umowy" not in letter["text"]
    assert (await order_of(desk, EMAIL))["number"] not in letter["text"]
    await desk.advance(120)
    await enters(desk, customer)
    await customer.look()
    assert "nic za tę umowę nie pobierzemy" in "\n".join(customer.said[-3:])
    [quoted] = await letters(desk, EMAIL, "Twoje odstąpienie od umowy")
    assert "odstępuję od umowy" in quoted["text"]
    await comes(desk, end, days=2.5)
    assert await taken(desk) == 1
    await decides(desk, customer, "accept")
    assert abs((datetime.fromisoformat((await order_of(desk, EMAIL))["withdrawn_at"]) - stated).total_seconds()) < 60


@pytest.mark.stage("paid")
async def test_while_an_agent_speaks_it_is_kept_and_waits_for_a_decision(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await customer.say("/agent")
    agent, where = await AgentHttp.logged_in(desk), await place_of(desk, customer)
    assert (await agent.act(where, "take")).status_code == 303
    await customer.look()
    before = len(customer.said)
    await customer.say("odstępuję od umowy")
    assert customer.said[before:] == [], "the bot is silent"
    [letter] = await letters(desk, buyer.person.email, "odstąpienie")
    assert "odstępuję od umowy" in letter["text"]
    await agent.get(f"/desk/c/{where}")
    assert "Odstąpienia od umowy" in agent.words
    assert (await agent.act(where, "done")).status_code == 303
    told = await looks(customer)
    assert "Mamy Twoje oświadczenie o odstąpieniu" in told
    assert "wciąż czeka na decyzję" in told
    assert present(customer.custom)["mode"] == "waiting", "nobody has decided"


@pytest.mark.stage("paid")
async def test_decision_is_whose_conversation_it_is_once_and_a_refusal_says_why(desk: Running, buyer: Scripted) -> None:
    await buyer.say("odstępuję od umowy")
    where = await place_of(desk, buyer.customer)
    anna, marek = await AgentHttp.logged_in(desk), await AgentHttp.logged_in(desk, "marek")
    assert (await anna.act(where, "take")).status_code == 303
    await anna.get(f"/desk/c/{where}")
    order = await order_of(desk, buyer.person.email)
    stated, number = waiting(anna)
    assert number == order["number"]
    wanted: dict[str, str] = {"of": stated, "typed": number, "reason": "Zgodnie z prawem."}
    assert (await marek.act(where, "accept-withdrawal", **wanted)).status_code == 409
    assert (await anna.act(where, "refuse-withdrawal", **(wanted | {"reason": ""}))).status_code == 422
    assert "Podaj powód" in anna.words
    assert (await anna.act(where, "accept-withdrawal", **(wanted | {"typed": "XX/1"}))).status_code == 422
    assert "Podaj numer zamówienia" in anna.words
    assert (await anna.act(where, "accept-withdrawal", **wanted)).status_code == 422
    asked = f"Przyjąć odstąpienie od umowy {number} i zwrócić {order['gross'] / 100:.2f} zł?".replace(".", ",")
    assert asked in plain(anna.words)
    assert (await order_of(desk, buyer.person.email))["withdrawn_at"] is None, "asked, and not done"
    sure = {"sure": f"{number} {order['gross']}"}
    pressed = (anna.post(f"/desk/c/{where}/accept-withdrawal", None, **wanted, **sure) for _ in range(2))
    assert {one.status_code for one in await asyncio.gather(*pressed)} == {303}
    lines = await desk.installation.store.read(lambda c: journal.read_all(c, where))
    [told] = [one for one in lines if "Przyjmujemy odstąpienie" in str(one.data.get("text"))]
    assert (told.kind, told.data["by"]) == (journal.AGENT, "Anna")
    assert (await anna.means(where, "refuse-withdrawal", **wanted)).status_code == 422
    assert "Ktoś już o tym zdecydował" in anna.words
    trail = await desk.installation.store.read(audit.page)
    [noted] = [plain(present(one.after)) for one in trail if one.what == "withdrawal_accepted"]
    assert noted == f"{number}, {order['gross'] // 100},{order['gross'] % 100:02} zł: Zgodnie z prawem."
    assert (await order_of(desk, buyer.person.email))["withdrawn_at"] is not None
    assert (await anna.act(where, "done")).status_code == 303
    await buyer.say("odstępuję od umowy")
    assert "już przyjęliśmy" in "\n".join(buyer.customer.said[-2:])
