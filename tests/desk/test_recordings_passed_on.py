"""What customers say reaches agents in their Telegram group and in the help desk: the recording, once, in its order."""

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.usecases.agents.sounds_outside import OutsideSounds
from services.errors import ProviderUnavailable
from services.hearing import for_agents
from tests.bot.handlers.telegram.bot_api import Fault
from tests.bot.handlers.telegram.forum_api import Json, Topic
from tests.desk.forum import Forum, forum_on, id_of
from tests.desk.helpdesk import Helpdesk, help_desk
from tests.desk.post_office import Notice
from tests.desk.running import Customer, Running
from tests.desk.scripted import until
from tests.desk.telegram_chat import Chat, soon
from tests.desk.test_voice_for_agents import OGG, WAV, speak, take, voice

MP3, MP4 = b"ID3" + bytes(range(100)), b"\x00\x00\x00\x20ftypM4A " + bytes(100)
WEBM = b"\x1a\x45\xdf\xa3" + bytes(100)
WORDS = "→ /desk"
PLAYED = ("ogg", "mp3", "m4a")
"""What Telegram plays as a voice message."""


# --- the group ---


async def waiting(desk: Running) -> Customer:
    customer = desk.customer()
    await customer.say("/start")
    await customer.say("/agent")
    await take(desk, await id_of(desk, customer))
    return customer


async def on_telegram(forum: Forum, number: int) -> tuple[Chat, Topic]:
    chat = Chat(forum.api, forum.desk, number)
    await chat.say("/start")
    await chat.say("/agent")
    topic = await forum.topic()
    where = await forum.desk.installation.desk.conversation("telegram", str(number))
    assert where is not None
    await take(forum.desk, where)
    return chat, topic


def sounds(messages: Sequence[Json]) -> list[Json]:
    return [one for one in messages if one.get("sound") is not None]


@pytest.fixture
async def forum(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Forum]:
    """A desk whose agents sit in a group on Telegram."""
    async with forum_on("sqlite", request, tmp_path) as found:
        yield found


async def test_recordings_are_uploaded_to_the_topic_in_their_order(forum: Forum) -> None:
    customer = await waiting(forum.desk)
    topic = await forum.topic()
    await customer.say("Powiem to")
    for sound in (OGG, MP3, MP4, WEBM, WAV):
        await speak(forum.desk, customer, sound)
    await customer.say("I tyle")

    await forum.reads(topic, "I tyle")

    passed = sounds(topic.messages)
    assert [one["sound"] for one in passed] == [OGG, MP3, MP4, WEBM, WAV]
    assert all(one["caption"].startswith("[głosówka]") for one in passed)
    assert topic.whole.index("Powiem to") < topic.whole.index("[głosówka]") < topic.whole.index("I tyle")
    assert [asked["voice"][0] for asked in forum.api.made("sendVoice")] == [f"recording.{end}" for end in PLAYED]
    assert [asked["document"][0] for asked in forum.api.made("sendDocument")] == ["recording.webm", "recording.wav"]


async def test_a_note_of_telegram_is_copied_and_waits_for_nothing(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any) -> bytes:
        raise ProviderUnavailable("telegram")

    monkeypatch.setattr("bot.handlers.telegram.client.BotClient.file", away)
    forum.api.files["note-1"] = OGG
    chat, topic = await on_telegram(forum, 921)

    await chat.send(**voice("note-1"))

    await soon(lambda: sounds(topic.messages))
    assert [one["sound"] for one in sounds(topic.messages)] == [OGG]
    (asked,) = forum.api.made("copyMessage")
    assert asked["from_chat_id"] == 921
    assert not forum.api.made("sendVoice")


async def test_a_message_that_can_not_be_copied_any_more_is_uploaded(forum: Forum) -> None:
    forum.api.files["note-1"] = OGG
    chat, topic = await on_telegram(forum, 922)
    for _ in range(2):  # the outage lasts until the recording was fetched
        forum.api.faults["copyMessage"].append(Fault(502, "Bad Gateway"))
    forum.api.faults["copyMessage"].append(Fault(400, "Bad Request: MESSAGE_ID_INVALID"))

    await chat.send(**voice("note-1"))

    await passed_on(forum, topic)
    assert len(forum.api.made("copyMessage")) == 3
    assert len(forum.api.made("sendVoice")) == 1


