"""The events that the seller's own system is told, one function for each type. Fields: docs/how-to/listen-to-events.md.

Each id follows from what it tells (the order, the payment, the moment), so that it is told once however often its
transaction is run. Nothing personal is in them but what an order needs to be invoiced electronically.
"""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from services.companies.companies import CompanyRecord
from services.einvoicing.einvoices import EInvoiceRecord
from services.keyed_hash import derived_id
from services.orders.order_record import OrderRecord
from services.payments.matching import MatchedBy
from services.payments.record import PaymentRecord
from services.payments.refunds import RefundRecord
from services.payments.transfers import ListedTransfer, TransferBooked
from services.seller import card
from services.seller.events_out import SellerEvent
from services.seller.rows import PAYMENT, REFUND, SUBSCRIPTION, format_moment
from services.store.conversations import StoredConversation
from services.subscriptions.subscription_record import Subscription
from values.payment import Difference
from values.question import Answers, Keep

MEANINGS: Mapping[str, str] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
"""What each type of event tells."""
_PLACED = ("company_id", "items", "discount_code", "net", "vat", "gross", "currency", "tax", "method")


def account_created(account_id: str, now: datetime) -> SellerEvent:
    """Return the event of a sign-up; contacts are still to be verified."""
    return _event("account.created", account_id, now, (account_id,))


def account_closed(account_id: str, now: datetime) -> SellerEvent:
    """Return the event of an erased person; what the seller's own systems hold of them is the seller's affair."""
    return _event("account.closed", account_id, now, (account_id,))


def contact_verified(account_id: str, kind: str, key: str, account_status: str, now: datetime) -> SellerEvent:
    """Return the event of a proven contact; `account_status` says whether it was the last one demanded."""
    about = (account_id, kind, key)
    return _event("contact.verified", account_id, now, about, kind=kind, account_status=account_status)


def company_confirmed(company: CompanyRecord, now: datetime) -> SellerEvent:
    """Return the event of confirmed company data, sent again after each change."""
    about = (company.id, now.isoformat())
    more = {"company_id": company.id, "country": company.billing.country, "check": company.check}
    return _event("company.confirmed", company.account_id, now, about, **more, source=company.source)


def question_answered(
    account_id: str, keep: Keep, holder: str, given: Answers, command_id: str, now: datetime
) -> SellerEvent:
    """Return the event of answers to the seller's own questions, sent again after each change."""
    return _event("question.answered", account_id, now, (command_id,), kept_with=keep, id=holder, answers=dict(given))


def order_placed(order: OrderRecord, now: datetime) -> SellerEvent:
    """Return the event of a placed, unpaid order.

    `tax` tells why its VAT is what it is, `sdi_code` and `pec` how an Italian e-invoice is delivered.
    """
    facts = card.order_facts(order)
    shown = {name: facts[name] for name in _PLACED}
    more = {"sdi_code": order.billing.get("sdi_code"), "pec": order.billing.get("pec")}
    return _event("order.placed", order.account_id, now, (order.id,), **_named(order), **shown, **more)


def order_cancelled(order: OrderRecord, now: datetime, reason: str | None = None) -> SellerEvent:
    """Return the event of a cancelled order; `reason`: the seller's own, where the seller cancelled it."""
    why = {} if reason is None else {"reason": reason}
    return _event("order.cancelled", order.account_id, now, (order.id, now.isoformat()), **_named(order), **why)


def order_withdrawn(order: OrderRecord, stated_at: datetime, kept: int, now: datetime) -> SellerEvent:
    """Return the event of a withdrawal that a person has accepted; it counts from the hour of the statement.

    `kept`: of its money for what was used until then, in minor units.
    """
    about, told = (order.id, stated_at.isoformat()), {"withdrawn_at": format_moment(stated_at), "kept_amount": kept}
    return _event("order.withdrawn", order.account_id, now, about, **_named(order), **told)


def payment_paid(order: OrderRecord, payment: PaymentRecord, now: datetime) -> SellerEvent:
    return _event("payment.paid", order.account_id, now, (payment.id,), **_money(order, payment))


