"""Uses of discount codes: counted by the orders that stand, one use for one of those who race for the last."""

import pytest
import sqlalchemy as sa

from services.orders import discounts, orders
from services.orders.discounts import Limits
from services.orders.order_record import OrderRecord
from services.orders.orders import DiscountUsedUp, Placed
from services.orders.pricing import PricingDiscount
from services.payments import attempts, book, money
from tests.kit.narrow import a
from tests.services.domain.people import NOW, at_once, company, customer, later, to_pay, try_to_place

TWENTY = PricingDiscount("START20", 20)
FIFTY_OFF = PricingDiscount("MINUS50", amount=5000)
ONE_EACH = Limits(per_customer=1)
ONE_IN_ALL = Limits(uses=1)


def buyers(connection: sa.Connection, count: int) -> None:
    for n in range(count):
        customer(connection, f"a{n}", f"a{n}@example.com")
        company(connection, f"a{n}", f"f{n}")


def place(
    connection: sa.Connection, n: int, limits: Limits, id: str | None = None, discount: PricingDiscount = TWENTY
) -> orders.Placed | orders.NotPlaced:
    return try_to_place(
        connection, id or f"o{n}", account_id=f"a{n}", company_id=f"f{n}", discount=discount, limits=limits
    )


def test_an_amount_is_taken_off_the_net_price_and_kept_with_the_order(connection: sa.Connection) -> None:
    buyers(connection, 1)
    placed = place(connection, 0, ONE_EACH, discount=FIFTY_OFF)

    assert isinstance(placed, Placed)
    order = placed.order
    assert (order.discount, order.taken_off.minor) == (FIFTY_OFF, 5000)
    assert (order.price.net.minor, order.price.vat.minor, order.price.gross.minor) == (24900, 5727, 30627)


def test_each_customer_uses_it_once(connection: sa.Connection) -> None:
    buyers(connection, 2)
    assert isinstance(place(connection, 0, ONE_EACH), Placed)

    assert place(connection, 0, ONE_EACH, "again") == DiscountUsedUp("used_by_customer")
    assert discounts.spent(connection, "START20", ONE_EACH, "a0") == "used_by_customer"
    assert discounts.spent(connection, "START20", ONE_EACH, None) is None
    assert isinstance(place(connection, 0, discounts.UNLIMITED, "without"), Placed)
    assert isinstance(place(connection, 1, ONE_EACH), Placed)


def test_the_same_order_again_is_no_second_use(connection: sa.Connection) -> None:
    buyers(connection, 1)
    first, again = place(connection, 0, ONE_EACH), place(connection, 0, ONE_EACH)
    assert isinstance(first, Placed)
    assert isinstance(again, Placed)
    assert first.order == again.order


def test_used_up_in_all(connection: sa.Connection) -> None:
    buyers(connection, 2)
    assert isinstance(place(connection, 0, ONE_IN_ALL), Placed)

    assert place(connection, 1, ONE_IN_ALL) == DiscountUsedUp("used_up")
    assert discounts.spent(connection, "START20", ONE_IN_ALL, None) == "used_up"
    assert isinstance(place(connection, 1, ONE_IN_ALL, discount=FIFTY_OFF), Placed), "another code is another count"


def test_a_cancelled_order_gives_its_use_back_and_takes_it_again_with_its_money(connection: sa.Connection) -> None:
    buyers(connection, 2)
    a(Placed, place(connection, 0, ONE_IN_ALL))
    owed = to_pay(connection, order_id="o0")
    attempt = attempts.open_attempt(connection, payment_id="p1", good_for=later(hours=8) - NOW, now=NOW)
    assert isinstance(attempt, attempts.ToPay)
    orders.cancel(connection, order_id="o0", now=NOW)
    assert discounts.spent(connection, "START20", ONE_IN_ALL, "a1") is None

    money.book_paid(connection, payment_id="p1", attempt=attempt.attempt.n, amount=owed.amount, currency="PLN", now=NOW)
    assert discounts.spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up"


def test_an_order_that_ran_out_of_time_gives_its_use_back_until_it_is_paid_after_all(connection: sa.Connection) -> None:
    buyers(connection, 2)
    assert isinstance(place(connection, 0, ONE_IN_ALL), Placed)
    owed = to_pay(connection, order_id="o0")
    attempt = attempts.open_attempt(connection, payment_id="p1", good_for=later(hours=8) - NOW, now=NOW)
    assert isinstance(attempt, attempts.ToPay)
    assert not book.expire(connection, payment_id="p1", now=NOW)
    assert discounts.spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up"

    assert book.expire(connection, payment_id="p1", now=owed.expires_at)
    assert discounts.spent(connection, "START20", ONE_IN_ALL, "a1") is None
    assert discounts.spent(connection, "START20", ONE_EACH, "a0") is None

    to_pay(connection, "p2", order_id="o0")
    assert discounts.spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up", "another way to pay the same order"
    book.cancel_open(connection, "o0")
    money.book_paid(connection, payment_id="p1", attempt=attempt.attempt.n, amount=owed.amount, currency="PLN", now=NOW)
    assert discounts.spent(connection, "START20", ONE_IN_ALL, "a1") == "used_up"


def run_out(connection: sa.Connection, n: int) -> OrderRecord:
    """Place an order with the code and let the time to pay it pass."""
    made = a(Placed, place(connection, n, ONE_IN_ALL))
    owed = to_pay(connection, f"p{n}", order_id=f"o{n}")
    assert book.expire(connection, payment_id=owed.id, now=owed.expires_at)
    return made.order


def test_a_lapsed_order_ordered_anew_takes_its_use_again_if_there_is_one(connection: sa.Connection) -> None:
    buyers(connection, 2)
    first = run_out(connection, 0)
    second = run_out(connection, 1)

    assert orders.claim_again(connection, first, ONE_IN_ALL, NOW) is None
    to_pay(connection, "again", order_id="o0", expires_at=later(days=14))
    assert orders.claim_again(connection, first, ONE_IN_ALL, NOW) is None, "it stands, and has its use"
    assert orders.claim_again(connection, second, ONE_IN_ALL, NOW) == "used_up"


def test_of_lapsed_orders_ordered_anew_at_once_one_gets_the_last_use(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        buyers(connection, 4)
        lapsed = [run_out(connection, n) for n in range(4)]

    def anew(connection: sa.Connection, n: int) -> str | None:
        why = orders.claim_again(connection, lapsed[n], ONE_IN_ALL, NOW)
        if why is None:
            to_pay(connection, f"again{n}", order_id=f"o{n}", expires_at=later(days=14))
        return why

    assert sorted(str(why) for why in at_once(racing, 4, anew)) == ["None"] + ["used_up"] * 3


@pytest.mark.parametrize("limits", [ONE_IN_ALL, Limits(uses=2)])
def test_of_those_who_race_for_the_last_use_as_many_get_it_as_there_are(racing: sa.Engine, limits: Limits) -> None:
    with racing.begin() as connection:
        buyers(connection, 5)
    outcomes = at_once(racing, 5, lambda connection, n: place(connection, n, limits))

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == limits.uses
    assert {o for o in outcomes if not isinstance(o, Placed)} == {DiscountUsedUp("used_up")}


def test_one_customer_doesnt_race_past_his_own_limit(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        buyers(connection, 1)
    outcomes = at_once(racing, 4, lambda connection, n: place(connection, 0, ONE_EACH, f"o{n}"))

    assert sum(isinstance(outcome, Placed) for outcome in outcomes) == 1
