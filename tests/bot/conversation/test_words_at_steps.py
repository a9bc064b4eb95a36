"""What people type at the open question of a seller: an answer to it, help with it, or a question of their own."""

from datetime import UTC, datetime
from unittest.mock import ANY

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from bot.conversation.product_words import products_named
from bot.profile import load
from dialogs.explorer.samples import INVOICE
from dialogs.kit import Context, TalkState
from dialogs.state import Account, Cart, ConversationState, LogIn
from nlu.questions.asking import subject_of
from tests.architecture.rooms import ROOT
from tests.dialogs.driver import known_account
from tests.journeys.teller import Teller, hearing, profile
from tests.kit.rows import all_rows
from tests.table import table
from values.account_view import NO_BOOKS, AccountView
from values.channel import Channel
from values.meaning import Consenting, Faq, Intent, Meaning, NavigationCommand, Press

PROFILES = ROOT / "profiles"
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CERTIFIED, VECTRA, FAKTURASMART = "certified_platform", "vectra", "fakturasmart"
R2, KONTORBLATT, STARTER = "r2platnik", "kontorblatt", "../bot/profile/template"
OF_THE_OFFER = ("ask_term", "ask_trial", "free_version", "ask_currency", "ask_price_in", "ask_renewal")
OWN = 0.9  # the confidence of a request read by its own words
CUSTOMER = ConversationState(account=Account(entry="buy"), cart=Cart(closed="none"))
ON_FILE = ConversationState(account=Account(entry="sign_up"))
PROVEN = known_account(email="a@example.com", phone="+48512000321")
AT_HOME = ConversationState(account=Account(entry="log_in", login=LogIn("a", inside=True)))
COMPANY = ConversationState(account=Account(entry="buy", has_one="new", login=LogIn("a"), consents=()))


def means(
    name: str, case: ConversationState, locale: str, text: str, step: str, books: AccountView = PROVEN
) -> Meaning:
    case = ConversationState(
        TalkState(locale=locale, greeted=True), account=case.account, contact=case.contact, cart=case.cart
    )
    ctx = Context(case, MOMENT, "rest", profile(name).seller, books=books if case.account.id else NO_BOOKS)
    here = hearing(name).journey.position(case, ctx)
    assert here.path == step
    return hearing(name).hear(Inbound(Channel.REST, "s", "k", Text(text)), here, ctx).said.meaning


@all_rows
def test_no_customer_yet_is_new(locale: str, text: str) -> None:
    assert means(CERTIFIED, CUSTOMER, locale, text, "account.account") == Press("account:new")


HERE = {
    "account.account": (CERTIFIED, CUSTOMER),
    "on_file.customer_number": (VECTRA, ON_FILE),
    "account.start": (VECTRA, ConversationState()),
    "cart.addons": (CERTIFIED, AT_HOME),
    "account.person_name": ("konto_insert", ON_FILE),
}
"""A seller and a customer for each step of `SAID`."""


def intended(name: str) -> Meaning:
    return Intent(name, ANY, ANY, ANY)


