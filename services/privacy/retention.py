"""Deletion of personal data whose time is over: by the rules of a profile, in small batches.

Finding it may take a look through a whole table: an index for this alone would be paid for by every turn. So readers
find the rows, and the writer gets their keys, a few at a time. Between them nobody waits for long.
"""

from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from services.accounts import credentials
from services.agents import audit
from services.payments import notices
from services.privacy.erase import CLOSED
from services.privacy.sections import is_sellers_record, list_blanks, select_owned_rows
from services.store import sqlite_files
from services.store.journal import CUSTOMER
from services.store.tables import support
from services.store.tables.accounts import account, code, consent, identity_token, one_time_link, start_link
from services.store.tables.agents import agent_link, agent_telegram_code
from services.store.tables.agents import audit as trail
from services.store.tables.core import call, conversation, event, journal, timer
from services.store.tables.orders import sales_order, trial_claim, withdrawal
from services.store.tables.schema import metadata
from services.store.tables.seller import api_answer, issued_invoice, outgoing_event
from services.support import answer_letters
from values.rules import PrivacyRules

ENDED_CALLS = timedelta(days=2)
"""So long it may be looked up what a call carried; its key is known for ever."""
TOLD = timedelta(days=7)
DEAD_LINKS = timedelta(days=30)
UNUSED_PASSWORDS = timedelta(days=30)
"""A sign-up may be left and gone on with; its password waits for as long as the conversation is kept."""
NOTICE_FACTS = timedelta(days=30)
A_MONTH = timedelta(days=31)
STOPPED_ANSWERS = timedelta(days=730)
"""So long a mailbox whose reader has stopped e-mails with answers gets none without asking anew."""
AGED: Mapping[str, tuple[sa.Column[Any], timedelta]] = {
    "codes": (code.c.issued_at, timedelta(days=2)),  # quotas count those of a day
    "identity_tokens": (identity_token.c.expires_at, timedelta(days=1)),
    "start_links": (start_link.c.expires_at, DEAD_LINKS),
    "api_answers": (api_answer.c.at, timedelta(days=7)),  # a request is known again for so long (docs/reference/api.md)
    "told_events": (outgoing_event.c.at, timedelta(days=30)),  # the seller's system may look up what it has missed
    "password_links": (agent_link.c.expires_at, timedelta()),
    "telegram_links": (agent_telegram_code.c.expires_at, timedelta()),
}
"""Rows of which only the age counts, by the name of the rule: since which moment, and how long they stay."""
ONE_MESSAGE = timedelta(days=7)
"""So long a chat of one message is kept from which nothing is known."""
FOUND = 10_000
"""So many rows are looked for at once."""
_OUTLIVING = (
    *(
        table.c.conversation_id
        for table in (support.ticket, withdrawal, consent, trail, support.desk_topic, support.helpdesk_conversation)
    ),
    start_link.c.taken_by,
    start_link.c.from_conversation,
)
"""The columns of rows that stay when the conversation goes which they name."""
MOST = 500
"""So many are dropped in one transaction, of those that have nothing hanging on them."""


def forget_aged(name: str, connection: sa.Connection, now: datetime) -> None:
    """Drop the rows of one of the rules of `AGED` whose time is over."""
    since, kept_for = AGED[name]
    connection.execute(sa.delete(since.table).where(since < now - kept_for))


class Expiry(Struct, frozen=True):
    """Rows of one kind whose time is over: the query of their keys, and what becomes of them."""

    keys: sa.Select[Any]
    end: Callable[[sa.Connection, Sequence[Any]], object]
    slice: int = MOST

    @property
    def table(self) -> str:
        """The name of the table whose rows these are."""
        column = next(iter(self.keys.selected_columns))
        return str(getattr(column.table, "name", "rows")) if isinstance(column, sa.Column) else "rows"

    def find(self, connection: sa.Connection, most: int = FOUND) -> Sequence[Any]:
        """Return the keys of at most so many: values, or rows where a key has several columns."""
        found = connection.execute(self.keys.limit(most))
        return found.scalars().all() if len(self.keys.selected_columns) == 1 else [tuple(row) for row in found]

    def drop(self, connection: sa.Connection, found: Sequence[Any]) -> None:
        """Deal with those of the rows found whose time is over still."""
        key, *more = self.keys.selected_columns
        these = replace(self, keys=self.keys.where((sa.tuple_(key, *more) if more else key).in_(found)))
        if still := these.find(connection, len(found)):
            self.end(connection, still)
            sqlite_files.mark_for_purge(connection)


