"""Renewal taken back in so many words, and what only sounds like it."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.renewals import takes_back_renewal, turns_renewal_off
from tests.table import table


@table(
    "text",
    [
        "wycofuję zgodę na odnowienie",
        "Chciałabym wycofać zgodę na automatyczne odnawianie abonamentu",
        "cofam zgodę na przedłużenie",
        "non rinnovare più",
        "non mi rinnovate l’abbonamento",
        "revoco il consenso al rinnovo automatico",
        "I withdraw my consent to the renewal",
        "I’d like to revoke my renewal consent",
        "ich widerrufe die Zustimmung zur Verlängerung",
    ],
)
def test_it_is_taken_back(text: str) -> None:
    assert takes_back_renewal(text)


@table(
    "text",
    [
        "wycofuję zgodę na marketing",
        "nie wycofuję zgody na odnowienie",
        "non revoco il consenso al rinnovo",
        "I don’t withdraw my consent to the renewal",
        "wycofałem zgodę na odnowienie, a pobraliście pieniądze",
        "I have withdrawn my consent to the renewal and was charged",
        "zgoda na odnowienie jest w porządku",
        "non rinnovo oggi, domani",
        "chcę odnowić abonament",
    ],
)
def test_it_is_not(text: str) -> None:
    assert not takes_back_renewal(text)


@table(
    ("locale", "text"),
    [
        ("pl", "wyłącz odnawianie"),
        ("pl", "odnawianie proszę odhaczyć, resztę zostawić"),
        ("pl", "nie przedłużajcie mi tego"),
        ("it", "spegni il rinnovo"),
        ("it", "disattivate il rinnovo automatico, per favore"),
        ("en", "switch the auto renewal off"),
        ("en", "Do not renew me next year please"),
        ("en", "cancel the renewal please"),
    ],
)
def test_it_is_ordered_to_be_off(locale: str, text: str) -> None:
    assert turns_renewal_off(text, among(KNOWN, locale))


@table(
    ("locale", "text"),
    [
        ("pl", "nie wyłączaj odnawiania"),
        ("pl", "wyłączyłam odnawianie wczoraj"),
        ("pl", "kolega mówi, żeby wyłączyć odnawianie"),
        ("it", "non disattivare il rinnovo"),
        ("en", "I don't want to turn off the renewal"),
        ("en", "how do I turn off the renewal"),
        ("en", "if I cancel the renewal, what happens"),
        ("en", "my friend told me to disable renewal"),
        ("en", "turn off the renewal later, not now"),
        ("en", "why did you not renew my contract"),
    ],
)
def test_it_is_not_ordered(locale: str, text: str) -> None:
    assert not turns_renewal_off(text, among(KNOWN, locale))
