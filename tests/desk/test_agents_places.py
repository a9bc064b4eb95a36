"""What holds wherever agents sit outside, told once: conversations removed there, the console's acts, recordings."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.usecases.agents.acts import By
from bot.usecases.agents.lines_outside import OutsideSounds
from services.errors import ProviderUnavailable
from services.hearing import for_agents
from tests.bot.handlers.telegram.bot_api import Fault
from tests.desk.agents_places import MINUTES, REFUSALS, AgentsPlace, Group, Office, agents_place, stands
from tests.desk.databases import on_each_database
from tests.desk.forum import forum_on
from tests.desk.helpdesk import hears
from tests.desk.running import Customer
from tests.desk.scripted import until
from tests.desk.telegram_chat import Chat, soon
from tests.desk.test_voice_for_agents import OGG, WAV, speak, take, voice
from tests.kit.narrow import a, present
from tests.kit.talks import place_of, says

MP3, MP4 = b"ID3" + bytes(range(100)), b"\x00\x00\x00\x20ftypM4A " + bytes(100)
WEBM = b"\x1a\x45\xdf\xa3" + bytes(100)
SPOKEN = "[głosówka]"
WORDS = "→ /desk"


@pytest.fixture(params=["group", "helpdesk"])
async def place(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[AgentsPlace]:
    """Each place outside, beside a desk of its own."""
    async with agents_place(request.param, database, request, tmp_path) as found:
        yield found


async def asked_for_help(place: AgentsPlace) -> tuple[Customer, str]:
    customer = await says(place.desk.customer(), "/start", "/agent")
    return customer, await place_of(place.desk, customer)


async def held(place: AgentsPlace) -> Customer:
    """A customer whom Anna helps from the console, so that what they say stands at the place."""
    customer, where = await asked_for_help(place)
    await take(place.desk, where)
    await stands(place, "Anna")
    return customer


@on_each_database
async def test_a_conversation_deleted_there_is_made_once_more(place: AgentsPlace) -> None:
    customer, _ = await asked_for_help(place)
    await customer.say("Halo, jest tam kto?")
    await stands(place, "Halo, jest tam kto?")
    await place.removes()
    await customer.say("Nadal czekam")
    there = await stands(place, "Nadal czekam")
    assert any("Halo, jest tam kto?" in line for line in there), "what went before stands in the new one"
    assert await place.count() == 1
    if isinstance(place, Office):
        assert "Powód" in there[0]
        assert len(await place.helpdesk.contacts()) == 1
    await place.writes("Jestem")
    await hears(customer, "Jestem")


@on_each_database
async def test_acts_at_the_console_are_told_there_and_it_is_opened_again(place: AgentsPlace) -> None:
    customer, where = await asked_for_help(place)
    acts, marek = place.desk.installation.container.agent_acts, By("agent-marek", "Marek", "pl")
    await acts.take(where, marek, "1")
    await acts.say(where, marek, "Z konsoli", "2")
    there = await stands(place, "Z konsoli")
    assert any("Marek" in line and "Z konsoli" in line for line in there), "who said it"
    await acts.give_back(where, marek, "3")
    await stands(place, "oddaje rozmowę")
    await says(customer, "/agent", "To znowu ja")
    await stands(place, "To znowu ja")
    await acts.take(where, marek, "4")
    if isinstance(place, Group):
        await place.desk.advance(430)
        await stands(place, "Kończy się czas na odpowiedź")
        assert place.forum.api.only.open
        assert not place.forum.api.only.name.startswith("✓")
    await acts.give_back(where, marek, "5", done=True)
    await stands(place, "Marek kończy")
    assert await place.count() == 1, "the same one"
    if isinstance(place, Group):
        topic = place.forum.api.only
        await soon(lambda: not topic.open and topic.name.startswith("✓"))


async def test_recordings_come_in_their_order(place: AgentsPlace) -> None:
    customer = await held(place)
    await customer.say("Powiem to")
    for sound in (OGG, MP3, MP4, WEBM, WAV):
        await speak(place.desk, customer, sound)
    await customer.say("I tyle")

    told = "\n".join(await stands(place, "I tyle"))

    heard = await place.heard()
    assert [sound for _, sound in heard] == [OGG, MP3, MP4, WEBM, WAV]
    assert all(words.startswith(SPOKEN) for words, _ in heard)
    assert told.index("Powiem to") < told.index(SPOKEN) < told.index("I tyle")
    if isinstance(place, Group):
        made = place.forum.api.made
        names = [f"recording.{end}" for end in ("ogg", "mp3", "m4a")]
        assert [asked["voice"][0] for asked in made("sendVoice")] == names, "what Telegram plays"
        assert [asked["document"][0] for asked in made("sendDocument")] == ["recording.webm", "recording.wav"]


@pytest.mark.parametrize("place", ["group", "group-413", "helpdesk"], indirect=True)
async def test_a_recording_that_is_refused_there_leaves_the_words(
    place: AgentsPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = await held(place)
    place.refuses_recordings(monkeypatch)

    await speak(place.desk, customer)
    await customer.say("Słychać?")

    there = await stands(place, "Słychać?")
    assert await place.heard() == []
    assert sum(f"{SPOKEN} {WORDS}" in line for line in there) == 1


@pytest.mark.parametrize("fault", [Fault(502, "Bad Gateway"), Fault(429, "Too Many Requests", {"retry_after": 1})])
async def test_a_recording_whose_sending_failed_comes_once(place: AgentsPlace, fault: Fault) -> None:
    customer = await held(place)
    place.fails_once(fault)

    await speak(place.desk, customer)
    await customer.say("I tyle")

    there = await stands(place, "I tyle", after_s=MINUTES)
    assert [sound for _, sound in await place.heard()] == [OGG]
    assert sum(WORDS in line for line in there) == 1


async def test_a_recording_deleted_meanwhile_leaves_the_words(place: AgentsPlace) -> None:
    customer = await held(place)
    place.goes_away()
    await speak(place.desk, customer)
    # As retention and erasure do.
    await place.desk.installation.store.write(lambda c: c.execute(sa.text("DELETE FROM recording")))
    place.comes_back()
    await customer.say("I tyle")

    there = await stands(place, "I tyle", after_s=MINUTES)
    assert any(f"{SPOKEN} {WORDS}" in line for line in there)
    assert len(await place.heard()) <= isinstance(place, Office), "its answers were lost, not what it was sent"


@pytest.mark.parametrize("place", ["helpdesk"], indirect=True)
async def test_a_recording_on_its_way_is_waited_for(place: AgentsPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the group nobody waits: recordings come with their sound, Telegram's are copied."""
    customer = await held(place)
    where = await place_of(place.desk, customer)
    real, told = OutsideSounds.known, list[str]()

    async def known(self: OutsideSounds, conversation_id: str) -> Any:
        found = dict(await real(self, conversation_id))
        told.append(conversation_id)
        return {note: type(one)(words=one.words, state="coming", sounds=False) for note, one in found.items()}

    monkeypatch.setattr(OutsideSounds, "known", known)
    await speak(place.desk, customer)
    await customer.say("I tyle")

    async def asked_often() -> bool:
        return told.count(where) >= 4

    await until(asked_often)
    assert await place.heard() == []
    assert not any("I tyle" in line for line in await place.lines())

    monkeypatch.setattr(OutsideSounds, "known", real)

    await stands(place, "I tyle")
    assert [sound for _, sound in await place.heard()] == [OGG]


