"""Ways of choosing an option in one's own words, which bind nobody; and words that choose none."""

from nlu.understand import understand
from tests.kit.rows import all_rows
from tests.table import table
from values.locale import Locale, parse_locale
from values.meaning import BindingAct, Correction, Expected, Expects, Intent, OptionWords, Press

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
    locale = parse_locale(lang)
    assert locale is not None
    return understand(text, Expected(expects, step, options), locale=locale)


@all_rows
def test_an_option_is_chosen(payload: str, lang: str, text: str) -> None:
    assert meaning_of(payload, text, lang) == Press(payload)


@all_rows
def test_it_is_not_chosen(payload: str, lang: str, text: str) -> None:
    assert meaning_of(payload, text, lang) != Press(payload)


@table("text", ["I declare it", "I deny it", "as you like", "my decision"])
def test_what_names_no_option_is_neither_none_nor_a_no(text: str) -> None:
    read = meaning_of("contact_forms:none", text, "en")
    assert isinstance(read, Intent)
    assert read.name != "deny"


@table(
    ("lang", "text"), [("pl", "to tyle, starczy"), ("it", "no, basta così"), ("en", "that's all, thanks, nothing else")]
)
def test_enough_in_several_words(lang: str, text: str) -> None:
    locale = parse_locale(lang)
    assert locale is not None
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
    locale = parse_locale(lang)
    assert locale is not None
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
    locale = parse_locale(lang)
    assert locale is not None
    assert understand(text, PROVING, locale=locale) == Correction("contact_channel", channel)


@table(
    "text",
    ["sorry, it's anna@example.com", "I never get your e-mail", "sorry, my phone has changed"],
)
def test_no_other_channel(text: str) -> None:
    locale = parse_locale("en")
    assert locale is not None
    meaning = understand(text, PROVING, locale=locale)
    assert not (isinstance(meaning, Correction) and meaning.what == "contact_channel")


def test_a_word_that_begins_like_a_title_is_not_its_form() -> None:
    zone = Expected(Expects.nothing, "zone", (OptionWords("zone:payments", ("Płatności",)),))
    assert understand("pokaż płatność", zone, locale=Locale("pl")) == Press("zone:payments")
    assert understand("trzeba odnowić płatnika na kolejny rok", zone, locale=Locale("pl")) != Press("zone:payments")
