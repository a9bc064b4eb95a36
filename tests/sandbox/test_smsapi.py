"""The SMS gateway's protocol."""

from typing import Any

import pytest

from sandbox.credentials import SMSAPI_TOKEN
from sandbox.message_texts import normalize
from tests.sandbox.room import Room, noon
from tests.table import table
from values.sms import is_gsm7, parts


async def send(room: Room, token: str = SMSAPI_TOKEN, **fields: str) -> Any:
    form = {"to": "+48512000111", "message": "Okienko: kod 493027.", "format": "json", **fields}
    headers = {"Authorization": f"Bearer {token}"}
    response = await room.client.post("/sandbox/smsapi/sms.do", data=form, headers=headers)
    assert response.status_code == 200
    return response.json() if form["format"] == "json" else response.text


async def test_a_send_is_stored_before_it_is_answered_and_answered_as_the_gateway_does(room: Room) -> None:
    answer = await send(room, idx="call-1", check_idx="1")
    sent = answer["list"][0]
    assert answer["count"] == 1
    assert (sent["number"], sent["submitted_number"]) == ("48512000111", "+48512000111")
    assert (sent["status"], sent["error"], sent["idx"], sent["points"]) == ("QUEUE", None, "call-1", 0.16)
    assert sent["date_sent"] == int(noon().timestamp())
    [message] = await room.get_api("messages", to="+48512000111")
    assert (message["kind"], message["to"], message["text"]) == ("sms", "+48512000111", "Okienko: kod 493027.")
    assert message["at"] == "2026-11-20T12:00:00.000000+00:00"


async def test_the_same_idx_is_refused_with_check_idx_and_doubled_without(room: Room) -> None:
    await send(room, idx="call-1", check_idx="1")
    assert await send(room, idx="call-1", check_idx="1") == {"error": 53, "message": "Not unique idx"}
    assert len(room.ledger.messages()) == 1
    await send(room, idx="call-1")
    assert [message.key for message in room.ledger.messages()] == ["call-1", "call-1"]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"token": "wrong"}, 101),
        ({"message": ""}, 11),
        ({"message": "kod ą", "nounicode": "1"}, 11),
        ({"message": "a" * 161, "max_parts": "1"}, 12),
        ({"to": ""}, 13),
        ({"to": "123"}, 13),
        ({"from": "MoreThan11Signs"}, 14),
        ({"to": "512000111,512000222", "idx": "only-one"}, 20),
        ({"idx": "x" * 256}, 27),
        ({"expiration_date": "tomorrow"}, 54),
        ({"expiration_date": str(int(noon().timestamp()) + 600)}, 56),
        ({"expiration_date": str(int(noon().timestamp()) + 73 * 3600)}, 56),
        ({"to": "+48512000957"}, 57),
        ({"notify_url": "ftp://x"}, 70),
        ({"to": "+48512000912"}, 112),
    ],
)
async def test_refusals_come_in_the_body(room: Room, fields: dict[str, str], error: int) -> None:
    answer = await send(room, **fields)
    assert answer["error"] == error
    assert room.ledger.messages() == []
    assert ("invalid_numbers" in answer) == (error == 13)


async def test_a_trial_checks_and_sends_nothing(room: Room) -> None:
    assert (await send(room, test="1", idx="call-1", check_idx="1"))["count"] == 1
    assert room.ledger.messages() == []
    assert (await send(room, idx="call-1", check_idx="1"))["count"] == 1


async def test_normalize_makes_room_for_nounicode(room: Room) -> None:
    answer = await send(room, message="Ważny „kod” – żółć è", normalize="1", nounicode="1", details="1")
    assert (answer["message"], answer["parts"]) == ('Wazny "kod" - zolc è', 1)


async def test_several_recipients_get_one_each_and_national_numbers_are_polish(room: Room) -> None:
    answer = await send(room, to="512000111, 0039 333 1234567", idx="a|b", check_idx="1")
    assert [sent["number"] for sent in answer["list"]] == ["48512000111", "393331234567"]
    assert [(m.to, m.key) for m in room.ledger.messages()] == [("+48512000111", "a"), ("+393331234567", "b")]


async def test_without_the_json_format_it_answers_in_the_old_text(room: Room) -> None:
    assert (await send(room, format="")).startswith("OK:")
    assert (await send(room, format="", token="wrong")) == "ERROR:101"


async def test_links_stand_in_the_order_of_the_text(room: Room) -> None:
    await send(room, message="Dalej: https://desk.example/p/abc. Pomoc (https://desk.example/help)")
    assert room.ledger.messages()[0].links == ["https://desk.example/p/abc", "https://desk.example/help"]


@table(
    ("text", "expected"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("ł" + "a" * 69, 1),
        ("ł" + "a" * 94, 2),
        ("€" * 80, 1),
        ("😀" * 36, 2),
    ],
)
def test_parts_are_counted_as_they_are_charged(text: str, expected: int) -> None:
    assert parts(text) == expected


def test_italian_vowels_need_no_unicode_and_polish_letters_do() -> None:
    assert is_gsm7("àèéìòù")
    assert not any(is_gsm7(letter) for letter in "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
    assert normalize("ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ àèéìòù") == "acelnoszz ACELNOSZZ àèéìòù"
