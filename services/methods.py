"""Ways to pay that an account has on file. One is the default: it is offered first, and charged at a renewal if it
can be.

Kinds and labels only ("blik", "Visa …4242"): card data never reach the desk.
"""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from services.keyed_hash import derived_id
from services.store.domain import payment_method as table
from services.store.statements import PerDialect


@dataclass(frozen=True, slots=True)
class Method:
    """One way to pay."""

    id: str
    account_id: str
    method: str
    label: str
    is_default: bool
    created_at: datetime
    provider: str | None = None
    token: str | None = field(default=None, repr=False)  # the provider's own name of it, by which it can be charged


_SAVE = PerDialect(
    table, lambda insert: insert.on_conflict_do_nothing(index_elements=["account_id", "method", "label"])
)
_OF_ACCOUNT = sa.select(table).where(table.c.account_id == sa.bindparam("of")).order_by(table.c.created_at, table.c.id)


def save_default(connection: sa.Connection, *, account_id: str, method: str, now: datetime, label: str = "") -> str:
    """Puts a method on file, if it isn't there, and makes it the default; gives its id. No label: the method's name."""
    method_id = derived_id(account_id, "method", method, label or method)
    values = {
        "id": method_id,
        "account_id": account_id,
        "method": method,
        "label": label or method,
        "is_default": False,
        "created_at": now,
    }
    connection.execute(_SAVE.of(connection), values)
    connection.execute(
        sa.update(table).where(table.c.account_id == account_id).values(is_default=table.c.id == method_id)
    )
    return method_id


def remove(connection: sa.Connection, *, account_id: str, method_id: str) -> None:
    """Takes a method off the file; if it was the default there is none until another is chosen."""
    connection.execute(sa.delete(table).where(table.c.account_id == account_id, table.c.id == method_id))


def of_account(connection: sa.Connection, account_id: str) -> list[Method]:
    """All methods on file, oldest first."""
    return [Method(**row) for row in connection.execute(_OF_ACCOUNT, {"of": account_id}).mappings()]


def chargeable_again(connection: sa.Connection, account_id: str) -> tuple[str, ...]:
    """The kinds of which the account has one that its provider has stored."""
    return tuple(dict.fromkeys(m.method for m in of_account(connection, account_id) if m.token is not None))


def default_of(connection: sa.Connection, account_id: str) -> Method | None:
    """The default, None if there is none."""
    return next((method for method in of_account(connection, account_id) if method.is_default), None)
