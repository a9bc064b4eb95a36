"""Which words bind, at every binding step of every seller, in each language: through the real understanding.

At the order's card a yes is to the row that is asked for, and each row has its own names."""

import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import product

from msgspec import structs

from bot.conversation.inbound import Body, ButtonPressed, Inbound, Text
from bot.conversation.understanding import AskedStep
from dialogs.explorer.outcomes import MOMENT
from dialogs.kit import Context, Said, options_of
from dialogs.state import ConversationState
from nlu.understand import understand
from tests.architecture.rooms import ROOT
from tests.dialogs.driver import Driver, contact_proven
from tests.journeys.teller import hearing, profile
from tests.kit.rows import all_rows
from values.channel import Channel
from values.expected import Expected, OptionWords
from values.meaning import BindingAct, Correction, Discount, Expects, Meaning, Press, Refusal
from values.parsing import fold_words
from values.payment import StoredWay

SELLERS = sorted(folder.name for folder in (ROOT / "profiles").iterdir())

ORDERS = {
    "pl": """zamawiam|Zamawiam!|zamawiam i płacę|tak, zamawiam|ok, zamawiam|płacę|płacę teraz|zamawiamy
        |składam zamówienie|złóż zamówienie|zamawiam z obowiązkiem zapłaty|dobrze, zamawiam, dziękuję""",
    "it": """ordino|Ordino.|ordino e pago|sì, ordino|pago|pago ora|ordiniamo|invio l'ordine|va bene, ordino
        |ordino con obbligo di pagare|ordino, grazie""",
    "en": """I order|order|pay|pay now|place the order|please place my order|yes, I order|I order and pay
        |we order|order with obligation to pay|ok, I'm ordering""",
    "de": "ich bestelle|bestellen|ja, ich bestelle|ich zahle|zahlungspflichtig bestellen|ja, bestellen bitte",
}
AGREES = {
    "pl": "akceptuję|tak|zgadzam się|potwierdzam|tak, akceptuję|ok|wyrażam zgodę|jasne",
    "it": "accetto|sì|confermo|acconsento|sì, accetto|va bene|sono d'accordo",
    "en": "I accept|yes|I agree|I confirm|yes, I accept|ok|agreed",
    "de": "ich stimme zu|ja|ich bestätige|einverstanden|ich akzeptiere|ja, ich stimme zu",
}
READ = {
    "pl": "akceptuję regulamin|przeczytałem i akceptuję|akceptuję te warunki",
    "it": "accetto le condizioni|ho letto e accetto|accetto queste clausole",
    "en": "I accept the terms|I have read and agree|I accept these conditions",
    "de": "ich akzeptiere die Bedingungen|gelesen und einverstanden",
}
NEVER = {
    "pl": """zapłacę|zapłacę jutro|zapłaciłem|już zapłaciłam|chcę zamówić|chciałbym zapłacić|chyba zamawiam
        |zamawiam?|czy zamawiam|zamawiam, jeśli jest taniej|zamawiam, ale nie dziś|może zamawiam
        |zamawiam jutro|akceptuję, ale nie wszystko|zamawiam, mój mail to anna@firma.pl|zamawiam 3
        |jak akceptuję, to co dalej|chyba tak|poczekaj|1|now|czekaj""",
    "it": """pagherò|pagherò domani|ho già pagato|voglio ordinare|vorrei pagare|forse ordino|ordino?
        |quanto pago|ordino se costa meno|ordino, ma non oggi|ordino domani|accetto, ma non tutto
        |ordino, la mia mail è anna@azienda.it|ordino 3|penso di sì|aspetta""",
    "en": """I'll pay|I'll pay tomorrow|I have paid|I want to order|I'd like to pay|maybe I order|order?
        |should I pay now|I order if it's cheaper|I order but not today|order tomorrow
        |I accept, but not all of it|I order, my mail is ann@firm.com|order 3|I guess so|wait""",
    "de": """ich werde bestellen|ich zahle morgen|ich habe bezahlt|ich möchte bestellen|vielleicht bestelle ich
        |soll ich bestellen?|ich bestelle, wenn es billiger ist|bestelle später|ich bestelle 3
        |ich glaube schon""",
}
YES = {
    "pl": "tak|tak tak|ok|niech będzie|dobrze|dobra dobra|jasne|oczywiście|zgadzam się|potwierdzam|akceptuję",
    "it": "sì|sì sì|ok|va bene|certo|confermo|accetto|d'accordo",
    "en": "yes|ok|sure|of course|I agree|I confirm|yes please|yeah",
    "de": "ja|ok|gut|ja gern|natürlich|einverstanden",
}
METHODS = {
    "pl": "zapłacę kartą|jednak zapłacę kartą|wolę kartą|poczekaj, wolę jednak kartą|karta",
    "it": "pagherò con carta|preferisco la carta|pago con carta|carta",
    "en": "I'll pay by card|I'd rather pay by card|pay by card|card",
    "de": "ich zahle mit Karte|lieber mit Karte|Karte",
}
REFUSES = {
    "pl": """nie|nie akceptuję|nie zgadzam się|nie potwierdzam|nie zamawiam|nie chcę|nie, dziękuję|odmawiam
        |jednak nie""",
    "it": "no|non accetto|non confermo|non ordino|non voglio|no, grazie|rifiuto",
    "en": "no|I don't accept|I do not agree|I don't confirm|I don't order|no, thanks|I refuse",
    "de": "nein|ich stimme nicht zu|nicht einverstanden|ich bestelle nicht|nein danke|ich lehne ab",
}
# Other acts' verbs are no words of this act: agreeing doesn't order, and ordering doesn't agree.
ELSEWHERE = {"pl": "zamawiam|płacę", "it": "ordino|pago", "en": "I order|pay", "de": "ich bestelle|ich zahle"}


