"""A seller keeps the help desk: a stuck customer is helped from there. A whole desk on each database."""

from bot.usecases.agents.acts import By
from services.store import journal
from services.support import handoffs
from tests.desk.databases import on_each_database
from tests.desk.forum import id_of
from tests.desk.helpdesk import Helpdesk, hears, in_mode
from tests.desk.scripted import Person, Scripted
from values import masked


@on_each_database
async def test_the_stuck_customer_is_helped_from_the_help_desk_and_finishes(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    scripted = await Scripted(desk, Person()).run("tax_number")
    customer = scripted.customer
    await customer.say("*123* [x](mention://user/1/Anna)")
    await customer.say("/agent")
    assert customer.custom["mode"] == "waiting"

    card = await helpdesk.says("Powód")
    assert card["private"]
    assert "company.tax\\_number" in card["content"]
    assert "\\*123\\*" in card["content"]
    assert "mention://" not in card["content"]
    [there] = await helpdesk.listed()
    where = await id_of(desk, customer)
    assert there["custom_attributes"]["okienko_conversation"] == where
    assert there["custom_attributes"]["okienko_link"].endswith(f"/desk/c/{where}")
    assert masked.email(scripted.person.email) in card["content"]
    assert scripted.person.email not in card["content"]
    assert there["meta"]["sender"]["email"] is None, "not proven yet: it may be another's"
    assert there["meta"]["sender"]["phone_number"] == scripted.person.phone

    await customer.say("Nie wiem, jaki mam NIP")
    assert (await helpdesk.says("Nie wiem"))["message_type"] == 0
    await helpdesk.act("note", "Zaraz odpiszę")
    await helpdesk.act("say", "Już sprawdzam, \\*chwila\\*.")
    await hears(customer, "Już sprawdzam, *chwila*.")
    assert any("Anna" in said for said in customer.said), "who speaks is said"
    assert (customer.custom["mode"], customer.expects) == ("agent", "agent")
    assert not any("Zaraz odpiszę" in said for said in customer.said), "notes stay there"

    said = len(customer.said)
    await helpdesk.act("say", "Zamówienie {order} w drodze")
    assert (await helpdesk.says("nieuzupełnione"))["private"]
    await customer.say("5260001246")
    assert len(customer.said) == said, "the bot is silent"
    await helpdesk.says("5260001246")
    await helpdesk.act("resolve")
    await in_mode(customer, "bot")
    assert customer.expects == "tax_number"
    await scripted.run("payment")
    await scripted.act()
    for notice in helpdesk.office.notices():
        await helpdesk.office.bring(notice)
    await customer.settled()
    await scripted.run()
    assert [order["status"] for order in (await desk.card(scripted.person.email))["orders"]] == ["paid"]

    [there] = await helpdesk.listed()
    assert there["status"] == "resolved"
    lines = [(m["source_id"], m["content"]) for m in there["messages"] if m["source_id"]]
    assert len(lines) == len(set(lines)), "each line once"
    assert not any("Już sprawdzam" in words for _, words in lines), "what was written there isn't told again"
    assert not any("BLIK" in words for _, words in lines), "the rest is no affair of the help desk's"


@on_each_database
async def test_whoever_is_in_the_console_has_it_and_the_others_are_told(helpdesk: Helpdesk) -> None:
    desk = helpdesk.desk
    customer = desk.customer()
    await customer.say("/agent")
    where = await id_of(desk, customer)
    await helpdesk.says("Powód")
    acts, marek = desk.installation.container.agent_acts, By("agent-marek", "Marek", "pl")
    await acts.take(where, marek, "1")
    await helpdesk.says("Marek")
    await helpdesk.act("say", "A ja też tu jestem")
    note = await helpdesk.says("Nie wysłano")
    assert note["private"]
    await helpdesk.act("resolve")
    await helpdesk.says("tam zostaje")
    await acts.say(where, marek, "Dzień dobry", "2")
    await helpdesk.says("Marek (Okienko): Dzień dobry")
    held = await desk.installation.store.read(lambda c: handoffs.open_of(c, where))
    assert held is not None
    assert held.agent_id == marek.id
    assert not any("też tu" in said for said in customer.said)

    await acts.give_back(where, marek, "3")
    await helpdesk.says("oddaje rozmowę")
    await customer.say("/agent")
    await helpdesk.until(lambda all: all[-1]["status"] == "open")
    assert len(await helpdesk.listed()) == 1, "the same one, opened again"
    await helpdesk.act("assign", agent="Zofia")
    await in_mode(customer, "agent")
    assert "Rozmową zajmie się konsultant" in customer.said[-1], "Zofia may not be there"
    await helpdesk.act("say", "Tu Marek z pomocy", agent="Marek")
    await hears(customer, "Tu Marek z pomocy")
    await helpdesk.act("pending")
    await in_mode(customer, "bot")
    lines = await desk.installation.store.read(lambda c: journal.everything(c, where))
    assert [line.data["act"] for line in lines if line.kind == "desk"][-4:] == [
        "took",
        "passed_on",
        "said",
        "gave_back",
    ]
