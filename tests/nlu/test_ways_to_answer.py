"""Ways of choosing an option in one's own words, which bind nobody; and words that choose none."""

import tomllib
from collections.abc import Iterator

from nlu.understand import understand
from tests.architecture.rooms import ROOT
from tests.journeys.teller import hearing
from tests.kit.narrow import a, present
from tests.kit.rows import all_rows
from tests.table import table
from values.expected import Expected, OptionWords
from values.kinds import KINDS
from values.locale import Locale, parse_locale
from values.meaning import Answer, BindingAct, Correction, Expects, Intent, Meaning, Press, Unclear

STEPS = {
    "start": ("start:buy", "start:sign_up", "start:log_in", "start:forgot_password"),
    "account": ("account:new", "account:existing"),
    "contact_channel": ("contact_channel:sms", "contact_channel:email"),
    "confirm": ("confirm:yes", "confirm:edit"),
    "cart": ("cart:confirm",),
    "service": ("service:subscription", "service:extension"),
    "contact_forms": ("contact_forms:email", "contact_forms:phone", "contact_forms:sms", "contact_forms:none"),
    "addons": ("addons:users", "addons:external_users", "addons:space", "addons:none"),
    "holder_email": ("holder_email:same",),
}


def meaning_of(payload: str, text: str, lang: str) -> object:
    step = payload.partition(":")[0]
    options = tuple(OptionWords(option) for option in STEPS[step])
    expects = Expects.email if step == "holder_email" else Expects.choice
    locale = present(parse_locale(lang))
    return understand(text, Expected(expects, step, options), locale=locale)


@all_rows
def test_an_option_is_chosen(payload: str, lang: str, text: str) -> None:
    assert meaning_of(payload, text, lang) == Press(payload)


@all_rows
def test_it_is_not_chosen(payload: str, lang: str, text: str) -> None:
    assert meaning_of(payload, text, lang) != Press(payload)


@table("text", ["I declare it", "I deny it", "as you like", "my decision"])
def test_what_names_no_option_is_neither_none_nor_a_no(text: str) -> None:
    assert a(Intent, meaning_of("contact_forms:none", text, "en")).name != "deny"


@table(
    ("lang", "text"), [("pl", "to tyle, starczy"), ("it", "no, basta così"), ("en", "that's all, thanks, nothing else")]
)
def test_enough_in_several_words(lang: str, text: str) -> None:
    locale = present(parse_locale(lang))
    options = tuple(OptionWords(option) for option in STEPS["addons"])
    step = Expected(Expects.choice, "addons", options, enough="addons:none")
    assert understand(text, step, locale=locale) == Press("addons:none")


CONSENTS = tuple(
    OptionWords(payload, binds=None if payload.startswith("consents:toggle") else BindingAct.agree)
    for payload in (
        "consents:toggle:data",
        "consents:toggle:news",
        "consents:required",
        "consents:all",
        "consents:done",
    )
)


def consents_given(text: str, lang: str) -> object:
    locale = present(parse_locale(lang))
    return understand(text, Expected(Expects.consents, "consents", CONSENTS), locale=locale)


@all_rows
def test_the_obligatory_consents_in_ones_own_words(lang: str, text: str) -> None:
    assert consents_given(text, lang) == Press("consents:required")


@all_rows
def test_no_consent_is_given(lang: str, text: str) -> None:
    assert consents_given(text, lang) != Press("consents:required")


PROVING = Expected(Expects.email, "email", (), correctable={"contact_channel": Expects.choice})


@all_rows
def test_the_other_channel_after_all(lang: str, text: str, channel: str) -> None:
    assert understand(text, PROVING, locale=present(parse_locale(lang))) == Correction("contact_channel", channel)


@table("text", ["sorry, it's anna@example.com", "I never get your e-mail", "sorry, my phone has changed"])
def test_no_other_channel(text: str) -> None:
    meaning = understand(text, PROVING, locale=present(parse_locale("en")))
    assert not (isinstance(meaning, Correction) and meaning.what == "contact_channel")


def test_a_word_that_begins_like_a_title_is_not_its_form() -> None:
    zone = Expected(Expects.nothing, "zone", (OptionWords("zone:payments", ("Płatności",)),))
    assert understand("pokaż płatność", zone, locale=Locale("pl")) == Press("zone:payments")
    assert understand("trzeba odnowić płatnika na kolejny rok", zone, locale=Locale("pl")) != Press("zone:payments")


# A text that was asked for: what sends it or takes it back, and all else, which is the text.

