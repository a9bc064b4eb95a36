"""Lines as agents see them, and what is learned of their words."""

from datetime import UTC, datetime
from typing import Any, cast

import sqlalchemy as sa

from bot.conversation.outbound import Button, Card, CardChoice, CardRow
from bot.conversation.stored import StoredMessage
from bot.usecases.agents.lines_view import ContactAccess, LineReader, TranscriptLine
from bot.usecases.handoff.training import TrainingLabels
from dialogs.journey import journey
from services.store import journal
from services.store.journal import BOT, CUSTOMER, JournalEntry
from tests.kit.narrow import present
from tests.masks import masks_of_contacts
from tests.services.conftest import connection, postgres_engine, sqlite_engine
from tests.services.domain.people import NOW, buyer

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def shown(card: Card) -> TranscriptLine:
    """The line of a message with this card, for an agent who hasn't opened the card."""
    entry = JournalEntry(1, "c", 1, BOT, None, 1, StoredMessage("Zgadza się?", card=card).to_json(), AT, "none", None)
    (line,) = LineReader(cast(Any, None), {}, ContactAccess(masks_of_contacts()), "pl").lines([entry])
    return line


def test_agents_see_the_card_with_contacts_masked() -> None:
    card = Card("order", "order", "Zamówienie", (CardRow("email", "E-mail", "anna@firma.pl"),), total="367,77 zł")
    line = shown(card)
    assert line.text == "Zgadza się?"
    seen = present(line.card)
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
    seen = present(shown(Card("order", "order", "Zamówienie", rows)).card)
    assert [(row.label, row.value) for row in seen.rows] == [("Metoda", "BLIK")]


def test_what_is_no_text_is_a_line_of_its_kind() -> None:
    entry = JournalEntry(1, "c", 1, CUSTOMER, None, None, {"text": "", "kind": "venue"}, AT, "none", None)
    (line,) = LineReader(cast(Any, None), {}, ContactAccess(masks_of_contacts()), "pl").lines([entry])
    assert (line.text, line.other) == ("", "location")


__all__ = ["connection", "postgres_engine", "sqlite_engine"]


def test_names_and_addresses_that_are_on_file_go(connection: sa.Connection) -> None:
    buyer(connection)
    connection.execute(sa.update(sa.table("account", sa.column("person_name"))).values(person_name="Anna Nowak"))
    said = "tu Nowak z Pracownia Bursztyn sp. z o.o., ul. Długa 12/4, gdańsk: co z tym żółwiem"
    line = journal.NewJournalEntry("talk-a1", 1, "customer", {"text": said, "missed": "not_understood"}, NOW)
    journal.add(connection, [line])

    [sentence] = TrainingLabels(journey(("account", "company"))).listed(connection)

    assert sentence.words == "tu [value] z [value], [value], [value]: co z tym żółwiem"
