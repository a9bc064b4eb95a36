"""A customer's second order: after the paid term has ended, while it runs, and with another order unpaid."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from dialogs.explorer.samples import WAYS
from dialogs.kit import Event, Said
from dialogs.messages.account import LoggedIn, StartLinkTaken
from dialogs.messages.order import CancelOrder, OrderBegun, OrderCancelled, OrderRefused, PlaceOrder
from dialogs.messages.payment import OpenPayment, PaymentNoticed
from dialogs.messages.renewal import RenewalToPay, SubscriptionLapsed
from dialogs.order.cart import begun_again
from dialogs.order.costs import lines
from dialogs.state import Cart, PlacedOrder
from tests.dialogs.driver import NOW, SELLER, Driver, activated, known_account, known_company, known_order, paid
from tests.table import table
from values.account_view import AccountView
from values.meaning import Expects, Fact, Intent, Press
from values.offer import Addon
from values.renewal import Owned, RenewalRules, last_moment
from values.seller import Plan
from values.term import A_YEAR

YEAR = timedelta(days=365)
CARTS = replace(
    SELLER,
    dialogs=("cart", "account", "contact", "company", "order", "payment"),
    entries=("buy", "log_in"),
    plans=(Plan("standard", 29900),),
    addons=(Addon("users", 1200, most=14),),
    methods=("card", "paypal", "transfer"),
    chargeable=("card", "paypal"),
)


def runs(until: datetime, **more: Any) -> Owned:
    return Owned("subscription-1", "standard", None, until, **more)


def holder(**more: Any) -> AccountView:
    """An account that has paid for an order."""
    bought = known_order("paid", "paid", items=(("standard", 1),))
    known: dict[str, Any] = {"company": known_company(), "orders": (bought,), "owned": (runs(NOW + YEAR),)}
    return known_account(**(known | more))


def over(**more: Any) -> AccountView:
    """… whose term is over."""
    return holder(owned=(), lapsed=(runs(NOW - timedelta(days=1), status="ended"),), **more)


def told(customer: Driver, view: AccountView) -> Driver:
    """What the books say from now on."""
    own = customer.case.company.of  # the account's company has the id by which the conversation knows it
    if own is None or view.company is None:
        return customer.read_books(view)
    company = replace(view.company, id=own)
    others = (one for one in view.companies if one.id != view.company.id)
    return customer.read_books(replace(view, company=company, companies=(company, *others)))


def comes_back(view: AccountView, seller: Any = SELLER, *before: str) -> Driver:
    """A new conversation with a log-in."""
    customer = told(Driver(seller=seller), view).press(*(before or ("start:log_in",)))
    return customer.happen(LoggedIn(view))


def filled(customer: Driver) -> Driver:
    """All that is asked before the order, where nothing was chosen yet."""
    return customer.press("auto_renewal:no", "terms:accept", "clauses:accept")


# --- after the end ---


def test_an_ended_term_is_shown_as_ended_and_can_be_ordered_again_in_the_old_chat() -> None:
    customer = told(activated(), over(einvoice_status="off"))
    customer.happen(SubscriptionLapsed("standard", NOW - timedelta(days=1), None))

    assert (customer.at, customer.shown["service"], customer.shown["login"]) == ("zone.zone", "ended", False)
    assert "zone:einvoice_off" not in customer.offers, "nothing is active any more"
    assert customer.offers[0] == "start:buy"
    customer.press("start:buy")
    assert customer.at == "order.auto_renewal", "company and method stand on the card, nothing of them is asked anew"
    assert filled(customer).at == "order.pay"
    customer.press("pay:now")
    assert (customer.at, customer.done(PlaceOrder)) == ("payment.payment", 2)


@table("intent", ["choose_plan", "order_addon", "renew_subscription"])
def test_ordering_again_is_taken_when_it_is_said(intent: str) -> None:
    assert comes_back(over()).want(intent).at == "order.auto_renewal"


@pytest.mark.parametrize("customer", [comes_back(over()), told(activated(), over())], ids=["new chat", "old chat"])
def test_a_method_that_is_named_with_it_takes_the_place_of_last_times(customer: Driver) -> None:
    customer.hear(Said(Intent("renew_subscription", 0.9), facts=(Fact("method", "paypal"),), typed=True))
    assert (customer.at, customer.case.order.method) == ("order.auto_renewal", "paypal")


def test_whoever_comes_back_by_log_in_is_told_that_it_ended() -> None:
    customer = comes_back(over())
    assert (customer.at, customer.shown["service"]) == ("zone.zone", "ended")
    assert "einvoice:activate" not in customer.offers, "e-invoices are offered with the next order"


def test_a_start_link_to_buy_begins_another_order() -> None:
    customer = told(activated(), over())
    assert customer.happen(StartLinkTaken("buy")).at == "order.auto_renewal"


def test_whoever_writes_after_a_year_is_told_how_things_stand_now() -> None:
    customer = activated()
    view = over(einvoice_status="off", id="account-1", orders=(customer.placed,))
    told(customer, view).now = NOW + 2 * YEAR
    customer.command("repeat").happen(LoggedIn(view))
    assert (customer.at, customer.shown["service"]) == ("zone.zone", "ended")


def test_without_a_word_of_the_books_the_end_of_the_term_is_the_end() -> None:
    customer = told(activated(), holder(einvoice_status="active"))
    customer.happen(PaymentNoticed("payment-blik", 1, {})).command("repeat")
    told(customer, holder(owned=(runs(NOW),), einvoice_status="active"))
    assert customer.command("repeat").shown["service"] == "ended"


def test_a_grace_is_told_as_such() -> None:
    owned = (runs(NOW - timedelta(days=1), status="grace", auto_renewal=True),)
    assert comes_back(holder(owned=owned, einvoice_status="active")).shown["service"] == "grace"


@pytest.mark.parametrize(
    ("view", "service"), [(holder(), "running"), (over(), "ended"), (known_account(), "none")], ids=str
)
def test_when_it_ends_is_answered(view: AccountView, service: str) -> None:
    customer = comes_back(view).want("ask_end")
    [said] = [say for say in customer.reply if say.key == "zone.term"]
    assert said.params["service"] == service


# --- while the first still runs ---


def test_a_cart_made_before_the_log_in_stands_and_the_order_goes_on_with_it() -> None:
    customer = told(Driver(seller=CARTS), holder()).press("start:buy", "addons:users").write("2")
    customer.press("addons:none", "account:existing").happen(LoggedIn(holder()))

    assert customer.case.cart.extra == (("users", 2),)
    assert filled(customer).at == "order.pay"
    assert customer.shown["begins"] == NOW + YEAR, "said before the order"


def test_ordering_again_given_up_leads_back_to_the_zone() -> None:
    for give_up in ("cancel", "restart"):
        customer = told(activated(), holder(einvoice_status="active")).press("start:buy").command(give_up)
        assert (customer.at, customer.placed.money) == ("zone.zone", "paid")


def test_a_second_order_cancelled_leaves_the_first_one_as_it_was() -> None:
    customer = filled(told(activated(), holder(einvoice_status="active")).press("start:buy"))
    customer.press("pay:now").command("cancel")
    assert (customer.at, customer.case.order.id, customer.placed.money) == ("zone.zone", "order-9", "paid")


def test_each_order_is_agreed_to_anew_and_contacts_are_not_asked_again() -> None:
    customer = told(activated(), holder(einvoice_status="active")).press("start:buy")
    answers = ("auto_renewal:no", "terms:accept", "clauses:accept")
    asked = [customer.at, *(customer.press(answer).at for answer in answers)]
    assert asked == ["order.auto_renewal", "order.terms", "order.clauses", "order.pay"]


OTHER = Fact(Expects.tax_number, "5551112223")


def test_a_number_named_before_the_log_in_is_for_the_order() -> None:
    customer = Driver().hear(Said(Press("start:buy"), typed=True, facts=(OTHER,)))
    customer.press("account:existing").happen(LoggedIn(known_account(company=known_company())))

    assert customer.firm.tax_number == "5551112223"
    assert customer.at == "company.confirm"
    customer.press("confirm:keep")
    assert customer.firm.tax_number == known_company().tax_number


def test_a_number_named_before_a_log_in_without_an_order_is_for_the_next() -> None:
    customer = Driver().hear(Said(Press("start:log_in"), typed=True, facts=(OTHER,)))
    bought = known_account(company=known_company(), orders=(known_order("paid", "paid"),), einvoice_status="active")
    customer.happen(LoggedIn(bought))

    assert (customer.at, customer.firm.tax_number) == ("zone.zone", known_company().tax_number)
    customer.read_books(bought).press("start:buy")
    assert (customer.at, customer.firm.tax_number) == ("company.confirm", "5551112223")


def test_which_company_it_is_for_is_asked_where_there_are_several() -> None:
    second = replace(known_company(), id="company-8", tax_number="1234563218", name="Druga sp. z o.o.")
    view = holder(companies=(known_company(), second), einvoice_status="active")
    customer = told(activated(), view).press("start:buy")
    assert (customer.at, customer.offers) == ("company.company", ["company:1", "company:2", "company:new"])
    customer.press("company:2")
    assert (customer.at, customer.shown["name"]) == ("company.confirm", "Druga sp. z o.o.")
    assert told(activated(), view).press("start:buy", "company:new").at == "company.tax_number"


def test_stored_ways_are_offered_in_a_second_order() -> None:
    view = holder(ways=WAYS, einvoice_status="active")
    customer = comes_back(view, CARTS, "start:buy", "addons:none", "account:existing").press("confirm:yes")
    customer.press("auto_renewal:no", "method:card")
    assert (customer.at, customer.offers[0]) == ("order.card", "card:saved")


# --- another order is unpaid ---


def waiting(**more: Any) -> AccountView:
    """An account whose last order waits for its money."""
    order = known_order("placed", "pending", items=(("standard", 1),), payment_expires_at=NOW + YEAR)
    return holder(orders=(order,), owned=(), **more)


def with_cart(view: AccountView) -> Driver:
    return comes_back(view, CARTS, "start:buy", "addons:none", "account:existing")


def test_an_unpaid_order_is_told_and_the_new_cart_is_kept() -> None:
    customer = with_cart(waiting())
    assert (customer.at, customer.offers) == ("purchases.open_order", ["open_order:pay", "open_order:cancel"])
    assert customer.shown["number"] == "FS/2026/000009"
    customer.press("open_order:pay")
    assert (customer.at, customer.placed.number) == ("payment.payment", "FS/2026/000009")
    assert "purchases.cart_waits" in customer.heard
    assert customer.case.cart.closed == "none"


def test_cancelled_it_makes_room_for_the_new_one() -> None:
    customer = with_cart(waiting()).given(CancelOrder, OrderCancelled("FS/2026/000009")).command("cancel")
    assert "order.cancelled" in customer.heard
    assert (customer.at, customer.case.cart.closed) == ("company.confirm", "none")


def test_nothing_chosen_the_unpaid_order_simply_goes_on() -> None:
    assert comes_back(waiting()).at == "payment.payment"


def test_an_order_that_another_one_stands_in_the_way_of_names_it() -> None:
    customer = filled(told(activated(), over()).press("start:buy"))
    other = known_order("placed", "pending", id="order-8")
    customer.given(PlaceOrder, OrderRefused("order_open", open=PlacedOrder(other.id)))
    told(customer, over(orders=(*over().orders, other))).press("pay:now")
    assert (customer.at, customer.shown["number"]) == ("purchases.open_order", other.number)


def test_another_chat_hears_that_its_order_was_cancelled_and_no_other() -> None:
    customer = comes_back(waiting())
    assert customer.happen(OrderCancelled("FS/2026/000777")).placed.number == "FS/2026/000009"
    assert customer.happen(OrderCancelled("FS/2026/000009")).case.order.id is None


# --- ways to pay, in words ---


def renewal_placed(account_id: str | None) -> RenewalToPay:
    """The desk has ordered the renewal by itself."""
    return RenewalToPay("standard", NOW + YEAR, 7, False, account_id or "", "order-19", "FS/2027/000019", "payment-19")


@table("so_far", [(), ("start:buy",), ("start:buy", "confirm:yes", "auto_renewal:no")])
def test_a_renewal_can_be_paid_where_another_order_was_being_made(so_far: tuple[str, ...]) -> None:
    customer = told(activated(), replace(holder(), id="account-1")).press(*so_far)
    customer.hear(renewal_placed(customer.case.account.id))
    assert (customer.at, customer.placed.payment_id) == ("payment.payment", "payment-19")


def test_the_zone_is_open_while_a_renewal_waits_for_its_money() -> None:
    customer = told(activated(), replace(holder(), id="account-1"))
    customer.hear(replace(renewal_placed(customer.case.account.id), order_id="order-10"))
    customer.press("zone:home")
    assert customer.at == "zone.zone"
    assert customer.press("zone:my_data").at == "zone.zone"
    assert customer.press("zone:payment").at == "payment.payment"


@table(
    "given_up",
    [
        SubscriptionLapsed("standard", NOW, None, (("standard", 1),), "order-19", "FS/2027/000019"),
        OrderCancelled("FS/2027/000019"),
    ],
)
def test_a_renewal_given_up_leaves_the_order_before_it(given_up: Event) -> None:
    customer = activated()
    paid_before = customer.placed.number
    before = over(orders=(known_order("paid", "paid", id=customer.case.order.id, number=paid_before),))
    told(customer, replace(before, id="account-1")).hear(renewal_placed(customer.case.account.id))
    assert customer.placed.number == "FS/2027/000019"
    customer.hear(given_up)
    assert (customer.at, customer.placed.number, customer.placed.money) == ("zone.zone", paid_before, "paid")
    assert "feedback.end" not in customer.heard


def test_what_the_desk_has_charged_since_is_the_order_that_is_shown() -> None:
    customer = activated()
    charged = known_order("paid", "paid", number="FS/2027/000009", items=(("standard", 1),))
    told(customer, holder(orders=(charged,))).now += timedelta(hours=2)
    customer.press("zone:my_account")
    assert (customer.placed.number, customer.placed.payment_id) == ("FS/2027/000009", "payment-9")
    assert customer.at == "zone.zone"


def test_an_order_whose_term_was_paid_elsewhere_closes_with_its_cart() -> None:
    customer = with_cart(holder())
    paid = known_order("paid", "paid", id="order-10", items=(("standard", 1),))
    told(customer, holder(orders=(paid,))).command("repeat")
    assert "order.paid_already" in customer.heard
    assert (customer.placed.id, customer.case.cart) == ("order-10", Cart())


def by_transfer() -> Driver:
    order = known_order("placed", "pending", method="transfer", payment_method="transfer")
    return comes_back(holder(orders=(order,), owned=()), CARTS)


def test_by_card_after_all_opens_the_card_payment_at_once() -> None:
    customer = by_transfer()
    assert customer.at == "zone.zone"
    customer.press("method:card")
    assert customer.at == "payment.payment"
    assert [act.method for act in customer.acts if isinstance(act, OpenPayment)] == ["card"]
    assert by_transfer().correct("method", "card").at == "payment.payment"


def test_who_only_looks_at_other_methods_keeps_the_transfer() -> None:
    customer = by_transfer()
    before = customer.case.payment
    customer.press("zone:payment")
    assert (customer.heard, customer.offered[-2:]) == (["zone.payment"], ["method:transfer", "zone:home"])
    customer.press("method:transfer")
    assert customer.case.payment == before
    [told] = [say for say in customer.reply if say.key == "payment.instructions.transfer"]
    assert told.card is not None
    assert [row.name for row in told.card.rows if row.copied] == ["iban", "slip_account", "amount", "reference"]
    assert customer.press("zone:payment", "zone:home").case.payment == before
    assert customer.done(OpenPayment) == 0


def test_after_the_payment_a_method_named_becomes_the_default() -> None:
    assert "zone.method_saved" in activated().press("method:card").heard
    assert "zone.method_saved" in activated().correct("method", "card").heard
    assert activated().correct("method").at == "zone.method"


def test_a_discount_code_after_the_order_is_answered_with_what_holds() -> None:
    customer = paid().want("apply_discount_code")
    [said] = [say for say in customer.reply if say.key == "order.discount_late"]
    assert said.params["paid"] is True


def test_a_change_of_plan_is_answered_truthfully() -> None:
    assert "zone.change_plan" in comes_back(holder()).want("change_plan").heard
    assert "zone.change_later" in comes_back(over()).want("change_plan").heard


def test_that_it_has_run_out_is_said_once_in_a_message() -> None:
    customer = told(activated(), over())
    customer.happen(SubscriptionLapsed("standard", NOW - timedelta(days=1), None))
    assert (customer.shown["service"], customer.shown["told"]) == ("ended", True)
    customer.now += timedelta(minutes=1)
    assert customer.press("zone:home").shown["told"] is False


def test_in_its_grace_the_zone_names_the_day_until_which_it_renews() -> None:
    waits = holder(owned=(runs(NOW - timedelta(days=1), auto_renewal=True, status="grace"),))
    customer, rules = told(activated(), waits), RenewalRules(grace_days=14)
    customer.seller = replace(SELLER, renewal=rules)
    customer.happen(SubscriptionLapsed("standard", NOW - timedelta(days=1), NOW + timedelta(days=13)))
    assert (customer.press("zone:home").shown["service"], customer.at) == ("grace", "zone.zone")
    assert customer.shown["grace"] == last_moment(
        rules.of_term(A_YEAR), NOW - timedelta(days=1), ZoneInfo(SELLER.time_zone)
    )


def test_how_to_pay_claims_an_e_mail_only_where_one_is_sent() -> None:
    customer = by_transfer().want("payment_status")
    assert [say.params["email"] for say in customer.reply if say.key == "payment.instructions.transfer"] == [None]
    told_anew = customer.press("zone:payment", "method:card", "method:transfer")
    assert [bool(say.params["email"]) for say in told_anew.reply if say.key == "payment.instructions.transfer"] == [
        True
    ]


@table(
    "said",
    [
        Said(Intent("order_addon", 0.9), facts=(Fact("addons", "users:5 pieces", adds=True),), typed=True),
        Said(Intent("choose_plan", 0.9), facts=(Fact("addons", "users:5 pieces", adds=True),), typed=True),
        Said(Intent("order_addon", 0.9), typed=True),
    ],
)
def test_more_add_ons_in_a_running_term_sell_no_second_one(said: Said) -> None:
    customer = comes_back(holder(), CARTS)
    before = customer.case.cart
    customer.hear(said)

    assert (customer.heard, customer.at, customer.case.cart) == (["zone.add_later"], "zone.zone", before)
    assert {"start:buy", "/agent"} <= set(customer.buttons)


def test_more_of_what_has_no_add_ons_sells_no_second_term() -> None:
    customer = comes_back(holder())
    customer.hear(Said(Intent("order_addon", 0.9), typed=True))

    assert customer.heard[0] == "zone.change_plan"
    assert not customer.at.startswith("order."), "no order began"


# --- what no order goes without ---

SETUP = Addon("setup", 30000, most=1, once=True, required=True)


@table(
    ("paid_for", "due"), [("paid", False), ("refunded", True), ("another company", True), ("the free version", True)]
)
def test_one_sold_once_is_asked_of_a_company_with_its_first_plan(paid_for: str, due: bool) -> None:
    ours, company = known_company(), "other" if paid_for == "another company" else known_company().id
    bought = known_order("paid", "refunded" if paid_for == "refunded" else "paid", buyer=company)
    items = (("free", 1),) if paid_for == "the free version" else (("standard", 1),)
    view = known_account(company=ours, companies=(ours,), orders=(replace(bought, items=items),))
    seller = replace(CARTS, addons=(SETUP, *CARTS.addons), free_version="free")
    customer = comes_back(view, seller, "start:buy", "addons:none", "account:existing")

    assert ("setup" in [line.plan for line in lines(customer.case.order, customer.context(customer.case))]) is due


def test_the_cart_of_a_placed_order_is_emptied_whatever_had_to_be_in_it() -> None:
    view = known_account(
        company=known_company(), orders=(known_order("paid", "paid", items=(("standard", 1), ("setup", 1))),)
    )
    customer = told(Driver(seller=replace(CARTS, addons=(SETUP, *CARTS.addons))), view)
    done = begun_again(Cart(closed="none"), OrderBegun(), customer.context(customer.case))

    assert done.slots == Cart()
