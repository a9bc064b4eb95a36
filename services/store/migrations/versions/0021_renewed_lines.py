"""How many of a product each subscription is for, what its renewal was announced with, and which words it waits for.

A column with a default and columns without a value: an earlier release goes on beside this one.
"""

import sqlalchemy as sa
from alembic import op

from services.store.base import Json

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_subscription = sa.table(
    "subscription", sa.column("id"), sa.column("order_id"), sa.column("product"), sa.column("quantity")
)
_order = sa.table("sales_order", sa.column("id"), sa.column("items", Json))


def upgrade() -> None:
    """Forwards. A subscription of before has the quantity of its order's line."""
    op.add_column("subscription", sa.Column("quantity", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("renewal", sa.Column("announced", sa.BigInteger(), nullable=True))
    op.add_column("renewal", sa.Column("documents", Json(), nullable=True))
    op.create_index("ix_subscription_extension_subscription_id", "subscription_extension", ["subscription_id"])
    connection = op.get_bind()
    bought = sa.select(_subscription.c.id, _subscription.c.product, _order.c["items"]).join(
        _order, _order.c.id == _subscription.c.order_id
    )
    for subscription_id, product, items in connection.execute(bought).all():
        quantity = next((line["quantity"] for line in items if line["id"] == product), 1)
        if quantity != 1:
            connection.execute(
                sa.update(_subscription).where(_subscription.c.id == subscription_id).values(quantity=quantity)
            )


def downgrade() -> None:
    """Back."""
    op.drop_index("ix_subscription_extension_subscription_id", table_name="subscription_extension")
    op.drop_column("renewal", "documents")
    op.drop_column("renewal", "announced")
    op.drop_column("subscription", "quantity")
