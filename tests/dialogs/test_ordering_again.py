"""A customer's second order: after the paid term has ended, while it runs, and with another order unpaid.

It is short: what is on file and unchanged stands on the order's card, and only what binds is asked."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from dialogs.explorer.samples import WAYS
from dialogs.kit import Event, Said
from dialogs.messages.account import LoggedIn, StartLinkTaken
from dialogs.messages.company import CompanyFound, SaveCompany
from dialogs.messages.order import CancelOrder, OrderBegun, OrderCancelled, OrderRefused, PlaceOrder
from dialogs.messages.payment import OpenPayment, PaymentNoticed
from dialogs.messages.renewal import BeginRenewal, RenewalBegun, RenewalToPay, SubscriptionEnding, SubscriptionLapsed
from dialogs.order.cart import empty_ordered_cart
from dialogs.order.cart_lines import lines
from dialogs.order.costs import orderer_of
from dialogs.order.order_card import order_card
from dialogs.state import Cart, PlacedOrder
from tests.dialogs.driver import (
    BURSZTYN,
    NOW,
    SELLER,
    Driver,
    activated,
    known_account,
    known_company,
    known_order,
    paid,
)
from tests.table import table
from values.account_view import AccountView, OrdererDetails
from values.consent import Consent
from values.meaning import Correction, Expects, Fact, Intent, Press
from values.money import VatRules
from values.offer import Addon
from values.payment import StoredWay
from values.renewal import Owned, Program, RenewalRules, last_moment
from values.rules import CompanyRules
from values.seller import Plan
from values.term import A_YEAR, TWO_YEARS

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
    return told(Driver(seller=seller), view).press(*(before or ("start:log_in",))).happen(LoggedIn(view))


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


def test_a_start_link_to_buy_begins_another_order() -> None:
    assert told(activated(), over()).happen(StartLinkTaken("buy")).at == "order.auto_renewal"


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
    [said] = [say for say in comes_back(view).want("ask_end").reply if say.key == "zone.term"]
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


def test_a_number_named_at_a_log_in_without_an_order_is_kept_for_nothing() -> None:
    customer = Driver().hear(Said(Press("start:log_in"), typed=True, facts=(OTHER,)))
    bought = known_account(company=known_company(), orders=(known_order("paid", "paid"),), einvoice_status="active")
    customer.happen(LoggedIn(bought))

    assert (customer.at, customer.firm.tax_number) == ("zone.zone", known_company().tax_number)
    customer.read_books(bought).press("start:buy")
    assert (customer.at, customer.firm.tax_number) == ("order.auto_renewal", known_company().tax_number)


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


def test_a_discount_code_after_the_order_is_answered_with_what_holds() -> None:
    [said] = [say for say in paid().want("apply_discount_code").reply if say.key == "order.discount_late"]
    assert said.params["paid"] is True


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
    found = customer.shown["grace"]
    assert found == last_moment(rules.of_term(A_YEAR), NOW - timedelta(days=1), ZoneInfo(SELLER.time_zone))


def test_how_to_pay_claims_an_e_mail_only_where_one_is_sent() -> None:
    customer = by_transfer().want("payment_status")
    assert [say.params["email"] for say in customer.reply if say.key == "payment.instructions.transfer"] == [None]
    told_anew = customer.press("zone:payment", "method:card", "method:transfer")
    found = [bool(say.params["email"]) for say in told_anew.reply if say.key == "payment.instructions.transfer"]
    assert found == [True]


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

    assert empty_ordered_cart(Cart(closed="none"), OrderBegun(), customer.context(customer.case)).slots == Cart()


SWITCHED = replace(SELLER, auto_renewal="offer")
VISA = StoredWay("way-1", "card", "Visa …4242", date(2029, 8, 31), is_default=True)


def again(view: AccountView | None = None, seller: Any = SWITCHED) -> Driver:
    """A customer who comes back by log-in and orders once more."""
    known = replace(view or holder(default_method="blik"), einvoice_status="active")
    return comes_back(known, seller).press("start:buy")


def row(customer: Driver, name: str) -> Any:
    """A row of the card that is shown; None for one that isn't there."""
    card = customer.journey.card(customer.journey.step(customer.at), customer.context(customer.case))
    return next((row for row in card.rows if row.name == name), None) if card is not None else None


def chosen(customer: Driver, name: str) -> list[str]:
    return [option.payload for option in row(customer, name).choices if option.chosen]


