"""The term of years that is wished for, not one that something has lasted."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.terms_of_years import meant_term
from tests.kit.rows import all_rows


@all_rows
def test_the_term_that_is_meant(locale: str, text: str, years: str, *, wished: bool, changes: bool) -> None:
    meant = meant_term(text, among(KNOWN, locale))
    assert meant is not None
    assert (meant.value, meant.wished, meant.changes) == (years, wished, changes)


@all_rows
def test_how_long_it_has_lasted_and_a_question_are_no_wish(locale: str, text: str) -> None:
    assert meant_term(text, among(KNOWN, locale)) is None
