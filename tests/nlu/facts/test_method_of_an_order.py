"""A way to pay named beside a wish to order again, or beside renewal on the order's card: what each is taken for."""

from nlu.facts.stated import find_facts, read_beside_facts
from nlu.languages.shipped import KNOWN, order_langs
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, Nameable, OptionWords
from values.meaning import BindingAct, Expects, Fact, Intent, Meaning, Press

METHODS = (OptionWords("method:card", ("Karta", "Carta", "Card")), OptionWords("method:paypal", ("PayPal",)))
BUY = OptionWords("start:buy", ("Kup ponownie", "Acquista di nuovo", "Buy again"))
ZONE = Expected(Expects.nothing, "zone", (BUY, *METHODS), correctable={"method": Expects.choice})


def meant(text: str, locale: str) -> tuple[Meaning, list[Fact]]:
    found = find_facts(text, ZONE, order_langs(KNOWN, locale), lambda: (Nameable("method", METHODS),))
    whole = understand(text, ZONE, locale=locale)
    told = read_beside_facts(text, found, whole, ZONE, lambda rest: understand(rest, ZONE, locale=locale))
    return told, [one.fact for one in found]


@all_rows
def test_it_is_the_order_that_is_meant(locale: str, text: str) -> None:
    meaning, facts = meant(text, locale)
    assert isinstance(meaning, Intent)
    assert meaning.name == "renew_subscription"
    assert ("method", "card") in [(fact.kind, fact.text) for fact in facts]


@table(("locale", "text"), [("pl", "wolę kartę"), ("it", "con carta"), ("en", "card please")])
def test_a_way_to_pay_alone_is_chosen(locale: str, text: str) -> None:
    assert meant(text, locale)[0] == Press("method:card")


PAYABLE = (OptionWords("method:card", ("Card",)), OptionWords("method:paypal", ("PayPal",)))
PAY = Expected(
    Expects.choice,
    "pay",
    (OptionWords("pay:now", ("Order now",), BindingAct.order),),
    correctable={"method": Expects.choice, "auto_renewal": Expects.choice},
    rows=frozenset({"method", "auto_renewal"}),
)


def facts(text: str, locale: str) -> dict[str, str]:
    found = find_facts(
        text, PAY, order_langs(KNOWN, locale), lambda: (Nameable("method", PAYABLE), Nameable("auto_renewal", ()))
    )
    return {str(one.fact.kind): one.fact.text for one in found}


@all_rows
def test_both_are_taken(locale: str, text: str, renews: str) -> None:
    assert facts(text, locale) == {"method": "paypal", "auto_renewal": renews}


@all_rows
def test_renewal_that_is_not_asserted_is_left(locale: str, text: str) -> None:
    assert "auto_renewal" not in facts(text, locale)
