"""A stand-in for the books of one account: what they say after an event, for walks and tests.

Simpler than the real ones: what an event tells is taken as done, and a paid order begins one term.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from dialogs.explorer.samples import company_view, named_for, owned, sample_order, sample_view, saved_view
from dialogs.kit import Command, Event
from dialogs.messages.account import (
    AccountCreated,
    AccountLeft,
    CreateAccount,
    EmailChanged,
    EmailReplaced,
    LoggedIn,
)
from dialogs.messages.company import CheckSet, CompanyChangedMeanwhile, CompanySaved, SaveCompany, SetCheck
from dialogs.messages.contact import CodeRight, CodesChecked, EmailProven, PhoneKept, PhoneVouched
from dialogs.messages.einvoice import EInvoiceSwitched, InvoiceEmailChanged, InvoiceIssued
from dialogs.messages.order import CancelOrder, OrderCancelled, OrderPlaced, OrderRefused, OrderStands, PlaceOrder
from dialogs.messages.payment import (
    DefaultMethodSet,
    MethodForgotten,
    OpenPayment,
    PaymentBooked,
    PaymentNotChanged,
    PaymentOpened,
    ReopenPayment,
)
from dialogs.messages.questions import AnswersKept, KeepAnswers
from dialogs.messages.renewal import (
    DocumentAccepted,
    RemindersSwitched,
    RenewalBegun,
    RenewalCharged,
    RenewalNotBegun,
    RenewalToPay,
    RenewalWaits,
    SubscriptionLapsed,
)
from dialogs.messages.withdrawal import WithdrawalKept
from dialogs.messages.zone import AutoRenewalSet
from dialogs.order.in_books import find_order
from dialogs.state import ConversationState, PlacedOrder
from values.account_view import NO_BOOKS, AccountView, CompanyView, OrderView, WaitingRenewal
from values.seller import Seller


def books_after(known: AccountView, event: Event, seller: Seller, by: Command | None = None) -> AccountView:
    """Return what the books say of the account after the event, the outcome of a command or another.

    Where that differs, they are of another revision.
    """
    after = _after(known, event, seller, by)
    return after if after is known else replace(after, revision=known.revision + 1)


def books_of(case: ConversationState, books: AccountView) -> AccountView:
    """Return the books as a conversation's context has them."""
    return NO_BOOKS if case.account.id is None else books


def with_orders(books: AccountView, *new: OrderView, before: bool = False) -> AccountView:
    """Return the books with these orders, too: as the newest, or `before` those that are there, which stay."""
    found = dict[str, OrderView]()
    for order in (*books.orders, *new) if before else (*new, *books.orders):
        found.setdefault(order.id, order)
    return replace(books, orders=tuple(sorted(found.values(), key=lambda order: order.status == "cancelled")))


def _after(known: AccountView, event: Event, seller: Seller, by: Command | None) -> AccountView:
    match event:
        case LoggedIn(view):
            return with_orders(view, *known.orders, before=True)
        case AccountLeft():
            return replace(NO_BOOKS, orders=known.orders)
        case AccountCreated(account_id):
            email, name = (by.email, by.name) if isinstance(by, CreateAccount) else (known.email, known.person_name)
            made = replace(sample_view(None), id=account_id, status="pending", phone=None)
            return replace(made, email=email, person_name=name)
        case AnswersKept() if isinstance(by, KeepAnswers):
            return _answered(known, by)
        case CompanySaved(id):
            saved, held = saved_view(by, id) if isinstance(by, SaveCompany) else company_view(), known.company
            same = held is not None and (held.id, held.tax_number) == (saved.id, saved.tax_number)
            return _with_company(known, replace(saved, own_answers=held.own_answers) if held and same else saved)
        case CheckSet() if isinstance(by, SetCheck) and known.company is not None:
            told = {"check": by.check, "vat_checked_at": by.vat_checked_at, "vat_check_id": by.vat_check_id}
            return _with_company(known, replace(known.company, **told))
        case CompanyChangedMeanwhile() if known.company is not None:
            return _with_company(known, replace(known.company, street="ul. Nowa 77"))
        case InvoiceIssued(known.id, invoice):
            return replace(known, invoices=(invoice, *known.invoices))
        case EInvoiceSwitched(status, email):
            return replace(known, einvoice_status=status, einvoice_email=email or known.einvoice_email)
        case InvoiceEmailChanged(email):
            return replace(known, einvoice_email=email)
        case _:
            return _after_sale(_after_payment(_after_proof(known, event, seller), event, by), event, seller, by)


