"""Terms and clauses accepted together in words: by naming both, or everything, and by nothing less."""

from functools import cache

from bot.conversation.expectations import Expectations
from dialogs.kit import Context
from nlu.understand import understand
from tests.bot.conversation.test_words_that_bind import of
from tests.dialogs.driver import NOW, card_filled
from tests.journeys.teller import hearing, profile
from tests.table import table
from values.expected import Expected
from values.meaning import Meaning, Press

TERMS, CLAUSES = Press("terms:accept"), Press("clauses:accept")

TOGETHER = {
    "pl": """akceptuję regulamin i klauzule|Akceptuję regulamin i klauzule.|akceptuję wszystko|akceptuję oba
        |zgadzam się na wszystko|tak, regulamin i klauzule|przeczytałam regulamin i klauzule, akceptuję""",
    "it": """accetto termini e clausole|Accetto le condizioni e le clausole|accetto tutto|accetto entrambe
        |sì, accetto tutto""",
    "en": """I accept the terms and clauses|I accept everything|I accept both|yes, I agree to everything
        |I have read the terms and clauses and accept them""",
    "de": "ich akzeptiere Bedingungen und Klauseln|ich akzeptiere alles",
}
ALONE = {
    "pl": """akceptuję|tak|akceptuję regulamin|wszystko ok|dziękuję za wszystko, akceptuję
        |akceptuję wszystkie punkty""",
    "it": "accetto|sì|accetto i termini|tutto ok|tutto accettato",
    "en": "I accept|yes|I accept the terms|thanks for everything, I accept",
    "de": "ich akzeptiere|ja|ich akzeptiere die Bedingungen",
}
NEITHER = {
    "pl": """akceptuję klauzule|akceptuję wszystko?|chyba akceptuję wszystko|nie akceptuję wszystkiego
        |akceptuję wszystko poza klauzulami|akceptuję wszystko, jeśli jest taniej
        |zaakceptuję wszystko jutro""",
    "it": """accetto le clausole|accetto tutto?|forse accetto tutto|non accetto tutto
        |accetto tutto tranne le clausole""",
    "en": """I accept the clauses|I accept everything?|maybe I accept everything|I don't accept everything
        |I accept everything but the clauses|I'd accept everything""",
    "de": "ich akzeptiere die Klauseln|vielleicht akzeptiere ich alles",
}
SELLER = {"pl": "fakturasmart", "it": "fakturasmart", "en": "fakturasmart", "de": "kontorblatt"}


@cache
def asked(seller: str, *given: str) -> Expected:
    """Return the answer to the open question of terms or clauses, on a card that lacks only what is given."""
    customer = card_filled().press("terms_clauses:withdraw", *given)
    heard = hearing(seller)
    ctx = Context(customer.case, NOW, "rest", profile(seller).seller)
    position = heard.journey.known(customer.at)
    assert position is not None
    return Expectations(heard.journey, heard.renderer).at(position, ctx)


def meant(locale: str, text: str, *given: str) -> Meaning:
    heard = hearing(SELLER[locale])
    return understand(text, asked(SELLER[locale], *given), locale=locale, faq=heard.faq, known=heard.known)


@table("locale", tuple(TOGETHER))
@table(("words", "answer"), [(TOGETHER, Press("terms_clauses:accept")), (ALONE, TERMS)])
def test_who_names_both_or_everything_accepts_both_and_else_what_is_asked(
    locale: str, words: dict[str, str], answer: Press
) -> None:
    said = of(words, locale)
    assert {text: meant(locale, text) for text in said} == dict.fromkeys(said, answer)


@table("locale", tuple(NEITHER))
def test_who_names_the_other_document_or_holds_back_accepts_nothing(locale: str) -> None:
    assert [text for text in of(NEITHER, locale) if isinstance(meant(locale, text), Press)] == []


@table("locale", tuple(TOGETHER))
def test_where_one_is_accepted_already_the_words_give_the_other_alone(locale: str) -> None:
    assert asked(SELLER[locale], "terms:accept").joint is None
    assert meant(locale, of(TOGETHER, locale)[0], "terms:accept") == CLAUSES
