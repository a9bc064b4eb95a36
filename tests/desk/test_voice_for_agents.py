"""What a customer says to an agent: kept, played, deleted; by nobody but the agent, and never read by the bot."""

import asyncio
import base64
import html
import json
import re
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.conversation.identity import conversation_id, hashed_address
from bot.usecases.agents.acts import By
from services import limits
from services.hearing.transcriber import Transcriber, Transcript
from services.privacy import desk_rows
from tests.bot.handlers.telegram.bot_api import BotApi, Fault
from tests.desk.agent_http import AgentHttp
from tests.desk.databases import on, on_each_database
from tests.desk.running import Customer, Running, http_client, running_desk
from tests.desk.scripted import Person, Scripted
from tests.desk.scripted import until as until_true
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from values.channel import Channel

OGG = b"OggS" + bytes(range(200))
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(100)
ANNA = "agent-anna"
_PLAYER = re.compile(r'<audio [^>]*src="([^"]+)"[^>]*>')


@dataclass
class Held:
    """A customer whose conversation Anna has."""

    desk: Running
    customer: Customer
    where: str
    email: str

    async def speaks(self, sound: bytes = OGG) -> Any:
        return await speak(self.desk, self.customer, sound)

    async def anna(self) -> AgentHttp:
        return await at_the_talk(self.desk, self.where)


async def at_the_talk(desk: Running, where: str, login: str = "anna") -> AgentHttp:
    """An agent who looks at the conversation."""
    agent = await AgentHttp.logged_in(desk, login)
    await agent.get(f"/desk/c/{where}")
    return agent


async def speak(desk: Running, customer: Customer, sound: bytes = OGG, status: int = 200) -> Any:
    answer = await desk.http.post(
        "/webhooks/rest/voice",
        data={"sender": customer.sender, "metadata": json.dumps({"locale": customer.locale})},
        files={"file": ("note.ogg", sound, "audio/ogg")},
    )
    assert answer.status_code == status, answer.text
    return answer.json()


async def held(desk: Running, until: str = "contact.phone", locale: str = "pl") -> Held:
    scripted = await Scripted(desk, Person(locale=locale)).run(until)
    await scripted.customer.say("/agent")
    where = conversation_id(Channel.REST, hashed_address("rest", scripted.customer.sender))
    await take(desk, where)
    return Held(desk, scripted.customer, where, scripted.person.email)


async def take(desk: Running, where: str) -> None:
    me = await agent_id(desk, "anna")
    await desk.installation.container.agent_acts.take(where, By(me, "Anna", "pl"), f"take-{where}")


async def agent_id(desk: Running, login: str) -> str:
    asked = sa.text("SELECT id FROM agent WHERE login = :login")
    return await desk.installation.store.read(lambda c: c.execute(asked, {"login": login}).scalar_one())


async def rows(desk: Running) -> list[Any]:
    asked = sa.text("SELECT id, state, words, length(sealed) AS size, sealed FROM recording")
    return await desk.installation.store.read(lambda c: list(c.execute(asked)))


def player(anna: AgentHttp) -> str:
    """The address of the only player on the page."""
    (found,) = _PLAYER.findall(anna.page)
    return html.unescape(found)


@on_each_database
async def test_the_agent_plays_what_was_said(desk: Running) -> None:
    talk = await held(desk)

    answer = await talk.speaks()

    assert "Anna może odsłuchać Twoją głosówkę" in "\n".join(one.get("text", "") for one in answer)
    anna = await talk.anna()
    assert 'aria-label="Głosówka z' in anna.page
    assert "media-src 'self'" in (await anna.get(f"/desk/c/{talk.where}")).headers["content-security-policy"]
    played = await anna.http.get(player(anna))
    assert (played.status_code, played.content) == (200, OGG)
    assert played.headers["content-type"] == "audio/ogg"
    assert played.headers["x-content-type-options"] == "nosniff"
    assert played.headers["cache-control"] == "private, no-store"
    assert played.headers["content-disposition"] == 'inline; filename="recording.ogg"'
    assert "media-src" not in played.headers["content-security-policy"]
    (kept,) = await rows(desk)
    assert OGG not in bytes(kept.sealed)