def of(table: dict[str, str], locale: str) -> list[str]:
    return [sentence.strip() for sentence in table[locale].split("|")]


@cache
def steps(seller: str) -> tuple[tuple[str, tuple[OptionWords, ...]], ...]:
    """Each step whose own question binds, as it is reached: what it offers, by all its titles."""
    heard, case = hearing(seller), ConversationState()
    ctx = Context(case, MOMENT, "rest", profile(seller).seller)
    found: list[tuple[str, tuple[OptionWords, ...]]] = []
    for step in heard.journey.steps:
        offered = step.options(getattr(case, step.dialog), ctx)
        if any(o.binds is not None and o.step == step.name for o in offered):
            words = tuple(OptionWords(o.payload, heard.renderer.titles(o), o.binds) for o in offered)
            found.append((step.name, words))
    return tuple(found)


def cases(*acts: BindingAct) -> Iterator[tuple[str, str, Expected]]:
    """Seller, language and step, for every step that offers one binding answer, of these acts."""
    for seller in SELLERS:
        for name, options in steps(seller):
            if len([o for o in options if o.binds in acts and o.payload.startswith(f"{name}:")]) == 1:
                codes = tuple(discount.code for discount in profile(seller).seller.discounts)
                given = {"method": Expects.choice, "email": Expects.email}
                expected = Expected(Expects.choice, name, options, correctable=given, discount_codes=codes)
                for locale in profile(seller).seller.locales:
                    yield seller, locale, expected


def understood(seller: str, locale: str, text: str, expected: Expected) -> Meaning:
    heard = hearing(seller)
    return understand(text, expected, locale=locale, faq=heard.faq, known=heard.known)


def binds(meaning: Meaning, expected: Expected) -> bool:
    return isinstance(meaning, Press) and any(o.binds for o in expected.options if o.payload == meaning.payload)


def test_each_language_has_forty_sentences_and_each_seller_its_steps() -> None:
    tables = (ORDERS, AGREES, READ, NEVER, YES, METHODS, REFUSES, ELSEWHERE)
    assert all(sum(len(of(table, locale)) for table in tables) >= 40 for locale in ("pl", "it", "en"))
    found = {name for seller in SELLERS for name, _ in steps(seller)}
    assert found >= {*("terms", "clauses", "pay", "consents", "statement", "einvoice", "confirm", "auto_renewal")}


