"""No question undoes or binds anything, with its mark or without, at any kind of step."""

from nlu.answer_words import is_no_reason, read_helpful
from nlu.languages.shipped import KNOWN, order_langs
from nlu.questions.asking import asks, subject_of
from nlu.questions.faq import FaqIndex, FaqText
from nlu.questions.pieces import pieces
from nlu.questions.side_questions import ABOUT_THE_STEP, SURE, read_side_question
from nlu.understand import understand
from tests.kit.narrow import a, present
from tests.kit.rows import all_rows, phrases_of
from tests.nightly import portion
from tests.table import table
from values.expected import Expected, OptionWords
from values.locale import Locale, parse_locale
from values.meaning import Answer, BindingAct, Expects, Intent, Meaning, NavigationCommand, Press

_CAN_I = phrases_of(__file__, "_CAN_I")
_DO = phrases_of(__file__, "_DO")
_BARE = [
    ("en", "cancel?"), ("en", "start over?"), ("en", "unsubscribe?"), ("en", "turn off renewal?"), ("en", "I order?"),
    ("pl", "anuluj?"), ("pl", "od nowa?"), ("pl", "usuwam konto?"), ("pl", "zamawiam?"), ("pl", "akceptuję?"),
    ("it", "annulla?"), ("it", "da capo?"), ("it", "cancello i dati?"), ("it", "ordino?"), ("it", "accetto?"),
    ("en", "And if this turns out to be rubbish, can I get rid of it?"),
    ("pl", "a jak mi się nie spodoba, to mogę z tego zrezygnować?"),
    ("it", "e se poi non mi piace lo posso annullare?"),
    ("it", "come si annulla"), ("it", "mi dica come si esce da questo"), ("en", "should I confirm"),
]  # fmt: skip


def _step(name: str, binds: BindingAct | None = None, expects: Expects = Expects.choice, **words: str) -> Expected:
    """Return a step whose first answer binds, where any does."""
    acts = (binds, *(binds if expects is Expects.consents else None for _ in words))
    options = (
        OptionWords(f"{name}:{answer}", (said,), binds=act)
        for (answer, said), act in zip(words.items(), acts, strict=False)
    )
    return Expected(expects, name, tuple(options))


_STEPS = {
    "start": _step("start", buy="buy", sign_up="sign_up", log_in="log_in"),
    "cart": _step("cart", confirm="Zgadza się", edit="Zmień"),
    "data": _step("confirm", None, Expects.confirm_data, yes="Yes", edit="Edit"),
    "consents": _step("consents", BindingAct.agree, Expects.consents, required="required", all="all"),
    "terms": _step("terms", BindingAct.agree, accept="Accept"),
    "renewal": _step("auto_renewal", BindingAct.renew, yes="Yes", no="No"),
    "order": _step("pay", BindingAct.order, now="Order"),
    "einvoice": _step("confirm", BindingAct.activate, yes="Activate", later="Later"),
    "program": _step("service", subscription="Subscription"),
    "tax number": _step("tax_number", None, Expects.tax_number),
    "email": _step("email", None, Expects.email),
    "code": _step("contact_code", None, Expects.contact_code),
    "payment": _step("payment", None, Expects.payment, check="Check"),
    "nothing": _step("home", None, Expects.nothing),
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
    questions = [text for text in asked if "?" in text or asks(text, order_langs(KNOWN, Locale(lang)))]
    assert len(questions) > len(asked) * 0.85
    assert not {text for text in portion(questions, 5) if _acts(understand(text, _STEPS[step], locale=Locale(lang)))}


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
    assert a(Intent, understand(text, Expected(Expects.tax_number, "tax_number"), locale=Locale(lang))).name == name


def test_no_way_am_i_is_a_refusal_and_no_question() -> None:
    assert asks("am I paying for that", order_langs(KNOWN, "en"))
    assert not asks("no way am I paying for that", order_langs(KNOWN, "en"))


# Whether something helped, typed: what says so, and what is the open step's own yes or no.


_HELPED = {
    True: ["Tak, pomogło!", "pomogło", "to było pomocne", "bardzo pomocne, dzięki", "sì, utile", "è stato utile",
           "mi ha aiutato, grazie", "helpful", "yes, it helped", "very useful, thanks", "that was helpful"],
    False: ["nie pomogło", "Nie, nie pomogło", "nie pomogło mi", "to nie było pomocne", "nieprzydatne", "non utile",
            "No, non è stato utile", "non mi ha aiutato", "inutile", "not helpful", "no, that didn't help",
            "it wasn’t helpful", "not very useful"],
    None: ["tak", "nie", "sì", "no", "yes", "", "pomoc", "help", "can you help me", "nie pomogło mi to hasło, zmień je",
           "pomogło " * 40, "czy to pomocne?  jak?", "usługa utile dla firmy"],
}  # fmt: skip


@table("helped, text", [(helped, text) for helped, texts in _HELPED.items() for text in texts])
def test_whether_it_helped(helped: bool | None, text: str) -> None:
    assert read_helpful(text) is helped


def test_no_reason_is_given() -> None:
    assert all(map(is_no_reason, ("Pomiń", "salta", "Skip", "nie wiem", "non lo so", "I don't know")))
    assert not any(map(is_no_reason, ("nie wiem, gdzie jest NIP", "nie", "skip the NIP")))


# Several questions in one message, taken apart.


@all_rows
def test_each_stands_by_itself(locale: str, text: str, parts: str) -> None:
    found = [text[piece.start : piece.end].strip(" ,;?") for piece in pieces(text, order_langs(KNOWN, locale))]
    assert found == parts.split(" | ")


# Questions about the open step or the desk itself: told by their question words, in any step and language.


def asked(text: str, lang: str) -> str | None:
    return read_side_question(text, order_langs(KNOWN, present(parse_locale(lang))), (*SURE, *ABOUT_THE_STEP))


@all_rows
def test_what_is_asked(kind: str | None, lang: str, text: str) -> None:
    assert asked(text, lang) == kind


@table("text", ["Po Co Przepłacać sp. z o.o.", "Why Wait Limited"])
def test_a_company_may_be_called_by_a_question(text: str) -> None:
    assert understand(text, Expected(Expects.company_name, "company_name"), locale=Locale("pl")) == Answer(text)


@table("text", ["a imię wam do czego?", "il nome è proprio obbligatorio?", "do you know any jokes?"])
def test_a_question_is_nobodys_name(text: str) -> None:
    assert not isinstance(understand(text, Expected(Expects.person_name, "person_name"), locale=Locale("pl")), Answer)


@table("text", ["can I pay monthly?", "what does it cost in euro?"])
@table("own", [("ask_term", "Is it good?"), ("ask_currency", "Is it good?"), ("months", "Can I pay by the month?")])
def test_the_sellers_own_entry_tells_of_the_offer(text: str, own: tuple[str, str]) -> None:
    entry, way = own
    faq = FaqIndex([FaqText(entry, "en", (way,)), FaqText("hours", "en", ("When are you open?",))])
    said = understand(text, Expected(Expects.choice, "start"), locale=Locale("en"), faq=faq)
    asked = "ask_term" if "monthly" in text else "ask_price_in"
    told = (entry == "ask_currency") is (asked == "ask_price_in")
    assert subject_of(said) == (entry if told else asked)
