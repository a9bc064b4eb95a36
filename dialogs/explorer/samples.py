"""Samples from the books for walks, diagrams and tests: companies, programs, ways to pay, accounts, orders."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from dialogs.kit import Step
from values.account_view import AccountView, CompanyView, InvoiceLine, OrdererDetails, OrderStatus, OrderView
from values.money import Money
from values.payment import StoredWay
from values.renewal import Outlook, Owned
from values.seller import Seller
from values.specimens import specimens
from values.tax_number import country_of

# Any moment will do: samples are played, never stored.
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
ABROAD = ("FR44732829320", "DE136695976")
NUMBER = "FS/2026/000001"
INVOICE = InvoiceLine("invoice-1", "FV/2026/11/0001", Money(8990, "PLN"), MOMENT, MOMENT + timedelta(days=14))
REACH = ("telegram", "web")
ORDERER = OrdererDetails("Anna Nowak", "+48512000111", "anna@example.com", "faktury@example.com")
WAYS = (
    StoredWay("way-1", "card", "Visa …4242", date(2029, 8, 31), is_default=True),
    StoredWay("way-2", "card", "Visa …1881", date(2030, 1, 31)),
    StoredWay("way-3", "paypal", "anna@example.com", None),
    StoredWay("way-4", "paypal", "old@example.com", None, good=False),
)


def company_view() -> CompanyView:
    """Return a company of an account."""
    address = ("Pracownia Bursztyn sp. z o.o.", "ul. Długa 12/4", "80-831", "Gdańsk")
    return CompanyView("company-2", "PL", "1234563218", *address, "mf", "verified", MOMENT)


def sample_owned_programs(*products: str) -> tuple[Owned, ...]:
    """Return programs of a customer, ending one after the other."""
    return tuple(
        Owned(f"subscription-{n}", product, f"R-000{n}", MOMENT + timedelta(days=30 * n))
        for n, product in enumerate(products, 1)
    )


def _year(product: str) -> tuple[Owned, ...]:
    """Return a subscription that has just begun."""
    return (Owned("subscription-1", product, None, MOMENT + timedelta(days=365), auto_renewal=True),)


def outlooks(seller: Seller) -> tuple[Outlook, ...]:
    """Return each way in which a term may go on."""
    end = MOMENT + timedelta(days=30)
    over = Outlook("ends", ("subscription-1",), ((seller.plans[0].id, 1),), end)
    link = replace(over, kind="link", gross=36777, currency=seller.currency)
    due = replace(link, on=end - timedelta(days=7))
    return over, replace(over, kind="covered"), link, due, replace(due, kind="charged", label=WAYS[0].label)


def sample_view(known: CompanyView | None, status: OrderStatus | None = None) -> AccountView:
    """Return an account to log into, with a company, an order, or neither."""
    bought = None if status is None else sample_order(status)
    return AccountView(
        id="account-2",
        email="anna@example.com",
        user_name="anna@example.com",
        phone="+48512000111",
        status="active",
        taken=False,
        email_verified=known is not None,
        phone_verified=known is not None,
        locale="pl",
        company=known,
        einvoice_status="active" if status == "paid" else "off",
        einvoice_email=None,
        default_method="card" if bought else None,
        owned=_year("standard") if status == "paid" else (),
        companies=() if known is None else (known,),
        orders=() if bought is None else (bought,),
        ordered=bought is not None,
        orderer=ORDERER if status == "paid" else None,
    )


def sample_order(status: OrderStatus) -> OrderView:
    """Return an order placed in another conversation."""
    paid = "paid" if status == "paid" else "pending"
    return OrderView(
        "order-2", NUMBER, status, 29900, 6877, 36777, "PLN", "card", True, MOMENT, "payment-2", "card", paid
    )


def ended_views(seller: Seller) -> Iterator[tuple[str, AccountView]]:
    """Yield accounts whose paid term is over, with one company or several."""
    if seller.sells:
        runs = sample_view(company_view(), "paid")
        product = [*(program.product for program in seller.programs), *(plan.id for plan in seller.plans)][0]
        over = tuple(replace(o, product=product, ends_at=MOMENT, status="ended") for o in runs.owned)
        second = replace(company_view(), id="company-3", tax_number="5260250274", name="Znana sp. z o.o.")
        ways = tuple(way for way in WAYS if way.method in seller.chargeable)
        told: dict[str, Any] = {"owned": (), "lapsed": over, "ways": ways, "einvoice_status": "off"}
        yield "ended", replace(runs, companies=(company_view(), second), **told)


def foreign_tax_numbers(seller: Seller) -> tuple[str, ...]:
    """Return a tax number of another country, if this seller's VAT is another there."""
    if not seller.vat.reverse_charge and not seller.vat.rates:
        return ()
    return tuple(text for text in ABROAD if country_of(text) != seller.country)[:1]


def typed_samples(step: Step[Any], seller: Seller) -> tuple[str, ...]:
    """Return answers that the step takes; a number of the seller's own question lies within its bounds."""
    question = next((one for one in seller.own_questions if one.id == step.answer.entry), None)
    if question is not None and question.kind == "number":
        return (str(question.min if question.min is not None else question.max if question.max is not None else 1),)
    return specimens(step.expects, seller.country).valid
