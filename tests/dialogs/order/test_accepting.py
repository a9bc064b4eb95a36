"""What is accepted is kept as it was given; where the profile words it otherwise since, it is asked again."""

from datetime import timedelta

from msgspec import structs
from msgspec.structs import replace

from dialogs.kit import Said
from dialogs.messages.account import CreateAccount, PasswordSet
from dialogs.messages.order import OrderRefused, PlaceOrder
from dialogs.messages.zone import SetConsents
from tests.dialogs.driver import NOW, SELLER, Driver, activated, card_filled
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
    assert {id: (one.version, one.given) for id, one in standing(customer).items()} == {
        "terms": ("2", True),
        "clauses": ("2", True),
    }
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
