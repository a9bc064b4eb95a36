"""Somebody wishes the agents' desk ill, or is unlucky at it: odd signs, odd moments, a turn that raises."""

import pytest
from playwright.async_api import BrowserContext

from bot.handlers.chatwoot import agent_replies
from bot.usecases.agents.acts import By, NotRight, NotYours
from services.agents import agent_accounts, audit
from services.support import handoffs
from services.support.chatwoot.models import ChatwootPerson
from tests.desk.agent_browser import AgentBrowser
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.desk.test_take_over import ANNA, acts, id_of, lines
from tests.desk.test_turn_failing import SORRY, breaks


async def test_a_turn_that_raises_while_a_person_speaks_says_nothing_to_the_customer(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = desk.customer()
    await customer.say("/start")
    where = await id_of(desk, customer)
    await acts(desk).take(where, ANNA, "1")
    await customer.look()
    said = len(customer.said)
    with monkeypatch.context() as patch:
        breaks(patch, desk.installation.desk._turn.__class__, "play", lambda *_: True)
        await customer.say("Halo?")
    assert len(customer.said) == said
    last = (await lines(desk, where))[-1]
    assert (last.kind, last.seq) == ("held", None)
    assert SORRY in last.data["text"], "the agent sees that something broke"


@pytest.mark.stage("phone")
async def test_what_an_agent_types_passes_the_border_like_a_customers_words(desk: Running, buyer: Scripted) -> None:
    where = await id_of(desk, buyer.customer)
    await acts(desk).take(where, ANNA, "1")
    try:
        await acts(desk).correct(where, ANNA, "contact.phone", "512 000\x07 111", "2")
    except NotRight as refused:
        pytest.fail(refused.words)


async def test_an_agent_switched_off_in_mid_act_takes_nothing_and_gets_nothing(desk: Running) -> None:
    store = desk.installation.store
    anna, marek = (By(one.id, one.name) for one in await store.read(agent_accounts.listed))
    customer, other = desk.customer(), desk.customer()
    for one in (customer, other):
        await one.say("/start")
    where, there = await id_of(desk, customer), await id_of(desk, other)
    await acts(desk).take(there, marek, "1")

    now = desk.installation.clock.now()
    await store.write(lambda c: agent_accounts.disable(c, anna.id, now))
    with pytest.raises(NotYours):
        await acts(desk).take(where, anna, "2")
    with pytest.raises(NotYours):
        await acts(desk).block(where, anna, "3", "insults")
    with pytest.raises(LookupError):
        await acts(desk).pass_on(there, marek, anna, "4")
    held = await store.read(lambda c: (handoffs.held_by(c, anna.id), handoffs.held_by(c, marek.id)))
    assert [len(each) for each in held] == [0, 1]


@on_each_database
@pytest.mark.replicated
async def test_an_address_that_no_conversation_has_is_not_found(
    desk: Running, anna: AgentHttp, marek: AgentHttp
) -> None:
    for path in ("/desk/c/%00", "/desk/c/%00/parts", "/desk/c/nobody", "/desk/c/%ed%a0%80"):
        assert (await anna.get(path)).status_code == 404, path
    for path in ("/desk/replies?edit=%00", "/desk/events?c=%00", "/desk?open=%00", "/desk/search?q=%00"):
        assert (await anna.get(path)).status_code == 404, path
    await marek.get("/desk/search")
    for path, fields in (
        ("/desk/blocked/remove", {"conversation": "\0"}),
        ("/desk/replies/remove", {"id": "\0"}),
        ("/desk/replies", {"id": "\0", "shortcut": "\0", "title": "\0"}),
        ("/desk/search", {"q": "\0", "before": "\0"}),
        ("/desk/c/nobody/note", {"key": "\0" * 20, "note": "\0"}),
        ("/desk/c/nobody/take", {"key": "\0" * 20}),
    ):
        assert (await marek.post(path, None, **fields)).status_code < 500, path


async def test_a_search_opens_no_contacts(desk: Running, anna: AgentHttp) -> None:
    person = Person()
    scripted = await Scripted(desk, person).run("tax_number")
    await scripted.customer.say(f"Mój numer to {person.phone[3:]}, prawda?")
    for before in range(170, 200, 3):  # wherever the piece that is shown is cut off
        await scripted.customer.say(f"zdradliwe {'x' * before} {person.email} {person.phone[3:]}")
    await anna.get("/desk/search")
    for sought in (person.email.partition("@")[0], person.phone[3:], "example", "zdradliwe"):
        found = (await anna.post("/desk/search", q=sought)).text
        shown = found.replace(f'value="{sought}"', "").replace("<mark>", "").replace("</mark>", "")
        assert "\u2022" in shown, "it was found"
        assert person.email[1:].partition("@")[0] not in shown
        assert person.phone[3:8] not in shown
    trail = await desk.installation.store.read(lambda c: audit.page(c, most=50))
    found_in = [line.conversation_id for line in trail if line.what == "found_by_search"]
    where = await desk.installation.desk.conversation("rest", scripted.customer.sender)
    assert found_in == [where] * 4, "once for each search"


async def test_a_name_from_the_help_desk_is_one_line_and_hides_nothing() -> None:
    for name, shown in (("Ola\n\u202eKsięgowa\x00", "Ola Księgowa\ufffd"), ("x" * 500, "x" * 60), (" \u200b ", "?")):
        assert agent_replies._by(ChatwootPerson(id=7, available_name=name)).name == shown


async def test_a_field_that_was_drawn_larger_breaks_no_policy(desk: Running, office: BrowserContext) -> None:
    await desk.customer().say("/agent")
    agent = await AgentBrowser.logged_in(desk.url, office)
    await agent.opens()
    larger = "field => { field.style.height = '200px'; }"
    await agent.page.locator("#note").evaluate(larger)
    await agent.takes()
    await agent.page.locator("#say").evaluate(larger)
    await agent.says("Dzień dobry")
    await agent.sees("Dzień dobry")
    assert agent.wrong == []
