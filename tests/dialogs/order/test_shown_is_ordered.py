"""What is shown is what is ordered: no act counts on anything that the last message didn't show."""

from datetime import timedelta

from msgspec.structs import replace

from dialogs.kit import Word
from dialogs.messages.account import LoggedIn, PasswordSet
from dialogs.messages.order import PlaceOrder
from tests.dialogs.driver import SELLER, Driver, activated, card_filled, contact_proven, known_order
from tests.dialogs.test_ordering_again import CARTS, comes_back, holder, told
from tests.table import table
from values.meaning import Discount
from values.money import Money
from values.offer import Addon, DiscountCode
from values.seller import Plan, Seller
from values.term import A_YEAR, TWO_YEARS

ROWS = ("auto_renewal:yes", "method:blik", "terms:accept", "clauses:accept")
YEARLY = (A_YEAR, TWO_YEARS)
SOLO, TEAM = Plan("solo", 49000, terms=YEARLY), Plan("team", 99000, terms=YEARLY)
SELLS_TWO = replace(
    SELLER,
    plans=(SOLO, TEAM),
    dialogs=("cart", *SELLER.dialogs),
    addons=(Addon("users", 1200, most=14),),
    discounts=(DiscountCode("START20", 20),),
)


def zlotys(minor: int) -> Money:
    return Money(minor, "PLN")


def dearer(seller: Seller) -> Seller:
    return replace(seller, plans=tuple(replace(plan, net=plan.net + 10000) for plan in seller.plans))


def at_the_card() -> Driver:
    """The card is shown, and nothing on it is answered but the company."""
    return contact_proven().write("1234563218").press("confirm:yes")


def bought(*chosen: str) -> Driver:
    """Something is chosen before the account; now the company is to be confirmed."""
    customer = Driver(SELLS_TWO).press("start:buy", *chosen, "account:new").write("jan@example.com")
    customer.happen(PasswordSet("page-set_password", "credential-1")).press("consents:required")
    return customer.prove_email().write("512 000 999", "123456", "1234563218")


def left(seller: Seller, customer: Driver) -> Driver:
    customer.seller = seller
    return customer


# --- whichever act comes first ---


@table("row", [*ROWS, "method:card", "auto_renewal:no"])
def test_a_raised_price_is_said_before_any_row_counts(row: str) -> None:
    customer = left(dearer(SELLER), at_the_card()).press(row)

    assert customer.heard == ["order.refused.price_changed"]
    assert (customer.reply[0].params["before"], customer.shown["gross"]) == (zlotys(36777), zlotys(49077))
    assert customer.case.order == at_the_card().case.order, "nothing counts on a sum that nobody has seen"
    assert customer.press(row).case.order != at_the_card().case.order


def test_the_second_change_is_said_as_the_first_was() -> None:
    customer = left(dearer(SELLER), card_filled()).press("pay:now")
    customer = left(dearer(customer.seller), customer).press("pay:now")

    assert (customer.heard, customer.done(PlaceOrder)) == (["order.refused.price_changed"], 0)
    assert customer.reply[0].params["before"] == zlotys(49077)
    assert customer.press("pay:now").case.order.pay == "now"


def test_a_question_in_the_middle_shows_the_change_as_well() -> None:
    customer = left(dearer(SELLER), card_filled()).want("ask_price")

    assert customer.heard[0] == "order.refused.price_changed"
    assert customer.press("pay:now").case.order.pay == "now"


def test_a_reminder_shows_the_change_and_what_it_shows_counts() -> None:
    customer = card_filled()
    customer.now += timedelta(hours=3)
    customer = left(dearer(SELLER), customer).timer("silence")

    assert customer.heard == ["kit.reminder", "order.refused.price_changed"]
    assert customer.press("pay:now").case.order.pay == "now"


def test_a_tick_can_be_taken_back_whatever_has_changed() -> None:
    assert left(dearer(SELLER), card_filled()).press("terms:withdraw").case.order.terms is None


