"""The seller's customers on file, the programs they own, the invoices issued to them. New tables only."""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "customer_on_file",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("ref", AnyText(), nullable=False),
        sa.Column("customer_number", AnyText(), nullable=True),
        sa.Column("user_name", AnyText(), nullable=True),
        sa.Column("name", AnyText(), nullable=True),
        sa.Column("email", AnyText(), nullable=True),
        sa.Column("email_key", AnyText(), nullable=True),
        sa.Column("phone", AnyText(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("tax_number", AnyText(), nullable=True),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_customer_on_file_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_on_file")),
        sa.UniqueConstraint("account_id", name=op.f("uq_customer_on_file_account_id")),
        sa.UniqueConstraint("customer_number", name=op.f("uq_customer_on_file_customer_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_customer_on_file_ref")),
    )
    op.create_index("ix_customer_on_file_email_key", "customer_on_file", ["email_key"], unique=False)
    op.create_table(
        "owned_program",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("serial", AnyText(), nullable=False),
        sa.Column("subscription_ends_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer_on_file.id"], name=op.f("fk_owned_program_customer_id_customer_on_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_owned_program")),
        sa.UniqueConstraint("product", "serial", name="uq_owned_program_serial"),
    )
    op.create_index("ix_owned_program_customer_id", "owned_program", ["customer_id"], unique=False)
    op.create_index("ix_owned_program_subscription_ends_at", "owned_program", ["subscription_ends_at"], unique=False)
    op.create_table(
        "issued_invoice",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("number", AnyText(), nullable=False),
        sa.Column("issued_on", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Text(), nullable=True),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("url", AnyText(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "customer_id IS NOT NULL OR account_id IS NOT NULL", name=op.f("ck_issued_invoice_somebodys")
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_issued_invoice_account_id_account")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer_on_file.id"], name=op.f("fk_issued_invoice_customer_id_customer_on_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_invoice")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_invoice_number")),
    )
    op.create_index("ix_issued_invoice_customer_id", "issued_invoice", ["customer_id"], unique=False)
    op.create_index("ix_issued_invoice_account_id", "issued_invoice", ["account_id"], unique=False)


def downgrade() -> None:
    """Back."""
    for table in ("issued_invoice", "owned_program", "customer_on_file"):
        op.drop_table(table)
