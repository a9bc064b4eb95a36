"""A withdrawal from the contract is what the customer states of themselves, now; a question about it is none."""

from nlu.languages.shipped import KNOWN, among
from nlu.named.withdrawals import states_withdrawal
from tests.table import table

STATED = {
    "pl": (
        "chcę odstąpić od umowy",
        "odstępuję od umowy",
        "Odstępuję od umowy FS/2026/000001.",
        "rezygnuję z umowy w ciągu 14 dni",
        "chciałabym odstąpić od zakupu, proszę o zwrot",
        "składam oświadczenie o odstąpieniu od umowy",
        "korzystam z prawa do odstąpienia od umowy",
        "Dzień dobry, niniejszym odstępuję od zawartej umowy. Kiedy dostanę zwrot?",
        "chce zrezygnowac z uslugi w terminie 14 dni",
    ),
    "it": (
        "recedo dal contratto",
        "vorrei il rimborso, recedo dal contratto",
        "esercito il diritto di recesso",
        "voglio recedere dall'ordine",
        "vorrei esercitare il mio diritto di recesso",
        "con la presente comunico il recesso",
        "ho cambiato idea: mi ritiro dal contratto",
    ),
    "en": (
        "I want to use my 14 day right of withdrawal",
        "I withdraw from the contract",
        "I hereby withdraw from my contract of sale",
        "I'd like to withdraw from the purchase",
        "I am exercising my right to withdraw",
        "This is my notice of withdrawal",
        "I bought it yesterday and want to withdraw from the contract",
        "sorry, I'm pulling out of the purchase",
        "Using my right of withdrawal, please refund me",
    ),
}
NOT_STATED = {
    "pl": (
        "ile mam dni na odstąpienie?",
        "czy mogę odstąpić od umowy",
        "nie odstępuję od umowy",
        "nie chcę odstąpić od umowy",
        "jeśli odstąpię od umowy, dostanę zwrot",
        "gdybym chciał odstąpić od umowy",
        "jak odstąpić od umowy",
        "mąż chce odstąpić od umowy",
        "cofam zgodę na marketing",
        "rezygnuję",
        "rezygnuję z zamówienia",
    ),
    "it": (
        "non voglio recedere dal contratto",
        "se recedo dal contratto mi rimborsate",
        "posso recedere dal contratto?",
        "quanti giorni ho per il recesso?",
        "revoco il consenso al marketing",
    ),
    "en": (
        "can I withdraw?",
        "can I withdraw from the contract?",
        "if I want to withdraw from the contract what happens",
        "my friend wants to pull out of the deal",
        "I don't want to withdraw from the contract",
        "if I withdraw from the contract, do I get my money back",
        "I withdraw my consent",
        "how do I withdraw from the contract",
    ),
}


@table(("locale", "said"), [(at, one) for at, all_ in STATED.items() for one in all_])
def test_a_statement_is_one(locale: str, said: str) -> None:
    assert states_withdrawal(said, among(KNOWN, locale))


@table(("locale", "said"), [(at, one) for at, all_ in NOT_STATED.items() for one in all_])
def test_a_question_a_condition_or_anothers_wish_is_none(locale: str, said: str) -> None:
    assert not states_withdrawal(said, among(KNOWN, locale))