async def passed_on(forum: Forum, topic: Topic) -> None:
    """The group is left alone for a while after an outage: until the recording is there."""

    async def there() -> bool:
        await forum.desk.advance(60)
        return bool(sounds(topic.messages))

    await until(there)
    assert len(sounds(topic.messages)) == 1


@pytest.mark.parametrize("fault", [Fault(502, "Bad Gateway"), Fault(429, "Too Many Requests", {"retry_after": 1})])
async def test_an_outage_of_the_group_is_tried_again(forum: Forum, fault: Fault) -> None:
    customer = await waiting(forum.desk)
    topic = await forum.topic()
    forum.api.faults["sendVoice"].append(fault)

    await speak(forum.desk, customer)

    await passed_on(forum, topic)
    assert len(forum.api.made("sendVoice")) == 2
    assert topic.whole.count(WORDS) == 1


@pytest.mark.parametrize(
    "fault", [Fault(400, "Bad Request: file is too big"), Fault(413, "Request Entity Too Large")], ids=["400", "413"]
)
async def test_what_telegram_refuses_leaves_the_words(forum: Forum, fault: Fault) -> None:
    customer = await waiting(forum.desk)
    topic = await forum.topic()
    forum.api.faults["sendVoice"].append(fault)

    await speak(forum.desk, customer)
    await customer.say("Słychać?")

    await forum.reads(topic, "Słychać?")
    assert not sounds(topic.messages)
    assert topic.whole.count(f"[głosówka] {WORDS}") == 1


