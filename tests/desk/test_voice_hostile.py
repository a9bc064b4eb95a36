"""Recordings that are none, too many of them, and a recogniser that answers whatever it likes: nothing comes of it."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.desk.databases import on_each_database
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.test_voice import kept
from tests.voices import KINDS, sentences

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
    customer = buyer.customer
    sound = sentences("pl")["yes"].sound

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
    flood = buyer.customer
    sound = sentences("en")["yes"].sound
    if informed:
        await flood.speak(sound)
        await flood.say("voice:listen")

    async def one(number: int) -> int:
        told = {"sender": flood.sender, "metadata": json.dumps({"message_id": f"n{number}"})}
        files = {"file": ("note.ogg", sound + str(number).encode())}
        return (await desk.http.post("/webhooks/rest/voice", data=told, files=files)).status_code

    answered = await asyncio.gather(*(one(number) for number in range(200)))

    assert set(answered) == {200, 429}
    await flood.say("/help")
    await desk.advance(16 * 60)
    assert await kept(desk) == 0
    await flood.say("512 000 999")
    assert flood.expects == "contact_code"
