"""Finds a person's conversations by e-mail, phone number, tax number, order number or customer number."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct

from services.store.tables.accounts import account, company, contact, visit
from services.store.tables.core import conversation
from services.store.tables.orders import sales_order
from services.store.tables.seller import customer_on_file
from values import email
from values.country import PREFIXES
from values.parsing import fold_digits, only_digits
from values.phone import all_codes

By = Literal["email", "phone", "tax_number", "order", "customer_number"]
_SHORTEST_PHONE = 7


class Theirs(Struct, frozen=True):
    """A conversation of a person that was found, and the kind of data that found it."""

    conversation_id: str
    channel: str
    account_id: str | None
    by: By
    at: datetime


def find(connection: sa.Connection, text: str) -> list[Theirs]:
    """Return conversations in which the person meant was logged in, or ordered: up to 30, the last touched first.

    The form of `text` tells its kind; of several readings the first that finds anybody counts.
    """
    for by, people in _readings(text):
        in_it = sa.or_(
            conversation.c.account_id.in_(people),
            conversation.c.id.in_(sa.select(visit.c.conversation_id).where(visit.c.account_id.in_(people))),
        )
        if by == "order":
            ordered = sa.select(sales_order.c.conversation_id).where(_ordered(text))
            in_it = sa.or_(in_it, conversation.c.id.in_(ordered))
        query = sa.select(
            conversation.c.id, conversation.c.channel, conversation.c.account_id, conversation.c.updated_at
        )
        newest = (conversation.c.updated_at.desc(), conversation.c.id.desc())
        rows: list[Any] = list(connection.execute(query.where(in_it).order_by(*newest).limit(30)))
        if rows:
            return [Theirs(row[0], row[1], row[2], by, row[3]) for row in rows]
    return []


def _readings(text: str) -> Iterator[tuple[By, sa.Select[Any]]]:
    """Return the accounts that the text may mean, by each form that it has."""
    typed = fold_digits(text).strip()[:200]
    if "@" in typed:
        yield "email", _of_email(email.key(typed))
        return
    digits = only_digits(typed)
    if "/" in typed or (digits and typed[:1].isalpha()):
        yield "order", sa.select(sales_order.c.account_id).where(_ordered(typed))
    if digits:
        yield "customer_number", _of_file(customer_on_file.c.customer_number == typed)
        yield "tax_number", _of_tax_number(typed)
    if len(digits) >= _SHORTEST_PHONE:
        for people in _of_phone(typed, digits):
            yield "phone", people


def _ordered(text: str) -> sa.ColumnElement[bool]:
    return sales_order.c.number == text.strip().upper()


def _of_file(where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return sa.select(customer_on_file.c.account_id).where(where, customer_on_file.c.account_id.is_not(None))


def _of_email(key: str) -> sa.Select[Any]:
    return (
        sa.union(
            sa.select(account.c.id).where(account.c.email_key == key),
            sa.select(contact.c.account_id).where(contact.c.kind == "email", contact.c.key == key),
            _of_file(customer_on_file.c.email_key == key),
        )
        .subquery()
        .select()
    )


def _of_phone(typed: str, digits: str) -> Iterator[sa.Select[Any]]:
    """Match the whole number, whichever country it is of if that isn't told; then its end, for which all are read."""
    if typed.startswith(("+", "00")):
        yield _of_phones(lambda column: column == "+" + digits.removeprefix("00"))
        return
    numbers = [f"+{digits}", *(f"+{code}{digits}" for code in all_codes())]
    yield _of_phones(lambda column: column.in_(numbers))
    yield _of_phones(lambda column: column.endswith(digits, autoescape=True))


def _of_phones(like: Callable[[sa.ColumnElement[str]], sa.ColumnElement[bool]]) -> sa.Select[Any]:
    known = sa.select(contact.c.account_id).where(contact.c.kind == "phone", like(contact.c.key))
    return sa.union(known, _of_file(like(customer_on_file.c.phone))).subquery().select()


def _of_tax_number(typed: str) -> sa.Select[Any]:
    """Match the number as it is stored, with the country's letters or without them."""
    compact = "".join(sign for sign in typed.upper() if sign.isascii() and sign.isalnum())
    bare = compact[2:] if compact[:2].isalpha() else compact
    forms = {compact, bare, *(prefix + bare for prefix in PREFIXES)}
    return (
        sa.union(
            sa.select(company.c.account_id).where(company.c.tax_number.in_(forms)),
            _of_file(customer_on_file.c.tax_number.in_(forms)),
        )
        .subquery()
        .select()
    )
