"""Conversations stored by any release go on where they were."""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from dialogs.versions import dump, load
from tests.docs.releases import released
from tests.specimens.archives import conversations, desk, keep_conversations, keep_desk
from tests.specimens.make import STAGES, version
from tests.specimens.stored import each, once_each, read_driver
from tests.table import table
from values.meaning import NavigationCommand

# Steps whose question another one asks now: the summary's stands on the order's card.
MOVED = {"order.confirm": "order.pay"}
# The order's card, in front of which the proof of the e-mail is asked for since 0.19.0.
CARD = ("order.auto_renewal", "order.method", "order.terms", "order.clauses", "order.confirm", "order.pay")


def test_this_release_has_its_specimens() -> None:
    assert conversations(version()).keys() >= set(STAGES)


def test_every_release_has_left_its_specimens() -> None:
    """Those that the changelog gives a date: what lies in sellers' databases, single conversations and a whole desk."""
    assert "0.1.0" in released()
    assert [one for one in released() if not conversations(one)] == []
    assert [one for one in released() if not desk(one)] == []


@table("text", [pytest.param(text, id=f"{release}-{name}") for release, name, text in each()])
def test_a_stored_conversation_stands_where_it_stood(text: str) -> None:
    specimen = json.loads(text)
    customer = read_driver(specimen)

    if specimen["at"] in CARD and not customer.books.email_verified:
        assert customer.at == "order.email_link"
    else:
        assert customer.at == MOVED.get(specimen["at"], specimen["at"])
    assert load(dump(customer.case)) == customer.case


@table("specimen", once_each())
def test_a_stored_conversation_can_be_gone_on_with(specimen: Mapping[str, Any]) -> None:
    customer = read_driver(specimen)

    assert customer.say(NavigationCommand("help")).asked or customer.case.talk.awaiting


def test_a_conversation_of_a_later_release_is_not_misread() -> None:
    with pytest.raises(ValueError, match="later release"):
        load({"v": 10_000})


def test_an_archive_is_the_same_whenever_it_is_packed(tmp_path: Path) -> None:
    """Whichever half is made first, and a half that is made anew leaves the other as it was."""
    one, other = tmp_path / "one.zip", tmp_path / "other.zip"
    keep_conversations(one, {"b": "{}", "a": "ł"})
    keep_desk(one, {"people.json": b"[]"})
    keep_desk(other, {"people.json": b"[]", "gone": b""})
    keep_conversations(other, {"a": "ł", "b": "{}"})
    keep_desk(other, {"people.json": b"[]"})

    assert one.read_bytes() == other.read_bytes()
    with zipfile.ZipFile(one) as packed:
        assert packed.namelist() == ["a.json", "b.json", "desk/people.json"]
        assert packed.read("a.json").decode() == "ł"
