"""The whole schema: importing this module brings every table into `metadata`."""

from services.store import (
    agent_tables,
    desk_tables,
    directory,
    domain,
    feedback_table,
    forum_tables,
    helpdesk_tables,
    reminding,
    seller_tables,
    tables,
    visiting,
)
from services.store.base import metadata

TABLES = frozenset(metadata.tables)
"""The names of all tables."""

__all__ = [
    "TABLES",
    "agent_tables",
    "desk_tables",
    "directory",
    "domain",
    "feedback_table",
    "forum_tables",
    "helpdesk_tables",
    "metadata",
    "reminding",
    "seller_tables",
    "tables",
    "visiting",
]
