"""Renewal named beside a way to pay on the order's card: both are taken."""

from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, among
from tests.kit.rows import all_rows
from values.meaning import BindingAct, Expected, Expects, Nameable, OptionWords

METHODS = (OptionWords("method:card", ("Card",)), OptionWords("method:paypal", ("PayPal",)))
PAY = Expected(
    Expects.choice,
    "pay",
    (OptionWords("pay:now", ("Order now",), BindingAct.order),),
    correctable={"method": Expects.choice, "auto_renewal": Expects.choice},
    rows=frozenset({"method", "auto_renewal"}),
)


def facts(text: str, locale: str) -> dict[str, str]:
    found = find_facts(
        text, PAY, among(KNOWN, locale), lambda: (Nameable("method", METHODS), Nameable("auto_renewal", ()))
    )
    return {str(one.fact.kind): one.fact.text for one in found}


@all_rows
def test_both_are_taken(locale: str, text: str, renews: str) -> None:
    assert facts(text, locale) == {"method": "paypal", "auto_renewal": renews}


@all_rows
def test_renewal_that_is_not_asserted_is_left(locale: str, text: str) -> None:
    assert "auto_renewal" not in facts(text, locale)
