"""Samples for walks, diagrams and tests: what customers say, and their books with companies, programs and orders."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from msgspec.structs import replace

from dialogs.journey import journey_of
from dialogs.kit import Step
from dialogs.kit.moves import LISTS, REMINDERS
from dialogs.state import ConversationState, Ctx
from values.account_view import AccountView, CompanyView, InvoiceLine, OrdererDetails, OrderStatus, OrderView
from values.kinds import specimens
from values.meaning import (
    Answer,
    CommandName,
    Correction,
    Discount,
    Empty,
    Intent,
    Meaning,
    NavigationCommand,
    NotText,
    OtherKind,
    Press,
    SecretTyped,
    SentCode,
    TooLong,
    Unclear,
)
from values.money import Money
from values.payment import StoredWay
from values.renewal import Outlook, Owned
from values.seller import Seller
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


COMMANDS: tuple[CommandName, ...] = ("start", "back", "cancel", "restart", "help", "agent", "repeat", "where", "stop")
SECRETS = ("card", "cvc", "pin", "blik", "password", "private_key", "token", "pesel", "codice_fiscale")
KINDS: tuple[OtherKind, ...] = get_args(OtherKind)


def wrong_answers(ctx: Ctx) -> Iterator[Meaning]:
    """Yield answers that the open step refuses, each with its reason."""
    step = journey_of(ctx.seller).position(ctx.case, ctx)
    known = specimens(step.expects, ctx.seller.country)
    yield from (Answer(text) for text in (*known.invalid, *known.foreign, *known.garbage))


def meanings(seller: Seller) -> Iterator[Meaning]:
    """Yield what may be said at any step and with any seller's profile: commands, wishes, what can't be read."""
    yield NavigationCommand("start", "token")
    yield from (NavigationCommand("stop", of) for of in (REMINDERS, LISTS))
    yield from (NavigationCommand("lang", code) for code in (*seller.locales, "de", None))
    yield from (Intent(name, 0.9) for name in INTENTS)
    yield Intent("out_of_scope", 0.9, (), "…?")
    yield from (NotText(kind) for kind in KINDS)
    yield SecretTyped(SECRETS)
    yield from (Empty(), TooLong(), Unclear(("start:buy", "start:log_in", "method:card"), ""), Unclear((), ""))
    yield from (Unclear(("back", "cancel", "restart", "help", "talk_to_agent"), ""), Unclear(("ask_price", "pay"), ""))


def of_open_dialog(ctx: Ctx) -> Iterator[Meaning]:
    """Yield what the open step's dialog says it answers at any step, beside what is asked everywhere."""
    way = journey_of(ctx.seller)
    dialog = way.dialogs[way.position(ctx.case, ctx).dialog]
    yield from (Intent(name, 0.9) for name in dialog.questions if name not in INTENTS)
    yield from (Press(payload.replace("*", "1")) for payload in dialog.taken)


def about_answers(case: ConversationState, seller: Seller) -> Iterator[Meaning]:
    """Yield corrections of what was answered, and the commands and codes that depend on it."""
    yield from (NavigationCommand(name) for name in COMMANDS)
    yield from (Discount(d.code) for d in seller.discounts)
    yield SentCode("123456")
    for what in (*CORRECTIONS, "nothing of ours"):
        yield Correction(what)
    addresses = (Correction("email", "anna.nowak@example.com"), Correction("email", "anna.nowak"))
    yield from (*addresses, Correction("phone", "512 000 222"), Correction("tax_number", "1112223332"))
    yield Correction("city", "Sopot")
    yield from (Press(f"edit:{path.partition('.')[2]}") for path in case.talk.answered)
    yield from (Press(f"{path.partition('.')[2]}:anything") for path in case.talk.answered)


CORRECTIONS = (
    *("email", "phone", "tax_number", "company_name", "street", "postal_code", "city", "auto_renewal", "method"),
    *("discount", "invoice_email", "consents", "addons", "quantity", "years", "sdi_code"),
)
INTENTS = (
    *("greet", "goodbye", "thank", "affirm", "deny", "back", "cancel", "restart", "help", "change_language"),
    *("talk_to_agent", "complaint", "sign_up", "log_in", "log_ins", "log_out"),
    *("log_out_everywhere", "log_out_others", "forgot_password", "refund"),
    *("ask_password_rules", "resend_code", "ask_pay_by", "other_payer", "ask_pro_forma"),
    *("change_contact", "change_contact_channel", "add_company", "correct_data", "wrong_register_data", "choose_plan"),
    *("order_addon", "ask_price", "apply_discount_code", "pay", "choose_payment_method", "ask_payment_methods"),
    *("payment_status", "activate_einvoice", "ask_einvoice", "ask_ksef", "invoice_problem", "ask_customer_number"),
    *("ask_invoice", "resend_invoice"),
    *("renewal_on", "renewal_off", "ask_renewal", "renew_subscription", "cancel_subscription", "delete_my_data"),
    *("my_order", "order_problem", "withdraw_consent", "ask_consent"),
    *("inform", "out_of_scope", "ask_end", "change_plan", "free_version"),
)


def views(seller: Seller) -> Iterator[tuple[str, AccountView]]:
    """Yield accounts in the states in which they can be logged into."""
    has = sample_owned_programs(*(program.product for program in seller.programs))
    stored = tuple(way for way in WAYS if way.method in seller.chargeable)
    yield "fresh", replace(sample_view(None), owned=has)
    given = tuple(consent.accepted(seller.locales[0], MOMENT, "button") for consent in seller.consents)
    known = replace(sample_view(company_view(), None), owned=has, ways=stored)
    yield "known", replace(known, invoices=(INVOICE,), consents_given=given)
    for status in ("placed", "paid"):
        bought = sample_view(company_view(), status)
        yield status, replace(bought, owned=has or bought.owned)
    yield from ended_views(seller)
    if seller.company.legal_forms:
        yield "natural_person", replace(sample_view(None, None), legal_form="natural_person")
