"""Conversations stored by any release go on where they were."""

import json
from pathlib import Path

import pytest

from dialogs.versions import dump, load
from tests.dialogs.driver import Driver
from tests.specimens.make import HERE, STAGES, version
from values.meaning import Command

FILES = sorted(HERE.glob("*/*.json"))


def test_this_release_has_its_specimens() -> None:
    assert {file.stem for file in (HERE / version()).glob("*.json")} >= set(STAGES)


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_stored_conversation_stands_where_it_stood(file: Path) -> None:
    specimen = json.loads(file.read_text("utf-8"))
    customer = Driver(case=load(specimen["stored"]))

    assert customer.at == specimen["at"]
    assert load(dump(customer.case)) == customer.case


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_a_stored_conversation_can_be_gone_on_with(file: Path) -> None:
    customer = Driver(case=load(json.loads(file.read_text("utf-8"))["stored"]))

    assert customer.say(Command("help")).asked or customer.case.talk.awaiting


def test_a_conversation_of_a_later_release_is_not_misread() -> None:
    with pytest.raises(ValueError, match="later release"):
        load({"v": 10_000})
