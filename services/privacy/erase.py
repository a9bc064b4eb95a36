"""Deleting a person: what the law wants kept is kept without names, all else is deleted. One transaction.

Kept are orders with what they were invoiced on, payments, what they gave and when, and the proof of consents; the
account's row stays closed and empty, for they hang on it. Their time is over later (`retention.py`).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec.structs import replace

from services.accounts import accounts, visits
from services.directory import directory
from services.orders import orders
from services.orders.order_record import OrderRecord
from services.privacy import naming
from services.privacy.sections import is_deleted, is_sellers_record, list_blanks, select_owned_rows
from services.seller import events_out, idempotency
from services.store import conversations, sqlite_files
from services.store.conversations import StoredConversation
from services.store.tables.accounts import account, company, contact, credential
from services.store.tables.orders import payment, payment_attempt, payment_method, payment_notice, sales_order
from services.store.tables.schema import metadata
from services.store.tables.seller import customer_on_file, issued_invoice, owned_program
from services.subscriptions import reminders, subscriptions
from values.private import Private, PrivateStruct

OnFile = Literal["keep", "forget"]
"""What becomes of the customer on file: the seller's own record, or the desk's copy of it."""
CLOSED = "closed"


class Erased(PrivateStruct):
    """The result of an erasure, and the work left to do outside.

    `letter_to` is the address that the person had (empty: none). `conversations` are those of the account, logged out
    and empty, which the desk is to tell so. `others` are the same of unfinished sign-ups with that address, which may
    be another's.
    """

    account_id: str
    letter_to: Private[str]
    locale: str
    conversations: tuple[str, ...]
    others: tuple[str, ...]
    cancelled: tuple[OrderRecord, ...] = ()
    stored: tuple[str, ...] = ()  # ways to pay that their providers are to keep no longer
    providers: tuple[str, ...] = ()  # those that know the person by the account's name
    kept_orders: bool = False
    named_in: int = 0  # conversations of nobody that named the person's address or number, and do so no more
    on_file: bool = False  # the seller's own record of the customer stays


def erase(
    connection: sa.Connection, *, account_id: str, on_file: OnFile, going_on: Sequence[str], now: datetime
) -> Erased | None:
    """Erases the account's person; None if there is none, or if that was done before.

    `going_on` are the kinds of calls that are brought to their end all the same: money that is on its way back.
    """
    mine = accounts.get(connection, account_id)
    if mine is None or mine.status == CLOSED:
        return None
    shadows = _shadows(connection, mine)
    everybody = (account_id, *shadows)
    named = naming.names(_reached_at(connection, mine))
    here = _locked(connection, everybody, naming.unbound_naming(connection, named))
    # Under the locks: what a turn wrote meanwhile is seen, and none writes until this is committed.
    mine = accounts.get(connection, account_id)
    if mine is None or mine.status == CLOSED:
        return None
    known = directory.of_account(connection, account_id)
    done = Erased(account_id, mine.email, mine.locale, (), ())
    words = _values(connection, mine)
    cancelled = _cancel_orders(connection, account_id, now)
    told = {of: naming.empty_conversations(connection, of, here, words, going_on, now) for of in everybody}
    named_in = naming.redact_others(connection, [*here], named, going_on, now)
    stored = _forget_methods(connection, account_id)
    for of in everybody:
        _blank(connection, of, now)
    _unfile(connection, account_id, on_file, now)
    idempotency.blank_answers(connection, [account_id, *words])
    sqlite_files.mark_for_purge(connection)
    return replace(
        done,
        conversations=tuple(told[account_id]),
        others=tuple(id for of in shadows for id in told[of]),
        cancelled=cancelled,
        stored=stored,
        providers=_providers(connection, account_id),
        kept_orders=connection.execute(sa.select(_orders(account_id).exists())).scalar_one(),
        named_in=named_in,
        on_file=known is not None and on_file == "keep",
    )


def _shadows(connection: sa.Connection, mine: accounts.AccountRecord) -> tuple[str, ...]:
    """Unfinished sign-ups that hold this person's proven address: they are about the person, whoever made them."""
    if mine.taken or not mine.email_key or mine.status != "active":
        return ()
    same = sa.select(account.c.id).where(
        account.c.email_key == mine.email_key, account.c.taken.is_(True), account.c.id != mine.id
    )
    return tuple(connection.execute(same.order_by(account.c.id)).scalars())


def _locked(
    connection: sa.Connection, accounts_of: Iterable[str], others: Iterable[str]
) -> dict[str, StoredConversation]:
    """All conversations that one of the accounts was in, and the others, locked in one order."""
    ids = set(others)
    ids |= {visit.conversation_id for of in accounts_of for visit in visits.of_account(connection, of)}
    ids |= {bound.id for of in accounts_of for bound in conversations.of_account(connection, of)}
    found = (conversations.load(connection, id, lock=True) for id in sorted(ids))
    return {one.id: one for one in found if one is not None}


# --- money ---


def _cancel_orders(connection: sa.Connection, account_id: str, now: datetime) -> tuple[OrderRecord, ...]:
    """Cancel the unpaid orders, and switch off renewal for the paid ones."""
    placed = sa.select(sales_order.c.id).where(sales_order.c.account_id == account_id, sales_order.c.status == "placed")
    ids = list(connection.execute(placed.order_by(sales_order.c.id)).scalars())
    ended = [orders.cancel(connection, order_id=id, now=now) for id in ids]
    subscriptions.set_auto_renewal(connection, account_id=account_id, on=False)
    return tuple(end.order for end in ended if isinstance(end, orders.OrderWasCancelled))