SAID: list[tuple[str, Meaning, str, tuple[str, ...]]] = [
    ("account.account", Press("account:existing"), "it", ("sono già cliente", "ho già un account")),
    ("account.account", Press("account:existing"), "pl", ("jestem klientem",)),
    ("account.account", Press("account:existing"), "en", ("I am a customer",)),
    # Who can't answer is helped there.
    (
        "on_file.customer_number",
        intended("help"),
        "pl",
        ("nie pamiętam", "zapomniałem", "nie pamiętam numeru", "Dalej"),
    ),
    ("on_file.customer_number", intended("help"), "it", ("non ricordo", "avanti")),
    ("on_file.customer_number", intended("help"), "en", ("I forgot", "next")),
    # A word or two don't leave the question, but a forgotten password is understood.
    ("on_file.customer_number", intended("out_of_scope"), "pl", ("hasło", "moje hasło")),
    ("on_file.customer_number", intended("forgot_password"), "pl", ("nie pamiętam hasła",)),
    # Questions of the guide, also where a name is expected.
    ("account.account", Faq("pec_guide", ANY), "it", ("dove trovo la guida per abilitare la PEC?",)),
    ("account.account", Faq("guide_useful", ANY), "it", ("Quanto è stata utile questa guida?",)),
    ("account.account", Faq("guide_useful", ANY), "pl", ("Na ile przydatny był ten przewodnik?",)),
    ("account.account", Faq("guide_useful", ANY), "en", ("How useful was this guide?",)),
    ("account.person_name", Faq("tutorials", ANY), "pl", ("gdzie znajdę przewodnik?",)),
    ("account.person_name", Faq("tutorials", ANY), "it", ("dove trovo la guida?",)),
    ("account.person_name", Faq("tutorials", ANY), "en", ("where can I find the guide?",)),
    # A greeting hides no question.
    *(
        ("account.start", intended("activate_einvoice"), "pl", (f"{greeting}jak włączyć e-fakturę?",))
        for greeting in ("", "dzień dobry, ", "Witam! ")
    ),
    # Whoever wants the experts gets a person, also once logged in.
    ("cart.addons", NavigationCommand("agent"), "it", ("Contatta i nostri esperti", "contatta gli esperti")),
    ("cart.addons", NavigationCommand("agent"), "pl", ("skontaktuj się z naszymi ekspertami",)),
    ("cart.addons", NavigationCommand("agent"), "en", ("contact our experts",)),
]


@table(("step", "meaning", "locale", "texts"), SAID)
def test_what_is_meant_at_the_open_question(step: str, meaning: Meaning, locale: str, texts: tuple[str, ...]) -> None:
    assert [means(*HERE[step], locale, text, step) for text in texts] == [meaning] * len(texts)


@all_rows
def test_questions_about_buying(locale: str, text: str, entry: str) -> None:
    assert means(FAKTURASMART, COMPANY, locale, text, "company.tax_number") == Faq(entry, ANY)


@all_rows
def test_what_is_asked_about_the_offer(locale: str, meant: str, texts: str) -> None:
    name, among = (KONTORBLATT if locale == "de" else STARTER), meant.split()
    said = {text: means(name, ConversationState(), locale, text, "account.start") for text in texts.split(" | ")}
    read = {text: subject_of(meaning) for text, meaning in said.items()}
    wrong = [text for text, of in read.items() if of not in among and (among or of in OF_THE_OFFER)]
    assert len(texts) > 400
    assert wrong == []


FREE = [
    *(("pl", "chcę wersję darmową"), ("pl", "poproszę darmowy plan"), ("pl", "chcę za darmo")),
    *(("it", "voglio la versione gratuita"), ("it", "vorrei il piano gratuito"), ("it", "posso averlo gratis?")),
    *(("en", "I want the free version"), ("en", "can I have the free plan?"), ("en", "I want it for free")),
]


@table(("locale", "text"), FREE)
@table(
    ("name", "case", "step"),
    [
        (R2, ConversationState(), "account.start"),
        (R2, AT_HOME, "zone.zone"),
        (FAKTURASMART, COMPANY, "company.tax_number"),
        (FAKTURASMART, ConversationState(account=Account(entry="buy")), "account.account"),
        (KONTORBLATT, ConversationState(), "account.start"),
    ],
)
def test_a_free_version_is_answered_and_not_sold(
    name: str, case: ConversationState, step: str, locale: str, text: str
) -> None:
    if locale not in profile(name).seller.locales:
        locale, text = "de", "ich möchte die kostenlose Version"
    said = means(name, case, locale, text, step)
    assert said == Faq("trial_period", ANY) or (isinstance(said, Intent) and said.name == "free_version"), said


