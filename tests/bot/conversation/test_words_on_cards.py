"""Words and buttons at the order's card: a yes is to the row that is asked for, and each row has its own names."""

from itertools import product

from msgspec import structs

from bot.conversation.inbound import Body, ButtonPressed, Inbound, Text
from bot.conversation.understanding import AskedStep
from dialogs.kit import Said, options_of
from nlu.understand import understand
from tests.bot.conversation.test_words_that_bind import AGREES, ELSEWHERE, ORDERS, REFUSES, YES, of
from tests.dialogs.driver import Driver, contact_proven
from tests.journeys.teller import hearing, profile
from values.channel import Channel
from values.meaning import Correction, Expected, Expects, OptionWords, Press
from values.parsing import fold_words
from values.payment import StoredWay

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
    assert (
        customer.hear(heard(customer, ButtonPressed("clauses:accept"), AskedStep("order.terms", {}))).at == "order.pay"
    )

    elsewhere = heard(customer, ButtonPressed("auto_renewal:yes"), AskedStep("zone.auto_renewal", {}))
    assert customer.hear(elsewhere).case.order.auto_renewal is None


def test_behind_the_card_its_buttons_change_nothing() -> None:
    customer = at_the_card("pl", "method:card", "terms:accept", "clauses:accept", "pay:now")
    assert customer.at == "payment.payment"
    for payload in ("terms:withdraw", "method:blik", "auto_renewal:yes"):
        customer.hear(heard(customer, ButtonPressed(payload), AskedStep("order.pay", {})))

    order = customer.case.order
    assert (order.terms, order.method, order.auto_renewal, order.pay) == ("accept", "card", None, "now")
