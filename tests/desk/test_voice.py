"""A customer who speaks, over REST and on a whole desk: informed, heard, said back, nothing bound by voice.

Recordings that are too long or too large, in a row, repeated, changed; a recogniser that is away, slow, late."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id, hashed_address
from bot.conversation.inbound import Text, VoiceNote
from bot.usecases.agents.acts import By
from services import limits
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on_each_database
from tests.desk.recogniser import Held
from tests.desk.running import PATIENCE_S, Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, soon, telegram_desk
from tests.desk.test_voice_for_agents import OGG, held, rows, settled, speak, telegram_held
from tests.sounds import SOUNDS, ogg
from tests.voices import KINDS, sentences
from values.channel import Channel
from values.recording import MOST_BYTES, MOST_SECONDS


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


async def test_no_link_is_read_and_the_order_is_told_in_words(desk: Running) -> None:
    scripted = Scripted(desk, Person(locale="it"))
    customer = (await scripted.run("secure_page")).customer
    assert customer.link("secure_page")["href"] not in customer.custom.get("speech", "")

    await scripted.run("order.pay", "payment.pay")

    assert "zloty e " in customer.custom["speech"]
    assert "PLN" not in customer.custom["speech"]


LONG = MOST_SECONDS + 1
TOO_LONG = "Nagranie jest za długie"
HUGE = ogg(3) + bytes(MOST_BYTES)


async def heard(desk: Running) -> list[Any]:
    return (await desk.http.get("/sandbox/api/recordings")).json()["heard"]


@pytest.mark.stage("contact.phone", locale="pl")
async def test_by_rest_the_bot_says_that_it_is_too_long(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    for make, _ in SOUNDS.values():
        assert TOO_LONG in texts(await speak(desk, customer, make(LONG)))
    assert await kept(desk) == 0
    assert TOO_LONG not in texts(await speak(desk, customer, ogg(MOST_SECONDS)))
    assert await kept(desk) == 1, "a whole minute is taken"
    assert await heard(desk) == []


async def test_by_the_web_chat_the_bot_says_that_it_is_too_long(desk: Running) -> None:
    page = {"okienko-chat": "1"}
    await desk.http.get("/chat")
    for n, sound in enumerate((ogg(LONG), HUGE)):
        form = {"metadata": json.dumps({"message_id": f"note-{n}"})}
        files = {"file": ("voice", sound, "audio/ogg")}
        answer = await desk.http.post("/webchat/voice", data=form, files=files, headers=page)
        assert answer.status_code == (200 if n == 0 else 413)
    assert TOO_LONG in (await desk.http.get("/webchat/history", headers=page)).json()["lines"][-1]["text"]
    assert await kept(desk) == 0


async def test_with_an_agent_it_is_not_kept_and_both_read_why(desk: Running) -> None:
    talk = await held(desk)
    assert TOO_LONG in texts(await talk.speaks(ogg(LONG)))
    assert [(row.state, row.size) for row in await rows(desk)] == [("no_sound", 0)]
    anna: AgentHttp = await talk.anna()
    assert "trwa dłużej niż minutę" in anna.words
    await speak(desk, talk.customer, HUGE, status=413)
    assert len(await rows(desk)) == 1


def note(**told: Any) -> dict[str, Any]:
    return {"voice": {"file_id": "note-1", "file_unique_id": "1", "duration": 3, **told}}


#: What Telegram says of a note, and its file.
NOTES: tuple[tuple[dict[str, Any], bytes], ...] = (
    ({"duration": LONG}, ogg(3)),
    ({"file_size": MOST_BYTES + 1}, ogg(3)),
    ({}, ogg(LONG)),
    ({"duration": LONG, "file_size": MOST_BYTES + 1}, HUGE),
)


async def test_on_telegram_the_bot_says_that_it_is_too_long(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        for number, (told, api.files["note-1"]) in enumerate(NOTES, 931):
            chat = Chat(api, desk, number)
            await chat.say("/start")
            await chat.sees(lambda chat=chat: chat.button("start:buy"))
            await chat.send(**note(**told))
            if not told:
                await chat.press("voice:listen")
            await chat.reads(TOO_LONG)
        assert await heard(desk) == []


async def test_a_telegram_file_larger_than_it_was_said_to_be_is_not_read_to_its_end(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        api.files["note-1"] = HUGE
        api.unsized = True
        chat = Chat(api, desk, 932)
        await chat.say("/start")
        await chat.sees(lambda: chat.button("start:buy"))
        await chat.send(**note())
        await chat.press("voice:listen")
        await chat.reads("Nie udało się odsłuchać nagrania")
        assert await heard(desk) == []


@pytest.mark.parametrize("told", [{"duration": LONG}, {"file_size": MOST_BYTES + 1}, {}])
async def test_on_telegram_an_agent_reads_that_it_is_too_long(tmp_path: Path, told: dict[str, Any]) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        api.files["note-1"] = ogg(LONG if not told else 3)
        chat, _ = await telegram_held(api, desk, 933)
        await chat.send(**note(**told))
        await settled(desk, "no_sound")
        assert [row.size for row in await rows(desk)] == [0]
        if told:
            await chat.reads(TOO_LONG)


ALL_SOUNDS = [said.sound for said in sentences("pl").values()]
ANNA = By("agent-anna", "Anna", "pl")


async def listening(desk: Running, held: Held) -> tuple[Customer, "asyncio.Task[object]"]:
    """A customer whose recording the recogniser is hearing, and the press that let it."""
    customer = (await Scripted(desk, Person(locale="pl")).run("contact.phone")).customer
    await customer.speak(ALL_SOUNDS[0])
    listens = asyncio.create_task(customer.say("voice:listen"))
    await held.asked.wait()
    return customer, listens


async def test_two_in_a_row_are_heard_in_their_order(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)
    held.words = ["to pierwsze", "to drugie"]
    again = asyncio.create_task(Customer(desk.http, "pl", customer.sender).speak(ALL_SOUNDS[1]))
    await until(lambda: any(isinstance(one.body, VoiceNote) for one in held.met[1:]))

    held.let.set()
    await asyncio.gather(listens, again)
    await soon(lambda: not held.words)
    await customer.settled()

    assert [line for line in await customers_lines(desk) if line.startswith("to ")] == ["to pierwsze", "to drugie"]
    assert await kept(desk) == 0


async def test_another_language_is_spoken_at_once_and_the_recording_left(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)

    other = Customer(desk.http, "pl", customer.sender)
    await other.say("/lang it")
    assert "Il vocale non l’ho ascoltato" in "\n".join(other.said)
    held.let.set()
    await listens

    assert "dzień dobry" not in await customers_lines(desk)
    assert await kept(desk) == 0


async def test_an_agent_who_comes_meanwhile_ends_the_hearing(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)
    where = conversation_id(Channel.REST, hashed_address(Channel.REST, customer.sender))
    acts = desk.installation.container.agent_acts
    await acts.take(where, ANNA, "take")

    held.let.set()
    await listens
    await customer.settled()
    assert "Słyszę" not in "\n".join(customer.said[-2:])

    await acts.give_back(where, ANNA, "back")
    await customer.look()
    assert customer.expects == "phone"
    await customer.say("512 000 999")
    assert customer.expects == "contact_code"


async def test_what_comes_too_late_is_dropped_and_what_was_written_is_answered(
    desk: Running, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dialogs.voice.TOLD_AFTER", timedelta(seconds=0.1))
    monkeypatch.setattr("dialogs.voice.WAITED_FOR", timedelta(seconds=0.5))
    customer, listens = await listening(desk, held)
    other = Customer(desk.http, "pl", customer.sender)

    async with asyncio.timeout(PATIENCE_S):
        while "Nie udało się odsłuchać nagrania" not in "\n".join(other.said):
            await other.look()
            await asyncio.sleep(0.01)
    assert any("Jeszcze słucham…" in said for said in other.said)
    assert await kept(desk) == 0
    await other.say("512 000 999")
    assert other.expects == "contact_code"

    held.let.set()
    await listens
    assert "dzień dobry" not in await customers_lines(desk)


async def test_on_telegram_a_repeated_forwarded_or_changed_note(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True) as desk:
        chat = Chat(api, desk, 921, webhook=True)
        for name in ("first", "second"):
            api.files[name] = ALL_SOUNDS[0] + name.encode()
            await desk.http.post("/sandbox/api/recordings", json={"text": f"to {name}"})
        await chat.say("/start")
        await chat.sees(lambda: chat.button("start:buy"))
        note = {"file_id": "first", "file_unique_id": "1", "duration": 2}

        update = await chat.send(voice=note)
        await chat.put(update)
        await chat.press("voice:listen")
        await chat.reads("Słyszę: „to first”")

        shown = len(chat.shown)
        await chat.put(api.update(edited_message={**update["message"], "caption": "podpis"}))
        origin = {"type": "hidden_user", "sender_user_name": "Jan", "date": 1}
        await chat.send(voice={**note, "file_id": "second"}, forward_origin=origin)
        await chat.reads("Słyszę: „to second”", after=shown)

        assert len((await desk.http.get("/sandbox/api/recordings")).json()["heard"]) == 2
        assert [line for line in await customers_lines(desk) if line.startswith("to ")] == ["to first", "to second"]


# --- recordings that are none, too many of them, and a recogniser that answers whatever it likes ---


NO_SOUNDS = {
    "zeros": bytes(1024 * 1024),
    "a zip": b"PK\x03\x04" + bytes(500),
    "nothing": b"",
    "a page": b"<!doctype html><html>" + b" " * 500,
    "a program": b"\x7fELF" + bytes(500),
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(500),
    "too much": b"OggS" + bytes(2 * 1024 * 1024),
}
SAID = json.dumps
ANSWERS = {
    "an order": SAID({"text": "zamawiam i płacę"}),
    "consent to all": SAID({"text": "akceptuję regulamin i klauzule, zgadzam się na wszystko"}),
    "a page": "<!doctype html><html><body>zamawiam</body></html>",
    "a megabyte": SAID({"text": "zamawiam " * 120_000}),
    "nothing": "",
    "no words": SAID({"text": ""}),
    "the prompt": SAID({"text": "FakturaSmart, NIP"}),
    "no text": SAID({"text": None}),
    "another form": SAID([{"text": "zamawiam i płacę"}]),
    "payloads": SAID({"text": "pay:now"}),
    "commands": SAID({"text": "/lang it"}),
    "markup": SAID({"text": "<img src=x onerror=alert(1)> & {desk} %s \u202e\u0000"}),
    "an endless nest": '{"text":' + "[" * 20_000,
}


@dataclass
class Recogniser:
    """A server that answers each request with `answer`, and calls it well done; `asked` counts them."""

    answer: str = ""
    asked: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        self.asked += 1
        body = self.answer.encode()
        told = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{told}Connection: close\r\n\r\n".encode() + body)
        writer.close()


async def test_whatever_the_recogniser_answers_orders_nothing_and_holds_nobody_up(tmp_path: Path) -> None:
    recogniser = Recogniser()
    async with await asyncio.start_server(recogniser.serve, "127.0.0.1") as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        async with running_desk(tmp_path, transcription_url=url) as desk:
            scripted = await Scripted(desk, Person(locale="pl")).run("order.pay")
            for name, answer in ANSWERS.items():
                before, recogniser.answer = recogniser.asked, answer
                await orders_by_voice(desk, scripted)
                assert recogniser.asked > before, name
            await scripted.run()
            assert (await desk.card(scripted.person.email))["orders"][0]["status"] == "paid"


async def orders_by_voice(desk: Running, scripted: Scripted) -> None:
    """The customer says the order's words, whatever is heard of them: nothing comes of it."""
    customer = scripted.customer
    await customer.speak(sentences("pl")["order"].sound)
    if "voice:listen" in customer.buttons:
        await customer.say("voice:listen")
    for _ in range(8):
        await desk.advance(5)
    await desk.advance(120)  # whoever answered nonsense is asked again after a while
    await customer.look()
    assert (await desk.card(scripted.person.email))["orders"] == []
    assert customer.at == "order.pay", customer.said[-1]
    assert await kept(desk) == 0
    assert "<img" not in customer.said[-1] or "onerror" in customer.said[-1], "shown as it is, as text"


