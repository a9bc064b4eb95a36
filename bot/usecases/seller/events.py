"""Events for the seller's own system, by the outcome of a command."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.conversation.turn import CommandContext
from dialogs.kit import Command, Event
from dialogs.messages.account import AccountCreated, EmailChanged
from dialogs.messages.company import CompanySaved
from dialogs.messages.contact import CodeRight, CodesChecked, EmailProven, PhoneKept, PhoneVouched
from dialogs.messages.einvoice import EInvoiceSwitched
from dialogs.messages.handoff import HumanRequested
from dialogs.messages.on_file import CustomerRegistered
from dialogs.messages.order import OrderCancelled, OrderPlaced
from dialogs.messages.payment import PaymentBooked, RefundBooked
from dialogs.messages.questions import AnswersKept, KeepAnswers
from dialogs.messages.renewal import RenewalToPay
from dialogs.messages.withdrawal import WithdrawalDecided
from dialogs.messages.zone import AutoRenewalSet, QuantitySet
from services.accounts import accounts
from services.companies import companies
from services.contacts import contacts
from services.einvoicing import einvoices
from services.jobs.port import Outbox, StoredJob
from services.orders import order_record
from services.payments import record
from services.payments.record import PaymentRecord
from services.seller import events_out, seller_events
from services.subscriptions import subscription_record

OF_NOBODY = ""
"""The conversation of calls that concern none."""

Events = Iterable[events_out.SellerEvent]


class SellerEvents:
    """Writes events into transactions of turns and handlers. Without an outbox nobody listens: nothing is written."""

    def __init__(self, outbox: Outbox | None) -> None:
        self._outbox = outbox

    def publish(self, connection: sa.Connection, event: events_out.SellerEvent) -> None:
        """Store the event and its delivery job; a known event isn't stored again."""
        if self._outbox is None or not events_out.write_event(connection, event):
            return
        job = StoredJob(
            key=events_out.key_of(event.id),
            conversation_id=OF_NOBODY,
            root=None,
            kind=events_out.SEND,
            payload={"event": event.id},
            background=True,
            due_at=event.at,
        )
        self._outbox.leave(connection, job)

    def about(self, command: Command, outcome: Event, context: CommandContext) -> None:
        """Publish what came of the act, if the seller is to know of it.

        Nothing of a shadow's, which is nobody (`services/accounts/accounts.py`).
        """
        if self._outbox is None or (events := _TOLD.get(type(outcome))) is None:
            return
        for event in events(command, outcome, context):
            if event.account_id is None or _somebody(event.account_id, context):
                self.publish(context.connection, event)


def list_money_events(
    connection: sa.Connection, order: order_record.OrderRecord, payment: PaymentRecord, now: Any
) -> Events:
    """Return the events of a booked payment; one of zero is no money."""
    if payment.amount:
        yield seller_events.payment_paid(order, payment, now)
    yield from list_trial_events(connection, order, now)
    for renewed in subscription_record.renewed_by(connection, order.id):
        if renewed.trial_ends_at is not None and renewed.trial_ends_at == renewed.anchor:
            yield seller_events.trial_ended(renewed, now)
        yield seller_events.subscription_renewed(renewed, order.number, now)
    added = (subscription_record.get(connection, item.adds) for item in order.items if item.adds is not None)
    yield from (seller_events.subscription_changed(of, "now", now) for of in added if of is not None)


def events_of_change(connection: sa.Connection, told: QuantitySet | RenewalToPay, now: Any) -> Events:
    """Return the events of another number of something: it stands, or its order was placed."""
    if isinstance(told, QuantitySet):
        of = subscription_record.get(connection, told.subscription_id)
        start = "now" if told.starts is None else "next_term"
        if of is not None:
            yield seller_events.subscription_changed(of, start, now)
    elif (order := order_record.get(connection, told.order_id)) is not None:
        yield seller_events.order_placed(order, order.placed_at)


