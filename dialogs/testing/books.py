"""A stand-in for the books of one account: what they say after an event, for walks and tests.

Simpler than the real ones: what an event tells is taken as done, and a paid order begins one term.
"""

from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from dialogs.explorer.samples import company_view, named_for, owned, sample_order, sample_view
from dialogs.kit import Event
from dialogs.messages.account import AccountCreated, AccountLeft, LoggedIn
from dialogs.messages.company import CompanySaved
from dialogs.messages.einvoice import EInvoiceSwitched, InvoiceEmailChanged, InvoiceIssued
from dialogs.messages.order import OrderCancelled, OrderPlaced, OrderRefused
from dialogs.messages.payment import DefaultMethodSet, MethodForgotten, PaymentBooked
from dialogs.messages.renewal import (
    DocumentAccepted,
    RemindersSwitched,
    RenewalBegun,
    RenewalNotBegun,
    RenewalToPay,
    RenewalWaits,
    SubscriptionLapsed,
)
from dialogs.messages.zone import AutoRenewalSet
from dialogs.state import ConversationState
from values.account_view import NO_BOOKS, AccountView, OrderView, WaitingRenewal
from values.seller import Seller


def books_after(known: AccountView, event: Event, seller: Seller) -> AccountView:
    """Return what the books say of the account after the event; another revision where that differs."""
    after = _after(known, event, seller)
    return after if after is known else replace(after, revision=known.revision + 1)


def books_of(case: ConversationState, books: AccountView) -> AccountView:
    """Return the books as a conversation's context has them, with what a case still keeps by itself."""
    if case.account.id is None:
        return NO_BOOKS
    proven, books = case.contact.proven, replace(books, email=case.account.email or books.email)
    return books if proven is None else replace(books, phone=proven, phone_verified=True)


def _after(known: AccountView, event: Event, seller: Seller) -> AccountView:
    match event:
        case LoggedIn(view):
            return view
        case AccountLeft():
            return NO_BOOKS
        case AccountCreated(account_id):
            return replace(sample_view(None), id=account_id, status="pending", phone=None)
        case CompanySaved():
            return replace(known, company=company_view(), companies=(company_view(),))
        case InvoiceIssued(known.id, invoice):
            return replace(known, invoices=(invoice, *known.invoices))
        case EInvoiceSwitched(status, email):
            return replace(known, einvoice_status=status, einvoice_email=email or known.einvoice_email)
        case InvoiceEmailChanged(email):
            return replace(known, einvoice_email=email)
        case _:
            return _after_sale(known, event, seller)


def _after_sale(known: AccountView, event: Event, seller: Seller) -> AccountView:
    match event:
        case OrderPlaced(order_id, number):
            return replace(known, order=replace(sample_order("placed"), id=order_id, number=number))
        case OrderRefused(open=OrderView() as waits) | RenewalNotBegun(open=OrderView() as waits):
            return replace(known, waiting=(waits,))
        case OrderCancelled(number):
            left = tuple(order for order in known.waiting if order.number != number)
            last = known.order if known.order is None or known.order.number != number else known.paid
            return replace(known, order=last, waiting=left)
        case RenewalToPay(account_id=known.id):
            return _to_pay(known, event, seller)
        case RenewalBegun() if not known.owned and not known.lapsed:
            return replace(known, owned=owned(*(program.product for program in seller.programs)))
        case RemindersSwitched(on, True):
            return replace(known, reminders_stopped=not on)
        case RenewalWaits(known.id, documents, ends_at):
            return replace(known, waits=WaitingRenewal(documents, ends_at))
        case DocumentAccepted(left=left):
            return replace(known, waits=replace(known.waits, documents=left) if left and known.waits else None)
        case PaymentBooked(status="paid"):
            return _paid(known, event, seller)
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
    if known.order is not None and (known.order.id, known.order.status) == (event.order_id, "placed"):
        return known
    method: dict[str, Any] = {"method": seller.methods[0], "payment_method": seller.methods[0]}
    one = replace(sample_order("placed"), id=event.order_id, number=event.number, renewal=True, **method)
    due = replace(one, payment_id=event.payment_id, payment_expires_at=event.ends_at)
    return replace(known, order=due, waits=None)


def _paid(known: AccountView, event: PaymentBooked, seller: Seller) -> AccountView:
    order = known.order if known.order is not None and known.order.id == event.order_id else None
    one = replace(order or sample_order("paid"), id=event.order_id, number=event.number, status="paid")
    paid = replace(one, payment_id=event.payment_id, payment_status="paid")
    runs = named_for(sample_view(company_view(), "paid"), seller)
    of_order: dict[str, Any] = {"order_id": paid.id, "auto_renewal": paid.auto_renewal}
    bought = known.owned or tuple(replace(one, **of_order) for one in runs.owned)
    if known.owned and seller.programs and known.owned[0].order_id != paid.id:  # the one that ends first is renewed
        ends_at = bought[0].ends_at + timedelta(days=365)
        bought = (replace(bought[0], ends_at=ends_at, renewed=True, **of_order), *bought[1:])
    return replace(known, order=paid, paid=paid, owned=bought, ways=runs.ways, default_method=paid.method)
