"""E-invoices of an account: off, requested, active.

Activation needs a confirmed company and a paid order, where the seller sells anything here. By the profile it is the
desk's own (active at once) or the seller's, whose API says so later. The id follows from the account's, so that there
is one from the first day.
"""

from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct

from services.companies import companies
from services.keyed_hash import derived_id
from services.store.statements import PerDialect
from services.store.tables.accounts import account
from services.store.tables.orders import einvoice, sales_order
from services.store.tables.subscriptions import subscription
from values import email as emails
from values.private import Private, PrivateStruct

Status = Literal["off", "requested", "active"]


class EInvoiceRecord(PrivateStruct):
    """The status of an account's e-invoices. `email` is their address: the account's unless another was given."""

    id: str
    account_id: str
    status: Status
    email: Private[str | None]
    requested_at: datetime | None
    activated_at: datetime | None


class Activation(Struct, frozen=True):
    """The outcome of an activation: active or, where the seller confirms, requested. `changed`: by this call."""

    einvoice: EInvoiceRecord
    changed: bool


class ActivationNotYet(Struct, frozen=True):
    """The refusal of an activation: a confirmed company or a paid order is missing."""

    reason: Literal["no_company", "not_paid"]


_GET = sa.select(einvoice).where(einvoice.c.account_id == sa.bindparam("of"))
_BY_ID = sa.select(einvoice).where(einvoice.c.id == sa.bindparam("wanted")).with_for_update(key_share=True)
# Whichever of its keys the other process's row stands in the way of: the id follows from the account.
_MAKE = PerDialect(einvoice, lambda insert: insert.on_conflict_do_nothing())
_PAID = (
    sa.select(sales_order.c.id)
    .where(sales_order.c.account_id == sa.bindparam("of"), sales_order.c.status == "paid")
    .limit(1)
)
_SERVED = (
    sa.select(subscription.c.id)
    .where(subscription.c.account_id == sa.bindparam("of"), subscription.c.status.in_(("active", "grace")))
    .limit(1)
)


def of_account(connection: sa.Connection, account_id: str) -> EInvoiceRecord:
    """Return how the account's e-invoices stand; off if nobody has asked for any."""
    row = connection.execute(_GET, {"of": account_id}).mappings().first()
    return (
        EInvoiceRecord(_id(account_id), account_id, "off", None, None, None) if row is None else EInvoiceRecord(**row)
    )


def activate(
    connection: sa.Connection,
    *,
    account_id: str,
    email: str | None,
    by_seller: bool,
    now: datetime,
    bought: bool = True,
) -> Activation | ActivationNotYet:
    """Switch e-invoices on, as the customer consents. No `email`: the one given before, else the account's.

    `by_seller`: it stays requested until `set_status` is called by the seller's API. `bought`: a confirmed company and
    a paid order are needed; else the account's holder is a customer anyway.
    """
    missing = _missing(connection, account_id) if bought else None
    if missing is not None:
        return missing
    known = _row(connection, account_id)
    where = email or known.email or _account_email(connection, account_id)
    status: Status = known.status if known.status == "active" else ("requested" if by_seller else "active")
    _set(
        connection,
        known,
        status=status,
        email=where,
        requested_at=known.requested_at or now,
        activated_at=known.activated_at or (now if status == "active" else None),
    )
    return Activation(of_account(connection, account_id), changed=status != known.status)


def find_changed_meanwhile(
    connection: sa.Connection, *, account_id: str, email: str | None, seen: str | None
) -> EInvoiceRecord | None:
    """Return how e-invoices stand where their address is neither the one `seen` nor this one; the row is locked."""
    known = _row(connection, account_id)
    expected = {emails.key(one) for one in (email, seen) if one}
    return known if known.email and emails.key(known.email) not in expected else None


def switch_off(connection: sa.Connection, *, account_id: str) -> EInvoiceRecord:
    """Switch e-invoices off for the account holder; their address stays for another time."""
    _set(connection, _row(connection, account_id), status="off", requested_at=None, activated_at=None)
    return of_account(connection, account_id)


def set_email(connection: sa.Connection, *, account_id: str, email: str) -> EInvoiceRecord:
    """Set another address for the invoices, whatever the status."""
    _set(connection, _row(connection, account_id), email=email)
    return of_account(connection, account_id)


def set_status(
    connection: sa.Connection, *, einvoice_id: str, status: Status, now: datetime, seen: Status | None = None
) -> Activation | ActivationNotYet | EInvoiceRecord | None:
    """Note the seller's decision (`PATCH /api/v1/einvoice-activations/{id}`); None if there is no such activation.

    Where its status isn't the one `seen` any more nothing is noted, and it is returned as it is.
    """
    row = connection.execute(_BY_ID, {"wanted": einvoice_id}).mappings().first()
    if row is None:
        return None
    known = EInvoiceRecord(**row)
    if known.status not in (seen or known.status, status):
        return known
    # What was asked for could be had when it was.
    if known.status == "off" and status != "off" and (missing := _missing(connection, known.account_id)) is not None:
        return missing
    if status == known.status:
        return Activation(known, changed=False)
    times: dict[Status, dict[str, Any]] = {
        "off": {"requested_at": None, "activated_at": None},
        "requested": {"requested_at": now, "activated_at": None},
        "active": {"requested_at": known.requested_at or now, "activated_at": now},
    }
    email = known.email or _account_email(connection, known.account_id)
    _set(connection, known, status=status, email=email, **times[status])
    return Activation(of_account(connection, known.account_id), changed=True)


def end_with_service(connection: sa.Connection, account_id: str) -> None:
    """Switch off what nothing is paid for any more: with the next order it is the customer's to choose anew.

    The address stays.
    """
    if connection.execute(_SERVED, {"of": account_id}).first() is None:
        values = {"status": "off", "requested_at": None, "activated_at": None}
        connection.execute(sa.update(einvoice).where(einvoice.c.account_id == account_id).values(**values))


def _id(account_id: str) -> str:
    return derived_id(account_id, "einvoice")


def _missing(connection: sa.Connection, account_id: str) -> ActivationNotYet | None:
    if companies.find_latest_company(connection, account_id) is None:
        return ActivationNotYet("no_company")
    if connection.execute(_PAID, {"of": account_id}).first() is None:
        return ActivationNotYet("not_paid")
    return None


def _row(connection: sa.Connection, account_id: str) -> EInvoiceRecord:
    """Return the row, made if there was none, and locked."""
    values = {"id": _id(account_id), "account_id": account_id, "status": "off"}
    empty = {"email": None, "requested_at": None, "activated_at": None}
    connection.execute(_MAKE.of(connection), {**values, **empty})
    return EInvoiceRecord(**connection.execute(_BY_ID, {"wanted": _id(account_id)}).mappings().one())


def _account_email(connection: sa.Connection, account_id: str) -> str:
    return connection.execute(sa.select(account.c.email).where(account.c.id == account_id)).scalar_one()


def _set(connection: sa.Connection, known: EInvoiceRecord, **values: str | datetime | None) -> None:
    connection.execute(sa.update(einvoice).where(einvoice.c.id == known.id).values(**values))
