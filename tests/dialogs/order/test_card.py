"""The order's card: its rows are answered in any order, each act by itself, and taken back the same way.

What is accepted is kept as it was given; where the profile words it otherwise since, it is asked again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from dialogs.kit import Said, Word
from dialogs.messages.account import CreateAccount, PasswordSet
from dialogs.messages.order import OrderRefused, PlaceOrder
from dialogs.messages.zone import SetConsents
from tests.dialogs.driver import BURSZTYN, NOW, SELLER, Driver, activated, card_filled, contact_proven
from tests.kit.narrow import present
from tests.table import table
from values.consent import Acceptance, Consent
from values.meaning import Press
from values.seller import Seller


def worded(seller: Seller, of: str, version: str = "1") -> Seller:
    """The seller whose consents and documents say `of` in each language."""

    def say(asked: Consent) -> Consent:
        words = tuple((locale, f"{asked.id} {of} {locale}") for locale in seller.locales)
        return replace(asked, version=version, words=words)

    return replace(seller, consents=tuple(map(say, seller.consents)), documents=tuple(map(say, seller.documents)))


OLD, NEW = worded(SELLER, "old"), worded(SELLER, "new", "2")


def placed(customer: Driver) -> PlaceOrder:
    return next(act for act in reversed(customer.acts) if isinstance(act, PlaceOrder))


def standing(customer: Driver) -> dict[str, Acceptance]:
    """What was said last of each document."""
    return {one.id: one for one in customer.case.order.accepted}


def test_version_words_language_moment_and_way_are_those_of_the_press() -> None:
    customer = card_filled(OLD)
    pressed_at = customer.now
    customer.now += timedelta(minutes=5)
    customer.command("lang", "en").press("pay:now")

    documents = {one.id: one for one in placed(customer).accepted}
    assert placed(customer).documents == ("terms", "clauses")
    assert documents["terms"] == OLD.document("terms").accepted("pl", pressed_at, "button")


def test_what_is_typed_is_recorded_as_typed() -> None:
    customer = card_filled().press("/back", "/back")
    customer.hear(Said(Press("terms:accept"), typed=True)).press("clauses:accept")

    assert {id: one.how for id, one in standing(customer).items()} == {"terms": "word", "clauses": "button"}


def test_words_that_the_books_find_changed_are_asked_again_with_a_word_of_why() -> None:
    customer = card_filled(OLD)
    customer.outcomes[PlaceOrder] = lambda act: OrderRefused("words_changed", act.documents)
    customer.press("pay:now")

    assert (customer.heard, customer.at) == (["order.refused.words_changed"], "order.terms")


def test_words_changed_before_the_order_lose_their_ticks_at_once() -> None:
    customer = card_filled(OLD)
    customer.seller = NEW
    customer.press("pay:now")

    assert (customer.heard, customer.at) == (["kit.words_changed", "card.missing"], "order.terms")
    assert (customer.case.order.terms, customer.case.order.clauses, customer.done(PlaceOrder)) == (None, None, 0)
    customer.press("terms:accept", "clauses:accept")
    assert customer.at == "order.pay"
    customer.press("pay:now")
    found = {id: (one.version, one.given) for id, one in standing(customer).items()}
    assert found == {"terms": ("2", True), "clauses": ("2", True)}
    assert placed(customer).accepted == customer.case.order.accepted


def test_a_question_whose_words_changed_before_the_press_is_asked_again() -> None:
    customer = card_filled(OLD).press("/back", "/back")
    assert customer.at == "order.terms"
    customer.seller = NEW
    customer.press("terms:accept")

    assert (customer.heard, customer.at) == (["kit.words_changed"], "order.terms")
    assert customer.press("terms:accept").at == "order.clauses"
    assert customer.case.order.accepted[-1].version == "2"


def test_a_press_under_a_question_in_another_language_is_no_answer() -> None:
    customer = card_filled(OLD).press("/back", "/back")
    customer.case = structs.replace(customer.case, talk=structs.replace(customer.case.talk, locale="en"))
    customer.press("terms:accept")

    assert (customer.heard, customer.at) == ([], "order.terms")
    assert customer.press("terms:accept").case.order.accepted[-1].locale == "en"


def test_an_acceptance_of_an_earlier_release_without_words_is_asked_again_at_the_order() -> None:
    customer = card_filled()
    customer.given(PlaceOrder, OrderRefused("words_unknown", ("terms", "clauses"))).press("pay:now")

    assert (customer.heard, customer.at) == (["order.refused.words_unknown"], "order.terms")
    assert customer.press("terms:accept", "clauses:accept").at == "order.pay"


def test_consents_whose_words_changed_under_the_boxes_are_asked_again() -> None:
    customer = Driver(OLD).press("start:buy", "account:new").write("jan@example.com")
    customer.happen(PasswordSet("page-set_password", "credential-1"))
    customer.seller = NEW
    customer.press("consents:required")

    assert (customer.heard, customer.at) == (["kit.words_changed"], "account.consents")
    customer.press("consents:required")
    made = next(act for act in customer.acts if isinstance(act, CreateAccount))
    assert made.consents == (NEW.consents[0].accepted("pl", NOW, "button"),)


def test_the_zones_consents_show_their_words_and_keep_them() -> None:
    customer = activated()
    customer.seller = OLD
    customer.press("zone:consents", "consents:toggle:marketing")
    customer.seller = NEW
    customer.press("consents:done")
    assert (customer.heard, customer.at) == (["kit.words_changed"], "personal.consents")

    customer.press("consents:done")
    given: tuple[Acceptance, ...] = (NEW.consents[1].accepted("pl", customer.now, "button"),)
    assert customer.acts[-1] == SetConsents("account-1", given, (), "button")


ANSWERS: tuple[str, ...] = ("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
TICKED = {"terms_clauses:withdraw", "terms:withdraw", "clauses:withdraw"}
OFFERS = replace(SELLER, auto_renewal="offer")
CONSENTED = replace(OLD, auto_renewal="offer", documents=(*OLD.documents, Consent("auto_renewal", "1")))
OBLIGATORY = replace(CONSENTED, auto_renewal="obligatory")


def card_shown(seller: Seller = SELLER) -> Driver:
    """Somebody whose company is confirmed, in front of the empty card."""
    customer = contact_proven()
    customer.seller = seller
    return customer.write("1234563218").press("confirm:yes")


def chosen(customer: Driver) -> set[str]:
    """The answers that stand in the card's rows."""
    return {option.payload for row in present(customer.card).rows for option in row.choices if option.chosen}


