"""`okienko refund`: money of an order given back, at its provider; the desk at work does it, or the next one."""

import sys
from typing import Annotated

import sqlalchemy as sa
import typer

from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import desks_time, in_store, read_profile
from bot.conversation.owners import Transaction
from bot.usecases.billing.refunds import NOT_REFUNDED, request
from bot.usecases.seller.events import SellerEvents
from services.clock import SystemClock
from services.jobs.worker import open_outbox
from services.orders import order_record
from services.payments import record, refunds
from services.store.database import Store
from values.incoming_text import one_line
from values.money import Money, minor_units
from values.seller import Seller


def refund(
    number: Annotated[str, typer.Argument(help="The order's, such as FS/2026/000001.")],
    reason: Annotated[str, typer.Option("--reason", help="For your books; providers show it to the payer.")],
    amount: Annotated[str | None, typer.Option("--amount", help="Such as 49.00; without it, all that is left.")] = None,
    payment: Annotated[str | None, typer.Option("--payment", help="Its id; without it, the last paid.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask whether it is meant.")] = False,
) -> None:
    """Give money of an order back, by the way it came; the customer is told as it arrives."""
    settings, why = Settings(), one_line(reason)
    seller = read_profile(settings.profile).seller
    if not 0 < len(why) <= refunds.MOST_REASON:
        refuse(f"a refund needs a reason, in at most {refunds.MOST_REASON} characters")
    meant = in_store(settings, lambda store: store.read(lambda c: _meant(c, number, payment, amount)))
    if meant is None:
        refuse("no such order or payment, or nothing was paid for it")
    if meant.minor <= 0:
        refuse("that is no amount, or nothing is left: say it like 49.00")
    if not yes and sys.stdin.isatty():
        typer.confirm(f"Give back {meant.decimal} {meant.currency} of {number}?", abort=True)
    held = in_store(settings, lambda store: _asked(store, settings, seller, number, payment, meant, why))
    if isinstance(held, refunds.RefundNotPossible):
        refuse(NOT_REFUNDED[held.reason])
    waits = "; nothing leaves before an agent confirms it in the console" if held.awaits_second else ""
    typer.echo(f"requested: {meant.decimal} {meant.currency} of {number}{waits}")


def _meant(connection: sa.Connection, number: str, payment_id: str | None, amount: str | None) -> Money | None:
    """Return the sum to be given back: the one typed, else all that is left of the payment named, or of the last."""
    order = order_record.by_number(connection, number)
    every = record.of_order(connection, order.id) if order is not None else []
    paid = [of for of in every if of.paid_at is not None and payment_id in (None, of.id)]
    if not paid:
        return None
    last, asked = paid[-1], refunds.of_payment(connection, paid[-1].id)
    typed = minor_units(amount, last.currency) if amount is not None else refunds.compute_refundable_amount(last, asked)
    return Money(typed or 0, last.currency)


async def _asked(
    store: Store, settings: Settings, seller: Seller, number: str, payment_id: str | None, meant: Money, reason: str
) -> refunds.RefundRecord | refunds.RefundNotPossible:
    now = await desks_time(store)
    outbox = open_outbox(store, SystemClock(now - SystemClock().now()))
    telling = SellerEvents(outbox if settings.events_url is not None or settings.sandboxed else None)

    def write(connection: sa.Connection) -> refunds.RefundRecord | refunds.RefundNotPossible:
        order, tx = order_record.by_number(connection, number), Transaction(connection, now, telling.publish)
        if order is None:
            return refunds.RefundNotPossible("nothing_paid", 0)
        return request(outbox, tx, order, seller, meant.minor, payment_id, reason, by=refunds.COMMAND)

    return await store.write(write)