def list_expired_data(rules: PrivacyRules, now: datetime) -> tuple[Expiry, ...]:
    """Return all that may have expired by `now`, to be dropped in this order."""
    words = now - timedelta(days=rules.conversations_days)
    heard = now - timedelta(days=rules.recordings_days)
    return (
        _old_words(words),
        _nobodys(now - timedelta(days=rules.unfinished_days)),
        _ended_calls(now - ENDED_CALLS),
        _deleted(event, event.c.done_at < now - TOLD),
        # One that is open says who has the talk: without it the bot would be silent for a person who isn't there.
        _deleted(support.handoff, support.handoff.c.asked_at < words, support.handoff.c.ended_at.is_not(None)),
        _deleted(support.ticket, support.ticket.c.created_at < words),
        _old_feedback(words),
        _deleted(support.desk_note, support.desk_note.c.at < words),
        _deleted(support.recording, support.recording.c.state.is_not(None), support.recording.c.at < max(words, heard)),
        _deleted(
            support.answer_letter, support.answer_letter.c.at < words, support.answer_letter.c.last_seq.is_not(None)
        ),
        _deleted(support.answer_stop, support.answer_stop.c.at < now - STOPPED_ANSWERS),
        _deleted(one_time_link, one_time_link.c.expires_at < now - DEAD_LINKS),
        _deleted(trial_claim, trial_claim.c.erased_at < now - rules.trial_months * A_MONTH),
        Expiry(credentials.select_unused(now - UNUSED_PASSWORDS), credentials.forget),
        Expiry(notices.select_notices_with_facts(now - NOTICE_FACTS), notices.forget_facts),
        _last_proofs(years_ago(now, rules.keep_consents_years)),
        _last_orders(end_of_year(years_ago(now, rules.keep_invoices_years))),
    )


def years_ago(now: datetime, years: int) -> datetime:
    """Return the same moment of the calendar some years before; 29 February becomes the 28th where there is none."""
    return now.replace(year=now.year - years, day=min(now.day, monthrange(now.year - years, now.month)[1]))


def end_of_year(moment: datetime) -> datetime:
    """When that moment's year began: what is before it is of a year that is over since."""
    return moment.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0)


def _deleted(table: sa.Table, *expired: sa.ColumnElement[bool]) -> Expiry:
    """Rows that are deleted."""
    key = next(iter(table.primary_key.columns))
    return Expiry(
        sa.select(key).where(*expired),
        lambda connection, keys: connection.execute(sa.delete(table).where(key.in_(keys))),
    )


def _old_words(before: datetime) -> Expiry:
    """Lines of the journal, but such as still wait to be sent. The oldest stand first: only those are looked at."""
    first = sa.select(journal.c.id).where(journal.c.delivery != "open").order_by(journal.c.id).limit(FOUND)
    return _deleted(journal, journal.c.id.in_(first), journal.c.at < before)


def _old_feedback(before: datetime) -> Expiry:
    """Words that came with a rating; the rating stays."""
    emptied = sa.update(support.feedback).values(**list_blanks(support.feedback))
    return Expiry(
        sa.select(support.feedback.c.id).where(support.feedback.c.at < before, support.feedback.c.words.is_not(None)),
        lambda connection, ids: connection.execute(emptied.where(support.feedback.c.id.in_(ids))),
    )


