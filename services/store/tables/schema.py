"""The whole schema: importing this module brings every table into `metadata`."""

from services.store.tables import (
    agents,
    chatwoot,
    core,
    directory,
    domain,
    feedback,
    reminders,
    seller,
    support,
    telegram_group,
    visits,
)
from services.store.tables.base import metadata

TABLES = frozenset(metadata.tables)
"""The names of all tables."""

__all__ = [
    "TABLES",
    "agents",
    "chatwoot",
    "core",
    "directory",
    "domain",
    "feedback",
    "metadata",
    "reminders",
    "seller",
    "support",
    "telegram_group",
    "visits",
]