PARTS = {
    "bytes=0-3": (206, OGG[:4], "bytes 0-3/204"),
    "bytes=200-": (206, OGG[200:], "bytes 200-203/204"),
    "bytes=-4": (206, OGG[-4:], "bytes 200-203/204"),
    "bytes=0-9999": (206, OGG, "bytes 0-203/204"),
    "bytes=204-": (416, b"", "bytes */204"),
    "bytes=-0": (416, b"", "bytes */204"),
    "bytes=-": (200, OGG, None),
    "lines=1-2": (200, OGG, None),
}


async def test_a_part_of_a_recording(desk: Running) -> None:
    talk = await held(desk)
    await talk.speaks()
    anna = await talk.anna()
    for asked, expected in PARTS.items():
        answer = await anna.http.get(player(anna), headers={"range": asked})
        assert (answer.status_code, answer.content, answer.headers.get("content-range")) == expected, asked


async def test_nobody_else_plays_it(desk: Running) -> None:
    talk, other = await held(desk), await held(desk)
    await talk.speaks()
    anna = await talk.anna()
    where, marek = player(anna), await at_the_talk(desk, talk.where, "marek")
    assert not _PLAYER.findall(marek.page)
    assert "osoba, która prowadzi rozmowę" in marek.words
    assert (await marek.http.get(where)).status_code == 403

    async with http_client(desk.url) as stranger:
        assert (await stranger.get(where)).status_code == 303
        assert (await stranger.get(where, headers={"okienko-part": "1"})).status_code in (303, 401)
    assert (await anna.http.get(where.replace(talk.where, other.where))).status_code == 404
    assert (await anna.http.get(where.replace(talk.where, "nobody"))).status_code == 404
    assert (await anna.http.get(where + "0")).status_code == 404


async def test_the_bot_never_reads_what_was_said_to_a_person(desk: Running) -> None:
    talk = await held(desk)
    await desk.http.post("/sandbox/api/recordings", json={"text": "512 000 999"})

    await talk.speaks()

    assert (await desk.http.get("/sandbox/api/recordings")).json()["heard"] == []
    await talk.customer.look()
    assert talk.customer.expects == "agent"
    (kept,) = await rows(desk)
    assert (kept.state, kept.words) == ("kept", None)