@table(("locale", "text"), [("pl", "nie chcę wersji darmowej"), ("en", "I don't want the free plan")])
def test_a_free_version_that_isnt_wanted_isnt_asked_for(locale: str, text: str) -> None:
    said = means(R2, AT_HOME, locale, text, "zone.zone")
    assert not isinstance(said, Intent) or said.name != "free_version"


@table(
    ("name", "case", "step"),
    [
        (R2, ConversationState(), "account.start"),
        (R2, AT_HOME, "zone.zone"),
        (FAKTURASMART, COMPANY, "company.tax_number"),
        (CERTIFIED, ConversationState(), "account.start"),
    ],
)
@all_rows
def test_the_consent_to_renewal_is_withdrawn_by_the_act_and_explained_on_a_question(
    name: str, case: ConversationState, step: str, locale: str, act: str, question: str
) -> None:
    done, asked = means(name, case, locale, act, step), means(name, case, locale, question, step)
    if name == R2:  # nothing is sold there without it, so that it is a consent of its own
        assert isinstance(done, Consenting)
        assert done.refused == ("auto_renewal",)
    else:
        assert isinstance(done, Intent)
        assert done.name == "renewal_off"
    told = asked.id if isinstance(asked, Faq) else asked.name if isinstance(asked, Intent) else ""
    assert told in ("ask_consent", "ask_renewal", "ask_leaving")


@table(("locale", "text"), [("pl", "ile to kosztuje?"), ("it", "quanto costa?"), ("en", "how much?")])
def test_no_empty_cart_is_shown_where_only_renewals_are_sold(locale: str, text: str) -> None:
    teller = Teller(R2, locale)
    teller.write(text)
    told = teller.transcript.replace("\u00a0", " ")
    assert "379" in told
    assert "466" in told
    assert not any(zero in told for zero in ("0,00 zł", "PLN 0.00"))


def told_at_the_start(name: str, locale: str, text: str) -> list[str]:
    """The paragraphs told to a message at the greeting, without the card."""
    teller = Teller(name, locale)
    teller.write(text)
    assert teller.at == "account.start"
    told = (" ".join(part.split()) for part in teller.transcript.split("\n\n")[1:])
    return [part for part in told if "│" not in part]


@table(
    ("name", "locale", "text", "told"),
    [
        (FAKTURASMART, "pl", "Ile kosztuje i czy mogę płacić przelewem?", ("Razem 367,77", "zapłacić kartą")),
        (CERTIFIED, "it", "Quanto costa e posso pagare con bonifico?", ("Totale 292,80", "Puoi pagare")),
        (R2, "en", "How much is it and can I pay by card?", ("Prices", "by card")),
        (KONTORBLATT, "de", "Was kostet das und kann ich per Überweisung zahlen?", ("Preise", "per Überweisung")),
    ],
)
def test_two_questions_are_both_answered_in_one_message(
    name: str, locale: str, text: str, told: tuple[str, str]
) -> None:
    parts = told_at_the_start(name, locale, text)
    for words in told:
        assert sum(words in part for part in parts) == 1


def test_of_two_questions_one_without_an_answer_leaves_the_other() -> None:
    text = "Czy jest okres próbny, jak długo trwa?"
    assert means(FAKTURASMART, ConversationState(), "pl", text, "account.start") == Faq("trial_period", ANY)


@table(
    ("name", "locale", "wish", "asked"),
    [
        (FAKTURASMART, "pl", "zmień e-mail", "zamiast a@example.com"),
        (CERTIFIED, "it", "cambia e-mail", "al posto di a@example.com"),
        (FAKTURASMART, "en", "change my e-mail", "instead of a@example.com"),
        (KONTORBLATT, "de", "E-Mail ändern", "statt a@example.com"),
    ],
)
def test_who_changes_the_address_is_asked_for_a_new_one(name: str, locale: str, wish: str, asked: str) -> None:
    teller = Teller(name, locale)
    known = Account(entry="buy", has_one="new", name="Anna Nowak", email="a@example.com")
    teller.case = ConversationState(talk=teller.case.talk, account=known, cart=CUSTOMER.cart)
    teller.write(wish)
    assert teller.at == "account.email"
    assert asked in " ".join(teller.transcript.split())


