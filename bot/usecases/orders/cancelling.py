"""Unpaid orders, renewals and services, ended by the seller (by the API, or an agent), or by their customer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec.structs import replace

from bot.conversation import codec
from bot.conversation.port import UnitOfWork
from bot.conversation.turn import CommandContext
from bot.usecases.command_deps import CommandDeps, handles
from bot.usecases.einvoices.commands import set_auto_renewal
from bot.usecases.renewals import notifications
from bot.usecases.renewals.bills import find_company, name_company
from bot.usecases.renewals.notifications import HolderEnding, Jobs
from bot.usecases.renewals.quotes import Quotes
from dialogs.kit import Event
from dialogs.messages.letters import SendNote
from dialogs.messages.order import OrderCancelled
from dialogs.messages.renewal import SubscriptionLapsed
from dialogs.messages.zone import AutoRenewalSet, EndContract, SetAutoRenewal
from dialogs.order.accepting import RENEWAL
from services.accounts import consents, one_time_links
from services.accounts.one_time_links import OneTimeLink
from services.agents import audit
from services.einvoicing import einvoices
from services.jobs.port import Outbox
from services.orders import order_record, orders
from services.orders.order_record import OrderRecord
from services.seller import seller_events
from services.subscriptions import (
    renewal_timer,
    renewals,
    renewed_together,
    subscription_record,
    subscriptions,
    unbegun,
)
from services.subscriptions.subscription_record import Subscription
from values.channel import Channel
from values.rules import NOTE_ENDING
from values.seller import Seller

NotCancelled = Literal["paid", "cancelled"]
NOT_CANCELLED: Mapping[NotCancelled, str] = {
    "paid": "the order is paid: give its money back instead",
    "cancelled": "the order was cancelled before",
}
"""Why an order stays as it is, for whoever asks by the API."""


def cancel(tx: UnitOfWork, order: OrderRecord, reason: str, *, here: str | None = None) -> NotCancelled | None:
    """Cancel the order, and tell its customer in every chat; return why not, where it is paid or cancelled already.

    `here`: the chat in which an agent says it.
    """
    if order_record.lock(tx.connection, order.id).status == "cancelled":
        return "cancelled"
    cancelled = orders.cancel(tx.connection, order_id=order.id, now=tx.now)
    if isinstance(cancelled, orders.AlreadyPaid):
        return "paid"
    tx.publish(seller_events.order_cancelled(cancelled.order, tx.now, reason))
    if here is None:
        _note(tx, order.account_id, what="order_cancelled", after=f"{order.number}: {reason}")
    for chat in renewals.addresses(tx.connection, order.account_id, tx.now).conversations:
        tx.tell(chat, OrderCancelled(order.number, told=chat == here))
    return None


@handles(EndContract)
def end_contract(deps: CommandDeps, command: EndContract, context: CommandContext) -> Event:
    """Let all that renews end with its term, and say so in the account's other chats, too."""
    going = list_renewed_ends(context.connection, command.account_id)
    _end_all(context.connection, going, context.now)
    switched = set_auto_renewal(deps, SetAutoRenewal(command.account_id, on=False, how=command.how), context)
    if not going:
        return switched
    told = _told(going)
    for chat in renewals.addresses(context.connection, command.account_id, context.now).conversations:
        if chat != context.conversation.id:
            context.tell(chat, told)
    return replace(told, ended=tuple(id for id, *_ in going))


def end_by_page(tx: UnitOfWork, link: OneTimeLink, seller: Seller, outbox: Outbox) -> bool:
    """End the same by the page of this link, and say so in the account's chats and by letter."""
    by, connection = link.account_id or "", tx.connection
    going = list_renewed_ends(connection, by)
    if not going:
        return False
    for order in _end_all(connection, going, tx.now):
        tx.publish(seller_events.order_cancelled(order, tx.now))
    subscriptions.set_auto_renewal(connection, account_id=by, on=False, but=seller.never_renewed)
    if seller.accepts(RENEWAL):
        how = {"channel": Channel.WEB, "how": "button", "conversation_id": link.conversation_id}
        consents.withdraw(connection, account_id=by, consent_id=RENEWAL, now=tx.now, **how)
    for id, *_ in going:
        if (of := subscription_record.get(connection, id)) is not None:
            tx.publish(seller_events.subscription_ending(of, tx.now))
    notifications.tell_chats(tx, by, _told(going))
    note, owner = SendNote(NOTE_ENDING, going[0][0], at=tx.now), renewal_timer.owner_of(going[0][0])
    outbox.leave(connection, codec.stored_job(f"{link.id}:{NOTE_ENDING}", owner, note, tx.now))
    return True


Ends = tuple[tuple[str, str, datetime], ...]


