"""Messages that are nothing but a code that was sent."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.sent_codes import says_only_codes
from tests.kit.rows import all_rows


@all_rows
def test_a_code_with_its_name(locale: str, text: str) -> None:
    assert says_only_codes(text, among(KNOWN, locale))


@all_rows
def test_other_words_and_numbers_are_none(text: str) -> None:
    assert not says_only_codes(text, among(KNOWN, "pl"))