@pytest.mark.parametrize(
    ("state", "fate"),
    [("lost", "nie udało się pobrać"), ("no_sound", "To nie jest nagranie"), ("limited", "Za dużo nagrań")],
)
async def test_the_fate_of_a_recording_without_a_sound_is_told(
    place: AgentsPlace, monkeypatch: pytest.MonkeyPatch, state: str, fate: str
) -> None:
    real = for_agents.keep

    def keep(connection: Any, note: str, conversation_id: str, _sound: Any, _state: str, **given: Any) -> None:
        real(connection, note, conversation_id, None, state, **given)  # type: ignore[arg-type]

    monkeypatch.setattr("bot.conversation.pipeline.for_agents.keep", keep)
    customer = await held(place)

    await speak(place.desk, customer)

    await stands(place, fate)
    assert await place.heard() == []
    if isinstance(place, Office):
        assert (await place.helpdesk.says(fate))["private"]


# --- what only one of them does with recordings ---


async def on_telegram(place: Group, number: int) -> Chat:
    """A customer who is on Telegram as well, in the agents' hands."""
    place.forum.api.files["note-1"] = OGG
    chat = Chat(place.forum.api, place.desk, number)
    await chat.say("/start")
    await chat.say("/agent")
    await place.forum.topic()
    where = present(await place.desk.installation.desk.conversation("telegram", str(number)))
    await take(place.desk, where)
    return chat


