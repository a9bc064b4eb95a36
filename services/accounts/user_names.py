"""User names that the desk makes for its customers: numbered by a pattern of the seller, each given once."""

import sqlalchemy as sa

from services.orders import numbers
from services.store.tables.accounts import account
from values import email as emails
from values.rules import UserNames

_TAKEN = sa.select(account.c.id).where(account.c.user_name_key == sa.bindparam("wanted")).limit(1)


def make(connection: sa.Connection, names: UserNames) -> str:
    """Return the next one that nobody has: customers on file may have names of the same pattern."""
    while True:
        name = names.of(numbers.count_on(connection, f"user name {names.pattern}") - 1)
        if connection.execute(_TAKEN, {"wanted": emails.key(name)}).first() is None:
            return name
