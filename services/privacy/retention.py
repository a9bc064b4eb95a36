"""Deletion of personal data whose time is over: by the rules of a profile, in small batches.

Each function deals with at most so many rows and returns how many it found. The caller goes on until there are none,
each time in a transaction of its own, so that nobody waits for long.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from services.privacy import desk_rows
from services.privacy.erase import CLOSED
from services.privacy.sections import blanks, is_on_file, owned
from services.store import sqlite_files
from services.store.tables.accounts import account, code, consent, one_time_link
from services.store.tables.core import call, conversation, event, journal, timer
from services.store.tables.orders import sales_order
from services.store.tables.schema import metadata
from services.store.tables.seller import issued_invoice
from services.store.tables.support import feedback, handoff, ticket
from services.subscriptions.subscriptions import years_later
from values.rules import PrivacyRules

ENDED_CALLS = timedelta(days=2)
"""So long it may be looked up what a call carried; its key is known for ever."""
TOLD = timedelta(days=7)
MOST = 500


def sweep(connection: sa.Connection, rules: PrivacyRules, now: datetime, *, most: int = MOST) -> int:
    """One batch of everything; 0 when nothing is left to be done."""
    gone = sum(
        (
            _old_words(connection, now - timedelta(days=rules.conversations_days), most),
            _nobodys(connection, now - timedelta(days=rules.unfinished_days), most),
            _ended_calls(connection, now - ENDED_CALLS, most),
            _told_events(connection, now - TOLD, most),
            _old_reports(connection, now - timedelta(days=rules.conversations_days), most),
            desk_rows.sweep(connection, now, timedelta(days=rules.conversations_days), most),
            _last_proofs(connection, years_ago(now, rules.keep_consents_years), most),
            _last_orders(connection, end_of_year(years_ago(now, rules.keep_invoices_years)), most),
        )
    )
    if gone:
        sqlite_files.mark_for_purge(connection)
    return gone


def years_ago(now: datetime, years: int) -> datetime:
    """Return the same moment of the calendar some years before."""
    return years_later(now, -years)


def end_of_year(moment: datetime) -> datetime:
    """When that moment's year began: what is before it is of a year that is over since."""
    return moment.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _delete(connection: sa.Connection, table: sa.Table, found: sa.Select[Any], most: int) -> int:
    """Delete the rows whose key is found; return how many."""
    key = next(iter(table.primary_key.columns))
    ids = list(connection.execute(found.limit(most)).scalars())
    if ids:
        connection.execute(sa.delete(table).where(key.in_(ids)))
    return len(ids)


def _old_words(connection: sa.Connection, before: datetime, most: int) -> int:
    """Lines of the journal, but such as still wait to be sent."""
    old = sa.select(journal.c.id).where(journal.c.at < before, journal.c.delivery != "open")
    return _delete(connection, journal, old.order_by(journal.c.id), most)


def _old_reports(connection: sa.Connection, before: datetime, most: int) -> int:
    """Request for a person that are over, and what was told to support.

    One that is open says who has the talk: without it the bot would be silent for a person who isn't there.
    """
    asked = sa.select(handoff.c.id).where(handoff.c.asked_at < before, handoff.c.ended_at.is_not(None))
    told = sa.select(ticket.c.id).where(ticket.c.created_at < before)
    old = sa.select(feedback.c.id).where(feedback.c.at < before, feedback.c.words.is_not(None)).limit(most)
    connection.execute(sa.update(feedback).where(feedback.c.id.in_(old)).values(**blanks(feedback)))
    return _delete(connection, handoff, asked, most) + _delete(connection, ticket, told, most)


def _nobodys(connection: sa.Connection, before: datetime, most: int) -> int:
    """Conversations without an account, whole: but not where money may still come, or a person was promised."""
    owed = sa.select(sales_order.c.id).where(
        sales_order.c.conversation_id == conversation.c.id, sales_order.c.status == "placed"
    )
    waiting = sa.select(handoff.c.id).where(
        handoff.c.conversation_id == conversation.c.id, handoff.c.ended_at.is_(None)
    )
    left = (
        sa.select(conversation.c.id)
        .where(
            conversation.c.account_id.is_(None),
            conversation.c.updated_at < before,
            ~owed.exists(),
            ~waiting.exists(),
        )
        .order_by(conversation.c.id)
        .limit(max(1, most // 10))
    )
    ids = list(connection.execute(left).scalars())
    if not ids:
        return 0
    for table in (timer, event, handoff, code, one_time_link):
        connection.execute(sa.delete(table).where(table.c.conversation_id.in_(ids)))
    connection.execute(sa.delete(ticket).where(ticket.c.conversation_id.in_(ids), ticket.c.account_id.is_(None)))
    mine = call.c.conversation_id.in_(ids)
    connection.execute(sa.update(call).where(mine, call.c.status == "open").values(status="cancelled"))
    connection.execute(sa.update(call).where(mine).values(payload={}, outcome=None, root=None))
    connection.execute(sa.delete(conversation).where(conversation.c.id.in_(ids)))
    return len(ids)


def _ended_calls(connection: sa.Connection, before: datetime, most: int) -> int:
    """Empty ended jobs: what was sent, and where to."""
    ended = (
        sa.select(call.c.id)
        .where(call.c.status != "open", call.c.due_at < before, call.c.payload != {})
        .order_by(call.c.id)
        .limit(most)
    )
    ids = list(connection.execute(ended).scalars())
    if ids:
        connection.execute(sa.update(call).where(call.c.id.in_(ids)).values(payload={}, outcome=None, root=None))
    return len(ids)


def _told_events(connection: sa.Connection, before: datetime, most: int) -> int:
    """Delete events whose turn has run."""
    return _delete(connection, event, sa.select(event.c.id).where(event.c.done_at < before), most)


# --- what an erasure left ---


def _last_proofs(connection: sa.Connection, before: datetime, most: int) -> int:
    """Consents of accounts that were erased so long ago."""
    gone = sa.select(account.c.id).where(account.c.status == CLOSED, account.c.closed_at < before)
    return _delete(connection, consent, sa.select(consent.c.id).where(consent.c.account_id.in_(gone)), most)


def _last_orders(connection: sa.Connection, before: datetime, most: int) -> int:
    """Erased accounts whose last order is so old go with all that hangs on them, once no consent is to be proven."""
    order, invoice = sales_order, issued_invoice
    young = sa.select(order.c.id).where(order.c.account_id == account.c.id, order.c.placed_at >= before)
    issued = sa.select(invoice.c.id).where(
        invoice.c.account_id == account.c.id, invoice.c.issued_on >= before.date().isoformat()
    )
    proofs = sa.select(consent.c.id).where(consent.c.account_id == account.c.id)
    over = sa.select(account.c.id).where(
        account.c.status == CLOSED,
        account.c.closed_at < before,
        ~young.exists(),
        ~issued.exists(),
        ~proofs.exists(),
    )
    ids = list(connection.execute(over.order_by(account.c.id).limit(max(1, most // 50))).scalars())
    if ids:
        _drop_accounts(connection, ids)
    return len(ids)


def _drop_accounts(connection: sa.Connection, ids: list[str]) -> None:
    for table in reversed(metadata.sorted_tables):
        theirs = owned(table, lambda column: column.in_(ids))
        if theirs is not None and not is_on_file(table):
            connection.execute(sa.delete(table).where(theirs))
