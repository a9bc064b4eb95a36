"""Messages read out: all of an answer's where one differs, cards once and then what has changed, no link's address."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bot.conversation.outbound import Button, Card, CardRow, Reply, ReplyLink
from bot.conversation.read_aloud import ReadAloud, earlier_cards
from tests.shipped import profile

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class Lines:
    """Makes lines of a transcript, numbered as they come."""

    made: list[Reply] = field(default_factory=list[Reply])

    def say(self, words: str, **more: Any) -> Reply:
        n = len(self.made) + 1
        known: dict[str, Any] = {"author": "bot", "buttons": (), "links": (), "locale": "pl"} | more
        self.made.append(Reply(id=n, seq=n, words=words, at=AT, **known))
        return self.made[-1]


@pytest.fixture(scope="module")
def aloud() -> ReadAloud:
    return ReadAloud(profile("fakturasmart").renderer())


ORDER = Card(
    "order",
    "order:1",
    "Zamówienie",
    (CardRow("price", "Cena", "299,00\u00a0zł"), CardRow("method", "Metoda", "")),
    total="367,77\u00a0zł",
    total_label="Razem",
)


def test_plain_words_need_no_speech(aloud: ReadAloud) -> None:
    assert aloud.differing([Lines().say("Jaki jest NIP?\u00a0Podaj go.")], "pl") is None
    assert aloud.differing([], "pl") is None


def test_all_of_an_answer_is_told_where_one_message_differs(aloud: ReadAloud) -> None:
    lines = Lines()
    said = [lines.say("Dzień dobry."), lines.say("Cena: 22,00\u00a0zł.")]
    assert aloud.differing(said, "pl") == "Dzień dobry.\n\nCena: 22 złote."


def test_a_card_that_the_client_draws_is_not_read(aloud: ReadAloud) -> None:
    message = Lines().say("Jak płacisz?", card=ORDER)
    assert aloud.differing([message], "pl", cards=True) is None
    found = aloud.differing([message], "pl")
    assert found == "Zamówienie.\nCena: 299 złotych.\nRazem: 367 złotych 77 groszy.\n\nJak płacisz?"


def test_of_a_card_shown_before_only_the_changes_are_read(aloud: ReadAloud) -> None:
    lines = Lines()
    lines.say("Jak płacisz?", card=ORDER)
    paid_by = replace(ORDER, rows=(ORDER.rows[0], CardRow("method", "Metoda", "BLIK")))
    lines.say("Akceptujesz regulamin?", card=paid_by)
    lines.say("Akceptujesz regulamin?", card=paid_by)
    told = [aloud.line(message, "pl", before) for message, before in earlier_cards(lines.made)]
    assert told[1:] == ["Zamówienie.\nMetoda: BLIK.\n\nAkceptujesz regulamin?", "Akceptujesz regulamin?"]


def test_few_answers_are_named_and_ways_back_are_not(aloud: ReadAloud) -> None:
    buttons = (Button("Nowe konto", "account:new"), Button("Mam konto", "account:existing"), Button("Wróć", "/back"))
    found = aloud.line(Lines().say("Masz już konto?", buttons=buttons), "pl")
    assert found == "Masz już konto?\nDo wyboru: Nowe konto i Mam konto."
    assert aloud.line(Lines().say("Masz już konto?", buttons=buttons[1:]), "pl") == "Masz już konto?"


def test_no_address_of_a_link_is_read(aloud: ReadAloud) -> None:
    href = "https://desk.example/s/aB3xyz9QsecretToken"
    links = (ReplyLink("secure_page", href, "Otwórz bezpieczną stronę"),)
    heard = aloud.line(Lines().say(f"Ustaw hasło: {href} albo {href}x.", links=links), "pl")
    assert heard == "Ustaw hasło: Otwórz bezpieczną stronę albo link."


def test_an_agents_words_are_read_in_the_conversations_language(aloud: ReadAloud) -> None:
    agents = Lines().say("Costa 22,00\u00a0€.", author="agent", by="Anna", locale=None)
    assert aloud.line(agents, "it") == "Costa 22 euro."
