"""Orders: who may place one, what it is called, how it ends unpaid."""

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from services.orders import order_record, orders, pricing
from services.orders.orders import (
    AccountNotActive,
    AlreadyPaid,
    CompanyNotConfirmed,
    OrderWasCancelled,
    PaymentPending,
    Placed,
    PriceChanged,
)
from services.orders.pricing import PricingDiscount
from services.payments import record
from services.subscriptions import subscriptions
from tests.kit.narrow import a, present
from tests.services.domain.people import (
    BURSZTYN,
    NOW,
    PLAN,
    WANTED,
    at_once,
    buyer,
    company,
    customer,
    later,
    owing,
    pay,
    placed,
    sign_up,
    to_pay,
    try_to_place,
    unconfirmed,
)


def test_an_order_keeps_what_was_agreed(connection: sa.Connection) -> None:
    buyer(connection)
    order = placed(connection)
    assert (order.number, order.status, order.price.gross.minor) == ("FS/2026/000001", "placed", 36777)
    assert (order.items, order.method, order.auto_renewal, order.conversation_id) == ((PLAN,), "blik", True, "talk-a1")
    company(connection, billing=replace(BURSZTYN, street="ul. Nowa 1"), seen=BURSZTYN)
    assert present(order_record.by_number(connection, "FS/2026/000001")).billing["street"] == BURSZTYN.street
    assert [s.status for s in subscriptions.of_account(connection, "a1")] == ["pending"]


def test_the_same_order_again_is_the_same_order(connection: sa.Connection) -> None:
    buyer(connection)
    assert placed(connection) == placed(connection)
    assert len(order_record.of_account(connection, "a1")) == 1


def test_numbers_go_on_per_series(connection: sa.Connection) -> None:
    buyer(connection)
    numbers = [placed(connection, f"o{n}").number for n in range(3)]
    assert numbers == ["FS/2026/000001", "FS/2026/000002", "FS/2026/000003"]


def test_only_an_active_account_orders(connection: sa.Connection) -> None:
    customer(connection, "a1")
    sign_up(connection, "a2", "pending@example.com")
    sign_up(connection, "a3", "anna@example.com")
    for id in ("a1", "a2", "a3"):
        company(connection, id, f"f-{id}")
    assert try_to_place(connection, account_id="a2", company_id="f-a2") == AccountNotActive("pending", taken=False)
    assert try_to_place(connection, account_id="a3", company_id="f-a3") == AccountNotActive("pending", taken=True)
    assert try_to_place(connection, account_id="nobody") == AccountNotActive("closed", taken=False)
    assert order_record.of_account(connection, "a2") == []


def test_only_for_a_confirmed_company_of_its_own(connection: sa.Connection) -> None:
    customer(connection, "a1", "one@example.com")
    customer(connection, "a2", "two@example.com")
    company(connection, "a2", "theirs")
    unconfirmed(connection, "draft", BURSZTYN)
    for id in ("theirs", "draft", "none"):
        assert try_to_place(connection, company_id=id) == CompanyNotConfirmed()


def test_not_while_another_is_being_paid(connection: sa.Connection) -> None:
    owing(connection)
    assert try_to_place(connection, "o2") == PaymentPending("o1", "FS/2026/000001", "p1")
    assert isinstance(try_to_place(connection, "o2", now=later(days=8)), Placed)  # its time was over


def test_at_the_price_that_was_shown(connection: sa.Connection) -> None:
    buyer(connection)
    shown = pricing.price((PLAN,), None, "PLN")
    half = PricingDiscount("HALF", 50)

    def place(discount: PricingDiscount | None) -> orders.Placed | orders.NotPlaced:
        return orders.place(connection, replace(WANTED, discount=discount, price=shown), NOW)

    assert place(half) == PriceChanged(pricing.price((PLAN,), half, "PLN"))
    assert isinstance(place(None), Placed)


def test_an_order_of_nothing_is_a_mistake(connection: sa.Connection) -> None:
    buyer(connection)
    with pytest.raises(ValueError, match="at least one line"):
        orders.place(connection, replace(WANTED, items=()), NOW)


def test_a_discount_is_kept_with_its_order(connection: sa.Connection) -> None:
    buyer(connection)
    outcome = a(Placed, try_to_place(connection, discount=PricingDiscount("START20", 20)))
    assert (outcome.order.discount, outcome.order.price.gross.minor) == (PricingDiscount("START20", 20), 29422)


def test_cancelling_an_unpaid_order_ends_what_hung_on_it(connection: sa.Connection) -> None:
    owing(connection)
    outcome = a(OrderWasCancelled, orders.cancel(connection, order_id="o1", now=later(hours=1)))
    assert (outcome.order.status, outcome.payments) == ("cancelled", ("p1",))
    assert [p.status for p in record.of_order(connection, "o1")] == ["cancelled"]
    assert subscriptions.of_account(connection, "a1") == []
    assert orders.cancel(connection, order_id="o1", now=later(hours=2)) == OrderWasCancelled(outcome.order, ())
    assert isinstance(try_to_place(connection, "o2"), Placed)


def test_a_paid_order_can_not_be_cancelled(connection: sa.Connection) -> None:
    buyer(connection)
    order = placed(connection)
    to_pay(connection)
    pay(connection)
    assert orders.cancel(connection, order_id="o1", now=NOW) == AlreadyPaid(order.number)


def test_no_such_order_is_a_mistake(connection: sa.Connection) -> None:
    with pytest.raises(LookupError):
        orders.cancel(connection, order_id="none", now=NOW)
    with pytest.raises(LookupError):
        to_pay(connection, order_id="none")


def test_placed_at_once_numbers_are_whole_and_one_account_has_one_order_to_pay(racing: sa.Engine) -> None:
    with racing.begin() as connection:
        for n in range(6):
            customer(connection, f"a{n}", f"a{n}@example.com")
            company(connection, f"a{n}", f"f{n}")
    numbers = at_once(
        racing, 6, lambda connection, n: try_to_place(connection, f"o{n}", account_id=f"a{n}", company_id=f"f{n}")
    )
    assert {o.order.number for o in numbers if isinstance(o, Placed)} == {f"FS/2026/{n:06d}" for n in range(1, 7)}

    def place_and_open(connection: sa.Connection, n: int) -> bool:
        if not isinstance(try_to_place(connection, f"x{n}", account_id="a0", company_id="f0"), Placed):
            return False
        to_pay(connection, f"p{n}", f"x{n}")
        return True

    assert sum(at_once(racing, 5, place_and_open)) == 1
