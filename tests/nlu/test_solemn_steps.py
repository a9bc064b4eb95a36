"""An order and an acceptance are given by words that say so, never by ones that deny, ask or speak of another time."""

import pytest

from nlu.understand import understand
from values.expected import Expected, OptionWords
from values.expects import Expects
from values.meaning import Intent, Press

PAY = OptionWords(
    "pay:now", ("Zamawiam z obowiązkiem zapłaty", "Ordino con obbligo di pagare", "Order with obligation to pay")
)
CLAUSES = OptionWords("clauses:accept", ("Akceptuję klauzule", "Accetto le clausole", "I accept the clauses"))

EINVOICE = OptionWords("einvoice:activate", ("Włącz e-faktury", "Attiva", "Turn on e-invoices"))


def at(option: OptionWords, text: str, locale: str) -> object:
    step = option.payload.partition(":")[0]
    expected = Expected(
        expects=Expects.choice,
        step=step,
        options=(option,),
        country="PL",
        discount_codes=(),
        correctable=(),
        free_text=False,
        optional=False,
    )
    return understand(text, expected, locale=locale)


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pl", "zapłaciłem"),
        ("pl", "już zapłaciłam"),
        ("pl", "zapłacę jutro"),
        ("pl", "nie chcę płacić"),
        ("pl", "czy mam teraz zapłacić"),
        ("pl", "1"),
        ("it", "ho già pagato"),
        ("it", "non voglio pagare"),
        ("it", "pago domani"),
        ("it", "pagare?"),
        ("en", "I have already paid"),
        ("en", "I don't want to pay"),
        ("en", "should I pay now?"),
        ("en", "I'll pay tomorrow"),
        ("en", "what if I never pay"),
        ("en", "+1"),
    ],
)
def test_nothing_is_ordered_by(locale: str, text: str) -> None:
    meaning = at(PAY, text, locale)
    assert not isinstance(meaning, Press)
    assert not (isinstance(meaning, Intent) and meaning.name in ("pay", "affirm"))


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pl", "zamawiam"),
        ("pl", "tak, zamawiam"),
        ("pl", "płacę"),
        ("pl", "chcę zapłacić"),
        ("it", "ordino"),
        ("it", "voglio pagare"),
        ("en", "pay now"),
        ("en", "Order with obligation to pay"),
    ],
)
def test_it_is_ordered_by(locale: str, text: str) -> None:
    assert at(PAY, text, locale) == Press("pay:now")


@pytest.mark.parametrize("locale", ["pl", "it", "en"])
@pytest.mark.parametrize(
    "text", ["I can't accept", "I never accept this", "non accetto", "nie akceptuję", "do I have to accept?"]
)
def test_nothing_is_accepted_by(locale: str, text: str) -> None:
    meaning = at(CLAUSES, text, locale)
    assert not isinstance(meaning, Press)
    assert not (isinstance(meaning, Intent) and meaning.name == "affirm")


@pytest.mark.parametrize(
    ("locale", "text"),
    [
        ("pl", "status aktywacji"),
        ("pl", "jaki jest status aktywacji"),
        ("pl", "kiedy aktywacja"),
        ("pl", "czy usługa jest aktywna"),
        ("pl", "jak włączyć e-faktury"),
        ("pl", "włącz e-faktury później"),
        ("it", "stato dell'attivazione"),
        ("it", "quando si attiva"),
        ("en", "activation status"),
        ("en", "when will it be activated"),
    ],
)
def test_whoever_asks_after_the_activation_agrees_to_nothing(locale: str, text: str) -> None:
    meaning = at(EINVOICE, text, locale)
    assert not isinstance(meaning, Press)
    assert not (isinstance(meaning, Intent) and meaning.name in ("activate_einvoice", "affirm"))


@pytest.mark.parametrize(
    ("locale", "text"),
    [("pl", "włącz"), ("pl", "tak, aktywuj"), ("it", "attiva"), ("en", "activate it please"), ("pl", "tak")],
)
def test_whoever_says_so_switches_them_on(locale: str, text: str) -> None:
    assert at(EINVOICE, text, locale) == Press("einvoice:activate")


@pytest.mark.parametrize("text", ["/session_start", "/order", "/pay", "/accept@rasa", "/EXTERNAL"])
def test_a_command_that_is_unknown_is_no_word(text: str) -> None:
    for option in (PAY, CLAUSES, EINVOICE):
        meaning = at(option, text, "en")
        assert isinstance(meaning, Intent)
        assert meaning.name == "out_of_scope"
