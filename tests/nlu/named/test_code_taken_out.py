"""A discount code is taken out by words that say so, and by no others."""

from nlu.understand import understand
from tests.table import table
from values.meaning import Discount, Expected, Expects, Intent, OptionWords, Press

OUT = {
    "pl": [
        "usuń kod rabatowy",
        "nie chcę tego kodu",
        "Nie chcę już tego kodu.",
        "skasuj kod",
        "proszę usunąć rabat",
        "rezygnuję z kodu",
        "usuń kod START20",
        "czy mogę prosić o usunięcie? usuń ten kod",
        "bez kodu",
    ],
    "it": [
        "togli il codice sconto",
        "non voglio il codice sconto",
        "non voglio più questo codice",
        "rimuovi il codice",
        "elimina lo sconto",
        "senza codice",
    ],
    "en": [
        "remove the discount code",
        "I don't want this code",
        "take off the code",
        "please delete my coupon",
        "without the code",
    ],
}
NOT_OUT = {
    "pl": [
        "nie usuwaj kodu rabatowego",
        "usunąłem kod rabatowy",
        "nie mam kodu",
        "usuń kod pocztowy",
        "nie chcę kodu SMS",
        "gdyby usunąć kod rabatowy",
        "jaki kod rabatowy?",
        "mój brat nie chce kodu",
    ],
    "it": ["non togliere il codice sconto", "ho tolto il codice sconto", "non ho un codice", "il codice non funziona"],
    "en": ["don't remove the discount code", "I removed the code yesterday", "I have no code", "wrong postal code"],
}


def taken(text: str, locale: str, expects: Expects = Expects.choice) -> bool:
    meaning = understand(text, Expected(expects, "method", discount_codes=("START20",)), locale=locale)
    return isinstance(meaning, Press) and meaning.payload == "discount:skip"


@table(("locale", "text"), [(locale, text) for locale in OUT for text in OUT[locale]])
def test_these_take_it_out(locale: str, text: str) -> None:
    assert taken(text, locale)


@table(("locale", "text"), [(locale, text) for locale in NOT_OUT for text in NOT_OUT[locale]])
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
