"""The cart: a number is said back before it counts, and nothing that is in the cart is lost by "that's all"."""

from msgspec.structs import replace

from dialogs.kit import Said
from dialogs.order.cart_lines import lines
from dialogs.order.costs import cart, renewal_shown
from dialogs.order.products import line_word
from tests.dialogs.driver import SELLER, Driver
from tests.table import table
from values.meaning import Fact, Intent, Press
from values.money import Money
from values.offer import Addon, Unsure
from values.seller import Plan, Seats
from values.term import A_YEAR, TWO_YEARS

ADDONS = (
    Addon("users", 1200, most=14),
    Addon("external_users", 3000, pack=50, most=20),
    Addon("space", 1800, pack=5, most=20, unit="GB"),
)


def buying() -> Driver:
    return Driver(seller=replace(SELLER, dialogs=("cart", *SELLER.dialogs), addons=ADDONS)).press("start:buy")


def asked(addon: str) -> Driver:
    return buying().press("addons:users").write("3").press(f"addons:{addon}")


def test_a_bare_number_that_may_be_people_or_packs_is_said_back_first() -> None:
    customer = asked("external_users").write("20")

    assert customer.at == "cart.quantity"
    assert customer.case.cart.extra == (("users", 3),)
    assert customer.offers == ["quantity:20", "quantity:1", "quantity:yes", "quantity:skip"]
    shown = customer.shown
    assert (shown["unsure"], shown["net"], shown["enough_net"]) == ("number", Money(60000, "PLN"), Money(3000, "PLN"))

    customer.press("quantity:1")
    assert customer.case.cart.extra == (("users", 3), ("external_users", 1))
    assert customer.at == "cart.addons"


@table("again", [Press("quantity:20"), Press("quantity:yes"), Intent("affirm", 0.9)])
def test_packs_are_taken_once_they_were_said_back(again: Press | Intent) -> None:
    assert asked("external_users").write("20").say(again).case.cart.extra[-1] == ("external_users", 20)


def test_the_same_number_said_again_counts_packs_and_another_is_said_back_again() -> None:
    customer = asked("external_users").write("20", "10")
    assert customer.case.cart.unsure == Unsure(10)
    assert customer.write("10").case.cart.extra[-1] == ("external_users", 10)


def test_pieces_that_do_not_fill_packs_are_said_back_in_packs() -> None:
    customer = asked("external_users").write("20 pieces", "20 pieces")

    assert customer.at == "cart.quantity"
    assert customer.shown["unsure"] == "pieces"
    assert customer.offers == ["quantity:1", "quantity:yes", "quantity:skip"]
    assert customer.want("affirm").case.cart.extra[-1] == ("external_users", 1)
    assert asked("space").write("7 pieces").want("affirm").case.cart.extra[-1] == ("space", 2)


def test_a_button_of_another_number_takes_nothing_and_thats_all_keeps_the_cart() -> None:
    for customer, at in (
        (asked("external_users").write("20", "10").press("quantity:20"), "cart.quantity"),
        (asked("space").press("quantity:skip"), "cart.addons"),
    ):
        assert (customer.at, customer.case.cart.extra) == (at, (("users", 3),))


def test_what_was_taken_is_said_in_pieces_packs_and_money() -> None:
    said = asked("external_users").write("150 pieces").reply[0]

    assert said.key == "cart.added"
    assert said.params["net"] == Money(9000, "PLN")
    assert {str(said.params[name]) for name in ("packs", "pieces")} == {
        "Word(key='cart.packs', params=(('quantity', 3), ('pack', 50)))",
        "Word(key='addon.external_users.count', params=(('quantity', 3), ('pieces', 150)))",
    }


def test_the_add_on_and_how_many_of_it_in_one_sentence() -> None:
    assert buying().say(Press("addons:space", "10 pieces")).case.cart.extra == (("space", 2),)
    unsure = buying().say(Press("addons:external_users", "20 pieces"))
    assert (unsure.at, unsure.case.cart.extra) == ("cart.quantity", ())


def test_a_number_that_was_said_back_is_forgotten_with_its_add_on() -> None:
    customer = asked("external_users").write("20").press("quantity:skip", "addons:external_users")

    assert customer.case.cart.unsure is None
    assert customer.shown["unsure"] is None


def named(*addons: str) -> Driver:
    facts = tuple(Fact("addons", one, adds=True) for one in addons)
    return buying().hear(Said(Intent("inform", 1.0), typed=True, facts=facts))


def test_each_add_on_of_a_sentence_is_put_in() -> None:
    customer = named("users:5 pieces", "space:10 pieces")
    assert customer.case.cart.extra == (("users", 5), ("space", 2))
    assert customer.heard.count("cart.added") == 2
    assert customer.at == "cart.addons"


def test_an_add_on_without_its_number_is_asked_about_in_its_turn() -> None:
    customer = named("users", "space", "external_users:50 pieces")
    assert customer.at == "cart.quantity"
    customer.write("3")
    assert (customer.at, customer.case.cart.addon) == ("cart.quantity", "space")
    customer.press("quantity:skip")
    assert customer.case.cart.extra == (("users", 3), ("external_users", 1))
    assert customer.at == "cart.addons"