def payment_refunded(
    order: OrderRecord, payment: PaymentRecord, attempt: int, now: datetime, back: int | None = None
) -> SellerEvent:
    """Money of this payment went back: `back` of what paid the order, or, without it, what came and wasn't owed."""
    about = (payment.id, str(attempt), *(() if back is None else (format_moment(payment.asked_at) or "",)))
    money = {"refunded": payment.amount if back is None else back, "refunded_amount": payment.refunded_amount}
    return _event("payment.refunded", order.account_id, now, about, **_money(order, payment), **money)


def refund_changed(order: OrderRecord, held: RefundRecord, now: datetime) -> SellerEvent:
    """Return the event of a refund that you have asked for: requested, done or failed."""
    types: dict[str, Literal["refund.requested", "refund.done", "refund.failed"]] = {
        "requested": "refund.requested",
        "done": "refund.done",
        "failed": "refund.failed",
    }
    shown = REFUND.row(held)
    facts = {name: shown[name] for name in ("payment_id", "amount", "currency", "failure")}
    about = (held.id, held.stands)
    return _event(types[held.stands], order.account_id, now, about, **_named(order), refund_id=held.id, **facts)


def payment_disputed(
    order: OrderRecord, payment: PaymentRecord, now: datetime, *, case: str, amount: int
) -> SellerEvent:
    """Return the event of a dispute opened, won or lost; `case` is its name at the provider, `amount` its claim."""
    about = (payment.id, payment.disputed or "", format_moment(payment.asked_at) or "")
    money = {"disputed": payment.disputed, "case": case, "disputed_amount": amount}
    return _event("payment.disputed", order.account_id, now, about, **_money(order, payment), **money)


def payment_differs(order: OrderRecord | None, found: Difference, now: datetime) -> SellerEvent:
    """Return the event of a difference that waits for a person, once for each; of money no order is known for, too."""
    said = {"payment_id": found.payment_id, "provider": found.provider, "currency": found.currency}
    said |= {"kind": found.kind, "ours": found.ours, "theirs": found.theirs, "remedy": found.remedy}
    named = _named(order) if order is not None else {"order_id": None, "order_number": None}
    whose = order.account_id if order is not None else None
    return _event("payment.differs", whose, now, found.case, **named, **said)


def transfer_kept(
    order: OrderRecord, *, reference: str, amount: int, currency: str, reason: str, now: datetime
) -> SellerEvent:
    """Return the event of a transfer that pays nothing and waits for the seller's decision."""
    about = (order.id, reference, str(amount), currency)
    money = {"reference": reference, "amount": amount, "currency": currency, "reason": reason}
    return _event("transfer.kept", order.account_id, now, about, **_named(order), **money)


def transfer_matched(
    booked: TransferBooked, of: ListedTransfer, by: MatchedBy, now: datetime, reason: str | None = None
) -> SellerEvent:
    """Return the event of a transfer found to pay an order; `reason`: yours, where a person has said so."""
    told = of.receipt
    money = {"reference": told.reference, "amount": told.amount, "currency": told.currency, "matched_by": by}
    more = {"transfer_id": of.id, **money, "reason": reason}
    return _event("transfer.matched", booked.order.account_id, now, (of.id,), **_named(booked.order), **more)


def transfer_unbooked(
    order: OrderRecord, was: ListedTransfer, of: ListedTransfer, now: datetime, reason: str
) -> SellerEvent:
    """Return the event of a booking that was a slip: it pays the order no more, and is kept as this transfer."""
    told = was.receipt
    money = {"reference": told.reference, "amount": told.amount, "currency": told.currency, "reason": reason}
    return _event("transfer.unbooked", order.account_id, now, (was.id,), **_named(order), transfer_id=of.id, **money)


def transfer_returned(order: OrderRecord, of: ListedTransfer, reason: str, now: datetime) -> SellerEvent:
    """Return the event of a kept transfer that you have sent back."""
    told = of.receipt
    money = {"reference": told.reference, "amount": told.amount, "currency": told.currency, "reason": reason}
    return _event("transfer.returned", order.account_id, now, (of.id,), **_named(order), transfer_id=of.id, **money)