# --- any row, any time ---


def test_answers_of_later_rows_are_taken_early_and_the_question_stays() -> None:
    customer = card_shown().press("clauses:accept", "method:blik", "terms:accept")
    assert (customer.at, customer.heard) == ("order.auto_renewal", [])
    assert chosen(customer) == {"method:blik", *TICKED}

    assert customer.press("auto_renewal:no").at == "order.pay"


def test_what_is_lacking_is_named_and_offered_until_it_is_answered() -> None:
    customer = card_shown()
    assert present(customer.card).missing == ("auto_renewal", "method", "terms", "clauses")
    assert {"auto_renewal:no", "method:card", "terms:accept", "clauses:accept"} <= set(customer.offered)

    customer.press("terms:accept", "method:card")
    assert present(customer.card).missing == ("auto_renewal", "clauses")
    assert not {"terms:accept", "method:card"} & set(customer.offered)
    assert customer.press("auto_renewal:yes", "clauses:accept").offered == ["pay:now"]


def test_nothing_is_chosen_beforehand() -> None:
    assert chosen(card_shown()) == set()
    assert chosen(card_shown(OFFERS)) == set()


def test_the_order_is_not_given_while_an_answer_is_lacking() -> None:
    customer = card_shown().press("method:blik", "terms:accept", "pay:now")

    assert (customer.heard, customer.at) == (["card.missing"], "order.auto_renewal")
    assert customer.reply[0].params == {"what": (Word("label.auto_renewal"), Word("label.clauses"))}
    assert (customer.asked, customer.case.order.pay) == (True, None)


def test_renewal_that_is_only_offered_is_never_lacking() -> None:
    customer = card_shown(OFFERS)
    assert (customer.at, present(customer.card).missing) == ("order.method", ("method", "terms", "clauses"))
    customer.press("method:blik", "terms:accept", "clauses:accept")
    assert {"auto_renewal:yes", "auto_renewal:no"} <= set(customer.offered)

    assert placed(customer.press("pay:now")).auto_renewal is False


@table("when", range(4))
def test_the_switch_is_taken_at_any_row(when: int) -> None:
    answers = list(ANSWERS[1:])
    answers.insert(when, "auto_renewal:yes")
    customer = card_shown(OFFERS).press(*answers)
    assert customer.at == "order.pay"

    assert placed(customer.press("pay:now")).auto_renewal is True


