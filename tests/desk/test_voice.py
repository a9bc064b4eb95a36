"""A customer who speaks, over REST and on a whole desk: informed, heard, said back, nothing bound by voice."""

import json
from typing import Any

import sqlalchemy as sa

from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted

OGG = b"OggS" + bytes(200)


async def speaks(desk: Running, customer: Customer, words: str, sound: bytes = OGG) -> Any:
    """The customer sends a recording of which the recogniser hears the words."""
    told = await desk.http.post("/sandbox/api/recordings", json={"text": words})
    assert told.status_code < 300, told.text
    answer = await desk.http.post(
        "/webhooks/rest/voice",
        data={"sender": customer.sender, "metadata": json.dumps({"locale": customer.locale})},
        files={"file": ("note.ogg", sound, "audio/ogg")},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(answer: Any) -> str:
    return "\n".join(item["text"] for item in answer if "text" in item)


async def kept(desk: Running) -> int:
    count = sa.text("SELECT count(*) FROM recording")
    return await desk.installation.store.read(lambda c: c.execute(count).scalar_one())


@on_each_database
async def test_a_number_is_spoken_said_back_and_proven(desk: Running) -> None:
    customer = (await Scripted(desk, Person(locale="pl")).run("contact.phone")).customer

    asked = texts(await speaks(desk, customer, "pięćset dwanaście zero zero zero dziewięćset dziewięćdziesiąt dziewięć"))
    assert "usługa zamiany mowy na tekst" in asked
    assert await kept(desk) == 1

    await customer.say("voice:listen")
    heard = customer.said[-1]
    assert "Słyszę: „pięćset dwanaście" in heard
    assert "+48 512 000 999" in heard
    assert customer.expects == "phone"
    assert await kept(desk) == 0

    await customer.say("voice:right")
    assert customer.expects == "contact_code"


async def test_nothing_is_ordered_by_voice(desk: Running) -> None:
    customer = (await Scripted(desk, Person(locale="pl")).run("order.pay")).customer
    await speaks(desk, customer, "zamawiam i płacę")

    await customer.say("voice:listen")

    assert "potwierdź, proszę, przyciskiem" in customer.said[-1]
    assert "order:" not in customer.custom["step"]
    assert (await customer.say("pay:now")) is not None


async def test_silence_says_how_to_go_on(desk: Running) -> None:
    customer = (await Scripted(desk, Person(locale="it")).run("contact.phone")).customer
    await speaks(desk, customer, "")

    await customer.say("voice:listen")

    assert "non sento parole" in customer.said[-1]
    assert customer.expects == "phone"


async def test_what_is_no_sound_is_refused(desk: Running) -> None:
    customer = (await Scripted(desk, Person(locale="en")).run("contact.phone")).customer
    for sound in (bytes(1000), b"PK\x03\x04" + bytes(200), b"", b"<html>" * 40):
        answer = await desk.http.post(
            "/webhooks/rest/voice", data={"sender": customer.sender}, files={"file": ("note.ogg", sound, "audio/ogg")}
        )
        assert answer.status_code == 415, sound[:10]
    assert await kept(desk) == 0