def test_an_order_is_given_by_its_verb_alone() -> None:
    for seller, locale, expected in cases(BindingAct.order):
        for text in of(ORDERS, locale):
            assert understood(seller, locale, text, expected) == Press("pay:now"), (seller, locale, text)
        for text in (*of(NEVER, locale), *of(YES, locale), *of(REFUSES, locale), *of(METHODS, locale)):
            assert not binds(understood(seller, locale, text, expected), expected), (seller, locale, text)


def test_a_document_is_agreed_to_by_its_verb_or_a_plain_yes() -> None:
    for seller, locale, expected in cases(BindingAct.agree, BindingAct.activate, BindingAct.renew):
        documents = of(READ, locale) if any(o.binds is BindingAct.agree for o in expected.options) else ()
        for text in (*of(AGREES, locale), *documents):
            assert binds(understood(seller, locale, text, expected), expected), (seller, locale, expected.step, text)
        for text in (*of(NEVER, locale), *of(REFUSES, locale), *of(METHODS, locale), *of(ELSEWHERE, locale)):
            meaning = understood(seller, locale, text, expected)
            assert not binds(meaning, expected), (seller, locale, expected.step, text)


def test_a_refusal_is_one_everywhere() -> None:
    for seller, locale, expected in cases(*BindingAct):
        for text in of(REFUSES, locale):
            meaning = understood(seller, locale, text, expected)
            past = isinstance(meaning, Press) and not binds(meaning, expected)
            assert past or isinstance(meaning, Refusal), (seller, locale, expected.step, text)


def test_another_way_to_pay_is_a_correction_of_it() -> None:
    for seller, locale, expected in cases(BindingAct.order):
        for text in of(METHODS, locale):
            assert understood(seller, locale, text, expected) == Correction("method", "card"), (seller, locale, text)
    order = next(expected for seller, _, expected in cases(BindingAct.order) if expected.discount_codes)
    assert understood("fakturasmart", "pl", order.discount_codes[0], order) == Discount(order.discount_codes[0])


def test_a_yes_where_several_answers_bind_is_asked_back() -> None:
    for seller in SELLERS:
        for name, options in steps(seller):
            if len([o for o in options if o.binds and o.payload.startswith(f"{name}:")]) > 1:
                expected = Expected("consents", name, options)  # type: ignore[arg-type]
                for locale in profile(seller).seller.locales:
                    for text in of(YES, locale)[:4]:
                        assert not binds(understood(seller, locale, text, expected), expected), (seller, text)


def samples() -> Iterator[tuple[str, str, str]]:
    """What people write, by language and intent: sentences by which the understanding is built and judged."""
    for file in (ROOT / "tests/nlu").glob("*.toml"):
        for locale, intents in tomllib.loads(file.read_text(encoding="utf-8")).items():
            yield from ((locale, name, text) for name, texts in intents.items() for text in texts)
    for locale in ("pl", "it", "en"):
        raw = tomllib.loads((ROOT / f"nlu/phrases/{locale}.toml").read_text(encoding="utf-8"))
        tables = ((name, table) for name, table in raw.items() if isinstance(table, dict))
        yield from ((locale, name, text) for name, table in tables for text in table.get("phrases", ()))


def test_of_all_sentences_that_the_understanding_knows_only_those_of_the_act_bind() -> None:
    known = list(samples())
    assert len(known) > 1000
    for step, intents in (("pay", {"pay"}), ("terms", {"affirm"})):
        expected = next(e for seller, _, e in cases(*BindingAct) if (seller, e.step) == ("fakturasmart", step))
        given = {(n, t) for locale, n, t in known if binds(understood("fakturasmart", locale, t, expected), expected)}
        assert {name for name, _ in given} <= intents, given
        assert step != "pay" or {text for _, text in given} <= {"pago adesso", "place teraz"}


