"""A recording longer than a minute or larger than 2 MiB is refused at each door, in words, whoever would hear it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.desk.agent_http import AgentHttp
from tests.desk.running import Running
from tests.desk.scripted import Scripted
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_voice import kept, texts
from tests.desk.test_voice_for_agents import held, rows, settled, speak, telegram_held
from tests.sounds import SOUNDS, ogg
from values.recording import MOST_BYTES, MOST_SECONDS

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