@pytest.fixture
def _deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desk without a recogniser."""
    monkeypatch.setattr("bot.app.providers.Providers.hears", property(lambda _: False))


@pytest.mark.stage("contact.phone", locale="pl")
@pytest.mark.usefixtures("_deaf")
async def test_a_desk_without_a_recogniser_keeps_it_for_the_agent_alone(desk: Running, buyer: Scripted) -> None:
    answer = await speak(desk, buyer.customer)
    assert "Głosówki jeszcze nie potrafię odsłuchać" in "\n".join(one.get("text", "") for one in answer)
    assert await rows(desk) == []
    talk = await held(desk)
    await talk.speaks()

    anna = await talk.anna()

    assert (await anna.http.get(player(anna))).content == OGG


@pytest.mark.desk(rate_limits="on")
async def test_too_many_recordings_are_not_kept(desk: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = limits.Rule("recordings of a conversation", 1, timedelta(hours=1))
    monkeypatch.setattr("services.hearing.recordings.OF_CONVERSATION", rule)
    talk = await held(desk)

    await talk.speaks()
    await talk.speaks(OGG + b"2")

    assert sorted((one.state, one.size > 0) for one in await rows(desk)) == [("kept", True), ("limited", False)]
    assert "Za dużo nagrań naraz" in (await talk.anna()).words


@pytest.fixture
def writing(tmp_path: Path) -> Path:
    """A profile that has recordings written down for agents."""
    folder = tmp_path / "seller"
    shutil.copytree("profiles/fakturasmart", folder)
    told = folder / "profile.toml"
    text = told.read_text(encoding="utf-8")
    told.write_text(f"{text}\n[desk]\ntranscribe_recordings = true\n", encoding="utf-8")
    return folder


async def test_the_words_are_for_the_agent_alone(tmp_path: Path, writing: Path) -> None:
    async with running_desk(tmp_path / "data", profile=writing) as desk:
        talk = await held(desk)
        await desk.http.post("/sandbox/api/recordings", json={"text": "to tylko dla Anny"})
        await talk.speaks()
        await settled(desk, "kept")

        anna = await talk.anna()

        assert "Spisane automatycznie: to tylko dla Anny" in anna.words
        assert player(anna)
        await talk.customer.look()
        assert not any("to tylko" in said for said in talk.customer.said)
        journal = sa.text("SELECT count(*) FROM journal WHERE CAST(data AS TEXT) LIKE '%to tylko%'")
        assert await desk.installation.store.read(lambda c: c.execute(journal).scalar_one()) == 0


async def settled(desk: Running, state: str) -> None:
    """The only recording has come so far."""

    async def there() -> bool:
        return [one.state for one in await rows(desk)] == [state]

    await until_true(there)


# --- Telegram: fetched after the turn ---


async def telegram_held(api: BotApi, desk: Running, number: int) -> tuple[Chat, str]:
    chat = Chat(api, desk, number)
    await chat.say("/start")
    await chat.say("/agent")
    asked = sa.text("SELECT id FROM conversation WHERE channel = 'telegram' AND mode = 'waiting'")

    async def waiting() -> str | None:
        return await desk.installation.store.read(lambda c: c.execute(asked).scalar())

    await until_true(waiting)
    where = await waiting() or ""
    await take(desk, where)
    return chat, where


def voice(file_id: str) -> dict[str, Any]:
    return {"voice": {"file_id": file_id, "file_unique_id": "1", "duration": 3}}


@on_each_database
async def test_a_telegram_note_is_fetched_and_played(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, **on(database, request)) as desk:
        api.files["note-1"] = OGG
        chat, where = await telegram_held(api, desk, 911)

        await chat.send(**voice("note-1"))

        await settled(desk, "kept")
        anna = await at_the_talk(desk, where)
        assert (await anna.http.get(player(anna))).content == OGG
        await chat.sees(lambda: any("Anna może odsłuchać" in text for text in api.texts(911)))


@pytest.mark.parametrize(
    ("file", "state", "told"),
    [(None, "lost", "nie udało się pobrać"), (bytes(1024 * 1024), "no_sound", "To nie jest nagranie dźwięku")],
)
async def test_what_could_not_be_kept_is_said(tmp_path: Path, file: bytes | None, state: str, told: str) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        if file is not None:
            api.files["note-1"] = file
        chat, where = await telegram_held(api, desk, 912)

        await chat.send(**voice("note-1"))

        await settled(desk, state)
        assert [one.size for one in await rows(desk)] == [0]
        anna = await at_the_talk(desk, where)
        assert told in anna.words
        assert not _PLAYER.findall(anna.page)


async def test_an_outage_is_tried_again_and_at_last_given_up(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat, where = await telegram_held(api, desk, 913)
        api.files["note-1"] = OGG
        api.faults["getFile"].append(Fault(502, "Bad Gateway"))

        await chat.send(**voice("note-1"))
        await desk.advance(60)
        await settled(desk, "kept")

        api.faults["getFile"] += [Fault(502, "Bad Gateway")] * 5
        await chat.send(**voice("note-1"))
        for _ in range(5):
            await desk.advance(3600)
        anna = await AgentHttp.logged_in(desk)

        async def given_up() -> bool:
            await anna.get(f"/desk/c/{where}")
            return "nie udało się pobrać" in anna.words

        await until_true(given_up)


async def test_a_desk_that_ends_between_the_turn_and_the_fetch_fetches_it_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_api() as api:
        api.files["note-1"] = OGG
        with monkeypatch.context() as patched:

            async def never(*_: Any) -> bytes:
                await asyncio.Event().wait()
                raise AssertionError

            patched.setattr("bot.handlers.telegram.client.BotClient.file", never)
            async with telegram_desk(tmp_path, api) as desk:
                chat, where = await telegram_held(api, desk, 914)
                await chat.send(**voice("note-1"))
                await settled(desk, "coming")
                assert "Nagranie jest pobierane" in (await at_the_talk(desk, where)).words
        async with telegram_desk(tmp_path, api) as desk:
            await desk.advance(300)
            await settled(desk, "kept")


async def test_what_is_erased_before_it_was_fetched_does_not_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetching, let = asyncio.Event(), asyncio.Event()

    async def late(*_: Any) -> bytes:
        fetching.set()
        await let.wait()
        return OGG

    monkeypatch.setattr("bot.handlers.telegram.client.BotClient.file", late)
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat, where = await telegram_held(api, desk, 915)
        await chat.send(**voice("note-1"))
        await fetching.wait()
        await desk.installation.store.write(lambda c: desk_rows.erase_copies(c, where))

        let.set()

        await desk.advance(60)
        assert await rows(desk) == []


# --- a recording of the moment before ---


async def test_what_waits_to_be_heard_when_the_agent_comes_can_be_played(
    desk: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    hearing, let = asyncio.Event(), asyncio.Event()

    async def transcribe(*_: Any, **__: Any) -> Transcript:
        hearing.set()
        await let.wait()
        return Transcript("pięćset dwanaście", None)

    monkeypatch.setattr(Transcriber, "transcribe", transcribe)
    customer = (await Scripted(desk, Person(locale="pl")).run("contact.phone")).customer
    where = conversation_id(Channel.REST, hashed_address("rest", customer.sender))
    await speak(desk, customer)
    listening = asyncio.create_task(customer.say("voice:listen"))
    await hearing.wait()

    await take(desk, where)
    let.set()
    await listening

    anna = await at_the_talk(desk, where)
    assert (await anna.http.get(player(anna))).content == OGG
    assert "pięćset dwanaście" in anna.words
    await desk.advance(16 * 60)
    assert len(await rows(desk)) == 1, "the quarter of an hour is for those that nobody has"


# --- its end ---


async def test_it_goes_when_its_time_is_over_and_the_line_says_so(desk: Running) -> None:
    talk = await held(desk)
    await talk.speaks()
    anna = await talk.anna()
    where = player(anna)

    await desk.advance(29 * 86400)
    await desk.installation.container.housekeeping.run_once()
    assert len(await rows(desk)) == 1
    await desk.advance(2 * 86400)
    await desk.installation.container.housekeeping.run_once()

    assert await rows(desk) == []
    anna = await talk.anna()
    assert "Nagrania już nie przechowujemy." in anna.words
    assert (await anna.http.get(where)).status_code == 404


@on_each_database
async def test_it_is_handed_out_with_the_person_and_erased_with_them(desk: Running) -> None:
    talk = await held(desk, "payment")
    await talk.speaks()
    marek = await AgentHttp.logged_in(desk, "marek")
    account = await account_of(desk, talk.where)
    await marek.get(f"/desk/customers/{account}")

    told = (await marek.post(f"/desk/customers/{account}/export", kind="json")).json()
    page = (await marek.post(f"/desk/customers/{account}/export", kind="html")).text

    (found,) = (one["recording"] for one in told["conversations"][0]["messages"] if "recording" in one)
    assert found["media_type"] == "audio/ogg"
    assert base64.b64decode(found["audio"]) == OGG
    assert f'src="data:audio/ogg;base64,{base64.b64encode(OGG).decode()}"' in html.unescape(page)
    assert "media-src data:" in page

    await marek.get(f"/desk/customers/{account}")
    await marek.post(f"/desk/customers/{account}/erase", sure="yes")
    assert await rows(desk) == []


async def account_of(desk: Running, where: str) -> str:
    asked = sa.text("SELECT account_id FROM conversation WHERE id = :id")
    return await desk.installation.store.read(lambda c: c.execute(asked, {"id": where}).scalar_one())