def test_another_answer_takes_the_place_of_the_first_one() -> None:
    customer = card_filled().press("method:card", "auto_renewal:no")

    assert (customer.at, customer.heard) == ("order.pay", [])
    assert chosen(customer) == {"method:card", "auto_renewal:no", *TICKED}


@table("payload", ANSWERS)
def test_the_same_press_twice_changes_nothing_nor_at_the_button_to_order(payload: str) -> None:
    for customer in (card_shown().press(payload), card_filled()):
        before, at = customer.case, customer.at
        assert (customer.press(payload).case, customer.heard, customer.at) == (before, [], at)


def test_a_company_just_confirmed_is_one_line_to_be_changed_there() -> None:
    customer = card_shown()
    assert next(row.edit for row in present(customer.card).rows if row.name == "company") == "edit:confirm"
    assert (customer.shown["buyer"], customer.shown["buyer_number"]) == (BURSZTYN.name, "123-456-32-18")

    assert customer.press("terms:accept", "edit:confirm").at == "company.confirm"
    assert customer.press("confirm:yes").case.order.terms == "accept"


@table(("renewal", "told"), [("with_method", True), ("offer", False), ("ask", False)])
def test_a_method_that_switches_renewal_on_says_so_before_it_is_chosen(renewal: str, told: bool) -> None:
    customer = card_shown(replace(SELLER, auto_renewal=renewal, chargeable=("card",)))

    assert present(customer.card).params["by_method"] is told
    assert present(customer.card).params["renewal_gross"] == present(customer.card).params["gross"]


# --- terms and clauses at one press ---


def test_one_press_accepts_both_as_two_presses_do() -> None:
    one, two = card_shown(OLD), card_shown(OLD)
    assert one.press("terms_clauses:accept").case.order == two.press("terms:accept", "clauses:accept").case.order
    assert [(known.id, known.how) for known in one.case.order.accepted] == [("terms", "button"), ("clauses", "button")]

    one.press("auto_renewal:no", "method:blik", "pay:now")
    assert placed(one).documents == ("terms", "clauses")


def test_one_press_is_offered_while_both_are_missing_and_is_never_a_row_that_is() -> None:
    customer = card_shown(OFFERS)
    assert {"terms_clauses:accept", "terms:accept", "clauses:accept"} <= set(customer.offered)
    customer.press("method:blik")
    assert (customer.at, customer.card and customer.card.missing) == ("order.terms", ("terms", "clauses"))

    customer.press("terms:accept")
    assert "terms_clauses:accept" not in customer.offered
    assert not any(row.choices for row in customer.card.rows if row.covers)  # type: ignore[union-attr]


@table("kept", ["terms", "clauses"])
def test_a_seller_with_one_document_has_no_press_for_both(kept: str) -> None:
    customer = card_shown(replace(SELLER, documents=(Consent(kept, "1"),)))

    assert not any(row.covers for row in present(customer.card).rows)
    assert "terms_clauses:accept" not in customer.offered


def test_both_are_taken_back_together_or_one_by_one() -> None:
    customer = card_filled().press("terms_clauses:withdraw")
    assert (customer.at, customer.case.order.terms, customer.case.order.clauses) == ("order.terms", None, None)
    assert not any(one.given for one in standing(customer).values())

    customer.press("terms_clauses:accept", "clauses:withdraw")
    assert (customer.at, customer.case.order.terms) == ("order.clauses", "accept")
    assert {id: one.given for id, one in standing(customer).items()} == {"terms": True, "clauses": False}


def test_back_takes_back_all_that_one_press_gave() -> None:
    customer = card_shown().press("method:blik", "terms_clauses:accept").command("back")

    assert (customer.case.order.terms, customer.case.order.clauses) == (None, None)
    assert not any(one.given for one in standing(customer).values())
    assert customer.command("back").case.order.method is None


def test_words_of_either_changed_since_keep_one_press_from_accepting_both() -> None:
    customer = card_shown(OLD)
    customer.seller = replace(NEW, documents=(OLD.document("terms"), NEW.document("clauses")))
    customer.press("terms_clauses:accept")
    assert (customer.heard, customer.case.order.accepted) == (["kit.words_changed"], ())

    customer.press("terms_clauses:accept")
    assert [standing(customer)[id].version for id in ("terms", "clauses")] == ["1", "2"]


