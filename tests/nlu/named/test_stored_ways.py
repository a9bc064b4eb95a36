"""A stored way to pay that is to be taken away or changed is none to pay with."""

from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, among
from nlu.understand import understand
from tests.table import table
from values.meaning import Expected, Expects, Intent, Nameable, OptionWords, Press

METHODS = tuple(OptionWords(f"method:{name}", (name.title(),)) for name in ("card", "paypal", "blik"))
ORDERING = Expected(Expects.choice, "method", METHODS)
PAGE = Expected(Expects.choice, "method", (*METHODS, OptionWords("forget:way-1", ("Usuń: Visa 4242",))))

WISHES = [
    ("pl", "chcę usunąć zapisaną kartę"),
    ("pl", "odepnijcie podpiętą kartę"),
    ("pl", "podmień zapisanego PayPala"),
    ("it", "voglio togliere la carta salvata"),
    ("it", "cambiate la carta memorizzata"),
    ("en", "please delete my stored card"),
    ("en", "replace the card on file"),
]


@table(("locale", "text"), WISHES)
def test_no_method_is_chosen_by_it(locale: str, text: str) -> None:
    meant = understand(text, ORDERING, locale=locale)
    assert isinstance(meant, Intent)
    assert meant.name == "choose_payment_method"
    assert find_facts(text, ORDERING, among(KNOWN, locale), lambda: (Nameable("method", METHODS),)) == ()


def test_the_only_one_stored_is_forgotten_where_its_button_is() -> None:
    assert understand("usuń zapisaną kartę", PAGE, locale="pl") == Press("forget:way-1")


@table("text", ["zapłacę zapisaną kartą", "karta", "czy mogę usunąć zapisaną kartę?"])
def test_paying_with_it_or_asking_is_no_such_wish(text: str) -> None:
    meant = understand(text, PAGE, locale="pl")
    assert not (isinstance(meant, Press) and meant.payload.startswith("forget:"))
