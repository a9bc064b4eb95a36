"""Invoices know their order, kind, KSeF number and document."""

import sqlalchemy as sa
from alembic import op

from services.store.tables.base import AnyText

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None
COLUMNS = {"order_number": AnyText, "ksef_number": AnyText, "pdf": sa.LargeBinary, "pdf_sha256": sa.Text}


def upgrade() -> None:
    """Forwards. A negative sum was a correction until now."""
    for name, kind in COLUMNS.items():
        op.add_column("issued_invoice", sa.Column(name, kind(), nullable=True))
    op.add_column("issued_invoice", sa.Column("kind", sa.Text, nullable=False, server_default="invoice"))
    op.execute("UPDATE issued_invoice SET kind = 'correction' WHERE gross < 0")
    op.create_index("ix_issued_invoice_order_number", "issued_invoice", ["order_number"])


def downgrade() -> None:
    """Back to the step before, without the documents."""
    op.drop_index("ix_issued_invoice_order_number", "issued_invoice")
    for name in (*COLUMNS, "kind"):
        op.drop_column("issued_invoice", name)