def test_one_press_is_over_once_the_order_is_placed() -> None:
    customer = card_filled().press("pay:now", "terms_clauses:withdraw")

    assert (customer.at, customer.case.order.terms) == ("payment.payment", "accept")


# --- words ---


@table("at", ["order.method", "order.terms", "order.clauses", "order.pay"])
@table("intent", ["affirm", "deny"])
def test_a_yes_or_no_is_to_the_row_that_is_asked_for(at: str, intent: str) -> None:
    """Where that binds, only its own words give it, and they come as a press."""
    customer, answers = card_shown(OFFERS), iter(ANSWERS[1:])
    while customer.at != at:
        customer.press(next(answers))
    before = customer.case.order

    assert customer.want(intent).case.order == before


def test_a_yes_where_renewal_is_asked_for_agrees_to_nothing_else() -> None:
    customer = card_shown().want("affirm")

    assert (customer.case.order.auto_renewal, customer.at) == (True, "order.method")
    assert customer.case.order.accepted == ()


@table(("intent", "on"), [("renewal_on", True), ("renewal_off", False)])
def test_words_that_name_a_row_answer_it(intent: str, on: bool) -> None:
    customer = card_shown(OFFERS).want(intent)

    assert (customer.case.order.auto_renewal, customer.at) == (on, "order.method")


def test_words_never_give_what_binds_in_another_row() -> None:
    customer = card_shown(OBLIGATORY).press("method:card", "edit:method")
    assert customer.at == "order.method"

    assert customer.want("renewal_on").case.order.auto_renewal is None
    assert customer.press("auto_renewal:yes").case.order.auto_renewal is True


# --- taken back ---


def test_a_tick_that_is_taken_back_and_given_again_is_recorded_in_order() -> None:
    customer = card_filled().press("terms:withdraw")
    assert (customer.at, customer.case.order.terms) == ("order.terms", None)
    assert standing(customer)["terms"].given is False

    customer.press("terms:accept", "pay:now")
    said = [(one.id, one.given) for one in placed(customer).accepted]
    assert said == [("terms", True), ("clauses", True), ("terms", False), ("terms", True)]
    assert placed(customer).documents == ("terms", "clauses")


def test_a_tick_is_taken_back_once() -> None:
    customer = card_filled().press("clauses:withdraw", "clauses:withdraw")

    assert [one.given for one in customer.case.order.accepted if one.id == "clauses"] == [True, False]


def test_back_takes_back_what_was_set_last() -> None:
    customer = card_shown().press("clauses:accept", "method:blik", "terms:accept", "method:card")

    assert customer.command("back").case.order.method is None
    assert customer.command("back").case.order.terms is None
    assert customer.case.order.clauses == "accept"
    assert customer.command("back").case.order.clauses is None
    assert {id: one.given for id, one in standing(customer).items()} == {"terms": False, "clauses": False}
    assert customer.command("back").at == "company.confirm"


def test_back_gives_no_tick_again() -> None:
    customer = card_filled().press("terms:withdraw").command("back")

    assert (customer.case.order.terms, customer.case.order.clauses) == (None, None)
    assert not any(one.given for one in standing(customer).values())


def test_a_consent_to_renewal_goes_with_its_answer() -> None:
    customer = card_shown(CONSENTED).press("method:blik", "auto_renewal:yes")
    assert standing(customer)["auto_renewal"].given is True
    customer.command("back")
    assert (customer.case.order.auto_renewal, standing(customer)["auto_renewal"].given) == (None, False)

    customer.press("auto_renewal:yes", "auto_renewal:no")
    assert [one.given for one in customer.case.order.accepted] == [True, False, True, False]


def test_an_obligatory_tick_is_taken_back_as_any_other() -> None:
    customer = card_shown(OBLIGATORY).press("auto_renewal:yes", "method:card")
    assert "auto_renewal:withdraw" in chosen(customer)
    assert customer.press("auto_renewal:yes").case.order.auto_renewal is True, "the same press twice is one tick"

    customer.press("auto_renewal:withdraw")
    assert (customer.case.order.auto_renewal, customer.at) == (None, "order.auto_renewal")
    assert "auto_renewal" in present(customer.card).missing
    customer.press("auto_renewal:yes", "terms:accept", "clauses:accept")
    assert customer.at == "order.pay"
    assert [one.given for one in customer.case.order.accepted if one.id == "auto_renewal"] == [True, False, True]


