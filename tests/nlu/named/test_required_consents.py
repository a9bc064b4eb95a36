"""Only the required consents, in whatever words, and nothing that merely speaks of them."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.consents import only_required
from nlu.understand import understand
from tests.kit.rows import all_rows
from values.meaning import BindingAct, Expected, Expects, OptionWords, Press

CONSENTS = Expected(
    Expects.consents,
    "consents",
    (
        OptionWords("consents:required", ("Tylko wymagane",), BindingAct.agree),
        OptionWords("consents:all", ("Wszystkie",), BindingAct.agree),
        OptionWords("consents:done", ("Zaznaczone",), BindingAct.agree),
    ),
)


@all_rows
def test_only_the_required_ones_are_agreed_to(locale: str, text: str) -> None:
    assert only_required(text, among(KNOWN, locale))
    meant = understand(text, CONSENTS, locale=locale)
    assert isinstance(meant, Press)
    assert meant.payload == "consents:required"


@all_rows
def test_whoever_asks_doubts_or_refuses_agrees_to_nothing(locale: str, text: str) -> None:
    assert not only_required(text, among(KNOWN, locale))
    assert not isinstance(understand(text, CONSENTS, locale=locale), Press)
