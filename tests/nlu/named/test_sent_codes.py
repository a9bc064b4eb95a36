"""Messages that are nothing but a code that was sent."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.sent_codes import says_only_codes
from tests.table import table


@table(
    ("locale", "text"),
    [
        *(("pl", "123456"), ("pl", "123 456"), ("pl", "kod to 123-456"), ("pl", "kod z SMS-a: 123456")),
        *(("it", "il codice è 123456"), ("it", "codice sms 123 456"), ("en", "the code is 123456")),
        *(("en", "sms 123456, e-mail 654321"), ("pl", "123456 654321")),
    ],
)
def test_a_code_with_its_name(locale: str, text: str) -> None:
    assert says_only_codes(text, among(KNOWN, locale))


@table(
    "text",
    [
        *("12345", "1234567", "Firma 123456", "123456 789012 345678", "ul. Polna 123456", "+48123456"),
        *("czy kod to 123456?", "123456 Kraków", "512 000 321"),
    ],
)
def test_other_words_and_numbers_are_none(text: str) -> None:
    assert not says_only_codes(text, among(KNOWN, "pl"))