def test_a_price_raised_between_cart_and_card_is_said_at_the_card() -> None:
    customer = left(dearer(SELLS_TWO), bought("plan:solo", "addons:none"))
    customer.press("confirm:yes")

    assert customer.heard == ["company.saved", "order.refused.price_changed"]
    assert customer.press("auto_renewal:yes").case.order.auto_renewal is True
    assert customer.heard == [], "once is enough"


def test_a_price_raised_while_the_company_is_changed_is_said_back_at_the_card() -> None:
    customer = card_filled().press("edit:confirm")
    customer = left(dearer(SELLER), customer).press("confirm:yes")

    assert "order.refused.price_changed" in customer.heard


def test_an_order_placed_long_ago_has_no_say_in_the_next_cart() -> None:
    customer = bought("plan:solo", "addons:none").press("confirm:yes", *ROWS, "years:1").press("pay:now")

    assert customer.case.order.id is not None
    assert customer.case.talk.shown is None


def test_what_the_customer_changes_is_no_change_of_the_sellers() -> None:
    customer = at_the_card().press(*ROWS).say(Discount("START20"))

    assert customer.heard == ["order.discount_taken"]
    assert customer.press("pay:now").case.order.pay == "now"


# --- a plan that is withdrawn ---


@table("pressed", ["addons:none", "addons:users", "account:new", "/help"])
def test_a_withdrawn_plan_is_asked_anew_though_only_one_is_left(pressed: str) -> None:
    customer = Driver(SELLS_TWO).press("start:buy", "plan:solo")
    customer = left(replace(SELLS_TWO, plans=(TEAM,)), customer).press(pressed)

    assert (customer.at, customer.offers[0], customer.case.cart.plan) == ("cart.plan", "plan:team", None)
    assert customer.case.cart.closed is None, "a press on a button shown for another plan isn't one for this"
    assert customer.press("plan:team").at == "cart.addons"


def test_a_code_before_the_plan_is_answered_by_its_size_and_no_sum() -> None:
    customer = Driver(SELLS_TWO).say(Discount("START20"))

    assert customer.heard == ["kit.greeting", "order.discount_noted"]
    assert "gross" not in customer.reply[-1].params
    assert customer.press("start:buy", "plan:team").shown["discount"] == "START20"


@table("way", [["discount:skip"], ["edit:discount", "discount:skip"]])
def test_a_code_is_taken_out_again(way: list[str]) -> None:
    customer = card_filled().say(Discount("START20")).press(*way)

    assert (customer.heard, customer.case.order.discount) == (["order.discount_removed"], None)
    assert customer.shown["gross"] == zlotys(36777)
    assert customer.press("discount:skip").heard == ["order.discount_how"]


# --- what is remembered ---

TERMS = replace(CARTS, plans=(Plan("standard", 29900, terms=YEARLY),))
FOR_TWO = known_order("paid", "paid", items=(("standard", 1),), term=TWO_YEARS, method="transfer")
HOLDER = holder(orders=(FOR_TWO,))


def test_the_term_seen_before_the_log_in_is_the_one_on_the_card() -> None:
    customer = told(Driver(seller=TERMS), HOLDER).press("start:buy", "addons:users").write("2")
    assert customer.shown["years"] == 1
    customer.press("addons:none", "account:existing").happen(LoggedIn(HOLDER))

    assert (customer.shown["years"], customer.case.order.years) == (1, 1)
    assert customer.press("years:2").case.order.years == 2


def test_the_term_that_an_order_takes_over_from_the_last_one_is_said() -> None:
    customer = comes_back(HOLDER, TERMS).press("start:buy")
    [told] = [say for say in customer.reply if say.key == "order.as_last_time"]
    assert told.params["what"] == (Word("option.years.2"),)


def test_whoever_wants_to_buy_once_more_reads_todays_price() -> None:
    customer = activated()
    customer.seller = dearer(SELLER)
    customer.press("zone:company_data").press("edit:street").want("choose_plan")

    assert "order.cart" not in customer.heard