def list_trial_events(connection: sa.Connection, order: order_record.OrderRecord, now: Any) -> Events:
    """Return the events of the trials that an order has begun."""
    begun = subscription_record.of_order(connection, order.id) if order.trial and order.status == "paid" else ()
    yield from (seller_events.trial_started(of, now) for of in begun if of.in_trial)


def list_contract_end_events(connection: sa.Connection, order: order_record.OrderRecord, now: Any) -> Events:
    """Return the events of what a withdrawal has ended now, and of the renewals that were cancelled with it."""
    for of in subscription_record.of_order(connection, order.id):
        if of.why_ended == "withdrawn":
            yield seller_events.subscription_ended(of, now)
    yield from _cancelled_now(connection, order.account_id, now)


def _cancelled_now(connection: sa.Connection, account_id: str, now: Any) -> Events:
    for other in order_record.of_account(connection, account_id):
        if other.cancelled_at == now:
            yield seller_events.order_cancelled(other, now)


def _created(account_id: str, context: CommandContext) -> Events:
    yield seller_events.account_created(account_id, context.now)


def _registered(command: Any, _outcome: CustomerRegistered, context: CommandContext) -> Events:
    """Return the events of an account opened for a customer on file, with one contact proven."""
    yield from _created(context.id, context)
    mine = accounts.get(context.connection, context.id)
    known = contacts.of_account(context.connection, context.id)
    for contact in known if mine is not None else ():
        if mine is not None and contact.kind == command.kind and contact.verified_at is not None:
            yield seller_events.contact_verified(mine.id, contact.kind, contact.key, mine.status, context.now)


def _phone(command: Any, _outcome: CodeRight | PhoneVouched, context: CommandContext) -> Events:
    mine = accounts.get(context.connection, command.account_id)
    if mine is not None:
        yield seller_events.contact_verified(mine.id, "phone", command.phone, mine.status, context.now)


def _email_proven(command: Any, _outcome: EmailProven, context: CommandContext) -> Events:
    """Return the proof of an address by its letter's code; the link's page publishes its own."""
    mine = accounts.get(context.connection, command.account_id)
    if mine is not None:
        yield seller_events.contact_verified(mine.id, "email", mine.email_key, mine.status, context.now)


def _codes(command: Any, outcome: CodesChecked, context: CommandContext) -> Events:
    """Return the proofs by codes typed in one message."""
    if isinstance(outcome.sms, CodeRight):
        yield from _phone(command, outcome.sms, context)
    if isinstance(outcome.letter, EmailProven):
        yield from _email_proven(command, outcome.letter, context)


def _phone_kept(command: Any, outcome: PhoneKept, context: CommandContext) -> Events:
    """Return the proof of the e-mail, where the phone was the last contact demanded."""
    mine = accounts.get(context.connection, command.account_id)
    if mine is not None and outcome.active:
        key = f"{mine.email_key} for {command.phone}"
        yield seller_events.contact_verified(mine.id, "email", key, mine.status, context.now)


def _company(_act: Any, outcome: CompanySaved, context: CommandContext) -> Events:
    saved = companies.get(context.connection, outcome.company_id)
    if saved is not None:
        yield seller_events.company_confirmed(saved, context.now)


def _answered(command: KeepAnswers, outcome: AnswersKept, context: CommandContext) -> Events:
    told = {name: value for name, value in command.answers.items() if name in outcome.told}
    if told:
        yield seller_events.question_answered(
            command.account_id, command.keep, command.holder, told, context.id, context.now
        )


def _order(_act: Any, outcome: OrderPlaced, context: CommandContext) -> Events:
    placed = order_record.get(context.connection, outcome.order_id)
    if placed is not None:
        yield seller_events.order_placed(placed, placed.placed_at)
        yield from list_trial_events(context.connection, placed, context.now)