def test_a_question_opened_again_offers_the_answer_and_never_its_opposite() -> None:
    customer = card_filled().press("edit:terms")
    assert (customer.at, customer.offers) == ("order.terms", ["terms:accept"])

    assert customer.press("terms:accept").at == "order.pay"
    assert all(one.given for one in customer.case.order.accepted)


# --- what was shown ---


@table("row", ["terms", "clauses"])
def test_words_changed_since_the_card_was_shown_are_told_for_the_row_pressed(row: str) -> None:
    customer = card_shown(OLD)
    customer.seller = NEW
    customer.press(f"{row}:accept")
    assert (customer.heard, customer.at) == (["kit.words_changed"], "order.auto_renewal")
    assert customer.case.order.accepted == ()

    customer.press(f"{row}:accept")
    assert (customer.heard, standing(customer)[row].version) == ([], "2")


def test_words_of_renewal_changed_are_told_where_another_row_is_asked_for() -> None:
    customer = card_shown(CONSENTED)
    customer.seller = replace(CONSENTED, documents=tuple(replace(one, version="2") for one in CONSENTED.documents))
    customer.press("auto_renewal:yes")
    assert (customer.heard, customer.case.order.auto_renewal) == (["kit.words_changed"], None)

    assert customer.press("auto_renewal:yes").case.order.auto_renewal is True


def test_changed_words_keep_nobody_from_taking_a_tick_back() -> None:
    customer = card_shown(OLD).press("clauses:accept")
    customer.seller = NEW

    assert customer.press("clauses:withdraw").case.order.clauses is None


def test_a_row_shown_in_another_language_is_no_answer() -> None:
    customer = card_shown(OLD)
    customer.case = structs.replace(customer.case, talk=structs.replace(customer.case.talk, locale="en"))
    customer.press("clauses:accept")
    assert (customer.heard, customer.case.order.clauses) == ([], None)

    assert customer.press("clauses:accept").case.order.accepted[-1].locale == "en"


def test_a_row_that_was_never_shown_is_no_answer() -> None:
    customer = card_shown()
    customer.case = structs.replace(customer.case, talk=structs.replace(customer.case.talk, shown=None))

    assert customer.press("terms:accept").case.order.terms is None
    assert customer.press("terms:accept").case.order.terms == "accept"


def test_a_dearer_order_is_told_though_other_rows_were_pressed_in_between() -> None:
    customer = card_filled()
    customer.seller = replace(SELLER, plans=tuple(replace(plan, net=plan.net + 10000) for plan in SELLER.plans))
    customer.press("pay:now")

    assert (customer.heard, customer.at) == (["order.refused.price_changed"], "order.pay")
    assert customer.done(PlaceOrder) == 0
    assert placed(customer.press("method:card", "pay:now")).price == customer.case.order.price
    assert customer.at == "payment.payment"


# --- any order ---

START = card_shown()
PRESSES = (*ANSWERS, "auto_renewal:no", "method:card", "terms_clauses:accept", *sorted(TICKED), "/back")


@given(st.permutations(ANSWERS))
def test_rows_pressed_in_any_order_end_in_the_same_order(answers: list[str]) -> None:
    customer = START.copied().press(*answers)
    assert customer.at == "order.pay"

    assert agreed(customer.press("pay:now")) == agreed(ORDERED)


@given(st.lists(st.sampled_from(PRESSES), max_size=12), st.permutations(ANSWERS))
def test_whatever_was_pressed_before_the_rows_as_they_stand_are_ordered(before: list[str], answers: list[str]) -> None:
    customer = START.copied().press("clauses:accept")
    for payload in before:
        pressed = customer.copied().press(payload)
        leaves = not pressed.at.startswith("order.")
        assert not (leaves and chosen(customer)), '"back" leads away from the card only once nothing stands on it'
        customer = customer if leaves else pressed
    customer.press(*answers)
    assert (customer.at, customer.done(PlaceOrder)) == ("order.pay", 0)
    for id in ("terms", "clauses"):
        told = [one.given for one in customer.case.order.accepted if one.id == id]
        assert told == [n % 2 == 0 for n in range(len(told))], "given and taken back by turns"

    assert agreed(customer.press("pay:now")) == agreed(ORDERED)


def agreed(customer: Driver) -> tuple[PlaceOrder, dict[str, tuple[str, bool]]]:
    """The order, and what was said last of each document."""
    order = placed(customer)
    last = {one.id: (one.version, one.given) for one in order.accepted}
    return structs.replace(order, accepted=()), last


ORDERED = START.copied().press(*ANSWERS, "pay:now")
