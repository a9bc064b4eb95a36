"""Webhooks of the help desk: whose they are, how old, and what of them is worth a look."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.errors import Forged
from services.support.chatwoot.webhooks import SIGNATURE, TIMESTAMP, prove, read_conversation_id, sign
from tests.table import table

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BODY = b'{"event":"message_created"}'


def signed(*, secret: str = "s", age: timedelta = timedelta(0), body: bytes = BODY) -> dict[str, str]:
    moment = str(int((NOW - age).timestamp()))
    return {TIMESTAMP: moment, SIGNATURE: sign(moment, body, secret)}


def test_the_signature_is_chatwoots_own_form() -> None:
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac s
    right = "e9232c9945da8456c2dea6b39da7786c07b00bca7a64d5dd1283674713a7b72a"
    assert sign("1700000000", b"{}", "s") == f"sha256={right}"


@table("age", [timedelta(0), timedelta(minutes=5), timedelta(minutes=-5)])
def test_what_is_signed_and_fresh_is_taken(age: timedelta) -> None:
    prove(signed(age=age), BODY, secret="s", now=NOW)


@table(
    "headers",
    [
        {},
        signed(secret="another"),
        signed(body=b"another"),
        signed(age=timedelta(seconds=301)),
        signed(age=timedelta(seconds=-301)),
        {**signed(), TIMESTAMP: "soon"},
        {**signed(), TIMESTAMP: "9" * 12},
        {**signed(), SIGNATURE: signed()[SIGNATURE].removeprefix("sha256=")},
        {**signed(), SIGNATURE: "sha256=ż"},
    ],
)
def test_all_else_is_forged(headers: dict[str, str]) -> None:
    with pytest.raises(Forged):
        prove(headers, BODY, secret="s", now=NOW)


def test_without_a_secret_nothing_is_proven() -> None:
    with pytest.raises(Forged):
        prove(signed(secret=""), BODY, secret="", now=NOW)


OF_MESSAGE: dict[str, Any] = {
    "event": "message_created",
    "id": 5,
    "message_type": "outgoing",
    "private": False,
    "account": {"id": 1},
    "inbox": {"id": 2},
    "conversation": {"id": 7, "inbox_id": 2},
}
OF_STATE: dict[str, Any] = {"event": "conversation_status_changed", "id": 7, "inbox_id": 2, "account": {"id": 1}}


@table(
    ("told", "number"),
    [
        (OF_MESSAGE, 7),
        (OF_MESSAGE | {"event": "message_updated", "message_type": 1}, 7),
        (OF_MESSAGE | {"private": True}, None),
        (OF_MESSAGE | {"message_type": "incoming"}, None),
        (OF_MESSAGE | {"inbox": {"id": 3}}, None),
        (OF_MESSAGE | {"account": {"id": 9}}, None),
        (OF_MESSAGE | {"conversation": None}, None),
        (OF_STATE, 7),
        (OF_STATE | {"event": "conversation_updated"}, 7),
        (OF_STATE | {"inbox_id": 3}, None),
        (OF_STATE | {"event": "contact_updated"}, None),
        ({"event": "conversation_typing_on"}, None),
    ],
)
def test_what_is_worth_a_look(told: dict[str, Any], number: int | None) -> None:
    assert read_conversation_id(json.dumps(told).encode(), account_id=1, inbox_id=2) == number


@table("body", [b"", b"[]", b'{"event":1}', b'{"event":"message_created","id":"x"}', b"\xff"])
def test_what_is_no_webhook(body: bytes) -> None:
    with pytest.raises(Forged):
        read_conversation_id(body, account_id=1, inbox_id=2)


@table("number", [2**63, -1, 10**400])
def test_a_number_that_no_conversation_can_have_is_no_webhook(number: int) -> None:
    for told in (
        {"event": "conversation_updated", "id": number},
        {"event": "message_created", "message_type": "outgoing", "conversation": {"id": number}},
    ):
        with pytest.raises(Forged):
            read_conversation_id(json.dumps(told).encode(), account_id=1, inbox_id=1)
