"""Updates in the Bot API's JSON → what they say."""

import inspect
import json
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Message

from bot.conversation import inbound as messages
from bot.conversation.outbound import Button, Reply
from bot.handlers.telegram.buttons import BoundButton, ShortKey, data_of, read_data
from bot.handlers.telegram.client import make_bot
from bot.handlers.telegram.incoming import Membership, Stray, TelegramPress, TelegramText, parse
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from tests.bot.handlers.scripted_desk import AT, ScriptedDesk
from tests.bot.handlers.telegram.bot_api import BotApi
from tests.kit.narrow import a, present
from tests.kit.rows import all_rows
from tests.table import table

PERSON = {"id": 5, "is_bot": False, "first_name": "Jan", "language_code": "it-IT"}
CHAT = {"id": 5, "type": "private", "first_name": "Jan"}


def said(**content: Any) -> messages.Body | None:
    parsed = parse({"update_id": 1, "message": {"message_id": 3, "from": PERSON, "chat": CHAT, "date": 1, **content}})
    return parsed.inbound.body if isinstance(parsed, TelegramText) else None


FILE = {"file_id": "f", "file_unique_id": "u"}
SIZE = {"width": 1, "height": 1}


def body_of(kind: str, *parts: Any) -> messages.Body | None:
    """What a row of the table says that is heard."""
    made = {
        "text": lambda: messages.Text(*parts),
        "contact": lambda: messages.SharedContact(*parts),
        "voice": lambda: messages.VoiceNote(place=parts[0], kind="voice", seconds=parts[1]),
        "media": lambda: messages.UnsupportedMedia(*parts),
    }
    return made[kind]() if kind in made else None


@all_rows
def test_messages(content: dict[str, Any], heard: list[Any]) -> None:
    assert said(**content) == body_of(*heard)


def test_what_is_known_of_a_message() -> None:
    update = {"update_id": 77, "message": {"message_id": 3, "from": PERSON, "chat": CHAT, "date": 1, "text": "x"}}
    parsed = a(TelegramText, parse(update))
    assert (parsed.inbound.address, parsed.inbound.key, parsed.inbound.reference) == ("5", "77", "3")
    assert parsed.inbound.locale_hint == "it-IT"
    assert parsed.inbound.said_at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)


def test_an_edit_is_a_correction() -> None:
    message = {"message_id": 3, "from": PERSON, "chat": CHAT, "date": 1, "edit_date": 2}
    parsed = a(TelegramText, parse({"update_id": 8, "edited_message": message | {"text": "mój NIP to …"}}))
    assert parsed.inbound.body == messages.Edited("mój NIP to …")
    assert parsed.inbound.said_at == datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC), "of its first words"
    moving = message | {"location": {"latitude": 1.0, "longitude": 1.0}}
    assert parse({"update_id": 8, "edited_message": moving}) == Stray()


@table(("status", "blocked"), [("kicked", True), ("member", False)])
def test_a_block_is_told(status: str, blocked: bool) -> None:
    api = BotApi()
    member = {"user": PERSON | {"id": 9, "is_bot": True}, "status": status, "until_date": 0}
    change = {"chat": CHAT, "from": PERSON, "date": 1, "old_chat_member": member, "new_chat_member": member}
    assert parse(api.update(my_chat_member=change)) == Membership("5", blocked)


@table("kind", ["group", "supergroup", "channel"])
def test_only_private_chats_are_served(kind: str) -> None:
    api = BotApi()
    message = api.message(5, text="hej")
    message["chat"] = {"id": -5, "type": kind, "title": "T"}
    assert parse(api.update(message=message)) == Stray()
    press = api.press(5, "7|start:buy", message)
    assert parse(press) == Stray(press["callback_query"]["id"])


def test_bots_and_updates_nobody_asked_for_are_passed_over() -> None:
    api = BotApi()
    message = api.message(5, text="hej")
    message["from"]["is_bot"] = True
    assert parse(api.update(message=message)) == Stray()
    assert parse(api.update()) == Stray()
    assert parse(api.update(channel_post=api.message(5, text="x"))) == Stray()


@table(
    ("data", "pressed"),
    [
        ("12|consents:toggle:x", messages.ButtonPressed("consents:toggle:x", 12)),
        ("12|a|b", messages.ButtonPressed("a|b", 12)),
        ("start:buy", messages.ButtonPressed("start:buy", None)),
        ("99999999999999999999|x", messages.ButtonPressed("99999999999999999999|x", None)),
        ("k:1:2", messages.ButtonPressed("k:1:2", 1)),
        ("k:1", messages.ButtonPressed("k:1", None)),
    ],
)
def test_presses(data: str, pressed: messages.ButtonPressed) -> None:
    assert a(TelegramPress, parse(BotApi().press(5, data))).inbound.body == pressed


