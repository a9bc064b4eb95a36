"""The web chat's recordings: taken as a text is, where the desk hears; refused by what the bytes are."""

import json
from typing import Any

import httpx
import pytest

from bot.conversation.inbound import VoiceNote
from bot.web.flood import FloodRules
from tests.web.house import House
from values.recording import MOST_BYTES

PAGE = {"okienko-chat": "1"}
SOUNDS = {
    "ogg": b"OggS" + bytes(200),
    "webm": b"\x1a\x45\xdf\xa3" + bytes(200),
    "mp4": bytes(4) + b"ftypM4A " + bytes(200),
    "wav": b"RIFF" + bytes(4) + b"WAVE" + bytes(200),
    "mp3": b"ID3" + bytes(200),
}


@pytest.fixture
def house() -> House:
    """The pages of a desk that hears."""
    return House(hears=True)


async def speak(
    client: httpx.AsyncClient, sound: bytes = SOUNDS["ogg"], headers: dict[str, str] = PAGE, **fields: Any
) -> httpx.Response:
    """One recording as the page sends it."""
    metadata = json.dumps({"message_id": "v1", **fields})
    return await client.post(
        "/webchat/voice", data={"metadata": metadata}, files={"file": ("voice", sound)}, headers=headers
    )


@pytest.mark.parametrize("kind", SOUNDS)
async def test_a_recording_is_a_turn_of_the_session(visitor: httpx.AsyncClient, house: House, kind: str) -> None:
    answer = await speak(visitor, SOUNDS[kind], locale="it", seen=3)

    assert answer.status_code == 200, answer.text
    [inbound] = house.desk.turns
    assert isinstance(inbound.body, VoiceNote)
    assert inbound.body.audio == SOUNDS[kind]
    assert (inbound.seen, inbound.locale_hint, inbound.key.endswith(":v1")) == (3, "it", True)


async def test_a_recording_sent_twice_is_one_turn(visitor: httpx.AsyncClient, house: House) -> None:
    assert (await speak(visitor)).json()["repeated"] is False
    assert (await speak(visitor)).json()["repeated"] is True
    assert len(house.desk.turns) == 1


async def test_the_first_words_of_a_greeted_visitor_may_be_spoken(visitor: httpx.AsyncClient, house: House) -> None:
    assert (await speak(visitor, greeted=True)).status_code == 200
    assert len(house.desk.turns) == 2


async def test_a_whole_minute_of_any_bytes_is_taken(visitor: httpx.AsyncClient) -> None:
    assert (await speak(visitor, SOUNDS["ogg"] + bytes(range(256)) * 4000)).status_code == 200


@pytest.mark.parametrize(
    ("sound", "status"),
    [
        (b"", 415),
        (b"<html>" * 40, 415),
        (b"PK\x03\x04" + bytes(200), 415),
        (b"OggS" + bytes(MOST_BYTES), 413),
        (b"OggS" + bytes(2 * MOST_BYTES), 413),
    ],
)
async def test_what_is_no_recording_is_refused_in_json(
    visitor: httpx.AsyncClient, house: House, sound: bytes, status: int
) -> None:
    answer = await speak(visitor, sound)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert house.desk.brought == []


@pytest.mark.parametrize("metadata", ["", "[]", "{", '{"message_id": ""}', '{"message_id": "1", "seen": "x"}'])
async def test_its_fields_are_those_of_a_message(visitor: httpx.AsyncClient, house: House, metadata: str) -> None:
    files = {"file": ("voice", SOUNDS["ogg"])}
    answer = await visitor.post("/webchat/voice", data={"metadata": metadata}, files=files, headers=PAGE)

    assert answer.status_code == 400
    assert house.desk.brought == []


async def test_json_is_no_form(visitor: httpx.AsyncClient) -> None:
    assert (await visitor.post("/webchat/voice", json={"message_id": "1"}, headers=PAGE)).status_code == 400


@pytest.mark.parametrize(
    "headers", [{}, {**PAGE, "origin": "https://other.example"}, {**PAGE, "sec-fetch-site": "cross-site"}]
)
async def test_no_other_page_speaks_for_a_visitor(
    visitor: httpx.AsyncClient, house: House, headers: dict[str, str]
) -> None:
    assert (await speak(visitor, headers=headers)).status_code == 403
    assert house.desk.brought == []


async def test_without_a_session_nothing_is_taken(client: httpx.AsyncClient, house: House) -> None:
    assert (await speak(client)).status_code == 401
    assert house.desk.brought == []


async def test_recordings_and_texts_count_together() -> None:
    limited = House(hears=True, flood=FloodRules(session="2/minute", address=""))
    transport = httpx.ASGITransport(limited.app(), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as visitor:
        await visitor.get("/chat")
        text = {"text": "tak", "message_id": "1"}
        assert (await visitor.post("/webchat/messages", json=text, headers=PAGE)).status_code == 200
        assert (await speak(visitor, b"no sound", message_id="2")).status_code == 415
        answer = await speak(visitor, message_id="3")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


async def test_a_desk_that_does_not_hear_has_no_route_and_no_button() -> None:
    transport = httpx.ASGITransport(House().app(), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as visitor:
        page = await visitor.get("/chat")
        assert 'id="speak"' not in page.text
        assert "microphone=()" in page.headers["permissions-policy"]
        assert (await speak(visitor)).status_code == 404


async def test_the_chat_alone_may_use_the_microphone(client: httpx.AsyncClient) -> None:
    page = await client.get("/chat")
    assert "microphone=(self)" in page.headers["permissions-policy"]
    assert "camera=()" in page.headers["permissions-policy"]
    assert 'id="speak"' in page.text
    for path in ("/", "/sandbox", "/s/set", "/nowhere", "/webchat/history", "/static/css/base.css"):
        assert "microphone=()" in (await client.get(path)).headers["permissions-policy"], path


async def test_the_microphone_s_module_is_in_no_bundle_and_kept_for_good(client: httpx.AsyncClient) -> None:
    page = (await client.get("/chat")).text
    answer = await client.get(page.partition('id="speak"')[2].partition('data-module="')[2].partition('"')[0])
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"].endswith("immutable")
    assert "getUserMedia" in answer.text
    script = page.partition('<script type="module" src="')[2].partition('"')[0]
    assert "getUserMedia" not in (await client.get(script)).text
