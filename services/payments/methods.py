"""Ways to pay that an account has on file.

One is the default: it is offered first, and charged at a renewal if it can be.

Kinds and labels only ("blik", "Visa …4242"): card data never reach the desk. What a provider has stored to be charged
again stands here with the provider's own names for it; the order of `payment_id` is what its holder agreed to by it.
"""

from datetime import date, datetime

import sqlalchemy as sa
from msgspec import Struct

from services.keyed_hash import derived_id
from services.store.statements import PerDialect
from services.store.tables.orders import payment_method as table
from services.store.tables.subscriptions import subscription
from values.payment import StoredMethod
from values.private import Private, PrivateStruct

_NAMES = {
    "card": "Card",
    "paypal": "PayPal",
    "przelewy24": "Przelewy24",
    "blik": "BLIK",
    "transfer": "Bank transfer",
    "postal_slip": "Postal slip",
}
"""Names of the kinds of method, where nothing stored has a label of its own."""


class KeptMethodResult(Struct, frozen=True):
    """A stored way on file.

    `replaced`: the row of what the provider had stored under the same label before, forgotten here, of which the
    provider is still to be told.
    """

    id: str
    replaced: str | None = None


class Method(PrivateStruct):
    """One way to pay.

    `gone_at`: its provider says that it can't be charged any more. `forgotten_at`: its holder wants it no longer;
    nobody sees or uses it from then on.
    """

    id: str
    account_id: str
    method: str
    label: str
    is_default: bool
    created_at: datetime
    provider: str | None = None
    token: Private[str | None] = None  # the provider's own name of it, by which it can be charged
    customer: Private[str | None] = None
    expires_on: date | None = None
    payment_id: str | None = None
    gone_at: datetime | None = None
    forgotten_at: datetime | None = None

    @property
    def display_name(self) -> str:
        """Return its label as a person reads it; a kind of method alone goes by its name."""
        return _NAMES.get(self.label, self.label)

    @property
    def is_stored(self) -> bool:
        return self.token is not None

    @property
    def stored(self) -> StoredMethod:
        """As the provider knows it. Errors: ValueError for one that no provider keeps."""
        if self.token is None:
            raise ValueError("no provider keeps this way to pay")
        return StoredMethod(self.token, self.customer or "", self.label, self.expires_on)

    def is_good(self, on: date) -> bool:
        """Return whether it can be charged on that day, as far as anybody knows."""
        in_time = self.expires_on is None or self.expires_on >= on
        return self.is_stored and self.gone_at is None and self.forgotten_at is None and in_time


_SAVE = PerDialect(
    table, lambda insert: insert.on_conflict_do_nothing(index_elements=["account_id", "method", "label"])
)
_OF_ACCOUNT = (
    sa.select(table)
    .where(table.c.account_id == sa.bindparam("of"), table.c.forgotten_at.is_(None))
    .order_by(table.c.created_at, table.c.id)
)
_GET = sa.select(table).where(table.c.id == sa.bindparam("wanted"))


def save_default(connection: sa.Connection, *, account_id: str, method: str, now: datetime, label: str = "") -> str:
    """Put a kind of method on file, if it isn't there, and make it the default; return its id. No label: its name.

    Where one of that kind is stored at a provider, the one stored last is meant.
    """
    kept = [m for m in of_account(connection, account_id) if m.method == method and m.is_stored]
    if kept and not label:
        set_default(connection, account_id=account_id, method_id=kept[-1].id)
        return kept[-1].id
    method_id = _save(connection, account_id, method, label or method, now)
    set_default(connection, account_id=account_id, method_id=method_id)
    return method_id


def keep(
    connection: sa.Connection,
    *,
    account_id: str,
    method: str,
    provider: str,
    stored: StoredMethod,
    payment_id: str,
    now: datetime,
) -> KeptMethodResult:
    """Put on file, as the default, what a provider has stored with this payment.

    One of the same label is the same one: what the provider calls it now takes the place of what it called it before,
    also where it had been forgotten or had expired.
    """
    method_id = _save(connection, account_id, method, stored.label, now)
    replaced = _set_aside(connection, method_id, stored, now)
    connection.execute(
        sa.update(table)
        .where(table.c.id == method_id)
        .values(
            provider=provider,
            token=stored.token,
            customer=stored.customer,
            expires_on=stored.expires,
            payment_id=payment_id,
            gone_at=None,
            forgotten_at=None,
        )
    )
    # The kind alone stood for what had no name yet.
    connection.execute(
        sa.delete(table).where(
            table.c.account_id == account_id, table.c.method == method, table.c.token.is_(None), table.c.id != method_id
        )
    )
    set_default(connection, account_id=account_id, method_id=method_id)
    return KeptMethodResult(method_id, replaced)


