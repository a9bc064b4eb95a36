"""Recordings in a row, repeated, changed, forwarded; a recogniser that is away, slow, late; what comes in between."""

import asyncio
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.conversation.identity import conversation_id, hashed_address
from bot.conversation.inbound import VoiceNote
from bot.usecases.agents.acts import By
from tests.bot.handlers.telegram.bot_api import until
from tests.desk.databases import on_each_database
from tests.desk.recogniser import Held
from tests.desk.running import PATIENCE_S, Customer, Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.telegram_chat import Chat, bot_api, soon, telegram_desk
from tests.desk.test_voice import customers_lines, kept
from tests.voices import KINDS, sentences
from values.channel import Channel

SOUNDS = [said.sound for said in sentences("pl").values()]
ANNA = By("agent-anna", "Anna", "pl")


async def listening(desk: Running, held: Held) -> tuple[Customer, "asyncio.Task[object]"]:
    """A customer whose recording the recogniser is hearing, and the press that let it."""
    customer = (await Scripted(desk, Person(locale="pl")).run("contact.phone")).customer
    await customer.speak(SOUNDS[0])
    listens = asyncio.create_task(customer.say("voice:listen"))
    await held.asked.wait()
    return customer, listens


async def test_two_in_a_row_are_heard_in_their_order(desk: Running, held: Held) -> None:
    customer, listens = await listening(desk, held)
    held.words = ["to pierwsze", "to drugie"]
    again = asyncio.create_task(Customer(desk.http, "pl", customer.sender).speak(SOUNDS[1]))
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


@pytest.mark.stage("contact.phone", locale="pl")
async def test_a_recogniser_that_fails_leaves_the_way_to_type(desk: Running, buyer: Scripted) -> None:
    customer = buyer.customer
    await customer.speak(sentences("pl")["phone"].sound)
    await desk.fault("transcription", "down", times=100)

    await customer.say("voice:listen")
    for _ in range(6):
        await desk.advance(5)
        await customer.look()

    assert "Napisz, proszę, to samo słowami" in "\n".join(customer.said)
    assert await kept(desk) == 0
    await customer.say("512 000 999")
    assert customer.expects == "contact_code"


async def test_on_telegram_a_repeated_forwarded_or_changed_note(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True) as desk:
        chat = Chat(api, desk, 921, webhook=True)
        for name in ("first", "second"):
            api.files[name] = SOUNDS[0] + name.encode()
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
