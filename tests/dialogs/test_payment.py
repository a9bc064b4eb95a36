"""Money: awaited, failed, late, doubled, by another method; what a customer says never pays."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.explorer.fates import cancel_orders, pay_orders
from dialogs.messages import payment
from dialogs.messages.account import LoggedIn
from dialogs.messages.order import CancelOrder, LapsedOrderChanged, PlaceOrder
from dialogs.payment import EXPIRY, POLL
from tests.dialogs.driver import (
    NOW,
    SELLER,
    Driver,
    card_filled,
    contact_proven,
    known_account,
    known_company,
    known_order,
    ordered,
    paid,
)
from tests.kit.narrow import present
from tests.table import table
from values.account_view import OrderView
from values.meaning import BindingAct, Discount
from values.money import Money
from values.seller import Plan

FIRST = "payment-blik"


def booked(payment_id: str, status: str, *, news: bool = True, order: str = "order-1") -> payment.PaymentBooked:
    return payment.PaymentBooked(payment_id, order, "FS/2026/000001", status, Money(36777, "PLN"), news)


def failed() -> Driver:
    return ordered().hear(payment.PaymentReturned(FIRST))


# --- paid ---


def test_a_notice_is_asked_about_and_then_counts() -> None:
    customer = ordered().hear(payment.PaymentNoticed(FIRST, 1, {"orderId": 7}))

    assert customer.calls[-1] == payment.ConfirmPayment(FIRST, 1, {"orderId": 7})
    assert (customer.heard, customer.at) == (["payment.thanks"], "einvoice.einvoice")
    assert customer.asked
    assert {POLL, EXPIRY}.isdisjoint(customer.timers)


def test_a_doubled_notice_is_said_once() -> None:
    customer = (
        paid().given(payment.BookPayment, booked(FIRST, "paid", news=False)).hear(payment.PaymentNoticed(FIRST, 1, {}))
    )

    assert (customer.heard, customer.at) == ([], "einvoice.einvoice")


def test_money_counts_wherever_the_customer_stands() -> None:
    customer = ordered().press("edit:street").hear(payment.PaymentNoticed(FIRST, 1, {}))
    assert customer.heard == ["payment.thanks"]
    assert customer.at == "company.street", "the change under way isn't lost"

    assert customer.write("ul. Krótka 5").press("confirm:yes").at == "einvoice.einvoice"


def test_the_payers_return_asks_the_provider() -> None:
    customer = ordered().given(payment.AskReturned, payment.PaymentChecked(FIRST, "paid", 1, 36777, "PLN"))

    assert customer.hear(payment.PaymentReturned(FIRST)).heard == ["payment.thanks"]


@table(("state", "words"), [("pending", "payment.not_yet"), ("unknown", "payment.unsure")])
def test_who_says_he_has_paid_is_answered_by_the_provider(state: str, words: str) -> None:
    customer = ordered().given(payment.AskPayment, payment.PaymentChecked(FIRST, state, 1)).press("payment:check")

    assert words in customer.heard
    assert (customer.done(payment.BookPayment), customer.at) == (0, "payment.payment")


def test_money_that_isnt_the_sum_owed_pays_nothing() -> None:
    customer = (
        ordered()
        .given(payment.BookPayment, booked(FIRST, "pending", news=False))
        .hear(payment.PaymentNoticed(FIRST, 1, {}))
    )

    assert (customer.at, customer.placed.money) == ("payment.payment", "pending")


def test_words_never_pay() -> None:
    customer = ordered().write("zapłacone", "123456").want("thank").correct("payment", "paid").press("payment:paid")

    assert (customer.placed.money, customer.done(payment.BookPayment)) == ("pending", 0)


def test_the_status_can_be_asked_at_any_step() -> None:
    assert card_filled().want("payment_status").heard == ["payment.none"]
    assert "payment.not_yet" in ordered().want("payment_status").heard
    assert paid().want("payment_status").heard == ["payment.status"]


# --- failed ---


def test_the_same_payment_is_tried_again() -> None:
    customer = failed().press("pay:now")

    assert customer.acts[-1] == payment.ReopenPayment(FIRST)
    assert (customer.placed.payment_id, customer.placed.money) == (FIRST, "pending")
    assert customer.done(PlaceOrder) == 1
    assert customer.press("pay:now").done(payment.ReopenPayment) == 1, "pressed twice"


@table("stage", [ordered, failed])
def test_another_method_is_a_new_payment(stage: type[Driver]) -> None:
    customer = stage().press("method:paypal")

    assert customer.acts[-1] == payment.OpenPayment("order-1", "paypal")
    assert customer.placed.payment_id == "payment-paypal"
    assert customer.placed.method == "paypal", "the order is paid this way now"
    assert "method:paypal" not in customer.offered


def test_the_method_that_is_awaited_already_is_no_new_payment() -> None:
    customer = ordered().press("method:blik")

    assert customer.done(payment.OpenPayment) == 1
    assert (customer.at, customer.heard) == ("payment.payment", [])


def test_a_lapsed_order_is_ordered_again_by_another_method() -> None:
    customer = ordered().timer(EXPIRY).press("method:card")

    assert customer.done(payment.OpenPayment) == 1
    customer.press("pay:now")
    assert customer.acts[-1] == payment.OpenPayment("order-1", "card")


def test_the_payment_before_fails_unheard_and_its_money_pays_the_order() -> None:
    customer = ordered().press("method:paypal").hear(payment.PaymentReturned(FIRST))
    assert (customer.heard, customer.placed.money) == ([], "pending")

    assert customer.hear(payment.PaymentNoticed(FIRST, 1, {})).heard == ["payment.thanks"]
    assert (customer.placed.payment_id, customer.at) == (FIRST, "einvoice.einvoice")


def test_a_second_payment_of_the_order_goes_back() -> None:
    customer = paid().given(payment.BookPayment, payment.RefundDue("payment-paypal", "FS/2026/000001", 1, 36777, "PLN"))
    customer.hear(payment.PaymentNoticed("payment-paypal", 1, {}))

    assert (customer.heard[0], customer.at) == ("payment.refund_due", "einvoice.einvoice")


def test_a_failure_after_the_money_changes_nothing() -> None:
    customer = paid().hear(booked(FIRST, "failed"))

    assert (customer.placed.money, customer.at) == ("paid", "einvoice.einvoice")


@table("press", ["pay:now", "method:card"])
def test_another_try_finds_the_order_paid_or_given_up_elsewhere(press: str) -> None:
    paid_for = failed().meanwhile(pay_orders).press(press)
    assert (paid_for.heard, paid_for.at) == (["payment.status"], "einvoice.einvoice")

    given_up = failed().meanwhile(cancel_orders).press(press)
    assert (given_up.heard, given_up.acts[-1]) == (["order.cancelled"], CancelOrder("order-1"))
    assert given_up.case.order.id is None


# --- asked after, expired, late ---


def test_an_awaited_payment_is_asked_after_every_quarter_of_an_hour() -> None:
    customer = ordered()
    assert customer.timers[POLL] == NOW + timedelta(minutes=15)
    customer.now += timedelta(minutes=15)
    customer.timer(POLL)

    assert customer.calls[-1] == payment.PollPayment(FIRST)
    assert customer.timers[POLL] == NOW + timedelta(minutes=30)
    assert customer.heard == []


def test_a_lost_notice_loses_nothing() -> None:
    customer = ordered().given(payment.PollPayment, payment.PaymentChecked(FIRST, "paid", 1, 36777, "PLN")).timer(POLL)

    assert customer.heard == ["payment.thanks"]


def test_an_order_not_paid_in_time_lapses_and_is_ordered_again_by_an_act_that_binds() -> None:
    customer = ordered()
    assert customer.timers[EXPIRY] == NOW + timedelta(days=7)
    customer.timer(EXPIRY)
    assert customer.heard == ["payment.expired"]
    options = customer.step.options(customer.case.payment, customer.context(customer.case))
    [again] = [option for option in options if not option.hidden]
    assert (again.payload, again.key, again.binds) == ("pay:now", "option.pay.now", BindingAct.order)
    assert customer.press("method:card").done(payment.OpenPayment) == 1, "a method orders nothing"
    assert customer.want("affirm").done(payment.OpenPayment) == 1, "nor does a yes"
    customer.press("pay:now")

    assert (customer.done(payment.OpenPayment), customer.done(PlaceOrder)) == (2, 1)


@table("method", ["blik", "transfer"])
@table("wish", ["choose_plan", "renew_subscription"])
def test_whoever_wants_a_lapsed_order_again_in_words_is_led_to_the_button(wish: str, method: str) -> None:
    customer = card_filled().press(f"method:{method}").press("pay:now").timer(EXPIRY).want(wish)

    assert (customer.heard, customer.at, customer.offers[0]) == (["payment.expired"], "payment.payment", "pay:now")
    assert customer.done(payment.OpenPayment) == 1


def test_a_lapsed_order_whose_code_is_used_up_is_ordered_anew_without_it() -> None:
    customer = card_filled().say(Discount("START20")).press("pay:now")
    assert customer.case.order.price is not None
    assert customer.case.order.price.gross.minor < 36777
    customer.timer(EXPIRY)
    customer.once(payment.OpenPayment, LapsedOrderChanged("discount_used_up")).press("pay:now")

    assert customer.heard == ["order.refused.discount_used_up"]
    assert (customer.at, customer.case.order.id) == ("order.pay", None)
    assert customer.acts[-1] == CancelOrder("order-1")
    assert (POLL in customer.timers, EXPIRY in customer.timers) == (False, False)
    customer.press("pay:now")
    placed = [act for act in customer.acts if isinstance(act, PlaceOrder)][-1]
    assert (placed.discount, placed.price.gross.minor) == (None, 36777)
    assert customer.at == "payment.payment"


def test_a_lapsed_order_whose_terms_have_changed_is_agreed_to_anew() -> None:
    customer = ordered().timer(EXPIRY)
    customer.once(payment.OpenPayment, LapsedOrderChanged("words_changed", ("terms",))).press("pay:now")

    assert (customer.heard, customer.at) == (["order.refused.words_changed"], "order.terms")
    assert customer.acts[-1] == CancelOrder("order-1")


def test_a_lapsed_order_of_what_is_sold_no_more_leads_to_what_is() -> None:
    customer = ordered()
    customer.seller = replace(SELLER, plans=(Plan("other", 10000),))
    customer.timer(EXPIRY)
    customer.once(payment.OpenPayment, LapsedOrderChanged("unsold")).press("pay:now")

    assert (customer.heard, customer.at) == (["order.refused.unsold"], "order.pay")
    assert customer.shown["gross"] == Money(12300, "PLN")


def test_a_lapsed_order_with_another_price_today_is_ordered_anew_with_its_code() -> None:
    customer = card_filled().say(Discount("START20")).press("pay:now")
    customer.timer(EXPIRY)
    customer.once(payment.OpenPayment, LapsedOrderChanged("repriced")).press("pay:now")

    assert customer.heard == ["order.refused.repriced"]
    assert (customer.at, customer.case.order.discount) == ("order.pay", "START20")
    assert customer.acts[-1] == CancelOrder("order-1")


def test_who_tries_again_too_late_is_told_before_anything_is_opened() -> None:
    customer = failed().given(payment.ReopenPayment, payment.PaymentNotChanged("expired")).press("pay:now")
    assert (customer.heard, customer.done(payment.OpenPayment)) == (["payment.expired"], 1)
    customer.press("pay:now")

    assert (customer.done(payment.OpenPayment), customer.placed.money) == (2, "pending")


def test_after_the_expiry_the_provider_is_asked_a_last_time() -> None:
    customer = ordered().timer(EXPIRY).timer(POLL)

    assert customer.called(payment.PollPayment) == 1
    assert POLL not in customer.timers


def test_money_that_comes_after_the_expiry_or_for_a_cancelled_order_counts() -> None:
    for customer in (ordered().timer(EXPIRY), ordered().command("cancel").press("start:buy")):
        assert customer.hear(payment.PaymentNoticed(FIRST, 1, {})).heard == ["payment.thanks"]
        assert (customer.case.order.id, customer.at) == ("order-1", "einvoice.einvoice")


def test_the_receipt_shows_what_was_ordered_and_none_is_made_up_of_todays_cart() -> None:
    customer = card_filled().say(Discount("START20")).press("pay:now")
    receipt = present(customer.hear(payment.PaymentNoticed(FIRST, 1, {})).reply[0].card)
    assert (receipt.kind, receipt.params["gross"]) == ("receipt", Money(29422, "PLN"))
    assert receipt.params["discount"] == "START20"

    late = card_filled().say(Discount("START20")).press("pay:now").command("cancel")
    receipt = present(late.hear(payment.PaymentNoticed(FIRST, 1, {})).reply[0].card)
    assert receipt.params["gross"] == Money(29422, "PLN"), "the books have what was ordered"


def test_money_for_an_order_that_was_never_here_changes_no_place() -> None:
    customer = card_filled().hear(booked("payment-x", "paid", order="order-x"))

    assert (customer.at, customer.case.order.id) == ("order.pay", None)


def test_the_end_of_a_payment_that_another_replaced_elsewhere_ends_nothing() -> None:
    customer = ordered().given(payment.ExpirePayment, booked("payment-2", "pending", news=False))
    order = replace(present(customer.books.order), payment_id="payment-2")
    customer.read_books(replace(customer.books, orders=(order,))).timer(EXPIRY)
    assert (customer.acts[-1], customer.heard) == (payment.ExpirePayment("payment-2"), [])


def test_a_paid_order_is_not_asked_after_any_more() -> None:
    customer = paid().timer(POLL).timer(EXPIRY)

    assert (customer.called(payment.PollPayment), customer.done(payment.ExpirePayment)) == (0, 0)


def test_a_result_nobody_awaits_counts_if_it_is_money() -> None:
    customer = ordered().holding(payment.AskPayment).press("payment:check").press("method:paypal")
    customer.answer(payment.AskPayment, payment.PaymentChecked(FIRST, "paid", 1, 36777, "PLN"))

    assert customer.heard == ["payment.thanks"]


# --- taken up in another conversation ---


def logged_in(order: OrderView) -> Driver:
    view = known_account(company=known_company(), orders=(order,))
    return Driver().press("start:log_in").hear(LoggedIn(view))


@table(("status", "offer"), [("pending", "payment:check"), ("failed", "pay:now"), ("expired", "pay:now")])
def test_an_order_is_paid_in_another_conversation(status: str, offer: str) -> None:
    customer = logged_in(known_order("placed", status))  # type: ignore[arg-type]

    assert (customer.at, offer in customer.offers) == ("payment.payment", True)
    assert customer.done(PlaceOrder) == 0


def test_an_order_without_a_payment_gets_one_and_a_cancelled_one_is_over() -> None:
    customer = logged_in(known_order("placed", None))
    assert (customer.at, customer.placed.payment_id) == ("payment.payment", "payment-card")

    assert logged_in(known_order("cancelled", "cancelled")).at == "company.confirm"


def test_money_that_another_conversation_was_told_of_is_said_here_too() -> None:
    customer = logged_in(known_order("placed", "pending"))
    customer.given(payment.PollPayment, payment.PaymentChecked("payment-9", "paid", 1, 29422, "PLN"))
    customer.given(payment.BookPayment, booked("payment-9", "paid", news=False, order="order-9")).timer(POLL)

    assert (customer.heard, customer.at) == (["payment.thanks"], "einvoice.einvoice")


def test_money_that_the_books_have_already_is_told_before_the_talk_goes_on() -> None:
    customer = ordered()
    customer.read_books(replace(customer.books, orders=(replace(customer.placed, status="paid"),)))
    assert customer.at == "payment.payment"
    customer.want("payment_status")

    assert (customer.heard, customer.at) == (["payment.status"], "einvoice.einvoice")


# --- until when ---


def test_until_when_it_can_be_paid_is_told_also_where_it_has_lapsed() -> None:
    assert ordered().want("ask_pay_by").heard == ["payment.pay_by"]
    assert "payment.pay_by" in ordered().timer(EXPIRY).want("ask_pay_by").heard


# --- a method that changes renewal ---


@table("on", [True, False])
def test_a_method_that_changes_renewal_is_told_and_is_the_orders_own(on: bool) -> None:
    seller = replace(SELLER, auto_renewal="with_method", chargeable=("card",))
    first, then = ("blik", "card") if on else ("card", "blik")
    customer = contact_proven(seller).write("1234563218").press("confirm:yes", f"method:{first}")
    customer.press("terms:accept", "clauses:accept", "pay:now", f"method:{then}")
    [told] = [say for say in customer.reply if say.key == "outlook.with_method"]
    assert told.params["auto_renewal"] is on
