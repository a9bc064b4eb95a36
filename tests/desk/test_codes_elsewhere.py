"""Codes typed while another step is open than the one that asks for them."""

import json

from sandbox.testing.pages import code_in
from services.store import journal
from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted
from tests.desk.test_letter_code import WRONG, another, letter

UNKNOWN = "526-025-02-74"
"""A tax number that no register of the sandbox knows, so that the name is asked for."""


async def naming(desk: Running) -> tuple[Scripted, str]:
    """A buyer who is asked for the company's name while the letter is out, and the letter's code."""
    buyer = await Scripted(desk, Person(nip=UNKNOWN)).run("company_name")
    return buyer, code_in((await letter(desk, buyer))["text"])


async def written(desk: Running, conversation: str) -> str:
    """The whole journal of a conversation; an entry's own representation leaves out what was said."""
    entries = await desk.installation.store.read(lambda c: journal.everything(c, conversation))
    return json.dumps([entry.data for entry in entries], ensure_ascii=False)


async def test_the_letters_code_is_taken_where_the_companys_name_is_asked_for(desk: Running) -> None:
    buyer, code = await naming(desk)
    await buyer.say(f"kod z maila: {code}")
    assert buyer.customer.expects == "company_name"
    assert "potwierdzony" in buyer.customer.said[-1]
    await buyer.run("payment")
    assert "order.email_link" not in buyer.trail
    card = await desk.card(buyer.person.email)
    assert card["companies"][0]["name"] == buyer.person.name
    talks = card["conversations"]
    assert code not in await written(desk, talks[0]["id"])


async def test_to_an_agent_at_another_step_an_awaited_code_is_not_kept_either(desk: Running) -> None:
    buyer, code = await naming(desk)
    agent = await AgentHttp.logged_in(desk)
    where = (await desk.card(buyer.person.email))["conversations"][0]["id"]
    await buyer.say("/agent")
    await agent.act(where, "take")
    await buyer.say(f"kod z maila: {code}")
    await buyer.say("chodzi o dwa biura, 12 i 14")

    assert buyer.customer.custom["mode"] == "agent"
    lines = await written(desk, where)
    assert (code in lines, "12 i 14" in lines) == (False, True)
    await agent.get(f"/desk/c/{where}")
    assert (code in agent.page, "••••••" in agent.page) == (False, True)


async def test_wrong_ones_count_there_as_they_do_at_their_own_step(desk: Running) -> None:
    buyer, code = await naming(desk)
    for left in ("4 próby", "3 próby", "2 próby", "jedna próba"):
        await buyer.say(another(code))
        assert WRONG in buyer.customer.said[-1]
        assert left in buyer.customer.said[-1]
        assert buyer.customer.expects == "company_name"
    await buyer.say(another(code))
    assert "Za dużo prób" in buyer.customer.said[-1]
    await buyer.say(code)
    assert WRONG in buyer.customer.said[-1], "that of the letter before"


async def test_a_late_one_is_no_name_of_a_company(desk: Running) -> None:
    buyer, code = await naming(desk)
    assert (await desk.http.post((await letter(desk, buyer))["links"][0])).status_code == 200
    await buyer.say(code)
    assert buyer.customer.expects == "company_name"
    assert "na żaden nie czekam" in buyer.customer.said[-1]


async def test_the_sms_code_is_taken_after_going_back_to_the_number(desk: Running) -> None:
    buyer = await Scripted(desk).run("contact_code")
    code = await buyer.last_code()
    await buyer.say("/back")
    assert buyer.customer.expects == "phone"
    await buyer.say(another(code))
    assert WRONG in buyer.customer.said[-1]
    await buyer.say(code)
    assert buyer.customer.expects == "tax_number"
    contacts = (await desk.card(buyer.person.email))["contacts"]
    assert [c["value"] for c in contacts if c["kind"] == "phone" and c["verified_at"]] == [buyer.person.phone]


async def test_the_same_number_again_goes_on_with_the_code_that_was_sent(desk: Running) -> None:
    buyer = await Scripted(desk).run("contact_code")
    code = await buyer.last_code()
    await buyer.say("/back")
    await buyer.say(buyer.person.phone)
    assert buyer.customer.expects == "contact_code"
    assert len(await desk.outbox(buyer.person.phone)) == 1
    await buyer.say(code)
    assert buyer.customer.expects == "tax_number"
