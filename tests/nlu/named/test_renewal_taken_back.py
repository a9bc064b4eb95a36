"""Renewal taken back in so many words, and what only sounds like it."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.renewals import takes_back_renewal, turns_renewal_off
from tests.kit.rows import all_rows


@all_rows
def test_it_is_taken_back(text: str) -> None:
    assert takes_back_renewal(text)


@all_rows
def test_it_is_not(text: str) -> None:
    assert not takes_back_renewal(text)


@all_rows
def test_it_is_ordered_to_be_off(locale: str, text: str) -> None:
    assert turns_renewal_off(text, among(KNOWN, locale))


@all_rows
def test_it_is_not_ordered(locale: str, text: str) -> None:
    assert not turns_renewal_off(text, among(KNOWN, locale))
