"""What a message names besides what it means, as the desk hears it at a seller's open step."""

from datetime import UTC, datetime

from msgspec.structs import replace

from bot.conversation.inbound import Body, Edited, Inbound, SharedContact, Text
from bot.conversation.understanding import Earlier, ParsedMessage
from dialogs.kit import Context, TalkState
from dialogs.state import Account, Cart, Company, Contact, ConversationState, LogIn, Order, PhoneCode
from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, order_langs
from tests.dialogs.driver import known_account
from tests.journeys.teller import hearing, profile
from tests.kit.rows import all_rows
from tests.table import table
from values.account_view import NO_BOOKS
from values.channel import Channel
from values.expected import Expected, Nameable, OptionWords
from values.meaning import Answer, Expects, Fact, Intent, Press, SecretTyped

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PHONE, NIP = Fact(Expects.phone, "+48512000321"), Fact(Expects.tax_number, "1234563218")
MAIL = Fact(Expects.email, "ala@example.com")
BUYING = ConversationState(account=Account(entry="buy"))
MADE = Account(entry="buy", has_one="new", login=LogIn("a"), consents=())
BOOKS = known_account(phone="+48512000321")
MAILED = replace(NO_BOOKS, email="a@example.com")
CODED = ConversationState(account=MADE, contact=Contact(phone="+48512000321", code=PhoneCode("c", NOW)))
NAMING = ConversationState(
    account=MADE, company=Company(tax_number="1234563218", lookup="not_found", source="customer")
)
ORDERING = ConversationState(
    account=MADE,
    company=Company(
        tax_number="1234563218",
        lookup="found",
        name="A",
        street="B 1",
        postal_code="80-831",
        city="C",
        id="c",
        confirmed="yes",
    ),
    order=Order(auto_renewal=False, method="blik"),
)


def heard(
    case: ConversationState, body: Body, step: str, name: str = "fakturasmart", locale: str = "pl"
) -> ParsedMessage:
    case = ConversationState(
        TalkState(locale=locale, greeted=True),
        account=case.account,
        contact=case.contact,
        company=case.company,
        cart=case.cart,
        order=case.order,
    )
    ctx = Context(case, NOW, "rest", profile(name).seller, books=BOOKS if case.company.tax_number else MAILED)
    here = hearing(name).journey.position(case, ctx)
    assert here.path == step
    return hearing(name).hear(Inbound(Channel.REST, "s", "k", body), here, ctx)


def test_a_wish_with_facts_is_that_wish() -> None:
    text = "chcę kupić, mój mail to ala@example.com, NIP 1234563218, tel 512 000 321"
    said = heard(ConversationState(), Text(text), "account.start").said
    assert said.meaning == Press("start:buy")
    assert said.facts == (MAIL, NIP, PHONE)


def test_facts_alone_only_inform() -> None:
    said = heard(BUYING, Text("mario@lucani.example"), "account.account").said
    assert isinstance(said.meaning, Intent)
    assert said.meaning.name == "inform"


@table("text", ["nowe konto, mail ala@example.com", "nowe konto: ala@example.com"])
def test_a_choice_beside_a_fact_is_that_choice(text: str) -> None:
    said = heard(BUYING, Text(text), "account.account").said
    assert (said.meaning, said.facts) == (Press("account:new"), (MAIL,))


def test_a_code_beside_a_tax_number_is_a_code() -> None:
    said = heard(CODED, Text("123456 a NIP 123-456-32-18"), "contact.contact_code")
    assert isinstance(said.said.meaning, Answer)
    assert (said.said.meaning.text, said.said.facts) == ("123456", (NIP,))


def test_a_company_name_beside_a_phone_is_that_name() -> None:
    said = heard(NAMING, Text("Pracownia Bursztyn, tel 512 000 321"), "company.company_name").said
    assert said.meaning == Answer("Pracownia Bursztyn")
    assert said.facts == (PHONE,)