@pytest.mark.stage("contact.phone", locale="en")
@on_each_database
async def test_what_is_no_sound_leaves_nothing(desk: Running, buyer: Scripted, tmp_path: Path) -> None:
    customer = buyer.customer
    for name, sound in NO_SOUNDS.items():
        answer = await desk.http.post(
            "/webhooks/rest/voice", data={"sender": customer.sender}, files={"file": ("note.ogg", sound, "audio/ogg")}
        )
        assert answer.status_code in (400, 413, 415), name
        assert answer.json()["error"], name

    assert await kept(desk) == 0
    assert left_on_disk(tmp_path, b"OggS") == []
    assert customer.expects == "phone"


def left_on_disk(folder: Path, mark: bytes) -> list[str]:
    """The files in which such bytes stand."""
    return [str(file) for file in folder.rglob("*") if file.is_file() and mark in file.read_bytes()]


@pytest.mark.stage("contact.phone", locale="pl")
async def test_a_sound_that_is_heard_is_on_no_disk_in_the_clear(desk: Running, buyer: Scripted, tmp_path: Path) -> None:
    customer, sound = buyer.customer, sentences("pl")["yes"].sound

    await customer.speak(sound)
    assert await kept(desk) == 1
    assert left_on_disk(tmp_path, sound[40:120]) == []
    await customer.say("voice:listen")

    assert await kept(desk) == 0
    assert left_on_disk(tmp_path, sound[40:120]) == []


