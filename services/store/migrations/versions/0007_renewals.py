"""Renewals: programs owned before the desk came, ends put off, how far a period's end has come, orderers, tickets."""

import sqlalchemy as sa
from alembic import op

from services.store.base import AnyText, Json, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    with op.batch_alter_table("subscription") as subscription:
        subscription.alter_column("order_id", existing_type=sa.Text(), nullable=True)
        subscription.add_column(sa.Column("serial", AnyText(), nullable=True))
    op.create_table(
        "subscription_extension",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("from_end", UtcDateTime(), nullable=False),
        sa.Column("to_end", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["sales_order.id"], name=op.f("fk_subscription_extension_order_id_sales_order")
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscription.id"],
            name=op.f("fk_subscription_extension_subscription_id_subscription"),
        ),
        sa.PrimaryKeyConstraint("order_id", "subscription_id", name=op.f("pk_subscription_extension")),
    )
    op.create_table(
        "renewal",
        sa.Column("subscription_id", sa.Text(), nullable=False),
        sa.Column("period_end", UtcDateTime(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Text(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_renewal_order_id_sales_order")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_renewal_subscription_id_subscription")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "period_end", name=op.f("pk_renewal")),
    )
    op.create_table(
        "orderer",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("name", AnyText(), nullable=False),
        sa.Column("phone", AnyText(), nullable=False),
        sa.Column("email", AnyText(), nullable=False),
        sa.Column("invoice_email", AnyText(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["sales_order.id"], name=op.f("fk_orderer_order_id_sales_order")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orderer")),
    )
    op.create_table(
        "ticket",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=True),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("about", Json(), nullable=False),
        sa.Column("words", AnyText(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_ticket_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("number", name=op.f("uq_ticket_number")),
    )
    op.create_index("ix_ticket_account_id", "ticket", ["account_id"])


def downgrade() -> None:
    """Back. Programs that no order brought here are forgotten: the schema before has no place for them."""
    op.drop_index("ix_ticket_account_id", table_name="ticket")
    for table in ("ticket", "orderer", "renewal", "subscription_extension"):
        op.drop_table(table)
    op.execute(sa.text("DELETE FROM subscription WHERE order_id IS NULL"))
    with op.batch_alter_table("subscription") as subscription:
        subscription.drop_column("serial")
        subscription.alter_column("order_id", existing_type=sa.Text(), nullable=False)