def _orders(account_id: str) -> sa.Select[Any]:
    return sa.select(sales_order.c.id).where(sales_order.c.account_id == account_id)


def _providers(connection: sa.Connection, account_id: str) -> tuple[str, ...]:
    paying = sa.select(payment.c.id).where(payment.c.order_id.in_(_orders(account_id)))
    attempt = payment_attempt
    used = sa.select(attempt.c.provider).where(attempt.c.payment_id.in_(paying)).distinct()
    return tuple(sorted(connection.execute(used).scalars()))


def _forget_methods(connection: sa.Connection, account_id: str) -> tuple[str, ...]:
    """Delete methods that only the desk knows; return those that wait, emptied, until their provider was told."""
    table = payment_method
    mine = table.c.account_id == account_id
    connection.execute(sa.delete(table).where(mine, sa.or_(table.c.token.is_(None), table.c.provider.is_(None))))
    return tuple(connection.execute(sa.select(table.c.id).where(mine).order_by(table.c.id)).scalars())


# --- the account and what hangs on it ---


def _blank(connection: sa.Connection, account_id: str, now: datetime) -> None:
    """Delete or empty the account's rows in every table, as its columns declare it; close the account."""
    here = account.c.id == account_id
    credential_id = connection.execute(sa.select(account.c.credential_id).where(here)).scalar()
    paying = sa.select(payment.c.id).where(payment.c.order_id.in_(_orders(account_id)))
    _drop_companies(connection, account_id)
    events_out.forget_person(connection, account_id)
    _empty_notices(connection, paying)
    for table in reversed(metadata.sorted_tables):
        mine = select_owned_rows(table, lambda column: column == account_id)
        if mine is None or is_sellers_record(table):
            continue
        if is_deleted(table):
            connection.execute(sa.delete(table).where(mine))
        elif values := list_blanks(table, now):
            connection.execute(sa.update(table).where(mine).values(**values))
    connection.execute(sa.update(account).where(here).values(status=CLOSED))
    connection.execute(sa.delete(credential).where(credential.c.id == credential_id))


def _empty_notices(connection: sa.Connection, payments: sa.Select[Any]) -> None:
    """Empty the notices about these payments: they name the payer."""
    attempt = payment_attempt
    named = attempt.c.payment_id + "-" + sa.cast(attempt.c.n, sa.Text)
    ours = sa.select(named).where(attempt.c.payment_id.in_(payments))
    theirs = sa.select(attempt.c.provider_ref).where(
        attempt.c.payment_id.in_(payments), attempt.c.provider_ref.is_not(None)
    )
    reference = payment_notice.c.payment_ref
    about = sa.or_(reference.in_(ours), reference.in_(theirs))
    connection.execute(sa.update(payment_notice).where(about).values(**list_blanks(payment_notice)))


def _drop_companies(connection: sa.Connection, account_id: str) -> None:
    """Delete companies without an order; the others are named by their orders, which have the invoiced data."""
    ordered = sa.select(sales_order.c.company_id).where(sales_order.c.account_id == account_id)
    connection.execute(sa.delete(company).where(company.c.account_id == account_id, company.c.id.not_in(ordered)))


def _unfile(connection: sa.Connection, account_id: str, on_file: OnFile, now: datetime) -> None:
    """Untie the seller's record from the account, or drop it with what the customer owns."""
    reminders.forget(connection, reminders.Whose("account", account_id))
    table = customer_on_file
    known = connection.execute(sa.select(table.c.id).where(table.c.account_id == account_id)).scalar()
    if known is None:
        return
    connection.execute(sa.update(table).where(table.c.id == known).values(account_id=None))
    theirs = sa.update(issued_invoice).where(issued_invoice.c.customer_id == known)
    connection.execute(theirs.values(pdf=None, pdf_sha256=None))
    if on_file == "keep":
        # Who wants to be forgotten doesn't want letters about what they own, either.
        reminders.stop(connection, reminders.Whose("customer", known), how="chat", now=now)
        return
    reminders.forget(connection, reminders.Whose("customer", known))
    connection.execute(theirs.values(customer_id=None, account_id=account_id, url=None))
    connection.execute(sa.delete(owned_program).where(owned_program.c.customer_id == known))
    connection.execute(sa.delete(table).where(table.c.id == known))


def _reached_at(connection: sa.Connection, mine: accounts.AccountRecord) -> tuple[str, ...]:
    """Return the e-mails and numbers proven to be the person's: by others one would reach into strangers' chats."""
    proven = sa.select(contact.c.value).where(contact.c.account_id == mine.id, contact.c.verified_at.is_not(None))
    return tuple(connection.execute(proven.order_by(contact.c.kind)).scalars())


def _values(connection: sa.Connection, mine: accounts.AccountRecord) -> list[str]:
    """By what an answer kept for a repeat could name the person."""
    known = directory.of_account(connection, mine.id)
    contacts = connection.execute(sa.select(contact.c.value).where(contact.c.account_id == mine.id)).scalars()
    files_ = (known.id, known.ref, known.email, known.customer_number) if known is not None else ()
    numbers = connection.execute(sa.select(sales_order.c.number).where(sales_order.c.account_id == mine.id)).scalars()
    return [value for value in (mine.email, *contacts, *files_, *numbers) if value]