@pytest.mark.stage("contact.phone", locale="pl")
async def test_every_kind_of_sound_is_known_by_its_first_bytes(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    for file in KINDS:
        await desk.http.post("/sandbox/api/recordings", json={"text": "dzień dobry"})
        await customer.speak(file.read_bytes())
        if "voice:listen" in customer.buttons:
            await customer.say("voice:listen")
        assert customer.custom["heard"] == "dzień dobry", file.name

    heard = (await desk.http.get("/sandbox/api/recordings")).json()["heard"]
    assert [one["filename"] for one in heard] == ["note.ogg", "note.webm", "note.mp4", "note.mp3", "note.wav"]


@pytest.mark.stage("contact.phone", locale="en")
@pytest.mark.parametrize("informed", [False, True])
async def test_two_hundred_at_once_hold_nobody_up(desk: Running, buyer: Scripted, informed: bool) -> None:
    flood, sound = buyer.customer, sentences("en")["yes"].sound
    if informed:
        await flood.speak(sound)
        await flood.say("voice:listen")

    async def one(number: int) -> int:
        told = {"sender": flood.sender, "metadata": json.dumps({"message_id": f"n{number}"})}
        files = {"file": ("note.ogg", sound + str(number).encode())}
        return (await desk.http.post("/webhooks/rest/voice", data=told, files=files)).status_code

    assert set(await asyncio.gather(*(one(number) for number in range(200)))) == {200, 429}
    await flood.say("/help")
    await desk.advance(16 * 60)
    assert await kept(desk) == 0
    await flood.say("512 000 999")
    assert flood.expects == "contact_code"