def _answered(known: AccountView, act: KeepAnswers) -> AccountView:
    match act.keep:
        case "account":
            return replace(known, own_answers={**known.own_answers, **act.answers})
        case "company":
            held = known.company or company_view()
            return _with_company(known, replace(held, id=act.holder, own_answers={**held.own_answers, **act.answers}))
        case "order":
            of = find_order(known, act.holder) or replace(sample_order("paid"), id=act.holder)
            now = {"own_answers": {**of.own_answers, **act.answers}}
            return _changed(with_orders(known, of, before=True), of.id, None, now)


def _after_proof(known: AccountView, event: Event | None, seller: Seller) -> AccountView:
    match event:
        case CodeRight(phone) | PhoneVouched(phone) if known.id:
            active = seller.sign_up.letter_waits and not known.taken
            return replace(known, phone=phone, phone_verified=True, status="active" if active else known.status)
        case PhoneKept(phone):
            return replace(known, phone=phone)
        case CodesChecked(sms, letter):
            return _after_proof(_after_proof(known, sms, seller), letter, seller)
        case EmailChanged(email):
            return replace(known, email=email, email_verified=False)
        case EmailReplaced(email):
            return replace(known, email=email, email_verified=True)
        case EmailProven(known.email):
            return replace(known, email_verified=True)
        case _:
            return known


def _with_company(known: AccountView, view: CompanyView) -> AccountView:
    return replace(known, company=view, companies=(view,))


def _after_payment(known: AccountView, event: Event, by: Command | None) -> AccountView:
    order_id = by.order_id if isinstance(by, OpenPayment | CancelOrder) else None
    payment_id = by.payment_id if isinstance(by, ReopenPayment) else None
    if order_id is not None and find_order(known, order_id) is None:  # placed before what is known here
        known = with_orders(known, replace(sample_order("placed"), id=order_id))
    match event:
        case PaymentOpened(payment_id, until, renews):
            method = {"payment_method": by.method, "method": by.method} if isinstance(by, OpenPayment) else {}
            opened = {"payment_id": payment_id, "payment_status": "pending", "payment_expires_at": until}
            renewing = {} if renews is None else {"auto_renewal": renews}
            return _changed(known, order_id, payment_id, opened | method | renewing)
        case PaymentNotChanged("expired"):
            return _changed(known, order_id, payment_id, {"payment_status": "expired"})
        case PaymentNotChanged(status):
            return _changed(known, order_id, payment_id, {"status": status, "payment_status": status})
        case OrderStands():
            return _changed(known, order_id, payment_id, {"status": "paid", "payment_status": "paid"})
        case PaymentBooked(payment_id, status="pending" | "failed" | "expired" | "refunded" as status):
            return _changed(known, None, payment_id, {"payment_status": status})
        case _:
            return known


def _changed(known: AccountView, order_id: str | None, payment_id: str | None, now: dict[str, Any]) -> AccountView:
    """Return the books in which the order of this id, or of this payment, has changed."""

    def of(order: OrderView) -> OrderView:
        meant = order.id == order_id if order_id is not None else order.payment_id == payment_id
        return replace(order, **now) if meant else order

    return with_orders(replace(known, orders=tuple(of(order) for order in known.orders)))


def _placed(event: OrderPlaced, by: Command | None) -> OrderView:
    placed = replace(sample_order("placed"), id=event.order_id, number=event.number)
    placed = replace(placed, payment_id=None, payment_method=None, payment_status=None)
    if not isinstance(by, PlaceOrder):
        return placed
    net, vat, gross = (money.minor for money in (by.price.net, by.price.vat, by.price.gross))
    placed = replace(placed, net=net, vat=vat, gross=gross, currency=by.price.net.currency)
    items = tuple((line.plan, line.quantity) for line in by.lines)
    years = by.lines[0].years if by.lines else 1
    return replace(placed, items=items, years=years, method=by.method, auto_renewal=by.auto_renewal)