@all_rows
def test_a_document_that_is_named_is_the_one_accepted(text: str, locale: str, given: str) -> None:
    terms = OptionWords("terms:accept", ("Akceptuję", "Accetto", "I accept"), BindingAct.agree)
    clauses = OptionWords("clauses:accept", ("Potwierdzam", "Confermo", "I confirm"), BindingAct.agree, beside=True)
    both = Expected(Expects.choice, "terms", (terms, clauses))
    assert understand(text, both, locale=locale) == Press(given, words=text)


SELLER = "fakturasmart"
LOCALES = profile(SELLER).seller.locales
RENEW = {"pl": "włącz automatyczne odnawianie", "it": "rinnova automaticamente", "en": "renew it automatically"}
BY_CARD = {"pl": "kartą", "it": "carta", "en": "by card"}


def at_the_card(locale: str, *answers: str) -> Driver:
    """Somebody in front of this seller's card, who has given these answers."""
    customer = contact_proven()
    customer.seller = profile(SELLER).seller
    customer.journey = hearing(SELLER).journey
    customer.case = structs.replace(customer.case, talk=structs.replace(customer.case.talk, locale=locale))
    return customer.write("1234563218").press("confirm:yes", *answers)


def heard(customer: Driver, body: Body, asked: AskedStep | None = None) -> Said:
    inbound = Inbound(Channel.REST, "sender-of-sixteen", "1", body)
    return hearing(SELLER).hear(inbound, customer.step, customer.context(customer.case), asked=asked).said


def test_a_yes_or_no_answers_no_row_but_the_one_that_is_asked_for() -> None:
    for locale in LOCALES:
        customer = at_the_card(locale)
        assert customer.at == "order.method"
        for text in (*of(YES, locale), *of(AGREES, locale), *of(REFUSES, locale)):
            meaning = heard(customer, Text(text)).meaning
            assert not isinstance(meaning, Press), (locale, text, meaning)


def test_what_binds_by_words_is_the_row_that_is_asked_for() -> None:
    for locale in LOCALES:
        customer = at_the_card(locale, "method:card")
        assert customer.at == "order.terms"
        for text in of(AGREES, locale):
            assert heard(customer, Text(text)).meaning == Press("terms:accept"), (locale, text)
        for text in of(REFUSES, locale):
            meaning = heard(customer, Text(text)).meaning
            assert not isinstance(meaning, Press), (locale, text, meaning)


def test_the_title_of_a_button_in_any_row_is_its_press() -> None:
    visa, amex = (StoredWay(f"way-{last}", "card", f"Visa …{last}") for last in ("4242", "0005"))
    shown = hearing(SELLER).renderer.options
    for locale, ways in product(LOCALES, ((visa,), (visa, amex))):
        for answers in (("method:card",), ("method:card", "card:saved"), ("method:blik",)):
            customer = at_the_card(locale)
            customer.read_books(structs.replace(customer.books, ways=ways)).press(*answers)
            ctx = customer.context(customer.case)
            rows = (customer.step, *customer.journey.beside(customer.step, ctx))
            free = [o for row in rows for o in options_of(row, ctx) if o.binds is None and not o.hidden]
            said = {o.payload: words for o in free if " " in (words := shown((o,), locale)[0].title)}
            assert "card:another" in said or answers == ("method:blik",)
            for payload, words in said.items():
                same = (Press(payload), Correction(*payload.split(":")))
                assert heard(customer, Text(words)).meaning in same, (locale, customer.at, words)


def test_a_rows_title_is_its_press_though_an_entry_of_the_faq_is_called_so() -> None:
    known, title = hearing("certified_platform"), "Come aggiungo un’altra carta"
    here = Expected(Expects.choice, "terms", rows={"card"}, pages={fold_words(title): "card:another"})
    assert understand(title, here, locale="it", faq=known.faq, known=known.known) == Press("card:another")


