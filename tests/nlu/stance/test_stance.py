"""Clauses, and values in them, as their author means them."""

from nlu.languages.shipped import KNOWN, order_langs
from nlu.stance import Stance, clauses, denies, hide_withheld, is_asserted, stance, stance_at
from tests.kit.rows import all_rows


@all_rows
def test_a_clause_is_judged(locale: str, text: str, how: str) -> None:
    assert stance(text, order_langs(KNOWN, locale)) is Stance[how]


def test_a_message_is_asserted_where_the_clause_that_counts_is() -> None:
    langs = order_langs(KNOWN, "en")
    text = "I don't understand this, get me a human"
    assert clauses(text) == ("I don't understand this,", "get me a human")
    assert not is_asserted(text, langs)
    assert is_asserted(text, langs, about=lambda clause: "human" in clause)
    assert not is_asserted("can I talk to a human?", langs)
    assert is_asserted("can I talk to a human?", langs, polite=True)


@all_rows
def test_a_value_that_is_given_stays(locale: str, text: str) -> None:
    assert hide_withheld(text, order_langs(KNOWN, locale)) == text


@all_rows
def test_a_value_that_is_refused_old_or_anothers_is_withheld(locale: str, text: str) -> None:
    left = hide_withheld(text, order_langs(KNOWN, locale))
    assert len(left) == len(text)
    assert not any(char.isdecimal() for char in left)


def test_the_stance_of_a_value_says_why() -> None:
    langs = order_langs(KNOWN, "pl")
    assert stance_at("kolega ma nip 9876543210", 14, 24, langs) is Stance.others
    assert stance_at("mój nip to 9876543210", 11, 21, langs) is Stance.asserted
    assert stance_at("mamy też nip 9876543210", 13, 23, langs) is Stance.besides


def test_the_full_stop_behind_the_short_word_for_a_street_ends_no_clause() -> None:
    text = "dawniej siedzieliśmy przy ul. Polnej 3"
    assert stance_at(text, text.index("Polnej"), len(text), order_langs(KNOWN, "pl")) is Stance.past


def test_the_words_behind_a_full_stop_of_a_name_are_its_own() -> None:
    assert stance_at("Alfa sp. z o.o. è il concorrente", 0, 15, order_langs(KNOWN, "it")) is Stance.others


@all_rows
def test_a_denial_reaches_what_stands_right_behind_it(locale: str, before: str, *, denied: bool) -> None:
    assert denies(before, order_langs(KNOWN, locale)) is denied


def test_a_wish_in_the_place_of_something_is_one() -> None:
    assert stance("vorrei la fattura elettronica al posto della carta", order_langs(KNOWN, "it")) is Stance.asserted


@all_rows
def test_a_dictated_number_is_withheld_like_a_typed_one(locale: str, text: str) -> None:
    langs = order_langs(KNOWN, locale)
    assert hide_withheld(text, langs, dictated=True) != text
    number = " ".join(text.split()[-8:]) if locale != "pl" else "mój numer to sześćset siedemset osiemset"
    assert hide_withheld(number, langs, dictated=True) == number


@all_rows
def test_a_refused_part_that_is_put_right_stays_with_its_number(locale: str, text: str) -> None:
    assert hide_withheld(text, order_langs(KNOWN, locale), dictated=True) == text
    refused = "600 700 800, not five one two zero zero zero one one one"
    assert hide_withheld(refused, order_langs(KNOWN, "en"), dictated=True).strip() == "600 700 800, not"
