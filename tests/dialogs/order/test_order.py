"""The order: price and code at any step, the act that obliges to pay, and taking it back.

Discount codes in the chat: taken or refused with the reason, and the price that is confirmed anew.
"""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.explorer.fates import pay_orders
from dialogs.kit import Said, Word
from dialogs.messages.account import CreateAccount
from dialogs.messages.order import CancelOrder, CheckDiscount, DiscountSpent, OrderRefused, PlaceOrder
from dialogs.order.costs import cart, next_term
from dialogs.payment import EXPIRY, POLL
from tests.dialogs.driver import NOW, SELLER, Driver, activated, card_filled, contact_proven, ordered, paid, signed_up
from tests.kit.narrow import a
from tests.table import table
from values.meaning import Discount, Press, Refusal, Unclear
from values.money import Money
from values.offer import DiscountCode
from values.seller import Plan


def gross(customer: Driver) -> int:
    return cart(customer.case.order, customer.context(customer.case)).gross.minor


# --- the discount ---


@table("stage", [Driver, signed_up, contact_proven, card_filled])
def test_a_code_is_taken_at_any_step_there_and_then(stage: type[Driver]) -> None:
    customer = stage()
    at = customer.at
    customer.say(Discount("START20"))

    assert customer.heard[-1] == "order.discount_taken"
    assert (customer.at, gross(customer)) == (at, 29422)


@table(("code", "reason"), [("STARY", "expired"), ("START20", "used_up")])
def test_a_code_that_is_over_is_refused_where_one_stands(code: str, reason: str) -> None:
    customer = contact_proven().given(CheckDiscount, DiscountSpent(code, "used_up")).say(Discount(code))

    assert customer.heard == [f"refused.discount_code.{reason}"]
    assert (customer.at, customer.case.order.discount) == ("company.tax_number", None)


def test_an_unknown_code_is_refused_and_another_one_may_follow() -> None:
    customer = card_filled().press("edit:discount").write("NOPE")
    assert (customer.heard, customer.at) == (["refused.discount_code.unknown"], "order.discount")

    assert customer.write("start 20").at == "order.pay"
    assert customer.case.order.discount == "START20"


def test_a_code_after_the_order_is_too_late() -> None:
    customer = ordered().say(Discount("START20"))

    assert customer.heard == ["order.discount_late"]
    assert customer.case.order.discount is None
    assert customer.at == "payment.payment"


def test_how_a_code_is_given_can_be_asked() -> None:
    assert contact_proven().want("apply_discount_code").heard == ["order.discount_how"]
    assert Driver(seller=replace(SELLER, discounts=())).want("apply_discount_code").heard[-1] == "order.no_codes"


# --- the price ---


@table("stage", [Driver, signed_up, contact_proven, card_filled, ordered, paid])
def test_the_price_is_told_at_any_step(stage: type[Driver]) -> None:
    customer = stage()
    at = customer.at
    customer.want("ask_price")

    assert customer.heard[-1] == "order.cart"
    assert customer.reply[-1].params["gross"] == Money(36777, "PLN")
    assert customer.at == at


def test_from_the_cart_its_parts_can_be_changed_before_the_order() -> None:
    assert {"edit:method", "edit:auto_renewal"} <= set(card_filled().want("choose_payment_method").buttons)

    assert not [b for b in ordered().want("ask_price").reply[-1].options if b.step == "edit"]


def test_the_methods_can_be_asked_for() -> None:
    customer = signed_up().want("ask_payment_methods")

    assert customer.heard == ["order.methods"]
    assert len(customer.reply[0].params["methods"]) == 4  # type: ignore[arg-type]


ENDING = replace(SELLER, discounts=(DiscountCode("START20", 20, NOW + timedelta(hours=1)),))


def test_a_code_that_ends_between_card_and_press_is_told_before_it_is_ordered() -> None:
    customer = card_filled()
    customer.seller = ENDING
    customer.say(Discount("START20"))
    customer.now += timedelta(hours=2)
    customer.press("pay:now")

    assert (customer.heard, customer.done(PlaceOrder)) == (["order.refused.price_changed"], 0)
    assert (customer.at, customer.shown["gross"]) == ("order.pay", Money(36777, "PLN"))
    assert customer.press("pay:now").done(PlaceOrder) == 1


