"""Discount codes in the chat: taken or refused with the reason, and the price that is confirmed anew."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.messages.order import CheckDiscount, DiscountSpent, OrderRefused, PlaceOrder
from tests.dialogs.driver import NOW, SELLER, Driver, card_filled, contact_proven
from tests.table import table
from values.meaning import Discount
from values.money import Money
from values.offer import DiscountCode
from values.seller import Plan

AMOUNT = DiscountCode("MINUS50", amount=5000)
FOR_LARGE = DiscountCode("DUZY", 50, plans=("large",))
SELLS_TWO = replace(
    SELLER,
    plans=(*SELLER.plans, Plan("large", 49900)),
    dialogs=("cart", *SELLER.dialogs),
    discounts=(*SELLER.discounts, AMOUNT, FOR_LARGE),
)


def test_an_amount_lowers_the_net_price() -> None:
    customer = card_filled()
    customer.seller = replace(SELLER, discounts=(AMOUNT,))
    customer.say(Discount("MINUS50"))

    assert customer.heard == ["order.discount_taken"]
    assert (customer.shown["net"], customer.shown["gross"]) == (Money(24900, "PLN"), Money(30627, "PLN"))
    assert customer.press("pay:now").case.order.price is not None


@table("reason", ["used_up", "used_by_customer"])
def test_a_code_that_was_used_leaves_the_price_as_it_is(reason: str) -> None:
    customer = card_filled().say(Discount("START20"))
    customer.given(CheckDiscount, DiscountSpent("START20", reason)).press("edit:discount").write("START20x", "START20")

    assert customer.said[-1] in (f"refused.discount_code.{reason}", "kit.chosen")
    assert (customer.at, customer.shown["gross"]) == ("order.pay", Money(29422, "PLN"))


def test_a_code_used_up_is_refused_at_any_step() -> None:
    customer = contact_proven().given(CheckDiscount, DiscountSpent("START20", "used_up"))
    customer.say(Discount("START20"))

    assert customer.heard == ["refused.discount_code.used_up"]
    assert (customer.at, customer.case.order.discount) == ("company.tax_number", None)


def test_the_books_are_asked_with_the_account_that_there_is() -> None:
    assert Driver().say(Discount("START20")).acts[-1] == CheckDiscount("START20", None)
    assert contact_proven().say(Discount("START20")).acts[-1] == CheckDiscount("START20", "account-1")


@table("reason", ["discount_used_up", "discount_used_by_customer", "discount_expired"])
def test_who_comes_too_late_sees_the_new_sum_and_confirms_it_anew(reason: str) -> None:
    customer = card_filled().say(Discount("START20"))
    customer.given(PlaceOrder, OrderRefused(reason)).press("pay:now")

    assert customer.heard == [f"order.refused.{reason}"]
    assert customer.reply[0].params["code"] == "START20"
    assert (customer.at, customer.case.order.discount) == ("order.pay", None)
    assert (customer.shown["gross"], customer.shown["unfit"]) == (Money(36777, "PLN"), None)
    assert customer.case.order.id is None


def test_a_code_for_another_plan_is_refused_by_its_reason() -> None:
    customer = Driver(SELLS_TWO).press("start:buy", "plan:standard")
    customer.say(Discount("DUZY"))

    assert customer.heard == ["refused.discount_code.other_plan"]
    assert customer.case.order.discount is None


def test_before_the_plan_is_chosen_a_code_for_any_of_them_is_taken_and_what_became_of_it_is_shown() -> None:
    customer = Driver(SELLS_TWO).say(Discount("DUZY")).press("start:buy", "plan:standard")
    assert customer.case.order.discount == "DUZY"

    shown = customer.want("ask_price").reply[0].params
    assert (shown["discount"], shown["gross"]) == (None, Money(36777, "PLN"))
    assert shown["unfit"] is not None
    shown = customer.correct("plan", "large").want("ask_price").reply[-1].params
    assert (shown["discount"], shown["gross"]) == ("DUZY", Money(30689, "PLN"))


def test_a_placed_order_keeps_its_code_when_it_expires() -> None:
    customer = card_filled()
    customer.seller = replace(SELLER, discounts=(DiscountCode("START20", 20, NOW + timedelta(hours=1)),))
    customer.say(Discount("START20")).press("pay:now")
    customer.now += timedelta(hours=2)

    shown = customer.want("ask_price").reply[0].params
    assert (shown["discount"], shown["unfit"], shown["gross"]) == ("START20", None, Money(29422, "PLN"))
