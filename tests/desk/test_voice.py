"""A customer who speaks, over REST and on a whole desk: informed, heard, said back, nothing bound by voice."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.inbound import Text
from services import limits
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.databases import on_each_database
from tests.desk.recogniser import Held
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_voice_for_agents import OGG, speak


async def speaks(desk: Running, customer: Customer, words: str, sound: bytes = OGG) -> Any:
    """The customer sends a recording of which the recogniser hears the words."""
    told = await desk.http.post("/sandbox/api/recordings", json={"text": words})
    assert told.status_code < 300, told.text
    return await speak(desk, customer, sound)


def texts(answer: Any) -> str:
    return "\n".join(item["text"] for item in answer if "text" in item)


async def kept(desk: Running) -> int:
    count = sa.text("SELECT count(*) FROM recording")
    return await desk.installation.store.read(lambda c: c.execute(count).scalar_one())


@pytest.mark.stage("contact.phone", locale="pl")
@on_each_database
async def test_a_number_is_spoken_said_back_and_proven(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer

    words = "pięćset dwanaście zero zero zero dziewięćset dziewięćdziesiąt dziewięć"
    assert "usługa rozpoznawania mowy" in texts(await speaks(desk, customer, words))
    assert await kept(desk) == 1

    await customer.say("voice:listen")
    heard = customer.said[-1]
    assert "Słyszę: „pięćset dwanaście" in heard
    assert "+48 512 000 999" in heard
    assert (customer.custom["heard"], customer.expects) == (words, "choice")
    assert await kept(desk) == 0

    await customer.say("said_back:yes")
    assert customer.expects == "contact_code"


async def customers_lines(desk: Running) -> list[str]:
    asked = sa.text("SELECT data FROM journal WHERE kind = 'customer' ORDER BY id")
    found = await desk.installation.store.read(lambda c: [row[0] for row in c.execute(asked)])
    return [json.loads(data).get("text", "") for data in found]


async def test_what_is_written_after_a_recording_is_answered_after_it(desk: Running, held: Held) -> None:
    customer = (await Scripted(desk, Person(locale="pl")).run("contact.phone")).customer
    await speaks(desk, customer, "")
    listening = asyncio.create_task(customer.say("voice:listen"))
    await held.asked.wait()
    typing = asyncio.create_task(Customer(desk.http, "pl", customer.sender).say("512 000 999"))
    await until(lambda: any(one.body == Text("512 000 999") for one in held.met))

    held.let.set()
    await asyncio.gather(listening, typing)

    said = await customers_lines(desk)
    assert said.index("dzień dobry") < said.index("512 000 999")


async def test_a_voice_note_on_telegram_is_fetched_heard_and_said_back(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        api.files["note-1"] = OGG
        chat = Chat(api, desk, 901)
        await chat.say("/start")
        await chat.press("start:buy")
        await chat.press("account:new")
        await desk.http.post("/sandbox/api/recordings", json={"text": "jan małpa example kropka com"})

        await chat.send(voice={"file_id": "note-1", "file_unique_id": "1", "duration": 3})
        await chat.press("voice:listen")

        await chat.sees(lambda: any("Zapisać: jan@example.com?" in text for text in api.texts(901)))
        assert await kept(desk) == 0


async def test_a_voice_note_that_telegram_has_no_more_says_how_to_go_on(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = Chat(api, desk, 902)
        await chat.say("/start")
        await chat.send(voice={"file_id": "gone", "file_unique_id": "1", "duration": 3})
        await chat.press("voice:listen")

        await chat.sees(lambda: any("Nie udało się odsłuchać" in text for text in api.texts(902)))


@pytest.mark.stage("contact.phone", locale="pl")
async def test_what_nobody_listens_to_is_gone_after_a_quarter_of_an_hour(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await speaks(desk, customer, "…")
    await speaks(desk, customer, "…", OGG + b"another")
    assert await kept(desk) == 1
    await customer.say("/restart")

    await desk.advance(16 * 60)

    assert await kept(desk) == 0


@pytest.mark.desk(rate_limits="on")
async def test_a_desk_hears_so_many_a_day(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "bot.usecases.hearing.jobs.OF_DESK", limits.Rule("recordings of the desk", 1, timedelta(days=1))
    )
    first = (await Scripted(desk, Person(locale="en")).run("account.email")).customer
    await speaks(desk, first, "hello")
    await first.say("voice:listen")

    assert "I can’t listen to more recordings for now" in texts(await speaks(desk, first, "hello again"))


async def consents(desk: Running) -> list[tuple[str, bool, str | None]]:
    """Each word said about being heard: the text, whether it gives or takes back, and whose it is."""
    asked = sa.text(
        "SELECT words, given, account_id FROM consent JOIN consent_text USING (text_sha256)"
        " WHERE consent_id = 'voice' ORDER BY id"
    )
    return [(row[0], bool(row[1]), row[2]) for row in await desk.installation.store.read(lambda c: c.execute(asked))]


@pytest.mark.desk(profile=Path("profiles/kontorblatt"))
@on_each_database
async def test_a_consent_is_on_record_in_its_words_and_taken_back_in_the_customers(desk: Running) -> None:
    customer = desk.customer("en")
    await customer.say("hello")

    asked = texts(await speaks(desk, customer, "how much is it?"))
    assert "I agree that my recordings are turned into text by a speech-to-text service" in asked
    assert await consents(desk) == []

    await customer.say("voice:listen")
    assert customer.custom["heard"] == "how much is it?"
    ((words, given, whose),) = await consents(desk)
    assert words in asked
    assert (given, whose) == (True, None)

    await customer.say("I withdraw my consent to listening to recordings")
    assert "is withdrawn" in customer.said[-1]
    assert [given for _, given, _ in await consents(desk)] == [True, False]
    assert "I agree that" in texts(await speaks(desk, customer, "and now?"))


# --- what is read aloud: `custom.speech`, only where a text is read otherwise than it is written ---


async def test_an_answer_says_how_it_is_read_where_that_differs(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="pl", nip="123-456-32-18"))
    customer = (await scripted.run("account.email")).customer
    assert "speech" not in customer.custom  # a question in plain words

    await scripted.run("company.confirm")

    assert "NIP: 1 2 3, 4 5 6, 3 2, 1 8." in customer.custom["speech"]
    assert customer.custom["speech"].endswith(customer.said[-1].rpartition("\n")[2])
    assert "NIP: 123-456-32-18" in customer.said[-1]


async def test_no_link_is_read_and_the_order_is_told_in_words(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="it"))
    customer = (await scripted.run("secure_page")).customer
    assert customer.link("secure_page")["href"] not in customer.custom.get("speech", "")

    await scripted.run("order.pay", "payment.pay")

    assert "zloty e " in customer.custom["speech"]
    assert "PLN" not in customer.custom["speech"]
