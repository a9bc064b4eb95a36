"""A price question is answered with the price of what was asked for."""

from msgspec.structs import replace

from dialogs.kit import Said, Word
from tests.dialogs.driver import SELLER, Driver, paid
from values.meaning import Intent
from values.money import Money
from values.seller import Plan

TWO = replace(SELLER, dialogs=("cart", *SELLER.dialogs), plans=(Plan("start", 58800), Plan("pro", 99000)))


def asked(customer: Driver, *about: str) -> list[tuple[str, Money]]:
    """Ask for a price, and give products and net prices of the answer."""
    customer.hear(Said(Intent("ask_price", 0.9), typed=True, about=about))
    told: list[tuple[str, Money]] = []
    line = customer.reply[-1].params.get("prices")
    while isinstance(line, Word):
        params = dict(line.params)
        product, net = params["product"], params["net"]
        assert isinstance(product, Word)
        assert isinstance(net, Money)
        told.append((product.key, net))
        line = params["rest"]
    return told


def test_a_plan_that_is_named_is_told_before_and_after_another_is_chosen() -> None:
    customer = Driver(TWO).press("start:buy")
    assert asked(customer, "pro") == [("plan.pro", Money(99000, "PLN"))]
    assert customer.at == "cart.plan"

    customer.press("plan:pro")
    assert asked(customer, "start") == [("plan.start", Money(58800, "PLN"))]


def test_before_anything_is_chosen_all_plans_are_told_and_afterwards_the_cart() -> None:
    customer = Driver(TWO).press("start:buy")
    assert [name for name, _ in asked(customer)] == ["plan.start", "plan.pro"]

    customer.press("plan:pro")
    assert asked(customer) == []
    assert customer.heard == ["order.cart"]


def test_a_named_plan_is_told_in_the_zone_instead_of_the_last_order() -> None:
    name = SELLER.plans[0].id
    assert [product for product, _ in asked(paid().press("einvoice:later"), name)] == [f"plan.{name}"]
