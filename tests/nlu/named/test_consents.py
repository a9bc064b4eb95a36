"""Consents taken back in words at any step, and sentences that take none back."""

from bot.conversation.product_words import consent_names
from nlu.understand import understand
from tests.journeys.teller import hearing
from tests.kit.rows import all_rows
from values.meaning import Consenting, Expected, Expects

EMAIL, PHONE = "marketing_email", "marketing_phone"
BOTH, REQUIRED = (EMAIL, PHONE), ("privacy", "data_processing")


def at_the_phone(text: str, locale: str) -> object:
    heard = hearing("fakturasmart")
    expected = Expected(Expects.phone, "phone", consents=consent_names(heard.renderer))
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


@all_rows
def test_the_consent_that_is_named_is_taken_back(locale: str, text: str, ids: tuple[str, ...]) -> None:
    assert at_the_phone(text, locale) == Consenting(refused=ids, text=text)


@all_rows
def test_whoever_asks_tells_or_speaks_of_another_takes_none_back(locale: str, text: str) -> None:
    assert not isinstance(at_the_phone(text, locale), Consenting)