def test_a_code_that_ends_between_press_and_order_makes_no_dearer_order() -> None:
    customer = card_filled()
    customer.seller = ENDING
    customer.say(Discount("START20")).given(PlaceOrder, OrderRefused("price_changed")).press("pay:now")
    customer.now += timedelta(hours=2)

    assert a(PlaceOrder, customer.acts[-1]).price.gross.minor == 29422, "what was agreed to is what is asked for"
    assert customer.heard[-1] == "order.refused.price_changed"
    assert (customer.at, customer.shown["gross"]) == ("order.pay", Money(36777, "PLN"))
    assert customer.shown["discount"] is None


def test_an_order_costs_what_it_was_placed_for_whatever_comes_later() -> None:
    customer = card_filled()
    customer.seller = ENDING
    customer.say(Discount("START20")).press("pay:now")
    customer.now += timedelta(hours=2)

    assert customer.shown["gross"] == Money(29422, "PLN")
    told = customer.want("ask_price").reply[0].params
    assert (told["discount"], told["unfit"], told["gross"]) == ("START20", None, Money(29422, "PLN"))


# --- the card and the act ---


def test_an_answer_is_changed_by_its_edit_button_and_the_others_stand() -> None:
    customer = card_filled().press("edit:method")
    assert (customer.at, "method:card" in customer.offers) == ("order.method", True)

    assert customer.press("method:card").at == "order.pay"
    assert (customer.case.order.method, customer.case.order.terms) == ("card", "accept")


def test_a_choice_is_corrected_in_a_sentence() -> None:
    customer = card_filled().correct("method", "PayPal")
    assert (customer.at, customer.case.order.method) == ("order.pay", "paypal")

    assert customer.correct("method", "gold").at == "order.method"


def test_the_card_says_whether_a_renewal_can_be_charged() -> None:
    assert card_filled().shown["chargeable"] is False
    customer = card_filled()
    customer.seller = replace(SELLER, chargeable=("card", "paypal"))

    assert customer.correct("method", "card").shown["chargeable"] is True


def test_the_act_is_done_once_however_often_it_is_pressed() -> None:
    customer = ordered().press("pay:now", "pay:now")

    assert customer.done(PlaceOrder) == 1
    assert (customer.heard, customer.at) == (["payment.status"], "payment.payment")


def test_nothing_but_the_button_orders() -> None:
    customer = card_filled()
    customer.want("affirm").write("tak", "ok").correct("pay", "later")

    assert customer.done(PlaceOrder) == 0
    assert customer.want("pay").done(PlaceOrder) == 0
    assert customer.at == "order.pay"
    assert customer.press("pay:now").done(PlaceOrder) == 1

    corrected = card_filled().correct("pay", "now").correct("terms", "accept")
    assert (corrected.done(PlaceOrder), corrected.at) == (0, "order.terms"), "a correction names nothing that binds"


def test_a_refusal_is_told_what_follows_and_the_document_is_not_repeated() -> None:
    customer = card_filled().say(Refusal("nie zamawiam"))

    assert (customer.heard, customer.at) == (["order.pay.declined"], "order.pay")
    assert {"/back", "/agent"} <= {option.payload for option in customer.reply[-1].options}
    assert customer.reply[-1].brief


def test_words_that_are_not_understood_are_asked_again_in_one_line() -> None:
    customer = card_filled().want("pay")

    assert customer.heard == ["refused.not_understood", "order.pay.hint"]
    assert customer.reply[-1].brief


def test_a_mere_yes_is_told_how_to_order_and_from_the_third_on_a_person_may_help() -> None:
    customer = card_filled().prove_email().say(Unclear((), "tak"))
    assert (customer.heard, customer.reply[-1].brief) == (["order.pay.hint"], True)

    assert customer.say(Unclear((), "ok")).heard == ["order.pay.hint"]
    assert customer.say(Unclear((), "tak")).heard == ["order.pay.hint", "kit.offer_human"]
    assert (customer.at, customer.done(PlaceOrder)) == ("order.pay", 0)


def test_what_is_older_than_the_question_orders_nothing() -> None:
    customer = card_filled()
    customer.hear(Said(Press("pay:now"), unseen=True))

    assert (customer.heard, customer.done(PlaceOrder)) == (["kit.unseen"], 0)


@table("reason", ["account_pending", "order_open"])
def test_a_refused_order_takes_the_press_back(reason: str) -> None:
    customer = card_filled().once(PlaceOrder, OrderRefused(reason)).press("pay:now")
    assert customer.heard == [f"order.refused.{reason}"]
    assert customer.at == "order.pay"
    assert "/agent" in customer.buttons

    assert customer.press("pay:now").at == "payment.payment"