def subscription_renewed(renewed: Subscription, order_number: str, now: datetime) -> SellerEvent:
    """Return the event of a term added to one that runs."""
    about, term = _term(renewed)
    return _event("subscription.renewed", renewed.account_id, now, about, **term, order_number=order_number)


def subscription_changed(of: Subscription, start: Literal["now", "next_term"], now: datetime) -> SellerEvent:
    """Return the event of another `quantity` or plan, as it is from now or from the next term on."""
    about, term = _term(of)
    plan, number = (of.product, of.quantity) if start == "now" else (of.renewed_product, of.renewed_quantity)
    more = {"quantity": number, "plan": plan, "from": start}
    return _event("subscription.changed", of.account_id, now, (*about, start, now.isoformat()), **term, **more)


def subscription_ending(of: Subscription, now: datetime) -> SellerEvent:
    about, term = _term(of)
    return _event("subscription.ending", of.account_id, now, (*about, now.isoformat()), **term)


def subscription_ended(ended: Subscription, now: datetime) -> SellerEvent:
    about, term = _term(ended)
    return _event("subscription.ended", ended.account_id, now, about, **term)


def trial_started(begun: Subscription, now: datetime) -> SellerEvent:
    return _of_trial("trial.started", begun, now)


def trial_ending(of: Subscription, now: datetime) -> SellerEvent:
    """Return the event of a trial whose customer is told of its end."""
    return _of_trial("trial.ending", of, now)


def trial_ended(of: Subscription, now: datetime) -> SellerEvent:
    """Return the event of a trial that is over: `paid`, another term follows; else its service has stopped."""
    return _of_trial("trial.ended", of, now, paid=of.status != "ended")


def einvoice_switched(stands: EInvoiceRecord, now: datetime) -> SellerEvent:
    """Return the event of e-invoices asked for, switched on or ended."""
    types: dict[str, Literal["einvoice.requested", "einvoice.activated", "einvoice.ended"]] = {
        "requested": "einvoice.requested",
        "active": "einvoice.activated",
        "off": "einvoice.ended",
    }
    since = stands.activated_at or stands.requested_at or now
    about = (stands.id, since.isoformat())
    more = {"einvoice_id": stands.id, "status": stands.status}
    return _event(types[stands.status], stands.account_id, now, about, **more)


def handed_over(conversation: StoredConversation, account_id: str | None, now: datetime) -> SellerEvent:
    """Return the event of a customer who waits for a person; `account_id` is None for one the seller doesn't know."""
    about = (conversation.id, now.isoformat())
    more = {"conversation_id": conversation.id, "channel": conversation.channel}
    return _event("conversation.handed_over", account_id, now, about, **more)


def _term(of: Subscription) -> tuple[tuple[str, str], dict[str, Any]]:
    """Return what the event of a term is known by, and what it tells."""
    shown = SUBSCRIPTION.row(of)
    term = {name: shown[name] for name in ("product", "starts_at", "ends_at")}
    return (of.id, term["ends_at"] or ""), {"subscription_id": of.id, **term}


def _of_trial(type: str, of: Subscription, now: datetime, **more: Any) -> SellerEvent:
    shown = SUBSCRIPTION.row(of)
    term = {name: shown[name] for name in ("product", "starts_at", "trial_ends_at")}
    return _event(type, of.account_id, now, (of.id, term["trial_ends_at"] or ""), subscription_id=of.id, **term, **more)


def _named(order: OrderRecord) -> dict[str, Any]:
    return {"order_id": order.id, "order_number": order.number}


def _money(order: OrderRecord, payment: PaymentRecord) -> dict[str, Any]:
    shown = PAYMENT.row(payment)
    money = {name: shown[name] for name in ("method", "provider", "amount", "currency")}
    return {**_named(order), "payment_id": payment.id, **money}


def _event(type: str, account_id: str | None, now: datetime, about: tuple[str, ...], **data: Any) -> SellerEvent:
    return SellerEvent(f"evt_{derived_id(type, *about)}", type, account_id, {"customer_id": account_id, **data}, now)
