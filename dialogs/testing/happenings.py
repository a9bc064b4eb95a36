"""Happenings that no command of the stand-in's books did, and the books as they are after each.

Proofs of contacts, log-ins, terms that run out, the desk's own renewals, acts of the seller and of other conversations.
"""

from datetime import datetime
from typing import Any, TypeVar

from msgspec.structs import replace

from dialogs.explorer.samples import NUMBER, sample_order, sample_view
from dialogs.kit import Command, Event, ResultOf
from dialogs.messages import account, company, contact, einvoice, order, payment, renewal, withdrawal
from dialogs.testing import sales as sold
from dialogs.testing.stand_in import Books
from values.account_view import NO_BOOKS, OrderView, WaitingRenewal
from values.money import Money
from values.order import CartLine, PriceLine, price
from values.term import A_YEAR

B = TypeVar("B", bound=Books)


def update_books(of: B, event: Event, by: Command | None = None) -> B:
    """Return the books as they are where this event is told. `by`: the command that it answers."""
    if isinstance(event, ResultOf):
        return update_books(of, event.outcome)
    for said in (_of_account, _of_contacts, _of_invoices, _of_sales, _of_terms):
        if (after := said(of, event, by)) is not of:
            return after.moved_from(of)
    return of


def _of_account(of: B, event: Event, by: Command | None) -> B:
    match event:
        case account.LoggedIn(view):
            return of.with_view(view)
        case account.AccountLeft():
            return of.with_view(NO_BOOKS)
        case account.AccountCreated(account_id):
            made = replace(sample_view(None), id=account_id, status="pending", phone=None)
            if not isinstance(by, account.CreateAccount):
                return _proven(of.with_view(made))
            return _proven(of.with_view(replace(made, email=by.email, person_name=by.name)).agreed(by.consents))
        case company.CheckSet() if isinstance(by, company.SetCheck):
            judged = {name: getattr(by, name) for name in ("check", "vat_checked_at", "vat_check_id")}
            known = tuple(replace(one, **judged) if one.id == by.company_id else one for one in of.account.companies)
            latest = next((one for one in known if of.account.company and one.id == of.account.company.id), None)
            return of.told(companies=known, company=latest)
        case _:
            return of


def _of_contacts(of: B, event: Event, _by: Command | None) -> B:
    match event:
        case contact.CodeRight(phone) | contact.PhoneVouched(phone) if of.account.id:
            return _proven(of, phone=phone, phone_verified=True)
        case contact.PhoneKept(phone):
            return of.told(phone=phone)
        case contact.CodesChecked(sms, letter):
            for told in (one for one in (sms, letter) if one is not None):
                of = _of_contacts(of, told, None)
            return of
        case account.EmailChanged(email):
            return of.told(email=email, email_verified=False)
        case account.EmailReplaced(email) | contact.EmailProven(email) if email:
            known = isinstance(event, account.EmailReplaced) or email == of.account.email
            return _proven(of, email=email, email_verified=True) if known else of
        case _:
            return of


def _proven(of: B, **facts: Any) -> B:
    """Return the books of an account with one more proven contact: active, once it has all that are asked for."""
    now = of.told(**facts)
    waits = of.seller.sign_up.letter_waits
    has = {"phone": now.account.phone_verified, "email": now.account.email_verified or waits}
    whole = all(has.get(kind, True) for kind in of.seller.demanded_contacts)
    return now.told(status="active") if whole and not now.account.taken else now


def _of_invoices(of: B, event: Event, _by: Command | None) -> B:
    match event:
        case einvoice.InvoiceIssued(of.account.id, invoice, again=""):
            return of.told(invoices=(invoice, *of.account.invoices))
        case einvoice.EInvoiceSwitched(status, email):
            return of.told(einvoice_status=status, einvoice_email=email or of.account.einvoice_email)
        case einvoice.InvoiceEmailChanged(email):
            return of.told(einvoice_email=email)
        case _:
            return of