def _cancelled(command: Any, _outcome: OrderCancelled, context: CommandContext) -> Events:
    order = order_record.get(context.connection, command.order_id)
    if order is not None and order.cancelled_at is not None:
        yield seller_events.order_cancelled(order, order.cancelled_at)


def _ended(_act: Any, outcome: AutoRenewalSet, context: CommandContext) -> Events:
    """Return the events of what its customer has ended with its term, and of the renewals cancelled with it."""
    known = [subscription_record.get(context.connection, id) for id in outcome.ended]
    for of in known:
        if of is not None:
            yield seller_events.subscription_ending(of, context.now)
    account_id = next((of.account_id for of in known if of is not None), "")
    yield from _cancelled_now(context.connection, account_id, context.now)


def _withdrawn(_act: Any, outcome: WithdrawalDecided, context: CommandContext) -> Events:
    """Return the event of an accepted withdrawal; a refused one changes nothing that the seller's system knows."""
    order = order_record.by_number(context.connection, outcome.number) if outcome.accepted and outcome.number else None
    if order is not None:
        kept = outcome.kept.minor if outcome.kept is not None else 0
        yield seller_events.order_withdrawn(order, outcome.stated_at, kept, context.now)
        yield from list_contract_end_events(context.connection, order, context.now)


def _paid(command: Any, outcome: PaymentBooked, context: CommandContext) -> Events:
    if outcome.status != "paid" or not outcome.news:
        return ()
    order, payment = _sold(command.payment_id, context)
    return list_money_events(context.connection, order, payment, context.now)


def _refunded(command: Any, outcome: RefundBooked, context: CommandContext) -> Events:
    if outcome.news:
        order, payment = _sold(command.payment_id, context)
        yield seller_events.payment_refunded(order, payment, command.attempt, context.now)


def _sold(payment_id: str, context: CommandContext) -> tuple[order_record.OrderRecord, PaymentRecord]:
    payment = record.get(context.connection, payment_id)
    order = order_record.get(context.connection, payment.order_id) if payment is not None else None
    if payment is None or order is None:
        raise LookupError("no such payment")
    return order, payment


def _einvoice(command: Any, outcome: EInvoiceSwitched, context: CommandContext) -> Events:
    """Told once for each time that it is switched; another address alone is no news."""
    if outcome.status != "off":
        stands = einvoices.of_account(context.connection, command.account_id)
        yield seller_events.einvoice_switched(stands, context.now)


def _handed_over(_act: Any, outcome: HumanRequested, context: CommandContext) -> Events:
    if outcome.first:
        whose = context.conversation.account_id
        known = whose if whose is not None and _somebody(whose, context) else None
        yield seller_events.handed_over(context.conversation, known, context.now)


def _quantity(_act: Any, told: QuantitySet | RenewalToPay, context: CommandContext) -> Events:
    return events_of_change(context.connection, told, context.now)


def _somebody(account_id: str, context: CommandContext) -> bool:
    mine = accounts.get(context.connection, account_id)
    return mine is not None and not mine.taken


_TOLD: Mapping[type[Event], Callable[[Any, Any, CommandContext], Events]] = {
    AccountCreated: lambda _act, outcome, context: _created(outcome.account_id, context),
    CustomerRegistered: _registered,
    # The account's creation, which the seller may know only from now on.
    EmailChanged: lambda command, _outcome, context: _created(command.account_id, context),
    CodeRight: _phone,
    PhoneVouched: _phone,
    CodesChecked: _codes,
    EmailProven: _email_proven,
    PhoneKept: _phone_kept,
    CompanySaved: _company,
    AnswersKept: _answered,
    OrderPlaced: _order,
    OrderCancelled: _cancelled,
    **dict.fromkeys((QuantitySet, RenewalToPay), _quantity),
    PaymentBooked: _paid,
    RefundBooked: _refunded,
    EInvoiceSwitched: _einvoice,
    HumanRequested: _handed_over,
    WithdrawalDecided: _withdrawn,
    AutoRenewalSet: _ended,
}
