"""The whole schema: importing this module brings every table into `metadata`."""

from services.store.tables import accounts, agents, core, orders, seller, subscriptions, support, withdrawals
from services.store.tables.base import metadata

TABLES = frozenset(metadata.tables)
"""The names of all tables."""

__all__ = [
    "TABLES",
    "accounts",
    "agents",
    "core",
    "metadata",
    "orders",
    "seller",
    "subscriptions",
    "support",
    "withdrawals",
]
