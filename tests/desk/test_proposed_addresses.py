"""An address that an agent types is a proposal, over the wire: the books change on the customer's yes alone."""

import asyncio
import re
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from bot.usecases.agents.talk_view import WaitingCorrection, find_corrections
from dialogs.state import Company, CompanyNow, ConversationState
from tests.desk.agent_http import AgentHttp, promoted
from tests.desk.replicas import replicas
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted
from tests.masks import masks_of_contacts

NEW = "zlodziej@evil.example"
ASKED = "handoff.proposed_address"
WAITS = "Czeka na potwierdzenie klienta"
DAY_S = 24 * 60 * 60


async def taken(desk: Running, customer: Customer, login: str = "anna") -> tuple[AgentHttp, str]:
    """The agent who has the customer's conversation now, and its id."""
    await customer.say("/agent")
    anna = await AgentHttp.logged_in(desk, login)
    where = anna.page.split('id="row-', 1)[1].split('"', 1)[0]
    await anna.act(where, "take")
    return anna, where


async def invoices_go_to(desk: Running, email: str) -> str:
    return (await desk.card(email))["einvoice"]["email"]


@pytest.mark.stage("paid")
async def test_an_agent_alone_redirects_no_invoices(desk: Running, buyer: Scripted) -> None:
    customer, mine = buyer.customer, buyer.person.email
    at = customer.at
    anna, where = await taken(desk, customer)
    await anna.act(where, "correct", step="einvoice.invoice_email", value=NEW)
    assert await invoices_go_to(desk, mine) == mine
    await anna.get(f"/desk/c/{where}")
    assert f"{WAITS}. Do tego czasu, także na fakturach, obowiązuje: k•••@example.com" in anna.words
    assert "k•••@example.com → z•••@evil.example" in anna.words
    assert "Anna proponuje klientowi adres: E-mail do faktur" in anna.words

    await anna.act(where, "put-back")
    await customer.settled()
    assert (customer.at, customer.expects) == (ASKED, "choice")
    assert customer.buttons == ["proposed_address:yes", "proposed_address:no"]
    assert f"{mine} → {NEW}" in customer.said[-1]
    assert await invoices_go_to(desk, mine) == mine, "asked, not done"
    await customer.say("nie")
    assert customer.at == at, "what the customer was in the middle of goes on"
    assert f"Nadal obowiązuje {mine}" in " ".join(customer.said[-3:])
    assert await invoices_go_to(desk, mine) == mine
    assert await desk.outbox(NEW) == []
    await anna.get(f"/desk/c/{where}")
    assert "klient odmówił" in anna.words
    assert WAITS not in anna.words


@pytest.mark.stage("paid")
async def test_an_honest_correction_is_made_by_the_customers_yes(desk: Running, buyer: Scripted) -> None:
    customer, mine = buyer.customer, buyer.person.email
    anna, where = await taken(desk, customer)
    await anna.act(where, "correct", step="einvoice.invoice_email", value="literowka@example.com")
    await anna.act(where, "correct", step="einvoice.invoice_email", value="faktury@example.com")
    await anna.act(where, "done")
    await customer.settled()
    assert "literowka" not in customer.said[-1], "the newest is asked about"
    await customer.say("tak")
    await customer.settled()
    assert await invoices_go_to(desk, mine) == "faktury@example.com"
    await anna.get(f"/desk/c/{where}")
    assert "klient się zgodził" in anna.words
    assert "zastąpione nowszą odpowiedzią" in anna.words

    await promoted(desk, "marek")
    marek = await AgentHttp.logged_in(desk, "marek")
    await marek.get("/desk/trail")
    assert f"{mine} → faktury@example.com" in marek.words
    assert "literowka@example.com → faktury@example.com" in marek.words, "what was superseded"