async def passed_on_once(place: AgentsPlace) -> None:
    """The place is left alone for a while after an outage: until the recording is there."""

    async def there() -> bool:
        await place.desk.advance(60)
        return bool(await place.heard())

    await until(there)
    assert [sound for _, sound in await place.heard()] == [OGG]


@pytest.fixture
def group(place: AgentsPlace) -> Group:
    """The place, of which a test says that it is a group."""
    return a(Group, place)


@pytest.mark.parametrize("place", ["group"], indirect=True)
async def test_note_of_telegram_is_copied_and_waits_for_nothing(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any) -> bytes:
        raise ProviderUnavailable("telegram")

    monkeypatch.setattr("bot.handlers.telegram.client.BotClient.file", away)
    chat = await on_telegram(group, 921)

    await chat.send(**voice("note-1"))

    await passed_on_once(group)
    (asked,) = group.forum.api.made("copyMessage")
    assert asked["from_chat_id"] == 921
    assert not group.forum.api.made("sendVoice")


@pytest.mark.parametrize("place", ["group"], indirect=True)
async def test_a_message_that_can_not_be_copied_any_more_is_uploaded(group: Group) -> None:
    chat, api = await on_telegram(group, 922), group.forum.api
    # The outage lasts until the recording was fetched.
    gone = Fault(400, "Bad Request: MESSAGE_ID_INVALID")
    api.faults["copyMessage"].extend([Fault(502, "Bad Gateway"), Fault(502, "Bad Gateway"), gone])

    await chat.send(**voice("note-1"))

    await passed_on_once(group)
    assert len(api.made("copyMessage")) == 3
    assert len(api.made("sendVoice")) == 1


async def test_a_desk_that_ends_before_the_group_was_told_tells_it_afterwards(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    refusal = REFUSALS["group"]
    async with forum_on("sqlite", request, tmp_path) as forum:
        first = Group(forum, refusal)
        customer = await held(first)
        first.goes_away()
        await speak(first.desk, customer)
    first.comes_back()
    async with forum_on("sqlite", request, tmp_path, api=forum.api) as again:
        await passed_on_once(Group(again, refusal))


@pytest.mark.parametrize("place", ["helpdesk"], indirect=True)
async def test_what_was_said_before_the_card_is_attached_behind_it(place: AgentsPlace) -> None:
    place.goes_away()
    customer, where = await asked_for_help(place)
    await take(place.desk, where)
    await speak(place.desk, customer)
    await customer.say("I tyle")
    place.comes_back()

    there = await stands(place, "I tyle", after_s=MINUTES)

    ((words, sound),) = await place.heard()
    assert sound == OGG
    assert "Powód" in there[0]
    assert "głosówka" not in there[0]
    assert there.index(words) < len(there) - 1
