"""Indexes for what the overview, searches, the seller's lists and an erasure look for in big tables.

No turn changes these columns: a row is written once or a few times in the life of a conversation, an order or a request
for a person.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "account": (("credential_id",),),
    "company": (("tax_number",),),
    "blocked_address": (("at",),),
    "conversation": (("started_at", "channel"),),
    "customer_on_file": (("phone",), ("tax_number",)),
    "handoff": (("conversation_id",),),
    "outgoing_event": (("account_id",),),
    "payment_notice": (("payment_ref",),),
    "sales_order": (("company_id",), ("status", "placed_at", "id")),
    "subscription": (("status", "created_at", "id"),),
    "ticket": (("conversation_id",),),
}
# Of some rows only: table, column, condition.
PARTIAL = (
    ("conversation", "closed_at", "closed_at IS NOT NULL"),
    ("handoff", "asked_at", "first_taken_at IS NULL"),
    ("handoff", "first_taken_at", "first_taken_at IS NOT NULL"),
)


def upgrade() -> None:
    """Forwards."""
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.create_index(_name(table, columns), table, [*columns])
    for table, column, condition in PARTIAL:
        where = sa.text(condition)
        op.create_index(_name(table, (column,)), table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Back to the step before."""
    for table, column, _ in PARTIAL:
        op.drop_index(_name(table, (column,)), table_name=table)
    for table, indexes in INDEXES.items():
        for columns in indexes:
            op.drop_index(_name(table, columns), table_name=table)


def _name(table: str, columns: tuple[str, ...]) -> str:
    return "_".join(("ix", table, *columns))
