"""Methods, plans, languages, years and quantities: slips in their words, and words that mean something else."""

from nlu.entities.meant_terms import has_lasted
from nlu.entities.term_words import TYPED_OFTEN, repaired
from nlu.entities.terms import TERMS, find_methods, find_terms, names_a_method
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, among
from nlu.parse import parse
from tests.kit.rows import all_rows
from tests.table import table


def langs(lang: str) -> Languages:
    return among(KNOWN, lang)


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
    assert repaired(word) is None


def test_words_that_slips_are_looked_for_stand_for_themselves() -> None:
    assert {word for word in TYPED_OFTEN if repaired(word) is not None} == set()
    assert [repaired(word) for word in ("przelewy24", "12345", "papya٣", "²²²²²")] == [None] * 4


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
    said = f"{before} 2 lata{after}"
    assert has_lasted(said, len(before) + 1, len(before) + len(" 2 lata")) is lasted


@table("text", ["zmieńcie w kodzie pocztowym na 31-120", "il codice postale è 20154", "post code 01234"])
def test_a_postal_code_is_no_code_by_sms(text: str) -> None:
    assert not [e for e in parse(text, "pl")["entities"] if e["entity"] == "sms_code"]


def test_another_firms_business_names_no_terms() -> None:
    text = "my spotify premium keeps logging me out"
    assert ("plan", "premium") in terms("en", text)
    answer = parse(text, "en")
    assert answer["intent"]["name"] == "out_of_scope"
    assert not [e for e in answer["entities"] if e["entity"] in TERMS]
