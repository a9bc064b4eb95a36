"""Answers to a seller's own questions, given by name wherever the customer is."""

from nlu.facts.named_answers import named_answers
from nlu.languages.shipped import KNOWN, among
from tests.kit.rows import all_rows
from values.meaning import Expects, Nameable, OptionWords

ASKED = (
    Nameable("staff", (), "liczb* osób, osób, numero di persone, persone, people", Expects.number),
    Nameable("note", (), "uwag*, note, notes", Expects.free_text),
    Nameable("start_day", (), "dat* startu, data d'inizio, start date", Expects.date),
    Nameable("branch", (OptionWords("branch:south", ("Południe", "Sud", "South")),), "oddział*, sede, branch"),
    Nameable("method", (OptionWords("method:blik", ("BLIK",)),)),
)


def told(text: str, lang: str) -> list[tuple[str, str]]:
    return [(one.fact.kind, one.fact.text) for one in named_answers(text, among(KNOWN, lang), lambda: ASKED)]


@all_rows
def test_an_answer_is_what_its_question_is_called(text: str, lang: str, answers: list[tuple[str, str]]) -> None:
    assert told(text, lang) == answers


@all_rows
def test_nothing_else_is_one(text: str, lang: str) -> None:
    assert told(text, lang) == []