def test_the_second_order_takes_what_binds_and_no_more() -> None:
    customer = again()
    asked = [customer.at, *(customer.press(one).at for one in ("terms:accept", "clauses:accept"))]
    assert asked == ["order.terms", "order.clauses", "order.pay"]
    customer.press("pay:now")
    [placed] = [act for act in customer.acts if isinstance(act, PlaceOrder)]
    assert (placed.company_id, placed.method, placed.documents) == ("company-9", "blik", ("terms", "clauses"))
    assert SaveCompany not in map(type, customer.acts), "nothing has changed"


def test_the_company_stands_on_the_card_and_is_changed_from_there() -> None:
    customer = again()
    assert row(customer, "company").edit == "edit:confirm"
    assert (customer.shown["buyer"], customer.shown["buyer_number"]) == ("Znana sp. z o.o.", "526-025-02-74")
    assert customer.press("edit:confirm").at == "company.confirm"
    assert customer.press("confirm:edit").at == "company.edit"
    assert customer.press("edit:street").write("ul. Krótka 1").at == "company.confirm"
    assert customer.press("confirm:yes").at == "order.terms"
    assert [act.data.street for act in customer.acts if isinstance(act, SaveCompany)] == ["ul. Krótka 1"]
    assert row(customer, "company") is not None, "it doesn't vanish because it was looked at"


def test_left_alone_the_company_is_as_it_was() -> None:
    customer = again().press("edit:confirm").command("back")
    assert (customer.at, customer.firm.id) == ("order.terms", "company-9")
    assert again().press("edit:confirm", "confirm:yes").at == "order.terms"


def test_another_company_is_named_in_words() -> None:
    customer = again().correct("tax_number", "1234563218")
    assert customer.at == "company.confirm"
    assert customer.press("confirm:yes").firm.tax_number == "1234563218"
    assert (customer.at, customer.shown["buyer"]) == ("order.terms", "Pracownia Bursztyn sp. z o.o.")
    assert "company.which_to_change" in again().want("add_company").heard


def test_a_first_order_confirms_the_company() -> None:
    customer = comes_back(known_account(company=known_company()), SWITCHED, "start:buy", "account:existing")
    assert customer.at == "company.confirm"
    assert row(customer.press("confirm:yes"), "company").edit == "edit:confirm", "folded to a line, to be changed there"


@table("check", ["pending", "not_found"])
def test_a_company_that_no_register_stands_for_is_confirmed_anew(check: Any) -> None:
    assert again(holder(company=replace(known_company(), check=check))).at == "company.confirm"


def test_a_company_whose_vat_is_asked_about_anew_is_confirmed_anew() -> None:
    abroad = replace(known_company(), country="DE", tax_number="DE136695976", vat_checked_at=NOW)
    seller = replace(SWITCHED, company=CompanyRules(vatin=True), vat=VatRules(reverse_charge=True))
    assert again(holder(company=abroad), seller).at == "company.confirm"


def test_a_card_without_the_row_leaves_the_question() -> None:
    rows = ("bought", "amounts", "years", "auto_renewal", "method", "terms", "clauses")
    assert again(seller=replace(SWITCHED, cards=(("order", rows),))).at == "company.confirm"


def test_a_register_that_differs_meanwhile_is_told_and_asked_about() -> None:
    customer = again()
    customer.hear(CompanyFound(replace(BURSZTYN, street="ul. Nowa 3"), "mf"))
    assert (customer.at, customer.offers[0]) == ("company.confirm", "confirm:register")
    assert customer.press("confirm:register").at == "order.terms"


# --- the method ---


def test_the_usual_method_is_chosen_and_changed_by_one_press() -> None:
    customer = again()
    assert chosen(customer, "method") == ["method:blik"]
    assert customer.press("method:paypal").at == "order.terms"
    assert chosen(customer, "method") == ["method:paypal"]


def test_it_is_changed_in_words_too_also_before_its_turn() -> None:
    seller = replace(SELLER, auto_renewal="ask")
    customer = again(seller=seller)
    assert customer.at == "order.auto_renewal"
    assert customer.correct("method", "card").case.order.method == "card"
    assert again(seller=seller).press("edit:method").at == "order.method"


def test_back_takes_back_what_was_set_here() -> None:
    customer = again().press("terms:accept").command("back")
    assert (customer.at, customer.case.order.method) == ("order.terms", "blik")