@pytest.mark.stage("contact_code")
async def test_a_sign_up_keeps_its_owner_whatever_an_agent_types(desk: Running, buyer: Scripted) -> None:
    customer, mine = buyer.customer, buyer.person.email
    anna, where = await taken(desk, customer)
    await anna.act(where, "correct", step="account.email", value=NEW)
    assert await desk.outbox(NEW) == [], "no code, no link to whom only an agent has named"
    await anna.act(where, "give-back")
    await customer.settled()
    assert (customer.at, f"{mine} → {NEW}" in customer.said[-1]) == (ASKED, True)
    await customer.say("proposed_address:no")
    await buyer.run()
    assert await desk.outbox(NEW) == []
    number = (await desk.card(mine))["orders"][0]["number"]
    assert any(number in letter["subject"] for letter in await desk.outbox(mine)), "its papers are the customer's"
    assert await desk.card(NEW) is None

    anna, where = await taken(desk, customer)
    refused = await anna.act(where, "correct", step="account.email", value=NEW)
    assert "może go zmienić tylko sam" in anna.words, "once it is confirmed it is the customer's own"
    assert refused.status_code != 303
    assert 'value="account.email"' not in anna.page, "nor is it offered"


@pytest.mark.stage("paid")
async def test_who_has_gone_is_told_at_the_address_that_holds(desk: Running, buyer: Scripted) -> None:
    customer, mine = buyer.customer, buyer.person.email
    anna, where = await taken(desk, customer)
    await anna.act(where, "correct", step="einvoice.invoice_email", value=NEW)
    await anna.act(where, "give-back")
    await desk.advance(DAY_S + 60)
    told = [letter for letter in await desk.outbox(mine) if "Propozycja zmiany adresu" in letter["subject"]]
    assert len(told) == 1
    assert NEW not in told[0]["text"]
    await desk.advance(6 * DAY_S + 60)
    await customer.look()
    await customer.say("tak")
    assert await invoices_go_to(desk, mine) == mine, "a week old it lapses"
    anna = await AgentHttp.logged_in(desk)
    await anna.get(f"/desk/c/{where}")
    assert "wygasło" in anna.words
    assert WAITS not in anna.words
    assert await desk.outbox(NEW) == []
    assert len([one for one in await desk.outbox(mine) if "Propozycja" in one["subject"]]) == 1


@pytest.mark.stage("paid")
async def test_of_two_agents_at_once_only_what_the_customer_reads_and_agrees_to_counts(
    desk: Running, buyer: Scripted
) -> None:
    customer, mine = buyer.customer, buyer.person.email
    anna, where = await taken(desk, customer)
    marek = await AgentHttp.logged_in(desk, "marek")
    typed = [(anna, "anna@example.com"), (marek, "marek@example.com")]
    for act in ("correct", "take-over", "correct", "give-back"):
        of_form = [{"step": "einvoice.invoice_email", "value": new} if act == "correct" else {} for _, new in typed]
        await asyncio.gather(*(one.act(where, act, **form) for (one, _), form in zip(typed, of_form, strict=True)))
        assert await invoices_go_to(desk, mine) == mine
    await customer.settled()
    assert (customer.at, len(customer.buttons)) == (ASKED, 2), "asked once, whoever typed and gave back"
    (shown,) = (new for _, new in typed if f"{mine} → {new}" in customer.said[-1])
    await customer.say("tak")
    await customer.settled()
    assert await invoices_go_to(desk, mine) == shown
    assert customer.at != ASKED


