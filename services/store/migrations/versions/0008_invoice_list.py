"""Issued invoices in the order in which they were told, for the API's list.

PostgreSQL holds up writes to the table for as long as the index takes.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_index("ix_issued_invoice_told_at_id", "issued_invoice", ["told_at", "id"])


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_issued_invoice_told_at_id", "issued_invoice")
