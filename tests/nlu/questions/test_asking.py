"""No question undoes or binds anything, with its mark or without, at any kind of step."""

from nlu.languages.shipped import KNOWN, among
from nlu.questions.asking import asks
from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.nightly import portion
from tests.table import table
from values.locale import Locale
from values.meaning import Answer, BindingAct, Expected, Expects, Intent, Meaning, NavigationCommand, OptionWords, Press

_CAN_I = {
    "en": ["can I {}", "so could we {} one day", "is it possible to {}", "how do I {}", "what if I want to {}", "{}"],
    "pl": ["czy mogę {}", "a da się potem {}", "jak {}", "nie wiem czy mogę {}", "co jak będę chciał {}", "{}"],
    "it": ["posso {}", "ma si può {} dopo", "è possibile {}", "e se un giorno voglio {}", "senta potrei {}", "{}"],
}
_DO = {
    "en": [
        "cancel", "cancel the order", "start over", "delete my account", "delete my data", "cancel my subscription",
        "turn the renewal off", "turn automatic renewal on", "unsubscribe", "withdraw my consent", "order", "confirm",
        "accept the terms", "activate it",
    ],
    "pl": [
        "anulować", "anulować zamówienie", "zacząć od nowa", "usunąć konto", "usunąć moje dane", "wypowiedzieć umowę",
        "wyłączyć odnawianie", "włączyć automatyczne odnawianie", "wypisać się", "cofnąć zgodę", "zamówić",
        "potwierdzić", "zaakceptować regulamin", "to aktywować",
    ],
    "it": [
        "annullare", "annullare l'ordine", "ricominciare da capo", "cancellare l'account", "cancellare i miei dati",
        "disdire l'abbonamento", "disattivare il rinnovo", "attivare il rinnovo automatico", "disiscrivermi",
        "revocare il consenso", "ordinare", "confermare", "accettare i termini", "attivarla",
    ],
}  # fmt: skip
_BARE = [
    ("en", "cancel?"), ("en", "start over?"), ("en", "unsubscribe?"), ("en", "turn off renewal?"), ("en", "I order?"),
    ("pl", "anuluj?"), ("pl", "od nowa?"), ("pl", "usuwam konto?"), ("pl", "zamawiam?"), ("pl", "akceptuję?"),
    ("it", "annulla?"), ("it", "da capo?"), ("it", "cancello i dati?"), ("it", "ordino?"), ("it", "accetto?"),
    ("en", "And if this turns out to be rubbish, can I get rid of it?"),
    ("pl", "a jak mi się nie spodoba, to mogę z tego zrezygnować?"),
    ("it", "e se poi non mi piace lo posso annullare?"),
    ("it", "come si annulla"), ("it", "mi dica come si esce da questo"), ("en", "should I confirm"),
]  # fmt: skip
_STEPS = {
    "start": Expected(
        Expects.choice, "start", tuple(OptionWords(f"start:{p}", (p,)) for p in ("buy", "sign_up", "log_in"))
    ),
    "cart": Expected(
        Expects.choice, "cart", (OptionWords("cart:confirm", ("Zgadza się",)), OptionWords("cart:edit", ("Zmień",)))
    ),
    "data": Expected(
        Expects.confirm_data, "confirm", (OptionWords("confirm:yes", ("Yes",)), OptionWords("confirm:edit", ("Edit",)))
    ),
    "consents": Expected(
        Expects.consents,
        "consents",
        tuple(OptionWords(f"consents:{p}", (p,), binds=BindingAct.agree) for p in ("required", "all")),
    ),
    "terms": Expected(Expects.choice, "terms", (OptionWords("terms:accept", ("Accept",), binds=BindingAct.agree),)),
    "renewal": Expected(
        Expects.choice,
        "auto_renewal",
        (OptionWords("auto_renewal:yes", ("Yes",), binds=BindingAct.renew), OptionWords("auto_renewal:no", ("No",))),
    ),
    "order": Expected(Expects.choice, "pay", (OptionWords("pay:now", ("Order",), binds=BindingAct.order),)),
    "einvoice": Expected(
        Expects.choice,
        "confirm",
        (
            OptionWords("confirm:yes", ("Activate",), binds=BindingAct.activate),
            OptionWords("confirm:later", ("Later",)),
        ),
    ),
    "program": Expected(Expects.choice, "service", (OptionWords("service:subscription", ("Subscription",)),)),
    "tax number": Expected(Expects.tax_number, "tax_number"),
    "email": Expected(Expects.email, "email"),
    "code": Expected(Expects.contact_code, "contact_code"),
    "payment": Expected(Expects.payment, "payment", (OptionWords("payment:check", ("Check",)),)),
    "nothing": Expected(Expects.nothing, "home"),
}
_UNDOES = frozenset("cancel restart delete_my_data cancel_subscription renewal_off renewal_on withdraw_consent".split())


def _acts(meaning: Meaning) -> bool:
    match meaning:
        case Press() | Answer():
            return True
        case NavigationCommand(name):
            return name not in ("help", "where", "repeat")
        case Intent(name):
            return name in _UNDOES
        case _:
            return False


@table("step", _STEPS)
@table("lang", _CAN_I)
def test_no_question_acts(lang: str, step: str) -> None:
    asked = [how.format(what) + mark for how in _CAN_I[lang] for what in _DO[lang] for mark in ("", "?")]
    questions = [text for text in asked if "?" in text or asks(text, among(KNOWN, Locale(lang)))]
    assert len(questions) > len(asked) * 0.85
    wrong = {text for text in portion(questions, 5) if _acts(understand(text, _STEPS[step], locale=Locale(lang)))}
    assert not wrong


@table("step", _STEPS)
@table(("lang", "text"), _BARE)
def test_nor_does_one_in_other_words(lang: str, text: str, step: str) -> None:
    assert not _acts(understand(text, _STEPS[step], locale=Locale(lang)))


@all_rows
def test_a_request_does(lang: str, text: str, name: str) -> None:
    meaning = understand(text, Expected(Expects.tax_number, "tax_number"), locale=Locale(lang))
    assert isinstance(meaning, Intent | NavigationCommand)
    assert meaning.name == name


@all_rows
def test_what_it_asks_about(lang: str, text: str, name: str) -> None:
    meaning = understand(text, Expected(Expects.tax_number, "tax_number"), locale=Locale(lang))
    assert isinstance(meaning, Intent)
    assert meaning.name == name


def test_no_way_am_i_is_a_refusal_and_no_question() -> None:
    assert asks("am I paying for that", among(KNOWN, "en"))
    assert not asks("no way am I paying for that", among(KNOWN, "en"))