def test_a_number_said_back_keeps_the_add_on_behind_it() -> None:
    customer = named("space:12 GB", "users:3 pieces")
    assert (customer.at, customer.case.cart.unsure) == ("cart.quantity", Unsure(12, pieces=True))
    assert customer.press("quantity:yes").case.cart.extra == (("space", 3), ("users", 3))


SETUP = Addon("setup", 30000, most=1)
SPACE = Addon("space", 1800, pack=5, most=1, unit="GB")


@table("addon", [SETUP, SPACE])
def test_of_an_add_on_that_is_there_once_no_number_is_asked(addon: Addon) -> None:
    seller = replace(SELLER, dialogs=("cart", *SELLER.dialogs), addons=(*ADDONS[:2], addon))
    buyer = Driver(seller=seller).press("start:buy")
    buyer.press(f"addons:{addon.id}")
    assert (buyer.at, buyer.heard, buyer.case.cart.extra) == ("cart.addons", ["cart.added"], ((addon.id, 1),))
    buyer.press(f"addons:{addon.id}")
    assert (buyer.at, buyer.case.cart.extra) == ("cart.addons", ((addon.id, 1),)), "once more changes nothing"
    more = buyer.say(Press(f"addons:{addon.id}", f"{addon.pack * 3} pieces"))
    assert (more.at, more.case.cart.extra) == ("cart.quantity", ((addon.id, 1),)), "three of it are asked about"


# --- what is sold once, and what no order goes without ---

SETUP, DESKS = Addon("setup", 30000, most=1, once=True, required=True), Addon("desks", 1000, most=9, required=True)


def must_have(*addons: Addon) -> Driver:
    seller = replace(
        SELLER, dialogs=("cart", *SELLER.dialogs), addons=addons, plans=(Plan("standard", 29900, (TWO_YEARS, A_YEAR)),)
    )
    return Driver(seller=seller).press("start:buy")


def test_what_no_order_goes_without_is_in_the_cart_from_the_start_and_one_sold_once_counts_once() -> None:
    customer = must_have(SETUP, DESKS, *ADDONS)

    assert customer.at == "cart.addons"
    assert "addons:setup" not in customer.offered, "there is nothing to choose of it"
    assert customer.shown["net"] == Money(2 * (29900 + 1000) + 30000, "PLN")
    assert customer.shown["once"] == (line_word("setup", 1, customer.seller, once=True),)
    assert customer.shown["extra"] == (line_word("desks", 1, customer.seller, once=False),)
    assert renewal_shown(customer.case.order, customer.context(customer.case))["renewal_gross"] == Money(76014, "PLN")


@table(
    ("out", "said", "left"),
    [
        ("setup:without ", ["cart.kept"], (("desks", 3),)),
        ("desks:without ", ["cart.kept"], (("desks", 1),)),
        ("desks:without 3", ["cart.kept"], (("desks", 1),)),
        ("desks:without 2", ["cart.fewer"], (("desks", 1),)),
        ("none:without ", ["cart.kept"], ()),
    ],
)
def test_it_stays_in_the_cart_and_why_is_said(out: str, said: list[str], left: tuple[tuple[str, int], ...]) -> None:
    customer = must_have(SETUP, DESKS, *ADDONS).press("addons:desks").write("0")
    assert customer.at == "cart.quantity", "one at least"
    customer.write("3").hear(Said(Intent("inform", 1.0), typed=True, facts=(Fact("addons", out, adds=True),)))

    assert [key for key in customer.heard if key.startswith("cart.")] == said
    assert customer.case.cart.extra == left
    assert lines(customer.case.order, customer.context(customer.case))[1].plan == "setup"


def test_where_nothing_else_is_sold_the_add_ons_are_not_asked() -> None:
    assert must_have(SETUP).at == "account.account"


SEATED = replace(
    SELLER,
    dialogs=("cart", *SELLER.dialogs),
    plans=(Plan("solo", 9900), Plan("team", 4900, seats=Seats(2, 50)), Plan("pro", 7900, seats=Seats(1, 10))),
)


def test_only_a_plan_with_seats_asks_for_them_and_another_plan_asks_anew() -> None:
    customer = Driver(seller=SEATED).press("start:buy")
    assert customer.press("plan:solo").at == "account.account"
    assert [line.quantity for line in lines(customer.case.order, customer.context(customer.case))] == [1]

    other = Driver(seller=SEATED).press("start:buy", "plan:team").write("0", "51")
    assert (other.at, other.reply[0].key) == ("cart.seats", "refused.quantity.too_big")
    other.write("12").press("edit:plan", "plan:pro")
    assert (other.at, other.offers) == ("cart.seats", ["seats:1", "seats:2", "seats:3", "seats:5"])
    other.press("seats:3")
    assert (other.case.cart.seats, cart(other.case.order, other.context(other.case)).net) == (3, Money(23700, "PLN"))


@table(("seats", "at"), [(Seats(2, 10), "cart.seats"), (None, "account.account"), (Seats(2, 12), "account.account")])
def test_a_changed_profile_asks_again_for_what_cant_be_had_any_more(seats: Seats | None, at: str) -> None:
    customer = Driver(seller=SEATED).press("start:buy", "plan:team").write("12")
    customer.seller = replace(SEATED, plans=(SEATED.plans[0], Plan("team", 4900, seats=seats)))
    assert customer.command("where").at == at