async def test_a_desk_that_ends_before_the_group_was_told_tells_it_afterwards(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with forum_on("sqlite", request, tmp_path) as forum:
        customer = await waiting(forum.desk)
        topic, api = await forum.topic(), forum.api
        api.trouble = Fault(502, "Bad Gateway")
        await speak(forum.desk, customer)
    api.trouble = None
    async with forum_on("sqlite", request, tmp_path, api=api) as forum:
        await passed_on(forum, topic)


async def test_one_that_is_deleted_meanwhile_is_no_error(forum: Forum) -> None:
    customer = await waiting(forum.desk)
    topic = await forum.topic()
    forum.api.trouble = Fault(502, "Bad Gateway")
    await speak(forum.desk, customer)
    await forget(forum.desk)
    forum.api.trouble = None

    async def told() -> bool:
        await forum.desk.advance(60)
        return f"[głosówka] {WORDS}" in topic.whole

    await until(told)
    assert not sounds(topic.messages)


async def forget(desk: Running) -> None:
    """As retention and erasure do."""
    await desk.installation.store.write(lambda c: c.execute(sa.text("DELETE FROM recording")))


# --- the help desk ---


async def heard_there(helpdesk: Helpdesk) -> list[tuple[Json, bytes]]:
    """The messages with a recording, and its bytes."""
    found: list[tuple[Json, bytes]] = []
    for one in await helpdesk.listed():
        for message in one["messages"]:
            for file in message.get("attachments", ()):
                answer = await helpdesk.desk.http.get(file["data_url"])
                found += [(message, answer.content)]
    return found


async def asked_for_help(helpdesk: Helpdesk) -> Customer:
    customer = await waiting(helpdesk.desk)
    await helpdesk.says("Powód")
    return customer


@pytest.fixture
async def helpdesk(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Helpdesk]:
    """A desk whose agents sit in a help desk."""
    async with help_desk("sqlite", request, tmp_path) as (_, found):
        yield found


async def test_recordings_are_attached_to_the_customers_messages_in_their_order(helpdesk: Helpdesk) -> None:
    customer = await asked_for_help(helpdesk)
    await customer.say("Powiem to")
    for sound in (OGG, MP3, MP4, WEBM, WAV):
        await speak(helpdesk.desk, customer, sound)
    await customer.say("I tyle")

    await helpdesk.says("I tyle")

    heard = await heard_there(helpdesk)
    assert [passed for _, passed in heard] == [OGG, MP3, MP4, WEBM, WAV]
    for message, _ in heard:
        assert (message["message_type"], message["private"]) == (0, False)
        assert message["content"].startswith("[głosówka]")
    (there,) = await helpdesk.listed()
    told = "\n".join(one["content"] for one in there["messages"])
    assert told.index("Powiem to") < told.index("[głosówka]") < told.index("I tyle")


async def test_what_was_said_before_the_card_is_attached_behind_it(helpdesk: Helpdesk) -> None:
    helpdesk.office.lose = lambda _: True
    customer = await waiting(helpdesk.desk)
    await speak(helpdesk.desk, customer)
    await customer.say("I tyle")
    helpdesk.office.lose = lambda _: False

    await advanced(helpdesk, "I tyle")

    ((message, passed),) = await heard_there(helpdesk)
    assert passed == OGG
    (there,) = await helpdesk.listed()
    words = [one["content"] for one in there["messages"]]
    assert "Powód" in words[0]
    assert "głosówka" not in words[0]
    assert words.index(message["content"]) < len(words) - 1


async def advanced(helpdesk: Helpdesk, words: str) -> None:
    """The help desk is left alone for a while after an outage: until these words stand there."""

    async def told() -> bool:
        await helpdesk.desk.advance(200)
        return any(words in (one["content"] or "") for there in await helpdesk.listed() for one in there["messages"])

    await until(told)


async def test_an_answer_lost_makes_no_second_recording(helpdesk: Helpdesk) -> None:
    customer = await asked_for_help(helpdesk)
    lost = 0

    def lose(asked: Notice) -> bool:
        nonlocal lost
        lost += asked.method == "POST"
        return asked.method == "POST" and lost == 1

    helpdesk.office.lose = lose
    await speak(helpdesk.desk, customer)
    await customer.say("I tyle")

    await advanced(helpdesk, "I tyle")
    assert len(await heard_there(helpdesk)) == 1


async def test_what_the_help_desk_refuses_leaves_the_words(helpdesk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.chatwoot.api.LARGEST", 10)
    customer = await asked_for_help(helpdesk)

    await speak(helpdesk.desk, customer)

    assert WORDS in (await helpdesk.says("[głosówka]"))["content"]
    assert await heard_there(helpdesk) == []


async def test_one_on_its_way_is_waited_for(helpdesk: Helpdesk, monkeypatch: pytest.MonkeyPatch) -> None:
    customer = await asked_for_help(helpdesk)
    where = await id_of(helpdesk.desk, customer)
    real, told = OutsideSounds.known, list[str]()
    state = {"state": "coming", "sounds": False}

    async def known(self: OutsideSounds, conversation_id: str) -> Any:
        found = dict(await real(self, conversation_id))
        told.append(conversation_id)
        return {note: type(one)(words=one.words, **state) for note, one in found.items()}  # type: ignore[arg-type]

    monkeypatch.setattr(OutsideSounds, "known", known)
    await speak(helpdesk.desk, customer)
    await customer.say("I tyle")

    async def asked_often() -> bool:
        return told.count(where) >= 4

    await until(asked_often)
    assert await heard_there(helpdesk) == []
    assert not any("I tyle" in one["content"] for one in (await helpdesk.listed())[0]["messages"])

    monkeypatch.setattr(OutsideSounds, "known", real)

    await helpdesk.says("I tyle")
    assert [sound for _, sound in await heard_there(helpdesk)] == [OGG]


@pytest.mark.parametrize(
    ("state", "fate"),
    [("lost", "nie udało się pobrać"), ("no_sound", "To nie jest nagranie"), ("limited", "Za dużo nagrań")],
)
async def test_the_fate_of_one_without_a_sound_is_told(
    helpdesk: Helpdesk, monkeypatch: pytest.MonkeyPatch, state: str, fate: str
) -> None:
    monkeypatch.setattr("bot.conversation.pipeline.for_agents.keep", _keep_as(state))
    customer = await asked_for_help(helpdesk)

    await speak(helpdesk.desk, customer)

    assert (await helpdesk.says(fate))["private"]
    assert await heard_there(helpdesk) == []


def _keep_as(state: str) -> Any:
    real = for_agents.keep

    def keep(connection: Any, note: str, conversation_id: str, _sound: Any, _state: str, **given: Any) -> None:
        real(connection, note, conversation_id, None, state, **given)  # type: ignore[arg-type]

    return keep


async def test_deleted_meanwhile_the_help_desk_has_the_words(helpdesk: Helpdesk) -> None:
    customer = await asked_for_help(helpdesk)
    helpdesk.office.lose = lambda _: True
    await speak(helpdesk.desk, customer)
    await forget(helpdesk.desk)
    helpdesk.office.lose = lambda _: False
    await customer.say("I tyle")

    await advanced(helpdesk, "I tyle")
    assert len(await heard_there(helpdesk)) <= 1
