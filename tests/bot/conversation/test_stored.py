"""Stored messages: their form in the journal stays, and lines of earlier releases are read."""

import json

import pytest

from bot.conversation.outbound import Button
from bot.conversation.stored import StoredLink, StoredMessage

LINKS = (
    StoredLink("payment", "p1", "transfer", "2026/7"),
    StoredLink("document", "terms", name="Regulamin", words="ab12"),
    StoredLink("login", "panel"),
)
STORED = (
    '{"text": "Cześć", "by": "Ola", "buttons": [["Tak", "yes"]], "links": ['
    '{"rel": "payment", "id": "p1", "number": "2026/7", "title": "transfer"}, '
    '{"rel": "document", "id": "terms", "name": "Regulamin", "words": "ab12"}, {"rel": "login", "id": "panel"}], '
    '"locale": "pl", "step": "order.plan", "asks_contact": true}'
)
MESSAGE = StoredMessage("Cześć", (Button("Tak", "yes"),), LINKS, "pl", "order.plan", asks_contact=True, by="Ola")


def test_a_messages_stored_form() -> None:
    assert json.dumps(MESSAGE.to_json(), ensure_ascii=False) == STORED
    assert StoredMessage.from_json(json.loads(STORED)) == MESSAGE


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({}, StoredMessage()),
        ({"text": "512", "step": "contact.phone", "ref": "7"}, StoredMessage("512", step="contact.phone")),
    ],
)
def test_lines_without_a_messages_other_fields(line: dict[str, str], message: StoredMessage) -> None:
    assert StoredMessage.from_json(line) == message
