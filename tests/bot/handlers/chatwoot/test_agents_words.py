"""Agents' words reach the customer without mark-up, and not at all once they were deleted."""

from typing import Any

import pytest

from bot.handlers.chatwoot.agent_replies import _is_reply  # pyright: ignore[reportPrivateUsage]
from bot.handlers.chatwoot.markup import plain
from services.support.chatwoot.models import ChatwootMessage
from tests.table import table

OUR_NUMBER = 1
WRITTEN: dict[str, Any] = {
    "id": 7,
    "content": "Już sprawdzam",
    "message_type": 1,
    "private": False,
    "sender": {"id": 2, "type": "user", "name": "Anna"},
}


@table(
    ("written", "read"),
    [
        ("**Dzień dobry**, _proszę_ zobaczyć ~~stary~~ cennik", "Dzień dobry, proszę zobaczyć stary cennik"),
        ("***raz*** __dwa__ *trzy*", "raz dwa trzy"),
        ("Już sprawdzam, \\*chwila\\*, 100 zł\\.", "Już sprawdzam, *chwila*, 100 zł."),
        ("linia\\\ndruga", "linia\ndruga"),
        ("2*3*4, snake_case_x, 5 * 3 * 2 i (*) gwiazdka (*)", "2*3*4, snake_case_x, 5 * 3 * 2 i (*) gwiazdka (*)"),
        ("# Tytuł\n> cytat\n* raz\n+ dwa\n1. trzy", "Tytuł\ncytat\n- raz\n- dwa\n1. trzy"),
        ("wpisz `kod *x*`", "wpisz kod *x*"),
        ("```\nblok **y**\n```\ndalej", "blok **y**\ndalej"),
        ("[cennik](https://x.example/a_b_c?x=1&copy=2)", "cennik (https://x.example/a_b_c?x=1&copy=2)"),
        ("[https://x.example](https://x.example)", "https://x.example"),
        ("[a@b.example](mailto:a@b.example)", "a@b.example"),
        ("<https://x.example>", "https://x.example"),
        (
            "**https://x.example/_a_/b** i https://x.example/_c_/d.",
            "https://x.example/_a_/b i https://x.example/_c_/d.",
        ),
        ("[@Ania](mention://user/1/Ania) zobacz", "@Ania zobacz"),
        ("<p>Hej <b>Ola</b>,<br>5 &lt; 6 &amp; tak</p><ul><li>a</li><li>b</li>", "Hej Ola,\n5 < 6 & tak\n- a\n- b"),
        ('<a href="https://x.example/?a=1&amp;b=2">tu</a>', "tu (https://x.example/?a=1&b=2)"),
        ("podaj <NIP>, a < b > c, AT&T &copy", "podaj <NIP>, a < b > c, AT&T &copy"),
        ("1 < 2\n\n\\<b\\>", "1 < 2\n\n<b>"),
    ],
)
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
