"""Whoever orders without renewal is told which way to pay meets that, or that the seller sells none without it."""

from msgspec.structs import replace

from tests.journeys.r2_scenes import Owner
from tests.table import table

NONE_WITHOUT = {"pl": "jest obowiązkowa", "it": "è obbligatorio", "en": "without it you can’t order"}
SAID = (
    *(("pl", "zwykły przelew, bez odnawiania"), ("pl", "chcę zapłacić bez odnawiania")),
    ("pl", "przelewem na konto, tylko bez automatycznego przedłużania"),
    *(("it", "bonifico, niente rinnovo"), ("it", "vorrei pagare senza rinnovo automatico")),
    *(("en", "ordinary transfer, no renewal"), ("en", "bank transfer please, without automatic renewal")),
)


@table("locale, text", SAID)
def test_where_renewal_is_obligatory_it_is_said_that_no_way_goes_without(locale: str, text: str) -> None:
    buyer = Owner("r2platnik", locale)
    buyer.at_the_consent()
    before, told = buyer.case.order, len(buyer.lines)
    buyer.write(text)
    assert NONE_WITHOUT[locale] in " ".join(" ".join(buyer.lines[told:]).split())
    assert buyer.case.order == before


def test_beside_a_way_that_is_not_taken_it_is_said_too() -> None:
    buyer = Owner("r2platnik", "pl")
    buyer.at_the_consent()
    order = replace(buyer.case.order, method="card")
    buyer.case = replace(buyer.case, order=order, talk=replace(buyer.case.talk, revising="order.method"))
    assert buyer.at == "order.method"
    told = len(buyer.lines)
    buyer.write("zwykły przelew, bez odnawiania")
    said = " ".join(" ".join(buyer.lines[told:]).split())
    assert "Zwykłego przelewu tu nie ma" in said
    assert NONE_WITHOUT["pl"] in said
