"""Renewal taken back in so many words, and what only sounds like it."""

from nlu.named.renewals import takes_back_renewal
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