def test_a_press_brings_the_keyboard_that_is_to_be_taken_away() -> None:
    api, markup = BotApi(), {"inline_keyboard": [[{"text": "Tak", "callback_data": "7|x:yes", "style": "danger"}]]}
    shown = api.message(5, text="Zgody?", reply_markup=markup)
    inaccessible = {"message_id": 3, "chat": CHAT, "date": 0}
    for message, kept in ((shown, markup), (api.message(5, text="Zgody?"), None), (inaccessible, None)):
        parsed = a(TelegramPress, parse(api.press(5, "7|x:yes", message)))
        assert (parsed.message.id, parsed.message.markup) == (message["message_id"], kept)
    for nonsense in ({"inline_keyboard": [["Tak"]]}, {"inline_keyboard": [7]}, {"inline_keyboard": 7}):
        with pytest.raises(TypeError):
            parse(api.press(5, "7|x:yes", shown | {"reply_markup": nonsense}))


@given(
    payloads=st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=80), min_size=1, max_size=120),
    seq=st.integers(1, 10**12),
)
def test_every_button_can_be_told_by_its_data(payloads: list[str], seq: int) -> None:
    message = Reply(1, seq, "bot", "x", tuple(Button("t", payload) for payload in payloads), (), AT)
    for index, payload in enumerate(payloads):
        data = present(data_of(message, index))
        assert 1 <= len(data.encode()) <= 64
        read = read_data(data)
        assert read == BoundButton(payload, seq) or read == ShortKey(seq, index)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec=None), max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _places(value: object, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every place in a JSON object, as the keys that lead there."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, str(key)))
    return found


WHOLE: list[dict[str, Any]] = [
    BotApi().text(5, "hej"),
    BotApi().press(5, "7|start:buy"),
    {"update_id": 1, "edited_message": BotApi().message(5, text="nie tak")},
    {"update_id": 1, "message": BotApi().message(5, contact={"phone_number": "48", "first_name": "J", "user_id": 5})},
    {"update_id": 1, "message": BotApi().message(5, voice=FILE | {"duration": 1})},
]


@given(st.data())
def test_an_update_with_anything_in_any_place_is_read_or_set_aside(data: st.DataObject) -> None:
    update = json.loads(json.dumps(data.draw(st.sampled_from(WHOLE))))
    *before, last = data.draw(st.sampled_from(_places(update)))
    place = update
    for key in before:
        place = place[key]
    place[last] = data.draw(anything)
    bot = make_bot("1:a", base_url="http://127.0.0.1:9/bot", file_url="http://127.0.0.1:9/file/bot")
    parsed = Reception(bot, ScriptedDesk(), TelegramSender(bot, Pace()))._parse(update)
    if isinstance(parsed, TelegramText | TelegramPress):
        assert isinstance(parsed.inbound.body, messages.Body)
        assert isinstance(getattr(parsed.inbound.body, "body", ""), str)
        assert all(isinstance(int(number), int) for number in (parsed.inbound.address, parsed.inbound.key))


# --- each field of the Bot API's message is used, kept for agents, or dropped on purpose (`message_fields.toml`) ---


TABLES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("message_fields.toml").read_text(encoding="utf-8")
)
BARE: dict[str, Any] = {
    "message_id": 3,
    "date": 1,
    "from": {"id": 5, "is_bot": False, "first_name": "J"},
    "chat": {"id": 5, "type": "private", "first_name": "J"},
}
PLAIN = BARE | {"text": "Dzień dobry"}


def inbound(message: dict[str, Any]) -> messages.Inbound | None:
    parsed = parse({"update_id": 1, "message": message})
    return parsed.inbound if isinstance(parsed, TelegramText) else None


def test_somebody_has_decided_on_every_field() -> None:
    """A field that a new version of the library brings has to be put into one of the tables."""
    known = {"from" if name == "from_user" else name for name in inspect.signature(Message.__init__).parameters}
    known -= {"self", "api_kwargs"}
    decided = [name for table in TABLES.values() for name in table]
    assert sorted(decided) == sorted(known)


def test_what_is_used_changes_what_the_desk_hears() -> None:
    for name, field in TABLES["used"].items():
        without = {key: value for key, value in PLAIN.items() if key != field.get("without")}
        assert inbound(without | field.get("with", {}) | {name: field["example"]}) != inbound(without), name


def test_what_is_dropped_changes_nothing() -> None:
    for name in TABLES["dropped"]:
        for value in (1, True, "x", {"id": 1}, [{"type": "bold", "offset": 0, "length": 1}]):
            assert inbound(PLAIN | {name: value}) == inbound(PLAIN), name
        assert inbound(BARE | {name: 1}) is None, f"{name} alone says nothing"


def test_a_notice_is_no_message() -> None:
    for name in TABLES["notices"]:
        assert inbound(BARE | {name: {"id": 1}}) is None, name


def test_what_has_no_words_is_told_by_its_kind() -> None:
    thing = {"file_id": "f", "phone_number": "48600700800", "latitude": 1.0}
    for name in TABLES["kept_for_agents"]:
        found = inbound(BARE | {name: [thing] if name == "photo" else thing})
        assert found is not None, name
        assert getattr(found.body, "kind", name) == name, name
        assert found.body != messages.UnsupportedMedia("other")