def test_a_binding_question_hears_the_whole_message() -> None:
    said = heard(ORDERING, Text("akceptuję, NIP 1234563218"), "order.terms").said
    assert not isinstance(said.meaning, Press)
    assert said.facts == (replace(NIP, corrects=True),)


def test_a_secret_leaves_no_facts() -> None:
    said = heard(BUYING, Text("karta 4111 1111 1111 1111, mail ala@example.com"), "account.account").said
    assert isinstance(said.meaning, SecretTyped)
    assert said.facts == ()


def test_a_shared_contact_is_a_fact_wherever_it_comes() -> None:
    said = heard(BUYING, SharedContact("48512000321", own=True), "account.account").said
    assert said.facts == (PHONE,)
    assert not isinstance(said.meaning, Answer)
    named = heard(NAMING, SharedContact("+48512000321", own=True), "company.company_name").said
    assert not isinstance(named.meaning, Answer)  # no company is called by a number
    asked = ConversationState(account=MADE)
    assert heard(asked, SharedContact("48512000321", own=True), "contact.phone").said.meaning == Answer("+48512000321")
    assert heard(BUYING, SharedContact("48512000321", own=False), "account.account").said.facts == ()


def test_a_typed_payload_names_nothing() -> None:
    assert heard(BUYING, Text("account:new"), "account.account").said.facts == ()


def test_an_edit_names_nothing_to_be_kept() -> None:
    said = heard(BUYING, Edited("mail ala@example.com"), "account.account").said
    assert said.edited or said.facts == ()


@table(("step", "was", "now"), [("cart.addons", "3 utenti", "5 utenti"), ("cart.quantity", "3", "5")])
def test_an_edited_number_takes_the_place_of_the_one_that_the_message_gave(step: str, was: str, now: str) -> None:
    case = ConversationState(
        TalkState(locale="it", greeted=True),
        account=Account(entry="buy"),
        cart=Cart(plan="base", extra=(("users", 3),), closed="none"),
    )
    ctx, hears = Context(case, NOW, "telegram", profile("certified_platform").seller), hearing("certified_platform")
    here = hears.journey.position(case, ctx)
    edit = Inbound(Channel.TELEGRAM, "s", "k", Edited(now))
    said = hears.hear(edit, here, ctx, was=Earlier(step, was, answered=True)).said
    assert [one.text.split()[0] for one in said.before or ()] == ["users:3"]
    assert [one.text.split()[0] for one in said.facts] == ["users:5"]


def test_add_ons_and_plans_are_named_before_they_are_asked() -> None:
    closed = ConversationState(account=Account(entry="buy"), cart=Cart(closed="none"))
    said = heard(closed, Text("aggiungi 2 utenti"), "account.account", "certified_platform", "it").said
    assert said.facts == (Fact("addons", "users:2 pieces", adds=True),)
    said = heard(
        ConversationState(), Text("Ich möchte den Tarif Team kaufen"), "account.start", "kontorblatt", "de"
    ).said
    assert said.facts == (Fact("plan", "team"),)


@all_rows
def test_every_add_on_of_one_sentence_is_named(locale: str, text: str, named: tuple[str, ...]) -> None:
    said = heard(BUYING, Text(text), "cart.addons", "certified_platform", locale).said
    assert isinstance(said.meaning, Intent)
    assert said.facts == tuple(Fact("addons", one, adds=True) for one in named)


def test_two_add_ons_of_a_wish_are_named_and_what_may_be_either_is_asked() -> None:
    wish = "voglio la versione base con 5 utenti in più e 50 utenti esterni"
    said = heard(ConversationState(), Text(wish), "account.start", "certified_platform", "it").said
    assert {fact.text for fact in said.facts} == {"users:5 pieces", "external_users:50 pieces"}


CART = ConversationState(account=Account(entry="buy"))


@all_rows
def test_one_add_on_in_the_first_sentence_counts_as_several_do(locale: str, text: str, named: tuple[str, ...]) -> None:
    said = heard(ConversationState(), Text(text), "account.start", "certified_platform", locale).said
    assert tuple(fact.text for fact in said.facts) == named