def _of_sales(of: B, event: Event, _by: Command | None) -> B:
    match event:
        case payment.PaymentBooked(status="paid"):
            return _paid(of, event.order_id, event.number, event.payment_id)
        case payment.PaymentBooked(status="pending" | "failed" | "expired" | "refunded" as status):
            found = [(sale, one) for sale in of.sales for one in sale.payments if one.id == event.payment_id]
            return of.put_sale(found[0][0].with_payment(replace(found[0][1], status=status))) if found else of
        case payment.PaymentNoticed(id) | payment.PaymentReturned(id) | payment.PaymentChecked(id):
            paid = [one.id for sale in of.sales for one in sale.payments]
            return of if id in paid else _with_payment(of, f"order of {id}", NUMBER, id)
        case order.OrderCancelled(number):
            gone = [sale for sale in of.sales if (sale.order.number, sale.order.status) == (number, "placed")]
            return of.put_sale(gone[0].cancelled()) if gone else of
        case withdrawal.WithdrawalKept(among=among) if among:
            paid = (replace(sample_order("paid"), id=one.id) for one in among)
            return _with_orders(of, *(one for one in paid if of.find_sale(one.id) is None))
        case _:
            return of


def _of_terms(of: B, event: Event, _by: Command | None) -> B:
    match event:
        case renewal.RenewalToPay(account_id=of.account.id):
            return _placed_by_desk(of, event).told(waits=None)
        case renewal.RenewalCharged(account_id=of.account.id):
            return _paid(_placed_by_desk(of, event), event.order_id, event.number, event.payment_id)
        case renewal.RenewalWaits(of.account.id, documents, ends_at):
            return of.ending(event.bill.lines[0][0], ends_at).told(waits=WaitingRenewal(documents, ends_at))
        case renewal.DocumentAccepted(left=left, told=True):
            waits = of.account.waits
            return of.told(waits=WaitingRenewal(left, waits.ends_at) if left and waits else None)
        case renewal.RemindersSwitched(on, told=True):
            return of.told(reminders_stopped=not on)
        case renewal.SubscriptionLapsed(grace_until=datetime()):
            return of.ending(event.plan, event.ends_at).ran_out(grace=True)
        case renewal.SubscriptionLapsed():
            given_up = event.order_id if event.order_id and of.find_sale(event.order_id) else None
            return of.ending(event.plan, event.ends_at).ran_out(given_up=given_up)
        case _:
            return of


def _with_orders(of: B, *orders: OrderView) -> B:
    new = (sold.sale_of(one, of.account) for one in orders)
    return replace(of, sales=(*new, *of.sales))


def _company(of: Books) -> str:
    return of.account.company.id if of.account.company is not None else ""


def _with_payment(of: B, order_id: str, number: str, payment_id: str) -> B:
    """Return books that know of this order and of this payment."""
    if (sale := of.find_sale(order_id)) is None:
        placed = replace(sample_order("placed"), id=order_id, number=number, payment_id=payment_id)
        plans = [plan.id for plan in of.seller.plans][:1]
        return _with_orders(of, replace(placed, items=tuple((plan, 1) for plan in plans)))
    if any(one.id == payment_id for one in sale.payments):
        return of
    return of.open_payment(payment.OpenPayment(order_id, sale.order.method), payment_id)[0]


def _paid(of: B, order_id: str, number: str, payment_id: str) -> B:
    known = _with_payment(of, order_id, number, payment_id)
    stands = any(sale.order.id == order_id and sale.order.status == "paid" for sale in known.sales)
    return known if stands else known.money_came(order_id, payment_id)


def _placed_by_desk(of: B, event: renewal.RenewalToPay | renewal.RenewalCharged) -> B:
    """Return books with the order that renews what ends first, and with its open payment."""
    if of.find_sale(event.order_id) is not None:
        return of
    bill, runs = event.bill, {one.product: one.id for one in reversed(sold.running_terms(of.terms))}
    billed, term = (bill.lines, bill.term) if bill is not None else (((event.plan, 1),), A_YEAR)
    lines = tuple(CartLine(plan, term, quantity, runs.get(plan)) for plan, quantity in billed)
    gross = Money(bill.gross if bill else event.gross, bill.currency if bill else event.currency)
    net = round(gross.minor * 100 / (100 + of.tax.percent))
    cost = price([PriceLine(net)], gross.currency, vat_percent=of.tax.percent)
    method = of.account.default_method or of.seller.methods[0]
    wanted = order.PlaceOrder(of.account.id, _company(of), lines, method, True, None, replace(cost, gross=gross), ())
    placed = of.ordered(wanted, event.order_id, by_desk=True)
    sale = placed.sales[-1]
    numbered = placed.put_sale(replace(sale, order=replace(sale.order, number=event.number)))
    return numbered.open_payment(payment.OpenPayment(event.order_id, method), event.payment_id)[0]