def _nobodys(before: datetime) -> Expiry:
    """Conversations without an account, whole: but not where money may still come, or a person was promised."""
    # Each is asked once for all: neither has an index of conversations.
    placed = sales_order.c.status == "placed", sales_order.c.conversation_id.is_not(None)
    owed = sa.select(sales_order.c.conversation_id).where(*placed)
    waiting = sa.select(support.handoff.c.conversation_id).where(support.handoff.c.ended_at.is_(None))
    left = sa.select(conversation.c.id).where(
        # Not by its index, which SQLite prefers to the keys: most conversations are of nobody.
        sa.func.coalesce(conversation.c.account_id, "") == "",
        conversation.c.updated_at < before,
        conversation.c.id.not_in(owed),
        conversation.c.id.not_in(waiting),
    )
    return Expiry(left, _forget_talks, MOST // 10)


def without_facts(before: datetime, slots: Sequence[str]) -> Expiry:
    """Conversations in which one message came, or none, and nothing was learnt from it.

    `slots` are the parts of a state that hold what a customer told or did. Not where a person was asked for, a link or
    a code went out, or anything else hangs on it: those stay as long as unfinished ones do.
    """
    said = sa.select(sa.func.count()).where(journal.c.conversation_id == conversation.c.id, journal.c.kind == CUSTOMER)
    stored = sa.cast(conversation.c.state, sa.Text)
    hanging = [
        sa.select(table.c.conversation_id).where(table.c.conversation_id == conversation.c.id)
        for table in (support.handoff, support.ticket, withdrawal, consent, code, one_time_link, support.feedback)
    ]
    ordered = sa.select(sales_order.c.conversation_id).where(sales_order.c.conversation_id.is_not(None))
    empty = sa.select(conversation.c.id).where(
        sa.func.coalesce(conversation.c.account_id, "") == "",
        conversation.c.updated_at < before,
        # In canonical JSON a name with its colon is a part of the state: in what was typed, quotes are escaped.
        *(stored.not_like(f'%"{name}":%') for name in slots),
        said.scalar_subquery() <= 1,
        *(~of.exists() for of in hanging),
        conversation.c.id.not_in(ordered),
    )
    return Expiry(empty, _forget_talks, MOST // 10)


def _forget_talks(connection: sa.Connection, ids: Sequence[str]) -> None:
    """Delete conversations with all that hangs on them; what outlives them names the life that is over, not the id.

    The same address may write again under the same id: nothing of this life is to be found there.
    """
    audit.forget_answers(connection, ids)
    owners = [*ids, *(answer_letters.owner_of(id) for id in ids)]
    for table in (timer, call):
        connection.execute(sa.delete(table).where(table.c.conversation_id.in_(owners)))
    for table in (event, support.handoff, code, one_time_link):
        connection.execute(sa.delete(table).where(table.c.conversation_id.in_(ids)))
    for table in (support.ticket, withdrawal, consent):
        connection.execute(sa.delete(table).where(table.c.conversation_id.in_(ids), table.c.account_id.is_(None)))
    for mine in _OUTLIVING:
        life = sa.select(mine + ":" + conversation.c.birth).where(conversation.c.id == mine).scalar_subquery()
        connection.execute(sa.update(mine.table).where(mine.in_(ids)).values({mine.name: life}))
    # News of such an order finds another way to its owner where it has no conversation.
    orders = sa.update(sales_order).where(sales_order.c.conversation_id.in_(ids))
    connection.execute(orders.values(conversation_id=None))
    connection.execute(sa.delete(conversation).where(conversation.c.id.in_(ids)))


def _ended_calls(before: datetime) -> Expiry:
    """Empty ended jobs: what was sent, and where to."""
    emptied = sa.update(call).values(payload={}, outcome=None, root=None)
    return Expiry(
        sa.select(call.c.id).where(call.c.status != "open", call.c.due_at < before, call.c.payload != {}),
        lambda connection, ids: connection.execute(emptied.where(call.c.id.in_(ids))),
    )


# --- what an erasure left ---


def _last_proofs(before: datetime) -> Expiry:
    """Consents of accounts that were erased so long ago."""
    gone = sa.select(account.c.id).where(account.c.status == CLOSED, account.c.closed_at < before)
    return _deleted(consent, consent.c.account_id.in_(gone))


def _last_orders(before: datetime) -> Expiry:
    """Erased accounts whose last order is so old go with all that hangs on them, once no consent is to be proven."""
    order, invoice = sales_order, issued_invoice
    young = sa.select(order.c.id).where(order.c.account_id == account.c.id, order.c.placed_at >= before)
    issued = sa.select(invoice.c.id).where(
        invoice.c.account_id == account.c.id, invoice.c.issued_on >= before.date().isoformat()
    )
    proofs = sa.select(consent.c.id).where(consent.c.account_id == account.c.id)
    over = sa.select(account.c.id).where(
        account.c.status == CLOSED, account.c.closed_at < before, ~young.exists(), ~issued.exists(), ~proofs.exists()
    )
    return Expiry(over, _drop_accounts, MOST // 50)


def _drop_accounts(connection: sa.Connection, ids: Sequence[str]) -> None:
    for table in reversed(metadata.sorted_tables):
        theirs = select_owned_rows(table, lambda column: column.in_(ids))
        if theirs is not None and not is_sellers_record(table):
            connection.execute(sa.delete(table).where(theirs))