# --- taking it back ---


@table("move", ["cancel", "restart"])
def test_cancelling_before_the_order_clears_the_answers_and_keeps_the_account(move: str) -> None:
    customer = card_filled().say(Discount("START20")).command(move).press("restart:yes")

    assert (customer.heard, customer.at, customer.offers) == (["kit.restarted"], "account.start", ["start:buy"])
    assert (customer.case.order.method, customer.case.order.discount) == (None, None)
    assert customer.case.account.id == "account-1"
    assert customer.press("start:buy").at == "order.auto_renewal", "phone and company are the account's"
    assert customer.done(CreateAccount) == 1


def test_cancelling_an_unpaid_order_and_ordering_anew() -> None:
    customer = ordered().command("cancel")
    assert (customer.heard, customer.case.order.id) == (["order.cancelled"], None)
    assert [act for act in customer.acts if isinstance(act, CancelOrder)] == [CancelOrder("order-1")]
    assert {POLL, EXPIRY}.isdisjoint(customer.timers)
    customer.press("start:buy", "auto_renewal:no", "method:card", "terms:accept", "clauses:accept")

    assert customer.press("pay:now").at == "payment.payment"
    assert customer.done(PlaceOrder) == 2


def test_an_order_whose_money_came_first_stands() -> None:
    customer = ordered().meanwhile(pay_orders).command("cancel")

    assert (customer.heard, customer.placed.money) == (["order.stands"], "paid")
    assert customer.at == "einvoice.einvoice"


@table("stage", [paid, activated])
@table("move", ["cancel", "restart"])
def test_a_paid_order_outlives_every_move(stage: type[Driver], move: str) -> None:
    customer = stage()
    at = customer.at
    customer.command(move)

    assert customer.heard[0] == "order.stands"
    assert "/agent" in [option.payload for option in customer.reply[0].options], "it says who helps"
    assert (customer.at, customer.case.order.id, customer.done(CancelOrder)) == (at, "order-1", 0)


def test_back_stops_at_the_order_and_offers_to_cancel_it() -> None:
    customer = ordered().command("back")

    assert customer.heard == ["kit.act_done.order.place"]
    assert "/cancel" in customer.buttons
    assert customer.press("/cancel").done(CancelOrder) == 1


def test_answers_behind_the_order_stand() -> None:
    customer = ordered().press("edit:method")
    assert customer.heard == ["kit.act_done.order.place"]

    assert customer.correct("auto_renewal", "no").heard == ["kit.act_done.order.place"]
    assert customer.case.order.auto_renewal is True


AMOUNT = DiscountCode("MINUS50", amount=5000)
SELLS_TWO = replace(
    SELLER,
    plans=(*SELLER.plans, Plan("large", 49900)),
    dialogs=("cart", *SELLER.dialogs),
    discounts=(*SELLER.discounts, AMOUNT, DiscountCode("DUZY", 50, plans=("large",))),
)


def test_an_amount_lowers_the_net_price() -> None:
    customer = card_filled()
    customer.seller = replace(SELLER, discounts=(AMOUNT,))
    customer.say(Discount("MINUS50"))

    assert customer.heard == ["order.discount_taken"]
    assert (customer.shown["net"], customer.shown["gross"]) == (Money(24900, "PLN"), Money(30627, "PLN"))
    assert customer.press("pay:now").case.order.price is not None


@table("renews", [True, False])
def test_a_code_of_several_terms_is_told_with_its_length_where_the_service_renews(renews: bool) -> None:
    customer = card_filled()
    customer.seller = replace(SELLER, discounts=(DiscountCode("TRZY", 20, terms=3),))
    customer.say(Discount("TRZY")).correct("auto_renewal", "yes" if renews else "no")

    size = dict(a(Word, customer.shown["size"]).params)
    assert (size["percent"], size["years"], size["spans"]) == (20, 3 if renews else 1, renews)
    assert next_term(customer.case.order, customer.context(customer.case)).gross == customer.shown["gross"]


@table("reason", ["used_up", "used_by_customer"])
def test_a_code_that_was_used_leaves_the_price_as_it_is(reason: str) -> None:
    customer = card_filled().say(Discount("START20"))
    customer.given(CheckDiscount, DiscountSpent("START20", reason)).press("edit:discount").write("START20x", "START20")

    assert customer.said[-1] in (f"refused.discount_code.{reason}", "kit.chosen")
    assert (customer.at, customer.shown["gross"]) == ("order.pay", Money(29422, "PLN"))


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
