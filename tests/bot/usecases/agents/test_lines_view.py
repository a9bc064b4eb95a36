"""Lines as agents read them: the customer's card with it, contacts masked."""

from datetime import UTC, datetime
from typing import Any, cast

from bot.conversation.outbound import Button, Card, CardChoice, CardRow
from bot.conversation.stored import StoredMessage
from bot.usecases.agents.lines_view import ContactAccess, LineReader, TranscriptLine
from services.store.journal import BOT, CUSTOMER, JournalEntry
from tests.masks import masks_of_contacts

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def shown(card: Card) -> TranscriptLine:
    """The line of a message with this card, for an agent who hasn't opened the card."""
    message = StoredMessage("Zgadza się?", card=card)
    entry = JournalEntry(1, "c", 1, BOT, None, 1, message.to_json(), AT, "none", None)
    reader = LineReader(cast(Any, None), {}, ContactAccess(masks_of_contacts()), "pl")
    (line,) = reader.lines([entry])
    return line


def test_agents_see_the_card_with_contacts_masked() -> None:
    card = Card("order", "order", "Zamówienie", (CardRow("email", "E-mail", "anna@firma.pl"),), total="367,77 zł")
    line = shown(card)
    assert line.text == "Zgadza się?"
    seen = line.card
    assert seen is not None
    assert (seen.title, seen.total) == ("Zamówienie", "367,77 zł")
    assert seen.rows[0].label == "E-mail"
    assert seen.rows[0].value
    assert "anna@firma.pl" not in seen.rows[0].value


def test_titles_of_buttons_are_masked() -> None:
    titles = ("ewa@gmail.com", "Jak w koncie: +48 512 000 999", "Tak")
    message = StoredMessage("?", buttons=tuple(Button(title, "a:b") for title in titles))
    entry = JournalEntry(1, "c", 1, BOT, None, 1, message.to_json(), AT, "none", None)
    (line,) = LineReader(cast(Any, None), {}, ContactAccess(masks_of_contacts()), "pl").lines([entry])
    assert line.buttons == ("e•••@gmail.com", "Jak w koncie: +48 ••• ••• 999", "Tak")


def test_a_row_of_answers_shows_the_chosen_one_and_is_left_out_before() -> None:
    methods = (CardChoice("BLIK", "method:blik", chosen=True), CardChoice("Karta", "method:card"))
    terms = (CardChoice("Akceptuję regulamin", "terms:accept"),)
    rows = (CardRow("method", "Metoda", "", choices=methods), CardRow("terms", "", "wersja 2026-09", choices=terms))
    seen = shown(Card("order", "order", "Zamówienie", rows)).card
    assert seen is not None
    assert [(row.label, row.value) for row in seen.rows] == [("Metoda", "BLIK")]


def test_what_is_no_text_is_a_line_of_its_kind() -> None:
    entry = JournalEntry(1, "c", 1, CUSTOMER, None, None, {"text": "", "kind": "venue"}, AT, "none", None)
    (line,) = LineReader(cast(Any, None), {}, ContactAccess(masks_of_contacts()), "pl").lines([entry])
    assert (line.text, line.other) == ("", "location")
