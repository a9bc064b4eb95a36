"""Methods, plans, languages, years and quantities: slips in their words, and words that mean something else."""

import tomllib
from pathlib import Path

import pytest

from nlu.commands import read_command
from nlu.entities.term_words import TYPED_OFTEN, has_lasted, repair_term
from nlu.entities.terms import TERMS, find_methods, find_terms, names_a_method
from nlu.facts.named_answers import named_answers
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, order_langs, written_in
from nlu.parse import parse
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Nameable, OptionWords
from values.meaning import Expects, Press


def langs(lang: str) -> Languages:
    return order_langs(KNOWN, lang)


def terms(lang: str, text: str) -> set[tuple[str, str]]:
    return {(e.entity, e.value) for e in find_terms(text, langs(lang))}


@all_rows
def test_a_slip_of_the_keyboard_hides_no_term(lang: str, text: str, expected: tuple[str, str]) -> None:
    assert expected in terms(lang, text)


def test_a_term_with_a_slip_stands_where_it_was_typed() -> None:
    text = "Zapłacę 👍 przelwey24 albo papyalem"
    assert [text[e.start : e.end] for e in find_terms(text, langs("pl"))] == ["przelwey24", "papyalem"]


@table(
    "word",
    "cara caro carota crate karate kartka pieno plan ushers moths anther papal polki anielski wlosi rozek placco carita"
    " licenziato usr katr".split(),
)
def test_real_and_short_words_are_no_slips(word: str) -> None:
    assert repair_term(word) is None


def test_words_that_slips_are_looked_for_stand_for_themselves() -> None:
    assert {word for word in TYPED_OFTEN if repair_term(word) is not None} == set()
    assert [repair_term(word) for word in ("przelewy24", "12345", "papya٣", "²²²²²")] == [None] * 4


def test_the_cheap_look_for_a_method_sees_slips_as_well() -> None:
    assert names_a_method("place papyal", langs("pl"))
    assert not names_a_method("place wiht polsih", langs("pl"))
    assert not names_a_method("una carota", langs("it"))


@all_rows
def test_words_that_mean_something_else_are_no_terms(lang: str, text: str) -> None:
    assert terms(lang, text) == set()


@all_rows
def test_what_is_meant_beside_it_is_kept(lang: str, text: str, expected: set[tuple[str, str]]) -> None:
    assert terms(lang, text) == expected


def test_a_method_turned_down_behind_its_name_is_among_the_denied() -> None:
    named, denied = find_methods("Blika nie mam, zrobię przelew", langs("pl"))
    assert [e.value for e in named] == ["bank_transfer"]
    assert [e.value for e in denied] == ["blik"]


@all_rows
def test_time_that_has_passed_is_no_wish(before: str, after: str, lasted: bool) -> None:
    assert has_lasted(f"{before} 2 lata{after}", len(before) + 1, len(before) + len(" 2 lata")) is lasted


@table("text", ["zmieńcie w kodzie pocztowym na 31-120", "il codice postale è 20154", "post code 01234"])
def test_a_postal_code_is_no_code_by_sms(text: str) -> None:
    assert not [e for e in parse(text, "pl")["entities"] if e["entity"] == "sms_code"]


def test_another_firms_business_names_no_terms() -> None:
    text = "my spotify premium keeps logging me out"
    assert ("plan", "premium") in terms("en", text)
    answer = parse(text, "en")
    assert answer["intent"]["name"] == "out_of_scope"
    assert not [e for e in answer["entities"] if e["entity"] in TERMS]


# Whoever asks for their invoices means the zone's list, at any step; other words about invoices don't.


@all_rows
def test_my_invoices_are_the_zones_list(lang: str, said: str) -> None:
    assert read_command(said, order_langs(KNOWN, lang)) == Press("zone:invoices")


@pytest.mark.parametrize("said", ["nie pokazuj moich faktur", "moje faktury są złe", "potrzebuję faktury", "e-faktury"])
def test_other_words_about_invoices_are_none(said: str) -> None:
    assert read_command(said, order_langs(KNOWN, "pl")) is None


# Answers to a seller's own questions, given by name wherever the customer is.

ASKED = (
    Nameable("staff", (), "liczb* osób, osób, numero di persone, persone, people", Expects.number),
    Nameable("note", (), "uwag*, note, notes", Expects.free_text),
    Nameable("start_day", (), "dat* startu, data d'inizio, start date", Expects.date),
    Nameable("branch", (OptionWords("branch:south", ("Południe", "Sud", "South")),), "oddział*, sede, branch"),
    Nameable("method", (OptionWords("method:blik", ("BLIK",)),)),
)


def told(text: str, lang: str) -> list[tuple[str, str]]:
    return [(one.fact.kind, one.fact.text) for one in named_answers(text, order_langs(KNOWN, lang), lambda: ASKED)]


@all_rows
def test_an_answer_is_what_its_question_is_called(text: str, lang: str, answers: list[tuple[str, str]]) -> None:
    assert told(text, lang) == answers


@all_rows
def test_nothing_else_is_one(text: str, lang: str) -> None:
    assert told(text, lang) == []


# In which language a message is written.

ALL = ("pl", "it", "en")


def test_sentences_of_customers_are_told_apart() -> None:
    written = tomllib.loads((Path(__file__).parent / "held_out.toml").read_text(encoding="utf-8"))
    said = [(code, text) for code in ALL for texts in written[code].values() for text in texts]
    found = [(code, written_in(text, KNOWN, ALL)) for code, text in said]
    assert sum(code == read for code, read in found) / len(found) >= 0.97
    assert sum(read not in (code, None) for code, read in found) / len(found) <= 0.005


@table("text", ["", "ok", "BLIK", "PayPal", "NIP 123-456-32-18", "1234", "🙂", "no", "x" * 10_000])
def test_what_every_language_has_tells_nothing(text: str) -> None:
    assert written_in(text, KNOWN, ALL) is None


def test_only_a_language_that_is_offered_is_told() -> None:
    assert written_in("Vorrei parlare con una persona", KNOWN, ("pl", "en")) is None
    assert written_in("Vorrei parlare con una persona", KNOWN, ("pl",)) is None
