"""Each field of the Bot API's message is used, kept for agents, or dropped on purpose (`message_fields.toml`)."""

import inspect
import tomllib
from pathlib import Path
from typing import Any

from telegram import Message

from bot.conversation.inbound import Inbound, UnsupportedMedia
from bot.handlers.telegram.incoming import TelegramText, parse

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


def inbound(message: dict[str, Any]) -> Inbound | None:
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
        changed = without | field.get("with", {}) | {name: field["example"]}
        assert inbound(changed) != inbound(without), name


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
        named = getattr(found.body, "kind", name)
        assert named == name, name
        assert found.body != UnsupportedMedia("other")
