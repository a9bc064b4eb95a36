"""Clauses, and values in them, as their author means them."""

from nlu.languages.shipped import KNOWN, among
from nlu.stance import Stance, asserted, clauses, denies, stance, stance_at, withheld
from tests.kit.rows import all_rows


@all_rows
def test_a_clause_is_judged(locale: str, text: str, how: str) -> None:
    assert stance(text, among(KNOWN, locale)) is Stance[how]


def test_a_message_is_asserted_where_the_clause_that_counts_is() -> None:
    langs = among(KNOWN, "en")
    text = "I don't understand this, get me a human"
    assert clauses(text) == ("I don't understand this,", "get me a human")
    assert not asserted(text, langs)
    assert asserted(text, langs, about=lambda clause: "human" in clause)
    assert not asserted("can I talk to a human?", langs)
    assert asserted("can I talk to a human?", langs, polite=True)


@all_rows
def test_a_value_that_is_given_stays(locale: str, text: str) -> None:
    assert withheld(text, among(KNOWN, locale)) == text


@all_rows
def test_a_value_that_is_refused_old_or_anothers_is_withheld(locale: str, text: str) -> None:
    left = withheld(text, among(KNOWN, locale))
    assert len(left) == len(text)
    assert not any(char.isdecimal() for char in left)


def test_the_stance_of_a_value_says_why() -> None:
    langs = among(KNOWN, "pl")
    assert stance_at("kolega ma nip 9876543210", 14, 24, langs) is Stance.others
    assert stance_at("mój nip to 9876543210", 11, 21, langs) is Stance.asserted
    assert stance_at("mamy też nip 9876543210", 13, 23, langs) is Stance.besides


def test_the_full_stop_behind_the_short_word_for_a_street_ends_no_clause() -> None:
    text = "dawniej siedzieliśmy przy ul. Polnej 3"
    assert stance_at(text, text.index("Polnej"), len(text), among(KNOWN, "pl")) is Stance.past


def test_the_words_behind_a_full_stop_of_a_name_are_its_own() -> None:
    assert stance_at("Alfa sp. z o.o. è il concorrente", 0, 15, among(KNOWN, "it")) is Stance.others


@all_rows
def test_a_denial_reaches_what_stands_right_behind_it(locale: str, before: str, *, denied: bool) -> None:
    assert denies(before, among(KNOWN, locale)) is denied


def test_a_wish_in_the_place_of_something_is_one() -> None:
    assert stance("vorrei la fattura elettronica al posto della carta", among(KNOWN, "it")) is Stance.asserted


@all_rows
def test_a_dictated_number_is_withheld_like_a_typed_one(locale: str, text: str) -> None:
    langs = among(KNOWN, locale)
    assert withheld(text, langs, dictated=True) != text
    number = " ".join(text.split()[-8:]) if locale != "pl" else "mój numer to sześćset siedemset osiemset"
    assert withheld(number, langs, dictated=True) == number


@all_rows
def test_a_refused_part_that_is_put_right_stays_with_its_number(locale: str, text: str) -> None:
    assert withheld(text, among(KNOWN, locale), dictated=True) == text
    refused = "600 700 800, not five one two zero zero zero one one one"
    assert withheld(refused, among(KNOWN, "en"), dictated=True).strip() == "600 700 800, not"
