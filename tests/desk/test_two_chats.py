"""Two chats of one account: what one has saved stands in the other, and an older copy there never undoes it."""

import pytest

from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Json, Running
from tests.desk.scripted import Scripted, only

pytestmark = pytest.mark.stage("paid")


@pytest.fixture
async def chats(desk: Running, buyer: Scripted) -> tuple[Scripted, Customer]:
    """A has bought, B is logged in to the same account; both have read it as it is."""
    a, b = buyer, desk.customer()
    await b.say("start:log_in")
    await b.submit(b.link("secure_page")["href"], login=a.person.email, password=a.person.password)
    await b.settled()
    assert b.expects == "nothing"
    return a, b


async def company(desk: Running, of: Scripted) -> Json:
    return only((await desk.card(of.person.email))["companies"])


async def moves(chat: Customer, **values: str) -> None:
    """Types new data of the company, up to the card that is to be confirmed."""
    for step, value in values.items():
        await chat.say(f"edit:{step}")
        await chat.say(value)
    assert chat.expects == "confirm_data"


@on_each_database
async def test_what_each_chat_changed_of_the_company_stays(desk: Running, chats: tuple[Scripted, Customer]) -> None:
    a, b = chats
    await moves(b, postal_code="80-832")
    await moves(a.customer, street="ul. Nowa 77")
    await a.say("confirm:yes")
    await b.say("confirm:yes")
    saved = await company(desk, a)
    assert (saved["street"], saved["postal_code"]) == ("ul. Nowa 77", "80-832")
    assert "ul. Nowa 77" in b.said[-1], "it is said that there is more than what was shown"
    await a.say("zone:my_data")
    assert "80-832" in a.customer.said[-1]


async def test_the_same_changed_twice_is_shown_anew_and_asked(desk: Running, chats: tuple[Scripted, Customer]) -> None:
    a, b = chats
    await moves(b, street="ul. Inna 5", city="Sopot")
    await moves(a.customer, street="ul. Nowa 77")
    await a.say("confirm:yes")
    await b.say("confirm:yes")
    saved = await company(desk, a)
    assert saved["street"] == "ul. Nowa 77"
    assert saved["city"] != "Sopot", "nothing is saved that wasn't shown"
    assert b.expects == "confirm_data"
    assert "zapisano w innej rozmowie: ul. Nowa 77" in "\n".join(b.said[-2:])
    assert "Sopot" in b.said[-1], "what is B's alone stays"
    await moves(b, street="ul. Inna 5")
    await b.say("confirm:yes")
    saved = await company(desk, a)
    assert (saved["street"], saved["city"]) == ("ul. Inna 5", "Sopot")


async def test_the_zone_shows_what_another_chat_has_saved(desk: Running, chats: tuple[Scripted, Customer]) -> None:
    a, b = chats
    await moves(a.customer, street="ul. Nowa 77")
    await a.say("confirm:yes")
    await a.say("zmień e-mail do faktur na ksiegowosc@example.com")
    await a.say("nie odnawiaj automatycznie")
    for page in ("home", "my_account", "my_data", "einvoice", "renewal", "contacts"):
        told: list[str] = []
        for chat in (b, a.customer):
            before = len(chat.said)
            await chat.say(f"zone:{page}")
            told.append("\n".join(chat.said[before:]))
            await chat.say("zone:home")
        assert told[0] == told[1], page
    assert "ul. Nowa 77" in "\n".join(b.said)
    assert "ksiegowosc@example.com" in "\n".join(b.said)