def _after_sale(known: AccountView, event: Event, seller: Seller, by: Command | None) -> AccountView:
    match event:
        case OrderPlaced():
            return with_orders(known, _placed(event, by))
        case OrderRefused(open=PlacedOrder(id)) | RenewalNotBegun(open=PlacedOrder(id)):
            return with_orders(known, replace(sample_order("placed"), id=id), before=True)
        case WithdrawalKept(among=among) if among:
            return with_orders(known, *(replace(sample_order("paid"), id=one.id) for one in among), before=True)
        case OrderCancelled(number):
            over = (replace(one, status="cancelled") for one in known.orders if one.number == number)
            return with_orders(known, *over)
        case RenewalToPay(account_id=known.id):
            return _to_pay(known, event, seller)
        case RenewalCharged():
            paid = _paid(known, event.order_id, event.number, event.payment_id, seller)
            return replace(paid, owned=known.owned)
        case RenewalBegun() if not known.owned and not known.lapsed:
            return replace(known, owned=owned(*(program.product for program in seller.programs)))
        case RemindersSwitched(on, True):
            return replace(known, reminders_stopped=not on)
        case RenewalWaits(known.id, documents, ends_at):
            return replace(known, waits=WaitingRenewal(documents, ends_at))
        case DocumentAccepted(left=left):
            return replace(known, waits=replace(known.waits, documents=left) if left and known.waits else None)
        case PaymentBooked(status="paid"):
            return _paid(known, event.order_id, event.number, event.payment_id, seller)
        case SubscriptionLapsed(grace_until=datetime()):
            late = tuple(replace(o, ends_at=event.ends_at, status="grace") for o in known.owned)
            return replace(known, owned=late, waits=None)
        case SubscriptionLapsed():
            over = tuple(replace(one, ends_at=event.ends_at, status="ended") for one in known.owned)
            return replace(known, owned=(), lapsed=over, einvoice_status="off", waits=None) if over else known
        case AutoRenewalSet(on, True):
            return replace(known, owned=tuple(replace(one, auto_renewal=on) for one in known.owned), auto_renewal=on)
        case DefaultMethodSet(method):
            return replace(known, default_method=method)
        case MethodForgotten(str(way_id)):
            return replace(known, ways=tuple(way for way in known.ways if way.id != way_id))
        case _:
            return known


def _to_pay(known: AccountView, event: RenewalToPay, seller: Seller) -> AccountView:
    if (placed := find_order(known, event.order_id)) is not None and placed.status == "placed":
        return known
    method: dict[str, Any] = {"method": seller.methods[0], "payment_method": seller.methods[0]}
    one = replace(sample_order("placed"), id=event.order_id, number=event.number, renewal=True, **method)
    due = replace(one, payment_id=event.payment_id, payment_expires_at=event.ends_at)
    return replace(with_orders(known, due), waits=None)


def _paid(known: AccountView, order_id: str, number: str, payment_id: str, seller: Seller) -> AccountView:
    order = next((one for one in known.orders if order_id == one.id or payment_id == one.payment_id), None)
    one = replace(order or replace(sample_order("paid"), id=order_id, number=number), status="paid")
    paid = replace(one, payment_id=payment_id, payment_status="paid")
    runs = named_for(sample_view(company_view(), "paid"), seller)
    of_order: dict[str, Any] = {"order_id": paid.id, "auto_renewal": paid.auto_renewal}
    bought = known.owned or tuple(replace(one, **of_order) for one in runs.owned)
    if known.owned and seller.programs and known.owned[0].order_id != paid.id:  # the one that ends first is renewed
        ends_at = bought[0].ends_at + timedelta(days=365)
        bought = (replace(bought[0], ends_at=ends_at, renewed=True, **of_order), *bought[1:])
    return replace(with_orders(known, paid), owned=bought, ways=runs.ways, default_method=paid.method)
