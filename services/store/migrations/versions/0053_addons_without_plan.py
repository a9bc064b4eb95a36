"""Add-ons whose plan has ended, or isn't renewed, renew no more.

The seller's acts on a plan have left them until now. What is paid runs to its end, and nobody is written to.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from services.keyed_hash import derived_id
from services.store.tables.base import Json, UtcDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_texts = (sa.column(name, sa.Text) for name in ("id", "account_id", "order_id", "status"))
_more = (sa.column("ends_at", UtcDateTime), sa.column("auto_renewal", sa.Boolean))
_subscription: Any = sa.table("subscription", *_texts, *_more)
_order: Any = sa.table(
    "sales_order", *(sa.column(name, sa.Text) for name in ("id", "company_id")), sa.column("items", Json)
)
_lines = _order.c["items"]
_running = (
    sa.select(_subscription, _order.c.company_id, _lines.label("lines"))
    .join(_order, _order.c.id == _subscription.c.order_id, isouter=True)
    .where(_subscription.c.status.in_(("active", "grace")))
    .order_by(_subscription.c.id)
)


def upgrade() -> None:
    """Forwards. Where the rows don't say whose add-on it is, or another plan runs, it stays: `okienko reconcile`."""
    connection = op.get_bind()
    renewing = _running.where(_subscription.c.auto_renewal, sa.cast(_lines, sa.Text).like('%"of"%'))
    for of in connection.execute(renewing).all():
        sold = {_id(of.order_id, n, item): item for n, item in enumerate(of.lines)}
        plan = sold.get(of.id, {}).get("of")
        ids = [id for id, item in sold.items() if item["id"] == plan and not item.get("once")]
        if ids and not _goes_on(connection, of, ids[0]):
            off = sa.update(_subscription).where(_subscription.c.id == of.id)
            connection.execute(off.values(auto_renewal=False))


def downgrade() -> None:
    """Back to the step before. What is stopped stays so."""


def _id(order_id: str, line: int, item: dict[str, Any]) -> str:
    """Return the subscription that a line began or renewed."""
    return item.get("renews") or derived_id(order_id, "subscription", str(line))


def _goes_on(connection: sa.Connection, of: Any, plan: str) -> bool:
    """Return whether its plan, or any other of the company's, renews, or runs beyond the add-on's end."""
    later = sa.or_(_subscription.c.auto_renewal, _subscription.c.ends_at > of.ends_at)
    for other in connection.execute(_running.where(_subscription.c.account_id == of.account_id, later)).all():
        sold = {_id(other.order_id, n, item): item for n, item in enumerate(other.lines or ())}
        is_plan = other.id == plan or sold.get(other.id, {}).get("of") is None
        if is_plan and other.company_id in (None, of.company_id):
            return True
    return False