def list_renewed_ends(connection: sa.Connection, account_id: str) -> Ends:
    """Return what the account has renewed: the subscription, its product and its last day."""
    known = subscription_record.of_account(connection, account_id)
    going = (of for of in known if of.auto_renewal and of.status in ("active", "grace"))
    return tuple((of.id, of.product, of.ends_at) for of in going if of.ends_at is not None)


def _end_all(connection: sa.Connection, going: Ends, now: datetime) -> list[OrderRecord]:
    """Stop what renews; return the orders placed for it, cancelled now."""
    known = [of for id, *_ in going if (of := subscription_record.get(connection, id)) is not None]
    return [order for of in known for order in cancel_renewal(connection, of, now)[1]]


def _told(going: Ends) -> AutoRenewalSet:
    days = tuple((product, at) for _, product, at in going)
    several = days if len({at for _, at in days}) > 1 else ()
    return AutoRenewalSet(on=False, changed=True, until=max(at for _, at in days), several=several)


def stop_renewal(tx: UnitOfWork, wanted: Subscription, reason: str, *, here: str | None = None) -> bool:
    """Let what runs end with its term, a plan with its add-ons, and tell its customer.

    Return False where it runs no more. Stopped before, nobody is told again. `here`: the chat in which an agent says
    it.
    """
    lines = _stopped(tx, wanted, reason, here)
    renewing = [of for of in lines if of.auto_renewal]
    for of in renewing:
        tx.publish(seller_events.subscription_ending(of, tx.now))
    if renewing:
        until = max((of.ends_at for of in renewing if of.ends_at is not None), default=None)
        notifications.tell_chats(tx, wanted.account_id, AutoRenewalSet(on=False, changed=True, until=until), but=here)
    return bool(lines)


def end_running_service(
    tx: UnitOfWork, wanted: Subscription, reason: str, quotes: Quotes, server_key: bytes, *, here: str | None = None
) -> Jobs | None:
    """End what runs at this moment, a plan with its add-ons, and tell its customer in chat and letter.

    Return None where it runs no more. What was paid stays paid: a refund gives it back. `here`: the chat in which an
    agent says it.
    """
    lines = _stopped(tx, wanted, reason, here)
    if not lines:
        return None
    ended = tuple(unbegun.end_now(tx.connection, of, "cancelled", tx.now) for of in lines)
    einvoices.end_with_service(tx.connection, wanted.account_id)
    for of in ended:
        tx.publish(seller_events.subscription_ended(of, tx.now))
    ending, named = HolderEnding(ended, tx.now), quotes.lines(lines)
    company = name_company(tx.connection, find_company(tx.connection, ending))
    told = SubscriptionLapsed(named[0][0], tx.now, None, named, company=company, trial=lines[0].in_trial)
    reached = notifications.tell_chats(tx, wanted.account_id, told, but=here)
    return (notifications.make_notice_job(tx, ending, told, "ended", server_key, told=reached.told),)


def _stopped(tx: UnitOfWork, wanted: Subscription, reason: str, here: str | None) -> tuple[Subscription, ...]:
    lines, cancelled = cancel_renewal(tx.connection, wanted, tx.now)
    for order in cancelled:
        tx.publish(seller_events.order_cancelled(order, tx.now, reason))
        renewals.order_anew(tx.connection, (item.renews for item in order.items if item.renews is not None), tx.now)
    if lines and here is None:  # an agent's own act is noted with the agent
        products = ", ".join(of.product for of in lines)
        _note(tx, wanted.account_id, what="subscription_ended", after=f"{products}: {reason}")
    return lines


def _note(tx: UnitOfWork, account_id: str, *, what: str, after: str) -> None:
    """Note in the trail, with its reason, what the seller's system has done."""
    audit.note(tx.connection, agent_id=None, what=what, at=tx.now, account_id=account_id, after=after)


def cancel_renewal(
    connection: sa.Connection, wanted: Subscription, now: datetime
) -> tuple[tuple[Subscription, ...], list[OrderRecord]]:
    """Stop the renewal, a plan's with that of its add-ons; an add-on's alone.

    Return what runs as it stood, locked, `wanted` in front, and the orders placed to renew it, cancelled now. Letters
    that ask whether it is to end ask no more.
    """
    one_time_links.cancel_of_account(connection, account_id=wanted.account_id, purposes=("end_contract",))
    lines = renewed_together.lock_with_addons(connection, wanted.id)
    renewing = [of for of in lines if of.auto_renewal]
    subscriptions.renew_no_more(connection, [of.id for of in renewing])
    placed = {renewals.progress(connection, of, now).order_id: of for of in renewing if of.ends_at is not None}
    made = [orders.cancel(connection, order_id=id, now=now) for id in placed if id is not None]
    gone = [one.order for one in made if isinstance(one, orders.OrderWasCancelled)]
    return lines, [order for order in gone if order.cancelled_at == now]