@pytest.mark.stage("signed_up")
async def test_a_taken_address_agreed_to_is_answered_as_customers_own_would_be(desk: Running, buyer: Scripted) -> None:
    await buyer.follow_mail()
    theirs, ends = buyer.person.email, list[list[str]]()
    for by_agent in (True, False):
        customer = (await Scripted(desk, Person()).run("contact_code")).customer
        if by_agent:
            anna, where = await taken(desk, customer)
            await anna.act(where, "correct", step="account.email", value=theirs)
            assert "Masz już konto" not in str(await desk.outbox(theirs)), "nobody hears of a mere proposal"
            await anna.act(where, "give-back")
            await customer.settled()
        before = len(customer.said)
        await customer.say("tak" if by_agent else f"mój e-mail to jednak {theirs}")
        await customer.settled()
        told = " ".join(customer.said[before:])
        ends.append([customer.at, re.sub(r"512 \d{3} \d{3}", "", told)])
        await desk.advance(1)
        assert (await desk.card(theirs))["id"] is not None
    assert "Masz już konto" in str(await desk.outbox(theirs))
    assert ends[0] == ends[1], "nor does the chat say more"


async def test_a_yes_pressed_at_once_in_three_processes_is_one_change_and_one_letter(
    tmp_path: Path, postgres: str
) -> None:
    async with replicas(tmp_path, postgres, 3) as desks:
        desk = desks.all
        scripted = await Scripted(desk, Person()).run("contact_code")
        customer, mine = scripted.customer, scripted.person.email
        await scripted.run("tax_number")
        anna, where = await taken(desk, customer)
        await anna.act(where, "correct", step="account.email", value="nowy@example.com")
        await anna.act(where, "give-back")
        await customer.settled()
        presses = [Customer(one.http, "pl", customer.sender) for one in desks.each]
        await asyncio.gather(*(one.say("proposed_address:yes", f"press-{n % 2}") for n, one in enumerate(presses)))
        await customer.settled()
        assert customer.at == "company.tax_number"
        await desk.advance(1)
        assert await desk.card(mine) is None
        assert await desk.card("nowy@example.com") is not None
        assert len(await desk.outbox("nowy@example.com")) == 1, "the confirmation, once"
        assert len([one for one in await desk.outbox(mine) if "Zmiana adresu" in one["subject"]]) == 1


# --- what an agent puts right for a customer who has paid ---

FORMER, STREET = "ul. Długa 12/4", "ul. Nowa 7"


async def test_a_correction_is_shown_as_waiting_until_it_is_confirmed(desk: Running) -> None:
    scripted = Scripted(desk, Person())
    await scripted.run()
    customer = scripted.customer
    anna, where = await taken(desk, customer)
    await anna.act(where, "correct", step="company.street", value=STREET)
    await anna.get(f"/desk/c/{where}")

    assert f"{WAITS}. Do tego czasu, także na fakturach, obowiązuje: {FORMER}" in anna.words
    assert f"{FORMER} → {STREET}" in anna.words
    assert "czeka na potwierdzenie klienta" in anna.words, "in the row of the queue"
    assert (await desk.card(scripted.person.email))["companies"][0]["street"] == FORMER

    await anna.act(where, "ask-to-confirm")
    await customer.settled()
    await anna.get("/desk")
    assert "Czekają na potwierdzenie klienta 1" in anna.words, "until it is confirmed, whoever has the conversation"
    assert customer.at == "company.confirm"
    assert "prosi o ich potwierdzenie" in customer.said[-1]
    await customer.say("confirm:yes")
    assert (await desk.card(scripted.person.email))["companies"][0]["street"] == STREET
    await anna.get(f"/desk/c/{where}")
    assert WAITS not in anna.words
    assert "Czekają na potwierdzenie" not in anna.words


def test_all_that_an_agent_may_put_right_of_a_company_is_looked_at() -> None:
    saved = Company(id="c-1", tax_number="12345670363", city="Modena", delivery="M5UXCR1", holder_email="a@example.it")
    said = replace(saved, id=None, city="Roma", delivery="ABCDEF7", holder_email="b@example.it")
    assert find_corrections(ConversationState(company=CompanyNow(**asdict(said), kept=saved)), masks_of_contacts()) == {
        "company.city": WaitingCorrection("Modena", "Roma"),
        "company.sdi_code": WaitingCorrection("M5UXCR1", "ABCDEF7"),
        "company.holder_email": WaitingCorrection("a@example.it", "b@example.it"),
    }