@table("text", ["siamo 5 utenti", "abbiamo già 3 utenti", "mamy 20 użytkowników", "we have 4 users"])
def test_what_somebody_has_is_no_wish_for_an_add_on(text: str) -> None:
    assert heard(ConversationState(), Text(text), "account.start", "certified_platform", "it").said.facts == ()


OUT_OF_THE_CART = {
    "it": ("togli {}", "non voglio {}", "senza {}", "rimuovi {}", "non mi serve {}"),
    "pl": ("usuń {}", "nie chcę {}", "bez {}", "wyrzuć {}", "nie potrzebuję {}"),
    "en": ("remove {}", "I don't want {}", "without {}", "drop {}", "I don't need {}"),
}
CALLED = {
    "it": (("users", "gli utenti aggiuntivi"), ("external_users", "i 150 utenti esterni"), ("space", "lo spazio")),
    "pl": (
        ("users", "dodatkowych użytkowników"),
        ("external_users", "użytkowników zewnętrznych"),
        ("space", "dodatkowe miejsce"),
    ),
    "en": (("users", "the additional users"), ("external_users", "100 external users"), ("space", "the space")),
}


@table(
    ("locale", "text", "addon"),
    [
        (locale, form.format(called), addon)
        for locale, forms in OUT_OF_THE_CART.items()
        for form in forms
        for addon, called in CALLED[locale]
    ],
)
def test_a_negation_before_an_add_on_takes_it_out(locale: str, text: str, addon: str) -> None:
    for case, step in ((CART, "cart.addons"), (ConversationState(), "account.start")):
        said = heard(case, Text(text), step, "certified_platform", locale).said
        assert [fact.text.partition(" ")[0] for fact in said.facts] == [f"{addon}:without"]
        assert isinstance(said.meaning, Intent)
        assert said.meaning.name == "inform"


@table("locale", ["pl", "it", "en"])
@table("name", tuple("blik paypal karta.nowak a.przelewy24 card bonifico START20 due.anni 123456".split()))
@table("form", ["{}@firma.example.com", "info@{}-shop.example", "mail: {}@x.example", "www.{}.example"])
def test_nothing_but_the_address_is_read_out_of_one(locale: str, name: str, form: str) -> None:
    text = form.format(name)
    for case, step in ((BUYING, "account.account"), (CODED, "contact.contact_code"), (ORDERING, "order.terms")):
        said = heard(case, Text(text), step, "fakturasmart", locale).said
        assert {str(fact.kind) for fact in said.facts} <= {"email"}
        assert not isinstance(said.meaning, Press)
        assert not (isinstance(said.meaning, Answer) and step == "contact.contact_code")


@table(
    "text", ["Blik i Karta sp. z o.o.", "PayPal Polska", "Dwa lata sp. z o.o.", "START20 sp. z o.o.", "ul. PayPala 3"]
)
def test_nothing_is_read_out_of_a_companys_name(text: str) -> None:
    said = heard(NAMING, Text(text), "company.company_name").said
    assert (said.meaning, said.facts) == (Answer(text), ())


@all_rows
def test_a_method_and_renewal_in_one_sentence_are_both_heard(locale: str, text: str, method: str) -> None:
    said = heard(ORDERING, Text(text), "order.terms", locale=locale).said
    found = {(fact.kind, fact.text, fact.corrects) for fact in said.facts}
    assert found == {("method", method, True), ("auto_renewal", "yes", True)}


@table(("locale", "text"), [("it", "1 anno"), ("it", "un anno solo"), ("pl", "1 rok"), ("en", "one year")])
def test_a_bare_term_at_the_orders_card_is_the_term(locale: str, text: str) -> None:
    options = tuple(OptionWords(f"years:{n}", (f"{n}",)) for n in (1, 2))
    card = Expected(Expects.choice, "method", rows=frozenset({"years", "terms"}))
    found = find_facts(text, card, order_langs(KNOWN, locale), lambda: (Nameable("years", options),))
    assert [one.fact for one in found] == [Fact("years", "1", corrects=True)]
