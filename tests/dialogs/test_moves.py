"""Back after a correction, stop, start again, repeat, silence: nothing is lost that wasn't meant."""

from datetime import timedelta

from dialogs.kit import TimerDue
from dialogs.messages.order import CancelOrder
from dialogs.messages.payment import PaymentNoticed
from tests.dialogs.driver import NOW, Driver, activated, card_filled, contact_proven, ordered, paid, signed_up
from tests.table import table
from values.meaning import OTHER, Faq, Intent, NavigationCommand, Press

# --- back after a correction ---


def test_back_after_a_correction_takes_it_back_and_keeps_what_was_given_later() -> None:
    customer = card_filled()
    before = customer.case
    customer.correct("phone", "512 777 881")
    assert customer.at == "contact.contact_code"

    customer.command("back")
    assert (customer.heard, customer.at) == (["kit.uncorrected"], "order.pay")
    assert (customer.case.contact.phone, customer.case.order) == (before.contact.phone, before.order)


def test_a_correction_by_its_button_is_taken_back_as_well() -> None:
    customer = card_filled().press("edit:phone").write("512 777 881").command("back")

    assert (customer.heard, customer.at) == (["kit.uncorrected"], "order.pay")


def test_a_correction_that_was_gone_through_is_no_longer_taken_back() -> None:
    customer = card_filled().correct("phone", "512 777 881").write("123456")
    assert customer.at == "order.pay"

    customer.command("back")
    assert (customer.at, customer.books.phone) == ("order.clauses", "+48512777881")


def test_back_at_a_step_that_was_reached_again_deletes_nothing_behind_it() -> None:
    customer = card_filled().correct("tax_number", "1112223332")
    later = customer.case.order
    customer.command("back")

    assert (customer.firm.tax_number, customer.case.order) == ("1234563218", later)


# --- start again ---


@table("said", [Press("/restart"), Intent("restart", 0.9)])
def test_start_again_asks_once_while_an_order_is_unpaid(said: Press | Intent) -> None:
    customer = ordered().say(said)

    assert customer.heard == ["order.unpaid"]
    assert (customer.at, customer.offers) == ("order.restart", ["restart:no", "restart:yes"])
    assert customer.done(CancelOrder) == 0

    customer.press("restart:yes")
    assert customer.heard == ["order.cancelled", "kit.restarted"]
    assert (customer.done(CancelOrder), customer.case.order.id) == (1, None)


@table("said", [Press("restart:no"), Intent("deny", 0.9), Intent("back", 0.9)])
def test_an_order_that_is_kept_is_paid(said: Press | Intent) -> None:
    customer = ordered().command("restart").say(said)

    assert (customer.at, customer.case.order.id, customer.done(CancelOrder)) == ("payment.payment", "order-1", 0)


def test_start_again_said_twice_is_no_yes() -> None:
    customer = ordered().command("restart").command("restart")

    assert (customer.at, customer.done(CancelOrder)) == ("order.restart", 0)


def test_an_old_yes_cancels_nothing() -> None:
    customer = ordered().press("restart:yes")

    assert (customer.heard, customer.done(CancelOrder)) == (["kit.not_now"], 0)


def test_money_that_comes_while_it_is_asked_settles_it() -> None:
    customer = ordered().command("restart")
    customer.happen(PaymentNoticed(customer.placed.payment_id or "", 1, {}))

    assert customer.at == "einvoice.einvoice"


@table(
    "said", [NavigationCommand("restart"), NavigationCommand("cancel"), NavigationCommand("stop"), Press("/restart")]
)
def test_a_filled_card_isnt_wiped_unasked(said: NavigationCommand | Press) -> None:
    customer = card_filled()
    before = customer.case.order
    customer.say(said)
    assert customer.heard == ["order.unplaced"]
    assert (customer.at, customer.offers) == ("order.restart", ["restart:no", "restart:yes"])
    kept = customer.press("restart:no")
    assert (kept.at, kept.case.order) == ("order.pay", before)
    customer.say(said).press("restart:yes")
    assert (customer.heard, customer.case.order.terms) == (["kit.restarted"], None)


@table("stage", [contact_proven, signed_up])
def test_answers_before_the_card_go_as_before(stage: type[Driver]) -> None:
    assert stage().command("restart").heard == ["kit.restarted"]


@table("payload", ["payment:check", "pay:now", "card:new", "method:card", "method:transfer"])
@table("stage", [paid, activated])
def test_a_stale_money_button_answers_with_the_orders_state(payload: str, stage: type[Driver]) -> None:
    customer = stage()
    at, before = customer.at, customer.case
    customer.say(Press(payload), stale=True)
    assert customer.heard == ["payment.status"]
    assert (customer.at, customer.case.payment, customer.case.order) == (at, before.payment, before.order)


