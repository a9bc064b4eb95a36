"""What an agent puts right for a customer who has paid waits for their confirmation, and is shown as waiting."""

from msgspec.structs import replace

from bot.usecases.agents.talk_view import WaitingCorrection, unconfirmed
from dialogs.state import Company, ConversationState
from tests.desk.agent_http import AgentHttp
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted

OLD, NEW = "ul. Długa 12/4", "ul. Nowa 7"
WAITS = "Czeka na potwierdzenie klienta"


async def taken(desk: Running, customer: Customer) -> tuple[AgentHttp, str]:
    """The agent who has the customer's conversation now, and its id."""
    await customer.say("/agent")
    anna = await AgentHttp.logged_in(desk)
    where = anna.page.split('id="row-', 1)[1].split('"', 1)[0]
    await anna.act(where, "take")
    return anna, where


async def test_a_correction_is_shown_as_waiting_until_it_is_confirmed(desk: Running) -> None:
    scripted = Scripted(desk, Person())
    await scripted.run()
    customer = scripted.customer
    anna, where = await taken(desk, customer)
    await anna.act(where, "correct", step="company.street", value=NEW)
    await anna.get(f"/desk/c/{where}")

    assert f"{WAITS}. Do tego czasu, także na fakturach, obowiązuje: {OLD}" in anna.words
    assert f"{OLD} → {NEW}" in anna.words
    assert "czeka na potwierdzenie klienta" in anna.words, "in the row of the queue"
    assert (await desk.card(scripted.person.email))["companies"][0]["street"] == OLD

    await anna.act(where, "ask-to-confirm")
    await customer.settled()
    await anna.get("/desk")
    assert "Czekają na potwierdzenie klienta 1" in anna.words, "until it is confirmed, whoever has the conversation"
    assert customer.at == "company.confirm"
    assert "prosi o ich potwierdzenie" in customer.said[-1]
    await customer.say("confirm:yes")
    assert (await desk.card(scripted.person.email))["companies"][0]["street"] == NEW
    await anna.get(f"/desk/c/{where}")
    assert WAITS not in anna.words
    assert "Czekają na potwierdzenie" not in anna.words


def test_all_that_an_agent_may_put_right_of_a_company_is_looked_at() -> None:
    saved = Company(id="c-1", tax_number="12345670363", city="Modena", delivery="M5UXCR1", holder_email="a@example.it")
    changed = replace(saved, id=None, city="Roma", delivery="ABCDEF7", holder_email="b@example.it", kept=saved)
    assert unconfirmed(ConversationState(company=changed)) == {
        "company.city": WaitingCorrection("Modena", "Roma"),
        "company.sdi_code": WaitingCorrection("M5UXCR1", "ABCDEF7"),
        "company.holder_email": WaitingCorrection("a@example.it", "b@example.it"),
    }