def test_an_order_that_lacks_something_is_told_what_it_lacks() -> None:
    for locale in LOCALES:
        for answers in ((), ("method:card",), ("method:card", "terms:accept")):
            for text in (*of(ORDERS, locale), *of(ELSEWHERE, locale), "pay:now"):
                customer = at_the_card(locale, *answers)
                before, order = customer.at, customer.case.order
                customer.hear(heard(customer, Text(text)))
                assert (customer.heard, customer.at, customer.asked) == (["card.missing"], before, True), (locale, text)
                assert customer.case.order == order


def test_words_that_name_another_row_answer_it() -> None:
    for locale in LOCALES:
        customer = at_the_card(locale)
        assert customer.hear(heard(customer, Text(RENEW[locale]))).case.order.auto_renewal is True, locale
        assert heard(customer, Text(BY_CARD[locale])).meaning == Press("method:card"), locale


def test_renewal_is_set_by_its_words_while_a_binding_row_is_asked_for() -> None:
    off = {"pl": "nie odnawiaj", "it": "non rinnovare", "en": "don't renew"}
    on = {"pl": "włącz automatyczne odnawianie", "it": "attiva il rinnovo automatico", "en": "turn on auto-renewal"}
    rows = {"terms": (), "clauses": ("terms:accept",), "pay": ("terms:accept", "clauses:accept")}
    for locale in LOCALES:
        for at, answers in rows.items():
            customer = at_the_card(locale, "method:card", *answers)
            customer.hear(heard(customer, Text(on[locale])))
            assert (customer.case.order.auto_renewal, customer.at) == (True, f"order.{at}"), locale
            assert customer.hear(heard(customer, Text(on[locale]))).heard == ["kit.chosen_before"]
            customer.hear(heard(customer, Text(off[locale])))
            assert (customer.case.order.auto_renewal, customer.at) == (False, f"order.{at}"), locale


def test_a_number_or_a_place_counts_the_answers_of_the_row_that_is_asked_for() -> None:
    own = (OptionWords("years:1", ("1 rok",)), OptionWords("years:2", ("2 lata",)))
    expected = Expected(Expects.choice, "years", (*own, OptionWords("method:card", ("Karta",), beside=True)))
    known = hearing(SELLER)
    for text, meant in (("2", "years:2"), ("dwa lata", "years:2"), ("ostatnia", "years:2"), ("kartą", "method:card")):
        assert understand(text, expected, locale="pl", faq=known.faq, known=known.known) == Press(meant), text


def test_a_payload_that_is_typed_is_the_press_of_any_row() -> None:
    customer = at_the_card("pl")
    for payload in ("auto_renewal:yes", "clauses:accept", "terms:accept", "method:blik"):
        customer.hear(heard(customer, Text(payload)))

    assert customer.at == "order.pay"


def test_buttons_of_the_cards_earlier_messages_count_while_it_is_open() -> None:
    customer = at_the_card("pl", "method:card", "terms:accept")
    earlier = heard(customer, ButtonPressed("method:blik"), AskedStep("order.method", {}))
    assert customer.hear(earlier).case.order.method == "blik"
    found = customer.hear(heard(customer, ButtonPressed("clauses:accept"), AskedStep("order.terms", {}))).at
    assert found == "order.pay"

    elsewhere = heard(customer, ButtonPressed("auto_renewal:yes"), AskedStep("zone.auto_renewal", {}))
    assert customer.hear(elsewhere).case.order.auto_renewal is None


def test_behind_the_card_its_buttons_change_nothing() -> None:
    customer = at_the_card("pl", "method:card", "terms:accept", "clauses:accept", "pay:now")
    assert customer.at == "payment.payment"
    for payload in ("terms:withdraw", "method:blik", "auto_renewal:yes"):
        customer.hear(heard(customer, ButtonPressed(payload), AskedStep("order.pay", {})))

    order = customer.case.order
    assert (order.terms, order.method, order.auto_renewal, order.pay) == ("accept", "card", None, "now")
