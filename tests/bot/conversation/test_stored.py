"""Stored messages and causes: their form in the journal stays, and lines of earlier releases are read."""

import json

from bot.conversation.outbound import Button
from bot.conversation.stored import StoredCause, StoredLink, StoredMessage
from tests.table import table

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


@table(
    ("line", "message"),
    [
        ({}, StoredMessage()),
        ({"text": "512", "step": "contact.phone", "ref": "7"}, StoredMessage("512", step="contact.phone")),
    ],
)
def test_lines_without_a_messages_other_fields(line: dict[str, str], message: StoredMessage) -> None:
    assert StoredMessage.from_json(line) == message


@table(
    ("stored", "cause"),
    [
        (
            '{"payload": "yes", "text": "Tak", "step": "a.b", "ref": "7", "moved": "a.c", "acts": ["Place"]}',
            StoredCause(payload="yes", text="Tak", step="a.b", ref="7", moved="a.c", acts=("Place",)),
        ),
        (
            '{"kind": "voice", "text": "", "step": "contact.phone", "missed": "phone", "read_as": "ask_price"}',
            StoredCause(kind="voice", text="", step="contact.phone", missed="phone", read_as="ask_price"),
        ),
        (
            '{"text": "••••", "secret": ["card"], "step": "x", "corrected": ["a.b"], "calls": ["Send"]}',
            StoredCause(text="••••", secret=("card",), step="x", corrected=("a.b",), calls=("Send",)),
        ),
        (
            '{"call": "SendSms", "key": "c:2:1", "status": "done", "dropped": true}',
            StoredCause(call="SendSms", key="c:2:1", status="done", dropped=True),
        ),
        (
            '{"act": "passed_on", "agent": "a1", "to": "a2", "by": "Ola"}',
            StoredCause(act="passed_on", agent="a1", to="a2", by="Ola"),
        ),
        ("{}", StoredCause()),
    ],
)
def test_a_causes_stored_form(stored: str, cause: StoredCause) -> None:
    assert json.dumps(cause.to_json(), ensure_ascii=False) == stored
    assert StoredCause.from_json(json.loads(stored)) == cause