def test_a_method_that_is_no_more_isnt_chosen() -> None:
    gone = replace(SWITCHED, methods=("card", "przelewy24"))
    bought = known_order("paid", "paid", items=(("standard", 1),), method="przelewy24")
    assert again(holder(default_method="blik", orders=(bought,)), gone).case.order.method == "przelewy24"
    assert again(holder(default_method="blik"), replace(gone, methods=("paypal",))).at == "order.method"


def stored(*ways: StoredWay, **more: Any) -> Driver:
    view = holder(ways=ways, default_method="card", einvoice_status="active", **more)
    return comes_back(view, CARTS, "start:buy", "addons:none", "account:existing").press("auto_renewal:no")


def test_the_only_stored_card_is_chosen_and_another_can_be() -> None:
    customer = stored(VISA)
    assert (customer.at, customer.case.order.way) == ("order.terms", VISA.id)
    assert chosen(customer, "method") == ["method:card", "card:saved"]
    customer.press("card:another")
    assert (customer.at, customer.case.order.instrument, customer.case.order.way) == ("order.terms", "another", None)


def test_which_of_several_stored_cards_is_asked() -> None:
    customer = stored(VISA, StoredWay("way-2", "card", "Amex …0005", date(2029, 8, 31)))
    assert (customer.at, customer.case.order.method) == ("order.card", "card")


def test_after_a_silence_a_stored_card_is_not_shown_before_the_password() -> None:
    view = holder(ways=(VISA,), default_method="card", einvoice_status="active")
    customer = told(activated(), view)
    customer.seller = replace(SWITCHED, chargeable=("card",))
    customer.silent(timedelta(hours=1), "web").press("start:buy")
    assert (customer.case.order.method, customer.case.order.way) == (None, None)


def test_the_term_is_that_of_the_last_order_where_it_is_still_sold() -> None:
    bought = known_order("paid", "paid", items=(("standard", 1),), term=TWO_YEARS)
    two = replace(SWITCHED, plans=(Plan("standard", 29900, terms=(A_YEAR, TWO_YEARS)),))
    customer = again(holder(orders=(bought,)), two)
    assert (customer.case.order.years, chosen(customer, "years")) == (2, ["years:2"])
    assert customer.press("years:1").case.order.years == 1
    assert again(holder(orders=(bought,))).case.order.years is None
    assert order_card(customer.case.order, customer.context(customer.case)).params["years"] == 1


# --- a renewal from the reminder ---

R2 = replace(
    SELLER,
    dialogs=("reminder", "account", "contact", "renewal", "company", "orderer", "order", "payment"),
    entries=("log_in",),
    auto_renewal="obligatory",
    documents=(Consent("auto_renewal", "1"),),
    demanded_contacts=("email",),
    plans=(Plan("payroll", 37900), Plan("payroll_extension", 19000)),
    programs=(Program("payroll", "payroll", "payroll_extension"),),
    company=CompanyRules(edit="report"),
)
OWNED = (Owned("subscription-1", "payroll", "R-1", NOW + timedelta(days=30)),)
ORDERER = OrdererDetails("Anna Nowak", "+48512000111", "anna@example.com", "faktury@example.com")


def renews(*, orderer: OrdererDetails | None = ORDERER, reminded: bool = True, consented: bool = False) -> Driver:
    """A customer at whom the renewal has just begun, from the reminder or from the zone."""
    bought = known_order("paid", "paid", items=(("payroll", 1),), method="blik")
    view = holder(owned=OWNED, orders=(bought,), default_method="blik")
    view = view if orderer is not None else replace(view, orders=(), default_method=None)
    product = "payroll" if reminded else None
    view = replace(view, owned=(replace(OWNED[0], auto_renewal=True),)) if consented else view
    view, begun = replace(view, orderer=orderer), RenewalBegun(product)
    customer = told(Driver(seller=R2), view).given(BeginRenewal, begun).press("start:log_in").happen(LoggedIn(view))
    if not reminded:
        return customer.press("zone:renewal")
    return customer.happen(SubscriptionEnding("payroll", "R-1", OWNED[0].ends_at, 30)).press("renew:now")


def test_nothing_changed_it_renews_by_consent_and_order() -> None:
    customer = renews()
    assert (customer.at, chosen(customer, "method")) == ("order.auto_renewal", ["method:blik"])
    assert customer.press("auto_renewal:yes").at == "order.pay"
    customer.press("pay:now")
    [placed] = [act for act in customer.acts if isinstance(act, PlaceOrder)]
    assert [(line.plan, line.renews) for line in placed.lines] == [("payroll", "subscription-1")]
    assert (placed.orderer, placed.method, placed.documents) == (ORDERER, "blik", ("auto_renewal",))
    assert [one.id for one in placed.accepted] == ["auto_renewal"]