SETS = tomllib.loads((ROOT / "tests/nlu/asked/texts.toml").read_text(encoding="utf-8"))
STATED = ("company_report", ("company_report:send", "company_report:skip"))
ASKED = ("message", ("zone:home",))


def read(text: str, locale: str, step: str, payloads: tuple[str, ...]) -> Meaning:
    heard = hearing("r2platnik")
    given = {name: Expects(name) for name in ("company_name", "street", "city", "postal_code", "tax_number", "email")}
    options = tuple(OptionWords(payload) for payload in payloads)
    expected = Expected(Expects.free_text, step, options, free_text=True, correctable=given)
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


def test_words_send_the_text_take_it_back_or_are_the_text() -> None:
    wrong: list[str] = []
    for locale, sets in SETS.items():
        for name, texts in sets.items():
            for text in texts:
                stated, asked = read(text, locale, *STATED), read(text, locale, *ASKED)
                wanted: tuple[Meaning | type, Meaning | type] = {
                    "sends": (Press("company_report:send"), Unclear),
                    "drops": (Press("company_report:skip"), Press("zone:home")),
                    "either": (Unclear, Unclear),
                    "text": (Answer, Answer),
                }[name]
                for got, want in zip((stated, asked), wanted, strict=True):
                    same = isinstance(got, want) if isinstance(want, type) else got == want
                    same = same and (not isinstance(got, Answer) or got.text == text)
                    wrong += [] if same else [f"{locale} {name}: {text!r} is {got}"]
    assert not wrong, "\n".join(wrong)


def test_data_that_are_called_wrong_are_reported() -> None:
    zone = Expected(Expects.choice, "my_data", (OptionWords("zone:home"),))
    said = {
        "pl": (
            *("dane firmy są niepoprawne", "moje dane są złe", "dane nie są aktualne", "te dane są już nieaktualne"),
            "NIP się nie zgadza",
        ),
        "it": ("i dati dell'azienda sono sbagliati", "i miei dati non sono corretti", "dati errati"),
        "en": ("the company details are wrong", "my data aren't right", "incorrect details"),
    }
    meant = {t: understand(t, zone, locale=code) for code, texts in said.items() for t in texts}
    assert [text for text, one in meant.items() if one != Intent("wrong_register_data", 1.0, (), text)] == []
    others = ("dane są dobre", "moje dane", "złe mam wspomnienia", "dane są dobre, ale drogie")
    for text in (*others, "nie, jednak dane są dobre"):
        assert getattr(understand(text, zone, locale="pl"), "name", "") != "wrong_register_data", text


# A question with a number, a day or a code in it is a question, whatever kind of answer the open step takes.

QUESTIONS = {
    "pl": (
        *("ile kosztuje plan na 3 lata?", "Ile kosztuje plan na 3 lata", "czy 12 osób może z tego korzystać?"),
        *("czy jutro też działa pomoc?", "co się stanie 31.12.2026?", "kiedy przyjdzie kod 6-cyfrowy?"),
        *("czy kod START20 jeszcze działa?", "czy dostanę rabat po 2 latach?", "do kiedy trwa promocja, do 3 maja?"),
    ),
    "it": (
        *("quanto costa il piano per 3 anni?", "quanto costa per 3 anni", "possono usarlo 12 persone?"),
        *("domani l'assistenza è aperta?", "cosa succede il 31/12/2026?", "quando arriva il codice di 6 cifre?"),
        *("il codice START20 vale ancora?", "posso pagare in 2 rate?", "la promozione vale fino al 3 maggio?"),
    ),
    "en": (
        *("how much is it for 3 years?", "how much is it for 3 years", "can 12 people use it?"),
        *("is support open tomorrow?", "what happens on 31/12/2026?", "when does the 6-digit code come?"),
        *("does the code START20 still work?", "can I pay in 2 instalments?", "is the offer good until 3 May?"),
    ),
}
TYPED = tuple(kind.expects for kind in KINDS.values() if kind.form in ("digits", "formed", "words"))
ANY_WORDS = frozenset({Expects.free_text})
"""A message to somebody may ask: that is its text."""


def asked(kind: Expects) -> Iterator[tuple[str, str, Meaning]]:
    for lang, texts in QUESTIONS.items():
        for text in texts:
            yield lang, text, understand(text, Expected(kind, "asked", optional=True), locale=lang)


@table("kind", [kind for kind in TYPED if kind not in ANY_WORDS])
def test_a_question_is_no_answer(kind: Expects) -> None:
    assert not [(lang, text, meaning) for lang, text, meaning in asked(kind) if isinstance(meaning, Answer)]
