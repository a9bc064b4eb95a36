"""The second time is short: what is on file and unchanged stands on the order's card, and only what binds is asked."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from dialogs.kit import Said
from dialogs.messages.account import LoggedIn
from dialogs.messages.company import CompanyFound, SaveCompany
from dialogs.messages.order import PlaceOrder
from dialogs.messages.renewal import BeginRenewal, RenewalBegun, SubscriptionEnding
from dialogs.order.costs import orderer_of
from dialogs.order.order_card import order_card
from tests.dialogs.driver import BURSZTYN, NOW, SELLER, Driver, activated, known_account, known_company, known_order
from tests.dialogs.test_ordering_again import CARTS, comes_back, holder, told
from tests.table import table
from values.account_view import AccountView, OrdererDetails
from values.consent import Consent
from values.meaning import Correction, Expects, Intent
from values.money import VatRules
from values.payment import StoredWay
from values.renewal import Owned, Program
from values.rules import CompanyRules
from values.seller import Plan
from values.term import A_YEAR, TWO_YEARS

SWITCHED = replace(SELLER, auto_renewal="offer")
VISA = StoredWay("way-1", "card", "Visa …4242", date(2029, 8, 31), is_default=True)
AMEX = StoredWay("way-2", "card", "Amex …0005", date(2029, 8, 31))


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
    about = (customer.shown["buyer"], customer.shown["buyer_number"])
    assert about == ("Znana sp. z o.o.", "526-025-02-74")
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
    customer = comes_back(view, CARTS, "start:buy", "addons:none", "account:existing")
    return customer.press("auto_renewal:no")


def test_the_only_stored_card_is_chosen_and_another_can_be() -> None:
    customer = stored(VISA)
    assert (customer.at, customer.case.order.way) == ("order.terms", VISA.id)
    assert chosen(customer, "method") == ["method:card", "card:saved"]
    customer.press("card:another")
    assert (customer.at, customer.case.order.instrument, customer.case.order.way) == ("order.terms", "another", None)


def test_which_of_several_stored_cards_is_asked() -> None:
    customer = stored(VISA, AMEX)
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
    assert [renews().press(edit).at for edit in rows.values()] == [
        *("renewal.cart", "company.confirm", "orderer.invoice_email", "orderer.person_name")
    ]
    customer = renews().press("edit:cart", "cart:confirm")
    assert (customer.at, customer.press("service:extension").at) == ("renewal.service", "order.auto_renewal")


def test_wrong_data_are_reported_from_the_card() -> None:
    customer = renews().want("wrong_register_data")
    assert customer.at == "company.company_report"
    customer.write("zmieniła się ulica, teraz ul. Nowa 1")
    assert customer.at == "order.auto_renewal"
    assert renews().press("edit:confirm", "confirm:edit").at == "company.company_report"


def test_data_that_the_seller_puts_right_are_reported_later_too() -> None:
    for what, text in (("company_name", "Sadowski i Syn"), ("street", "Nowa 5"), ("tax_number", "9876543210")):
        assert renews().correct(what, text).at == "company.company_report"
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
