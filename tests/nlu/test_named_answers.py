"""Answers to a seller's own questions, given by name wherever the customer is."""

from nlu.facts.named_answers import named_answers
from nlu.languages.shipped import KNOWN, among
from tests.table import table
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


@table(
    ("text", "lang", "answers"),
    [
        ("liczba osób: 12", "pl", [("staff", "12")]),
        ("Od znajomych, 12 osób i oddział to Południe.", "pl", [("staff", "12"), ("branch", "south")]),
        (
            "data startu: 3 maja, uwagi: dzwonić, ale rano",
            "pl",
            [("note", "dzwonić, ale rano"), ("start_day", "3 maja")],
        ),
        ("sede: sud, numero di persone: circa 20", "it", [("staff", "circa 20"), ("branch", "south")]),
        ("anna@example.com, 7 people", "en", [("staff", "7")]),
        ("the start date is next Monday", "en", []),
        ("start date is next Monday", "en", [("start_day", "next Monday")]),
    ],
)
def test_an_answer_is_what_its_question_is_called(text: str, lang: str, answers: list[tuple[str, str]]) -> None:
    assert told(text, lang) == answers


@table(
    ("text", "lang"),
    [
        ("ile to kosztuje za 12 osób?", "pl"),
        ("oddział: Wschód", "pl"),
        ("nie 12 osób", "pl"),
        ("kolega ma 12 osób", "pl"),
        ("start:buy", "pl"),
        ("method: blik", "en"),
        ("is it 12 people", "en"),
    ],
)
def test_nothing_else_is_one(text: str, lang: str) -> None:
    assert told(text, lang) == []