def test_the_card_of_a_renewal_says_from_when_it_counts() -> None:
    assert renews().shown["begins"] == OWNED[0].ends_at
    assert renews(reminded=False).press("cart:confirm", "service:extension").shown["begins"] is None


def test_a_consent_of_an_earlier_order_is_not_switched_on_beforehand() -> None:
    customer = renews(consented=True)
    assert (customer.at, chosen(customer, "auto_renewal")) == ("order.auto_renewal", [])
    customer.press("auto_renewal:yes", "pay:now")
    assert [act.documents for act in customer.acts if isinstance(act, PlaceOrder)] == [("auto_renewal",)]


def test_each_row_leads_to_what_it_shows() -> None:
    rows = {name: row(renews(), name).edit for name in ("bought", "company", "invoice_email", "orderer")}
    assert rows == {
        "bought": "edit:cart",
        "company": "edit:confirm",
        "invoice_email": "edit:invoice_email",
        "orderer": "edit:person_name",
    }
    found = [renews().press(edit).at for edit in rows.values()]
    assert found == [*("renewal.cart", "company.confirm", "orderer.invoice_email", "orderer.person_name")]
    customer = renews().press("edit:cart", "cart:confirm")
    assert (customer.at, customer.press("service:extension").at) == ("renewal.service", "order.auto_renewal")


def test_wrong_data_are_reported_from_the_card() -> None:
    customer = renews().want("wrong_register_data")
    assert customer.at == "company.company_report"
    customer.write("zmieniła się ulica, teraz ul. Nowa 1")
    assert (customer.at, customer.firm.report) == ("company.company_report", "zmieniła się ulica, teraz ul. Nowa 1")
    assert customer.press("company_report:send").at == "order.auto_renewal"
    assert renews().press("edit:confirm", "confirm:edit").at == "company.company_report"


def test_data_that_the_seller_puts_right_are_reported_later_too() -> None:
    said = Intent("wrong_register_data", 1.0, (), "dane firmy są zupełnie niepoprawne")
    assert renews().say(said).firm.report == "dane firmy są zupełnie niepoprawne"


def test_what_is_not_on_file_is_asked_by_the_guides_steps() -> None:
    customer = renews(orderer=None)
    asked = [customer.at, *(customer.press(one).at for one in ("cart:confirm", "service:subscription", "confirm:yes"))]
    assert asked == ["renewal.cart", "renewal.service", "company.confirm", "orderer.invoice_email"]


def test_a_cart_whose_term_is_paid_elsewhere_closes() -> None:
    customer = renews(reminded=False)
    later = replace(OWNED[0], ends_at=OWNED[0].ends_at + timedelta(days=365))
    customer.read_books(replace(customer.books, owned=(later,))).press("program:payroll")
    assert ("order.paid_already" in customer.heard, customer.at) == (True, "zone.zone")


def test_without_a_reminder_what_is_renewed_is_asked() -> None:
    customer = renews(reminded=False)
    assert customer.at == "renewal.cart"
    assert customer.press("cart:confirm", "service:subscription").at == "order.auto_renewal"


def test_after_a_silence_nothing_of_the_books_is_shown_before_the_password() -> None:
    begun = renews().outcomes[BeginRenewal](None)
    view = holder(owned=OWNED, orderer=ORDERER)
    customer = told(Driver(seller=R2), view).given(BeginRenewal, begun).press("start:log_in").happen(LoggedIn(view))
    customer.happen(SubscriptionEnding("payroll", "R-1", OWNED[0].ends_at, 30))
    assert customer.silent(timedelta(hours=1), "web").press("renew:now").at == "orderer.invoice_email"


def test_of_several_addresses_the_one_that_is_nearly_the_same_is_put_right() -> None:
    customer = renews(orderer=replace(ORDERER, invoice_email="faktury@firma.pl", email="jan.kowal@firma.pl"))
    customer.hear(Said(Correction(Expects.email, "faktura@firma.pl")))
    who = orderer_of(customer.case.orderer, customer.context(customer.case))
    assert (who.invoice_email, who.email) == ("faktura@firma.pl", "jan.kowal@firma.pl")
