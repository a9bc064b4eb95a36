"""Whoever orders without renewal is told which way to pay meets that, or that the seller sells none without it."""

from tests.journeys.r2_scenes import Owner
from tests.journeys.test_r2platnik import WORDS
from tests.table import table

NONE_WITHOUT = {"pl": "jest obowiązkowa", "it": "è obbligatorio", "en": "without it you can’t order"}
SAID = (
    ("pl", "zwykły przelew, bez odnawiania"),
    ("pl", "chcę zapłacić bez odnawiania"),
    ("pl", "przelewem na konto, tylko bez automatycznego przedłużania"),
    ("it", "bonifico, niente rinnovo"),
    ("it", "vorrei pagare senza rinnovo automatico"),
    ("en", "ordinary transfer, no renewal"),
    ("en", "bank transfer please, without automatic renewal"),
)


@table("locale, text", SAID)
def test_where_renewal_is_obligatory_it_is_said_that_no_way_goes_without(locale: str, text: str) -> None:
    buyer = Owner("r2platnik", locale)
    buyer.words = WORDS[locale]
    buyer.at_the_consent()
    before, told = buyer.case.order, len(buyer.lines)
    buyer.write(text)
    assert NONE_WITHOUT[locale] in " ".join(" ".join(buyer.lines[told:]).split())
    assert buyer.case.order == before
