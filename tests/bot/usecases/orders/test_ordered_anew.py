"""A lapsed order is ordered anew only as it was: by what is sold, asked and agreed to today."""

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from bot.usecases.billing.commands import open_payment
from bot.usecases.orders.commands import changed_since
from dialogs.messages.order import LapsedOrderChanged
from dialogs.messages.payment import OpenPayment
from services.accounts import consents
from services.orders.pricing import PricingDiscount
from services.payments import book, record
from tests.bot.usecases.commanding import SELLER, deps, turn
from tests.kit.narrow import present
from tests.services.domain.people import buyer, later, to_pay, try_to_place
from values.offer import DiscountCode
from values.seller import Seller

TWENTY = PricingDiscount("START20", 20)


def ordered(connection: sa.Connection, discount: PricingDiscount | None = None) -> None:
    buyer(connection)
    try_to_place(connection, discount=discount)
    to_pay(connection)


def changed(connection: sa.Connection, seller: Seller = SELLER, order_id: str = "o1") -> LapsedOrderChanged | None:
    return changed_since(deps(seller), order_id, turn(connection, later(days=8)))


def lapse(connection: sa.Connection) -> None:
    assert book.expire(connection, payment_id="p1", now=later(days=7))


def with_codes(*codes: DiscountCode) -> Seller:
    return replace(SELLER, discounts=codes)


def at_price(net: int) -> Seller:
    return replace(SELLER, plans=tuple(replace(plan, net=net) for plan in SELLER.plans))


def test_what_stands_or_isn_t_there_is_asked_nothing(connection: sa.Connection) -> None:
    ordered(connection)
    assert changed(connection, at_price(1)) is None, "it can still be paid as it was"
    lapse(connection)
    assert changed(connection, at_price(1)) == LapsedOrderChanged("repriced")
    assert changed(connection, at_price(1), "o9") is None


def test_what_is_as_it_was_is_ordered_anew_and_paid(connection: sa.Connection) -> None:
    ordered(connection)
    lapse(connection)
    assert changed(connection) is None
    wanted = OpenPayment("o1", "blik")
    assert open_payment(deps(at_price(1)), wanted, turn(connection, later(days=8))) == LapsedOrderChanged("repriced")
    assert record.get(connection, "p2") is None
    open_payment(deps(SELLER), wanted, turn(connection, later(days=8)))
    assert present(record.get(connection, "p2")).status == "pending"


def test_what_is_not_sold_any_more_is_said_first(connection: sa.Connection) -> None:
    ordered(connection)
    lapse(connection)
    assert changed(connection, replace(SELLER, plans=())) == LapsedOrderChanged("unsold")


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ((DiscountCode("START20", 20),), None),
        ((DiscountCode("START20", 20, expires_at=later(days=8)),), "discount_expired"),
        ((DiscountCode("START20", 30),), "repriced"),
        ((DiscountCode("START20", 20, uses=0),), "discount_used_up"),
        ((DiscountCode("START20", 20, uses_per_customer=0),), "discount_used_by_customer"),
        ((), "repriced"),
    ],
    ids=["good", "expired", "lowers more", "used up", "used by them", "unknown"],
)
def test_its_code_must_be_good_today(connection: sa.Connection, codes: tuple[DiscountCode, ...], why: str) -> None:
    ordered(connection, TWENTY)
    lapse(connection)
    assert changed(connection, with_codes(*codes)) == (LapsedOrderChanged(why) if why is not None else None)


def test_what_was_agreed_to_in_other_words_is_shown_again(connection: sa.Connection) -> None:
    ordered(connection)
    lapse(connection)
    terms = next(document for document in SELLER.documents if document.id == "terms")
    for version, words in ((terms.version, terms.words_in("pl")), ("before", terms.words_in("pl"))):
        consents.record(
            connection,
            account_id="a1",
            conversation_id="talk-a1",
            consent_id="terms",
            version=version,
            locale="pl",
            words=words,
            given=True,
            channel="rest",
            how="button",
            now=later(days=1),
        )
        agreed = version == terms.version
        assert changed(connection) == (None if agreed else LapsedOrderChanged("words_changed", ("terms",)))