def _set_aside(connection: sa.Connection, method_id: str, stored: StoredMethod, now: datetime) -> str | None:
    """Keep what stood under another name at the provider in a row of its own, until the provider is told."""
    known = get(connection, method_id)
    if known is None or known.token in (None, stored.token):
        return None
    old_id = derived_id(known.account_id, "replaced", known.token)
    values = {
        "id": old_id,
        "account_id": known.account_id,
        "method": known.method,
        "label": old_id,
        "is_default": False,
        "created_at": known.created_at,
        "provider": known.provider,
        "token": known.token,
        "customer": known.customer,
        "forgotten_at": now,
    }
    connection.execute(_SAVE.of(connection), values)
    return old_id


def _save(connection: sa.Connection, account_id: str, method: str, label: str, now: datetime) -> str:
    method_id = derived_id(account_id, "method", method, label)
    values = {
        "id": method_id,
        "account_id": account_id,
        "method": method,
        "label": label,
        "is_default": False,
        "created_at": now,
    }
    connection.execute(_SAVE.of(connection), values)
    return method_id


def set_default(connection: sa.Connection, *, account_id: str, method_id: str) -> bool:
    """Make one on file the default; False, and nothing changed, if it isn't there."""
    if all(m.id != method_id for m in of_account(connection, account_id)):
        return False
    connection.execute(
        sa.update(table).where(table.c.account_id == account_id).values(is_default=table.c.id == method_id)
    )
    return True


def forget(connection: sa.Connection, *, account_id: str, method_id: str, now: datetime) -> Method | None:
    """Stop showing and charging a method; if it was the default there is none until another is chosen.

    `remove` takes it away once its provider has forgotten it, too. None if it isn't on file.
    """
    known = next((m for m in of_account(connection, account_id) if m.id == method_id), None)
    if known is not None:
        connection.execute(sa.update(table).where(table.c.id == method_id).values(forgotten_at=now, is_default=False))
    return known


def mark_gone(connection: sa.Connection, method_id: str, now: datetime) -> None:
    """Note that the provider can't charge it any more."""
    connection.execute(sa.update(table).where(table.c.id == method_id).values(gone_at=now))


def remove(connection: sa.Connection, *, account_id: str, method_id: str) -> None:
    """Take a method off the file; if it was the default there is none until another is chosen."""
    connection.execute(sa.delete(table).where(table.c.account_id == account_id, table.c.id == method_id))


def get(connection: sa.Connection, method_id: str) -> Method | None:
    """Return the method of this id, forgotten or not."""
    row = connection.execute(_GET, {"wanted": method_id}).mappings().first()
    return None if row is None else Method(**row)


def by_token(connection: sa.Connection, provider: str, token: str) -> Method | None:
    """Return the method that a provider calls so, forgotten or not."""
    found = sa.select(table).where(table.c.provider == provider, table.c.token == token).order_by(table.c.id).limit(1)
    row = connection.execute(found).mappings().first()
    return None if row is None else Method(**row)


def list_methods_charged_until(connection: sa.Connection, until: datetime, most: int) -> list[Method]:
    """Return the stored methods by which what ends until then is to be renewed, what ends first in front."""
    ends = sa.func.min(subscription.c.ends_at)
    soon = (
        sa.select(subscription.c.account_id, ends.label("ends_at"))
        .where(subscription.c.status.in_(("active", "grace")), subscription.c.auto_renewal)
        .where(subscription.c.end_reason.is_(None), subscription.c.ends_at <= until)
        .group_by(subscription.c.account_id)
        .subquery()
    )
    good = (table.c.is_default, table.c.token.is_not(None), table.c.gone_at.is_(None), table.c.forgotten_at.is_(None))
    found = sa.select(table).join(soon, soon.c.account_id == table.c.account_id).where(*good)
    rows = connection.execute(found.order_by(soon.c.ends_at, table.c.id).limit(most)).mappings()
    return [Method(**row) for row in rows]


def of_account(connection: sa.Connection, account_id: str) -> list[Method]:
    """Return all methods on file, oldest first."""
    return [Method(**row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings()]


def default_of(connection: sa.Connection, account_id: str) -> Method | None:
    return next((method for method in of_account(connection, account_id) if method.is_default), None)
