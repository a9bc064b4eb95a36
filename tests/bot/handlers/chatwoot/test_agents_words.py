"""Agents' words reach the customer without mark-up, and not at all once they were deleted."""

from typing import Any

import pytest

from bot.handlers.chatwoot.agent_replies import _is_reply  # pyright: ignore[reportPrivateUsage]
from bot.handlers.chatwoot.markup import plain
from services.support.chatwoot.models import ChatwootMessage
from tests.kit.cases import cases
from tests.table import table

OUR_NUMBER = 1
WRITTEN: dict[str, Any] = {
    "id": 7,
    "content": "Już sprawdzam",
    "message_type": 1,
    "private": False,
    "sender": {"id": 2, "type": "user", "name": "Anna"},
}


@table(("written", "read"), cases(__file__, "words.mark_up"))
def test_mark_up_is_read_as_it_looks_there(written: str, read: str) -> None:
    assert plain(written) == read


@pytest.mark.parametrize(
    ("changed", "reaches"),
    [
        ({}, True),
        ({"content_attributes": {}}, True),
        ({"content_attributes": None}, True),
        ({"content_attributes": {"in_reply_to": 3}}, True),
        ({"content_attributes": {"deleted": True}, "content": "This message was deleted"}, False),
        ({"private": True}, False),
        ({"message_type": 0}, False),
        ({"sender": {"id": OUR_NUMBER, "type": "user", "name": "Okienko"}}, False),
        ({"sender": {"id": 3, "type": "agent_bot", "name": "Bot"}}, False),
    ],
)
def test_only_what_a_person_says_and_leaves_standing_reaches_the_customer(
    changed: dict[str, Any], reaches: bool
) -> None:
    assert _is_reply(ChatwootMessage.model_validate(WRITTEN | changed), OUR_NUMBER) is reaches