def test_a_button_of_a_cancelled_order_says_so() -> None:
    assert ordered().command("cancel").say(Press("payment:check"), stale=True).heard == ["payment.cancelled"]


def test_a_money_button_of_no_order_belongs_to_another_step() -> None:
    assert signed_up().say(Press("payment:check"), stale=True).heard == ["kit.not_now"]


# --- stop ---


def silent(customer: Driver) -> Driver:
    customer.now += timedelta(hours=1)
    return customer.timer("silence")


@table("stage", [contact_proven, card_filled, ordered])
def test_stop_to_a_reminder_of_silence_stops_reminders_and_nothing_else(stage: type[Driver]) -> None:
    customer = silent(stage())
    before, at = customer.case, customer.at
    customer.command("stop")

    assert customer.heard == ["kit.reminders_off"]
    assert (customer.at, customer.case.order, customer.case.company) == (at, before.order, before.company)
    assert customer.done(CancelOrder) == 0
    assert "silence" not in customer.timers

    customer.write("?")
    assert "silence" not in customer.timers
    assert customer.press("/stop resume").heard == ["kit.reminders_on"]
    assert "silence" in customer.timers


def test_a_bare_stop_cancels_no_order() -> None:
    customer = ordered().command("stop")

    assert (customer.heard, customer.at, customer.done(CancelOrder)) == (["order.unpaid"], "order.restart", 0)


@table("stage", [paid, activated])
def test_a_bare_stop_after_a_paid_order_does_not_speak_of_it(stage: type[Driver]) -> None:
    assert "order.stands" not in stage().command("stop").heard


def test_no_reminders_is_about_silence_too() -> None:
    customer = contact_proven().command("stop", "reminders")

    assert customer.heard == ["kit.reminders_off"]
    assert "silence" not in customer.timers


# --- repeat ---


@table(
    ("asked", "said"),
    [(Faq("ask_password_rules", 0.9), "faq.ask_password_rules"), (Intent("ask_price", 0.9), "order.cart")],
)
def test_an_answer_beside_the_question_is_repeated(asked: Faq | Intent, said: str) -> None:
    customer = card_filled().say(asked)
    assert customer.heard == [said]

    assert customer.command("repeat").heard == [said]
    assert customer.command("repeat").heard == [said]
    assert customer.asked


def test_help_is_repeated_and_an_answer_ends_it() -> None:
    customer = contact_proven().command("help")

    assert customer.command("repeat").heard == ["company.tax_number.help"]
    assert customer.write("1234563218").command("repeat").heard == ["kit.repeat"]


# --- silence ---


def test_silence_is_reminded_of_twice_and_then_left() -> None:
    customer = contact_proven()
    assert customer.timers["silence"] == customer.now + timedelta(hours=1)
    silent(customer)
    assert (customer.heard, customer.timers["silence"]) == (["kit.reminder"], customer.now + timedelta(days=1))
    assert customer.asked

    customer.now += timedelta(days=1)
    customer.timer("silence")
    assert customer.heard == ["kit.reminder_again"]
    assert customer.asked
    assert customer.timers["silence"] == customer.now + timedelta(days=2)

    customer.now += timedelta(days=2)
    assert customer.timer("silence").heard == ["kit.closed"]
    assert "silence" not in customer.timers

    customer.now += timedelta(days=9)
    customer.write("1234563218")
    assert (customer.heard, customer.at) == (["kit.welcome_back"], "company.confirm")


def test_an_answer_begins_the_reminders_anew() -> None:
    customer = silent(contact_proven()).write("1234563218")

    assert customer.timers["silence"] == customer.now + timedelta(hours=1)
    assert silent(customer).heard == ["kit.reminder"]


def test_nobody_is_reminded_at_night() -> None:
    customer = Driver(now=NOW.replace(hour=20, minute=30))  # half past nine in the evening in Warsaw
    customer.press("start:buy", "account:new")
    assert customer.timers["silence"] == (NOW + timedelta(days=1)).replace(hour=6, minute=0)

    customer.now = NOW.replace(hour=23)
    customer.hear(TimerDue("silence"))  # set by a release without quiet hours
    assert customer.heard == []
    assert customer.timers["silence"] == (NOW + timedelta(days=1)).replace(hour=6, minute=0)


# --- the other of two ---


def test_the_other_of_two_answers_takes_the_place_of_the_last() -> None:
    customer = Driver().press("start:buy", "account:new").correct(OTHER)

    assert (customer.case.account.has_one, customer.heard) == ("existing", ["kit.corrected"])


def test_the_other_of_more_or_of_one_that_binds_is_asked_for() -> None:
    customer = contact_proven().write("1234563218").press("confirm:yes", "auto_renewal:no", "method:blik")
    assert customer.correct(OTHER).at == "order.method"


def test_the_other_where_nothing_was_answered_says_so() -> None:
    assert Driver().correct(OTHER).heard[-1:] == ["kit.nothing_to_correct"]
