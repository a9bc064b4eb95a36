"""Ways of choosing an option in one's own words, which bind nobody; and words that choose none."""

from nlu.understand import understand
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
CHOSEN = {
    "start:buy": {"pl": "wezmę ten wasz pakiet", "it": "prendo il vostro servizio", "en": "I'll take the service"},
    "start:sign_up": {"pl": "potrzebuję u was konta", "it": "mi serve un account", "en": "hey, I need an account"},
    "start:log_in": {
        "pl": "chcę wejść na konto",
        "it": "vorrei entrare nella mia area",
        "en": "get me into my account",
    },
    "account:new": {"pl": "jeszcze nie mamy", "it": "ne apriamo uno nuovo", "en": "we haven't, make one"},
    "contact_channel:sms": {"pl": "wyślij esemesa", "it": "un messaggino sul cellulare", "en": "a text message"},
    "contact_channel:email": {"pl": "linkiem", "it": "nella casella di posta", "en": "to my inbox"},
    "confirm:yes": {"pl": "no pasuje, jest git", "it": "tutto torna, perfetto", "en": "yup that's us, spot on"},
    "cart:confirm": {"pl": "koszyk w porządku, lecimy dalej", "it": "va bene, procedi", "en": "fine, go ahead"},
    "service:subscription": {"pl": "subskrypcję", "it": "prolunghiamo", "en": "renew it"},
    "contact_forms:phone": {"pl": "zadzwońcie po prostu", "it": "fatemi uno squillo", "en": "give me a ring"},
    "contact_forms:none": {
        "pl": "zostawcie mnie w spokoju",
        "it": "lasciatemi in pace",
        "en": "please don't contact me",
    },
    "addons:none": {"pl": "sama podstawowa wystarczy", "it": "va bene solo la base", "en": "just the base"},
    "holder_email:same": {"pl": "taki sam jak w koncie", "it": "la stessa di prima", "en": "same one as before"},
}
NOT_CHOSEN = {
    ("contact_forms:phone", "it"): "niente telefono",
    ("contact_forms:phone", "pl"): "bez telefonu",
    ("contact_forms:email", "it"): "niente email",
    ("contact_forms:email", "en"): "without e-mail",
    ("start:buy", "pl"): "potrzebuję pomocy z programem",
    ("account:existing", "en"): "I have a question first",
    ("service:extension", "en"): "tell me more",
    ("contact_forms:none", "en"): "don't call me, mail me",
    ("contact_forms:none", "pl"): "oświadczam",
    ("start:sign_up", "en"): "I need to get into my account",
    ("confirm:yes", "it"): "torna su, ho scritto male",
    ("confirm:yes", "pl"): "pasuje, tylko ulica jest inna",
    ("confirm:yes", "en"): "it's fine but the street",
    ("cart:confirm", "en"): "fine, add the other program",
    ("holder_email:same", "en"): "not the same",
}


def meaning_of(payload: str, text: str, lang: str) -> object:
    step = payload.partition(":")[0]
    options = tuple(OptionWords(option) for option in STEPS[step])
    expects = Expects.email if step == "holder_email" else Expects.choice
    locale = parse_locale(lang)
    assert locale is not None
    return understand(text, Expected(expects, step, options), locale=locale)


@table(("payload", "lang", "text"), [(payload, *said) for payload, of in CHOSEN.items() for said in of.items()])
def test_an_option_is_chosen(payload: str, lang: str, text: str) -> None:
    assert meaning_of(payload, text, lang) == Press(payload)


@table(("payload", "lang", "text"), [(*which, text) for which, text in NOT_CHOSEN.items()])
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


@table(
    ("lang", "text"),
    [
        ("pl", "zaznaczcie same niezbędne"), ("pl", "zgoda tylko na wymagane"),
        ("it", "spunta quelle indispensabili e via"), ("it", "acconsento soltanto a ciò che serve per forza"),
        ("en", "just tick what's compulsory"), ("en", "fine, the essential ones only"),
    ],
)  # fmt: skip
def test_the_obligatory_consents_in_ones_own_words(lang: str, text: str) -> None:
    assert consents_given(text, lang) == Press("consents:required")


@table(
    ("lang", "text"),
    [
        ("pl", "czy to wymagane"), ("pl", "nie zgadzam się na wymagane"), ("pl", "może te wymagane"),
        ("pl", "jeśli są wymagane, to zgoda"), ("it", "sono necessari?"), ("it", "non accetto quelli obbligatori"),
        ("it", "forse gli obbligatori"), ("en", "are they compulsory"), ("en", "no to the required ones"),
        ("en", "I'd take the required ones if you delete them later"),
    ],
)  # fmt: skip
def test_no_consent_is_given(lang: str, text: str) -> None:
    assert consents_given(text, lang) != Press("consents:required")


PROVING = Expected(Expects.email, "email", (), correctable={"contact_channel": Expects.choice})


@table(
    ("lang", "text", "channel"),
    [
        ("pl", "a jednak lepiej esemesem", "sms"),
        ("it", "scusi, preferirei un messaggio", "sms"),
        ("en", "could we do that by text instead", "sms"),
        ("en", "oops, make that e-mail", "email"),
    ],
)
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
