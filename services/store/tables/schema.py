"""The whole schema: importing this module brings every table into `metadata`."""

from sqlalchemy.util import OrderedSet

from services.store.tables import accounts, agents, core, orders, seller, subscriptions, support
from services.store.tables.base import metadata

# Made in this order: of two indexes that serve a query alike SQLite takes the one made last, the partial one.
for _table in metadata.tables.values():
    _table.indexes = OrderedSet(sorted(_table.indexes, key=lambda index: str(index.name)))

TABLES = frozenset(metadata.tables)
"""The names of all tables."""

__all__ = ["TABLES", "accounts", "agents", "core", "metadata", "orders", "seller", "subscriptions", "support"]
