"""Only the required consents, in whatever words, and nothing that merely speaks of them."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.consents import only_required
from nlu.understand import understand
from tests.table import table
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
GIVEN = (
    ("pl", "tylko te, które muszą być"),
    ("pl", "obowiązkowe tak, reszta nie"),
    ("pl", "to, co konieczne, i nic poza tym"),
    ("pl", "okej, ale same wymagane"),
    ("pl", "na wymagane się zgadzam, marketing mnie nie interesuje"),
    ("it", "accetto solo lo stretto necessario"),
    ("it", "quelli obbligatori e basta, di offerte ne ricevo già abbastanza"),
    ("it", "i consensi richiesti dalla legge, gli altri no"),
    ("en", "the bare minimum, nothing optional"),
    ("en", "just the mandatory ones, please"),
    ("en", "only what I really have to, the rest no"),
    ("pl", "obie zgody wymagane, tak"),
    ("it", "solo quello che serve"),
)
NOT_GIVEN = (
    ("pl", "które są obowiązkowe"),
    ("pl", "czy wymagane są konieczne?"),
    ("pl", "nie zgadzam się na wymagane"),
    ("pl", "jeśli muszę, to wymagane"),
    ("pl", "muszę już lecieć"),
    ("pl", "zamawiam z obowiązkiem zapłaty"),
    ("pl", "program jest nam potrzebny każdego roku, zgadzamy się"),
    ("it", "non accetto quelli obbligatori"),
    ("it", "devo andare"),
    ("it", "il programma mi serve per domani"),
    ("it", "forse quelli obbligatori"),
    ("en", "why are the required ones required"),
    ("en", "I don't want even the required ones"),
    ("en", "required ones my foot, I won't"),
    ("en", "I have to go now"),
    ("en", "is automatic renewal obligatory"),
)


@table(("locale", "text"), GIVEN)
def test_only_the_required_ones_are_agreed_to(locale: str, text: str) -> None:
    assert only_required(text, among(KNOWN, locale))
    meant = understand(text, CONSENTS, locale=locale)
    assert isinstance(meant, Press)
    assert meant.payload == "consents:required"


@table(("locale", "text"), NOT_GIVEN)
def test_whoever_asks_doubts_or_refuses_agrees_to_nothing(locale: str, text: str) -> None:
    assert not only_required(text, among(KNOWN, locale))
    assert not isinstance(understand(text, CONSENTS, locale=locale), Press)