PAID = [
    *(("pl", "już zapłaciłem"), ("pl", "zapłacone"), ("pl", "zapłaciłam wczoraj"), ("it", "ho già pagato")),
    *(("it", "pagato"), ("it", "bonifico fatto"), ("en", "I have paid"), ("en", "I've already paid")),
]


@table(("locale", "text"), PAID)
@table(("name", "case", "step"), [(R2, AT_HOME, "zone.zone"), (FAKTURASMART, COMPANY, "company.tax_number")])
def test_a_payment_said_to_be_made_is_asked_about(
    name: str, case: ConversationState, step: str, locale: str, text: str
) -> None:
    assert means(name, case, locale, text, step) == intended("payment_status")


@table(
    ("locale", "text"),
    [("pl", "zapłaciłem dwa razy, chcę zwrot"), ("it", "non ho pagato"), ("en", "what happens once I've paid?")],
)
def test_another_matter_of_a_payment_is_another_matter(locale: str, text: str) -> None:
    said = means(R2, AT_HOME, locale, text, "zone.zone")
    assert not (isinstance(said, Intent) and said.name == "payment_status" and said.confidence == OWN)


def test_german_says_so_too() -> None:
    said = means(KONTORBLATT, ConversationState(), "de", "ich habe schon bezahlt", "account.start")
    assert said == intended("payment_status")


@table("text", ["mario.rossi@example.it", "no, usa mario.rossi@example.it"])
def test_an_address_typed_at_the_notice_of_a_pec_is_the_answer(text: str) -> None:
    teller = Teller(CERTIFIED, "it")
    teller.write("ciao")
    teller.chooses("start:sign_up")
    teller.write("rossi@legalmail.it", text)

    assert (teller.at, teller.case.account.email) == ("account.secure_page", "mario.rossi@example.it")


WANTED = [
    ("pl", "faktura?|nie dostałem faktury|potrzebuję faktury|zapłaciłem, gdzie faktura?|poproszę fv|szef chce faktury"),
    ("it", "fattura?|la fattura non è arrivata|mi serve la fattura dell'ordine|ho pagato ma non ho la fattura"),
    ("en", "I need the invoice for my order|my accountant needs the invoice|invoice please|no invoice so far"),
]
COMPLAINED = [
    ("pl", "na fakturze jest zły adres|brakuje pozycji na fakturze|faktura jest nieczytelna|jak wystawić fakturę?"),
    ("it", "sulla fattura manca la partita iva|la fattura non si apre|come emetto una fattura?|non voglio la fattura"),
    ("en", "our name is wrong on the invoice|got the invoice, thanks|who sends the invoice to my customer?"),
]


@table(("locale", "texts"), [*WANTED, *COMPLAINED])
@table("name", [VECTRA, R2])
def test_an_invoice_is_asked_for_where_there_is_one(name: str, locale: str, texts: str) -> None:
    with_one, asked = replace(PROVEN, invoices=(INVOICE,)), intended("ask_invoice")
    for text in texts.split("|"):
        said = means(name, AT_HOME, locale, text, "zone.zone", with_one)
        wanted = said in (asked, Press("zone:invoices", words=text)) if (locale, texts) in WANTED else said != asked
        assert wanted, (text, said)


def test_before_anything_was_paid_an_entry_tells_of_invoices() -> None:
    assert means(VECTRA, AT_HOME, "pl", "faktura?", "zone.zone") == Faq("ask_einvoice", ANY)


@all_rows
def test_the_one_that_is_meant(profile: str, locale: str, text: str, named: tuple[str, ...]) -> None:
    assert products_named(text, load(PROFILES / profile).renderer(), locale) == named
