"""Ways to pay that a provider keeps: chosen at the order, seen and forgotten in the zone, charged for a renewal."""

from datetime import date

from msgspec.structs import replace

from dialogs.explorer.samples import MOMENT, WAYS
from dialogs.messages import payment as messages
from dialogs.messages.order import PlaceOrder
from dialogs.messages.renewal import ChargeComing, RenewalCharged, RenewalToPay
from tests.dialogs.driver import SELLER, Driver, activated, card_filled, paid
from tests.table import table
from values.payment import StoredWay

STORES = replace(SELLER, chargeable=("card", "paypal"))
VISA, SECOND, PAYPAL, OLD = WAYS


def choosing(*ways: StoredWay) -> Driver:
    """Somebody for whom these are stored changes the method on the card."""
    customer = card_filled()
    customer.seller = STORES
    return customer.read_books(replace(customer.books, ways=ways)).press("edit:method")


def in_the_zone(*ways: StoredWay) -> Driver:
    """The page of ways to pay."""
    customer = activated()
    customer.seller = STORES
    known = replace(customer.books, ways=ways, default_method="card" if ways else None)
    return customer.read_books(known).press("zone:methods")


def test_who_has_nothing_stored_is_asked_nothing_more() -> None:
    assert choosing().press("method:card").at == "order.pay"
    assert choosing(PAYPAL).press("method:card").at == "order.pay"
    assert choosing(OLD).press("method:paypal").at == "order.pay", "it doesn't work any more"


def test_one_stored_card_is_offered_by_its_label_and_paid_with() -> None:
    customer = choosing(VISA, PAYPAL).press("method:card")
    assert (customer.at, customer.offers) == ("order.card", ["card:saved", "card:another", "card:new"])
    customer.press("card:saved")
    assert (customer.at, customer.shown["way"]) == ("order.pay", "Visa …4242")

    customer.press("pay:now")
    assert customer.done(PlaceOrder) == 1
    assert [act.stored for act in customer.acts if isinstance(act, messages.OpenPayment)] == [VISA.id]


@table("way", ["card:another", "card:new"])
def test_another_one_is_a_payment_like_any_other(way: str) -> None:
    customer = choosing(VISA).press("method:card", way)
    assert (customer.at, customer.shown["way"]) == ("order.pay", None)
    customer.press("pay:now")
    assert [act.stored for act in customer.acts if isinstance(act, messages.OpenPayment)] == [None]


def test_of_several_one_is_chosen_and_a_change_of_mind_asks_again() -> None:
    customer = choosing(SECOND, VISA).press("method:card", "card:saved")
    assert (customer.at, customer.offers) == ("order.saved", [f"saved:{VISA.id}", f"saved:{SECOND.id}"])
    customer.press(f"saved:{SECOND.id}")
    assert (customer.at, customer.shown["way"]) == ("order.pay", SECOND.label)
    assert customer.correct("method", "blik").shown["way"] is None


def test_a_card_past_its_last_day_is_not_offered() -> None:
    assert choosing(replace(VISA, expires_on=date(2026, 10, 31))).press("method:card").at == "order.pay"


def test_another_method_after_a_failure_is_not_the_stored_one() -> None:
    customer = choosing(VISA).press("method:card", "card:saved").press("pay:now")
    customer.press("method:paypal")
    assert [act.stored for act in customer.acts if isinstance(act, messages.OpenPayment)] == [VISA.id, None]


def test_the_page_names_what_is_stored_and_what_can_be_done() -> None:
    customer = in_the_zone(VISA, SECOND, OLD)
    assert customer.at == "zone.method"
    assert [f"saved:{VISA.id}" in customer.offers, f"saved:{SECOND.id}" in customer.offers] == [False, True]
    assert f"saved:{OLD.id}" not in customer.offers
    assert {f"forget:{way.id}" for way in (VISA, SECOND, OLD)} <= set(customer.offers)
    offered = customer.step.options(customer.case.zone, customer.context(customer.case))
    shown = [option.payload for option in offered if not option.hidden]
    assert ("method:card" in shown, "method:blik" in shown) == (False, True)


def test_another_stored_one_becomes_the_default() -> None:
    customer = in_the_zone(VISA, SECOND).given(
        messages.SetDefaultMethod, messages.DefaultMethodSet("card", SECOND.label)
    )
    customer.press(f"saved:{SECOND.id}")
    assert customer.acts[-1] == messages.SetDefaultMethod("account-1", "card", SECOND.id)
    assert (customer.heard, customer.at) == (["zone.method_saved"], "zone.zone")


def test_one_is_forgotten_here_at_once_and_at_the_provider_after() -> None:
    customer = in_the_zone(VISA).holding(messages.ForgetStored).press(f"forget:{VISA.id}")
    assert (customer.heard, customer.called(messages.ForgetStored)) == (["zone.method_forgotten"], 1)
    said = len(customer.reply)
    assert customer.answer(messages.ForgetStored, messages.StoredForgotten()).at == "zone.zone"
    assert len(customer.reply) <= said


def test_one_that_is_gone_already_is_said_so() -> None:
    customer = in_the_zone(VISA).given(messages.ForgetMethod, messages.MethodForgotten(None)).press(f"forget:{VISA.id}")
    assert (customer.heard, customer.called(messages.ForgetStored)) == (["zone.method_gone"], 0)


def test_a_press_on_a_button_of_a_page_that_is_over_forgets_nothing() -> None:
    customer = in_the_zone(VISA).press("zone:home", f"forget:{VISA.id}")
    assert (customer.done(messages.ForgetMethod), customer.heard) == (0, ["kit.not_now"])


def test_a_charge_that_comes_is_announced_with_the_way_to_stop_it() -> None:
    customer = paid().hear(ChargeComing("standard", MOMENT, MOMENT, VISA.label, 36777, "PLN"))
    assert customer.heard == ["order.charge_coming"]
    [said] = customer.reply
    assert [option.payload for option in said.options] == ["zone:renewal"]


def test_the_receipt_pays_the_order_that_waited_here() -> None:
    told = RenewalToPay(
        *("standard", MOMENT, 7, False, "account-1", "order-9", "FS/2026/000009", "payment-9", 36777, "PLN"),
        refusal="declined",
        label=VISA.label,
        retry_at=MOMENT,
    )
    customer = activated().hear(told)
    assert (customer.heard, customer.at) == (["order.renewal_refused.declined"], "payment.payment")
    receipt = RenewalCharged(
        *("standard", "account-1", "order-9", "FS/2026/000009", "payment-9", VISA.label, 36777, "PLN", MOMENT)
    )
    customer.hear(receipt)
    assert (customer.placed.money, customer.at) == ("paid", "zone.zone")
    assert "order.charged" in customer.heard


def test_a_receipt_for_another_order_leaves_the_one_here_alone() -> None:
    customer = card_filled().press("pay:now")
    customer.hear(RenewalCharged("standard", "account-1", "o", "n", "p", VISA.label, 36777, "PLN", MOMENT))
    assert (customer.heard, customer.at) == (["order.charged"], "payment.payment")
    customer.hear(RenewalCharged("standard", "account-1", "o", "n", "p2", VISA.label, 0, "PLN", MOMENT))
    assert [dict(said.params)["free"] for said in customer.reply if said.key == "order.charged"] == [True]
