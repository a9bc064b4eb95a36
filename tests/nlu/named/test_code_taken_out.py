"""A discount code is taken out by words that say so, and by no others."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.meaning import Discount, Expected, Expects, Intent, OptionWords, Press


def taken(text: str, locale: str, expects: Expects = Expects.choice) -> bool:
    meaning = understand(text, Expected(expects, "method", discount_codes=("START20",)), locale=locale)
    return isinstance(meaning, Press) and meaning.payload == "discount:skip"


@all_rows
def test_these_take_it_out(locale: str, text: str) -> None:
    assert taken(text, locale)


@all_rows
def test_these_dont(locale: str, text: str) -> None:
    assert not taken(text, locale)


def test_beside_a_texted_code_the_word_alone_is_that_one() -> None:
    assert not taken("nie chcę tego kodu", "pl", Expects.contact_code)
    assert taken("nie chcę kodu rabatowego", "pl", Expects.contact_code)


def test_a_seller_without_codes_has_none_to_take_out() -> None:
    assert understand("usuń kod rabatowy", Expected(Expects.choice, "method"), locale="pl") != Press("discount:skip")


BUYING = Expected(
    Expects.choice, "start", options=(OptionWords("start:buy", ("Kup teraz",)),), discount_codes=("START20",)
)


@table("text", ["START20", "mój kod to START20", "mam kod START20"])
def test_a_code_alone_is_a_code(text: str) -> None:
    assert understand(text, BUYING, locale="pl") == Discount("START20")


@table(("locale", "text"), [("pl", "kup teraz, kod START20"), ("en", "I'd like to buy, code START20")])
def test_the_rest_of_a_sentence_with_a_code_is_read(locale: str, text: str) -> None:
    meaning = understand(text, BUYING, locale=locale)

    assert meaning == Press("start:buy") or (isinstance(meaning, Intent) and meaning.name == "choose_plan")
